//! What is laid over the plots: the pinned runs and the run before the last change, the present moment of a run that was
//! rewound, the interval that is explained, and guesses.

use std::ops::Range;

use eframe::egui::{
    Align2, Button, Color32, FontId, Rect, RichText, Shape, Stroke, TextWrapMode, Ui, Vec2, pos2, vec2,
};

use super::canvas::{Canvas, Viewport};
use super::fan;
use super::legend::LegendEntry;
use super::observed::Came;
use super::plot::Pinned;
use super::price::{self, PriceAxis};
use super::shown::{PlotView, Shown};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::ensemble::Fan;
use cascade_app::history::{Extent, Figure, History};
use cascade_app::{Guess, PINNED_MAX, PinnedId};
use cascade_scenario::format;

/// Opacity of the run before the last change.
const BEFORE: f32 = 0.45;
/// Places of the plot at which it is looked how far it and the present run are apart.
const PLACES: usize = 96;

const CHANGE_MARGIN: Vec2 = vec2(18.0, 8.0);

/// What is laid over the plots.
#[derive(Clone, Copy, Default)]
pub struct Overlay<'a> {
    /// The pinned runs by number, those that have the same step length.
    pub pinned: [Option<&'a History>; PINNED_MAX],
    /// The run before the last change, if it has the same step length.
    pub before: Option<RunBefore<'a>>,
    /// What the price would be with other random numbers.
    pub fan: Option<&'a Fan>,
    /// What it really did.
    pub came: Option<Came<'a>>,
    /// First and last step of the interval that is explained.
    pub selection: Option<(u64, u64)>,
    /// Guesses since the last question.
    pub guesses: &'a [Guess],
    /// Who guesses where the price plot is clicked, while there is a question.
    pub guessing: Option<&'a str>,
}

/// The run before the last change.
#[derive(Clone, Copy)]
pub struct RunBefore<'a> {
    /// Its recording.
    pub history: &'a History,
    /// What was changed.
    pub change: &'a str,
    /// The amplification factor before and now, where both runs stand at the same step and there was news to divide by.
    pub amplified: Option<[f64; 2]>,
}

/// A run that is drawn beside the present one.
#[derive(Clone, Copy)]
pub struct RunBeside<'a> {
    /// Its recording.
    pub history: &'a History,
    /// Its number, if it is pinned.
    pub pinned: Option<PinnedId>,
    /// Its name in legends.
    pub name: &'static str,
    /// Its colour.
    pub color: Color32,
}

impl<'a> Overlay<'a> {
    /// The runs that are drawn beside the present one.
    pub fn beside(&self, palette: &Palette) -> impl Iterator<Item = RunBeside<'a>> + use<'a> {
        let colors = palette.pinned;
        let pinned = PinnedId::all().zip(self.pinned).filter_map(move |(id, history)| {
            Some(RunBeside {
                history: history?,
                pinned: Some(id),
                name: id.label(),
                color: colors[id.index()],
            })
        });
        let color = palette.spot.gamma_multiply(BEFORE);
        let before = self.before.map(|before| RunBeside {
            history: before.history,
            pinned: None,
            name: "before",
            color,
        });
        pinned.chain(before)
    }
}

/// The values of a run beside the present one in view, in the plot's coordinates, each times a factor.
pub(super) fn range(pinned: Pinned, beside: RunBeside<'_>, factor: f64, steps: &Range<usize>) -> Extent {
    pinned.figures.iter().fold(Extent::EMPTY, |all, figure| {
        let extent = beside.history.figure(*figure).extent(steps.clone());
        if extent.is_empty() {
            return all;
        }
        all.union(Extent {
            low: (pinned.scale)(factor * extent.low),
            high: (pinned.scale)(factor * extent.high),
        })
    })
}

/// The prices in view: those of the run in `steps`, and in `ahead`, which goes beyond it, those of other runs, of the middle half of
/// the fan and of what really came.
pub(super) fn prices(view: &PlotView<'_>, steps: &Range<usize>, ahead: &Range<usize>, percent: bool) -> Extent {
    let mut range = price::range(view.history, steps);
    for beside in view.overlay.beside(view.palette) {
        let factor = price::factor(view.history, beside.history, percent);
        range = range.union(self::range(price::PINNED, beside, factor, ahead));
    }
    let mut reached = view.history.newest_step();
    if let Some(fan) = view.overlay.fan {
        // One of another price level is of a run that has been given up, and will be another one in a moment.
        let half = fan::range(fan, ahead);
        if half.low <= range.high && half.high >= range.low {
            range = range.union(half);
            reached = reached.max(fan.last_step());
        }
    }
    match view.overlay.came {
        Some(came) => range.union(came.range(ahead, reached, came.factor(view.history, percent))),
        None => range,
    }
}

/// Draws what lies under the prices of the run: the fan, what really came, and the runs beside it.
pub(super) fn draw_beneath(canvas: &mut Canvas<'_>, view: &PlotView<'_>, ahead: &Range<usize>, percent: bool) {
    if let Some(fan) = view.overlay.fan {
        fan::draw(canvas, fan, ahead, view.palette);
    }
    for beside in view.overlay.beside(view.palette) {
        let factor = price::factor(view.history, beside.history, percent);
        draw(canvas, price::PINNED, beside, factor);
    }
    if let Some(came) = view.overlay.came {
        came.draw(canvas, came.factor(view.history, percent), view.palette);
    }
}

/// What the legend of the price says of the fan at a step that the run has come to, and of what really came at any.
pub(super) fn entries_beneath(
    view: &PlotView<'_>,
    (step, ahead): (usize, usize),
    percent: bool,
) -> impl Iterator<Item = LegendEntry> {
    let Overlay { fan, came, .. } = view.overlay;
    let came = came.map(|came| came.entry(ahead, percent, view.palette));
    let fan = fan.and_then(|fan| fan::entry(fan, step, view.palette));
    came.into_iter().chain(fan)
}

/// Draws the lines of a run beside the present one, each value times a factor.
pub(super) fn draw(canvas: &mut Canvas<'_>, pinned: Pinned, beside: RunBeside<'_>, factor: f64) {
    for figure in pinned.figures {
        let series = beside.history.figure(*figure);
        canvas.line(series, beside.color, pinned.width, |value| {
            (pinned.scale)(factor * value)
        });
    }
}

/// A run beside the present one in a legend; beside an axis of per cent with those since its own start.
pub(super) fn entry(pinned: Pinned, beside: RunBeside<'_>, step: usize, percent: bool) -> Option<LegendEntry> {
    let value = beside.history.figure(*pinned.figures.first()?).at(step)?;
    let mut text = (pinned.text)(value);
    if percent {
        text = format!("{text} ({})", PriceAxis::of(beside.history, true).text(value));
    }
    Some(LegendEntry::line(beside.name, text, beside.color))
}

/// The numbers of the pinned runs, each where its line leaves the price plot.
pub(super) fn numbers(ui: &Ui, place: &Viewport, inner: Rect, view: &PlotView<'_>, percent: bool) {
    let painter = ui.painter().with_clip_rect(inner);
    for beside in view.overlay.beside(view.palette) {
        let Some(id) = beside.pinned else { continue };
        let spot = beside.history.figure(Figure::Spot);
        let step = place.nearest_step(inner.right() - 12.0, beside.history.newest_step());
        let Some(price) = spot.at(step) else { continue };
        let y = place.y(price * price::factor(view.history, beside.history, percent));
        let at = pos2(place.x(step as f64).max(inner.left()) + 3.0, y);
        let font = FontId::proportional(style::CAPTION);
        painter.text(at, Align2::LEFT_CENTER, id.to_string(), font, beside.color);
    }
}

/// What was changed since the run before and what that did, and where it is told: beside the line of that run, clear of what is covered
/// already.
pub(super) fn change(ui: &Ui, price: &Shown, view: &PlotView<'_>, covered: &[Rect]) -> Option<(String, Rect)> {
    let (place, inner) = (&price.place, price.inner);
    let before = view.overlay.before?;
    let spots = [view.history, before.history].map(|history| history.figure(Figure::Spot));
    let newest = view.history.newest_step().min(before.history.newest_step());
    let apart = |step: usize| {
        let [now, before] = spots.map(|spot| spot.at(step));
        Some((now? / before?).ln().abs())
    };
    // Where the two lie furthest apart in view.
    let places = (0..=PLACES).map(|part| inner.left() + inner.width() * (0.08 + 0.84 * part as f32 / PLACES as f32));
    let steps = places.map(|x| place.nearest_step(x, newest));
    let step = steps.max_by(|a, b| apart(*a).unwrap_or(-1.0).total_cmp(&apart(*b).unwrap_or(-1.0)))?;
    let (at, other) = (spots[1].at(step)?, spots[0].at(step)?);
    let text = before.amplified.map_or_else(
        || before.change.to_owned(),
        |[then, now]| format!("{}; amplification {then:.2}× → {now:.2}×", before.change),
    );
    let room = inner.shrink2(vec2(6.0, 30.0));
    let (font, color) = (FontId::proportional(style::LABEL), view.palette.text);
    let width = (room.width() - CHANGE_MARGIN.x).max(1.0);
    let size = ui.painter().layout(text.clone(), font, color, width).size() + CHANGE_MARGIN;
    // On the side of the line that the other run is not on.
    let y = place.y(at) + if other > at { 8.0 } else { -8.0 - size.y };
    let corner = pos2(
        (place.x(step as f64) - size.x / 2.0).clamp(room.left(), (room.right() - size.x).max(room.left())),
        y.clamp(room.top(), (room.bottom() - size.y).max(room.top())),
    );
    let mut words = Rect::from_min_size(corner, size);
    for other in covered.iter().filter(|other| other.width() > 0.0) {
        let other = other.expand(4.0);
        if words.intersects(other) {
            // Towards the middle: what stands in the upper half is passed below, what stands in the lower half above.
            let below = other.center().y < inner.center().y;
            let y = if below {
                other.bottom() - words.top()
            } else {
                other.top() - words.bottom()
            };
            words = words.translate(vec2(0.0, y));
        }
    }
    Some((text, words))
}

/// Tells it. Returns whether the run before is to be hidden.
pub(super) fn tell_change(ui: &mut Ui, (text, words): (String, Rect), palette: &Palette) -> bool {
    let button = Button::new(RichText::new(text).size(style::LABEL).color(palette.text))
        .fill(palette.raised.gamma_multiply(0.9))
        .wrap_mode(TextWrapMode::Wrap);
    ui.put(words, button)
        .on_hover_text("The pale lines are the run before this change. A click hides them.")
        .clicked()
}

/// The present moment of a rewound run, what is recorded after it dimmed.
pub(super) fn moment(ui: &Ui, place: &Viewport, inner: Rect, step: usize, palette: &Palette) {
    let x = place.x(step as f64).clamp(inner.left(), inner.right());
    let after = inner.with_min_x(x);
    ui.painter().rect_filled(after, 0.0, palette.ground.gamma_multiply(0.6));
    if inner.x_range().contains(place.x(step as f64)) {
        let ends = [pos2(x, inner.top()), pos2(x, inner.bottom())];
        ui.painter().line_segment(ends, Stroke::new(2.0, palette.accent));
    }
}

/// The interval that is explained.
pub(super) fn interval(ui: &Ui, place: &Viewport, inner: Rect, (from, to): (u64, u64), palette: &Palette) {
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
pub(super) fn guesses(ui: &Ui, place: &Viewport, inner: Rect, guesses: &[Guess], palette: &Palette) -> Vec<Rect> {
    let mut tags: Vec<Rect> = Vec::new();
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
        // Of guesses that lie close together the later ones stand further to the left.
        let close = tags.iter().filter(|tag| (tag.center().y - y).abs() < tag.height());
        let right = close.map(Rect::left).fold(inner.right() - 6.0, f32::min);
        let right = if right < inner.right() - 6.0 {
            right - 4.0
        } else {
            right
        };
        tags.push(price::tag(ui, pos2(right, y), Align2::RIGHT_CENTER, text, colors));
    }
    tags
}
