//! Herfindahl indices, and where positions would be liquidated.

use crate::market::grid::{Clusters, PriceGrid};
use crate::positions::contract::Side;
use crate::units::Price;
use crate::world::World;
use cascade_scenario::VENUES_MAX;

/// The levels are looked at again after at least so many steps, and only if positions or prices have moved them.
const STEPS_BETWEEN: u64 = 30;

/// Herfindahl index Σs² of shares; 0 where there is nothing to share.
pub(super) fn herfindahl(shares: &[f64]) -> f64 {
    shares.iter().map(|share| share * share).sum()
}

fn shares<Sizes: AsMut<[f64]>>(mut sizes: Sizes) -> Sizes {
    let all = sizes.as_mut();
    let total: f64 = all.iter().sum();
    if total > 0.0 {
        for size in all {
            *size /= total;
        }
    }
    sizes
}

/// Each venue's share of the levered notional at the marks; none beyond the last one.
pub(super) fn venue_shares(world: &World) -> [f64; VENUES_MAX] {
    let notional = |venue: &crate::positions::venue::Venue| -> f64 {
        let contracts = venue.contracts.iter();
        contracts
            .flat_map(|contract| contract.sides.iter().map(move |book| (contract.kind, book)))
            .map(|(kind, book)| kind.notional(book.open.quantity, venue.mark).get())
            .sum()
    };
    let mut sizes = [0.0; VENUES_MAX];
    for (size, venue) in sizes.iter_mut().zip(world.venues.iter()) {
        *size = notional(venue);
    }
    shares(sizes)
}

/// The longs' and the shorts' share of the levered notional.
pub(super) fn side_shares(world: &World) -> [f64; 2] {
    shares(Side::BOTH.map(|side| world.venues.levered(side).get()))
}

/// Where the standing positions would be liquidated, at present margin rates: notional in USD by price level.
pub(crate) fn resting(world: &World, out: &mut Clusters) {
    out.clear();
    let grid = world.grid;
    let (lowest, highest) = (grid.lower_bound(0), grid.lower_bound(PriceGrid::LEVELS));
    for contract in world.venues.iter().flat_map(|venue| &venue.contracts) {
        for book in &contract.sides {
            let levels = match book.side {
                Side::Long => &mut out.longs,
                Side::Short => &mut out.shorts,
            };
            for tier in &book.tiers {
                let rule = tier.requirement;
                let key = |price| rule.threshold(contract.kind.value(Price::new(price)), book.side, contract.funding);
                let (a, b) = (key(lowest), key(highest));
                // Many buckets in a row lie within one level: its bounds are compared before a logarithm is taken.
                let mut last = (usize::MAX, 0.0..0.0);
                tier.ladder.visit_weights(a.min(b), a.max(b), |key, quantity| {
                    let price = rule.liquidation_price(key, contract.kind, book.side, contract.funding);
                    let level = if last.1.contains(&price.get()) {
                        Some(last.0)
                    } else {
                        grid.level(price.get())
                    };
                    if let Some(level) = level {
                        if level != last.0 {
                            last = (level, grid.lower_bound(level)..grid.lower_bound(level + 1));
                        }
                        levels[level] += contract.kind.notional(quantity, price).get();
                    }
                });
            }
        }
    }
}

/// The Herfindahl index over price levels, which costs a walk over the ladders' buckets.
#[derive(Clone, Debug, Default)]
pub(super) struct LevelConcentration {
    clusters: Clusters,
    /// Version of the book and step of the last look.
    looked: Option<(u64, u64)>,
    found: f64,
}

impl LevelConcentration {
    /// The index as of the last look, which is taken now if it is due.
    pub(super) fn measure(&mut self, world: &World) -> f64 {
        let due = self
            .looked
            .is_none_or(|(version, step)| version != world.venues.version && world.moment.step >= step + STEPS_BETWEEN);
        if due {
            self.looked = Some((world.venues.version, world.moment.step));
            resting(world, &mut self.clusters);
            let Clusters { longs, shorts } = &mut self.clusters;
            for (level, shorts) in longs.iter_mut().zip(shorts) {
                *level += *shorts;
            }
            let levels = shares(longs.as_mut_slice());
            self.found = herfindahl(levels);
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_give_one_over_their_number() {
        assert!((herfindahl(&shares(vec![3.0; 8])) - 0.125).abs() < 1e-15);
        assert_eq!(herfindahl(&shares(vec![5.0, 0.0])), 1.0);
        assert_eq!(herfindahl(&shares(vec![0.0; 4])), 0.0);
    }
}
