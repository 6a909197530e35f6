//! What of the model no file of a market states, fitted to what came in the hours after its sharp moves.
//!
//! Depth, its shape, thinning and recovery are measured ([`cascade_market::resilience`]). Left are the [`Free`] ones. They are
//! sought by history matching in waves (Vernon, Goldstein and Bower 2010): a design that fills their ranges evenly (scrambled
//! Sobol points; Owen 1998), the model run from every crossing with the same seeds at each, the moments of those hours
//! ([`Moment`]) held against the record's; then a design within the box of the points that are not ruled out, and again.
//!
//! A point is **ruled out** when its second largest misfit is beyond three deviations. All others weigh e^(−J/2), J being the
//! Huber distance of their misfits, over how densely the waves lie there; the bands are quantiles of these weights, a quasi
//! posterior under a prior that is even over the logarithm of each range (Grazzini and Richiardi 2015 discuss such estimates), but for the pass-through
//! where it is known from elsewhere. A parameter whose
//! band is nearly as wide as without any data is **not identified**, and is said to be so. No point left: the model is refuted,
//! and the moments that fail are named.
//!
//! How much it is worth is seen by leaving out one day after the other: the weights are made without it, and its hours foretold
//! with them.

mod moments;
mod preset;
#[cfg(test)]
mod tests;
mod waves;
mod words;

use std::num::NonZeroUsize;

use serde::Serialize;
use strum::{EnumCount, VariantArray};

use cascade_market::{DAY_MS, Record};
use cascade_scenario::Scenario;

use super::crossings::{Crossings, Hour, NoCrossings, Trigger, Way};
use super::explanation::explanation;
use super::market_start::Assumptions;
use super::parallel::{Cancel, in_order};
use super::statistics::Weighted;

pub use moments::{Moment, Moments};
use moments::{Target, mean, of_hour};
pub use preset::preset;
use waves::{Judged, Room, Tried, density, judge, likely, point, room};

/// The share of the price that a sharp move is, unless another one is asked for.
pub const SHARP: f64 = 0.01;
/// Designs, one within the box that the one before left.
const WAVES: usize = 3;
/// Fewest hours, and days, that say anything.
const HOURS_MIN: usize = 3;
const DAYS_MIN: usize = 2;
/// The band of a parameter.
const BAND: [f64; 2] = [0.1, 0.9];
/// A band wider than this share of the band without data tells nothing.
const FLAT: f64 = 0.75;
/// Runs from each crossing of the model as it begins without a fit.
const UNFITTED_SEEDS: usize = 64;

/// What is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Free {
    /// The part of forced orders that nobody absorbs.
    PassThrough,
    /// What rests at levels, by the estimated map: the share of isolated margin.
    Mass,
    /// Log distances of the levels, by the map: the inverse of leverage.
    Distance,
    /// Moves that come without anybody being forced, by those expected from the bars before.
    News,
    /// Stop orders of holders without leverage, by open interest.
    Stops,
}

/// Values of all of them.
pub type Point = [f64; Free::COUNT];

impl Free {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PassThrough => "Part of forced orders that nobody absorbs",
            Self::Mass => "Coins at levels, by the estimated map",
            Self::Distance => "Distance of the levels, by the estimated map",
            Self::News => "News, by what the bars before let expect",
            Self::Stops => "Stop orders, by open interest",
        }
    }

    /// The range that is searched, evenly in the logarithm.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::PassThrough => (0.02, 1.0),
            Self::Mass => (1.0 / 3.0, 3.0),
            Self::Distance => (0.6, 1.667),
            Self::News => (0.5, 3.0),
            Self::Stops => (0.003, 0.3),
        }
    }

    fn log_range(self) -> (f64, f64) {
        let (low, high) = self.range();
        (libm::log(low), libm::log(high))
    }
}

/// How the model begins at a point.
pub const fn assumptions(point: &Point) -> Assumptions {
    Assumptions {
        pass_through: point[Free::PassThrough as usize],
        mass: point[Free::Mass as usize],
        distance: point[Free::Distance as usize],
        news: point[Free::News as usize],
        stops: point[Free::Stops as usize],
    }
}

/// How a record is searched.
#[derive(Clone, Copy, Debug)]
pub struct Search<'s> {
    /// The record.
    pub record: &'s Record,
    /// What the record does not determine.
    pub base: &'s Scenario,
    /// What a sharp move is.
    pub trigger: Trigger,
    /// Points of each of the waves.
    pub points: usize,
    /// Runs from each crossing at each point.
    pub seeds: usize,
}

/// The hours that a search fits the model to.
#[derive(Clone, Copy, Debug)]
struct Calibrator<'c> {
    /// How it is searched.
    search: Search<'c>,
    /// Where the model begins.
    crossings: &'c Crossings,
    /// The 10 and 90 % quantiles of the pass-through by what is known without the hours: how bars moved among more and fewer levels.
    pass_through: Option<[f64; 2]>,
}

/// Why nothing was fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCalibration {
    /// Too little happened.
    #[error(
        "the model can begin at {hours} sharp moves on {days} days of the record; fitting it needs at least {HOURS_MIN} on {DAYS_MIN}"
    )]
    TooFew {
        /// Hours after sharp moves.
        hours: usize,
        /// Days they are on.
        days: usize,
    },
    /// A run cannot begin.
    #[error(transparent)]
    Crossings(#[from] NoCrossings),
}

impl Search<'_> {
    /// Fits the model to the record: finds the crossings, learns the pass-through by how bars moved ([`explanation`]), and seeks the
    /// rest. Nothing when cancelled; progress is told as points tried and in all. The result does not depend on the number of
    /// threads.
    ///
    /// # Errors
    /// Too few hours, no open interest, or the model cannot begin.
    pub fn run(
        &self,
        threads: NonZeroUsize,
        cancel: &Cancel,
        progress: impl FnMut(usize, usize),
    ) -> Result<Option<Calibration>, NoCalibration> {
        let Some(crossings) = Crossings::of(self.record, self.trigger, threads, cancel)? else {
            return Ok(None);
        };
        let whole = (self.record.begins_ms(), self.record.ends_ms());
        let known = match explanation(self.record, whole, threads, cancel, |_| ()) {
            Ok(None) => return Ok(None),
            Ok(Some(explained)) => Some([explained.pass_through.p10, explained.pass_through.p90]),
            Err(_) => None,
        };
        let calibrator = Calibrator {
            search: *self,
            crossings: &crossings,
            pass_through: known,
        };
        calibrator.fit(&calibrator.came(), threads, cancel, progress)
    }
}

/// What was found of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fitted {
    /// Which.
    pub parameter: Free,
    /// The range that was searched.
    pub range: (f64, f64),
    /// The 10 % quantile of the points that are not ruled out, by their weights.
    pub p10: f64,
    /// The median.
    pub median: f64,
    /// The 90 % quantile.
    pub p90: f64,
    /// Whether the record narrows it down.
    pub identified: bool,
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// What.
    pub moment: Moment,
    /// In the record.
    pub record: f64,
    /// How far off that may be, a standard deviation; of what is printed as liquidated, downwards.
    pub deviation: f64,
    /// In the model, at the best point.
    pub model: f64,
}

/// How well left-out days were foretold: mean scores (continuous ranked probability) of how far the log price went on in the hours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// By the model as fitted to the other days.
    pub fitted: f64,
    /// By the model as it begins without a fit.
    pub unfitted: f64,
    /// Share of the hours within the fitted model's band of 80 %.
    pub held: f64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Hours after sharp moves.
    pub hours: usize,
    /// How many of them after rises; the others after falls.
    pub rises: usize,
    /// Days they are on.
    pub days: usize,
    /// Every parameter.
    pub parameters: Vec<Fitted>,
    /// Every moment that the record has.
    pub moments: Vec<Compared>,
    /// The best point, in the order of the parameters.
    pub best: Point,
    /// Its distance J.
    pub distance: f64,
    /// Points that were tried.
    pub tried: usize,
    /// Those that are not ruled out, in the order of their distance: the point and J.
    pub accepted: Vec<(Point, f64)>,
    /// Moments that the best point misses by three deviations, where all points are ruled out.
    pub refuted_by: Vec<Moment>,
    /// One day left out after the other; none where too few would be left.
    pub left_out: Option<LeftOut>,
}

impl Calibrator<'_> {
    /// What came in the record.
    fn came(&self) -> Vec<Hour> {
        let hours = self.crossings.known.iter();
        hours.map(|crossing| crossing.came(self.search.record)).collect()
    }

    /// Fits the model to hours that came.
    fn fit(
        &self,
        came: &[Hour],
        threads: NonZeroUsize,
        cancel: &Cancel,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Option<Calibration>, NoCalibration> {
        let evidence = self.evidence(came)?;
        let target = Target::new(&evidence, self.search.seeds, is_printed(came));
        let mut rooms: Vec<Room> = Vec::with_capacity(WAVES);
        let mut tried: Vec<Tried> = Vec::with_capacity(WAVES * self.search.points);
        for wave in 0..WAVES {
            let room = room(&tried, &target);
            let job = |index: usize| Some(self.attempt(&point(&room, wave * self.search.points + index), cancel));
            let mut failed = None;
            let take = |_, attempt: Result<Option<Tried>, NoCrossings>| match attempt {
                Ok(Some(attempt)) => {
                    tried.push(attempt);
                    progress(tried.len(), WAVES * self.search.points);
                    Ok(())
                }
                Ok(None) => Err(()),
                Err(error) => {
                    failed = Some(error);
                    Err(())
                }
            };
            let done = in_order(0..self.search.points, threads, job, take);
            if let Some(error) = failed {
                return Err(error.into());
            }
            if done.is_err() {
                return Ok(None);
            }
            rooms.push(room);
        }
        let unfitted = self.unfitted(cancel)?;
        Ok(unfitted.map(|unfitted| self.verdict(&evidence, came, &target, &rooms, &tried, &unfitted)))
    }

    /// Moments of what came, with the days.
    fn evidence(&self, came: &[Hour]) -> Result<Vec<(i64, Moments)>, NoCalibration> {
        let day = |place: usize| self.crossings.known[place].time_ms.div_euclid(DAY_MS);
        let evidence: Vec<(i64, Moments)> = (0..came.len())
            .map(|place| (day(place), of_hour(&came[place])))
            .collect();
        let days = days(&evidence).len();
        if evidence.len() < HOURS_MIN || days < DAYS_MIN {
            return Err(NoCalibration::TooFew {
                hours: evidence.len(),
                days,
            });
        }
        Ok(evidence)
    }

    /// Runs the model from every crossing at a point.
    fn attempt(&self, point: &Point, cancel: &Cancel) -> Result<Option<Tried>, NoCrossings> {
        let count = self.crossings.known.len();
        let mut tried = Tried {
            point: *point,
            moments: Vec::with_capacity(count),
            furthest: Vec::with_capacity(count),
        };
        for crossing in &self.crossings.known {
            let assumptions = assumptions(point);
            let scenario = crossing.scenario(self.search.record, self.search.base, &assumptions)?;
            let mut sums = Moments::default();
            let mut furthest = Vec::with_capacity(self.search.seeds);
            for seed in 0..self.search.seeds as u64 {
                let Some(hour) = crossing.run(&scenario, seed, assumptions.news, cancel) else {
                    return Ok(None);
                };
                for (sum, value) in sums.iter_mut().zip(of_hour(&hour)) {
                    *sum += value / self.search.seeds as f64;
                }
                furthest.push(hour.further);
            }
            tried.moments.push(sums);
            tried.furthest.push(furthest);
        }
        Ok(Some(tried))
    }

    /// How far the price goes on by crossing in the model as it begins without a fit.
    fn unfitted(&self, cancel: &Cancel) -> Result<Option<Vec<Vec<f64>>>, NoCrossings> {
        let mut plain = [1.0; Free::COUNT];
        plain[Free::Stops as usize] = 0.0;
        let alone = Self {
            search: Search {
                seeds: UNFITTED_SEEDS,
                ..self.search
            },
            ..*self
        };
        Ok(alone.attempt(&plain, cancel)?.map(|tried| tried.furthest))
    }

    fn verdict(
        &self,
        evidence: &[(i64, Moments)],
        came: &[Hour],
        target: &Target,
        rooms: &[Room],
        tried: &[Tried],
        unfitted: &[Vec<f64>],
    ) -> Calibration {
        let prior = |point: &Point| self.prior(rooms, point);
        let judged = judge(tried, target, evidence, prior, |_| true);
        let best = judged
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| a.distance.total_cmp(&b.distance))
            .map_or(0, |(place, _)| place);
        let mut accepted: Vec<(Point, f64)> = tried
            .iter()
            .zip(&judged)
            .filter(|(_, judged)| !judged.ruled_out)
            .map(|(tried, judged)| (tried.point, judged.distance))
            .collect();
        accepted.sort_by(|a, b| a.1.total_cmp(&b.1));
        let model = mean(tried[best].moments.iter());
        let misfits = target.misfits(&model);
        let days = days(evidence);
        Calibration {
            hours: evidence.len(),
            rises: self
                .crossings
                .known
                .iter()
                .filter(|crossing| crossing.way == Way::Rise)
                .count(),
            days: days.len(),
            parameters: Free::ALL
                .iter()
                .map(|free| self.fitted(*free, tried, &judged))
                .collect(),
            moments: Moment::ALL
                .iter()
                .enumerate()
                .filter(|(_, moment)| target.counts(**moment))
                .map(|(k, moment)| Compared {
                    moment: *moment,
                    record: target.values[k],
                    deviation: target.deviations[k],
                    model: model[k],
                })
                .collect(),
            best: tried[best].point,
            distance: judged[best].distance,
            tried: tried.len(),
            refuted_by: Moment::ALL
                .iter()
                .zip(misfits)
                .filter(|(_, misfit)| accepted.is_empty() && misfit.abs() >= 3.0)
                .map(|(moment, _)| *moment)
                .collect(),
            accepted,
            left_out: (days.len() > DAYS_MIN).then(|| self.left_out(evidence, came, rooms, tried, unfitted)),
        }
    }

    /// How much a point counts before its hours are looked at: by what is known of it over how densely the waves lie there.
    fn prior(&self, rooms: &[Room], point: &Point) -> f64 {
        let known = self
            .pass_through
            .map_or(1.0, |known| likely(known, point[Free::PassThrough as usize]));
        known / density(rooms, point)
    }

    fn fitted(&self, free: Free, tried: &[Tried], judged: &[Judged]) -> Fitted {
        let values = tried.iter().zip(judged);
        let values = Weighted::new(
            values
                .map(|(tried, judged)| (tried.point[free as usize], judged.weight))
                .collect(),
        );
        let (low, high) = free.log_range();
        let before = match self.pass_through {
            Some([p10, p90]) if free == Free::PassThrough => libm::log(p90 / p10),
            _ => (BAND[1] - BAND[0]) * (high - low),
        };
        let (p10, p90) = (values.quantile(BAND[0]), values.quantile(BAND[1]));
        Fitted {
            parameter: free,
            range: free.range(),
            p10,
            median: values.quantile(0.5),
            p90,
            identified: libm::log(p90 / p10) < FLAT * before,
        }
    }

    fn left_out(
        &self,
        evidence: &[(i64, Moments)],
        came: &[Hour],
        rooms: &[Room],
        tried: &[Tried],
        unfitted: &[Vec<f64>],
    ) -> LeftOut {
        let (mut fitted, mut plain, mut held) = (0.0, 0.0, 0.0);
        for day in days(evidence) {
            let others: Vec<(i64, Moments)> = evidence.iter().filter(|(of, _)| *of != day).copied().collect();
            let target = Target::new(&others, self.search.seeds, is_printed(came));
            let prior = |point: &Point| self.prior(rooms, point);
            let judged = judge(tried, &target, evidence, prior, |of| of != day);
            for (place, _) in evidence.iter().enumerate().filter(|(_, (of, _))| *of == day) {
                let runs = tried.iter().zip(&judged).flat_map(|(tried, judged)| {
                    let weight = judged.weight;
                    tried.furthest[place].iter().map(move |further| (*further, weight))
                });
                let foretold = Weighted::new(runs.collect());
                let further = came[place].further;
                fitted += foretold.crps(further);
                plain += Weighted::equal(&unfitted[place]).crps(further);
                if (foretold.quantile(BAND[0])..=foretold.quantile(BAND[1])).contains(&further) {
                    held += 1.0;
                }
            }
        }
        let hours = evidence.len() as f64;
        LeftOut {
            fitted: fitted / hours,
            unfitted: plain / hours,
            held: held / hours,
        }
    }
}

/// Whether what was liquidated is printed for all hours.
fn is_printed(came: &[Hour]) -> bool {
    came.iter().all(|hour| hour.liquidated.is_some())
}

fn days(evidence: &[(i64, Moments)]) -> Vec<i64> {
    let mut days: Vec<i64> = evidence.iter().map(|(day, _)| *day).collect();
    days.dedup();
    days
}

impl Calibration {
    /// The medians of the parameters: what a preset is made with.
    pub fn medians(&self) -> Point {
        std::array::from_fn(|k| self.parameters[k].median)
    }
}
