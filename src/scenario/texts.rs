//! Texts of a scenario: how long they may be and of which characters, so that a name fits a title bar and a line of output is
//! one line.

use super::{Action, ErrorPlace, ParameterError, Scenario};

/// Most characters of a name: of a scenario, a bookmark, or whoever guesses.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// Most characters of any other text.
pub const TEXT_CHARACTERS_MAX: usize = 10_000;

/// Characters that do not show, or change how others show: control characters and those that turn the direction of writing.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is one of several lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    One,
    Several,
}

/// Checks a text.
pub(super) fn check(place: ErrorPlace, field: &str, text: &str, lines: Lines) -> Result<(), ParameterError> {
    let most = match lines {
        Lines::One => NAME_CHARACTERS_MAX,
        Lines::Several => TEXT_CHARACTERS_MAX,
    };
    let refuse = |value: String, allowed: String| {
        Err(ParameterError::Value {
            place,
            field: field.to_owned(),
            value,
            allowed,
        })
    };
    let breaks = |letter: char| lines == Lines::Several && matches!(letter, '\n' | '\r' | '\t');
    if let Some(letter) = text.chars().find(|letter| is_hidden(*letter) && !breaks(*letter)) {
        let allowed = match lines {
            Lines::One => "characters that show, on one line",
            Lines::Several => "characters that show, and line breaks",
        };
        return refuse(
            format!("a text with the character {}", letter.escape_unicode()),
            allowed.to_owned(),
        );
    }
    // A text has at most as many characters as bytes, and the bytes are known.
    if text.len() > most && text.chars().count() > most {
        return refuse(
            format!("a text of {} characters", text.chars().count()),
            format!("at most {most} characters"),
        );
    }
    Ok(())
}

impl Scenario {
    /// Checks name and description.
    ///
    /// # Errors
    /// The first that is too long or has a character that does not show.
    pub fn validate_texts(&self) -> Result<(), ParameterError> {
        let place = ErrorPlace::Scenario;
        check(place, "name", &self.name, Lines::One)?;
        check(place, "description", &self.description, Lines::Several)
    }
}

/// Checks a paragraph.
pub(super) fn check_paragraph(place: ErrorPlace, text: &str) -> Result<(), ParameterError> {
    check(place, "text", text, Lines::Several)
}

/// Checks what a remark of an event says.
pub(super) fn check_remark(step: u64, action: &Action) -> Result<(), ParameterError> {
    let place = ErrorPlace::Event { step };
    match action {
        Action::Note(text) => check(place, "Note", text, Lines::Several),
        Action::Ask(text) => check(place, "Ask", text, Lines::Several),
        Action::Bookmark(name) => check(place, "Bookmark", name, Lines::One),
        Action::Marker { name, .. } => check(place, "Marker(name)", name, Lines::One),
        Action::Shock(_) | Action::Outage(_) | Action::Set(_) | Action::Pause => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn hidden_characters_and_long_texts_are_refused_and_others_are_not() {
        let named = |name: &str| Scenario {
            name: name.to_owned(),
            ..Scenario::default()
        };
        let said = |scenario: Scenario| scenario.validate().map_err(|error| error.to_string());
        assert_eq!(said(named("高槓桿市場 – “7/8”")), Ok(()));
        for (name, words) in [
            ("a\0b", "`name` is a text with the character \\u{0}"),
            ("fine\nforged", "\\u{a}; allowed is characters that show, on one line"),
            ("\u{1b}[31mred", "\\u{1b}"),
            ("abc\u{202e}fed", "\\u{202e}"),
            (&"x".repeat(201), "a text of 201 characters; allowed is at most 200"),
        ] {
            let error = said(named(name)).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        assert_eq!(said(named(&"槓".repeat(200))), Ok(()));
        let described = |description: &str| Scenario {
            description: description.to_owned(),
            ..Scenario::default()
        };
        assert_eq!(said(described("several\nlines\tof text")), Ok(()));
        assert!(said(described("bell\u{7}")).is_err());
        let with = |action: Action| Scenario {
            events: vec![Event { step: 7, action }],
            ..Scenario::default()
        };
        assert_eq!(said(with(Action::Note("two\nlines".to_owned()))), Ok(()));
        for (action, words) in [
            (Action::Note("\u{1b}]0;t".to_owned()), "`events: step 7: Note` is"),
            (Action::Ask("x".repeat(10_001)), "`events: step 7: Ask` is"),
            (Action::Bookmark("a\nb".to_owned()), "`events: step 7: Bookmark` is"),
            (
                Action::Marker {
                    name: "a\u{85}".to_owned(),
                    price: 1.0,
                },
                "`events: step 7: Marker(name)` is",
            ),
        ] {
            let error = said(with(action)).unwrap_err();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
