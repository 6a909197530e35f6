//! What a loan is borrowed in, and what a unit of its debt and of its collateral is worth.

use crate::Borrowed;

impl Borrowed {
    /// Worth of a unit of collateral in what is borrowed.
    pub fn value(self, price: f64) -> f64 {
        match self {
            Self::Usd => price,
            Self::Coins => 1.0 / price,
        }
    }

    /// Dollars a unit of what is borrowed is worth.
    pub const fn debt_usd(self, price: f64) -> f64 {
        match self {
            Self::Usd => 1.0,
            Self::Coins => price,
        }
    }

    /// Dollars a unit of collateral is worth.
    pub const fn collateral_usd(self, price: f64) -> f64 {
        match self {
            Self::Usd => price,
            Self::Coins => 1.0,
        }
    }

    /// Direction of the orders that liquidations make: coins are sold or bought.
    pub const fn order_sign(self) -> f64 {
        match self {
            Self::Usd => -1.0,
            Self::Coins => 1.0,
        }
    }

    /// Coins that a liquidation trades: those seized, or those repaid.
    pub const fn coins_traded(self, repaid: f64, seized: f64) -> f64 {
        match self {
            Self::Usd => seized,
            Self::Coins => repaid,
        }
    }
}
