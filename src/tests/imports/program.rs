//! Tables on the command line.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::book;

pub fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let output = program(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn runs_start_from_tables() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("book.csv"), book()).unwrap();
    fs::write(folder.join("path.csv"), "time,price\n0,100000\n600,97000\n6000,97000\n").unwrap();
    fs::write(
        folder.join("chain.csv"),
        "spot,strike,type,days,oi,iv\n100000,100000,call,7,10,0.6\n100000,95000,put,7,10,0.6\n",
    )
    .unwrap();
    let run = ["run", "first-cascade", "--steps", "200", "--json"];
    let with = |more: &[&str]| report(folder, &[&run[..], more].concat());
    let digest = |report: &Value| report["digest"].as_str().unwrap().to_owned();
    let (first, again) = (with(&["--positions", "book.csv"]), with(&["--positions", "book.csv"]));
    assert_eq!(digest(&first), digest(&again));
    let drawn = with(&[]);
    assert_ne!(first["open_interest_start_usd"], drawn["open_interest_start_usd"]);
    let followed = with(&[
        "--positions",
        "book.csv",
        "--path",
        "path.csv",
        "--options",
        "chain.csv",
    ]);
    let exogenous = followed["attribution"]["exogenous"].as_f64().unwrap();
    // The preset's own shock of −2 % is dropped: the path is the news. It comes on top where that is asked for.
    assert!((exogenous - 0.97_f64.ln()).abs() < 1e-9, "{exogenous}");
    let on_top = with(&["--path", "path.csv", "--keep-shocks"]);
    let both = on_top["attribution"]["exogenous"].as_f64().unwrap();
    assert!((both - (0.97_f64 * 0.98).ln()).abs() < 1e-9, "{both}");
    assert!(followed["gamma_exposure_usd_per_percent"].as_f64().is_some());
    // What is set counts before what tables say.
    let set = with(&["--path", "path.csv", "--set", "market.start_price=50000"]);
    assert!((set["attribution"]["exogenous"].as_f64().unwrap() - exogenous).abs() < 1e-9);
    let sweep = [
        "sweep",
        "first-cascade",
        "--x",
        "liquidity.depth=1e10,2e10",
        "--seeds",
        "2",
        "--steps",
        "50",
    ];
    let table = program(folder, &[&sweep[..], &["--positions", "book.csv"]].concat());
    assert_eq!(String::from_utf8_lossy(&table.stdout).lines().count(), 5);
    let window = program(folder, &["run", "first-cascade", "--positions", "path.csv"]);
    assert_eq!(window.status.code(), Some(1));
    let message = String::from_utf8_lossy(&window.stderr).into_owned();
    assert!(
        message.contains("path.csv, line 1, column 1: no column holds the size"),
        "{message}"
    );
}

#[test]
fn check_takes_tables_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("book.csv"), book()).unwrap();
    fs::write(folder.join("path.csv"), "time,price\n0,100\n10,101\n").unwrap();
    fs::write(folder.join("bad.csv"), "time,price\n0,100\n10,-1\n").unwrap();
    let fine = program(folder, &["check", "book.csv", "path.csv"]);
    assert!(fine.status.success());
    let said = String::from_utf8(fine.stdout).unwrap();
    assert!(said.contains("book.csv: fine (266 longs and 134 shorts"), "{said}");
    assert!(
        said.contains("path.csv: fine (a price path of 2 points over 10 s"),
        "{said}"
    );
    let bad = program(folder, &["check", "bad.csv"]);
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8(bad.stderr).unwrap();
    assert!(
        said.contains("bad.csv, line 3, column 2 (price), character 4: the price is `-1`"),
        "{said}"
    );
}
