//! What is made of the figures of a step.

use serde::Serialize;

pub(crate) use super::figures::{Observation, Summary};

impl Observation {
    /// The larger of the two reproduction ratios.
    pub const fn reproduction(&self) -> f64 {
        self.reproduction_down.max(self.reproduction_up)
    }

    /// Geometric mean of the venues' futures prices; spot's without venues.
    pub fn mean_futures(&self) -> f64 {
        self.spot * libm::exp(self.mean_basis())
    }

    /// Mean over the venues of ln(futures price / spot price); 0 without venues.
    pub fn mean_basis(&self) -> f64 {
        let prices = self.futures.iter().filter(|price| **price > 0.0);
        let (sum, count) = prices.fold((0.0, 0.0), |(sum, count), price| {
            (sum + libm::log(price / self.spot), count + 1.0)
        });
        if count > 0.0 { sum / count } else { 0.0 }
    }
}

/// Log price that noise and news must have moved the price by before it is told how many times as far it went: a multiple of
/// next to nothing says nothing.
pub const LEAST_CAUSE: f64 = 0.001;

/// The moment at which the spot price was furthest from its start, and what it would have been without forced flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LargestMove {
    /// The change of the log price since the start at that moment, negative for a fall.
    pub total_log: f64,
    /// The largest move that noise, shocks and an imported path alone would have made up to that moment, either way, with its
    /// sign: the largest move until then of the same run without forced flow.
    pub exogenous_log: f64,
    /// What of it was noise, neither a shock nor a path.
    pub noise_log: f64,
}

impl LargestMove {
    /// Amplification factor A = max|u| / max|e|: u is the log move of spot, e its exogenous part, both up to the moment of max|u|.
    /// Exactly 1 without forced flow, and until anything has moved. None where noise leads, and where e is less than
    /// [`LEAST_CAUSE`]: there forced flow was set off by what noise happened to do, and dividing by that tells of chance; the
    /// excess tells how far it went.
    ///
    /// Either way, as noise can set off a squeeze against the direction of the news to come. Up to that moment, as news that
    /// comes after an episode cannot have caused it: noise keeps wandering, and A would fall towards 1 the longer one waits.
    pub fn amplification(self) -> Option<f64> {
        if self.total_log == self.exogenous_log {
            return Some(1.0);
        }
        let says = self.exogenous_log.abs() >= LEAST_CAUSE && !self.noise_leads();
        says.then(|| self.total_log.abs() / self.exogenous_log.abs())
    }

    /// Whether more of the exogenous move was noise than news.
    pub fn noise_leads(self) -> bool {
        self.noise_log.abs() > (self.exogenous_log - self.noise_log).abs()
    }

    /// How much further the price went than it would have gone without forced flow: max|u| − max|e|.
    pub const fn excess(self) -> f64 {
        self.total_log.abs() - self.exogenous_log.abs()
    }
}
