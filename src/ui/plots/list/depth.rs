//! Depth, the makers behind it on the same scale, and those that fail.

use super::prelude::*;

/// The plot.
pub(super) struct Depth;

impl Plot for Depth {
    fn about(&self) -> About {
        About {
            id: PlotId("Depth and makers"),
            name: "Depth plot",
            title: "Depth",
            unit: "USD per unit log price",
            rank: 90,
            weight: 0.8,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        extent(history, steps, &[Figure::Depth]).union(Extent::of(0.0))
    }

    fn largest_bar(&self, history: &History, steps: &Range<usize>) -> Option<f64> {
        Some(largest(history, steps, &[Figure::MakersFailed]))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        bars(canvas, history, Figure::MakersFailed, palette.forced, full_bar);
        let full = history.figure(Figure::Depth).at(0).unwrap_or(0.0);
        let standing = history.figure(Figure::MakersStanding);
        canvas.line(standing, palette.makers, 1.4, |share| share * full);
        line(canvas, history, Figure::Depth, palette.spot, 1.6);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        vec![
            scene.money(Figure::Depth, palette.spot),
            scene.entry(Figure::MakersStanding, palette.makers, per_cent),
            scene
                .money(Figure::MakersFailed, palette.forced)
                .block()
                .called("failed a step"),
        ]
    }
}

fn per_cent(share: f64) -> String {
    format::share(share, 3)
}
