//! How far the venues' prices and funding rates lie apart.

use super::prelude::*;

/// Hundredths of a per cent in one.
const BASIS_POINTS: f64 = 1e4;

/// The plot.
pub(super) struct Basis;

impl Plot for Basis {
    fn about(&self) -> About {
        About {
            id: PlotId("Basis and funding"),
            name: "Basis and funding plot",
            title: "Spread over venues",
            unit: "bp",
            rank: 100,
            weight: 0.8,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let spreads = extent(history, steps, &[Figure::BasisSpread, Figure::FundingSpread]);
        Extent {
            low: 0.0,
            high: (BASIS_POINTS * spreads.high).max(1.0),
        }
    }

    fn tick(&self, value: f64) -> String {
        format::digits(value, 3)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        let scaled = |value: f64| BASIS_POINTS * value;
        scaled_line(canvas, history, Figure::FundingSpread, (palette.arbitrage, 1.4), scaled);
        scaled_line(canvas, history, Figure::BasisSpread, (palette.spot, 1.6), scaled);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let spread = |figure, color| scene.entry(figure, color, |value| format::digits(BASIS_POINTS * value, 3));
        vec![
            spread(Figure::BasisSpread, palette.spot).called("basis"),
            spread(Figure::FundingSpread, palette.arbitrage).called("funding per 8 h"),
        ]
    }
}
