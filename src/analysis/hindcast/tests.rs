//! Scores of known forecasts, and a record that is foretold.

use super::*;
use cascade_market::{Band, Bar, DepthSnapshot, MINUTE_MS, OpenInterestPoint, Rows};

/// The falls of the record, and nothing else.
const FALLS: Trigger = Trigger {
    fall: Some(0.0125),
    rise: None,
};

/// χ² with one degree of freedom is above 3.841 in 5 % of cases: 80 % of 100 and 72 or 71 of them.
#[test]
fn a_share_that_is_off_by_two_deviations_is_told() {
    assert!((kupiec(80.0, 100.0, 0.8) - 1.0).abs() < 1e-12);
    assert!(kupiec(72.0, 100.0, 0.8) > 0.05 && kupiec(71.0, 100.0, 0.8) < 0.05);
    assert!(kupiec(0.0, 5.0, 0.8) < 0.001 && kupiec(5.0, 5.0, 0.8) > 0.1);
}

/// Three days of a walk that falls by three per cent within ten minutes every six hours and comes back.
pub(crate) fn record() -> Record {
    rows().into_record().unwrap()
}

/// The same upside down: a fall of a share of the price is a rise by so many times it.
fn mirrored() -> Record {
    let mut rows = rows();
    let upside_down = |price: f64| 40_000.0 * 40_000.0 / price;
    for bar in &mut rows.bars {
        (bar.open, bar.close) = (upside_down(bar.open), upside_down(bar.close));
        (bar.low, bar.high) = (upside_down(bar.high), upside_down(bar.low));
    }
    rows.into_record().unwrap()
}

fn rows() -> Rows {
    let mut rows = Rows::default();
    let mut luck = 7_u64;
    let mut noise = || {
        luck = luck
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (luck >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let mut price = 40_000.0_f64;
    for minute in 0..4_320_i64 {
        let fall = match minute % 360 {
            100..110 => -0.003,
            140..240 => 0.0003,
            _ => 0.0,
        };
        let close = price * (fall + 2e-3 * noise()).exp();
        rows.bars.push(Bar {
            time_ms: minute * MINUTE_MS,
            open: price,
            high: price.max(close) * 1.0002,
            low: price.min(close) * 0.9998,
            close,
            volume_coins: 50.0,
            taker_buy_coins: None,
        });
        let mut snapshot = DepthSnapshot::new(minute * MINUTE_MS + 11_000);
        for band in Band::all().filter(|band| band.percent() >= 1.0) {
            let usd = 1e8 * (0.1 * noise()).exp() * band.percent();
            snapshot.set(band, usd / close, usd);
        }
        rows.depth.push(snapshot);
        if minute % 5 == 0 {
            rows.open_interest.push(OpenInterestPoint {
                time_ms: minute * MINUTE_MS,
                coins: 60_000.0 + 300.0 * noise(),
                usd: None,
            });
        }
        price = close;
    }
    rows
}

#[test]
fn every_crossing_is_foretold_the_same_on_any_number_of_threads() {
    let (record, base) = (record(), Scenario::default());
    let hindcast = Hindcast {
        record: &record,
        base: &base,
        trigger: FALLS,
        seeds: 6,
    };
    let of = |threads| {
        let threads = NonZeroUsize::new(threads).unwrap();
        hindcast.run(threads, &Cancel::new(), |_, _| ()).unwrap().unwrap()
    };
    let alone = of(1);
    for threads in [2, 7] {
        assert_eq!(of(threads), alone);
    }
    // A fall every six hours; those of the first day have no day of depth before them.
    assert_eq!(
        (alone.crossings.len(), alone.left_out, alone.days),
        (8, 4, 2),
        "{alone:?}"
    );
    for crossing in &alone.crossings {
        let [low, high] = crossing.bands[2];
        assert!(low <= crossing.median && crossing.median <= high && high <= 0.0);
        assert!(crossing.came < -0.005 && crossing.came > -0.04, "{crossing:?}");
        assert!(crossing.crps_model >= 0.0 && crossing.crps_no_cascade > 0.0);
    }
    assert_eq!(alone.pit_histogram.iter().sum::<usize>(), 8);
    assert_eq!(alone.historic.unwrap().crossings, 5);
    let words = alone.words();
    assert!(
        words.contains("8 crossings on 2 days") && words.contains("So few days"),
        "{words}"
    );
    // These falls come alike every time: whoever has seen three knows the fourth.
    assert!(
        words.contains("The model loses to the median of earlier crossings"),
        "{words}"
    );
}

/// Where nothing is known of leverage the news is all that is foretold, from every crossing with moves before it.
#[test]
fn without_open_interest_or_depth_the_news_is_foretold() {
    let base = Scenario::default();
    let of = |silence: fn(&mut Rows)| {
        let mut rows = rows();
        silence(&mut rows);
        let record = rows.into_record().unwrap();
        let hindcast = Hindcast {
            record: &record,
            base: &base,
            trigger: FALLS,
            seeds: 6,
        };
        hindcast
            .run(NonZeroUsize::MIN, &Cancel::new(), |_, _| ())
            .unwrap()
            .unwrap()
    };
    let whole = of(|_| ());
    let silent = of(|rows| rows.open_interest.clear());
    assert_eq!(of(|rows| rows.depth.clear()), silent);
    assert_eq!(of(|rows| rows.open_interest.truncate(1)), silent);
    assert!(whole.levered && !silent.levered && silent.crossings.len() > whole.crossings.len());
    for crossing in &silent.crossings {
        assert_eq!(crossing.crps_model, crossing.crps_no_cascade);
        let [low, high] = crossing.bands[1];
        assert!(
            low <= crossing.median && crossing.median <= high && low < 0.0,
            "{crossing:?}"
        );
        // The same news as where leverage is known.
        if let Some(known) = whole.crossings.iter().find(|known| known.time_ms == crossing.time_ms) {
            assert_eq!(
                (known.came, known.crps_no_cascade),
                (crossing.came, crossing.crps_no_cascade)
            );
        }
    }
    let words = silent.words();
    assert!(
        words.contains("the model is news alone") && !words.contains("without a cascade"),
        "{words}"
    );
}

/// A rise is what a fall is, upside down: what came, the news and how they compare. The levels are not, since shorts owe coins
/// whose price rises, but the model goes on the same way.
#[test]
fn rises_are_foretold_as_falls_are() {
    let (falls, rises, base) = (record(), mirrored(), Scenario::default());
    let of = |record: &Record, trigger: Trigger| {
        let hindcast = Hindcast {
            record,
            base: &base,
            trigger,
            seeds: 16,
        };
        let threads = NonZeroUsize::new(2).unwrap();
        hindcast.run(threads, &Cancel::new(), |_, _| ()).unwrap().unwrap()
    };
    let up = Trigger {
        fall: None,
        rise: Some(1.0 / (1.0 - 0.0125) - 1.0),
    };
    let either = Trigger { fall: FALLS.fall, ..up };
    let (fell, rose) = (of(&falls, FALLS), of(&rises, up));
    assert_eq!((rose.crossings.len(), rose.left_out), (8, 4));
    for (fell, rose) in fell.crossings.iter().zip(&rose.crossings) {
        assert_eq!((rose.time_ms, rose.way, fell.way), (fell.time_ms, Way::Rise, Way::Fall));
        assert!((rose.came + fell.came).abs() < 1e-9, "{rose:?} {fell:?}");
        assert!((rose.crps_no_cascade - fell.crps_no_cascade).abs() < 1e-9);
        let [low, high] = rose.bands[2];
        assert!(0.0 <= low && low <= rose.median && rose.median <= high, "{rose:?}");
        assert!((0.3..3.0).contains(&(rose.median / -fell.median)), "{rose:?} {fell:?}");
        assert!((rose.pit - fell.pit).abs() <= 0.3, "{rose:?} {fell:?}");
    }
    assert!((rose.historic.unwrap().baseline - fell.historic.unwrap().baseline).abs() < 1e-9);
    // No rise of the first record is as sharp, and no fall of the second.
    assert_eq!(of(&falls, up).crossings, []);
    assert_eq!((of(&falls, either), of(&rises, either)), (fell, rose));
}

/// Nothing after a moment is used: the crossings of a record that ends sooner are foretold alike, but for where the cells of a
/// thousandth begin in which entries are counted.
#[test]
fn nothing_after_the_moment_is_used() {
    let (whole, base) = (record(), Scenario::default());
    let begun = whole.until(2_600 * MINUTE_MS).unwrap();
    let of = |record: &Record| {
        let hindcast = Hindcast {
            record,
            base: &base,
            trigger: FALLS,
            seeds: 3,
        };
        let verdict = hindcast.run(NonZeroUsize::MIN, &Cancel::new(), |_, _| ());
        verdict.unwrap().unwrap().crossings
    };
    let (whole, begun) = (of(&whole), of(&begun));
    assert_eq!((whole.len(), begun.len()), (8, 3));
    for (one, other) in whole.iter().zip(&begun) {
        assert_eq!(
            (one.time_ms, one.price, one.came, one.crps_no_cascade),
            (other.time_ms, other.price, other.came, other.crps_no_cascade)
        );
        assert!((one.median - other.median).abs() < 1e-3, "{one:?} {other:?}");
    }
}

#[test]
fn cancelled_is_nothing() {
    let (record, base) = (record(), Scenario::default());
    let hindcast = Hindcast {
        record: &record,
        base: &base,
        trigger: FALLS,
        seeds: 3,
    };
    let cancel = Cancel::new();
    cancel.request();
    assert_eq!(hindcast.run(NonZeroUsize::MIN, &cancel, |_, _| ()), Ok(None));
}
