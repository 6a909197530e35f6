//! Going through a run as time passes, step by step, or to a moment of it.

use super::App;
use cascade_scenario::format;

/// Moves through the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaybackCommand {
    /// Runs.
    Play,
    /// Stands still.
    Pause,
    /// Runs if it stood still, and the other way round.
    TogglePlay,
    /// Stands still and makes this many steps.
    Step(u32),
    /// Stands still and goes this many steps back.
    StepBack(u32),
    /// Goes to a step of the run, the nearest one there is.
    Seek(u64),
    /// Goes to the next bookmark before the present moment.
    PreviousBookmark,
    /// Goes to the next bookmark after the present moment.
    NextBookmark,
    /// Shows the cascade of the run once more, and then stands where it stood.
    Replay,
    /// Steps per second of wall clock; held within [`super::pace::RANGE`].
    SetSpeed(f64),
}

impl App {
    pub(super) fn play_back(&mut self, command: PlaybackCommand) {
        if !matches!(command, PlaybackCommand::SetSpeed(_) | PlaybackCommand::Replay) {
            self.replay = None;
        }
        match command {
            PlaybackCommand::Replay => self.replay_cascade(),
            PlaybackCommand::Play => self.playing = self.present.simulation.halted().is_none(),
            PlaybackCommand::Pause => self.playing = false,
            PlaybackCommand::TogglePlay => {
                self.playing = !self.playing && self.present.simulation.halted().is_none();
            }
            PlaybackCommand::Step(count) => {
                self.playing = false;
                self.walk(u64::from(count));
            }
            PlaybackCommand::StepBack(count) => {
                self.playing = false;
                self.present
                    .seek(self.present.position().saturating_sub(u64::from(count)));
            }
            PlaybackCommand::Seek(step) => self.present.seek(step),
            PlaybackCommand::PreviousBookmark => self.jump(false),
            PlaybackCommand::NextBookmark => self.jump(true),
            PlaybackCommand::SetSpeed(steps_per_second) => self.pace.set(steps_per_second),
        }
    }

    /// Makes this many steps at once; a halt ends them early.
    pub fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            if self.present.simulation.halted().is_some() {
                break;
            }
            self.step();
        }
    }

    /// Makes steps from wherever the model stands or is going to stand.
    fn walk(&mut self, steps: u64) {
        if self.present.seeking().is_some() {
            self.present.seek(self.present.position() + steps);
        } else {
            self.run(steps);
        }
    }

    /// One step onwards of the present run, and of the pinned ones with it.
    pub(super) fn step(&mut self) {
        self.present.step();
        self.step_pinned();
        self.notice_log();
        self.notice_end_of_path();
        self.stop_at_stage_end();
        self.notice_episode();
    }

    /// Stands still where the price path ends that the run follows: from there on nothing moves the price from outside.
    fn notice_end_of_path(&mut self) {
        let run = &self.present;
        let end = run.scenario.path.steps(run.history.step_seconds());
        if self.playing && end > 0 && end == run.simulation.steps() {
            self.playing = false;
            let clock = format::clock(run.simulation.time_seconds());
            self.messages.done(format!(
                "The price path ends here, at {clock}: the run pauses. Play goes on without news."
            ));
        }
    }

    /// Stands still where the scenario asks for it, and where the model has halted.
    pub(super) fn notice_log(&mut self) {
        if self.present.takes_pause() {
            self.playing = false;
        }
    }
}
