//! Which slider would change an outcome most: every active parameter moved by a tenth of its slider, both ways, on paired
//! seeds.

use cascade_scenario::{Kind, Parameter, Parameters, groups, table};

use super::axis::moved;
use super::batch::{Change, Results};
use super::metric::Metric;
use super::statistics::Statistics;

/// Share of a slider's length that a parameter is moved by.
const STANDARD_CHANGE: f64 = 0.1;
/// Name of the switch of a group.
const SWITCH: &str = "enabled";

/// What a change does to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterEffect {
    /// The change.
    pub change: Change,
    /// Mean difference to the unchanged scenario, over seeds.
    pub difference: f64,
    /// Standard error of that mean.
    pub standard_error: f64,
    /// Number of pairs.
    pub pairs: usize,
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

/// The standard changes of all active parameters: a tenth of the slider's length in its own scale down and up, as far as
/// its range goes; every other alternative of a switch or a choice.
pub fn changes(parameters: &Parameters) -> Vec<Change> {
    let mut changes = Vec::new();
    for row in table().iter().filter(|row| is_active(row, parameters)) {
        let value = row.get(parameters);
        let others: Vec<f64> = match row.kind {
            Kind::Toggle | Kind::Choice(_) => (0..=row.range.1 as usize).map(|index| index as f64).collect(),
            Kind::Real | Kind::Whole => [-STANDARD_CHANGE, STANDARD_CHANGE]
                .map(|share| moved(row, value, share))
                .to_vec(),
        };
        changes.extend(
            others
                .into_iter()
                .filter(|other| *other != value)
                .map(|other| (row.id, other)),
        );
    }
    changes
}

/// The variants of a batch: the scenario as it is, then each change alone.
pub fn variants(changes: &[Change]) -> Vec<Vec<Change>> {
    std::iter::once(Vec::new())
        .chain(changes.iter().map(|change| vec![*change]))
        .collect()
}

/// What each change does to a figure, largest first; changes without a pair of runs are left out. `results` are those of
/// [`variants`].
pub fn effects(changes: &[Change], results: &Results, metric: Metric) -> Vec<ParameterEffect> {
    let effect = |(index, change): (usize, &Change)| {
        let differences = (0..results.seeds())
            .filter_map(|seed| Some(results.figure(index + 1, seed, metric)? - results.figure(0, seed, metric)?));
        let over_seeds = Statistics::of(differences)?;
        Some(ParameterEffect {
            change: *change,
            difference: over_seeds.mean,
            standard_error: over_seeds.standard_error,
            pairs: over_seeds.count,
        })
    };
    let mut effects: Vec<ParameterEffect> = changes.iter().enumerate().filter_map(effect).collect();
    effects.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, Cancel};
    use cascade_scenario::{Action, Event, Scenario, Shock, find, parameter};

    #[test]
    fn what_is_switched_off_is_not_moved_and_its_switch_is() {
        let parameters = Parameters::default();
        let changes = changes(&parameters);
        let of = |path: &str| {
            let id = find(path).unwrap().id;
            changes
                .iter()
                .filter(|(moved, _)| *moved == id)
                .map(|(_, value)| *value)
                .collect::<Vec<_>>()
        };
        assert!(of("throttle.cap").is_empty() && of("venue_8.depth_weight").is_empty());
        assert_eq!(of("throttle.enabled"), [1.0]);
        assert_eq!(of("routes.route"), [1.0, 2.0, 3.0]);
        assert_eq!(of("venues.count"), [3.0, 5.0]);
        // A tenth of two decades.
        let leverage = of("leverage.mean");
        assert!(
            (leverage[0] / 12.0 - 10_f64.powf(-0.2)).abs() < 1e-8
                && (leverage[1] / 12.0 - 10_f64.powf(0.2)).abs() < 1e-8
        );
        // At the end of the range there is one way only.
        assert_eq!(of("positions.coin_margin_share"), [0.1]);
        for (id, value) in changes {
            assert!(parameter(id).check(value).is_ok());
        }
    }

    #[test]
    fn effects_are_paired_differences_ranked_by_size() {
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
        let batch = Batch::new(scenario, variants(&changes), 6, 120).unwrap();
        let mut results = Results::new(&batch);
        for variant in 0..batch.variants() {
            for seed in 0..batch.seeds() {
                results.put(variant, seed, batch.run(variant, seed, &Cancel::new()).unwrap());
            }
        }
        let drawdown = Metric::find("max_drawdown").unwrap();
        let effects = effects(&changes, &results, drawdown);
        let sizes: Vec<f64> = effects.iter().map(|effect| effect.difference.abs()).collect();
        assert!(sizes[0] >= sizes[1] && sizes[1] > sizes[2], "{effects:?}");
        let of = |id| *effects.iter().find(|effect| effect.change.0 == id).unwrap();
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
