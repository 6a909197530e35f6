//! Volatility margin: maintenance rates that follow an estimate of volatility, and the tools that soften how they tighten
//! when it hurts most.

use crate::scenario::{Parameters, VENUES_MAX, VolatilityMargin};

use super::exogenous::YEAR_SECONDS;
use super::world::World;

/// Relative change of the rate after which the resting levels count as moved.
const NOTICEABLE: f64 = 0.002;

/// No margin is more than this share of the notional.
const HIGHEST_RATE: f64 = 0.5;

/// Each venue's estimate and the rate it charges.
#[derive(Clone, Debug)]
pub struct MarginModel {
    /// Log price each venue's estimate saw last.
    seen: [f64; VENUES_MAX],
    /// Variance per year.
    variance: [f64; VENUES_MAX],
    charged: [f64; VENUES_MAX],
    /// Add-on at which the resting levels were last counted as moved.
    noticed: [f64; VENUES_MAX],
    was_enabled: bool,
}

/// The rate that covers a loss over the margin period of risk: z·σ̂·√MPOR, the estimate not below its floor.
pub fn uncovered_rate(settings: &VolatilityMargin, volatility: f64) -> f64 {
    let volatility = volatility.max(settings.floor_volatility);
    settings.confidence * volatility * libm::sqrt(settings.risk_period / YEAR_SECONDS)
}

/// The exponentially weighted mean: σ̂² ← λσ̂² + (1 − λ)r².
fn averaged(kept: f64, before: f64, made: f64) -> f64 {
    kept * before + (1.0 - kept) * made
}

/// The rate charged after a step: the buffer drains before the rate rises, and fills again as the estimate falls; the rise
/// is limited per hour.
pub fn charged_rate(settings: &VolatilityMargin, uncovered: f64, before: f64, dt: f64) -> f64 {
    let wanted = before.clamp(uncovered, uncovered * (1.0 + settings.buffer));
    wanted.min(before * (1.0 + settings.speed_limit * dt / 3_600.0))
}

/// What a volatility margin that is on from the start adds to the maintenance margin.
pub fn initial_add_on(parameters: &Parameters) -> f64 {
    let settings = &parameters.volatility_margin;
    let full = uncovered_rate(settings, parameters.market.volatility) * (1.0 + settings.buffer);
    if settings.enabled {
        (full.min(HIGHEST_RATE) - parameters.margin.maintenance).max(0.0)
    } else {
        0.0
    }
}

impl MarginModel {
    /// The estimate stands at the market's own volatility, the buffer is full.
    pub fn new(world: &World) -> Self {
        let volatility = world.parameters.market.volatility;
        let settings = &world.parameters.volatility_margin;
        let full = (uncovered_rate(settings, volatility) * (1.0 + settings.buffer)).min(HIGHEST_RATE);
        Self {
            seen: [0.0; VENUES_MAX],
            variance: [volatility * volatility; VENUES_MAX],
            charged: [full; VENUES_MAX],
            noticed: [f64::NAN; VENUES_MAX],
            was_enabled: world.parameters.volatility_margin.enabled,
        }
    }

    /// What comes on top at every venue.
    pub fn add_ons(&self, world: &World) -> [f64; VENUES_MAX] {
        std::array::from_fn(|venue| self.add_on(world, venue))
    }

    /// What comes on top of the maintenance margin at a venue: max(m₀, charged) − m₀, or nothing when switched off.
    fn add_on(&self, world: &World, venue: usize) -> f64 {
        if world.parameters.volatility_margin.enabled {
            (self.charged[venue] - world.parameters.margin.maintenance).max(0.0)
        } else {
            0.0
        }
    }

    /// Updates estimates and rates with this step's prices.
    pub fn act(&mut self, world: &mut World) {
        let settings = world.parameters.volatility_margin;
        if !settings.enabled && !self.was_enabled {
            return;
        }
        if settings.enabled && !self.was_enabled {
            *self = Self {
                was_enabled: true,
                ..Self::new(world)
            };
            self.seen = std::array::from_fn(|venue| observed(world, venue));
        }
        self.was_enabled = settings.enabled;
        let kept = libm::exp2(-world.dt() / settings.half_life);
        for venue in 0..world.venues.len() {
            let now = observed(world, venue);
            let made = (now - self.seen[venue]).powi(2) * YEAR_SECONDS / world.dt();
            self.seen[venue] = now;
            self.variance[venue] = averaged(kept, self.variance[venue], made);
            let uncovered = uncovered_rate(&settings, libm::sqrt(self.variance[venue]));
            self.charged[venue] = charged_rate(&settings, uncovered, self.charged[venue], world.dt()).min(HIGHEST_RATE);
            let add_on = self.add_on(world, venue);
            world.venues[venue].set_add_on(add_on);
            let base = world.parameters.margin.maintenance;
            let moved = (add_on - self.noticed[venue]).abs() / (base + add_on);
            if moved.is_nan() || moved > NOTICEABLE {
                self.noticed[venue] = add_on;
                world.book_version += 1;
            }
        }
    }
}

/// The log price a venue's estimate follows: one index for all, or its own futures.
fn observed(world: &World, venue: usize) -> f64 {
    if world.parameters.volatility_margin.market_wide {
        world.market.index_level().total
    } else {
        world.market.log_price(venue + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Simulation;
    use crate::scenario::{Scenario, Shock};

    /// EWMA .94 a day, volatility 4 % a day, one day of −20 %: the margin rises 1.56205-fold and cuts positions by 35.98 %;
    /// with a buffer of 25 % it is 1.2496 and 19.98 %.
    #[test]
    fn t19_ewma_margin_and_buffer() {
        for (buffer, rise, cut) in [(0.0, 1.562_05, 0.359_8), (0.25, 1.249_6, 0.199_8)] {
            let mut scenario = Scenario::default();
            for (path, value) in [
                ("volatility_margin.risk_period", 86_400.0),
                ("volatility_margin.buffer", buffer),
            ] {
                scenario.set(path, value).unwrap();
            }
            let settings = scenario.parameters.volatility_margin;
            let daily = |variance: f64| uncovered_rate(&settings, libm::sqrt(variance * 365.0));
            let before = daily(0.0016) * (1.0 + buffer);
            let after = charged_rate(&settings, daily(averaged(0.94, 0.0016, 0.04)), before, 86_400.0);
            assert!((after / before - rise).abs() < 1e-4, "{}", after / before);
            assert!((1.0 - before / after - cut).abs() < 1e-4);
        }
    }

    /// In the running engine the rate rises after a shock, and falls back with the half-life.
    #[test]
    fn the_rate_follows_the_estimate() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("volatility_margin.enabled", 1.0),
            ("volatility_margin.half_life", 600.0),
            ("volatility_margin.risk_period", 86_400.0),
            ("volatility_margin.confidence", 3.0),
            ("market.volatility", 0.3),
            ("positions.open_interest", 0.0),
            ("volatility_margin.buffer", 0.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        let calm = simulation.observation().maintenance_rate;
        assert!((calm - 3.0 * 0.3 / 365.0_f64.sqrt()).abs() < 1e-12, "{calm}");
        simulation.shock(&Shock {
            size: Some(-0.02),
            over_steps: Some(6),
            ..Shock::default()
        });
        for _ in 0..6 {
            simulation.step();
        }
        let stressed = simulation.observation().maintenance_rate;
        assert!(stressed > 2.0 * calm, "{calm} → {stressed}");
        for _ in 0..2_000 {
            simulation.step();
        }
        assert!(simulation.observation().maintenance_rate < 0.5 * stressed);
    }
}
