//! The volatility of a price, as those who watch it estimate it.

use crate::clock::{Moment, YEAR_SECONDS};
use crate::units::LogPrice;

/// The exponentially weighted mean: σ̂² ← λσ̂² + (1 − λ)r².
pub(crate) fn averaged(kept: f64, before: f64, made: f64) -> f64 {
    kept * before + (1.0 - kept) * made
}

/// An exponentially weighted variance of a log price, from its moves between the samples of the market's clock: what it says of
/// a trend does not depend on how many steps the trend is divided into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VolatilityEstimate {
    /// Per year.
    variance: f64,
    /// Log price at the last sample.
    seen: LogPrice,
    /// Steps since.
    steps: u32,
}

impl VolatilityEstimate {
    /// Stands at a volatility per √year; moves count from a log price on.
    pub(crate) const fn new(volatility: f64, log_price: LogPrice) -> Self {
        Self {
            variance: volatility * volatility,
            seen: log_price,
            steps: 0,
        }
    }

    /// Per √year.
    pub(crate) fn volatility(&self) -> f64 {
        libm::sqrt(self.variance)
    }

    /// Takes the log price that a step has made: σ̂² ← λσ̂² + (1 − λ)·r²/Δ at the end of a sampling interval Δ, with
    /// λ = 2^(−Δ/half-life) (RiskMetrics 1996).
    pub(crate) fn see(&mut self, moment: &Moment, half_life: f64, log_price: LogPrice) {
        self.steps += 1;
        if !moment.ends_sample() {
            return;
        }
        let seconds = f64::from(self.steps) * moment.dt();
        let made = (log_price - self.seen).powi(2) * YEAR_SECONDS / seconds;
        self.variance = averaged(libm::exp2(-seconds / half_life), self.variance, made);
        (self.seen, self.steps) = (log_price, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Parameters;

    /// A steady fall of 1 % a minute, sampled every 10 s: r²/Δ is (0.01/6)² in 10 s whatever the step is.
    #[test]
    fn a_trend_is_as_volatile_at_any_step() {
        let found = [10.0, 5.0, 2.0, 0.5].map(|dt| {
            let mut moment = Moment {
                parameters: Parameters::default(),
                step: 0,
            };
            moment.parameters.market.step_seconds = dt;
            let mut estimate = VolatilityEstimate::new(0.0, LogPrice::START);
            while moment.time_seconds() < 3_600.0 {
                let end = moment.time_seconds() + dt;
                estimate.see(&moment, 600.0, LogPrice::START - 0.01 * end / 60.0);
                moment.step += 1;
            }
            estimate.volatility()
        });
        let settled = libm::sqrt((0.01_f64 / 6.0).powi(2) * YEAR_SECONDS / 10.0 * (1.0 - libm::exp2(-6.0)));
        for volatility in found {
            assert!((volatility / settled - 1.0).abs() < 1e-9, "{found:?}, {settled}");
        }
    }
}
