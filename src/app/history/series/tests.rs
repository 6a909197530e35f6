//! Series against brute force, and beyond their bound of memory.

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
            let bits = |series: &Series| -> Vec<u64> { series.values.entries.iter().map(|v| v.to_bits()).collect() };
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
    values[200_001] = 60.0;
    let series = filled(&values);
    for power in 0..18 {
        let mut buckets = Vec::new();
        series.decimate(0..values.len(), 1 << power, &mut buckets);
        let lowest = buckets
            .iter()
            .fold(Extent::EMPTY, |all, bucket| all.union(bucket.extent));
        assert_eq!(lowest, Extent { low: 60.0, high: 100.0 }, "buckets of 2^{power}");
    }
    assert_eq!(series.extreme_steps(190_000..210_000), Some((190_000, 200_001)));
}
