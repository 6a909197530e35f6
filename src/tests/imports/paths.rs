//! Price paths: how tables of them are read, and that the efficient price follows them exactly.

use cascade_lab::engine::Simulation;
use cascade_lab::files::import::{ReadOptions, Reading};
use cascade_lab::scenario::{AssetId, ImportKind, Imported, PricePath};

use super::common::scenario;
use super::{read_as, refused, with_book};

/// A path that was read.
struct PathFile {
    path: PricePath,
    usual_seconds: f64,
    reading: Reading,
}

fn path(text: &str) -> PathFile {
    let reading = read_as("path.csv", text, ImportKind::PricePath, ReadOptions::default());
    let reading = reading.unwrap_or_else(|error| panic!("{error}"));
    let Imported::PricePath { path, usual_seconds } = reading.data.clone() else {
        panic!("it is a path");
    };
    PathFile {
        path,
        usual_seconds,
        reading,
    }
}

/// The exogenous part of the price is the path, whatever else there is, and without forced flow nothing is added to it.
#[test]
fn the_price_follows_the_path_exactly() {
    let file = path("time,price\n0,100\n35,108\n100,95.5\n160,97\n");
    let mut quiet = scenario(&[("positions.open_interest", 0.0), ("market.volatility", 0.9)]);
    quiet.adopt_path(file.path.clone(), 100.0).unwrap();
    let mut simulation = Simulation::new(&quiet).unwrap();
    for step in 1..=30_u32 {
        simulation.step();
        let seen = simulation.assets()[0].observation();
        let expected = 100.0 * file.path.log_price(10.0 * f64::from(step)).exp();
        assert!(
            (seen.exogenous / expected - 1.0).abs() < 1e-13,
            "{step}: {} and {expected}",
            seen.exogenous
        );
        assert!((seen.spot / expected - 1.0).abs() < 1e-13, "{step}: {}", seen.spot);
    }
    assert_eq!(simulation.summary_of(AssetId::FIRST).amplification_factor, Some(1.0));
    assert!((simulation.assets()[0].observation().spot - 97.0).abs() < 1e-10);
    assert!(
        simulation
            .log()
            .iter()
            .any(|entry| entry.step == 15 && entry.to_string().contains("path ends"))
    );
    // With noise beside it, it is not.
    quiet.path.noise = true;
    let mut noisy = Simulation::new(&quiet).unwrap();
    (0..30).for_each(|_| noisy.step());
    assert!((noisy.assets()[0].observation().spot - 97.0).abs() > 1e-6);
}

/// With forced flow the exogenous part stays the path; what is added is attributed to who traded.
#[test]
fn forced_flow_comes_on_top_of_the_path() {
    let mut scenario = with_book();
    scenario.events.clear();
    let points = [(0.0, 100_000.0), (600.0, 96_000.0), (3_000.0, 96_000.0)];
    scenario
        .adopt_path(
            PricePath {
                points: points.to_vec().into(),
                noise: false,
            },
            100_000.0,
        )
        .unwrap();
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..60).for_each(|_| simulation.step());
    let seen = simulation.assets()[0].observation();
    assert!((seen.exogenous / 96_000.0 - 1.0).abs() < 1e-12, "{}", seen.exogenous);
    assert!(
        seen.spot < 96_000.0
            && simulation
                .summary_of(AssetId::FIRST)
                .amplification_factor
                .is_some_and(|ratio| ratio > 1.05)
    );
    let sum: f64 = seen.attribution.values().sum();
    assert!((sum - (seen.spot / 100_000.0).ln()).abs() < 1e-9);
}

#[test]
fn times_of_every_sort_read_alike() {
    let expected = path("0,100\n30,101\n90,99.5\n").path;
    assert_eq!(expected.points.to_vec(), [(0.0, 100.0), (30.0, 101.0), (90.0, 99.5)]);
    for (text, times) in [
        ("time,price\n0,100\n30,101\n90,99.5\n", "seconds"),
        (
            "Price;Time\n100;1722816000\n101;1722816030\n99.5;1722816090\n",
            "Unix seconds",
        ),
        (
            "timestamp,close,open\n1722816000000,100,1\n1722816030000,101,1\n1722816090000,99.5,1\n",
            "Unix milliseconds",
        ),
        (
            "ts,last\n1722816000000000,100\n1722816030000000,101\n1722816090000000,99.5\n",
            "Unix microseconds",
        ),
        (
            "date,close\n2024-08-05,100\n2024-08-05 00:00:30,101\n2024-08-05T00:01:30Z,99.5\n",
            "dates and times",
        ),
        (
            "datetime,mid\n2024-08-05T02:00:00+02:00,100\n2024-08-04T19:00:30.000-0500,101\n08/05/2024 00:01:30,99.5\n",
            "dates and times",
        ),
        // The newest first; the same time twice, the last price of it counts.
        ("time,price\n90,99.5\n30,101\n0,100\n", "seconds"),
        ("time,price\n0,90\n0,100\n30,101\n90,99.5\n", "seconds"),
    ] {
        let read = path(text);
        assert_eq!(
            (read.path, read.reading.read_as.time.unwrap().form.words()),
            (expected.clone(), times),
            "{text}"
        );
    }
}

#[test]
fn what_is_repaired_in_a_path_is_said() {
    let lines = |read: &PathFile| {
        read.reading
            .read_as
            .remarks
            .iter()
            .map(|w| (w.line, w.column))
            .collect::<Vec<_>>()
    };
    let gap = path("time,price\n0,1\n10,2\n20,3\n20,3\n200,4\n210,5\n");
    assert_eq!((gap.reading.gaps, gap.usual_seconds), ((1, 180.0), 10.0));
    assert_eq!(lines(&gap), [(5, 1), (6, 1)]);
    assert!(gap.reading.read_as.remarks[1].message.contains("a gap of 3 min"));
    // Halfway in the logarithm over the gap.
    assert!((gap.path.log_price(110.0) - 12_f64.ln() / 2.0).abs() < 1e-12);
    let backwards = path("price,time\n3,30\n2,20\n1,10\n");
    assert_eq!(lines(&backwards), [(2, 1)]);
    assert_eq!(backwards.path.points.to_vec(), [(0.0, 1.0), (10.0, 2.0), (20.0, 3.0)]);
}

#[test]
fn mistakes_in_paths_are_named_by_line_and_column() {
    let read = |text: &str| read_as("p.csv", text, ImportKind::PricePath, ReadOptions::default());
    refused(
        read("time,price\n0,100\n10,101\n20,-3\n15,100.5\n30,abc\n40,102\nsoon,1\n50\n"),
        &[
            "p.csv, line 4, column 2 (price), character 4: the price is `-3`; allowed is a number above 0, up to 1e9",
            "p.csv, line 5, column 1 (time), character 1: the time goes back 5 s from line 4; allowed are times that increase (or all that decrease)",
            "p.csv, line 6, column 2 (price), character 4: the price is `abc`; allowed is a number above 0, up to 1e9",
            "p.csv, line 8, column 1 (time), character 1: the time is `soon`; allowed is a number, as in the first row",
            "p.csv, line 9, column 2 (price), character 3: the line ends too early: it has 1 fields, and 2 are needed",
        ],
    );
    refused(
        read("date,close\n2024-02-30,1\n2024-03-01 25:00,2\n"),
        &[
            "p.csv, line 2, column 1 (date), character 1: the time is `2024-02-30`; allowed is a date as 2024-08-05 or 2024-08-05T12:30:00, with \
             or without Z or +02:00",
            "p.csv, line 3, column 1 (date), character 1: the time is `2024-03-01 25:00`; allowed is a date as 2024-08-05 or 2024-08-05T12:30:00, \
             with or without Z or +02:00",
        ],
    );
    refused(
        read("time,volume\n1,2\n"),
        &["p.csv, line 1, column 1: no column holds the price; say which (--column price=…) of volume"],
    );
    refused(
        read("time,price\n1,2\n"),
        &["p.csv, line 2, column 1: a path has at least two rows; here is 1 row"],
    );
    refused(
        read("time,price\n1,2\n1,3\n"),
        &["p.csv, line 3, column 1: all rows have the same time; a path has at least two"],
    );
    refused(
        read(""),
        &[
            "p.csv, line 1, column 1: no column holds the time",
            "p.csv, line 1, column 1: no column holds the price",
        ],
    );
}

/// However many rows cannot be read, the table is read a few times, and not once for each hundred of them.
#[test]
fn many_rows_are_skipped_in_few_readings() {
    let text = |every: usize| {
        let row = |row: usize| format!("{},{}\n", 60 * row, if row % every == 3 { "n.q." } else { "100" });
        std::iter::once("time,price\n".to_owned())
            .chain((0..7_000).map(row))
            .collect::<String>()
    };
    let read = |every, skip_unreadable| {
        let options = ReadOptions {
            skip_unreadable,
            ..ReadOptions::default()
        };
        read_as("path.csv", &text(every), ImportKind::PricePath, options)
    };
    assert!(read(7, false).is_err());
    let Imported::PricePath { path, .. } = read(7, true).unwrap().data else {
        panic!("it is a path");
    };
    assert_eq!(path.points.len(), 6_000);
    // More than one in five is too many.
    assert!(read(4, true).is_err());
}
