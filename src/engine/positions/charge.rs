//! What volatility makes a venue ask for: its margin by the estimate, the haircut of coin collateral, and what both add to a
//! rate.

use cascade_scenario::VenueId;
use cascade_scenario::{Haircut, Parameters, VENUES_MAX, VolatilityMargin};

use crate::clock::YEAR_SECONDS;
use crate::positions::contract::{ContractKind, Requirement};

/// No margin is more than this share of the notional.
pub(crate) const HIGHEST_RATE: f64 = 0.5;

/// A haircut schedule is revised when it is off by this much.
const HAIRCUT_REVISION: f64 = 0.01;

/// What volatility makes a venue ask for beyond its maintenance rates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Charge {
    /// Comes on top of every rate.
    pub add_on: f64,
    /// Share of coin collateral that does not count.
    pub haircut: f64,
}

impl Charge {
    /// The requirement with this charge: dollars have no haircut.
    pub const fn on(&self, kind: ContractKind, rule: Requirement) -> Requirement {
        Requirement {
            add_on: self.add_on,
            haircut: match kind {
                ContractKind::Linear => 0.0,
                ContractKind::Inverse => self.haircut,
            },
            ..rule
        }
    }
}

/// The rate that covers a loss over the margin period of risk: z·σ̂·√MPOR, the estimate not below its floor.
pub(crate) fn uncovered_rate(settings: &VolatilityMargin, volatility: f64) -> f64 {
    let volatility = volatility.max(settings.floor_volatility);
    settings.confidence * volatility * libm::sqrt(settings.risk_period / YEAR_SECONDS)
}

/// The rate charged after a step: the buffer drains before the rate rises, and fills again as the estimate falls; the rise
/// is limited per hour.
pub(crate) fn charged_rate(settings: &VolatilityMargin, uncovered: f64, before: f64, dt: f64) -> f64 {
    let wanted = before.clamp(uncovered, uncovered * (1.0 + settings.buffer));
    wanted.min(before * (1.0 + settings.speed_limit * dt / 3_600.0))
}

/// Share of coin collateral that does not count at a volatility: h = min(h_max, h₀·max(1, σ̂/σ_ref)^β).
pub(crate) fn haircut_at(settings: &Haircut, volatility: f64) -> f64 {
    if !settings.enabled {
        return 0.0;
    }
    let stress = (volatility / settings.reference_volatility).max(1.0);
    (settings.base * libm::pow(stress, settings.sensitivity)).min(settings.most)
}

/// The haircut in force: the wanted one, once it is this far from the one before. Schedules are revised, not recomputed by the
/// second, and every revision reorders the ladders of all positions concerned.
pub(crate) fn revised_haircut(before: f64, wanted: f64) -> f64 {
    if (wanted - before).abs() < HAIRCUT_REVISION {
        before
    } else {
        wanted
    }
}

/// A margin with its buffer full.
pub(crate) fn full_rate(settings: &VolatilityMargin, volatility: f64) -> f64 {
    (uncovered_rate(settings, volatility) * (1.0 + settings.buffer)).min(HIGHEST_RATE)
}

/// What volatility adds at every venue from the start, when the estimate is the market's own volatility.
pub(crate) fn initial_charges(parameters: &Parameters) -> [Charge; VENUES_MAX] {
    let volatility = parameters.market.volatility;
    let full = full_rate(&parameters.volatility_margin, volatility);
    std::array::from_fn(|venue| {
        let venue = VenueId::new(venue);
        let haircut = haircut_at(&parameters.haircut_at(venue), volatility);
        charge_at(parameters, venue, full, haircut)
    })
}

/// What comes on top of a venue's maintenance margin, max(m₀, charged) − m₀, where it charges a volatility margin; and the
/// haircut in force.
pub(crate) fn charge_at(parameters: &Parameters, venue: VenueId, charged: f64, haircut: f64) -> Charge {
    let applies = parameters.volatility_margin.enabled && parameters.venue[venue.index()].volatility_margin;
    Charge {
        add_on: if applies {
            (charged - parameters.margin_at(venue).maintenance).max(0.0)
        } else {
            0.0
        },
        haircut,
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

    /// h = min(h_max, h₀·max(1, σ̂/σ_ref)^β), revised once it is off by a percentage point.
    #[test]
    fn haircuts_widen_with_volatility_in_revisions() {
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
        assert_eq!(revised_haircut(0.1, 0.109), 0.1);
        assert_eq!(revised_haircut(0.1, 0.111), 0.111);
        assert_eq!(revised_haircut(0.111, 0.1), 0.1);
    }
}
