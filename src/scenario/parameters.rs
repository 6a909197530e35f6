//! The table of parameters: the only place where one is described.

use super::table::Scale::{Linear, Log, LogFromZero};
use super::table::{all_groups, choice, group};

/// Most venues a scenario may have.
pub const VENUES_MAX: usize = 8;

group! {
    /// The coin, its own randomness and the clock of the model.
    Market "Market"
    /// Price of a coin at the first step.
    start_price: f64 = 100_000.0, "Start price", UsdPerCoin, 1e-2 ..= 1e7, Log, Restart;
    /// Volatility of the efficient price: what news alone would do. The price has no drift.
    volatility: f64 = 0.5, "Volatility", FractionPerRootYear, 0.0 ..= 3.0, Linear, Live,
        "Δf = σ√dt·Z − σ²·dt/2, Z standard normal";
    /// Market time of one step.
    step_seconds: f64 = 10.0, "Time step", Seconds, 0.1 ..= 3600.0, Log, Restart;
}

choice! {
    /// How an order's size becomes a price move.
    Impact {
        /// Proportional to the order.
        Linear = "linear",
        /// Proportional to the square root of the order.
        SquareRoot = "square-root",
    }
}

group! {
    /// How much it takes to move the price, and how fast the price comes back.
    Liquidity "Liquidity"
    /// Depth of all books together: the order that moves them by one unit of log price. All books scale with it.
    depth: f64 = 15e9, "Liquidity depth", UsdPerLogPrice, 1e8 ..= 1e12, Log, Live,
        "h = V/D (Kyle 1985)";
    /// Share of the depth that stands in the spot book; the venues share the rest.
    spot_share: f64 = 0.4, "Spot share of depth", Fraction, 0.01 ..= 0.99, Linear, Live;
    /// Linear: a move proportional to the order. Square root: large orders move the price less than in proportion.
    impact: Impact = Impact::Linear, "Price impact", Plain, 0 ..= 1, Linear, Live,
        "linear V/D (Kyle 1985); square root Y·σ_d·√(|V|/ADV) (Tóth et al. 2011, Donier–Bonart 2015)";
    /// Coefficient Y of the square-root law.
    square_root_coefficient: f64 = 1.0, "Square-root coefficient", Plain, 0.01 ..= 10.0, Log, Live,
        "h = Y·σ_d·√(|V|/ADV)";
    /// Daily volatility that the square-root law is calibrated to.
    daily_volatility: f64 = 0.026, "Daily volatility of the law", Fraction, 0.001 ..= 0.2, Log, Live,
        "σ_d in h = Y·σ_d·√(|V|/ADV)";
    /// Average daily volume of all books together, for the square-root law.
    daily_volume: f64 = 30e9, "Daily volume", Usd, 1e6 ..= 1e13, Log, Live,
        "ADV in h = Y·σ_d·√(|V|/ADV)";
    /// Share of every order's price move that stays for good; the rest decays.
    permanent_share: f64 = 0.3, "Permanent share", Fraction, 0.0 ..= 1.0, Linear, Live,
        "Δf = π·h·D_k/ΣD (Obizhaeva–Wang 2013)";
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
    /// Most that one round may move one book; the rest of the order queues. 100 % means no limit.
    max_move_per_round: f64 = 0.03, "Largest move per round", Fraction, 0.001 ..= 1.0, Log, Live;
}

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
    count: u32 = 20_000, "Positions", Count, 10 ..= 2_000_000, Log, Redraw;
    /// Share of the levered notional that is long. Unlevered hedgers hold the other side of the difference.
    long_share: f64 = 0.6, "Long share", Fraction, 0.0 ..= 1.0, Linear, Redraw;
    /// Standard deviation of the logarithm of position size.
    size_dispersion: f64 = 1.0, "Size dispersion", Plain, 0.0 ..= 2.5, Linear, Redraw;
    /// Share of the positions margined in the coin itself (inverse contracts): their margin loses value with the price.
    coin_margin_share: f64 = 0.0, "Coin-margined share", Fraction, 0.0 ..= 1.0, Linear, Redraw,
        "inverse contract: profit s·Q·(1/E − 1/P) coins";
}

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
        "σ̂² ← λσ̂² + (1 − λ)r², λ = 2^(−dt/half-life) (RiskMetrics 1996)";
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

group! {
    /// Which price the liquidation engines look at.
    Marks "Mark price"
    /// 0: every venue marks to its own price. 1: all mark to one index, so that their engines fire together.
    synchronisation: f64 = 0.8, "Mark synchronisation", Fraction, 0.0 ..= 1.0, Linear, Live,
        "mark = w·index + (1 − w)·own price; index = depth-weighted mean of all books";
}

group! {
    /// The index that reaches the liquidation engines: one contract's oracle, late or stuck, is everybody's.
    Oracle "Oracle"
    /// How old the index is when it enters the mark prices.
    delay: f64 = 0.0, "Delay", Seconds, 0.0 ..= 3600.0, LogFromZero(1.0), Live,
        "mark = w·index(t − delay) + (1 − w)·own price";
    /// The oracle has failed: the last published index stands.
    frozen: bool = false, "Failed", Plain, 0 ..= 1, Linear, Live;
}

group! {
    /// The venues that trade futures.
    Venues "Venues"
    /// Number of venues.
    count: u32 = 4, "Number of venues", Count, 1 ..= 8, Linear, Restart;
}

group! {
    /// One venue's share of the market.
    Venue "Venue"
    /// Share of the venues' depth, relative to the other venues.
    depth_weight: f64 = 1.0, "Depth weight", Plain, 0.01 ..= 1.0, Linear, Live;
    /// Share of the levered open interest, relative to the other venues.
    interest_weight: f64 = 1.0, "Open-interest weight", Plain, 0.0 ..= 1.0, Linear, Redraw;
}

group! {
    /// Traders who buy where it is cheap and sell where it is dear, and so carry a fall from book to book.
    Arbitrage "Basis arbitrage"
    /// Whether anyone trades the basis.
    enabled: bool = true, "Arbitrage", Plain, 0 ..= 1, Linear, Live;
    /// Time constant with which the gaps between the books close. 0 closes them at once.
    time_constant: f64 = 95.0, "Time constant", Seconds, 0.0 ..= 3600.0, LogFromZero(5.0), Live,
        "A_k = φ·(x̄ − x_k)·D_k, φ = 1 − e^(−dt/τ)";
    /// Largest gross inventory the arbitrageurs can carry; it is released as the impact decays.
    capital: f64 = 1e10, "Capital", Usd, 0.0 ..= 1e13, LogFromZero(1e6), Live;
}

group! {
    /// What longs pay shorts so that the futures stay near the index.
    Funding "Funding"
    /// Whether funding is paid.
    enabled: bool = true, "Funding", Plain, 0 ..= 1, Linear, Live;
    /// Time between payments.
    interval: f64 = 28_800.0, "Interval", Seconds, 60.0 ..= 86_400.0, Log, Live;
    /// Interest part of the rate, per eight hours.
    interest: f64 = 0.0001, "Interest per 8 h", Fraction, -0.001 ..= 0.001, Linear, Live,
        "I in F = P̄ + clamp(I − P̄, ±clamp)";
    /// Most by which the interest part pulls the rate away from the mean premium, per eight hours.
    clamp: f64 = 0.0005, "Clamp per 8 h", Fraction, 0.0 ..= 0.01, Linear, Live,
        "F = P̄ + clamp(I − P̄, ±clamp), P̄ the mean of (futures − index)/index since the last payment";
}

group! {
    /// Who pays when a position is closed at a loss greater than its margin.
    Fund "Insurance fund"
    /// Insurance funds of all venues together; each venue has its share of the open interest.
    insurance: f64 = 100e6, "Insurance fund", Usd, 0.0 ..= 1e13, LogFromZero(1e5), Restart,
        "gains or loses q·s·(P_fill − P_bankruptcy) at every liquidation";
    /// Whether profitable positions are closed against bankrupt ones once the fund is empty. Otherwise the loss is bad debt.
    auto_deleveraging: bool = true, "Auto-deleveraging", Plain, 0 ..= 1, Linear, Live,
        "ranked by profit × effective leverage, closed at the bankruptcy price without a print on the book";
}

group! {
    /// How the model turns within a step.
    Execution "Execution"
    /// How often a step scans for new liquidations. 1 spreads a cascade over steps; many rounds run it to its end at once.
    rounds_per_step: u32 = 1, "Rounds per step", Count, 1 ..= 10_000, Log, Live;
}

group! {
    /// A circuit breaker that limits how fast positions may be liquidated.
    Throttle "Liquidation throttle"
    /// Whether the limit holds.
    enabled: bool = false, "Throttle", Plain, 0 ..= 1, Linear, Live;
    /// Most notional that all venues together may liquidate per second; each venue has its share of the open interest. What
    /// exceeds it queues.
    cap: f64 = 5e5, "Cap", UsdPerSecond, 1e2 ..= 1e9, Log, Live;
}

choice! {
    /// Where liquidated positions are closed.
    Route {
        /// A market order in the venue's own book.
        OrderBook = "order-book",
        /// An automated market maker with its own reserves.
        Amm = "amm",
        /// A Dutch auction off the book.
        Auction = "auction",
        /// A backstop vault that takes positions over.
        Vault = "vault",
    }
}

group! {
    /// Where liquidated positions go. What a route cannot take spills to the order book.
    Routes "Liquidation route"
    /// Order book: sold at once where the price is made. Auction and vault: taken over off the book by others, who unwind
    /// them later. AMM: sold to a pool whose price arbitrage brings back to spot.
    route: Route = Route::OrderBook, "Route", Plain, 0 ..= 3, Linear, Live;
}

group! {
    /// A pool of coins and dollars that liquidated positions are sold to; only trades move its price.
    Amm "AMM pool"
    /// Dollars in the pool when it is founded, with coins of the same worth: at the first step, or when the route is chosen.
    reserves_usd: f64 = 2e9, "Reserves", Usd, 1e6 ..= 1e12, Log, Restart,
        "x·y = k, P = y/x, P′/P = (x/(x + Δx))² (Uniswap v2 2020; Angeris et al. 2019)";
    /// Fee on every trade with the pool.
    fee: f64 = 0.0005, "Fee", Fraction, 0.0 ..= 0.05, Linear, Live,
        "fill·(1 − fee); arbitrage leaves gaps below ln 1/(1 − fee)";
    /// Positions go to the pool until its price is this far beyond the mark; the rest is sold on the book.
    slippage_limit: f64 = 0.05, "Slippage limit", Fraction, 0.001 ..= 0.5, Log, Live;
}

group! {
    /// Lots are offered at a falling price until bidders take them; nothing prints on the book until they unwind.
    Auction "Dutch auction"
    /// Discount to the mark price at which a lot is first offered.
    start_discount: f64 = 0.0, "Start discount", Fraction, 0.0 ..= 0.1, Linear, Live;
    /// Discount at the end of the auction; it is never below the start discount.
    floor_discount: f64 = 0.03, "Floor discount", Fraction, 0.0 ..= 0.3, Linear, Live;
    /// Time in which the discount goes from start to floor. What is left then is sold on the book.
    duration: f64 = 120.0, "Duration", Seconds, 1.0 ..= 3_600.0, Log, Live,
        "d = start + (floor − start)·min(1, age/duration) (Dutch auction, as in MakerDAO's Liquidations 2.0)";
    /// Discount at which all bidders bid; needs are spread evenly from 0 to it.
    full_demand_discount: f64 = 0.01, "Discount for full demand", Fraction, 0.0 ..= 0.2, Linear, Live,
        "bidders hold up to capacity·min(1, d/discount for full demand)";
    /// Most that all bidders together hold at once, at the marks.
    capacity: f64 = 2e9, "Bidders' capacity", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live;
    /// Time constant with which bidders sell on the book what they have bought.
    unwind: f64 = 14_400.0, "Unwinding time", Seconds, 1.0 ..= 604_800.0, Log, Live,
        "sells 1 − e^(−dt/T) of the inventory a step";
}

group! {
    /// A vault that takes liquidated positions over at once, off the book, and unwinds them later.
    Vault "Backstop vault"
    /// What the vault begins with. It takes positions over as long as they are worth less than its capital and profit.
    capital: f64 = 2e9, "Vault capital", Usd, 0.0 ..= 1e12, LogFromZero(1e6), Live,
        "room = capital + profit − Σ|positions|";
    /// Discount to the mark price at which it takes over.
    discount: f64 = 0.003, "Discount", Fraction, 0.0 ..= 0.1, Linear, Live,
        "fill = mark·(1 − s·discount)";
    /// Time constant with which the vault sells on the book what it has taken over.
    unwind: f64 = 14_400.0, "Unwinding time", Seconds, 1.0 ..= 604_800.0, Log, Live,
        "sells 1 − e^(−dt/T) of the inventory a step";
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

group! {
    /// A circuit breaker of the single position: a tranche is sold first, the rest is looked at again after a cooldown.
    Staggered "Staggered liquidation"
    /// Whether positions are liquidated in tranches instead of whole.
    enabled: bool = false, "Staggered liquidation", Plain, 0 ..= 1, Linear, Live;
    /// Share of what is left of a position that is sold at a time. Its loss and fee come out of the position's margin.
    tranche: f64 = 0.2, "Tranche", Fraction, 0.01 ..= 0.99, Linear, Live,
        "W ← W + s·u·(v_fill − e) − fee, u = tranche·q; q ← q − u";
    /// Time from the sale of a tranche until the rest is looked at again.
    cooldown: f64 = 30.0, "Cooldown", Seconds, 0.0 ..= 3_600.0, LogFromZero(1.0), Live;
    /// Fee of a tranche, a share of its notional, paid to the insurance fund as far as the margin goes.
    fee: f64 = 0.0005, "Tranche fee", Fraction, 0.0 ..= 0.02, Linear, Live;
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

choice! {
    /// Where a shock enters.
    ShockRoute {
        /// News: the efficient price of all books moves.
        News = "news",
        /// A market order in the spot book moves that book alone; arbitrage and the index carry it on.
        SpotOrder = "spot-order",
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
    /// News moves every book at once; an order in the spot book has to be carried to the venues.
    route: ShockRoute = ShockRoute::News, "Route", Plain, 0 ..= 1, Linear, Live;
}

all_groups! {
    /// The coin and the clock.
    market: Market;
    /// Depth, impact and its decay.
    liquidity: Liquidity;
    /// The master of the leverage bands.
    leverage: Leverage;
    /// Leverage bands.
    bands: Band [3; "band" = [
        Band { weight: 0.35, leverage: 25.0, dispersion: 0.3, entry_width: 0.01, entry_offset: 0.0 },
        Band { weight: 0.65, leverage: 5.0, dispersion: 0.3, entry_width: 0.02, entry_offset: 0.0 },
        Band::default(),
    ]];
    /// Massed or spread entries.
    concentration: Concentration;
    /// The levered positions.
    positions: Positions;
    /// Maintenance margin.
    margin: Margin;
    /// Margin that follows volatility.
    volatility_margin: VolatilityMargin;
    /// Margin calls.
    margin_calls: MarginCalls;
    /// Mark price.
    marks: Marks;
    /// The published index.
    oracle: Oracle;
    /// Number of venues.
    venues: Venues;
    /// Each venue's share.
    venue: Venue [8; "venue" = {
        const WEIGHTS: [f64; VENUES_MAX] = [0.4, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1];
        WEIGHTS.map(|weight| Venue { depth_weight: weight, interest_weight: weight })
    }], applies |p, index| index < p.venues.count as usize;
    /// Arbitrage between the books.
    arbitrage: Arbitrage;
    /// Funding payments.
    funding: Funding;
    /// Insurance fund and auto-deleveraging.
    fund: Fund;
    /// Rounds.
    execution: Execution;
    /// Limit on the speed of liquidation.
    throttle: Throttle;
    /// Where liquidated positions are closed.
    routes: Routes;
    /// Automated market maker.
    amm: Amm;
    /// Dutch auction.
    auction: Auction;
    /// Backstop vault.
    vault: Vault;
    /// Trading halts.
    halt: TradingHalt;
    /// Limit on the distance forced orders may move the price.
    price_band: PriceBand;
    /// Liquidation in tranches.
    staggered: Staggered;
    /// New positions.
    reopening: Reopening;
    /// The shock button.
    shock: ShockSettings;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::scenario::{Kind, Parameters, Scale, Scenario, find, table};

    #[test]
    fn every_row_is_sound() {
        let mut paths = BTreeSet::new();
        for row in table() {
            let (low, high) = row.range;
            assert!(paths.insert(&row.path), "{} twice", row.path);
            assert!(
                low < high && (low..=high).contains(&row.default),
                "{}: default out of range",
                row.path
            );
            assert!(
                row.doc.len() > 8 && !row.label.is_empty(),
                "{}: say what it is",
                row.path
            );
            match row.scale {
                Scale::Linear => {}
                Scale::Log => assert!(low > 0.0, "{}", row.path),
                Scale::LogFromZero(smallest) => assert!(low == 0.0 && smallest > 0.0, "{}", row.path),
            }
            if let Kind::Choice(names) = row.kind {
                assert_eq!(high as usize + 1, names.len(), "{}", row.path);
            }
        }
    }

    #[test]
    fn every_row_reads_what_it_wrote_and_touches_nothing_else() {
        for row in table() {
            for target in [row.range.0, row.range.1] {
                let mut parameters = Parameters::default();
                row.set(&mut parameters, target).unwrap();
                assert_eq!(row.get(&parameters), target, "{}", row.path);
                for other in table().iter().filter(|other| other.id != row.id) {
                    assert_eq!(
                        other.get(&parameters),
                        other.default,
                        "{} moved {}",
                        row.path,
                        other.path
                    );
                }
                let written = row.write(target);
                assert_eq!(row.read(&written).unwrap(), target, "{}", row.path);
            }
        }
    }

    #[test]
    fn bad_values_are_refused_with_the_allowed_range() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("margin.maintenance", 0.2),
            ("margin.maintenance", f64::NAN),
            ("liquidity.depth", f64::INFINITY),
            ("venues.count", 2.5),
            ("venue_8.depth_weight", -1.0),
        ] {
            let message = scenario.set(path, value).unwrap_err().to_string();
            assert!(message.contains(path) && message.contains("from"), "{message}");
        }
        assert_eq!(scenario, Scenario::default());
        assert!(find("leverage.maen").unwrap_err().to_string().contains("leverage.mean"));
    }
}
