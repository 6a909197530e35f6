//! Whether venues liquidate at the same time: correlations of their liquidated notionals, step by step.

use std::collections::VecDeque;

use cascade_scenario::VENUES_MAX;

/// Market time in seconds that the running synchrony looks back, held between so many steps.
const WINDOW_SECONDS: f64 = 300.0;
const WINDOW_STEPS: (usize, usize) = (10, 120);

/// Liquidated notional of a step by venue.
type Flow = [f64; VENUES_MAX];

/// Sums from which the correlations of all pairs of venues follow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Correlation {
    steps: f64,
    sums: Flow,
    products: [Flow; VENUES_MAX],
}

impl Correlation {
    /// Adds a step, longs and shorts by venue.
    pub fn add(&mut self, liquidated: &[[f64; 2]; VENUES_MAX]) {
        self.add_flow(&total(liquidated));
    }

    fn add_flow(&mut self, flow: &Flow) {
        self.steps += 1.0;
        for v in 0..VENUES_MAX {
            self.sums[v] += flow[v];
            for u in 0..=v {
                self.products[v][u] += flow[v] * flow[u];
            }
        }
    }

    /// Mean correlation over all pairs of venues that liquidated anything.
    pub fn mean(&self) -> Option<f64> {
        let steps = self.steps;
        let covariance = |v: usize, u: usize| {
            self.products[v.max(u)][v.min(u)] / steps - self.sums[v] * self.sums[u] / (steps * steps)
        };
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

fn total(liquidated: &[[f64; 2]; VENUES_MAX]) -> Flow {
    liquidated.map(|[longs, shorts]| longs + shorts)
}

/// The last few minutes.
#[derive(Clone, Debug)]
pub struct Window {
    flows: VecDeque<Flow>,
    steps: usize,
}

impl Window {
    /// Empty, for steps of this many seconds.
    pub fn new(step_seconds: f64) -> Self {
        let steps = libm::ceil(WINDOW_SECONDS / step_seconds) as usize;
        let steps = steps.clamp(WINDOW_STEPS.0, WINDOW_STEPS.1);
        Self {
            flows: VecDeque::from(vec![Flow::default(); steps]),
            steps,
        }
    }

    /// Adds a step and forgets the oldest.
    pub fn push(&mut self, liquidated: &[[f64; 2]; VENUES_MAX]) {
        self.flows.push_back(total(liquidated));
        while self.flows.len() > self.steps {
            self.flows.pop_front();
        }
    }

    /// Notional liquidated within the window.
    pub fn liquidated(&self) -> f64 {
        self.flows.iter().flatten().sum()
    }

    /// Mean correlation of the venues within the window; 0 with fewer than two that liquidate.
    pub fn synchrony(&self) -> f64 {
        if self.flows.iter().flatten().all(|flow| *flow == 0.0) {
            return 0.0;
        }
        let mut correlation = Correlation::default();
        self.flows.iter().for_each(|flow| correlation.add_flow(flow));
        correlation.mean().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(flows: impl Iterator<Item = [f64; 2]>) -> f64 {
        let mut window = Window::new(10.0);
        for [first, second] in flows {
            let mut liquidated = [[0.0; 2]; VENUES_MAX];
            (liquidated[0][0], liquidated[3][1]) = (first, second);
            window.push(&liquidated);
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
