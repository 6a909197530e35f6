//! Forced orders bar by bar, and how far they move the price at a pass-through of 1.

use std::collections::BTreeMap;
use std::ops::Range;

use cascade_scenario::PositionSide;

use super::{Interval, LEVEL};
use crate::MINUTE_MS;
use crate::book::TIERS;
use crate::depth::Band;
use crate::record::Bar;

/// What moves the price by so much fills the band of depth that impact is measured against.
const PER_CENT: f64 = 0.01;
/// Levels next to the furthest price of a bar: this share of how far it went, and at least so much, log.
const NEXT: f64 = 0.3;
const NEXT_MIN: f64 = 2e-4;
/// Depth is the mean of the snapshots of so long before a bar.
const BEFORE_MS: i64 = 2 * MINUTE_MS;

/// Coins of each leverage, each as if all of what is opened were at that leverage.
type Tally = [f64; TIERS];

/// What was closed, bar by bar and side by side.
#[derive(Clone, Debug)]
pub(super) struct Closings<'b> {
    bars: &'b [Bar],
    interval: Range<usize>,
    /// Coins and those of them next to the furthest price, longs and shorts.
    all: Vec<[Tally; 2]>,
    next: Vec<[Tally; 2]>,
    /// Those of the interval by bar, level and side (shorts: true).
    levels: BTreeMap<(usize, i64, bool), Tally>,
}

impl<'b> Closings<'b> {
    /// Of bars, of which those of an interval are told by level.
    pub(super) fn new(bars: &'b [Bar], interval: Range<usize>) -> Self {
        let none = vec![[[0.0; TIERS]; 2]; bars.len()];
        Self {
            bars,
            interval,
            all: none.clone(),
            next: none,
            levels: BTreeMap::new(),
        }
    }

    /// Adds coins of a bar that were closed at a level, a log price.
    pub(super) fn add(&mut self, bar: usize, side: PositionSide, level: f64, tier: usize, coins: f64) {
        let is_short = side == PositionSide::Short;
        let place = usize::from(is_short);
        self.all[bar][place][tier] += coins;
        if (level - furthest(&self.bars[bar], is_short)).abs() <= next(&self.bars[bar], is_short) {
            self.next[bar][place][tier] += coins;
        }
        if self.interval.contains(&bar) {
            let cell = libm::floor(level / LEVEL) as i64;
            self.levels.entry((bar, cell, is_short)).or_default()[tier] += coins;
        }
    }
}

/// The furthest log price of a bar on the side where positions of a side are liquidated.
fn furthest(bar: &Bar, is_short: bool) -> f64 {
    libm::log(if is_short { bar.high } else { bar.low })
}

/// How far from it levels are next to it, log.
fn next(bar: &Bar, is_short: bool) -> f64 {
    (NEXT * (furthest(bar, is_short) - libm::log(bar.open)).abs()).max(NEXT_MIN)
}

/// What a bar did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moved {
    /// Log move from its first to its last price.
    pub made: f64,
    /// Change of the forced move at a pass-through of 1: what its own orders do less what decays.
    pub forced: f64,
    /// By how much its own forced move grows with how far the price goes, at a pass-through of 1.
    pub slope: f64,
    /// Share of how far the price went that its close kept.
    pub kept: f64,
}

/// Forced orders of bars.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// What each did.
    pub bars: Vec<Moved>,
    /// The forced move after so many bars at a pass-through of 1, and the same at usual depth.
    displaced: Vec<[f64; 2]>,
    /// When each bar begins, and the half-life of a forced move, in milliseconds.
    times_ms: Vec<i64>,
    half_life_ms: f64,
    /// Dollars closed, longs and shorts.
    usd: Vec<[f64; 2]>,
    /// Coins and log move by bar, level and side.
    levels: Vec<(usize, i64, bool, f64, f64)>,
}

impl Flow {
    /// Of what was closed, by the shares of the leverages.
    pub(super) fn new(of: &Interval, closings: &Closings, shares: &Tally) -> Self {
        let coins = |tally: &Tally| -> f64 { tally.iter().zip(shares).map(|(coins, share)| coins * share).sum() };
        let mut flow = Self {
            bars: Vec::with_capacity(of.about.len()),
            displaced: vec![[0.0; 2]],
            times_ms: of.about.iter().map(|bar| bar.time_ms).collect(),
            half_life_ms: 1_000.0 * of.half_life_seconds(),
            usd: Vec::with_capacity(of.about.len()),
            levels: Vec::new(),
        };
        let mut pushes = Vec::with_capacity(of.about.len());
        for (place, bar) in of.about.iter().enumerate() {
            let closed = [0, 1].map(|side| coins(&closings.all[place][side]) * bar.close);
            let push = Push::new(
                of,
                bar,
                closed,
                closings.next[place].map(|tally| coins(&tally) * bar.close),
            );
            let left = flow.left(place, place + 1);
            let [was, usual] = flow.displaced[place];
            flow.displaced
                .push([was * left + push.log, usual * left + push.usual_log]);
            flow.bars.push(Moved {
                made: bar.log_return(),
                forced: flow.displaced[place + 1][0] - was,
                slope: push.slope,
                kept: push.kept,
            });
            flow.usd.push(closed);
            pushes.push(push);
        }
        for ((place, cell, is_short), tally) in &closings.levels {
            let usd = coins(tally) * of.about[*place].close;
            let moved = if *is_short { 1.0 } else { -1.0 } * usd * pushes[*place].per_usd;
            flow.levels.push((*place, *cell, *is_short, coins(tally), moved));
        }
        flow
    }

    /// The forced move after so many bars, at a pass-through of 1.
    pub(super) fn displaced(&self, bars: usize) -> f64 {
        self.displaced[bars][0]
    }

    /// The same had depth been as usual.
    pub(super) fn displaced_usually(&self, bars: usize) -> f64 {
        self.displaced[bars][1]
    }

    /// What is left after so many bars of a move that had been made after fewer; nothing had been before the first.
    pub(super) fn left(&self, made: usize, bars: usize) -> f64 {
        let Some(made) = made.checked_sub(1) else { return 0.0 };
        libm::exp2(-((self.times_ms[bars - 1] - self.times_ms[made]) as f64) / self.half_life_ms)
    }

    /// Coins, and what is left of their log move at the end, by level and side.
    pub(super) fn levels(&self, end: usize) -> BTreeMap<(i64, bool), (f64, f64)> {
        let mut sums: BTreeMap<(i64, bool), (f64, f64)> = BTreeMap::new();
        for (bar, cell, is_short, coins, moved) in &self.levels {
            let sum = sums.entry((*cell, *is_short)).or_default();
            sum.0 += coins;
            sum.1 += moved * self.left(bar + 1, end);
        }
        sums
    }

    /// Dollars closed in bars, longs and shorts.
    pub(super) fn closed_usd(&self, bars: Range<usize>) -> [f64; 2] {
        [0, 1].map(|side| self.usd[bars.clone()].iter().map(|usd| usd[side]).sum())
    }
}

/// What the forced orders of a bar do at a pass-through of 1.
#[derive(Clone, Copy, Debug, Default)]
struct Push {
    log: f64,
    usual_log: f64,
    /// Log move for each dollar bought.
    per_usd: f64,
    slope: f64,
    kept: f64,
}

impl Push {
    /// Of dollars closed on both sides, and of those next to the furthest price.
    fn new(of: &Interval, bar: &Bar, closed_usd: [f64; 2], next_usd: [f64; 2]) -> Self {
        let net = closed_usd[1] - closed_usd[0];
        if net == 0.0 {
            return Self::default();
        }
        let is_short = net > 0.0;
        let usual =
            of.book.level_usd.value * of.book.hours[(bar.time_ms.rem_euclid(crate::DAY_MS) / crate::HOUR_MS) as usize];
        let depth = depth(of, bar, is_short).unwrap_or(usual);
        let moved = |depth: f64| PER_CENT * libm::pow(net.abs() / depth, 1.0 / of.book.shape.value) * net.signum();
        let log = moved(depth);
        let density = next_usd[usize::from(is_short)] / next(bar, is_short);
        let range = libm::log(bar.high / bar.low);
        let back = if is_short {
            libm::log(bar.high / bar.close)
        } else {
            libm::log(bar.close / bar.low)
        };
        Self {
            log,
            usual_log: moved(usual),
            per_usd: log / net,
            slope: log.abs() / (of.book.shape.value * net.abs()) * density,
            kept: if range > 0.0 { 1.0 - back / range } else { 1.0 },
        }
    }
}

/// What the side that closings of a side hit held within 1 % before a bar.
fn depth(of: &Interval, bar: &Bar, closes_shorts: bool) -> Option<f64> {
    let band = Band::of_percentage(if closes_shorts { 1.0 } else { -1.0 })?;
    let before = of.record.depth().between(bar.time_ms - BEFORE_MS, bar.time_ms);
    let (mut sum, mut count) = (0.0, 0.0);
    for usd in before.iter().filter_map(|snapshot| snapshot.usd(band)) {
        sum += usd;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}
