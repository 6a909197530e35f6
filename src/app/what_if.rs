//! What the contagion page knows: the matrix as of the present moment, and a shock that was tried out on a copy of the model.

use cascade_analysis::contagion::{ShockWhatIf, TrialJob, predicted};
use cascade_engine::{Contagion, Simulation};
use cascade_scenario::{ASSETS_MAX, Parameters};

/// The matrix and what it predicts at one moment.
#[derive(Clone, Copy, Debug)]
pub struct ContagionSnapshot {
    /// The contagion matrix.
    pub matrix: Contagion,
    /// Its spectral radius.
    pub radius: f64,
    /// Where the shock of the shock sliders ends by it, in log prices; none if it has no end.
    pub predicted: Option<[f64; ASSETS_MAX]>,
}

/// Nothing is known at first.
#[derive(Debug, Default)]
pub struct ContagionWhatIf {
    job: Option<TrialJob>,
    found: Option<ShockWhatIf>,
    contagion: Option<ContagionSnapshot>,
    measured_for: Option<(u64, u64, Parameters)>,
}

impl ContagionWhatIf {
    /// Brings the matrix up to date with the running model; costs a look at every cross-margin account when it has moved.
    pub(super) fn measure(&mut self, simulation: &Simulation) {
        let versions = simulation.assets().iter().map(cascade_engine::Asset::book_version);
        let moment = (simulation.steps(), versions.sum(), *simulation.parameters());
        if self.measured_for != Some(moment) {
            self.measured_for = Some(moment);
            let matrix = simulation.contagion();
            self.contagion = Some(ContagionSnapshot {
                matrix,
                radius: matrix.spectral_radius(),
                predicted: predicted(simulation, &matrix),
            });
        }
    }

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

    /// The matrix at the present moment, once the contagion page has been shown.
    pub const fn contagion(&self) -> Option<&ContagionSnapshot> {
        self.contagion.as_ref()
    }
}
