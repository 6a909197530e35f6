//! What a plot below the price has to say: its names, its range of values, what it draws and its legend.

use std::ops::Range;

use eframe::egui::{Color32, Shape, Stroke, pos2};

use super::canvas::Canvas;
use super::legend::LegendEntry;
use crate::palette::Palette;
use cascade_app::PlotId;
use cascade_app::history::{Extent, Figure, History};
use cascade_engine::Asset;
use cascade_scenario::format;

/// Share of a plot's height that its bars may take.
const BAR_SHARE: f32 = 0.42;
/// What a logarithmic axis shows of a rate that is nothing: 0.01 %.
const LEAST_RATE: f64 = 1e-4;

/// A plot below the price, as the list of plots holds it.
pub(super) type Row = &'static dyn Plot;

/// A plot below the price.
pub trait Plot: Sync {
    /// Its names and where it stands.
    fn about(&self) -> About;

    /// Whether there is anything to plot of an asset.
    fn exists(&self, _asset: &Asset) -> bool {
        true
    }

    /// The values in view, with what always belongs to them, in plot coordinates.
    fn range(&self, history: &History, steps: &Range<usize>) -> Extent;

    /// Text of a tick.
    fn tick(&self, value: f64) -> String {
        format::short(value)
    }

    /// The largest bar in view, if the plot has bars.
    fn largest_bar(&self, _history: &History, _steps: &Range<usize>) -> Option<f64> {
        None
    }

    /// Draws lines, areas and bars; bars are as high as `full_bar` says. What is returned goes on top.
    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, full_bar: f64) -> Vec<Shape>;

    /// The legend.
    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry>;

    /// What is drawn of the pinned run. Two runs of everything would hide one another.
    fn pinned(&self) -> Pinned {
        Pinned::NOTHING
    }
}

/// Names of a plot and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its identity.
    pub id: PlotId,
    /// Its name for the screen reader.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its place from the top until it is moved; where there is no room, those with the highest go first.
    pub rank: u8,
    /// Its height, relative to the others.
    pub weight: f32,
    /// Whether it is shown in a fresh window.
    pub at_first: bool,
    /// Whether the axis is the logarithm to base ten.
    pub logarithmic: bool,
}

/// What is drawn of the pinned run.
#[derive(Clone, Copy)]
pub struct Pinned {
    /// The figures, the one that the legend tells of first.
    pub figures: &'static [Figure],
    /// A value in the plot's coordinates.
    pub scale: fn(f64) -> f64,
    /// A value in the legend.
    pub text: fn(f64) -> String,
    /// Width of the lines.
    pub width: f32,
}

impl Pinned {
    /// None of it.
    pub const NOTHING: Self = Self::of(&[], format::short);

    /// Some figures as they are.
    pub const fn of(figures: &'static [Figure], text: fn(f64) -> String) -> Self {
        Self {
            figures,
            scale: |value| value,
            text,
            width: 1.2,
        }
    }
}

/// What a plot reads.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub history: &'a History,
    /// The colours.
    pub palette: &'a Palette,
    /// Step whose values the legends show.
    pub step: usize,
}

impl Scene<'_> {
    /// The figure at the step of the legends.
    pub fn value(&self, figure: Figure) -> f64 {
        self.history.figure(figure).at(self.step).unwrap_or(f64::NAN)
    }

    /// Whether the figure was ever anything but nothing.
    pub fn ever(&self, figure: Figure) -> bool {
        let series = self.history.figure(figure);
        series.extent(0..series.len()) != Extent::of(0.0)
    }

    /// A figure in the legend; its name and meaning are those of the table of figures.
    pub fn entry(&self, figure: Figure, color: Color32, text: impl Fn(f64) -> String) -> LegendEntry {
        LegendEntry::of(figure, text(self.value(figure)), color)
    }

    /// A figure in whole dollars: what is less is rounding of sums.
    pub fn money(&self, figure: Figure, color: Color32) -> LegendEntry {
        self.entry(figure, color, |value| format::short(value.round()))
    }
}

/// The values of some figures in a stretch of steps.
pub(super) fn extent(history: &History, steps: &Range<usize>, figures: &[Figure]) -> Extent {
    figures.iter().fold(Extent::EMPTY, |all, figure| {
        all.union(history.figure(*figure).extent(steps.clone()))
    })
}

/// The largest value of some figures in a stretch of steps.
pub(super) fn largest(history: &History, steps: &Range<usize>, figures: &[Figure]) -> f64 {
    let of = |figure: &Figure| history.figure(*figure).extent(steps.clone()).high;
    figures.iter().map(of).fold(f64::NEG_INFINITY, f64::max)
}

/// Draws a figure as it is, unless it is switched off.
pub(super) fn line(canvas: &mut Canvas<'_>, history: &History, figure: Figure, color: Color32, width: f32) {
    scaled_line(canvas, history, figure, (color, width), |value| value);
}

/// Draws a figure on another scale, unless it is switched off.
pub(super) fn scaled_line(
    canvas: &mut Canvas<'_>,
    history: &History,
    figure: Figure,
    (color, width): (Color32, f32),
    scale: impl Fn(f64) -> f64,
) {
    if canvas.shows(figure) {
        canvas.line(history.figure(figure), color, width, scale);
    }
}

/// Draws bars on the bottom of the plot, unless they are switched off; one of `full_bar` is as high as bars may be.
pub(super) fn bars(canvas: &mut Canvas<'_>, history: &History, figure: Figure, color: Color32, full_bar: f64) {
    if !canvas.shows(figure) {
        return;
    }
    let frame = *canvas.place.transform.frame();
    let height = |value: f64| (value / full_bar.max(1.0)) as f32 * frame.height() * BAR_SHARE;
    canvas.bars(history.figure(figure), color, frame.bottom(), height);
}

/// A fraction as the logarithm of its percentage.
pub(super) fn decade(rate: f64) -> f64 {
    (100.0 * rate.max(LEAST_RATE)).log10()
}

/// A horizontal line over the whole plot.
pub(super) fn level(canvas: &Canvas<'_>, value: f64, color: Color32) -> Shape {
    Shape::line_segment(level_ends(canvas, value), Stroke::new(1.0, color))
}

/// A dashed horizontal line over the whole plot.
pub(super) fn dashed_level(canvas: &Canvas<'_>, value: f64, color: Color32) -> Shape {
    let ends = level_ends(canvas, value);
    Shape::Vec(Shape::dashed_line(&ends, Stroke::new(1.0, color), 5.0, 5.0))
}

fn level_ends(canvas: &Canvas<'_>, value: f64) -> [eframe::egui::Pos2; 2] {
    let frame = canvas.place.transform.frame();
    let y = canvas.place.y(value).round() + 0.5;
    [pos2(frame.left(), y), pos2(frame.right(), y)]
}
