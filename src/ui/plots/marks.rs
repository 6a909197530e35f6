//! Moments of the run marked through all plots: where the story begins, and where venues became one event.

use eframe::egui::{Align2, Color32, FontId, Rect, Shape, Stroke, Ui, pos2};

use super::canvas::Canvas;
use super::shown::{PlotView, Shown};
use super::{price, strip};
use crate::palette::Palette;
use crate::style;
use cascade_app::history::Figure;

/// A dashed line through all plots where the story begins; the legend of the price stays free.
pub(super) fn story(ui: &Ui, shown: &[Shown], view: &PlotView<'_>, legend: Rect) {
    if let Some(story) = view.history.story() {
        let color = view.palette.weak_text.gamma_multiply(0.7);
        line(ui, shown, (price::onset(view.history, story), legend), color);
    }
}

/// A dashed line through all plots where liquidations of separate venues became one event, with its name at the foot of the
/// price.
/// The legend of the price, and what else stands there, stay free.
pub(super) fn synchronisation(ui: &Ui, shown: &[Shown], view: &PlotView<'_>, (legend, taken): (Rect, Option<Rect>)) {
    let (Some(step), Some(price)) = (view.history.synchronised(), shown.first()) else {
        return;
    };
    let color = view.palette.critical.gamma_multiply(0.8);
    line(ui, shown, (step as usize, legend), color);
    let x = price.place.x(step as f64);
    label(
        ui,
        price.inner,
        x,
        ("venues liquidate as one", view.palette.critical),
        taken,
        view.palette,
    );
}

/// A dashed line where the price went on record, and what else is on record, at the right above it, or below it at the top of the plot.
/// Returns where the words stand.
pub(super) fn record(ui: &Ui, shown: &[Shown], view: &PlotView<'_>) -> Option<Rect> {
    let (mark, price) = (view.record?, shown.first()?);
    let y = price.place.y(mark.price).round() + 0.5;
    if !price.inner.y_range().contains(y) {
        return None;
    }
    let color = view.palette.notice;
    let ends = [pos2(price.inner.left(), y), pos2(price.inner.right(), y)];
    let stroke = Stroke::new(1.0, color.gamma_multiply(0.8));
    ui.painter()
        .add(Shape::Vec(Shape::dashed_line(&ends, stroke, 7.0, 4.0)));
    let (align, aside) = if y - HEIGHT < price.inner.top() {
        (Align2::RIGHT_TOP, 3.0)
    } else {
        (Align2::RIGHT_BOTTOM, -3.0)
    };
    let corner = pos2(price.inner.right() - 8.0, y + aside);
    Some(strip::caption(ui, corner, align, &mark.text, color, view.palette))
}

/// Height that the words of a mark take.
pub(super) const HEIGHT: f32 = 18.0;

/// The words of a line at `x`, at the foot of a plot: right of it, or left of it where there is no room; none in a plot too
/// narrow for them.
fn label(ui: &Ui, inner: Rect, x: f32, (words, color): (&str, Color32), taken: Option<Rect>, palette: &Palette) {
    if !inner.x_range().contains(x) {
        return;
    }
    let font = FontId::proportional(style::CAPTION);
    let size = ui.painter().layout_no_wrap(words.to_owned(), font, color).size();
    let room = size.x + 14.0;
    let (offset, align) = if x + room <= inner.right() {
        (7.0, Align2::LEFT_BOTTOM)
    } else if x - room >= inner.left() {
        (-7.0, Align2::RIGHT_BOTTOM)
    } else {
        return;
    };
    let foot = pos2(x + offset, inner.bottom() - 4.0);
    let over = taken.filter(|taken| taken.expand(4.0).intersects(align.anchor_size(foot, size)));
    let y = over.map_or(foot.y, |taken| taken.top() - 4.0);
    strip::caption(ui, pos2(foot.x, y), align, words, color, palette);
}

/// A dashed line through all plots at a step, in the price's below its legend.
fn line(ui: &Ui, shown: &[Shown], (step, legend): (usize, Rect), color: Color32) {
    for one in shown {
        let x = one.place.x(step as f64).round() + 0.5;
        if one.inner.x_range().contains(x) {
            let under = one.plot.is_none() && legend.x_range().contains(x);
            let top = if under { legend.bottom() } else { one.inner.top() };
            let ends = [pos2(x, top), pos2(x, one.inner.bottom())];
            let stroke = Stroke::new(1.0, color);
            ui.painter()
                .add(Shape::Vec(Shape::dashed_line(&ends, stroke, 3.0, 4.0)));
        }
    }
}

/// Shades the time in which trading is halted somewhere, and more so where a venue is gone.
pub(super) fn shade_halts(canvas: &mut Canvas<'_>, view: &PlotView<'_>) {
    for (figure, opacity) in [(Figure::HaltedVenues, 0.09), (Figure::VenuesOut, 0.12)] {
        canvas.spans(view.history.figure(figure), view.palette.notice.gamma_multiply(opacity));
    }
}
