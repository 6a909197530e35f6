//! The command `sweep` as other programs see it: the same bytes however it is divided, interrupted or hurried.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A small grid: 3 × 2 cells with 3 seeds each.
const SWEEP: [&str; 12] = [
    "first-cascade",
    "--x",
    "leverage.mean=8..32:3",
    "--y",
    "shock.route=news,spot-order",
    "--seeds",
    "3",
    "--steps",
    "150",
    "--set",
    "positions.count=400",
    "--metric=max_drawdown",
];
const ROWS: usize = 18;

fn call(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .arg("sweep")
        .args(arguments)
        .output()
        .unwrap()
}

/// What a sweep that must succeed prints.
fn table(more: &[&str]) -> String {
    printed(&[&SWEEP, more].concat())
}

fn printed(arguments: &[&str]) -> String {
    let output = call(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = call(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert!(!said.contains("panicked") && output.stdout.is_empty(), "{said}");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let one = table(&["--threads", "1"]);
    assert_eq!(one.lines().count(), 1 + ROWS);
    for threads in ["2", "5"] {
        assert_eq!(table(&["--threads", threads]), one);
    }
}

#[test]
fn a_row_is_a_cell_and_a_seed_and_equals_the_run() {
    let text = table(&["--metric", "amplification_factor"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let [x, y] = ["leverage.mean", "shock.route"];
    assert_eq!(
        names,
        [x, y, "seed", "study", "max_drawdown", "amplification_factor", "halted"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut expected = Vec::new();
    for leverage in ["8", "16", "32"] {
        for route in ["news", "spot-order"] {
            // The preset's seed and the two after it, the same ones in every cell.
            expected.extend(["7", "8", "9"].map(|seed| [leverage, route, seed]));
        }
    }
    let places: Vec<[&str; 3]> = rows.iter().map(|row| [&row[0], &row[1], &row[2]]).collect();
    assert_eq!(places, expected);
    let run = Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .args(["run", "first-cascade", "--seed", "9", "--steps", "150", "--json"])
        .args([
            "--set",
            "positions.count=400",
            "--set",
            "leverage.mean=32",
            "--set",
            "shock.route=spot-order",
        ])
        .output()
        .unwrap();
    let report = String::from_utf8(run.stdout).unwrap();
    for (name, figure) in names.iter().zip(rows[17].iter()).skip(4).take(2) {
        assert!(
            report.contains(&format!("\"{name}\": {figure},")),
            "{name} {figure}: {report}"
        );
    }
}

#[test]
fn parts_one_after_another_are_the_whole() {
    let whole = table(&[]);
    for parts in [2, 5, 20] {
        let text: String = (1..=parts)
            .map(|part| table(&["--shard", &format!("{part}/{parts}")]))
            .collect();
        assert_eq!(text, whole, "{parts} parts");
    }
}

fn resume(path: &Path, begin: &[u8], more: &[&str]) -> String {
    fs::write(path, begin).unwrap();
    assert_eq!(table(&[&["--csv", path.to_str().unwrap()], more].concat()), "");
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_file_that_was_cut_anywhere_is_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    let whole = table(&[]);
    let rows = whole.find('\n').unwrap() + 1;
    let cuts = (0..whole.len())
        .step_by(61)
        .chain([rows - 1, rows, rows + 1, whole.len() - 1, whole.len()]);
    for cut in cuts {
        assert_eq!(
            resume(&path, &whole.as_bytes()[..cut], &[]),
            whole,
            "cut after {cut} bytes"
        );
    }
    let second = table(&["--shard", "2/3"]);
    for cut in [0, 5, second.len() / 2, second.len()] {
        assert_eq!(resume(&path, &second.as_bytes()[..cut], &["--shard", "2/3"]), second);
    }
}

#[test]
fn what_stands_in_the_file_is_not_computed_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    let whole = table(&[]);
    let first = whole.lines().nth(1).unwrap();
    let figure = first.split(',').nth(4).unwrap();
    let marked = whole.replacen(figure, "0.123456", 1);
    let kept: String = marked.split_inclusive('\n').take(4).collect();
    assert_eq!(resume(&path, kept.as_bytes(), &[]), marked);
}

#[test]
fn a_file_of_another_sweep_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    let name = path.to_str().unwrap();
    let whole = table(&[]);
    let with = |old, new| SWEEP.map(|argument| if argument == old { new } else { argument });
    for (text, words) in [
        ("time,price\n1,2\n".to_owned(), "line 1"),
        // Torn, but not from this header.
        ("time,pri".to_owned(), "line 1"),
        // Another scenario: same axes, seeds and figures.
        (table(&["--set", "shock.size=-3%"]), "line 2"),
        (printed(&with("150", "151")), "line 2"),
        (printed(&with("3", "4")), "line 5"),
        (whole.clone() + "one more\n", "ends before"),
    ] {
        fs::write(&path, &text).unwrap();
        fails(&[&SWEEP[..], &["--csv", name]].concat(), 1, &[name, words]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fails(
        &[&SWEEP[..], &["--csv", "/no/such/folder/a.csv"]].concat(),
        1,
        &["/no/such/folder/a.csv cannot be written"],
    );
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let x = |axis| ["first-cascade", "--x", axis];
    for (arguments, words) in [
        (&x("leverage.maen=5..30:3")[..], "did you mean `leverage.mean`"),
        (&x("leverage.mean=5..300:3"), "a number from 1 to 100"),
        (&x("leverage.mean=5..30:0"), "0 values; allowed are 2"),
        (&x("leverage.mean"), "low..high:count"),
        (
            &[&x("leverage.mean=5,9")[..], &["--y", "leverage.mean=1,2"]].concat(),
            "both axes",
        ),
        (
            &[&x("leverage.mean=5,9")[..], &["--metric", "beauty"]].concat(),
            "max_drawdown",
        ),
        (
            &[&x("leverage.mean=5,9")[..], &["--set", "leverage.mean=900"]].concat(),
            "--set",
        ),
        (&[&x("leverage.mean=5,9")[..], &["--shard", "3/2"]].concat(), "I/N"),
        (&[&x("leverage.mean=5,9")[..], &["--seeds", "0"]].concat(), "--seeds"),
        (
            &[&x("leverage.mean=5,9")[..], &["--threads", "0"]].concat(),
            "--threads",
        ),
        (&["first-cascade"], "--x"),
    ] {
        fails(arguments, 2, &[words]);
    }
    fails(&["no-such-preset", "--x", "leverage.mean=5,9"], 1, &["no-such-preset"]);
}

/// The runs are the same whatever asset the figures are of; without `--asset` they are of the first.
#[test]
fn figures_are_of_the_asset_that_is_asked_for() {
    let arguments = "cross-collateral-contagion --x leverage.mean=8,24 --seeds 2 --steps 150 --metric max_drawdown";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let table = |more: &[&str]| printed(&[&arguments, more].concat());
    let column = |text: &str, place: usize| -> Vec<String> {
        text.lines()
            .map(|row| row.split(',').nth(place).unwrap().to_owned())
            .collect()
    };
    let first = table(&[]);
    assert_eq!(first, table(&["--asset", "1"]));
    let second = table(&["--asset", "2"]);
    let both = table(&["--metric", "asset_2.max_drawdown"]);
    assert_eq!(
        (column(&first, 3), column(&second, 3)),
        (column(&both, 3), column(&both, 4))
    );
    assert_eq!(column(&second, 3)[0], "asset_2.max_drawdown");
    assert_ne!(column(&first, 3)[1..], column(&second, 3)[1..]);
    let run = "run cross-collateral-contagion --steps 150 --set leverage.mean=24 --asset 2 --json".split(' ');
    let run = Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .args(run)
        .output()
        .unwrap();
    let (told, figure) = (String::from_utf8(run.stdout).unwrap(), &column(&second, 3)[3]);
    assert!(
        told.contains(&format!("\"max_drawdown\": {figure},")),
        "{figure}: {told}"
    );
    // A table of one asset is not continued with the figures of another, not even where it has no header.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    fs::write(&path, table(&["--shard", "2/2"])).unwrap();
    let other = ["--shard", "2/2", "--asset", "2", "--csv", path.to_str().unwrap()];
    fails(&[&arguments[..], &other].concat(), 1, &["not of the same sweep"]);
    for wrong in [
        &["--asset", "3"][..],
        &["--asset", "0"],
        &["--metric", "asset_3.max_drawdown"],
    ] {
        fails(&[&arguments, wrong].concat(), 2, &["--asset", "the run has 2"]);
    }
    // Where the number of assets is swept, cells that lack the asset are left empty.
    let counts = "cross-collateral-contagion --x assets.count=1,2 --seeds 1 --steps 20 --metric lowest_price --asset 2";
    let counts = printed(&counts.split(' ').collect::<Vec<_>>());
    let found = column(&counts, 3);
    assert!(found[1].is_empty() && !found[2].is_empty(), "{counts}");
}

/// A cell whose shorts are bought back in a book that nothing limits leaves every number; the others are fine.
#[test]
fn halted_runs_are_named_and_exit_with_3_also_when_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.csv");
    // News that multiplies and divides the price of a second coin from hour to hour, and the same from second to second.
    let arguments = [
        "quiet-market --x market.step_seconds=3600,1 --seeds 1 --steps 2000 --metric max_drawdown --set positions.count=400",
        "--set assets.count=2 --set asset_2.volatility=10 --set market.volatility=3 --csv",
    ]
    .join(" ");
    let arguments: Vec<&str> = arguments.split(' ').chain([path.to_str().unwrap()]).collect();
    for _ in 0..2 {
        fails(&arguments, 3, &["halted in 1 of 2 runs"]);
        let text = fs::read_to_string(&path).unwrap();
        let halted: Vec<bool> = text.lines().skip(1).map(|line| !line.ends_with(',')).collect();
        assert_eq!(halted, [true, false], "{text}");
    }
}
