//! Maintenance tiers: large positions must keep a larger share of their notional.

use cascade_scenario::{Margin, MarginRule};

use crate::positions::contract::{ContractKind, Position, Requirement};
use crate::units::Usd;

/// Lower bound of entry notional in USD and maintenance rate relative to the base rate of each tier; with a base rate of
/// 0.5 % these are .4/.5/1/2.5/5/10 %.
const TABLE: [(f64, f64); 6] = [
    (0.0, 0.8),
    (50e3, 1.0),
    (250e3, 2.0),
    (1e6, 5.0),
    (10e6, 10.0),
    (20e6, 20.0),
];

/// No tier asks for more than this share of the notional.
const HIGHEST_RATE: f64 = 0.5;

/// Number of tiers a policy has.
pub(crate) fn count(margin: &Margin) -> usize {
    if margin.tiers { TABLE.len() } else { 1 }
}

/// Which tier a position with this entry notional stands in.
pub(crate) fn tier_of(margin: &Margin, notional: Usd) -> usize {
    if margin.tiers {
        TABLE
            .iter()
            .rposition(|(bound, _)| notional.get() >= *bound)
            .unwrap_or(0)
    } else {
        0
    }
}

/// Which tier a position belongs to, by its notional at entry.
pub(crate) fn tier_of_position(margin: &Margin, kind: ContractKind, position: &Position) -> usize {
    tier_of(margin, kind.notional(position.quantity, kind.price(position.entry)))
}

/// What a tier requires; bounds and deduction count in a settlement currency worth `usd_per_settlement`.
///
/// The deductions c_i = c_(i−1) + N_i·(m_i − m_(i−1)) keep the requirement m_i·N − c_i continuous in the notional N.
pub(crate) fn requirement(margin: &Margin, tier: usize, usd_per_settlement: f64) -> Requirement {
    let on_entry = margin.rule == MarginRule::Entry;
    if !margin.tiers {
        return Requirement {
            rate: margin.maintenance,
            on_entry,
            ..Requirement::default()
        };
    }
    let rate = |relative: f64| (margin.maintenance * relative).min(HIGHEST_RATE);
    let deduction: f64 = TABLE
        .windows(2)
        .take(tier)
        .map(|pair| pair[1].0 * (rate(pair[1].1) - rate(pair[0].1)))
        .sum();
    Requirement {
        rate: rate(TABLE[tier].1),
        deduction: deduction / usd_per_settlement,
        on_entry,
        ..Requirement::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t6_deductions_and_continuity() {
        let margin = Margin {
            tiers: true,
            ..Margin::default()
        };
        let expected = [0.0, 50.0, 1_300.0, 16_300.0, 266_300.0, 1_266_300.0];
        for (tier, deduction) in expected.into_iter().enumerate() {
            let found = requirement(&margin, tier, 1.0);
            assert!((found.deduction - deduction).abs() < 1e-6, "tier {tier}: {found:?}");
        }
        for (tier, (bound, _)) in TABLE.into_iter().enumerate().skip(1) {
            assert_eq!(tier_of(&margin, Usd::new(bound)), tier);
            assert_eq!(tier_of(&margin, Usd::new(bound - 0.01)), tier - 1);
            let at = |tier| {
                let rule = requirement(&margin, tier, 1.0);
                rule.rate * bound - rule.deduction
            };
            assert!((at(tier) - at(tier - 1)).abs() < 1e-6);
        }
    }
}
