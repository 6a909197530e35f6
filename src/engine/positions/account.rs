//! Accounts without margin, and those who keep one in every contract or book: backstop buyers of liquidated positions, and
//! traders on purpose.

use enum_map::Enum;
use strum::VariantArray;

use crate::market::source::Source;
use crate::units::{Coins, Price, Usd};

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

    /// Buys coins (negative: sells) at a price each, where a unit is a coin and settled in dollars: on spot and in linear contracts.
    pub fn buy_coins(&mut self, coins: Coins, price: Price) {
        self.buy(coins.get(), price.get());
    }

    /// The coins it holds, where a unit is a coin.
    pub const fn coins(&self) -> Coins {
        Coins::new(self.quantity)
    }

    /// Dollars received less paid, where a unit is settled in them.
    pub const fn usd(&self) -> Usd {
        Usd::new(self.cash)
    }

    /// Takes coins and dollars over (negative: hands them over), where a unit is a coin and settled in dollars.
    pub fn take_coins(&mut self, coins: Coins, usd: Usd) {
        self.take(coins.get(), usd.get());
    }

    /// Worth of the account at a price of a coin, where a unit is a coin and settled in dollars.
    pub fn worth_at(&self, price: Price) -> Usd {
        Usd::new(self.worth(price.get()))
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
