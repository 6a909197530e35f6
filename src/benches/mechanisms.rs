//! What each mechanism costs: the time of a run with it, as a ratio to the bare ladder's run of the same news. Both are timed
//! in turn, several times, and the least of each counts.

use std::time::{Duration, Instant};

use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;
use cascade_lab::scenario::Scenario;

const POSITIONS: f64 = 200_000.0;
/// Steps before the news of the preset, and in all.
const QUIET: usize = 100;
const STEPS: usize = 400;
const TURNS: usize = 5;

/// What is switched on, and how.
const MECHANISMS: &[(&str, &[(&str, f64)])] = &[
    ("bare ladder", &[]),
    ("margin calls", &[("margin_calls.enabled", 1.0)]),
    ("volatility margin", &[("volatility_margin.enabled", 1.0)]),
    (
        "collateral haircut",
        &[("haircut.enabled", 1.0), ("positions.coin_margin_share", 0.3)],
    ),
    ("maintenance tiers", &[("margin.tiers", 1.0)]),
    ("throttle", &[("throttle.enabled", 1.0), ("throttle.cap", 1e7)]),
    ("trading halt", &[("halt.enabled", 1.0)]),
    ("price band", &[("price_band.enabled", 1.0)]),
    ("staggered liquidation", &[("staggered.enabled", 1.0)]),
    (
        "partial liquidation",
        &[("staggered.enabled", 1.0), ("staggered.size", 1.0)],
    ),
    ("AMM route", &[("routes.route", 1.0)]),
    ("auction", &[("routes.route", 2.0)]),
    ("vault", &[("routes.route", 3.0)]),
    ("deleveraging", &[("fund.insurance", 0.0)]),
    (
        "deleveraging pro rata",
        &[("fund.insurance", 0.0), ("fund.adl_ranking", 2.0)],
    ),
    ("clearing, bilateral", &[("clearing.scheme", 1.0)]),
    ("clearing, central", &[("clearing.scheme", 2.0)]),
    ("execution latency", &[("execution.latency", 60.0)]),
    ("oracle delay", &[("oracle.delay", 60.0)]),
    ("options and dealers", &[("options.enabled", 1.0)]),
    ("predators", &[("predators.enabled", 1.0)]),
    ("liquidity providers", &[("providers.enabled", 1.0)]),
    ("market makers", &[("makers.enabled", 1.0)]),
    ("lending pool", &[("lending.enabled", 1.0)]),
    ("new positions", &[("reopening.enabled", 1.0)]),
    ("second asset", &[("assets.count", 2.0)]),
    (
        "second asset, cross margin",
        &[("assets.count", 2.0), ("cross.enabled", 1.0)],
    ),
];

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn main() {
    let scenario = |settings: &[(&str, f64)]| {
        let mut scenario = preset::find("first-cascade").unwrap_or_else(|error| panic!("{error}"));
        for (path, value) in settings.iter().chain(&[("positions.count", POSITIONS)]) {
            scenario.set(path, *value).unwrap_or_else(|error| panic!("{error}"));
        }
        scenario
    };
    let bare = scenario(&[]);
    let mut all = bare.clone();
    println!("{POSITIONS} positions; microseconds a step and ratio to the bare ladder");
    println!(
        "{:28} {:>9} {:>6} {:>11} {:>6}",
        "", "quiet", "ratio", "whole run", "ratio"
    );
    for (name, settings) in MECHANISMS {
        report(name, &bare, &scenario(settings));
        for (path, value) in *settings {
            // Switches together; the last route, scheme and fund stay.
            all.set(path, *value).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    report("everything", &bare, &all);
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(name: &str, bare: &Scenario, with: &Scenario) {
    let mut least = [[Duration::MAX; 2]; 2];
    for _ in 0..TURNS {
        for (scenario, least) in [bare, with].into_iter().zip(&mut least) {
            for (time, least) in run(scenario).into_iter().zip(least) {
                *least = time.min(*least);
            }
        }
    }
    let micros = |time: Duration, steps: usize| time.as_secs_f64() * 1e6 / steps as f64;
    let [bare, with] = least.map(|[quiet, whole]| [micros(quiet, QUIET), micros(whole, STEPS)]);
    println!(
        "{name:28} {:9.1} {:6.2} {:11.1} {:6.2}",
        with[0],
        with[0] / bare[0],
        with[1],
        with[1] / bare[1]
    );
}

/// Times of the quiet steps and of all.
fn run(scenario: &Scenario) -> [Duration; 2] {
    let mut simulation = Simulation::new(scenario).unwrap_or_else(|error| panic!("{error}"));
    let start = Instant::now();
    (0..QUIET).for_each(|_| simulation.step());
    let quiet = start.elapsed();
    (QUIET..STEPS).for_each(|_| simulation.step());
    [quiet, start.elapsed()]
}
