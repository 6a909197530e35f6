//! Key figures of predators, liquidity providers and market makers, shown once they have traded.

use super::{Figure, usd};
use cascade_engine::{Observation, Summary};
use cascade_scenario::format;

/// Positions and profits of those who trade with capital of their own; nothing of those who have not traded.
pub fn figures(seen: &Observation, summary: &Summary) -> Vec<Figure> {
    let mut found = Vec::new();
    if summary.predators_traded_usd > 0.0 {
        found.push(Figure {
            label: "Predators hold",
            value: usd(seen.predators_delta),
            doc: "Net notional of the predators' futures: negative while they are sold short.",
        });
        found.push(Figure {
            label: "Predators' profit",
            value: usd(seen.predators_profit),
            doc: "What predators have gained: cash received less paid + positions at the books' prices. What they gain, those \
                who are forced to trade lose.",
        });
    }
    if summary.providers_traded_usd > 0.0 {
        found.push(Figure {
            label: "Providers hold",
            value: usd(seen.providers_delta),
            doc: "Net notional that liquidity providers have taken off the books and not yet passed on.",
        });
        found.push(Figure {
            label: "Providers' profit",
            value: usd(seen.providers_profit),
            doc: "What liquidity providers have gained: cash received less paid + inventory at the books' prices. Negative is \
                what the defence has cost them.",
        });
    }
    if summary.makers_standing_min < 1.0 || seen.makers_delta != 0.0 {
        found.push(Figure {
            label: "Makers standing",
            value: format!("{} %", format::digits(100.0 * seen.makers_standing, 3)),
            doc: "Share of the market makers that have not failed, each book counted by its depth.",
        });
        found.push(Figure {
            label: "Makers failed",
            value: format::short(summary.makers_failed_count as f64),
            doc: "Market makers that came to carry more than their inventory limit, in all books, so far.",
        });
        found.push(Figure {
            label: "Makers hold",
            value: usd(seen.makers_delta),
            doc: "Net notional that market makers took from forced orders and have not yet passed on.",
        });
        found.push(Figure {
            label: "Makers' profit",
            value: usd(seen.makers_profit),
            doc: "What market makers have gained: cash received less paid + inventory at the books' prices.",
        });
    }
    found
}
