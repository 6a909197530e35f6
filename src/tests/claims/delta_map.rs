//! The delta map's claim: where it says that forced flow exceeds the depth, a run runs away.

use cascade_lab::engine::{MAP_REACH, Simulation};
use cascade_lab::scenario::{Scenario, Shock};

use super::{SEEDS, common};

/// The default market of drawn positions, with a lasting impact: what the map leaves out.
fn market(seed: u64) -> Scenario {
    Scenario {
        seed,
        ..common::scenario(&[
            ("market.volatility", 0.0),
            ("liquidity.resilience", 0.0),
            ("arbitrage.time_constant", 0.0),
            ("arbitrage.capital", 1e13),
            ("marks.synchronisation", 1.0),
            ("fund.insurance", 1e13),
            ("funding.enabled", 0.0),
        ])
    }
}

/// Where a shock of this log size ends, as a log fall of the index.
fn fall(start: &Simulation, log_size: f64) -> f64 {
    let mut simulation = start.clone();
    simulation.shock(&Shock {
        size: Some((-log_size).exp_m1()),
        over_steps: Some(1),
        ..Shock::default()
    });
    for _ in 0..400 {
        simulation.step();
        let seen = simulation.assets()[0].observation();
        if seen.liquidated_longs == 0.0 && seen.queued == 0.0 {
            break;
        }
    }
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    -(simulation.assets()[0].observation().index / start.assets()[0].observation().index).ln()
}

/// Of 32 books drawn from other luck, in every one: a shock a twentieth smaller than the map's smallest stays before the place
/// where the map turns, one a twentieth larger goes to where it ends.
#[test]
fn a_run_runs_away_where_the_map_says() {
    let mut widest = 0.0_f64;
    for seed in 1..=SEEDS {
        let start = Simulation::new(&market(seed)).unwrap();
        let map = start.assets()[0].delta_map(MAP_REACH);
        let runaway = map.down.runaway().unwrap();
        let end = runaway.to.unwrap();
        let (below, above) = (fall(&start, 0.95 * runaway.shock), fall(&start, 1.05 * runaway.shock));
        println!("seed {seed}: {runaway:?}, {below:.4} below, {above:.4} above");
        assert!(below < runaway.from + 1e-3, "seed {seed}: {below} with {runaway:?}");
        assert!(
            above > runaway.from + 0.9 * (end - runaway.from),
            "seed {seed}: {above} with {runaway:?}"
        );
        widest = widest.max(end - runaway.from);
    }
    assert!(widest > 0.01, "nothing ran");
}
