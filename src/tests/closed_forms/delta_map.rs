//! The delta map in settings where its predictions are exact.

use cascade_lab::engine::{MAP_REACH, Simulation};

use super::common::{bare, even_ladder, shock};
use super::{assert_close, settle};

/// With a common index: on an even ladder the curve is a straight line of slope ℓ against the books' ΣD, a shock
/// ends at δ/(1 − R) by the map, and the engine gets there.
#[test]
fn t10_the_map_ends_a_shock_at_the_shock_over_one_minus_r() {
    for (ratio, gain) in [(0.2, 1.25), (0.5, 2.0), (0.8, 5.0), (0.9, 10.0)] {
        let scenario = bare(&[
            ("venues.count", 3.0),
            ("marks.synchronisation", 1.0),
            ("arbitrage.enabled", 1.0),
            ("arbitrage.time_constant", 0.0),
        ]);
        let ladder = even_ladder(&scenario, ratio * 1e9, 2e-6, 0.15);
        let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
        let map = simulation.assets()[0].delta_map(MAP_REACH);
        // To the resolution of a bucket of the ladders: 1e-6 of the way at least.
        for distance in [0.01, 0.05, 0.1] {
            let level = map.down.at(distance).unwrap();
            assert_close(level.absorbed, 1e9 * distance, 1e-9, "absorbed");
            assert_close(
                level.flow.total(),
                ratio * 1e9 * distance,
                2e-3,
                &format!("flow at {distance}"),
            );
            assert_close(map.down.ratio_at(distance).unwrap(), ratio, 2e-3, "R there");
        }
        assert_eq!(map.down.runaway(), None);
        let predicted = -simulation.assets()[0]
            .predicted_move((-0.01_f64).exp_m1())
            .unwrap()
            .ln_1p();
        assert_close(predicted, gain * 0.01, 2e-3, &format!("R {ratio}: predicted"));
        shock(&mut simulation, -0.01);
        settle(&mut simulation, 50);
        let index = (simulation.assets()[0].observation().index / 1e5).ln();
        assert_close(-index, predicted, 2e-3, &format!("R {ratio}: made"));
    }
}

/// Above R = 1 the map says where it ends: δ + M/ΣD, beyond the ladder; from the first level on no push is needed.
#[test]
fn t10_the_map_knows_the_end_of_the_ladder() {
    let scenario = bare(&[
        ("marks.synchronisation", 1.0),
        ("arbitrage.enabled", 1.0),
        ("arbitrage.time_constant", 0.0),
    ]);
    let ladder = even_ladder(&scenario, 1.1e9, 1e-5, 0.1);
    let notional: f64 = ladder.iter().map(|placement| placement.position.quantity).sum();
    let simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
    let runaway = simulation.assets()[0].delta_map(MAP_REACH).down.runaway().unwrap();
    assert!(runaway.from <= 0.001 && runaway.push < 1e-3 * notional, "{runaway:?}");
    assert!((runaway.to.unwrap() - notional / 1e9).abs() < 2e-3, "{runaway:?}");
    let predicted = -simulation.assets()[0]
        .predicted_move((-0.01_f64).exp_m1())
        .unwrap()
        .ln_1p();
    assert_close(predicted, 0.01 + notional / 1e9, 1e-3, "end");
}
