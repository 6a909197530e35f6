//! Loans at risk, waiting for a liquidator and lost, and what is repaid a step.

use super::prelude::*;
use cascade_engine::{Asset, LendingFigures};

/// The plot.
pub(super) struct Lending;

impl Plot for Lending {
    fn about(&self) -> About {
        About {
            id: PlotId("Lending pool"),
            name: "Lending pool plot",
            title: "Lending pool",
            unit: "USD",
            rank: 30,
            weight: 0.92,
            at_first: true,
            logarithmic: false,
        }
    }

    fn exists(&self, asset: &Asset) -> bool {
        asset.observation().lending != LendingFigures::default()
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let loans = [Figure::LoansAtRisk, Figure::LoansWaiting, Figure::LoansLost];
        extent(history, steps, &loans).union(Extent { low: 0.0, high: 1e3 })
    }

    fn largest_bar(&self, history: &History, steps: &Range<usize>) -> Option<f64> {
        Some(largest(history, steps, &[Figure::LoansRepaid]))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        bars(canvas, history, Figure::LoansRepaid, palette.lending, full_bar);
        line(canvas, history, Figure::LoansAtRisk, palette.index, 1.2);
        line(canvas, history, Figure::LoansWaiting, palette.shorts, 1.4);
        line(canvas, history, Figure::LoansLost, palette.forced, 1.6);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        vec![
            scene.money(Figure::LoansLost, palette.forced),
            scene.money(Figure::LoansWaiting, palette.shorts).called("waiting"),
            scene.money(Figure::LoansAtRisk, palette.index),
            scene.money(Figure::LoansRepaid, palette.lending).block(),
        ]
    }
}
