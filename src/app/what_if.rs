//! A shock that is tried out on a copy of the model, to see where it ends in every asset.

use cascade_analysis::contagion::{ShockWhatIf, TrialJob};
use cascade_engine::Simulation;

use super::App;

/// Concerns the shock that is tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatIfCommand {
    /// Tries the shock of the shock sliders on a copy of the model as it stands, to see where it ends in every asset.
    TryShock,
    /// Gives up the trial that is under way.
    Cancel,
}

/// Nothing is known at first.
#[derive(Debug, Default)]
pub struct ContagionWhatIf {
    job: Option<TrialJob>,
    found: Option<ShockWhatIf>,
}

impl ContagionWhatIf {
    /// Tries the shock of the shock sliders on a copy of the model as it stands; a trial under way is given up.
    pub(super) fn start(&mut self, simulation: &Simulation) {
        self.job = Some(TrialJob::start(simulation.clone()));
    }

    /// Gives up the trial that is under way.
    pub(super) fn cancel(&mut self) {
        self.job = None;
    }

    /// Takes in what has been found since the last call.
    pub(super) fn collect(&mut self) {
        if let Some(found) = self.job.as_mut().and_then(TrialJob::collect) {
            self.found = Some(found);
            self.job = None;
        }
    }

    /// Whether a trial is under way.
    pub const fn running(&self) -> bool {
        self.job.is_some()
    }

    /// The last trial.
    pub const fn found(&self) -> Option<&ShockWhatIf> {
        self.found.as_ref()
    }
}

impl App {
    pub(super) fn try_out(&mut self, command: WhatIfCommand) {
        match command {
            WhatIfCommand::TryShock => self.what_if.start(&self.present.simulation),
            WhatIfCommand::Cancel => self.what_if.cancel(),
        }
    }
}
