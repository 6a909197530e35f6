//! Presets: scenarios in files. RON text whose first field is `format`, so that a file of a newer version is recognised
//! before anything else in it is looked at.
//!
//! Reading never changes anything but its own result: a file with a mistake gives a [`FileError`] that lists every
//! mistake with line, column, field, value and what is allowed. Saving writes a temporary file beside the target, syncs
//! it and renames it, so that there is always a whole file, the old one or the new one.

use std::path::Path;

use cascade_scenario::Scenario;

use super::document::RonDocument;
use super::format_1;
use super::opening::{self, reason};
use super::problem::FileError;
use super::saving::replace;

/// The newest format this version reads, and the one it writes.
pub const FORMAT: u64 = 1;

pub use super::opening::SIZE_MAX;
pub use super::shipped::{Shelf, Shipped, shipped};

/// Reads a shipped preset by its exact name, or else a file.
///
/// # Errors
/// Neither exists, or the file has mistakes.
pub fn find(name_or_path: &str) -> Result<Scenario, FileError> {
    if let Some(preset) = shipped().iter().find(|preset| preset.name == name_or_path) {
        return parse(preset.name, preset.text);
    }
    let path = Path::new(name_or_path);
    if opening::is_mere_name(path) {
        return Err(FileError::Unknown {
            name: name_or_path.to_owned(),
        });
    }
    load(path)
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, is larger than [`SIZE_MAX`], is not UTF-8, or has mistakes.
pub fn load(path: &Path) -> Result<Scenario, FileError> {
    parse(&path.display().to_string(), &opening::text(path)?)
}

/// Reads a preset's text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str) -> Result<Scenario, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, syntax) = RonDocument::read(text);
    let mistakes = |problems| {
        Err(FileError::Mistakes {
            origin: origin.to_owned(),
            problems,
        })
    };
    if let Err(problem) = document.format(FORMAT, syntax.as_ref()) {
        return mistakes(vec![problem]);
    }
    if let Some(problem) = syntax {
        return mistakes(vec![problem]);
    }
    format_1::read(&document).or_else(mistakes)
}

/// The text of a preset; [`parse`] gives back exactly the same scenario.
pub fn write(scenario: &Scenario) -> String {
    format_1::write(scenario)
}

/// Saves a scenario: whole or not at all.
///
/// # Errors
/// The scenario is not valid, or the folder or file cannot be written. A file that was there before is then unchanged.
pub fn save(path: &Path, scenario: &Scenario) -> Result<(), FileError> {
    let origin = || path.display().to_string();
    scenario.validate().map_err(|cause| FileError::Invalid {
        origin: origin(),
        cause,
    })?;
    replace(path, write(scenario).as_bytes()).map_err(|error| FileError::Unwritable {
        origin: origin(),
        cause: reason(&error),
    })
}
