//! Times whole steps of the model: quiet, in a cascade, and when everything is wiped out.

use cascade_lab::engine::Simulation;
use cascade_lab::scenario::{Scenario, Shock};
use divan::Bencher;

const POSITIONS: [u32; 3] = [20_000, 100_000, 1_000_000];

fn main() {
    divan::main();
}

fn start(positions: u32) -> Simulation {
    let mut scenario = Scenario::default();
    scenario.parameters.positions.count = positions;
    Simulation::new(&scenario).unwrap_or_else(|error| panic!("{positions} positions: {error}"))
}

/// A simulation whose next step has a price move of this size.
fn before_shock(positions: u32, size: f64) -> Simulation {
    let mut simulation = start(positions);
    simulation.shock(&Shock {
        size: Some(size),
        over_steps: Some(1),
        ..Shock::default()
    });
    simulation
}

fn one_step_from(bencher: Bencher, start: &Simulation) {
    bencher.with_inputs(|| start.clone()).bench_local_refs(Simulation::step);
}

#[divan::bench(args = POSITIONS, sample_count = 5, sample_size = 1)]
fn new(bencher: Bencher, positions: u32) {
    bencher.bench_local(|| start(positions));
}

#[divan::bench(args = POSITIONS, sample_count = 5, sample_size = 1)]
fn clone(bencher: Bencher, positions: u32) {
    let simulation = start(positions);
    bencher.bench_local(|| simulation.clone());
}

#[divan::bench(args = POSITIONS, sample_count = 200, sample_size = 1)]
fn quiet_step(bencher: Bencher, positions: u32) {
    let mut simulation = start(positions);
    bencher.bench_local(|| simulation.step());
    assert!(simulation.halted().is_none(), "a halted simulation does not step");
}

#[divan::bench(args = POSITIONS, sample_count = 9, sample_size = 1)]
fn cascade_step(bencher: Bencher, positions: u32) {
    one_step_from(bencher, &before_shock(positions, -0.04));
}

#[divan::bench(args = POSITIONS, sample_count = 5, sample_size = 1)]
fn wipe_out_step(bencher: Bencher, positions: u32) {
    one_step_from(bencher, &before_shock(positions, -0.4));
}
