//! Positions that the scenario lists: where they stand at the first step, and in other tiers.

use crate::scenario::{ListedPosition, Parameters, PositionKind, PositionSide};

use super::contract::{ContractKind, Position, Side};
use super::population::Placement;
use super::tiers;
use super::world::World;

/// The positions of an asset, from 0, in the order of the list, each in the tier of its notional at entry. They are taken
/// as they are: one that keeps too little margin is liquidated in the first step.
pub fn placements(parameters: &Parameters, list: &[ListedPosition], asset: usize) -> Vec<Placement> {
    let own = list.iter().filter(|position| position.asset as usize == asset + 1);
    own.zip(0..)
        .map(|(listed, id)| {
            let kind = match listed.kind {
                PositionKind::Linear => ContractKind::Linear,
                PositionKind::Inverse => ContractKind::Inverse,
            };
            let entry = kind.value(listed.entry);
            Placement {
                venue: listed.venue as usize - 1,
                kind,
                side: match listed.side {
                    PositionSide::Long => Side::Long,
                    PositionSide::Short => Side::Short,
                },
                tier: tiers::tier_of(&parameters.margin, listed.notional_usd()),
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

/// Standing positions in the tiers that the margin policy has now. Opening them folds the funding paid so far into their
/// margins, which it is already.
pub fn in_tiers(world: &World, mut standing: Vec<Placement>) -> Vec<Placement> {
    for placement in &mut standing {
        let Placement {
            venue,
            kind,
            side,
            position,
            ..
        } = placement;
        let funding = world.venues[*venue].contracts[*kind as usize].funding;
        position.margin -= side.sign() * position.quantity * funding;
        let notional = kind.notional_usd(position.quantity, kind.price(position.entry));
        placement.tier = tiers::tier_of(&world.parameters.margin, notional);
    }
    standing
}
