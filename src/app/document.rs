//! Where a scenario came from and what it was then.

use std::path::{Path, PathBuf};

use cascade_scenario::{ParameterId, Scenario, parameter};

/// The preset behind the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its file; none for a preset that came with the program.
    pub path: Option<PathBuf>,
    /// The scenario as it was opened or last saved.
    pub saved: Scenario,
}

impl Document {
    /// A scenario as just opened or saved.
    pub fn new(path: Option<&Path>, scenario: &Scenario) -> Self {
        Self {
            path: path.map(Path::to_owned),
            saved: scenario.clone(),
        }
    }

    /// The stored number of a parameter in the preset.
    pub fn value(&self, id: ParameterId) -> f64 {
        parameter(id).get(&self.saved.parameters)
    }
}
