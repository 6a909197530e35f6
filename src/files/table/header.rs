//! The line, or the lines, with the names of the columns, and what stands above them.

use std::ops::Range;

use super::{PREAMBLE_MAX, Row, Table, is_missing, number_of, plain};
use crate::number::Decimal;
use crate::time::looks_like_time;

/// Rows a header may have.
const ROWS_MAX: usize = 4;

/// Where the names of the columns stand, and where the data begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The rows with names, from 0; none if there are none.
    pub rows: Range<usize>,
    /// The first row with data, from 0.
    pub first_data: usize,
    /// Their lines, from 1.
    pub lines: Vec<usize>,
    columns: Vec<Vec<String>>,
}

impl Header {
    /// Its line, from 1; the first where there is none.
    pub fn line(&self) -> usize {
        self.lines.first().copied().unwrap_or(1)
    }

    /// A table whose columns have no names, from a row on.
    pub fn none(table: &Table) -> Self {
        let width = table.rows(0).take(PREAMBLE_MAX).map(Row::len).max().unwrap_or(0);
        Self {
            rows: 0..0,
            first_data: 0,
            lines: Vec::new(),
            columns: vec![Vec::new(); width],
        }
    }

    /// These rows are the header.
    pub fn at(table: &Table, rows: Range<usize>) -> Self {
        let width = rows.clone().filter_map(|row| table.row(row)).map(Row::len).max();
        let mut columns = vec![Vec::new(); width.unwrap_or(0)];
        for row in rows.clone().filter_map(|row| table.row(row)) {
            for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                columns[column].push(text.to_owned());
            }
        }
        Self {
            lines: rows.clone().filter_map(|row| table.row(row)).map(Row::line).collect(),
            first_data: rows.end,
            rows,
            columns,
        }
    }

    /// The header whose line somebody has said, from 1; 0: there is none.
    ///
    /// # Errors
    /// There is nothing in that line; in words.
    pub fn said(table: &Table, line: usize) -> Result<Self, String> {
        if line == 0 {
            return Ok(Self::none(table));
        }
        let row = table.rows(0).find(|row| row.line() == line);
        row.map(|row| Self::with_more(table, row.index()))
            .ok_or_else(|| format!("there is no header in line {line}: that line is empty, a comment or not there"))
    }

    /// The first of the best rows by a measure of how much of a header each one is: the number of names that are known in it.
    /// Where none is, a row of words directly above the data.
    pub fn find(table: &Table, known: impl Fn(&[String]) -> usize) -> Self {
        let mut best: Option<(usize, usize)> = None;
        for row in table.rows(0).take(PREAMBLE_MAX) {
            let names: Vec<String> = row.iter().map(plain).collect();
            let count = known(&names);
            let words = !row.iter().any(holds_a_value);
            if count >= if words { 1 } else { 3 } && best.is_none_or(|(most, _)| count > most) {
                best = Some((count, row.index()));
            }
        }
        if let Some((_, row)) = best {
            return Self::with_more(table, row);
        }
        let first = table
            .rows(0)
            .take(PREAMBLE_MAX)
            .find(|row| row.iter().any(holds_a_value) && row.iter().filter(|text| !text.is_empty()).count() > 1);
        match first.map_or_else(
            || (!table.is_empty()).then_some(0),
            |first| first.index().checked_sub(1),
        ) {
            Some(row)
                if first.is_none()
                    || table
                        .row(row)
                        .is_some_and(|row| row.iter().filter(|text| !text.is_empty()).count() > 1) =>
            {
                Self::with_more(table, row)
            }
            _ => Self {
                first_data: first.map_or(0, Row::index),
                ..Self::none(table)
            },
        }
    }

    /// A header that goes on in the rows below: lines of tickers or units, or names of columns that have none above.
    fn with_more(table: &Table, row: usize) -> Self {
        let goes_on = |row: &Row<'_>| {
            let words = !row.iter().any(holds_a_value);
            let mut texts = row.iter();
            let first = texts.next().unwrap_or_default();
            let blank = row.iter().filter(|text| text.is_empty()).count();
            let labelled = matches!(
                plain(first).as_str(),
                "ticker" | "date" | "datetime" | "symbol" | "unit" | "units"
            );
            words && (labelled || first.is_empty() || 2 * blank > row.len())
        };
        let more = table.rows(row + 1).take(ROWS_MAX - 1).take_while(goes_on).count();
        // What is last in the table is no header of anything.
        let more = if row + 1 + more < table.len() { more } else { 0 };
        Self::at(table, row..row + 1 + more)
    }

    /// Number of columns it names.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Whether the columns have names.
    pub fn is_named(&self) -> bool {
        !self.rows.is_empty()
    }

    /// The names of a column, as [`plain`] writes them.
    pub fn names(&self, column: usize) -> impl Iterator<Item = String> + '_ {
        self.titles(column).map(plain)
    }

    /// The names of a column as they stand there, one a line of the header.
    pub fn titles(&self, column: usize) -> impl Iterator<Item = &str> {
        self.columns.get(column).into_iter().flatten().map(String::as_str)
    }

    /// The name of a column; empty where it has none.
    pub fn title(&self, column: usize) -> String {
        self.titles(column).next().unwrap_or_default().to_owned()
    }

    /// Whether a row repeats the header, as where files are put one behind the other.
    pub fn repeats(&self, row: Row<'_>) -> bool {
        self.is_named()
            && row.len() == self.width()
            && row.iter().enumerate().all(|(column, text)| self.title(column) == text)
    }
}

/// Whether a field is data: a number, a time, or a word for a missing value.
fn holds_a_value(text: &str) -> bool {
    let missing = !text.is_empty() && is_missing(text) && text != "-" && text != ".";
    missing || number_of(text).or_else(|| Decimal::Comma.read(text)).is_some() || looks_like_time(text)
}
