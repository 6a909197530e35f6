//! Who moved the price: the attribution of its path, stacked by source.

use super::prelude::*;
use cascade_app::history::Series;
use cascade_engine::Source;

/// The plot.
pub(super) struct Attribution;

impl Plot for Attribution {
    fn about(&self) -> About {
        About {
            id: PlotId("Why it moved"),
            name: "Attribution plot",
            title: "Why it moved",
            unit: "%",
            rank: 10,
            weight: 1.2,
            at_first: true,
            logarithmic: false,
        }
    }

    fn range(&self, history: &History, steps: &Range<usize>) -> Extent {
        let total = extent(history, steps, &[Figure::Attributed]);
        let all = Source::ALL.iter().fold(total, |all, source| {
            all.union(history.by_source(*source).extent(steps.clone()))
        });
        all.union(Extent { low: -1.0, high: 0.5 })
    }

    fn tick(&self, value: f64) -> String {
        format!("{} %", format::digits(value, 3))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scene: &Scene<'_>, _full_bar: f64) -> Vec<Shape> {
        let (history, palette) = (scene.history, scene.palette);
        stack(canvas, history, palette);
        line(canvas, history, Figure::Attributed, palette.spot, 1.4);
        vec![level(canvas, 0.0, palette.outline)]
    }

    fn entries(&self, scene: &Scene<'_>) -> Vec<LegendEntry> {
        let total = scene.entry(Figure::Attributed, scene.palette.spot, per_cent);
        let mut entries = vec![total.called("together")];
        let largest = |source: &Source| {
            let part = scene.history.by_source(*source).extent(0..usize::MAX);
            part.high.max(-part.low)
        };
        // Those that did most come first: there may not be room for all.
        let mut moved: Vec<_> = Source::ALL
            .iter()
            .map(|source| (largest(source), source))
            .filter(|(most, _)| *most > 0.0)
            .collect();
        moved.sort_by(|a, b| b.0.total_cmp(&a.0));
        entries.extend(moved.into_iter().map(|(_, source)| {
            let value = scene.history.by_source(*source).at(scene.step).unwrap_or(f64::NAN);
            LegendEntry::line(source.label(), per_cent(value), scene.palette.source(*source)).block()
        }));
        entries
    }

    fn pinned(&self) -> Pinned {
        Pinned::of(&[Figure::Attributed], per_cent)
    }
}

fn per_cent(value: f64) -> String {
    format::percent(value / 100.0, 2)
}

/// The sources on top of one another: upward parts above zero, downward parts below. A bucket is sampled where the total is
/// lowest and highest, so that the stack at an extreme is exact.
fn stack(canvas: &mut Canvas<'_>, history: &History, palette: &Palette) {
    let place = canvas.place;
    let total = history.figure(Figure::Attributed);
    let mut steps = Vec::new();
    let mut from = place.steps.start / place.bucket * place.bucket;
    while from < place.steps.end {
        match total.extreme_steps(from..from + place.bucket) {
            Some((first, second)) if first != second => steps.extend([first, second]),
            Some((only, _)) => steps.push(only),
            None => {}
        }
        from += place.bucket;
    }
    let sources: Vec<&Series> = Source::ALL.iter().map(|source| history.by_source(*source)).collect();
    for (index, source) in Source::ALL.iter().enumerate() {
        let slices = steps.iter().map(|step| {
            let part = |at: usize| sources[at].at(*step).unwrap_or(0.0);
            let own = part(index);
            let base: f64 = (0..index).map(part).filter(|other| (*other < 0.0) == (own < 0.0)).sum();
            (*step as f64, base, base + own)
        });
        canvas.area(slices, palette.source(*source).gamma_multiply(0.8));
    }
}
