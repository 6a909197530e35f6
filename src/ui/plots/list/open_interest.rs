//! Open interest as a line, liquidations a step as bars.

use super::prelude::*;

/// The plot.
pub(super) struct OpenInterest;

impl Plot for OpenInterest {
    fn about(&self) -> About {
        About {
            id: PlotId("Open interest"),
            name: "Open interest plot",
            title: "Open interest",
            unit: "USD",
            rank: 40,
            weight: 1.0,
            at_first: true,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let line = extent(history, steps, &[Figure::OpenInterest]);
        let room = (line.high - line.low).max(0.04 * line.high).max(1.0);
        Extent {
            low: (line.low - 0.5 * room).max(0.0),
            high: line.high + 0.1 * room,
        }
    }

    fn largest_bar(&self, history: &History, steps: &Range<usize>) -> Option<f64> {
        let liquidated = [Figure::LiquidatedLongs, Figure::LiquidatedShorts];
        Some(largest(history, steps, &liquidated))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        bars(canvas, history, Figure::LiquidatedShorts, palette.shorts, full_bar);
        bars(canvas, history, Figure::LiquidatedLongs, palette.longs, full_bar);
        bars(canvas, history, Figure::Tightened, palette.critical, full_bar);
        line(canvas, history, Figure::OpenInterest, palette.spot, 1.6);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let mut entries = vec![
            scene.money(Figure::OpenInterest, palette.spot).called("all positions"),
            scene
                .money(Figure::LiquidatedLongs, palette.longs)
                .block()
                .called("longs a step"),
            scene
                .money(Figure::LiquidatedShorts, palette.shorts)
                .block()
                .called("shorts a step"),
        ];
        if scene.ever(Figure::Tightened) {
            entries.push(
                scene
                    .money(Figure::Tightened, palette.critical)
                    .block()
                    .called("by tighter margin"),
            );
        }
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::OpenInterest], format::short)
    }
}
