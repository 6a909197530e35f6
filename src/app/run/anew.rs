//! A run made anew as far as it has been shown: from its start, with the same random numbers and events and something else
//! changed. It can be made on any thread.

use cascade_engine::{Origin, RunEvent, Simulation};
use cascade_scenario::{Event, ParameterError, Scenario};

use super::Run;
use crate::Document;

/// Positions of a book that is drawn for a preview.
const SAMPLE: u32 = 20_000;

/// How far a run is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Goal {
    /// Its newest step.
    pub newest: u64,
    /// The step at which the model stands.
    pub position: u64,
}

impl Goal {
    /// A run that comes as far as a step and stands there.
    pub(crate) const fn at(step: u64) -> Self {
        Self {
            newest: step,
            position: step,
        }
    }
}

/// What is to be made.
#[derive(Clone, Debug)]
pub(crate) struct RunPlan {
    /// What it begins with.
    pub scenario: Scenario,
    /// All its events, where some of them were done by hand and are to stay so; none: those of the scenario.
    pub events: Option<Vec<RunEvent>>,
    /// Where the scenario came from.
    pub document: Document,
    /// Number of the run, and which making of it this is.
    pub version: (u64, u64),
    /// How far it is to come.
    pub goal: Goal,
    /// The interval that is explained.
    pub selection: Option<(u64, u64)>,
}

impl RunPlan {
    /// The same with a sample of its book, where that is much less work: less exact, and soon there.
    pub(crate) fn sampled(&self) -> Option<Self> {
        let drawn = self.scenario.positions.is_empty();
        if !drawn || self.scenario.parameters.positions.count <= 4 * SAMPLE {
            return None;
        }
        let mut sampled = self.clone();
        sampled.scenario.parameters.positions.count = SAMPLE;
        Some(sampled)
    }

    /// Makes the run. After each step `goes_on` is asked; none if it says no.
    ///
    /// # Errors
    /// The scenario holds something that is not allowed.
    pub(crate) fn make(&self, mut goes_on: impl FnMut(&Run) -> bool) -> Result<Option<Run>, ParameterError> {
        let mut simulation = Simulation::new(&self.scenario)?;
        if let Some(events) = &self.events {
            simulation.follow(events);
        }
        let mut run = Run::of(simulation, self.scenario.clone(), self.document.clone(), self.version);
        run.goal = Some(self.goal);
        run.selection = self.selection;
        while run.simulation.steps() < self.goal.newest && run.simulation.halted().is_none() {
            run.step();
            if !goes_on(&run) {
                return Ok(None);
            }
        }
        run.simulation.meet_acts();
        run.stand();
        Ok(Some(run))
    }
}

impl Run {
    /// How far it has come, or is to come.
    pub fn reach(&self) -> u64 {
        let goal = self.goal.map_or(0, |goal| goal.newest);
        goal.max(self.newest_step())
    }

    /// How far a run is to come that takes its place. Where this one halted on the way, as far as it was to come itself.
    pub(crate) fn goal_from_here(&self) -> Goal {
        let newest = self.reach();
        match self.goal {
            Some(goal) if self.newest_step() < goal.newest => goal,
            _ if self.position() == self.newest_step() => Goal {
                newest,
                position: newest,
            },
            _ => Goal {
                newest,
                position: self.position(),
            },
        }
    }

    /// The same run as it is on its way to its goal, to be looked at.
    pub(crate) fn on_its_way(&self) -> Self {
        let mut run = self.clone();
        run.stand();
        run
    }

    /// Stands where it is to stand; what asks for a pause before has been looked at.
    fn stand(&mut self) {
        let position = self.goal.map_or(u64::MAX, |goal| goal.position);
        self.seek(position);
        self.work(|| true);
    }

    /// What this run began with and all its events, without something that was done to it.
    pub(crate) fn without(&self, event: &Event) -> (Scenario, Vec<RunEvent>) {
        let mut events = self.newest().events().to_vec();
        if let Some(place) = events.iter().rposition(|one| one.event == *event) {
            events.remove(place);
        }
        (self.beginning(&events), events)
    }

    /// What this run began with and all its events, with something done to it at this place among them, or as near to it as
    /// their order allows.
    pub(crate) fn with(&self, event: &Event, place: usize) -> (Scenario, Vec<RunEvent>) {
        let mut events = self.newest().events().to_vec();
        let first = events.partition_point(|one| one.event.step < event.step);
        let end = events.partition_point(|one| one.event.step <= event.step);
        let act = RunEvent {
            event: event.clone(),
            origin: Origin::Act,
        };
        events.insert(place.clamp(first, end), act);
        (self.beginning(&events), events)
    }

    /// What this run began with, with these events of its own.
    fn beginning(&self, events: &[RunEvent]) -> Scenario {
        let own = events.iter().filter(|one| one.origin == Origin::Scenario);
        Scenario {
            // It may have been saved under another name since.
            name: self.scenario.name.clone(),
            events: own.map(|one| one.event.clone()).collect(),
            ..self.newest().scenario().clone()
        }
    }
}
