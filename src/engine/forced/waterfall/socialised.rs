//! Socialised losses: what neither margin, fund nor auto-deleveraging has covered is clawed back from profits when the
//! contract is settled, as early BitMEX and OKX did.
//!
//! Every account of the contract that is ahead pays the same share of its profit: levered positions of what they have gained
//! since entry, out of their margin, so that their keys move; the unlevered ones of all they have gained; what
//! cross-margin accounts gain belongs to their common collateral and is left alone. Nobody pays more than
//! the profit, so that nobody is ruined by it; what is beyond all profits waits for the next settlement. A settlement looks at
//! every position of a contract that has a loss to share, so it comes once an interval and not in every step. (The same charge
//! on every unit of the winning side would cost nothing, but it ruins those who are hardly ahead, and their losses call for
//! the next charge.)

use cascade_scenario::VenueId;

use crate::clock::Moment;
use crate::positions::contract::{ContractSide, Position, Side};
use crate::positions::venues::Venues;

use super::adl::{profitable, visit_profitable};

/// Settles every contract, if an interval ends with this step.
pub(super) fn settle(moment: &Moment, venues: &mut Venues) {
    let interval = moment.parameters.fund.settlement;
    let intervals = |step: u64| libm::floor(step as f64 * moment.dt() / interval);
    if intervals(moment.step + 1) <= intervals(moment.step) {
        return;
    }
    for venue in venues.ids() {
        for contract in 0..venues[venue].contracts.len() {
            if venues[venue].contracts[contract].deficit > 0.0 {
                share_out(venues, venue, contract);
            }
        }
    }
}

/// What a position with this profit a unit and equity can be asked for.
fn ahead(position: &Position, profit: f64, equity: f64) -> f64 {
    (profit * position.quantity).min(equity)
}

/// Claws a contract's unpaid losses back from whoever is ahead.
fn share_out(venues: &mut Venues, venue: VenueId, index: usize) {
    let kind = venues[venue].contracts[index].kind;
    let mut levered = 0.0;
    // Tiers of a side where somebody is ahead.
    let mut paying = Vec::new();
    for side in Side::BOTH {
        let place = ContractSide { venue, kind, side };
        visit_profitable(venues, place, |tier, _, position, profit, equity| {
            levered += ahead(position, profit, equity);
            if paying.last() != Some(&(side, tier)) {
                paying.push((side, tier));
            }
        });
    }
    let mark = venues[venue].mark;
    let value = kind.value(mark);
    let contract = &mut venues[venue].contracts[index];
    let accounts = [&mut contract.counterparty, &mut contract.arbitrageur];
    let mut accounts: Vec<_> = accounts.into_iter().chain(contract.takers.values_mut()).collect();
    let unlevered: f64 = accounts.iter().map(|account| account.worth(value).max(0.0)).sum();
    let total = levered + unlevered;
    if total <= 0.0 {
        return;
    }
    let share = (contract.deficit / total).min(1.0);
    for account in &mut accounts {
        account.cash -= share * account.worth(value).max(0.0);
    }
    let funding = contract.funding;
    for (side, tier) in paying {
        let book = contract.side_mut(side);
        let margins = &mut book.open.margin;
        book.tiers[tier].change(side, |position| {
            let Some((profit, equity)) = profitable(position, side, value, funding) else {
                return false;
            };
            let paid = share * ahead(position, profit, equity);
            position.margin -= paid;
            *margins -= paid;
            true
        });
    }
    let charged = share * total;
    contract.deficit = (contract.deficit - charged).max(0.0);
    contract.socialised += charged;
    venues.version += 1;
}
