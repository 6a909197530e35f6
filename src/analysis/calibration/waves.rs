//! Designs that fill the ranges, each within what the one before left, and what is thought of their points.

use strum::EnumCount as _;

use super::moments::{Moments, Target, distance, is_implausible, mean};
use super::{Free, Point};

/// The standard normal quantile of the upper end.
const Z_90: f64 = 1.281_552;
/// A box is wider than what it holds by this share of its width to each side.
const MARGIN: f64 = 0.1;
/// Share of the points that a box is about where all are ruled out.
const BEST: f64 = 0.05;

/// A point that was tried.
pub(super) struct Tried {
    /// Where.
    pub point: Point,
    /// By crossing: moments of its runs, before they are means.
    pub moments: Vec<Moments>,
    /// By crossing: how far the price went on in its runs.
    pub furthest: Vec<Vec<f64>>,
}

/// A box that a wave fills, in logarithms.
pub(super) type Room = [(f64, f64); Free::COUNT];

/// What is thought of a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// J.
    pub distance: f64,
    /// Whether the misfits speak against it.
    pub ruled_out: bool,
    /// Of all points these sum to 1.
    pub weight: f64,
}

/// Judges points by the hours of some days.
pub(super) fn judge(
    tried: &[Tried],
    target: &Target,
    evidence: &[(i64, Moments)],
    prior: impl Fn(&Point) -> f64,
    counts: impl Fn(i64) -> bool,
) -> Vec<Judged> {
    let mut judged: Vec<Judged> = tried
        .iter()
        .map(|tried| {
            let hours = tried.moments.iter().zip(evidence);
            let misfits = target.misfits(&mean(
                hours.filter(|(_, (day, _))| counts(*day)).map(|(moments, _)| moments),
            ));
            Judged {
                distance: distance(misfits.into_iter()),
                ruled_out: is_implausible(&misfits),
                weight: 0.0,
            }
        })
        .collect();
    // Where all are ruled out, the distances still say which are the least bad.
    let none = judged.iter().all(|one| one.ruled_out);
    let least = judged.iter().map(|one| one.distance).fold(f64::INFINITY, f64::min);
    let mut total = 0.0;
    for (one, tried) in judged.iter_mut().zip(tried) {
        if none || !one.ruled_out {
            one.weight = libm::exp((least - one.distance) / 2.0) * prior(&tried.point);
            total += one.weight;
        }
    }
    for one in &mut judged {
        one.weight /= total;
    }
    judged
}

/// A log-normal distribution of a parameter by its 10 and 90 % quantiles: how likely a value is, by the middle.
pub(super) fn likely([p10, p90]: [f64; 2], value: f64) -> f64 {
    let deviations = 2.0 * Z_90 * libm::log(value / (p10 * p90).sqrt()) / libm::log(p90 / p10);
    libm::exp(-deviations * deviations / 2.0)
}

/// How densely the waves lie at a point.
pub(super) fn density(rooms: &[Room], point: &Point) -> f64 {
    rooms
        .iter()
        .filter(|room| {
            room.iter()
                .zip(point)
                .all(|((low, high), value)| (*low..=*high).contains(&libm::log(*value)))
        })
        .map(|room| 1.0 / room.iter().map(|(low, high)| high - low).product::<f64>())
        .sum::<f64>()
        .max(f64::MIN_POSITIVE)
}

/// The box of the points that are not ruled out, or of the best where all are; at first all ranges.
pub(super) fn room(tried: &[Tried], target: &Target) -> Room {
    let whole: Room = std::array::from_fn(|k| Free::ALL[k].log_range());
    if tried.is_empty() {
        return whole;
    }
    let mut order: Vec<(bool, f64, &Point)> = tried
        .iter()
        .map(|tried| {
            let misfits = target.misfits(&mean(tried.moments.iter()));
            (is_implausible(&misfits), distance(misfits.into_iter()), &tried.point)
        })
        .collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let left = order.iter().filter(|(ruled_out, ..)| !ruled_out).count();
    let least = (BEST * tried.len() as f64).ceil() as usize;
    order.truncate(left.max(least).max(2));
    std::array::from_fn(|k| {
        let logs = || order.iter().map(|(.., point)| libm::log(point[k]));
        let (low, high) = (
            logs().fold(f64::INFINITY, f64::min),
            logs().fold(f64::NEG_INFINITY, f64::max),
        );
        let margin = MARGIN * (high - low);
        ((low - margin).max(whole[k].0), (high + margin).min(whole[k].1))
    })
}

/// A point of the design within a box.
pub(super) fn point(room: &Room, index: usize) -> Point {
    std::array::from_fn(|k| {
        let (low, high) = room[k];
        libm::exp(low + (high - low) * f64::from(sobol_burley::sample(index as u32, k as u32, 0)))
    })
}
