//! What the price really did, on the price plot: the last price of every bar of the record as a line, and its lowest and highest
//! around it.

use std::ops::Range;

use eframe::egui::{Rangef, pos2};

use super::canvas::{Canvas, Viewport};
use super::legend::LegendEntry;
use super::price::{Part, PriceAxis};
use crate::palette::Palette;
use cascade_analysis::observed::AmongSeeds;
use cascade_app::PlotId;
use cascade_app::history::{Extent, Figure, History};
use cascade_scenario::{Observed, ObservedBar, format};

/// What the list of plots says of it.
pub(crate) const PART: Part = Part {
    id: PlotId("What really came"),
    at_first: true,
    exists: |_| true,
};

/// Opacity of what lies between the lowest and the highest price of a bar.
const OPACITY: f32 = 0.3;
/// Width of the line.
const WIDTH: f32 = 1.8;

/// What really came, as the price plot draws it.
#[derive(Clone, Copy)]
pub struct Came<'a> {
    /// The bars.
    pub observed: &'a Observed,
    /// Seconds of a step of the run.
    pub step_seconds: f64,
    /// How it lies among the seeds of the fan, as far as the run has come.
    pub among_seeds: Option<AmongSeeds>,
}

impl Came<'_> {
    /// Where a bar begins and ends, in steps.
    fn steps(&self, bar: &ObservedBar) -> Range<f64> {
        let begin = (bar.seconds - self.observed.interval_seconds).max(0.0);
        begin / self.step_seconds..bar.seconds / self.step_seconds
    }

    /// By what its prices are multiplied: where the axis tells per cent, so that it begins where the run does.
    pub(crate) fn factor(&self, present: &History, percent: bool) -> f64 {
        match (present.figure(Figure::Spot).at(0), self.observed.bars.first()) {
            (Some(start), Some(beginning)) if percent => start / beginning.close,
            _ => 1.0,
        }
    }

    /// The prices of the bars that are in a stretch of steps, in part or as a whole.
    fn extent(&self, from: f64, to: f64) -> Extent {
        let bars = &self.observed.bars;
        let first = bars.partition_point(|bar| self.steps(bar).end < from);
        let seen = bars[first..].iter().take_while(|bar| self.steps(bar).start <= to);
        seen.fold(Extent::EMPTY, |all, bar| {
            all.union(Extent {
                low: bar.low,
                high: bar.high,
            })
        })
    }

    /// The prices that belong into view: of what the run, or the fan, has come to. What comes later does not flatten them.
    pub(crate) fn range(&self, view: &Range<usize>, reached: usize, factor: f64) -> Extent {
        let end = view.end.min(reached);
        if view.start >= end {
            return Extent::EMPTY;
        }
        let Extent { low, high } = self.extent(view.start as f64, end as f64);
        Extent {
            low: factor * low,
            high: factor * high,
        }
    }

    /// How far up and down it goes in a strip of the plot, if it is there; prices are multiplied by a factor.
    pub(crate) fn heights(&self, place: &Viewport, across: Rangef, factor: f64) -> Option<(f32, f32)> {
        let [from, to] = [across.min, across.max].map(|x| place.step(x) as f64);
        let extent = self.extent(from, to + 1.0);
        (!extent.is_empty()).then(|| (place.y(factor * extent.high), place.y(factor * extent.low)))
    }

    /// Draws it, each price times a factor; nothing where bars are missing.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, factor: f64, palette: &Palette) {
        let place = canvas.place;
        for bars in self.observed.stretches() {
            let bands = bars.iter().flat_map(|bar| {
                let steps = self.steps(bar);
                [steps.start, steps.end].map(|step| (step, factor * bar.low, factor * bar.high))
            });
            canvas.area(bands, palette.observed.gamma_multiply(OPACITY));
            let ends: Vec<_> = bars
                .iter()
                .map(|bar| pos2(place.x(self.steps(bar).end), place.y(factor * bar.close)))
                .collect();
            canvas.polyline(&ends, palette.observed, WIDTH);
        }
    }

    /// What the legend says of it at a step.
    pub(crate) fn entry(&self, step: usize, percent: bool, palette: &Palette) -> LegendEntry {
        let value = self.observed.at(step as f64 * self.step_seconds);
        let mut text = value.map_or_else(|| "–".to_owned(), format::price);
        if let (Some(value), Some(beginning), true) = (value, self.observed.bars.first(), percent) {
            text = format!("{text} ({})", PriceAxis::Percent(beginning.close).text(value));
        }
        let words = "The price of the record after the moment that the run begins with: the last price of every bar as a line, the lowest \
                     and highest around it. The run does not read it.";
        let words = self
            .among_seeds
            .map_or_else(|| words.to_owned(), |among| format!("{words}\n{}", among.words()));
        LegendEntry::line("what really came", text, palette.observed).explained(words)
    }
}
