//! Tables of comma-separated values as programs and people write them: fields with the place they stand at, numbers, and
//! which column holds what.

use super::preset::Problem;

/// Mistakes after which reading a table stops.
pub const PROBLEMS_MAX: usize = 100;

/// Lines among which a header is looked for.
const PREAMBLE_MAX: usize = 20;

/// A field of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The column its text starts at, in characters from 1.
    pub column: usize,
    /// The text without quotation marks and the spaces around it.
    pub text: String,
}

/// The lines of a text, and what separates their fields.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    lines: Vec<&'a str>,
    separator: char,
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
    /// Takes a text to lines. Fields are separated by commas, semicolons or tabs: whatever the first line with any of them
    /// has most of.
    pub fn of(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let most = |line: &&str| {
            let counts = [',', ';', '\t'].map(|letter| (line.matches(letter).count(), letter));
            let most = counts.into_iter().rev().max_by_key(|(count, _)| *count)?;
            (most.0 > 0).then_some(most.1)
        };
        let separator = lines.iter().find_map(most).unwrap_or(',');
        Self { lines, separator }
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
            .all(|field| number_of(&field.text).is_none())
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

/// A finite number with a decimal point, perhaps with thousands separators, a dollar sign in front or a per cent sign behind.
pub fn number_of(text: &str) -> Option<f64> {
    let (text, scale) = text
        .strip_suffix('%')
        .map_or((text, 1.0), |per_cent| (per_cent.trim_end(), 0.01));
    let text = text.replace('\u{2212}', "-");
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or_else(|| (1.0, text.strip_prefix('+').unwrap_or(&text)), |rest| (-1.0, rest));
    let digits = digits.strip_prefix('$').unwrap_or(digits).trim_start();
    // What `parse` takes beside numbers: `nan`, `inf`, another sign.
    if !digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return None;
    }
    let whole = digits.split('.').next().unwrap_or_default();
    let value: f64 = if digits.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        let three = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
        if !first || !groups.all(three) {
            return None;
        }
        digits.replace(',', "").parse().ok()?
    } else {
        digits.parse().ok()?
    };
    Some(sign * value * scale).filter(|value| value.is_finite())
}

/// Collects what is wrong with a table.
#[derive(Debug, Default)]
pub struct Complaints {
    /// All of it, in the order it was found.
    pub problems: Vec<Problem>,
}

impl Complaints {
    /// One more, unless it stands already.
    pub fn add(&mut self, line: usize, column: usize, message: impl Into<String>) {
        let problem = Problem {
            line,
            column,
            message: message.into(),
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
            let end = fields.last().map_or(1, |last| last.column + last.text.chars().count());
            let message = format!("the line ends before the {what}: it has {} fields", fields.len());
            self.add(line, end, message);
        }
        field
    }

    /// Whether a line has all columns that are to be read; else that is what is wrong with it.
    pub fn is_whole(&mut self, line: usize, fields: &[Field], mapping: &[Option<usize>]) -> bool {
        let needed = mapping.iter().flatten().max().map_or(0, |last| last + 1);
        let whole = fields.len() >= needed;
        if !whole {
            let end = fields.last().map_or(1, |last| last.column + last.text.chars().count());
            let message = format!(
                "the line ends too early: it has {} fields, and {needed} are needed",
                fields.len()
            );
            self.add(line, end, message);
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
        let value = number_of(&field.text).filter(|value| is_allowed(*value));
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
        self.add(
            line,
            field.column,
            format!("the {what} is `{shown}`; allowed is {allowed}"),
        );
    }
}

/// Splits a line at its separators.
fn split(line: &str, separator: char) -> Vec<Field> {
    let mut fields = Vec::new();
    let (mut start, mut text, mut quoted) = (1, String::new(), false);
    for (at, letter) in (1..).zip(line.chars()) {
        match letter {
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                fields.push(trimmed(start, &text));
                (start, text) = (at + 1, String::new());
            }
            _ => text.push(letter),
        }
    }
    fields.push(trimmed(start, &text));
    fields
}

fn trimmed(column: usize, text: &str) -> Field {
    let blank = text.chars().take_while(|letter| letter.is_whitespace()).count();
    Field {
        column: column + blank,
        text: text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_people_write_and_nothing_else() {
        for (text, value) in [
            ("1", 1.0),
            ("-2.5", -2.5),
            ("\u{2212}2.5", -2.5),
            ("1e3", 1000.0),
            ("$1,234.5", 1234.5),
            ("-$3", -3.0),
            ("1,234,567", 1_234_567.0),
            ("20 %", 0.2),
            (".5", 0.5),
        ] {
            assert_eq!(number_of(text), Some(value), "{text}");
        }
        for text in [
            "",
            "nan",
            "inf",
            "-inf",
            "1,5",
            "1234,567",
            "1,23,456",
            "12,",
            "1.2.3",
            "long",
            "2024-01-01",
            "1,2345",
            "1e999",
            "--5",
        ] {
            assert_eq!(number_of(text), None, "{text}");
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
