//! The small picture of a run in a row of the list.

use eframe::egui::{Rect, Shape, Stroke, Ui, pos2, vec2};

use cascade_analysis::Thumbnail;

use crate::palette::Palette;

/// Width of a picture.
const WIDTH: f32 = 96.0;
/// Room around it.
const MARGIN: f32 = 4.0;
/// Least change of the log price that fills a picture, so that noise does not look like a crash.
const RANGE_LEAST: f32 = 0.04;

/// Where the picture of a row stands.
pub(super) fn place(row: Rect) -> Rect {
    let inner = row.shrink(MARGIN);
    Rect::from_min_size(inner.min, vec2(WIDTH, inner.height()))
}

/// Draws the picture, its ground alone while there is none.
pub(super) fn paint(ui: &Ui, place: Rect, picture: Option<&Thumbnail>, palette: &Palette) {
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    painter.rect_filled(place, 3.0, palette.ground);
    let Some(picture) = picture else { return };
    let all = || picture.spot.iter().chain(&picture.unforced).copied();
    let (low, high) = (all().fold(0.0, f32::min), all().fold(0.0, f32::max));
    let (middle, range) = (f32::midpoint(low, high), (high - low).max(RANGE_LEAST));
    let inner = place.shrink2(vec2(0.0, MARGIN));
    let last = picture.spot.len().saturating_sub(1).max(1) as f32;
    let line = |values: &[f32], stroke: Stroke| {
        let at = |(step, value): (usize, &f32)| {
            let x = place.left() + place.width() * step as f32 / last;
            pos2(x, inner.center().y - (value - middle) / range * inner.height())
        };
        painter.add(Shape::line(values.iter().enumerate().map(at).collect(), stroke));
    };
    line(&picture.unforced, Stroke::new(1.0, palette.exogenous));
    line(&picture.spot, Stroke::new(1.4, palette.spot));
}
