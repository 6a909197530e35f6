//! What a scenario tells its reader beside its description: what is on record of an episode, what the model leaves out, what
//! was fitted, what is disputed, and what to try.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::texts;
use super::{ErrorPlace, ListName, ParameterError};

/// Most paragraphs a scenario may have.
pub const PARAGRAPHS_MAX: usize = 40;

/// Most characters of one of them.
pub(crate) const PARAGRAPH_CHARACTERS_MAX: usize = 4_000;

/// What a paragraph is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
pub enum Topic {
    /// What is on record.
    Record,
    /// What the model leaves out or simplifies.
    Stylised,
    /// Settings that were chosen so that the run lands near the record, and how near it lands.
    Fitted,
    /// What sources or authors disagree about.
    Disputed,
    /// What to change, and what one then sees.
    Try,
}

impl Topic {
    /// All of them, in the order in which they are read.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The heading over its paragraphs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Record => "On record",
            Self::Stylised => "Stylised",
            Self::Fitted => "Fitted",
            Self::Disputed => "Disputed",
            Self::Try => "What to try",
        }
    }
}

/// A paragraph about one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paragraph {
    /// What it is about.
    pub topic: Topic,
    /// The text.
    pub text: String,
}

impl Paragraph {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// There is no text, or too much of it; named by its place (`background: paragraph 3: text`, counted from 1).
    pub fn validate(&self, number: usize) -> Result<(), ParameterError> {
        let characters = self.text.chars().count();
        let place = ErrorPlace::Entry {
            list: ListName::Background,
            number,
        };
        texts::check_paragraph(place, &self.text)?;
        if number <= PARAGRAPHS_MAX && !self.text.trim().is_empty() && characters <= PARAGRAPH_CHARACTERS_MAX {
            return Ok(());
        }
        let (place, field, value, allowed) = if number > PARAGRAPHS_MAX {
            let allowed = format!("at most {PARAGRAPHS_MAX} paragraphs");
            (
                ErrorPlace::Scenario,
                "background",
                format!("paragraph {number}"),
                allowed,
            )
        } else {
            (
                place,
                "text",
                format!("a text of {characters} characters"),
                format!("1 to {PARAGRAPH_CHARACTERS_MAX} characters that are not all blank"),
            )
        };
        Err(ParameterError::Value {
            place,
            field: field.to_owned(),
            value,
            allowed,
        })
    }
}
