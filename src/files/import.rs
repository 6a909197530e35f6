//! Tables that can become part of a scenario: position lists, price paths and option chains. Which of them a table is, is
//! guessed by its header and can be said; so can the column of everything it holds.

use std::path::Path;

use cascade_scenario::OptionChain;

use super::options::{self, Known};
use super::positions::{self, Places, PositionList};
use super::preset::{PresetError, Problem, text_of};
use super::price_path::{self, PathFile};
use super::table::{Decimal, Mapping, Table, Wanted};

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// One levered position a row.
    Positions,
    /// A time and a price a row.
    PricePath,
    /// Options by strike and expiry.
    OptionChain,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// Positions.
    Positions(PositionList),
    /// A price path.
    PricePath(PathFile),
    /// An option chain.
    OptionChain(OptionChain),
}

/// What a table is read by, beside what it says itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// Where positions may be.
    pub places: Places,
    /// What is known of an option chain.
    pub known: Known,
    /// How numbers are written; none: as they show.
    pub decimal: Option<Decimal>,
}

impl ImportKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Positions, Self::PricePath, Self::OptionChain];

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positions => "Position list",
            Self::PricePath => "Price path",
            Self::OptionChain => "Option chain",
        }
    }

    /// What such a table may hold, in the order of its mapping.
    pub const fn fields(self) -> &'static [Wanted] {
        match self {
            Self::Positions => positions::FIELDS,
            Self::PricePath => price_path::FIELDS,
            Self::OptionChain => options::FIELDS,
        }
    }

    /// What a table most probably is: what can be read with the columns it names, or else what least is missing for.
    pub fn guess(table: &Table<'_>) -> Self {
        if options::header(table).is_some() {
            return Self::OptionChain;
        }
        let lacks = |kind: Self| {
            let header = kind.header(table);
            kind.missing(&kind.mapping(table, header)).len()
        };
        if lacks(Self::Positions) < lacks(Self::PricePath) || lacks(Self::Positions) == 0 {
            Self::Positions
        } else {
            Self::PricePath
        }
    }

    /// The line, from 0, with the names of the columns.
    pub fn header(self, table: &Table<'_>) -> Option<usize> {
        match self {
            Self::Positions | Self::PricePath => table.header(),
            Self::OptionChain => options::header(table),
        }
    }

    /// The columns as their names tell.
    pub fn mapping(self, table: &Table<'_>, header: Option<usize>) -> Mapping {
        match self {
            Self::Positions => positions::mapping(table, header),
            Self::PricePath => price_path::mapping(table, header),
            Self::OptionChain => options::mapping(table, header),
        }
    }

    /// What a mapping lacks, in words; nothing if a table can be read with it.
    pub fn missing(self, mapping: &[Option<usize>]) -> Vec<String> {
        let texts = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        match self {
            Self::Positions => texts(positions::missing(mapping)),
            Self::PricePath => texts(price_path::missing(mapping)),
            Self::OptionChain => options::missing(mapping),
        }
    }

    /// Reads a table with these columns.
    ///
    /// # Errors
    /// Every mistake in it, up to a bound; nothing is taken from a table with a mistake.
    pub fn read(
        self,
        table: &Table<'_>,
        mapping: &[Option<usize>],
        context: Context,
    ) -> Result<Imported, Vec<Problem>> {
        let header = self.header(table);
        match self {
            Self::Positions => positions::read(table, header, mapping, context.places).map(Imported::Positions),
            Self::PricePath => price_path::read(table, header, mapping).map(Imported::PricePath),
            Self::OptionChain => options::read(table, header, mapping, context.known).map(Imported::OptionChain),
        }
    }
}

/// Whether a file is a table by its name; anything else counts as a preset.
pub fn is_table(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("csv" | "tsv" | "txt" | "dat"))
}

/// The text of a table's file.
///
/// # Errors
/// It cannot be read, is too large, or is not UTF-8.
pub fn text(path: &Path) -> Result<String, PresetError> {
    text_of(path)
}

/// Reads a file as a kind, or else as what it most probably is.
///
/// # Errors
/// It cannot be read or has mistakes: each with line and column. Nothing is taken from a file with a mistake.
pub fn load(path: &Path, kind: Option<ImportKind>, context: Context) -> Result<Imported, PresetError> {
    let text = text_of(path)?;
    let table = Table::of(&text).with_decimal(context.decimal);
    let kind = kind.unwrap_or_else(|| ImportKind::guess(&table));
    let mapping = kind.mapping(&table, kind.header(&table));
    kind.read(&table, &mapping, context)
        .map_err(|problems| PresetError::Mistakes {
            origin: path.display().to_string(),
            problems,
        })
}
