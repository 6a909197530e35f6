//! What of a move of the record was forced, found beside the window.

use std::sync::Arc;

use cascade_analysis::cores;
use cascade_analysis::explanation::explanation;
use cascade_market::book::DRAWS;
use cascade_market::forced::Explanation;

use super::MarketRecord;
use super::task::Task;

/// A move that is being explained, or has been.
#[derive(Debug)]
pub struct Explained {
    /// From when to when.
    pub interval_ms: (i64, i64),
    /// The work, and what came of it.
    pub task: Task<Explanation>,
}

impl Explained {
    pub(super) fn begin(record: Arc<MarketRecord>, interval_ms: (i64, i64)) -> Self {
        let task = Task::begin(move |done, cancel| {
            let tell = |made| done.tell(made, DRAWS);
            match explanation(&record.record, interval_ms, cores(), cancel, tell) {
                Ok(found) => found.map(Ok),
                Err(reason) => Some(Err(reason.to_string())),
            }
        });
        Self { interval_ms, task }
    }
}
