//! Positions that the liquidation engine has taken over and not yet closed: settling, on auction, or in tranches.

use std::collections::VecDeque;

use crate::positions::contract::Position;
use crate::positions::totals::Totals;

/// A position that the liquidation engine has taken over.
#[derive(Clone, Copy, Debug)]
pub struct Settling {
    /// The position.
    pub position: Position,
    /// Units that are closed first; none if it is closed whole.
    pub tranche: Option<f64>,
    /// The step in which it was taken over.
    pub since: u64,
}

/// Positions on auction together.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// Step in which they were first offered.
    pub started: u64,
    /// Sums over the positions.
    pub totals: Totals,
    /// The positions.
    pub positions: Vec<Position>,
}

/// A position of which a part waits to be sold.
#[derive(Clone, Copy, Debug)]
pub struct Tranche {
    /// The position.
    pub position: Position,
    /// Units that are still to be sold.
    pub due: f64,
}

/// A position whose tranche has been sold.
#[derive(Clone, Copy, Debug)]
pub struct Cooling {
    /// The position.
    pub position: Position,
    /// The step in which it was sold.
    pub since: u64,
}

/// The positions of one side of a contract that are liquidated in tranches; none of them stands on a ladder meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Staggered {
    /// Parts that wait to be sold.
    pub tranches: VecDeque<Tranche>,
    /// Positions whose tranche has been sold, in the order in which their cooldowns end.
    pub cooling: VecDeque<Cooling>,
    /// Units that wait to be sold.
    pub due: f64,
}

impl Staggered {
    /// Takes over a position of which these units are to be sold.
    pub fn push(&mut self, position: Position, due: f64) {
        self.due += due;
        self.tranches.push_back(Tranche { position, due });
    }

    /// Whether there is no position.
    pub fn is_empty(&self) -> bool {
        self.tranches.is_empty() && self.cooling.is_empty()
    }

    /// Memory of the positions, in bytes.
    pub fn bytes(&self) -> usize {
        self.tranches.len() * size_of::<Tranche>() + self.cooling.len() * size_of::<Cooling>()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What is left of the positions without the units that wait to be sold.
    pub fn rests(&self) -> impl Iterator<Item = Position> + '_ {
        let waiting = self.tranches.iter().map(|tranche| {
            let mut rest = tranche.position;
            let _sold = rest.split(tranche.due / rest.quantity);
            rest
        });
        waiting.chain(self.cooling.iter().map(|cooling| cooling.position))
    }
}
