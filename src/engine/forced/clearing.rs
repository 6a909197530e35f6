//! Clearing: members who stand behind their clients' positions, alone or together through a clearing house.
//!
//! What a position loses beyond its margin is paid, in this order, by the insurance fund, by the member's own contribution
//! to the default fund and, where a clearing house clears, by the other members' contributions, pro rata to what is left of
//! them; only then positions are auto-deleveraged or bad debt remains (CPMI-IOSCO 2012, "Principles for financial market
//! infrastructures", principles 4 and 13). Without a clearing house every venue has its own insurance fund; with one there
//! is a single fund for all venues and contracts of the asset, and the house takes coins in and pays them out at the marks.
//!
//! Members pay in dollars, so nothing of theirs has a haircut. Their clients' coins have: each venue's own schedule, or the
//! house's at all venues (`Parameters::haircut_at`). In the stress move of Cover 2 coins are worth what that price makes them; a
//! haircut on top would count the same loss twice (PFMI, principle 5: a haircut covers the fall until collateral is sold).
//!
//! The house's books are in USD. Whatever goes from it to a contract, or back, changes the net deposits of both.

use cascade_scenario::{ClearingScheme, FundSizing, VenueId};

use crate::clock::Moment;
use crate::forced::batch::Batch;
use crate::positions::clearing::Clearing;
use crate::positions::clearing::{ClearingFigures, members, pooled};
use crate::positions::contract::ContractKind;
use crate::positions::netting::{self, Class, Membership};
use crate::positions::venues::Venues;
use crate::units::Usd;

/// Brings the default fund to the size it should have: members pay in, or are paid out, in proportion to their margins.
pub(crate) fn resize(moment: &Moment, venues: &Venues, clearing: &mut Clearing) {
    let settings = moment.parameters.clearing;
    let members = members(&moment.parameters);
    if members == 0 {
        return;
    }
    let margins = margins(moment, venues, settings.scheme);
    let total: Usd = margins.iter().copied().sum();
    let target = match settings.sizing {
        FundSizing::Usd => Usd::new(settings.default_fund),
        FundSizing::MarginShare => settings.margin_share * total,
        FundSizing::CoverTwo => two_largest_losses(venues, clearing.membership, settings.stress_move),
    };
    for (contribution, margin) in clearing.contributions.iter_mut().zip(margins) {
        let share = if total > Usd::ZERO {
            margin / total
        } else {
            1.0 / members as f64
        };
        let before = std::mem::replace(contribution, target * share);
        let paid_in = *contribution - before;
        clearing.net_deposits += paid_in;
        clearing.gross += paid_in.abs();
    }
}

/// Each member's initial margin under a scheme for its clients' isolated positions, at the marks.
fn margins(moment: &Moment, venues: &Venues, scheme: ClearingScheme) -> Vec<Usd> {
    let rate = moment.parameters.clearing.initial_margin;
    let mut classes = Vec::new();
    for (index, venue) in venues.iter().enumerate() {
        for contract in &venue.contracts {
            let house = match scheme {
                ClearingScheme::None => Some(2 * index + contract.kind as usize),
                ClearingScheme::Bilateral => None,
                ClearingScheme::Central => Some(0),
            };
            // A side without positions has nobody's clients.
            let held = contract.sides.iter().filter(|book| book.open.quantity > 0.0);
            classes.extend(held.map(|book| Class {
                pairs: book.clients.pairs(),
                worth: (rate * book.side.sign() * contract.kind.notional(1.0, venue.mark)).get(),
                house,
            }));
        }
    }
    let exposures = netting::netted(&classes, members(&moment.parameters));
    exposures.into_iter().map(Usd::new).collect()
}

/// The two largest members' losses beyond their clients' margins, in a move of all marks up or down, whichever is worse.
fn two_largest_losses(venues: &Venues, membership: Membership, stress_move: f64) -> Usd {
    let in_move = |change: f64| {
        let mut losses = vec![Usd::ZERO; membership.members];
        for venue in venues.iter() {
            let price = venue.mark * (1.0 + change);
            for contract in &venue.contracts {
                let value = contract.kind.value(price);
                for book in &contract.sides {
                    for (_, position) in book.tiers.iter().flat_map(|tier| tier.ladder.iter()) {
                        let loss = -position.equity(book.side, value, contract.funding);
                        losses[membership.of(position.id).0] += contract.kind.usd(loss.max(0.0), price);
                    }
                }
            }
        }
        losses.sort_unstable_by(Usd::total_cmp);
        losses.into_iter().rev().take(2).sum::<Usd>()
    };
    in_move(-stress_move).max(in_move(stress_move))
}

/// A batch is about to be settled: whose clients' it is.
pub(crate) fn attribute(moment: &Moment, venues: &mut Venues, clearing: &mut Clearing, batch: &Batch) {
    let shares = &mut clearing.shares;
    shares.fill(0.0);
    let contract = &mut venues[batch.venue].contracts[batch.kind as usize];
    contract
        .side_mut(batch.side)
        .clients
        .close(batch.totals.quantity, shares);
    let total: f64 = shares.iter().sum();
    if total > 0.0 {
        for share in shares {
            *share /= total;
        }
    }
    collect(moment, venues, clearing);
}

/// What stands behind the batch being settled before anybody is deleveraged or unpaid, in the contract's settlement currency.
pub(crate) fn backing(
    moment: &Moment,
    venues: &Venues,
    clearing: &Clearing,
    venue: VenueId,
    kind: ContractKind,
) -> f64 {
    let own = venues[venue].contracts[kind as usize].fund;
    let usd = clearing.fund + clearing.capacity(moment.parameters.clearing.scheme);
    own + kind.settlement(usd, venues[venue].mark)
}

/// Pays what a contract's fund is short of, as far as house and members can.
pub(crate) fn cover(moment: &Moment, venues: &mut Venues, clearing: &mut Clearing, venue: VenueId, kind: ContractKind) {
    let scheme = moment.parameters.clearing.scheme;
    let venue = &mut venues[venue];
    let contract = &mut venue.contracts[kind as usize];
    if scheme == ClearingScheme::None || contract.fund >= 0.0 {
        return;
    }
    let loss = kind.usd(-contract.fund, venue.mark);
    let paid = clearing.pay(scheme, loss);
    let received = if paid < loss {
        kind.settlement(paid, venue.mark)
    } else {
        -contract.fund
    };
    contract.fund += received;
    contract.net_deposits += received;
}

/// A single client owes more than it has: who stands behind a contract pays, and the rest is the contract's deficit.
pub(crate) fn lose(
    moment: &Moment,
    venues: &mut Venues,
    clearing: &mut Clearing,
    venue: VenueId,
    kind: ContractKind,
    client: u32,
    owed: f64,
) {
    collect(moment, venues, clearing);
    let shares = &mut clearing.shares;
    shares.fill(0.0);
    if !shares.is_empty() {
        let (member, _) = clearing.membership.of(client);
        shares[member] = 1.0;
    }
    venues[venue].contracts[kind as usize].fund -= owed;
    cover(moment, venues, clearing, venue, kind);
    let contract = &mut venues[venue].contracts[kind as usize];
    let unpaid = (-contract.fund).max(0.0);
    contract.fund += unpaid;
    contract.deficit += unpaid;
}

/// What liquidations and fees have left in the contracts' funds goes to the house.
pub(crate) fn collect(moment: &Moment, venues: &mut Venues, clearing: &mut Clearing) {
    if !pooled(&moment.parameters) {
        return;
    }
    for venue in venues.iter_mut() {
        for contract in &mut venue.contracts {
            if contract.fund > 0.0 {
                let usd = contract.kind.usd(contract.fund, venue.mark);
                contract.net_deposits -= contract.fund;
                contract.fund = 0.0;
                clearing.fund += usd;
                clearing.deposit(usd);
            }
        }
    }
}

/// The figures of the present state.
pub(crate) fn figures(moment: &Moment, venues: &Venues, clearing: &Clearing) -> ClearingFigures {
    if members(&moment.parameters) == 0 {
        return ClearingFigures::default();
    }
    let margin = |scheme| margins(moment, venues, scheme).into_iter().sum::<Usd>().get();
    ClearingFigures {
        default_fund_usd: clearing.default_fund().get(),
        default_fund_used_usd: clearing.lost.iter().copied().sum::<Usd>().get(),
        mutualised_usd: clearing.mutualised.get(),
        largest_member_loss_usd: clearing.lost.iter().copied().fold(Usd::ZERO, Usd::max).get(),
        margin_separate_usd: margin(ClearingScheme::None),
        margin_bilateral_usd: margin(ClearingScheme::Bilateral),
        margin_central_usd: margin(ClearingScheme::Central),
    }
}

#[cfg(test)]
mod tests;
