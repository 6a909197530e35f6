//! Key figures of clearing that take more than one number of the table.

use super::KeyFigure;
use cascade_engine::netting::{critical_classes, expected_exposure};
use cascade_engine::{Figure, Moment};
use cascade_scenario::{ClearingScheme, Parameters};

/// What members have paid, and the share of it that they paid for clients of others.
pub(super) fn fund_used(moment: &Moment<'_>) -> String {
    let used = moment.written(Figure::DefaultFundUsed);
    let figures = &moment.seen.clearing;
    if figures.default_fund_used_usd > 0.0 {
        let shared = 100.0 * figures.mutualised_usd / figures.default_fund_used_usd;
        format!("{used} · {shared:.0} % shared")
    } else {
        used
    }
}

/// What theory says of clearing one class centrally; nothing where no members clear.
pub(super) fn netting(parameters: &Parameters) -> Vec<KeyFigure> {
    if parameters.clearing.scheme == ClearingScheme::None {
        return Vec::new();
    }
    let members = parameters.clearing.members;
    let coins = parameters.positions.coin_margin_share;
    let kinds = if coins > 0.0 && coins < 1.0 { 2 } else { 1 };
    let classes = kinds * parameters.venues.count;
    vec![KeyFigure {
        label: "One class central",
        value: format!(
            "{:.2} → {:.2}, K* {:.2}",
            expected_exposure(members, classes, false),
            expected_exposure(members, classes, true),
            critical_classes(members)
        ),
        doc: "If the K classes (venues × contracts in use) moved independently: a member's expected exposure pair by pair, \
            (N − 1)·√K, and with one class cleared centrally, (N − 1)·√(K − 1) + √(N − 1), in units of one pair's in one \
            class. Clearing one class lowers it iff K < K* = N²/(4(N − 1)) (Duffie & Zhu 2011)."
            .to_owned(),
    }]
}
