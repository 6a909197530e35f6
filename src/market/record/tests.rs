//! What becomes of rows: every defect that files have, and that their order does not matter.

use cascade_scenario::PositionSide;
use proptest::prelude::*;

use super::{Bar, DefectKind, Liquidation, OpenInterestPoint, Record, Rows, Series};
use crate::MINUTE_MS;
use crate::depth::{Band, DepthSnapshot, Set};

fn bar(minute: i64, price: f64) -> Bar {
    Bar {
        time_ms: minute * MINUTE_MS,
        open: price,
        high: price * 1.001,
        low: price * 0.999,
        close: price,
        volume_coins: 10.0,
        taker_buy_coins: Some(4.0),
    }
}

fn interest(minute: i64, coins: f64) -> OpenInterestPoint {
    OpenInterestPoint {
        time_ms: minute * MINUTE_MS,
        coins,
        usd: None,
    }
}

fn book(second: i64, usd_at_1: f64) -> DepthSnapshot {
    let mut snapshot = DepthSnapshot::new(second * 1_000);
    for band in Band::all() {
        let usd = usd_at_1 * band.percent();
        assert_eq!(snapshot.set(band, usd / 100.0, usd), Set::New);
    }
    snapshot
}

fn rows() -> Rows {
    Rows {
        bars: (0..60).map(|minute| bar(minute, 100.0 + (minute % 3) as f64)).collect(),
        open_interest: (0..12).map(|k| interest(5 * k, 1_000.0 + k as f64)).collect(),
        depth: (0..120).map(|k| book(30 * k + 11, 1e6 + k as f64 * 100.0)).collect(),
        liquidations: (0..9)
            .map(|k| Liquidation {
                time_ms: k * 7_000,
                side: if k % 2 == 0 {
                    PositionSide::Long
                } else {
                    PositionSide::Short
                },
                coins: 1.0 + k as f64,
                price: 100.0,
            })
            .collect(),
        ..Rows::default()
    }
}

fn count(record: &Record, series: Series, kind: DefectKind) -> u64 {
    let of = |defect: &&super::Defect| defect.series == series && defect.kind == kind;
    record.defects().iter().filter(of).map(|defect| defect.count).sum()
}

#[test]
fn clean_rows_have_no_defects() {
    let record = rows().into_record().unwrap();
    assert_eq!(record.defects(), []);
    assert_eq!(
        (record.bars().interval_ms(), record.depth().interval_ms()),
        (MINUTE_MS, 30_000)
    );
    assert_eq!((record.begins_ms(), record.ends_ms()), (0, 60 * MINUTE_MS));
    assert_eq!(record.open_interest_at(7 * MINUTE_MS + 30_000), Some(1_001.5));
    assert_eq!(record.bars().price_at(0), 100.0);
    assert_eq!(record.bars().price_at(2 * MINUTE_MS), 101.0);
    assert_eq!(record.bars().between(MINUTE_MS, 3 * MINUTE_MS).len(), 2);
}

#[test]
fn without_a_bar_there_is_no_record() {
    assert_eq!(
        Rows {
            bars: Vec::new(),
            ..rows()
        }
        .into_record(),
        None
    );
    assert_eq!(
        Rows {
            bars: vec![bar(0, f64::NAN)],
            ..rows()
        }
        .into_record(),
        None
    );
}

#[test]
fn repeated_contradicting_and_impossible_rows() {
    let mut given = rows();
    given.bars.push(bar(3, 100.0));
    given.bars.push(bar(4, 107.0));
    given.bars.push(Bar {
        low: 200.0,
        ..bar(61, 100.0)
    });
    given.open_interest.extend(rows().open_interest);
    given.open_interest.push(interest(100, -1.0));
    given.liquidations.extend(rows().liquidations);
    let record = given.into_record().unwrap();
    assert_eq!(record.bars().rows().len(), 60);
    assert_eq!(record.bars().rows()[4].close, 107.0);
    assert_eq!(count(&record, Series::Bars, DefectKind::Duplicate), 1);
    assert_eq!(count(&record, Series::Bars, DefectKind::Conflict), 1);
    assert_eq!(count(&record, Series::Bars, DefectKind::Impossible), 1);
    assert_eq!(count(&record, Series::Bars, DefectKind::OutOfOrder), 2);
    assert_eq!(count(&record, Series::OpenInterest, DefectKind::Duplicate), 12);
    assert_eq!(count(&record, Series::OpenInterest, DefectKind::Impossible), 1);
    assert_eq!(count(&record, Series::Liquidations, DefectKind::Duplicate), 9);
    assert_eq!(record.liquidations(), rows().into_record().unwrap().liquidations());
}

#[test]
fn gaps_and_jumps_of_open_interest() {
    let mut given = rows();
    given.open_interest.remove(4);
    given.open_interest.remove(4);
    given.open_interest[7].coins = 10.0;
    let record = given.into_record().unwrap();
    assert_eq!(count(&record, Series::OpenInterest, DefectKind::Jump), 1);
    // Two that were never there, and the one that was left out.
    assert_eq!(count(&record, Series::OpenInterest, DefectKind::Gap), 3);
    // A fall that stays is a fall.
    let mut given = rows();
    given
        .open_interest
        .iter_mut()
        .skip(6)
        .for_each(|point| point.coins = 300.0);
    let record = given.into_record().unwrap();
    assert_eq!((record.defects().len(), record.open_interest().len()), (0, 12));
}

#[test]
fn depth_that_is_frozen_off_the_price_or_not_cumulative_is_masked() {
    let band = Band::of_percentage(-1.0).unwrap();
    let wide = Band::of_percentage(5.0).unwrap();
    let mut given = rows();
    for place in 20..40 {
        given.depth[place].set(band, 12_345.0, 1_234_500.0);
    }
    given.depth[50].set(wide, 60_000.0, 7_000_000.0);
    given.depth[60].set(wide, 10_000.0, 1_000_000.0);
    let record = given.into_record().unwrap();
    assert_eq!(count(&record, Series::Depth, DefectKind::Frozen), 19);
    assert_eq!(count(&record, Series::Depth, DefectKind::OffPrice), 1);
    assert_eq!(count(&record, Series::Depth, DefectKind::NotCumulative), 1);
    let snapshots = record.depth().snapshots();
    assert!(snapshots[20].is_usable(band) && !snapshots[21].is_usable(band) && !snapshots[39].is_usable(band));
    assert!(snapshots[40].is_usable(band) && snapshots[30].is_usable(wide));
    assert!(!snapshots[50].is_usable(wide) && !snapshots[60].is_usable(wide));
    assert_eq!(snapshots[30].usd(band), None);
    assert!(snapshots[30].stated(band).is_some());
}

#[test]
fn bands_are_found_in_both_spellings() {
    assert_eq!(Band::of_percentage(-5.00), Band::bids().last());
    assert_eq!(Band::of_percentage(0.2), Band::asks().next());
    assert_eq!(Band::of_percentage(7.0), None);
    assert_eq!(Band::all().count(), Band::COUNT);
}

/// A row of a band goes to the snapshot of its moment, whatever came before.
#[test]
fn rows_of_a_moment_are_one_snapshot() {
    let (bid, ask) = (Band::of_percentage(-1.0).unwrap(), Band::of_percentage(1.0).unwrap());
    let mut given = rows();
    given.depth.clear();
    for (second, band) in [(11, bid), (41, bid), (11, ask), (41, ask), (11, bid)] {
        DepthSnapshot::push(&mut given.depth, second * 1_000, band, 10.0, 1_000.0);
    }
    let record = given.into_record().unwrap();
    assert_eq!(record.depth().snapshots().len(), 2);
    assert!(
        record
            .depth()
            .snapshots()
            .iter()
            .all(|s| s.is_usable(bid) && s.is_usable(ask))
    );
    assert_eq!(count(&record, Series::Depth, DefectKind::Duplicate), 1);
}

/// A record that grows: its rows and the new ones make the same record as all rows at once.
#[test]
fn a_record_can_grow() {
    let mut rest = rows();
    let mut first = rows();
    first.bars.truncate(30);
    first.depth.truncate(50);
    first.liquidations.truncate(3);
    rest.bars.drain(..30);
    rest.depth.drain(..50);
    rest.liquidations.drain(..3);
    rest.open_interest.clear();
    let mut grown = first.into_record().unwrap().into_rows();
    grown.bars.extend(rest.bars);
    grown.depth.extend(rest.depth);
    grown.liquidations.extend(rest.liquidations);
    assert_eq!(grown.into_record(), rows().into_record());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Rows in any order and any of them twice give the same series.
    #[test]
    fn order_and_repetitions_do_not_matter(seed in any::<u64>()) {
        let mut given = rows();
        let shuffle = |len: usize| {
            let mut state = seed | 1;
            let mut order: Vec<usize> = (0..len).chain((0..len).filter(|k| (seed >> (k % 60)) & 1 == 1)).collect();
            for k in (1..order.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(k, (state >> 33) as usize % (k + 1));
            }
            order
        };
        given.bars = shuffle(given.bars.len()).into_iter().map(|k| given.bars[k]).collect();
        given.open_interest = shuffle(given.open_interest.len()).into_iter().map(|k| given.open_interest[k]).collect();
        given.depth = shuffle(given.depth.len()).into_iter().map(|k| given.depth[k]).collect();
        given.liquidations = shuffle(given.liquidations.len()).into_iter().map(|k| given.liquidations[k]).collect();
        let (got, expected) = (given.into_record().unwrap(), rows().into_record().unwrap());
        prop_assert_eq!(got.bars(), expected.bars());
        prop_assert_eq!(got.open_interest(), expected.open_interest());
        prop_assert_eq!(got.depth(), expected.depth());
        prop_assert_eq!(got.liquidations(), expected.liquidations());
    }
}
