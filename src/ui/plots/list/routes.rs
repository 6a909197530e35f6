//! Liquidated notional by route: a step as bars, so far as lines.

use super::prelude::*;
use eframe::egui::Color32;

/// The plot.
pub struct Routes;

/// A route's name, what it has taken so far, and its colour.
type Route = (&'static str, Figure, fn(&Palette) -> Color32);

/// Every route.
const ROUTES: [Route; 4] = [
    ("order book", Figure::RoutedBook, |palette| palette.forced),
    ("AMM", Figure::RoutedAmm, |palette| palette.pool),
    ("auction", Figure::RoutedAuction, |palette| palette.unwinding),
    ("vault", Figure::RoutedVault, |palette| palette.exogenous),
];

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
        let routes = ROUTES.map(|(_, figure, _)| figure);
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
        for (_, figure, color) in ROUTES {
            line(canvas, history, figure, color(palette), 1.6);
        }
        Vec::new()
    }

    /// The routes that have taken anything.
    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let used = |figure| scene.history.figure(figure).last().is_some_and(|sum| sum > 0.0);
        ROUTES
            .into_iter()
            .filter(|(_, figure, _)| used(*figure) || *figure == Figure::RoutedBook)
            .map(|(label, figure, color)| scene.money(figure, color(scene.palette)).called(label))
            .collect()
    }
}
