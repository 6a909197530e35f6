//! Presets: every mistake a file can have and what its message says, exact round trips, and saving that never leaves
//! half a file.

use cascade_lab::files::preset::{self, PresetError};
use cascade_lab::scenario::{Scenario, ShockRoute};

/// Set to 1, tests write the files they compare with.
const REGENERATE: &str = "CASCADE_LAB_REGENERATE";

#[test]
fn shipped_presets_are_valid_and_written_as_saving_would_write_them() {
    for shipped in preset::shipped() {
        let scenario = preset::parse(shipped.name, shipped.text).unwrap_or_else(|error| panic!("{error}"));
        scenario.validate().unwrap();
        assert!(
            scenario.description.len() > 80,
            "{}: say what there is to see",
            shipped.name
        );
        let written = preset::write(&scenario);
        if std::env::var_os(REGENERATE).is_some() {
            std::fs::write(
                format!("{}/presets/{}.ron", env!("CARGO_MANIFEST_DIR"), shipped.name),
                &written,
            )
            .unwrap();
        } else {
            assert_eq!(
                written, shipped.text,
                "{}: run the tests once with {REGENERATE}=1",
                shipped.name
            );
        }
        assert_eq!(preset::parse(shipped.name, &written).unwrap(), scenario);
    }
}

/// Asserts that a text is refused with exactly these messages.
#[track_caller]
fn refused(text: &str, messages: &[&str]) {
    let error = preset::parse("a.ron", text).expect_err("this text has a mistake");
    assert_eq!(error.to_string().lines().collect::<Vec<_>>(), messages);
}
