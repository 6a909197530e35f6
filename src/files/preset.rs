//! Presets: scenarios in files. RON text whose first field is `format`, so that a file of a newer version is recognised
//! before anything else in it is looked at.
//!
//! Reading never changes anything but its own result: a file with a mistake gives a [`PresetError`] that lists every
//! mistake with line, column, field, value and what is allowed. Saving writes a temporary file beside the target, syncs
//! it and renames it, so that there is always a whole file, the old one or the new one.

use std::fmt;
use std::path::Path;
use strum::VariantArray;

use cascade_scenario::{ParameterError, Scenario};

use super::document::RonDocument;
use super::format_1;
use super::opening::{self, reason};
use super::saving::replace;

/// The newest format this version reads, and the one it writes.
pub const FORMAT: u64 = 1;

pub use super::opening::SIZE_MAX;

/// Most mistakes that one message lists.
const SHOWN_MAX: usize = 20;

/// A mistake in a preset's text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The column of a table it is in: its number, from 1, and its name if it has one; none where a text has no such columns.
    pub field: Option<(usize, String)>,
    /// Field, value and what is allowed.
    pub message: String,
}

impl Problem {
    /// Where it is: `line 3, column 9`, and in a table `line 3, column 4 (leverage), character 17`.
    pub fn place(&self) -> String {
        let Self {
            line, column, field, ..
        } = self;
        match field {
            None => format!("line {line}, column {column}"),
            Some((number, name)) if name.is_empty() => format!("line {line}, column {number}, character {column}"),
            Some((number, name)) => format!("line {line}, column {number} ({name}), character {column}"),
        }
    }
}

/// Why a preset, or another file that a scenario takes something from, could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresetError {
    /// The file cannot be read at all.
    Unreadable {
        /// The file.
        origin: String,
        /// Why.
        cause: String,
    },
    /// The text has mistakes; there is at least one.
    Mistakes {
        /// The file, or the shipped preset.
        origin: String,
        /// All mistakes, in the order they were found.
        problems: Vec<Problem>,
    },
    /// Neither a shipped preset nor a file.
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The scenario to be saved is not valid.
    Invalid {
        /// The file that was to be written.
        origin: String,
        /// What is wrong with the scenario.
        cause: ParameterError,
    },
    /// The file cannot be written; what was there before is unchanged.
    Unwritable {
        /// The file.
        origin: String,
        /// Why.
        cause: String,
    },
}

impl PresetError {
    /// The message, with at most so many of the mistakes, each on its own line.
    pub fn report(&self, mistakes_max: usize) -> String {
        match self {
            Self::Unreadable { origin, cause } => format!("{origin} cannot be read: {cause}"),
            Self::Mistakes { origin, problems } => {
                let mut lines: Vec<String> = problems
                    .iter()
                    .take(mistakes_max)
                    .map(|problem| format!("{origin}, {}: {}", problem.place(), problem.message))
                    .collect();
                if problems.len() > mistakes_max {
                    lines.push(format!("{origin}: and {} more", problems.len() - mistakes_max));
                }
                lines.join("\n")
            }
            Self::Unknown { name } => {
                let names: Vec<_> = shipped().iter().map(|preset| preset.name).collect();
                format!(
                    "there is no preset and no file `{name}`; the shipped presets are {}",
                    names.join(", ")
                )
            }
            Self::Invalid { origin, cause } => format!("{origin} was not written: {cause}"),
            Self::Unwritable { origin, cause } => {
                format!("{origin} cannot be written: {cause}; what was there before is unchanged")
            }
        }
    }
}

impl fmt::Display for PresetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(SHOWN_MAX))
    }
}

impl std::error::Error for PresetError {}

/// Where a shipped preset stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Shelf {
    /// One mechanism at a time, with round numbers.
    Teaching,
    /// Stylised after an episode on record.
    Historical,
}

impl Shelf {
    /// Both, in the order of [`shipped`].
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Teaching => "Teaching",
            Self::Historical => "Historical",
        }
    }
}

/// A preset that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Where it stands in a list.
    pub shelf: Shelf,
    /// Its file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($shelf:ident: [$($name:literal),+ $(,)?]),+ $(,)?) => {
        &[$($(Shipped {
            name: $name,
            shelf: Shelf::$shelf,
            text: include_str!(concat!("../../presets/", $name, ".ron")),
        }),+),+]
    };
}

/// The presets that are part of the program; the first one is the default.
pub fn shipped() -> &'static [Shipped] {
    shipped![
        Teaching: [
            "first-cascade",
            "quiet-market",
            "long-squeeze",
            "short-squeeze",
            "clustered-versus-spread",
            "margin-procyclicality",
            "gamma-squeeze",
            "gamma-pinning",
            "auto-deleveraging",
            "auction-versus-book",
            "circuit-breaker",
            "central-clearing",
            "bridge-latency",
            "predators",
            "liquidity-defence",
            "maker-failure",
            "basis-and-funding",
            "cross-collateral-contagion",
            "venue-synchronisation",
            "bad-local-price",
            "lending-spiral",
            "everything-on",
        ],
        Historical: [
            "october-1987",
            "february-2018",
            "march-2020",
            "january-2021",
            "may-2021",
            "december-2021",
            "november-2022",
            "august-2024",
            "october-2025",
        ],
    ]
}

/// Reads a shipped preset by its exact name, or else a file.
///
/// # Errors
/// Neither exists, or the file has mistakes.
pub fn find(name_or_path: &str) -> Result<Scenario, PresetError> {
    if let Some(preset) = shipped().iter().find(|preset| preset.name == name_or_path) {
        return parse(preset.name, preset.text);
    }
    let path = Path::new(name_or_path);
    // Something that looks like a path gets the plain message about a missing file.
    if !path.exists() && path.components().count() == 1 && path.extension().is_none() {
        return Err(PresetError::Unknown {
            name: name_or_path.to_owned(),
        });
    }
    load(path)
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, is larger than [`SIZE_MAX`], is not UTF-8, or has mistakes.
pub fn load(path: &Path) -> Result<Scenario, PresetError> {
    parse(&path.display().to_string(), &opening::text(path)?)
}

/// Reads a preset's text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str) -> Result<Scenario, PresetError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, syntax) = RonDocument::read(text);
    let mistakes = |problems| {
        Err(PresetError::Mistakes {
            origin: origin.to_owned(),
            problems,
        })
    };
    // A file of a newer version is named as such even where the rest of it cannot be read.
    if let Err(problem) = format_of(&document, syntax.as_ref()) {
        return mistakes(vec![problem]);
    }
    if let Some(problem) = syntax {
        return mistakes(vec![problem]);
    }
    format_1::read(&document).or_else(mistakes)
}

/// The format the document says it has.
fn format_of(document: &RonDocument<'_>, syntax: Option<&Problem>) -> Result<u64, Problem> {
    let first = document.names().first().copied();
    let Some(value) = document
        .field("format")
        .filter(|_| first.is_some_and(|name| name.text == "format"))
    else {
        if let Some(problem) = syntax {
            return Err(problem.clone());
        }
        let message = format!("the first field must be `format: {FORMAT}`");
        return Err(first.map_or_else(
            || Problem {
                field: None,
                line: 1,
                column: 1,
                message: message.clone(),
            },
            |at| document.problem(at, &message),
        ));
    };
    match document.decode::<u64>(value) {
        Ok(format) if (1..=FORMAT).contains(&format) => Ok(format),
        Ok(format) if format > FORMAT => {
            let message =
                format!("`format` {format} is newer than {FORMAT}, the newest this version of the program reads");
            Err(document.problem(value, message))
        }
        _ => Err(document.problem(
            value,
            format!(
                "`format` is {}; allowed is a whole number from 1 to {FORMAT}",
                value.text
            ),
        )),
    }
}

/// The text of a preset; [`parse`] gives back exactly the same scenario.
pub fn write(scenario: &Scenario) -> String {
    format_1::write(scenario)
}

/// Saves a scenario: whole or not at all.
///
/// # Errors
/// The scenario is not valid, or the folder or file cannot be written. A file that was there before is then unchanged.
pub fn save(path: &Path, scenario: &Scenario) -> Result<(), PresetError> {
    let origin = || path.display().to_string();
    scenario.validate().map_err(|cause| PresetError::Invalid {
        origin: origin(),
        cause,
    })?;
    replace(path, write(scenario).as_bytes()).map_err(|error| PresetError::Unwritable {
        origin: origin(),
        cause: reason(&error),
    })
}
