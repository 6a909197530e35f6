//! The moments of a market's record at which the price had moved sharply, either way, and the model begun at each with what was
//! known by then.
//!
//! Nothing after the moment is used: the map is that of open interest known by then, the law of the book is measured on the days
//! before, and what the price may do is drawn from the bars so far.

use std::num::NonZeroUsize;

use cascade_engine::Simulation;
use cascade_market::book::{Map, MapError};
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{DAY_MS, MINUTE_MS, Record};
use cascade_scenario::{AssetId, PositionSide, PricePath, Scenario};
use serde::Serialize;

use super::liquidation_map::{CELL, liquidation_maps};
use super::market_start::{self, Assumptions, Origin};
use super::news::News;
use super::parallel::Cancel;

/// The move is looked for over so long.
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

/// Which way the price had moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Down, which hits longs.
    Fall,
    /// Up, which hits shorts.
    Rise,
}

impl Way {
    /// +1 up, −1 down.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Fall => -1.0,
            Self::Rise => 1.0,
        }
    }

    /// The side whose positions it liquidates.
    const fn hits(self) -> PositionSide {
        match self {
            Self::Fall => PositionSide::Long,
            Self::Rise => PositionSide::Short,
        }
    }

    /// The further one of two prices.
    fn further(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Fall => one.min(other),
            Self::Rise => one.max(other),
        }
    }
}

/// The moves of the price within a quarter of an hour that count, as shares of it; a way without a share does not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trigger {
    /// A fall of so much.
    pub fall: Option<f64>,
    /// A rise of so much.
    pub rise: Option<f64>,
}

impl Trigger {
    /// What was asked for, or moves of a share either way where nothing was.
    pub fn or_usual(fall: Option<f64>, rise: Option<f64>, usual: f64) -> Self {
        match (fall, rise) {
            (None, None) => Self {
                fall: Some(usual),
                rise: Some(usual),
            },
            (fall, rise) => Self { fall, rise },
        }
    }

    fn crossed(self, before: f64, price: f64) -> Option<Way> {
        if self.fall.is_some_and(|share| price <= before * (1.0 - share)) {
            return Some(Way::Fall);
        }
        let rises = self.rise.is_some_and(|share| price >= before * (1.0 + share));
        rises.then_some(Way::Rise)
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The moment: the end of a bar.
    pub time_ms: i64,
    /// Which way the price had moved.
    pub way: Way,
    /// The price then.
    pub price: f64,
    levered: Option<Levered>,
    news: News,
}

/// What the model needs beyond news: where liquidations rest, and what the order book is like.
#[derive(Clone, Debug)]
struct Levered {
    map: Map,
    book: Resilience,
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
    /// Those of a record, the first of each hour. Nothing when cancelled. The result does not depend on the number of threads.
    ///
    /// # Errors
    /// The record has no open interest.
    pub fn of(
        record: &Record,
        trigger: Trigger,
        threads: NonZeroUsize,
        cancel: &Cancel,
    ) -> Result<Option<Self>, NoCrossings> {
        let moments = moments(record, trigger);
        let times: Vec<i64> = moments.iter().map(|(time_ms, _)| *time_ms).collect();
        let Some(maps) = liquidation_maps(record, &times, CELL, threads, cancel, |_| ())? else {
            return Ok(None);
        };
        let mut known = Vec::new();
        let mut measured: Option<(i64, Result<Resilience, NoResilience>)> = None;
        for ((time_ms, way), map) in moments.iter().copied().zip(maps) {
            let day = time_ms.div_euclid(DAY_MS) * DAY_MS;
            if measured.as_ref().is_none_or(|(of, _)| *of != day) {
                let before = record.until(day);
                let book = before.as_ref().map_or(Err(NoResilience::TooShort), Resilience::of);
                measured = Some((day, book));
            }
            if let (Some(map), Some((_, Ok(book))), Some(news)) = (map, &measured, News::before(record, time_ms)) {
                known.push(Crossing {
                    time_ms,
                    way,
                    price: record.bars().price_at(time_ms),
                    levered: Some(Levered {
                        map,
                        book: book.clone(),
                    }),
                    news,
                });
            }
        }
        Ok(Some(Self {
            left_out: moments.len() - known.len(),
            known,
        }))
    }

    /// Those of a record that tells nothing of leverage: what may come of them is news alone.
    pub fn of_news(record: &Record, trigger: Trigger) -> Self {
        let moments = moments(record, trigger);
        let known: Vec<Crossing> = moments
            .iter()
            .filter_map(|(time_ms, way)| {
                Some(Crossing {
                    time_ms: *time_ms,
                    way: *way,
                    price: record.bars().price_at(*time_ms),
                    levered: None,
                    news: News::before(record, *time_ms)?,
                })
            })
            .collect();
        Self {
            left_out: moments.len() - known.len(),
            known,
        }
    }
}

/// Ends of the bars at which the price first has moved that far, and which way.
fn moments(record: &Record, trigger: Trigger) -> Vec<(i64, Way)> {
    let bars = record.bars();
    let mut moments = Vec::new();
    let mut free_ms = record.begins_ms() + WINDOW_MS;
    for bar in bars.rows() {
        let end = bar.time_ms + bars.interval_ms();
        let before = bars.price_at(end - WINDOW_MS);
        if end >= free_ms
            && end + HORIZON_MS <= record.ends_ms()
            && let Some(way) = trigger.crossed(before, bar.close)
        {
            moments.push((end, way));
            free_ms = end + HORIZON_MS;
        }
    }
    moments
}

/// What the hour after a crossing came to, in a run of the model or in the record. Moves are of the log price, from the price of the
/// moment, and positive the way it had moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// How far the price went on: at least 0.
    pub further: f64,
    /// Where it was at the end.
    pub end: f64,
    /// Sum of the squares of the log moves of its minutes.
    pub variance: f64,
    /// By how much of itself open interest fell.
    pub closed: f64,
    /// Coins liquidated of the side that the move hits, a share of open interest at the crossing. None where the record prints no
    /// liquidations of that time.
    pub liquidated: Option<f64>,
    /// The same by the estimated map: what it has of that side at the levels that the price reached.
    pub reached: f64,
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
            time_ms: self.time_ms,
            record,
            map: self.levered.as_ref().map(|known| &known.map),
            book: self
                .levered
                .as_ref()
                .map(|known| &known.book)
                .ok_or(NoResilience::NoDepth),
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
        if self.levered.is_none() {
            return Some(self.finish(&self.news_alone(seed, news), 0.0, Some(0.0)));
        }
        let scenario = Scenario {
            seed: scenario.seed.wrapping_add(seed),
            path: self.path(seed, news),
            ..scenario.clone()
        };
        let mut hour = Walk::new(self.way, self.price);
        let Ok(mut simulation) = Simulation::new(&scenario) else {
            return Some(self.finish(&hour, 0.0, Some(0.0)));
        };
        let step = scenario.parameters.market.step_seconds;
        let steps = (HORIZON_SECONDS / step).ceil() as u64;
        let minute = (60.0 / step).round().max(1.0) as u64;
        let mut hit = 0.0;
        while simulation.steps() < steps && simulation.halted().is_none() {
            if cancel.is_requested() {
                return None;
            }
            simulation.step();
            let observation = simulation.assets()[AssetId::FIRST].observation();
            hit += match self.way.hits() {
                PositionSide::Long => observation.liquidated_longs,
                PositionSide::Short => observation.liquidated_shorts,
            };
            hour.reach(observation.spot);
            if simulation.steps().is_multiple_of(minute) {
                hour.close(observation.spot);
            }
        }
        let liquidated = simulation.summary_of(AssetId::FIRST).liquidated_notional_usd;
        let interest = self.interest_usd();
        Some(self.finish(&hour, CLOSED_WITH * liquidated / interest, Some(hit / interest)))
    }

    /// How far the price goes on by the same news when nothing is forced.
    pub fn undisturbed(&self, seed: u64) -> f64 {
        let hour = self.news_alone(seed, 1.0);
        hour.log(hour.furthest)
    }

    fn news_alone(&self, seed: u64, news: f64) -> Walk {
        let mut hour = Walk::new(self.way, self.price);
        for (_, price) in self.path(seed, news).points.iter() {
            hour.reach(*price);
            hour.close(*price);
        }
        hour
    }

    /// Open interest at the moment, coins; 0 where it is not known.
    fn interest(&self) -> f64 {
        self.levered.as_ref().map_or(0.0, |known| known.map.open_interest)
    }

    /// The same in USD.
    pub(super) fn interest_usd(&self) -> f64 {
        self.interest() * self.price
    }

    /// What came.
    pub fn came(&self, record: &Record) -> Hour {
        let bars = record.bars();
        let mut hour = Walk::new(self.way, self.price);
        for bar in bars.between(self.time_ms, self.time_ms + HORIZON_MS) {
            hour.reach(self.way.further(bar.low, bar.high));
            hour.close(bar.close);
        }
        let interest = |time_ms| record.open_interest_at(time_ms).unwrap_or(self.interest());
        let before = interest(self.time_ms);
        let after_ms = self.time_ms + HORIZON_MS;
        let is_printed = before > 0.0 && record.has_liquidations_of(self.time_ms);
        let liquidated = is_printed.then(|| {
            let prints = record.liquidations_between(self.time_ms, after_ms).iter();
            let hit = prints.filter(|print| print.side == self.way.hits());
            hit.map(|print| print.coins).sum::<f64>() / before
        });
        let closed = if before > 0.0 {
            1.0 - interest(after_ms) / before
        } else {
            0.0
        };
        self.finish(&hour, closed, liquidated)
    }

    fn finish(&self, walk: &Walk, closed: f64, liquidated: Option<f64>) -> Hour {
        let further = walk.log(walk.furthest);
        Hour {
            further,
            end: walk.log(walk.last),
            variance: walk.variance,
            closed,
            liquidated,
            reached: self.levered.as_ref().map_or(0.0, |Levered { map, .. }| {
                map.within(self.way.hits(), further) / map.open_interest
            }),
        }
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
    way: Way,
    begin: f64,
    furthest: f64,
    last: f64,
    variance: f64,
}

impl Walk {
    const fn new(way: Way, begin: f64) -> Self {
        Self {
            way,
            begin,
            furthest: begin,
            last: begin,
            variance: 0.0,
        }
    }

    fn reach(&mut self, price: f64) {
        self.furthest = self.way.further(self.furthest, price);
    }

    fn close(&mut self, price: f64) {
        let log = libm::log(price / self.last);
        self.variance += log * log;
        self.last = price;
    }

    /// How far a price is from the first one, the way it had moved.
    fn log(&self, price: f64) -> f64 {
        self.way.sign() * libm::log(price / self.begin)
    }
}
