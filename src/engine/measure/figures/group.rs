//! What figures belong together.

use strum::VariantArray;

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Group {
    /// The price and what moved it.
    Market,
    /// Who holds how much.
    Positions,
    /// What is closed by force.
    Liquidation,
    /// Where it goes.
    Routes,
    /// Funds, and losses beyond margins.
    Losses,
    /// What circuit breakers hold back.
    Breakers,
    /// What the market is like.
    State,
    /// Traders who sell ahead of liquidations.
    Predators,
    /// Traders who lean against dislocation.
    Providers,
    /// Market makers.
    Makers,
    /// Traders who come for funding.
    Carry,
    /// Stop-loss orders.
    Stops,
    /// Margin calls.
    MarginCalls,
    /// Accounts with several assets on one collateral.
    CrossMargin,
    /// Options and those who hedge them.
    Hedging,
    /// What the requirement takes off collateral.
    Requirement,
    /// What the rise of the requirement did.
    Tightening,
    /// What makes the market fragile as a whole.
    Systemic,
    /// Clearing members.
    Clearing,
    /// What the delay of execution costs.
    Execution,
    /// The decentralized lending pool.
    Lending,
}

impl Group {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Market => "Price",
            Self::Positions => "Positions",
            Self::Liquidation => "Liquidation",
            Self::Routes => "Routes of liquidation",
            Self::Losses => "Funds and losses",
            Self::Breakers => "Circuit breakers",
            Self::State => "State of the market",
            Self::Predators => "Predators",
            Self::Providers => "Liquidity providers",
            Self::Makers => "Market makers",
            Self::Carry => "Carry traders",
            Self::Stops => "Stop orders",
            Self::MarginCalls => "Margin calls",
            Self::CrossMargin => "Cross margin",
            Self::Hedging => "Options and hedging",
            Self::Requirement => "Haircut",
            Self::Tightening => "Tighter margin",
            Self::Systemic => "Fragility",
            Self::Clearing => "Clearing",
            Self::Execution => "Execution",
            Self::Lending => "Lending pool",
        }
    }
}
