//! The part of forced orders that moves the price, learned from how bars moved.
//!
//! Regressing moves on liquidations would tell nothing: a fall liquidates, so that the two go together even where liquidations do
//! nothing. With the levels known the circle can be undone. Had the orders the pass-through x, the bar would have moved by
//! `e = r − x·h` without them, and the probability of r is that of e times `de/dr = 1 − x·h′`, where h′ is by how much h grows when
//! the price goes further, the density of levels at the furthest price over depth. (The likelihood of a simultaneous equation;
//! Haavelmo 1943.) What drives a fall lasts longer than a bar and liquidates as well, so e counts as it differs from the mean of the four
//! bars before and after; it is taken to be Student's t with 4 degrees of freedom, scaled by an exponentially weighted variance.
//!
//! Within a bar it is not known whether orders act while the price still goes, so that its close feels all of h′, or once the
//! furthest price is made, so that only that part counts which the close kept. Both count half.
//!
//! What is known before: with more than about .3 every fall among dense levels would run away, with less than .05 liquidations would hardly
//! show in any market, so that these are taken for the 10 and 90 % quantiles of a log-normal prior.

use super::flow::Moved;

/// Number of pass-throughs that are tried.
pub(super) const GRID: usize = 61;
/// The least and the largest of them.
const LEAST: f64 = 0.01;
const LARGEST: f64 = 1.0;
/// Quantiles of 10 and 90 % of the prior.
const PRIOR: [f64; 2] = [0.05, 0.3];
/// The standard normal quantile of 90 %.
const Z_90: f64 = 1.281_552;
/// Bars before and after that a bar's own move is compared with.
const BESIDE: usize = 4;
/// Degrees of freedom of a bar's own move.
const FREEDOM: f64 = 4.0;
/// Weight of a new bar in the variance, and the most it counts for, in variances.
const RATE: f64 = 0.06;
const MOST: f64 = 16.0;
/// Bars whose variance begins.
const FIRST: usize = 120;
const LEAST_VARIANCE: f64 = 1e-9;
/// Where the price would run away by itself nothing is known of e: the least that de/dr is taken for.
const LEAST_SLOPE: f64 = 0.05;

/// The pass-throughs that are tried, from the least on.
pub(super) fn grid() -> [f64; GRID] {
    let step = libm::log(LARGEST / LEAST) / (GRID - 1) as f64;
    std::array::from_fn(|place| LEAST * libm::exp(place as f64 * step))
}

/// Weights of the pass-throughs of the grid, which sum to 1.
pub(super) fn posterior(bars: &[Moved]) -> Vec<f64> {
    let middle = libm::log(PRIOR[0] * PRIOR[1]) / 2.0;
    let spread = libm::log(PRIOR[1] / PRIOR[0]) / (2.0 * Z_90);
    let mut logs = [[0.0; GRID]; 2];
    for (place, x) in grid().into_iter().enumerate() {
        let off = (libm::log(x) - middle) / spread;
        let [at_once, after] = log_likelihoods(bars, x);
        logs[0][place] = at_once - off * off / 2.0;
        logs[1][place] = after - off * off / 2.0;
    }
    let mut weights = vec![0.0; GRID];
    for logs in logs {
        let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw = logs.map(|log| libm::exp(log - best));
        let total: f64 = raw.iter().sum();
        for (weight, raw) in weights.iter_mut().zip(raw) {
            *weight += 0.5 * raw / total;
        }
    }
    weights
}

/// By how much each bar's own move differs from the mean of those beside it.
fn unlike_neighbours(bars: &[Moved], x: f64) -> Vec<f64> {
    let own: Vec<f64> = bars.iter().map(|bar| bar.made - x * bar.forced).collect();
    let differs = |(place, value): (usize, &f64)| {
        let beside = &own[place.saturating_sub(BESIDE)..(place + BESIDE + 1).min(own.len())];
        let others = (beside.len() - 1).max(1) as f64;
        value - (beside.iter().sum::<f64>() - value) / others
    };
    own.iter().enumerate().map(differs).collect()
}

/// How probable the moves are, where orders act at once and where they act after the furthest price.
fn log_likelihoods(bars: &[Moved], x: f64) -> [f64; 2] {
    let own = unlike_neighbours(bars, x);
    let first = &own[..own.len().min(FIRST)];
    let squares: f64 = first.iter().map(|own| own * own).sum();
    let mut variance = (squares / first.len().max(1) as f64).max(LEAST_VARIANCE);
    let (mut shared, mut slopes) = (0.0, [0.0; 2]);
    for (bar, own) in bars.iter().zip(own) {
        let square = own * own;
        let scale = variance * (FREEDOM - 2.0);
        shared -= 0.5 * ((FREEDOM + 1.0) * libm::log1p(square / scale) + libm::log(variance));
        if bar.slope > 0.0 {
            slopes[0] += libm::log((1.0 - x * bar.slope).max(LEAST_SLOPE));
            slopes[1] += libm::log((1.0 - x * bar.slope * bar.kept).max(LEAST_SLOPE));
        }
        variance += RATE * (square.min(MOST * variance) - variance);
        variance = variance.max(LEAST_VARIANCE);
    }
    slopes.map(|slope| shared + slope)
}
