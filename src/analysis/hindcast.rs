//! The model held against what came: from every moment of a market's record at which the price had moved sharply, an ensemble of the
//! model begun there, and beside it what really happened in the hour after.
//!
//! What is foretold is how far the price goes on: the lowest one of the hour after a fall, the highest one after a rise, as a log
//! move from the price of the moment. Two baselines have to be beaten:
//! **no cascade**, the same news of every run with nothing that is forced, and the **historic** one, the median of what came after
//! earlier crossings of the same record the same way. Scores are the continuous ranked probability score, E|X − y| − E|X − X′|/2 (Gneiting and
//! Raftery 2007), in log price; lower is better.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use serde::Serialize;

use cascade_market::{DAY_MS, Record};
use cascade_scenario::{Scenario, format};

use super::crossings::{Crossings, NoCrossings, Trigger, Way};
use super::market_start::Assumptions;
use super::parallel::{Cancel, in_order};
use super::statistics::{Weighted, quantile};

/// The bands that are checked, as the share they should hold.
pub const BANDS: [f64; 3] = [0.5, 0.8, 0.95];
/// Bins of the histogram of the probability integral transform.
pub const BINS: usize = 10;
/// Earlier crossings that a historic forecast takes.
const EARLIER_MIN: usize = 3;
/// With fewer days than this little is shown.
const FEW_DAYS: usize = 10;
/// What to compare.
#[derive(Clone, Copy, Debug)]
pub struct Hindcast<'h> {
    /// The record.
    pub record: &'h Record,
    /// What the record does not determine.
    pub base: &'h Scenario,
    /// What a crossing is.
    pub trigger: Trigger,
    /// Runs of the model from each moment.
    pub seeds: usize,
}

/// One crossing: what the model said and what came. Moves are log moves of the furthest price of the hour after: the lowest one
/// after a fall, the highest one after a rise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foretold {
    /// The moment.
    pub time_ms: i64,
    /// Which way the price had moved.
    pub way: Way,
    /// The price then.
    pub price: f64,
    /// What came.
    pub came: f64,
    /// The model's lower and upper ends of the bands.
    pub bands: [[f64; 2]; BANDS.len()],
    /// The model's median.
    pub median: f64,
    /// Share of the model's runs that went further than what came.
    pub pit: f64,
    /// Score of the model.
    pub crps_model: f64,
    /// Score of the same news without a cascade.
    pub crps_no_cascade: f64,
    /// Score of the median of earlier crossings the same way; none where there are fewer than three.
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
    /// Whether the record has open interest and depth. Without them nothing is forced, and what is foretold is news alone.
    pub levered: bool,
    /// All crossings that could be foretold.
    pub crossings: Vec<Foretold>,
    /// Crossings that could not, because less than a day of depth, of prices or no open interest came before.
    pub left_out: usize,
    /// Calendar days with crossings: what happens within a day is hardly independent.
    pub days: usize,
    /// How much the bands held.
    pub coverage: Vec<Coverage>,
    /// How many of the shares of runs that went further lie in each tenth; level if the model is right.
    pub pit_histogram: [usize; BINS],
    /// Against the same news without a cascade.
    pub no_cascade: Scores,
    /// Against the median of earlier crossings; none where there are too few.
    pub historic: Option<Scores>,
}

impl Hindcast<'_> {
    /// Runs the model from every crossing; nothing when cancelled. Progress is told as runs made and runs in all. The result does
    /// not depend on the number of threads.
    ///
    /// # Errors
    /// The model cannot begin.
    pub fn run(
        &self,
        threads: NonZeroUsize,
        cancel: &Cancel,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Option<Verdict>, NoCrossings> {
        let known = if self.record.depth().snapshots().is_empty() {
            None
        } else {
            match Crossings::of(self.record, self.trigger, threads, cancel) {
                Ok(Some(crossings)) => Some(crossings),
                Ok(None) => return Ok(None),
                Err(NoCrossings::Map(_)) => None,
                Err(error) => return Err(error),
            }
        };
        let levered = known.is_some();
        let crossings = known.unwrap_or_else(|| Crossings::of_news(self.record, self.trigger));
        let scenarios = crossings
            .known
            .iter()
            .map(|crossing| crossing.scenario(self.record, self.base, &Assumptions::default()))
            .collect::<Result<Vec<_>, _>>()?;
        let runs = scenarios.len() * self.seeds;
        let mut furthest = Vec::with_capacity(runs);
        let job = |index: usize| {
            let (place, seed) = (index / self.seeds, (index % self.seeds) as u64);
            let run = crossings.known[place].run(&scenarios[place], seed, 1.0, cancel)?;
            Some((run.further, crossings.known[place].undisturbed(seed)))
        };
        let take = |_, pair| -> Result<(), Infallible> {
            furthest.push(pair);
            progress(furthest.len(), runs);
            Ok(())
        };
        let Ok(()) = in_order(0..runs, threads, job, take);
        Ok((furthest.len() == runs).then(|| self.verdict(&crossings, &furthest, levered)))
    }

    fn verdict(&self, crossings: &Crossings, furthest: &[(f64, f64)], levered: bool) -> Verdict {
        let mut judged: Vec<Foretold> = Vec::with_capacity(crossings.known.len());
        for (crossing, runs) in crossings.known.iter().zip(furthest.chunks(self.seeds)) {
            let sign = crossing.way.sign();
            let sorted = |of: fn(&(f64, f64)) -> f64| {
                let mut moves: Vec<f64> = runs.iter().map(|run| sign * of(run)).collect();
                moves.sort_unstable_by(f64::total_cmp);
                moves
            };
            let (model, undisturbed) = (sorted(|run| run.0), sorted(|run| run.1));
            let foretold = Weighted::equal(&model);
            let mut earlier: Vec<f64> = judged
                .iter()
                .filter(|earlier| earlier.way == crossing.way)
                .map(|earlier| earlier.came)
                .collect();
            earlier.sort_unstable_by(f64::total_cmp);
            let came = sign * crossing.came(self.record).further;
            judged.push(Foretold {
                time_ms: crossing.time_ms,
                way: crossing.way,
                price: crossing.price,
                came,
                bands: BANDS.map(|band| [quantile(&model, 0.5 - band / 2.0), quantile(&model, 0.5 + band / 2.0)]),
                median: quantile(&model, 0.5),
                pit: match crossing.way {
                    Way::Fall => foretold.below(came),
                    Way::Rise => 1.0 - foretold.below(came),
                },
                crps_model: foretold.crps(came),
                crps_no_cascade: Weighted::equal(&undisturbed).crps(came),
                crps_historic: (earlier.len() >= EARLIER_MIN).then(|| (quantile(&earlier, 0.5) - came).abs()),
            });
        }
        summary(judged, crossings.left_out, levered)
    }
}

fn summary(crossings: Vec<Foretold>, left_out: usize, levered: bool) -> Verdict {
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
        let within = |crossing: &&Foretold| {
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
    let scores = |baseline: &dyn Fn(&Foretold) -> Option<f64>| {
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
        levered,
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
            return "There is nothing to compare: the price never moved that far, with an hour left to see what came."
                .to_owned();
        }
        if self.crossings.is_empty() {
            let wanted = if self.levered {
                "depth or of open interest"
            } else {
                "prices"
            };
            return format!(
                "There is nothing to compare: {} could not be foretold, for want of a day of {wanted} before.",
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
        let no_cascade = if self.levered {
            against("the same news without a cascade", &self.no_cascade)
        } else {
            " The record lacks open interest or depth, without which nobody knows what is levered: the model is news alone.".to_owned()
        };
        format!(
            "{} on {}.{coverage}{no_cascade}{historic}{few}",
            format::counted(self.crossings.len(), "crossing"),
            format::counted(self.days, "day"),
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
