//! Market orders by source, and what was bought less what was sold in the last five minutes.

use super::prelude::*;
use cascade_engine::Source;

/// The plot.
pub(super) struct OrderFlow;

/// Sources that have traded so far, those that traded most at once first.
fn traded(history: &History) -> Vec<(Source, f64)> {
    let parts = history.parts(Figure::Ordered);
    let largest = |(source, series): (&Source, &cascade_app::history::Series)| {
        let all = series.extent(0..series.len());
        (*source, all.high.max(-all.low))
    };
    let mut traded: Vec<_> = Source::ALL
        .iter()
        .zip(parts)
        .map(largest)
        .filter(|(_, most)| *most > 0.0)
        .collect();
    traded.sort_by(|a, b| b.1.total_cmp(&a.1));
    traded
}

impl Plot for OrderFlow {
    fn about(&self) -> About {
        About {
            id: PlotId("Order flow"),
            name: "Order flow plot",
            title: "Orders, bought less sold",
            unit: "USD",
            rank: 92,
            weight: 0.8,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let parts = history.parts(Figure::Ordered).iter();
        let a_step = parts.fold(Extent::of(0.0), |all, part| all.union(part.extent(steps.clone())));
        let all = extent(history, steps, &[Figure::NetOrders]).union(a_step);
        if all.low < all.high {
            all
        } else {
            Extent { low: -1.0, high: 1.0 }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        for (source, _) in traded(history) {
            let series = &history.parts(Figure::Ordered)[source as usize];
            canvas.line(series, palette.source(source), 1.2, |usd| usd);
        }
        line(canvas, history, Figure::NetOrders, palette.spot, 1.6);
        vec![level(canvas, 0.0, palette.outline)]
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let (history, palette) = (scene.history, scene.palette);
        let imbalance = scene.entry(Figure::OrderImbalance, palette.weak_text, |value| {
            if value.is_nan() {
                "–".to_owned()
            } else {
                format!("{value:+.2}").replace('-', "−")
            }
        });
        let mut entries = vec![
            scene.money(Figure::NetOrders, palette.spot).called("all, 5 min"),
            imbalance.called("imbalance"),
        ];
        entries.extend(traded(history).into_iter().map(|(source, _)| {
            let value = history.parts(Figure::Ordered)[source as usize]
                .at(scene.step)
                .unwrap_or(f64::NAN);
            LegendEntry::line(source.label(), format::short(value.round()), palette.source(source))
        }));
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::NetOrders], format::short)
    }
}
