//! The command line as other programs see it: output, exit codes, messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use cascade_lab::files::preset;
use cascade_lab::scenario::table;
use serde_json::Value;

/// Keys that `run --json` must have, whatever else it has.
const KEYS: [&str; 25] = [
    "preset",
    "seed",
    "steps",
    "digest",
    "steps_per_second",
    "amplification_factor",
    "max_drawdown",
    "reproduction_ratio",
    "branching_ratio",
    "liquidated_notional_usd",
    "peak_liquidation_rate_usd_per_second",
    "open_interest_start_usd",
    "open_interest_end_usd",
    "insurance_fund_usd",
    "adl_count",
    "adl_notional_usd",
    "bad_debt_usd",
    "gamma_exposure_usd_per_percent",
    "gamma_flip_price",
    "synchronisation",
    "basis_variance",
    "funding_variance",
    "attribution",
    "ledger_max_relative_error",
    "halted",
];

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-lab"));
    command.args(arguments);
    command
}

fn call(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The JSON object of a run that must succeed.
fn report(arguments: &[&str]) -> Value {
    let output = call(&[&["run"], arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(stdout(&output)).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = call(arguments);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{message}");
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in: {message}");
    }
    assert!(!message.contains("panicked") && stdout(&output).is_empty(), "{message}");
}

#[test]
fn run_prints_one_object_with_every_key() {
    let output = call(&["run", "first-cascade", "--json"]);
    let text = stdout(&output);
    let object: Value = serde_json::from_str(text).unwrap();
    for key in KEYS {
        assert!(object.get(key).is_some(), "no {key}");
    }
    assert_eq!(object["preset"], "first-cascade");
    assert_eq!(object["steps"], 1440);
    assert_eq!(object["halted"], Value::Null);
    assert!(object["amplification_factor"].as_f64().unwrap() > 1.5);
    assert!(object["ledger_max_relative_error"].as_f64().unwrap() <= 1e-9);
    let systemic = &object["systemic"];
    assert!(
        (systemic["largest_engine_share"].as_f64().unwrap() - 0.4).abs() < 0.1,
        "{systemic}"
    );
    assert!(systemic["synchronised_step"].as_u64().unwrap() > 120, "{systemic}");
    assert!(
        systemic["price_recovery"]["half_seconds"].as_f64().unwrap() > 0.0,
        "{systemic}"
    );
    assert_eq!(object["liquidated_by_tightening_usd"], 0.0);
    let change: f64 = object["attribution"]
        .as_object()
        .unwrap()
        .values()
        .map(|part| part.as_f64().unwrap())
        .sum();
    let start = preset::find("first-cascade").unwrap().parameters.market.start_price;
    let end = object["final_price"].as_f64().unwrap();
    assert!(
        (change - (end / start).ln()).abs() < 1e-9,
        "attribution {change} must sum to the change of the price"
    );
}

/// Other programs read reports and tables by these names. `[]` stands for every entry of a list.
#[test]
fn names_of_figures_stay() {
    fn collect(prefix: &str, value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(parts) => {
                for (key, part) in parts {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    collect(&format!("{prefix}{dot}{key}"), part, names);
                }
            }
            Value::Array(entries) => entries
                .iter()
                .for_each(|entry| collect(&format!("{prefix}[]"), entry, names)),
            _ => {
                names.insert(prefix.to_owned());
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    let object = report(&["everything-on", "--steps", "3", "--csv", path.to_str().unwrap()]);
    let mut keys = BTreeSet::new();
    collect("", &object, &mut keys);
    let table = std::fs::read_to_string(path).unwrap();
    let columns = table.lines().next().unwrap().split(',');
    let names: Vec<&str> = keys.iter().map(String::as_str).chain([""]).chain(columns).collect();
    if std::env::var_os("CASCADE_LAB_REGENERATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/names_of_figures.txt");
        std::fs::write(path, names.join("\n") + "\n").unwrap();
        return;
    }
    let recorded = include_str!("fixtures/names_of_figures.txt");
    assert_eq!(names, recorded.lines().collect::<Vec<_>>());
}

#[test]
fn run_tells_of_every_asset() {
    let two = [
        "--set",
        "assets.count=2",
        "--set",
        "cross.enabled=true",
        "--steps",
        "200",
    ];
    let object = report(&[&["first-cascade"][..], &two].concat());
    let others = object["other_assets"].as_array().unwrap();
    assert_eq!(others.len(), 1);
    let parts = others[0]["attribution"].as_object().unwrap();
    let change: f64 = parts.values().map(|part| part.as_f64().unwrap()).sum();
    let end = others[0]["final_price"].as_f64().unwrap();
    assert!((change - (end / 4_000.0).ln()).abs() < 1e-9, "{change}");
    assert_eq!(object["contagion"]["gain"].as_array().unwrap().len(), 2);
    let alone = report(&["first-cascade", "--steps", "5"]);
    assert!(alone.get("other_assets").is_none() && alone["assets"].as_array().unwrap().len() == 1);
    // Every asset's parts add up to its price, and its venues to what it liquidated.
    let assets = object["assets"].as_array().unwrap();
    assert_eq!(assets.len(), 2);
    let sum = |values: &Value, key: &str| -> f64 {
        let values = values.as_array().unwrap().iter();
        values.map(|value| value[key].as_f64().unwrap()).sum()
    };
    for (index, asset) in assets.iter().enumerate() {
        let number = |key: &str| asset[key].as_f64().unwrap();
        let parts = asset["attribution"].as_object().unwrap();
        let told: f64 = parts.values().map(|part| part.as_f64().unwrap()).sum();
        let moved = (number("final_price") / number("start_price")).ln();
        assert!((told - moved).abs() < 1e-9, "asset {}: {told} {moved}", index + 1);
        let (venues, all) = (
            sum(&asset["venues"], "liquidated_usd"),
            number("liquidated_notional_usd"),
        );
        assert!(all > 0.0 && (venues / all - 1.0).abs() < 1e-9, "{venues} {all}");
        let closed: f64 = (object["contagion"]["closed_usd"][index].as_array().unwrap().iter())
            .map(|usd| usd.as_f64().unwrap())
            .sum();
        let cross = number("cross_liquidated_usd");
        assert!((closed - cross).abs() <= 1e-9 * cross, "{closed} {cross}");
    }
    assert_eq!(assets[0]["final_price"], object["final_price"]);
}

#[test]
fn csv_tells_of_the_asset_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("second.csv");
    let preset = [
        "cross-collateral-contagion",
        "--steps",
        "150",
        "--csv",
        path.to_str().unwrap(),
    ];
    let object = report(&[&preset[..], &["--asset", "2"]].concat());
    let mut rows = csv::Reader::from_path(&path).unwrap();
    let last = rows.records().last().unwrap().unwrap();
    let spot: f64 = last[2].parse().unwrap();
    let told = object["assets"][1]["final_price"].as_f64().unwrap();
    assert!((spot / told - 1.0).abs() < 1e-12, "{spot} {told}");
    // So do the figures, and they say so.
    assert_eq!(object["asset"], 2);
    for key in ["final_price", "max_drawdown", "amplification_factor", "attribution"] {
        assert_eq!(object[key], object["assets"][1][key], "{key}");
        assert_ne!(object[key], object["assets"][0][key], "{key}");
    }
    let shown = call(&[&["run"][..], &preset, &["--asset", "2"]].concat());
    let text = stdout(&shown);
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(
        line("asset  ").ends_with("2 of 2") && text.contains("asset 1: final price"),
        "{text}"
    );
    assert!(!text.contains("asset 2: final price"), "{text}");
    fails(
        &[&["run"][..], &preset, &["--asset", "3"]].concat(),
        2,
        &["--asset 3", "the run has 2"],
    );
}

#[test]
fn same_seed_same_digest_other_seed_another() {
    let digest = |arguments: &[&str]| report(arguments)["digest"].as_str().unwrap().to_owned();
    let short = ["first-cascade", "--steps", "300"];
    let seeded = |seed| digest(&[&short[..], &["--seed", seed]].concat());
    assert_eq!(digest(&short), digest(&short));
    assert_eq!(seeded("11"), seeded("11"));
    assert_ne!(seeded("11"), seeded("12"));
}

#[test]
fn set_changes_what_it_says() {
    let liquidated = |value| {
        let set = format!("leverage.mean={value}");
        report(&["first-cascade", "--set", &set])["liquidated_notional_usd"]
            .as_f64()
            .unwrap()
    };
    assert!(liquidated("20") > 1.2 * liquidated("5"));
    let low = |arguments: &[&str]| report(arguments)["lowest_price"].as_f64().unwrap();
    assert!(low(&["quiet-market", "--set", "shock.size=-10%"]) < 0.95 * low(&["quiet-market"]));
}

#[test]
fn wrong_arguments_are_usage_errors() {
    fails(
        &["run", "first-cascade", "--set", "margin.maintenance=0.5"],
        2,
        &["`margin.maintenance` is 0.5", "0.001 to 0.1"],
    );
    fails(
        &["run", "first-cascade", "--set", "leverage.maen=3"],
        2,
        &["leverage.maen", "did you mean `leverage.mean`"],
    );
    fails(
        &["run", "first-cascade", "--set", "makers.limits=cubic"],
        2,
        &["\"even\" or \"heavy-tailed\""],
    );
    fails(
        &["run", "first-cascade", "--set", "leverage.mean"],
        2,
        &["group.name=value"],
    );
    fails(
        &["run", "first-cascade", "--set", "depth=1e9"],
        2,
        &["`depth`", "`liquidity.depth`"],
    );
    fails(
        &["run", "first-cascade", "--set", "xyzzy=1"],
        2,
        &["`cascade-lab params` lists"],
    );
    fails(
        &["run", "first-cascade", "--asset", "2"],
        2,
        &["--asset 2", "the run has 1"],
    );
    fails(&["run", "first-cascade", "--steps", "0"], 2, &["--steps"]);
    fails(&["run"], 2, &["PRESET"]);
    fails(&["run", "first-cascade", "--colour"], 2, &["--colour"]);
    fails(&["first-cascade", "--renderer", "crayon"], 2, &["glow", "wgpu"]);
}

/// The same four codes are in the help, in the README and in what the program does.
#[test]
fn help_and_readme_tell_the_exit_codes() {
    let help = call(&["--help"]);
    for text in [stdout(&help), include_str!("../../README.md")] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let codes = &text[text.find("Exit codes: 0 fine; 1 bad input: a preset or file").unwrap()..];
        let places = ["2 usage: an argument that cannot be used", "3 the model halted"].map(|code| codes.find(code));
        assert!(places[0].is_some() && places[0] < places[1], "{codes}");
    }
}

#[test]
fn bad_input_is_named() {
    fails(
        &["run", "no-such-preset"],
        1,
        &["no-such-preset", "first-cascade, quiet-market"],
    );
    fails(
        &["run", "first-cascade", "--csv", "/no/such/folder/a.csv"],
        1,
        &["/no/such/folder/a.csv: it cannot be written"],
    );
    fails(&["no-such-preset"], 1, &["no-such-preset", "first-cascade"]);
}

/// The lessons are listed, told, checked and written on paper; what is no lesson is named.
#[test]
fn lessons_are_listed_and_written_on_paper() {
    let list = call(&["lesson"]);
    for shipped in cascade_lab::files::lesson::shipped() {
        assert!(stdout(&list).contains(shipped.name), "{}", stdout(&list));
    }
    let told = call(&["lesson", "first-cascade"]);
    assert!(
        stdout(&told).contains("Predict") && stdout(&told).contains("45 minutes"),
        "{}",
        stdout(&told)
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("handout.html");
    let written = call(&["lesson", "first-cascade", "--html", path.to_str().unwrap()]);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(std::fs::read_to_string(&path).unwrap().contains("<h1>Answers</h1>"));
    let own = folder.path().join("own.ron");
    std::fs::write(&own, cascade_lab::files::lesson::shipped()[0].text).unwrap();
    let checked = call(&["check", own.to_str().unwrap()]);
    assert!(
        stdout(&checked).contains("fine (The first cascade)"),
        "{}",
        stderr(&checked)
    );
    fails(
        &["lesson", "no-such"],
        1,
        &["no lesson and no file `no-such`", "what-helps"],
    );
    fails(&["lesson", "first-cascade", "--speaker"], 2, &["--html"]);
}

#[test]
fn check_lists_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (good, bad, worse) = (path("good.ron"), path("bad.ron"), path("worse.ron"));
    std::fs::write(&good, preset::shipped()[0].text).unwrap();
    let mistakes = |count: usize| "\"margin.maintenance\": 9.0,\n".repeat(count);
    std::fs::write(&bad, format!("(format: 1, parameters: {{\n{}}})", mistakes(30))).unwrap();
    std::fs::write(&worse, "(format: 2)").unwrap();

    let output = call(&["check", &good]);
    assert!(
        output.status.success() && stdout(&output).contains("good.ron: fine"),
        "{}",
        stderr(&output)
    );

    let output = call(&["check", &bad, &good, &worse]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).contains("good.ron: fine"),
        "one bad file does not hide the others"
    );
    let message = stderr(&output);
    assert_eq!(message.matches("`margin.maintenance` is 9").count(), 30, "{message}");
    assert!(
        message.contains("bad.ron, line 31, column 23") && message.contains("`format` 2 is newer"),
        "{message}"
    );
}

#[test]
fn params_lists_the_whole_table() {
    let rows: Value = serde_json::from_str(stdout(&call(&["params", "--json"]))).unwrap();
    let rows = rows.as_array().unwrap();
    let paths: HashSet<&str> = rows.iter().map(|row| row["path"].as_str().unwrap()).collect();
    let table_paths: HashSet<&str> = table().iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, table_paths);
    assert_eq!(rows.len(), table().len());
    for row in rows {
        let range = row["range"].as_array().unwrap();
        assert!(
            range.len() >= 2 && !row["default"].is_null() && row["unit"].is_string(),
            "{row}"
        );
        assert!(row["meaning"].as_str().unwrap().len() > 8, "{row}");
    }
    let text = call(&["params"]);
    assert!(table().iter().all(|row| stdout(&text).contains(&row.path)));
}

/// A cell of a table: what does not exist is empty, and nothing is written as NaN.
fn number_or_empty(cell: &str) -> f64 {
    assert!(!cell.contains("NaN"));
    if cell.is_empty() {
        f64::NAN
    } else {
        cell.parse().unwrap()
    }
}

#[test]
fn csv_has_one_row_a_step_that_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    let object = report(&["first-cascade", "--steps", "400", "--csv", path.to_str().unwrap()]);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(&names[..3], ["step", "time_seconds", "spot_price_usd"]);
    let rows: Vec<Vec<f64>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(number_or_empty).collect())
        .collect();
    let flip = names.iter().position(|name| name == "gamma_flip_price_usd").unwrap();
    assert!(rows.iter().all(|row| row[flip].is_nan() && row[flip - 1].is_finite()));
    assert_eq!(rows.len(), 400);
    assert!(
        rows.iter()
            .enumerate()
            .all(|(index, row)| row[0] == (index + 1) as f64 && row.len() == names.len())
    );
    let lowest = rows.iter().map(|row| row[2]).fold(f64::INFINITY, f64::min);
    // The reader of JSON in this test may be off in the last digit.
    let close = |a: f64, b: &Value| (a / b.as_f64().unwrap() - 1.0).abs() < 1e-14;
    assert!(close(lowest, &object["lowest_price"]) && close(rows[399][2], &object["final_price"]));
}

#[test]
fn the_table_for_people_has_units() {
    let output = call(&["run", "quiet-market", "--steps", "200"]);
    let text = stdout(&output);
    for word in [
        "Price: Amplification",
        "Liquidation: Largest R",
        "USD",
        "%",
        "steps/s",
        "seed",
    ] {
        assert!(text.contains(word), "{text}");
    }
    assert!(stderr(&output).is_empty(), "no progress bar where nobody looks");
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    let mut child = program(&["params"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && stderr(&output).is_empty(),
        "{}",
        stderr(&output)
    );
}

#[test]
fn without_a_display_one_paragraph_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("a.png");
    let mut command = program(&[
        "first-cascade",
        "--screenshot",
        picture.to_str().unwrap(),
        "--after-steps",
        "5",
    ]);
    for variable in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(variable);
    }
    let output = command.env("XDG_RUNTIME_DIR", folder.path()).output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("run") && !message.contains("panicked"), "{message}");
    assert_eq!(message.trim().lines().count(), 1, "one paragraph: {message}");
    assert!(!Path::new(&picture).exists());
}

/// A small chain in the shape of a CBOE file: totals by hand, the convention beside them, and a preset whose dealers hedge it.
#[test]
fn gamma_exposure_of_a_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let file = path("chain.csv");
    let text = "\nSome Index,Last: 100.0,Change: 0\n\"Date: June 3, 2022, 8:47 PM EDT\",Bid: 99\n\
                Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,\
                Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n\
                Mon Jul 04 2022,A,0,0,0,0,0,0.2,0.5,0.02,300,105.00,B,0,0,0,0,0,0.2,-0.5,0.01,0\n\
                Mon Jul 04 2022,C,0,0,0,0,0,0.2,0.5,0.02,0,95.00,D,0,0,0,0,0,0.2,-0.5,0.03,100\n";
    std::fs::write(&file, text).unwrap();
    let output = call(&["gex", &file, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let found: Value = serde_json::from_str(stdout(&output)).unwrap();
    for (key, expected) in [
        ("spot", 100.0),
        ("rows", 2.0),
        ("calls_usd_per_percent", 60_000.0),
        ("puts_usd_per_percent", 30_000.0),
        ("net_usd_per_percent", 30_000.0),
    ] {
        let value = found[key].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-6, "{key}: {value}");
    }
    assert!(found["gamma_flip_price"].as_f64().is_some() && found["by_strike"].as_array().unwrap().len() == 2);
    assert!(stdout(&call(&["gex", &file])).contains("business days over 262 a year"));
    let short = call(&["gex", &file, "--json", "--calls", "-1", "--puts", "-1"]);
    let short: Value = serde_json::from_str(stdout(&short)).unwrap();
    assert!((short["net_usd_per_percent"].as_f64().unwrap() + 90_000.0).abs() < 1e-6);
    let preset = path("chain.ron");
    assert!(call(&["gex", &file, "--preset", &preset]).status.success());
    let run = report(&[&preset, "--steps", "20"]);
    assert!(run["gamma_exposure_usd_per_percent"].as_f64().unwrap() < 0.0);
    std::fs::write(&file, text.replace(",300,", ",none,")).unwrap();
    fails(&["gex", &file], 1, &["line 5, column", "open interest", "`none`"]);
}
