//! What of a move in a record was forced: how far the positions that were liquidated moved the price, how much of that was a
//! book thinner than usual, and what is left for everything else.
//!
//! A bar that closes V dollars more of one side than of the other moves the price by `x·1 %·(V/D₁)^(1/κ)`: D₁ what the side that
//! is hit held within 1 % before the bar, κ the measured shape of the book, x the **pass-through**, the part of forced orders that
//! nobody absorbs within the bar. The move decays with the measured half-life of the book. What of an interval was forced is the
//! change of the sum of these moves; with the hour's usual depth in place of D₁ it is what the same liquidations would have
//! done to a usual book, and the rest of it is thin books. Everything else is the move less what was forced, so that the parts add
//! up whatever the estimates are.
//!
//! What was closed is taken from printed liquidations where the record has them during the interval, else from the draws of the
//! estimated map ([`crate::book`]). x is learned (module `pass_through`) from the record about the interval; minutes and falls say little
//! of it, and the band says so.

use std::collections::BTreeMap;

use serde::Serialize;

use cascade_scenario::{PositionSide, format};

use crate::DAY_MS;
use crate::book::{Draw, Reconstruction, weights};
use crate::record::{Bar, Record};
use crate::resilience::{NoResilience, Resilience};

mod flow;
mod pass_through;
#[cfg(test)]
mod tests;

use flow::{Closings, Flow};
use pass_through::grid;

/// The pass-through is learned from so much of the record before and after the interval.
const ABOUT_MS: i64 = 30 * DAY_MS;
/// Half-life of an impact where the record shows none: the middle of what records show.
const USUAL_HALF_LIFE_SECONDS: f64 = 1_800.0;
/// Log width of the levels that closings are told by.
const LEVEL: f64 = 0.005;
/// The law of impact holds within this factor (standard deviation of its logarithm), whatever the pass-through: from market to
/// market its power differs by .15, and V/D from bar to bar by e² or so.
const LAW_SPREAD: f64 = 0.3;
/// Three points that stand for a standard normal deviate (Gauss–Hermite), and their weights.
const DEVIATES: [(f64, f64); 3] = [
    (-1.732_050_807_568_877_2, 1.0 / 6.0),
    (0.0, 2.0 / 3.0),
    (1.732_050_807_568_877_2, 1.0 / 6.0),
];
/// The band that is told.
const BAND: [f64; 2] = [0.1, 0.9];

/// Why a move cannot be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoExplanation {
    /// The interval is empty or not within the record.
    #[error("the interval has to lie within the record and to hold at least one bar")]
    Interval,
    /// The book is not known.
    #[error("how far orders move the price is not known: {0}")]
    Book(#[from] NoResilience),
    /// Nothing says what was liquidated.
    #[error(
        "the record has neither printed liquidations of the interval nor open interest, from which they could be estimated"
    )]
    Closings,
}

/// Where what was closed is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Liquidations that the venue printed.
    Printed,
    /// The estimated map.
    Estimated,
}

/// A figure with the quantiles of its band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Mean.
    pub mean: f64,
    /// The 10 % quantile.
    pub p10: f64,
    /// The 90 % quantile.
    pub p90: f64,
}

/// Positions of one side whose liquidation prices lie close together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The side whose positions were closed.
    pub side: PositionSide,
    /// Lower price.
    pub price_from: f64,
    /// Higher price.
    pub price_to: f64,
    /// Coins closed.
    pub coins: f64,
    /// What they moved the price by, log, of which is left what the end of the interval shows.
    pub log: f64,
}

/// What an interval's move consists of. `total_log = forced.mean + exogenous_log`, and `forced.mean = forced_at_usual_depth_log +
/// thin_books_log = carried_log + Σ levels`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// Where what was closed is known from.
    pub source: Source,
    /// The price at the begin.
    pub price_from: f64,
    /// The price at the end.
    pub price_to: f64,
    /// The move, log.
    pub total_log: f64,
    /// What of it was forced.
    pub forced: Range,
    /// What the same liquidations would have done to a book of the usual depth of the hour.
    pub forced_at_usual_depth_log: f64,
    /// What they did beyond that.
    pub thin_books_log: f64,
    /// Everything else.
    pub exogenous_log: f64,
    /// What went back, or went on, of forced moves from before the interval.
    pub carried_log: f64,
    /// The part of forced orders that nobody absorbs within the bar.
    pub pass_through: Range,
    /// Dollars of longs closed.
    pub closed_long_usd: f64,
    /// Dollars of shorts closed.
    pub closed_short_usd: f64,
    /// Whether the decay of impact is measured; else it is a usual one.
    pub half_life_is_measured: bool,
    /// By liquidation price, from the lowest on.
    pub levels: Vec<Level>,
}

impl Explanation {
    /// What came of it, in a sentence or two.
    pub fn words(&self) -> String {
        let moved = |log: f64| format::percent(libm::expm1(log), 2);
        let share = self.forced.mean / self.total_log;
        let of_it = if (0.0..=1.0).contains(&share) {
            format!(", {} of it", format::share(share, 2))
        } else {
            String::new()
        };
        let known = match self.source {
            Source::Printed => "as the venue printed them",
            Source::Estimated => "estimated from prices and open interest",
        };
        let told = format!(
            "The price moved by {}. Forced: {}{of_it} (80 % band {} to {}), by {} USD of longs and {} USD of shorts that were \
             liquidated, {known}. Everything else: {}.",
            moved(self.total_log),
            moved(self.forced.mean),
            moved(self.forced.p10.max(self.forced.p90)),
            moved(self.forced.p10.min(self.forced.p90)),
            format::short(self.closed_long_usd),
            format::short(self.closed_short_usd),
            moved(self.exogenous_log),
        );
        let wide = if self.pass_through.p90 > 3.0 * self.pass_through.p10 {
            format!(
                " The record hardly shows how much of forced orders moves the price: between {} and {} of what a book that nobody \
                 refills would do.",
                format::share(self.pass_through.p10, 2),
                format::share(self.pass_through.p90, 2)
            )
        } else {
            String::new()
        };
        let usual = if self.half_life_is_measured {
            ""
        } else {
            " How fast impact decays is not measured but a usual figure."
        };
        told + &wide + usual
    }
}

/// What one account of what was closed says of the interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    source: Source,
    /// How well the account foresaw open interest.
    log_likelihood: f64,
    /// Weights of the pass-throughs of the grid.
    posterior: Vec<f64>,
    /// Change of the forced move at a pass-through of 1.
    change: f64,
    /// The same at usual depth.
    usual: f64,
    /// What is of before the interval.
    carried: f64,
    /// Coins, and log move at a pass-through of 1, by side (shorts: true) and level.
    levels: BTreeMap<(i64, bool), (f64, f64)>,
    /// Dollars closed, longs and shorts.
    closed_usd: [f64; 2],
}

/// An interval of a record that is to be explained.
#[derive(Clone, Debug)]
pub struct Interval<'r> {
    record: &'r Record,
    book: Resilience,
    /// Bars that count, and those of them that are of the interval.
    about: &'r [Bar],
    begin: usize,
    end: usize,
    from_ms: i64,
    to_ms: i64,
}

impl<'r> Interval<'r> {
    /// From a time of a record to another.
    ///
    /// # Errors
    /// The interval is not one of the record, or the record does not show its book.
    pub fn new(record: &'r Record, from_ms: i64, to_ms: i64) -> Result<Self, NoExplanation> {
        let about = record.bars().between(
            from_ms.saturating_sub(ABOUT_MS).max(record.begins_ms()),
            to_ms.saturating_add(ABOUT_MS).min(record.ends_ms()),
        );
        let ended = |time_ms: i64| about.partition_point(|bar| bar.time_ms + record.bars().interval_ms() <= time_ms);
        let (begin, end) = (ended(from_ms), ended(to_ms));
        if from_ms < record.begins_ms() || to_ms > record.ends_ms() || begin >= end {
            return Err(NoExplanation::Interval);
        }
        Ok(Self {
            book: Resilience::of(record)?,
            record,
            about,
            begin,
            end,
            from_ms,
            to_ms,
        })
    }

    fn half_life_seconds(&self) -> f64 {
        self.book
            .half_life_seconds
            .map_or(USUAL_HALF_LIFE_SECONDS, |half_life| half_life.value)
    }

    /// What printed liquidations say; none where there are none of the interval.
    pub fn printed(&self) -> Option<Part> {
        if !self.record.has_liquidations_of(self.from_ms) {
            return None;
        }
        let mut closings = Closings::new(self.about, self.begin..self.end);
        for (place, bar) in self.about.iter().enumerate() {
            let next = bar.time_ms + self.record.bars().interval_ms();
            for print in self.record.liquidations_between(bar.time_ms, next) {
                closings.add(place, print.side, libm::log(print.price), 0, print.coins);
            }
        }
        let mut shares = [0.0; crate::book::TIERS];
        shares[0] = 1.0;
        Some(self.part(Source::Printed, 0.0, &Flow::new(self, &closings, &shares)))
    }

    /// What a draw of the estimated map says.
    pub fn estimated(&self, of: &Reconstruction, draw: &Draw) -> Part {
        let mut closings = Closings::new(self.about, self.begin..self.end);
        let mut book = of.begin(draw);
        let end = self.about[self.about.len() - 1].time_ms + self.record.bars().interval_ms();
        book.advance_to(end, |erased| {
            if let Ok(place) = self.about.binary_search_by_key(&erased.bar_ms, |bar| bar.time_ms) {
                closings.add(place, erased.side, erased.level, erased.tier, erased.coins);
            }
        });
        let log_likelihood = book.log_likelihood();
        let flow = Flow::new(self, &closings, book.shares());
        self.part(Source::Estimated, log_likelihood, &flow)
    }

    fn part(&self, source: Source, log_likelihood: f64, flow: &Flow) -> Part {
        let before = flow.displaced(self.begin);
        Part {
            source,
            log_likelihood,
            posterior: pass_through::posterior(&flow.bars),
            change: flow.displaced(self.end) - before,
            usual: flow.displaced_usually(self.end) - flow.displaced_usually(self.begin),
            carried: before * (flow.left(self.begin, self.end) - 1.0),
            levels: flow.levels(self.end),
            closed_usd: flow.closed_usd(self.begin..self.end),
        }
    }

    /// What accounts of the same interval say together, weighted by how well each foresaw open interest. None without an account.
    pub fn explanation(&self, parts: &[Part]) -> Option<Explanation> {
        let first = parts.first()?;
        let weights = weights(parts.iter().map(|part| part.log_likelihood));
        let weighted = |figure: &dyn Fn(&Part) -> f64| -> f64 {
            parts
                .iter()
                .zip(&weights)
                .map(|(part, weight)| weight * figure(part))
                .sum()
        };
        let grid = grid();
        let mean_of = |part: &Part| -> f64 { part.posterior.iter().zip(&grid).map(|(weight, x)| weight * x).sum() };
        let scaled = |figure: &dyn Fn(&Part) -> f64| weighted(&|part| mean_of(part) * figure(part));
        let (price_from, price_to) = (
            self.record.bars().price_at(self.from_ms),
            self.record.bars().price_at(self.to_ms),
        );
        let total_log = libm::log(price_to / price_from);
        let mut moves = Vec::new();
        let mut passed = Vec::new();
        for (part, weight) in parts.iter().zip(&weights) {
            for (x, likely) in grid.iter().zip(&part.posterior) {
                passed.push((*x, weight * likely));
                for (deviate, share) in DEVIATES {
                    let off = libm::exp(LAW_SPREAD * deviate);
                    moves.push((x * part.change * off, weight * likely * share));
                }
            }
        }
        let forced = range(scaled(&|part| part.change), moves);
        let usual = scaled(&|part| part.usual);
        Some(Explanation {
            source: first.source,
            price_from,
            price_to,
            total_log,
            forced,
            forced_at_usual_depth_log: usual,
            thin_books_log: forced.mean - usual,
            exogenous_log: total_log - forced.mean,
            carried_log: scaled(&|part| part.carried),
            pass_through: range(weighted(&mean_of), passed),
            closed_long_usd: weighted(&|part| part.closed_usd[0]),
            closed_short_usd: weighted(&|part| part.closed_usd[1]),
            half_life_is_measured: self.book.half_life_seconds.is_some(),
            levels: levels(parts, &weights, &mean_of),
        })
    }
}

fn levels(parts: &[Part], weights: &[f64], mean_of: &dyn Fn(&Part) -> f64) -> Vec<Level> {
    let mut all: BTreeMap<(i64, bool), (f64, f64)> = BTreeMap::new();
    for (part, weight) in parts.iter().zip(weights) {
        let x = mean_of(part);
        for (key, (coins, moved)) in &part.levels {
            let sum = all.entry(*key).or_default();
            sum.0 += weight * coins;
            sum.1 += weight * x * moved;
        }
    }
    let told = |((cell, is_short), (coins, log)): ((i64, bool), (f64, f64))| Level {
        side: if is_short {
            PositionSide::Short
        } else {
            PositionSide::Long
        },
        price_from: libm::exp(cell as f64 * LEVEL),
        price_to: libm::exp((cell + 1) as f64 * LEVEL),
        coins,
        log,
    };
    all.into_iter().map(told).collect()
}

/// A mean, and the quantiles of weighted values.
fn range(mean: f64, mut values: Vec<(f64, f64)>) -> Range {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let at = |share: f64| {
        let mut sum = 0.0;
        let passed = values.iter().find(|(_, weight)| {
            sum += weight;
            sum >= share * total
        });
        passed.or(values.last()).map_or(0.0, |pair| pair.0)
    };
    Range {
        mean,
        p10: at(BAND[0]),
        p90: at(BAND[1]),
    }
}
