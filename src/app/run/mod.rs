//! A run as one value: the scenario as edited, its model at the moment that is shown, what was recorded of it, and the line
//! of time by which any other moment of it is reached. The present run, a pinned one and those that undo keeps are all such
//! values, so that one takes the place of another by a single exchange.

mod anew;
mod frames;
#[cfg(test)]
mod tests;
mod timeline;

pub(super) use anew::{Goal, RunPlan};
pub use frames::{KeyFrames, MEMORY_BOUND_BYTES};
pub use timeline::Timeline;

use cascade_engine::{LogKind, Origin, Simulation};
use cascade_scenario::{Action, Event, ParameterChange, ParameterError, ParameterId, Scenario, parameter};

use super::Document;
use super::history::Recording;

/// Largest model that is copied before a slider's move, so that further moves in the same step can take its place; in a
/// larger one each of them is an event of its own.
const CHEAP_BYTES: usize = 16 << 20;

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The scenario as edited.
    pub scenario: Scenario,
    /// Where the scenario came from.
    pub document: Document,
    /// The model at the moment that is shown.
    pub simulation: Simulation,
    /// What the plots show of the past.
    pub history: Recording,
    /// Every other moment.
    pub timeline: Timeline,
    /// First and last step of the interval that is explained.
    pub selection: Option<(u64, u64)>,
    /// How far it was to come when it was made anew; a halt may have ended it before.
    goal: Option<Goal>,
    /// Entries of the log that have been looked at for pauses.
    log_seen: usize,
}

/// Further moves of the same slider in the same step take the place of the last one, or do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drag {
    /// It is another move.
    Begins,
    /// It goes on.
    GoesOn,
}

impl Run {
    /// A run of a scenario as it begins; `number` tells it from others.
    ///
    /// # Errors
    /// The scenario holds a value that is not allowed.
    pub(super) fn new(scenario: Scenario, document: Document, number: u64) -> Result<Self, ParameterError> {
        let simulation = Simulation::new(&scenario)?;
        Ok(Self::of(simulation, scenario, document, (number, 0)))
    }

    /// A run of a model as it begins, by its number and which making of it it is.
    fn of(mut simulation: Simulation, scenario: Scenario, document: Document, (number, making): (u64, u64)) -> Self {
        let mut history = Recording::new(&simulation).of_run(number, making);
        let timeline = Timeline::new(&simulation);
        simulation.meet_pause();
        history.look(&simulation);
        Self {
            scenario,
            document,
            simulation,
            history,
            timeline,
            selection: None,
            goal: None,
            log_seen: 0,
        }
    }

    /// The same run at its newest moment, to go on beside this one; `number` tells it from others.
    pub(super) fn pinned(&self, number: u64) -> Self {
        let mut run = Self {
            scenario: self.scenario.clone(),
            document: self.document.clone(),
            simulation: self.newest().clone(),
            history: self.history.clone().of_run(number, 0),
            timeline: Timeline::of_frames(self.timeline.frames.clone()),
            selection: None,
            goal: None,
            log_seen: self.log_seen,
        };
        run.arrived();
        run
    }

    /// A parameter as it is in the model.
    pub fn value(&self, id: ParameterId) -> f64 {
        parameter(id).get(self.simulation.parameters())
    }

    /// Whether the scenario differs from its preset.
    pub fn modified(&self) -> bool {
        self.scenario != self.document.saved
    }

    /// Whether a pause or halt that has not been looked at yet asks to stand still. It has been looked at then.
    pub(super) fn takes_pause(&mut self) -> bool {
        let log = self.simulation.log();
        let asks = |kind| matches!(kind, LogKind::Pause | LogKind::Halt);
        let pause = log.iter().skip(self.log_seen).any(|entry| asks(entry.kind()));
        self.log_seen = log.len();
        pause || self.simulation.halted().is_some()
    }

    /// One step onwards: into the recorded future as long as there is one.
    pub(super) fn step(&mut self) {
        self.step_model();
        if self.simulation.meet_pause() {
            self.history.look(&self.simulation);
        }
        self.show_edits();
    }

    /// Steps until a step is reached, or the model halts.
    pub(super) fn keep_up(&mut self, step: u64) {
        while self.simulation.steps() < step && self.simulation.halted().is_none() {
            self.step();
        }
    }

    /// Does something to the model. Returns the run as it was if what was recorded after this moment is cut off by it.
    ///
    /// # Errors
    /// It is not allowed; nothing has happened then.
    pub(super) fn act(&mut self, action: Action) -> Result<Option<Box<Self>>, ParameterError> {
        let left = self.rewound().then(|| self.simulation.clone());
        self.simulation.act(action)?;
        self.timeline.rest();
        let whole = left.map(|left| self.cut_off(left));
        self.acted();
        Ok(whole)
    }

    /// Gives a parameter of the model a value. Moves of one drag within one step are one event, and none if they end where
    /// they began. Returns the run as it was if what was recorded after this moment is cut off by it.
    ///
    /// # Errors
    /// It is not allowed; nothing has happened then.
    pub(super) fn set(&mut self, id: ParameterId, value: f64, drag: Drag) -> Result<Option<Box<Self>>, ParameterError> {
        let change = ParameterChange::new(id, value)?;
        let last = self.simulation.played().last().map(|last| &last.event.action);
        let same = matches!(last, Some(Action::Set(last)) if last.parameter() == id);
        let before = self.timeline.before.take().filter(|_| drag == Drag::GoesOn && same);
        self.timeline.rest();
        let mut whole = None;
        let before = if let Some(before) = before {
            self.simulation = (*before).clone();
            Some(before)
        } else {
            if self.rewound() {
                whole = Some(self.cut_off(self.simulation.clone()));
            }
            let cheap = self.simulation.bytes() <= CHEAP_BYTES;
            cheap.then(|| Box::new(self.simulation.clone()))
        };
        if self.value(id) == value {
            self.arrived();
            return Ok(whole);
        }
        self.simulation.act(Action::Set(change))?;
        self.acted();
        self.timeline.before = before;
        Ok(whole)
    }

    /// Takes the last slider's move back if the model has stood still since: it is as it was before, and nothing has happened.
    /// Returns whether it could be done.
    pub(super) fn take_back(&mut self, id: ParameterId, value: f64) -> bool {
        let was = |before: &Simulation| parameter(id).get(before.parameters()) == value;
        let Some(before) = self.timeline.before.take_if(|before| was(before)) else {
            return false;
        };
        self.simulation = *before;
        self.arrived();
        true
    }

    /// Adds a remark at the present moment; nothing is cut off by it.
    ///
    /// # Errors
    /// It is not allowed; nothing has happened then.
    pub(super) fn remark(&mut self, action: Action) -> Result<(), ParameterError> {
        let place = self.simulation.played().len();
        self.simulation.act(action)?;
        self.log_seen = self.simulation.log().len();
        self.timeline.seek = None;
        if let Some(tip) = &mut self.timeline.tip {
            // What comes later knows nothing of it yet.
            let event = self.simulation.played()[place].event.clone();
            self.timeline.frames.cut_back(event.step);
            tip.annotate(place, event);
        }
        Ok(())
    }

    /// What was done to it by hand, and what of that is still to come: of a run that an undo has begun anew.
    fn acts(&self) -> impl Iterator<Item = &Event> {
        let events = self.newest().events().iter();
        events.filter(|one| one.origin == Origin::Act).map(|one| &one.event)
    }

    /// The scenario as edited, with the shocks, outages and remarks that were made by hand since among its events. Sliders
    /// count from the start on, and guesses are of one showing.
    pub(super) fn with_own_events(&self) -> Scenario {
        let mut scenario = self.scenario.clone();
        let lasting = |event: &&Event| !matches!(event.action, Action::Set(_) | Action::Marker { .. });
        scenario.events.extend(self.acts().filter(lasting).cloned());
        scenario.events.sort_by_key(|event| event.step);
        scenario
    }

    /// How often something was done to it by hand.
    pub fn own_acts(&self) -> usize {
        self.acts().count()
    }

    /// Begins or ends the interval to be explained at a step; the other end stays, or is the present moment or the start.
    pub(super) fn select(&mut self, from: Option<u64>, to: Option<u64>) {
        let (old_from, old_to) = self.selection.unwrap_or((0, self.newest_step()));
        let (from, to) = (from.unwrap_or(old_from), to.unwrap_or(old_to));
        // An end that was set before the beginning moves the other one along.
        self.selection = Some((from.min(to), to.max(from)));
    }

    /// The scenario has the parameters as they were edited up to the present moment.
    fn show_edits(&mut self) {
        self.scenario.parameters = *self.simulation.edited_parameters();
    }

    /// Something was done at the present moment.
    fn acted(&mut self) {
        self.log_seen = self.simulation.log().len();
        self.history.look(&self.simulation);
        self.show_edits();
    }

    /// Makes the present moment the newest. Returns the run as it was, with the model where it was `left`.
    fn cut_off(&mut self, left: Simulation) -> Box<Self> {
        let (tip, model) = (self.timeline.tip.take(), std::mem::replace(&mut self.simulation, left));
        let mut whole = Box::new(self.clone());
        whole.timeline.tip = tip;
        self.simulation = model;
        let step = self.simulation.steps();
        self.history.cut_back(&self.simulation);
        self.timeline.frames.cut_back(step);
        self.simulation.forget_acts_to_come();
        self.selection = self.selection.filter(|(_, to)| *to <= step);
        self.goal = None;
        whole
    }
}
