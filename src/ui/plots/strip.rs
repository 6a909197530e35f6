//! A plot of a few series over the whole run, for pages beside the linked plots: it follows nothing and is followed by
//! nothing. Pointing reads the values off, a click goes to that moment.

use eframe::egui::{Align2, FontId, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::canvas::{Buffers, Canvas, Viewport};
use super::frame::{Frame, Ticks};
use super::legend::{self, LegendEntry};
use super::view::rounded;
use crate::palette::Palette;
use crate::style;
use cascade_app::history::{Extent, Series};
use cascade_app::{Command, PlaybackCommand};
use cascade_scenario::format;
use eframe::egui::Color32;

/// Share of the height that the largest bar takes.
const BAR_SHARE: f32 = 0.6;
/// Height of the legend, in points.
const LEGEND: f64 = 24.0;

/// One series.
#[derive(Clone, Copy)]
pub(crate) struct Trace<'a> {
    /// Its name in the legend.
    pub name: &'static str,
    /// Its values by step.
    pub series: &'a Series,
    /// Its colour.
    pub color: Color32,
    /// Drawn as bars from the foot of the plot instead of as a line, the largest of this value.
    pub bars: Option<f64>,
    /// Text of a value.
    pub text: fn(f64) -> String,
}

impl Trace<'_> {
    /// What the legend says of a step.
    pub(crate) fn entry(&self, step: usize) -> LegendEntry {
        let value = (self.series.at(step)).map_or_else(|| "–".to_owned(), self.text);
        if self.bars.is_some() {
            LegendEntry::line(self.name, value, self.color).block()
        } else {
            LegendEntry::line(self.name, value, self.color)
        }
    }
}

/// What is drawn, and how.
pub(crate) struct Strip<'a> {
    /// Its identity and its name for the screen reader.
    pub name: &'static str,
    /// What stands first in the legend.
    pub title: &'a str,
    /// Height, with the time axis if it has one.
    pub height: f32,
    /// Whether the time axis has its labels here.
    pub time_axis: bool,
    /// The series, the one on top last.
    pub traces: &'a [Trace<'a>],
    /// A value that always belongs to the range and is drawn as a dashed line.
    pub level: Option<f64>,
    /// On a logarithmic axis, and what is less than this is shown as this.
    pub least: Option<f64>,
    /// A step that is marked.
    pub mark: Option<u64>,
    /// Seconds a step.
    pub step_seconds: f64,
    /// The step at which the model stands.
    pub present: u64,
}

impl Strip<'_> {
    /// Draws it over the width there is; a click becomes a command.
    pub(crate) fn show(&self, ui: &mut Ui, palette: &Palette, commands: &mut Vec<Command>) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), eframe::egui::Sense::hover());
        let newest = self.traces.iter().map(|trace| trace.series.len()).max().unwrap_or(1) - 1;
        let frame = Frame {
            name: self.name,
            title: self.name.to_owned(),
            rect,
            seconds: 0.0..newest.max(60) as f64 * self.step_seconds,
            values: self.range(),
            time_axis: self.time_axis,
            tick: &|value| self.tick(value),
            clock: &format::clock,
            ticks: if self.least.is_some() {
                Ticks::Decades
            } else {
                Ticks::Round
            },
        };
        let place = Viewport::new(frame.transform(), &frame.seconds, self.step_seconds, newest);
        let shapes = self.shapes(&place, palette);
        let response = frame.show(ui, palette, shapes);
        let inner = frame.inner();
        let pointed = response.hover_pos();
        let step = pointed.map_or(self.present as usize, |at| place.nearest_step(at.x, newest));
        let entries: Vec<LegendEntry> = self.traces.iter().map(|trace| trace.entry(step)).collect();
        legend::strip(ui, inner, (self.title, 1), &entries, &[], palette);
        let painter = ui.painter().with_clip_rect(inner);
        let line = |step: f64, stroke: Stroke| {
            let x = place.x(step).round() + 0.5;
            painter.line_segment([pos2(x, inner.top()), pos2(x, inner.bottom())], stroke);
        };
        line(self.present as f64, Stroke::new(1.5, palette.accent));
        if pointed.is_some() {
            line(step as f64, Stroke::new(1.0, palette.cursor.gamma_multiply(0.8)));
        }
        if let Some(at) = self.mark {
            line(at as f64, Stroke::new(1.0, palette.critical.gamma_multiply(0.8)));
        }
        if response.clicked() {
            commands.extend([
                Command::Playback(PlaybackCommand::Pause),
                Command::Playback(PlaybackCommand::Seek(step as u64)),
            ]);
        }
        response.on_hover_text("A click goes to this moment.");
    }

    /// A value in plot coordinates.
    fn scaled(&self, value: f64) -> f64 {
        self.least.map_or(value, |least| value.max(least).log10())
    }

    /// The text of a plot coordinate, as the series on top writes it.
    fn tick(&self, value: f64) -> String {
        let value = if self.least.is_some() {
            10_f64.powf(value)
        } else {
            value
        };
        self.traces.last().map_or_else(String::new, |trace| (trace.text)(value))
    }

    fn range(&self) -> (f64, f64) {
        let whole = |trace: &Trace<'_>| trace.series.extent(0..trace.series.len());
        let level = self.level.map_or(Extent::EMPTY, Extent::of);
        let lines = self.traces.iter().filter(|trace| trace.bars.is_none());
        let all = lines.map(whole).fold(level, Extent::union);
        let all = Extent {
            low: self.scaled(all.low),
            high: self.scaled(all.high),
        };
        let round = if self.least.is_some() { all } else { rounded(all) };
        // Room for the legend above the lines.
        let room = (round.high - round.low) * LEGEND / (f64::from(self.height) - LEGEND).max(LEGEND);
        (round.low, round.high + room)
    }

    fn shapes(&self, place: &Viewport, palette: &Palette) -> Vec<Shape> {
        let frame: Rect = *place.transform.frame();
        let mut buffers = Buffers::default();
        let mut canvas = Canvas::new(place, &mut buffers);
        for trace in self.traces {
            if let Some(largest) = trace.bars {
                let height = |value: f64| (value / largest.max(1.0)) as f32 * frame.height() * BAR_SHARE;
                canvas.bars(trace.series, trace.color, frame.bottom(), height);
            } else {
                canvas.line(trace.series, trace.color, 1.6, |value| self.scaled(value));
            }
        }
        let mut shapes = vec![canvas.finish()];
        if let Some(level) = self.level {
            let y = place.y(self.scaled(level)).round() + 0.5;
            let ends = [pos2(frame.left(), y), pos2(frame.right(), y)];
            let stroke = Stroke::new(1.0, palette.critical);
            shapes.push(Shape::Vec(Shape::dashed_line(&ends, stroke, 5.0, 5.0)));
        }
        shapes
    }
}

/// A small caption inside a rectangle, on a ground of its own.
pub(crate) fn caption(
    ui: &Ui,
    at: eframe::egui::Pos2,
    align: Align2,
    text: &str,
    color: Color32,
    palette: &Palette,
) -> Rect {
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), FontId::proportional(style::CAPTION), color);
    let rect = align.anchor_size(at, galley.size());
    let ground = palette.ground.gamma_multiply(0.86);
    ui.painter().rect_filled(rect.expand2(vec2(3.0, 1.0)), 2.0, ground);
    ui.painter().galley(rect.min, galley, color);
    rect
}
