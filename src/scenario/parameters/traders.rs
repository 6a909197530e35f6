//! Traders with their own capital: predators, liquidity providers, market makers, and the noise of everybody else.

use crate::scenario::table::Scale::{Linear, Log, LogFromZero};
use crate::scenario::table::{choice, group};

group! {
    /// Traders who sell ahead of liquidations and buy back after them; the same upwards. They hold futures, in proportion to
    /// the venues' depth.
    Predators "Predators"
    /// Whether there are any.
    enabled: bool = false, "Predators", Plain, 0 ..= 1, Linear, Live;
    /// Capital of all predators together: the largest position they can hold.
    capital: f64 = 5e8, "Capital", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// Number of predators. They split the capital and race: each of N acts on an N-th of the trigger, N times as fast.
    competitors: u32 = 3, "Competitors", Count, 1 ..= 16, Linear, Live;
    /// Part of the notional they expect to be liquidated that they sell ahead of it, all together.
    aggressiveness: f64 = 0.3, "Aggressiveness", Fraction, 0.0 ..= 2.0, Linear, Live,
        "position = min(capital, aggressiveness·Λ̂) (Brunnermeier–Pedersen 2005)";
    /// Move of the index from its recent mean that a single predator waits for. 0: it waits for nothing but prey.
    trigger: f64 = 0.01, "Trigger", Fraction, 0.0 ..= 0.2, Linear, Live,
        "|x̄ − mean of x̄| ≥ trigger/N";
    /// Half-life of the exponential mean of the index that moves are measured from.
    window: f64 = 600.0, "Half-life of the mean", Seconds, 10.0 ..= 86_400.0, Log, Live;
    /// How far from the marks they look for positions to be liquidated.
    reach: f64 = 0.03, "Reach", Fraction, 0.0001 ..= 0.3, Log, Live;
    /// They attack only where the liquidations that they expect within reach would carry the price this part of the way
    /// through it, and cover when there is less left. 1 is a cascade that feeds itself.
    density: f64 = 0.4, "Density of prey", Plain, 0.0 ..= 3.0, Linear, Live,
        "R̂ = Λ̂/(reach·ΣD)";
    /// Standard deviation of the logarithm of what they believe Λ to be, relative to the truth; drawn for every look.
    error: f64 = 0.3, "Estimation error", Plain, 0.0 ..= 2.0, Linear, Live,
        "Λ̂ = Λ·e^(s·Z − s²/2)";
    /// Time constant with which a single predator sells. 0: at once.
    selling_time: f64 = 60.0, "Selling time", Seconds, 0.0 ..= 3_600.0, LogFromZero(1.0), Live,
        "share 1 − e^(−N·dt/τ) of what is missing, a step";
    /// Time constant with which they close their positions. 0: at once.
    covering_time: f64 = 120.0, "Covering time", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live;
    /// They cover after this long, whatever is left.
    patience: f64 = 1_800.0, "Patience", Seconds, 10.0 ..= 604_800.0, Log, Live;
    /// A predator that has lost this part of its capital covers and never comes back.
    loss_limit: f64 = 0.1, "Loss limit", Fraction, 0.001 ..= 1.0, Log, Live;
}

choice! {
    /// What liquidity providers hold a coin worth.
    Anchor {
        /// What news alone would have made of the price.
        News = "news",
        /// A moving average of the index.
        MovingAverage = "moving-average",
    }
}

group! {
    /// Traders who buy below and sell above what they hold a coin worth, in every book. They are the defence against
    /// dislocation, and what it costs is theirs.
    Providers "Liquidity providers"
    /// Whether there are any.
    enabled: bool = false, "Providers", Plain, 0 ..= 1, Linear, Live;
    /// Largest inventory of all books together, each book its share of the depth; losses make it smaller.
    capital: f64 = 5e8, "Capital", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// What they lean on. News: they know the price without forced flow. Moving average: they only know where the price was,
    /// and buy into a fall that news justifies.
    anchor: Anchor = Anchor::News, "Anchor", Plain, 0 ..= 1, Linear, Live;
    /// Half-life of the moving average.
    half_life: f64 = 3_600.0, "Half-life of the average", Seconds, 10.0 ..= 604_800.0, Log, Live;
    /// Dislocation at which they begin.
    first_discount: f64 = 0.005, "First discount", Fraction, 0.0 ..= 0.2, Linear, Live,
        "inventory = −sign(d)·capital·min(1, (|d| − first)/(full − first))";
    /// Dislocation at which all their capital is used.
    full_discount: f64 = 0.04, "Full discount", Fraction, 0.001 ..= 0.5, Log, Live;
    /// Time constant with which they go where they want to be. 0: at once.
    response: f64 = 20.0, "Response time", Seconds, 0.0 ..= 3_600.0, LogFromZero(1.0), Live;
    /// Time constant with which slow investors take over what they hold, without an order: so their capacity comes back.
    replenishment: f64 = 14_400.0, "Replenishment", Seconds, 60.0 ..= 2_592_000.0, Log, Live,
        "slow-moving capital (Duffie 2010)";
}
