//! What of a move in a market's record was forced; where that has to be estimated, its draws on several threads.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use cascade_market::Record;
use cascade_market::book::{DRAWS, Draw, Reconstruction};
use cascade_market::forced::{Explanation, Interval, NoExplanation};

use super::parallel::{Cancel, in_order};

/// Explains an interval of a record; nothing when cancelled. Progress is told as draws made, of [`DRAWS`]; where liquidations
/// are printed, no draws are needed. The result does not depend on the number of threads.
///
/// # Errors
/// The interval is not one of the record, or the record does not show its book or what was closed.
pub fn explanation(
    record: &Record,
    (from_ms, to_ms): (i64, i64),
    threads: NonZeroUsize,
    cancel: &Cancel,
    mut progress: impl FnMut(usize),
) -> Result<Option<Explanation>, NoExplanation> {
    let interval = Interval::new(record, from_ms, to_ms)?;
    if let Some(printed) = interval.printed() {
        return Ok(interval.explanation(&[printed]));
    }
    let of = Reconstruction::new(record).map_err(|_| NoExplanation::Closings)?;
    let mut parts = Vec::with_capacity(DRAWS);
    let draw = |index: usize| (!cancel.is_requested()).then(|| interval.estimated(&of, &Draw::nth(index)));
    let take = |_, part| -> Result<(), Infallible> {
        parts.push(part);
        progress(parts.len());
        Ok(())
    };
    let Ok(()) = in_order(0..DRAWS, threads, draw, take);
    let whole = parts.len() == DRAWS;
    Ok(interval.explanation(&parts).filter(|_| whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindcast::tests::record;
    use cascade_market::MINUTE_MS;
    use cascade_market::forced::Source;

    /// Without printed liquidations all draws count, in their order; cancelled it is nothing.
    #[test]
    fn what_was_forced_does_not_depend_on_the_number_of_threads() {
        let record = record();
        let interval = (2_260 * MINUTE_MS, 2_275 * MINUTE_MS);
        let of = |threads, cancel: &Cancel| {
            let threads = NonZeroUsize::new(threads).unwrap();
            explanation(&record, interval, threads, cancel, |_| ()).unwrap()
        };
        let alone = of(1, &Cancel::new()).unwrap();
        for threads in [2, 7] {
            assert_eq!(of(threads, &Cancel::new()).as_ref(), Some(&alone));
        }
        assert!(alone.source == Source::Estimated && alone.closed_long_usd > 0.0 && alone.forced.mean < 0.0);
        assert!((alone.forced.mean + alone.exogenous_log - alone.total_log).abs() < 1e-12);
        let cancel = Cancel::new();
        cancel.request();
        assert_eq!(of(1, &cancel), None);
    }
}
