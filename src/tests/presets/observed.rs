//! Prices that really came, in files.

use cascade_lab::files::preset;
use cascade_lab::scenario::{Observed, ObservedBar, Scenario};

use super::refused;

#[test]
fn they_are_written_and_read_back_and_missing_where_there_are_none() {
    let bar = |(seconds, low, high, close)| ObservedBar {
        seconds,
        low,
        high,
        close,
    };
    let bars = [
        (0.0, 40_000.1, 40_000.1, 40_000.1),
        (60.0, 0.1 + 0.2, 1e9, 39_999.0),
        (1e-9 + 3_600.0, 1e-9, 2.0, 1.0),
    ];
    let scenario = Scenario {
        observed: Observed {
            interval_seconds: 60.0,
            bars: bars.map(bar).to_vec().into(),
        },
        ..Scenario::default()
    };
    let text = preset::write(&scenario);
    assert_eq!(preset::parse("a.ron", &text).unwrap(), scenario);
    let without = preset::write(&Scenario::default());
    assert!(!without.contains("observed"));
    // Everything else of the file is as it was.
    let at = text
        .find("    // What the price of the first asset really did")
        .unwrap();
    assert_eq!(text[..at].to_owned() + ")\n", without);
    for empty in ["", ", observed: (interval: 60, bars: [])"] {
        let read = preset::parse("a.ron", &format!("(format: 1{empty})")).unwrap();
        assert!(read.observed.is_empty());
    }
}

#[test]
fn mistakes_in_them_have_their_place() {
    let text = |bars: &str| format!("(format: 1, observed: (interval: 60, bars: [\n (0, 1, 1, 1),\n {bars}\n]))");
    for (bars, message) in [
        (
            "(0, 1, 1, 1)",
            "a.ron, line 3, column 2: `observed: bar 2: time` is 0; allowed is a number of seconds after the point before, at most 1e10",
        ),
        (
            "(60, 1, 1, 1), (120, 2, 1, 1)",
            "a.ron, line 3, column 17: `observed: bar 3: close` is 1; allowed is a price from its low 2 to its high 1",
        ),
        (
            "(60, 0, 1, 1)",
            "a.ron, line 3, column 2: `observed: bar 2: low` is 0; allowed is a number from 1e-9 to 1e9",
        ),
        (
            "(60, 1, inf, 1)",
            "a.ron, line 3, column 2: `observed: bar 2: high` is inf; allowed is a number from 1e-9 to 1e9",
        ),
        (
            "",
            "a.ron, line 1, column 23: `observed` is a list of 1; allowed is 2 to 1441 bars",
        ),
    ] {
        refused(&text(bars), &[message]);
    }
    let error = preset::parse("a.ron", &text("(60, 1, 1)")).unwrap_err().to_string();
    assert!(error.starts_with("a.ron, line 3, column "), "{error}");
    let text = text("(60, 1, 1, 1)").replace("interval: 60", "interval: -1");
    let message = "`observed: interval` is -1; allowed is a number of seconds above 0, at most 31622400";
    refused(&text, &[&format!("a.ron, line 1, column 23: {message}")]);
}
