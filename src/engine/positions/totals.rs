//! What the positions of one side of a contract add up to, and what has become of them.

use crate::positions::contract::{Position, Side};

/// Sums over the open positions of one side of a contract, those waiting in the liquidation queue included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Σ q.
    pub quantity: f64,
    /// Σ q·e.
    pub entry: f64,
    /// Σ W.
    pub margin: f64,
}

impl Totals {
    /// Adds a position.
    pub fn add(&mut self, position: &Position) {
        self.quantity += position.quantity;
        self.entry += position.quantity * position.entry;
        self.margin += position.margin;
    }

    /// The sums of one position.
    pub fn of(position: &Position) -> Self {
        let mut totals = Self::default();
        totals.add(position);
        totals
    }

    /// Equity of all positions when a unit is worth `value`.
    pub fn equity(&self, side: Side, value: f64, funding: f64) -> f64 {
        self.margin + side.sign() * (self.quantity * (value - funding) - self.entry)
    }

    /// Splits off a share between 0 and 1 of every sum.
    #[must_use]
    pub fn split(&mut self, share: f64) -> Self {
        let part = Self {
            quantity: self.quantity * share,
            entry: self.entry * share,
            margin: self.margin * share,
        };
        self.quantity -= part.quantity;
        self.entry -= part.entry;
        self.margin -= part.margin;
        part
    }

    /// Adds other sums.
    pub fn absorb(&mut self, other: &Self) {
        self.quantity += other.quantity;
        self.entry += other.entry;
        self.margin += other.margin;
    }

    /// Σ q·v_b: what the positions are worth together at their bankruptcy values, per unit summed.
    pub fn bankruptcy(&self, side: Side, funding: f64) -> f64 {
        self.entry + self.quantity * funding - side.sign() * self.margin
    }
}

/// What has happened to the units of one side since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flows {
    /// Opened, the initial ones included.
    pub opened: f64,
    /// Liquidated, by whatever route.
    pub liquidated: f64,
    /// Cancelled against another position, as the bankrupt or as the profitable side.
    pub deleveraged: f64,
    /// Closed on the book by holders under margin call.
    pub sold: f64,
    /// Closed without force when the book was drawn anew.
    pub closed: f64,
}
