//! Who moved the price: every log price is kept as a sum over sources, so that attribution adds up exactly.

use enum_map::{Enum, EnumMap};
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use crate::units::LogPrice;

/// A cause of price moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, IntoStaticStr, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Source {
    /// Noise and shocks: what would have happened without any forced flow.
    Exogenous,
    /// Liquidation engines closing positions on the venues' books.
    Liquidations,
    /// Holders under margin call closing a part of their positions.
    #[serde(rename = "deleveraging")]
    #[strum(serialize = "deleveraging")]
    MarginCalls,
    /// Predators who sell ahead of forced orders and buy back.
    Predators,
    /// Liquidity providers who lean against the move.
    Providers,
    /// Market makers who have failed, selling what they held.
    Makers,
    /// Cross-margin accounts closed because of another asset or their collateral.
    Contagion,
    /// Liquidation engines selling positions to the automated market maker; arbitrage carries its price to the books.
    Pool,
    /// Bidders of the auction and the backstop vault selling on the books what they have taken over.
    Unwinding,
    /// Dealers who hedge options, and hedgers who trade in proportion to the move.
    Hedging,
    /// Liquidators of loans trading the collateral.
    Lending,
    /// Carry traders who sell futures against coins for funding, or the other way round.
    Carry,
    /// Stop-loss orders that the price has touched.
    Stops,
}

impl Source {
    /// All of them, in the order of the stack.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Stable name, in reports and in names of columns.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Exogenous => "exogenous",
            Self::Liquidations => "liquidations",
            Self::MarginCalls => "deleveraging",
            Self::Predators => "predators",
            Self::Providers => "liquidity providers",
            Self::Makers => "failed makers",
            Self::Contagion => "contagion",
            Self::Pool => "sold to AMM",
            Self::Unwinding => "unwinding",
            Self::Hedging => "hedging",
            Self::Lending => "lending",
            Self::Carry => "carry traders",
            Self::Stops => "stop orders",
        }
    }
}

/// One number a source.
pub type BySource = EnumMap<Source, f64>;

/// A log price, or a part of one, with its causes: moves from the start price, added up. The total is carried along by its own
/// additions, so that comparing it with the sum over sources is a real check.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// All of it.
    pub total: f64,
    /// Its parts.
    pub by_source: BySource,
}

impl Level {
    /// The log price that it takes a book to from the start price.
    #[inline]
    pub const fn log_price(&self) -> LogPrice {
        LogPrice::new(self.total)
    }

    /// Adds a move that one source caused.
    #[inline]
    pub fn add(&mut self, source: Source, amount: f64) {
        self.total += amount;
        self.by_source[source] += amount;
    }

    /// Adds another level times a factor.
    #[inline]
    pub fn add_scaled(&mut self, other: &Self, factor: f64) {
        self.total += other.total * factor;
        for (mine, theirs) in self.by_source.values_mut().zip(other.by_source.values()) {
            *mine += theirs * factor;
        }
    }

    /// Multiplies everything.
    #[inline]
    pub fn scale(&mut self, factor: f64) {
        self.total *= factor;
        for part in self.by_source.values_mut() {
            *part *= factor;
        }
    }

    /// The sum of two levels.
    #[must_use]
    #[inline]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        sum.add_scaled(other, 1.0);
        sum
    }
}
