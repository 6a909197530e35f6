//! The leverage from which the shock of the shock sliders runs away, looked for beside the window: it takes a market a leverage.

use std::fmt;

use cascade_analysis::Newest;
use cascade_analysis::forecast::runaway_leverage;
use cascade_engine::Simulation;
use cascade_scenario::{AssetId, Parameters, Scenario};

/// What is known of the leverage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Onset {
    /// Nothing yet.
    #[default]
    Sought,
    /// The shock runs away at none.
    Never,
    /// It runs away from this one on.
    From(f64),
}

/// What is looked for.
type Asked = (Scenario, AssetId);

/// Looks for it again when the parameters have changed.
pub struct RunawayLeverage {
    worker: Newest<Asked, Onset>,
    asked_for: Option<(Parameters, u64, AssetId)>,
    found: Onset,
}

impl Default for RunawayLeverage {
    fn default() -> Self {
        Self {
            worker: Newest::new(|(scenario, asset): Asked, turn| {
                turn.answer(runaway_leverage(&scenario, asset).map_or(Onset::Never, Onset::From));
            }),
            asked_for: None,
            found: Onset::default(),
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
        self.found = self.worker.poll().unwrap_or(self.found);
    }

    /// What is known of it; that of before while a new one is sought.
    pub const fn found(&self) -> Onset {
        self.found
    }
}
