//! A record on the command line: what it holds, the map of a moment and over time, and one that is still being written.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{DEPTH, Folder, KLINES, METRICS, MIDNIGHT, MINUTE, ORDERS, hour, kline, klines, metric, stamp};

fn program(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Two days of bars and open interest, with a wave in each.
fn two_days() -> Folder {
    days(2)
}

/// Days of bars and open interest, with a wave in each.
fn days(count: i64) -> Folder {
    let wave = |minute: i64| (minute as f64 / 200.0).sin();
    let bars: String = (0..count * 1_440)
        .map(|minute| {
            let (open, close) = (40_000.0 + 900.0 * wave(minute), 40_000.0 + 900.0 * wave(minute + 1));
            let (time, high, low) = (MIDNIGHT + minute * MINUTE, open.max(close) + 9.0, open.min(close) - 9.0);
            format!(
                "{time},{open:.2},{high:.2},{low:.2},{close:.2},12.5,{},500000,31,5.0,200000,0\n",
                time + MINUTE - 1
            )
        })
        .collect();
    let interest: String = (0..count * 288)
        .map(|index| {
            let row = metric(5 * index % 1_440, 80_000.0 + 500.0 * wave(7 * index));
            on_day(index / 288, &row)
        })
        .collect();
    Folder::new()
        .with("BTCUSDT-1m.csv", KLINES.to_owned() + &bars)
        .with("BTCUSDT-metrics.csv", METRICS.to_owned() + &interest)
}

/// A row of the first day on a later one.
fn on_day(day: i64, row: &str) -> String {
    row.replace("2024-03-04", &format!("2024-03-{:02}", 4 + day))
}

/// Depth every ten minutes of days, that grows with the distance to the power of 1.2.
fn depth(count: i64) -> String {
    let rows = (0..count * 1_440).step_by(10).flat_map(|minute| {
        [-5_i32, -2, -1, 1, 2, 5].map(|percent| {
            // A band that never changes is frozen and left out.
            let usd = 2e7 * (1.0 + 1e-3 * (minute / 10 % 7) as f64) * f64::from(percent.abs()).powf(1.2);
            let row = format!("{},{percent},{:.6},{usd:.3}\n", stamp(minute % 1_440), usd / 40_000.0);
            on_day(minute / 1_440, &row)
        })
    });
    DEPTH.to_owned() + &rows.collect::<String>()
}

#[test]
fn a_record_is_described_for_people_and_programs() {
    let folder = hour()
        .with(
            "BTCUSDT-metrics.csv",
            METRICS.to_owned() + &metric(0, 5.0) + &metric(0, 5.0) + "broken\n",
        )
        .with("x.png", [0; 9]);
    let path = folder.path().to_str().unwrap();
    let output = program(&["record", path, "--json"], "");
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["symbol"], "BTCUSDT");
    assert_eq!(
        (report["from_ms"].as_i64(), report["to_ms"].as_i64()),
        (Some(MIDNIGHT), Some(MIDNIGHT + 60 * MINUTE))
    );
    assert_eq!(
        (&report["series"][0]["series"], &report["series"][0]["rows"]),
        (&"bars".into(), &60.into())
    );
    assert_eq!(report["defect_counts"]["Open interest: repeated"], 1);
    assert_eq!(report["defect_counts"]["Open interest: unreadable"], 1);
    assert_eq!(report["files"].as_array().unwrap().len(), 3);
    assert!(text(&output.stderr).contains("x.png"), "{}", text(&output.stderr));
    assert_eq!(report["book"], Value::Null);
    let table = text(&program(&["record", path], "").stdout);
    for part in [
        "the record has no order-book depth",
        "BTCUSDT from 2024-03-04T00:00Z to 2024-03-04T01:00Z",
        "Open interest: repeated: 1",
        "none: what needs it is not estimated",
        "the first of them `broken`",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert_eq!(program(&["record", "/nowhere/at/all"], "").status.code(), Some(1));
    assert_eq!(
        program(&["record", path, "--column", "colour=1"], "").status.code(),
        Some(2)
    );
}

#[test]
fn the_book_of_a_record_is_measured() {
    let folder = Folder::new()
        .with("BTCUSDT-1m.csv", KLINES.to_owned() + &klines(0..1_440))
        .with("BTCUSDT-bookDepth.csv", depth(1));
    let path = folder.path().to_str().unwrap();
    let report: Value = serde_json::from_slice(&program(&["record", path, "--json"], "").stdout).unwrap();
    let figure = |name: &str| report["book"][name].as_f64().unwrap();
    assert!((figure("depth_1pct_usd") / 2.006e7 - 1.0).abs() < 1e-3, "{report}");
    assert!((figure("depth_kappa") - 1.2).abs() < 1e-6 && figure("depth_kappa_error") < 1e-5);
    let table = text(&program(&["record", path], "").stdout);
    assert!(table.contains("The book holds 20.0"), "{table}");
}

#[test]
fn maps_are_written_at_a_moment_and_over_time() {
    let folder = two_days();
    let path = folder.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let maps = out.path().join("maps");
    let output = program(&["map", path, "--every", "12", "--out", maps.to_str().unwrap()], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut names: Vec<String> = fs::read_dir(&maps)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["0.csv", "12.csv", "24.csv", "36.csv", "48.csv"]);
    let one = out.path().join("one.csv");
    let output = program(
        &["map", path, "--at", "2024-03-05T12:00", "--csv", one.to_str().unwrap()],
        "",
    );
    assert!(output.status.success() && text(&output.stdout).contains("estimated map at 2024-03-05T12:00Z"));
    // The same moment is the same map, however it was asked for.
    assert_eq!(fs::read(&one).unwrap(), fs::read(maps.join("36.csv")).unwrap());
    let rows: Vec<[f64; 5]> = read(&one);
    assert!(rows.iter().any(|[_, _, coins, ..]| *coins > 0.0));
    for [from, to, coins, low, high] in rows {
        assert!(
            from < to && low <= high && coins >= 0.0,
            "{from} {to} {coins} {low} {high}"
        );
    }
    let beyond = program(&["map", path, "--at", "2025-01-01"], "");
    assert!(beyond.status.code() == Some(2) && text(&beyond.stderr).contains("2024-03-06T00:00Z"));
    let unchecked = program(&["map", path, "--check", "--json"], "");
    assert!(unchecked.status.code() == Some(1) && text(&unchecked.stderr).contains("no liquidations were printed"));
    let bars_only = hour();
    let without = program(&["map", bars_only.path().to_str().unwrap()], "");
    assert!(without.status.code() == Some(1) && text(&without.stderr).contains("open interest"));
}

fn read(path: &Path) -> Vec<[f64; 5]> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(
        reader.headers().unwrap(),
        vec!["price_from", "price_to", "side", "coins", "coins_p10", "coins_p90"]
    );
    let number = |row: &csv::StringRecord, column: usize| row[column].parse().unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .map(|row| [0, 1, 3, 4, 5].map(|column| number(&row, column)))
        .collect()
}

/// A day with a book and a dip in which longs were liquidated, printed or to be estimated; the parts add up and are the same for
/// every way of asking.
#[test]
fn a_move_is_explained() {
    let price = |minute: i64| {
        40_000.0 - 1_200.0 * (-((minute - 900) as f64 / 20.0).powi(2)).exp() + 12.0 * (minute as f64).sin()
    };
    let bars: String = (0..1_440)
        .map(|minute| {
            let (open, close) = (price(minute), price(minute + 1));
            let (time, high, low) = (MIDNIGHT + minute * MINUTE, open.max(close) + 4.0, open.min(close) - 4.0);
            format!(
                "{time},{open:.2},{high:.2},{low:.2},{close:.2},12.5,{},500000,31,5.0,200000,0\n",
                time + MINUTE - 1
            )
        })
        .collect();
    let depth: String = (0..1_440)
        .flat_map(|minute| {
            [-2_i32, -1, 1, 2].map(|percent| {
                let usd = 2e7
                    * (1.0 + 0.02 * f64::from(percent) * (minute as f64).sin())
                    * f64::from(percent.abs()).powf(1.2);
                format!("{},{percent},{:.6},{usd:.3}\n", stamp(minute), usd / 40_000.0)
            })
        })
        .collect();
    let interest: String = (0..288).map(|k| metric(5 * k, 80_000.0 - (3 * k) as f64)).collect();
    let orders: String = [300, 880, 885, 890, 895]
        .map(|minute| {
            let time = MIDNIGHT + minute * MINUTE + 30_000;
            format!(
                "{time},SELL,LIMIT,IOC,100.0,{0:.2},{0:.2},FILLED,100.0,100.0\n",
                price(minute)
            )
        })
        .concat();
    let folder = Folder::new()
        .with("BTCUSDT-1m.csv", KLINES.to_owned() + &bars)
        .with("BTCUSDT-bookDepth.csv", DEPTH.to_owned() + &depth)
        .with("BTCUSDT-metrics.csv", METRICS.to_owned() + &interest);
    let path = folder.path().to_str().unwrap().to_owned();
    let ask = |how: &[&str]| {
        let begin = [
            "explain",
            &path,
            "--from",
            "2024-03-04T14:10",
            "--to",
            "2024-03-04T15:00",
        ];
        program(&[&begin, how].concat(), "")
    };
    let report = || -> Value { serde_json::from_slice(&ask(&["--json"]).stdout).unwrap() };
    let estimated = report();
    assert_eq!(estimated["closings"], "estimated");
    assert!(estimated["closed_long_usd"].as_f64().unwrap() > 0.0);
    let folder = folder.with("BTCUSDT-liquidations.csv", ORDERS.to_owned() + &orders);
    let printed = report();
    assert_eq!(printed["closings"], "printed");
    for report in [&estimated, &printed] {
        let log = |name: &str| report[name].as_f64().unwrap();
        assert!((log("forced_log") + log("exogenous_log") - log("total_log")).abs() < 1e-12);
        assert!(log("forced_log_p10") <= log("forced_log") && log("forced_log") <= log("forced_log_p90"));
        assert!(log("forced_log") < 0.0 && log("total_log") < -0.02, "{report}");
    }
    let table = text(&ask(&[]).stdout);
    assert!(
        table.contains("as the venue printed them") && table.contains("everything else"),
        "{table}"
    );
    let wrong = program(
        &[
            "explain",
            &path,
            "--from",
            "2024-03-04T14:10",
            "--to",
            "2024-03-04T14:00",
        ],
        "",
    );
    assert_eq!(wrong.status.code(), Some(1));
    drop(folder);
}

/// Where nothing came before, nothing is foretold, and that is said.
#[test]
fn a_hindcast_says_what_it_cannot_tell() {
    let foretold = |folder: &Folder| {
        let path = folder.path().to_str().unwrap();
        let output = program(&["hindcast", path, "--fall", "0.001", "--json"], "");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let first_day = days(1).with("BTCUSDT-bookDepth.csv", depth(1));
    let report = foretold(&first_day);
    assert!(report["left_out"].as_u64().unwrap() > 0 && report["crossings"].as_array().unwrap().is_empty());
    assert!(
        report["words"].as_str().unwrap().contains("nothing to compare"),
        "{report}"
    );
    // Without depth the news is foretold, and that is all.
    let folder = two_days();
    let path = folder.path().to_str().unwrap();
    let report = foretold(&folder);
    assert!(report["levered"] == false && !report["crossings"].as_array().unwrap().is_empty());
    assert!(
        report["words"].as_str().unwrap().contains("the model is news alone"),
        "{report}"
    );
    assert_eq!(report["pit_histogram"].as_array().unwrap().len(), 10);
    assert_eq!(program(&["hindcast", path, "--fall", "-1"], "").status.code(), Some(2));
}

/// A preset of the fitted model, with what was measured, what was fitted and what was not; the same every time.
#[test]
fn the_model_is_calibrated_into_a_preset() {
    let folder = days(4).with("BTCUSDT-bookDepth.csv", depth(4));
    let path = folder.path().to_str().unwrap();
    let preset = folder.path().join("fitted.ron");
    let preset = preset.to_str().unwrap();
    let of = |more: &[&str]| {
        let arguments = [
            "calibrate",
            path,
            "--out",
            preset,
            "--json",
            "--points",
            "8",
            "--seeds",
            "1",
        ];
        let output = program(&[&arguments, more].concat(), "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let written = std::fs::read_to_string(preset).unwrap();
        std::fs::remove_file(preset).unwrap();
        (report, written)
    };
    let (report, written) = of(&["--fall", "0.00165"]);
    assert!(
        (report["depth_1pct_usd"].as_f64().unwrap() / 2.006e7 - 1.0).abs() < 1e-3,
        "{report}"
    );
    assert!((report["depth_kappa"].as_f64().unwrap() - 1.2).abs() < 1e-6);
    for key in [
        "depth_1pct_usd_error",
        "depth_kappa_error",
        "recovery_half_life_seconds",
        "thinning",
    ] {
        assert!(report.get(key).is_some(), "{key}");
    }
    let fit = &report["fit"];
    assert!(
        fit["hours"].as_u64().unwrap() >= 3 && fit["days"].as_u64().unwrap() >= 2,
        "{fit}"
    );
    assert_eq!(
        (fit["tried"].as_u64(), fit["parameters"].as_array().unwrap().len()),
        (Some(24), 5)
    );
    assert_eq!(of(&["--fall", "0.00165"]), (report, written.clone()));
    assert!(written.contains("begins") && written.contains("topic: Fitted") && written.contains("The book holds 20.0"));
    std::fs::write(preset, &written).unwrap();
    assert!(program(&["check", preset], "").status.success());
    let run = program(&["run", preset, "--steps", "20", "--json"], "");
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(run["halted"].is_null() && run["open_interest_start_usd"].as_f64().unwrap() > 1e6);
    std::fs::remove_file(preset).unwrap();
    // A record without a sharp move: what is measured is told all the same.
    let (report, written) = of(&["--at", "2024-03-06T12:00"]);
    assert!(
        report["fit"].is_null() && report["words"].as_str().unwrap().contains("Nothing was fitted"),
        "{report}"
    );
    assert!(report["depth_kappa"].as_f64().is_some() && report["moment"] == "2024-03-06T12:00Z");
    assert!(written.contains("Nothing was fitted"));
    let late = ["calibrate", path, "--out", preset, "--at", "2025-03-06T12:00"];
    assert_eq!(program(&late, "").status.code(), Some(2));
    assert!(!std::path::Path::new(preset).exists());
}

#[test]
fn a_record_that_grows_is_followed() {
    let bars: String = (0..30).map(|minute| kline(minute, 1)).collect();
    let output = program(&["follow", "-", "--json"], &bars);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let stdout = text(&output.stdout);
    let line: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (line["price"].as_f64(), line["time_ms"].as_i64()),
        (Some(40_002.0), Some(MIDNIGHT + 30 * MINUTE))
    );
    assert!(line["longs_usd"].is_null());
    // Messages of several kinds, one a line.
    let messages: String = (0..40)
        .map(|minute: i64| {
            let time = MIDNIGHT + minute * MINUTE;
            format!(
                "{{\"time\":{time},\"symbol\":\"BTCUSDT\",\"markPrice\":\"{}\",\"openInterest\":\"{}\"}}\n",
                40_000 + 40 * (minute % 9),
                80_000 + minute * 50
            )
        })
        .collect();
    let output = program(&["follow", "--json"], &messages);
    let stdout = text(&output.stdout);
    let line: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!(line["open_interest_coins"].as_f64(), Some(81_950.0));
    assert!(line["longs_usd"][2].as_f64().unwrap() > 0.0, "{line}");
    assert_eq!(
        program(&["follow", "-"], "nothing of the kind\n").status.code(),
        Some(1)
    );
}
