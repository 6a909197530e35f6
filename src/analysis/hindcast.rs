//! The model held against what came: from every moment of a market's record at which the price had fallen sharply, an ensemble of the
//! model begun there, and beside it what really happened in the hour after.
//!
//! Nothing after the moment is used: the map is that of open interest known by then, the law of the book is measured on the days
//! before, volatility is expected from the bars so far. What is foretold is the lowest price of the hour, as a log move from the
//! price of the moment. Two baselines have to be beaten: **no cascade**, a walk of the same volatility that nothing feeds, whose
//! lowest value after a time T is −σ√T·|Z| (Bachelier's reflection principle), and the **historic** one, the median of what came after earlier
//! crossings of the same record. Scores are the continuous ranked probability score, E|X − y| − E|X − X′|/2 (Gneiting and
//! Raftery 2007), in log price; lower is better.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use serde::Serialize;

use cascade_engine::Simulation;
use cascade_market::book::{Map, MapError};
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{DAY_MS, MINUTE_MS, Record};
use cascade_scenario::{AssetId, Scenario, find, format};

use super::liquidation_map::{CELL, liquidation_maps};
use super::market_start::{self, Origin};
use super::parallel::{Cancel, in_order};
use super::statistics::quantile;

/// The bands that are checked, as the share they should hold.
pub const BANDS: [f64; 3] = [0.5, 0.8, 0.95];
/// Bins of the histogram of the probability integral transform.
pub const BINS: usize = 10;
/// The fall is looked for over so long.
const WINDOW_MS: i64 = 15 * MINUTE_MS;
/// What comes is looked at so long; until it is over there is no further crossing.
const HORIZON_MS: i64 = 60 * MINUTE_MS;
/// Half-life of the variance of the bars' moves, minutes.
const VOLATILITY_MINUTES: f64 = 46.0;
/// Earlier crossings that a historic forecast takes.
const EARLIER_MIN: usize = 3;
/// With fewer days than this little is shown.
const FEW_DAYS: usize = 10;
/// Points that stand for the walk without a cascade.
const POINTS: usize = 200;
const YEAR_MINUTES: f64 = 365.0 * 1_440.0;

/// What to compare.
#[derive(Clone, Copy, Debug)]
pub struct Hindcast<'h> {
    /// The record.
    pub record: &'h Record,
    /// What the record does not determine.
    pub base: &'h Scenario,
    /// A crossing is a fall of this share of the price within a quarter of an hour.
    pub fall: f64,
    /// Runs of the model from each moment.
    pub seeds: usize,
}

/// One crossing: what the model said and what came. Moves are log moves of the lowest price of the hour after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// The moment.
    pub time_ms: i64,
    /// The price then.
    pub price: f64,
    /// What came.
    pub came: f64,
    /// The model's lower and upper ends of the bands.
    pub bands: [[f64; 2]; BANDS.len()],
    /// The model's median.
    pub median: f64,
    /// Share of the model's runs that were lower than what came.
    pub pit: f64,
    /// Score of the model.
    pub crps_model: f64,
    /// Score of the walk without a cascade.
    pub crps_no_cascade: f64,
    /// Score of the median of earlier crossings; none where there are fewer than three.
    pub crps_historic: Option<f64>,
}

/// Share of what came that a band held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// The share it should hold.
    pub nominal: f64,
    /// The share it held.
    pub held: f64,
    /// Probability of a share at least so far off if the band were right (Kupiec 1995, likelihood ratio).
    pub p_value: f64,
}

/// Mean scores over the same crossings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Number of crossings.
    pub crossings: usize,
    /// Of the model.
    pub model: f64,
    /// Of the baseline.
    pub baseline: f64,
    /// Crossings at which the model was better.
    pub better: usize,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// All crossings that could be foretold.
    pub crossings: Vec<Crossing>,
    /// Crossings that could not, because less than a day of depth or no open interest came before.
    pub left_out: usize,
    /// Calendar days with crossings: what happens within a day is hardly independent.
    pub days: usize,
    /// How much the bands held.
    pub coverage: Vec<Coverage>,
    /// How many of the shares of runs below what came lie in each tenth; level if the model is right.
    pub pit_histogram: [usize; BINS],
    /// Against the walk without a cascade.
    pub no_cascade: Scores,
    /// Against the median of earlier crossings; none where there are too few.
    pub historic: Option<Scores>,
}

/// Why there is nothing to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHindcast {
    /// No map.
    #[error(transparent)]
    Map(#[from] MapError),
    /// A run cannot begin.
    #[error("the model cannot begin at a moment of the record: {0}")]
    Start(String),
}

/// A crossing that can be foretold.
struct Begin {
    time_ms: i64,
    price: f64,
    scenario: Scenario,
    /// Expected standard deviation of the log price over the horizon.
    deviation: f64,
}

impl Hindcast<'_> {
    /// Runs the model from every crossing; nothing when cancelled. Progress is told as runs made and runs in all. The result does
    /// not depend on the number of threads.
    ///
    /// # Errors
    /// There is no map, or the model cannot begin.
    pub fn run(
        &self,
        threads: NonZeroUsize,
        cancel: &Cancel,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Option<Verdict>, NoHindcast> {
        let moments = self.moments();
        let Some(maps) = liquidation_maps(self.record, &moments, CELL, threads, cancel, |_| ())? else {
            return Ok(None);
        };
        let begins = self.begins(&moments, &maps)?;
        let runs = begins.len() * self.seeds;
        let mut lowest = Vec::with_capacity(runs);
        let job = |index: usize| {
            let begin = &begins[index / self.seeds];
            lowest_of(begin, (index % self.seeds) as u64, cancel)
        };
        let take = |_, low| -> Result<(), Infallible> {
            lowest.push(low);
            progress(lowest.len(), runs);
            Ok(())
        };
        let Ok(()) = in_order(0..runs, threads, job, take);
        if lowest.len() < runs {
            return Ok(None);
        }
        let left_out = moments.len() - begins.len();
        Ok(Some(self.verdict(&begins, &lowest, left_out)))
    }

    /// Ends of the bars at which the price first crosses the fall.
    fn moments(&self) -> Vec<i64> {
        let bars = self.record.bars();
        let mut moments = Vec::new();
        let mut free_ms = self.record.begins_ms() + WINDOW_MS;
        for bar in bars.rows() {
            let end = bar.time_ms + bars.interval_ms();
            let before = bars.price_at(end - WINDOW_MS);
            if end >= free_ms && end + HORIZON_MS <= self.record.ends_ms() && bar.close <= before * (1.0 - self.fall) {
                moments.push(end);
                free_ms = end + HORIZON_MS;
            }
        }
        moments
    }

    fn begins(&self, moments: &[i64], maps: &[Option<Map>]) -> Result<Vec<Begin>, NoHindcast> {
        let mut begins = Vec::new();
        let mut measured: Option<(i64, Result<Resilience, NoResilience>)> = None;
        for (time_ms, map) in moments.iter().zip(maps) {
            let day = time_ms.div_euclid(DAY_MS) * DAY_MS;
            if measured.as_ref().is_none_or(|(of, _)| *of != day) {
                let before = self.record.until(day);
                let book = before.as_ref().map_or(Err(NoResilience::TooShort), Resilience::of);
                measured = Some((day, book));
            }
            if let (Some(map), Some((_, Ok(book)))) = (map, &measured) {
                begins.push(self.begin(*time_ms, map, book)?);
            }
        }
        Ok(begins)
    }

    fn begin(&self, time_ms: i64, map: &Map, book: &Resilience) -> Result<Begin, NoHindcast> {
        let origin = Origin {
            name: "record",
            moment: "",
            time_ms,
            record: self.record,
            map,
            book: Ok(book),
        };
        let mut scenario = market_start::scenario(self.base, &origin)
            .map_err(NoHindcast::Start)?
            .scenario;
        let per_minute = self.expected_variance(time_ms);
        let row = find("market.volatility").map_err(|error| NoHindcast::Start(error.to_string()))?;
        let volatility = (per_minute * YEAR_MINUTES).sqrt().clamp(row.range.0, row.range.1);
        scenario
            .set_parameter(row, volatility)
            .map_err(|error| NoHindcast::Start(error.to_string()))?;
        Ok(Begin {
            time_ms,
            price: self.record.bars().price_at(time_ms),
            scenario,
            deviation: (per_minute * HORIZON_MS as f64 / MINUTE_MS as f64).sqrt(),
        })
    }

    /// Mean variance of the log price per minute that is expected over the horizon: that of late, which goes back to that of the day
    /// before.
    fn expected_variance(&self, time_ms: i64) -> f64 {
        let bars = self.record.bars();
        let minutes = bars.interval_ms() as f64 / MINUTE_MS as f64;
        let day = bars.between(time_ms - DAY_MS, time_ms);
        let squares = |bar: &cascade_market::Bar| bar.log_return().powi(2) / minutes;
        let usual = day.iter().map(squares).sum::<f64>() / day.len().max(1) as f64;
        let kept = libm::exp2(-minutes / VOLATILITY_MINUTES);
        let now = day
            .iter()
            .fold(usual, |variance, bar| kept * variance + (1.0 - kept) * squares(bar));
        let lives = HORIZON_MS as f64 / MINUTE_MS as f64 / VOLATILITY_MINUTES * std::f64::consts::LN_2;
        usual + (now - usual) * -libm::expm1(-lives) / lives
    }

    /// The lowest log price of the hour after a moment, from the price of the moment.
    fn came(&self, begin: &Begin) -> f64 {
        let after = self.record.bars().between(begin.time_ms, begin.time_ms + HORIZON_MS);
        let low = after.iter().map(|bar| bar.low).fold(begin.price, f64::min);
        libm::log(low / begin.price)
    }

    fn verdict(&self, begins: &[Begin], lowest: &[f64], left_out: usize) -> Verdict {
        let mut crossings: Vec<Crossing> = Vec::with_capacity(begins.len());
        for (begin, runs) in begins.iter().zip(lowest.chunks(self.seeds)) {
            let mut runs = runs.to_vec();
            runs.sort_unstable_by(f64::total_cmp);
            let mut earlier: Vec<f64> = crossings.iter().map(|crossing| crossing.came).collect();
            earlier.sort_unstable_by(f64::total_cmp);
            let came = self.came(begin);
            crossings.push(Crossing {
                time_ms: begin.time_ms,
                price: begin.price,
                came,
                bands: BANDS.map(|band| [quantile(&runs, 0.5 - band / 2.0), quantile(&runs, 0.5 + band / 2.0)]),
                median: quantile(&runs, 0.5),
                pit: below(&runs, came),
                crps_model: crps(&runs, came),
                crps_no_cascade: crps(&walk(begin.deviation), came),
                crps_historic: (earlier.len() >= EARLIER_MIN).then(|| (quantile(&earlier, 0.5) - came).abs()),
            });
        }
        summary(crossings, left_out)
    }
}

/// The lowest log price of one run, from its first price. None if it was cancelled.
fn lowest_of(begin: &Begin, seed: u64, cancel: &Cancel) -> Option<f64> {
    let scenario = Scenario {
        seed: begin.scenario.seed.wrapping_add(seed),
        ..begin.scenario.clone()
    };
    let Ok(mut simulation) = Simulation::new(&scenario) else {
        return Some(0.0);
    };
    let steps = (HORIZON_MS as f64 / 1e3 / scenario.parameters.market.step_seconds).ceil() as u64;
    let spot = |simulation: &Simulation| simulation.assets()[AssetId::FIRST].observation().spot;
    let mut low = begin.price;
    while simulation.steps() < steps && simulation.halted().is_none() {
        if cancel.is_requested() {
            return None;
        }
        simulation.step();
        low = low.min(spot(&simulation));
    }
    Some(libm::log(low / begin.price))
}

/// Equally likely lowest values of a walk with a standard deviation at the end, from the lowest on.
fn walk(deviation: f64) -> Vec<f64> {
    (0..POINTS)
        .map(|point| -deviation * size_of_normal(1.0 - (point as f64 + 0.5) / POINTS as f64))
        .collect()
}

/// The quantile of |Z|, Z standard normal: erf(z/√2) is the share. By halving.
fn size_of_normal(share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if libm::erf(middle * std::f64::consts::FRAC_1_SQRT_2) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Share of sorted values below a value, those equal to it by half.
fn below(sorted: &[f64], value: f64) -> f64 {
    let less = sorted.partition_point(|x| *x < value);
    let not_more = sorted.partition_point(|x| *x <= value);
    (less + not_more) as f64 / (2 * sorted.len()) as f64
}

/// The continuous ranked probability score of equally likely sorted values: E|X − y| − E|X − X′|/2.
fn crps(sorted: &[f64], came: f64) -> f64 {
    let count = sorted.len() as f64;
    let off: f64 = sorted.iter().map(|x| (x - came).abs()).sum::<f64>() / count;
    let apart: f64 = sorted
        .iter()
        .enumerate()
        .map(|(place, x)| (2.0 * place as f64 + 1.0 - count) * x)
        .sum::<f64>();
    off - apart / (count * count)
}

fn summary(crossings: Vec<Crossing>, left_out: usize) -> Verdict {
    let mut days: Vec<i64> = crossings
        .iter()
        .map(|crossing| crossing.time_ms.div_euclid(DAY_MS))
        .collect();
    days.dedup();
    let mut pit_histogram = [0; BINS];
    for crossing in &crossings {
        pit_histogram[((crossing.pit * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let coverage = BANDS.iter().enumerate().map(|(place, nominal)| {
        let within = |crossing: &&Crossing| {
            let [low, high] = crossing.bands[place];
            (low..=high).contains(&crossing.came)
        };
        let held = crossings.iter().filter(within).count();
        Coverage {
            nominal: *nominal,
            held: held as f64 / crossings.len().max(1) as f64,
            p_value: kupiec(held as f64, crossings.len() as f64, *nominal),
        }
    });
    let scores = |baseline: &dyn Fn(&Crossing) -> Option<f64>| {
        let pairs: Vec<(f64, f64)> = crossings
            .iter()
            .filter_map(|crossing| Some((crossing.crps_model, baseline(crossing)?)))
            .collect();
        let count = pairs.len().max(1) as f64;
        Scores {
            crossings: pairs.len(),
            model: pairs.iter().map(|pair| pair.0).sum::<f64>() / count,
            baseline: pairs.iter().map(|pair| pair.1).sum::<f64>() / count,
            better: pairs.iter().filter(|pair| pair.0 < pair.1).count(),
        }
    };
    let historic = scores(&|crossing| crossing.crps_historic);
    Verdict {
        left_out,
        days: days.len(),
        coverage: coverage.collect(),
        pit_histogram,
        no_cascade: scores(&|crossing| Some(crossing.crps_no_cascade)),
        historic: (historic.crossings > 0).then_some(historic),
        crossings,
    }
}

/// The p-value of Kupiec's likelihood ratio that so many of a number were held by a band.
fn kupiec(held: f64, count: f64, nominal: f64) -> f64 {
    let log = |times: f64, share: f64| if times > 0.0 { times * libm::log(share) } else { 0.0 };
    let share = held / count.max(1.0);
    let found = log(held, share) + log(count - held, 1.0 - share);
    let wanted = log(held, nominal) + log(count - held, 1.0 - nominal);
    libm::erfc((found - wanted).max(0.0).sqrt())
}

impl Verdict {
    /// What came of it, in sentences; it says openly where the model loses.
    pub fn words(&self) -> String {
        if self.crossings.is_empty() && self.left_out == 0 {
            return "There is nothing to compare: the price never fell that far, with an hour left to see what came."
                .to_owned();
        }
        if self.crossings.is_empty() {
            return format!(
                "There is nothing to compare: {} could not be foretold, for want of a day of depth or of open interest before.",
                format::counted(self.left_out, "crossing")
            );
        }
        let coverage: String = self.coverage.iter().map(Coverage::words).collect();
        let historic = self.historic.as_ref().map_or_else(
            || " There are too few crossings for a comparison with earlier ones.".to_owned(),
            |scores| against("the median of earlier crossings", scores),
        );
        let few = if self.days < FEW_DAYS {
            " So few days show little."
        } else {
            ""
        };
        format!(
            "{} on {}.{coverage}{}{historic}{few}",
            format::counted(self.crossings.len(), "crossing"),
            format::counted(self.days, "day"),
            against("a walk without a cascade", &self.no_cascade)
        )
    }
}

impl Coverage {
    fn words(&self) -> String {
        format!(
            " The band of {} held {}{}.",
            format::share(self.nominal, 3),
            format::share(self.held, 3),
            if self.p_value < 0.05 {
                ", too far off to be luck"
            } else {
                ""
            }
        )
    }
}

fn against(baseline: &str, scores: &Scores) -> String {
    let verdict = if scores.model < scores.baseline {
        "The model is better than"
    } else {
        "The model loses to"
    };
    format!(
        " {verdict} {baseline}: mean error {} against {} of the price, better at {} of {}.",
        format::share(scores.model, 3),
        format::share(scores.baseline, 3),
        scores.better,
        format::counted(scores.crossings, "crossing"),
    )
}

#[cfg(test)]
pub(crate) mod tests;
