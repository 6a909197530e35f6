//! The recording of a run: one of every asset, none of them special, and how they hit one another.

use cascade_engine::{Asset, Simulation};
use cascade_scenario::AssetId;

use super::{ContagionHistory, History, MEMORY_BOUND_BYTES, Version};

/// Everything recorded of one run. Whoever asks for a figure says of which asset.
#[derive(Clone, Debug)]
pub struct Recording {
    /// One of every asset, in their order; the memory for resting levels is shared out among them.
    assets: Vec<History>,
    /// How they hit one another, where there are several.
    contagion: Option<Box<ContagionHistory>>,
}

impl Recording {
    /// Begins with the state of a simulation as it stands.
    pub fn new(simulation: &Simulation) -> Self {
        let assets = simulation.assets();
        let memory = MEMORY_BOUND_BYTES / assets.len();
        Self {
            contagion: (assets.len() > 1).then(|| Box::new(ContagionHistory::new(simulation))),
            assets: assets.iter().map(|asset| History::new(asset, memory)).collect(),
        }
    }

    /// The recording of an asset that the run has.
    pub fn of_asset(&self, asset: AssetId) -> &History {
        &self.assets[asset.index()]
    }

    /// The recording of an asset, if the run has it.
    pub fn get(&self, asset: AssetId) -> Option<&History> {
        self.assets.get(asset.index())
    }

    /// How the assets hit one another; none where there is one.
    pub fn contagion(&self) -> Option<&ContagionHistory> {
        self.contagion.as_deref()
    }

    /// Records the state after a step.
    pub fn record(&mut self, simulation: &Simulation) {
        self.for_each(simulation, History::record);
        if let Some(contagion) = &mut self.contagion {
            contagion.record(simulation);
        }
    }

    /// Forgets what was recorded after the step at which `simulation` stands.
    pub fn cut_back(&mut self, simulation: &Simulation) {
        self.for_each(simulation, History::cut_back);
        if let Some(contagion) = &mut self.contagion {
            contagion.cut_back(simulation);
        }
    }

    /// Takes in the resting levels of a moment that is recorded already.
    pub fn look(&mut self, simulation: &Simulation) {
        self.for_each(simulation, History::look);
    }

    /// Does something with the recording of every asset.
    fn for_each(&mut self, simulation: &Simulation, one: fn(&mut History, &Asset)) {
        for (history, asset) in self.assets.iter_mut().zip(simulation.assets()) {
            one(history, asset);
        }
    }

    /// The recording of a run by its number, and of which making of it.
    #[must_use]
    pub fn of_run(mut self, run: u64, making: u64) -> Self {
        let version = Version {
            run,
            making,
            ..Version::default()
        };
        self.assets.iter_mut().for_each(|history| history.version = version);
        self
    }

    /// Any of the recordings, for what all have in common.
    fn common(&self) -> &History {
        &self.assets[0]
    }

    /// Which recording it is.
    pub fn version(&self) -> Version {
        self.common().version()
    }

    /// The last step recorded, counted from where the recording began.
    pub fn newest_step(&self) -> usize {
        self.common().newest_step()
    }

    /// Market time between two samples.
    pub fn step_seconds(&self) -> f64 {
        self.common().step_seconds()
    }
}
