//! What is compared between the model and a record: means over the hours after sharp moves.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use strum::{EnumCount, VariantArray};

use crate::crossings::Hour;

/// Resamples of the days.
const RESAMPLES: usize = 400;
/// What the model may be off by because it is a model, a share of the record's value (of the level of a logarithm).
const DISCREPANCY: f64 = 0.1;
/// What was liquidated may be more than what was printed, because venues print one order a second: one deviation of its logarithm,
/// twice as much.
const UNPRINTED: f64 = std::f64::consts::LN_2;
/// The least share of open interest that makes a difference when it is liquidated.
const LEAST_SHARE: f64 = 1e-4;
/// Misfits count in squares up to this many deviations, linearly beyond (Huber 1964).
const CLIP: f64 = 3.0;
/// The least variance of a minute's sum that has a logarithm.
const LEAST_VARIANCE: f64 = 1e-12;

/// A mean over the hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// How far the price went on.
    Further,
    /// Square root of the mean square of that: whether it went far in few hours or alike in all.
    RootMeanSquare,
    /// How much of the price came back by the end of the hour.
    Regained,
    /// Half the logarithm of the realised variance.
    Volatility,
    /// By how much of itself open interest fell.
    Closed,
    /// Logarithm of what was liquidated by what the estimated map has at the levels that the price reached, both over open interest
    /// and a ten-thousandth more: how far the price went does not matter.
    Liquidated,
}

/// Values of all moments.
pub type Moments = [f64; Moment::COUNT];

impl Moment {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Further => "Further move",
            Self::RootMeanSquare => "Root mean square of the further moves",
            Self::Regained => "Part of the price that came back",
            Self::Volatility => "Volatility of the hour",
            Self::Closed => "Fall of open interest",
            Self::Liquidated => "Liquidated, by what the map has where the price came",
        }
    }

    /// Of one hour; the mean of these is brought to the moment by a root where it is of squares.
    pub fn of(self, hour: &Hour) -> f64 {
        match self {
            Self::Further => hour.further,
            Self::RootMeanSquare => hour.further * hour.further,
            Self::Regained => hour.further - hour.end,
            Self::Volatility => 0.5 * libm::log(hour.variance.max(LEAST_VARIANCE)),
            Self::Closed => hour.closed,
            Self::Liquidated => {
                let liquidated = hour.liquidated.unwrap_or(0.0);
                libm::log((liquidated + LEAST_SHARE) / (hour.reached + LEAST_SHARE))
            }
        }
    }

    fn of_mean(self, mean: f64) -> f64 {
        if self == Self::RootMeanSquare {
            mean.sqrt()
        } else {
            mean
        }
    }

    /// What the model may be off by at a value of the record.
    fn discrepancy(self, value: f64) -> f64 {
        match self {
            Self::Volatility | Self::Liquidated => DISCREPANCY,
            // Which part of those who take over closes a position is assumed to be .75, and may be .5 to 1.
            Self::Closed => (value / 3.0).abs(),
            _ => (DISCREPANCY * value).abs(),
        }
    }
}

/// The moments of an hour, before they are means.
pub(super) fn of_hour(hour: &Hour) -> Moments {
    std::array::from_fn(|k| Moment::ALL[k].of(hour))
}

/// Means of some, in their order.
pub(super) fn mean<'m>(all: impl Iterator<Item = &'m Moments>) -> Moments {
    let (mut sums, mut count) = ([0.0; Moment::COUNT], 0.0);
    for one in all {
        for (sum, value) in sums.iter_mut().zip(one) {
            *sum += value;
        }
        count += 1.0;
    }
    std::array::from_fn(|k| Moment::ALL[k].of_mean(sums[k] / f64::max(count, 1.0)))
}

/// The record's moments and how far off they may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Their values.
    pub values: Moments,
    /// Standard deviation of each: over resampled days, of the model's own luck, and its discrepancy.
    pub deviations: Moments,
    /// Whether the record prints what was liquidated; else that moment does not count.
    printed: bool,
}

impl Target {
    /// Of what came in hours of days, and of the variance of one run about the mean of all, in each of so many runs an hour.
    /// `printed` says whether the record prints what was liquidated in all of them.
    pub(super) fn new(came: &[(i64, Moments)], seeds: usize, printed: bool) -> Self {
        let values = mean(came.iter().map(|(_, one)| one));
        let mut days: Vec<i64> = came.iter().map(|(day, _)| *day).collect();
        days.dedup();
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let (mut sums, mut squares) = ([0.0; Moment::COUNT], [0.0; Moment::COUNT]);
        for _ in 0..RESAMPLES {
            let drawn: Vec<i64> = days.iter().map(|_| days[random.random_range(0..days.len())]).collect();
            let hours = drawn
                .iter()
                .flat_map(|day| came.iter().filter(move |(of, _)| of == day).map(|(_, one)| one));
            for (k, value) in mean(hours).into_iter().enumerate() {
                sums[k] += value - values[k];
                squares[k] += (value - values[k]).powi(2);
            }
        }
        let resamples = RESAMPLES as f64;
        // Of few days a resample varies too little, by (n − 1)/n.
        let few = days.len() as f64 / (days.len() as f64 - 1.0).max(1.0);
        // The model's means are over hours that are as many, each over several runs.
        let lucky = few * (1.0 + 1.0 / seeds as f64);
        let deviations = std::array::from_fn(|k| {
            let resampled = (squares[k] / resamples - (sums[k] / resamples).powi(2)).max(0.0);
            libm::hypot((lucky * resampled).sqrt(), Moment::ALL[k].discrepancy(values[k])).max(f64::MIN_POSITIVE)
        });
        Self {
            values,
            deviations,
            printed,
        }
    }

    /// Whether a moment of the record is known.
    pub(super) fn counts(&self, moment: Moment) -> bool {
        moment != Moment::Liquidated || self.printed
    }

    /// How many deviations the model's moments are off; those that do not count are off by none.
    pub(super) fn misfits(&self, model: &Moments) -> Moments {
        std::array::from_fn(|k| {
            let off = model[k] - self.values[k];
            match Moment::ALL[k] {
                Moment::Liquidated if !self.printed => 0.0,
                // What is printed is a floor.
                Moment::Liquidated if off > 0.0 => off / libm::hypot(self.deviations[k], UNPRINTED),
                _ => off / self.deviations[k],
            }
        })
    }
}

/// The distance of misfits: their squares, beyond [`CLIP`] growing linearly.
pub(super) fn distance(misfits: impl Iterator<Item = f64>) -> f64 {
    misfits
        .map(|misfit| {
            let size = misfit.abs();
            if size < CLIP {
                size * size
            } else {
                CLIP * (2.0 * size - CLIP)
            }
        })
        .sum()
}

/// Whether misfits speak against a point: the second largest is beyond [`CLIP`] (Vernon, Goldstein and Bower 2010).
pub(super) fn is_implausible(misfits: &[f64]) -> bool {
    misfits.iter().filter(|misfit| misfit.abs() >= CLIP).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misfits_count_in_squares_and_then_linearly() {
        assert!((distance([1.0, -2.0].into_iter()) - 5.0).abs() < 1e-15);
        assert!(
            (distance([3.0].into_iter()) - 9.0).abs() < 1e-15 && (distance([-5.0].into_iter()) - 21.0).abs() < 1e-15
        );
        assert!(!is_implausible(&[9.0, 2.9, 0.0]) && is_implausible(&[-9.0, 3.0, 0.0]));
    }

    /// The deviation of a mean of hours of independent days is s/√n.
    #[test]
    fn deviations_are_those_of_the_mean() {
        let hours: Vec<(i64, Moments)> = (0..40)
            .map(|day| (day, [if day % 2 == 0 { 0.0 } else { 2.0 }; Moment::COUNT]))
            .collect();
        let target = Target::new(&hours, 1_000_000, true);
        let further = Moment::Further as usize;
        assert!((target.values[further] - 1.0).abs() < 1e-15);
        let sampled = (target.deviations[further].powi(2) - DISCREPANCY * DISCREPANCY).sqrt();
        // s² = 40/39; of 400 resamples a standard deviation is known to 1/√800.
        let expected = (40.0_f64 / 39.0 / 40.0).sqrt();
        assert!(
            (sampled / expected - 1.0).abs() < 3.0 / 800.0_f64.sqrt(),
            "{sampled} {expected}"
        );
        assert!(target.misfits(&target.values).iter().all(|misfit| *misfit == 0.0));
    }

    /// Prints are a floor, and say nothing where there are none.
    #[test]
    fn printed_liquidations_are_a_floor() {
        let hours: Vec<(i64, Moments)> = (0..40).map(|day| (day, [0.02; Moment::COUNT])).collect();
        let misfit = |printed, times: f64| {
            let target = Target::new(&hours, 8, printed);
            let mut model = target.values;
            model[Moment::Liquidated as usize] += libm::log(times);
            target.misfits(&model)[Moment::Liquidated as usize]
        };
        // Alike on all days: what is left is the discrepancy.
        let below = libm::log(0.8) / DISCREPANCY;
        assert!((misfit(true, 0.8) - below).abs() < 1e-6, "{}", misfit(true, 0.8));
        let above = UNPRINTED / libm::hypot(UNPRINTED, DISCREPANCY);
        assert!((misfit(true, 2.0) - above).abs() < 1e-6, "{}", misfit(true, 2.0));
        assert_eq!([misfit(false, 0.1), misfit(false, 9.0)], [0.0; 2]);
    }
}
