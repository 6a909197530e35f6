//! The model fitted to the record, beside the window.

use std::sync::Arc;

use cascade_analysis::calibration::{Calibration, SHARP, Search};
use cascade_analysis::cores;
use cascade_analysis::crossings::Trigger;
use cascade_analysis::market_start::base;

use super::MarketRecord;
use super::task::Task;

/// Points of each design, and runs from each sharp move.
const POINTS: usize = 64;
const SEEDS: usize = 4;

/// Fits what no file states to the hours after the record's sharp moves, on top of a scenario that begins with nothing but what
/// the record says.
pub(super) fn begin(record: Arc<MarketRecord>) -> Task<Calibration> {
    Task::begin(move |done, cancel| {
        let base = base();
        let search = Search {
            record: &record.record,
            base: &base,
            trigger: Trigger::or_usual(None, None, SHARP),
            points: POINTS,
            seeds: SEEDS,
        };
        match search.run(cores(), cancel, |tried, all| done.tell(tried, all)) {
            Ok(found) => found.map(Ok),
            Err(reason) => Some(Err(reason.to_string())),
        }
    })
}
