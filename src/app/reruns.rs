//! The curve follows the slider: while one is moved, the run that is shown is made anew from its start beside the window, with
//! the same random numbers and events, and takes the place of the one before as soon as it is there.
//!
//! What is shown meanwhile may be preliminary: the run as far as it has come, or one with a sample of its book. The last one
//! is always the run itself. What is done to a run waits until then.

use cascade_analysis::{Newest, Turn, let_go};
use cascade_engine::RunEvent;
use cascade_scenario::{AssetId, ParameterError, ParameterId, Parameters, Scenario, parameter};

use super::run::{Goal, RunPlan};
use super::{App, Command, EditCommand, PlaybackCommand, Run, ShockForecast, WorkspaceCommand};

/// Largest model of which copies are made to be looked at on its way: a few hundredths of a second each.
const SHOWN_BYTES: usize = 64 << 20;

/// What the move of a slider changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SliderMode {
    /// The run that is shown, from its start on.
    #[default]
    WholeRun,
    /// What is still to come; the past stays as it was.
    FromHere,
}

/// A run that is to be made, and why.
#[derive(Debug)]
struct RunRequest {
    plan: RunPlan,
    /// Number of the entry of the history that it is made for.
    entry: u64,
    /// The scenario before that entry.
    before: Scenario,
    /// The asset that the window shows.
    asset: AssetId,
}

/// A run that has been made.
#[derive(Debug)]
struct Made {
    /// The run, with what is estimated of it.
    outcome: Result<(Box<Run>, ShockForecast), ParameterError>,
    entry: u64,
    before: Scenario,
    /// Whether a better one follows.
    preliminary: bool,
}

/// What is wanted and not there yet.
#[derive(Debug)]
struct Wanted {
    scenario: Scenario,
    goal: Goal,
    entry: u64,
    before: Scenario,
}

/// Runs that are made beside the window.
#[derive(Debug)]
pub(super) struct Reruns {
    worker: Newest<RunRequest, Made>,
    wanted: Option<Wanted>,
    /// What is shown is preliminary.
    preliminary: bool,
    /// What was asked for while a run was being made.
    waiting: Vec<Command>,
    makings: u64,
}

impl Default for Reruns {
    fn default() -> Self {
        Self {
            worker: Newest::new(answer),
            wanted: None,
            preliminary: false,
            waiting: Vec::new(),
            makings: 0,
        }
    }
}

/// Makes a run; where that takes long, what is known sooner comes first.
fn answer(request: RunRequest, turn: &Turn<'_, RunRequest, Made>) {
    let RunRequest {
        plan,
        entry,
        before,
        asset,
    } = request;
    let give = |outcome: Result<Run, ParameterError>, preliminary| {
        // Here rather than on the thread of the window: it may take longer than a frame.
        let estimated = |run: Run| {
            let mut forecast = ShockForecast::default();
            let asset = run.simulation.parameters().assets.numbered(asset.number());
            forecast.refresh(&run.simulation, asset, false);
            (Box::new(run), forecast)
        };
        turn.answer(Made {
            outcome: outcome.map(estimated),
            entry,
            before: before.clone(),
            preliminary,
        });
    };
    if let Some(sampled) = plan.sampled()
        && let Ok(Some(run)) = sampled.make(|_| turn.goes_on())
    {
        give(Ok(run), true);
    }
    let made = plan.make(|run| {
        if turn.is_due() && run.simulation.bytes() <= SHOWN_BYTES {
            give(Ok(run.on_its_way()), true);
        }
        turn.goes_on()
    });
    if let Some(outcome) = made.transpose() {
        give(outcome, false);
    }
}

impl App {
    /// Whether a run is being made that will take the place of the one that is shown.
    pub const fn remaking(&self) -> bool {
        self.reruns.wanted.is_some()
    }

    /// Whether the run that is shown is only a preview of one that is being made.
    pub const fn preview(&self) -> bool {
        self.reruns.preliminary
    }

    /// A parameter as it is in the model, or will be in the run that is being made.
    pub fn value(&self, id: ParameterId) -> f64 {
        self.reruns.wanted.as_ref().map_or_else(
            || self.present.value(id),
            |wanted| parameter(id).get(&wanted.scenario.parameters),
        )
    }

    /// Whether a parameter differs from the preset as it was opened or saved, or will in the run that is being made.
    pub fn changed(&self, id: ParameterId) -> bool {
        self.value(id) != self.present.document.value(id)
    }

    /// Whether the scenario differs from its preset, or will in the run that is being made.
    pub fn modified(&self) -> bool {
        let wanted = self.reruns.wanted.as_ref();
        wanted.map_or_else(
            || self.present.modified(),
            |wanted| wanted.scenario != self.present.document.saved,
        )
    }

    /// The run before the last change of the history, while it is kept and the two can be compared: the change, and that run.
    pub fn run_before(&self) -> Option<(&str, &Run)> {
        self.undo.run_before()
    }

    /// Whether a command has to wait until the run is there that is being made: what moves a slider need not, nor what
    /// concerns the window.
    pub(super) fn has_to_wait(&self, command: &Command) -> bool {
        if !self.remaking() {
            return false;
        }
        let whole_run = self.sliders == SliderMode::WholeRun;
        match command {
            Command::Edit(edit) => match edit {
                EditCommand::SetParameter { .. }
                | EditCommand::ResetParameter(_)
                | EditCommand::ResetGroup(_)
                | EditCommand::Try(_)
                | EditCommand::ResetParameters => !whole_run,
                EditCommand::Settle
                | EditCommand::SetSliderMode(_)
                | EditCommand::HideRunBefore
                | EditCommand::Undo
                | EditCommand::Redo
                | EditCommand::UndoTo(_) => false,
                EditCommand::Reset | EditCommand::ResetEvents | EditCommand::SetSeed(_) | EditCommand::NewSeed => true,
            },
            Command::Playback(playback) => !matches!(
                playback,
                PlaybackCommand::Play
                    | PlaybackCommand::Pause
                    | PlaybackCommand::TogglePlay
                    | PlaybackCommand::SetSpeed(_)
            ),
            Command::Workspace(command) => matches!(command, WorkspaceCommand::Export(..)),
            Command::Selection(_) | Command::AskImport => false,
            _ => true,
        }
    }

    /// Keeps a command until the run is there that is being made.
    pub(super) fn wait_with(&mut self, command: Command) {
        self.reruns.waiting.push(command);
    }

    /// The scenario of the run that is shown, or of the one that is being made.
    pub(super) fn wanted_scenario(&self) -> Scenario {
        let wanted = self.reruns.wanted.as_ref();
        wanted.map_or_else(|| self.present.with_own_events(), |wanted| wanted.scenario.clone())
    }

    /// The parameters of that scenario, and how often a run has been asked for.
    pub(super) fn wanted_parameters(&self) -> (Parameters, u64) {
        let wanted = self.reruns.wanted.as_ref();
        let scenario = wanted.map_or(&self.present.scenario, |wanted| &wanted.scenario);
        (scenario.parameters, self.reruns.makings)
    }

    /// Gives parameters numbers from the start of the run that is shown.
    pub(super) fn set_in_whole_run(&mut self, values: &[(ParameterId, f64)], entry: u64) -> bool {
        let mut scenario = self.wanted_scenario();
        for (id, value) in values {
            if let Err(error) = scenario.hold(*id, *value) {
                self.messages.error(error);
                return false;
            }
        }
        self.want(scenario, None, entry);
        true
    }

    /// Makes the run that is shown anew without something that was done to it, or with it again. Where it was done by hand
    /// after the run began, everything else that was done by hand stays where it was.
    pub(super) fn make_anew_with(&mut self, scenario: Scenario, events: Vec<RunEvent>, entry: u64) {
        self.want(scenario, Some(events), entry);
    }

    /// Asks for a run that takes the place of the one that is shown, as far as that one has come.
    fn want(&mut self, scenario: Scenario, events: Option<Vec<RunEvent>>, entry: u64) {
        let pending = self.reruns.wanted.take();
        if events.is_none() && !self.reruns.preliminary && scenario == self.present.with_own_events() {
            // It is shown already.
            self.reruns.worker.cancel();
            return;
        }
        let goal = pending
            .as_ref()
            .map_or_else(|| self.present.goal_from_here(), |pending| pending.goal);
        let before = match pending {
            Some(pending) if pending.entry == entry => pending.before,
            Some(pending) => pending.scenario,
            None => self
                .undo
                .scenario_before(entry)
                .unwrap_or_else(|| self.present.with_own_events()),
        };
        self.ask_for(scenario, events, goal, (entry, before));
    }

    /// Lets a run that has just begun come as far as a step beside the window, and stand there.
    pub(super) fn come_to(&mut self, step: u64) {
        let (scenario, goal) = (self.present.with_own_events(), Goal::at(step));
        let entry = self.undo.last_number();
        self.ask_for(scenario.clone(), None, goal, (entry, scenario));
    }

    fn ask_for(
        &mut self,
        scenario: Scenario,
        events: Option<Vec<RunEvent>>,
        goal: Goal,
        (entry, before): (u64, Scenario),
    ) {
        self.reruns.makings += 1;
        let plan = RunPlan {
            scenario: scenario.clone(),
            events,
            document: self.present.document.clone(),
            version: (self.present.history.version().run, self.reruns.makings),
            goal,
            selection: self.present.selection,
        };
        self.reruns.worker.ask(RunRequest {
            plan,
            entry,
            before: before.clone(),
            asset: self.asset_id(),
        });
        self.reruns.wanted = Some(Wanted {
            scenario,
            goal,
            entry,
            before,
        });
    }

    /// Nothing that is being made is wanted any more. Returns whether what is shown is preliminary and has to go.
    pub(super) fn want_nothing(&mut self) -> bool {
        self.reruns.worker.cancel();
        self.reruns.wanted = None;
        std::mem::take(&mut self.reruns.preliminary)
    }

    /// Takes in what has been made since the last call; what has waited for it is done.
    pub(super) fn take_in_reruns(&mut self) {
        if let Some(made) = self.reruns.worker.poll() {
            self.take_in(made);
        }
        if !self.reruns.worker.is_busy() {
            self.reruns.wanted = None;
            for command in std::mem::take(&mut self.reruns.waiting) {
                self.update(command);
            }
        }
    }

    fn take_in(&mut self, made: Made) {
        let (run, forecast) = match made.outcome {
            Ok((run, forecast)) => (*run, forecast),
            Err(error) => {
                self.messages.error(error);
                self.undo.withdraw(made.entry);
                return;
            }
        };
        let was_preliminary = std::mem::replace(&mut self.reruns.preliminary, made.preliminary);
        let old = self.swap(run);
        self.forecast = forecast;
        if !was_preliminary && !self.undo.has_aside(made.entry) && old.with_own_events() == made.before {
            self.keep_aside(made.entry, Box::new(old));
        } else {
            let_go(old);
        }
        self.studies.fit(&self.present.scenario);
    }

    /// Keeps a run for an entry of the history.
    pub(super) fn keep_aside(&mut self, entry: u64, run: Box<Run>) {
        let_go(self.undo.put_aside(entry, run));
    }

    /// Puts the run from before an entry back in its place; the one that is shown is of no use any more.
    pub(super) fn back_before(&mut self, entry: u64) -> bool {
        let Some(run) = self.undo.take_aside(entry) else {
            return false;
        };
        self.want_nothing();
        let old = self.swap(*run);
        let_go(old);
        true
    }
}

#[cfg(test)]
impl App {
    /// Lets frames pass until the run is there and stands where it is to stand; the window goes on meanwhile.
    pub(super) fn finish(&mut self) {
        for _ in 0..100_000_000_u64 {
            self.advance(0.0, || true);
            if !self.remaking() && self.present.seeking().is_none() {
                return;
            }
            std::thread::yield_now();
        }
        panic!("it is never there")
    }
}

#[cfg(test)]
mod tests;
