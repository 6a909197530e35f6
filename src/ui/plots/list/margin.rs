//! Maintenance margin and volatility, on a logarithmic axis.

use super::prelude::*;
use eframe::egui::Color32;

/// The plot.
pub(super) struct Margin;

/// A rate and its colour.
type Rate = (Figure, fn(&Palette) -> Color32);

/// What is shown only where there is any.
const OPTIONAL: [Rate; 2] = [
    (Figure::ForcedCut, |palette| palette.forced),
    (Figure::Haircut, |palette| palette.arbitrage),
];

impl Plot for Margin {
    fn about(&self) -> About {
        About {
            id: PlotId("Margin and volatility"),
            name: "Margin and volatility plot",
            title: "Margin, volatility",
            unit: "log",
            rank: 80,
            weight: 0.8,
            at_first: false,
            logarithmic: true,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let always = extent(history, steps, &[Figure::MaintenanceRate, Figure::RealisedVolatility]);
        let rates = OPTIONAL
            .into_iter()
            .map(|(figure, _)| extent(history, steps, &[figure]))
            .filter(|rate| rate.high > 0.0)
            .fold(always, |all, rate| all.union(Extent::of(rate.high)));
        let low = decade(rates.low).floor();
        Extent {
            low: low - 0.2,
            high: decade(rates.high).ceil().max(low + 2.0) + 0.1,
        }
    }

    fn tick(&self, value: f64) -> String {
        format!("{} %", format::digits(10_f64.powf(value), 1))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        for (figure, color) in OPTIONAL {
            let series = history.figure(figure);
            if series.extent(0..series.len()).high > 0.0 {
                scaled_line(canvas, history, figure, (color(palette), 1.2), decade);
            }
        }
        scaled_line(
            canvas,
            history,
            Figure::RealisedVolatility,
            (palette.index, 1.4),
            decade,
        );
        scaled_line(canvas, history, Figure::MaintenanceRate, (palette.spot, 1.6), decade);
        Vec::new()
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let entry = |figure, color| scene.entry(figure, color, per_cent);
        let mut entries = vec![
            entry(Figure::MaintenanceRate, palette.spot),
            entry(Figure::RealisedVolatility, palette.index).called("volatility/√yr"),
        ];
        let there = OPTIONAL.into_iter().filter(|(figure, _)| scene.ever(*figure));
        entries.extend(there.map(|(figure, color)| entry(figure, color(palette))));
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned {
            scale: decade,
            ..Pinned::of(&[Figure::MaintenanceRate], per_cent)
        }
    }
}

fn per_cent(rate: f64) -> String {
    format::share(rate, 3)
}
