//! Liquidations per liquidation, for a fall and for a rise, with the critical line at 1.

use super::prelude::*;

/// The plot.
pub(super) struct Reproduction;

impl Plot for Reproduction {
    fn about(&self) -> About {
        About {
            id: PlotId("Reproduction ratio"),
            name: "Reproduction ratio plot",
            title: "Reproduction ratio",
            unit: "R",
            rank: 20,
            weight: 1.0,
            at_first: true,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let ratios = extent(history, steps, &[Figure::ReproductionDown, Figure::ReproductionUp]);
        ratios.union(Extent { low: 0.0, high: 1.25 })
    }

    fn tick(&self, value: f64) -> String {
        format::digits(value, 3)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        line(canvas, history, Figure::ReproductionUp, palette.shorts, 1.2);
        line(canvas, history, Figure::ReproductionDown, palette.longs, 1.6);
        vec![dashed_level(canvas, 1.0, palette.critical)]
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let entry = |figure, color| scene.entry(figure, color, ratio);
        vec![
            entry(Figure::ReproductionDown, palette.longs).called("for a fall"),
            entry(Figure::ReproductionUp, palette.shorts).called("for a rise"),
            LegendEntry::line("critical", "1".to_owned(), palette.critical).dashes(),
        ]
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::ReproductionDown], ratio)
    }
}

fn ratio(value: f64) -> String {
    format!("{value:.2}")
}
