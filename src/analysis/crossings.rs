//! The moments of a market's record at which the price had fallen sharply, and the model begun at each with what was known by then.
//!
//! Nothing after the moment is used: the map is that of open interest known by then, the law of the book is measured on the days
//! before, and what the price may do is drawn from the bars so far.

use std::num::NonZeroUsize;

use cascade_engine::Simulation;
use cascade_market::book::{Map, MapError};
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{DAY_MS, MINUTE_MS, Record};
use cascade_scenario::{AssetId, PricePath, Scenario};

use super::liquidation_map::{CELL, liquidation_maps};
use super::market_start::{self, Assumptions, Origin};
use super::news::News;
use super::parallel::Cancel;

/// The fall is looked for over so long.
const WINDOW_MS: i64 = 15 * MINUTE_MS;
/// What comes is looked at so long; until it is over there is no further crossing.
pub const HORIZON_MS: i64 = 60 * MINUTE_MS;

/// Why the model cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCrossings {
    /// No map.
    #[error(transparent)]
    Map(#[from] MapError),
    /// A run cannot begin.
    #[error("the model cannot begin at a moment of the record: {0}")]
    Start(String),
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The moment: the end of a bar.
    pub time_ms: i64,
    /// The price then.
    pub price: f64,
    map: Map,
    book: Resilience,
    news: News,
}

/// All of a record.
#[derive(Clone, Debug)]
pub struct Crossings {
    /// Those from which the model can begin, in the order of time.
    pub known: Vec<Crossing>,
    /// How many have less than a day of depth, of prices or of open interest before them.
    pub left_out: usize,
}

impl Crossings {
    /// Those of a record: falls of a share of the price within a quarter of an hour, the first of each hour. Nothing when cancelled.
    /// The result does not depend on the number of threads.
    ///
    /// # Errors
    /// The record has no open interest.
    pub fn of(record: &Record, fall: f64, threads: NonZeroUsize, cancel: &Cancel) -> Result<Option<Self>, NoCrossings> {
        let moments = moments(record, fall);
        let Some(maps) = liquidation_maps(record, &moments, CELL, threads, cancel, |_| ())? else {
            return Ok(None);
        };
        let mut known = Vec::new();
        let mut measured: Option<(i64, Result<Resilience, NoResilience>)> = None;
        for (time_ms, map) in moments.iter().copied().zip(maps) {
            let day = time_ms.div_euclid(DAY_MS) * DAY_MS;
            if measured.as_ref().is_none_or(|(of, _)| *of != day) {
                let before = record.until(day);
                let book = before.as_ref().map_or(Err(NoResilience::TooShort), Resilience::of);
                measured = Some((day, book));
            }
            if let (Some(map), Some((_, Ok(book))), Some(news)) = (map, &measured, News::before(record, time_ms)) {
                known.push(Crossing {
                    time_ms,
                    price: record.bars().price_at(time_ms),
                    map,
                    book: book.clone(),
                    news,
                });
            }
        }
        Ok(Some(Self {
            left_out: moments.len() - known.len(),
            known,
        }))
    }
}

/// Ends of the bars at which the price first crosses the fall.
fn moments(record: &Record, fall: f64) -> Vec<i64> {
    let bars = record.bars();
    let mut moments = Vec::new();
    let mut free_ms = record.begins_ms() + WINDOW_MS;
    for bar in bars.rows() {
        let end = bar.time_ms + bars.interval_ms();
        let before = bars.price_at(end - WINDOW_MS);
        if end >= free_ms && end + HORIZON_MS <= record.ends_ms() && bar.close <= before * (1.0 - fall) {
            moments.push(end);
            free_ms = end + HORIZON_MS;
        }
    }
    moments
}

/// What the hour after a crossing came to, in a run of the model or in the record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// Lowest log price, from the price of the moment: at most 0.
    pub low: f64,
    /// Log price at its end.
    pub end: f64,
    /// Sum of the squares of the log moves of its minutes.
    pub variance: f64,
    /// By how much of itself open interest fell.
    pub closed: f64,
}

/// Share of liquidated coins whose counterparty closes a position too, so that open interest falls by them: between half, where
/// those who trade open and close alike, and all.
const CLOSED_WITH: f64 = 0.75;
/// Seeds of two crossings are a multiple of this apart: more than are ever run from one.
const SEEDS_APART: u64 = 1 << 32;
const HORIZON_SECONDS: f64 = HORIZON_MS as f64 / 1e3;

impl Crossing {
    /// The model at the moment.
    ///
    /// # Errors
    /// A value is not allowed in a scenario; in words.
    pub fn scenario(
        &self,
        record: &Record,
        base: &Scenario,
        assumptions: &Assumptions,
    ) -> Result<Scenario, NoCrossings> {
        let origin = Origin {
            name: "record",
            moment: "",
            time_ms: self.map.time_ms,
            record,
            map: &self.map,
            book: Ok(&self.book),
            assumptions: *assumptions,
        };
        let start = market_start::scenario(base, &origin).map_err(NoCrossings::Start)?;
        Ok(start.scenario)
    }

    /// What may come, as a seed draws it: of every crossing other moves.
    fn path(&self, seed: u64, news: f64) -> PricePath {
        let own = (self.time_ms / MINUTE_MS) as u64;
        let seed = own.wrapping_mul(SEEDS_APART).wrapping_add(seed);
        self.news.path(seed, self.price, HORIZON_SECONDS, news)
    }

    /// One run of the hour from [`Self::scenario`], with the news of a seed, every move of them times `news`. None if it was
    /// cancelled.
    pub fn run(&self, scenario: &Scenario, seed: u64, news: f64, cancel: &Cancel) -> Option<Hour> {
        let scenario = Scenario {
            seed: scenario.seed.wrapping_add(seed),
            path: self.path(seed, news),
            ..scenario.clone()
        };
        let mut hour = Walk::new(self.price);
        let Ok(mut simulation) = Simulation::new(&scenario) else {
            return Some(hour.finish(0.0));
        };
        let step = scenario.parameters.market.step_seconds;
        let steps = (HORIZON_SECONDS / step).ceil() as u64;
        let minute = (60.0 / step).round().max(1.0) as u64;
        let spot = |simulation: &Simulation| simulation.assets()[AssetId::FIRST].observation().spot;
        while simulation.steps() < steps && simulation.halted().is_none() {
            if cancel.is_requested() {
                return None;
            }
            simulation.step();
            hour.low(spot(&simulation));
            if simulation.steps().is_multiple_of(minute) {
                hour.close(spot(&simulation));
            }
        }
        let liquidated = simulation.summary_of(AssetId::FIRST).liquidated_notional_usd;
        let interest = self.map.open_interest * self.price;
        Some(hour.finish(CLOSED_WITH * liquidated / interest))
    }

    /// The same news when nothing is forced: the lowest log price.
    pub fn undisturbed(&self, seed: u64) -> f64 {
        let path = self.path(seed, 1.0);
        let low = path.points.iter().map(|(_, price)| *price).fold(self.price, f64::min);
        libm::log(low / self.price)
    }

    /// What came.
    pub fn came(&self, record: &Record) -> Hour {
        let bars = record.bars();
        let mut hour = Walk::new(self.price);
        for bar in bars.between(self.time_ms, self.time_ms + HORIZON_MS) {
            hour.low(bar.low);
            hour.close(bar.close);
        }
        let interest = |time_ms| record.open_interest_at(time_ms).unwrap_or(self.map.open_interest);
        let before = interest(self.time_ms);
        hour.finish(1.0 - interest(self.time_ms + HORIZON_MS) / before)
    }
}

#[cfg(test)]
impl Crossing {
    /// The same as if it had been days later, with news of its own.
    pub(crate) fn days_later(&self, days: i64) -> Self {
        Self {
            time_ms: self.time_ms + days * DAY_MS,
            ..self.clone()
        }
    }
}

/// An hour that goes on.
struct Walk {
    begin: f64,
    low: f64,
    last: f64,
    variance: f64,
}

impl Walk {
    const fn new(begin: f64) -> Self {
        Self {
            begin,
            low: begin,
            last: begin,
            variance: 0.0,
        }
    }

    fn low(&mut self, price: f64) {
        self.low = self.low.min(price);
    }

    fn close(&mut self, price: f64) {
        let log = libm::log(price / self.last);
        self.variance += log * log;
        self.last = price;
    }

    fn finish(&self, closed: f64) -> Hour {
        let log = |price: f64| libm::log(price / self.begin);
        Hour {
            low: log(self.low),
            end: log(self.last),
            variance: self.variance,
            closed,
        }
    }
}
