//! Tables that something has gone wrong with: whatever becomes of a file on its way, reading it ends in data that a scenario
//! may hold, or in a message.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use cascade_lab::files::import::{self, ReadOptions};
use cascade_lab::scenario::{ImportKind, Imported, Scenario};

/// Cases that are tried, unless the environment variable `MUTATED_TABLES` asks for another number.
const CASES: usize = 3_000;

/// Numbers that look random (Marsaglia 2003, xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// A text with one thing wrong with it.
fn mutated(text: &str, numbers: &mut Numbers) -> String {
    const PIECES: [&str; 22] = [
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "-",
        "+",
        ".",
        "1e308",
        "NaN",
        "99999999999999999999",
        "0",
        "\0",
        "\u{e9}",
        "/",
        ":",
        "BTC-27DEC24-1-C",
        "2024-13-45",
        "{\"a\":[",
        "#",
    ];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = numbers.below(lines.len());
    match numbers.below(7) {
        0 => {
            lines.remove(line);
        }
        1 => lines.insert(line, lines[line].clone()),
        2 => {
            let other = numbers.below(lines.len());
            lines.swap(line, other);
        }
        3 => {
            let mut fields: Vec<String> = lines[line].split(',').map(str::to_owned).collect();
            let (one, other) = (numbers.below(fields.len()), numbers.below(fields.len()));
            fields.swap(one, other);
            lines[line] = fields.join(",");
        }
        4 => {
            let cut = numbers.below(text.len());
            let end = (0..=cut).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            return text[..end].to_owned();
        }
        _ => {
            let letters: Vec<(usize, char)> = lines[line].char_indices().collect();
            let at = letters
                .get(numbers.below(letters.len() + 1))
                .map_or(lines[line].len(), |(at, _)| *at);
            lines[line].insert_str(at, PIECES[numbers.below(PIECES.len())]);
        }
    }
    lines.join("\n")
}

/// What was read must be what a scenario may hold.
fn check(text: &str, options: &ReadOptions) {
    let Ok(reading) = import::parse("mutated.csv", text, options) else {
        return;
    };
    let sentences = reading.read_as.sentences();
    assert!(sentences.len() >= 2, "{text}");
    let mut scenario = Scenario::default();
    scenario.set("assets.count", 4.0).unwrap();
    scenario.set("venues.count", 8.0).unwrap();
    match reading.data {
        Imported::Positions(list) => {
            for (number, position) in (1..).zip(&list) {
                position
                    .validate(number, 8, 4)
                    .unwrap_or_else(|error| panic!("{error}: {text}"));
            }
        }
        Imported::PricePath { path, usual_seconds } => {
            path.validate().unwrap_or_else(|error| panic!("{error}: {text}"));
            assert!(usual_seconds > 0.0, "{text}");
        }
        Imported::OptionChain(chain) => {
            assert!(chain.spot > 0.0 && chain.multiplier > 0.0, "{text}");
            for quote in &chain.quotes {
                let numbers = [
                    quote.strike,
                    quote.open_interest,
                    quote.volatility,
                    quote.gamma.unwrap_or(0.0),
                ];
                assert!(
                    numbers.iter().all(|number| number.is_finite() && *number >= 0.0),
                    "{quote:?}: {text}"
                );
            }
            // Prices and sizes outside what a scenario may hold are refused there.
            let _ = scenario.adopt_chain(&chain, 1.0);
        }
    }
}

#[test]
fn mutated_tables_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures/tables");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let texts: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let cases = std::env::var("MUTATED_TABLES")
        .ok()
        .and_then(|count| count.parse().ok());
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for case in 0..cases.unwrap_or(CASES) {
        let mut text = texts[case % texts.len()].clone();
        for _ in 0..=numbers.below(3) {
            if !text.is_empty() {
                text = mutated(&text, &mut numbers);
            }
        }
        let kind = ImportKind::ALL.get(numbers.below(4)).copied();
        let date = (numbers.below(2) == 0).then(|| "2024-06-03".parse().unwrap());
        check(
            &text,
            &ReadOptions {
                kind,
                date,
                spot: date.map(|_| 100.0),
                ..ReadOptions::default()
            },
        );
    }
}

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
