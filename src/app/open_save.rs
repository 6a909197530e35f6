//! Opening scenarios and saving them.

use std::path::{Path, PathBuf};

use cascade_files::import::is_table;
use cascade_files::link::{self, NoLink};
use cascade_files::{lesson, preset};
use cascade_scenario::{AssetId, Scenario};

use super::{App, Document, LessonCommand, Request};

/// Opens and saves scenarios.
#[derive(Clone, Debug, PartialEq)]
pub enum FileCommand {
    /// Opens a preset file, or looks at a table as [`super::Command::Import`] does.
    Open(PathBuf),
    /// Opens a link: the run comes as far as it says and stands there.
    OpenLink(String),
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
            FileCommand::Open(path) if lesson::is_lesson(&path) => self.teach(LessonCommand::Open(path)),
            FileCommand::Open(path) => self.open_file(&path),
            FileCommand::OpenLink(text) => self.open_link(&text),
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

    /// The link of the run as it stands.
    ///
    /// # Errors
    /// It does not fit into a line.
    pub fn link(&self) -> Result<String, NoLink> {
        link::write(&self.present.newest().scenario_with_acts(), self.present.position())
    }

    fn open_link(&mut self, text: &str) {
        match link::read(text) {
            Ok(linked) => {
                self.open(linked.scenario, None);
                if let Some(steps) = linked.steps.filter(|steps| *steps > 0) {
                    self.playing = false;
                    self.come_to(steps);
                }
            }
            Err(error) => self.messages.error(error),
        }
    }

    fn open(&mut self, scenario: Scenario, path: Option<&Path>) {
        let document = Document::new(path, &scenario);
        let played = std::mem::replace(&mut self.playing, true);
        self.leave_lesson();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActCommand, EditCommand, PlaybackCommand, Settings, SliderMode};
    use cascade_scenario::find;

    /// With sliders moved from the start and on the way, and a shock by hand: another window that opens the link stands at the same
    /// step with the same digest.
    #[test]
    fn a_link_brings_another_window_to_the_same_digest() {
        let mut app = App::new(
            preset::find("venue-synchronisation").unwrap(),
            None,
            Settings::default(),
        )
        .unwrap();
        app.update(PlaybackCommand::Pause);
        app.run(60);
        let set = |path: &str, value| EditCommand::SetParameter {
            id: find(path).unwrap().id,
            value,
        };
        app.update(set("leverage.mean", 17.0));
        app.finish();
        app.update(ActCommand::Shock);
        app.run(30);
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        app.update(set("liquidity.depth", 7e9));
        app.run(80);
        let link = app.link().unwrap();
        let mut other = App::new(preset::find("quiet-market").unwrap(), None, Settings::default()).unwrap();
        other.update(FileCommand::OpenLink(format!(" {link}\n")));
        other.finish();
        assert_eq!(other.present.simulation.steps(), 170);
        assert_eq!(other.present.simulation.digest(), app.present.simulation.digest());
        assert!(!other.playing && !other.modified());
        assert_eq!(other.link().unwrap(), link);
        // What is no link leaves everything as it was.
        other.update(FileCommand::OpenLink(
            "cascade-lab:first-cascade?leverage.mean=500".to_owned(),
        ));
        assert_eq!(other.link().unwrap(), link);
        assert!(other.messages.iter().any(|message| message.error));
        // One undo takes the link back.
        other.update(EditCommand::Undo);
        other.finish();
        assert_eq!(other.present.scenario.name, preset::find("quiet-market").unwrap().name);
    }
}
