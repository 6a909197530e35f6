//! Key figures of clearing and of the execution latency, shown where they are in use.

use super::{Figure, usd};
use cascade_app::App;
use cascade_engine::netting::{critical_classes, expected_exposure};
use cascade_engine::{Observation, Summary};
use cascade_scenario::{ClearingScheme, Parameters, format};

/// What belongs to the scheme and the latency in force.
pub fn figures(app: &App, seen: &Observation, summary: &Summary) -> Vec<Figure> {
    let parameters = app.shown_asset().parameters();
    let mut found = Vec::new();
    if parameters.execution.latency > 0.0 {
        found.push(Figure {
            label: "Execution shortfall",
            value: format!("{} bp", format::digits(seen.execution_shortfall * 1e4, 3)),
            doc: "Expected loss beyond the margin over the execution latency, in hundredths of a per cent of the notional, if \
                nothing but volatility moved the price: s·φ(m/s) − m·Φ(−m/s), s = realised σ·√latency, m = maintenance.",
        });
    }
    if parameters.execution.latency > 0.0 || parameters.clearing.scheme != ClearingScheme::None {
        found.push(Figure {
            label: "Shortfall",
            value: usd(summary.shortfall_usd),
            doc: "Σ of what liquidated positions brought less than their bankruptcy price, batch by batch: paid by insurance \
                fund, default fund or nobody.",
        });
    }
    if parameters.clearing.scheme != ClearingScheme::None {
        found.extend(members(seen));
        found.extend(netting(seen, parameters));
    }
    found
}

fn members(seen: &Observation) -> [Figure; 3] {
    let figures = &seen.clearing;
    let shared = if figures.default_fund_used_usd > 0.0 {
        format!(
            " · {:.0} % shared",
            100.0 * figures.mutualised_usd / figures.default_fund_used_usd
        )
    } else {
        String::new()
    };
    [
        Figure {
            label: "Default fund left",
            value: usd(figures.default_fund_usd),
            doc: "What is left of the members' contributions.",
        },
        Figure {
            label: "Default fund used",
            value: format!("{}{shared}", usd(figures.default_fund_used_usd)),
            doc: "What members have paid for losses beyond margin and insurance fund, and the share of it that they paid for \
                clients of other members.",
        },
        Figure {
            label: "Largest member loss",
            value: usd(figures.largest_member_loss_usd),
            doc: "What the member that lost most has lost of its contribution to the default fund.",
        },
    ]
}

fn netting(seen: &Observation, parameters: &Parameters) -> [Figure; 5] {
    let figures = &seen.clearing;
    let members = parameters.clearing.members;
    let coins = parameters.positions.coin_margin_share;
    let kinds = if coins > 0.0 && coins < 1.0 { 2 } else { 1 };
    let classes = kinds * parameters.venues.count;
    [
        Figure {
            label: "Margin, each venue",
            value: usd(figures.margin_separate_usd),
            doc: "Members' initial margin if every contract of every venue were netted by itself: rate·Σ_k Σ_i|Σ_j X_ij,k| \
                over the present positions X of members i against members j in classes k (venues × contracts).",
        },
        Figure {
            label: "Margin, bilateral",
            value: usd(figures.margin_bilateral_usd),
            doc: "The same if every two members netted all classes with one another, and nothing with anybody else: \
                rate·Σ_i Σ_j|Σ_k X_ij,k|.",
        },
        Figure {
            label: "Margin, central",
            value: usd(figures.margin_central_usd),
            doc: "The same if one clearing house netted everything: rate·Σ_i|Σ_j Σ_k X_ij,k|.",
        },
        Figure {
            label: "Netting benefit",
            value: format!("{:.0} %", 100.0 * figures.netting_benefit()),
            doc: "Share of the initial margin that one house saves against a house for every venue and contract: 1 − central / \
                each venue.",
        },
        Figure {
            label: "One class central",
            value: format!(
                "{:.2} → {:.2}, K* {:.2}",
                expected_exposure(members, classes, false),
                expected_exposure(members, classes, true),
                critical_classes(members)
            ),
            doc: "If the K classes (venues × contracts in use) moved independently: a member's expected exposure pair by pair, \
                (N − 1)·√K, and with one class cleared centrally, (N − 1)·√(K − 1) + √(N − 1), in units of one pair's in one \
                class. Clearing one class lowers it iff K < K* = N²/(4(N − 1)) (Duffie & Zhu 2011).",
        },
    ]
}
