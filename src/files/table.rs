//! Tables of comma-separated values as programs and people write them: fields with the place they stand at, numbers, and
//! which column holds what.

use super::number::hint;
use super::preset::Problem;

pub use super::number::{Decimal, Numbers, number_of};

/// Mistakes after which reading a table stops.
pub const PROBLEMS_MAX: usize = 100;

/// Lines among which a header is looked for.
const PREAMBLE_MAX: usize = 20;

/// What may separate fields.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// A field of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The column its text starts at, in characters from 1.
    pub column: usize,
    /// Which field of its line it is, from 1.
    pub number: usize,
    /// The text without quotation marks and the spaces around it.
    pub text: String,
}

/// The lines of a text, what separates their fields, and how numbers are written if that is known.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    lines: Vec<&'a str>,
    separator: char,
    decimal: Option<Decimal>,
}

/// Something a table may hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// What it is called on the screen and in messages.
    pub label: &'static str,
    /// What its column may be called, as [`plain`] writes it.
    pub names: &'static [&'static str],
}

/// Which column, from 0, each of the wanted things is in.
pub type Mapping = Vec<Option<usize>>;

impl<'a> Table<'a> {
    /// Takes a text to lines. Fields are separated by tabs, semicolons or commas: by the first of them that every line among
    /// the first ones has equally many of, or else by whatever the first line with any of them has most of.
    pub fn of(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let data = || {
            lines
                .iter()
                .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        };
        let even = |separator: &char| {
            let mut counts = data().take(PREAMBLE_MAX).map(|line| split(line, *separator).len());
            let first = counts.next().unwrap_or(1);
            first > 1 && counts.all(|count| count == first)
        };
        let most = |line: &&str| {
            let counts = SEPARATORS.map(|letter| (line.matches(letter).count(), letter));
            let most = counts.into_iter().rev().max_by_key(|(count, _)| *count)?;
            (most.0 > 0).then_some(most.1)
        };
        let separator = SEPARATORS.into_iter().find(even);
        let separator = separator.or_else(|| lines.iter().find_map(most)).unwrap_or(',');
        Self {
            lines,
            separator,
            decimal: None,
        }
    }

    /// The same table, of which is known how it writes numbers.
    #[must_use]
    pub fn with_decimal(self, decimal: Option<Decimal>) -> Self {
        Self { decimal, ..self }
    }

    /// What separates the fields, as a word.
    pub const fn separator(&self) -> &'static str {
        match self.separator {
            '\t' => "tabs",
            ';' => "semicolons",
            _ => "commas",
        }
    }

    /// How the columns of a mapping write their numbers, from a line on: as is said, or as numbers show that can only be read
    /// in one way. Where none does, a table separated by commas has decimal points; in any other a number such as `1,234`
    /// may be two things, and that has to be said.
    ///
    /// # Errors
    /// Numbers of both ways, or one that may be two things.
    pub fn numbers(&self, from: usize, mapping: &[Option<usize>]) -> Result<Numbers, Problem> {
        if let Some(decimal) = self.decimal {
            return Ok(Numbers { decimal, seen: None });
        }
        let mut first: [Option<(usize, Field)>; 3] = [const { None }; 3];
        let mut count = [0_usize; 3];
        for (line, fields) in self.rows(from) {
            for field in mapping.iter().flatten().filter_map(|place| fields.get(*place)) {
                if let Some(hint) = hint(&field.text) {
                    count[hint as usize] += 1;
                    first[hint as usize].get_or_insert_with(|| (line, field.clone()));
                }
            }
        }
        let [point, comma, either] = first;
        let refuse = |line: usize, field: &Field, message: String| {
            let mut complaints = Complaints::of(self, from.checked_sub(1));
            complaints.at(line, field, message);
            Err(complaints.problems.remove(0))
        };
        let found = |decimal, (line, field): (usize, Field)| Numbers {
            decimal,
            seen: Some((line, field.text)),
        };
        match (point, comma, either) {
            (Some(point), Some(comma), _) => {
                // The rarer way is the mistake; where they are as frequent, the later one is.
                let [points, commas, _] = count;
                let comma_is_odd = commas < points || commas == points && comma.0 >= point.0;
                let (odd, usual, words) = if comma_is_odd {
                    (comma, point, ["comma", "point"])
                } else {
                    (point, comma, ["point", "comma"])
                };
                let message = format!(
                    "`{}` has a decimal {}, and `{}` in line {} a decimal {}; allowed is one way in a table",
                    odd.1.text, words[0], usual.1.text, usual.0, words[1]
                );
                refuse(odd.0, &odd.1, message)
            }
            (Some(seen), None, _) => Ok(found(Decimal::Point, seen)),
            (None, Some(seen), _) => Ok(found(Decimal::Comma, seen)),
            (None, None, Some((line, field))) if self.separator != ',' => {
                let [point, comma] = [Decimal::Point, Decimal::Comma].map(|way| {
                    way.read(&field.text)
                        .map_or_else(|| "no number".to_owned(), |value| value.to_string())
                });
                let message = format!(
                    "`{}` is {point} with a decimal point and {comma} with a decimal comma, and no number of the table shows \
                     which it has: choose it (Numbers in the window, --decimal on the command line)",
                    field.text
                );
                refuse(line, &field, message)
            }
            _ => Ok(Numbers::default()),
        }
    }

    /// Number of lines.
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no line.
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines in front of one.
    pub fn before(&self, line: usize) -> &[&'a str] {
        &self.lines[..line.min(self.lines.len())]
    }

    /// The fields of a line, from 0; they may stand in quotation marks.
    pub fn fields(&self, line: usize) -> Vec<Field> {
        self.lines
            .get(line)
            .map_or_else(Vec::new, |line| split(line, self.separator))
    }

    /// The lines with data from one on, from 0, with their numbers from 1: neither blank nor comments.
    pub fn rows(&self, from: usize) -> impl Iterator<Item = (usize, Vec<Field>)> + '_ {
        let lines = self.lines.iter().enumerate().skip(from);
        let data = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        data.map(|(index, line)| (index + 1, split(line, self.separator)))
    }

    /// The names of the columns of a header, as [`plain`] writes them.
    pub fn names(&self, header: usize) -> Vec<String> {
        self.fields(header).iter().map(|field| plain(&field.text)).collect()
    }

    /// The first of the first lines that passes.
    pub fn find_header(&self, is_header: impl Fn(&[String]) -> bool) -> Option<usize> {
        (0..self.lines.len().min(PREAMBLE_MAX)).find(|line| is_header(&self.names(*line)))
    }

    /// The header, where the table begins with one: its first line is no comment and holds no number.
    pub fn header(&self) -> Option<usize> {
        let (number, fields) = self.rows(0).next()?;
        fields
            .iter()
            .all(|field| {
                number_of(&field.text)
                    .or_else(|| Decimal::Comma.read(&field.text))
                    .is_none()
            })
            .then_some(number - 1)
    }
}

/// A name in lower case and without anything but letters and digits: `Entry price (USD)` is `entrypriceusd`.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The columns by their names, as [`plain`] writes them; a column is taken once. What comes first among the names a thing
/// may have counts before what comes later.
pub fn guess(names: &[String], wanted: &[Wanted]) -> Mapping {
    let mut taken = vec![false; names.len()];
    wanted
        .iter()
        .map(|thing| {
            let found = thing.names.iter().find_map(|name| {
                let mut free = names.iter().zip(&taken);
                free.position(|(column, taken)| !taken && column == name)
            })?;
            taken[found] = true;
            Some(found)
        })
        .collect()
}

/// Collects what is wrong with a table.
#[derive(Debug, Default)]
pub struct Complaints {
    /// All of it, in the order it was found.
    pub problems: Vec<Problem>,
    /// How numbers are written.
    pub decimal: Decimal,
    names: Vec<String>,
}

impl Complaints {
    /// None yet, of a table whose columns have the names of this line, from 0.
    pub fn of(table: &Table<'_>, header: Option<usize>) -> Self {
        let names = header.map_or_else(Vec::new, |line| table.fields(line));
        Self {
            names: names.into_iter().map(|field| field.text).collect(),
            ..Self::default()
        }
    }

    /// Finds out how numbers are written; what is wrong with them is one complaint.
    pub fn learn(&mut self, table: &Table<'_>, from: usize, mapping: &[Option<usize>]) {
        match table.numbers(from, mapping) {
            Ok(numbers) => self.decimal = numbers.decimal,
            Err(problem) => self.problems.push(problem),
        }
    }

    /// What is wrong with a line, unless it stands already.
    pub fn add(&mut self, line: usize, column: usize, message: impl Into<String>) {
        self.put(line, column, None, message.into());
    }

    /// What is wrong with a field.
    pub fn at(&mut self, line: usize, field: &Field, message: impl Into<String>) {
        self.in_column(line, (field.column, field.number), message);
    }

    /// What is wrong with a field that starts at a character and has a number among its line's, both from 1.
    pub fn in_column(&mut self, line: usize, (column, number): (usize, usize), message: impl Into<String>) {
        self.put(line, column, Some(self.place(number)), message.into());
    }

    /// The number of a column, from 1, with its name.
    pub fn place(&self, number: usize) -> (usize, String) {
        (number, self.names.get(number - 1).cloned().unwrap_or_default())
    }

    fn put(&mut self, line: usize, column: usize, field: Option<(usize, String)>, message: String) {
        let problem = Problem {
            line,
            column,
            field,
            message,
        };
        // Things of one row may share what is wrong with it.
        if !self.problems.iter().rev().take(8).any(|other| *other == problem) {
            self.problems.push(problem);
        }
    }

    /// All of it, in the order of the file.
    pub fn in_order(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }

    /// Whether reading is to stop.
    pub fn enough(&self) -> bool {
        self.problems.len() >= PROBLEMS_MAX
    }

    /// The field of a column; the line must not end before it.
    pub fn field<'f>(&mut self, line: usize, fields: &'f [Field], column: usize, what: &str) -> Option<&'f Field> {
        let field = fields.get(column);
        if field.is_none() {
            let message = format!("the line ends before the {what}: it has {} fields", fields.len());
            self.put(line, end_of(fields), Some(self.place(column + 1)), message);
        }
        field
    }

    /// Whether a line has all columns that are to be read; else that is what is wrong with it.
    pub fn is_whole(&mut self, line: usize, fields: &[Field], mapping: &[Option<usize>]) -> bool {
        let needed = mapping.iter().flatten().max().map_or(0, |last| last + 1);
        let whole = fields.len() >= needed;
        if !whole {
            let message = format!(
                "the line ends too early: it has {} fields, and {needed} are needed",
                fields.len()
            );
            self.put(line, end_of(fields), Some(self.place(fields.len() + 1)), message);
        }
        whole
    }

    /// A number in a range.
    pub fn number(
        &mut self,
        line: usize,
        field: &Field,
        what: &str,
        is_allowed: impl Fn(f64) -> bool,
        allowed: &str,
    ) -> Option<f64> {
        let value = self.decimal.read(&field.text).filter(|value| is_allowed(*value));
        if value.is_none() {
            self.refuse(line, field, what, allowed);
        }
        value
    }

    /// A field that holds something else than it may.
    pub fn refuse(&mut self, line: usize, field: &Field, what: &str, allowed: &str) {
        let shown: String = if field.text.chars().count() > 40 {
            field.text.chars().take(39).chain(['…']).collect()
        } else {
            field.text.clone()
        };
        self.at(line, field, format!("the {what} is `{shown}`; allowed is {allowed}"));
    }
}

/// The column in characters behind the last field of a line.
fn end_of(fields: &[Field]) -> usize {
    fields.last().map_or(1, |last| last.column + last.text.chars().count())
}

/// Splits a line at its separators.
fn split(line: &str, separator: char) -> Vec<Field> {
    let mut fields = Vec::new();
    let (mut start, mut text, mut quoted) = (1, String::new(), false);
    for (at, letter) in (1..).zip(line.chars()) {
        match letter {
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                fields.push(trimmed(start, fields.len() + 1, &text));
                (start, text) = (at + 1, String::new());
            }
            _ => text.push(letter),
        }
    }
    fields.push(trimmed(start, fields.len() + 1, &text));
    fields
}

fn trimmed(column: usize, number: usize, text: &str) -> Field {
    let blank = text.chars().take_while(|letter| letter.is_whitespace()).count();
    Field {
        column: column + blank,
        number,
        text: text.trim().to_owned(),
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
        ] {
            let table = Table::of(text);
            assert_eq!(
                (table.separator(), table.fields(0).len()),
                (separator, fields),
                "{text}"
            );
        }
    }

    #[test]
    fn separators_are_found_and_columns_counted_in_characters() {
        for separator in [',', ';', '\t'] {
            let line = format!("\"a{separator}b\"{separator}  ü{separator}c");
            let text = format!("\u{feff}x{separator}y{separator}z\r\n{line}\r\n");
            let table = Table::of(&text);
            let found = table.fields(1);
            let texts: Vec<_> = found.iter().map(|field| field.text.as_str()).collect();
            assert_eq!(texts, [format!("a{separator}b").as_str(), "ü", "c"]);
            assert_eq!(found.iter().map(|field| field.column).collect::<Vec<_>>(), [1, 9, 11]);
            assert_eq!(table.names(0), ["x", "y", "z"]);
        }
    }

    #[test]
    fn columns_are_found_by_the_better_name_first_and_taken_once() {
        let wanted = [
            Wanted {
                label: "price",
                names: &["close", "price"],
            },
            Wanted {
                label: "other price",
                names: &["price", "open"],
            },
        ];
        let names = |text: &str| Table::of(text).names(0);
        assert_eq!(guess(&names("price,close"), &wanted), [Some(1), Some(0)]);
        assert_eq!(guess(&names("PRICE,Open"), &wanted), [Some(0), Some(1)]);
        assert_eq!(guess(&names("Price"), &wanted), [Some(0), None]);
    }
}
