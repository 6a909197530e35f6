//! The plots of depth, of how far the venues lie apart, and of the lending pool.

use eframe::egui::Shape;

use super::{BASIS_POINTS, Canvas, Figure, LegendEntry, Scene};
use cascade_scenario::format;

/// Depth, the makers behind it on the same scale, and those that fail.
pub fn draw_depth(canvas: &mut Canvas<'_>, scene: &Scene<'_>, bar: impl Fn(f64) -> f32) -> Vec<Shape> {
    let (history, palette) = (scene.history, scene.palette);
    let bottom = canvas.place.transform.frame().bottom();
    canvas.bars(history.figure(Figure::MakersFailed), palette.forced, bottom, bar);
    let full = history.figure(Figure::Depth).at(0).unwrap_or(0.0);
    let standing = history.figure(Figure::MakersStanding);
    canvas.line(standing, palette.makers, 1.4, |share| share * full);
    canvas.line(history.figure(Figure::Depth), palette.spot, 1.6, |value| value);
    Vec::new()
}

/// Legend of the depth.
pub fn depth_entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let palette = scene.palette;
    let standing = format!("{} %", format::digits(100.0 * scene.value(Figure::MakersStanding), 3));
    vec![
        LegendEntry::line("depth", scene.money(Figure::Depth), palette.spot),
        LegendEntry::line("makers standing", standing, palette.makers),
        LegendEntry::block("failed a step", scene.money(Figure::MakersFailed), palette.forced),
    ]
}

/// Legend of the spreads over the venues.
pub fn basis_entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let palette = scene.palette;
    let spread =
        |label, figure, color| LegendEntry::line(label, format::digits(BASIS_POINTS * scene.value(figure), 3), color);
    vec![
        spread("basis", Figure::BasisSpread, palette.spot),
        spread("funding per 8 h", Figure::FundingSpread, palette.arbitrage),
    ]
}

/// Legend of the synchrony.
pub fn synchrony_entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let palette = scene.palette;
    let share = |figure| format!("{:.2}", scene.value(figure));
    vec![
        LegendEntry::line("of the venues", share(Figure::Synchrony), palette.spot),
        LegendEntry::line("forced part of price", share(Figure::DerivativeShare), palette.forced),
    ]
}

/// Loans in trouble, and what is repaid a step.
pub fn draw_loans(canvas: &mut Canvas<'_>, scene: &Scene<'_>, bar: impl Fn(f64) -> f32) -> Vec<Shape> {
    let (history, palette) = (scene.history, scene.palette);
    let bottom = canvas.place.transform.frame().bottom();
    canvas.bars(history.figure(Figure::LoansRepaid), palette.lending, bottom, bar);
    canvas.line(history.figure(Figure::LoansAtRisk), palette.index, 1.2, |value| value);
    canvas.line(history.figure(Figure::LoansWaiting), palette.shorts, 1.4, |value| value);
    canvas.line(history.figure(Figure::LoansLost), palette.forced, 1.6, |value| value);
    Vec::new()
}

/// Legend of the loans.
pub fn loan_entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let palette = scene.palette;
    let money = |label, figure, color| LegendEntry::line(label, scene.money(figure), color);
    vec![
        money("bad debt", Figure::LoansLost, palette.forced),
        money("waiting", Figure::LoansWaiting, palette.shorts),
        money("at risk", Figure::LoansAtRisk, palette.index),
        LegendEntry::block("repaid a step", scene.money(Figure::LoansRepaid), palette.lending),
    ]
}
