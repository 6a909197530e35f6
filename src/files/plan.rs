//! What a table is taken for before it is read: its kind, its header, and which column holds what.

use std::collections::BTreeSet;

use super::problem::Problem;
use super::read_as::{Because, ColumnRead, Omitted, ReadAs};
use super::reading::ReadOptions;
use super::table::{Decimal, Diagnostics, Header, Mapping, Row, Table, Wanted, plain};
use super::time;
use cascade_scenario::ImportKind;

/// What a table is taken for before it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What it holds.
    pub kind: ImportKind,
    /// What a table of this kind may hold.
    pub fields: &'static [Wanted],
    /// The names of its columns, and where its data begin.
    pub header: Header,
    /// Which column each field of the kind is in.
    pub mapping: Mapping,
    /// Why each of them.
    pub because: Vec<Because>,
    /// What was said and cannot be.
    pub problems: Vec<Problem>,
    /// The lines of rows that are skipped because they cannot be read.
    pub skipped: BTreeSet<usize>,
    /// Most mistakes that are looked for.
    pub problems_max: usize,
}

impl Plan {
    /// The column of a field.
    pub(super) fn column(&self, place: usize) -> Option<usize> {
        self.mapping.get(place).copied().flatten()
    }

    /// Several columns have the name of the one that a field would be read from, what they hold differs, no other field is read
    /// from them (as the bids of calls and of puts are), and nobody has chosen one.
    pub(super) fn several_columns(&self, table: &Table, place: usize) -> Option<Problem> {
        let column = self.column(place)?;
        if self.because[place] == Because::Said || !self.header.is_named() {
            return None;
        }
        let first = plain(&self.header.title(column));
        let is_free = |other: usize| other == column || !self.mapping.contains(&Some(other));
        let same: Vec<usize> = (0..self.header.width())
            .filter(|other| is_free(*other) && plain(&self.header.title(*other)) == first)
            .collect();
        if same.len() < 2 || first.is_empty() {
            return None;
        }
        let differs = |row: Row<'_>| same.iter().any(|other| row.get(*other) != row.get(column));
        if !table.rows(self.header.first_data).any(differs) {
            return None;
        }
        let named: Vec<String> = same
            .iter()
            .map(|column| {
                let titles: Vec<&str> = self.header.titles(*column).collect();
                format!("{} ({})", column + 1, titles.join(" "))
            })
            .collect();
        let Wanted { key, label, .. } = self.fields[place];
        let message = format!(
            "several columns may be the {}: {}; choose one ({label} in the window, --column {key}=NUMBER on the command line)",
            label.to_lowercase(),
            named.join(", ")
        );
        Some(Problem::new(self.header.line(), 1, message))
    }

    /// How the table was read, before anything is known of its rows.
    fn read_as(&self, table: &Table, decimal: Decimal, rows: usize) -> ReadAs {
        let columns = self.fields.iter().zip(&self.mapping).zip(&self.because);
        ReadAs {
            kind: self.kind,
            packed: None,
            separator: table.separator(),
            decimal,
            header_lines: self.header.lines.clone(),
            rows,
            columns: columns
                .filter_map(|((field, column), because)| {
                    Some(ColumnRead {
                        field: field.key,
                        column: (*column)? + 1,
                        name: self.header.title((*column)?),
                        because: *because,
                    })
                })
                .collect(),
            time: None,
            sizes: None,
            chain: None,
            left_out: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// The rows with data that have all fields that are read, and how they were read so far. What is wrong with the others, and
    /// how numbers are written, is in the diagnostics.
    pub(super) fn data<'t>(
        &self,
        table: &'t Table,
        options: &ReadOptions,
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Row<'t>>, ReadAs) {
        let (rows, left_out) = self.rows(table, options, diagnostics);
        let mut read_as = self.read_as(table, diagnostics.decimal, rows.len());
        for (what, count) in left_out {
            read_as.leave_out(what, count, table.len(), None);
        }
        (rows, read_as)
    }

    /// The same rows, and how many others repeat the header, are words below the table or are skipped.
    fn rows<'t>(
        &self,
        table: &'t Table,
        options: &ReadOptions,
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Row<'t>>, Vec<(Omitted, usize)>) {
        diagnostics.learn(table, &self.mapping, options.decimal);
        if !diagnostics.problems.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let end = self.end_of_data(table);
        let mut headers = 0;
        let mut rows: Vec<Row<'t>> = Vec::with_capacity(table.len());
        for row in table.rows(self.header.first_data).take_while(|row| row.index() < end) {
            if self.skipped.contains(&row.line()) {
                continue;
            }
            if self.header.repeats(row) {
                headers += 1;
            } else if diagnostics.is_whole(row, &self.mapping) {
                rows.push(row);
            }
            if diagnostics.enough() {
                break;
            }
        }
        if let [.., before, last] = rows.as_slice()
            && last.len() < before.len()
            && last.index() + 1 == table.len()
        {
            let message = format!(
                "the last line has {} fields and the one before it {}: the file is probably cut off",
                last.len(),
                before.len()
            );
            diagnostics.at(*last, last.len(), message);
        }
        let left_out = vec![
            (Omitted::Headers, headers),
            (Omitted::Notes, table.len() - end),
            (Omitted::Unreadable, self.skipped.len()),
        ];
        (rows, left_out)
    }

    /// The row behind the last one that is not a line of words below the table.
    fn end_of_data(&self, table: &Table) -> usize {
        let is_note = |row: &Row<'_>| {
            let mut texts = row.iter().filter(|text| !text.is_empty());
            let (first, more) = (texts.next().unwrap_or_default(), texts.next());
            self.header.width() > 1
                && more.is_none()
                && first.contains(' ')
                && first.contains(char::is_alphabetic)
                && !time::looks_like_time(first)
        };
        let notes = table
            .rows(self.header.first_data)
            .rev()
            .take(5)
            .take_while(is_note)
            .count();
        table.len() - notes
    }
}
