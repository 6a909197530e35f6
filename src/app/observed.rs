//! What the price really did, beside a run that begins at a moment of a record.

use cascade_analysis::observed::AmongSeeds;
use cascade_scenario::{AssetId, Observed};

use super::App;

impl App {
    /// What really came, where the run's scenario has it, the asset that is shown is the one it is of, and nothing is to be guessed.
    pub fn observed(&self) -> Option<&Observed> {
        let observed = &self.present.scenario.observed;
        let shown = self.asset_id() == AssetId::FIRST && !self.conceals_what_comes();
        (shown && !observed.is_empty()).then_some(observed)
    }

    /// How what really came lies among the seeds of the fan, as far as the run has come.
    pub fn observed_among_seeds(&self) -> Option<AmongSeeds> {
        let history = self.shown_history();
        AmongSeeds::of(
            self.observed()?,
            self.fan()?,
            history.step_seconds(),
            history.newest_step(),
        )
    }
}
