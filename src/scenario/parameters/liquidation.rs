//! How positions are liquidated, where they go, and who pays for losses.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

choice! {
    /// Whose profitable positions are closed first in auto-deleveraging.
    AdlRanking {
        /// Profit in per cent of the entry notional × effective leverage.
        ProfitAndLeverage = "profit-and-leverage",
        /// Profit in per cent of the entry notional.
        Profit = "profit",
        /// Nobody's: all give the same share.
        ProRata = "pro-rata",
    }
}

choice! {
    /// Who bears losses that neither margin, fund nor auto-deleveraging has covered.
    Shortfall {
        /// Nobody: they stay on the venue's books.
        BadDebt = "bad-debt",
        /// Everybody who is ahead in the contract.
        Socialised = "socialised",
    }
}

group! {
    /// Who pays when a position is closed at a loss greater than its margin.
    Fund "Insurance fund"
    /// Insurance funds of all venues together; each venue has its share of the open interest.
    insurance: f64 = 100e6, "Insurance fund", Usd, 0.0 ..= 1e13, LogFromZero(1e5), Restart,
        "gains or loses q·s·(P_fill − P_bankruptcy) at every liquidation";
    /// Whether profitable positions are closed against bankrupt ones once the fund is empty. Otherwise the loss is bad debt.
    auto_deleveraging: bool = true, "Auto-deleveraging", Plain, 0 ..= 1, Linear, Live,
        "closed at the bankruptcy price without a print on the book; unlevered counterparties last";
    /// Whose profitable positions are closed: those with the largest profit × effective leverage first (BitMEX, Bybit), those
    /// with the largest profit first, or the same share of everybody's, settled once a step at the mean bankruptcy price.
    /// How much is cancelled does not depend on it, only who loses the position.
    adl_ranking: AdlRanking = AdlRanking::ProfitAndLeverage, "ADL ranking", Plain, 0 ..= 2, Linear, Live,
        "profit% = s·(v − e)/|e|; score = profit% · notional/equity, or profit%; or share = cancelled/Σ profitable";
    /// Penalty on every liquidation, a share of its notional, paid into the fund by the position's margin as far as it goes.
    /// Where the fund keeps what is left of the margin anyway, only positions liquidated in part feel it.
    penalty: f64 = 0.0, "Liquidation penalty", Fraction, 0.0 ..= 0.05, Linear, Live,
        "min(penalty·q·|v|, equity at the fill)";
    /// Whether the fund keeps what is left of a liquidated margin (BitMEX, Bybit); otherwise the holder gets it back, less the
    /// penalty (Binance).
    keeps_margin: bool = true, "Fund keeps the rest", Plain, 0 ..= 1, Linear, Live,
        "fund += Σ equity, or Σ min(penalty, equity)";
    /// Who bears what neither margin, fund nor auto-deleveraging has covered: nobody (bad debt), or everybody who is ahead in
    /// that contract (the clawback of early BitMEX and OKX): the same share of every profit, at most all of it.
    shortfall: Shortfall = Shortfall::BadDebt, "Unpaid losses", Plain, 0 ..= 1, Linear, Live,
        "share = min(1, loss/Σ profit); W ← W − share·s·q·(v − e)";
    /// How often socialised losses are shared.
    settlement: f64 = 3_600.0, "Settlement interval", Seconds, 10.0 ..= 604_800.0, Log, Live;
}

group! {
    /// How fast liquidation engines are.
    Execution "Execution"
    /// Time between two looks of a liquidation engine at its positions. At each it takes over what has fallen below its
    /// maintenance margin, and sells what is queued as far as the largest move of a round lets it. This is how long a generation
    /// of a cascade takes. 0: it looks in every round of a step.
    interval: f64 = 10.0, "Engine interval", Seconds, 0.0 ..= 3600.0, LogFromZero(0.1), Live;
    /// How often a step lets those react who look in every round, interval 0: 1 spreads a cascade over steps, many rounds run it to
    /// its end at once. Those with an interval get as many rounds as they have looks in a step.
    rounds_per_step: u32 = 1, "Rounds per step", Count, 1 ..= 10_000, Log, Live;
    /// Time between the moment a position is taken over and the moment it may be closed, by whatever route. 0 closes it at once.
    latency: f64 = 0.0, "Execution latency", Seconds, 0.0 ..= 86_400.0, LogFromZero(1.0), Live,
        "expected loss beyond the margin: s·φ(m/s) − m·Φ(−m/s), s = σ·√latency, m = maintenance (Bachelier 1900)";
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
    /// A later change adds or withdraws both in proportion.
    reserves_usd: f64 = 2e9, "Reserves", Usd, 1e6 ..= 1e12, Log, Live,
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
