//! The state of the window and the one function that changes it. Nothing here draws, and nothing reads a clock: the
//! window says how much time has passed and how long a frame may take.

mod act;
mod bookmarks;
pub mod classroom;
mod command;
mod document;
mod edit;
pub mod episode;
mod explain;
mod export;
mod fan;
pub mod history;
pub mod import;
mod lesson;
mod library;
pub mod market;
mod messages;
mod observed;
mod onsets;
mod open_save;
pub mod pace;
mod pinned;
mod playback;
mod plots;
mod reruns;
mod run;
mod settings;
mod shock_forecast;
mod slow_step;
mod stress;
pub mod studies;
mod thumbnails;
mod undo;
mod what_if;
mod workspace;

pub use act::ActCommand;
pub use bookmarks::{Bookmark, Peak};
pub use classroom::LessonCommand;
pub use command::Command;
pub use document::Document;
pub use edit::EditCommand;
pub use explain::{Explanation, SelectionCommand};
pub use export::{Export, Exports, Picture};
pub use fan::FAN_SEEDS;
pub use lesson::{ASKED, Guess, Question, Verdict};
pub use library::Library;
pub use messages::{Message, Messages};
pub use onsets::{LeverageOnsets, Onset, Onsets};
pub use open_save::FileCommand;
pub use pinned::{Compared, ComparedKind, PINNED_MAX, PinCommand, PinnedId};
pub use playback::PlaybackCommand;
pub use plots::{PlotId, ShownPlots};
pub use reruns::SliderMode;
pub use run::{KeyFrames, MEMORY_BOUND_BYTES as KEY_FRAMES_BOUND_BYTES, Run, Timeline};
use settings::PRESENTER_ZOOM;
pub use settings::{Layout, SLOW_MOTIONS, Settings, Theme, ZOOM_RANGE};
pub use shock_forecast::ShockForecast;
pub use slow_step::SlowStep;
pub use stress::{Stress, StressCommand};
pub use undo::{Undo, UndoEntry};
pub use what_if::{ContagionWhatIf, WhatIfCommand};
pub use workspace::WorkspaceCommand;

use std::path::{Path, PathBuf};
use std::time::Duration;

use cascade_engine::{Asset, Summary};
use cascade_scenario::{AssetId, ParameterError, Scenario};

use classroom::Classroom;
use episode::Replay;
use fan::FanKeeper;
use history::History;
use import::Import;
use market::Market;
use pace::Pace;
use reruns::Reruns;
use studies::Studies;
use thumbnails::Thumbnails;

/// Something only the window can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Ask which file to open.
    ChooseOpen,
    /// Ask which table to import.
    ChooseImport,
    /// Ask for the folder of a market's record.
    ChooseRecord,
    /// Turn to the page of the market's record.
    ShowMarket,
    /// Turn to the plots of the run.
    ShowPlots,
    /// Fit everything since this step into view.
    ShowSince(u64),
    /// Fit what happened from one step to another into view, and stay there.
    ShowBetween(u64, u64),
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
    /// The pinned runs, by number.
    pinned: [Option<Box<Run>>; PINNED_MAX],
    runs: u64,
    /// What the move of a slider changes.
    pub sliders: SliderMode,
    reruns: Reruns,
    fan: FanKeeper,
    /// Whether steps are made as time passes.
    pub playing: bool,
    /// How fast.
    pub pace: Pace,
    /// Why it is not faster.
    pub slow_step: SlowStep,
    /// What went wrong or was done, until dismissed.
    pub messages: Messages,
    /// What is remembered between starts.
    pub settings: Settings,
    /// What the parameters are narrowed to.
    pub search: String,
    /// Estimates of what has not happened.
    pub forecast: ShockForecast,
    /// From which leverage on the shock runs away.
    pub onsets: LeverageOnsets,
    /// The stress table of the lending pool.
    pub stress: Stress,
    /// A shock tried out on a copy of the model.
    pub what_if: ContagionWhatIf,
    asset: AssetId,
    /// Questions to many runs.
    pub studies: Studies,
    /// What can be taken back.
    pub undo: Undo,
    /// Tables that are being written.
    pub exports: Exports,
    /// The user's own presets and lessons.
    pub library: Library,
    thumbnails: Thumbnails,
    /// Only the picture is shown, large.
    pub presenting: bool,
    /// How much larger everything is then; the window knows its own size.
    pub presenter_size: f32,
    /// The table that is being looked at.
    pub import: Option<Import>,
    /// The lesson that is taught.
    classroom: Option<Box<Classroom>>,
    replay: Option<Replay>,
    /// The record of a market.
    pub market: Market,
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
            pinned: Default::default(),
            runs: 1,
            sliders: SliderMode::default(),
            reruns: Reruns::default(),
            fan: FanKeeper::default(),
            undo: Undo::default(),
            exports: Exports::default(),
            library: Library::default(),
            thumbnails: Thumbnails::default(),
            presenting: false,
            presenter_size: 1.0,
            import: None,
            classroom: None,
            replay: None,
            market: Market::default(),
            playing: true,
            pace: Pace::default(),
            slow_step: SlowStep::default(),
            messages: Messages::default(),
            settings,
            search: String::new(),
            forecast: ShockForecast::default(),
            onsets: LeverageOnsets::default(),
            stress: Stress::default(),
            what_if: ContagionWhatIf::default(),
            asset: AssetId::FIRST,
            studies: Studies::new()?,
            requests: Vec::new(),
        };
        app.studies.fit(&app.present.scenario);
        app.notice_log();
        Ok(app)
    }

    /// Carries out a command. What cannot be done leaves everything as it was and becomes a message.
    pub fn update(&mut self, command: impl Into<Command>) {
        let command = command.into();
        if self.has_to_wait(&command) {
            self.wait_with(command);
            return;
        }
        match command {
            Command::Playback(command) => self.play_back(command),
            Command::Edit(command) => self.edit(command),
            Command::Act(command) => self.act(command),
            Command::Pin(command) => self.compare(command),
            Command::Selection(command) => self.select(command),
            Command::Stress(command) => self.stress(command),
            Command::WhatIf(command) => self.try_out(command),
            Command::File(command) => self.file(command),
            Command::Study(command) => self.study(command),
            Command::Workspace(command) => self.workspace(command),
            Command::Market(command) => self.market(command),
            Command::Lesson(command) => self.teach(command),
            Command::Import(path) => self.import(&path),
            Command::EditImport(command) => self.edit_import(command),
            Command::AskImport => self.requests.push(Request::ChooseImport),
            Command::DropImported(kind) => self.drop_imported(kind),
        }
    }

    /// Lets wall-clock seconds pass and makes the steps that are due. After each step `may_continue` is asked; when it
    /// says no, the steps still due are dropped, so that a slow model slows down and the window does not.
    pub fn advance(&mut self, seconds: f64, mut may_continue: impl FnMut() -> bool) {
        self.take_in_reruns();
        self.present.work(&mut may_continue);
        let stands = self.present.seeking().is_some() || self.remaking();
        if self.playing && !stands {
            self.pace.pass(seconds * self.slowness());
        }
        while self.playing && !stands && (self.hurries() || self.pace.take()) {
            self.step();
            if !may_continue() {
                self.pace.forgive();
                break;
            }
        }
        self.slow_step.collect();
        self.notice_end_of_lesson_run();
        self.forecast
            .refresh(&self.present.simulation, self.asset_id(), self.playing);
        let asset = self.asset_id();
        self.onsets.refresh(&self.present.simulation, asset);
        self.what_if.collect();
        self.exports.collect(&mut self.messages);
        self.collect_library();
    }

    /// Looks into what makes steps slow, if so many of them that took so long together were.
    pub fn notice_steps(&mut self, steps: u64, taken: Duration) {
        let run = self.present.history.version().run;
        self.slow_step.note(run, steps, taken, &self.present.simulation);
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
        let (smallest, largest) = ZOOM_RANGE;
        // What is large enough for the last row anyway would otherwise leave no room for the plots.
        let size = if self.presenting {
            self.settings.zoom.min(PRESENTER_ZOOM) * self.presenter_size
        } else {
            self.settings.zoom
        };
        size.clamp(smallest, largest)
    }

    /// Which asset the window shows: the one that was chosen, if the run has it.
    pub fn asset_id(&self) -> AssetId {
        self.present
            .simulation
            .parameters()
            .assets
            .numbered(self.asset.number())
    }

    /// The asset that the window shows.
    pub fn shown_asset(&self) -> &Asset {
        &self.present.simulation.assets()[self.asset_id()]
    }

    /// The recording of the asset that the window shows.
    pub fn shown_history(&self) -> &History {
        self.present.history.of_asset(self.asset_id())
    }

    /// Figures of the whole run of the asset that the window shows.
    pub fn shown_summary(&self) -> Summary {
        self.present.simulation.summary_of(self.asset_id())
    }

    /// What the window has been asked for since the last call.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }
}
