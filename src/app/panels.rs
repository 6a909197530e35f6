//! Which plots are visible.

use serde::{Deserialize, Serialize};

/// A plot that can be hidden; the spot price is always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Liquidation levels beside the price.
    Clusters,
    /// Dealers' gamma exposure beside the price.
    Gamma,
    /// Liquidation levels over time beneath the price.
    HeatMap,
    /// Aggregate delta.
    Delta,
    /// Open interest and liquidations.
    OpenInterest,
    /// Who moved the price.
    Attribution,
    /// Reproduction ratio.
    Reproduction,
    /// Maintenance margin and volatility.
    Margin,
    /// Insurance fund, bad debt and auto-deleveraging.
    Fund,
    /// Depth, and the makers behind it.
    Depth,
    /// How far the venues' prices and funding rates lie apart.
    Basis,
    /// Synchrony of the venues, and forced flow's part of the price.
    Synchrony,
    /// Liquidated notional by route.
    Routes,
    /// Loans at risk, liquidated and lost.
    Lending,
}

impl Panel {
    /// All of them, from top to bottom.
    pub const ALL: [Self; 14] = [
        Self::Clusters,
        Self::Gamma,
        Self::HeatMap,
        Self::Attribution,
        Self::Reproduction,
        Self::OpenInterest,
        Self::Delta,
        Self::Margin,
        Self::Fund,
        Self::Depth,
        Self::Basis,
        Self::Synchrony,
        Self::Routes,
        Self::Lending,
    ];

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Clusters => "Liquidation clusters",
            Self::Gamma => "Gamma exposure",
            Self::HeatMap => "Clusters over time",
            Self::Delta => "Aggregate delta",
            Self::OpenInterest => "Open interest",
            Self::Attribution => "Why it moved",
            Self::Reproduction => "Reproduction ratio",
            Self::Margin => "Margin and volatility",
            Self::Fund => "Insurance fund",
            Self::Depth => "Depth and makers",
            Self::Basis => "Basis and funding",
            Self::Synchrony => "Synchrony",
            Self::Routes => "Liquidated by route",
            Self::Lending => "Lending pool",
        }
    }
}

/// The plots that are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "one switch a plot")]
pub struct Panels {
    /// Liquidation levels beside the price.
    pub clusters: bool,
    /// Dealers' gamma exposure beside the price.
    pub gamma: bool,
    /// Liquidation levels over time beneath the price.
    pub heat_map: bool,
    /// Aggregate delta.
    pub delta: bool,
    /// Open interest and liquidations.
    pub open_interest: bool,
    /// Who moved the price.
    pub attribution: bool,
    /// Reproduction ratio.
    pub reproduction: bool,
    /// Maintenance margin and volatility.
    pub margin: bool,
    /// Insurance fund, bad debt and auto-deleveraging.
    pub fund: bool,
    /// Depth, and the makers behind it.
    pub depth: bool,
    /// How far the venues' prices and funding rates lie apart.
    pub basis: bool,
    /// Synchrony of the venues, and forced flow's part of the price.
    pub synchrony: bool,
    /// Liquidated notional by route.
    pub routes: bool,
    /// Loans at risk, liquidated and lost, where there are any.
    pub lending: bool,
}

impl Panels {
    /// Nothing but the price.
    pub const fn none() -> Self {
        Self {
            clusters: false,
            gamma: false,
            heat_map: false,
            delta: false,
            open_interest: false,
            attribution: false,
            reproduction: false,
            margin: false,
            fund: false,
            depth: false,
            basis: false,
            synchrony: false,
            routes: false,
            lending: false,
        }
    }
}

impl Default for Panels {
    fn default() -> Self {
        Self {
            clusters: true,
            gamma: true,
            heat_map: true,
            delta: true,
            open_interest: true,
            attribution: true,
            reproduction: true,
            margin: false,
            fund: false,
            depth: false,
            basis: false,
            synchrony: false,
            routes: false,
            lending: true,
        }
    }
}

impl Panels {
    /// Whether a plot is shown.
    pub const fn shows(&self, panel: Panel) -> bool {
        match panel {
            Panel::Clusters => self.clusters,
            Panel::Gamma => self.gamma,
            Panel::HeatMap => self.heat_map,
            Panel::Delta => self.delta,
            Panel::OpenInterest => self.open_interest,
            Panel::Attribution => self.attribution,
            Panel::Reproduction => self.reproduction,
            Panel::Margin => self.margin,
            Panel::Fund => self.fund,
            Panel::Depth => self.depth,
            Panel::Basis => self.basis,
            Panel::Synchrony => self.synchrony,
            Panel::Routes => self.routes,
            Panel::Lending => self.lending,
        }
    }

    /// Shows a hidden plot and hides a shown one.
    pub const fn toggle(&mut self, panel: Panel) {
        let shown = match panel {
            Panel::Clusters => &mut self.clusters,
            Panel::Gamma => &mut self.gamma,
            Panel::HeatMap => &mut self.heat_map,
            Panel::Delta => &mut self.delta,
            Panel::OpenInterest => &mut self.open_interest,
            Panel::Attribution => &mut self.attribution,
            Panel::Reproduction => &mut self.reproduction,
            Panel::Margin => &mut self.margin,
            Panel::Fund => &mut self.fund,
            Panel::Depth => &mut self.depth,
            Panel::Basis => &mut self.basis,
            Panel::Synchrony => &mut self.synchrony,
            Panel::Routes => &mut self.routes,
            Panel::Lending => &mut self.lending,
        };
        *shown = !*shown;
    }
}
