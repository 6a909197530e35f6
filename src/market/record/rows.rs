//! What was read from files: rows in any order, repeated or not.

use super::clean;
use super::{Bar, Defect, FundingPoint, Liquidation, OpenInterestPoint, Record};
use crate::depth::DepthSnapshot;

/// Rows of one market as they were read. Whoever reads pushes rows in the order of the files and adds the defects that are seen
/// only there (unreadable rows, blank fields); order, repetitions, gaps, impossible values and frozen depth are found by
/// [`Self::into_record`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Price bars, all of one interval.
    pub bars: Vec<Bar>,
    /// Open interest.
    pub open_interest: Vec<OpenInterestPoint>,
    /// Snapshots of the order book; see [`DepthSnapshot::push`].
    pub depth: Vec<DepthSnapshot>,
    /// Funding payments.
    pub funding: Vec<FundingPoint>,
    /// Printed liquidations.
    pub liquidations: Vec<Liquidation>,
    /// What was wrong while reading.
    pub defects: Vec<Defect>,
}

impl Rows {
    /// Sorts, drops repetitions and whatever cannot be, masks depth that must not be used, and keeps account of all of it.
    /// The same rows in another order give the same record but for the account. None without a usable bar.
    pub fn into_record(self) -> Option<Record> {
        clean::record(self)
    }
}
