//! The state of the window and the one function that changes it. Nothing here draws, and nothing reads a clock: the
//! window says how much time has passed and how long a frame may take.

mod command;
mod document;
pub mod history;
mod messages;
mod outlook;
pub mod pace;
mod panels;
mod settings;
mod stress;
pub mod studies;

pub use command::Command;
pub use document::Document;
pub use messages::{Message, Messages};
pub use outlook::Outlook;
pub use panels::{Panel, Panels};
pub use settings::{Settings, Theme, ZOOM_RANGE};
pub use stress::Stress;

use std::path::Path;

use crate::analysis::stress::shock as stress_shock;
use crate::engine::{LogKind, Simulation};
use crate::files::preset;
use crate::scenario::{
    Effect, Outage, ParameterError, ParameterId, Parameters, Scenario, Shock, find, parameter, table,
};

use history::History;
use pace::Pace;
use studies::Studies;

/// Something only the window can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Ask which file to open.
    ChooseOpen,
    /// Ask where to save.
    ChooseSave,
    /// Close the window.
    Quit,
}

/// Everything the window shows.
#[derive(Debug)]
pub struct App {
    /// The scenario as edited.
    pub scenario: Scenario,
    /// The running model.
    pub simulation: Simulation,
    /// What the plots show of the past.
    pub history: History,
    /// Whether steps are made as time passes.
    pub playing: bool,
    /// How fast.
    pub pace: Pace,
    /// Where the scenario came from.
    pub document: Document,
    /// What went wrong or was done, until dismissed.
    pub messages: Messages,
    /// What is remembered between starts.
    pub settings: Settings,
    /// What the parameters are narrowed to.
    pub search: String,
    /// Estimates of what has not happened.
    pub outlook: Outlook,
    /// The stress table of the lending pool.
    pub stress: Stress,
    /// Questions to many runs.
    pub studies: Studies,
    requests: Vec<Request>,
    log_seen: usize,
}

impl App {
    /// A window on a scenario, running from the first frame on; `path` is the file it came from, none for a shipped preset.
    ///
    /// # Errors
    /// The scenario holds a value that is not allowed.
    pub fn new(scenario: Scenario, path: Option<&Path>, settings: Settings) -> Result<Self, ParameterError> {
        let simulation = Simulation::new(&scenario)?;
        let mut app = Self {
            history: History::new(&simulation),
            simulation,
            playing: true,
            pace: Pace::default(),
            document: Document::new(path, &scenario),
            scenario,
            messages: Messages::default(),
            settings,
            search: String::new(),
            outlook: Outlook::default(),
            stress: Stress::default(),
            studies: Studies::new()?,
            requests: Vec::new(),
            log_seen: 0,
        };
        app.notice_log();
        Ok(app)
    }

    /// Carries out a command. What cannot be done leaves everything as it was and becomes a message.
    pub fn update(&mut self, command: Command) {
        match command {
            Command::Play => self.playing = self.simulation.halted().is_none(),
            Command::Pause => self.playing = false,
            Command::TogglePlay => self.playing = !self.playing && self.simulation.halted().is_none(),
            Command::Step(count) => {
                self.playing = false;
                self.run(u64::from(count));
            }
            Command::Reset => {
                self.restart(self.scenario.clone());
            }
            Command::SetSpeed(steps_per_second) => self.pace.set(steps_per_second),
            Command::SetParameter { id, value } => self.set_parameter(id, value),
            Command::ResetParameter(id) => self.set_parameter(id, self.document.value(id)),
            Command::ResetParameters => self.reset_parameters(),
            Command::SetSeed(seed) => self.reseed(seed),
            Command::NewSeed => self.reseed(another_seed(self.scenario.seed)),
            Command::Shock => self.shock(Shock::default()),
            Command::ShockToPrice(price) => self.shock_to(price),
            Command::Outage => self.simulation.outage(&Outage::default()),
            Command::ComputeStress => self.stress.start(&self.simulation, &mut self.messages),
            Command::CancelStress => self.stress.cancel(),
            Command::ApplyStress { row, column } => self.apply_stress(row, column),
            Command::Open(path) => self.open_file(&path),
            Command::OpenShipped(name) => match preset::find(name) {
                Ok(scenario) => self.open(scenario, None),
                Err(error) => self.messages.error(error),
            },
            Command::Save => match self.document.path.clone() {
                Some(path) => self.save(&path),
                None => self.requests.push(Request::ChooseSave),
            },
            Command::SaveAs(path) => self.save(&path),
            Command::AskOpen => self.requests.push(Request::ChooseOpen),
            Command::AskSave => self.requests.push(Request::ChooseSave),
            Command::TogglePanel(panel) => self.settings.panels.toggle(panel),
            Command::SetTheme(theme) => self.settings.theme = theme,
            Command::SetZoom(zoom) => self.settings.set_zoom(zoom),
            Command::Search(text) => self.search = text,
            Command::Dismiss(text) => self.messages.dismiss(&text),
            Command::DismissGuide => self.settings.guide_dismissed = true,
            Command::Study(command) => self.study(command),
            Command::Quit => self.requests.push(Request::Quit),
        }
    }

    /// Lets wall-clock seconds pass and makes the steps that are due. After each step `may_continue` is asked; when it
    /// says no, the steps still due are dropped, so that a slow model slows down and the window does not.
    pub fn advance(&mut self, seconds: f64, mut may_continue: impl FnMut() -> bool) {
        if self.playing {
            self.pace.pass(seconds);
        }
        while self.playing && self.pace.take() {
            self.step();
            if !may_continue() {
                self.pace.forgive();
            }
        }
        self.outlook.refresh(&self.simulation);
    }

    /// Makes this many steps at once; a halt ends them early.
    pub fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            if self.simulation.halted().is_some() {
                break;
            }
            self.step();
        }
    }

    /// Whether the scenario differs from its preset.
    pub fn modified(&self) -> bool {
        self.scenario != self.document.saved
    }

    /// A parameter as it is in the running model.
    pub fn value(&self, id: ParameterId) -> f64 {
        parameter(id).get(self.simulation.parameters())
    }

    /// Whether a parameter differs from the preset as it was opened or saved.
    pub fn changed(&self, id: ParameterId) -> bool {
        self.value(id) != self.document.value(id)
    }

    /// What the window has been asked for since the last call.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    fn step(&mut self) {
        self.simulation.step();
        self.history.record(&self.simulation);
        self.notice_log();
    }

    /// Stands still where the scenario asks for it, and where the model has halted.
    fn notice_log(&mut self) {
        let log = self.simulation.log();
        let pause = log[self.log_seen..]
            .iter()
            .any(|entry| matches!(entry.kind, LogKind::Pause | LogKind::Halt));
        self.log_seen = log.len();
        if pause || self.simulation.halted().is_some() {
            self.playing = false;
        }
    }

    /// Takes over a scenario and starts it from step 0; a halted run runs again. Returns whether it could be started.
    fn restart(&mut self, scenario: Scenario) -> bool {
        let simulation = match Simulation::new(&scenario) {
            Ok(simulation) => simulation,
            Err(error) => {
                self.messages.error(error);
                return false;
            }
        };
        self.playing |= self.simulation.halted().is_some();
        self.stress = Stress::default();
        self.history = History::new(&simulation);
        self.simulation = simulation;
        self.scenario = scenario;
        self.log_seen = 0;
        self.notice_log();
        true
    }

    fn reseed(&mut self, seed: u64) {
        self.restart(Scenario {
            seed,
            ..self.scenario.clone()
        });
    }

    fn set_parameter(&mut self, id: ParameterId, value: f64) {
        let row = parameter(id);
        let mut scenario = self.scenario.clone();
        if let Err(error) = row.set(&mut scenario.parameters, value) {
            self.messages.error(error);
        } else if row.effect == Effect::Restart {
            self.restart(scenario);
        } else {
            match self.simulation.set(id, value) {
                Ok(()) => self.scenario = scenario,
                Err(error) => self.messages.error(error),
            }
        }
    }

    fn reset_parameters(&mut self) {
        for row in table() {
            if self.changed(row.id) {
                self.set_parameter(row.id, self.document.value(row.id));
            }
        }
    }

    fn apply_stress(&mut self, row: usize, column: usize) {
        let Some(table) = self.stress.table() else { return };
        let size = table.shocks[row];
        for (id, value) in table.depth_settings(column).collect::<Vec<_>>() {
            self.set_parameter(id, value);
        }
        self.shock(stress_shock(size));
    }

    fn shock(&mut self, shock: Shock) {
        self.simulation.shock(&shock);
    }

    fn shock_to(&mut self, price: f64) {
        let size = price / self.simulation.observation().spot - 1.0;
        match find("shock.size").and_then(|row| row.set(&mut Parameters::default(), size)) {
            Ok(()) => self.shock(Shock {
                size: Some(size),
                ..Shock::default()
            }),
            Err(error) => self.messages.error(error),
        }
    }

    fn open_file(&mut self, path: &Path) {
        match preset::load(path) {
            Ok(scenario) => self.open(scenario, Some(path)),
            Err(error) => self.messages.error(error),
        }
    }

    fn open(&mut self, scenario: Scenario, path: Option<&Path>) {
        let document = Document::new(path, &scenario);
        if self.restart(scenario) {
            self.document = document;
            self.playing = true;
            self.notice_log();
        }
    }

    fn save(&mut self, path: &Path) {
        let mut scenario = self.scenario.clone();
        if self.document.path.as_deref() != Some(path)
            && let Some(stem) = path.file_stem()
        {
            scenario.name = stem.to_string_lossy().into_owned();
        }
        match preset::save(path, &scenario) {
            Ok(()) => {
                self.document = Document::new(Some(path), &scenario);
                self.scenario = scenario;
                self.messages.done(format!(
                    "Saved {}: parameters, seed and events, not the run.",
                    path.display()
                ));
            }
            Err(error) => self.messages.error(error),
        }
    }
}

/// A seed of at most six digits that follows from the last one (SplitMix64, Steele et al. 2014).
fn another_seed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % 1_000_000
}
