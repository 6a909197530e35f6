//! Accounts without margin, and those who keep one in every contract or book: backstop buyers of liquidated positions, and
//! traders on purpose.

use enum_map::Enum;
use strum::VariantArray;

use crate::market::source::Source;

/// An unlevered account of one contract.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Signed units.
    pub quantity: f64,
    /// Settlement currency received less paid.
    pub cash: f64,
    /// Largest of both so far, within a step too: what was rounded then stays in them.
    most: (f64, f64),
}

impl Account {
    /// Buys units (negative: sells) at a value each.
    pub fn buy(&mut self, quantity: f64, value: f64) {
        self.take(quantity, -quantity * value);
    }

    /// Takes units and cash over (negative: hands them over).
    pub fn take(&mut self, quantity: f64, cash: f64) {
        self.quantity += quantity;
        self.cash += cash;
        let (held, cash) = self.most;
        self.most = (held.max(self.quantity.abs()), cash.max(self.cash.abs()));
    }

    /// Largest number of units it has ever held, and largest cash in settlement currency, both without sign.
    pub const fn largest(&self) -> (f64, f64) {
        let (held, cash) = self.most;
        (held.max(self.quantity.abs()), cash.max(self.cash.abs()))
    }

    /// Worth of the account when a unit is worth `value`: everything it has ever gained.
    pub fn worth(&self, value: f64) -> f64 {
        self.cash + self.quantity * value
    }
}

/// Who takes positions over off the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, VariantArray)]
pub enum BackstopBuyer {
    /// Those who provide the automated market maker's liquidity.
    Pool,
    /// Bidders in the Dutch auction.
    Bidders,
    /// The backstop vault.
    Vault,
}

impl BackstopBuyer {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// A kind of trader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, VariantArray)]
pub enum Trader {
    /// Those who sell ahead of liquidations.
    Predators,
    /// Those who lean against a dislocation.
    Providers,
    /// Those who stand in the books and take the other side of forced orders.
    Makers,
    /// Those who come for funding.
    Carry,
    /// Those who have placed stop orders: what these have traded for them.
    StopHolders,
}

impl Trader {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// What its orders are in the attribution.
    pub const fn source(self) -> Source {
        match self {
            Self::Predators => Source::Predators,
            Self::Providers => Source::Providers,
            Self::Makers => Source::Makers,
            Self::Carry => Source::Carry,
            Self::StopHolders => Source::Stops,
        }
    }
}
