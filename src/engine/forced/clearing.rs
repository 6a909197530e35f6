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

use serde::Serialize;

use cascade_scenario::{ClearingScheme, FundSizing, Parameters, VenueId};

use crate::forced::netting::{self, Class};
use crate::forced::waterfall::Batch;
use crate::positions::contract::ContractKind;
use crate::world::World;

/// The clearing house, or what the members have paid in to stand for their clients alone.
#[derive(Clone, Debug)]
pub struct Clearing {
    /// The pooled insurance fund, USD; only a clearing house has one.
    pub fund: f64,
    /// What is left of the members' contributions to the default fund, USD.
    pub contributions: Vec<f64>,
    /// What the members have lost of their contributions so far, USD.
    lost: Vec<f64>,
    /// The part of it that clients of other members had lost.
    mutualised: f64,
    /// Paid in by founders, members and contracts, less what was paid out to them, USD.
    pub net_deposits: f64,
    /// Everything that ever came in, USD: what rounding is measured by.
    pub gross: f64,
    /// The members' shares of the batch being settled.
    shares: Vec<f64>,
}

/// Figures of the clearing; all 0 where no members clear. USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ClearingFigures {
    /// What is left of the members' contributions.
    pub default_fund_usd: f64,
    /// What the default fund has paid so far.
    pub default_fund_used_usd: f64,
    /// The part of it that members paid for clients of others.
    pub mutualised_usd: f64,
    /// What the member that lost most has lost of its contributions.
    pub largest_member_loss_usd: f64,
    /// Members' initial margin if every venue and contract were netted by itself.
    pub margin_separate_usd: f64,
    /// Members' initial margin if every two members netted all their contracts with one another.
    pub margin_bilateral_usd: f64,
    /// Members' initial margin if one house netted everything.
    pub margin_central_usd: f64,
}

impl ClearingFigures {
    /// Share of the margin that one house saves against one for every venue and contract; 0 where there is no margin.
    pub fn netting_benefit(&self) -> f64 {
        if self.margin_separate_usd > 0.0 {
            1.0 - self.margin_central_usd / self.margin_separate_usd
        } else {
            0.0
        }
    }
}

impl Clearing {
    /// A house with its insurance fund if there is to be one; the members have paid nothing in yet.
    pub fn new(parameters: &Parameters) -> Self {
        let members = members(parameters);
        let fund = if pooled(parameters) {
            parameters.fund.insurance
        } else {
            0.0
        };
        Self {
            fund,
            contributions: vec![0.0; members],
            lost: vec![0.0; members],
            mutualised: 0.0,
            net_deposits: fund,
            gross: fund,
            shares: vec![0.0; members],
        }
    }

    /// What is left of the default fund.
    pub fn default_fund(&self) -> f64 {
        self.contributions.iter().sum()
    }

    fn deposit(&mut self, amount: f64) {
        self.net_deposits += amount;
        self.gross += amount.abs();
    }

    /// Loss beyond margin and insurance fund that the members can pay for the batch being settled. Where they do not stand for
    /// each other, the first of them who cannot pay its part ends it.
    fn capacity(&self, scheme: ClearingScheme) -> f64 {
        match scheme {
            ClearingScheme::None => 0.0,
            ClearingScheme::Central => self.default_fund(),
            ClearingScheme::Bilateral => {
                let parts = self.shares.iter().zip(&self.contributions);
                let able = parts
                    .filter(|(share, _)| **share > 0.0)
                    .map(|(share, contribution)| contribution / share);
                able.reduce(f64::min).unwrap_or(0.0)
            }
        }
    }

    /// Pays for a loss, first from the pooled fund, then from the contributions. Returns what it paid.
    fn pay(&mut self, scheme: ClearingScheme, loss: f64) -> f64 {
        let from_fund = loss.min(self.fund);
        self.fund -= from_fund;
        let beyond = loss - from_fund;
        let nobodys = self.shares.iter().all(|share| *share == 0.0);
        // Both what is missing and what is paid are added up member by member: a difference of large sums would swallow the
        // smallest parts.
        let mut left = if nobodys { beyond } else { 0.0 };
        let mut paid = from_fund;
        for member in 0..self.contributions.len() {
            let part = beyond * self.shares[member];
            let charged = self.charge(member, part);
            left += part - charged;
            paid += charged;
        }
        let together = self.default_fund();
        if scheme == ClearingScheme::Central && left > 0.0 && together > 0.0 {
            let share = (left / together).min(1.0);
            for member in 0..self.contributions.len() {
                let charged = self.charge(member, share * self.contributions[member]);
                self.mutualised += charged;
                left -= charged;
                paid += charged;
            }
        }
        self.net_deposits -= paid;
        if left > 0.0 { paid } else { loss }
    }

    fn charge(&mut self, member: usize, wanted: f64) -> f64 {
        let paid = wanted.min(self.contributions[member]);
        self.contributions[member] -= paid;
        self.lost[member] += paid;
        paid
    }
}

/// Number of members that clear; 0 without clearing.
pub const fn members(parameters: &Parameters) -> usize {
    match parameters.clearing.scheme {
        ClearingScheme::None => 0,
        ClearingScheme::Bilateral | ClearingScheme::Central => parameters.clearing.members as usize,
    }
}

/// Whether one clearing house has the insurance funds of all venues.
pub fn pooled(parameters: &Parameters) -> bool {
    parameters.clearing.scheme == ClearingScheme::Central
}

/// Brings the default fund to the size it should have: members pay in, or are paid out, in proportion to their margins.
pub fn resize(world: &mut World) {
    let settings = world.parameters.clearing;
    let members = members(&world.parameters);
    if members == 0 {
        return;
    }
    let margins = margins(world, settings.scheme);
    let total: f64 = margins.iter().sum();
    let target = match settings.sizing {
        FundSizing::Usd => settings.default_fund,
        FundSizing::MarginShare => settings.margin_share * total,
        FundSizing::CoverTwo => two_largest_losses(world, members, settings.stress_move),
    };
    let clearing = &mut world.clearing;
    for (contribution, margin) in clearing.contributions.iter_mut().zip(margins) {
        let share = if total > 0.0 {
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

/// Each member's initial margin under a scheme for its clients' isolated positions, USD at the marks.
fn margins(world: &World, scheme: ClearingScheme) -> Vec<f64> {
    let rate = world.parameters.clearing.initial_margin;
    let mut classes = Vec::new();
    for (index, venue) in world.venues.iter().enumerate() {
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
                worth: rate * book.side.sign() * contract.kind.notional_usd(1.0, venue.mark),
                house,
            }));
        }
    }
    netting::netted(&classes, members(&world.parameters))
}

/// The two largest members' losses beyond their clients' margins, in a move of all marks up or down, whichever is worse.
fn two_largest_losses(world: &World, members: usize, stress_move: f64) -> f64 {
    let in_move = |change: f64| {
        let mut losses = vec![0.0; members];
        for venue in &world.venues {
            let price = venue.mark * (1.0 + change);
            for contract in &venue.contracts {
                let value = contract.kind.value(price);
                let usd = contract.kind.usd_per_settlement(price);
                for book in &contract.sides {
                    for (_, position) in book.tiers.iter().flat_map(|tier| tier.ladder.iter()) {
                        let loss = -position.equity(book.side, value, contract.funding);
                        losses[netting::members_of(position.id, members).0] += loss.max(0.0) * usd;
                    }
                }
            }
        }
        losses.sort_unstable_by(f64::total_cmp);
        losses.iter().rev().take(2).sum::<f64>()
    };
    in_move(-stress_move).max(in_move(stress_move))
}

/// A batch is about to be settled: whose clients' it is.
pub fn attribute(world: &mut World, batch: &Batch) {
    let shares = &mut world.clearing.shares;
    shares.fill(0.0);
    let contract = &mut world.venues[batch.venue].contracts[batch.kind as usize];
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
    collect(world);
}

/// What stands behind the batch being settled before anybody is deleveraged or unpaid, in the contract's settlement currency.
pub fn backing(world: &World, venue: VenueId, kind: ContractKind) -> f64 {
    let clearing = &world.clearing;
    let own = world.venues[venue].contracts[kind as usize].fund;
    let usd = clearing.fund + clearing.capacity(world.parameters.clearing.scheme);
    own + usd / kind.usd_per_settlement(world.venues[venue].mark)
}

/// Pays what a contract's fund is short of, as far as house and members can.
pub fn cover(world: &mut World, venue: VenueId, kind: ContractKind) {
    let scheme = world.parameters.clearing.scheme;
    let venue = &mut world.venues[venue];
    let contract = &mut venue.contracts[kind as usize];
    if scheme == ClearingScheme::None || contract.fund >= 0.0 {
        return;
    }
    let rate = kind.usd_per_settlement(venue.mark);
    let loss = -contract.fund * rate;
    let paid = world.clearing.pay(scheme, loss);
    let received = if paid < loss { paid / rate } else { -contract.fund };
    contract.fund += received;
    contract.net_deposits += received;
}

/// A single client owes more than it has: who stands behind a contract pays, and the rest is the contract's deficit.
pub fn lose(world: &mut World, venue: VenueId, kind: ContractKind, client: u32, owed: f64) {
    collect(world);
    let shares = &mut world.clearing.shares;
    shares.fill(0.0);
    if !shares.is_empty() {
        let (member, _) = netting::members_of(client, shares.len());
        shares[member] = 1.0;
    }
    world.venues[venue].contracts[kind as usize].fund -= owed;
    cover(world, venue, kind);
    let contract = &mut world.venues[venue].contracts[kind as usize];
    let unpaid = (-contract.fund).max(0.0);
    contract.fund += unpaid;
    contract.deficit += unpaid;
}

/// What liquidations and fees have left in the contracts' funds goes to the house.
pub fn collect(world: &mut World) {
    if !pooled(&world.parameters) {
        return;
    }
    for venue in &mut world.venues {
        for contract in &mut venue.contracts {
            if contract.fund > 0.0 {
                let usd = contract.fund * contract.kind.usd_per_settlement(venue.mark);
                contract.net_deposits -= contract.fund;
                contract.fund = 0.0;
                world.clearing.fund += usd;
                world.clearing.deposit(usd);
            }
        }
    }
}

/// The figures of the present state.
pub fn figures(world: &World) -> ClearingFigures {
    if members(&world.parameters) == 0 {
        return ClearingFigures::default();
    }
    let margin = |scheme| margins(world, scheme).iter().sum();
    let clearing = &world.clearing;
    ClearingFigures {
        default_fund_usd: clearing.default_fund(),
        default_fund_used_usd: clearing.lost.iter().sum(),
        mutualised_usd: clearing.mutualised,
        largest_member_loss_usd: clearing.lost.iter().copied().fold(0.0, f64::max),
        margin_separate_usd: margin(ClearingScheme::None),
        margin_bilateral_usd: margin(ClearingScheme::Bilateral),
        margin_central_usd: margin(ClearingScheme::Central),
    }
}

#[cfg(test)]
mod tests;
