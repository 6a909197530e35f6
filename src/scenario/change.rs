//! A change of a parameter while a run goes on.

use super::{ChangeEffect, ErrorPlace, Parameter, ParameterError, ParameterId, Parameters, Setting, find, parameter};

/// A parameter that may change during a run, and a number that it may have: checked once, when it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterChange {
    parameter: ParameterId,
    value: f64,
}

impl ParameterChange {
    /// Gives a parameter a stored number.
    ///
    /// # Errors
    /// The parameter needs a new run ([`ChangeEffect::Restart`]), or the number is not allowed.
    pub fn new(id: ParameterId, value: f64) -> Result<Self, ParameterError> {
        let row = changeable(parameter(id))?;
        row.check(value)?;
        Ok(Self { parameter: id, value })
    }

    /// Reads a parameter's path and its value as people write them.
    ///
    /// # Errors
    /// No such parameter, one that needs a new run, or not an allowed value.
    pub fn read(path: &str, value: &Setting) -> Result<Self, ParameterError> {
        let row = changeable(find(path)?)?;
        Self::new(row.id, row.read(value)?)
    }

    /// Which parameter.
    pub const fn parameter(self) -> ParameterId {
        self.parameter
    }

    /// Its new stored number.
    pub const fn value(self) -> f64 {
        self.value
    }

    /// Changes it.
    pub fn apply(self, parameters: &mut Parameters) {
        parameter(self.parameter).store(parameters, self.value);
    }
}

fn changeable(row: &Parameter) -> Result<&Parameter, ParameterError> {
    if row.effect == ChangeEffect::Restart {
        return Err(ParameterError::Value {
            place: ErrorPlace::Scenario,
            field: "Set(parameter)".to_owned(),
            value: format!("\"{}\"", row.path),
            allowed: "a parameter that may change during a run".to_owned(),
        });
    }
    Ok(row)
}
