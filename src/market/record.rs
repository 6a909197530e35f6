//! A market's record: five series on one clock, each sorted by time and without repetitions.
//!
//! Times are milliseconds since 1970, UTC. A bar and a liquidation have happened when their time has passed (a bar after its
//! whole interval); a stamp of open interest becomes known about one interval later, because venues publish it afterwards.

mod clean;
mod defect;
mod rows;
#[cfg(test)]
mod tests;

use serde::Serialize;

use cascade_scenario::PositionSide;

use super::depth::Depth;

pub use defect::{Defect, DefectKind, Series};
pub use rows::Rows;

/// Prices and volume of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// When it begins.
    pub time_ms: i64,
    /// First price, USD per coin.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Coins traded; 0 where nothing is said of it.
    pub volume_coins: f64,
    /// Coins of it that takers bought, where that is known.
    pub taker_buy_coins: Option<f64>,
}

impl Bar {
    /// The price that stands for all of its trades where no better one is known: a third of high, low and close.
    pub fn typical(&self) -> f64 {
        (self.high + self.low + self.close) / 3.0
    }

    /// Log move from its first to its last price.
    pub fn log_return(&self) -> f64 {
        libm::log(self.close / self.open)
    }
}

/// Contracts that stand open, counted once (every one has a long and a short).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OpenInterestPoint {
    /// The moment it is of.
    pub time_ms: i64,
    /// Coins.
    pub coins: f64,
    /// USD, where that is said.
    pub usd: Option<f64>,
}

/// A funding payment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FundingPoint {
    /// When it was due.
    pub time_ms: i64,
    /// Hours since the one before, as the venue states them; none where it does not.
    pub interval_hours: Option<f64>,
    /// Share of the notional that longs paid shorts.
    pub rate: f64,
}

/// A liquidation that was printed. What is printed is a floor: venues throttle these feeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Liquidation {
    /// When it was executed.
    pub time_ms: i64,
    /// The side of the *position* that was closed, whatever the venue's convention.
    pub side: PositionSide,
    /// Coins.
    pub coins: f64,
    /// Price at which it was executed, USD per coin (not the bankruptcy price).
    pub price: f64,
}

/// The bars of a record: at least one, sorted, times unique, 0 < low ≤ open, close ≤ high.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    rows: Vec<Bar>,
    interval_ms: i64,
}

impl Bars {
    /// All of them, in order of time.
    pub fn rows(&self) -> &[Bar] {
        &self.rows
    }

    /// The usual distance of two bars, and what each of them covers; a minute where there is one bar.
    pub const fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// When the last one that begins at or before a time does so, as a place in [`Self::rows`].
    pub fn place_at(&self, time_ms: i64) -> Option<usize> {
        self.rows.partition_point(|bar| bar.time_ms <= time_ms).checked_sub(1)
    }

    /// Those that begin in [from, to).
    pub fn between(&self, from_ms: i64, to_ms: i64) -> &[Bar] {
        between(&self.rows, |bar| bar.time_ms, from_ms, to_ms)
    }

    /// The last price known at a time: the close of the last bar that has ended by then, or before the first end its open.
    pub fn price_at(&self, time_ms: i64) -> f64 {
        let ended = self
            .rows
            .partition_point(|bar| bar.time_ms + self.interval_ms <= time_ms);
        ended
            .checked_sub(1)
            .map_or_else(|| self.rows[0].open, |last| self.rows[last].close)
    }
}

/// Rows of a sorted series with times in [from, to).
fn between<T>(rows: &[T], time: impl Fn(&T) -> i64, from_ms: i64, to_ms: i64) -> &[T] {
    let from = rows.partition_point(|row| time(row) < from_ms);
    let to = rows.partition_point(|row| time(row) < to_ms);
    &rows[from..to.max(from)]
}

/// A market's record. Made by [`Rows::into_record`].
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    bars: Bars,
    open_interest: Vec<OpenInterestPoint>,
    depth: Depth,
    funding: Vec<FundingPoint>,
    liquidations: Vec<Liquidation>,
    defects: Vec<Defect>,
}

impl Record {
    /// Prices.
    pub const fn bars(&self) -> &Bars {
        &self.bars
    }

    /// Open interest, sorted, times unique, above 0; empty where the record has none.
    pub fn open_interest(&self) -> &[OpenInterestPoint] {
        &self.open_interest
    }

    /// The order book by bands; empty where the record has none.
    pub const fn depth(&self) -> &Depth {
        &self.depth
    }

    /// Funding, sorted, times unique.
    pub fn funding(&self) -> &[FundingPoint] {
        &self.funding
    }

    /// Printed liquidations, sorted; several may share a time.
    pub fn liquidations(&self) -> &[Liquidation] {
        &self.liquidations
    }

    /// Printed liquidations in [from, to).
    pub fn liquidations_between(&self, from_ms: i64, to_ms: i64) -> &[Liquidation] {
        between(&self.liquidations, |row| row.time_ms, from_ms, to_ms)
    }

    /// Whether the record prints liquidations of a time: it lies between the first and the last one.
    pub fn has_liquidations_of(&self, time_ms: i64) -> bool {
        let (first, last) = (self.liquidations.first(), self.liquidations.last());
        first.is_some_and(|first| first.time_ms <= time_ms) && last.is_some_and(|last| time_ms <= last.time_ms)
    }

    /// Everything that was wrong with the rows, in order of series, kind and time.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// When the first bar begins.
    pub fn begins_ms(&self) -> i64 {
        self.bars.rows[0].time_ms
    }

    /// When the last bar ends.
    pub fn ends_ms(&self) -> i64 {
        self.bars.rows[self.bars.rows.len() - 1].time_ms + self.bars.interval_ms
    }

    /// Open interest at a time in coins, linear between two stamps, and the first or last one outside. None where there is none.
    pub fn open_interest_at(&self, time_ms: i64) -> Option<f64> {
        let after = self.open_interest.partition_point(|point| point.time_ms <= time_ms);
        let Some(before) = after.checked_sub(1) else {
            return self.open_interest.first().map(|point| point.coins);
        };
        let before = self.open_interest[before];
        let Some(next) = self.open_interest.get(after) else {
            return Some(before.coins);
        };
        let share = (time_ms - before.time_ms) as f64 / (next.time_ms - before.time_ms) as f64;
        Some(before.coins + (next.coins - before.coins) * share)
    }

    /// What had happened by a time: bars that had ended, and rows of no later time. None where no bar had ended.
    pub fn until(&self, time_ms: i64) -> Option<Self> {
        fn known<T: Clone>(rows: &[T], time: impl Fn(&T) -> i64, time_ms: i64) -> Vec<T> {
            rows[..rows.partition_point(|row| time(row) <= time_ms)].to_vec()
        }
        let rows = known(&self.bars.rows, |bar| bar.time_ms + self.bars.interval_ms, time_ms);
        (!rows.is_empty()).then(|| Self {
            bars: Bars {
                rows,
                interval_ms: self.bars.interval_ms,
            },
            open_interest: known(&self.open_interest, |point| point.time_ms, time_ms),
            depth: Depth::new(
                known(self.depth.snapshots(), |snapshot| snapshot.time_ms, time_ms),
                self.depth.interval_ms(),
            ),
            funding: known(&self.funding, |payment| payment.time_ms, time_ms),
            liquidations: known(&self.liquidations, |print| print.time_ms, time_ms),
            defects: self.defects.clone(),
        })
    }

    /// The same with another open interest: sorted, times unique, above 0.
    pub(crate) fn with_open_interest(&self, open_interest: Vec<OpenInterestPoint>) -> Self {
        Self {
            open_interest,
            ..self.clone()
        }
    }

    /// The same rows again, with the defects that only reading them could show: for a record that grows.
    pub fn into_rows(self) -> Rows {
        Rows {
            bars: self.bars.rows,
            open_interest: self.open_interest,
            depth: self.depth.into_snapshots(),
            funding: self.funding,
            liquidations: self.liquidations,
            defects: self
                .defects
                .into_iter()
                .filter(|defect| defect.kind.is_of_reading())
                .collect(),
        }
    }
}
