//! Tables on the command line.

use std::fmt::Write as _;
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

/// As what a table was read stands in the reports, and every guess can be overruled.
#[test]
fn what_was_guessed_is_told_and_can_be_overruled() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(
        folder.join("bars.csv"),
        "time,open,high,low,close\n1722816000,100,105,95,104\n1722816060,104,106,99,99\n1722819600,99,99,90,95\n",
    )
    .unwrap();
    let run = ["run", "quiet-market", "--json", "--path", "bars.csv"];
    let found = report(folder, &run);
    let read = &found["read_as"][0];
    assert_eq!(
        (&read["file"], &read["kind"]),
        (&"bars.csv".into(), &"price_path".into())
    );
    assert_eq!(
        (&read["columns"][1]["name"], &read["columns"][1]["column"]),
        (&"close".into(), &5.into())
    );
    assert_eq!(
        (&read["time"]["as"], &read["header_lines"][0]),
        (&"unix_seconds".into(), &1.into())
    );
    assert_eq!(found["assets"][0]["start_price"], 104.0);
    let open = report(folder, &[&run[..], &["--column", "price=open"]].concat());
    assert_eq!(open["assets"][0]["start_price"], 100.0);
    assert_eq!(open["read_as"][0]["columns"][1]["because"], "said");
    let by_number = report(
        folder,
        &[&run[..], &["--column", "price=4", "--header-line", "1"]].concat(),
    );
    assert_eq!(by_number["assets"][0]["start_price"], 95.0);
    for (arguments, words) in [
        (&["--column", "prise=open"][..], "there is no field `prise`"),
        (&["--column", "open"], "write it as field=column"),
        (&["--date", "soon"], "write it as YYYY-MM-DD"),
        (&["--multiplier", "0"], "allowed is a number above 0"),
    ] {
        let output = program(folder, &[&run[..], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(words), "{words}: {said}");
    }
    let checked = program(folder, &["check", "bars.csv", "--kind", "positions"]);
    assert_eq!(checked.status.code(), Some(1));
    let checked = program(folder, &["check", "bars.csv"]);
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(
        said.contains("price from column 5 (close)") && said.contains("times are Unix seconds"),
        "{said}"
    );
    fs::write(
        folder.join("chain.csv"),
        "spot,strike,dte,type,open_interest,iv\n100,100,30,call,1000,60\n100,90,30,put,500,70\n",
    )
    .unwrap();
    let chain = report(folder, &["gex", "chain.csv", "--json"]);
    assert_eq!(chain["read_as"]["chain"]["volatility"], "from the file, in per cent");
    let net = |report: &Value| report["net_usd_per_percent"].as_f64().unwrap();
    let tenth = report(folder, &["gex", "chain.csv", "--json", "--multiplier", "10"]);
    assert!((net(&tenth) / net(&chain) - 0.1).abs() < 1e-12);
    // What a run makes of it is what gex says of it.
    let made = report(
        folder,
        &[
            "run",
            "quiet-market",
            "--options",
            "chain.csv",
            "--steps",
            "1",
            "--set",
            "dealers.put_sign=-1",
            "--json",
        ],
    );
    let exposure = made["gamma_exposure_usd_per_percent"].as_f64().unwrap();
    assert!((exposure / net(&chain) - 1.0).abs() < 0.02, "{exposure}");
}

/// A run with a path lasts as long as the path, or says how much of it there was.
#[test]
fn a_run_lasts_as_long_as_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut year = "date,close\n".to_owned();
    for day in 1..=31 {
        writeln!(year, "2023-01-{day:02},{}", if day == 31 { 40 } else { 100 }).unwrap();
    }
    fs::write(folder.join("month.csv"), year).unwrap();
    let run = [
        "run",
        "quiet-market",
        "--set",
        "market.step_seconds=3600",
        "--json",
        "--path",
        "month.csv",
    ];
    let whole = report(folder, &run);
    assert_eq!(whole["steps"], 720);
    let last = whole["final_price"].as_f64().unwrap();
    assert!((last / 40.0 - 1.0).abs() < 0.1, "{last}");
    let part = program(folder, &[&run[..], &["--steps", "180"]].concat());
    let said = String::from_utf8(part.stderr).unwrap();
    assert!(
        said.contains("the run ends before the path: 7.5 d of 30 d, 25 %; --steps 720 runs all of it"),
        "{said}"
    );
}

/// What never ends, or never begins, is not opened.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.display().to_string();
    for arguments in [
        vec!["check", &pipe],
        vec!["gex", &pipe],
        vec!["run", "quiet-market", "--path", &pipe],
        vec!["run", "/dev/zero"],
        vec!["check", "/dev/null"],
    ] {
        let output = program(folder.path(), &arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("it is a device or a pipe; allowed is a regular file"),
            "{said}"
        );
    }
}
