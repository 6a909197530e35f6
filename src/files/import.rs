//! Tables that can become part of a scenario: position lists, price paths and option chains. Which of them a table is and
//! which column holds what is guessed by its header and by what it holds, can be said, and is told with what was read.

use std::collections::BTreeMap;
use std::path::Path;

use super::opening;
use super::packed::{self, Unpacked};
use super::preset::{PresetError, Problem};
use super::read_as::{Because, ColumnRead, Omitted, ReadAs};
use super::table::{ColumnChoice, Decimal, Diagnostics, Header, Mapping, Row, Table, Wanted};
use super::time::DateOrder;
use super::{options, positions, price_path};
use cascade_scenario::{ASSETS_MAX, Date, ImportKind, Imported, Scenario, VENUES_MAX};

/// How a table is to be read, as far as somebody has said it; the rest is guessed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// What it holds.
    pub kind: Option<ImportKind>,
    /// The line with the names of its columns, from 1; 0: it has none.
    pub header_line: Option<usize>,
    /// Which column holds what, by the keys of [`fields`].
    pub columns: BTreeMap<String, ColumnChoice>,
    /// How numbers are written.
    pub decimal: Option<Decimal>,
    /// Whether dates such as 01/02/2024 have the day or the month first.
    pub dates: Option<DateOrder>,
    /// The symbols whose rows count.
    pub symbols: Vec<String>,
    /// Price of the underlying of an option chain; counts before what the file says.
    pub spot: Option<f64>,
    /// Day of the quotes of an option chain; counts before what the file says.
    pub date: Option<Date>,
    /// Day on which all options expire; counts before what the file says.
    pub expiry: Option<Date>,
    /// Coins a contract of a position list, or units of the underlying a contract of an option chain.
    pub multiplier: Option<f64>,
    /// Where positions may be.
    pub places: Places,
}

/// How many venues and assets there are to place positions at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Number of venues.
    pub venues: u32,
    /// Number of assets.
    pub assets: u32,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            venues: VENUES_MAX as u32,
            assets: ASSETS_MAX as u32,
        }
    }
}

impl Places {
    /// Those of a scenario.
    pub const fn of(scenario: &Scenario) -> Self {
        Self {
            venues: scenario.parameters.venues.count,
            assets: scenario.parameters.assets.count,
        }
    }
}

/// What was read, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What.
    pub data: Imported,
    /// As what.
    pub read_as: ReadAs,
    /// What venues are called, the first one first; none where the file numbers them or has none.
    pub venues: Vec<String>,
    /// What assets are called, in the same way.
    pub assets: Vec<String>,
    /// Rows of a path that are further from the row before than usual, and the longest distance, seconds.
    pub gaps: (usize, f64),
}

/// What a table is taken for before it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What it holds.
    pub kind: ImportKind,
    /// The names of its columns, and where its data begin.
    pub header: Header,
    /// Which column each field of the kind is in.
    pub mapping: Mapping,
    /// Why each of them.
    pub because: Vec<Because>,
    /// What was said and cannot be.
    pub problems: Vec<Problem>,
}

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
        let [positions, path, chain] = ImportKind::ALL.map(|kind| Self::as_kind(table, kind, options));
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
                Err(message) => problems.push(Problem {
                    line: header.lines.first().copied().unwrap_or(1),
                    column: 1,
                    field: None,
                    message,
                }),
            }
        }
        Self {
            kind,
            header,
            mapping,
            because,
            problems,
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

    /// Reads a table by this.
    ///
    /// # Errors
    /// Every mistake in it, up to a bound; nothing is taken from a table with a mistake.
    pub fn read(&self, table: &Table, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
        let faults = [table.faults(), &self.problems].concat();
        if !faults.is_empty() {
            return Err(faults);
        }
        match self.kind {
            ImportKind::Positions => positions::read(table, self, options),
            ImportKind::PricePath => price_path::read(table, self, options),
            ImportKind::OptionChain => options::read(table, self, options),
        }
    }

    /// The column of a field.
    pub(super) fn column(&self, place: usize) -> Option<usize> {
        self.mapping.get(place).copied().flatten()
    }

    /// How the table was read, before anything is known of its rows.
    pub(super) fn read_as(&self, table: &Table, decimal: Decimal, rows: usize) -> ReadAs {
        let columns = fields(self.kind).iter().zip(&self.mapping).zip(&self.because);
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

    /// The rows with data that have all fields that are read, and how many repeat the header or are words below the table.
    /// What is wrong with the others, and how numbers are written, is in the diagnostics.
    pub(super) fn rows<'t>(
        &self,
        table: &'t Table,
        options: &ReadOptions,
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Row<'t>>, [(Omitted, usize); 2]) {
        diagnostics.learn(table, &self.mapping, options.decimal);
        if !diagnostics.problems.is_empty() {
            return (Vec::new(), [(Omitted::Headers, 0), (Omitted::Notes, 0)]);
        }
        let end = self.end_of_data(table);
        let mut headers = 0;
        let mut rows: Vec<Row<'t>> = Vec::with_capacity(table.len());
        for row in table.rows(self.header.first_data).take_while(|row| row.index() < end) {
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
        (rows, [(Omitted::Headers, headers), (Omitted::Notes, table.len() - end)])
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
                && !super::time::looks_like_time(first)
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
pub fn open(path: &Path) -> Result<(Table, Option<String>), PresetError> {
    let origin = path.display().to_string();
    let Unpacked { bytes, from } = packed::unpack(opening::bytes(path)?).map_err(|cause| PresetError::Unreadable {
        origin: origin.clone(),
        cause,
    })?;
    let text = opening::decoded(&origin, bytes)?;
    let table = super::json::table_of(&text).map_err(|cause| PresetError::Unreadable {
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
pub fn load(path: &Path, options: &ReadOptions) -> Result<Reading, PresetError> {
    let (table, packed) = open(path)?;
    let mut reading = read(&path.display().to_string(), &table, options)?;
    reading.read_as.packed = packed;
    Ok(reading)
}

/// Reads a text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str, options: &ReadOptions) -> Result<Reading, PresetError> {
    read(origin, &Table::of(text), options)
}

fn read(origin: &str, table: &Table, options: &ReadOptions) -> Result<Reading, PresetError> {
    Plan::of(table, options)
        .read(table, options)
        .map_err(|problems| PresetError::Mistakes {
            origin: origin.to_owned(),
            problems,
        })
}
