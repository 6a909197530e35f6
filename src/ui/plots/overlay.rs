//! What is laid over the plots: the pinned run, the present moment of a run that was rewound, the interval that is
//! explained, and guesses.

use std::ops::Range;

use eframe::egui::{Align2, Rect, Shape, Stroke, Ui, pos2};

use super::canvas::{Canvas, Viewport};
use super::figures::{Plot, decade};
use super::legend::LegendEntry;
use super::price;
use crate::palette::Palette;
use cascade_app::Guess;
use cascade_app::history::{Extent, Figure, History};
use cascade_scenario::format;

/// What is laid over the plots.
#[derive(Clone, Copy, Default)]
pub struct Overlay<'a> {
    /// The pinned run, if it has the same step length.
    pub baseline: Option<&'a History>,
    /// First and last step of the interval that is explained.
    pub selection: Option<(u64, u64)>,
    /// Guesses since the last question.
    pub guesses: &'a [Guess],
    /// Who guesses where the price plot is clicked, while there is a question.
    pub guessing: Option<&'a str>,
}

/// The figures of a plot (the price plot if none is named) that are drawn of the pinned run too.
const fn figures(plot: Option<Plot>) -> &'static [Figure] {
    match plot {
        None => &[Figure::Spot],
        Some(Plot::Delta) => &[Figure::LeveredNet],
        Some(Plot::Attribution) => &[Figure::Attributed],
        Some(Plot::OpenInterest) => &[Figure::OpenInterest],
        Some(Plot::Reproduction) => &[Figure::ReproductionDown],
        Some(Plot::Fund) => &[Figure::InsuranceFund, Figure::BadDebt],
        Some(Plot::Margin) => &[Figure::MaintenanceRate],
        // Two runs of everything in these would hide one another.
        Some(_) => &[],
    }
}

/// The values of the pinned run in view, in the plot's coordinates.
pub fn range(plot: Option<Plot>, baseline: &History, steps: &Range<usize>) -> Extent {
    let scale = scale(plot);
    figures(plot).iter().fold(Extent::EMPTY, |all, figure| {
        let extent = baseline.figure(*figure).extent(steps.clone());
        if extent.is_empty() {
            return all;
        }
        all.union(Extent {
            low: scale(extent.low),
            high: scale(extent.high),
        })
    })
}

fn scale(plot: Option<Plot>) -> fn(f64) -> f64 {
    if plot == Some(Plot::Margin) {
        decade
    } else {
        |value| value
    }
}

/// Draws the pinned run's lines.
pub fn draw(canvas: &mut Canvas<'_>, plot: Option<Plot>, baseline: &History, palette: &Palette) {
    for figure in figures(plot) {
        let width = if plot.is_none() { 1.6 } else { 1.2 };
        canvas.line(baseline.figure(*figure), palette.baseline, width, scale(plot));
    }
}

/// The pinned run in a legend.
pub fn entry(plot: Option<Plot>, baseline: &History, step: usize, palette: &Palette) -> Option<LegendEntry> {
    let figure = *figures(plot).first()?;
    let value = baseline.figure(figure).at(step);
    let text = value.map_or_else(
        || "–".to_owned(),
        |value| match plot {
            None => format::price(value),
            Some(Plot::Attribution) => format::percent(value / 100.0, 2),
            Some(Plot::Reproduction) => format!("{value:.2}"),
            Some(Plot::Margin) => format!("{} %", format::digits(100.0 * value, 3)),
            Some(_) => format::short(value),
        },
    );
    Some(LegendEntry::line("baseline", text, palette.baseline))
}

/// The present moment of a rewound run, what is recorded after it dimmed.
pub fn moment(ui: &Ui, place: &Viewport, inner: Rect, step: usize, palette: &Palette) {
    let x = place.x(step as f64).clamp(inner.left(), inner.right());
    let after = inner.with_min_x(x);
    ui.painter().rect_filled(after, 0.0, palette.ground.gamma_multiply(0.6));
    if inner.x_range().contains(place.x(step as f64)) {
        let ends = [pos2(x, inner.top()), pos2(x, inner.bottom())];
        ui.painter().line_segment(ends, Stroke::new(2.0, palette.accent));
    }
}

/// The interval that is explained.
pub fn interval(ui: &Ui, place: &Viewport, inner: Rect, (from, to): (u64, u64), palette: &Palette) {
    let x = |step: u64| place.x(step as f64).clamp(inner.left(), inner.right());
    let band = inner.with_min_x(x(from)).with_max_x(x(to));
    ui.painter()
        .rect_filled(band, 0.0, palette.critical.gamma_multiply(0.10));
    for step in [from, to] {
        if inner.x_range().contains(place.x(step as f64)) {
            let ends = [pos2(x(step), inner.top()), pos2(x(step), inner.bottom())];
            let stroke = Stroke::new(1.0, palette.critical.gamma_multiply(0.7));
            ui.painter().line_segment(ends, stroke);
        }
    }
}

/// Guesses as levels with the names of those who made them.
pub fn guesses(ui: &Ui, place: &Viewport, inner: Rect, guesses: &[Guess], palette: &Palette) {
    for guess in guesses {
        let (x, y) = (place.x(guess.step as f64).max(inner.left()), place.y(guess.price));
        if !inner.y_range().contains(y) || x > inner.right() {
            continue;
        }
        let ends = [pos2(x, y), pos2(inner.right(), y)];
        let stroke = Stroke::new(1.5, palette.critical);
        ui.painter()
            .add(Shape::Vec(Shape::dashed_line(&ends, stroke, 6.0, 4.0)));
        let text = format!("{} {}", guess.name, format::price(guess.price));
        let colors = (palette.critical, palette.ground);
        price::tag(ui, pos2(inner.right() - 6.0, y), Align2::RIGHT_CENTER, text, colors);
    }
}
