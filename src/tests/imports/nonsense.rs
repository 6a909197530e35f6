//! Large tables of nonsense.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use cascade_lab::files::import::{self, ReadOptions};

/// Large files of one sort of nonsense are judged at once, and their messages are few.
#[test]
fn large_files_of_nonsense_are_judged_at_once() {
    let size = 4_000_000;
    let mut rising = "time,price\n".to_owned();
    for row in 0..150_000 {
        writeln!(rising, "{row},soon").unwrap();
    }
    for (name, text) in [
        ("columns", ",".repeat(size)),
        ("lines", "\n".repeat(size)),
        ("short rows", "1,2\n".repeat(size / 4)),
        ("quotation marks", "\"".repeat(size)),
        ("stray quotation marks", "a,b\"c\n".repeat(size / 6)),
        ("one word", "a".repeat(size)),
        ("nothing", "\0".repeat(size)),
        ("no prices", rising),
        ("objects", "{\"a\":".repeat(size / 5)),
        ("lists", "[".repeat(size)),
    ] {
        let started = Instant::now();
        let outcome = import::parse(name, &text, &ReadOptions::default());
        let lines = outcome.map_or_else(|error| error.report(usize::MAX).lines().count(), |_| 1);
        assert!(lines <= 202, "{name}: {lines} lines");
        let spent = started.elapsed();
        assert!(spent < Duration::from_secs(10), "{name}: {spent:?}");
    }
}
