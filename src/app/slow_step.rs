//! Why the model cannot keep up: where steps take long for a while, what makes them long is found out beside the window.

use std::time::Duration;

use cascade_analysis::{Background, StepCost, step_cost};
use cascade_engine::Simulation;
use cascade_scenario::Scenario;

/// Frames in a row with slow steps before it is looked into: one slow step may be a cascade.
const FRAMES: u32 = 20;

/// Largest model that is copied within a frame; of a larger one its beginning is tried, made anew beside the window.
const COPIED_BYTES: usize = 16 << 20;

/// What finds out why the steps of a model take long.
fn of(simulation: &Simulation) -> Box<dyn FnOnce() -> Option<StepCost> + Send> {
    if simulation.bytes() <= COPIED_BYTES {
        let copy = simulation.clone();
        return Box::new(move || Some(StepCost::find(&copy)));
    }
    let scenario = Scenario {
        parameters: *simulation.edited_parameters(),
        ..simulation.scenario().clone()
    };
    Box::new(move || Simulation::new(&scenario).ok().as_ref().map(StepCost::find))
}

/// Nothing is known as long as nothing is slow.
#[derive(Debug, Default)]
pub struct SlowStep {
    frames: u32,
    /// The run that was looked into, and what came of it.
    cost: Option<(u64, Background<Option<StepCost>>)>,
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
            self.cost = Some((run, Background::begin(of(simulation))));
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
        cost.get().filter(|_| *of == run)?.as_ref()
    }
}
