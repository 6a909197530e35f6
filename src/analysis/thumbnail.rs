//! The price of a run as a small picture: where it went, and where it would have gone without forced flow.

use cascade_engine::{Observation, Simulation};
use cascade_scenario::{AssetId, RUN_STEPS, Scenario};

/// Most moments of a picture.
const MOMENTS_MAX: usize = 160;
/// Fewest steps that a picture shows, if the run has as many.
const STEPS_LEAST: usize = 240;

/// The price of the first asset from the start of a run until as long after its furthest price as that took, at most [`RUN_STEPS`]
/// steps. Logarithms relative to the start; moments are evenly spaced.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thumbnail {
    /// The spot price.
    pub spot: Vec<f32>,
    /// What it would be had only noise and shocks moved it.
    pub unforced: Vec<f32>,
}

impl Thumbnail {
    /// Makes the run of a scenario. None if `goes_on` ended it, or if the run cannot begin.
    pub fn of(scenario: &Scenario, goes_on: impl Fn() -> bool) -> Option<Self> {
        let mut simulation = Simulation::new(scenario).ok()?;
        let seen = |simulation: &Simulation| -> (f64, f64) {
            let Observation { spot, exogenous, .. } = *simulation.assets()[AssetId::FIRST].observation();
            (spot, exogenous)
        };
        let start = seen(&simulation);
        let relative =
            |(spot, exogenous): (f64, f64)| ((spot / start.0).ln() as f32, (exogenous / start.1).ln() as f32);
        let mut prices = vec![relative(start)];
        while simulation.steps() < RUN_STEPS && simulation.halted().is_none() {
            if !goes_on() {
                return None;
            }
            simulation.step();
            prices.push(relative(seen(&simulation)));
        }
        let size = |at: &usize| prices[*at].0.abs();
        let furthest = (0..prices.len()).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        prices.truncate((2 * furthest).max(STEPS_LEAST) + 1);
        let every = prices.len().div_ceil(MOMENTS_MAX);
        let (spot, unforced) = prices.chunks(every).map(furthest_of).unzip();
        Some(Self { spot, unforced })
    }
}

/// The prices of several steps that stand for all of them: those where the spot is furthest from its start, so that no picture loses a
/// wick.
fn furthest_of(prices: &[(f32, f32)]) -> (f32, f32) {
    let furthest = prices.iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    furthest.copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash() -> Scenario {
        let mut scenario = Scenario::default();
        scenario.set("market.volatility", 0.1).unwrap();
        scenario
    }

    /// The picture reaches the lowest price of the run itself, and says how far news alone would have gone.
    #[test]
    fn it_shows_the_furthest_price_of_the_run() {
        let scenario = crash();
        let picture = Thumbnail::of(&scenario, || true).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        let spot = |simulation: &Simulation| simulation.assets()[AssetId::FIRST].observation().spot;
        let start = spot(&simulation);
        let mut furthest = 0.0_f64;
        for _ in 0..RUN_STEPS {
            simulation.step();
            furthest = furthest.max((spot(&simulation) / start).ln().abs());
        }
        let drawn = picture.spot.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        assert!((f64::from(drawn) - furthest).abs() < 1e-6, "{drawn} {furthest}");
        assert_eq!(picture.spot.len(), picture.unforced.len());
        assert!(picture.spot.len() <= MOMENTS_MAX);
        assert_eq!(Thumbnail::of(&scenario, || true), Some(picture), "the same every time");
    }

    #[test]
    fn it_can_be_given_up() {
        assert_eq!(Thumbnail::of(&crash(), || false), None);
    }
}
