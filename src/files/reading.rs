//! What may be said about a table before it is read, and what comes of reading it.

use std::collections::BTreeMap;

use super::read_as::ReadAs;
use super::table::{ColumnChoice, Decimal};
use super::time::DateOrder;
use cascade_scenario::{ASSETS_MAX, Date, ImportKind, Imported, Scenario, VENUES_MAX};

/// How a table is to be read, as far as somebody has said it; the rest is guessed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// What it holds.
    pub kind: Option<ImportKind>,
    /// The line with the names of its columns, from 1; 0: it has none.
    pub header_line: Option<usize>,
    /// Which column holds what, by the keys of [`fields`](super::import::fields).
    pub columns: BTreeMap<String, ColumnChoice>,
    /// How numbers are written.
    pub decimal: Option<Decimal>,
    /// Whether dates such as 01/02/2024 have the day or the month first.
    pub dates: Option<DateOrder>,
    /// The symbols whose rows count.
    pub symbols: Vec<String>,
    /// Which venue of the scenario each venue of a position list becomes, from 1, by its name in the file; where any is said,
    /// rows of others are left out.
    pub venues: BTreeMap<String, u32>,
    /// The same of assets.
    pub assets: BTreeMap<String, u32>,
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
    /// Rows that cannot be read are left out, and counted, where everything else can be.
    pub skip_unreadable: bool,
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
