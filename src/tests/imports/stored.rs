//! Imported data in presets: round trips, mistakes by line and column, and that what is saved can be opened.

use cascade_lab::files::preset;
use cascade_lab::scenario::{
    ListedPosition, OPTIONS_MAX, OptionKind, OptionSeries, PATH_POINTS_MAX, POSITIONS_MAX, PositionKind, PositionSide,
    PricePath, Scenario,
};
use proptest::prelude::*;

use super::refused;

fn positions() -> impl Strategy<Value = ListedPosition> {
    let side = prop_oneof![Just(PositionSide::Long), Just(PositionSide::Short)];
    let kind = prop_oneof![Just(PositionKind::Linear), Just(PositionKind::Inverse)];
    (side, 1e-9..1e9, 1e-9..1e15, 1e-3..1e3, 1_u32..=4, kind).prop_map(|(side, entry, size, leverage, venue, kind)| {
        ListedPosition {
            side,
            entry,
            size,
            leverage,
            venue,
            asset: 1,
            kind,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn what_is_imported_is_written_and_reads_back_exactly(
        positions in prop::collection::vec(positions(), 0..20),
        steps in prop::collection::vec((1e-6..1e6, 1e-9..1e9), 0..20),
        noise in any::<bool>(),
    ) {
        let mut scenario = Scenario { positions: positions.into(), ..Scenario::default() };
        if steps.len() > 1 {
            let mut seconds = 0.0;
            let points = steps.iter().map(|(step, price)| {
                let point = (seconds, *price);
                seconds += step;
                point
            });
            scenario.path = PricePath { points: points.collect::<Vec<_>>().into(), noise };
        }
        scenario.validate().unwrap();
        let text = preset::write(&scenario);
        prop_assert_eq!(preset::parse("written", &text).unwrap_or_else(|error| panic!("{error}\n{text}")), scenario);
    }
}

#[test]
fn mistakes_in_stored_lists_are_named_where_they_stand() {
    let text = "(format: 1,\n parameters: {\"venues.count\": 2},\n positions: [\n  (side: Long, entry: 20000.0, size: 1.0, leverage: 50.0),\n  \
                (side: Short, entry: 20000.0, size: 1.0, leverage: 5.0, venue: 2, kind: Inverse),\n ],\n path: (points: [\n  (0.0, 100.0),\n  \
                (60.0, 101.0),\n  (120.0, 99.0),\n ]))";
    let scenario = preset::parse("a.ron", text).unwrap();
    assert_eq!(
        (
            scenario.positions.len(),
            scenario.path.points.len(),
            scenario.path.noise
        ),
        (2, 3, false)
    );
    for (wrong, right, message) in [
        (
            "venue: 3",
            "venue: 2",
            "a.ron, line 5, column 59: `positions: position 2: venue` is 3; allowed is a number from 1 to 2",
        ),
        (
            "entry: -1.0, size: 1.0, leverage: 50.0",
            "entry: 20000.0, size: 1.0, leverage: 50.0",
            "a.ron, line 4, column 16: `positions: position 1: entry` is -1; allowed is a number from 0.000000001 to 1000000000",
        ),
        (
            "(60.0, 0.0)",
            "(60.0, 101.0)",
            "a.ron, line 9, column 3: `path: point 2: price` is 0; allowed is a number from 1e-9 to 1e9",
        ),
        (
            "(20.0, 99.0)",
            "(120.0, 99.0)",
            "a.ron, line 10, column 3: `path: point 3: time` is 20; allowed is a number of seconds after the point before, at \
             most 1e10",
        ),
    ] {
        refused(preset::parse("a.ron", &text.replace(right, wrong)), &[message]);
    }
    for (right, wrong, place) in [
        ("Short", "Neither", "a.ron, line 5, column "),
        (
            "size: 1.0, leverage: 5.0",
            "size: \"one\", leverage: 5.0",
            "a.ron, line 5, column ",
        ),
        ("leverage: 5.0", "lever: 5.0", "a.ron, line 5, column "),
        ("(60.0, 101.0)", "(60.0, many)", "a.ron, line 9, column "),
        ("points:", "point:", "a.ron, line 7, column "),
    ] {
        let message = preset::parse("a.ron", &text.replace(right, wrong))
            .unwrap_err()
            .to_string();
        assert!(message.starts_with(place), "{wrong}: {message}");
    }
}

#[test]
fn lists_are_not_endless() {
    let text = format!(
        "(format: 1, positions: [{}])",
        "(side: Long, entry: 1.0, size: 1.0, leverage: 1.0),".repeat(POSITIONS_MAX + 1)
    );
    refused(
        preset::parse("a.ron", &text),
        &["a.ron, line 1, column 24: `positions` is a list of 50001; allowed are at most 50000"],
    );
}

/// The longest lists, every number written with as many letters as there can be.
#[test]
fn the_largest_scenario_can_be_saved_and_opened() {
    let long = 1.234_567_890_123_456_7e-7;
    let position = ListedPosition {
        side: PositionSide::Short,
        entry: long,
        size: long,
        leverage: 0.012_345_678_901_234_568,
        venue: 4,
        asset: 1,
        kind: PositionKind::Inverse,
    };
    let series = OptionSeries {
        kind: OptionKind::Call,
        strike: long,
        days: long,
        open_interest: long,
        volatility: long,
    };
    let points = (0..PATH_POINTS_MAX).map(|index| (index as f64 * 61.000_000_001_234_5, long));
    let scenario = Scenario {
        positions: vec![position; POSITIONS_MAX].into(),
        options: vec![series; OPTIONS_MAX].into(),
        path: PricePath {
            points: points.collect::<Vec<_>>().into(),
            noise: false,
        },
        ..Scenario::default()
    };
    scenario.validate().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("largest.ron");
    preset::save(&file, &scenario).unwrap();
    let size = std::fs::metadata(&file).unwrap().len();
    println!("{size} bytes");
    assert!(size < preset::SIZE_MAX, "{size}");
    assert_eq!(preset::load(&file).unwrap(), scenario);
}

/// Events have a bound too, which is found before they are read, and so have mistakes in them.
#[test]
fn events_are_not_endless() {
    let started = std::time::Instant::now();
    let text = format!("(format: 1, events: [{}])", "(),".repeat(3_000_000));
    let error = preset::parse("a.ron", &text).unwrap_err().to_string();
    assert!(
        error.contains("this is one event too many; allowed are at most 100000"),
        "{error}"
    );
    let text = format!(
        "(format: 1, events: [\n{}])",
        "(step: 1, action: Never),\n".repeat(90_000)
    );
    let error = preset::parse("a.ron", &text).unwrap_err().report(usize::MAX);
    assert_eq!(error.lines().count(), 100);
    let spent = started.elapsed();
    assert!(spent < std::time::Duration::from_secs(20), "{spent:?}");
}
