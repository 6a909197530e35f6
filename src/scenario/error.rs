//! What is wrong with a scenario, and where in it.

use std::fmt;

/// A parameter or value that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter of this path.
    #[error("there is no parameter `{path}`; {hint}")]
    Unknown {
        /// The path asked for.
        path: String,
        /// What similar paths there are, in words.
        hint: String,
    },
    /// A value outside what is allowed.
    #[error("`{place}{field}` is {value}; allowed is {allowed}")]
    Value {
        /// The part of the scenario it is in.
        place: ErrorPlace,
        /// The parameter's path, or the field of the event or entry.
        field: String,
        /// The offending value.
        value: String,
        /// What would be fine.
        allowed: String,
    },
}

/// The part of a scenario that an error is about. Written in front of the field: `events: step 120: `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorPlace {
    /// Its parameters, or a list as a whole.
    Scenario,
    /// An event.
    Event {
        /// Its step.
        step: u64,
    },
    /// An entry of a list.
    Entry {
        /// The list.
        list: ListName,
        /// Which of them, from 1.
        number: usize,
    },
}

/// A list of a scenario or of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListName {
    /// What there is to read about it.
    Background,
    /// Its option series.
    Options,
    /// Its listed positions.
    Positions,
    /// The points of its price path.
    Path,
    /// The bars of the prices that really came.
    Observed,
    /// The plan of a lesson.
    Plan,
    /// The stages of a lesson.
    Stages,
}

impl ListName {
    /// Its field in a preset, and what one of its entries is.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Background => ("background", "paragraph"),
            Self::Options => ("options", "series"),
            Self::Positions => ("positions", "position"),
            Self::Path => ("path", "point"),
            Self::Observed => ("observed", "bar"),
            Self::Plan => ("plan", "part"),
            Self::Stages => ("stages", "stage"),
        }
    }
}

impl fmt::Display for ErrorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario => Ok(()),
            Self::Event { step } => write!(f, "events: step {step}: "),
            Self::Entry { list, number } => {
                let (list, entry) = list.words();
                write!(f, "{list}: {entry} {number}: ")
            }
        }
    }
}

impl ParameterError {
    /// The same error as one of an event.
    #[must_use]
    pub fn of_event(self, step: u64) -> Self {
        match self {
            Self::Value {
                field, value, allowed, ..
            } => Self::Value {
                place: ErrorPlace::Event { step },
                field,
                value,
                allowed,
            },
            Self::Unknown { .. } => self,
        }
    }
}
