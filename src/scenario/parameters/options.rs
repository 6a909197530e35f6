//! Options and the dealers who hedge them.

use std::ops::RangeInclusive;

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

choice! {
    /// Who asks holders of options for margin.
    MarginSchedule {
        /// One clearing house for everything: what writers lose on puts they gain on calls, what dealers lose on options on their hedge.
        One = "one",
        /// One for calls, one for puts and one for the hedge, each of which looks at its own.
        Several = "several",
    }
}

group! {
    /// Clearing houses that ask whoever holds options for margin: writers, who have sold them and hold no hedge, and the dealers. Of
    /// writers who cannot meet it a part goes to the dealers, who hedge it: forced flow with the move. Dealers who cannot meet it give up
    /// a part, to clients who do not hedge, and trade the hedge of it back.
    Writers "Options clearing"
    /// Whether there are any.
    enabled: bool = false, "Cleared options", Plain, 0 ..= 1, Linear, Live;
    /// Share of all calls and of all puts that writers have sold, beside those of the dealers.
    share: f64 = 0.5, "Written by writers", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// The writers' collateral at the first step; losses on the options come out of it.
    capital: f64 = 1e8, "Writers' collateral", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live,
        "equity = collateral − Σ∫Δ dP of what they are short";
    /// Whether dealers post margin as well. They hold options and the hedge of them.
    dealers: bool = false, "Dealers on margin", Plain, 0 ..= 1, Linear, Live;
    /// The dealers' collateral when they begin to post margin; what they lose on options and hedge together comes out of it.
    dealers_capital: f64 = 1e8, "Dealers' collateral", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live,
        "equity = collateral + Σ∫Δ dP of their options + the worth of their hedge";
    /// One clearing house, which nets all that somebody holds, or several with a schedule each: one for calls, one for puts, and one for
    /// the dealers' hedge.
    schedule: MarginSchedule = MarginSchedule::One, "Schedules", Plain, 0 ..= 1, Linear, Live,
        "one: max over the moves of Σ losses; several: Σ of each one's max (SPAN, CME 1988)";
    /// Margin covers the loss of a move of this size, up or down.
    stress_move: f64 = 0.1, "Stress move", Fraction, 0.01 ..= 0.5, Log, Live;
    /// Time from one settlement to the next: how often they are asked.
    interval: f64 = 300.0, "Settlement interval", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live;
}

impl Options {
    /// The strikes listed, as multiples of the spacing, so that one of them may be the price at which they are listed. Empty where
    /// no multiple lies between the lowest and the highest strike.
    pub fn strike_numbers(&self) -> RangeInclusive<i64> {
        let (low, high) = (
            self.lowest_strike.min(self.highest_strike),
            self.lowest_strike.max(self.highest_strike),
        );
        let spacing = self.strike_spacing;
        (low / spacing - 1e-9).ceil() as i64..=(high / spacing + 1e-9).floor() as i64
    }
}
