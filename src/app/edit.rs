//! Editing the scenario: its parameters one by one, in groups or all of them, and runs that begin anew with it.

use cascade_scenario::{ParameterId, Scenario, groups, table};

use super::{App, SliderMode};

/// Changes the scenario, and takes changes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EditCommand {
    /// Gives a parameter a stored number.
    SetParameter {
        /// Which one.
        id: ParameterId,
        /// Its stored number.
        value: f64,
    },
    /// Gives a parameter the value it has in the preset as it was opened or saved.
    ResetParameter(ParameterId),
    /// Gives the parameters of a group (its place in the table) the values they have in the preset.
    ResetGroup(usize),
    /// Gives all parameters the values they have in the preset as it was opened or saved.
    ResetParameters,
    /// Chooses what the move of a slider changes.
    SetSliderMode(SliderMode),
    /// The run from before the last change is not to be shown beside the present one.
    HideRunBefore,
    /// A drag has ended: the next move of the same slider is another entry of the history.
    Settle,
    /// Takes the last change back.
    Undo,
    /// Makes the change again that was taken back last.
    Redo,
    /// Takes changes back or makes them again until so many are made.
    UndoTo(usize),
    /// Starts again from step 0 with the same seed, the parameters as they are now and the shocks, outages and remarks that
    /// were made; goes on running if it ran.
    Reset,
    /// Starts again with the events of the preset as it was opened or saved only.
    ResetEvents,
    /// Starts again with this seed.
    SetSeed(u64),
    /// Starts again with a seed that was not used before.
    NewSeed,
}

impl App {
    pub(super) fn edit(&mut self, command: EditCommand) {
        match command {
            EditCommand::SetParameter { id, value } => self.change_one(id, value),
            EditCommand::ResetParameter(id) => {
                self.change(&[(id, self.present.document.value(id))], None);
            }
            EditCommand::ResetGroup(group) => self.reset(Some(group)),
            EditCommand::ResetParameters => self.reset(None),
            EditCommand::SetSliderMode(mode) => self.sliders = mode,
            EditCommand::HideRunBefore => self.undo.hide_run_before(),
            EditCommand::Settle => self.undo.settle(),
            EditCommand::Undo => self.undo(),
            EditCommand::Redo => self.redo(),
            EditCommand::UndoTo(count) => {
                while self.undo.done().len() > count {
                    self.undo();
                }
                while self.undo.done().len() < count && !self.undo.undone().is_empty() {
                    self.redo();
                }
            }
            EditCommand::Reset => self.start_again("Start again".to_owned(), self.present.with_own_events()),
            EditCommand::ResetEvents => {
                let scenario = Scenario {
                    events: self.present.document.saved.events.clone(),
                    ..self.present.scenario.clone()
                };
                self.start_again("Start again without own shocks and remarks".to_owned(), scenario);
            }
            EditCommand::SetSeed(seed) => self.reseed(seed),
            EditCommand::NewSeed => self.reseed(another_seed(self.present.scenario.seed)),
        }
    }

    /// All parameters of a group, or all there are, as in the preset.
    fn reset(&mut self, group: Option<usize>) {
        let rows = table()
            .iter()
            .filter(|row| group.is_none_or(|group| row.group == group));
        let values: Vec<_> = rows.map(|row| (row.id, self.present.document.value(row.id))).collect();
        let what = group.map_or_else(|| "All parameters".to_owned(), |group| groups()[group].label.clone());
        self.change(&values, Some(format!("{what} as in the preset")));
    }

    fn reseed(&mut self, seed: u64) {
        let scenario = Scenario {
            seed,
            ..self.present.with_own_events()
        };
        self.start_again(format!("Seed {} → {seed}", self.present.scenario.seed), scenario);
    }

    /// Begins a run of the same document anew.
    fn start_again(&mut self, what: String, scenario: Scenario) {
        self.begin_anew(what, scenario, self.present.document.clone());
    }
}

/// A seed of at most six digits that follows from the last one (SplitMix64, Steele et al. 2014).
fn another_seed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % 1_000_000
}
