//! What a scenario may bring along from a file instead of describing it: positions, a price path, an option chain.

use serde::Serialize;
use strum::VariantArray;

use super::{ListedPosition, OptionChain, PricePath, Scenario, Shared};

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// The whole levered book, one position a row.
    Positions,
    /// What the efficient price of the first asset follows: a time and a price a row.
    PricePath,
    /// Options by strike and expiry.
    OptionChain,
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// The whole levered book.
    Positions(Vec<ListedPosition>),
    /// What the efficient price of the first asset is to follow.
    PricePath {
        /// The path, without noise.
        path: PricePath,
        /// Usual distance of two points (the median), seconds.
        usual_seconds: f64,
    },
    /// The options of the first asset.
    OptionChain(OptionChain),
}

impl Imported {
    /// What it is.
    pub const fn kind(&self) -> ImportKind {
        match self {
            Self::Positions(_) => ImportKind::Positions,
            Self::PricePath { .. } => ImportKind::PricePath,
            Self::OptionChain(_) => ImportKind::OptionChain,
        }
    }
}

impl ImportKind {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name of a table of it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positions => "Position list",
            Self::PricePath => "Price path",
            Self::OptionChain => "Option chain",
        }
    }

    /// Name of what a scenario has of it.
    pub const fn listed(self) -> &'static str {
        match self {
            Self::Positions => "the listed positions",
            Self::PricePath => "the price path",
            Self::OptionChain => "the listed options",
        }
    }

    /// How many entries a scenario has of it.
    pub fn count(self, scenario: &Scenario) -> usize {
        match self {
            Self::Positions => scenario.positions.len(),
            Self::PricePath => scenario.path.points.len(),
            Self::OptionChain => scenario.options.len(),
        }
    }

    /// Goes back to what the parameters of a scenario describe.
    pub fn drop_from(self, scenario: &mut Scenario) {
        match self {
            Self::Positions => scenario.positions = Shared::default(),
            Self::PricePath => scenario.path = PricePath::default(),
            Self::OptionChain => scenario.options = Shared::default(),
        }
    }
}
