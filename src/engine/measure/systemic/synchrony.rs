//! Whether venues liquidate at the same time: correlations of their liquidated notionals, bin by bin of market time.

use std::collections::VecDeque;

use cascade_scenario::VENUES_MAX;

use crate::clock::Moment;
use crate::measure::horizon::BIN_SECONDS;
use crate::units::Usd;

/// Market time in seconds that the running synchrony looks back.
const WINDOW_SECONDS: f64 = 300.0;
/// Correlations of fewer bins would say nothing.
const LEAST_BINS: usize = 10;

/// Liquidated notional of a bin by venue.
type Flow = [f64; VENUES_MAX];

/// Sums from which the correlations of all pairs of venues follow.
#[derive(Clone, Copy, Debug, Default)]
struct Correlation {
    bins: f64,
    sums: Flow,
    products: [Flow; VENUES_MAX],
}

impl Correlation {
    fn add(&mut self, flow: &Flow) {
        self.bins += 1.0;
        for v in 0..VENUES_MAX {
            self.sums[v] += flow[v];
            for u in 0..=v {
                self.products[v][u] += flow[v] * flow[u];
            }
        }
    }

    /// Mean correlation over all pairs of venues that liquidated anything.
    fn mean(&self) -> Option<f64> {
        let bins = self.bins;
        let covariance =
            |v: usize, u: usize| self.products[v.max(u)][v.min(u)] / bins - self.sums[v] * self.sums[u] / (bins * bins);
        let (mut sum, mut pairs) = (0.0, 0.0);
        for v in 0..VENUES_MAX {
            for u in 0..v {
                let variances = covariance(v, v) * covariance(u, u);
                if variances > 0.0 {
                    sum += covariance(v, u) / libm::sqrt(variances);
                    pairs += 1.0;
                }
            }
        }
        (pairs > 0.0).then(|| sum / pairs)
    }
}

/// The last few minutes, and the run.
#[derive(Clone, Debug)]
pub(super) struct Window {
    flows: VecDeque<Flow>,
    /// Of the bin under way.
    flow: Flow,
    bins: usize,
    run: Correlation,
}

impl Window {
    /// Nothing has been liquidated.
    pub(super) fn new(moment: &Moment) -> Self {
        let bin = moment.steps_in(BIN_SECONDS) as f64 * moment.dt();
        let bins = (libm::ceil(WINDOW_SECONDS / bin) as usize).max(LEAST_BINS);
        Self {
            flows: VecDeque::from(vec![Flow::default(); bins]),
            flow: Flow::default(),
            bins,
            run: Correlation::default(),
        }
    }

    /// Adds a step, longs and shorts by venue; a bin that it ends takes the place of the oldest.
    pub(super) fn add(&mut self, moment: &Moment, liquidated: &[[Usd; 2]; VENUES_MAX]) {
        for (sum, [longs, shorts]) in self.flow.iter_mut().zip(liquidated) {
            *sum += (*longs + *shorts).get();
        }
        if moment.ends(BIN_SECONDS) {
            let flow = std::mem::take(&mut self.flow);
            self.run.add(&flow);
            self.flows.push_back(flow);
            while self.flows.len() > self.bins {
                self.flows.pop_front();
            }
        }
    }

    /// Mean correlation of the venues over the run; none with fewer than two that liquidate.
    pub(super) fn of_run(&self) -> Option<f64> {
        self.run.mean()
    }

    /// Notional liquidated within the window.
    pub(super) fn liquidated(&self) -> Usd {
        Usd::new(self.flows.iter().flatten().sum())
    }

    /// Mean correlation of the venues within the window; 0 with fewer than two that liquidate.
    pub(super) fn synchrony(&self) -> f64 {
        if self.flows.iter().flatten().all(|flow| *flow == 0.0) {
            return 0.0;
        }
        let mut correlation = Correlation::default();
        self.flows.iter().for_each(|flow| correlation.add(flow));
        correlation.mean().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Parameters;

    fn window(flows: impl Iterator<Item = [f64; 2]>) -> f64 {
        let moment = Moment {
            parameters: Parameters::default(),
            step: 0,
        };
        let mut window = Window::new(&moment);
        for [first, second] in flows {
            let mut liquidated = [[Usd::ZERO; 2]; VENUES_MAX];
            (liquidated[0][0], liquidated[3][1]) = (Usd::new(first), Usd::new(second));
            window.add(&moment, &liquidated);
        }
        window.synchrony()
    }

    #[test]
    fn together_is_one_and_in_turn_is_less_than_nothing() {
        let at = |step: usize, turn| if step % 6 == turn { 5.0 } else { 0.0 };
        let together = window((0..60).map(|step| [at(step, 1), 2.0 * at(step, 1)]));
        assert!((together - 1.0).abs() < 1e-12, "{together}");
        // Two events that never meet, each in a sixth of the steps: −p/(1 − p).
        let in_turn = window((0..60).map(|step| [at(step, 1), at(step, 4)]));
        assert!((in_turn + 0.2).abs() < 1e-12, "{in_turn}");
        assert_eq!(window((0..60).map(|step| [at(step, 1), 0.0])), 0.0);
        assert_eq!(
            window((0..60).map(|step| if step < 20 { [1.0, 1.0] } else { [0.0; 2] })),
            0.0
        );
    }
}
