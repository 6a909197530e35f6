//! Lessons as files: RON text whose first field is `format`, read with the place of every mistake and written whole or not at
//! all, as presets are; and the lessons that are part of the program.

use std::path::Path;

use ron::ser::PrettyConfig;
use serde::Deserialize;

use cascade_analysis::lesson::unknown_figures;
use cascade_scenario::{ErrorPlace, Lesson, ListName, ParameterError};

use super::document::{Piece, RonDocument, options};
use super::format_1::offender;
use super::opening::{self, reason};
use super::problem::{FileError, PROBLEMS_MAX, Problem};
use super::saving::replace;

/// The newest format of lessons that this version reads, and the one it writes.
pub const FORMAT: u64 = 1;

const FIELDS: [&str; 9] = [
    "format", "title", "goal", "preset", "plan", "picture", "plots", "levers", "stages",
];

/// A lesson that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippedLesson {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(ShippedLesson {
            name: $name,
            text: include_str!(concat!("../../presets/lessons/", $name, ".ron")),
        }),+]
    };
}

/// The lessons that are part of the program, in the order in which they are taught.
pub fn shipped() -> &'static [ShippedLesson] {
    shipped![
        "first-cascade",
        "fragile-leverage",
        "tightening-margin",
        "dealers-short-gamma",
        "one-index",
        "who-hunts-whom",
        "lending-spiral",
        "what-helps",
    ]
}

/// Reads a shipped lesson by its exact name, or else a file.
///
/// # Errors
/// Neither exists, or the file has mistakes.
pub fn find(name_or_path: &str) -> Result<Lesson, FileError> {
    if let Some(lesson) = shipped().iter().find(|lesson| lesson.name == name_or_path) {
        return parse(lesson.name, lesson.text);
    }
    let path = Path::new(name_or_path);
    if opening::is_mere_name(path) {
        return Err(FileError::UnknownLesson {
            name: name_or_path.to_owned(),
        });
    }
    load(path)
}

/// Reads a file.
///
/// # Errors
/// It cannot be read, is too large, is not UTF-8, or has mistakes.
pub fn load(path: &Path) -> Result<Lesson, FileError> {
    parse(&path.display().to_string(), &opening::text(path)?)
}

/// Whether a file holds a lesson rather than a preset: it has stages. What cannot be read is no lesson.
pub fn is_lesson(path: &Path) -> bool {
    opening::text(path).is_ok_and(|text| {
        RonDocument::read(&text)
            .0
            .names()
            .iter()
            .any(|name| name.text == "stages")
    })
}

/// Reads a lesson's text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in its fields, or else the first in what they mean.
pub fn parse(origin: &str, text: &str) -> Result<Lesson, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, syntax) = RonDocument::read(text);
    let mistakes = |problems| FileError::Mistakes {
        origin: origin.to_owned(),
        problems,
    };
    document
        .format(FORMAT, syntax.as_ref())
        .map_err(|problem| mistakes(vec![problem]))?;
    if let Some(problem) = syntax {
        return Err(mistakes(vec![problem]));
    }
    read(&document).map_err(mistakes)
}

fn read(document: &RonDocument<'_>) -> Result<Lesson, Vec<Problem>> {
    let mut problems = document.unknown_fields(&FIELDS, PROBLEMS_MAX);
    let mut fields = Fields {
        document,
        problems: &mut problems,
    };
    let lesson = Lesson {
        title: fields.value("title"),
        goal: fields.value("goal"),
        preset: fields.value("preset"),
        plan: fields.list("plan"),
        picture: fields.list("picture"),
        plots: fields.list("plots"),
        levers: fields.list("levers"),
        stages: fields.list("stages"),
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    lesson
        .validate()
        .map_err(|error| vec![document.problem(place_of(document, &error), error.to_string())])?;
    let unknown = unknown_figures(&lesson).into_iter().take(PROBLEMS_MAX);
    let problems: Vec<Problem> = unknown
        .filter_map(|(stage, error)| {
            let at = document.entry_of(document.field("stages")?, stage);
            let name = at.text.find(&format!("\"{}\"", error.name)).unwrap_or_default();
            Some(document.problem(at.from(name), error.to_string()))
        })
        .collect();
    if problems.is_empty() { Ok(lesson) } else { Err(problems) }
}

/// Reads fields one by one and keeps what is wrong with them.
struct Fields<'d, 'a> {
    document: &'d RonDocument<'a>,
    problems: &'d mut Vec<Problem>,
}

impl<'a> Fields<'_, 'a> {
    /// The value of a field, the usual one where there is none.
    fn value<T: Deserialize<'a> + Default>(&mut self, name: &str) -> T {
        let Some(piece) = self.document.field(name) else {
            return T::default();
        };
        self.decode(piece).unwrap_or_default()
    }

    /// The entries of a field, each read by itself so that a complaint about one hides no other.
    fn list<T: Deserialize<'a>>(&mut self, name: &str) -> Vec<T> {
        let entries = match self.document.field(name).map(|piece| self.document.entries(piece)) {
            None => Vec::new(),
            Some(Ok(entries)) => entries,
            Some(Err(problem)) => {
                self.problems.push(problem);
                Vec::new()
            }
        };
        entries.into_iter().filter_map(|entry| self.decode(entry)).collect()
    }

    fn decode<T: Deserialize<'a>>(&mut self, piece: Piece<'a>) -> Option<T> {
        let read = self.document.decode(piece);
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                if self.problems.len() < PROBLEMS_MAX {
                    self.problems.push(problem);
                }
                None
            }
        }
    }
}

/// The part of the text that an error is about.
fn place_of<'a>(document: &RonDocument<'a>, error: &ParameterError) -> Piece<'a> {
    let list = |name: &str| document.field(name);
    let found = match error {
        ParameterError::Value {
            place: ErrorPlace::Entry { list: name, number },
            ..
        } => {
            let field = if *name == ListName::Plan { "plan" } else { "stages" };
            list(field).map(|piece| document.entry_of(piece, number - 1))
        }
        ParameterError::Value { field, .. } | ParameterError::Unknown { path: field, .. } => {
            let holds = |piece: &Piece<'a>| piece.text.contains(field.as_str());
            list(field)
                .or_else(|| list("levers").filter(holds))
                .or_else(|| list("stages"))
        }
    };
    let whole = found.or_else(|| document.names().first().copied());
    whole.map_or_else(|| document.piece(""), |whole| offender(whole, error))
}

/// The text of a lesson; [`parse`] gives back exactly the same lesson.
///
/// # Errors
/// It cannot be written as RON.
pub fn write(lesson: &Lesson) -> Result<String, ron::Error> {
    let text = options().to_string_pretty(lesson, PrettyConfig::new())?;
    // The number of the format comes first, so that a newer file is recognised before anything else in it is looked at.
    Ok(format!("(\n    format: {FORMAT},{}\n", text.trim_start_matches('(')))
}

/// Saves a lesson: whole or not at all.
///
/// # Errors
/// It is not valid, or the folder or file cannot be written. A file that was there before is then unchanged.
pub fn save(path: &Path, lesson: &Lesson) -> Result<(), FileError> {
    let origin = || path.display().to_string();
    lesson.validate().map_err(|cause| FileError::Invalid {
        origin: origin(),
        cause,
    })?;
    let unwritable = |cause: String| FileError::Unwritable {
        origin: origin(),
        cause,
    };
    let text = write(lesson).map_err(|error| unwritable(error.to_string()))?;
    replace(path, text.as_bytes()).map_err(|error| unwritable(reason(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> String {
        parse("a.ron", text).map_or_else(|error| error.report(usize::MAX), |_| "none".to_owned())
    }

    #[test]
    fn shipped_lessons_are_read_and_written_and_stay_the_same() {
        for shipped in shipped() {
            let lesson = parse(shipped.name, shipped.text).unwrap();
            let text = write(&lesson).unwrap();
            assert!(text.starts_with("(\n    format: 1,\n"), "{text}");
            assert_eq!(parse("written", &text), Ok(lesson.clone()), "{text}");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("lesson.ron");
            save(&path, &lesson).unwrap();
            assert_eq!(load(&path), Ok(lesson));
            assert!(is_lesson(&path));
        }
    }

    #[test]
    fn every_mistake_has_its_line_and_column() {
        let text = shipped()[0].text;
        let with = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            complaints(&text.replacen(from, to, 1))
        };
        for (from, to, words) in [
            ("format: 1", "format: 2", "line 2, column 13: `format` 2 is newer"),
            ("title:", "titel:", "line 3, column 5: there is no field `titel`"),
            ("task: Run(19.0)", "task: Walk(19.0)", "`Walk`"),
            ("\"leverage.mean\"", "\"leverage.meen\"", "did you mean `leverage.mean`"),
            (
                "figure: \"lowest_price\"",
                "figure: \"lowest_prize\"",
                "there is no figure `lowest_prize`",
            ),
            ("say:", "sey:", "`sey`"),
        ] {
            let told = with(from, to);
            assert!(told.contains(words) && told.starts_with("a.ron, line "), "{told}");
        }
        assert!(complaints("(format: 1, stages: 3)").contains("line 1, column 21"));
        assert!(complaints("").contains("line 1"));
        assert!(matches!(find("no-such-lesson"), Err(FileError::UnknownLesson { .. })));
    }
}
