//! Positions that are closed together, and what is counted of them.

use crate::positions::contract::{ContractKind, Position, Side};
use crate::positions::totals::Totals;
use crate::units::Usd;
use cascade_scenario::VenueId;

/// Positions of one venue, contract and side that are closed together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// Venue.
    pub venue: VenueId,
    /// Contract.
    pub kind: ContractKind,
    /// Side that is closed.
    pub side: Side,
    /// Sums over the positions.
    pub totals: Totals,
    /// Notional at the book's price.
    pub notional: Usd,
    /// The positions.
    pub parts: Vec<Part>,
}

/// A liquidated position, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    /// What is closed of it now.
    pub position: Position,
    /// Whether nothing of it is left.
    pub last: bool,
}

/// Positions whose equity was below 0 when they were closed, whoever paid for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Insolvent {
    /// How many.
    pub count: u64,
    /// Their notional at the mark, USD.
    pub notional: f64,
    /// What was missing, USD.
    pub lost: f64,
}

impl Insolvent {
    /// Adds another count.
    pub fn absorb(&mut self, other: &Self) {
        self.count += other.count;
        self.notional += other.notional;
        self.lost += other.lost;
    }
}
