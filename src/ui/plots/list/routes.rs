//! Liquidated notional by route: a step as bars, so far as lines.

use super::prelude::*;
use cascade_scenario::Route;
use eframe::egui::Color32;
use strum::VariantArray as _;

/// The plot.
pub(super) struct Routes;

const fn color(route: Route, palette: &Palette) -> Color32 {
    match route {
        Route::OrderBook => palette.forced,
        Route::Amm => palette.pool,
        Route::Auction => palette.unwinding,
        Route::Vault => palette.exogenous,
    }
}

impl Plot for Routes {
    fn about(&self) -> About {
        About {
            id: PlotId("Liquidated by route"),
            name: "Liquidated by route plot",
            title: "Liquidated by route",
            unit: "USD",
            rank: 70,
            weight: 0.92,
            at_first: false,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let routes: Vec<Figure> = Route::VARIANTS.iter().copied().map(Figure::routed).collect();
        extent(history, steps, &routes).union(Extent { low: 0.0, high: 1e3 })
    }

    fn largest_bar(&self, history: &History, steps: &Range<usize>) -> Option<f64> {
        Some(largest(history, steps, &[Figure::OnBook, Figure::OffBook]))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        for (figure, color) in [(Figure::OnBook, palette.forced), (Figure::OffBook, palette.unwinding)] {
            bars(canvas, history, figure, color.gamma_multiply(0.7), full_bar);
        }
        for route in Route::VARIANTS.iter().copied() {
            line(canvas, history, Figure::routed(route), color(route, palette), 1.6);
        }
        Vec::new()
    }

    /// The routes that have taken anything.
    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let taken = |route| scene.history.figure(Figure::routed(route)).last();
        let used = |route: &Route| *route == Route::OrderBook || taken(*route).is_some_and(|sum| sum > 0.0);
        let routes = Route::VARIANTS.iter().copied().filter(used);
        routes
            .map(|route| {
                let entry = scene.money(Figure::routed(route), color(route, scene.palette));
                entry.called(route.words().label)
            })
            .collect()
    }
}
