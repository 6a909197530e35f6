//! Why the model cannot keep up: where steps take long for a while, what makes them long is found out beside the window.

use std::time::Duration;

use cascade_analysis::{Background, StepCost, step_cost};
use cascade_engine::Simulation;

/// Frames in a row with slow steps before it is looked into: one slow step may be a cascade.
const FRAMES: u32 = 20;

/// Nothing is known as long as nothing is slow.
#[derive(Debug, Default)]
pub struct SlowStep {
    frames: u32,
    /// The run that was looked into, and what came of it.
    cost: Option<(u64, Background<StepCost>)>,
}

impl SlowStep {
    /// A frame made so many steps of a run in this time.
    pub(super) fn note(&mut self, run: u64, steps: u64, taken: Duration, simulation: &Simulation) {
        if steps == 0 {
            return;
        }
        if taken.as_secs_f64() < step_cost::SLOW.as_secs_f64() * steps as f64 {
            self.frames = 0;
            return;
        }
        self.frames += 1;
        let known = self.cost.as_ref().is_some_and(|(of, _)| *of == run);
        if self.frames >= FRAMES && !known {
            let copy = simulation.clone();
            self.cost = Some((run, Background::begin(move || StepCost::find(&copy))));
        }
    }

    /// Takes in what has been found.
    pub(super) fn collect(&mut self) {
        if let Some((_, cost)) = &mut self.cost {
            cost.poll();
        }
    }

    /// Why the steps of a run take long, if that has been found out.
    pub fn cost_of(&self, run: u64) -> Option<&StepCost> {
        let (of, cost) = self.cost.as_ref()?;
        cost.get().filter(|_| *of == run)
    }
}
