//! The state of the window and the one function that changes it. Nothing here draws, and nothing reads a clock: the
//! window says how much time has passed and how long a frame may take.

mod baseline;
mod bookmarks;
mod command;
mod document;
mod explain;
mod export;
pub mod history;
pub mod import;
mod lesson;
mod library;
mod messages;
pub mod pace;
mod plots;
mod run;
mod settings;
mod shock_forecast;
mod stress;
pub mod studies;
mod undo;
mod what_if;
mod workspace;

pub use baseline::{Compared, ComparedKind};
pub use bookmarks::Bookmark;
pub use command::Command;
pub use document::Document;
pub use explain::Explanation;
pub use export::{Export, Exports, Picture};
pub use lesson::{Guess, Question, Verdict};
pub use library::Library;
pub use messages::{Message, Messages};
pub use plots::{PlotId, ShownPlots};
pub use run::{KeyFrames, MEMORY_BOUND_BYTES as KEY_FRAMES_BOUND_BYTES, Run, Timeline};
pub use settings::{Layout, Settings, Theme, ZOOM_RANGE};
pub use shock_forecast::ShockForecast;
pub use stress::Stress;
pub use undo::{Undo, UndoEntry};
pub use what_if::ContagionWhatIf;
pub use workspace::WorkspaceCommand;

use std::path::{Path, PathBuf};

use cascade_analysis::stress::shock as stress_shock;
use cascade_engine::{Asset, Summary};
use cascade_files::import::is_table;
use cascade_files::preset;
use cascade_scenario::{Action, AssetId, Outage, ParameterError, Parameters, Scenario, Shock, find};

use history::History;
use import::Import;
use pace::Pace;
use studies::Studies;

/// How much larger everything is for an audience.
const PRESENTER_SIZE: f32 = 1.4;

/// Something only the window can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Ask which file to open.
    ChooseOpen,
    /// Ask which table to import.
    ChooseImport,
    /// Ask where to save.
    ChooseSave,
    /// Ask where to save the lesson.
    ChooseSaveLesson,
    /// Ask where to write something to.
    ChooseExport(Export),
    /// Write a picture to a file.
    SavePicture(Picture, PathBuf),
    /// Put a picture into the clipboard.
    CopyPicture(Picture),
    /// Put the panels where they stand at first.
    ResetLayout,
    /// Close the window.
    Quit,
}

/// Everything the window shows.
#[derive(Debug)]
pub struct App {
    /// The run that is shown.
    pub present: Run,
    /// The pinned run.
    pub baseline: Option<Box<Run>>,
    runs: u64,
    /// Whether steps are made as time passes.
    pub playing: bool,
    /// How fast.
    pub pace: Pace,
    /// What went wrong or was done, until dismissed.
    pub messages: Messages,
    /// What is remembered between starts.
    pub settings: Settings,
    /// What the parameters are narrowed to.
    pub search: String,
    /// Estimates of what has not happened.
    pub forecast: ShockForecast,
    /// The stress table of the lending pool.
    pub stress: Stress,
    /// A shock tried out on a copy of the model.
    pub what_if: ContagionWhatIf,
    asset: usize,
    /// Questions to many runs.
    pub studies: Studies,
    /// What can be taken back.
    pub undo: Undo,
    /// Tables that are being written.
    pub exports: Exports,
    /// The user's own presets.
    pub library: Library,
    /// Only the picture is shown, large.
    pub presenting: bool,
    /// The table that is being looked at.
    pub import: Option<Import>,
    requests: Vec<Request>,
}

impl App {
    /// A window on a scenario, running from the first frame on; `path` is the file it came from, none for a shipped preset.
    ///
    /// # Errors
    /// The scenario holds a value that is not allowed.
    pub fn new(scenario: Scenario, path: Option<&Path>, settings: Settings) -> Result<Self, ParameterError> {
        let document = Document::new(path, &scenario);
        let mut app = Self {
            present: Run::new(scenario, document, 0)?,
            baseline: None,
            runs: 1,
            undo: Undo::default(),
            exports: Exports::default(),
            library: Library::default(),
            presenting: false,
            import: None,
            playing: true,
            pace: Pace::default(),
            messages: Messages::default(),
            settings,
            search: String::new(),
            forecast: ShockForecast::default(),
            stress: Stress::default(),
            what_if: ContagionWhatIf::default(),
            asset: 0,
            studies: Studies::new()?,
            requests: Vec::new(),
        };
        app.studies.fit(&app.present.scenario);
        app.notice_log();
        Ok(app)
    }

    /// Carries out a command. What cannot be done leaves everything as it was and becomes a message.
    pub fn update(&mut self, command: Command) {
        match command {
            Command::Play => self.playing = self.present.simulation.halted().is_none(),
            Command::Pause => self.playing = false,
            Command::TogglePlay => self.playing = !self.playing && self.present.simulation.halted().is_none(),
            Command::Step(count) => {
                self.playing = false;
                self.walk(u64::from(count));
            }
            Command::StepBack(count) => {
                self.playing = false;
                self.present
                    .seek(self.present.position().saturating_sub(u64::from(count)));
            }
            Command::Seek(step) => self.present.seek(step),
            Command::PreviousBookmark => self.jump(false),
            Command::NextBookmark => self.jump(true),
            Command::Reset => {
                self.begin_anew(
                    "Start again".to_owned(),
                    self.present.with_own_events(),
                    self.present.document.clone(),
                );
            }
            Command::ResetEvents => self.reset_events(),
            Command::SetSpeed(steps_per_second) => self.pace.set(steps_per_second),
            Command::SetParameter { id, value } => self.change_one(id, value),
            Command::ResetParameter(id) => {
                self.change(&[(id, self.present.document.value(id))], None);
            }
            Command::ResetGroup(group) => self.reset(Some(group)),
            Command::ResetParameters => self.reset(None),
            Command::Settle => self.undo.settle(),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::UndoTo(count) => {
                while self.undo.done().len() > count {
                    self.undo();
                }
                while self.undo.done().len() < count && !self.undo.undone().is_empty() {
                    self.redo();
                }
            }
            Command::SetSeed(seed) => self.reseed(seed),
            Command::NewSeed => self.reseed(another_seed(self.present.scenario.seed)),
            Command::Shock => self.shock(Shock::default()),
            Command::ShockToPrice(price) => self.shock_to(price),
            Command::Remark(action) => self.remark(action),
            Command::Pin => self.pin(),
            Command::Unpin => self.baseline = None,
            Command::SelectFrom(step) => self.present.select(Some(step), None),
            Command::SelectTo(step) => self.present.select(None, Some(step)),
            Command::ClearSelection => self.present.selection = None,
            Command::TogglePresenter => self.presenting = !self.presenting,
            Command::SaveLesson(path) => self.save_lesson(&path),
            Command::AskSaveLesson => self.requests.push(Request::ChooseSaveLesson),
            Command::Outage => self.interfere(Action::Outage(Outage::default()), "Outage"),
            Command::ComputeStress => self.stress.start(&self.present.simulation, &mut self.messages),
            Command::CancelStress => self.stress.cancel(),
            Command::ApplyStress { row, column } => self.apply_stress(row, column),
            Command::TryShock => self.what_if.start(&self.present.simulation),
            Command::CancelWhatIf => self.what_if.cancel(),
            Command::Open(path) if is_table(&path) => self.import(&path),
            Command::Open(path) => self.open_file(&path),
            Command::Import(path) => self.import(&path),
            Command::EditImport(command) => self.edit_import(command),
            Command::AskImport => self.requests.push(Request::ChooseImport),
            Command::DropBrought(brought) => self.drop_brought(brought),
            Command::OpenShipped(name) => match preset::find(name) {
                Ok(scenario) => self.open(scenario, None),
                Err(error) => self.messages.error(error),
            },
            Command::Save => match self.present.document.path.clone() {
                Some(path) => self.save(&path),
                None => self.requests.push(Request::ChooseSave),
            },
            Command::SaveAs(path) => self.save(&path),
            Command::AskOpen => self.requests.push(Request::ChooseOpen),
            Command::AskSave => self.requests.push(Request::ChooseSave),
            Command::Workspace(command) => self.workspace(command),
            Command::ShowPlot(plot, show) => self.settings.plots.set(plot, show),
            Command::SetTheme(theme) => self.settings.theme = theme,
            Command::SetZoom(zoom) => self.settings.set_zoom(zoom),
            Command::Search(text) => self.search = text,
            Command::Dismiss(text) => self.messages.dismiss(&text),
            Command::DismissGuide => self.settings.guide_dismissed = true,
            Command::ShowAsset(index) => self.asset = index,
            Command::Study(command) => self.study(command),
            Command::Quit => self.requests.push(Request::Quit),
        }
    }

    /// Lets wall-clock seconds pass and makes the steps that are due. After each step `may_continue` is asked; when it
    /// says no, the steps still due are dropped, so that a slow model slows down and the window does not.
    pub fn advance(&mut self, seconds: f64, mut may_continue: impl FnMut() -> bool) {
        self.present.work(&mut may_continue);
        let seeking = self.present.seeking().is_some();
        if self.playing && !seeking {
            self.pace.pass(seconds);
        }
        while self.playing && !seeking && self.pace.take() {
            self.step();
            if !may_continue() {
                self.pace.forgive();
            }
        }
        self.forecast
            .refresh(&self.present.simulation, self.asset_index(), self.playing);
        self.what_if.collect();
        self.exports.collect(&mut self.messages);
        self.collect_library();
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

    /// The colours in force.
    pub const fn theme(&self) -> Theme {
        if self.presenting {
            Theme::HighContrast
        } else {
            self.settings.theme
        }
    }

    /// The size of everything in force, 1 for the desktop's own.
    pub fn zoom(&self) -> f32 {
        let (_, largest) = ZOOM_RANGE;
        let size = if self.presenting { PRESENTER_SIZE } else { 1.0 };
        (self.settings.zoom * size).min(largest)
    }

    /// Which asset the window shows, from 0: the one that was chosen, if the run has it.
    pub fn asset_index(&self) -> usize {
        self.asset.min(self.present.simulation.assets().len() - 1)
    }

    /// The asset that the window shows.
    pub fn shown_asset(&self) -> &Asset {
        &self.present.simulation.assets()[self.asset_index()]
    }

    /// The recording of the asset that the window shows.
    pub fn shown_history(&self) -> &History {
        self.present.history.of_asset(AssetId::new(self.asset_index()))
    }

    /// Figures of the whole run of the asset that the window shows.
    pub fn shown_summary(&self) -> Summary {
        self.present.simulation.summary_of(AssetId::new(self.asset_index()))
    }

    /// What the window has been asked for since the last call.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Makes steps from wherever the model stands or is going to stand.
    fn walk(&mut self, steps: u64) {
        if self.present.seeking().is_some() {
            self.present.seek(self.present.position() + steps);
        } else {
            self.run(steps);
        }
    }

    /// One step onwards of the present run, and of the pinned one with it.
    fn step(&mut self) {
        self.present.step();
        self.step_baseline();
        self.notice_log();
    }

    /// Stands still where the scenario asks for it, and where the model has halted.
    fn notice_log(&mut self) {
        if self.present.takes_pause() {
            self.playing = false;
        }
    }

    fn reseed(&mut self, seed: u64) {
        let what = format!("Seed {} → {seed}", self.present.scenario.seed);
        let scenario = Scenario {
            seed,
            ..self.present.with_own_events()
        };
        self.begin_anew(what, scenario, self.present.document.clone());
    }

    /// Starts again with the events that the preset was opened or saved with.
    fn reset_events(&mut self) {
        let scenario = Scenario {
            events: self.present.document.saved.events.clone(),
            ..self.present.scenario.clone()
        };
        let what = "Start again without own shocks and remarks".to_owned();
        self.begin_anew(what, scenario, self.present.document.clone());
    }

    fn apply_stress(&mut self, row: usize, column: usize) {
        let Some(table) = self.stress.table() else { return };
        let size = table.shocks[row];
        let values: Vec<_> = table.depth_settings(column).collect();
        self.change(&values, Some("A cell of the stress table".to_owned()));
        self.shock(stress_shock(size));
    }

    fn shock(&mut self, shock: Shock) {
        self.interfere(Action::Shock(shock), "Shock");
    }

    fn shock_to(&mut self, price: f64) {
        let size = price / self.shown_asset().observation().spot - 1.0;
        let several = self.present.simulation.assets().len() > 1;
        match find("shock.size").and_then(|row| row.set(&mut Parameters::default(), size)) {
            Ok(()) => self.shock(Shock {
                size: Some(size),
                asset: several.then_some(self.asset_index() as u32 + 1),
                ..Shock::default()
            }),
            Err(error) => self.messages.error(error),
        }
    }

    fn open_file(&mut self, path: &Path) {
        match preset::load(path) {
            Ok(scenario) => {
                self.settings.remember(path);
                self.open(scenario, Some(path));
            }
            Err(error) => self.messages.error(error),
        }
    }

    fn open(&mut self, scenario: Scenario, path: Option<&Path>) {
        let document = Document::new(path, &scenario);
        let played = std::mem::replace(&mut self.playing, true);
        if self.begin_anew(format!("Open “{}”", scenario.name), scenario, document) {
            self.asset = 0;
        } else {
            self.playing = played;
        }
    }

    fn save(&mut self, path: &Path) {
        let mut scenario = self.present.scenario.clone();
        if self.present.document.path.as_deref() != Some(path)
            && let Some(stem) = path.file_stem()
        {
            scenario.name = stem.to_string_lossy().into_owned();
        }
        match preset::save(path, &scenario) {
            Ok(()) => {
                self.present.scenario = scenario;
                self.saved(path);
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
