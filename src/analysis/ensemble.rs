//! Many runs of one scenario that differ in nothing but their random numbers, and what their prices are spread over at every
//! moment.

use std::num::NonZeroUsize;

use cascade_engine::Simulation;
use cascade_scenario::{AssetId, Scenario};

use super::parallel::in_order;
use super::statistics::{SHARES, quantile};

/// Most moments at which the prices are compared.
const MOMENTS_MAX: u64 = 2_000;
/// Fewest runs of which quantiles are told.
const FEWEST: usize = 5;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// The scenario; its own seed is the first one.
    pub scenario: Scenario,
    /// The asset whose price counts.
    pub asset: AssetId,
    /// Number of seeds, from the scenario's own on.
    pub seeds: usize,
    /// Steps of every run.
    pub steps: u64,
}

/// Quantiles of the price over the runs of an ensemble, by moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    /// Steps between two moments; the first one is the start.
    pub every: u64,
    /// Number of runs that they are of.
    pub runs: usize,
    /// Quantiles at the shares of [`SHARES`] of the runs that have come so far; not a number where none has.
    pub quantiles: Vec<[f64; SHARES.len()]>,
    /// The prices themselves by moment, each moment's in order.
    prices: Vec<Vec<f64>>,
}

impl Ensemble {
    /// Steps between two moments at which prices are compared.
    fn every(&self) -> u64 {
        self.steps.div_ceil(MOMENTS_MAX).max(1)
    }

    /// The prices of one run at every moment, as far as it comes. None if `goes_on` ended it; a run that cannot begin has none.
    fn prices(&self, seed: usize, goes_on: impl Fn() -> bool) -> Option<Vec<f64>> {
        let scenario = Scenario {
            seed: self.scenario.seed.wrapping_add(seed as u64),
            ..self.scenario.clone()
        };
        let Ok(mut simulation) = Simulation::new(&scenario) else {
            return Some(Vec::new());
        };
        let (every, spot) = (self.every(), |simulation: &Simulation| {
            simulation.assets()[self.asset].observation().spot
        });
        let mut prices = vec![spot(&simulation)];
        while simulation.steps() < self.steps && simulation.halted().is_none() {
            if !goes_on() {
                return None;
            }
            simulation.step();
            if simulation.steps().is_multiple_of(every) && simulation.halted().is_none() {
                prices.push(spot(&simulation));
            }
        }
        Some(prices)
    }

    /// Makes the runs on so many threads. After each run `due` says whether what is known so far is to be given; all of it is
    /// given at the end. The same runs give the same fan, whatever the number of threads.
    pub fn run(
        &self,
        threads: NonZeroUsize,
        goes_on: impl Fn() -> bool + Sync,
        due: impl Fn() -> bool,
        mut give: impl FnMut(Fan),
    ) {
        let mut paths = Vec::with_capacity(self.seeds);
        let job = |seed| self.prices(seed, &goes_on);
        // Ends when nobody wants any more of it.
        let _ = in_order(0..self.seeds, threads, job, |seed, prices| {
            paths.push(prices);
            if seed + 1 == self.seeds || paths.len() >= FEWEST && due() {
                give(self.fan(&paths));
            }
            if goes_on() { Ok(()) } else { Err(()) }
        });
    }

    fn fan(&self, paths: &[Vec<f64>]) -> Fan {
        let moments = paths.iter().map(Vec::len).max().unwrap_or_default();
        let prices = (0..moments).map(|moment| paths.iter().filter_map(|path| path.get(moment)).copied().collect());
        Fan {
            runs: paths.len(),
            ..Fan::of(prices.collect(), self.every())
        }
    }
}

impl Fan {
    /// Of the prices of runs at moments so many steps apart.
    pub fn of(mut prices: Vec<Vec<f64>>, every: u64) -> Self {
        for moment in &mut prices {
            moment.sort_unstable_by(f64::total_cmp);
        }
        let quantiles = |moment: &Vec<f64>| SHARES.map(|share| quantile(moment, share));
        Self {
            every,
            runs: prices.iter().map(Vec::len).max().unwrap_or_default(),
            quantiles: prices.iter().map(quantiles).collect(),
            prices,
        }
    }

    /// The step of its last moment.
    pub const fn last_step(&self) -> usize {
        self.every as usize * self.quantiles.len().saturating_sub(1)
    }

    /// Share of the runs that have come to a moment whose price is below one there; those at the same price count half. None where no
    /// run has come.
    pub fn share_below(&self, moment: usize, price: f64) -> Option<f64> {
        let prices = self.prices.get(moment).filter(|prices| !prices.is_empty())?;
        let below = prices.partition_point(|other| *other < price);
        let up_to = prices.partition_point(|other| *other <= price);
        Some((below + up_to) as f64 / (2 * prices.len()) as f64)
    }

    /// The quantiles at the last moment up to a step.
    pub fn at(&self, step: usize) -> Option<&[f64; SHARES.len()]> {
        self.quantiles.get(step / self.every as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::{Action, Event, Shock};

    fn ensemble(steps: u64, assets: f64) -> Ensemble {
        let mut scenario = Scenario {
            seed: 40,
            ..Scenario::default()
        };
        scenario.set("positions.count", 500.0).unwrap();
        scenario.set("assets.count", assets).unwrap();
        let action = Action::Shock(Shock::default());
        scenario.events.push(Event { step: 20, action });
        Ensemble {
            scenario,
            asset: AssetId::new(assets as usize - 1),
            seeds: 13,
            steps,
        }
    }

    fn fans(ensemble: &Ensemble, threads: usize) -> Vec<Fan> {
        let mut fans = Vec::new();
        let threads = NonZeroUsize::new(threads).unwrap();
        ensemble.run(threads, || true, || true, |fan| fans.push(fan));
        fans
    }

    fn bits(fan: &Fan) -> Vec<u64> {
        fan.quantiles.iter().flatten().map(|value| value.to_bits()).collect()
    }

    /// Of the last asset there is, at every moment, digit for digit.
    #[test]
    fn the_quantiles_are_those_of_separate_runs_with_the_same_seeds() {
        for (steps, assets, every) in [(60, 1.0, 1), (50, 2.0, 1), (4_100, 1.0, 3)] {
            let ensemble = ensemble(steps, assets);
            let fan = fans(&ensemble, 2).pop().unwrap();
            assert_eq!((fan.runs, fan.every), (13, every));
            assert_eq!(fan.quantiles.len() as u64, steps / every + 1);
            let mut apart: Vec<Vec<f64>> = Vec::new();
            for seed in 40..53 {
                let mut run = Simulation::new(&Scenario {
                    seed,
                    ..ensemble.scenario.clone()
                })
                .unwrap();
                let mut prices = vec![run.assets()[ensemble.asset].observation().spot];
                for _ in 0..steps {
                    run.step();
                    prices.push(run.assets()[ensemble.asset].observation().spot);
                }
                apart.push(prices);
            }
            for (moment, quantiles) in fan.quantiles.iter().enumerate() {
                let at = |path: &Vec<f64>| path[moment * every as usize];
                let mut prices: Vec<f64> = apart.iter().map(at).collect();
                prices.sort_by(f64::total_cmp);
                // Of thirteen values those shares are order statistics or lie between two of them.
                let expected = [0.6, 3.0, 6.0, 9.0, 11.4].map(|place: f64| {
                    let (below, above) = (prices[place.floor() as usize], prices[place.ceil() as usize]);
                    below + (above - below) * place.fract()
                });
                for (value, expected) in quantiles.iter().zip(expected) {
                    assert!(
                        (value / expected - 1.0).abs() < 1e-14,
                        "moment {moment}: {value} {expected}"
                    );
                }
                assert_eq!(quantiles[1..4], [prices[3], prices[6], prices[9]], "moment {moment}");
            }
        }
    }

    #[test]
    fn the_same_bytes_from_one_two_and_seven_threads() {
        let ensemble = ensemble(80, 1.0);
        let all: Vec<Vec<Fan>> = [1, 2, 7].map(|threads| fans(&ensemble, threads)).into();
        assert_eq!(
            all[0].iter().map(|fan| fan.runs).collect::<Vec<_>>(),
            (5..=13).collect::<Vec<_>>()
        );
        for other in &all[1..] {
            for (fan, expected) in other.iter().zip(&all[0]) {
                assert_eq!((fan.runs, bits(fan)), (expected.runs, bits(expected)));
            }
        }
    }

    #[test]
    fn it_ends_when_nobody_wants_it() {
        let given = std::cell::Cell::new(0);
        let wanted = std::sync::atomic::AtomicBool::new(true);
        let order = std::sync::atomic::Ordering::Relaxed;
        ensemble(80, 1.0).run(
            NonZeroUsize::MIN,
            || wanted.load(order),
            || true,
            |fan| {
                given.set(fan.runs);
                wanted.store(false, order);
            },
        );
        assert_eq!(given.get(), 5);
    }
}
