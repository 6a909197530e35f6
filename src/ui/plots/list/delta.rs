//! Aggregate delta: who is long and who is short.

use super::prelude::*;
use eframe::egui::Color32;

/// The plot.
pub(super) struct Delta;

impl Plot for Delta {
    fn about(&self) -> About {
        About {
            id: PlotId("Aggregate delta"),
            name: "Aggregate delta plot",
            title: "Aggregate delta",
            unit: "USD",
            rank: 50,
            weight: 1.2,
            at_first: true,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let all = [
            Figure::LeveredLongs,
            Figure::LeveredShorts,
            Figure::LeveredNet,
            Figure::Counterparty,
            Figure::Arbitrage,
            Figure::DealerOptions,
            Figure::DealerHedge,
            Figure::Predators,
            Figure::Providers,
            Figure::Makers,
            Figure::StopsDelta,
        ];
        extent(history, steps, &all).union(Extent::of(0.0))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        if has_dealers(history) {
            line(canvas, history, Figure::DealerOptions, options_color(palette), 1.0);
            line(canvas, history, Figure::DealerHedge, palette.dealers, 1.4);
        }
        line(canvas, history, Figure::Arbitrage, palette.arbitrage, 1.0);
        line(canvas, history, Figure::Counterparty, palette.counterparty, 1.0);
        for (figure, _, color) in traders(scene) {
            line(canvas, history, figure, color, 1.3);
        }
        line(canvas, history, Figure::LeveredShorts, palette.shorts, 1.3);
        line(canvas, history, Figure::LeveredLongs, palette.longs, 1.3);
        line(canvas, history, Figure::LeveredNet, palette.spot, 1.6);
        vec![level(canvas, 0.0, palette.outline)]
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let palette = scene.palette;
        let mut entries = vec![
            scene.money(Figure::LeveredNet, palette.spot).called("net"),
            scene.money(Figure::LeveredLongs, palette.longs).called("longs"),
            scene.money(Figure::LeveredShorts, palette.shorts).called("shorts"),
            scene
                .money(Figure::Counterparty, palette.counterparty)
                .called("counterparty"),
            scene.money(Figure::Arbitrage, palette.arbitrage).called("arbitrage"),
        ];
        if has_dealers(scene.history) {
            entries.push(scene.money(Figure::DealerHedge, palette.dealers).called("hedge"));
            entries.push(scene.money(Figure::DealerOptions, options_color(palette)));
        }
        entries.extend(traders(scene).map(|(figure, label, color)| scene.money(figure, color).called(label)));
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::LeveredNet], format::short)
    }
}

fn options_color(palette: &Palette) -> Color32 {
    palette.dealers.gamma_multiply(0.6)
}

/// Whether anybody has hedged in this run; where nobody has, two more lines at zero would only hide others.
fn has_dealers(history: &History) -> bool {
    let whole = 0..history.newest_step() + 1;
    [Figure::DealerOptions, Figure::DealerHedge].into_iter().any(|figure| {
        let extent = history.figure(figure).extent(whole.clone());
        extent.low < 0.0 || extent.high > 0.0
    })
}

/// Those with capital of their own who have traded in this run: nobody needs a flat line.
fn traders<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = (Figure, &'static str, Color32)> + 'a {
    let palette = scene.palette;
    let all = [
        (Figure::Predators, "predators", palette.predators),
        (Figure::Providers, "providers", palette.providers),
        (Figure::Makers, "makers", palette.makers),
        (Figure::StopsDelta, "stop orders", palette.stops),
    ];
    all.into_iter().filter(|(figure, ..)| scene.ever(*figure))
}
