//! Speed, by counts and by ratios within one run, never by times: of a step that is made several times over the fastest counts, so
//! that what else the machine does matters little.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Instant;

use cascade_lab::engine::{Asset, Simulation};
use cascade_lab::files::preset;
use cascade_lab::scenario::Scenario;

/// Steps of the presets before their news, and until its cascade is over.
const QUIET: usize = 110;
const STEPS: usize = 260;
/// Every run is made so many times.
const TURNS: usize = 3;

fn scenario(name: &str, settings: &[(&str, f64)], positions: f64) -> Scenario {
    let mut scenario = preset::find(name).unwrap();
    for (path, value) in settings.iter().chain(&[("positions.count", positions)]) {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

/// A run's fastest time of each step, seconds, and what it closed.
struct Cost {
    steps: Vec<f64>,
    closed: f64,
}

impl Cost {
    /// Of several runs, each made in turn with the others.
    fn of<const N: usize>(scenarios: [&Scenario; N]) -> [Self; N] {
        let mut costs = scenarios.map(|_| Self {
            steps: vec![f64::INFINITY; STEPS],
            closed: 0.0,
        });
        for _ in 0..TURNS {
            for (scenario, cost) in scenarios.into_iter().zip(&mut costs) {
                let mut simulation = Simulation::new(scenario).unwrap();
                for fastest in &mut cost.steps {
                    let start = Instant::now();
                    simulation.step();
                    *fastest = fastest.min(start.elapsed().as_secs_f64());
                }
                let runs = simulation.assets().iter().map(Asset::summary);
                cost.closed = runs.map(|run| (run.liquidation_count + run.adl_count) as f64).sum();
            }
        }
        costs
    }

    fn fastest_quiet(&self) -> f64 {
        self.steps[1..QUIET].iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn cascade(&self) -> f64 {
        self.steps[QUIET..].iter().sum()
    }
}

/// What waits, quotes, trades and hedges beside the positions.
const TRADERS: &[(&str, f64)] = &[
    ("noise_flow.volatility", 0.1),
    ("options.enabled", 1.0),
    ("predators.enabled", 1.0),
    ("providers.enabled", 1.0),
    ("makers.enabled", 1.0),
    ("stops.enabled", 1.0),
    ("volatility_margin.enabled", 1.0),
    ("throttle.enabled", 1.0),
];

/// Once what is measured over a stretch of time has seen the whole of it, nothing that is kept grows any more.
#[test]
fn a_steady_step_takes_no_memory() {
    for settings in [&[][..], TRADERS] {
        let mut scenario = scenario("quiet-market", settings, 20_000.0);
        scenario.events.clear();
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..400).for_each(|_| simulation.step());
        let taken = allocation_counter::measure(|| (0..100).for_each(|_| simulation.step()));
        assert_eq!(taken.count_total, 0, "{settings:?}: {taken:?}");
    }
}

/// No step costs more than what it liquidates.
#[test]
fn a_quiet_step_costs_as_much_with_sixteen_times_the_positions() {
    for settings in [&[][..], TRADERS] {
        let [few, many] = [20_000.0, 320_000.0].map(|positions| scenario("quiet-market", settings, positions));
        let [few, many] = Cost::of([&few, &many]).map(|cost| cost.fastest_quiet());
        assert!(many < 2.5 * few, "{settings:?}: {} times the cost", many / few);
    }
}

/// Who is closed, deleveraged or asked to pay costs the same, however many there are. (With eight times the positions less of the
/// memory is in the processor's cache.)
#[test]
fn a_position_closed_costs_as_much_with_eight_times_the_positions() {
    let socialised = [
        ("fund.auto_deleveraging", 0.0),
        ("fund.shortfall", 1.0),
        ("fund.settlement", 60.0),
    ];
    for settings in [&[][..], &[("fund.adl_ranking", 2.0)], &socialised] {
        let [few, many] = [20_000.0, 160_000.0].map(|positions| scenario("auto-deleveraging", settings, positions));
        let [few, many] = Cost::of([&few, &many]).map(|cost| cost.cascade() / cost.closed);
        assert!(many < 3.0 * few, "{settings:?}: {} times the cost", many / few);
    }
}

/// What a mechanism makes of a cascade, as a multiple of the same news with the bare ladder: twice what it was when this was
/// written, so that only another order of magnitude is found.
#[test]
fn mechanisms_cost_a_few_times_the_bare_ladder_in_a_cascade() {
    let calls = [("margin_calls.enabled", 1.0), ("margin_calls.collateral_latency", 0.0)];
    let cross = [
        ("assets.count", 2.0),
        ("cross.enabled", 1.0),
        ("cross.count", 20_000.0),
        ("volatility_margin.enabled", 1.0),
    ];
    let haircuts = [
        ("margin_calls.enabled", 1.0),
        ("haircut.enabled", 1.0),
        ("positions.coin_margin_share", 0.3),
        ("venue_1.haircut_multiple", 1.5),
    ];
    let bare = scenario("first-cascade", &[], 100_000.0);
    for (settings, most) in [(&calls[..], 8.0), (&cross, 12.0), (&haircuts, 45.0)] {
        let with = scenario("first-cascade", settings, 100_000.0);
        let [bare, with] = Cost::of([&bare, &with]).map(|cost| cost.cascade());
        assert!(with < most * bare, "{settings:?}: {} times the cost", with / bare);
    }
}
