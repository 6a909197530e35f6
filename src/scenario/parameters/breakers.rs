//! Circuit breakers: what limits how fast and how far forced orders move the price.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

group! {
    /// A circuit breaker that limits how fast positions may be liquidated.
    Throttle "Liquidation throttle"
    /// Whether the limit holds.
    enabled: bool = false, "Throttle", Plain, 0 ..= 1, Linear, Live;
    /// Most notional that all venues together may liquidate per second; each venue has its share of the open interest. What
    /// exceeds it queues.
    cap: f64 = 5e5, "Cap", UsdPerSecond, 1e2 ..= 1e9, Log, Live;
}

group! {
    /// A circuit breaker that stops all trading at a venue after a fast move. Liquidation engines go on looking at their
    /// marks meanwhile; what they take over queues until the venue re-opens.
    TradingHalt "Trading halt"
    /// Whether venues halt.
    enabled: bool = false, "Trading halt", Plain, 0 ..= 1, Linear, Live;
    /// Move of a venue's own price that halts it.
    trigger: f64 = 0.05, "Trigger", Fraction, 0.01 ..= 0.2, Linear, Live,
        "halt when |P/P₀ − 1| ≥ trigger for any P₀ of the window (SEC limit up–limit down, market-wide breakers)";
    /// Time within which the move must happen.
    window: f64 = 300.0, "Window", Seconds, 10.0 ..= 14_400.0, Log, Live;
    /// How long trading stops.
    duration: f64 = 300.0, "Duration", Seconds, 10.0 ..= 14_400.0, Log, Live;
    /// One venue's move halts all venues and the spot book together; they re-open with the news of the meantime, as after
    /// an opening auction. Otherwise the venue halts alone, re-opens at its last price, and arbitrage closes the gap.
    market_wide: bool = false, "Market-wide", Plain, 0 ..= 1, Linear, Live;
}

group! {
    /// What the outage button does: a venue is gone for a while. Its book is halted, its mark stands and its liquidation engine
    /// sleeps; when it is back, its positions learn all at once what has happened.
    OutageSettings "Venue outage"
    /// Number of the venue that goes out; a number beyond the number of venues is none.
    venue: u32 = 1, "Venue", Count, 1 ..= 8, Linear, Live;
    /// Number of steps until it is back.
    over_steps: u32 = 60, "Lasts", Steps, 1 ..= 10_000, Log, Live;
}

group! {
    /// A circuit breaker that keeps forced orders from moving a venue's price too far from a reference.
    PriceBand "Price band"
    /// Whether there is a band.
    enabled: bool = false, "Price band", Plain, 0 ..= 1, Linear, Live;
    /// How far from the reference forced orders may take the price; what does not fit queues.
    width: f64 = 0.02, "Width", Fraction, 0.001 ..= 0.5, Log, Live,
        "sell down to P_ref·(1 − width), buy up to P_ref·(1 + width) (SEC limit up–limit down)";
    /// Half-life of the exponential mean of the index that is the reference.
    reference_half_life: f64 = 300.0, "Reference half-life", Seconds, 10.0 ..= 86_400.0, Log, Live,
        "x_ref ← x_ref + (1 − 2^(−dt/half-life))·(x̄ − x_ref)";
}

choice! {
    /// How large a part of a position is sold at a time.
    TrancheSize {
        /// A fixed share of it.
        Share = "share",
        /// As much as restores its margin.
        Restore = "restore-margin",
    }
}

group! {
    /// A circuit breaker of the single position: a tranche is sold first, the rest is looked at again after a cooldown.
    Staggered "Staggered liquidation"
    /// Whether positions are liquidated in tranches instead of whole.
    enabled: bool = false, "Staggered liquidation", Plain, 0 ..= 1, Linear, Live;
    /// What is sold at a time: a fixed share of what is left of a position, or as much as brings its equity back to a multiple
    /// of the maintenance margin at the mark. Its loss and fee come out of the position's margin.
    size: TrancheSize = TrancheSize::Share, "Tranche size", Plain, 0 ..= 1, Linear, Live,
        "restore: q − (E/t + c − φ·|v|·q/t)/(u − φ·|v|/t), u = m·|v|, φ tranche fee and penalty";
    /// Share of what is left of a position that is sold at a time.
    tranche: f64 = 0.2, "Tranche", Fraction, 0.01 ..= 0.99, Linear, Live,
        "W ← W + s·u·(v_fill − e) − fee, u = tranche·q; q ← q − u";
    /// Where tranches restore the margin: equity is brought back to this multiple of the maintenance margin.
    target: f64 = 1.5, "Restored to", Times, 1.05 ..= 20.0, Log, Live,
        "t in the size that restores";
    /// A position of which less than this notional would be left is liquidated whole.
    smallest_rest: f64 = 1.0, "Smallest rest", Usd, 1.0 ..= 1e7, Log, Live;
    /// Time from the sale of a tranche until the rest is looked at again.
    cooldown: f64 = 30.0, "Cooldown", Seconds, 0.0 ..= 3_600.0, LogFromZero(1.0), Live;
    /// Fee of a tranche, a share of its notional, paid to the insurance fund as far as the margin goes.
    fee: f64 = 0.0005, "Tranche fee", Fraction, 0.0 ..= 0.02, Linear, Live;
}
