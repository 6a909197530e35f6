//! What a scenario suggests to whoever opens it: the few parameters that matter most in it, and what to try, one thing after the
//! other.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::texts::{self, Lines};
use super::{ErrorPlace, Parameter, ParameterError, ParameterId, Setting, find};

/// Most parameters that a scenario names, and most things to try.
const MOST: usize = 8;

/// The few parameters that matter most in a scenario, and what to try.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hints {
    /// Paths of the parameters.
    pub levers: Vec<String>,
    /// What to try, one thing after the other.
    pub tries: Vec<Trial>,
    /// Where the price went on record, of an episode.
    pub record: Option<RecordMark>,
}

/// What is on record of an episode, as a mark in the picture.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordMark {
    /// The price that was reached, USD per coin.
    pub price: f64,
    /// What else is on record, in a few words.
    pub text: String,
}

/// Something to try.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// What is done, and what one then sees.
    pub text: String,
    /// The parameters that are given other values; all others are as in the scenario.
    pub set: BTreeMap<String, Setting>,
}

impl Hints {
    /// Whether nothing is suggested.
    pub const fn is_empty(&self) -> bool {
        self.levers.is_empty() && self.tries.is_empty() && self.record.is_none()
    }

    /// The parameters that matter most; those that do not exist are left out.
    pub fn lever_rows(&self) -> impl Iterator<Item = &'static Parameter> + '_ {
        self.levers.iter().filter_map(|path| find(path).ok())
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// A list that is too long, a text that is not allowed, or a parameter or value that does not exist.
    pub(super) fn validate(&self) -> Result<(), ParameterError> {
        let place = ErrorPlace::Scenario;
        for (field, count) in [("hints.levers", self.levers.len()), ("hints.tries", self.tries.len())] {
            if count > MOST {
                return Err(ParameterError::Value {
                    place,
                    field: field.to_owned(),
                    value: format!("a list of {count}"),
                    allowed: format!("at most {MOST} entries"),
                });
            }
        }
        if let Some(RecordMark { price, text }) = &self.record {
            texts::check(place, "record.text", text, Lines::One)?;
            if !(price.is_finite() && *price > 0.0) {
                return Err(ParameterError::Value {
                    place,
                    field: "record.price".to_owned(),
                    value: price.to_string(),
                    allowed: "a price above 0".to_owned(),
                });
            }
        }
        self.levers.iter().try_for_each(|path| find(path).map(|_| ()))?;
        self.tries.iter().try_for_each(|trial| {
            texts::check(place, "text", &trial.text, Lines::Several)?;
            trial.values().map(|_| ())
        })
    }
}

impl Trial {
    /// The stored numbers that it gives parameters.
    ///
    /// # Errors
    /// A parameter does not exist, or its value is not allowed.
    pub fn values(&self) -> Result<Vec<(ParameterId, f64)>, ParameterError> {
        let read = |(path, setting): (&String, &Setting)| {
            let row = find(path)?;
            let value = row.read(setting)?;
            row.check(value)?;
            Ok((row.id, value))
        };
        self.set.iter().map(read).collect()
    }
}
