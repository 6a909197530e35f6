//! Bids and asks near the price: what an order has to take to move all books by 1 and by 2 %.

use super::prelude::*;

/// The plot.
pub(super) struct Bands;

const BANDS: [Figure; 2] = [Figure::DepthWithin1Percent, Figure::DepthWithin2Percent];

impl Plot for Bands {
    fn about(&self) -> About {
        About {
            id: PlotId("Depth near the price"),
            name: "Depth near the price plot",
            title: "Depth within",
            unit: "USD",
            rank: 94,
            weight: 0.8,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        extent(history, steps, &BANDS).union(Extent::of(0.0))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        line(canvas, history, Figure::DepthWithin2Percent, palette.index, 1.4);
        line(canvas, history, Figure::DepthWithin1Percent, palette.spot, 1.6);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        vec![
            scene.money(Figure::DepthWithin1Percent, palette.spot).called("±1 %"),
            scene.money(Figure::DepthWithin2Percent, palette.index).called("±2 %"),
        ]
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&BANDS, format::short)
    }
}
