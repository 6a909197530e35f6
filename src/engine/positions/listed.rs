//! Positions that the scenario lists: where they stand at the first step, and which of them are past their liquidation price.

use cascade_scenario::{AssetId, ListedPosition, Parameters, PositionKind, PositionSide, VenueId};

use crate::positions::contract::{ContractKind, Position, Side};
use crate::positions::population::{Placement, Population};
use crate::positions::tiers;
use crate::units::{Price, Usd};

/// The positions of an asset, in the order of the list, each in the tier of its notional at entry. They are taken
/// as they are: one that keeps too little margin is liquidated in the first step.
pub(crate) fn placements(parameters: &Parameters, list: &[ListedPosition], asset: AssetId) -> Vec<Placement> {
    let own = list
        .iter()
        .filter(|position| AssetId::numbered(position.asset) == asset);
    own.zip(0..)
        .map(|(listed, id)| {
            let kind = match listed.kind {
                PositionKind::Linear => ContractKind::Linear,
                PositionKind::Inverse => ContractKind::Inverse,
            };
            let entry = kind.value(Price::new(listed.entry));
            Placement {
                venue: VenueId::numbered(listed.venue),
                kind,
                side: match listed.side {
                    PositionSide::Long => Side::Long,
                    PositionSide::Short => Side::Short,
                },
                tier: tiers::tier_of(&parameters.margin, Usd::new(listed.notional_usd())),
                position: Position {
                    id,
                    quantity: listed.size,
                    entry,
                    margin: listed.size * entry.abs() / listed.leverage,
                },
            }
        })
        .collect()
}

/// Positions of a list that are past their liquidation price.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PastLiquidation {
    /// Number of longs and shorts.
    pub count: [usize; 2],
    /// Notional at entry of longs and shorts, USD.
    pub notional_usd: [f64; 2],
}

impl PastLiquidation {
    /// Number of both sides.
    pub const fn all(&self) -> usize {
        self.count[0] + self.count[1]
    }

    /// Notional at entry of both sides, USD.
    pub fn all_notional_usd(&self) -> f64 {
        self.notional_usd[0] + self.notional_usd[1]
    }
}

/// The positions of a list that would be liquidated at once if all marks stood at the assets' start prices, by everything
/// that their venues require at the first step: tiers and what volatility adds included. Looks at every position. Venues
/// and assets of the list must exist.
pub fn past_liquidation(parameters: &Parameters, list: &[ListedPosition]) -> PastLiquidation {
    let mut past = PastLiquidation::default();
    for asset in parameters.assets.ids() {
        let of_asset = parameters.of_asset(asset);
        let population = Population::new(&of_asset);
        let price = Price::new(of_asset.market.start_price);
        for placement in placements(&of_asset, list, asset) {
            let Placement {
                venue,
                kind,
                side,
                tier,
                position,
            } = placement;
            let rule = population.requirement(venue, kind, tier);
            if rule.key(&position, side) <= rule.threshold(kind.value(price), side, 0.0) {
                past.count[side as usize] += 1;
                let notional = kind.notional(position.quantity, kind.price(position.entry));
                past.notional_usd[side as usize] += notional.get();
            }
        }
    }
    past
}
