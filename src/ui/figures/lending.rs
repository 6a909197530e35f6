//! Key figures of the lending pool.

use cascade_engine::LendingFigures;
use cascade_scenario::format;

use super::{Figure, usd};

/// The rows; none where there is no pool.
pub fn figures(seen: &LendingFigures) -> Vec<Figure> {
    if seen.loans == 0 && seen.total.count == 0 {
        return Vec::new();
    }
    let figure = |label, value, doc| Figure { label, value, doc };
    let count = |count: u64, amount: f64| format!("{} · {}", format::short(count as f64), usd(amount));
    vec![
        figure(
            "Loans",
            count(seen.loans, seen.debt_usd),
            "Loans of the lending pool: number and Σ debt at the interest index.",
        ),
        figure(
            "· at risk",
            usd(seen.at_risk_usd),
            "Debt of loans that a further price move of 10 % makes liquidatable: health factor from 1 to 1/0.9.",
        ),
        figure(
            "· waiting",
            count(seen.waiting, seen.waiting_usd),
            "Loans with a health factor below 1 whose liquidation does not pay at this price and depth: number and Σ debt.",
        ),
        figure(
            "· liquidated",
            count(seen.total.count, seen.total.repaid_usd),
            "Liquidations of loans: number and Σ debt repaid. Each seizes (1 + β)·repaid of the collateral, and the coins are \
             traded at once.",
        ),
        figure(
            "· seized",
            usd(seen.total.seized_usd),
            "Σ collateral seized, at the oracle's price.",
        ),
        figure(
            "· toxic share",
            format!("{:.0} %", 100.0 * seen.total.toxic_share()),
            "Share of the repaid debt whose loans had HF < LT·(1 + β): there a liquidation lowers the health factor, \
             HF′ − HF = r·(HF − LT·(1 + β))/(B − r).",
        ),
        figure(
            "· bad debt",
            usd(seen.bad_debt_usd()),
            "What lenders have lost: debt written off because no collateral is left, and Σ max(0, debt − collateral·P) of \
             loans that wait.",
        ),
        figure(
            "· liquidators' profit",
            usd(seen.total.profit_usd),
            "Σ (collateral's price in their own trade − debt repaid − fee).",
        ),
    ]
}
