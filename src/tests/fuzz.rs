//! Files that something has gone wrong with: whatever becomes of a preset, a lesson, a link, the settings or a table on its way,
//! reading it ends in data that the program may hold, or in a message.
//!
//! `FUZZ_CASES=1000000 cargo test --test fuzz` tries so many of each kind.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "fuzz/lessons.rs"]
mod lessons;
#[path = "fuzz/links.rs"]
mod links;
#[path = "common/random.rs"]
mod random;
#[path = "fuzz/records.rs"]
mod records;

use std::path::Path;

use cascade_lab::app::{Settings, ZOOM_RANGE};
use cascade_lab::engine::Simulation;
use cascade_lab::files::import::{self, ReadOptions};
use cascade_lab::files::preset;
use cascade_lab::scenario::{ImportKind, Imported, Scenario};

use random::{Numbers, cases, mutated};

/// Cases of each kind that are tried, unless `FUZZ_CASES` asks for another number.
const CASES: usize = 10_000;

/// One of so many presets that can be read is also run.
const RUN_EVERY: usize = 100;

fn cases_of_a_kind() -> usize {
    cases("FUZZ_CASES", CASES)
}

/// What is put into texts in RON.
const RON_PIECES: [&str; 26] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\u{0}",
    "\n",
    "// ",
    "/*",
    "-",
    "1e308",
    "1e-308",
    "NaN",
    "inf",
    "99999999999999999999",
    "0",
    ".",
    "None",
    "Some(",
    "true",
    "\u{202e}",
    "format: 2,",
];

/// What was read must be what a scenario may hold. Returns whether it was.
fn check_table(text: &str, options: &ReadOptions) -> bool {
    let reading = match import::parse("mutated.csv", text, options) {
        Ok(reading) => reading,
        Err(error) => {
            assert!(!error.report(10).is_empty(), "{text}");
            return false;
        }
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
    true
}

/// Mutated tables that hold this kind, or nothing that can be told.
fn check_tables(kind: ImportKind, seed: u64) {
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
    let dated = |kind: Option<ImportKind>| ReadOptions {
        kind,
        date: Some("2024-06-03".parse().unwrap()),
        spot: Some(100.0),
        ..ReadOptions::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fixtures/tables");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let is_other = |text: &str| {
        let reading = import::parse("table.csv", text, &dated(None));
        reading.is_ok_and(|reading| reading.read_as.kind != kind)
    };
    let texts: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .filter(|text| !is_other(text))
        .collect();
    let mut numbers = Numbers::new(seed);
    let mut read = 0;
    for case in 0..cases_of_a_kind() {
        let text = mutated(&texts[case % texts.len()], &PIECES, &mut numbers);
        let kind = ImportKind::ALL.get(numbers.below(4)).copied();
        let options = match numbers.below(2) {
            0 => dated(kind),
            _ => ReadOptions {
                kind,
                ..ReadOptions::default()
            },
        };
        read += usize::from(check_table(&text, &options));
    }
    eprintln!(
        "{read} of {} mutated tables of {} files can be read ({})",
        cases_of_a_kind(),
        texts.len(),
        kind.label()
    );
    assert!(
        read * 50 > cases_of_a_kind(),
        "nearly nothing that can be read was tried"
    );
}

#[test]
fn mutated_positions_are_read_or_refused() {
    check_tables(ImportKind::Positions, 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn mutated_price_paths_are_read_or_refused() {
    check_tables(ImportKind::PricePath, 0x9e37_79b9_7f4a_7c16);
}

#[test]
fn mutated_option_chains_are_read_or_refused() {
    check_tables(ImportKind::OptionChain, 0x9e37_79b9_7f4a_7c17);
}

#[test]
fn mutated_presets_are_read_or_refused() {
    let texts: Vec<&str> = preset::shipped().iter().map(|shipped| shipped.text).collect();
    let mut numbers = Numbers::new(0x2545_f491_4f6c_dd1d);
    let mut read = 0;
    for case in 0..cases_of_a_kind() {
        let text = mutated(texts[case % texts.len()], &RON_PIECES, &mut numbers);
        let scenario = match preset::parse("mutated.ron", &text) {
            Ok(scenario) => scenario,
            Err(error) => {
                assert!(!error.report(10).is_empty(), "{text}");
                continue;
            }
        };
        scenario.validate().unwrap_or_else(|error| panic!("{error}: {text}"));
        let again = preset::parse("written.ron", &preset::write(&scenario));
        assert!(again.is_ok_and(|again| again == scenario), "another scenario: {text}");
        read += 1;
        if read % RUN_EVERY == 0 {
            let mut simulation = Simulation::new(&scenario).unwrap_or_else(|error| panic!("{error}: {text}"));
            (0..3).for_each(|_| simulation.step());
        }
    }
    eprintln!("{read} of {} mutated presets can be read", cases_of_a_kind());
    assert!(
        read * 50 > cases_of_a_kind(),
        "nearly nothing that can be read was tried"
    );
}

#[test]
fn mutated_settings_are_sound_or_refused() {
    const PIECES: [&str; 14] = [
        "(", ")", "{", "}", ",", ":", "\"", "\n", "-", "1e39", "NaN", "inf", "0", "light",
    ];
    let mut settings = Settings::default();
    settings.remember(Path::new("/presets/高槓桿.ron"));
    settings
        .layout
        .set_heights(&[(cascade_lab::app::PlotId("Aggregate delta"), 0.25)]);
    settings.layout.set_order(&[cascade_lab::app::PlotId("Open interest")]);
    let text = ron::ser::to_string_pretty(&settings, ron::ser::PrettyConfig::default()).unwrap();
    let mut numbers = Numbers::new(0x1234_5678_9abc_def1);
    let mut read = 0;
    for _ in 0..cases_of_a_kind() {
        let Ok(found) = ron::from_str::<Settings>(&mutated(&text, &PIECES, &mut numbers)) else {
            continue;
        };
        let sound = found.sound();
        let (least, most) = ZOOM_RANGE;
        assert!((least..=most).contains(&sound.zoom), "{}", sound.zoom);
        assert!(sound.layout.heights.values().all(|share| (0.0..=1.0).contains(share)));
        assert!(sound.recent.len() <= 10);
        read += 1;
    }
    assert!(read * 50 > cases_of_a_kind(), "{read} could be read");
}
