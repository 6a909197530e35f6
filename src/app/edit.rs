//! Editing the scenario: its parameters one by one, in groups or all of them, and runs that begin anew with it.

use cascade_scenario::{ParameterId, Scenario, groups, parameter, table};

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
    /// Gives the parameters the values of the preset but for those of one of the things that it suggests to try (its place there).
    Try(usize),
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
            EditCommand::Try(place) => self.try_hint(place),
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

    /// All parameters as in the preset but for those of something that it suggests to try.
    fn try_hint(&mut self, place: usize) {
        let Some(trial) = self.present.document.saved.hints.tries.get(place) else {
            return;
        };
        match trial.values() {
            Ok(set) => {
                let tried = |id: ParameterId| set.iter().find(|(other, _)| *other == id).map(|(_, value)| *value);
                let value = |id| tried(id).unwrap_or_else(|| self.present.document.value(id));
                let values: Vec<_> = table().iter().map(|row| (row.id, value(row.id))).collect();
                let what = set.first().filter(|_| set.len() == 1).map(|(id, value)| {
                    let row = parameter(*id);
                    format!("{}: {}", row.label, row.show(*value))
                });
                self.change(&values, what);
                self.playing |= self.present.simulation.steps() == 0;
            }
            Err(error) => self.messages.error(error),
        }
    }

    /// The place of what the preset suggests to try next: after what is in force, from the first one on. Nothing where other positions
    /// are listed than the preset's own: it speaks of those.
    pub fn next_hint(&self) -> Option<usize> {
        let saved = &self.present.document.saved;
        if saved.positions != self.present.scenario.positions {
            return None;
        }
        let tries = &saved.hints.tries;
        let in_force = |trial: &cascade_scenario::Trial| {
            let set = trial.values().unwrap_or_default();
            !set.is_empty() && set.iter().all(|(id, value)| self.value(*id) == *value)
        };
        let next = tries
            .iter()
            .rposition(in_force)
            .map_or(0, |place| (place + 1) % tries.len());
        (!tries.is_empty()).then_some(next)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PlaybackCommand, Settings};
    use cascade_files::preset;

    /// One thing after the other, each from the preset as it was, and back with one undo.
    #[test]
    fn what_a_preset_suggests_is_tried_one_thing_after_the_other() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        let before = app.present.scenario.parameters;
        let tries = app.present.scenario.hints.tries.clone();
        assert!(tries.len() >= 2);
        for (place, trial) in tries.iter().enumerate() {
            assert_eq!(app.next_hint(), Some(place));
            app.update(EditCommand::Try(place));
            app.finish();
            let mut expected = preset::find("first-cascade").unwrap();
            for (id, value) in trial.values().unwrap() {
                expected.hold(id, value).unwrap();
            }
            assert_eq!(app.present.scenario.parameters, expected.parameters);
        }
        assert_eq!(app.next_hint(), Some(0), "and again");
        app.update(EditCommand::UndoTo(0));
        app.finish();
        assert_eq!(app.present.scenario.parameters, before);
    }
}
