//! The line of time of a run: any moment of it can be gone to, exactly, and from there it goes on another way.
//!
//! A moment is reached from the key frame before it by simulating again, a slice of it in every frame of the window; what
//! was done to the run meanwhile is played from its events. The newest state is kept aside while the model stands at an
//! earlier one, so that what was recorded is there until something is done that cuts it off.

use cascade_engine::Simulation;

use super::{KeyFrames, Run};

/// Every moment of a run other than the one its model stands at.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub(super) frames: KeyFrames,
    /// The newest state, while the model stands at an earlier one.
    pub(super) tip: Option<Box<Simulation>>,
    pub(super) seek: Option<Seek>,
    /// The model before the last action, if that was a slider's move in this very step.
    pub(super) before: Option<Box<Simulation>>,
}

/// A moment that is being reached.
#[derive(Clone, Debug)]
pub(super) struct Seek {
    target: u64,
    from: u64,
    simulation: Box<Simulation>,
}

impl Timeline {
    /// A run as it begins.
    pub(super) fn new(simulation: &Simulation) -> Self {
        Self::of_frames(KeyFrames::new(simulation))
    }

    /// A run that stands at its newest moment.
    pub(super) const fn of_frames(frames: KeyFrames) -> Self {
        Self {
            frames,
            tip: None,
            seek: None,
            before: None,
        }
    }

    /// The key frames.
    pub const fn frames(&self) -> &KeyFrames {
        &self.frames
    }

    /// Stays where the model stands; what was done last is done.
    pub(crate) fn rest(&mut self) {
        (self.seek, self.before) = (None, None);
    }
}

impl Run {
    /// The last step that has been made, wherever the model stands.
    pub fn newest_step(&self) -> u64 {
        self.newest().steps()
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
        let done = (seek.simulation.steps() - seek.from) as f32;
        Some((seek.target, done / way))
    }

    /// Where the model stands, or will stand once it has got there.
    pub fn position(&self) -> u64 {
        let present = self.simulation.steps();
        self.timeline.seek.as_ref().map_or(present, |seek| seek.target)
    }

    /// Sets out for a step of the run; the nearest one there is. [`Self::work`] gets there.
    pub(crate) fn seek(&mut self, step: u64) {
        let (target, present) = (step.min(self.newest_step()), self.simulation.steps());
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
        let mut from = frame.steps();
        let mut origin = None;
        if let Some(simulation) = under_way.filter(|one| within(one.steps()) && one.steps() > from) {
            from = simulation.steps();
            origin = Some(simulation);
        }
        // The newest state may have been acted upon since its last step; an earlier one has not.
        if self.rewound() && within(present) && present > from {
            from = present;
            origin = Some(Box::new(self.simulation.clone()));
        }
        let simulation = origin.unwrap_or_else(|| {
            let mut simulation = frame.clone();
            simulation.follow(self.newest().events());
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
        while seek.simulation.steps() < seek.target && seek.simulation.halted().is_none() {
            seek.simulation.step();
            self.timeline.frames.offer(&seek.simulation);
            if !may_continue() {
                break;
            }
        }
        if seek.simulation.steps() < seek.target && seek.simulation.halted().is_none() {
            self.timeline.seek = Some(seek);
            return;
        }
        let left = std::mem::replace(&mut self.simulation, *seek.simulation);
        if self.timeline.tip.is_none() {
            self.timeline.tip = Some(Box::new(left));
        }
        self.arrived();
    }

    /// The model makes a step, into the recorded future as long as there is one.
    pub(super) fn step_model(&mut self) {
        self.timeline.before = None;
        self.simulation.step();
        self.timeline.frames.offer(&self.simulation);
        let step = self.simulation.steps();
        match self.timeline.tip.take() {
            Some(tip) if tip.steps() > step => {
                self.timeline.tip = Some(tip);
                self.history.look(&self.simulation);
            }
            Some(tip) => {
                self.simulation = *tip;
                self.history.look(&self.simulation);
            }
            None => self.history.record(&self.simulation),
        }
    }

    /// The model stands at another moment than before; a question that is due there is asked.
    pub(super) fn arrived(&mut self) {
        self.timeline.before = None;
        self.simulation.meet_pause();
        self.log_seen = self.simulation.log().len();
        self.history.look(&self.simulation);
        self.show_edits();
    }
}
