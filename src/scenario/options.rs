//! Listed options: the data of an option chain that a scenario may bring along instead of a book described by sliders.

use serde::{Deserialize, Serialize};

use super::{ErrorPlace, ListName, ParameterError};

/// Most series a scenario may list.
pub const OPTIONS_MAX: usize = 30_000;

/// The right an option gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OptionKind {
    /// To buy at the strike.
    Call,
    /// To sell at the strike.
    Put,
}

/// Open interest at one strike and expiry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionSeries {
    /// Call or put.
    pub kind: OptionKind,
    /// Strike price, USD per coin.
    pub strike: f64,
    /// Days from the first step to expiry.
    pub days: f64,
    /// Open interest in coins (contracts times the multiplier).
    pub open_interest: f64,
    /// Implied volatility per √year.
    pub volatility: f64,
}

impl OptionSeries {
    /// The fields with the smallest and largest allowed value.
    const RANGES: [(&'static str, f64, f64); 4] = [
        ("strike", 1e-9, 1e9),
        ("days", 0.0, 36_500.0),
        ("open_interest", 0.0, 1e12),
        ("volatility", 0.0, 20.0),
    ];

    /// Checks what the types do not.
    ///
    /// # Errors
    /// The first value that is not allowed, named by its place (`options: series 3: strike`, counted from 1).
    pub fn validate(&self, number: usize) -> Result<(), ParameterError> {
        let values = [self.strike, self.days, self.open_interest, self.volatility];
        for ((name, low, high), value) in Self::RANGES.into_iter().zip(values) {
            if !(low..=high).contains(&value) {
                return Err(ParameterError::Value {
                    place: ErrorPlace::Entry {
                        list: ListName::Options,
                        number,
                    },
                    field: name.to_owned(),
                    value: value.to_string(),
                    allowed: format!("a number from {low} to {high}"),
                });
            }
        }
        Ok(())
    }
}

/// Checks a list.
pub(super) fn check(options: &[OptionSeries]) -> Result<(), ParameterError> {
    if options.len() > OPTIONS_MAX {
        return Err(ParameterError::Value {
            place: ErrorPlace::Scenario,
            field: "options".to_owned(),
            value: format!("a list of {}", options.len()),
            allowed: format!("at most {OPTIONS_MAX} series"),
        });
    }
    (1..)
        .zip(options)
        .try_for_each(|(number, series)| series.validate(number))
}
