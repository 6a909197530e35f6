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

#[cfg(test)]
mod tests {
    use eframe::egui::{Color32, Rect, Shape};
    use egui_plot::{PlotBounds, PlotTransform};

    use super::*;
    use crate::plots::canvas::Buffers;

    /// Minutes 0 to 10 at 100, then a fall to 50; of these minutes 4 to 6 are missing.
    fn observed() -> Observed {
        let known = (0..=20).filter(|minute| !(4..=6).contains(minute));
        let bars = known.map(|minute| {
            let close = if minute > 10 { 50.0 } else { 100.0 };
            ObservedBar {
                seconds: 60.0 * f64::from(minute),
                low: close - 1.0,
                high: close + 2.0,
                close,
            }
        });
        Observed {
            interval_seconds: 60.0,
            bars: bars.collect::<Vec<_>>().into(),
        }
    }

    fn came(observed: &Observed) -> Came<'_> {
        Came {
            observed,
            step_seconds: 10.0,
            among_seeds: None,
        }
    }

    /// A fall that the run has not come to yet does not flatten it.
    #[test]
    fn it_belongs_into_view_as_far_as_the_run_has_come() {
        let observed = observed();
        let came = came(&observed);
        let view = 0..420;
        assert!(came.range(&view, 0, 1.0).is_empty());
        let Extent { low, high } = came.range(&view, 59, 1.0);
        assert_eq!((low, high), (99.0, 102.0));
        let Extent { low, high } = came.range(&view, 70, 2.0);
        assert_eq!((low, high), (98.0, 204.0));
        // What lies before the view or in the gap is not in it.
        let Extent { low, high } = came.range(&(70..420), 420, 1.0);
        assert_eq!((low, high), (49.0, 52.0));
        assert!(came.range(&(20..35), 420, 1.0).is_empty());
        assert!(came.range(&(121..420), 420, 1.0).is_empty());
    }

    #[test]
    fn nothing_is_drawn_where_bars_are_missing() {
        let observed = observed();
        let frame = Rect::from_min_max(pos2(0.0, 0.0), pos2(1200.0, 300.0));
        let bounds = PlotBounds::from_min_max([0.0, 0.0], [1200.0, 120.0]);
        let place = Viewport::new(PlotTransform::new(frame, bounds, false), &(0.0..1200.0), 10.0, 0);
        let mut buffers = Buffers::default();
        let mut canvas = Canvas::new(&place, &mut buffers);
        came(&observed).draw(&mut canvas, 1.0, &Palette::dark());
        let Shape::Mesh(mesh) = canvas.finish() else { panic!() };
        let drawn = |from: f32, to: f32| {
            let corners = mesh.indices.iter().map(|index| &mesh.vertices[*index as usize]);
            let seen = corners.filter(|vertex| vertex.color != Color32::TRANSPARENT);
            seen.map(|vertex| vertex.pos.x)
                .filter(|x| (from..to).contains(x))
                .count()
        };
        assert!(drawn(0.0, 182.0) > 0 && drawn(358.0, 1201.0) > 0);
        assert_eq!(drawn(183.0, 357.0), 0);
        let across = mesh.indices.chunks(3).any(|corners| {
            let xs = corners.iter().map(|index| mesh.vertices[*index as usize].pos.x);
            let (low, high) = xs.fold((f32::MAX, f32::MIN), |(low, high), x| (low.min(x), high.max(x)));
            low < 190.0 && high > 350.0
        });
        assert!(!across, "a triangle spans the gap");
        let strip = |from, to| came(&observed).heights(&place, Rangef::new(from, to), 1.0);
        assert_eq!(strip(200.0, 340.0), None);
        assert_eq!(strip(0.0, 100.0), Some((place.y(102.0), place.y(99.0))));
    }

    #[test]
    fn the_legend_tells_the_price_of_then_or_that_none_is_known() {
        let observed = observed();
        let palette = Palette::dark();
        for (step, percent, text) in [
            (0, false, "100"),
            (66, false, "50"),
            (66, true, "50 (−50.0 %)"),
            (30, true, "–"),
            (9_999, false, "–"),
        ] {
            assert_eq!(came(&observed).entry(step, percent, &palette).value, text, "{step}");
        }
    }
}
