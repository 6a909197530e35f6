//! Traders with their own capital: predators, liquidity providers, market makers, holders with stop orders, and the noise of
//! everybody else.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

group! {
    /// Capital that comes for funding: it sells futures and buys as many coins on spot where longs pay, the other way round where
    /// shorts pay, and leaves when the rate turns. It trades away the premium that sets the rate.
    Carry "Carry traders"
    /// Whether there are any.
    enabled: bool = false, "Carry traders", Plain, 0 ..= 1, Linear, Live;
    /// Largest notional of their futures at all venues together, each venue its share of the depth; losses make it smaller.
    capital: f64 = 5e8, "Capital", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// Funding a year from which on they come: what the capital earns elsewhere, and what the trade costs.
    hurdle: f64 = 0.1, "Hurdle a year", Fraction, 0.0 ..= 10.0, LogFromZero(0.01), Live,
        "notional = capital·min(1, (|a| − hurdle)/(full − hurdle)), a the funding rate times the payments a year";
    /// Funding a year at which all their capital is in.
    full_yield: f64 = 0.5, "All in at", Fraction, 0.01 ..= 100.0, Log, Live;
    /// Time constant with which they go where they want to be. 0: at once.
    time_constant: f64 = 3_600.0, "Time constant", Seconds, 0.0 ..= 2_592_000.0, LogFromZero(10.0), Live,
        "share 1 − e^(−dt/τ) of what is missing, a step";
}

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

choice! {
    /// How far from the price stop orders are placed.
    Distances {
        /// Evenly from 0 to twice the median.
        Even = "even",
        /// Log-normally about the median: many are near, a few far away.
        LogNormal = "log-normal",
    }
}

group! {
    /// Stop-loss orders of holders without leverage, in every book its share of the depth. A sale waits below the price, a purchase
    /// above it; once its book has traded there it is a market order. What it trades moves the price and may touch the next one.
    Stops "Stop orders"
    /// Whether there are any.
    enabled: bool = false, "Stop orders", Plain, 0 ..= 1, Linear, Live;
    /// Notional of all of them when they are placed, in all books.
    notional: f64 = 4e8, "Stops in all books", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// Share that holders of coins have placed below the price to sell; the rest are purchases of those who are short, above it.
    sell_share: f64 = 0.5, "Share of sales", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Share placed just beyond a round number, the next one past the distance that its holder has chosen; the others are at that
    /// distance itself. What is beyond a round number goes together when the price passes it.
    round_share: f64 = 0.5, "Beyond round numbers", Fraction, 0.0 ..= 1.0, Linear, Live,
        "stop-loss sales gather just below round numbers, purchases just above (Osler 2003)";
    /// Distance of neighbouring round numbers, a part of the price when the order is placed.
    round_spacing: f64 = 0.01, "Round numbers every", Fraction, 0.0005 ..= 0.2, Log, Live,
        "multiples of the largest of 1, 2 and 5 times a power of ten that is no more than this part of the price";
    /// How far beyond its round number such an order is at most, a part of it: anything up to there is as likely.
    beyond: f64 = 0.0005, "At most beyond", Fraction, 0.0 ..= 0.02, Linear, Live;
    /// Median distance from the price at which the holder entered.
    distance: f64 = 0.02, "Median distance", Fraction, 0.0005 ..= 0.5, Log, Live,
        "level = entry·e^(∓d)";
    /// How the distances are spread.
    distances: Distances = Distances::LogNormal, "Distances", Plain, 0 ..= 1, Linear, Live;
    /// Standard deviation of the logarithm of log-normal distances.
    distance_dispersion: f64 = 0.8, "Distance dispersion", Plain, 0.0 ..= 2.0, Linear, Live;
    /// Time constant with which holders who were stopped out enter again, without an order of their own, and place a new stop about the
    /// price of that moment.
    renewal: f64 = 14_400.0, "Renewal", Seconds, 60.0 ..= 2_592_000.0, Log, Live,
        "share 1 − e^(−dt/τ) of what is out, a step";
    /// Number of orders in all books; those of a book and side are of one size.
    count: u32 = 4_000, "Orders", Count, 10 ..= 20_000, Log, Live;
}

group! {
    /// Orders of everybody who trades for reasons of their own, book by book, so that the venues' prices part even in calm.
    /// A venue's share of the orders is its share of the open interest, the spot book's its share of the depth.
    NoiseFlow "Noise flow"
    /// Volatility that these orders would give every book if they were split over the books as the depth is. 0: there are
    /// none.
    volatility: f64 = 0.0, "Volatility of the flow", FractionPerRootYear, 0.0 ..= 3.0, Linear, Live,
        "V_k = σ·√dt·D₀·w_k·Z_k, w_k the book's share of the orders, D₀ the depth of all books";
}

choice! {
    /// How the makers' inventory limits are spread.
    Limits {
        /// Evenly from 0 to twice the median.
        Even = "even",
        /// As a power law: most are small, a few are very large.
        HeavyTailed = "heavy-tailed",
    }
}

choice! {
    /// What becomes of what a failed maker held.
    MakerFailure {
        /// The makers that are left carry it.
        Survivors = "survivors",
        /// It is sold on the book.
        Book = "book",
    }
}

group! {
    /// The makers of every book: they take the other side of all orders, and stand for its depth until they cannot carry
    /// more. Like the lines of a grid, those that fail leave their load to the rest.
    Makers "Market makers"
    /// Whether makers can fail and withdraw. Otherwise depth stands by itself.
    enabled: bool = false, "Makers", Plain, 0 ..= 1, Linear, Live;
    /// Number of makers in every book, with equal shares of its depth.
    count: u32 = 100, "Makers a book", Count, 1 ..= 4_000, Log, Live;
    /// Share of the depth that is the makers'; the rest are orders of end investors and never leaves.
    share: f64 = 0.8, "Share of depth", Fraction, 0.0 ..= 0.99, Linear, Live;
    /// What all makers could carry if every limit were the median one; each book its share of the depth. A maker that carries
    /// more than its own limit fails.
    capacity: f64 = 5e8, "Inventory capacity", Usd, 1e5 ..= 1e12, Log, Live;
    /// Even limits: depth collapses at once when the load passes half the capacity. Heavy-tailed limits: it wears away.
    limits: Limits = Limits::Even, "Limits", Plain, 0 ..= 1, Linear, Live,
        "abrupt iff x·P(limit > x) has an interior maximum";
    /// Exponent of heavy-tailed limits. Up to 1 there is no collapse, only wear.
    tail_exponent: f64 = 1.0, "Tail exponent", Plain, 0.3 ..= 5.0, Log, Live,
        "P(limit > x) = (1 + x/x₀)^(−exponent) (Lomax 1954)";
    /// Who carries what a failed maker held: the others, who may fail in turn, or the book. Where no other is left, it is sold on
    /// the book.
    failure: MakerFailure = MakerFailure::Survivors, "Load goes to", Plain, 0 ..= 1, Linear, Live,
        "equal-load fibre bundle (Daniels 1945)";
    /// How often a maker looks at what it carries and at the market, and quotes anew, fails or comes back. 0: in every round.
    interval: f64 = 10.0, "Makers' interval", Seconds, 0.0 ..= 3_600.0, LogFromZero(0.1), Live;
    /// Time constant with which failed makers, or those who have taken their books over, sell what is for sale. 0: at once.
    selling_time: f64 = 60.0, "Selling time", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live,
        "share 1 − e^(−dt/τ) of what is left, a step";
    /// How strongly makers widen their spreads when it is volatile.
    withdrawal: f64 = 0.5, "Withdrawal", Plain, 0.0 ..= 3.0, Linear, Live,
        "depth × min(1, σ_ref/σ̂)^γ";
    /// Volatility above which they withdraw.
    reference_volatility: f64 = 1.0, "Reference volatility", FractionPerRootYear, 0.05 ..= 20.0, Log, Live;
    /// Half-life of their estimate of volatility.
    half_life: f64 = 600.0, "Estimate half-life", Seconds, 10.0 ..= 86_400.0, Log, Live,
        "σ̂² ← λσ̂² + (1 − λ)·r²/Δ of the index, Δ the market's sampling interval";
    /// Time constant with which failed makers come back, as soon as they can carry their part of the load.
    recovery: f64 = 3_600.0, "Recovery", Seconds, 10.0 ..= 2_592_000.0, Log, Live;
}
