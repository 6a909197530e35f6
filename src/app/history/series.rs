//! One figure over time with a pyramid of minima and maxima over it, so that a plot of any length costs what it shows and
//! an extreme of a single step is never lost.

use std::ops::Range;

/// Entries of a level that one entry of the next level covers.
const FACTOR: usize = 8;

/// Samples, and entries of a level, that are kept at least; what is older is known from the next coarser level only.
pub const EXACT_STEPS: usize = 1 << 15;
/// Entries that are dropped at a time.
const DROPPED: usize = FACTOR.pow(4);

/// Equally spaced samples: sample `i` is the value after step `i`.
///
/// Memory is bounded: the newest 32,768 samples are exact (256 kB); of older ones the extents of groups of 8 are known, of the
/// oldest among those the extents of groups of 64, and so on (512 kB a level, one more level for every factor of 8). As long as
/// all samples are the same, as those of a mechanism that is off, they take no memory at all.
#[derive(Clone, Debug)]
pub struct Series {
    len: usize,
    kept: usize,
    /// The value of all samples, where they have only one; nothing else is kept then.
    only: Option<f64>,
    values: Dropping<f64>,
    /// Level `k` holds the lowest and highest value of every complete group of `FACTOR^(k + 1)` samples.
    levels: Vec<Dropping<Extent>>,
}

impl Default for Series {
    fn default() -> Self {
        Self::keeping(EXACT_STEPS)
    }
}

/// A list that has forgotten its first entries.
#[derive(Clone, Debug)]
struct Dropping<T> {
    /// Number of entries forgotten.
    first: usize,
    entries: Vec<T>,
}

impl<T> Default for Dropping<T> {
    fn default() -> Self {
        Self {
            first: 0,
            entries: Vec::new(),
        }
    }
}

impl<T> Dropping<T> {
    fn get(&self, at: usize) -> Option<&T> {
        self.entries.get(at.checked_sub(self.first)?)
    }

    /// The entries of a range that starts with one that is kept, if there are all of them.
    fn part(&self, range: Range<usize>) -> &[T] {
        let kept = range.start - self.first..range.end.max(range.start) - self.first;
        self.entries.get(kept).unwrap_or_default()
    }

    fn last(&self, count: usize) -> &[T] {
        &self.entries[self.entries.len() - count..]
    }

    /// As so many equal entries would have left it.
    fn fill(&mut self, entry: T, count: usize, kept: usize)
    where
        T: Clone,
    {
        let over = count.saturating_sub(kept);
        self.first = over / DROPPED * DROPPED;
        self.entries = vec![entry; count - self.first];
    }

    fn push(&mut self, entry: T, kept: usize) {
        if self.entries.len() == self.entries.capacity() {
            // By a quarter and not by as much again: there are hundreds of lists, none of which is asked for in a hurry.
            self.entries.reserve_exact(self.entries.len() / 4 + FACTOR);
        }
        self.entries.push(entry);
        if self.entries.len() >= kept + DROPPED {
            self.entries.drain(..DROPPED);
            self.first += DROPPED;
        }
    }

    /// Keeps the entries before `end`, or begins anew there if those are forgotten.
    fn truncate(&mut self, end: usize) {
        if let Some(left) = end.checked_sub(self.first) {
            self.entries.truncate(left);
        } else {
            self.entries.clear();
            self.first = end;
        }
    }
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
    fn keeping(kept: usize) -> Self {
        Self {
            len: 0,
            kept,
            only: None,
            values: Dropping::default(),
            levels: Vec::new(),
        }
    }

    /// Appends a sample.
    pub fn push(&mut self, value: f64) {
        match self.only {
            Some(only) if only.to_bits() == value.to_bits() => self.len += 1,
            None if self.len == 0 => {
                *self = Self {
                    only: Some(value),
                    len: 1,
                    ..Self::keeping(self.kept)
                };
            }
            _ => self.push_kept(value),
        }
    }

    /// Keeps every sample from now on, as if it had always been so.
    fn unfold(&mut self, only: f64) {
        let group = extent_of(&[only]);
        self.values.fill(only, self.len, self.kept);
        let mut groups = self.len / FACTOR;
        while groups > 0 {
            let mut level = Dropping::default();
            level.fill(group, groups, self.kept);
            self.levels.push(level);
            groups /= FACTOR;
        }
    }

    fn push_kept(&mut self, value: f64) {
        if let Some(only) = self.only.take() {
            self.unfold(only);
        }
        self.values.push(value, self.kept);
        self.len += 1;
        let mut group = FACTOR;
        let mut level = 0;
        while self.len.is_multiple_of(group) {
            let extent = self.last_group(level);
            if level == self.levels.len() {
                self.levels.push(Dropping::default());
            }
            self.levels[level].push(extent, self.kept);
            level += 1;
            group *= FACTOR;
        }
    }

    fn last_group(&self, level: usize) -> Extent {
        if level == 0 {
            extent_of(self.values.last(FACTOR))
        } else {
            let below = self.levels[level - 1].last(FACTOR);
            below.iter().fold(Extent::EMPTY, |all, one| all.union(*one))
        }
    }

    /// Forgets all samples from step `len` on. Where the ones before it are not known exactly any more, what is known of
    /// them takes their place.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        if self.only.is_some() {
            self.len = len;
            self.only = self.only.filter(|_| len > 0);
            return;
        }
        let (_, group) = self.finest(len.saturating_sub(1));
        let whole = len / group * group;
        let rest: Vec<f64> = (whole..len).filter_map(|step| self.at(step)).collect();
        self.len = whole;
        self.values.truncate(whole);
        let mut size = 1;
        for level in &mut self.levels {
            size *= FACTOR;
            level.truncate(whole / size);
        }
        for value in rest {
            self.push(value);
        }
    }

    /// What is known best of a step: its value or the extent of its group, and the size of that group.
    fn finest(&self, step: usize) -> (Extent, usize) {
        if let Some(only) = self.only {
            let known = if step < self.len {
                Extent::of(only)
            } else {
                Extent::EMPTY
            };
            return (known, 1);
        }
        if let Some(value) = self.values.get(step) {
            return (Extent::of(*value), 1);
        }
        let mut size = 1;
        for level in &self.levels {
            size *= FACTOR;
            if let Some(extent) = level.get(step / size) {
                return (*extent, size);
            }
        }
        (Extent::EMPTY, 1)
    }

    /// Number of samples.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no sample.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value after a step, if that step has been recorded. Of a step too old to be known exactly: the middle between the
    /// lowest and the highest value of its group.
    pub fn at(&self, step: usize) -> Option<f64> {
        let (extent, _) = self.finest(step);
        (!extent.is_empty()).then(|| f64::midpoint(extent.low, extent.high))
    }

    /// The first step whose value is still known exactly.
    pub const fn exact_from(&self) -> usize {
        self.values.first
    }

    /// Memory that the samples take, in bytes.
    pub fn bytes(&self) -> usize {
        let groups: usize = self.levels.iter().map(|level| level.entries.capacity()).sum();
        self.values.entries.capacity() * size_of::<f64>() + groups * size_of::<Extent>()
    }

    /// The newest value.
    pub fn last(&self) -> Option<f64> {
        self.only.or_else(|| self.values.entries.last().copied())
    }

    /// The lowest and highest value of the samples in `range`, as far as they exist. O(log n).
    pub fn extent(&self, range: Range<usize>) -> Extent {
        let (mut from, mut to) = (range.start, range.end.min(self.len));
        if from >= to {
            return Extent::EMPTY;
        }
        if let Some(only) = self.only {
            return extent_of(&[only]);
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

    /// The extent of some entries of a level; those that are forgotten are read from the next level, in whole groups.
    fn extent_at(&self, level: Option<usize>, range: Range<usize>) -> Extent {
        if range.is_empty() {
            return Extent::EMPTY;
        }
        let first = level.map_or(self.values.first, |level| self.levels[level].first);
        let next = level.map_or(0, |level| level + 1);
        let mut extent = Extent::EMPTY;
        if range.start < first && next < self.levels.len() {
            let end = range.end.min(first);
            extent = self.extent_at(Some(next), range.start / FACTOR..end.div_ceil(FACTOR));
        }
        let own = range.start.max(first)..range.end.max(first);
        extent.union(match level {
            None => extent_of(self.values.part(own)),
            Some(level) => {
                let groups = self.levels[level].part(own).iter();
                groups.fold(Extent::EMPTY, |all, one| all.union(*one))
            }
        })
    }

    /// Cuts the samples of `range` into buckets of `steps` samples (best a power of two) and appends their extents to `out`.
    /// The buckets are aligned to multiples of `steps`, so that they stay the same while the view moves.
    pub fn decimate(&self, range: Range<usize>, steps: usize, out: &mut Vec<Bucket>) {
        let steps = steps.max(1);
        let end = range.end.min(self.len);
        if steps == 1 {
            let from = range.start.min(end);
            out.extend((from..end).map(|step| Bucket {
                middle: step as f64,
                extent: self.finest(step).0,
            }));
            return;
        }
        let mut from = range.start / steps * steps;
        // Whole buckets straight from the level whose groups they are made of.
        if let Some((groups, size)) = self
            .level_within(steps)
            .filter(|(groups, size)| groups.first <= from / size)
        {
            let per_bucket = steps / size;
            let whole = groups.part(from / size..end / size);
            for bucket in whole.chunks_exact(per_bucket) {
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
    fn level_within(&self, steps: usize) -> Option<(&Dropping<Extent>, usize)> {
        let sizes = (1..).map(|power| FACTOR.pow(power));
        self.levels
            .iter()
            .zip(sizes)
            .take_while(|(_, size)| steps.is_multiple_of(*size))
            .last()
    }

    /// The steps of the lowest and of the highest value in `range`, earlier one first; none if nothing is recorded there.
    pub fn extreme_steps(&self, range: Range<usize>) -> Option<(usize, usize)> {
        let range = range.start..range.end.min(self.len);
        let extent = self.extent(range.clone());
        if extent.is_empty() {
            return None;
        }
        let low = self.find(range.clone(), |part| part.low <= extent.low)?;
        let high = self.find(range, |part| part.high >= extent.high)?;
        Some((low.min(high), low.max(high)))
    }

    /// The first step in `range` whose value is at least this high.
    pub fn first_at_least(&self, range: Range<usize>, value: f64) -> Option<usize> {
        self.find(range, |part| part.high >= value)
    }

    /// The first step in `range` that satisfies a condition which holds for a group whenever it holds for a member. Of a step
    /// that is only known with its group: the first of those in `range`.
    fn find(&self, range: Range<usize>, wanted: impl Fn(Extent) -> bool) -> Option<usize> {
        if let Some(only) = self.only {
            let found = !range.is_empty() && range.start < self.len && wanted(Extent::of(only));
            return found.then_some(range.start);
        }
        let mut step = range.start;
        while step < range.end {
            let (extent, known) = self.finest(step);
            if wanted(extent) {
                return Some(step);
            }
            let mut end = (step / known + 1) * known;
            for (level, groups) in self.levels.iter().enumerate() {
                let size = FACTOR.pow(level as u32 + 1);
                if size <= known {
                    continue;
                }
                let fits = step.is_multiple_of(size) && step + size <= range.end;
                match groups.get(step / size) {
                    Some(group) if fits && !wanted(*group) => end = step + size,
                    _ => break,
                }
            }
            step = end;
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

    /// Old samples are known from their groups: nothing is lost, nothing is made up, and memory stays bounded.
    #[test]
    fn beyond_the_bound_old_samples_are_known_by_their_extent() {
        let (kept, count) = (FACTOR.pow(4), 60_000_usize);
        let value = |step: usize| ((step * 7919) % 10_007) as f64 + step as f64;
        let mut series = Series::keeping(kept);
        for step in 0..count {
            series.push(value(step));
        }
        let held: usize = series.levels.iter().map(|level| level.entries.len()).sum();
        assert!(series.values.entries.len() < kept + DROPPED && held < 3 * (kept + DROPPED));
        assert!(series.exact_from() > 40_000 && series.len() == count);
        for step in (0..count).step_by(13) {
            let (extent, group) = series.finest(step);
            let from = step / group * group;
            let truth: Vec<f64> = (from..from + group).map(value).collect();
            assert_eq!(extent, extent_of(&truth), "step {step}, group of {group}");
            assert_eq!(group == 1, step >= series.exact_from());
        }
        let truth: Vec<f64> = (0..count).map(value).collect();
        assert_eq!(series.extent(0..count), extent_of(&truth));
        // Groups at the ends of a range count whole.
        let part = series.extent(1001..30_003);
        let inner = extent_of(&truth[1001..30_003]);
        let outer = extent_of(&truth[960..30_016]);
        assert!(part.low <= inner.low && part.low >= outer.low && part.high >= inner.high && part.high <= outer.high);
        for steps in [1, 8, 64, 4096] {
            let mut buckets = Vec::new();
            series.decimate(0..count, steps, &mut buckets);
            assert_eq!(buckets.len(), count.div_ceil(steps));
            for (bucket, truth) in buckets.iter().zip(truth.chunks(steps)) {
                let truth = extent_of(truth);
                assert!(bucket.extent.low <= truth.low && bucket.extent.high >= truth.high);
            }
        }
        let (first, second) = series.extreme_steps(0..count).unwrap();
        assert!(first < 64 && second > 50_000, "{first} {second}");
    }

    /// Samples that are all the same take no memory, and nobody sees that they are kept in another way.
    #[test]
    fn equal_samples_cost_nothing_and_unfold_into_what_would_have_been_kept() {
        let kept = FACTOR.pow(4);
        for count in [1, 7, 8, 63, 4_096, 8_191, 8_192, 8_193, 30_001] {
            for value in [0.0, -3.5, f64::NAN] {
                let (mut series, mut plain) = (Series::keeping(kept), Series::keeping(kept));
                for _ in 0..count {
                    series.push(value);
                    plain.push_kept(value);
                }
                assert_eq!((series.bytes(), series.len()), (0, count));
                let same = |one: Option<f64>, other: Option<f64>| one.map(f64::to_bits) == other.map(f64::to_bits);
                assert!(same(series.last(), plain.last()) && same(series.at(count - 1), plain.at(count - 1)));
                assert_eq!(series.at(count), None);
                assert_eq!(series.extent(0..count + 5), plain.extent(0..count + 5));
                assert_eq!(series.extreme_steps(0..count), plain.extreme_steps(0..count));
                series.push(9.0);
                plain.push_kept(9.0);
                assert_eq!(series.values.first, plain.values.first);
                assert_eq!(series.len(), plain.len());
                let bits =
                    |series: &Series| -> Vec<u64> { series.values.entries.iter().map(|v| v.to_bits()).collect() };
                assert_eq!(bits(&series), bits(&plain));
                let levels = |series: &Series| -> Vec<(usize, Vec<Extent>)> {
                    series
                        .levels
                        .iter()
                        .map(|level| (level.first, level.entries.clone()))
                        .collect()
                };
                assert_eq!(levels(&series), levels(&plain), "{count} times {value}");
            }
        }
        let mut series = Series::default();
        (0..100).for_each(|_| series.push(2.0));
        series.truncate(0);
        series.push(1.0);
        series.push(5.0);
        assert_eq!((series.at(0), series.at(1), series.len()), (Some(1.0), Some(5.0), 2));
    }

    #[test]
    fn a_series_that_is_cut_and_goes_on_is_one_that_was_never_longer() {
        for (kept, cut) in [
            (EXACT_STEPS, 12_345),
            (EXACT_STEPS, 0),
            (FACTOR.pow(4), 55_001),
            (FACTOR.pow(4), 9_999),
        ] {
            let value = |step: usize| if step < cut { (step as f64).sin() } else { step as f64 };
            let mut series = Series::keeping(kept);
            for step in 0..60_000_usize {
                series.push((step as f64).sin());
            }
            let exact = series.exact_from();
            series.truncate(cut);
            assert_eq!(series.len(), cut);
            for step in cut..cut + 30_000 {
                series.push(step as f64);
            }
            assert_eq!(series.len(), cut + 30_000);
            for step in 0..series.len() {
                // Of the last group before an old cut only the middle of its extent was left.
                let made_up = step < exact.min(cut) && step + 64 >= cut;
                let known = series.finest(step).0;
                assert!(
                    made_up || known.low <= value(step) && value(step) <= known.high,
                    "cut at {cut}, step {step}: {known:?}"
                );
            }
            let whole = series.extent(0..cut + 30_000);
            assert_eq!(whole.high, (cut + 29_999) as f64);
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
