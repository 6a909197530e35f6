//! The ensemble fan on the price plot: where the price would be with other random numbers, the middle half of the runs, nine
//! tenths of them, and their median.

use std::ops::Range;

use eframe::egui::{Rangef, Rect, pos2};

use super::canvas::{Canvas, Viewport};
use super::legend::LegendEntry;
use super::price::Part;
use crate::palette::Palette;
use cascade_analysis::ensemble::Fan;
use cascade_analysis::statistics::SHARES;
use cascade_app::PlotId;
use cascade_app::history::Extent;
use cascade_scenario::format;

/// What the list of plots says of it.
pub(crate) const PART: Part = Part {
    id: PlotId("Ensemble fan"),
    at_first: true,
    exists: |_| true,
};

/// Place of the median among the quantiles.
const MEDIAN: usize = SHARES.len() / 2;
/// Opacity of nine tenths and of the half.
const OPACITY: [f32; 2] = [0.13, 0.2];

/// The moments of a fan that fall in a stretch of steps, and one more on either side.
fn moments(fan: &Fan, steps: &Range<usize>) -> Range<usize> {
    let every = fan.every as usize;
    let end = (steps.end / every + 2).min(fan.quantiles.len());
    (steps.start / every).saturating_sub(1).min(end)..end
}

/// The prices that the middle half of the runs covers in a stretch of steps: what few runs do is not to flatten the one that is
/// shown.
pub(crate) fn range(fan: &Fan, steps: &Range<usize>) -> Extent {
    let half = |quantiles: &[f64; SHARES.len()]| Extent {
        low: quantiles[MEDIAN - 1],
        high: quantiles[MEDIAN + 1],
    };
    let moments = fan.quantiles[moments(fan, steps)].iter();
    moments.map(half).fold(Extent::EMPTY, Extent::union)
}

/// Whether its middle half is somewhere in a rectangle.
pub(crate) fn reaches(fan: &Fan, place: &Viewport, rect: Rect) -> bool {
    heights(fan, place, rect.x_range()).is_some_and(|(high, low)| Rangef::new(high, low).intersects(rect.y_range()))
}

/// How far up and down it goes in a strip of the plot, if it is there.
pub(crate) fn heights(fan: &Fan, place: &Viewport, across: Rangef) -> Option<(f32, f32)> {
    let half = range(fan, &(place.step(across.min)..place.step(across.max) + 1));
    (!half.is_empty()).then(|| (place.y(half.high), place.y(half.low)))
}

/// Draws it; `steps` reach as far as the view does.
pub(crate) fn draw(canvas: &mut Canvas<'_>, fan: &Fan, steps: &Range<usize>, palette: &Palette) {
    let moments = moments(fan, steps);
    let place = canvas.place;
    let step = |moment: usize| (moment * fan.every as usize) as f64;
    for (outer, opacity) in OPACITY.into_iter().enumerate() {
        let slices = moments.clone().map(|moment| {
            let quantiles = &fan.quantiles[moment];
            (step(moment), quantiles[outer], quantiles[SHARES.len() - 1 - outer])
        });
        canvas.area(slices, palette.counterparty.gamma_multiply(opacity));
    }
    let median: Vec<_> = moments
        .map(|moment| pos2(place.x(step(moment)), place.y(fan.quantiles[moment][MEDIAN])))
        .collect();
    canvas.polyline(&median, palette.counterparty, 1.2);
}

/// What the legend says of it at a step.
pub(crate) fn entry(fan: &Fan, step: usize, palette: &Palette) -> Option<LegendEntry> {
    let median = fan.at(step)?[MEDIAN];
    let label = format!("median of {} seeds", fan.runs);
    Some(LegendEntry::line(label, format::price(median), palette.counterparty))
}
