//! Closed forms of the bridges between the spot markets of regions.

use cascade_lab::engine::Simulation;
use cascade_lab::scenario::Scenario;

use crate::common;

/// Home and one more region of twice its spot depth; an order of the first step takes home down by 3 %.
fn regions(settings: &[(&str, f64)]) -> Simulation {
    let mut scenario: Scenario = common::bare(&[
        ("positions.open_interest", 0.0),
        ("regions.count", 2.0),
        ("region_2.depth_weight", 2.0),
        ("region_2.capital", 1e12),
        ("shock.route", 1.0),
        ("shock.size", -0.03),
        ("shock.over_steps", 1.0),
    ]);
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    simulation.shock(&cascade_lab::scenario::Shock::default());
    simulation
}

/// Log prices of home and abroad, relative to the start.
fn logs(simulation: &Simulation) -> [f64; 2] {
    let start = simulation.parameters().market.start_price;
    let prices: Vec<f64> = simulation.assets()[0].spot_prices().collect();
    [(prices[0] / start).ln(), (prices[1] / start).ln()]
}

/// The gap decays as e^(−t/τ), and the mean by depth stays; while the bridge has failed it stays as it is.
#[test]
fn the_gap_between_regions_decays_with_the_bridges_time_constant() {
    let mut simulation = regions(&[("region_2.time_constant", 200.0)]);
    simulation.step();
    let shocked = f64::ln_1p(-0.03);
    // The order comes before the bridge, which has closed 1 − e^(−10/200) of the gap in the same step.
    let failed = cascade_lab::scenario::find("region_2.failed").unwrap().id;
    let mut open_seconds = 10.0;
    for step in 1..120 {
        if step == 40 || step == 80 {
            simulation.set(failed, f64::from(step == 40)).unwrap();
        }
        simulation.step();
        open_seconds += if (40..80).contains(&step) { 0.0 } else { 10.0 };
        let [home, abroad] = logs(&simulation);
        let expected = shocked * f64::exp(-open_seconds / 200.0);
        assert!(
            ((home - abroad) / expected - 1.0).abs() < 1e-9,
            "step {step}: {} {expected}",
            home - abroad
        );
        assert!(((home + 2.0 * abroad) / shocked - 1.0).abs() < 1e-9, "step {step}");
    }
}

/// With little capital a bridge carries C, and C more each time the coins have arrived: the gap closes by C/D_eff a latency.
#[test]
fn a_bridge_carries_no_more_than_its_capital_in_its_latency() {
    let capital = 2e5;
    let settings = [
        ("region_2.time_constant", 0.0),
        ("region_2.capital", capital),
        ("region_2.latency", 100.0),
    ];
    let mut simulation = regions(&settings);
    // Half of the depth is spot, a third of that at home.
    let depth = 1.0 / (1.0 / (5e8 / 3.0) + 1.0 / (1e9 / 3.0));
    for step in 0..60 {
        simulation.step();
        let [home, abroad] = logs(&simulation);
        let carried = f64::from(step / 10 + 1) * capital;
        let expected = f64::ln_1p(-0.03) + carried / depth;
        assert!(
            ((home - abroad) / expected - 1.0).abs() < 1e-9,
            "step {step}: {} {expected}",
            home - abroad
        );
    }
}
