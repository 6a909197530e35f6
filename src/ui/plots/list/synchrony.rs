//! Synchrony of the venues, and forced flow's part of the price.

use super::prelude::*;

/// The plot.
pub(super) struct Synchrony;

impl Plot for Synchrony {
    fn about(&self) -> About {
        About {
            id: PlotId("Synchrony"),
            name: "Synchrony plot",
            title: "Synchrony",
            unit: "",
            rank: 110,
            weight: 0.8,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let shares = extent(history, steps, &[Figure::Synchrony, Figure::DerivativeShare]);
        shares.union(Extent { low: 0.0, high: 1.0 })
    }

    fn tick(&self, value: f64) -> String {
        format::digits(value, 3)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        line(canvas, history, Figure::DerivativeShare, palette.forced, 1.4);
        line(canvas, history, Figure::Synchrony, palette.spot, 1.6);
        vec![level(canvas, 0.0, palette.outline)]
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let share = |figure, color| scene.entry(figure, color, |value| format!("{value:.2}"));
        vec![
            share(Figure::Synchrony, palette.spot).called("of the venues"),
            share(Figure::DerivativeShare, palette.forced),
        ]
    }
}
