//! Pieces of a preset's text: which of them an error is about, and how a value is written.

use cascade_scenario::{ParameterError, Setting};

use crate::document::{Piece, RonDocument};
use crate::problem::Problem;

/// The part of an event or entry that an error is about: the field it names, or all of it.
pub(crate) fn offender<'a>(whole: Piece<'a>, error: &ParameterError) -> Piece<'a> {
    let (ParameterError::Unknown { path: field, .. } | ParameterError::Value { field, .. }) = error;
    let last = field.rsplit('.').next().unwrap_or(field);
    let at = whole.text.find(field.as_str()).or_else(|| whole.text.find(last));
    whole.from(at.unwrap_or(0))
}

/// A value that is not allowed, and what is.
pub(super) fn refuse(document: &RonDocument<'_>, field: &str, value: Piece<'_>, allowed: &str) -> Problem {
    document.problem(
        value,
        format!("`{field}` is {}; allowed is {allowed}", excerpt(value.text)),
    )
}

/// The beginning of a text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    if line.chars().count() > 40 {
        line.chars().take(39).chain(['…']).collect()
    } else {
        line
    }
}

/// The shortest text that reads back as exactly this value.
pub(super) fn literal(setting: &Setting) -> String {
    match setting {
        Setting::Number(value) if *value != 0.0 && !(1e-4..1e6).contains(&value.abs()) => format!("{value:e}"),
        Setting::Number(value) => format!("{value:?}"),
        Setting::Toggle(on) => on.to_string(),
        Setting::Word(word) => format!("{word:?}"),
    }
}
