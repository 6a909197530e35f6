//! What the order book of a record is like, measured and not fitted to a model of traders: how deep it is, how depth grows with
//! the distance from the price, how it changes over the day, how much of it goes when the price moves sharply, and how fast it
//! comes back.
//!
//! The depth of a side within p per cent of the price, D(p), is taken to be D₁·s(h)·p^κ·e^(−λ): a level, the hour's factor s with
//! mean 1, a power of the distance, and what is missing of it, λ. In every bar λ decays by half in the half-life and grows by
//! θ for each standard deviation by which the bar's log move exceeds two; the side that the move hits lacks more, (1 + q)·λ.
//! The standard deviation is that of the bars before, exponentially weighted. κ is the mean slope of ln D on ln p, snapshot by
//! snapshot; all else is one least-squares fit to the logarithms (Gauss–Newton, as λ is not linear in the half-life).
//!
//! Errors are half widths of 95 % intervals from the residuals, whose sums are taken over blocks of hours so that what they have
//! in common within some hours is not counted as new evidence (Liang and Zeger 1986).

use cascade_scenario::{PositionSide, format};

use super::depth::{Band, DepthSnapshot, PERCENTS};
use super::record::Record;
use super::{DAY_MS, HOUR_MS, MINUTE_MS};

mod least_squares;
mod thinning;

use thinning::Sample;

/// Hours whose residuals count as one piece of evidence.
const BLOCK_MS: i64 = 6 * HOUR_MS;
/// Fewest hours of depth that say something of the hours of a day.
const HOURS_MIN: usize = 24;
/// Fewest bands of a side of a snapshot that show a slope.
const BANDS_MIN: usize = 2;
/// Normal quantile of a two-sided 95 % interval.
const Z_95: f64 = 1.96;

/// A figure and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Half the width of its 95 % interval.
    pub error: f64,
}

impl Estimate {
    /// Of a figure and its standard error.
    fn new(value: f64, standard_error: f64) -> Self {
        Self {
            value,
            error: Z_95 * standard_error,
        }
    }

    /// Whether the interval holds a value.
    pub fn covers(self, value: f64) -> bool {
        (value - self.value).abs() <= self.error
    }
}

/// The book of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Resilience {
    /// D₁: USD within 1 % of the price on one side, mean over the hours of the day, with nothing missing.
    pub level_usd: Estimate,
    /// κ: D(p) ∝ p^κ.
    pub shape: Estimate,
    /// θ: what a bar takes of ln D, for each standard deviation of its move beyond two. None where no bar moved so far.
    pub thinning: Option<Estimate>,
    /// q: by how much more the side lacks that the move hits. None where θ cannot be told from nothing.
    pub hit_side: Option<Estimate>,
    /// Seconds in which half of what is missing comes back. None where θ cannot be told from nothing.
    pub half_life_seconds: Option<Estimate>,
    /// s: factor of each hour of the day, UTC; mean 1.
    pub hours: [f64; 24],
    /// Snapshots that were used.
    pub snapshots: usize,
}

/// Why nothing can be said of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoResilience {
    /// There is no depth.
    #[error("the record has no order-book depth")]
    NoDepth,
    /// Too little of it.
    #[error("less than a day of the record has usable depth on both sides")]
    TooShort,
    /// Its bars are long: what a move takes is back before the bar ends.
    #[error("the bars are longer than five minutes, in which depth thins and recovers unseen")]
    LongBars,
}

impl Resilience {
    /// Measures the book of a record.
    ///
    /// # Errors
    /// The record does not show it.
    pub fn of(record: &Record) -> Result<Self, NoResilience> {
        if record.depth().snapshots().is_empty() {
            return Err(NoResilience::NoDepth);
        }
        if record.bars().interval_ms() > 5 * MINUTE_MS {
            return Err(NoResilience::LongBars);
        }
        let shape = shape(record).ok_or(NoResilience::TooShort)?;
        let (samples, distance) = samples(record, shape.value);
        let mut hours: Vec<i64> = samples
            .iter()
            .map(|sample| sample.time_ms.div_euclid(HOUR_MS))
            .collect();
        hours.dedup();
        if hours.len() < HOURS_MIN {
            return Err(NoResilience::TooShort);
        }
        let found = thinning::fit(record.bars(), samples, BLOCK_MS).ok_or(NoResilience::TooShort)?;
        Ok(Self {
            // What is off in κ turns ln D about the middle of the bands.
            level_usd: Estimate {
                error: libm::hypot(found.level.error, found.level.value * distance * shape.error),
                ..found.level
            },
            shape,
            thinning: found.thinning,
            hit_side: found.hit_side,
            half_life_seconds: found.half_life_seconds,
            hours: found.hours,
            snapshots: record.depth().snapshots().len(),
        })
    }
}

impl Resilience {
    /// As it is told: every figure with its error.
    pub fn words(&self) -> String {
        // Both in one unit, so that they can be compared.
        let with_error = |estimate: Estimate, per_unit: f64, digits: i32| {
            format!(
                "{} ± {}",
                format::digits(per_unit * estimate.value, digits),
                format::digits(per_unit * estimate.error, 2)
            )
        };
        let standing = format!(
            "The book holds {} M USD within 1 % on a side, mean over the hours of the day, and grows with the distance to the \
             power of {}.",
            with_error(self.level_usd, 1e-6, 4),
            with_error(self.shape, 1.0, 4)
        );
        let sharp = match (self.thinning, self.half_life_seconds) {
            (Some(thinning), Some(half_life)) => format!(
                " A bar's move takes {} of its logarithm for each standard deviation beyond two, and half of that is back after \
                 {} min.",
                with_error(thinning, 1.0, 3),
                with_error(half_life, 1.0 / 60.0, 3)
            ),
            _ => " Sharp moves do not show in it.".to_owned(),
        };
        standing + &sharp
    }
}

/// The bands of a side at 1 % and further: closer ones are seldom whole.
fn bands(side: PositionSide) -> impl Iterator<Item = Band> {
    Band::hit_by_closing(side).filter(|band| band.percent() >= 1.0)
}

/// ln p of every band.
fn log_distances() -> [f64; Band::COUNT] {
    let mut far = [0.0; Band::COUNT];
    for band in Band::all() {
        far[band.index()] = libm::log(band.percent());
    }
    far
}

/// ln p and ln D of the bands of a side, `far` being those of [`log_distances`].
fn points(snapshot: &DepthSnapshot, side: PositionSide, far: &[f64; Band::COUNT]) -> impl Iterator<Item = (f64, f64)> {
    bands(side).filter_map(|band| Some((far[band.index()], libm::log(snapshot.usd(band)?))))
}

/// κ, the mean over snapshots and sides of the slope of ln D on ln p.
fn shape(record: &Record) -> Option<Estimate> {
    let mut blocks: Vec<(i64, f64, f64)> = Vec::new();
    let (far, mut points) = (log_distances(), [(0.0, 0.0); PERCENTS.len()]);
    for snapshot in record.depth().snapshots() {
        for side in [PositionSide::Long, PositionSide::Short] {
            let mut count = 0;
            for (place, point) in points.iter_mut().zip(self::points(snapshot, side, &far)) {
                *place = point;
                count += 1;
            }
            if count < BANDS_MIN {
                continue;
            }
            let block = snapshot.time_ms.div_euclid(BLOCK_MS);
            if blocks.last().is_none_or(|(last, _, _)| *last != block) {
                blocks.push((block, 0.0, 0.0));
            }
            let last = blocks.len() - 1;
            blocks[last].1 += slope(&points[..count]);
            blocks[last].2 += 1.0;
        }
    }
    let count: f64 = blocks.iter().map(|(_, _, count)| count).sum();
    let mean = blocks.iter().map(|(_, sum, _)| sum).sum::<f64>() / count;
    let squares: f64 = blocks.iter().map(|(_, sum, count)| (sum - mean * count).powi(2)).sum();
    let blocks = blocks.len() as f64;
    (blocks > 1.0).then(|| Estimate::new(mean, libm::sqrt(squares * blocks / (blocks - 1.0)) / count))
}

fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (x, y) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (x, y) = (x / count, y / count);
    let both: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    both / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// ln D₁ as each side of each snapshot shows it, the bands it has brought to 1 %, and the mean ln p of all that were used.
fn samples(record: &Record, shape: f64) -> (Vec<Sample>, f64) {
    let mut samples = Vec::with_capacity(2 * record.depth().snapshots().len());
    let (far, mut distances) = (log_distances(), (0.0, 0.0));
    for snapshot in record.depth().snapshots() {
        for side in [PositionSide::Long, PositionSide::Short] {
            let (mut sum, mut distance, mut count) = (0.0, 0.0, 0.0);
            for (far, depth) in points(snapshot, side, &far) {
                sum += depth - shape * far;
                distance += far;
                count += 1.0;
            }
            if count > 0.0 {
                distances = (distances.0 + distance / count, distances.1 + 1.0);
                samples.push(Sample {
                    time_ms: snapshot.time_ms,
                    bids: side == PositionSide::Long,
                    level: sum / count,
                });
            }
        }
    }
    (samples, distances.0 / f64::max(distances.1, 1.0))
}

/// The share of a day that has passed, in hours.
fn hour_of_day(time_ms: i64) -> f64 {
    time_ms.rem_euclid(DAY_MS) as f64 / HOUR_MS as f64
}

#[cfg(test)]
mod tests;
