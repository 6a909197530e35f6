//! The decentralized lending pool: loans against collateral, and the terms on which anyone may liquidate them.

use crate::table::Scale::{Linear, Log, LogFromZero};
use crate::table::{choice, group};

choice! {
    /// What is borrowed against what.
    Borrowed {
        /// Dollars against coins: a fall liquidates, and coins are sold.
        Usd = "usd",
        /// Coins against dollars: a rise liquidates, and coins are bought.
        Coins = "coins",
    }
}

choice! {
    /// How much of a debt one liquidation may repay.
    CloseFactor {
        /// At most half.
        Half = "half",
        /// All of it.
        Full = "full",
        /// Half, or all of it once the health factor is below 0.95.
        HalfThenFull = "half-then-full",
    }
}

choice! {
    /// Where liquidators trade the coins.
    LoanOutlet {
        /// In the spot book.
        SpotBook = "spot-book",
        /// In the pool of the automated market maker.
        Amm = "amm",
    }
}

group! {
    /// A decentralized lending pool. Anyone may repay part of a loan whose health factor is below 1 and takes its collateral
    /// at a discount; whoever does so trades the coins at once.
    Lending "Lending pool"
    /// Whether there is a pool. Switched off, its loans rest; switched on for the first time, they are drawn.
    enabled: bool = false, "Lending pool", Plain, 0 ..= 1, Linear, Live;
    /// What is lent: dollars against coins, or coins against dollars.
    borrowed: Borrowed = Borrowed::Usd, "Borrowed", Plain, 0 ..= 1, Linear, Restart,
        "HF = collateral·v·LT/debt, v the price of the collateral in what is borrowed: P or 1/P";
    /// Number of loans.
    loans: u32 = 5_000, "Loans", Count, 1 ..= 200_000, Log, Redraw;
    /// Debt of all loans together when they are drawn.
    debt: f64 = 5e8, "Debt", Usd, 1e4 ..= 1e12, Log, Redraw;
    /// How unequal the loans are: standard deviation of the logarithm of their debts.
    size_dispersion: f64 = 1.2, "Size dispersion", Plain, 0.0 ..= 3.0, Linear, Redraw;
    /// Median health factor of the loans when they are drawn.
    health: f64 = 1.4, "Median health factor", Times, 1.01 ..= 5.0, Log, Redraw,
        "HF = 1 + (median − 1)·e^(dispersion·Z), Z standard normal";
    /// How much health factors differ: standard deviation of the logarithm of their distance from 1.
    health_dispersion: f64 = 0.7, "Health dispersion", Plain, 0.0 ..= 3.0, Linear, Redraw;
    /// Share of the collateral's worth up to which a loan is safe.
    threshold: f64 = 0.8, "Liquidation threshold", Fraction, 0.3 ..= 0.97, Linear, Live,
        "LT in HF = collateral·P·LT/debt; liquidated below 1 (Aave Protocol Whitepaper 2020, section 3)";
    /// What a liquidator receives beyond the debt repaid.
    bonus: f64 = 0.05, "Liquidation bonus", Fraction, 0.0 ..= 0.3, Linear, Live,
        "seizes (1 + β)·repaid; lowers the health factor where HF < LT·(1 + β) (Qin et al. 2021; Warmuz et al. 2022)";
    /// How much of a debt one liquidation may repay.
    close_factor: CloseFactor = CloseFactor::HalfThenFull, "Close factor", Plain, 0 ..= 2, Linear, Live,
        "half-then-full: all of it when HF < 0.95, as in Aave v3";
    /// Interest on all debts, per year.
    interest: f64 = 0.05, "Interest per year", Fraction, 0.0 ..= 2.0, LogFromZero(0.001), Live,
        "debt grows by e^(rate·dt/year) through one index";
    /// What one liquidation costs whoever makes it, beside the debt. Loans that do not pay for it wait.
    gas: f64 = 50.0, "Fee per liquidation", Usd, 0.0 ..= 1e5, LogFromZero(1.0), Live,
        "liquidated iff proceeds of its own sale − repaid − fee ≥ 0";
    /// Time between two looks of liquidators at the pool. At each they go on until no further liquidation pays at the prices their
    /// own orders have made. 0: they look in every round of a step.
    interval: f64 = 10.0, "Liquidators' interval", Seconds, 0.0 ..= 3600.0, LogFromZero(0.1), Live;
    /// Where liquidators trade the coins: until the price there is the oracle's less the bonus.
    outlet: LoanOutlet = LoanOutlet::SpotBook, "Collateral traded", Plain, 0 ..= 1, Linear, Live;
}
