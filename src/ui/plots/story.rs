//! What happened, in words on the price plot, where they hide nothing.

use std::sync::Arc;

use eframe::egui::{Color32, FontId, Galley, Painter, Pos2, Rangef, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::canvas::Viewport;
use super::heatmap::Tones;
use super::observed::Came;
use super::shown::{PlotView, Shown};
use super::{aim, fan, heatmap, legend, levels, marks, price};
use crate::palette::Palette;
use crate::style;
use cascade_analysis::ensemble::Fan;
use cascade_app::history::{Figure, History, Story};
use cascade_scenario::format;

/// Width of the strips in which it is looked what is drawn there, in points.
const STRIP: f32 = 22.0;
/// Least distance of the card to a line.
pub(super) const CLEAR: f32 = 5.0;
/// How much higher the free foot becomes at a time, and its greatest height, in points.
const FOOT_GROWS: f32 = 4.0;
const FOOT_MAX: f32 = 84.0;
/// Places that are tried across and down.
const PLACES: (usize, usize) = (9, 7);

/// The prices that are drawn: those of the run, those of the runs beside it, each with what its prices are multiplied by, and
/// those of many seeds.
pub(super) struct Lines<'a> {
    history: &'a History,
    beside: Vec<(&'a History, f64)>,
    fan: Option<&'a Fan>,
    /// What really came, and what its prices are multiplied by.
    came: Option<(Came<'a>, f64)>,
}

impl<'a> Lines<'a> {
    /// Those of the price plot, whose axis tells prices or per cent since the start.
    pub(super) fn of(view: &PlotView<'a>, percent: bool) -> Self {
        let beside = view.overlay.beside(view.palette);
        let factor = |run: &'a History| price::factor(view.history, run, percent);
        Self {
            history: view.history,
            beside: beside.map(|run| (run.history, factor(run.history))).collect(),
            fan: view.overlay.fan,
            came: view.overlay.came.map(|came| (came, came.factor(view.history, percent))),
        }
    }
}

/// What has become of the words about what happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Words {
    /// Nothing is in view that they could tell of.
    Unneeded,
    /// There is no place where they hide nothing.
    Homeless,
    /// They stand here.
    At(Rect),
}

impl Words {
    /// Where they stand.
    pub(super) const fn place(self) -> Option<Rect> {
        match self {
            Self::At(place) => Some(place),
            Self::Unneeded | Self::Homeless => None,
        }
    }
}

/// Writes what happened near where it set out; what is covered by something else stays free.
pub(super) fn show(ui: &Ui, place: &Viewport, lines: &Lines<'_>, covered: &[Rect], palette: &Palette) -> Words {
    let history = lines.history;
    let frame = *place.transform.frame();
    let Some(story) = history.story() else {
        return Words::Unneeded;
    };
    let Some(before) = history.figure(Figure::Spot).at(story.from_step) else {
        return Words::Unneeded;
    };
    let onset = price::onset(history, story);
    let (from, to) = (place.x(onset as f64), place.x(story.to_step as f64));
    if to < frame.left() || from > frame.right() {
        return Words::Unneeded;
    }
    let painter = ui.painter().with_clip_rect(frame);
    let taken = Taken {
        covered: covered.to_vec(),
        ..Taken::new(place, lines, from)
    };
    let beside = pos2(from + 14.0, place.y(before));
    // In full where that hides nothing, else in few words, rather over the fan, and rather nothing than the price hidden.
    let told = Told::of(history, story);
    let cards = [
        Card::full(&painter, &told, palette),
        Card::short(&painter, &told, palette),
        Card::shortest(&painter, &told, palette),
    ];
    let off_the_fan = lines.fan.map(|fan| taken.with_fan(place, fan));
    let free = off_the_fan.iter().chain([&taken]).find_map(|taken| {
        let mut cards = cards.iter();
        cards.find_map(|card| Some((card, taken.free(card.size, beside)?)))
    });
    let Some((card, corner)) = free else {
        return Words::Homeless;
    };
    card.paint(&painter, corner, palette);
    Words::At(Rect::from_min_size(corner, card.size))
}

/// Free height below all lines that the words about what happened have asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Foot(f32);

impl Foot {
    /// It, in points.
    pub(super) const fn height(self) -> f32 {
        self.0
    }

    /// Takes in what has become of the words. Returns whether there will be more room in the next frame.
    pub(super) fn make_room(&mut self, words: Words) -> bool {
        let before = self.0;
        match words {
            Words::Homeless => self.0 = (before + FOOT_GROWS).min(FOOT_MAX),
            Words::Unneeded => self.0 = (before - FOOT_GROWS).max(0.0),
            Words::At(_) => {}
        }
        self.0 > before
    }
}

/// The colours of the levels beside the buttons at the right, above the words of marked steps, where that hides nothing.
pub(super) fn colours(ui: &Ui, price: &Shown, view: &PlotView<'_>, lines: &Lines<'_>, covered: &[Rect]) {
    let corner = price.inner.right_bottom() - vec2(aim::SIZE.x + 20.0, marks::HEIGHT + 6.0);
    let ground = levels::ground(corner);
    let is_free = price.inner.contains_rect(ground)
        && !covered.iter().any(|other| other.intersects(ground))
        && !lines.fan.is_some_and(|fan| fan::reaches(fan, &price.place, ground))
        && hides_nothing(&price.place, lines, ground);
    if view.shows(heatmap::PART) && is_free {
        let tones = Tones::Notional(view.palette.longs, view.palette.shorts);
        levels::bar(ui, corner, tones, view.history.book().peak(), view.palette);
    }
}

/// Whether nothing is hidden by something that covers so much: no line of a price, no marked moment.
fn hides_nothing(place: &Viewport, lines: &Lines<'_>, rect: Rect) -> bool {
    let marked = lines.history.synchronised().map(|step| place.x(step as f64));
    let crosses = |(high, low): (f32, f32)| high < rect.bottom() && low > rect.top();
    !marked.is_some_and(|x| rect.x_range().contains(x)) && !heights(place, lines, rect.x_range()).any(crosses)
}

/// How far up and down each line of a price goes in a strip of the plot.
fn heights<'a>(
    place: &'a Viewport,
    lines: &'a Lines<'_>,
    across: Rangef,
) -> impl Iterator<Item = (f32, f32)> + use<'a> {
    let steps = place.step(across.min)..place.step(across.max) + 1;
    let figures = [Figure::Spot, Figure::Exogenous, Figure::Index].map(|figure| lines.history.figure(figure));
    let beside = lines.beside.iter();
    figures
        .into_iter()
        .chain(lines.history.marks())
        .chain(lines.history.futures())
        .map(|series| (series, 1.0))
        .chain(beside.flat_map(|(history, factor)| {
            price::PINNED
                .figures
                .iter()
                .map(|figure| (history.figure(*figure), *factor))
        }))
        .map(move |(series, factor)| (series.extent(steps.clone()), factor))
        .filter(|(extent, _)| !extent.is_empty())
        .map(|(extent, factor)| (place.y(factor * extent.high), place.y(factor * extent.low)))
        .chain(
            lines
                .came
                .and_then(move |(came, factor)| came.heights(place, across, factor)),
        )
}

/// What is said of a move.
struct Told {
    story: Story,
    /// The amplification factor, where it is the run's largest move and there is one.
    amplification: Option<f64>,
}

impl Told {
    /// Where the move ends furthest from the start it is told of from there, as the key figures do; else by itself.
    fn of(history: &History, story: Story) -> Self {
        let at = |figure| history.figure(figure).at(story.to_step).unwrap_or(f64::NAN);
        let (furthest, now) = (at(Figure::FurthestMove), at(Figure::Attributed) / 100.0);
        // The two are the same sum, added up in another order.
        if (furthest - now).abs() > 1e-9 {
            return Self {
                story,
                amplification: None,
            };
        }
        let story = Story {
            total: furthest,
            exogenous: at(Figure::FurthestExogenous),
            ..story
        };
        Self {
            story,
            amplification: Some(at(Figure::Amplification)).filter(|ratio| ratio.is_finite()),
        }
    }

    /// `−1.7 % became −5.8 %`.
    fn became(&self) -> String {
        let [news, moved] = [self.story.exogenous, self.story.total].map(|log| format::percent(log.exp() - 1.0, 1));
        format!("{news} became {moved}")
    }
}

/// Lines of text in a frame.
struct Card {
    lines: Vec<Arc<Galley>>,
    size: Vec2,
}

impl Card {
    fn new(painter: &Painter, lines: &[(String, f32, Color32)]) -> Self {
        let lay = |(text, size, color): &(String, f32, Color32)| {
            painter.layout_no_wrap(text.clone(), FontId::proportional(*size), *color)
        };
        let lines: Vec<_> = lines.iter().map(lay).collect();
        let width = lines.iter().map(|line| line.size().x).fold(0.0, f32::max);
        let height: f32 = lines.iter().map(|line| line.size().y).sum();
        Self {
            lines,
            size: vec2(width + 18.0, height + 12.0),
        }
    }

    fn full(painter: &Painter, told: &Told, palette: &Palette) -> Self {
        let story = told.story;
        let falls = story.total < 0.0;
        let moved = |log: f64| format::percent(log.exp() - 1.0, 1);
        let headline = format!(
            "Noise and shock {}, the {} is {}",
            moved(story.exogenous),
            if falls { "fall" } else { "rise" },
            format::percent((story.total.exp() - 1.0).abs(), 1).trim_start_matches('+'),
        );
        let flow = if falls { "selling" } else { "buying" };
        let share = story.forced_share();
        let forced = if share < 1.0 {
            format!("{:.0} % of it was forced {flow}", 100.0 * share)
        } else {
            format!("all of it was forced {flow}")
        };
        let detail = match told.amplification {
            Some(ratio) => format!("{ratio:.2}× as far; {forced}"),
            None => forced,
        };
        Self::new(
            painter,
            &[
                (headline, style::BODY, palette.text),
                (detail, style::LABEL, palette.weak_text),
            ],
        )
    }

    fn short(painter: &Painter, told: &Told, palette: &Palette) -> Self {
        let forced = format!("{:.0} % forced", 100.0 * told.story.forced_share().min(1.0));
        Self::new(
            painter,
            &[
                (told.became(), style::BODY, palette.text),
                (forced, style::LABEL, palette.weak_text),
            ],
        )
    }

    fn shortest(painter: &Painter, told: &Told, palette: &Palette) -> Self {
        Self::new(painter, &[(told.became(), style::BODY, palette.text)])
    }

    fn paint(&self, painter: &Painter, corner: Pos2, palette: &Palette) {
        painter.rect(
            Rect::from_min_size(corner, self.size),
            5.0,
            palette.raised.gamma_multiply(0.94),
            Stroke::new(1.0, palette.outline),
            StrokeKind::Inside,
        );
        let mut at = corner + vec2(9.0, 5.0);
        for line in &self.lines {
            painter.galley(at, Arc::clone(line), palette.text);
            at.y += line.size().y + 1.0;
        }
    }
}

/// What is drawn where: strips of the plot from left to right, each with the heights that lines have in it, and marked moments.
#[derive(Clone)]
struct Taken {
    room: Rect,
    strips: Vec<Vec<(f32, f32)>>,
    moments: Vec<f32>,
    covered: Vec<Rect>,
}

/// How far across a strip of a plot goes.
fn across(place: &Viewport, strip: usize) -> Rangef {
    let left = place.transform.frame().left() + STRIP * strip as f32;
    Rangef::new(left, left + STRIP)
}

impl Taken {
    fn new(place: &Viewport, lines: &Lines<'_>, onset: f32) -> Self {
        let frame = *place.transform.frame();
        let mut room = frame.shrink2(vec2(4.0, 6.0));
        room.min.y += legend::STRIP_HEIGHT;
        let mut moments = vec![onset];
        if let Some(step) = lines.history.synchronised() {
            let x = place.x(step as f64);
            moments.push(x);
            // The foot belongs to the words of that moment.
            if frame.x_range().contains(x) {
                room.max.y -= marks::HEIGHT;
            }
        }
        let count = (frame.width() / STRIP).ceil() as usize;
        let strips = (0..count)
            .map(|strip| heights(place, lines, across(place, strip)).collect())
            .collect();
        Self {
            room,
            strips,
            moments,
            covered: Vec::new(),
        }
    }

    /// The same with the prices of many seeds.
    fn with_fan(&self, place: &Viewport, fan: &Fan) -> Self {
        let mut taken = self.clone();
        for (strip, heights) in taken.strips.iter_mut().enumerate() {
            heights.extend(fan::heights(fan, place, across(place, strip)));
        }
        taken
    }

    /// The corner of the free place for something of this size that is nearest to `beside`.
    fn free(&self, size: Vec2, beside: Pos2) -> Option<Pos2> {
        let span = self.room.size() - size;
        if span.x < 0.0 || span.y < 0.0 {
            return None;
        }
        let at = |share: (usize, usize)| {
            let (across, down) = PLACES;
            let share = vec2(share.0 as f32 / (across - 1) as f32, share.1 as f32 / (down - 1) as f32);
            self.room.min + span * share
        };
        let last = self.room.min + span;
        let column = beside.x.min(last.x).max(self.room.left());
        let row = (beside.y - size.y / 2.0).min(last.y).max(self.room.top());
        let grid = (0..PLACES.0).flat_map(|across| (0..PLACES.1).map(move |down| (across, down)));
        let next_to_onset = (0..PLACES.1).map(|down| pos2(column, at((0, down)).y));
        std::iter::once(pos2(column, row))
            .chain(next_to_onset)
            .chain(grid.map(at))
            .filter(|corner| self.is_free(Rect::from_min_size(*corner, size).expand(CLEAR)))
            .min_by(|a, b| {
                a.distance_sq(pos2(column, row))
                    .total_cmp(&b.distance_sq(pos2(column, row)))
            })
    }

    fn is_free(&self, card: Rect) -> bool {
        let left = self.room.left() - 4.0;
        let strip = |x: f32| ((x - left) / STRIP).max(0.0) as usize;
        let strips = self
            .strips
            .iter()
            .take(strip(card.right()) + 1)
            .skip(strip(card.left()));
        let crossed = |(high, low): &(f32, f32)| *high < card.bottom() && *low > card.top();
        !self.moments.iter().any(|x| card.x_range().contains(*x))
            && !strips.flatten().any(crossed)
            && !self.covered.iter().any(|covered| covered.intersects(card))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::history::Recording;
    use cascade_engine::Simulation;
    use cascade_scenario::{AssetId, Scenario};
    use egui_plot::{PlotBounds, PlotTransform};

    /// Two hundred points square, a line that falls through the middle from the upper left to the lower right.
    fn falling() -> Taken {
        let room = Rect::from_min_max(pos2(4.0, 0.0), pos2(224.0, 220.0));
        let strip = |index: usize| vec![(22.0 * index as f32, 22.0 * (index + 1) as f32)];
        Taken {
            room,
            strips: (0..10).map(strip).collect(),
            moments: vec![60.0],
            covered: Vec::new(),
        }
    }

    #[test]
    fn a_card_stands_where_no_line_and_no_mark_is() {
        let taken = falling();
        let size = vec2(70.0, 40.0);
        let corner = taken.free(size, pos2(74.0, 60.0)).unwrap();
        let card = Rect::from_min_size(corner, size);
        assert!(taken.room.contains_rect(card), "{card:?}");
        assert!(!card.x_range().contains(60.0), "{card:?} lies over the mark");
        for (index, strip) in taken.strips.iter().enumerate() {
            let left = 22.0 * index as f32;
            let line = Rect::from_min_max(pos2(left, strip[0].0), pos2(left + 22.0, strip[0].1));
            assert!(!line.intersects(card), "{card:?} lies over {line:?}");
        }
    }

    /// The rounds of a cascade stand at the lower left; the card goes elsewhere.
    #[test]
    fn a_card_covers_no_other() {
        let size = vec2(50.0, 30.0);
        let alone = falling().free(size, pos2(74.0, 180.0)).unwrap();
        let covered = Rect::from_min_size(alone - vec2(20.0, 20.0), vec2(60.0, 60.0));
        let taken = Taken {
            covered: vec![covered],
            ..falling()
        };
        let corner = taken.free(size, pos2(74.0, 180.0)).unwrap();
        assert!(!Rect::from_min_size(corner, size).intersects(covered), "{corner:?}");
    }

    #[test]
    fn a_card_that_fits_nowhere_is_left_out() {
        let taken = falling();
        assert_eq!(taken.free(vec2(150.0, 150.0), pos2(74.0, 60.0)), None);
        assert_eq!(taken.free(vec2(300.0, 20.0), pos2(74.0, 60.0)), None);
        assert!(taken.free(vec2(20.0, 20.0), pos2(74.0, 60.0)).is_some());
    }

    /// The line of a run beside the present one is no place for words, where it is drawn.
    #[test]
    fn words_hide_no_run_beside() {
        let simulation = Simulation::new(&Scenario::default()).unwrap();
        let recording = Recording::new(&simulation);
        let history = recording.of_asset(AssetId::FIRST);
        let price = history.figure(Figure::Spot).at(0).unwrap();
        let bounds = PlotBounds::from_min_max([0.0, 0.0], [100.0, 2.0 * price]);
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 200.0));
        let place = Viewport::new(PlotTransform::new(screen, bounds, false), &(0.0..100.0), 10.0, 0);
        let at = |share: f32| Rect::from_center_size(pos2(0.0, 200.0 - 100.0 * share), vec2(30.0, 20.0));
        let hides_nothing = |beside: &[f64], share: f32| {
            let beside = beside.iter().map(|factor| (history, *factor)).collect();
            let lines = Lines {
                history,
                beside,
                fan: None,
                came: None,
            };
            super::hides_nothing(&place, &lines, at(share))
        };
        assert!(!hides_nothing(&[], 1.0));
        assert!(hides_nothing(&[], 0.5) && hides_nothing(&[], 1.5));
        assert!(!hides_nothing(&[0.5], 0.5) && hides_nothing(&[0.5], 1.5));
    }

    #[test]
    fn words_keep_off_the_fan_where_they_can() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(224.0, 220.0));
        let bounds = PlotBounds::from_min_max([0.0, 0.0], [100.0, 220.0]);
        let place = Viewport::new(PlotTransform::new(screen, bounds, false), &(0.0..100.0), 10.0, 0);
        // Prices from the top down to where a card would otherwise stand.
        let fan = Fan::of(vec![vec![120.0, 120.0, 180.0, 220.0, 220.0]; 11], 1);
        let (size, beside) = (vec2(40.0, 20.0), pos2(130.0, 20.0));
        let stands = |taken: &Taken| Rect::from_min_size(taken.free(size, beside).unwrap(), size);
        assert!(fan::reaches(&fan, &place, stands(&falling())));
        assert!(!fan::reaches(&fan, &place, stands(&falling().with_fan(&place, &fan))));
    }

    #[test]
    fn words_without_a_place_are_given_room_and_take_it_back_when_they_are_gone() {
        let mut foot = Foot::default();
        assert!(!foot.make_room(Words::Unneeded) && foot.height() == 0.0);
        assert!(foot.make_room(Words::Homeless) && foot.height() > 0.0);
        let height = foot.height();
        assert!(!foot.make_room(Words::At(Rect::NOTHING)) && foot.height() == height);
        // No frame is asked for in vain where no room is enough.
        while foot.make_room(Words::Homeless) {}
        assert_eq!(foot.height(), FOOT_MAX);
        for _ in 0..100 {
            foot.make_room(Words::Unneeded);
        }
        assert_eq!(foot.height(), 0.0);
    }
}
