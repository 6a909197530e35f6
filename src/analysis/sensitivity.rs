//! Which slider would change an outcome most: every active parameter moved by a tenth of its value, both ways, on paired seeds.
//! Equal relative steps can be compared with each other. What has no tenth (switches, choices, small counts, values at zero) takes
//! other values and is told apart.

use cascade_scenario::{Kind, Parameter, ParameterId, Parameters, groups, table};

use super::axis::{moved, rounded};
use super::batch::{Change, Results};
use super::metric::Metric;
use super::statistics::Statistics;

/// Share of its value that a parameter is moved by.
pub const RELATIVE_STEP: f64 = 0.1;
/// Share of its slider's length that a value at zero is moved by.
const SLIDER_STEP: f64 = 0.1;
/// Name of the switch of a group.
const SWITCH: &str = "enabled";

/// How a change relates to the value before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Smaller by [`RELATIVE_STEP`].
    Less,
    /// Larger by [`RELATIVE_STEP`].
    More,
    /// Another value, which has no such relation.
    Other,
}

/// A change that is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The change.
    pub change: Change,
    /// How it relates to the value before.
    pub step: Step,
}

/// What a change does to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeEffect {
    /// The change.
    pub trial: Trial,
    /// Mean difference to the unchanged scenario, over seeds.
    pub difference: f64,
    /// Standard error of that mean; 0 for a single pair.
    pub standard_error: f64,
    /// Number of pairs.
    pub pairs: usize,
}

/// What the changes of a parameter do to a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterEffect {
    /// Which one.
    pub parameter: ParameterId,
    /// Of each change, in the order of the trials; those without a pair of runs are left out.
    pub changes: Vec<ChangeEffect>,
}

impl ParameterEffect {
    /// Whether its changes are relative steps, which can be compared with those of other parameters.
    pub fn is_comparable(&self) -> bool {
        self.changes.iter().all(|one| one.trial.step != Step::Other)
    }

    /// The change of a kind.
    pub fn of(&self, step: Step) -> Option<&ChangeEffect> {
        self.changes.iter().find(|one| one.trial.step == step)
    }

    /// The largest difference either way.
    pub fn size(&self) -> f64 {
        let sizes = self.changes.iter().map(|one| one.difference.abs());
        sizes.fold(0.0, f64::max)
    }
}

/// Whether a parameter says anything about a scenario: its group applies to it and is not switched off, or it is the switch
/// itself.
pub fn is_active(row: &Parameter, parameters: &Parameters) -> bool {
    let group = &groups()[row.group];
    let off = |other: &Parameter| {
        other.group == row.group
            && other.name == SWITCH
            && other.kind == Kind::Toggle
            && other.id != row.id
            && other.get(parameters) == 0.0
    };
    (group.applies)(parameters, group.index) && !table().iter().any(off)
}

/// The standard changes of all active parameters: a tenth of the value less and more, as far as its range goes; every other
/// alternative of a switch or a choice; the next whole number of a small count, and a tenth of the slider from zero.
pub fn trials(parameters: &Parameters) -> Vec<Trial> {
    let active = table().iter().filter(|row| is_active(row, parameters));
    active.flat_map(|row| trials_of(row, row.get(parameters))).collect()
}

fn trials_of(row: &Parameter, value: f64) -> Vec<Trial> {
    let trial = |step, value| Trial {
        change: (row.id, value),
        step,
    };
    let others = |values: &[f64]| -> Vec<Trial> {
        let other = values.iter().filter(|other| **other != value);
        other.map(|other| trial(Step::Other, *other)).collect()
    };
    match row.kind {
        Kind::Toggle | Kind::Choice(_) => {
            let all: Vec<f64> = (0..=row.range.1 as usize).map(|index| index as f64).collect();
            others(&all)
        }
        Kind::Whole if value.abs() * RELATIVE_STEP < 1.0 => {
            others(&[-1.0, 1.0].map(|one| (value + one).clamp(row.range.0, row.range.1)))
        }
        Kind::Real if value == 0.0 => others(&[-SLIDER_STEP, SLIDER_STEP].map(|share| moved(row, value, share))),
        Kind::Real | Kind::Whole => [(Step::Less, 1.0 - RELATIVE_STEP), (Step::More, 1.0 + RELATIVE_STEP)]
            .into_iter()
            .map(|(step, factor)| (step, value * factor))
            .map(|(step, target)| match row.kind {
                Kind::Whole => (step, target.round()),
                _ => (step, rounded(target)),
            })
            .filter(|(_, target)| (row.range.0..=row.range.1).contains(target))
            .map(|(step, target)| trial(step, target))
            .collect(),
    }
}

/// The variants of a batch: the scenario as it is, then each change alone.
pub fn variants(trials: &[Trial]) -> Vec<Vec<Change>> {
    std::iter::once(Vec::new())
        .chain(trials.iter().map(|trial| vec![trial.change]))
        .collect()
}

/// What the changes of each parameter do to a figure, in the order of the trials; a parameter without a pair of runs is left out.
/// `results` are those of [`variants`].
pub fn effects(trials: &[Trial], results: &Results, metric: Metric) -> Vec<ParameterEffect> {
    let mut effects: Vec<ParameterEffect> = Vec::new();
    for (index, trial) in trials.iter().enumerate() {
        let differences = (0..results.seeds())
            .filter_map(|seed| Some(results.figure(index + 1, seed, metric)? - results.figure(0, seed, metric)?));
        let Some(over_seeds) = Statistics::of(differences) else {
            continue;
        };
        let effect = ChangeEffect {
            trial: *trial,
            difference: over_seeds.mean,
            standard_error: over_seeds.standard_error,
            pairs: over_seeds.count,
        };
        let parameter = trial.change.0;
        match effects.last_mut().filter(|last| last.parameter == parameter) {
            Some(last) => last.changes.push(effect),
            None => effects.push(ParameterEffect {
                parameter,
                changes: vec![effect],
            }),
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Batch;
    use cascade_scenario::{Action, Event, Scenario, Shock, find, parameter};

    #[test]
    fn what_is_switched_off_is_not_moved_and_its_switch_is() {
        let parameters = Parameters::default();
        let trials = trials(&parameters);
        let of = |path: &str| {
            let id = find(path).unwrap().id;
            let own = trials.iter().filter(|trial| trial.change.0 == id);
            own.map(|trial| (trial.step, trial.change.1)).collect::<Vec<_>>()
        };
        assert!(of("throttle.cap").is_empty() && of("venue_8.depth_weight").is_empty());
        assert_eq!(of("throttle.enabled"), [(Step::Other, 1.0)]);
        assert_eq!(of("routes.route"), [1.0, 2.0, 3.0].map(|value| (Step::Other, value)));
        // A tenth of four venues is none.
        assert_eq!(of("venues.count"), [3.0, 5.0].map(|value| (Step::Other, value)));
        assert_eq!(of("leverage.mean"), [(Step::Less, 10.8), (Step::More, 13.2)]);
        // From zero there is one way only, and no tenth of it.
        assert_eq!(of("positions.coin_margin_share"), [(Step::Other, 0.1)]);
        for trial in &trials {
            let row = parameter(trial.change.0);
            assert!(row.check(trial.change.1).is_ok(), "{}", row.path);
        }
        // At the end of its range a value has one relative step.
        let mut parameters = parameters;
        let row = find("leverage.mean").unwrap();
        row.set(&mut parameters, row.range.1).unwrap();
        let steps: Vec<Step> = trials_of(row, row.get(&parameters))
            .iter()
            .map(|trial| trial.step)
            .collect();
        assert_eq!(steps, [Step::Less]);
    }

    #[test]
    fn effects_are_paired_differences() {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 2_000.0).unwrap();
        scenario.events = vec![Event {
            step: 20,
            action: Action::Shock(Shock::default()),
        }];
        let row = |path: &str| find(path).unwrap().id;
        // The last acts on nothing in this run.
        let changes = [
            (row("liquidity.depth"), 24e9),
            (row("leverage.mean"), 19.0),
            (row("throttle.cap"), 1e9),
        ];
        let trials = changes.map(|change| Trial {
            change,
            step: Step::Other,
        });
        let batch = Batch::new(scenario, variants(&trials), 6, 120).unwrap();
        let mut results = Results::new(&batch);
        for variant in 0..batch.variants() {
            for seed in 0..batch.seeds() {
                results.put(variant, seed, batch.run(variant, seed, || true).unwrap());
            }
        }
        let drawdown = Metric::find("max_drawdown").unwrap();
        let effects = effects(&trials, &results, drawdown);
        let of = |id| effects.iter().find(|effect| effect.parameter == id).unwrap().changes[0];
        let (depth, leverage, idle) = (of(changes[0].0), of(changes[1].0), of(changes[2].0));
        assert!(depth.difference < -3.0 * depth.standard_error, "{depth:?}");
        assert!(leverage.difference > 3.0 * leverage.standard_error, "{leverage:?}");
        assert_eq!((idle.difference, idle.standard_error, idle.pairs), (0.0, 0.0, 6));
        let by_hand = (0..6)
            .map(|seed| results.figure(1, seed, drawdown).unwrap() - results.figure(0, seed, drawdown).unwrap())
            .sum::<f64>()
            / 6.0;
        assert_eq!(depth.difference, by_hand);
    }
}
