//! Markets whose levels push the price by a known part of their orders.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::*;
use crate::depth::{Band, DepthSnapshot};
use crate::record::{Liquidation, Rows};
use crate::{Bar, MINUTE_MS};

const MINUTES: i64 = 3 * 1_440;
/// Looks at the levels in a minute.
const LOOKS: i64 = 6;
const SIDES: [(PositionSide, f64); 2] = [(PositionSide::Long, 1.0), (PositionSide::Short, -1.0)];

/// A market, as it goes on.
struct Market {
    random: ChaCha8Rng,
    pass_through: f64,
    half_life_minutes: f64,
    shape: f64,
    level_usd: f64,
    /// Log levels and coins, longs and shorts.
    levels: [Vec<(f64, f64)>; 2],
    rows: Rows,
    /// Forced move at the end of each minute.
    forced: Vec<f64>,
    /// First and last minutes of falls.
    falls: Vec<(i64, i64)>,
}

impl Market {
    fn new(seed: u64, pass_through: f64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut between = |low: f64, high: f64| low + (high - low) * random.random::<f64>();
        let (half_life_minutes, shape) = (between(10.0, 60.0), between(0.9, 1.3));
        let level_usd = 1e8 * libm::exp2(between(-0.7, 0.7));
        let falls = (0..4).map(|k| {
            let begin = 900 + 800 * k + (200.0 * between(0.0, 1.0)) as i64;
            (begin, begin + between(6.0, 25.0) as i64)
        });
        let falls = falls.collect();
        Self {
            random,
            pass_through,
            half_life_minutes,
            shape,
            level_usd,
            levels: [Vec::new(), Vec::new()],
            rows: Rows::default(),
            forced: Vec::new(),
            falls,
        }
    }

    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.random)
    }

    /// Positions opened at a log price.
    fn open(&mut self, price: f64, coins: f64) {
        for (place, (_, sign)) in SIDES.into_iter().enumerate() {
            let leverages = [100.0, 50.0, 25.0, 20.0, 10.0, 10.0, 5.0];
            let leverage = leverages[(7.0 * self.random.random::<f64>()) as usize] * libm::exp(0.12 * self.normal());
            let level = libm::log(1.0 - sign * (1.0 / leverage - 0.004)) + price;
            self.levels[place].push((level, coins));
        }
    }

    /// Dollars bought to close what a log price has passed; 0 when nothing more is touched.
    fn liquidate(&mut self, price: f64, time_ms: i64) -> f64 {
        let mut bought = 0.0;
        for (place, (side, sign)) in SIDES.into_iter().enumerate() {
            let liquidations = &mut self.rows.liquidations;
            self.levels[place].retain(|(level, coins)| {
                let is_safe = sign * (price - level) > 0.0;
                if !is_safe {
                    bought -= sign * coins * libm::exp(*level);
                    liquidations.push(Liquidation {
                        time_ms,
                        side,
                        coins: *coins,
                        price: libm::exp(*level),
                    });
                }
                is_safe
            });
        }
        bought
    }

    fn run(mut self) -> (Record, Vec<f64>, Vec<(i64, i64)>) {
        let begin = libm::log(40_000.0);
        for _ in 0..3_000 {
            let near = begin + 0.02 * self.normal();
            self.open(near, 4.0);
        }
        self.liquidate(begin, 0);
        self.rows.liquidations.clear();
        let (mut own, mut forced, mut missing, mut variance) = (begin, 0.0, 0.0, 8e-4_f64.powi(2));
        for minute in 0..MINUTES {
            let fall = self.falls.iter().find(|(from, to)| (*from..*to).contains(&minute));
            let drift = fall.map_or(0.0, |(from, to)| {
                -0.03 / (to - from) as f64 * 2.0 * self.random.random::<f64>()
            });
            let depth = self.level_usd * libm::exp(-missing);
            forced *= libm::exp2(-1.0 / self.half_life_minutes);
            let mut path = vec![self.rows.bars.last().map_or(begin, |bar: &Bar| libm::log(bar.close))];
            for _ in 0..LOOKS {
                own += (drift + 8e-4 * LOOKS as f64 / (LOOKS as f64).sqrt() * self.normal()) / LOOKS as f64;
                path.push(own + forced);
                loop {
                    let usd = self.liquidate(own + forced, minute * MINUTE_MS + 30_000);
                    if usd == 0.0 {
                        break;
                    }
                    let push = self.pass_through * 0.01 * libm::pow(usd.abs() / depth, 1.0 / self.shape);
                    forced += push.min(0.01) * usd.signum();
                    path.push(own + forced);
                }
            }
            self.forced.push(forced);
            let made = own + forced - path[0];
            self.tell(minute, &path, missing);
            let excess = (made.abs() / libm::sqrt(variance) - 2.0).max(0.0);
            missing = (missing * libm::exp2(-1.0 / self.half_life_minutes) + 0.1 * excess).min(3.0);
            let kept = libm::exp2(-1.0 / 46.0);
            variance = kept * variance + (1.0 - kept) * made * made;
            self.open(own + forced, 3.0);
        }
        (self.rows.into_record().unwrap(), self.forced, self.falls)
    }

    fn tell(&mut self, minute: i64, path: &[f64], missing: f64) {
        let (close, open) = (libm::exp(path[path.len() - 1]), libm::exp(path[0]));
        let high = path.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = path.iter().copied().fold(f64::INFINITY, f64::min);
        self.rows.bars.push(Bar {
            time_ms: minute * MINUTE_MS,
            open,
            high: libm::exp(high),
            low: libm::exp(low),
            close,
            volume_coins: 100.0,
            taker_buy_coins: None,
        });
        let mut snapshot = DepthSnapshot::new(minute * MINUTE_MS + 11_000);
        for band in Band::all().filter(|band| band.percent() >= 1.0) {
            let noise = 0.08 * self.normal();
            let usd = self.level_usd * libm::exp(noise - missing) * libm::pow(band.percent(), self.shape);
            snapshot.set(band, usd / close, usd);
        }
        self.rows.depth.push(snapshot);
    }
}

/// The end of a minute.
fn end(minute: i64) -> i64 {
    (minute + 1) * MINUTE_MS
}

#[test]
fn the_parts_add_up() {
    let (record, _, falls) = Market::new(1, 0.2).run();
    let (from, to) = (end(falls[1].0 - 1), end(falls[1].1 + 5));
    let interval = Interval::new(&record, from, to).unwrap();
    let found = interval.explanation(&[interval.printed().unwrap()]).unwrap();
    let bars = record.bars();
    assert_eq!(found.total_log, (bars.price_at(to) / bars.price_at(from)).ln());
    assert!((found.forced.mean + found.exogenous_log - found.total_log).abs() < 1e-15);
    assert!((found.forced_at_usual_depth_log + found.thin_books_log - found.forced.mean).abs() < 1e-15);
    let levels: f64 = found.levels.iter().map(|level| level.log).sum();
    assert!(
        (levels + found.carried_log - found.forced.mean).abs() < 1e-12,
        "{levels} {found:?}"
    );
    let closed: f64 = record
        .liquidations_between(from, to)
        .iter()
        .map(|print| print.coins)
        .sum();
    assert!((found.levels.iter().map(|level| level.coins).sum::<f64>() / closed - 1.0).abs() < 1e-12);
    assert!(found.thin_books_log < 0.0 && found.forced.p10 < found.forced.p90);
}

/// Over falls of 2 % and more the band of 80 % holds the truth, and what is learned follows it.
#[test]
fn the_forced_part_of_falls_lies_in_its_band() {
    let (mut within, mut count) = (0.0, 0.0);
    let mut learned = Vec::new();
    for pass_through in [0.05, 0.1, 0.2, 0.3] {
        let mut mean = 0.0;
        for seed in 0..6 {
            let (record, forced, falls) = Market::new(10 + seed, pass_through).run();
            for (first, last) in falls {
                let interval = Interval::new(&record, end(first - 1), end(last)).unwrap();
                let found = interval.explanation(&[interval.printed().unwrap()]).unwrap();
                let truth = forced[last as usize] - forced[first as usize - 1];
                if found.total_log < -0.02 {
                    count += 1.0;
                    within += f64::from(u8::from((found.forced.p10..=found.forced.p90).contains(&truth)));
                }
                mean += found.pass_through.mean / 24.0;
            }
        }
        learned.push(mean);
    }
    // Falls of one record share its pass-through, so that two dozen records count: the standard deviation of 80 % of them is 8 %.
    assert!(within / count > 0.64, "{within} of {count}");
    assert!(learned[3] > 1.5 * learned[0], "{learned:?}");
}

/// Without printed liquidations and without open interest nothing can be said, nor of another time.
#[test]
fn what_a_record_does_not_show_is_not_explained() {
    let (record, ..) = Market::new(2, 0.1).run();
    let interval = |from, to| Interval::new(&record, from, to).map(|_| ());
    assert_eq!(interval(0, 0), Err(NoExplanation::Interval));
    assert_eq!(interval(-MINUTE_MS, 10 * MINUTE_MS), Err(NoExplanation::Interval));
    assert_eq!(interval(0, end(MINUTES)), Err(NoExplanation::Interval));
    let mut rows = record.clone().into_rows();
    rows.liquidations.clear();
    let silent = rows.into_record().unwrap();
    assert_eq!(Interval::new(&silent, 0, end(60)).unwrap().printed(), None);
    let mut rows = record.into_rows();
    rows.depth.clear();
    let without = rows.into_record().unwrap();
    assert_eq!(
        Interval::new(&without, 0, end(60)).map(|_| ()),
        Err(NoExplanation::Book(NoResilience::NoDepth))
    );
}
