//! The user's own presets and lessons as the window knows them: the folder is read beside the window, again after every change.

use std::path::{Path, PathBuf};

use cascade_analysis::Background;
use cascade_files::library::{self, LibraryEntry};
use cascade_files::problem::FileError;
use cascade_scenario::{ImportKind, Lesson, Scenario};

use super::{App, Document};

/// The folder and what was found in it last.
#[derive(Debug, Default)]
pub struct Library {
    folder: Option<PathBuf>,
    entries: Vec<LibraryEntry>,
    reading: Option<Background<Result<Vec<LibraryEntry>, FileError>>>,
}

impl Library {
    /// The presets of a folder, which need not exist yet.
    pub fn of(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
            ..Self::default()
        }
    }

    /// The folder; none where the desktop has no place for one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What was found in it last.
    pub fn entries(&self) -> &[LibraryEntry] {
        &self.entries
    }

    /// Whether it is being read.
    pub const fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Reads the folder again.
    pub(super) fn refresh(&mut self) {
        if let Some(folder) = self.folder.clone() {
            self.reading = Some(Background::begin(move || library::list(&folder)));
        }
    }
}

impl App {
    /// Takes in what was found in the folder of presets since the last call.
    pub(super) fn collect_library(&mut self) {
        let Some(reading) = &mut self.library.reading else {
            return;
        };
        let failed = reading.has_failed();
        let found = matches!(reading.get(), Some(Ok(_)));
        match reading.get() {
            Some(Ok(entries)) => self.library.entries.clone_from(entries),
            Some(Err(error)) => self.messages.error(error),
            None if failed => {}
            None => return,
        }
        self.library.reading = None;
        if found {
            self.want_own_thumbnails();
        }
    }

    /// Saves the scenario under a name among the user's own presets.
    pub(super) fn save_to_library(&mut self, name: &str) {
        let Some(folder) = self.library.folder.clone() else {
            self.messages.error(
                "This desktop has no folder for the data of programs; save the preset to a file of your own instead.",
            );
            return;
        };
        match library::save(&folder, name, &self.present.scenario) {
            Ok(path) => {
                name.trim().clone_into(&mut self.present.scenario.name);
                self.saved(&path);
            }
            Err(error) => self.messages.error(error),
        }
        self.library.refresh();
    }

    /// Writes a lesson to a file of the user's own folder.
    pub(super) fn keep_lesson(&mut self, path: &Path, lesson: &Lesson) {
        match library::save_lesson(path, lesson) {
            Ok(()) => self.messages.done(format!("Saved the lesson {}.", path.display())),
            Err(error) => self.messages.error(error),
        }
        self.library.refresh();
    }

    /// Gives one of the user's own presets another name.
    pub(super) fn rename_preset(&mut self, path: &Path, name: &str) {
        match library::rename(path, name) {
            Ok(new) => {
                self.settings.forget(path);
                if self.present.document.path.as_deref() == Some(path) {
                    self.settings.remember(&new);
                }
                for (scenario, document) in self.scenarios_of(path) {
                    name.trim().clone_into(&mut scenario.name);
                    name.trim().clone_into(&mut document.saved.name);
                    document.path = Some(new.clone());
                }
                self.messages.done(format!("Renamed to {}.", new.display()));
            }
            Err(error) => self.messages.error(error),
        }
        self.library.refresh();
    }

    /// Deletes one of the user's own presets; the scenario that came from it stays, without a file.
    pub(super) fn delete_preset(&mut self, path: &Path) {
        match library::delete(path) {
            Ok(()) => {
                self.settings.forget(path);
                for (_, document) in self.scenarios_of(path) {
                    document.path = None;
                }
                self.messages.done(format!("Deleted {}.", path.display()));
            }
            Err(error) => self.messages.error(error),
        }
        self.library.refresh();
    }

    /// The scenario, the pinned ones and all that undo and redo bring back, as far as they are of a file: whatever becomes of
    /// the file concerns all of them, or saving after an undo would write one that is gone.
    fn scenarios_of(&mut self, path: &Path) -> impl Iterator<Item = (&mut Scenario, &mut Document)> {
        self.scenarios()
            .filter(move |(_, document)| document.path.as_deref() == Some(path))
    }

    /// The scenario, the pinned ones and all that undo and redo bring back.
    fn scenarios(&mut self) -> impl Iterator<Item = (&mut Scenario, &mut Document)> {
        let runs = std::iter::once(&mut self.present).chain(self.pinned.iter_mut().flatten().map(Box::as_mut));
        let shown = runs.map(|run| (&mut run.scenario, &mut run.document));
        shown.chain(self.undo.documents())
    }

    /// The scenario is what this file holds. What undo and redo bring back of the same preset is of this file from now on: it
    /// differs from what was just saved, and saving it goes to the same place.
    pub(super) fn saved(&mut self, path: &Path) {
        let (old, new) = (
            self.present.document.clone(),
            Document::new(Some(path), &self.present.scenario),
        );
        for (scenario, document) in self.scenarios().filter(|(_, document)| **document == old) {
            scenario.name.clone_from(&new.saved.name);
            document.clone_from(&new);
        }
        self.settings.remember(path);
        let imported = ImportKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.count(&self.present.scenario) > 0);
        let saved: Vec<_> = ["parameters", "seed", "events"]
            .into_iter()
            .chain(imported.map(ImportKind::listed))
            .collect();
        self.messages
            .done(format!("Saved {}: {}; not the run.", path.display(), saved.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActCommand, Command, EditCommand, FileCommand, PlaybackCommand, Settings, WorkspaceCommand};
    use cascade_files::preset;
    use cascade_scenario::find;

    /// Undo and redo after a save under another name: the run is of the new file, and what it does not hold counts as changed,
    /// whether a run comes back whole or is made anew.
    #[test]
    fn undo_knows_what_was_saved_since() {
        let folder = tempfile::tempdir().unwrap();
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.library = Library::of(folder.path().to_owned());
        app.update(PlaybackCommand::Pause);
        app.run(20);
        app.update(ActCommand::Shock);
        app.run(20);
        let depth = find("liquidity.depth").unwrap().id;
        app.update(EditCommand::SetParameter { id: depth, value: 7e9 });
        app.finish();
        app.update(WorkspaceCommand::SaveToLibrary("mine".to_owned()));
        let path = app.present.document.path.clone();
        let saved = app.present.scenario.clone();
        assert!(path.is_some() && saved.name == "mine" && !app.modified());
        for (command, modified) in [
            (EditCommand::Undo, true),
            (EditCommand::Undo, true),
            (EditCommand::Redo, true),
            (EditCommand::Redo, false),
        ] {
            app.update(command);
            app.finish();
            assert_eq!(
                (app.present.scenario.name.as_str(), &app.present.document.path),
                ("mine", &path),
                "{command:?}"
            );
            assert_eq!(app.modified(), modified, "{command:?}");
        }
        assert!(app.present.scenario == saved);
    }

    /// Undo after a file was renamed or deleted: saving goes to where the file is now, or nowhere by itself.
    #[test]
    fn undo_knows_what_became_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut app = App::new(preset::find("quiet-market").unwrap(), None, Settings::default()).unwrap();
        app.library = Library::of(folder.path().to_owned());
        app.update(WorkspaceCommand::SaveToLibrary("mine".to_owned()));
        let old = app.present.document.path.clone().unwrap();
        // Twice, so that one run is kept whole and the other only as a scenario.
        for _ in 0..2 {
            app.update(EditCommand::NewSeed);
        }
        app.update(EditCommand::Undo);
        app.update(WorkspaceCommand::RenamePreset(old.clone(), "better".to_owned()));
        let new = app.present.document.path.clone().unwrap();
        assert!(new != old && new.exists() && !old.exists());
        for command in [
            Command::Edit(EditCommand::Undo),
            Command::Edit(EditCommand::Redo),
            Command::Edit(EditCommand::Redo),
        ] {
            app.update(command);
            assert_eq!(
                (app.present.document.path.as_ref(), app.present.scenario.name.as_str()),
                (Some(&new), "better")
            );
            app.update(FileCommand::Save);
            assert!(!old.exists());
        }
        app.update(WorkspaceCommand::DeletePreset(new.clone()));
        for command in [
            Command::Edit(EditCommand::Undo),
            Command::Edit(EditCommand::Undo),
            Command::Edit(EditCommand::Redo),
        ] {
            app.update(command);
            assert_eq!(app.present.document.path, None);
            app.update(FileCommand::Save);
            assert!(!old.exists() && !new.exists(), "it asks for a file");
        }
        assert!(matches!(app.take_requests()[..], [crate::Request::ChooseSave, ..]));
    }
}
