//! How much of what is opened rests at each leverage, learned from falls of open interest.
//!
//! What a sharp bar liquidates must show: open interest falls by the liquidated coins whose counterparty closes as well, on top
//! of what holders do by choice, which grows with the move too. So, between two moments,
//! `ΔO/O = −ρ·Σ_j w_j·b_j/O + γ·|r| + noise`: b_j what would have been liquidated if everything were opened at leverage j, w_j
//! the share that is, ρ the part with a closing counterparty, r the log move. Linear in w and γ, so that the posterior is the
//! recursive least squares of Kalman (1960). The prior of w is broad: an isolated share of 12 %, give or take a factor of two,
//! times the shares of the leverages that the standing positions of the venue with open books imply.

use super::kernel::TIERS;
use super::side::Tally;

/// Unknowns: the shares and the coefficient of the move.
const UNKNOWNS: usize = TIERS + 1;

/// Prior isolated share of what is opened, and its standard deviation relative to it.
const ISOLATED: f64 = 0.12;
const ISOLATED_SPREAD: f64 = 0.8;
/// The prior shares of the leverages are worth so many observed openings (Dirichlet).
const CONCENTRATION: f64 = 12.0;
/// Prior standard deviation of γ: open interest that leaves by choice for each unit of log move.
const BY_CHOICE: f64 = 0.15;
/// First guess of the noise of an observation, relative to open interest.
const NOISE: f64 = 1e-3;
/// Weight of a new observation in the estimate of the noise.
const NOISE_RATE: f64 = 0.03;

/// What is known of the shares at a moment.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    mean: [f64; UNKNOWNS],
    covariance: [[f64; UNKNOWNS]; UNKNOWNS],
    /// Part of liquidated coins that open interest falls by.
    closed_with: f64,
    variance: f64,
    /// Logarithm of how well everything so far was foreseen.
    pub log_likelihood: f64,
}

impl Shares {
    /// Before anything is known; `opened` are the shares of the leverages within what is isolated.
    pub(super) fn new(opened: &Tally, closed_with: f64) -> Self {
        let mut shares = Self {
            mean: [0.0; UNKNOWNS],
            covariance: [[0.0; UNKNOWNS]; UNKNOWNS],
            closed_with,
            variance: NOISE * NOISE,
            log_likelihood: 0.0,
        };
        let square = ISOLATED * ISOLATED;
        for i in 0..TIERS {
            shares.mean[i] = ISOLATED * opened[i];
            for j in 0..TIERS {
                let together = opened[i] * opened[j];
                let apart = if i == j { opened[i] } else { 0.0 } - together;
                let within = (1.0 + ISOLATED_SPREAD * ISOLATED_SPREAD) * apart / (CONCENTRATION + 1.0);
                shares.covariance[i][j] = square * (ISOLATED_SPREAD * ISOLATED_SPREAD * together + within);
            }
        }
        shares.covariance[TIERS][TIERS] = BY_CHOICE * BY_CHOICE;
        shares
    }

    /// Takes in what open interest did: its relative change, what would have been liquidated at each leverage relative to it,
    /// the size of the log move, and how much was traded relative to the usual.
    pub(super) fn observe(&mut self, change: f64, liquidated: &Tally, log_move: f64, traded: f64) {
        let mut design = [0.0; UNKNOWNS];
        for (entry, coins) in design.iter_mut().zip(liquidated) {
            *entry = -self.closed_with * coins;
        }
        design[TIERS] = -libm::fabs(log_move);
        let gain: [f64; UNKNOWNS] = std::array::from_fn(|i| dot(&self.covariance[i], &design));
        let known = dot(&gain, &design);
        let noise = self.variance * traded.clamp(0.25, 100.0);
        let total = known + noise;
        let surprise = change - dot(&self.mean, &design);
        self.log_likelihood -= 0.5 * (surprise * surprise / total + libm::log(total));
        // A surprise of more than four standard deviations counts as one of four.
        let bound = 4.0 * total.sqrt();
        let surprise = surprise.clamp(-bound, bound);
        for ((mean, row), own) in self.mean.iter_mut().zip(&mut self.covariance).zip(gain) {
            *mean += own * surprise / total;
            for (entry, other) in row.iter_mut().zip(gain) {
                *entry -= own * other / total;
            }
        }
        let scale = traded.clamp(0.25, 100.0);
        let seen = ((surprise * surprise - known) / scale).clamp(0.0, 9.0 * self.variance);
        self.variance += NOISE_RATE * (seen - self.variance);
    }

    /// The shares of a draw: mean plus a square root of the covariance times standard deviates, none below 0.
    pub(super) fn drawn(&self, deviates: &Tally) -> Tally {
        let root = cholesky(&self.covariance);
        let mut shares = [0.0; TIERS];
        for i in 0..TIERS {
            let off: f64 = (0..=i).map(|j| root[i][j] * deviates[j]).sum();
            shares[i] = (self.mean[i] + off).max(0.05 * self.mean[i]).max(0.0);
        }
        shares
    }

    /// Isolated share of what is opened, and its standard deviation.
    pub(super) fn isolated(&self) -> (f64, f64) {
        let mean = self.mean[..TIERS].iter().sum();
        let variance: f64 = self.covariance[..TIERS]
            .iter()
            .map(|row| row[..TIERS].iter().sum::<f64>())
            .sum();
        (mean, variance.max(0.0).sqrt())
    }
}

fn dot(a: &[f64; UNKNOWNS], b: &[f64; UNKNOWNS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Lower root of the covariance of the shares; rows without variance are empty.
fn cholesky(covariance: &[[f64; UNKNOWNS]; UNKNOWNS]) -> [[f64; TIERS]; TIERS] {
    let mut root = [[0.0; TIERS]; TIERS];
    for i in 0..TIERS {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let left = covariance[i][j] - sum;
            root[i][j] = if i == j {
                left.max(0.0).sqrt()
            } else if root[j][j] > 0.0 {
                left / root[j][j]
            } else {
                0.0
            };
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::kernel::opened;
    use rand::{RngExt as _, SeedableRng as _};

    /// Liquidations that show in the open interest are learned, whatever leaves by choice beside them.
    #[test]
    fn shares_are_learned_from_falls() {
        let prior = opened(0.1, 0.03);
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let truth: Tally = std::array::from_fn(|j| 0.3 * prior[TIERS - 1 - j]);
        let mut shares = Shares::new(&prior, 0.75);
        for _ in 0..400 {
            let log_move = 0.03 * rng.random::<f64>();
            let coins: Tally = std::array::from_fn(|_| 0.3 * rng.random::<f64>() * log_move / 0.03);
            let burnt: f64 = coins.iter().zip(&truth).map(|(a, b)| a * b).sum();
            let noise = 2e-4 * (rng.random::<f64>() - 0.5);
            shares.observe(-0.75 * burnt - 0.1 * log_move + noise, &coins, log_move, 1.0);
        }
        for (j, truth) in truth.iter().enumerate() {
            let error = shares.covariance[j][j].sqrt();
            assert!(
                (shares.mean[j] - truth).abs() < 4.0 * error + 1e-3,
                "{j}: {} {truth}",
                shares.mean[j]
            );
            assert!(error < 0.01, "{error}");
        }
        let (isolated, _) = shares.isolated();
        assert!((isolated - 0.3).abs() < 0.02, "{isolated}");
    }

    #[test]
    fn without_observations_the_draws_are_the_prior() {
        let prior = opened(0.1, 0.03);
        let shares = Shares::new(&prior, 0.75);
        let (isolated, error) = shares.isolated();
        assert!(
            (isolated - 0.12).abs() < 1e-12 && (error - 0.096).abs() < 1e-9,
            "{isolated} {error}"
        );
        let drawn = shares.drawn(&[0.0; TIERS]);
        assert!((drawn.iter().sum::<f64>() - 0.12).abs() < 1e-12);
    }
}
