//! Small pictures of runs for lists of presets and lessons, made beside the window, one after another, while a list is open.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use cascade_analysis::{Background, Cancel, Thumbnail};
use cascade_files::library::{Content, LibraryEntry};
use cascade_files::{lesson, preset};

use super::App;

/// The pictures that are there, and those that are wanted. A run is called as [`preset::find`] finds it: by the name of a shipped preset
/// or the path of a file.
#[derive(Debug, Default)]
pub(super) struct Thumbnails {
    known: BTreeMap<String, Option<Thumbnail>>,
    wanted: VecDeque<String>,
    at_work: Option<Work>,
}

/// The picture that is being made. Dropping it ends the work.
#[derive(Debug)]
struct Work {
    name: String,
    cancel: Arc<Cancel>,
    picture: Background<Option<Thumbnail>>,
}

impl Work {
    fn begin(name: String) -> Self {
        let cancel = Arc::new(Cancel::new());
        let (of, watched) = (name.clone(), Arc::clone(&cancel));
        let picture = Background::begin(move || {
            let scenario = preset::find(&of).ok()?;
            Thumbnail::of(&scenario, || !watched.is_requested())
        });
        Self { name, cancel, picture }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.cancel.request();
    }
}

impl Thumbnails {
    /// What is in a file may have changed: its picture is made anew when it is wanted.
    fn forget(&mut self, path: &Path) {
        let name = path.to_string_lossy();
        self.known.remove(name.as_ref());
        if self.at_work.as_ref().is_some_and(|work| work.name == name) {
            self.at_work = None;
        }
    }

    fn want(&mut self, name: &str) {
        let has = |work: &Work| work.name == name;
        let known = self.known.contains_key(name) || self.at_work.as_ref().is_some_and(has);
        if !known && !self.wanted.iter().any(|one| one == name) {
            self.wanted.push_back(name.to_owned());
        }
    }

    /// Takes in the picture that is done and begins the next one. Returns whether there is more to do.
    fn work(&mut self) -> bool {
        if let Some(work) = &mut self.at_work {
            let failed = work.picture.has_failed();
            match work.picture.poll() {
                None if !failed => return true,
                picture => {
                    let picture = picture.cloned().flatten();
                    self.known.insert(work.name.clone(), picture);
                    self.at_work = None;
                }
            }
        }
        self.at_work = self.wanted.pop_front().map(Work::begin);
        self.at_work.is_some()
    }
}

impl App {
    /// The picture of the run of a shipped preset, or of one in a file, once it is there.
    pub fn thumbnail(&self, name: &str) -> Option<&Thumbnail> {
        self.thumbnails.known.get(name)?.as_ref()
    }

    /// Goes on with the pictures for a list that is open; once a frame. Returns whether there is more to come.
    pub fn make_thumbnails(&mut self) -> bool {
        self.thumbnails.work()
    }

    /// Wants a picture of everything that came with the program.
    pub(super) fn want_shipped_thumbnails(&mut self) {
        for shipped in preset::shipped() {
            self.thumbnails.want(shipped.name);
        }
        for lesson in lesson::shipped()
            .iter()
            .filter_map(|shipped| lesson::find(shipped.name).ok())
        {
            self.thumbnails.want(&lesson.preset);
        }
    }

    /// Wants a picture of everything in the user's own folder, which has been read anew.
    pub(super) fn want_own_thumbnails(&mut self) {
        for LibraryEntry { path, content } in self.library.entries() {
            self.thumbnails.forget(path);
            match content {
                Ok(Content::Preset(_)) => self.thumbnails.want(&path.to_string_lossy()),
                Ok(Content::Lesson(lesson)) => self.thumbnails.want(&lesson.preset),
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Library, Settings, WorkspaceCommand};

    /// Shipped presets, own ones and the presets of lessons; a file that is no preset has none, and changed files are drawn anew.
    #[test]
    fn every_run_of_the_list_gets_its_picture() {
        let folder = tempfile::tempdir().unwrap();
        let mut scenario = preset::find("quiet-market").unwrap();
        scenario.set("shock.size", -0.2).unwrap();
        let path = folder.path().join("own.ron");
        preset::save(&path, &scenario).unwrap();
        std::fs::write(folder.path().join("broken.ron"), "(").unwrap();
        let mut app = App::new(scenario.clone(), None, Settings::default()).unwrap();
        app.library = Library::of(folder.path().to_owned());
        app.thumbnails.want("first-cascade");
        let read = |app: &mut App| {
            app.library.refresh();
            while app.library.is_reading() {
                app.collect_library();
                std::thread::yield_now();
            }
            while app.make_thumbnails() {
                std::thread::yield_now();
            }
        };
        read(&mut app);
        let own = path.to_string_lossy().into_owned();
        let before = app.thumbnail(&own).cloned();
        assert_eq!(before, Thumbnail::of(&scenario, || true));
        assert!(
            app.thumbnail("first-cascade")
                .is_some_and(|picture| picture.spot.len() > 60)
        );
        assert!(
            app.thumbnail(&folder.path().join("broken.ron").to_string_lossy())
                .is_none()
        );
        scenario.set("market.volatility", 2.0).unwrap();
        preset::save(&path, &scenario).unwrap();
        read(&mut app);
        assert!(app.thumbnail(&own).is_some() && app.thumbnail(&own) != before.as_ref());
        // Nothing is wanted before a list is opened, and then everything that came with the program.
        assert!(app.thumbnails.wanted.is_empty());
        app.update(WorkspaceCommand::ReadLibrary);
        assert!(app.thumbnails.wanted.len() >= 30);
    }
}
