//! What volatility makes a venue ask for: its margin by the estimate, the haircut of coin collateral, and what both add to a
//! rate.

use cascade_scenario::VenueId;
use cascade_scenario::{Haircut, Parameters, VENUES_MAX, VolatilityMargin};

use crate::clock::YEAR_SECONDS;
use crate::positions::contract::ContractKind;

/// No margin is more than this share of the notional.
pub const HIGHEST_RATE: f64 = 0.5;

/// What volatility makes a venue ask for beyond its maintenance rates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Charge {
    /// Comes on top of every rate.
    pub add_on: f64,
    /// Share of coin collateral that does not count.
    pub haircut: f64,
}

impl Charge {
    /// What comes on top of a rate m: the add-on a, and for coin collateral what makes it (m + a)/(1 − h).
    pub fn on_top(&self, kind: ContractKind, rate: f64) -> f64 {
        match kind {
            ContractKind::Linear => self.add_on,
            ContractKind::Inverse => self.add_on + (rate + self.add_on) * self.haircut / (1.0 - self.haircut),
        }
    }
}

/// The rate that covers a loss over the margin period of risk: z·σ̂·√MPOR, the estimate not below its floor.
pub fn uncovered_rate(settings: &VolatilityMargin, volatility: f64) -> f64 {
    let volatility = volatility.max(settings.floor_volatility);
    settings.confidence * volatility * libm::sqrt(settings.risk_period / YEAR_SECONDS)
}

/// The rate charged after a step: the buffer drains before the rate rises, and fills again as the estimate falls; the rise
/// is limited per hour.
pub fn charged_rate(settings: &VolatilityMargin, uncovered: f64, before: f64, dt: f64) -> f64 {
    let wanted = before.clamp(uncovered, uncovered * (1.0 + settings.buffer));
    wanted.min(before * (1.0 + settings.speed_limit * dt / 3_600.0))
}

/// Share of coin collateral that does not count at a volatility: h = min(h_max, h₀·max(1, σ̂/σ_ref)^β).
pub fn haircut_at(settings: &Haircut, volatility: f64) -> f64 {
    if !settings.enabled {
        return 0.0;
    }
    let stress = (volatility / settings.reference_volatility).max(1.0);
    (settings.base * libm::pow(stress, settings.sensitivity)).min(settings.most)
}

/// A margin with its buffer full.
pub fn full_rate(settings: &VolatilityMargin, volatility: f64) -> f64 {
    (uncovered_rate(settings, volatility) * (1.0 + settings.buffer)).min(HIGHEST_RATE)
}

/// What volatility adds at every venue from the start, when the estimate is the market's own volatility.
pub fn initial_charges(parameters: &Parameters) -> [Charge; VENUES_MAX] {
    let volatility = parameters.market.volatility;
    let full = full_rate(&parameters.volatility_margin, volatility);
    std::array::from_fn(|venue| charge_at(parameters, VenueId::new(venue), full, volatility))
}

/// What comes on top of a venue's maintenance margin, max(m₀, charged) − m₀, where it charges a volatility margin; and the
/// haircut.
pub fn charge_at(parameters: &Parameters, venue: VenueId, charged: f64, volatility: f64) -> Charge {
    let applies = parameters.volatility_margin.enabled && parameters.venue[venue.index()].volatility_margin;
    Charge {
        add_on: if applies {
            (charged - parameters.margin_at(venue).maintenance).max(0.0)
        } else {
            0.0
        },
        haircut: haircut_at(&parameters.haircut_at(venue), volatility),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::volatility::averaged;
    use cascade_scenario::Scenario;

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

    /// h = min(h_max, h₀·max(1, σ̂/σ_ref)^β), and a coin-margined position is liquidated at the rate m/(1 − h).
    #[test]
    fn haircuts_widen_with_volatility_and_raise_the_rate() {
        let settings = Haircut {
            enabled: true,
            ..Haircut::default()
        };
        for (volatility, expected) in [(0.1, 0.1), (0.5, 0.1), (1.0, 0.2), (2.0, 0.4), (50.0, 0.6)] {
            assert!(
                (haircut_at(&settings, volatility) - expected).abs() < 1e-12,
                "{volatility}"
            );
        }
        let charge = Charge {
            add_on: 0.01,
            haircut: 0.2,
        };
        assert!((0.005 + charge.on_top(ContractKind::Inverse, 0.005) - 0.015 / 0.8).abs() < 1e-15);
        assert_eq!(charge.on_top(ContractKind::Linear, 0.005), 0.01);
    }
}
