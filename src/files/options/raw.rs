//! An option of a table taken apart.

use super::columns::Half;
use super::names::Named;
use crate::read_as::{Omitted, ReadAs};
use crate::table::Row;
use cascade_scenario::{Expiry, OptionKind};

/// An option taken apart.
#[derive(Clone, Debug)]
pub(super) struct Raw<'t> {
    pub row: Row<'t>,
    pub half: Half,
    pub kind: OptionKind,
    pub strike: f64,
    pub expiry: Expiry,
    pub open_interest: f64,
    /// As it stands there, which may be in per cent.
    pub volatility: f64,
    pub gamma: Option<f64>,
    pub mid: Option<f64>,
    pub named: Option<Named>,
    pub contract_size: Option<f64>,
}

/// Notes what was left out of a chain, with its share of the open interest.
pub(super) fn leave_out(read_as: &mut ReadAs, what: Omitted, raws: &[Raw<'_>], is_left_out: impl Fn(&Raw<'_>) -> bool) {
    let total: f64 = raws.iter().map(|raw| raw.open_interest).sum();
    let (mut count, mut open) = (0, 0.0);
    for raw in raws.iter().filter(|raw| is_left_out(raw)) {
        count += 1;
        open += raw.open_interest;
    }
    read_as.leave_out(what, count, raws.len(), (total > 0.0).then(|| open / total));
}
