//! A row of a position list taken apart, and within which bounds its numbers may be.

use super::columns::Column;
use super::instrument::Instrument;
use crate::table::Row;
use cascade_scenario::{ListedPosition, PositionKind, PositionSide};

/// Which column a margin is in, and how much it is.
pub(super) type Margin = (Column, f64);

/// A row taken apart: numbers as they stand there.
#[derive(Clone, Debug)]
pub(super) struct Raw<'t> {
    pub row: Row<'t>,
    pub side: PositionSide,
    pub entry: f64,
    /// What counts it, and how many, without a sign.
    pub size: (Column, f64),
    pub notional: Option<f64>,
    pub contract_size: Option<f64>,
    pub leverage: Option<f64>,
    /// Where it stands, and how much.
    pub margin: Option<Margin>,
    pub kind: PositionKind,
    /// Whether its name says the kind, and not a column of kinds.
    pub named_kind: bool,
    pub instrument: Instrument,
    pub venue: u32,
    pub asset: u32,
}

/// A bound as people write it: `1e15` and not fifteen zeros.
pub(super) fn bound(value: f64) -> String {
    if (1e-3..1e6).contains(&value) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Smallest and largest value of a field of a position.
pub(super) fn range(name: &str) -> (f64, f64) {
    ListedPosition::RANGES
        .into_iter()
        .find(|(field, _, _)| *field == name)
        .map_or((0.0, f64::INFINITY), |(_, low, high)| (low, high))
}
