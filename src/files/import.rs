//! Tables that can become part of a scenario: position lists, price paths and option chains. Which of them a table is and
//! which column holds what is guessed by its header and by what it holds, can be said, and is told with what was read.

use std::collections::BTreeSet;
use std::path::Path;

use super::opening;
use super::packed::{self, Unpacked};
use super::problem::{FileError, PROBLEMS_MAX, Problem};
use super::read_as::{Because, Omitted};
use super::table::{Header, Table, Wanted};
use super::{options, positions, price_path};
use cascade_scenario::ImportKind;

pub use super::plan::Plan;
pub use super::reading::{Places, ReadOptions, Reading};

/// Of so many rows of a table at most one may be skipped: a table of which more cannot be read is something else than it was
/// taken for.
const SKIPPED_SHARE: usize = 5;
/// Most times that a table is read for it: some mistakes come to light when the others have gone.
const READINGS_MAX: usize = 5;

/// What a table of a kind may hold, in the order of its mapping.
pub const fn fields(kind: ImportKind) -> &'static [Wanted] {
    match kind {
        ImportKind::Positions => positions::FIELDS,
        ImportKind::PricePath => price_path::FIELDS,
        ImportKind::OptionChain => options::FIELDS,
    }
}

/// Whether there is a field of this key in a table of some kind.
pub fn is_field(key: &str) -> bool {
    ImportKind::ALL
        .iter()
        .any(|kind| fields(*kind).iter().any(|field| field.key == key))
}

impl Plan {
    /// What a table most probably is, with what was said about it.
    pub fn of(table: &Table, options: &ReadOptions) -> Self {
        if let Some(kind) = options.kind {
            return Self::as_kind(table, kind, options);
        }
        let as_kind = |kind| Self::as_kind(table, kind, options);
        let positions = as_kind(ImportKind::Positions);
        let path = as_kind(ImportKind::PricePath);
        let chain = as_kind(ImportKind::OptionChain);
        // The one that lacks least; of two that lack as much the one that more columns are named for.
        let fit = |plan: &Self| {
            let named = plan.mapping.iter().flatten().count();
            (plan.missing().len(), usize::MAX - named)
        };
        let complete = positions.missing().is_empty();
        if options::is_chain(table, &chain) {
            chain
        } else if !positions::is_of_orders(&positions.header) && (complete || fit(&positions) < fit(&path)) {
            positions
        } else {
            path
        }
    }

    fn as_kind(table: &Table, kind: ImportKind, options: &ReadOptions) -> Self {
        let mut problems = Vec::new();
        let found = || match kind {
            ImportKind::Positions => positions::header(table),
            ImportKind::PricePath => price_path::header(table),
            ImportKind::OptionChain => options::header(table),
        };
        let header = options
            .header_line
            .map_or_else(|| Ok(found()), |line| Header::said(table, line));
        let header = header.unwrap_or_else(|message| {
            let line = options.header_line.unwrap_or(1);
            problems.push(Problem {
                line,
                column: 1,
                field: None,
                message,
            });
            found()
        });
        let (mut mapping, mut because) = match kind {
            ImportKind::Positions => positions::mapping(table, &header),
            ImportKind::PricePath => price_path::mapping(table, &header),
            ImportKind::OptionChain => options::mapping(table, &header),
        };
        let width = header.width();
        for (place, field) in fields(kind).iter().enumerate() {
            let Some(choice) = options.columns.get(field.key) else {
                continue;
            };
            match choice.find(&header, width) {
                Ok(column) => {
                    // A column that is said to be something is nothing else.
                    for other in mapping.iter_mut().filter(|other| column.is_some() && **other == column) {
                        *other = None;
                    }
                    mapping[place] = column;
                    because[place] = Because::Said;
                }
                Err(message) => problems.push(Problem::new(header.line(), 1, message)),
            }
        }
        Self {
            kind,
            fields: fields(kind),
            header,
            mapping,
            because,
            problems,
            skipped: BTreeSet::new(),
            problems_max: PROBLEMS_MAX,
        }
    }

    /// Required fields that no column holds, in words; nothing if a table can be read by this.
    pub fn missing(&self) -> Vec<String> {
        match self.kind {
            ImportKind::Positions => positions::missing(&self.mapping),
            ImportKind::PricePath => price_path::missing(&self.mapping),
            ImportKind::OptionChain => options::missing(&self.mapping),
        }
    }

    /// The venues, and the assets, that the rows of a position list name, in the order in which they appear, and in how many rows.
    pub fn places(&self, table: &Table) -> [Vec<(String, usize)>; 2] {
        match self.kind {
            ImportKind::Positions => positions::places(table, self),
            ImportKind::PricePath | ImportKind::OptionChain => [Vec::new(), Vec::new()],
        }
    }

    /// Reads a table by this.
    ///
    /// # Errors
    /// Every mistake in it, up to a bound; nothing is taken from a table with a mistake, unless it is one of single rows and those
    /// are to be skipped.
    pub fn read(&self, table: &Table, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
        let read = self.read_kept(table, options);
        match read {
            Err(problems) if options.skip_unreadable => self.read_rest(table, options, &problems).ok_or(problems),
            read => read,
        }
    }

    /// How many rows would have to be skipped for a table to be read that has these mistakes; none where that does not help.
    pub fn unreadable(&self, table: &Table, options: &ReadOptions, problems: &[Problem]) -> Option<usize> {
        let rest = self.read_rest(table, options, problems)?;
        let left_out = rest.read_as.left_out.iter();
        left_out
            .filter(|left_out| left_out.what == Omitted::Unreadable)
            .map(|left_out| left_out.count)
            .next()
    }

    /// Reads a table without the rows that these mistakes are in, and those that come to light then; none if that is more than
    /// one row in five, or something else than single rows is wrong.
    fn read_rest(&self, table: &Table, options: &ReadOptions, problems: &[Problem]) -> Option<Reading> {
        // All of them at once: each reading is of the whole table.
        let mut plan = Self {
            problems_max: table.len() / SKIPPED_SHARE + 1,
            ..self.clone()
        };
        let mut problems = problems.to_vec();
        for _ in 0..READINGS_MAX {
            let of_rows = problems.iter().all(|problem| problem.field.is_some());
            let before = plan.skipped.len();
            plan.skipped.extend(problems.iter().map(|problem| problem.line));
            if !of_rows || plan.skipped.len() == before || SKIPPED_SHARE * plan.skipped.len() > table.len() {
                return None;
            }
            match plan.read_kept(table, options) {
                Ok(reading) => return Some(reading),
                Err(found) => problems = found,
            }
        }
        None
    }

    /// Reads all rows of a table but those that are skipped.
    fn read_kept(&self, table: &Table, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
        let faults = [table.faults(), &self.problems].concat();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut reading = match self.kind {
            ImportKind::Positions => positions::read(table, self, options),
            ImportKind::PricePath => price_path::read(table, self, options),
            ImportKind::OptionChain => options::read(table, self, options),
        }?;
        reading.read_as.remarks.extend(table.cut_off());
        Ok(reading)
    }
}

/// Whether a file is a table by its name; anything else counts as a preset.
pub fn is_table(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let name = [".gz", ".zip"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .map_or(name.clone(), |inner| {
            // A packed file without another ending can only be a table.
            if inner.contains('.') {
                inner.to_owned()
            } else {
                format!("{inner}.csv")
            }
        });
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(
        ending,
        Some("csv" | "tsv" | "tab" | "txt" | "dat" | "json" | "jsonl" | "ndjson")
    )
}

/// The table in a file, and what it was taken out of.
///
/// # Errors
/// It cannot be read, is too large, or is not text.
pub fn open(path: &Path) -> Result<(Table, Option<String>), FileError> {
    let origin = path.display().to_string();
    let Unpacked { bytes, from } = packed::unpack(opening::bytes(path)?).map_err(|cause| FileError::Unreadable {
        origin: origin.clone(),
        cause,
    })?;
    let text = opening::decoded(&origin, bytes)?;
    let table = super::json::table_of(&text).map_err(|cause| FileError::Unreadable {
        origin: origin.clone(),
        cause,
    })?;
    let (text, from) = match table {
        Some(table) => (
            table,
            Some(from.map_or_else(|| "JSON".to_owned(), |from| format!("{from} of JSON"))),
        ),
        None => (text, from),
    };
    Ok((Table::of(&text), from))
}

/// Reads a file as what was said, and else as what it most probably is.
///
/// # Errors
/// It cannot be read or has mistakes: each with line and column. Nothing is taken from a file with a mistake.
pub fn load(path: &Path, options: &ReadOptions) -> Result<Reading, FileError> {
    let (table, packed) = open(path)?;
    let mut reading = read(&path.display().to_string(), &table, options)?;
    reading.read_as.packed = packed;
    Ok(reading)
}

/// Reads a text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str, options: &ReadOptions) -> Result<Reading, FileError> {
    read(origin, &Table::of(text), options)
}

fn read(origin: &str, table: &Table, options: &ReadOptions) -> Result<Reading, FileError> {
    Plan::of(table, options)
        .read(table, options)
        .map_err(|problems| FileError::Mistakes {
            origin: origin.to_owned(),
            problems,
        })
}
