//! What moves the price from outside: noise of the efficient price or a recorded path, and shocks.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::{ASSETS_MAX, AssetId, BookId, PricePath, Shock, ShockRoute, VenueId};

use crate::clock::Moment;
use crate::clock::YEAR_SECONDS;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::random::{Purpose, RandomStreams};

/// A shock under way.
#[derive(Clone, Copy, Debug)]
struct Running {
    log_move_a_step: f64,
    steps_left: u32,
    route: ShockRoute,
    venue: VenueId,
}

/// The shocks under way in one asset, and the path its price follows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shocks {
    running: Vec<Running>,
    path: PricePath,
    /// What shocks and the path have moved the log price by, or were to move the book their order was for.
    news: f64,
}

impl Shocks {
    /// No shock yet; without a path there is noise.
    pub(crate) fn along(path: Option<&PricePath>) -> Self {
        Self {
            running: Vec::new(),
            path: path.cloned().unwrap_or_default(),
            news: 0.0,
        }
    }

    /// Starts a shock with the next move; what it leaves open is taken from the sliders.
    pub(crate) fn start(&mut self, moment: &Moment, log: &mut Log, shock: &Shock) {
        let settings = &moment.parameters.shock;
        let size = shock.size.unwrap_or(settings.size);
        let steps = shock.over_steps.unwrap_or(settings.over_steps).max(1);
        let route = shock.route.unwrap_or(settings.route);
        self.running.push(Running {
            log_move_a_step: libm::log1p(size) / f64::from(steps),
            steps_left: steps,
            route,
            venue: VenueId::numbered(settings.venue.min(moment.parameters.venues.count)),
        });
        log.note(moment, LogEvent::Shock { size, route });
    }

    /// What shocks and the path have moved the log price by since the start: an order by what it was to move its book.
    pub(crate) const fn news(&self) -> f64 {
        self.news
    }

    /// One step of shocks and of noise, of which `draw` is the standard normal variate Z. No drift of the price:
    /// Δf = σ√dt·Z − σ²·dt/2. Where there is a path, the efficient price moves as it does: Δf = ln(P(t + dt)/P(t)).
    pub(crate) fn act(&mut self, moment: &Moment, market: &mut Market, log: &mut Log, draw: f64) {
        let mut moved = self.follow(moment, log);
        self.news += moved;
        if self.path.is_empty() || self.path.noise {
            let variance = moment.parameters.market.volatility.powi(2) * moment.dt() / YEAR_SECONDS;
            moved += libm::sqrt(variance) * draw - variance / 2.0;
        }
        for shock in &mut self.running {
            let book = match shock.route {
                ShockRoute::News => None,
                ShockRoute::SpotOrder => Some(BookId::SPOT),
                ShockRoute::VenueOrder => Some(BookId::of(shock.venue)),
            };
            let Some(book) = book else {
                shock.steps_left -= 1;
                self.news += shock.log_move_a_step;
                moved += shock.log_move_a_step;
                continue;
            };
            // An order waits while its book is halted; news does not.
            if !market.books[book].halted {
                shock.steps_left -= 1;
                self.news += shock.log_move_a_step;
                let order = market.order_for_move(book, shock.log_move_a_step);
                market.execute(book, order, Source::Exogenous);
            }
        }
        self.running.retain(|shock| shock.steps_left > 0);
        market.move_efficient(moved);
    }

    /// The path's move of this step.
    fn follow(&self, moment: &Moment, log: &mut Log) -> f64 {
        if self.path.is_empty() {
            return 0.0;
        }
        let (from, to) = (moment.time_seconds(), (moment.step + 1) as f64 * moment.dt());
        let end = self.path.span_seconds();
        if from < end && to >= end {
            log.note(moment, LogEvent::PathEnded);
        }
        self.path.log_price(to) - self.path.log_price(from)
    }
}

/// Standard normal variates, one an asset and step, each asset's from its own stream.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    streams: Vec<ChaCha8Rng>,
}

impl Noise {
    /// The noise of a seed for a number of assets.
    pub(crate) fn new(seed: u64, assets: usize) -> Self {
        Self {
            streams: AssetId::first(assets)
                .map(|asset| RandomStreams::new(seed, asset).stream(Purpose::Noise))
                .collect(),
        }
    }

    /// The next step's variates, every two of them with this correlation ρ: the product of the Cholesky factor of the matrix
    /// (1 − ρ)·I + ρ·11ᵀ with independent ones. The first asset's is its own stream's whatever the others do.
    pub(crate) fn draw(&mut self, correlation: f64) -> [f64; ASSETS_MAX] {
        let mut variates = [0.0; ASSETS_MAX];
        // In row k the entries left of the diagonal are those of the columns' own diagonals times a common ratio.
        let mut shared: f64 = 0.0;
        let mut taken: f64 = 0.0;
        for (variate, stream) in variates.iter_mut().zip(&mut self.streams) {
            let own: f64 = StandardNormal.sample(stream);
            let diagonal = libm::sqrt((1.0 - taken).max(0.0));
            *variate = shared + diagonal * own;
            if diagonal > 0.0 {
                let column = (correlation - taken) / diagonal;
                shared += column * own;
                taken += column * column;
            }
        }
        variates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_assets_have_the_correlation_asked_for() {
        let wanted = 0.6;
        let mut noise = Noise::new(3, ASSETS_MAX);
        let draws = 40_000;
        let mut products = [[0.0; ASSETS_MAX]; ASSETS_MAX];
        for _ in 0..draws {
            let z = noise.draw(wanted);
            for (row, a) in products.iter_mut().zip(z) {
                for (sum, b) in row.iter_mut().zip(z) {
                    *sum += a * b / f64::from(draws);
                }
            }
        }
        // Standard error of a product of standard normals: √((1 + ρ²)/n), at most √(2/n).
        let error = 4.0 * (2.0 / f64::from(draws)).sqrt();
        for (i, row) in products.iter().enumerate() {
            for (j, found) in row.iter().enumerate() {
                let expected = if i == j { 1.0 } else { wanted };
                assert!((found - expected).abs() < error, "{i} and {j}: {found}");
            }
        }
        // One asset alone draws what it draws in company.
        let alone = Noise::new(3, 1).draw(wanted);
        assert_eq!(alone[0], Noise::new(3, ASSETS_MAX).draw(0.0)[0]);
    }
}
