//! The stress table of the lending pool as the window knows it: the last one, and the one being computed.

use cascade_scenario::AssetId;

use cascade_analysis::stress::{StressJob, StressTable, shock};
use cascade_engine::Simulation;

use super::{App, Messages, SliderMode};

/// Concerns the stress table of the lending pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StressCommand {
    /// Computes the stress table of the lending pool from the model as it stands.
    Compute,
    /// Gives up what is not yet computed of it.
    Cancel,
    /// Gives the running model the depth and the shock of a cell of the stress table.
    Apply {
        /// Which shock.
        row: usize,
        /// Which depth.
        column: usize,
    },
}

/// Nothing has been computed at first.
#[derive(Debug, Default)]
pub struct Stress {
    job: Option<StressJob>,
    table: Option<StressTable>,
}

impl Stress {
    /// Begins a new table for an asset, from the model as it stands; one that is being computed is given up.
    fn start(&mut self, simulation: &Simulation, asset: AssetId, messages: &mut Messages) {
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
    fn cancel(&mut self) {
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

impl App {
    pub(super) fn stress(&mut self, command: StressCommand) {
        match command {
            StressCommand::Compute => {
                let asset = self.asset_id();
                self.stress.start(&self.present.simulation, asset, &mut self.messages);
            }
            StressCommand::Cancel => self.stress.cancel(),
            StressCommand::Apply { row, column } => self.apply_stress(row, column),
        }
    }

    fn apply_stress(&mut self, row: usize, column: usize) {
        let Some(table) = self.stress.table() else { return };
        let shock = shock(table.asset, table.shocks[row]);
        let values: Vec<_> = table.depth_settings(column).collect();
        // The table is of what is still to come.
        self.change_in(
            SliderMode::FromHere,
            &values,
            Some("A cell of the stress table".to_owned()),
        );
        self.shock(shock);
    }
}
