//! Variants of a scenario, each run with the same seeds, so that every difference between two of them is paired.

use std::sync::Arc;

use cascade_engine::Simulation;
use cascade_scenario::{ParameterError, ParameterId, Scenario};

use super::metric::{self, Metric};
use super::statistics::Statistics;

/// A parameter and the stored number it is given.
pub type Change = (ParameterId, f64);

/// What is to be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    scenario: Scenario,
    variants: Vec<Vec<Change>>,
    seeds: usize,
    steps: u64,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// All figures, in the order of [`metric::read`]; none of a run that could not begin.
    pub figures: Vec<f64>,
    /// Why it halted, if it did.
    pub halted: Option<String>,
}

impl Batch {
    /// Variants of a scenario, each for so many seeds, from the scenario's own on, and so many steps.
    ///
    /// # Errors
    /// The scenario or a variant of it holds something that is not allowed.
    pub fn new(
        scenario: Scenario,
        variants: Vec<Vec<Change>>,
        seeds: usize,
        steps: u64,
    ) -> Result<Self, ParameterError> {
        let batch = Self {
            scenario,
            variants,
            seeds,
            steps,
        };
        batch.scenario.validate()?;
        for variant in 0..batch.variants.len() {
            batch.scenario_of(variant, 0)?.validate_variant_of(&batch.scenario)?;
        }
        Ok(batch)
    }

    /// Number of variants.
    pub const fn variants(&self) -> usize {
        self.variants.len()
    }

    /// Number of seeds.
    pub const fn seeds(&self) -> usize {
        self.seeds
    }

    /// Number of runs.
    pub const fn runs(&self) -> usize {
        self.variants.len() * self.seeds
    }

    /// The number that the random streams of a run begin with.
    pub const fn seed(&self, index: usize) -> u64 {
        self.scenario.seed.wrapping_add(index as u64)
    }

    /// The scenario of a variant and a seed. Its timed changes of a varied parameter are left out: the variant holds.
    fn scenario_of(&self, variant: usize, seed: usize) -> Result<Scenario, ParameterError> {
        let mut scenario = Scenario {
            seed: self.seed(seed),
            ..self.scenario.clone()
        };
        for (id, value) in &self.variants[variant] {
            scenario.hold(*id, *value)?;
        }
        Ok(scenario)
    }

    /// Makes one run. Before each step `goes_on` is asked; none if it says no.
    pub fn run(&self, variant: usize, seed: usize, goes_on: impl Fn() -> bool) -> Option<Outcome> {
        let simulation = self.scenario_of(variant, seed).and_then(|s| Simulation::new(&s));
        let mut simulation = match simulation {
            Ok(simulation) => simulation,
            Err(error) => {
                return Some(Outcome {
                    figures: Vec::new(),
                    halted: Some(error.to_string()),
                });
            }
        };
        for _ in 0..self.steps {
            if !goes_on() {
                return None;
            }
            if simulation.halted().is_some() {
                break;
            }
            simulation.step();
        }
        Some(Outcome {
            figures: metric::read(&simulation),
            halted: simulation.halted().map(|halt| halt.rule.to_owned()),
        })
    }
}

/// The outcomes of a batch as far as they are known. A copy shares them.
#[derive(Clone, Debug, Default)]
pub struct Results {
    seeds: usize,
    done: usize,
    runs: Vec<Option<Arc<Outcome>>>,
}

impl Results {
    /// Room for the outcomes of a batch.
    pub fn new(batch: &Batch) -> Self {
        Self {
            seeds: batch.seeds,
            done: 0,
            runs: vec![None; batch.runs()],
        }
    }

    /// Keeps an outcome.
    pub fn put(&mut self, variant: usize, seed: usize, outcome: Outcome) {
        let place = &mut self.runs[variant * self.seeds + seed];
        self.done += usize::from(place.is_none());
        *place = Some(Arc::new(outcome));
    }

    /// Whether the outcome of a run is known.
    pub fn has(&self, variant: usize, seed: usize) -> bool {
        matches!(self.runs.get(variant * self.seeds + seed), Some(Some(_)))
    }

    /// Runs that are known, of so many.
    pub const fn progress(&self) -> (usize, usize) {
        (self.done, self.runs.len())
    }

    /// Seeds with which every variant has been run.
    pub fn whole_rounds(&self) -> usize {
        let variants = self.runs.len() / self.seeds.max(1);
        (0..self.seeds)
            .take_while(|seed| (0..variants).all(|variant| self.has(variant, *seed)))
            .count()
    }

    /// Number of seeds a variant is to have.
    pub const fn seeds(&self) -> usize {
        self.seeds
    }

    /// Number of runs that halted.
    pub fn halted(&self) -> usize {
        self.runs
            .iter()
            .flatten()
            .filter(|outcome| outcome.halted.is_some())
            .count()
    }

    /// A figure of a run; none for a run that is not done, has halted, or has no such figure.
    pub fn figure(&self, variant: usize, seed: usize, metric: Metric) -> Option<f64> {
        let outcome = self.runs.get(variant * self.seeds + seed)?.as_ref()?;
        let figure = outcome.figures.get(metric.index())?;
        (outcome.halted.is_none() && figure.is_finite()).then_some(*figure)
    }

    /// A figure of all runs of a variant, by seed.
    pub fn figures(&self, variant: usize, metric: Metric) -> impl Iterator<Item = f64> + '_ {
        (0..self.seeds).filter_map(move |seed| self.figure(variant, seed, metric))
    }

    /// How a figure is distributed over the seeds of a variant; none as long as no run is done.
    pub fn statistics(&self, variant: usize, metric: Metric) -> Option<Statistics> {
        Statistics::of(self.figures(variant, metric))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::{Action, Event, ParameterChange, find};

    #[test]
    fn a_variant_differs_in_its_changes_only_and_seeds_are_paired() {
        let mut scenario = Scenario {
            seed: 40,
            ..Scenario::default()
        };
        let set = |path: &str| Event {
            step: 3,
            action: Action::Set(ParameterChange::new(find(path).unwrap().id, 0.01).unwrap()),
        };
        scenario.events = vec![set("margin.maintenance"), set("shock.size")];
        let maintenance = find("margin.maintenance").unwrap().id;
        let batch = Batch::new(scenario.clone(), vec![vec![], vec![(maintenance, 0.02)]], 3, 10).unwrap();
        assert_eq!((batch.runs(), batch.seed(2)), (6, 42));
        let changed = batch.scenario_of(1, 2).unwrap();
        assert_eq!((changed.seed, changed.parameters.margin.maintenance), (42, 0.02));
        assert_eq!(
            changed.events,
            scenario.events[1..],
            "a timed change would undo the variant"
        );
        let by_hand = Scenario {
            seed: 42,
            ..scenario.clone()
        };
        let mut simulation = Simulation::new(&by_hand).unwrap();
        (0..10).for_each(|_| simulation.step());
        let outcome = batch.run(0, 2, || true).unwrap();
        let bits = |figures: &[f64]| figures.iter().map(|figure| figure.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&outcome.figures), bits(&metric::read(&simulation)));
        assert_eq!(batch.run(0, 2, || false), None);
        assert!(Batch::new(scenario, vec![vec![(maintenance, 0.5)]], 1, 1).is_err());
    }

    /// What a long list holds is checked once; a variant that takes a venue away is checked for it all the same.
    #[test]
    fn a_variant_of_a_list_needs_the_venues_of_its_positions() {
        let mut scenario = Scenario::default();
        let listed = cascade_scenario::ListedPosition {
            side: cascade_scenario::PositionSide::Long,
            entry: 100_000.0,
            size: 1.0,
            leverage: 10.0,
            venue: 3,
            asset: 1,
            kind: cascade_scenario::PositionKind::Linear,
        };
        scenario.adopt_positions(vec![listed; 3]).unwrap();
        let venues = find("venues.count").unwrap().id;
        let depth = find("liquidity.depth").unwrap().id;
        assert!(Batch::new(scenario.clone(), vec![vec![(venues, 3.0)], vec![(depth, 1e10)]], 1, 1).is_ok());
        let error = Batch::new(scenario.clone(), vec![vec![(venues, 2.0)]], 1, 1)
            .unwrap_err()
            .to_string();
        assert!(error.contains("position 1: venue"), "{error}");
        scenario.positions = vec![cascade_scenario::ListedPosition { size: -1.0, ..listed }].into();
        assert!(
            Batch::new(scenario, vec![vec![]], 1, 1).is_err(),
            "the base is looked at too"
        );
    }
}
