//! What of a move of the record was forced, found beside the window.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cascade_analysis::explanation::explanation;
use cascade_analysis::{Background, Cancel, cores};
use cascade_market::book::DRAWS;
use cascade_market::forced::Explanation;

use super::MarketRecord;

/// A move that is being explained, or has been.
#[derive(Debug)]
pub struct Explained {
    /// From when to when.
    pub interval_ms: (i64, i64),
    draws: Arc<AtomicUsize>,
    cancel: Arc<Cancel>,
    arrival: Background<Option<Result<Explanation, String>>>,
    failed: bool,
}

impl Explained {
    pub(super) fn begin(record: Arc<MarketRecord>, interval_ms: (i64, i64)) -> Self {
        let (draws, cancel) = (Arc::new(AtomicUsize::new(0)), Arc::new(Cancel::new()));
        let (counted, watched) = (Arc::clone(&draws), Arc::clone(&cancel));
        let arrival = Background::begin(move || {
            let tell = |done| counted.store(done, Ordering::Relaxed);
            match explanation(&record.record, interval_ms, cores(), &watched, tell) {
                Ok(found) => found.map(Ok),
                Err(reason) => Some(Err(reason.to_string())),
            }
        });
        Self {
            interval_ms,
            draws,
            cancel,
            arrival,
            failed: false,
        }
    }

    /// Takes in what has been found. Returns whether it is still being looked for.
    pub(super) fn poll(&mut self) -> bool {
        if self.arrival.poll().is_none() && self.arrival.has_failed() {
            self.failed = true;
        }
        self.is_under_way()
    }

    /// Whether it is still being looked for.
    pub const fn is_under_way(&self) -> bool {
        !self.failed && self.arrival.get().is_none()
    }

    /// How much is done, from 0 to 1.
    pub fn share(&self) -> f32 {
        self.draws.load(Ordering::Relaxed) as f32 / DRAWS as f32
    }

    /// What was found, or why nothing; none while it is being looked for, or where it was cancelled.
    pub fn outcome(&self) -> Option<Result<&Explanation, &str>> {
        if self.failed {
            return Some(Err("the work ended without a result"));
        }
        let found = self.arrival.get()?.as_ref()?;
        Some(found.as_ref().map_err(String::as_str))
    }
}

impl Drop for Explained {
    /// Nobody wants it any more.
    fn drop(&mut self) {
        self.cancel.request();
    }
}
