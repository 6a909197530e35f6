//! What equity positions must keep, and what happens before they are liquidated.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

choice! {
    /// What the maintenance rate is a share of.
    MarginRule {
        /// The notional at the mark price.
        Mark = "mark",
        /// The notional at entry.
        Entry = "entry",
    }
}

group! {
    /// How much equity a position must keep.
    Margin "Margin policy"
    /// Maintenance margin: a position whose equity falls below this share of its notional is liquidated.
    maintenance: f64 = 0.005, "Maintenance margin", Fraction, 0.001 ..= 0.1, Log, Live,
        "liquidate when W + s·q·(P − E) ≤ m·q·P";
    /// Maintenance on the notional at the mark, or at entry as some venues do.
    rule: MarginRule = MarginRule::Mark, "Maintenance taken on", Plain, 0 ..= 1, Linear, Redraw;
    /// Large positions need more: rates of 0.8, 1, 2, 5, 10, 20 × the maintenance margin from 0, 50 k, 250 k, 1 M, 10 M
    /// and 20 M USD of entry notional, with the deductions that keep the requirement continuous.
    tiers: bool = false, "Maintenance tiers", Plain, 0 ..= 1, Linear, Redraw,
        "M = m_i·N − c_i, c_i = c_(i−1) + N_i·(m_i − m_(i−1))";
}

group! {
    /// Maintenance rates that follow volatility, and the tools that soften how they tighten when it hurts most.
    VolatilityMargin "Volatility margin"
    /// Whether venues raise the maintenance margin with the volatility they measure.
    enabled: bool = false, "Volatility margin", Plain, 0 ..= 1, Linear, Live,
        "m = max(m₀, z·σ̂·√MPOR)";
    /// Standard deviations that the margin covers.
    confidence: f64 = 2.33, "Confidence z", Plain, 0.5 ..= 6.0, Linear, Live,
        "z in z·σ̂·√MPOR";
    /// Time a venue needs to close a position: the loss over it must be covered.
    risk_period: f64 = 900.0, "Margin period of risk", Seconds, 10.0 ..= 864_000.0, Log, Live,
        "MPOR in z·σ̂·√MPOR";
    /// Half-life of the volatility estimate: short means nervous.
    half_life: f64 = 3_600.0, "Estimate half-life", Seconds, 60.0 ..= 2_592_000.0, Log, Live,
        "σ̂² ← λσ̂² + (1 − λ)·r²/Δ, λ = 2^(−Δ/half-life), Δ the market's sampling interval (RiskMetrics 1996)";
    /// One estimate of the index for all venues, or each venue's own from its own price.
    market_wide: bool = true, "Market-wide estimate", Plain, 0 ..= 1, Linear, Live;
    /// Charged on top in calm times and used up before the rate rises.
    buffer: f64 = 0.0, "Buffer", Fraction, 0.0 ..= 1.0, Linear, Live,
        "charged = clamp(charged before, r, (1 + b)·r); 25 % in EMIR's technical standards, article 28";
    /// The estimate counts as at least this volatility, whatever was measured lately.
    floor_volatility: f64 = 0.0, "Long-run floor", FractionPerRootYear, 0.0 ..= 3.0, Linear, Live,
        "σ̂ not below the volatility of a long look-back (EMIR's technical standards, article 28)";
    /// The rate may rise by at most this share of itself an hour; the largest value is no limit.
    speed_limit: f64 = 1e6, "Speed limit per hour", Times, 0.01 ..= 1e6, Log, Live;
}

group! {
    /// Coin collateral counts for less than it is worth, and for less still when the price moves: a haircut that widens
    /// tightens the margin of all coin-margined positions at once.
    Haircut "Collateral haircut"
    /// Whether coin collateral has a haircut. The volatility it follows is the volatility margin's estimate, with that group's
    /// half-life and its choice of one estimate or one a venue, whether or not that margin is charged.
    enabled: bool = false, "Collateral haircut", Plain, 0 ..= 1, Linear, Live,
        "liquidate when (1 − h)·equity ≤ m·notional, that is, at the rate m/(1 − h)";
    /// Haircut in calm times, h₀.
    base: f64 = 0.1, "Calm haircut", Fraction, 0.0 ..= 0.9, Linear, Live,
        "h = min(h_max, h₀·max(1, σ̂/σ_ref)^β)";
    /// How the haircut widens with volatility: 0 fixes it, 1 makes it proportional.
    sensitivity: f64 = 1.0, "Widening β", Plain, 0.0 ..= 3.0, Linear, Live,
        "h = min(h_max, h₀·max(1, σ̂/σ_ref)^β)";
    /// Volatility up to which times count as calm.
    reference_volatility: f64 = 0.5, "Calm volatility", FractionPerRootYear, 0.05 ..= 3.0, Log, Live,
        "σ_ref in h = min(h_max, h₀·max(1, σ̂/σ_ref)^β)";
    /// The haircut is never wider than this.
    most: f64 = 0.6, "Widest haircut", Fraction, 0.0 ..= 0.9, Linear, Live,
        "h_max in h = min(h_max, h₀·max(1, σ̂/σ_ref)^β)";
}

group! {
    /// Holders are called before they are liquidated: some post more collateral, some sell a part of the position at market,
    /// the rest wait.
    MarginCalls "Margin calls"
    /// Whether positions are called at all.
    enabled: bool = false, "Margin calls", Plain, 0 ..= 1, Linear, Live;
    /// A position is called when its equity falls below this multiple of its maintenance margin, once a fall.
    level: f64 = 2.0, "Call level", Times, 1.0 ..= 10.0, Log, Live,
        "call when W + s·q·(P − E) ≤ level·M, M the maintenance margin";
    /// Whoever answers a call restores the equity to this multiple of the maintenance margin, at least 5 % above the level.
    target: f64 = 3.0, "Restored to", Times, 1.0 ..= 20.0, Log, Live,
        "top-up: target·M − equity; sale: q·(1 − equity/(target·M))";
    /// Share of the holders who post collateral.
    top_up_share: f64 = 0.3, "Top-up share", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Share of the holders who sell a part of the position at market. Where both shares sum to more than 100 %, top-ups go
    /// first.
    deleverage_share: f64 = 0.3, "Deleveraging share", Fraction, 0.0 ..= 1.0, Linear, Live;
    /// Time until posted collateral counts, for example over a bridge between chains. If the position is gone by then, the
    /// collateral goes back.
    collateral_latency: f64 = 600.0, "Collateral latency", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live,
        "expected shortfall s·φ(b/s) − b·Φ(−b/s), s = σ·√latency, b = (level − 1)·m (normal price changes, Bachelier 1900)";
}
