//! Who moved the price: every log price is kept as a sum over sources, so that attribution adds up exactly.

use serde::Serialize;

/// A cause of price moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Noise and shocks: what would have happened without any forced flow.
    Exogenous,
    /// Liquidation engines closing positions.
    Liquidations,
    /// Holders under margin call closing a part of their positions.
    Deleveraging,
    /// Cross-margin accounts closed because of another asset or their collateral.
    Contagion,
}

impl Source {
    /// All of them, in the order of the stack.
    pub const ALL: [Self; 4] = [Self::Exogenous, Self::Liquidations, Self::Deleveraging, Self::Contagion];

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Exogenous => "exogenous",
            Self::Liquidations => "liquidations",
            Self::Deleveraging => "deleveraging",
            Self::Contagion => "contagion",
        }
    }
}

/// One number a source.
pub type BySource = [f64; Source::ALL.len()];

/// A log price, or a part of one, with its causes. The total is carried along by its own additions, so that comparing it
/// with the sum over sources is a real check.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// The log price.
    pub total: f64,
    /// Its parts.
    pub by_source: BySource,
}

impl Level {
    /// Adds a move that one source caused.
    pub fn add(&mut self, source: Source, amount: f64) {
        self.total += amount;
        self.by_source[source as usize] += amount;
    }

    /// Adds another level times a factor.
    pub fn add_scaled(&mut self, other: &Self, factor: f64) {
        self.total += other.total * factor;
        for (mine, theirs) in self.by_source.iter_mut().zip(&other.by_source) {
            *mine += theirs * factor;
        }
    }

    /// Multiplies everything.
    pub fn scale(&mut self, factor: f64) {
        self.total *= factor;
        for part in &mut self.by_source {
            *part *= factor;
        }
    }

    /// The sum of two levels.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        sum.add_scaled(other, 1.0);
        sum
    }
}
