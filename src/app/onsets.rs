//! The leverages from which a book would feed itself, by theory and for the shock of the shock sliders, looked for beside the
//! window: either takes a book a leverage.

use std::fmt;

use cascade_analysis::Newest;
use cascade_analysis::forecast::runaway_leverage;
use cascade_engine::{Simulation, critical_leverage};
use cascade_scenario::{AssetId, Parameters, Scenario};

/// What is known of the leverage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Onset {
    /// Nothing yet.
    #[default]
    Sought,
    /// There is none.
    Never,
    /// It begins at this one.
    From(f64),
}

impl From<Option<f64>> for Onset {
    fn from(leverage: Option<f64>) -> Self {
        leverage.map_or(Self::Never, Self::From)
    }
}

/// Leverages at which something begins; those of before while new ones are sought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Onsets {
    /// Somewhere in the book liquidations lie dense enough to feed themselves: see [`critical_leverage`].
    pub critical: Onset,
    /// The shock of the shock sliders runs away: see [`runaway_leverage`].
    pub runaway: Onset,
}

/// What is looked for.
type Asked = (Scenario, AssetId);

/// What has been found: the first comes sooner.
type Found = (Onset, Option<Onset>);

/// Looks for them again when the parameters have changed.
pub struct LeverageOnsets {
    worker: Newest<Asked, Found>,
    asked_for: Option<(Parameters, u64, AssetId)>,
    found: Onsets,
}

impl Default for LeverageOnsets {
    fn default() -> Self {
        Self {
            worker: Newest::new(|(scenario, asset): Asked, turn| {
                let critical = critical_leverage(&scenario.parameters.of_asset(asset)).into();
                turn.answer((critical, None));
                turn.answer((critical, Some(runaway_leverage(&scenario, asset).into())));
            }),
            asked_for: None,
            found: Onsets::default(),
        }
    }
}

impl fmt::Debug for LeverageOnsets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeverageOnsets")
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}

impl LeverageOnsets {
    /// Takes in what has been found, and asks anew where something has changed.
    pub(super) fn refresh(&mut self, simulation: &Simulation, asset: AssetId) {
        let now = (*simulation.parameters(), simulation.scenario().seed, asset);
        if self.asked_for != Some(now) {
            self.asked_for = Some(now);
            self.worker.ask((
                Scenario {
                    parameters: now.0,
                    ..simulation.scenario().clone()
                },
                asset,
            ));
        }
        if let Some((critical, runaway)) = self.worker.poll() {
            self.found.critical = critical;
            self.found.runaway = runaway.unwrap_or(self.found.runaway);
        }
    }

    /// What is known of them.
    pub const fn found(&self) -> Onsets {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use std::thread::yield_now;

    use super::*;
    use cascade_scenario::find;

    /// Looks until something holds of what is found.
    fn wait(leverages: &mut LeverageOnsets, simulation: &Simulation, holds: impl Fn(Onsets) -> bool) -> Onsets {
        for _ in 0..100_000_000_u64 {
            leverages.refresh(simulation, AssetId::FIRST);
            if holds(leverages.found()) {
                return leverages.found();
            }
            yield_now();
        }
        panic!("it is never found")
    }

    #[test]
    fn both_leverages_are_found_beside_the_window_and_again_when_a_slider_has_moved() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        let mut leverages = LeverageOnsets::default();
        assert_eq!(leverages.found(), Onsets::default());
        let known = |found: Onsets| found.critical != Onset::Sought && found.runaway != Onset::Sought;
        let thin = wait(&mut leverages, &simulation, known);
        assert_eq!(thin.critical, critical_leverage(simulation.parameters()).into());
        let depth = find("liquidity.depth").unwrap();
        simulation
            .set(depth.id, 2.0 * depth.get(simulation.parameters()))
            .unwrap();
        let moved = |found: Onsets| found.critical != thin.critical && found.runaway != thin.runaway;
        let deep = wait(&mut leverages, &simulation, moved);
        let more = |deep, thin| match (deep, thin) {
            (Onset::From(deep), Onset::From(thin)) => deep > thin,
            (Onset::Never, Onset::From(_)) => true,
            _ => false,
        };
        assert!(
            more(deep.critical, thin.critical) && more(deep.runaway, thin.runaway),
            "{thin:?} {deep:?}"
        );
    }
}
