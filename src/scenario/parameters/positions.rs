//! The levered positions: how many, how large, at which prices and leverage.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::group;

group! {
    /// How much the holders of futures borrow.
    Leverage "Leverage"
    /// Mean leverage, weighted by notional. All leverage bands scale with it.
    mean: f64 = 12.0, "Mean leverage", Times, 1.0 ..= 100.0, Log, Redraw,
        "notional / margin at entry; liquidation at P* = (W + c − s·q·E)/(q·(m − s))";
}

group! {
    /// A group of positions with similar leverage. Bands keep their ratio; the mean leverage scales them.
    Band "Leverage band"
    /// Share of the levered open interest, relative to the other bands.
    weight: f64 = 0.0, "Weight", Plain, 0.0 ..= 1.0, Linear, Redraw;
    /// Median leverage of the band, relative to the other bands.
    leverage: f64 = 10.0, "Relative leverage", Times, 1.0 ..= 100.0, Log, Redraw,
        "L = mean · leverage / Σ(weight · leverage)";
    /// Standard deviation of the logarithm of leverage inside the band.
    dispersion: f64 = 0.3, "Leverage dispersion", Plain, 0.0 ..= 1.5, Linear, Redraw,
        "L log-normal about the median";
    /// Standard deviation of the logarithm of the entry prices.
    entry_width: f64 = 0.02, "Entry width", Fraction, 0.0 ..= 0.5, Linear, Redraw;
    /// Where the entries centre, relative to the present price.
    entry_offset: f64 = 0.0, "Entry offset", Fraction, -0.5 ..= 0.5, Linear, Redraw;
}

group! {
    /// Whether entries, and with them liquidation levels, are massed or spread.
    Concentration "Entry clusters"
    /// Number of prices around which entries mass.
    clusters: u32 = 1, "Clusters", Count, 1 ..= 12, Linear, Redraw;
    /// Distance between neighbouring clusters.
    spacing: f64 = 0.03, "Cluster spacing", Fraction, 0.0 ..= 0.2, Linear, Redraw;
    /// Multiplies the entry width of every band: small means massed, large means spread.
    width: f64 = 1.0, "Width of clusters", Times, 0.01 ..= 20.0, Log, Redraw;
}

group! {
    /// The levered positions that stand at the start, or after the book is drawn anew.
    Positions "Open interest"
    /// Notional of all levered positions, longs and shorts together.
    open_interest: f64 = 6e9, "Levered open interest", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Redraw;
    /// Number of levered positions.
    count: u32 = 20_000, "Positions", Count, 1 ..= 2_000_000, Log, Redraw;
    /// Share of the levered notional that is long. Unlevered hedgers hold the other side of the difference.
    long_share: f64 = 0.6, "Long share", Fraction, 0.0 ..= 1.0, Linear, Redraw;
    /// Standard deviation of the logarithm of position size.
    size_dispersion: f64 = 1.0, "Size dispersion", Plain, 0.0 ..= 2.5, Linear, Redraw;
    /// Share of the positions margined in the coin itself (inverse contracts): their margin loses value with the price.
    coin_margin_share: f64 = 0.0, "Coin-margined share", Fraction, 0.0 ..= 1.0, Linear, Redraw,
        "inverse contract: profit s·Q·(1/E − 1/P) coins";
}

group! {
    /// New positions in place of the liquidated ones.
    Reopening "New positions"
    /// Whether traders come back.
    enabled: bool = false, "Re-opening", Plain, 0 ..= 1, Linear, Live;
    /// Time constant with which the levered open interest returns to where it began: matched longs and shorts, no impact.
    time_constant: f64 = 21_600.0, "Time constant", Seconds, 600.0 ..= 604_800.0, Log, Live;
    /// Nobody opens a position for this long after forced flow.
    quiet_time: f64 = 1_800.0, "Quiet time", Seconds, 0.0 ..= 86_400.0, LogFromZero(60.0), Live;
}
