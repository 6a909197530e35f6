//! The user's own presets and lessons: the files of one folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cascade_scenario::{Lesson, Scenario};

use super::opening::reason;
use super::problem::FileError;
use super::{lesson, preset};

/// What the folder is called where the desktop keeps the data of programs.
const FOLDER: &str = "presets";

/// The folder, where the desktop says where data belong. It need not exist yet.
pub fn folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "cascade-lab").map(|dirs| dirs.data_dir().join(FOLDER))
}

/// What a file of the folder holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A preset.
    Preset(Box<Scenario>),
    /// A lesson.
    Lesson(Box<Lesson>),
}

impl Content {
    /// Reads a file of either sort.
    ///
    /// # Errors
    /// It cannot be read, or has mistakes.
    fn load(path: &Path) -> Result<Self, FileError> {
        if lesson::is_lesson(path) {
            lesson::load(path).map(|lesson| Self::Lesson(Box::new(lesson)))
        } else {
            preset::load(path).map(|scenario| Self::Preset(Box::new(scenario)))
        }
    }

    /// What a list calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::Preset(scenario) => &scenario.name,
            Self::Lesson(lesson) => &lesson.title,
        }
    }

    /// What it is about.
    pub fn about(&self) -> &str {
        match self {
            Self::Preset(scenario) => &scenario.description,
            Self::Lesson(lesson) => &lesson.goal,
        }
    }

    fn rename(&mut self, name: &str) {
        let of = match self {
            Self::Preset(scenario) => &mut scenario.name,
            Self::Lesson(lesson) => &mut lesson.title,
        };
        name.trim().clone_into(of);
    }

    fn save(&self, path: &Path) -> Result<(), FileError> {
        match self {
            Self::Preset(scenario) => preset::save(path, scenario),
            Self::Lesson(lesson) => lesson::save(path, lesson),
        }
    }
}

/// A file of the folder.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryEntry {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it, or why it cannot be read.
    pub content: Result<Content, FileError>,
}

/// The presets and lessons of a folder, by name; none where there is no such folder.
///
/// # Errors
/// The folder is there and cannot be read.
pub fn list(folder: &Path) -> Result<Vec<LibraryEntry>, FileError> {
    let unreadable = |error: &io::Error| FileError::Unreadable {
        origin: folder.display().to_string(),
        cause: reason(error),
    };
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(|error| unreadable(&error))?,
    };
    let mut entries = Vec::new();
    for file in files {
        let path = file.map_err(|error| unreadable(&error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("ron"))
        {
            let content = Content::load(&path);
            entries.push(LibraryEntry { path, content });
        }
    }
    entries.sort_by(|a, b| a.path.file_name().cmp(&b.path.file_name()));
    Ok(entries)
}

/// The file that a preset of this name has in a folder. What a file's name must not hold becomes a hyphen.
pub fn file(folder: &Path, name: &str) -> PathBuf {
    let safe: String = name
        .trim()
        .chars()
        .map(|c| {
            if c.is_control() || r#"/\:*?"<>|"#.contains(c) {
                '-'
            } else {
                c
            }
        })
        .collect();
    // A leading dot would hide it; the operating systems take 255 bytes, and a temporary file's name is short.
    let safe = safe.trim_start_matches('.');
    let end = (0..=safe.len().min(200))
        .rev()
        .find(|end| safe.is_char_boundary(*end))
        .unwrap_or_default();
    let name = if safe.is_empty() { "untitled" } else { &safe[..end] };
    folder.join(format!("{name}.ron"))
}

/// Saves a scenario under a name, in a folder that is made if it is not there. Returns its file.
///
/// # Errors
/// There is such a file already, or it cannot be written.
pub fn save(folder: &Path, name: &str, scenario: &Scenario) -> Result<PathBuf, FileError> {
    let path = file(folder, name);
    make(folder, &path)?;
    save_new(&path, name, Content::Preset(Box::new(scenario.clone())))?;
    Ok(path)
}

/// Saves a lesson to a file of a folder that is made if it is not there.
///
/// # Errors
/// The lesson is not valid, or the file cannot be written.
pub fn save_lesson(path: &Path, lesson: &Lesson) -> Result<(), FileError> {
    make(path.parent().unwrap_or_else(|| Path::new(".")), path)?;
    lesson::save(path, lesson)
}

/// Makes a folder for a file.
fn make(folder: &Path, file: &Path) -> Result<(), FileError> {
    fs::create_dir_all(folder).map_err(|error| FileError::Unwritable {
        origin: file.display().to_string(),
        cause: reason(&error),
    })
}

/// Saves under a name to a file that is not there yet.
fn save_new(path: &Path, name: &str, mut content: Content) -> Result<(), FileError> {
    if path.exists() {
        return Err(FileError::Unwritable {
            origin: path.display().to_string(),
            cause: "there is a file of this name already".to_owned(),
        });
    }
    content.rename(name);
    content.save(path)
}

/// Gives a preset or a lesson another name. Returns its new file.
///
/// # Errors
/// It cannot be read, there is one of this name already, or a file cannot be written; the old one is then still there.
pub fn rename(path: &Path, name: &str) -> Result<PathBuf, FileError> {
    let mut content = Content::load(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let new = file(folder, name);
    if new == path {
        content.rename(name);
        content.save(path)?;
        return Ok(new);
    }
    save_new(&new, name, content)?;
    delete(path).map(|()| new)
}

/// Deletes a preset or a lesson.
///
/// # Errors
/// The file cannot be deleted.
pub fn delete(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(|error| FileError::Unwritable {
        origin: path.display().to_string(),
        cause: format!("it cannot be deleted: {}", reason(&error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_saved_listed_renamed_and_deleted() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new/presets");
        assert_eq!(list(&folder).unwrap(), []);
        let scenario = preset::find("quiet-market").unwrap();
        let path = save(&folder, " 高槓桿市場 ", &scenario).unwrap();
        assert!(
            save(&folder, "高槓桿市場", &scenario)
                .unwrap_err()
                .to_string()
                .contains("already")
        );
        fs::write(folder.join("broken.ron"), "(format: 1, nonsense").unwrap();
        fs::write(folder.join("notes.txt"), "no preset").unwrap();
        let all = list(&folder).unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].content.as_ref().unwrap_err().to_string().contains("line 1"));
        assert_eq!(all[1].content.as_ref().unwrap().name(), "高槓桿市場");
        let renamed = rename(&path, "7/8: \"half\"").unwrap();
        assert_eq!(renamed, folder.join("7-8- -half-.ron"));
        assert!(!path.exists());
        assert_eq!(preset::load(&renamed).unwrap().name, "7/8: \"half\"");
        assert_eq!(rename(&renamed, "7-8: -half-").unwrap(), renamed);
        assert_eq!(preset::load(&renamed).unwrap().name, "7-8: -half-");
        delete(&renamed).unwrap();
        assert!(delete(&renamed).is_err());
        assert_eq!(list(&folder).unwrap().len(), 1);
    }

    #[test]
    fn lessons_are_listed_as_lessons_and_renamed() {
        let home = tempfile::tempdir().unwrap();
        let lesson = lesson::find("first-cascade").unwrap();
        let path = home.path().join("mine.ron");
        lesson::save(&path, &lesson).unwrap();
        // A lesson with a mistake is told as one.
        let text = lesson::shipped()[0].text.replacen("say:", "sey:", 1);
        fs::write(home.path().join("wrong.ron"), text).unwrap();
        let all = list(home.path()).unwrap();
        assert_eq!(all[0].content, Ok(Content::Lesson(Box::new(lesson.clone()))));
        assert_eq!(all[0].content.as_ref().unwrap().about(), lesson.goal);
        assert!(all[1].content.as_ref().unwrap_err().to_string().contains("`sey`"));
        let renamed = rename(&path, " Monday ").unwrap();
        assert!(!path.exists());
        assert_eq!(
            lesson::load(&renamed).unwrap(),
            Lesson {
                title: "Monday".to_owned(),
                ..lesson
            }
        );
    }

    #[test]
    fn odd_names_are_files_of_the_folder() {
        let folder = Path::new("/here");
        for (name, expected) in [
            ("../../etc/passwd", "/here/-..-etc-passwd.ron"),
            ("", "/here/untitled.ron"),
            ("..", "/here/untitled.ron"),
            ("a.b", "/here/a.b.ron"),
        ] {
            assert_eq!(file(folder, name), Path::new(expected), "{name}");
        }
        let long = file(folder, &"槓".repeat(300));
        assert!(long.file_name().unwrap().len() <= 204);
    }
}
