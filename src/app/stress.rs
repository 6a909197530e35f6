//! The stress table of the lending pool as the window knows it: the last one, and the one being computed.

use cascade_scenario::AssetId;

use cascade_analysis::stress::{StressJob, StressTable};
use cascade_engine::Simulation;

use super::Messages;

/// Nothing has been computed at first.
#[derive(Debug, Default)]
pub struct Stress {
    job: Option<StressJob>,
    table: Option<StressTable>,
}

impl Stress {
    /// Begins a new table for an asset, from the model as it stands; one that is being computed is given up.
    pub fn start(&mut self, simulation: &Simulation, asset: AssetId, messages: &mut Messages) {
        match StressJob::start(simulation.clone(), asset) {
            Ok(job) => {
                *self = Self {
                    job: Some(job),
                    table: None,
                }
            }
            Err(error) => messages.error(format!("the stress table cannot be computed: {error}")),
        }
    }

    /// Gives up what is not yet computed; what is there stays.
    pub fn cancel(&mut self) {
        self.job = None;
    }

    /// Takes in what has been found since the last call.
    pub fn collect(&mut self) {
        if let Some(job) = &self.job {
            job.collect(&mut self.table);
        }
        if self.table.as_ref().is_some_and(|table| {
            let (done, all) = table.progress();
            done == all
        }) {
            self.job = None;
        }
    }

    /// Whether cells are still being computed.
    pub const fn running(&self) -> bool {
        self.job.is_some()
    }

    /// The table as far as it is there.
    pub const fn table(&self) -> Option<&StressTable> {
        self.table.as_ref()
    }
}
