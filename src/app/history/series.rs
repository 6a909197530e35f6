//! One figure over time with a pyramid of minima and maxima over it, so that a plot of any length costs what it shows and
//! an extreme of a single step is never lost.

use std::ops::Range;

/// Entries of a level that one entry of the next level covers.
const FACTOR: usize = 8;

/// Equally spaced samples: sample `i` is the value after step `i`.
#[derive(Clone, Debug, Default)]
pub struct Series {
    values: Vec<f64>,
    /// Level `k` holds the lowest and highest value of every complete group of `FACTOR^(k + 1)` samples.
    levels: Vec<Vec<Extent>>,
}

/// The lowest and the highest of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Extent {
    /// Holds nothing; the neutral element of [`Self::union`].
    pub const EMPTY: Self = Self {
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
    };

    /// Exactly one value.
    pub const fn of(value: f64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// Whether no value has gone in.
    pub fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// What covers both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// The extent of the samples of one bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Place of its middle on the step axis.
    pub middle: f64,
    /// Its lowest and highest value.
    pub extent: Extent,
}

impl Series {
    /// Appends a sample.
    pub fn push(&mut self, value: f64) {
        self.values.push(value);
        let mut group = FACTOR;
        let mut level = 0;
        while self.values.len().is_multiple_of(group) {
            let extent = self.last_group(level);
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(extent);
            level += 1;
            group *= FACTOR;
        }
    }

    fn last_group(&self, level: usize) -> Extent {
        if level == 0 {
            extent_of(&self.values[self.values.len() - FACTOR..])
        } else {
            let below = &self.levels[level - 1];
            below[below.len() - FACTOR..]
                .iter()
                .fold(Extent::EMPTY, |all, one| all.union(*one))
        }
    }

    /// Number of samples.
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no sample.
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value after a step, if that step has been recorded.
    pub fn at(&self, step: usize) -> Option<f64> {
        self.values.get(step).copied()
    }

    /// The newest value.
    pub fn last(&self) -> Option<f64> {
        self.values.last().copied()
    }

    /// All samples.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The lowest and highest value of the samples in `range`, as far as they exist. O(log n).
    pub fn extent(&self, range: Range<usize>) -> Extent {
        let (mut from, mut to) = (range.start, range.end.min(self.values.len()));
        if from >= to {
            return Extent::EMPTY;
        }
        let mut extent = Extent::EMPTY;
        // Climb: take what does not fill whole groups at either end, then go on with the groups in between.
        let mut below: Option<usize> = None;
        loop {
            let inner_from = from.next_multiple_of(FACTOR);
            let inner_to = to / FACTOR * FACTOR;
            let next = below.map_or(0, |level| level + 1);
            if inner_from >= inner_to || next >= self.levels.len() {
                return extent.union(self.extent_at(below, from..to));
            }
            extent = extent.union(self.extent_at(below, from..inner_from));
            extent = extent.union(self.extent_at(below, inner_to..to));
            (from, to) = (inner_from / FACTOR, inner_to / FACTOR);
            below = Some(next);
        }
    }

    fn extent_at(&self, level: Option<usize>, range: Range<usize>) -> Extent {
        match level {
            None => extent_of(&self.values[range]),
            Some(level) => self.levels[level][range]
                .iter()
                .fold(Extent::EMPTY, |all, one| all.union(*one)),
        }
    }

    /// Cuts the samples of `range` into buckets of `steps` samples (best a power of two) and appends their extents to `out`.
    /// The buckets are aligned to multiples of `steps`, so that they stay the same while the view moves.
    pub fn decimate(&self, range: Range<usize>, steps: usize, out: &mut Vec<Bucket>) {
        let steps = steps.max(1);
        let end = range.end.min(self.values.len());
        if steps == 1 {
            let from = range.start.min(end);
            out.extend(self.values[from..end].iter().enumerate().map(|(offset, value)| Bucket {
                middle: (from + offset) as f64,
                extent: Extent::of(*value),
            }));
            return;
        }
        let mut from = range.start / steps * steps;
        // Whole buckets straight from the level whose groups they are made of.
        if let Some((groups, size)) = self.level_within(steps) {
            let per_bucket = steps / size;
            let whole = groups
                .get(from / size..end / size)
                .unwrap_or(&[])
                .chunks_exact(per_bucket);
            for bucket in whole {
                let extent = bucket.iter().fold(Extent::EMPTY, |all, one| all.union(*one));
                out.push(Bucket {
                    middle: from as f64 + (steps - 1) as f64 / 2.0,
                    extent,
                });
                from += steps;
            }
        }
        while from < end {
            let to = (from + steps).min(end);
            out.push(Bucket {
                middle: (from + to - 1) as f64 / 2.0,
                extent: self.extent(from..to),
            });
            from += steps;
        }
    }

    /// The coarsest level whose groups fill buckets of `steps` samples exactly, and the samples of such a group.
    fn level_within(&self, steps: usize) -> Option<(&[Extent], usize)> {
        let sizes = (1..).map(|power| FACTOR.pow(power));
        self.levels
            .iter()
            .map(Vec::as_slice)
            .zip(sizes)
            .take_while(|(_, size)| steps.is_multiple_of(*size))
            .last()
    }

    /// The steps of the lowest and of the highest value in `range`, earlier one first; none if nothing is recorded there.
    pub fn extreme_steps(&self, range: Range<usize>) -> Option<(usize, usize)> {
        let range = range.start..range.end.min(self.values.len());
        let extent = self.extent(range.clone());
        if extent.is_empty() {
            return None;
        }
        let low = self.find(range.clone(), |part| part.low <= extent.low)?;
        let high = self.find(range, |part| part.high >= extent.high)?;
        Some((low.min(high), low.max(high)))
    }

    /// The first step in `range` that satisfies a condition which holds for a group whenever it holds for a member.
    fn find(&self, range: Range<usize>, wanted: impl Fn(Extent) -> bool) -> Option<usize> {
        let mut step = range.start;
        while step < range.end {
            let mut skip = 1;
            for (level, groups) in self.levels.iter().enumerate() {
                let size = FACTOR.pow(level as u32 + 1);
                let fits = step.is_multiple_of(size) && step + size <= range.end;
                match groups.get(step / size) {
                    Some(group) if fits && !wanted(*group) => skip = size,
                    _ => break,
                }
            }
            if skip == 1 && wanted(Extent::of(self.values[step])) {
                return Some(step);
            }
            step += skip;
        }
        None
    }
}

fn extent_of(values: &[f64]) -> Extent {
    values
        .iter()
        .fold(Extent::EMPTY, |all, value| all.union(Extent::of(*value)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::FileFailurePersistence;

    use super::*;

    fn filled(values: &[f64]) -> Series {
        let mut series = Series::default();
        for value in values {
            series.push(*value);
        }
        series
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
            ..ProptestConfig::default()
        })]

        #[test]
        fn extents_agree_with_brute_force(
            values in prop::collection::vec(-1e6..1e6_f64, 0..1500),
            from in 0_usize..1600,
            length in 0_usize..1600,
        ) {
            let series = filled(&values);
            let end = (from + length).min(values.len());
            let expected = extent_of(values.get(from..end).unwrap_or(&[]));
            prop_assert_eq!(series.extent(from..from + length), expected);
        }

        #[test]
        fn extreme_steps_agree_with_brute_force(
            values in prop::collection::vec(-20_i8..20, 1..900),
            from in 0_usize..900,
            length in 1_usize..900,
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let series = filled(&values);
            let end = (from + length).min(values.len());
            let part = values.get(from..end).unwrap_or(&[]);
            let extent = extent_of(part);
            let first = |sought: f64| part.iter().position(|value| *value == sought).map(|at| at + from);
            let expected = first(extent.low).zip(first(extent.high)).map(|(a, b)| (a.min(b), a.max(b)));
            prop_assert_eq!(series.extreme_steps(from..from + length), expected);
        }

        #[test]
        fn buckets_cover_every_sample_once(
            values in prop::collection::vec(-1e6..1e6_f64, 1..1200),
            power in 0_u32..9,
            from in 0_usize..1200,
        ) {
            let series = filled(&values);
            let steps = 1_usize << power;
            let mut buckets = Vec::new();
            series.decimate(from..values.len(), steps, &mut buckets);
            let start = from / steps * steps;
            let expected: Vec<Extent> = values.get(start..).unwrap_or(&[]).chunks(steps).map(extent_of).collect();
            prop_assert_eq!(buckets.iter().map(|bucket| bucket.extent).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_wick_of_one_step_survives_any_zoom() {
        let mut values = vec![100.0; 216_000];
        values[123_457] = 60.0;
        let series = filled(&values);
        for power in 0..18 {
            let mut buckets = Vec::new();
            series.decimate(0..values.len(), 1 << power, &mut buckets);
            let lowest = buckets
                .iter()
                .fold(Extent::EMPTY, |all, bucket| all.union(bucket.extent));
            assert_eq!(lowest, Extent { low: 60.0, high: 100.0 }, "buckets of 2^{power}");
        }
        assert_eq!(series.extreme_steps(100_000..200_000), Some((100_000, 123_457)));
    }
}
