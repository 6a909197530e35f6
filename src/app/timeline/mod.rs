//! The run as a line of time: any moment of it can be gone to, exactly, and from there it goes on another way.
//!
//! A moment is reached from the key frame before it by simulating again, a slice of it in every frame of the window; what
//! was done to the run meanwhile is played from its events. The newest state is kept aside while the model stands at an
//! earlier one, so that what was recorded is there until something is done that cuts it off.

mod frames;
#[cfg(test)]
mod tests;

pub use frames::{KeyFrames, MEMORY_BOUND_BYTES};

use cascade_engine::Simulation;
use cascade_scenario::{Action, Event, ParameterId, Parameters, Scenario, find, parameter};

use super::history::History;
use super::{App, ContagionWhatIf, Document, Stress};

/// Largest model that is copied before a slider's move, so that further moves in the same step can take its place; in a
/// larger one each of them is an event of its own.
const CHEAP_BYTES: usize = 16 << 20;

/// What the time line needs beside the model itself.
#[derive(Debug)]
pub struct Timeline {
    frames: KeyFrames,
    /// The newest state, while the model stands at an earlier one.
    tip: Option<Box<Simulation>>,
    seek: Option<Seek>,
    /// The model before the last action, if that was a slider's move in this very step.
    before: Option<Box<Simulation>>,
    runs: u64,
}

/// A moment that is being reached.
#[derive(Debug)]
struct Seek {
    target: u64,
    from: u64,
    simulation: Box<Simulation>,
}

/// A whole run, put aside.
#[derive(Debug)]
pub struct Run {
    simulation: Simulation,
    tip: Option<Box<Simulation>>,
    history: History,
    frames: KeyFrames,
    scenario: Scenario,
    document: Document,
}

impl Run {
    /// Its scenario as edited, and the preset it is of.
    pub(super) const fn document(&mut self) -> (&mut Scenario, &mut Document) {
        (&mut self.scenario, &mut self.document)
    }
}

impl Timeline {
    /// A run as it begins.
    pub fn new(simulation: &Simulation) -> Self {
        Self {
            frames: KeyFrames::new(simulation),
            tip: None,
            seek: None,
            before: None,
            runs: 0,
        }
    }

    /// The key frames.
    pub const fn frames(&self) -> &KeyFrames {
        &self.frames
    }
}

impl App {
    /// The last step that has been made, wherever the model stands.
    pub fn newest_step(&self) -> u64 {
        self.newest().observation().step
    }

    /// The newest state of the run: its events are all that happened in it and all that is still to come.
    pub fn newest(&self) -> &Simulation {
        self.timeline.tip.as_deref().unwrap_or(&self.simulation)
    }

    /// Whether the model stands at an earlier moment than the newest.
    pub const fn rewound(&self) -> bool {
        self.timeline.tip.is_some()
    }

    /// The step that is being gone to, and how much of the way is done.
    pub fn seeking(&self) -> Option<(u64, f32)> {
        let seek = self.timeline.seek.as_ref()?;
        let way = (seek.target - seek.from).max(1) as f32;
        let done = (seek.simulation.observation().step - seek.from) as f32;
        Some((seek.target, done / way))
    }

    /// Where the model stands, or will stand once it has got there.
    pub fn position(&self) -> u64 {
        let present = self.simulation.observation().step;
        self.timeline.seek.as_ref().map_or(present, |seek| seek.target)
    }

    /// Sets out for a step of the run; the nearest one there is. [`Self::work`] gets there.
    pub(super) fn seek(&mut self, step: u64) {
        let (target, present) = (step.min(self.newest_step()), self.simulation.observation().step);
        let under_way = self.timeline.seek.take().map(|seek| seek.simulation);
        self.timeline.before = None;
        if target == self.newest_step() {
            if let Some(tip) = self.timeline.tip.take() {
                self.simulation = *tip;
            }
            self.arrived();
            return;
        }
        if target == present && self.rewound() {
            return;
        }
        let within = |from: u64| from <= target;
        let frame = self.timeline.frames.before(target);
        let mut from = frame.observation().step;
        let mut origin = None;
        if let Some(simulation) =
            under_way.filter(|one| within(one.observation().step) && one.observation().step > from)
        {
            from = simulation.observation().step;
            origin = Some(simulation);
        }
        // The newest state may have been acted upon since its last step; an earlier one has not.
        if self.rewound() && within(present) && present > from {
            from = present;
            origin = Some(Box::new(self.simulation.clone()));
        }
        let simulation = origin.unwrap_or_else(|| {
            let mut simulation = frame.clone();
            simulation.follow(&self.newest().scenario().events);
            Box::new(simulation)
        });
        self.timeline.seek = Some(Seek {
            target,
            from,
            simulation,
        });
        // Often it is there already.
        self.work(|| false);
    }

    /// Simulates towards the moment that is being gone to; after each step `may_continue` is asked.
    pub fn work(&mut self, mut may_continue: impl FnMut() -> bool) {
        let Some(mut seek) = self.timeline.seek.take() else {
            return;
        };
        while seek.simulation.observation().step < seek.target && seek.simulation.halted().is_none() {
            seek.simulation.step();
            self.timeline.frames.offer(&seek.simulation);
            if !may_continue() {
                break;
            }
        }
        if seek.simulation.observation().step < seek.target && seek.simulation.halted().is_none() {
            self.timeline.seek = Some(seek);
            return;
        }
        let left = std::mem::replace(&mut self.simulation, *seek.simulation);
        if self.timeline.tip.is_none() {
            self.timeline.tip = Some(Box::new(left));
        }
        self.arrived();
    }

    /// The model stands at another moment than before; a question that is due there is asked.
    fn arrived(&mut self) {
        self.timeline.before = None;
        self.simulation.meet_pause();
        self.log_seen = self.simulation.log().len();
        self.history.look(&self.simulation);
        self.scenario.parameters = self.edited();
    }

    /// Takes the last slider's move back if the model has stood still since: it is as it was before, and nothing has happened.
    /// Returns whether it could be done.
    pub(super) fn take_back(&mut self, id: ParameterId, value: f64) -> bool {
        let was = |before: &mut Box<Simulation>| parameter(id).get(before.parameters()) == value;
        let Some(before) = self.timeline.before.take_if(was) else {
            return false;
        };
        self.simulation = *before;
        self.arrived();
        true
    }

    /// The parameters as the user has set them up to the present moment; what the scenario's own events set is not among
    /// them.
    fn edited(&self) -> Parameters {
        let mut parameters = self.simulation.scenario().parameters;
        for event in self.simulation.played() {
            if let Action::Set { parameter, value } = &event.action
                && !self.scenario.events.contains(event)
                && let Ok(row) = find(parameter)
                && let Ok(number) = row.read(value)
            {
                // It was allowed when it was set.
                let _ = row.set(&mut parameters, number);
            }
        }
        parameters
    }

    /// One step onwards: into the recorded future as long as there is one.
    pub(super) fn step(&mut self) {
        self.timeline.before = None;
        let played = self.simulation.played().len();
        self.simulation.step();
        self.timeline.frames.offer(&self.simulation);
        let step = self.simulation.observation().step;
        match self.timeline.tip.take() {
            Some(tip) if tip.observation().step > step => {
                self.timeline.tip = Some(tip);
                self.history.look(&self.simulation);
            }
            Some(tip) => {
                self.simulation = *tip;
                self.history.look(&self.simulation);
            }
            None => self.history.record(&self.simulation),
        }
        if self.simulation.meet_pause() {
            self.history.look(&self.simulation);
        }
        self.step_baseline();
        self.notice_log();
        if self.simulation.played().len() > played {
            self.scenario.parameters = self.edited();
        }
    }

    /// Does something to the model. What is recorded after this moment is cut off, and put aside as what an undo with this
    /// number brings back. Returns whether it could be done.
    pub(super) fn act(&mut self, action: Action, undo: u64) -> bool {
        let step = self.simulation.observation().step;
        let event = Event { step, action };
        if let Err(error) = event.validate() {
            self.messages.error(error);
            return false;
        }
        self.branch(undo);
        self.timeline.before = None;
        self.play(event.action)
    }

    /// Gives a parameter of the running model a value. Moves of one slider within one step are one event, and none if they
    /// end where they began.
    pub(super) fn act_set(&mut self, id: ParameterId, value: f64, goes_on: bool, undo: u64) -> bool {
        let row = parameter(id);
        if let Err(error) = row.set(&mut self.scenario.parameters.clone(), value) {
            self.messages.error(error);
            return false;
        }
        let last = self.simulation.played().last().map(|event| &event.action);
        let same = matches!(last, Some(Action::Set { parameter, .. }) if *parameter == row.path);
        let mut before = self.timeline.before.take().filter(|_| goes_on && same);
        if let Some(before) = &before {
            self.simulation = (**before).clone();
        } else {
            self.branch(undo);
            let cheap = self.simulation.bytes() <= CHEAP_BYTES;
            before = cheap.then(|| Box::new(self.simulation.clone()));
        }
        let moved = self.value(id) != value;
        let done = !moved
            || self.play(Action::Set {
                parameter: row.path.clone(),
                value: row.write(value),
            });
        if !moved {
            self.arrived();
        }
        self.timeline.before = before.filter(|_| done && moved);
        done
    }

    /// Something is done at the present moment, which is the newest.
    fn play(&mut self, action: Action) -> bool {
        let outcome = self.simulation.act(action);
        let done = outcome.map_err(|error| self.messages.error(error)).is_ok();
        self.log_seen = self.simulation.log().len();
        self.history.look(&self.simulation);
        self.scenario.parameters = self.edited();
        done
    }

    /// Adds a remark at the present moment; nothing is cut off by it.
    pub(super) fn remark(&mut self, action: Action) {
        self.timeline.seek = None;
        let place = self.simulation.played().len();
        if let Err(error) = self.simulation.act(action) {
            self.messages.error(error);
            return;
        }
        self.log_seen = self.simulation.log().len();
        let event = self.simulation.played()[place].clone();
        if let Some(tip) = &mut self.timeline.tip {
            // What comes later knows nothing of it yet.
            self.timeline.frames.cut_back(event.step);
            tip.annotate(place, event);
        }
    }

    /// Makes the present moment the newest. If it was an earlier one, the run as it was is put aside.
    fn branch(&mut self, undo: u64) {
        self.timeline.seek = None;
        if !self.rewound() {
            return;
        }
        let whole = Run {
            simulation: self.simulation.clone(),
            tip: self.timeline.tip.take(),
            history: self.history.clone(),
            frames: self.timeline.frames.clone(),
            scenario: self.scenario.clone(),
            document: self.document.clone(),
        };
        let step = self.simulation.observation().step;
        self.history.cut_back(&self.simulation);
        self.timeline.frames.cut_back(step);
        let to_come = self.scenario.events.iter().filter(|event| event.step >= step);
        self.simulation.expect(to_come.cloned());
        self.selection = self.selection.filter(|(_, to)| *to <= step);
        self.undo.put_aside(undo, whole);
    }

    /// Begins a run; the one that was is put aside as what an undo with this number brings back.
    pub(super) fn begin(&mut self, simulation: Simulation, scenario: Scenario, document: Document, undo: u64) {
        self.timeline.runs += 1;
        let new = Run {
            tip: None,
            history: History::new(&simulation).of_run(self.timeline.runs),
            frames: KeyFrames::new(&simulation),
            simulation,
            scenario,
            document,
        };
        let old = self.swap(new);
        self.undo.put_aside(undo, old);
    }

    /// Puts a run in the place of the present one, which is returned.
    pub(super) fn swap(&mut self, run: Run) -> Run {
        self.timeline.seek = None;
        // What was found out is of the run that goes.
        self.what_if = ContagionWhatIf::default();
        self.stress = Stress::default();
        self.forecast.forget();
        let old = Run {
            simulation: std::mem::replace(&mut self.simulation, run.simulation),
            tip: std::mem::replace(&mut self.timeline.tip, run.tip),
            history: std::mem::replace(&mut self.history, run.history),
            frames: std::mem::replace(&mut self.timeline.frames, run.frames),
            scenario: std::mem::replace(&mut self.scenario, run.scenario),
            document: std::mem::replace(&mut self.document, run.document),
        };
        self.arrived();
        old
    }
}
