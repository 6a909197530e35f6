//! Key figures of what makes the market fragile as a whole, and of what tighter margins did.

use cascade_engine::{Observation, RecoveryTime, Summary};
use cascade_scenario::format;

use super::{Figure, usd};

fn per_cent(share: f64) -> String {
    format!("{} %", format::digits(100.0 * share, 3))
}

/// What the rise of requirements did; nothing where they never rose.
pub fn requirement(seen: &Observation, summary: &Summary) -> Vec<Figure> {
    let mut found = Vec::new();
    if seen.haircut > 0.0 {
        found.push(Figure {
            label: "Haircut",
            value: per_cent(seen.haircut),
            doc: "Share of coin collateral that does not count, mean over venues: h = min(h_max, h₀·max(1, σ̂/σ_ref)^β).",
        });
    }
    let tightened = summary.liquidated_by_tightening_usd;
    if seen.forced_cut > 0.0 || tightened > 0.0 {
        found.push(Figure {
            label: "Forced cut",
            value: per_cent(seen.forced_cut),
            doc: "Share of the position that a holder who has just what is required must cut because the requirement m is higher \
                than at its lowest of this run: 1 − m_lowest/m (haircut included, lowest tier), mean over the levered \
                notional.",
        });
        found.push(Figure {
            label: "By tighter margin",
            value: usd(tightened),
            doc: "Notional that the liquidation engines took over although, at the mark of that moment, it would still have \
                stood at the lowest requirement of this run: the rise of the requirement liquidated it, not the price.",
        });
    }
    found
}

/// Concentration, synchrony, who sets the price, recovery.
pub fn figures(summary: &Summary) -> [Figure; 10] {
    let systemic = &summary.systemic;
    let now = &systemic.now;
    let figure = |label, value, doc| Figure { label, value, doc };
    [
        figure(
            "Depth-adjusted OI",
            format!("{}×", format::digits(now.depth_adjusted_open_interest, 3)),
            "Open interest over the depth within ±2 %: the orders that would move every book by 2 % down and up.",
        ),
        figure(
            "Herfindahl by venue, side",
            format!("{:.2} · {:.2}", now.herfindahl_by_venue, now.herfindahl_by_side),
            "Σs² over the shares s of the levered open interest by venue, and by side: 1 is all in one place, 1/n spread over n.",
        ),
        figure(
            "Herfindahl by level",
            format::digits(now.herfindahl_by_price_level, 2),
            "Σs² over the shares s of the levered open interest by the price that liquidates it, in levels 0.1 % wide. Looked at \
             every 30 steps.",
        ),
        figure(
            "Behind one engine",
            format!(
                "{} · {}",
                per_cent(now.largest_engine_share),
                per_cent(now.largest_oracle_share)
            ),
            "Largest share of the levered open interest behind one venue's liquidation engine; and behind one price: w of every \
             mark is the index, (1 − w) the venue's own.",
        ),
        figure(
            "Synchrony",
            format!("{:.2}", now.running_synchrony),
            "Mean correlation of the venues' liquidated notionals, step by step, over the last five minutes.",
        ),
        figure(
            "Venues as one since",
            systemic
                .synchronised_seconds
                .map_or_else(|| "–".to_owned(), format::clock),
            "Moment of margin synchronisation: the first step with synchrony ≥ 0.5, R ≥ 0.5 and at least 0.1 % of the levered \
             open interest liquidated within five minutes. A dashed line marks it.",
        ),
        figure(
            "Forced part of price",
            format!(
                "{} · run {}",
                format::percent(now.running_derivative_share, 0),
                format::percent(systemic.derivative_share, 0)
            ),
            "Derivative share: forced flow's part of the variance of the spot's log moves, Σ Δx_forced·Δx / Σ Δx²; recently \
             (half-life 15 min), and over the run. Above 100 % it moved the price more than the news let stand, below 0 against it.",
        ),
        recovery("Recovery of price", systemic.price_recovery),
        recovery("Recovery of depth", systemic.depth_recovery),
        recovery("Recovery of OI", systemic.open_interest_recovery),
    ]
}

fn recovery(label: &'static str, time: RecoveryTime) -> Figure {
    let clock = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), format::clock);
    Figure {
        label,
        value: format!("{} · {}", clock(time.half_seconds), clock(time.nine_tenths_seconds)),
        doc: "Time from the end of the largest fall until 50 % and 90 % of it were made good; – while they are not, or where the \
            fall was less than 1 %.",
    }
}
