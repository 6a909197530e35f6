//! Opening scenarios and saving them.

use std::path::{Path, PathBuf};

use cascade_files::import::is_table;
use cascade_files::preset;
use cascade_scenario::{AssetId, Scenario};

use super::{App, Document, Request};

/// Opens and saves scenarios.
#[derive(Clone, Debug, PartialEq)]
pub enum FileCommand {
    /// Opens a preset file, or looks at a table as [`super::Command::Import`] does.
    Open(PathBuf),
    /// Opens a preset that came with the program.
    OpenShipped(&'static str),
    /// Asks which preset file to open.
    AskOpen,
    /// Writes the scenario to its file; asks for one if it has none.
    Save,
    /// Writes the scenario to this file, which becomes its file.
    SaveAs(PathBuf),
    /// Asks where to save.
    AskSave,
    /// Writes the run as a lesson: the scenario as it began with everything that was done since among its events.
    SaveLesson(PathBuf),
    /// Asks where to save the lesson.
    AskSaveLesson,
}

impl App {
    pub(super) fn file(&mut self, command: FileCommand) {
        match command {
            FileCommand::Open(path) if is_table(&path) => self.import(&path),
            FileCommand::Open(path) => self.open_file(&path),
            FileCommand::OpenShipped(name) => match preset::find(name) {
                Ok(scenario) => self.open(scenario, None),
                Err(error) => self.messages.error(error),
            },
            FileCommand::AskOpen => self.requests.push(Request::ChooseOpen),
            FileCommand::Save => match self.present.document.path.clone() {
                Some(path) => self.save(&path),
                None => self.requests.push(Request::ChooseSave),
            },
            FileCommand::SaveAs(path) => self.save(&path),
            FileCommand::AskSave => self.requests.push(Request::ChooseSave),
            FileCommand::SaveLesson(path) => self.save_lesson(&path),
            FileCommand::AskSaveLesson => self.requests.push(Request::ChooseSaveLesson),
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
            self.asset = AssetId::FIRST;
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
