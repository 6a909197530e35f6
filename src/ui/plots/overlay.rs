//! What is laid over the plots: the pinned run, the present moment of a run that was rewound, the interval that is
//! explained, and guesses.

use std::ops::Range;

use eframe::egui::{Align2, Rect, Shape, Stroke, Ui, pos2};

use super::canvas::{Canvas, Viewport};
use super::legend::LegendEntry;
use super::plot::Pinned;
use super::price;
use crate::palette::Palette;
use cascade_app::Guess;
use cascade_app::history::{Extent, History};
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

/// The values of the pinned run in view, in the plot's coordinates.
pub fn range(pinned: Pinned, baseline: &History, steps: &Range<usize>) -> Extent {
    pinned.figures.iter().fold(Extent::EMPTY, |all, figure| {
        let extent = baseline.figure(*figure).extent(steps.clone());
        if extent.is_empty() {
            return all;
        }
        all.union(Extent {
            low: (pinned.scale)(extent.low),
            high: (pinned.scale)(extent.high),
        })
    })
}

/// Draws the pinned run's lines.
pub fn draw(canvas: &mut Canvas<'_>, pinned: Pinned, baseline: &History, palette: &Palette) {
    for figure in pinned.figures {
        canvas.line(baseline.figure(*figure), palette.baseline, pinned.width, pinned.scale);
    }
}

/// The pinned run in a legend.
pub fn entry(pinned: Pinned, baseline: &History, step: usize, palette: &Palette) -> Option<LegendEntry> {
    let value = baseline.figure(*pinned.figures.first()?).at(step);
    let text = value.map_or_else(|| "–".to_owned(), pinned.text);
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
