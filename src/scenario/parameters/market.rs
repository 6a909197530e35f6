//! The coin, its books, and the shocks that hit it.

use crate::table::Scale::{Linear, Log};
use crate::table::{choice, group};

group! {
    /// The coin, its own randomness and the clock of the model.
    Market "Market"
    /// Price of a coin at the first step.
    start_price: f64 = 100_000.0, "Start price", UsdPerCoin, 1e-2 ..= 1e7, Log, Restart;
    /// Volatility of the efficient price: what news alone would do. The price has no drift.
    volatility: f64 = 0.5, "Volatility", FractionPerRootYear, 0.0 ..= 3.0, Linear, Live,
        "Δf = σ√dt·Z − σ²·dt/2, Z standard normal";
    /// Market time of one step. It only says how finely time is divided, as long as it is not longer than the sampling interval
    /// and the intervals at which engines look; events stay where they are in market time.
    step_seconds: f64 = 10.0, "Time step", Seconds, 0.1 ..= 3600.0, Log, Restart;
    /// Market time between two prices of which makers, margin rules and haircuts take the move to estimate volatility, and
    /// trading halts the reference. At least a time step.
    sampling_seconds: f64 = 10.0, "Sampling interval", Seconds, 0.1 ..= 3600.0, Log, Live,
        "σ̂² ← λσ̂² + (1 − λ)·r²/Δ, r the log move in Δ seconds, λ = 2^(−Δ/half-life)";
}

group! {
    /// How much it takes to move the price, and how fast the price comes back.
    Liquidity "Liquidity"
    /// Depth of all books together: a hundred times the order that moves them by 1 %. All books scale with it.
    depth: f64 = 15e9, "Liquidity depth", UsdPerLogPrice, 1e8 ..= 1e12, Log, Live,
        "D₁ = depth/100 moves the price by 1 %";
    /// Share of the depth that stands in the spot book; the venues share the rest.
    spot_share: f64 = 0.4, "Spot share of depth", Fraction, 0.01 ..= 0.99, Linear, Live;
    /// The power of a move that the volume behind it grows with. 1: a move proportional to the order. 2: the square-root law,
    /// by which large orders move the price less than in proportion and small ones more. Whatever the exponent, the order that
    /// moves the price by 1 % is the same, a hundredth of the depth.
    impact_exponent: f64 = 1.0, "Impact exponent", Plain, 1.0 ..= 4.0, Linear, Live,
        "V = D₁·(u/1 %)^κ: linear at κ = 1 (Kyle 1985), u = Y·σ_d·√(V/ADV) at κ = 2 (Tóth et al. 2011, Donier–Bonart 2015)";
    /// Share of every order's price move that stays for good; the rest decays.
    permanent_share: f64 = 0.3, "Permanent share", Fraction, 0.0 ..= 1.0, Linear, Live,
        "Δf = π·V/ΣD, D with all makers in their books, at most h (Obizhaeva–Wang 2013)";
    /// Time in which the transient part of the impact halves.
    resilience_half_life: f64 = 900.0, "Impact half-life", Seconds, 30.0 ..= 86_400.0, Log, Live,
        "I ← I·e^(−κ·dt), κ = ln 2/half-life (Obizhaeva–Wang 2013)";
    /// Whether the transient part of the impact decays at all.
    resilience: bool = true, "Impact decays", Plain, 0 ..= 1, Linear, Live;
    /// How depth follows the price: 1 means a constant number of coins, 0 a constant number of dollars.
    depth_elasticity: f64 = 1.0, "Depth follows price", Plain, 0.0 ..= 2.0, Linear, Live,
        "D = D₀·(P/P₀)^θ";
    /// Depth never falls below this share of where it began.
    depth_floor: f64 = 0.05, "Depth floor", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Most that one round may move one book; the rest of the order queues. An engine has one round a look, so with the engine
    /// interval this is how fast an order is worked. 100 % means no limit.
    max_move_per_round: f64 = 0.03, "Largest move per round", Fraction, 0.001 ..= 1.0, Log, Live;
}

choice! {
    /// Where a shock enters.
    ShockRoute {
        /// News: the efficient price of all books moves.
        News = "news",
        /// A market order in the spot book moves that book alone; arbitrage and the index carry it on.
        SpotOrder = "spot-order",
        /// A market order in one venue's futures book: a bad local price, which arbitrage carries on.
        VenueOrder = "venue-order",
    }
}

group! {
    /// What the shock button does, and scheduled shocks that do not say otherwise.
    ShockSettings "Shock"
    /// Relative price change of the shock.
    size: f64 = -0.02, "Size", Fraction, -0.5 ..= 1.0, Linear, Live,
        "log move ln(1 + size), spread evenly over its steps";
    /// Number of steps the shock is spread over.
    over_steps: u32 = 6, "Spread over", Steps, 1 ..= 10_000, Log, Live;
    /// The asset it hits; the last one where there are fewer.
    asset: u32 = 1, "Asset hit", Count, 1 ..= 4, Linear, Live;
    /// News moves every book at once; an order in the spot book has to be carried to the venues, one in a venue's book to spot.
    route: ShockRoute = ShockRoute::News, "Route", Plain, 0 ..= 2, Linear, Live;
    /// The venue in whose book a venue order is executed; the last one where there are fewer.
    venue: u32 = 1, "Venue hit", Count, 1 ..= 8, Linear, Live;
}
