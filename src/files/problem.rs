//! What is wrong with a file: each mistake with its place, and why a file could not be read or written.

use std::fmt;

use cascade_scenario::{ParameterError, format};

use super::lesson;
use super::shipped::shipped;

/// Most mistakes that one message lists.
const SHOWN_MAX: usize = 20;

/// Most mistakes that are looked for in one text.
pub const PROBLEMS_MAX: usize = 100;

/// A mistake in a text, and where it stands.
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

/// Longest message of one mistake, in characters: what a file says may be as long as the file.
const MESSAGE_MAX: usize = 1_000;
/// Longest name of a column in a message, in characters.
const NAME_MAX: usize = 100;

/// A text of at most so many characters: of a longer one its beginning and its end.
fn shortened(text: String, most: usize) -> String {
    if text.len() <= most || text.chars().count() <= most {
        return text;
    }
    let end = most / 4;
    let tail: Vec<char> = text.chars().rev().take(end).collect();
    text.chars()
        .take(most - end - 1)
        .chain(['…'])
        .chain(tail.into_iter().rev())
        .collect()
}

impl Problem {
    /// A mistake at a line and a column, both from 1.
    pub fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            column,
            field: None,
            message: shortened(message.into(), MESSAGE_MAX),
        }
    }

    /// In this column of a table: its number, from 1, and its name.
    #[must_use]
    pub fn in_column(self, number: usize, name: String) -> Self {
        Self {
            field: Some((number, shortened(name, NAME_MAX))),
            ..self
        }
    }

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
pub enum FileError {
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
    /// Neither a shipped lesson nor a file.
    UnknownLesson {
        /// What was asked for.
        name: String,
    },
    /// The scenario or lesson to be saved is not valid.
    Invalid {
        /// The file that was to be written.
        origin: String,
        /// What is wrong with it.
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

impl FileError {
    /// The message, with at most so many of the mistakes, each on its own line.
    pub fn report(&self, mistakes_max: usize) -> String {
        match self {
            Self::Unreadable { origin, cause } => printed(&format!("{origin} cannot be read: {cause}")),
            Self::Mistakes { origin, problems } => {
                let mut lines: Vec<String> = problems
                    .iter()
                    .take(mistakes_max)
                    .map(|problem| printed(&format!("{origin}, {}: {}", problem.place(), problem.message)))
                    .collect();
                if problems.len() > mistakes_max {
                    lines.push(printed(&format!(
                        "{origin}: and {} more",
                        problems.len() - mistakes_max
                    )));
                }
                lines.join("\n")
            }
            Self::Unknown { name } => {
                let names: Vec<_> = shipped().iter().map(|preset| preset.name).collect();
                printed(&format!(
                    "there is no preset and no file `{name}`; the shipped presets are {}",
                    names.join(", ")
                ))
            }
            Self::UnknownLesson { name } => {
                let names: Vec<_> = lesson::shipped().iter().map(|lesson| lesson.name).collect();
                printed(&format!(
                    "there is no lesson and no file `{name}`; the shipped lessons are {}",
                    names.join(", ")
                ))
            }
            Self::Invalid { origin, cause } => printed(&format!("{origin} was not written: {cause}")),
            Self::Unwritable { origin, cause } => printed(&format!(
                "{origin} cannot be written: {cause}; what was there before is unchanged"
            )),
        }
    }
}

/// A line of a message; names of files and what they hold may have any characters.
fn printed(line: &str) -> String {
    format::printable(line).into_owned()
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(SHOWN_MAX))
    }
}

impl std::error::Error for FileError {}
