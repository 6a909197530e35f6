//! What is wrong with a table: mistakes with line, column and field.

use super::{Decimal, Header, Row, Table};
use crate::problem::Problem;

/// Collects what is wrong with a table.
#[derive(Debug, Default)]
pub struct Diagnostics {
    /// All of it, in the order it was found.
    pub problems: Vec<Problem>,
    /// How numbers are written.
    pub decimal: Decimal,
    /// Reading stops at so many.
    most: usize,
    header: Header,
}

impl Diagnostics {
    /// None yet, of a table with this header; reading is to stop at so many.
    pub fn of(header: &Header, most: usize) -> Self {
        Self {
            most,
            header: header.clone(),
            ..Self::default()
        }
    }

    /// Finds out how numbers are written; what is wrong with them is one mistake.
    pub fn learn(&mut self, table: &Table, mapping: &[Option<usize>], said: Option<Decimal>) {
        match table.numbers(&self.header, mapping, said) {
            Ok(numbers) => self.decimal = numbers.decimal,
            Err(problem) => self.problems.push(problem),
        }
    }

    /// The line of the header, or the first.
    pub fn header_line(&self) -> usize {
        self.header.line()
    }

    /// What is wrong with a line, unless it stands already.
    pub fn add(&mut self, line: usize, column: usize, message: impl Into<String>) {
        self.put(Problem::new(line, column, message));
    }

    /// What is wrong with a field of a row, counted from 0.
    pub fn at(&mut self, row: Row<'_>, field: usize, message: impl Into<String>) {
        let problem = self.problem(row, field, message);
        self.put(problem);
    }

    /// A remark or a mistake about a field of a row.
    pub fn problem(&self, row: Row<'_>, field: usize, message: impl Into<String>) -> Problem {
        let (line, column) = row.place(field);
        Problem::new(line, column, message).in_column(field + 1, self.header.title(field))
    }

    fn put(&mut self, problem: Problem) {
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
        self.problems.len() >= self.most
    }

    /// Whether a row has as many fields as it must: all that are to be read, and no more than the header names; else that is
    /// what is wrong with it.
    pub fn is_whole(&mut self, row: Row<'_>, mapping: &[Option<usize>]) -> bool {
        let needed = mapping.iter().flatten().max().map_or(0, |last| last + 1);
        let width = self.header.width();
        if row.len() < needed {
            let message = format!(
                "the line ends too early: it has {} fields, and {needed} are needed",
                row.len()
            );
            self.at(row, row.len(), message);
            return false;
        }
        let surplus = row.iter().skip(width).any(|text| !text.is_empty());
        if surplus {
            let than = if self.header.is_named() {
                "the header"
            } else {
                "the rows above"
            };
            let message = format!(
                "the row has {} fields and {than} {width}: probably a thousands separator or a decimal comma without quotation \
                 marks around its number",
                row.len()
            );
            self.at(row, width, message);
        }
        !surplus
    }

    /// A number in a range.
    pub fn number(
        &mut self,
        row: Row<'_>,
        field: usize,
        what: &str,
        is_allowed: impl Fn(f64) -> bool,
        allowed: &str,
    ) -> Option<f64> {
        let text = row.get(field)?;
        let value = self.decimal.read(text).filter(|value| is_allowed(*value));
        if value.is_none() {
            self.refuse(row, field, what, allowed);
        }
        value
    }

    /// A field that holds something else than it may.
    pub fn refuse(&mut self, row: Row<'_>, field: usize, what: &str, allowed: &str) {
        let text = row.get(field).unwrap_or_default();
        let shown: String = if text.chars().count() > 40 {
            text.chars().take(39).chain(['…']).collect()
        } else {
            text.to_owned()
        };
        self.at(row, field, format!("the {what} is `{shown}`; allowed is {allowed}"));
    }
}
