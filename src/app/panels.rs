//! Which plots are visible.

use serde::{Deserialize, Serialize};

/// A plot of the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// Spot price with index, marks and clusters beside it. Always there.
    Price,
    /// Liquidation clusters beside the price axis.
    Clusters,
    /// The same over time, behind the price.
    HeatMap,
    /// Aggregate delta.
    Delta,
    /// Move of the price by source.
    Attribution,
    /// Open interest and liquidations per step.
    OpenInterest,
    /// Maintenance rate and volatility.
    Margin,
    /// Reproduction ratio.
    Reproduction,
    /// Insurance fund and bad debt.
    Fund,
}

impl Panel {
    /// All of them, from top to bottom.
    pub const ALL: [Self; 9] = [
        Self::Price,
        Self::Clusters,
        Self::HeatMap,
        Self::Delta,
        Self::Attribution,
        Self::OpenInterest,
        Self::Margin,
        Self::Reproduction,
        Self::Fund,
    ];

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Price => "Spot price",
            Self::Clusters => "Liquidation clusters",
            Self::HeatMap => "Clusters over time",
            Self::Delta => "Aggregate delta",
            Self::Attribution => "Why it moved",
            Self::OpenInterest => "Open interest",
            Self::Margin => "Margin and volatility",
            Self::Reproduction => "Reproduction ratio",
            Self::Fund => "Insurance fund",
        }
    }
}

/// The plots that are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Panels {
    shown: Vec<Panel>,
}

impl Default for Panels {
    fn default() -> Self {
        use Panel::{Attribution, Clusters, Delta, HeatMap, OpenInterest, Price, Reproduction};
        Self { shown: vec![Price, Clusters, HeatMap, Delta, Attribution, OpenInterest, Reproduction] }
    }
}


impl Panels {
    /// Whether a plot is shown; the price always is.
    pub fn shows(&self, panel: Panel) -> bool {
        panel == Panel::Price || self.shown.contains(&panel)
    }

    /// Shows a hidden plot and hides a shown one.
    pub fn toggle(&mut self, panel: Panel) {
        if let Some(place) = self.shown.iter().position(|shown| *shown == panel) {
            self.shown.remove(place);
        } else {
            self.shown.push(panel);
        }
    }
}
