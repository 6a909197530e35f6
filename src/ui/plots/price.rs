//! The price plot: spot, index, marks and venues, and what would have been without forced flow.

use std::ops::Range;

use eframe::egui::{Align2, Color32, FontId, Pos2, Rect, Ui, vec2};

use super::canvas::Canvas;
use super::frame::Ticks;
use super::legend::LegendEntry;
use super::plot::{Pinned, Scene, line};
use crate::palette::Palette;
use crate::style;
use cascade_app::PlotId;
use cascade_app::history::{Extent, Figure, History, Story};
use cascade_engine::Asset;
use cascade_scenario::format;

/// Name for the screen reader.
pub(crate) const NAME: &str = "Price plot";
/// Least range of prices shown, relative to the price.
const LEAST_RANGE: f64 = 0.14;
/// What is drawn of the pinned run.
pub(crate) const PINNED: Pinned = Pinned {
    width: 1.6,
    ..Pinned::of(&[Figure::Spot], format::price)
};

/// What the price plot's axis tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PriceAxis {
    /// Prices.
    Price,
    /// Their distance from this one, where the run began, relative to it.
    Percent(f64),
}

impl PriceAxis {
    /// The axis for a run.
    pub(super) fn of(history: &History, percent: bool) -> Self {
        let start = history.figure(Figure::Spot).at(0);
        start
            .filter(|start| percent && *start > 0.0)
            .map_or(Self::Price, Self::Percent)
    }

    /// Where its ticks stand.
    pub(super) const fn ticks(self) -> Ticks {
        match self {
            Self::Price => Ticks::Round,
            Self::Percent(start) => Ticks::Relative(start),
        }
    }

    /// Text of a price on it.
    pub(super) fn text(self, price: f64) -> String {
        match self {
            Self::Price => format::price(price),
            Self::Percent(start) => format::percent(price / start - 1.0, 1),
        }
    }
}

/// By what the prices of a run beside the present one are multiplied: where the axis tells per cent, so that both begin at
/// the same place.
pub(super) fn factor(present: &History, beside: &History, percent: bool) -> f64 {
    let start = |history: &History| history.figure(Figure::Spot).at(0);
    match (start(present), start(beside)) {
        (Some(present), Some(beside)) if percent && beside > 0.0 => present / beside,
        _ => 1.0,
    }
}

/// A part of the price plot that can be shown and hidden.
#[derive(Clone, Copy)]
pub struct Part {
    /// Its identity.
    pub id: PlotId,
    /// Whether it is shown in a fresh window.
    pub at_first: bool,
    /// Whether there is anything to show of an asset.
    pub exists: fn(&Asset) -> bool,
}

/// The prices in view, with room around them.
pub(crate) fn range(history: &History, steps: &Range<usize>) -> Extent {
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
pub(crate) fn draw(canvas: &mut Canvas<'_>, history: &History, palette: &Palette) {
    let venues = history.marks().len();
    let venue = |opacity| move |venue| palette.venue(palette.index, venue, venues).gamma_multiply(opacity);
    canvas.lines(history.futures(), venue(0.55), 0.8, |price| price);
    canvas.lines(history.marks(), venue(0.75), 0.8, |price| price);
    line(canvas, history, Figure::Index, palette.index, 1.1);
    if canvas.shows(Figure::Exogenous) {
        canvas.dashes(history.figure(Figure::Exogenous), palette.exogenous, 1.3, 5.0);
    }
    line(canvas, history, Figure::Spot, palette.spot, 2.0);
}

/// How many entries at the end of the legend are of the venues' prices.
pub(crate) const VENUES: usize = 2;

/// The legend.
pub(crate) fn entries(scene: &Scene<'_>) -> Vec<LegendEntry> {
    let palette = scene.palette;
    let entry = |figure, color| scene.entry(figure, color, format::price);
    vec![
        entry(Figure::Spot, palette.spot),
        entry(Figure::Exogenous, palette.exogenous).dashes(),
        entry(Figure::Index, palette.index),
        LegendEntry::line("marks, futures", String::new(), palette.index.gamma_multiply(0.6)),
    ]
}

/// The step in which a move really set out: the last one that had made less than a tenth of it.
pub(crate) fn onset(history: &History, story: Story) -> usize {
    let spot = history.figure(Figure::Spot);
    let moved = |step: usize| Some((spot.at(step)? / spot.at(story.from_step)?).ln());
    let early = |step: &usize| moved(*step).is_none_or(|moved| moved / story.total < 0.1);
    (story.from_step..story.to_step)
        .rev()
        .find(early)
        .unwrap_or(story.from_step)
}

/// A value in a box whose edge is at `at`, unless it would be cut off on the left. Returns the box.
pub(crate) fn tag(ui: &Ui, at: Pos2, align: Align2, text: String, (ground, color): (Color32, Color32)) -> Rect {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text, FontId::proportional(style::LABEL), color);
    let rect = align.anchor_size(at, galley.size() + vec2(10.0, 4.0));
    let rect = rect.translate(vec2((ui.clip_rect().left() - rect.left()).max(0.0), 0.0));
    painter.rect_filled(rect, 3.0, ground);
    painter.galley(rect.min + vec2(5.0, 2.0), galley, color);
    rect
}
