//! What a liquidation route is called.

use crate::Route;

/// The words for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteWords {
    /// In a sentence or a list.
    pub label: &'static str,
    /// Where there is little room.
    pub short: &'static str,
    /// As a row beneath the liquidated total.
    pub row: &'static str,
    /// What is counted as having gone there.
    pub doc: &'static str,
}

impl Route {
    /// What it is called.
    pub const fn words(self) -> RouteWords {
        match self {
            Self::OrderBook => RouteWords {
                label: "order book",
                short: "book",
                row: "· on the book",
                doc: "Liquidated notional that was sold on the venues' books and printed there at once, and its share of all \
                    routes.",
            },
            Self::Amm => RouteWords {
                label: "AMM",
                short: "AMM",
                row: "· to the AMM",
                doc: "Liquidated notional that the AMM pool took: arbitrage carries its price to the books.",
            },
            Self::Auction => RouteWords {
                label: "auction",
                short: "auction",
                row: "· by auction",
                doc: "Liquidated notional that bidders of the Dutch auction took without a print.",
            },
            Self::Vault => RouteWords {
                label: "vault",
                short: "vault",
                row: "· to the vault",
                doc: "Liquidated notional that the backstop vault took without a print.",
            },
        }
    }
}
