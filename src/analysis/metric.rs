//! The figures a study can be about: every number of a run's summary, by the name it has there.

use std::sync::LazyLock;

use serde_json::Value;

use crate::engine::{Simulation, Summary};
use crate::scenario::Scenario;

/// The figure that studies begin with.
const USUAL: &str = "amplification_factor";
/// Parts of a summary that are no figures of the market.
const NO_FIGURES: [&str; 2] = ["digest", "halted"];

/// A figure of a run's summary: its place among [`Metric::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric(usize);

/// No figure of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no figure `{name}`; there are {}", names().join(", "))]
pub struct UnknownMetric {
    /// The name asked for.
    pub name: String,
}

/// The names as keys of the summary; a figure inside a part of it has the part's name and a dot in front.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let summary = Simulation::new(&Scenario::default()).map(|simulation| simulation.summary());
    let mut names = Vec::new();
    if let Some(value) = summary.ok().and_then(|summary| serde_json::to_value(summary).ok()) {
        collect("", &value, &mut names);
    }
    names.sort_unstable();
    names
});

/// Numbers, and what is not yet known: at step 0 every part of a summary that may be absent is.
fn collect(prefix: &str, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(parts) => {
            for (key, part) in parts {
                if !NO_FIGURES.contains(&key.as_str()) {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    collect(&format!("{prefix}{dot}{key}"), part, names);
                }
            }
        }
        Value::Number(_) | Value::Null => names.push(prefix.to_owned()),
        Value::Array(_) | Value::Bool(_) | Value::String(_) => {}
    }
}

/// All names, in alphabetical order.
pub fn names() -> &'static [String] {
    &NAMES
}

/// All figures of a run, in the order of [`names`]; not a number where there is none.
pub fn read(summary: &Summary) -> Vec<f64> {
    let value = serde_json::to_value(summary).unwrap_or_default();
    let figure = |name: &String| {
        let part = name.split('.').try_fold(&value, |part, key| part.get(key));
        part.and_then(Value::as_f64).unwrap_or(f64::NAN)
    };
    NAMES.iter().map(figure).collect()
}

impl Metric {
    /// The figure of a name.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn find(name: &str) -> Result<Self, UnknownMetric> {
        NAMES
            .iter()
            .position(|known| known == name)
            .map(Self)
            .ok_or_else(|| UnknownMetric { name: name.to_owned() })
    }

    /// All of them, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len()).map(Self)
    }

    /// Its place in what [`read`] returns.
    pub const fn index(self) -> usize {
        self.0
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.get(self.0).map_or("", String::as_str)
    }
}

impl Default for Metric {
    fn default() -> Self {
        Self::find(USUAL).unwrap_or(Self(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_summary_is_a_figure() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        for _ in 0..50 {
            simulation.step();
        }
        let summary = simulation.summary();
        let figures = read(&summary);
        assert_eq!(figures.len(), names().len());
        let at = |name: &str| figures[Metric::find(name).unwrap().index()];
        assert_eq!(at("max_drawdown"), summary.max_drawdown);
        assert_eq!(at("amplification_factor"), summary.amplification_factor);
        assert_eq!(at("steps"), 50.0);
        assert_eq!(
            at("liquidated_by_route_usd.order_book"),
            summary.liquidated_by_route_usd.order_book
        );
        assert_eq!(at("lowest_price").to_bits(), summary.lowest_price.to_bits());
        assert!(at("synchronisation").is_nan(), "nobody has liquidated");
        assert_eq!(Metric::default().name(), "amplification_factor");
        let error = Metric::find("digest").unwrap_err().to_string();
        assert!(error.contains("`digest`") && error.contains("bad_debt_usd"), "{error}");
    }
}
