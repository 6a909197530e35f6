//! Insurance and default funds with what they did not cover, and auto-deleveraging a step.

use super::prelude::*;

/// The plot.
pub(super) struct Fund;

impl Plot for Fund {
    fn about(&self) -> About {
        About {
            id: PlotId("Insurance fund"),
            name: "Insurance fund plot",
            title: "Insurance fund",
            unit: "USD",
            rank: 60,
            weight: 0.92,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let all = [
            Figure::InsuranceFund,
            Figure::DefaultFund,
            Figure::BadDebt,
            Figure::Socialised,
            Figure::NegativeEquity,
        ];
        extent(history, steps, &all).union(Extent { low: 0.0, high: 1e3 })
    }

    fn largest_bar(&self, history: &History, steps: &Range<usize>) -> Option<f64> {
        Some(largest(history, steps, &[Figure::Deleveraged]))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        bars(canvas, history, Figure::Deleveraged, palette.dealers, full_bar);
        if has_default_fund(history) {
            line(canvas, history, Figure::DefaultFund, palette.counterparty, 1.4);
        }
        line(canvas, history, Figure::BadDebt, palette.forced, 1.4);
        line(canvas, history, Figure::NegativeEquity, palette.deleveraging, 1.4);
        line(canvas, history, Figure::Socialised, palette.pool, 1.4);
        line(canvas, history, Figure::InsuranceFund, palette.spot, 1.6);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let mut entries = vec![scene.money(Figure::InsuranceFund, palette.spot).called("fund")];
        if has_default_fund(scene.history) {
            entries.push(
                scene
                    .money(Figure::DefaultFund, palette.counterparty)
                    .called("default fund"),
            );
        }
        entries.push(scene.money(Figure::Deleveraged, palette.dealers).block());
        entries.extend([
            scene.money(Figure::BadDebt, palette.forced),
            scene
                .money(Figure::NegativeEquity, palette.deleveraging)
                .called("below zero"),
            scene.money(Figure::Socialised, palette.pool),
        ]);
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::InsuranceFund, Figure::BadDebt], format::short)
    }
}

/// Whether clearing members have ever paid anything in.
fn has_default_fund(history: &History) -> bool {
    let paid_in = history.figure(Figure::DefaultFund);
    paid_in.extent(0..paid_in.len()).high > 0.0
}
