//! What is told at the pointer and at the present price: the moment, the value, and the tags that carry them.

use eframe::egui::{Align2, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::clusters;
use super::price::{self, PriceAxis};
use super::shown::{PlotView, Shown};
use cascade_app::history::Figure;
use cascade_scenario::format;

/// The present price, at the right end of its level.
pub(super) fn price_tag(ui: &Ui, shown: &Shown, beside: Rect, view: &PlotView<'_>) -> Option<Rect> {
    let spot = view.history.figure(Figure::Spot).at(view.present())?;
    let y = shown.place.y(spot);
    if !shown.inner.y_range().contains(y) {
        return None;
    }
    let from = shown
        .place
        .x(view.present() as f64)
        .clamp(shown.inner.left(), shown.inner.right());
    let line = Stroke::new(1.0, view.palette.spot.gamma_multiply(0.45));
    // Neither through nor over what the column says at its top.
    let caption = beside.top() + clusters::CAPTION;
    let to = if y > caption { beside } else { shown.inner }.right();
    ui.painter().line_segment([pos2(from, y), pos2(to, y)], line);
    let colors = (view.palette.spot, view.palette.ground);
    let tag = pos2(beside.right() + 4.0, y.max(caption + 9.0));
    Some(price::tag(ui, tag, Align2::RIGHT_CENTER, format::price(spot), colors))
}

/// The moment pointed at, through all plots, and the value pointed at.
pub(super) fn show(ui: &Ui, pointed: &Shown, pointer: Pos2, shown: &[Shown], (view, axis): (&PlotView<'_>, PriceAxis)) {
    let stroke = Stroke::new(1.0, view.palette.cursor.gamma_multiply(0.8));
    let x = pointer.x.round() + 0.5;
    let painter = ui.painter();
    for one in shown {
        painter.line_segment([pos2(x, one.inner.top()), pos2(x, one.inner.bottom())], stroke);
    }
    let y = pointer.y.round() + 0.5;
    painter.line_segment([pos2(pointed.inner.left(), y), pos2(pointed.inner.right(), y)], stroke);
    let colors = (view.palette.cursor, view.palette.ground);
    let at = pointed.place.transform.value_from_position(pointer);
    let value = pointed.plot.map_or_else(|| axis.text(at.y), |plot| plot.tick(at.y));
    price::tag(
        ui,
        pos2(pointed.inner.left() - 2.0, y),
        Align2::RIGHT_CENTER,
        value,
        colors,
    );
    if let Some(last) = shown.last() {
        price::tag(
            ui,
            pos2(x, last.inner.bottom() + 1.0),
            Align2::CENTER_TOP,
            format::clock(at.x),
            colors,
        );
    }
    if let Some(name) = view.overlay.guessing.filter(|_| pointed.plot.is_none() && at.y > 0.0) {
        let text = format!("click: {name} says {}", format::price(at.y));
        let (side, offset) = if pointer.x > pointed.inner.center().x {
            (Align2::RIGHT_BOTTOM, vec2(-6.0, -5.0))
        } else {
            (Align2::LEFT_BOTTOM, vec2(6.0, -5.0))
        };
        let colors = (view.palette.raised, view.palette.text);
        price::tag(ui, pointer + offset, side, text, colors);
    }
}
