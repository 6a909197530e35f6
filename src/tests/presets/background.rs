//! What presets bring to read beside their description.

use cascade_lab::files::preset::{self, Shelf};
use cascade_lab::scenario::{PARAGRAPHS_MAX, Paragraph, Scenario, Topic};

use super::refused;

/// A preset may bring paragraphs to read; they are checked as everything else, and written only where there are any.
#[test]
fn paragraphs_to_read_are_read_written_and_checked() {
    let text = "(format: 1, background: [\n  (topic: Record, text: \"It fell.\\nBy half.\"),\n  (topic: Try, text: \"Anything „else“.\"),\n])";
    let scenario = preset::parse("a.ron", text).unwrap();
    let topics: Vec<_> = scenario.background.iter().map(|paragraph| paragraph.topic).collect();
    assert_eq!(topics, [Topic::Record, Topic::Try]);
    assert_eq!(scenario.background[0].text, "It fell.\nBy half.");
    assert_eq!(preset::parse("b.ron", &preset::write(&scenario)).unwrap(), scenario);
    assert!(!preset::write(&Scenario::default()).contains("background"));
    refused(
        &text.replace("It fell.\\nBy half.", "  "),
        &[
            "a.ron, line 2, column 19: `background: paragraph 1: text` is a text of 2 characters; allowed is 1 to 4000 characters \
           that are not all blank",
        ],
    );
    let message = preset::parse("a.ron", &text.replace("Try", "Rumour"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("a.ron, line 3, column 11: ") && message.contains("Rumour"),
        "{message}"
    );
    let message = preset::parse("a.ron", "(format: 1, background: \"none\")")
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("a.ron, line 1, column 25: "), "{message}");
    let one = Paragraph {
        topic: Topic::Disputed,
        text: "Why?".to_owned(),
    };
    let mut many = Scenario {
        background: vec![one; PARAGRAPHS_MAX],
        ..Scenario::default()
    };
    many.validate().unwrap();
    many.background.push(many.background[0].clone());
    let message = many.validate().unwrap_err().to_string();
    assert!(
        message.contains("`background` is paragraph 41; allowed is at most 40 paragraphs"),
        "{message}"
    );
}

/// Whoever opens a historical preset can read what is on record, what was fitted, what is disputed, and what to try.
#[test]
fn historical_presets_tell_facts_and_dispute() {
    for shipped in preset::shipped() {
        let scenario = preset::find(shipped.name).unwrap();
        let told = |topic| scenario.background.iter().any(|paragraph| paragraph.topic == topic);
        let historical = shipped.shelf == Shelf::Historical;
        for &topic in Topic::ALL {
            assert!(!historical || told(topic), "{}: say what is {topic:?}", shipped.name);
        }
        assert_eq!(
            historical,
            scenario.name.contains("20") || scenario.name.contains("1987"),
            "{}",
            shipped.name
        );
    }
}
