//! The user's own presets: the files of one folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cascade_scenario::Scenario;

use super::opening::reason;
use super::preset;
use super::problem::FileError;

/// What the folder is called where the desktop keeps the data of programs.
const FOLDER: &str = "presets";

/// The folder, where the desktop says where data belong. It need not exist yet.
pub fn folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "cascade-lab").map(|dirs| dirs.data_dir().join(FOLDER))
}

/// A file of the folder.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryEntry {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it, or why it cannot be read.
    pub content: Result<Box<Scenario>, FileError>,
}

/// The presets of a folder, by name; none where there is no such folder.
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
            let content = preset::load(&path).map(Box::new);
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
    let unwritable = |cause: String| FileError::Unwritable {
        origin: path.display().to_string(),
        cause,
    };
    fs::create_dir_all(folder).map_err(|error| unwritable(reason(&error)))?;
    if path.exists() {
        return Err(unwritable("there is a preset of this name already".to_owned()));
    }
    let named = Scenario {
        name: name.trim().to_owned(),
        ..scenario.clone()
    };
    preset::save(&path, &named)?;
    Ok(path)
}

/// Gives a preset another name. Returns its new file.
///
/// # Errors
/// It cannot be read, there is one of this name already, or a file cannot be written; the old one is then still there.
pub fn rename(path: &Path, name: &str) -> Result<PathBuf, FileError> {
    let scenario = preset::load(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    if file(folder, name) == path {
        let named = Scenario {
            name: name.trim().to_owned(),
            ..scenario
        };
        return preset::save(path, &named).map(|()| path.to_owned());
    }
    let new = save(folder, name, &scenario)?;
    delete(path).map(|()| new)
}

/// Deletes a preset.
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
        assert_eq!(all[1].content.as_ref().unwrap().name, "高槓桿市場");
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
