//! The price plot: spot, index, marks and venues, what would have been without forced flow, and the story in words.

use std::ops::Range;

use eframe::egui::{Align2, Color32, FontId, Pos2, Rect, Stroke, Ui, Vec2, pos2, vec2};

use super::canvas::{Canvas, Place};
use super::figures::Scene;
use super::legend::{Entry, Mark};
use crate::app::history::{Extent, Figure, History, Story};
use crate::scenario::format;
use crate::ui::palette::Palette;

/// Name for the screen reader.
pub const NAME: &str = "Price plot";
/// Least range of prices shown, relative to the price.
const LEAST_RANGE: f64 = 0.14;
/// Parts of the story's card in which it is looked what lies beneath.
const SLICES: usize = 12;

/// The prices in view, with room around them.
pub fn range(history: &History, steps: &Range<usize>) -> Extent {
    let of = |figure| history.figure(figure).extent(steps.clone());
    let venues = history
        .marks()
        .iter()
        .chain(history.futures())
        .map(|series| series.extent(steps.clone()));
    let prices = venues.fold(of(Figure::Spot).union(of(Figure::Exogenous)), Extent::union);
    let middle = f64::midpoint(prices.low, prices.high);
    let half = ((prices.high - prices.low) * 0.62).max(middle * LEAST_RANGE / 2.0);
    Extent {
        low: (middle - half).max(0.0),
        high: middle + half,
    }
}

/// Draws all prices, spot on top.
pub fn draw(canvas: &mut Canvas<'_>, history: &History, palette: &Palette) {
    let venues = history.marks().len();
    let venue = |opacity| move |venue| palette.venue(palette.index, venue, venues).gamma_multiply(opacity);
    canvas.lines(history.futures(), venue(0.55), 0.8, |price| price);
    canvas.lines(history.marks(), venue(0.75), 0.8, |price| price);
    canvas.line(history.figure(Figure::Index), palette.index, 1.1, |price| price);
    canvas.dashes(history.figure(Figure::Exogenous), palette.exogenous, 1.3, 5.0);
    canvas.line(history.figure(Figure::Spot), palette.spot, 2.0, |price| price);
}

/// The legend.
pub fn entries(scene: &Scene<'_>) -> Vec<Entry> {
    let palette = scene.palette;
    let price = |figure| format::price(scene.history.figure(figure).at(scene.step).unwrap_or(f64::NAN));
    vec![
        Entry::line("spot", price(Figure::Spot), palette.spot),
        Entry {
            mark: Mark::Dashes,
            ..Entry::line("without forced flow", price(Figure::Exogenous), palette.exogenous)
        },
        Entry::line("index", price(Figure::Index), palette.index),
        Entry::line("marks, futures", String::new(), palette.index.gamma_multiply(0.6)),
    ]
}

/// The step in which a move really set out: the last one that had made less than a tenth of it.
pub fn onset(history: &History, story: Story) -> usize {
    let spot = history.figure(Figure::Spot);
    let moved = |step: usize| Some((spot.at(step)? / spot.at(story.from_step)?).ln());
    let early = |step: &usize| moved(*step).is_none_or(|moved| moved / story.total < 0.1);
    (story.from_step..story.to_step)
        .rev()
        .find(early)
        .unwrap_or(story.from_step)
}

/// What happened, on the picture, next to where the price stood before.
pub fn story(ui: &Ui, place: &Place, history: &History, palette: &Palette) {
    let frame = *place.transform.frame();
    let Some(story) = history.story() else { return };
    let Some(before) = history.figure(Figure::Spot).at(story.from_step) else {
        return;
    };
    let (from, to) = (place.x(onset(history, story) as f64), place.x(story.to_step as f64));
    if to < frame.left() || from > frame.right() {
        return;
    }
    let falls = story.total < 0.0;
    let moved = |log: f64| log.exp() - 1.0;
    let headline = format!(
        "Noise and shock {}, the {} is {}",
        format::percent(moved(story.exogenous), 1),
        if falls { "fall" } else { "rise" },
        format::percent(moved(story.total).abs(), 1).trim_start_matches('+'),
    );
    let flow = if falls { "selling" } else { "buying" };
    let share = story.forced_share();
    let detail = if share < 1.0 {
        format!("{:.0} % of it was forced {flow}", 100.0 * share)
    } else {
        format!("all of it was forced {flow}")
    };
    let painter = ui.painter().with_clip_rect(frame);
    let lay = |text: String, size, color| painter.layout_no_wrap(text, FontId::proportional(size), color);
    let headline = lay(headline, 13.0, palette.text);
    let detail = lay(detail, 12.0, palette.weak_text);
    let size = vec2(
        headline.size().x.max(detail.size().x) + 18.0,
        headline.size().y + detail.size().y + 12.0,
    );
    if size.x > frame.width() - 8.0 {
        // In a plot as narrow as that the card would hide what it tells of.
        return;
    }
    let corner = free_corner(place, history, pos2(from, place.y(before)), size);
    let card = Rect::from_min_size(corner, size);
    painter.rect(
        card,
        5.0,
        palette.raised.gamma_multiply(0.94),
        Stroke::new(1.0, palette.outline),
        eframe::egui::StrokeKind::Inside,
    );
    let below = corner.y + 6.0 + headline.size().y;
    painter.galley(corner + vec2(9.0, 5.0), headline, palette.text);
    painter.galley(pos2(corner.x + 9.0, below), detail, palette.weak_text);
}

/// Where a card of this size covers as little of the price as possible: beside the onset, above it or below it, or in a corner
/// at the left. The foot of the plot is left to the name of the line where venues liquidate as one.
fn free_corner(place: &Place, history: &History, beside: Pos2, size: Vec2) -> Pos2 {
    let frame = *place.transform.frame();
    let room = frame.shrink2(vec2(4.0, 6.0));
    let top = room.top() + super::legend::STRIP_HEIGHT;
    // The foot belongs to the words of the moment at which venues became one.
    let marked = history.synchronised().map(|step| place.x(step as f64));
    let taken = if marked.is_some_and(|x| frame.x_range().contains(x)) {
        super::marks::HEIGHT
    } else {
        0.0
    };
    let bottom = (room.bottom() - size.y - taken).max(top);
    let x = (beside.x + 14.0).min(room.right() - size.x).max(room.left());
    let wanted = (beside.y - size.y / 2.0).min(bottom).max(top);
    // How many slices of the card lie over a line.
    let over = |figure, corner: Pos2| {
        let slice = size.x / SLICES as f32;
        let covered = |index: &usize| {
            let left = corner.x + slice * *index as f32;
            let extent = history
                .figure(figure)
                .extent(place.step(left)..place.step(left + slice) + 1);
            !extent.is_empty() && place.y(extent.high) - 4.0 < corner.y + size.y && place.y(extent.low) + 4.0 > corner.y
        };
        (0..SLICES).filter(covered).count()
    };
    let covers = |corner: Pos2| 8 * over(Figure::Spot, corner) + over(Figure::Exogenous, corner);
    let mut best = pos2(x, wanted);
    let mut least = covers(best);
    for other in [
        pos2(x, top),
        pos2(x, bottom),
        pos2(room.left(), bottom),
        pos2(room.left(), top),
    ] {
        if least == 0 {
            break;
        }
        let cost = covers(other);
        if cost < least {
            (best, least) = (other, cost);
        }
    }
    best
}

/// A value in a box whose edge is at `at`, unless it would be cut off on the left.
pub fn tag(ui: &Ui, at: Pos2, align: Align2, text: String, (ground, color): (Color32, Color32)) {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), color);
    let rect = align.anchor_size(at, galley.size() + vec2(10.0, 4.0));
    let rect = rect.translate(vec2((ui.clip_rect().left() - rect.left()).max(0.0), 0.0));
    painter.rect_filled(rect, 3.0, ground);
    painter.galley(rect.min + vec2(5.0, 2.0), galley, color);
}
