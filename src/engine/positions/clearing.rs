//! Who stands behind positions beyond their margin: the clearing house or its members, and what they have paid in.

use serde::Serialize;

use cascade_scenario::{ClearingScheme, Parameters};
use rand::RngExt as _;

use crate::positions::netting::Membership;
use crate::random::{Purpose, RandomStreams};
use crate::units::Usd;

/// The clearing house, or what the members have paid in to stand for their clients alone.
#[derive(Clone, Debug)]
pub struct Clearing {
    /// Which members positions belong to.
    pub membership: Membership,
    /// The pooled insurance fund; only a clearing house has one.
    pub fund: Usd,
    /// What is left of the members' contributions to the default fund.
    pub contributions: Vec<Usd>,
    /// What the members have lost of their contributions so far.
    pub lost: Vec<Usd>,
    /// The part of it that clients of other members had lost.
    pub mutualised: Usd,
    /// Paid in by founders, members and contracts, less what was paid out to them.
    pub net_deposits: Usd,
    /// Everything that ever came in: what rounding is measured by.
    pub gross: Usd,
    /// The members' shares of the batch being settled.
    pub shares: Vec<f64>,
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
    pub fn new(parameters: &Parameters, membership: Membership) -> Self {
        let members = membership.members;
        let fund = if pooled(parameters) {
            Usd::new(parameters.fund.insurance)
        } else {
            Usd::ZERO
        };
        Self {
            membership,
            fund,
            contributions: vec![Usd::ZERO; members],
            lost: vec![Usd::ZERO; members],
            mutualised: Usd::ZERO,
            net_deposits: fund,
            gross: fund,
            shares: vec![0.0; members],
        }
    }

    /// What is left of the default fund.
    pub fn default_fund(&self) -> Usd {
        self.contributions.iter().copied().sum()
    }

    /// A contract's fund hands this over.
    pub fn deposit(&mut self, amount: Usd) {
        self.net_deposits += amount;
        self.gross += amount.abs();
    }

    /// Loss beyond margin and insurance fund that the members can pay for the batch being settled. Where they do not stand for
    /// each other, the first of them who cannot pay its part ends it.
    pub fn capacity(&self, scheme: ClearingScheme) -> Usd {
        match scheme {
            ClearingScheme::None => Usd::ZERO,
            ClearingScheme::Central => self.default_fund(),
            ClearingScheme::Bilateral => {
                let parts = self.shares.iter().zip(&self.contributions);
                let able = parts
                    .filter(|(share, _)| **share > 0.0)
                    .map(|(share, contribution)| *contribution / *share);
                able.reduce(Usd::min).unwrap_or(Usd::ZERO)
            }
        }
    }

    /// Pays for a loss, first from the pooled fund, then from the contributions. Returns what it paid.
    pub fn pay(&mut self, scheme: ClearingScheme, loss: Usd) -> Usd {
        let from_fund = loss.min(self.fund);
        self.fund -= from_fund;
        let beyond = loss - from_fund;
        let nobodys = self.shares.iter().all(|share| *share == 0.0);
        // Both what is missing and what is paid are added up member by member: a difference of large sums would swallow the
        // smallest parts.
        let mut left = if nobodys { beyond } else { Usd::ZERO };
        let mut paid = from_fund;
        for member in 0..self.contributions.len() {
            let part = beyond * self.shares[member];
            let charged = self.charge(member, part);
            left += part - charged;
            paid += charged;
        }
        let together = self.default_fund();
        if scheme == ClearingScheme::Central && left > Usd::ZERO && together > Usd::ZERO {
            let share = (left / together).min(1.0);
            for member in 0..self.contributions.len() {
                let charged = self.charge(member, share * self.contributions[member]);
                self.mutualised += charged;
                left -= charged;
                paid += charged;
            }
        }
        self.net_deposits -= paid;
        if left > Usd::ZERO { paid } else { loss }
    }

    fn charge(&mut self, member: usize, wanted: Usd) -> Usd {
        let paid = wanted.min(self.contributions[member]);
        self.contributions[member] -= paid;
        self.lost[member] += paid;
        paid
    }
}

/// Number of members that clear; 0 without clearing.
pub(crate) const fn members(parameters: &Parameters) -> usize {
    match parameters.clearing.scheme {
        ClearingScheme::None => 0,
        ClearingScheme::Bilateral | ClearingScheme::Central => parameters.clearing.members as usize,
    }
}

/// Which members the positions of a run belong to.
pub(crate) fn membership(parameters: &Parameters, streams: RandomStreams) -> Membership {
    Membership::new(members(parameters), streams.stream(Purpose::Members).random())
}

/// Whether one clearing house has the insurance funds of all venues.
pub(crate) fn pooled(parameters: &Parameters) -> bool {
    parameters.clearing.scheme == ClearingScheme::Central
}
