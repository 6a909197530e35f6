//! What a run is made of: parameters (described in one table), a seed and timed events. Everything that decides a run is
//! in a [`Scenario`]; nothing here simulates, reads files or draws.

mod background;
mod chain;
mod event;
pub mod format;
mod options;
mod parameters;
mod setting;
mod table;
mod words;

pub use background::{PARAGRAPHS_MAX, Paragraph, Topic};
pub use chain::{Date, Expiry, OptionChain, Quote};
pub use event::{Action, Event, Outage, Shock};
pub use options::{OptionKind, OptionSeries};
pub use parameters::*;
pub use setting::Setting;
pub use table::{Effect, GroupRow, Kind, Parameter, ParameterId, Scale, Unit, find, groups, parameter, table};

/// A complete description of a run: the same scenario gives the same run, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name, as the presets list shows it.
    pub name: String,
    /// One or two sentences: what there is to see.
    pub description: String,
    /// What there is to read about it: facts, what is stylised, what is disputed, what to try.
    pub background: Vec<Paragraph>,
    /// Seed of every random stream.
    pub seed: u64,
    /// The parameters.
    pub parameters: Parameters,
    /// Timed events, by step.
    pub events: Vec<Event>,
    /// The options listed at the first step; none: those that the parameters describe.
    pub options: Vec<OptionSeries>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: "untitled".to_owned(),
            description: String::new(),
            background: Vec::new(),
            seed: 1,
            parameters: Parameters::default(),
            events: Vec::new(),
            options: Vec::new(),
        }
    }
}

impl Scenario {
    /// Sets one parameter by path.
    ///
    /// # Errors
    /// No such parameter, or not an allowed value; the scenario stays as it was.
    pub fn set(&mut self, path: &str, value: f64) -> Result<(), ParameterError> {
        find(path)?.set(&mut self.parameters, value)
    }

    /// Checks everything that the types do not: ranges of all parameters, of the events, and of the texts.
    ///
    /// # Errors
    /// The first thing that is not allowed.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let mut scratch = self.parameters;
        for row in table() {
            row.set(&mut scratch, row.get(&self.parameters))?;
        }
        self.events.iter().try_for_each(Event::validate)?;
        (1..)
            .zip(&self.background)
            .try_for_each(|(number, paragraph)| paragraph.validate(number))?;
        (1..)
            .zip(&self.options)
            .try_for_each(|(number, series)| series.validate(number))
    }
}

/// A parameter or value that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// No parameter of this path.
    #[error("there is no parameter `{path}`; did you mean `{nearest}`?")]
    Unknown {
        /// The path asked for.
        path: String,
        /// The most similar path.
        nearest: String,
    },
    /// A value outside what is allowed.
    #[error("`{path}` is {value}; allowed is {allowed}")]
    Value {
        /// The parameter's path, or the event's field.
        path: String,
        /// The offending value.
        value: String,
        /// What would be fine.
        allowed: String,
    },
}
