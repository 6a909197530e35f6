//! What is neither known nor learned, drawn.

use super::kernel::TIERS;

/// Number of draws of a map.
pub const DRAWS: usize = 64;

/// One set of assumptions. All draws together are a design that fills the ranges evenly (scrambled Sobol, Owen 1998), the same
/// on every machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Exits by choice, a share of the holders an hour. Measured at .28 % on the one venue that shows positions, whole positions
    /// only; log-normal about .6 %, a factor of e a standard deviation, because nothing is known of partial exits and other venues.
    /// What open interest does in sharp bars tells the draws apart: after fast exits more of what stands was opened lately, near
    /// the price.
    pub exits_per_hour: f64,
    /// How much more often winners leave than losers: 1 to 2 (measured 1.5).
    pub winners: f64,
    /// Share of exits that goes with volume instead of time: 0 to 1.
    pub with_volume: f64,
    /// Share of levels liquidated in the part of a bar that the price only visited: .7 to 1.
    pub wick: f64,
    /// Share of liquidated coins whose counterparty closes a position too, so that open interest falls by them: .5 to 1. Half
    /// where those who trade open and close alike; more in a fall, where shorts take profit.
    pub closed_with: f64,
    /// Standard deviation of the log leverage about each of the leverages: .08 to .25.
    pub dispersion: f64,
    /// How far the entries lie apart that stand at the beginning, log: standard deviation .01 to .1.
    pub start_width: f64,
    /// How much of the levels that stood at the beginning had been touched before, as a power of the share that a Brownian
    /// path would have left: 0 to 1.
    pub start_touched: f64,
    /// Standard normal deviates for the shares of the leverages.
    pub deviates: [f64; TIERS],
}

impl Draw {
    /// A draw of the design, from 0.
    pub fn nth(index: usize) -> Self {
        let uniform = |dimension: u32| f64::from(sobol_burley::sample(index as u32, dimension, 0));
        let between = |dimension, low: f64, high: f64| low + (high - low) * uniform(dimension);
        let mut deviates = [0.0; TIERS];
        for (dimension, deviate) in (8..).zip(&mut deviates) {
            *deviate = normal(uniform(dimension));
        }
        Self {
            exits_per_hour: 0.006 * libm::exp(normal(uniform(0))),
            winners: between(1, 1.0, 2.0),
            with_volume: uniform(2),
            wick: between(3, 0.7, 1.0),
            closed_with: between(4, 0.5, 1.0),
            dispersion: between(5, 0.08, 0.25),
            start_width: libm::exp(between(6, libm::log(0.01), libm::log(0.1))),
            start_touched: uniform(7),
            deviates,
        }
    }
}

/// The standard normal quantile of a share, within 5e-4 (Abramowitz and Stegun 26.2.23).
fn normal(share: f64) -> f64 {
    let tail = share.min(1.0 - share).max(1e-9);
    let t = (-2.0 * libm::log(tail)).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let size = t - numerator / denominator;
    if share < 0.5 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_normal() {
        for (share, expected) in [(0.5, 0.0), (0.975, 1.959_964), (0.1, -1.281_552), (0.999, 3.090_232)] {
            assert!((normal(share) - expected).abs() < 5e-4, "{share}");
        }
    }

    /// A design of 64 points has one in each 64th of every range.
    #[test]
    fn draws_fill_their_ranges_evenly() {
        let mut wicks: Vec<usize> = (0..DRAWS)
            .map(|k| ((Draw::nth(k).wick - 0.7) / 0.3 * 64.0) as usize)
            .collect();
        wicks.sort_unstable();
        assert_eq!(wicks, (0..DRAWS).collect::<Vec<_>>());
        let mean: f64 = (0..DRAWS).map(|k| Draw::nth(k).deviates[3]).sum::<f64>() / DRAWS as f64;
        assert!(mean.abs() < 0.05, "{mean}");
    }
}
