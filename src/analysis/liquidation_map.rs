//! Estimated liquidation maps of a market's record, their draws on several threads.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use cascade_market::book::{DRAWS, Draw, Map, MapError, Maps, Reconstruction};
use cascade_market::validation::{self, Validation};
use cascade_market::{DAY_MS, HOUR_MS, Record};

use super::parallel::{Cancel, in_order};

/// Log width of the cells that maps are shown by.
pub const CELL: f64 = 0.005;
/// Most maps that are held against what was printed.
pub const CHECKED: i64 = 480;

/// Maps of a record at moments in ascending order, none at those before open interest begins; nothing when cancelled. Progress
/// is told as draws made, of [`DRAWS`]. The result does not depend on the number of threads.
///
/// # Errors
/// The record has no open interest.
pub fn liquidation_maps(
    record: &Record,
    moments_ms: &[i64],
    cell: f64,
    threads: NonZeroUsize,
    cancel: &Cancel,
    mut progress: impl FnMut(usize),
) -> Result<Option<Vec<Option<Map>>>, MapError> {
    let reconstruction = Reconstruction::new(record)?;
    let mut maps = Maps::new(moments_ms.to_vec(), cell);
    let draw = |index: usize| {
        let wanted = !cancel.is_requested();
        wanted.then(|| reconstruction.estimates(&Draw::nth(index), moments_ms, cell))
    };
    let mut made = 0;
    let take = |index, estimates| -> Result<(), Infallible> {
        maps.add(estimates);
        made = index + 1;
        progress(made);
        Ok(())
    };
    match in_order(0..DRAWS, threads, draw, take) {
        Ok(()) if made == DRAWS => Ok(Some(maps.finish(&reconstruction))),
        Ok(()) => Ok(None),
    }
}

/// Holds maps of the record, at most [`CHECKED`] of them at full hours apart and none of its first day, against the liquidations
/// printed in the hour after each, and against placebos; nothing when cancelled, and nothing inside where none were printed in bands
/// that were reached. Progress is told as draws made, of twice [`DRAWS`].
///
/// # Errors
/// The record has no open interest.
pub fn validation(
    record: &Record,
    threads: NonZeroUsize,
    cancel: &Cancel,
    mut progress: impl FnMut(usize),
) -> Result<Option<Option<Validation>>, MapError> {
    let (first, last) = (record.begins_ms() + DAY_MS, record.ends_ms() - HOUR_MS);
    let every = ((last - first) / CHECKED / HOUR_MS + 1).max(1) * HOUR_MS;
    let count = (last - first).div_euclid(every) + 1;
    let moments: Vec<i64> = (0..count).map(|k| first + k * every).collect();
    let of = |record: &Record, progress: &mut dyn FnMut(usize)| {
        liquidation_maps(record, &moments, validation::WIDTH, threads, cancel, progress)
    };
    let Some(maps) = of(record, &mut progress)? else {
        return Ok(None);
    };
    let reversed = of(&validation::reversed_interest(record), &mut |done| {
        progress(DRAWS + done);
    })?;
    Ok(reversed.map(|reversed| validation::validate(record, &maps, &reversed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_market::{Bar, MINUTE_MS, OpenInterestPoint, Rows};

    /// Two days that swing, with open interest that falls in the swings.
    fn record() -> Record {
        let price = |minute: i64| 100.0 * (1.0 + 0.02 * libm::sin(minute as f64 / 90.0));
        let bars = (0..2_880).map(|minute| {
            let (open, close) = (price(minute), price(minute + 1));
            Bar {
                time_ms: minute * MINUTE_MS,
                open,
                high: open.max(close) * 1.0004,
                low: open.min(close) * 0.9996,
                close,
                volume_coins: 50.0 + (minute % 7) as f64,
                taker_buy_coins: None,
            }
        });
        let interest = (0..=576).map(|k| OpenInterestPoint {
            time_ms: 5 * k * MINUTE_MS,
            coins: 10_000.0 + 100.0 * libm::sin(k as f64 / 9.0),
            usd: None,
        });
        let rows = Rows {
            bars: bars.collect(),
            open_interest: interest.collect(),
            ..Rows::default()
        };
        rows.into_record().unwrap()
    }

    #[test]
    fn maps_do_not_depend_on_the_number_of_threads() {
        let record = record();
        let moments = [-MINUTE_MS, 1_000 * MINUTE_MS, 2_003 * MINUTE_MS];
        let of = |threads| {
            let threads = NonZeroUsize::new(threads).unwrap();
            liquidation_maps(&record, &moments, CELL, threads, &Cancel::new(), |_| ())
                .unwrap()
                .unwrap()
        };
        let alone = of(1);
        assert!(alone[0].is_none() && alone[2].is_some());
        for threads in [2, 7] {
            assert_eq!(of(threads), alone);
        }
        let map = alone[2].as_ref().unwrap();
        assert!(
            map.long
                .iter()
                .chain(&map.short)
                .all(|c| c.coins_p10 >= 0.0 && c.coins_p10 <= c.coins_p90)
        );
        assert!(map.long.iter().map(|cell| cell.coins).sum::<f64>() > 0.0);
    }

    /// Nothing was printed in this record, so that nothing can be checked; with a print at a level that was reached it can.
    #[test]
    fn maps_are_checked_where_liquidations_were_printed() {
        let record = record();
        let of = |record: &Record| {
            validation(record, NonZeroUsize::MIN, &Cancel::new(), |_| ())
                .unwrap()
                .unwrap()
        };
        assert_eq!(of(&record), None);
        let mut rows = record.into_rows();
        for minute in (1_450..2_800).step_by(10) {
            let bar = rows.bars[minute];
            rows.liquidations.push(cascade_market::Liquidation {
                time_ms: bar.time_ms + 1,
                side: cascade_scenario::PositionSide::Long,
                coins: 1.0,
                price: bar.low,
            });
        }
        let found = of(&rows.into_record().unwrap()).unwrap();
        // 24 maps, of which the first has no other day.
        assert_eq!((found.maps, found.against.len()), (23, 4));
        assert!(found.printed_usd > 0.0 && found.capture <= 1.0, "{found:?}");
    }

    #[test]
    fn cancelled_is_nothing_and_without_open_interest_there_is_no_map() {
        let cancel = Cancel::new();
        cancel.request();
        let maps = liquidation_maps(&record(), &[0], CELL, NonZeroUsize::MIN, &cancel, |_| ());
        assert_eq!(maps, Ok(None));
        let mut rows = record().into_rows();
        rows.open_interest.clear();
        let none = liquidation_maps(
            &rows.into_record().unwrap(),
            &[0],
            CELL,
            NonZeroUsize::MIN,
            &Cancel::new(),
            |_| (),
        );
        assert_eq!(none, Err(MapError::OpenInterest { stamps: 0 }));
    }
}
