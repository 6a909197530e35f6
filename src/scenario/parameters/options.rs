//! Options and the dealers who hedge them.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

choice! {
    /// What happens to the dealers' hedge when options expire.
    Settlement {
        /// Holders are paid the difference; the hedge has lost its purpose and is closed on the books.
        Cash = "cash",
        /// Coins change hands at the strike; the hedge is what is delivered, and nothing is traded.
        Physical = "physical",
    }
}

group! {
    /// Options on the coin: open interest by strike and expiry. A scenario that brings its own option chain uses that instead
    /// of the book described here.
    Options "Options"
    /// Whether options are listed.
    enabled: bool = false, "Options", Plain, 0 ..= 1, Linear, Live;
    /// Open interest of all strikes and expiries together, in coins.
    open_interest: f64 = 25_000.0, "Option open interest", Coins, 0.0 ..= 1e7, LogFromZero(10.0), Live;
    /// Share of the open interest that is calls; the rest is puts.
    call_share: f64 = 0.5, "Call share", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Lowest strike, relative to the price at which the options are listed (the start price, if they stand from the start).
    lowest_strike: f64 = -0.1, "Lowest strike", Fraction, -0.9 ..= 1.0, Linear, Live;
    /// Highest strike, relative to the price at which the options are listed.
    highest_strike: f64 = 0.1, "Highest strike", Fraction, -0.9 ..= 1.0, Linear, Live;
    /// Distance between neighbouring strikes, relative to the price at which the options are listed.
    strike_spacing: f64 = 0.02, "Strike spacing", Fraction, 0.002 ..= 0.5, Log, Live;
    /// Calls only at and above the price at which they are listed, puts only at and below it, where most open interest
    /// stands. Otherwise both at every strike.
    out_of_the_money: bool = true, "Out of the money only", Plain, 0 ..= 1, Linear, Live;
    /// Share of the calls, and of the puts, that stands at the strike nearest the peak; the rest is spread evenly.
    concentration: f64 = 0.0, "Concentration at the peak", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// The strike at which open interest is massed, relative to the price at which the options are listed.
    peak_strike: f64 = 0.0, "Peak strike", Fraction, -0.5 ..= 0.5, Linear, Live;
    /// Time to the first expiry.
    expiry: f64 = 2.0, "Days to expiry", Days, 0.01 ..= 365.0, Log, Live;
    /// Number of expiries, each one interval after the one before, all with the same open interest.
    expiries: u32 = 1, "Expiries", Count, 1 ..= 12, Linear, Live;
    /// Implied volatility at the money: how near a strike must be for its gamma to be felt.
    volatility: f64 = 0.6, "Implied volatility", FractionPerRootYear, 0.05 ..= 3.0, Linear, Live,
        "Γ = φ(d₁)/(F·σ·√T), d₁ = ln(F/K)/(σ√T) + σ√T/2 (Black 1976)";
    /// What the implied volatility changes per unit of log strike: negative where low strikes cost more.
    skew: f64 = 0.0, "Skew", Plain, -2.0 ..= 2.0, Linear, Live,
        "σ_K = max(5 %, σ + skew·ln(K/P₀))";
    /// What happens to the dealers' hedge at expiry.
    settlement: Settlement = Settlement::Cash, "Settlement", Plain, 0 ..= 1, Linear, Live;
    /// When the last option has expired the same book is listed again around the present price.
    relist: bool = false, "Next cycle", Plain, 0 ..= 1, Linear, Live;
}

choice! {
    /// When dealers hedge.
    HedgeRule {
        /// Every so many seconds.
        Interval = "interval",
        /// As soon as what they hold is too far from what they want.
        Band = "band",
    }
}

group! {
    /// Dealers hold the other side of the options and trade the coin so that they have no delta. Short options they buy into
    /// a rise and sell into a fall; long options they do the opposite.
    Dealers "Dealer hedging"
    /// Whether anybody hedges.
    enabled: bool = true, "Hedging", Plain, 0 ..= 1, Linear, Live;
    /// The dealers' position in the calls: −1 short all of them, +1 long all of them.
    call_sign: f64 = -1.0, "Dealers' calls", Plain, -1.0 ..= 1.0, Linear, Live,
        "GEX per 1 % = Σ sign·OI·Γ·P²·1 %; the usual assumption for indices is +1";
    /// The dealers' position in the puts: −1 short all of them, +1 long all of them.
    put_sign: f64 = -1.0, "Dealers' puts", Plain, -1.0 ..= 1.0, Linear, Live,
        "GEX per 1 % = Σ sign·OI·Γ·P²·1 %; the usual assumption for indices is −1";
    /// Interval: every so many seconds. Band: as soon as the gap between the hedge wanted and held leaves the band.
    rule: HedgeRule = HedgeRule::Interval, "Re-hedge", Plain, 0 ..= 1, Linear, Live;
    /// Time from one hedge to the next. 0: in every round of a step.
    hedging_interval: f64 = 60.0, "Interval", Seconds, 0.0 ..= 86_400.0, LogFromZero(0.1), Live;
    /// Gap that is left unhedged, a share of the dealers' options.
    band: f64 = 0.01, "Band", Fraction, 0.0001 ..= 0.5, Log, Live,
        "hedge when |wanted − held| > band·Σ|sign|·OI (Whalley–Wilmott 1997 for the optimal width)";
    /// Share of every hedge order that goes to the spot book; the rest goes to the perpetuals by depth.
    spot_share: f64 = 0.4, "Hedged on spot", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Beside options: hedgers who trade in proportion to the move, as portfolio insurance (1987) and leveraged products
    /// (February 2018) did. Positive: with the move, as if short gamma. Negative: against it.
    gain: f64 = 0.0, "Hedging gain", Plain, -0.9 ..= 0.9, Linear, Live,
        "V = a·D·Δx; in the book it trades in, a move σ ends at σ/(1 − a)";
}
