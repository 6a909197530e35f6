//! Where a run stands: the parameters in force and the step being made, and what follows from both.

use cascade_scenario::Parameters;

/// Seconds of a year, for volatilities.
pub const YEAR_SECONDS: f64 = 365.0 * 86_400.0;

/// The parameters in force and the step being made.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The parameters in force.
    pub parameters: Parameters,
    /// Number of the step being made, from 0.
    pub step: u64,
}

impl Moment {
    /// Seconds of market time a step takes.
    #[inline]
    pub const fn dt(&self) -> f64 {
        self.parameters.market.step_seconds
    }

    /// Market time at the start of this step.
    #[inline]
    pub const fn time_seconds(&self) -> f64 {
        self.step as f64 * self.dt()
    }

    /// The number of steps that come nearest to a stretch of market time, at least one.
    pub fn steps_in(&self, seconds: f64) -> u64 {
        (libm::round(seconds / self.dt()) as u64).max(1)
    }

    /// Whether a stretch of market time ends with this step, of many that begin with the run and follow one another.
    pub fn ends(&self, seconds: f64) -> bool {
        (self.step + 1).is_multiple_of(self.steps_in(seconds))
    }

    /// Steps from one sample of a price to the next, for those who estimate volatility or watch for fast moves.
    pub fn steps_a_sample(&self) -> u64 {
        self.steps_in(self.parameters.market.sampling_seconds)
    }

    /// Whether a sample is taken at the start of this step.
    pub fn begins_sample(&self) -> bool {
        self.step.is_multiple_of(self.steps_a_sample())
    }

    /// Whether a sample is taken at the end of this step.
    pub fn ends_sample(&self) -> bool {
        self.ends(self.parameters.market.sampling_seconds)
    }

    /// Share of a gap that a step closes with a time constant: 1 − e^(−dt/τ), all of it if τ = 0.
    pub fn share_closed(&self, time_constant: f64) -> f64 {
        if time_constant > 0.0 {
            -libm::expm1(-self.dt() / time_constant)
        } else {
            1.0
        }
    }

    /// The last step that is now at least so many seconds old.
    pub fn started_by(&self, age_seconds: f64) -> Option<u64> {
        self.step.checked_sub(libm::ceil(age_seconds / self.dt()) as u64)
    }
}
