//! Funding: what longs pay shorts every interval so that a venue's futures stay near the index.

use crate::clock::Moment;
use crate::market::books::Market;
use crate::positions::venues::Venues;
use cascade_scenario::{self, VENUES_MAX};

/// Seconds that rates are quoted for.
pub(crate) const QUOTED_OVER: f64 = 28_800.0;

/// The premium of each venue since its last payment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Funding {
    premium_sum: [f64; VENUES_MAX],
    samples: f64,
    elapsed: f64,
}

/// F = P̄ + clamp(I − P̄, ±c): the rate for a mean premium.
pub(crate) fn rate(settings: &cascade_scenario::Funding, premium: f64) -> f64 {
    premium + (settings.interest - premium).clamp(-settings.clamp, settings.clamp)
}

impl Funding {
    /// Samples the premium and, when the interval is over, lets every contract pay: per unit, longs pay F·|v| times the
    /// interval's share of eight hours. Only the cumulative funding of a contract changes; no position is touched.
    pub(crate) fn act(&mut self, moment: &Moment, market: &Market, venues: &mut Venues) {
        let settings = moment.parameters.funding;
        if !settings.enabled {
            return;
        }
        let index = market.price_at(market.index_level().log_price());
        for (sum, book) in self.premium_sum.iter_mut().zip(market.futures()) {
            *sum += book.price / index - 1.0;
        }
        self.samples += 1.0;
        self.elapsed += moment.dt();
        if self.elapsed < settings.interval {
            return;
        }
        for (venue, sum) in venues.iter_mut().zip(&self.premium_sum) {
            let share = rate(&settings, sum / self.samples) * self.elapsed / QUOTED_OVER;
            for contract in &mut venue.contracts {
                contract.pay_funding(share * contract.kind.value(venue.mark).abs());
            }
        }
        *self = Self::default();
        venues.version += 1;
    }

    /// The rates per eight hours that would be paid now, one a venue; 0 before the first sample.
    pub(crate) fn rates(&self, moment: &Moment, venues: &Venues) -> [f64; VENUES_MAX] {
        let mut rates = [0.0; VENUES_MAX];
        if moment.parameters.funding.enabled && self.samples > 0.0 {
            for (found, sum) in rates.iter_mut().zip(&self.premium_sum).take(venues.len()) {
                *found = rate(&moment.parameters.funding, sum / self.samples);
            }
        }
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Side, Simulation};
    use cascade_scenario::{AssetId, Scenario};

    #[test]
    fn t24_rates() {
        let settings = cascade_scenario::Funding::default();
        for (premium, expected) in [(0.0003, 0.0001), (0.0010, 0.0005), (-0.0020, -0.0015), (0.0050, 0.0045)] {
            assert!((rate(&settings, premium) - expected).abs() < 1e-15, "{premium}");
        }
    }

    /// Funding alone moves equity from longs to shorts, sums to nothing, and brings the longs' liquidation prices nearer.
    #[test]
    fn payments_sum_to_nothing_and_move_the_keys() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("market.volatility", 0.0),
            ("funding.interval", 60.0),
            ("funding.interest", 0.001),
            ("funding.clamp", 0.01),
            ("positions.coin_margin_share", 0.5),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        let nearest = |simulation: &Simulation| {
            let contract = &simulation.assets[0].world.venues[0].contracts[0];
            let tier = &contract.side(Side::Long).tiers[0];
            let lowest = tier.ladder.iter().map(|(key, _)| key).fold(f64::INFINITY, f64::min);
            tier.requirement
                .liquidation_price(lowest, contract.kind, Side::Long, contract.funding)
                .get()
        };
        let before = nearest(&simulation);
        for _ in 0..6 {
            simulation.step();
        }
        let after = nearest(&simulation);
        // One payment of 0.1 % × 60 s/8 h per coin at 100,000, divided by 1 − m.
        let expected = before + 0.001 * 60.0 / 28_800.0 * 100_000.0 / 0.995;
        assert!(
            (after - expected).abs() < 1e-6,
            "{before} → {after}, expected {expected}"
        );
        assert!(simulation.halted().is_none());
        assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-12);
    }
}
