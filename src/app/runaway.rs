//! The leverage from which the shock of the shock sliders runs away, looked for beside the window: it takes a market a leverage.

use std::fmt;

use cascade_analysis::Newest;
use cascade_analysis::forecast::runaway_leverage;
use cascade_engine::Simulation;
use cascade_scenario::{AssetId, Parameters, Scenario};

/// What is looked for.
type Asked = (Scenario, AssetId);

/// Looks for it again when the parameters have changed.
pub struct RunawayLeverage {
    worker: Newest<Asked, Option<f64>>,
    asked_for: Option<(Parameters, u64, AssetId)>,
    found: Option<Option<f64>>,
}

impl Default for RunawayLeverage {
    fn default() -> Self {
        Self {
            worker: Newest::new(|(scenario, asset): Asked, turn| turn.answer(runaway_leverage(&scenario, asset))),
            asked_for: None,
            found: None,
        }
    }
}

impl fmt::Debug for RunawayLeverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunawayLeverage")
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}

impl RunawayLeverage {
    /// Takes in what has been found, and asks anew where something has changed.
    pub(super) fn refresh(&mut self, simulation: &Simulation, asset: AssetId) {
        let now = (*simulation.parameters(), simulation.scenario().seed, asset);
        if self.asked_for != Some(now) {
            self.asked_for = Some(now);
            self.worker.ask((
                Scenario {
                    parameters: now.0,
                    ..simulation.scenario().clone()
                },
                asset,
            ));
        }
        self.found = self.worker.poll().or(self.found);
    }

    /// The leverage, none if none does it; none at all while nothing has been found yet.
    pub const fn found(&self) -> Option<Option<f64>> {
        self.found
    }
}
