//! State of the window, without any drawing.

pub mod history;

/// What the window can be told to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Shock the spot price to this level, in USD per coin.
    ShockToPrice(f64),
}

/// Which plots are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one switch a plot")]
pub struct Panels {
    /// Liquidation levels beside the price.
    pub clusters: bool,
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
}

impl Default for Panels {
    fn default() -> Self {
        Self {
            clusters: true,
            heat_map: true,
            delta: true,
            open_interest: true,
            attribution: true,
            reproduction: true,
            margin: true,
            fund: true,
        }
    }
}
