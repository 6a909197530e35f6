//! A reconstruction: the record walked through once, under the assumptions of one draw.

use cascade_scenario::PositionSide;
use thiserror::Error;

use super::draw::Draw;
use super::kernel::{CELL, TIERS, opened};
use super::shares::Shares;
use super::side::{SideBook, Tally};
use crate::record::{Bar, OpenInterestPoint, Record};
use crate::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Entries lie at most this far beyond the prices of the record, log.
const BEYOND: f64 = 0.3;
/// What open interest did is looked at over this long: stamps and prices are aligned to a minute or two only.
const LEARNED_MS: i64 = 10 * MINUTE_MS;
/// Levels are shown up to this log distance from the price.
pub(super) const SHOWN: f64 = 0.6;

/// Why there is no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MapError {
    /// Open interest is missing.
    #[error(
        "the record has {stamps} usable stamps of open interest; a map of liquidation levels needs at least 2 during its prices"
    )]
    OpenInterest {
        /// How many there are.
        stamps: usize,
    },
}

/// What all reconstructions of a record share.
#[derive(Clone, Debug)]
pub struct Reconstruction<'r> {
    record: &'r Record,
    /// Stamps of open interest during the bars.
    stamps: &'r [OpenInterestPoint],
    /// Log prices that entries may have.
    low: f64,
    high: f64,
    /// Volatility of the first day, a square root of a day.
    volatility: f64,
}

impl<'r> Reconstruction<'r> {
    /// Of a record with open interest.
    ///
    /// # Errors
    /// It has none.
    pub fn new(record: &'r Record) -> Result<Self, MapError> {
        let all = record.open_interest();
        let from = all.partition_point(|point| point.time_ms < record.begins_ms());
        let to = all.partition_point(|point| point.time_ms <= record.ends_ms());
        let stamps = &all[from.min(to)..to];
        if stamps.len() < 2 {
            return Err(MapError::OpenInterest { stamps: stamps.len() });
        }
        let bars = record.bars().rows();
        let low = bars.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
        let high = bars.iter().map(|bar| bar.high).fold(0.0, f64::max);
        let day = record.bars().between(record.begins_ms(), record.begins_ms() + DAY_MS);
        let squares: f64 = day.iter().map(|bar| bar.log_return() * bar.log_return()).sum();
        let days = day.len() as f64 * record.bars().interval_ms() as f64 / DAY_MS as f64;
        Ok(Self {
            record,
            stamps,
            low: libm::log(low) - BEYOND,
            high: libm::log(high) + BEYOND,
            volatility: (squares / days).sqrt().max(0.002),
        })
    }

    /// The record.
    pub const fn record(&self) -> &'r Record {
        self.record
    }

    /// When open interest begins.
    pub const fn begins_ms(&self) -> i64 {
        self.stamps[0].time_ms
    }

    /// The last stamp of open interest.
    pub const fn ends_ms(&self) -> i64 {
        self.stamps[self.stamps.len() - 1].time_ms
    }

    /// The book at the first stamp, under the assumptions of a draw.
    pub fn begin(&self, draw: &Draw) -> Book<'_, 'r> {
        Book::new(self, draw)
    }

    /// The book at moments in ascending order under the assumptions of a draw, by cells of a log width; none before open interest
    /// begins.
    pub fn estimates(&self, draw: &Draw, moments_ms: &[i64], cell: f64) -> Vec<Option<Estimate>> {
        let mut book = self.begin(draw);
        let at = |moment: &i64| {
            (*moment >= self.begins_ms()).then(|| {
                book.advance_to(*moment, |_| ());
                book.estimate(*moment, cell)
            })
        };
        moments_ms.iter().map(at).collect()
    }
}

/// A part of a level that a bar liquidated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Erased {
    /// When the bar begins.
    pub bar_ms: i64,
    /// The side whose positions were closed.
    pub side: PositionSide,
    /// Liquidation price, log.
    pub level: f64,
    /// Place among [`super::LEVERAGES`].
    pub tier: usize,
    /// Coins, as if all of what is opened were at that leverage; to be multiplied by [`Book::shares`].
    pub coins: f64,
}

/// The estimated book at a moment, under one draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Coins by cells of log distance below the price, from the nearest on.
    pub long: Vec<f64>,
    /// The same above the price.
    pub short: Vec<f64>,
    /// Share of the open interest that was opened since the record begins, mean of both sides.
    pub seen: f64,
    /// Isolated share of what is opened, as learned by then.
    pub isolated: f64,
    /// Its standard deviation.
    pub isolated_error: f64,
    /// Logarithm of how well open interest was foreseen so far.
    pub log_likelihood: f64,
}

/// A reconstruction on its way through the record.
#[derive(Clone, Debug)]
pub struct Book<'a, 'r> {
    of: &'a Reconstruction<'r>,
    draw: Draw,
    sides: [SideBook; 2],
    learned: Shares,
    shares: Tally,
    /// The stamp of open interest that the book stands at.
    stamp: usize,
    /// Volume so far, and over how many milliseconds.
    traded: (f64, f64),
    /// What has happened since shares were last learned.
    block: Block,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    begins_ms: i64,
    coins: f64,
    price: f64,
    liquidated: Tally,
    volume: f64,
}

const SIDES: [PositionSide; 2] = [PositionSide::Long, PositionSide::Short];

impl<'a, 'r> Book<'a, 'r> {
    fn new(of: &'a Reconstruction<'r>, draw: &Draw) -> Self {
        let exits_per_day = draw.exits_per_hour * 24.0;
        let learned = Shares::new(&opened(exits_per_day, of.volatility), draw.closed_with);
        let shares = learned.drawn(&draw.deviates);
        let first = of.stamps[0];
        let price = of.record.bars().price_at(first.time_ms);
        let mut sides = SIDES.map(|side| SideBook::new(side, draw, of.low, of.high, &shares));
        // Of levels at a distance d a Brownian path since the entry has left 1 − e^(−d·√(2r)/σ).
        let rate = (2.0 * exits_per_day).sqrt() / of.volatility;
        let alive = |distance: f64| libm::pow(-libm::expm1(-distance * rate), draw.start_touched);
        let reach = (3.0 * draw.start_width).min(BEYOND);
        let count = (2.0 * reach / CELL) as i32 + 1;
        let offset = |k: i32| (f64::from(k) + 0.5) * 2.0 * reach / f64::from(count) - reach;
        let weight = |x: f64| libm::exp(-0.5 * (x / draw.start_width) * (x / draw.start_width));
        let total: f64 = (0..count).map(|k| weight(offset(k))).sum();
        for k in 0..count {
            let coins = first.coins * weight(offset(k)) / total;
            for side in &mut sides {
                side.begin(coins, libm::log(price) + offset(k), libm::log(price), alive);
            }
        }
        Self {
            of,
            draw: *draw,
            sides,
            learned,
            shares,
            stamp: 0,
            traded: (0.0, 0.0),
            block: Block {
                begins_ms: first.time_ms,
                coins: first.coins,
                price,
                liquidated: [0.0; TIERS],
                volume: 0.0,
            },
        }
    }

    /// The shares of the leverages of what is opened, as learned so far and drawn.
    pub const fn shares(&self) -> &Tally {
        &self.shares
    }

    /// Logarithm of how well open interest was foreseen so far.
    pub const fn log_likelihood(&self) -> f64 {
        self.learned.log_likelihood
    }

    /// Coins on a side, reservoir included: the open interest.
    pub fn coins(&self, side: PositionSide) -> f64 {
        self.sides[usize::from(side == PositionSide::Short)].coins()
    }

    /// The moment of the stamp that the book stands at.
    pub fn stands_at_ms(&self) -> i64 {
        self.of.stamps[self.stamp].time_ms
    }

    /// Goes through all stamps up to a time and tells what was liquidated on the way.
    pub fn advance_to(&mut self, time_ms: i64, mut tell: impl FnMut(Erased)) {
        while let Some(next) = self.of.stamps.get(self.stamp + 1)
            && next.time_ms <= time_ms
        {
            self.step(*next, &mut tell);
        }
    }

    fn step(&mut self, next: OpenInterestPoint, tell: &mut impl FnMut(Erased)) {
        let from_ms = self.stands_at_ms();
        let bars = self.of.record.bars().between(from_ms, next.time_ms);
        let mut tallies = [[0.0; TIERS]; 2];
        for bar in bars {
            self.touch(bar, &mut tallies, tell);
        }
        let last = self.of.record.bars().price_at(next.time_ms);
        let price = libm::log(last);
        let volume: f64 = bars.iter().map(|bar| bar.volume_coins).sum();
        let length = (next.time_ms - from_ms) as f64;
        let usual = self.traded.0 / self.traded.1.max(1.0) * length;
        let busy = if usual > 0.0 { volume / usual } else { 1.0 };
        self.traded = (self.traded.0 + volume, self.traded.1 + length);
        let clock = 1.0 + self.draw.with_volume * (busy.min(20.0) - 1.0);
        let leaving = self.draw.exits_per_hour * length / HOUR_MS as f64 * clock;
        for side in &mut self.sides {
            side.leave(leaving, price, &self.draw);
            let opened = next.coins - side.coins();
            if opened < 0.0 {
                side.leave_down_to(next.coins, price, &self.draw);
            } else {
                open(side, opened, bars, last);
            }
        }
        self.stamp += 1;
        for (j, sum) in self.block.liquidated.iter_mut().enumerate() {
            *sum += tallies[0][j] + tallies[1][j];
        }
        self.block.volume += volume;
        if next.time_ms - self.block.begins_ms >= LEARNED_MS {
            self.learn(next, last);
        }
    }

    fn touch(&mut self, bar: &Bar, tallies: &mut [Tally; 2], tell: &mut impl FnMut(Erased)) {
        let visited = [bar.low, bar.high];
        for (k, side) in SIDES.into_iter().enumerate() {
            let mut told = |level, tier, coins| {
                tell(Erased {
                    bar_ms: bar.time_ms,
                    side,
                    level,
                    tier,
                    coins,
                });
            };
            self.sides[k].touch(libm::log(bar.close), 1.0, &mut tallies[k], &mut told);
            self.sides[k].touch(libm::log(visited[k]), self.draw.wick, &mut tallies[k], &mut told);
        }
    }

    /// Compares what was liquidated with what open interest did, and takes the shares that follow.
    fn learn(&mut self, next: OpenInterestPoint, price: f64) {
        let block = self.block;
        let length = (next.time_ms - block.begins_ms) as f64;
        let usual = self.traded.0 / self.traded.1.max(1.0) * length;
        let busy = if usual > 0.0 { block.volume / usual } else { 1.0 };
        let relative = block.liquidated.map(|coins| coins / block.coins);
        let log_move = libm::log(price / block.price);
        self.learned
            .observe(next.coins / block.coins - 1.0, &relative, log_move, busy);
        self.shares = self.learned.drawn(&self.draw.deviates);
        for side in &mut self.sides {
            side.set_shares(&self.shares);
        }
        self.block = Block {
            begins_ms: next.time_ms,
            coins: next.coins,
            price,
            liquidated: [0.0; TIERS],
            volume: 0.0,
        };
    }

    /// The book at a moment at or after its stamp, by cells of a log width about the price of the moment.
    pub fn estimate(&self, moment_ms: i64, cell: f64) -> Estimate {
        let bars = self.of.record.bars();
        let now = bars.price_at(moment_ms);
        let since = bars.between(self.stands_at_ms(), moment_ms);
        let low = since.iter().map(|bar| bar.low).fold(now, f64::min);
        let high = since.iter().map(|bar| bar.high).fold(now, f64::max);
        let cells = |side: &SideBook, passed: f64| {
            let mut cells = vec![0.0; (SHOWN / cell).round() as usize];
            side.by_distance(libm::log(now), libm::log(passed), &self.shares, cell, &mut cells);
            cells
        };
        let seen = |side: &SideBook| 1.0 - side.coins_of_start() / side.coins().max(f64::MIN_POSITIVE);
        let (isolated, isolated_error) = self.learned.isolated();
        Estimate {
            long: cells(&self.sides[0], low),
            short: cells(&self.sides[1], high),
            seen: f64::midpoint(seen(&self.sides[0]), seen(&self.sides[1])),
            isolated,
            isolated_error,
            log_likelihood: self.log_likelihood(),
        }
    }
}

/// Coins opened during bars, by volume, each between the low and the high of its bar.
fn open(side: &mut SideBook, coins: f64, bars: &[Bar], last: f64) {
    let volume: f64 = bars.iter().map(|bar| bar.volume_coins).sum();
    if bars.is_empty() {
        side.open(coins, libm::log(last), libm::log(last), libm::log(last));
        return;
    }
    // The furthest price after each bar, from the last on.
    let mut passed = libm::log(last);
    for bar in bars.iter().rev() {
        let part = if volume > 0.0 {
            bar.volume_coins / volume
        } else {
            1.0 / bars.len() as f64
        };
        side.open(coins * part, libm::log(bar.low), libm::log(bar.high), passed);
        passed = side.further(passed, libm::log(bar.low), libm::log(bar.high));
    }
}
