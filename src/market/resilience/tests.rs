//! Books whose law is known.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::*;
use crate::depth::DepthSnapshot;
use crate::record::{Bar, Rows};

/// Minutes of a record.
const MINUTES: i64 = 5 * 1_440;

/// What is to be found out.
#[derive(Clone, Copy, Debug)]
struct Truth {
    level_usd: f64,
    shape: f64,
    thinning: f64,
    hit_side: f64,
    half_life_minutes: f64,
}

impl Truth {
    /// Drawn from what markets show.
    fn drawn(random: &mut ChaCha8Rng) -> Self {
        let mut between = |low: f64, high: f64| low + (high - low) * random.random::<f64>();
        Self {
            level_usd: 1e8 * libm::exp2(between(-1.0, 1.0)),
            shape: between(0.9, 1.4),
            thinning: between(0.05, 0.2),
            hit_side: between(0.0, 0.6),
            half_life_minutes: between(8.0, 90.0),
        }
    }

    /// A record of a market with such a book: a walk with a sharp fall every ten hours or so.
    fn record(self, random: &mut ChaCha8Rng, noise: f64, minutes: i64) -> Record {
        let mut rows = Rows::default();
        let (mut price, mut variance, mut missing) = (40_000.0, 8e-4_f64.powi(2), 0.0);
        for minute in 0..minutes {
            let normal: f64 = StandardNormal.sample(random);
            let fall = if random.random::<f64>() < 0.02 { 5.0 } else { 1.0 };
            let made = 8e-4 * fall * normal;
            let close = price * libm::exp(made);
            rows.bars.push(Bar {
                time_ms: minute * MINUTE_MS,
                open: price,
                high: price.max(close),
                low: price.min(close),
                close,
                volume_coins: 1.0,
                taker_buy_coins: None,
            });
            let excess = (made.abs() / libm::sqrt(variance) - 2.0).max(0.0);
            missing = missing * libm::exp2(-1.0 / self.half_life_minutes) + self.thinning * excess;
            let kept = libm::exp2(-1.0 / 46.0);
            variance = kept * variance + (1.0 - kept) * made * made;
            let usual = self.level_usd * (1.0 + 0.25 * libm::sin(std::f64::consts::TAU * minute as f64 / 1_440.0));
            let mut snapshot = DepthSnapshot::new(minute * MINUTE_MS + 11_000);
            for band in Band::all().filter(|band| band.percent() >= 1.0) {
                let lost = if band.is_bid() == (made < 0.0) {
                    (1.0 + self.hit_side) * missing
                } else {
                    missing
                };
                let normal: f64 = StandardNormal.sample(random);
                let usd = usual * libm::exp(noise * normal - lost) * libm::pow(band.percent(), self.shape);
                snapshot.set(band, usd / close, usd);
            }
            rows.depth.push(snapshot);
            price = close;
        }
        rows.into_record().unwrap()
    }
}

/// Each figure lies within its stated error in at least nine of ten records, and the errors say something.
#[test]
fn a_known_book_is_found_within_the_stated_errors() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut within = [0; 5];
    for _ in 0..10 {
        let truth = Truth::drawn(&mut random);
        let found = Resilience::of(&truth.record(&mut random, 0.08, MINUTES)).unwrap();
        let figures = [
            (found.level_usd, truth.level_usd),
            (found.shape, truth.shape),
            (found.thinning.unwrap(), truth.thinning),
            (found.hit_side.unwrap(), truth.hit_side),
            (found.half_life_seconds.unwrap(), 60.0 * truth.half_life_minutes),
        ];
        for (count, (estimate, value)) in within.iter_mut().zip(figures) {
            *count += usize::from(estimate.covers(value));
            assert!(estimate.error < 0.1 * value.abs().max(0.3), "{estimate:?} of {value}");
        }
    }
    assert!(within.iter().all(|count| *count >= 9), "{within:?} of 10");
}

/// Of months the first guess is made from a part of the samples; the fit is to all of them.
#[test]
fn the_book_of_months_is_found_within_the_stated_errors() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let truth = Truth::drawn(&mut random);
    let record = truth.record(&mut random, 0.08, 30 * MINUTES);
    // Two samples a snapshot.
    assert!(record.depth().snapshots().len() > thinning::SEARCHED);
    let found = Resilience::of(&record).unwrap();
    let near = |estimate: Estimate, value: f64, most: f64| {
        assert!(
            estimate.covers(value) && estimate.error < most * value,
            "{estimate:?} of {value}"
        );
    };
    near(found.shape, truth.shape, 1e-3);
    near(found.thinning.unwrap(), truth.thinning, 0.02);
    near(found.half_life_seconds.unwrap(), 60.0 * truth.half_life_minutes, 0.02);
}

/// Without noise there is nothing that could be off but how the hours are joined.
#[test]
fn without_noise_the_law_itself_is_found() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let truth = Truth::drawn(&mut random);
    let found = Resilience::of(&truth.record(&mut random, 0.0, MINUTES)).unwrap();
    let near = |estimate: Estimate, value: f64, share: f64| {
        assert!((estimate.value / value - 1.0).abs() < share, "{estimate:?} of {value}");
    };
    near(found.level_usd, truth.level_usd, 0.003);
    near(found.shape, truth.shape, 1e-6);
    near(found.thinning.unwrap(), truth.thinning, 0.02);
    near(found.half_life_seconds.unwrap(), 60.0 * truth.half_life_minutes, 0.03);
    let hours = found.hours;
    assert!((hours.iter().sum::<f64>() / 24.0 - 1.0).abs() < 1e-9);
    assert!(hours[6] > 1.2 && hours[18] < 0.8, "{hours:?}");
}

/// In dollars of another size, and of a market in which nothing moves sharply.
#[test]
fn what_a_record_does_not_show_is_not_said() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let truth = Truth {
        thinning: 0.0,
        ..Truth::drawn(&mut random)
    };
    let record = truth.record(&mut random, 0.08, MINUTES);
    let found = Resilience::of(&record).unwrap();
    assert!(
        found.level_usd.covers(truth.level_usd) && found.shape.covers(truth.shape),
        "{found:?} {truth:?}"
    );
    assert!(
        found.thinning.is_some_and(|thinning| thinning.covers(0.0)) && found.half_life_seconds.is_none(),
        "{found:?}"
    );
    let short = |rows: Rows| Resilience::of(&rows.into_record().unwrap()).unwrap_err();
    let mut rows = record.clone().into_rows();
    rows.depth.truncate(600);
    assert_eq!(short(rows), NoResilience::TooShort);
    let mut rows = record.clone().into_rows();
    rows.depth.clear();
    assert_eq!(short(rows), NoResilience::NoDepth);
    let mut rows = record.into_rows();
    rows.bars.retain(|bar| bar.time_ms % HOUR_MS == 0);
    assert_eq!(short(rows), NoResilience::LongBars);
}
