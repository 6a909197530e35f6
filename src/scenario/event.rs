//! Timed events of a scenario: shocks, outages, parameter changes, and remarks (notes, pauses, questions, bookmarks, guesses).

use serde::Deserialize;

use super::texts;
use super::{ErrorPlace, ParameterChange, ParameterError, ShockRoute, find};

/// Most events a scenario may have.
pub const EVENTS_MAX: usize = 100_000;

/// Most steps that a shock or an outage may last.
pub(crate) const OVER_STEPS_MAX: u32 = 10_000;

/// Something that happens at the start of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The step, counted from 0.
    pub step: u64,
    /// What happens.
    pub action: Action,
}

/// What an event does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An exogenous price move.
    Shock(Shock),
    /// A venue goes out and comes back.
    Outage(Outage),
    /// A parameter takes a new value.
    Set(ParameterChange),
    /// A text for the reader.
    Note(String),
    /// The run pauses here when it is watched; a headless run goes on.
    Pause,
    /// A question to whoever watches: the run pauses here until it is told to go on; a headless run goes on.
    Ask(String),
    /// A named place on the time line.
    Bookmark(String),
    /// Somebody's guess of the furthest price that the next move reaches.
    Marker {
        /// Whose.
        name: String,
        /// USD per coin.
        price: f64,
    },
}

/// An exogenous price move. What is left out is taken from the `shock` sliders at that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shock {
    /// Relative price change as a fraction, −0.02 for −2 %.
    pub size: Option<f64>,
    /// Number of steps it is spread over.
    pub over_steps: Option<u32>,
    /// The asset it hits, from 1.
    pub asset: Option<u32>,
    /// Where it enters the market.
    pub route: Option<ShockRoute>,
}

impl Action {
    /// Whether it only tells something and leaves the market alone.
    pub const fn is_remark(&self) -> bool {
        !matches!(self, Self::Shock(_) | Self::Outage(_) | Self::Set(_))
    }
}

/// A venue that is gone for a while. What is left out is taken from the `outage` sliders at that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outage {
    /// Number of the venue, from 1.
    pub venue: Option<u32>,
    /// Number of steps until it is back.
    pub over_steps: Option<u32>,
}

/// The number of steps that last as long when a second has `scale` times as many.
pub(crate) fn rescaled(steps: u32, scale: f64) -> u32 {
    ((f64::from(steps) * scale).round() as u32).clamp(1, OVER_STEPS_MAX)
}

impl Event {
    /// Puts the event where it is in market time when a second has `scale` times as many steps.
    pub(crate) fn rescale(&mut self, scale: f64) {
        self.step = (self.step as f64 * scale).round() as u64;
        let lasts = match &mut self.action {
            Action::Shock(shock) => &mut shock.over_steps,
            Action::Outage(outage) => &mut outage.over_steps,
            _ => return,
        };
        *lasts = lasts.map(|steps| rescaled(steps, scale));
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// The first value that is not allowed, named by its place (`events: step 120: …`).
    pub fn validate(&self) -> Result<(), ParameterError> {
        match &self.action {
            Action::Shock(shock) => self.check([
                ("shock.size", shock.size),
                ("shock.over_steps", shock.over_steps.map(f64::from)),
                ("shock.asset", shock.asset.map(f64::from)),
            ]),
            Action::Outage(outage) => self.check([
                ("outage.venue", outage.venue.map(f64::from)),
                ("outage.over_steps", outage.over_steps.map(f64::from)),
            ]),
            Action::Marker { price, .. } if !(price.is_finite() && *price > 0.0) => Err(ParameterError::Value {
                place: ErrorPlace::Event { step: self.step },
                field: "Marker(price)".to_owned(),
                value: price.to_string(),
                allowed: "a price above 0".to_owned(),
            }),
            remark => texts::check_remark(self.step, remark),
        }
    }
    /// Checks what is given of some fields against the sliders that stand for what is left out.
    fn check<const N: usize>(&self, fields: [(&str, Option<f64>); N]) -> Result<(), ParameterError> {
        for (path, given) in fields {
            if let Some(value) = given {
                find(path)?.check(value).map_err(|error| error.of_event(self.step))?;
            }
        }
        Ok(())
    }
}
