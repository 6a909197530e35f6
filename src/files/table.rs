//! Tables of separated values as programs and people write them: rows of fields with the place they stand at.
//!
//! The `csv` crate takes the text to fields, with quotation marks, doubled ones and line breaks between them. Here are the
//! things a format cannot know: what separates the fields of this file, which lines are notes or a header, how its numbers
//! are written, and what is wrong with it.

mod columns;
mod diagnostics;
mod header;

use super::number::hint;
use super::problem::{PROBLEMS_MAX, Problem};

pub use super::number::{Decimal, Numbers, is_missing, number_of};
pub use columns::{ColumnChoice, Mapping, Wanted, guess, plain};
pub use diagnostics::Diagnostics;
pub use header::Header;

/// Rows among which a header is looked for.
const PREAMBLE_MAX: usize = 25;

/// Most fields a row may have.
pub const COLUMNS_MAX: usize = 4_096;

/// Most letters a field may have, in bytes.
pub const FIELD_MAX: usize = 10_000;

/// Most rows a table may have.
pub const ROWS_MAX: usize = 1_000_000;

/// What may separate fields; where two are as good, the earlier one counts.
const SEPARATORS: [char; 4] = ['\t', ';', ',', '|'];

/// How much of a text is looked at to find out what separates its fields.
const SAMPLE: usize = 64_000;

/// The rows of a text. Blank lines and comments (`# …`) are none.
#[derive(Clone, Debug)]
pub struct Table {
    text: String,
    /// The text of all fields without quotation marks and the spaces around them, and where each of them ends.
    cells: String,
    ends: Vec<u32>,
    starts: Vec<Start>,
    separator: char,
    faults: Vec<Problem>,
}

/// Where a row starts.
#[derive(Clone, Copy, Debug)]
struct Start {
    line: u32,
    byte: u32,
    field: u32,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    table: &'t Table,
    index: usize,
}

impl Table {
    /// Takes a text to rows.
    pub fn of(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Old spreadsheets end lines by a carriage return alone.
        let text = if text.contains('\n') {
            text.to_owned()
        } else {
            text.replace('\r', "\n")
        };
        let separator = separator_of(&text);
        let mut table = Self {
            text,
            cells: String::new(),
            ends: Vec::new(),
            starts: Vec::new(),
            separator,
            faults: Vec::new(),
        };
        table.read();
        table
    }

    fn read(&mut self) {
        let text = std::mem::take(&mut self.text);
        // A line of nothing but separators would become millions of fields before they could be counted.
        let separators = |line: &str| line.bytes().filter(|byte| *byte == self.separator as u8).count();
        if let Some(line) = text
            .lines()
            .position(|line| line.len() > COLUMNS_MAX && separators(line) > 4 * COLUMNS_MAX)
        {
            self.fault(
                line + 1,
                format!("the row has too many fields; allowed are at most {COLUMNS_MAX}"),
            );
            return;
        }
        let mut reader = reader(&text, self.separator);
        let mut record = csv::StringRecord::new();
        // The reader counts from where it stopped, which may be blank lines before the row.
        let (mut byte, mut line) = (0, 1);
        while reader.read_record(&mut record).unwrap_or(false) {
            let from = record.position().map_or(byte, |position| position.byte() as usize);
            line += breaks(&text[byte..from]);
            let blank = text[from..].len() - text[from..].trim_start_matches(['\n', '\r']).len();
            line += breaks(&text[from..from + blank]);
            byte = from + blank;
            if record.len() > COLUMNS_MAX {
                let message = format!("the row has {} fields; allowed are at most {COLUMNS_MAX}", record.len());
                self.fault(line, message);
                break;
            }
            if let Some(field) = record.iter().find(|field| field.len() > FIELD_MAX) {
                let message = format!("a field has {} letters; allowed are at most {FIELD_MAX}", field.len());
                self.fault(line, message);
                break;
            }
            if self.starts.len() == ROWS_MAX {
                self.fault(
                    line,
                    format!("this is one row too many; allowed are at most {ROWS_MAX}"),
                );
                break;
            }
            if record.iter().all(|field| field.trim().is_empty()) || self.is_comment(&text[byte..]) {
                continue;
            }
            self.starts.push(Start {
                line: line as u32,
                byte: byte as u32,
                field: self.ends.len() as u32,
            });
            for field in &record {
                self.cells.push_str(field.trim());
                self.ends.push(self.cells.len() as u32);
            }
        }
        self.text = text;
        self.find_stray_quotes();
    }

    fn is_comment(&self, line: &str) -> bool {
        // A column may be called `#`.
        line.strip_prefix('#')
            .is_some_and(|rest| !rest.starts_with(self.separator))
    }

    fn fault(&mut self, line: usize, message: String) {
        self.faults.push(Problem::new(line, 1, message));
    }

    /// Quotation marks that do not enclose a whole field make the rows after them something else than they look like.
    fn find_stray_quotes(&mut self) {
        // A table that was given up is not whole.
        let whole = if self.faults.is_empty() { self.len() } else { 0 };
        for index in 0..whole {
            let row = Row { table: self, index };
            let raw = row.raw();
            let Some(stray) = raw.contains('"').then(|| stray_quote(raw, self.separator)).flatten() else {
                continue;
            };
            let (at, message) = match stray {
                Stray::Unclosed(at) => (at, "the quotation mark here is never closed: the file may be cut off"),
                Stray::Within(at) => (
                    at,
                    "a quotation mark stands inside a field; allowed is one at its start and its end, and two for one within",
                ),
            };
            let (line, column) = place(row.line(), &raw[..at]);
            self.faults.push(Problem::new(line, column, message));
            if self.faults.len() >= PROBLEMS_MAX {
                break;
            }
        }
    }

    /// A remark that the file may be cut off within its last field: its last line has no end, and the field is shorter than any
    /// other of its column.
    pub fn cut_off(&self) -> Option<Problem> {
        let last = self.row(self.len().checked_sub(1)?)?;
        if self.text.ends_with('\n') {
            return None;
        }
        let place = last.len().checked_sub(1)?;
        let field = last.get(place)?;
        let others = self.rows(0).take(last.index).filter_map(|row| row.get(place));
        let shortest = others.map(str::len).min()?;
        let (line, column) = last.place(place);
        let message = format!(
            "the last line has no end, and `{field}` is shorter than any other in its column: the file may be cut off"
        );
        (field.len() < shortest).then(|| Problem::new(line, column, message))
    }

    /// What is wrong with it before anything is made of it.
    pub fn faults(&self) -> &[Problem] {
        &self.faults
    }

    /// What separates the fields, as a word.
    pub const fn separator(&self) -> &'static str {
        match self.separator {
            '\t' => "tabs",
            ';' => "semicolons",
            '|' => "bars",
            _ => "commas",
        }
    }

    /// Number of rows.
    pub const fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Number of lines.
    pub fn lines(&self) -> usize {
        breaks(&self.text) + usize::from(!self.text.ends_with('\n') && !self.text.is_empty())
    }

    /// A row, counted from 0.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        (index < self.len()).then_some(Row { table: self, index })
    }

    /// The rows from one on, counted from 0.
    pub fn rows(&self, from: usize) -> impl DoubleEndedIterator<Item = Row<'_>> + Clone {
        (from.min(self.len())..self.len()).map(|index| Row { table: self, index })
    }

    /// How the columns of a mapping write their numbers, from a row on: as is said, or as numbers show that can only be read
    /// in one way. Where none does, a table separated by commas has decimal points; in any other a number such as `1,234`
    /// may be two things, and that has to be said.
    ///
    /// # Errors
    /// Numbers of both ways, or one that may be two things.
    pub fn numbers(
        &self,
        header: &Header,
        mapping: &[Option<usize>],
        said: Option<Decimal>,
    ) -> Result<Numbers, Problem> {
        if let Some(decimal) = said {
            return Ok(Numbers { decimal, seen: None });
        }
        let mut first: [Option<(Row<'_>, usize)>; 3] = [None; 3];
        let mut count = [0_usize; 3];
        for row in self.rows(header.first_data) {
            for place in mapping.iter().flatten() {
                if let Some(hint) = row.get(*place).and_then(hint) {
                    count[hint as usize] += 1;
                    first[hint as usize].get_or_insert((row, *place));
                }
            }
        }
        let text = |(row, place): (Row<'_>, usize)| row.get(place).unwrap_or_default().to_owned();
        let refuse = |(row, place): (Row<'_>, usize), message: String| {
            let mut diagnostics = Diagnostics::of(header, PROBLEMS_MAX);
            diagnostics.at(row, place, message);
            Err(diagnostics.problems.remove(0))
        };
        let found = |decimal, at: (Row<'_>, usize)| Numbers {
            decimal,
            seen: Some((at.0.line(), text(at))),
        };
        match first {
            [Some(point), Some(comma), _] => {
                // The rarer way is the mistake; where they are as frequent, the later one is.
                let [points, commas, _] = count;
                let comma_is_odd = commas < points || commas == points && comma.0.line() >= point.0.line();
                let (odd, usual, words) = if comma_is_odd {
                    (comma, point, ["comma", "point"])
                } else {
                    (point, comma, ["point", "comma"])
                };
                let message = format!(
                    "`{}` has a decimal {}, and `{}` in line {} a decimal {}; allowed is one way in a table",
                    text(odd),
                    words[0],
                    text(usual),
                    usual.0.line(),
                    words[1]
                );
                refuse(odd, message)
            }
            [Some(seen), None, _] => Ok(found(Decimal::Point, seen)),
            [None, Some(seen), _] => Ok(found(Decimal::Comma, seen)),
            [None, None, Some(at)] if self.separator != ',' => {
                let text = text(at);
                let [point, comma] = [Decimal::Point, Decimal::Comma].map(|way| {
                    way.read(&text)
                        .map_or_else(|| "no number".to_owned(), |value| value.to_string())
                });
                let message = format!(
                    "`{text}` is {point} with a decimal point and {comma} with a decimal comma, and no number of the table \
                     shows which it has: choose it (Numbers in the window, --decimal on the command line)",
                );
                refuse(at, message)
            }
            _ => Ok(Numbers::default()),
        }
    }
}

impl<'t> Row<'t> {
    /// Its number among all rows, from 0.
    pub const fn index(self) -> usize {
        self.index
    }

    /// The line it starts in, from 1.
    pub fn line(self) -> usize {
        self.start().line as usize
    }

    fn start(self) -> Start {
        self.table.starts[self.index]
    }

    fn fields(self) -> std::ops::Range<usize> {
        let next = self.table.starts.get(self.index + 1);
        self.start().field as usize..next.map_or(self.table.ends.len(), |next| next.field as usize)
    }

    /// Number of fields.
    pub fn len(self) -> usize {
        self.fields().len()
    }

    /// Whether it has no fields.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The text of a field, counted from 0.
    pub fn get(self, field: usize) -> Option<&'t str> {
        let at = self.fields().start + field;
        let end = *self.table.ends.get(at).filter(|_| field < self.len())? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.table.ends[before] as usize);
        Some(&self.table.cells[start..end])
    }

    /// The texts of all fields.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'t str> + ExactSizeIterator {
        (0..self.len()).map(move |field| self.get(field).unwrap_or_default())
    }

    /// The text it was read from.
    pub fn raw(self) -> &'t str {
        let next = self.table.starts.get(self.index + 1);
        let end = next.map_or(self.table.text.len(), |next| next.byte as usize);
        self.table.text[self.start().byte as usize..end].trim_end()
    }

    /// Line and column, in characters from 1, where a field starts, or where the row ends if it has no such field.
    pub fn place(self, field: usize) -> (usize, usize) {
        let raw = self.raw();
        let (mut number, mut quoted, mut at_start) = (0, false, true);
        let mut at = raw.len();
        for (byte, letter) in raw.char_indices() {
            if number == field && at_start && (quoted || !letter.is_whitespace()) {
                at = byte;
                break;
            }
            if letter == '"' {
                quoted = !quoted;
            } else if letter == self.table.separator && !quoted {
                if number == field {
                    at = byte;
                    break;
                }
                number += 1;
                at_start = true;
                continue;
            }
            at_start = at_start && letter.is_whitespace();
        }
        place(self.line(), &raw[..at])
    }
}

fn reader(text: &str, separator: char) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator as u8)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes())
}

fn breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Line and column behind a text that starts in a line.
fn place(line: usize, before: &str) -> (usize, usize) {
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line + breaks(before), before[start..].chars().count() + 1)
}

/// By whatever takes most of the first rows to an equal number of fields, more than one.
fn separator_of(text: &str) -> char {
    let sample = if text.len() > SAMPLE {
        let cut = (0..=SAMPLE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text[..cut].rfind('\n').map_or(&text[..cut], |end| &text[..end])
    } else {
        text
    };
    let even = |separator: char| {
        let mut counts: Vec<usize> = Vec::new();
        let mut reader = reader(sample, separator);
        let mut record = csv::StringRecord::new();
        while counts.len() < 200 && reader.read_record(&mut record).unwrap_or(false) {
            if !record.iter().all(|field| field.trim().is_empty()) && !record[0].starts_with('#') {
                counts.push(record.len());
            }
        }
        let usual = |count: usize| counts.iter().filter(|other| **other == count).count();
        let most = counts
            .iter()
            .filter(|count| **count > 1)
            .map(|count| usual(*count))
            .max();
        most.map_or(0.0, |most| most as f64 / counts.len() as f64)
    };
    let mut best = (',', 0.0);
    for separator in SEPARATORS {
        let share = even(separator);
        if share > best.1 {
            best = (separator, share);
        }
    }
    best.0
}

enum Stray {
    Unclosed(usize),
    Within(usize),
}

/// The first quotation mark of a row that is not where it may be.
fn stray_quote(raw: &str, separator: char) -> Option<Stray> {
    let mut letters = raw.char_indices().peekable();
    loop {
        let (start, first) = *letters.peek()?;
        if first == '"' {
            letters.next();
            loop {
                match letters.next() {
                    None => return Some(Stray::Unclosed(start)),
                    Some((_, '"')) if letters.next_if(|(_, letter)| *letter == '"').is_none() => break,
                    Some(_) => {}
                }
            }
            match letters.next() {
                None => return None,
                Some((_, letter)) if letter == separator => {}
                Some((at, _)) => return Some(Stray::Within(at - 1)),
            }
        } else {
            loop {
                match letters.next() {
                    None => return None,
                    Some((_, letter)) if letter == separator => break,
                    Some((at, '"')) => return Some(Stray::Within(at)),
                    Some(_) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_that_is_in_every_line_need_not_separate() {
        for (text, separator, fields) in [
            ("0;100,5\n10;99,5\n", "semicolons", 2),
            ("0\t100,5\n10\t99,5\n", "tabs", 2),
            ("a;b;c\n1,5;2,5;3\n", "semicolons", 3),
            ("a,b\n1,\"x;y\"\n", "commas", 2),
            ("a,b,c\n1,2\n", "commas", 3),
            ("a|b|c\n1|2|3\n", "bars", 3),
        ] {
            let table = Table::of(text);
            let count = table.row(0).map(Row::len);
            assert_eq!((table.separator(), count), (separator, Some(fields)), "{text}");
        }
    }

    #[test]
    fn rows_know_their_lines_and_fields_their_columns() {
        for separator in [',', ';', '\t'] {
            let line = format!("\"a{separator}b\"{separator}  ü{separator}c");
            let text = format!("\u{feff}x{separator}y{separator}z\r\n\r\n# note\r\n{line}\r\n");
            let table = Table::of(&text);
            assert_eq!(table.len(), 2);
            let row = table.row(1).unwrap();
            assert_eq!(row.line(), 4);
            assert_eq!(row.iter().collect::<Vec<_>>(), [&format!("a{separator}b"), "ü", "c"]);
            assert_eq!(
                [0, 1, 2, 3].map(|field| row.place(field)),
                [(4, 1), (4, 9), (4, 11), (4, 12)]
            );
        }
        let table = Table::of("a,b,c\n1,\"x\ny \"\"z\"\"\",3\n4,5,6\n");
        let lines: Vec<_> = table.rows(0).map(Row::line).collect();
        assert_eq!(lines, [1, 2, 4]);
        let row = table.row(1).unwrap();
        assert_eq!(row.get(1), Some("x\ny \"z\""));
        assert_eq!((row.place(1), row.place(2)), ((2, 3), (3, 10)));
        assert!(table.faults().is_empty());
    }

    #[test]
    fn stray_quotation_marks_are_named_where_they_stand() {
        for (text, place) in [
            ("a,b\n1,\"2\n3,4\n", (2, 3)),
            ("a,b\n1,2\"3\n", (2, 4)),
            ("a,b\n\"1\"x,2\n", (2, 3)),
            ("a,b\n1, \"2\"\n", (2, 4)),
        ] {
            let table = Table::of(text);
            let fault = table.faults().first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!((fault.line, fault.column), place, "{text}: {}", fault.message);
        }
    }
}
