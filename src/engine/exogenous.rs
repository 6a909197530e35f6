//! What moves the price from outside: noise of the efficient price, and shocks.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::scenario::{Shock, ShockRoute};

use super::market::SPOT;
use super::observation::LogKind;
use super::random::{Purpose, stream};
use super::source::Source;
use super::world::World;

/// Seconds of a year, for volatilities.
pub const YEAR_SECONDS: f64 = 365.0 * 86_400.0;

/// A shock under way.
#[derive(Clone, Copy, Debug)]
struct Running {
    log_move_a_step: f64,
    steps_left: u32,
    route: ShockRoute,
}

/// Noise and shocks.
#[derive(Clone, Debug)]
pub struct Exogenous {
    rng: ChaCha8Rng,
    running: Vec<Running>,
}

impl Exogenous {
    /// Quiet, with the noise of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: stream(seed, Purpose::Noise),
            running: Vec::new(),
        }
    }

    /// Starts a shock with the next move; what it leaves open is taken from the sliders.
    pub fn shock(&mut self, world: &mut World, shock: &Shock) {
        let settings = &world.parameters.shock;
        let size = shock.size.unwrap_or(settings.size);
        let steps = shock.over_steps.unwrap_or(settings.over_steps).max(1);
        let route = shock.route.unwrap_or(settings.route);
        self.running.push(Running {
            log_move_a_step: libm::log1p(size) / f64::from(steps),
            steps_left: steps,
            route,
        });
        let how = match route {
            ShockRoute::News => "news",
            ShockRoute::SpotOrder => "an order in the spot book",
        };
        world.note(
            LogKind::Shock,
            format!("shock {} as {how}", crate::scenario::format::percent(size, 1)),
        );
    }

    /// One step of noise and shocks. Noise without drift of the price: Δf = σ√dt·Z − σ²·dt/2.
    pub fn act(&mut self, world: &mut World) {
        let variance = world.parameters.market.volatility.powi(2) * world.dt() / YEAR_SECONDS;
        let luck: f64 = StandardNormal.sample(&mut self.rng);
        let mut news = libm::sqrt(variance) * luck - variance / 2.0;
        for shock in &mut self.running {
            // An order waits while its book is halted; news does not.
            if shock.route == ShockRoute::SpotOrder && world.market.books[SPOT].halted {
                continue;
            }
            shock.steps_left -= 1;
            match shock.route {
                ShockRoute::News => news += shock.log_move_a_step,
                ShockRoute::SpotOrder => {
                    let order = world.market.order_for_move(SPOT, shock.log_move_a_step);
                    world.market.execute(SPOT, order, Source::Exogenous);
                }
            }
        }
        self.running.retain(|shock| shock.steps_left > 0);
        world.market.move_efficient(news);
    }
}
