//! The model fitted to the record, beside the window.

use std::sync::Arc;

use cascade_analysis::calibration::{Calibration, Search};
use cascade_analysis::cores;
use cascade_analysis::market_start::base;

use super::MarketRecord;
use super::task::Task;

/// A sharp fall is one of this share of the price within a quarter of an hour.
const FALL: f64 = 0.01;
/// Points of each design, and runs from each fall.
const POINTS: usize = 64;
const SEEDS: usize = 4;

/// Fits what no file states to the hours after the record's sharp falls, on top of a scenario that begins with nothing but what
/// the record says.
pub(super) fn begin(record: Arc<MarketRecord>) -> Task<Calibration> {
    Task::begin(move |done, cancel| {
        let base = base();
        let search = Search {
            record: &record.record,
            base: &base,
            fall: FALL,
            points: POINTS,
            seeds: SEEDS,
        };
        match search.run(cores(), cancel, |tried, all| done.tell(tried, all)) {
            Ok(found) => found.map(Ok),
            Err(reason) => Some(Err(reason.to_string())),
        }
    })
}
