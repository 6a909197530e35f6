//! The ledger as properties: whatever the parameters, every rule holds after every step, and the sums the engine keeps are
//! those of the positions that stand.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

mod common;
#[path = "common/random.rs"]
mod random;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use cascade_lab::engine::units::Price;
use cascade_lab::engine::{Simulation, TOLERANCE};
use cascade_lab::scenario::{
    AssetId, Borrowed, ChangeEffect, Kind, Outage, Scale, Scenario, Shock, ShockRoute, find, table,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

/// Any value of a slider, spread as the slider is.
fn somewhere(scale: Scale, (low, high): (f64, f64), luck: f64) -> f64 {
    match scale {
        Scale::Linear => low + luck * (high - low),
        Scale::Log => (low.ln() + luck * (high / low).ln()).exp().clamp(low, high),
        Scale::LogFromZero(_) if luck < 0.1 => 0.0,
        Scale::LogFromZero(small) => (small * (high / small).powf(luck)).clamp(low, high),
    }
}

/// Every parameter at random, with a book small enough to run many.
fn random_scenario(rng: &mut ChaCha8Rng) -> Scenario {
    let mut scenario = Scenario {
        seed: rng.random(),
        ..Scenario::default()
    };
    for row in table() {
        let mut value = somewhere(row.scale, row.range, rng.random());
        if !matches!(row.kind, Kind::Real) {
            value = value.round();
        }
        scenario.set(&row.path, value).unwrap();
    }
    // Mostly one asset: every further one costs as much again.
    if rng.random::<f64>() < 0.7 {
        scenario.parameters.assets.count = 1;
    }
    scenario.parameters.positions.count = rng.random_range(10..3_000);
    scenario.parameters.cross.count = rng.random_range(1..300);
    scenario.parameters.lending.loans = rng.random_range(1..3_000);
    scenario.parameters.execution.rounds_per_step = rng.random_range(1..20);
    scenario.parameters.market.step_seconds = rng.random_range(0.5..120.0);
    scenario
}

/// Runs a scenario under random shocks and slider moves and checks what the engine reports about itself.
fn exercise(seed: u64, steps: usize) -> usize {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scenario = random_scenario(&mut rng);
    let mut simulation = Simulation::new(&scenario).unwrap();
    let live: Vec<_> = table().iter().filter(|row| row.effect == ChangeEffect::Live).collect();
    for step in 0..steps {
        if rng.random::<f64>() < 0.02 {
            let size = rng.random_range(-0.3..0.3);
            let routes = [ShockRoute::News, ShockRoute::SpotOrder, ShockRoute::VenueOrder];
            let route = routes[rng.random_range(0..routes.len())];
            simulation.shock(&Shock {
                size: Some(size),
                over_steps: Some(rng.random_range(1..9)),
                route: Some(route),
                ..Shock::default()
            });
        }
        if rng.random::<f64>() < 0.01 {
            let row = live[rng.random_range(0..live.len())];
            if row.path != "execution.rounds_per_step" && matches!(row.kind, Kind::Real) {
                simulation
                    .set(row.id, somewhere(row.scale, row.range, rng.random()))
                    .unwrap();
            }
        }
        if rng.random::<f64>() < 0.002 {
            let route = f64::from(rng.random_range(0..4_u8));
            simulation.set(find("routes.route").unwrap().id, route).unwrap();
        }
        if rng.random::<f64>() < 0.005 {
            let path = format!("venue_{}.route", rng.random_range(1..=8));
            let route = f64::from(rng.random_range(0..5_u8));
            simulation.set(find(&path).unwrap().id, route).unwrap();
            simulation.outage(&Outage {
                venue: Some(rng.random_range(1..=8)),
                over_steps: Some(rng.random_range(1..60)),
            });
        }
        if rng.random::<f64>() < 0.001 {
            simulation
                .set(find("leverage.mean").unwrap().id, rng.random_range(1.0..100.0))
                .unwrap();
        }
        simulation.step();
        if let Some(halt) = simulation.halted() {
            // Among parameters without any limit on a squeeze, some runs leave every number: they must say so.
            assert!(
                halt.rule.starts_with("every price is a number"),
                "seed {seed}, step {step}: {halt:?}"
            );
            return step;
        }
    }
    assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error <= TOLERANCE);
    check_sums(&simulation, seed);
    steps
}

/// The levered notional the engine reports is that of the positions that stand or wait, and the debt that of the loans.
fn check_sums(simulation: &Simulation, seed: u64) {
    let seen = simulation.assets()[0].observation();
    let mut sums = [0.0; 2];
    for placement in simulation.assets()[0].standing() {
        let mark = seen.marks[placement.venue.index()];
        sums[placement.side as usize] += placement
            .kind
            .notional(placement.position.quantity, Price::new(mark))
            .get();
    }
    let lending = seen.lending;
    if simulation.parameters().lending.borrowed == Borrowed::Usd {
        let owed: f64 = simulation.assets()[0].loans().map(|loan| loan.debt).sum();
        let scale = lending.debt_usd + lending.total.repaid_usd + lending.total.written_off_usd;
        assert!(
            (owed - lending.debt_usd).abs() <= 1e-9 * scale,
            "seed {seed}: {owed}, {lending:?}"
        );
    }
    let [longs, shorts] = sums;
    let reported = seen.levered_longs + seen.levered_shorts;
    let counted = longs + shorts + seen.queued;
    let scale = simulation.summary_of(AssetId::FIRST).liquidated_notional_usd + reported + counted + 1.0;
    assert!(
        (reported - counted).abs() <= 1e-9 * scale,
        "seed {seed}: {reported} reported, {counted} counted"
    );
    assert!(longs <= seen.levered_longs + 1e-9 * scale && shorts <= seen.levered_shorts + 1e-9 * scale);
}

/// A quarter of a million steps over random scenarios, on all cores; `LEDGER_SCENARIOS=11000` in front makes it ten million.
#[test]
fn the_ledger_holds_over_random_steps() {
    let scenarios = random::cases("LEDGER_SCENARIOS", 275) as u64;
    let next = AtomicU64::new(0);
    let work = || {
        let mut steps = 0;
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= scenarios {
                return steps;
            }
            steps += exercise(seed, 1_000);
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let steps: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    println!("{steps} steps, {scenarios} scenarios");
    assert!(
        steps as u64 * 11 >= scenarios * 10_000,
        "{steps}: too many runs left the range of prices"
    );
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() })]

    /// Seeds nobody has tried before.
    #[test]
    fn the_ledger_holds_for_any_seed(seed: u64) {
        exercise(seed, 200);
    }

    /// A clone goes on exactly as the original does.
    #[test]
    fn a_clone_is_a_snapshot(seed: u64, before in 1_usize..100, after in 1_usize..100) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut original = Simulation::new(&random_scenario(&mut rng)).unwrap();
        (0..before).for_each(|_| original.step());
        let mut copy = original.clone();
        (0..after).for_each(|_| original.step());
        (0..after).for_each(|_| copy.step());
        prop_assert_eq!(original.digest(), copy.digest());
        // As text: figures of a run that has left every number are no numbers, which equal nothing, not even themselves.
        prop_assert_eq!(format!("{:?}", original.assets()[0].observation()), format!("{:?}", copy.assets()[0].observation()));
    }
}

/// Cross-margin accounts that stand where nobody has traded yet: what they hold counts as held.
#[test]
fn accounts_that_were_placed_count_from_the_start() {
    exercise(4_342_397_189_788_983_723, 200);
}
