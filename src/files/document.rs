//! Reads a preset as text: which fields, parameters and events it has, and where each of them stands. What they mean is
//! left to the module of the format's version, so that every complaint can name its line and column.

use std::collections::HashSet;
use std::iter;

use ron::Options;
use ron::error::{Error as RonError, Position, SpannedError};
use ron::extensions::Extensions;
use ron::value::RawValue;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use cascade_scenario::EVENTS_MAX;

use super::problem::Problem;

/// A piece of the text and where it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    /// The piece.
    pub text: &'a str,
    /// Its first byte, counted from the start of the document.
    offset: usize,
}

impl Piece<'_> {
    /// What it has up to a place in it.
    pub(crate) fn until(self, end: usize) -> Self {
        Self {
            text: &self.text[..end],
            offset: self.offset,
        }
    }

    /// What is left of it from a place in it on.
    pub(crate) fn from(self, at: usize) -> Self {
        Self {
            text: &self.text[at..],
            offset: self.offset + at,
        }
    }
}

/// A name with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    /// The name.
    pub key: Piece<'a>,
    /// The value.
    pub value: Piece<'a>,
}

/// A preset taken to pieces, none of them interpreted.
#[derive(Debug)]
pub(crate) struct RonDocument<'a> {
    text: &'a str,
    /// The fields of the outermost struct other than the two that follow, in the order of the file.
    pub fields: Vec<Field<'a>>,
    /// The entries of `parameters`.
    pub parameters: Vec<Field<'a>>,
    /// The entries of `events`.
    pub events: Vec<Piece<'a>>,
    /// The names of all fields met so far.
    names: Vec<Piece<'a>>,
    /// The same, to find them.
    known: HashSet<&'a str>,
    /// Where lines start.
    lines: Vec<usize>,
}

/// Deepest nesting of brackets. A preset has five levels; parsing many takes time that grows faster than their number.
const NESTING_MAX: usize = 32;

/// Most fields, and most parameters, that are read: a file has far fewer, and very many take long.
const ENTRIES_MAX: usize = 10_000;

/// The dialect: `Some` and inner names may be left out, so that `Shock(size: -0.03)` works.
pub(super) fn options() -> Options {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES)
}

impl<'a> RonDocument<'a> {
    /// Takes a text to pieces. The second value is where it stops to be RON; everything before that has been read.
    pub(crate) fn read(text: &'a str) -> (Self, Option<Problem>) {
        let mut document = Self {
            text,
            fields: Vec::new(),
            parameters: Vec::new(),
            events: Vec::new(),
            names: Vec::new(),
            known: HashSet::new(),
            lines: iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
        };
        if let Some(offset) = too_deep(text) {
            let message = format!("the brackets are nested deeper than {NESTING_MAX} levels here");
            let problem = document.problem(document.place(offset), message);
            return (document, Some(problem));
        }
        let problem = match options().from_str_seed(text, Fields(&mut document)) {
            Ok(()) => None,
            Err(error) => Some(document.syntax(&error)),
        };
        (document, problem)
    }

    /// The first value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<Piece<'a>> {
        self.fields
            .iter()
            .find(|entry| entry.key.text == name)
            .map(|entry| entry.value)
    }

    /// The names of all fields, in the order of the file.
    pub(crate) fn names(&self) -> &[Piece<'a>] {
        &self.names
    }

    /// The rest of the text from a place on.
    fn place(&self, offset: usize) -> Piece<'a> {
        Piece {
            text: &self.text[offset..],
            offset,
        }
    }

    /// Line and column of a byte.
    fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset);
        Position {
            line,
            col: self.text[self.lines[line - 1]..offset].chars().count() + 1,
        }
    }

    /// A complaint about the place where a piece starts.
    pub(crate) fn problem(&self, at: Piece<'_>, message: impl Into<String>) -> Problem {
        let Position { line, col } = self.position(at.offset);
        Problem::new(line, col, message)
    }

    /// Reads a piece as a value.
    pub(crate) fn decode<T: serde::Deserialize<'a>>(&self, piece: Piece<'a>) -> Result<T, Problem> {
        options().from_str(piece.text).map_err(|error| {
            let base = self.position(piece.offset);
            let place = telling_position(&error);
            let (line, column) = if place.line == 1 {
                (base.line, base.col + place.col - 1)
            } else {
                (base.line + place.line - 1, place.col)
            };
            let field = field_before(piece.text, place).map_or_else(String::new, |field| format!("`{field}`: "));
            let message = format!("{field}{}", describe(&error.code, rest_at(piece.text, place)));
            Problem::new(line, column, message)
        })
    }

    /// The entries of a list, none of them interpreted.
    pub(crate) fn entries(&self, list: Piece<'a>) -> Result<Vec<Piece<'a>>, Problem> {
        let raw: Vec<&RawValue> = self.decode(list)?;
        Ok(raw.into_iter().map(|entry| self.piece(entry.get_ron())).collect())
    }

    /// Where an entry of a list stands, which has been read before; the list itself if that cannot be told.
    pub(crate) fn entry_of(&self, list: Piece<'a>, index: usize) -> Piece<'a> {
        let end = list.text.rfind(']').map_or(list.text.len(), |at| at + 1);
        self.entries(list.until(end))
            .ok()
            .and_then(|entries| entries.get(index).copied())
            .unwrap_or(list)
    }

    /// The format the document says it has, at most the newest one. `syntax` is where the text stops to be RON: a file of a newer
    /// version is named as such even where the rest of it cannot be read.
    pub(crate) fn format(&self, newest: u64, syntax: Option<&Problem>) -> Result<u64, Problem> {
        let first = self.names().first().copied();
        let Some(value) = self
            .field("format")
            .filter(|_| first.is_some_and(|name| name.text == "format"))
        else {
            if let Some(problem) = syntax {
                return Err(problem.clone());
            }
            let message = format!("the first field must be `format: {newest}`");
            return Err(first.map_or_else(|| Problem::new(1, 1, message.clone()), |at| self.problem(at, &message)));
        };
        match self.decode::<u64>(value) {
            Ok(format) if (1..=newest).contains(&format) => Ok(format),
            Ok(format) if format > newest => {
                let message =
                    format!("`format` {format} is newer than {newest}, the newest this version of the program reads");
                Err(self.problem(value, message))
            }
            _ => Err(self.problem(
                value,
                format!(
                    "`format` is {}; allowed is a whole number from 1 to {newest}",
                    value.text
                ),
            )),
        }
    }

    /// Complaints about fields that a file of this kind does not have, at most so many.
    pub(crate) fn unknown_fields(&self, known: &[&str], most: usize) -> Vec<Problem> {
        let unknown = self.names.iter().filter(|name| !known.contains(&name.text));
        let complain = |name: &Piece<'_>| {
            let message = format!("there is no field `{}`; the fields are {}", name.text, known.join(", "));
            self.problem(*name, message)
        };
        unknown.take(most).map(complain).collect()
    }

    fn syntax(&self, error: &SpannedError) -> Problem {
        let place = telling_position(error);
        let field = field_before(self.text, place)
            .map(str::to_owned)
            .or_else(|| {
                self.parameters
                    .last()
                    .map(|entry| entry.key.text.trim_matches('"').to_owned())
            })
            .or_else(|| self.names.last().map(|name| name.text.to_owned()));
        let near = field.map_or_else(String::new, |field| format!(" (at or after `{field}`)"));
        let message = format!("{}{near}", describe(&error.code, rest_at(self.text, place)));
        Problem::new(place.line, place.col, message)
    }

    /// A part of the text with its place, comments in front of it left out.
    pub(crate) fn piece(&self, text: &'a str) -> Piece<'a> {
        // Both are parts of the same string, which is why the difference of their addresses is a place in it.
        let offset = (text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let start = text.len() - skip_comments(text).len();
        Piece {
            text: &text[start..],
            offset: offset + start,
        }
    }
}

/// The field name in front of a place such as `size: |"big"`.
fn field_before(text: &str, place: Position) -> Option<&str> {
    let before = text[..offset(text, place)].trim_end().strip_suffix(':')?.trim_end();
    let ends = |c: char| !(c.is_alphanumeric() || "_.\"".contains(c));
    let start = before
        .char_indices()
        .rfind(|(_, c)| ends(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    Some(before[start..].trim_matches('"')).filter(|name| !name.is_empty())
}

fn rest_at(text: &str, place: Position) -> &str {
    &text[offset(text, place)..]
}

fn skip_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let end = if text.starts_with("//") {
            text.find('\n').map(|at| at + 1)
        } else if text.starts_with("/*") {
            Some(end_of_comment(text.as_bytes()))
        } else {
            None
        };
        match end {
            Some(end) => text = &text[end..],
            None => return text,
        }
    }
}

/// Where brackets are nested too deep, the first such one: parsing them would take longer the more there are.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let rest = &text.as_bytes()[at..];
        at += match (byte, rest.get(1)) {
            (b'"', _) => end_of_string(rest),
            (b'\'', _) => end_of_character(rest),
            (b'r', Some(b'"' | b'#')) => end_of_raw_string(rest),
            (b'/', Some(b'/')) => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            (b'/', Some(b'*')) => end_of_comment(rest),
            (b'(' | b'[' | b'{', _) => {
                depth += 1;
                if depth > NESTING_MAX {
                    return Some(at);
                }
                1
            }
            (b')' | b']' | b'}', _) => {
                depth = depth.saturating_sub(1);
                1
            }
            _ => 1,
        };
    }
    None
}

/// Length of a text in quotation marks, with both marks.
fn end_of_string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// Length of a character in single quotation marks, such as `'"'` or `'\u{22}'`; 1 where there is none.
fn end_of_character(text: &[u8]) -> usize {
    const LONGEST: usize = r"'\u{10ffff}'".len();
    let inner = if text.get(1) == Some(&b'\\') { 3 } else { 2 };
    let rest = text.get(inner..text.len().min(LONGEST)).unwrap_or_default();
    let mark = rest.iter().position(|byte| *byte == b'\'');
    mark.map_or(1, |at| inner + at + 1)
}

/// Length of a comment between `/*` and `*/`, which may hold others.
fn end_of_comment(text: &[u8]) -> usize {
    let (mut at, mut level) = (0, 0);
    while let Some(pair) = text.get(at..at + 2) {
        match pair {
            b"/*" => (at, level) = (at + 2, level + 1),
            b"*/" => (at, level) = (at + 2, level - 1),
            _ => at += 1,
        }
        if level == 0 {
            return at;
        }
    }
    text.len()
}

/// Length of a text such as `r#"…"#`; 1 where there is none.
fn end_of_raw_string(text: &[u8]) -> usize {
    let hashes = text[1..].iter().take_while(|byte| **byte == b'#').count();
    if text.get(1 + hashes) != Some(&b'"') {
        return 1;
    }
    let start = hashes + 2;
    let end = [&b"\""[..], &b"#".repeat(hashes)].concat();
    let found = text[start..].windows(end.len()).position(|window| window == end);
    found.map_or(text.len(), |at| start + at + end.len())
}

fn offset(text: &str, place: Position) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    let line = &text[line_start..];
    line_start + line.char_indices().nth(place.col - 1).map_or(line.len(), |(at, _)| at)
}

/// A complaint about a name or value points at its start; one about the syntax points at where the reader stopped.
fn telling_position(error: &SpannedError) -> Position {
    match error.code {
        RonError::NoSuchStructField { .. }
        | RonError::NoSuchEnumVariant { .. }
        | RonError::DuplicateStructField { .. }
        | RonError::InvalidValueForType { .. } => error.span.start,
        _ => error.span.end,
    }
}

fn describe(error: &RonError, rest: &str) -> String {
    let text = lower_first(&error.to_string());
    match error {
        RonError::ExpectedStringEnd => "the quotation mark at the end of a text is missing".to_owned(),
        _ if rest.trim().is_empty() => format!("the file ends too early: {text}"),
        RonError::Message(_)
        | RonError::NoSuchStructField { .. }
        | RonError::NoSuchEnumVariant { .. }
        | RonError::InvalidValueForType { .. } => text,
        _ => {
            let found: String = rest.chars().take_while(|c| !c.is_whitespace()).take(24).collect();
            format!("{text}, found `{found}`")
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

struct Fields<'d, 'a>(&'d mut RonDocument<'a>);

impl<'a> DeserializeSeed<'a> for Fields<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_struct("Preset", &[], self)
    }
}

impl<'a> Visitor<'a> for Fields<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a preset: (format: 1, …)")
    }
    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key::<Name<'a>>()? {
            let key = self.0.piece(name);
            if !self.0.known.insert(name) {
                return Err(A::Error::custom(format!(
                    "the field `{name}` stands here a second time"
                )));
            }
            if self.0.names.len() == ENTRIES_MAX {
                return Err(A::Error::custom(format!("allowed are at most {ENTRIES_MAX} fields")));
            }
            self.0.names.push(key);
            match name {
                "parameters" => map.next_value_seed(ParameterEntries(self.0))?,
                "events" => map.next_value_seed(EventEntries(self.0))?,
                _ => {
                    let value = self.0.piece(map.next_value::<&RawValue>()?.get_ron());
                    self.0.fields.push(Field { key, value });
                }
            }
        }
        Ok(())
    }
}

/// The name of a field, as a part of the text.
struct Name<'a>(&'a str);

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Identifier;
        impl<'a> Visitor<'a> for Identifier {
            type Value = Name<'a>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_borrowed_str<E: Error>(self, name: &'a str) -> Result<Name<'a>, E> {
                Ok(Name(name))
            }
        }
        deserializer.deserialize_identifier(Identifier)
    }
}

struct ParameterEntries<'d, 'a>(&'d mut RonDocument<'a>);

impl<'a> DeserializeSeed<'a> for ParameterEntries<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for ParameterEntries<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("parameters: {\"group.name\": value, …}")
    }
    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let key = self.0.piece(key.get_ron());
            if self.0.parameters.len() == ENTRIES_MAX {
                return Err(A::Error::custom(format!(
                    "allowed are at most {ENTRIES_MAX} parameters"
                )));
            }
            let value = self.0.piece(map.next_value::<&RawValue>()?.get_ron());
            self.0.parameters.push(Field { key, value });
        }
        Ok(())
    }
}

struct EventEntries<'d, 'a>(&'d mut RonDocument<'a>);

impl<'a> DeserializeSeed<'a> for EventEntries<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for EventEntries<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("events: [(step: 120, action: Shock()), …]")
    }
    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(event) = seq.next_element::<&RawValue>()? {
            if self.0.events.len() == EVENTS_MAX {
                let message = format!("this is one event too many; allowed are at most {EVENTS_MAX}");
                return Err(A::Error::custom(message));
            }
            self.0.events.push(self.0.piece(event.get_ron()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brackets count wherever the reader takes them for brackets, and nowhere else.
    #[test]
    fn brackets_are_told_from_characters_and_comments() {
        let deep = "(".repeat(NESTING_MAX + 1);
        for before in [
            "",
            "'\"'",
            r"'\''",
            r"'\u{22}'",
            "'“'",
            "/* /* */ \" */",
            "// \"\n",
            "r#\"\"\"#",
        ] {
            let text = format!("{before}{deep}");
            assert_eq!(too_deep(&text), Some(text.len() - 1), "{text}");
        }
        for around in [
            ("/* ", " */"),
            ("/* /* */ ", " */"),
            ("\"", "\""),
            ("r#\"\"", "\"#"),
            ("// ", "\n"),
        ] {
            let text = format!("({}{deep}{})", around.0, around.1);
            assert_eq!(too_deep(&text), None, "{text}");
        }
        assert_eq!(too_deep(&"'('".repeat(NESTING_MAX + 1)), None);
    }
}
