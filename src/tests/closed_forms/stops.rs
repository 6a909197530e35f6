//! Closed forms of stop orders.

use cascade_lab::engine::{LEVEL_STEP, MAP_REACH, Side, Simulation, Source};
use cascade_lab::scenario::Scenario;

use super::assert_close;
use super::common::{bare, shock};

/// Furthest distance of an order, log.
const REACH: f64 = 0.06;
/// Depth of all books.
const DEPTH: f64 = 1e9;

/// Nobody is levered, orders lie evenly up to [`REACH`] on one side and have S/D = `ratio` in every book. Depth follows the price, and
/// so does what a coin sold is worth: an order of a given number of coins moves the price as far everywhere.
fn even(side: Side, ratio: f64, settings: &[(&str, f64)]) -> Scenario {
    let mut all = vec![
        ("positions.open_interest", 0.0),
        ("liquidity.depth_elasticity", 1.0),
        ("liquidity.depth", DEPTH),
        ("stops.enabled", 1.0),
        ("stops.sell_share", if side == Side::Long { 1.0 } else { 0.0 }),
        ("stops.round_share", 0.0),
        ("stops.distances", 0.0),
        ("stops.distance", REACH / 2.0),
        ("stops.notional", ratio * DEPTH * REACH),
        ("stops.count", 20_000.0),
        // Nobody comes back meanwhile.
        ("stops.renewal", 2_592_000.0),
    ];
    all.extend_from_slice(settings);
    bare(&all)
}

/// Runs until no stop trades any more.
fn settle(simulation: &mut Simulation) {
    for _ in 0..5_000 {
        simulation.step();
        let idle = |asset: &cascade_lab::engine::Asset| {
            let seen = asset.observation();
            seen.stops_sold + seen.stops_bought + seen.stops_waiting == 0.0
        };
        if simulation.assets().iter().all(idle) {
            break;
        }
    }
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
}

/// An even density of S dollars per unit of log price against a linear book of depth D: a shock s ends at s/(1 − S/D), in every book,
/// both ways, at one round a step and at twenty, at once and in pieces as small as the book has room for, whatever is permanent. The
/// move is all the stops' but for the shock, and R is S/D.
#[test]
fn an_even_density_of_stops_ends_a_shock_at_the_shock_over_one_minus_s_over_d() {
    let size = 0.005;
    for (ratio, gain) in [(0.2, 1.25), (0.5, 2.0), (0.8, 5.0), (0.9, 10.0)] {
        for (side, rounds, room, permanent) in [
            (Side::Long, 1.0, 1.0, 0.0),
            (Side::Long, 20.0, 1.0, 0.3),
            (Side::Long, 1.0, 0.002, 0.3),
            (Side::Long, 20.0, 0.002, 1.0),
            (Side::Short, 1.0, 1.0, 0.3),
            (Side::Short, 20.0, 0.002, 0.0),
        ] {
            let settings = [
                ("execution.rounds_per_step", rounds),
                ("liquidity.max_move_per_round", room),
                ("liquidity.permanent_share", permanent),
            ];
            let what = format!("S/D {ratio}, {side:?}, {rounds} rounds, {room} of room, π {permanent}");
            let mut simulation = Simulation::new(&even(side, ratio, &settings)).unwrap();
            let seen = simulation.assets()[0].observation();
            let reproduction = [seen.reproduction_down, seen.reproduction_up][side as usize];
            assert_close(reproduction, ratio, 5e-3, &what);
            let sign = -side.sign();
            // News is a relative change of the efficient price, all books at once.
            shock(&mut simulation, sign * size);
            settle(&mut simulation);
            let seen = simulation.assets()[0].observation();
            let parts = seen.attribution;
            let spot = (seen.spot / 1e5).ln();
            // A permanent part of one book's orders moves the other one's news, not its price.
            for (book, price) in [("spot", seen.spot), ("futures", seen.futures[0])] {
                let moved = sign * (price / 1e5).ln();
                assert_close(moved, gain * size, 2e-3, &format!("{what}, {book}"));
            }
            assert_close(parts[Source::Exogenous], sign * size, 1e-9, &what);
            assert!(
                (parts[Source::Stops] - (spot - sign * size)).abs() < 1e-12,
                "{what}: {parts:?}"
            );
        }
    }
}

/// The same in a second asset, which has orders of its own in proportion to its depth: the first one stands still.
#[test]
fn stops_of_a_second_asset_are_its_own() {
    let settings = [("assets.count", 2.0), ("shock.asset", 2.0), ("asset_2.depth", 0.4)];
    let mut simulation = Simulation::new(&even(Side::Long, 0.5, &settings)).unwrap();
    shock(&mut simulation, -0.01);
    settle(&mut simulation);
    let [first, second] = [0, 1].map(|asset| simulation.assets()[asset].observation());
    assert_eq!((first.spot, first.stops_sold), (1e5, 0.0));
    assert_close(-(second.spot / 4e3).ln(), 0.02, 2e-3, "second asset");
    // Placed as the second asset's, whatever the first one's price.
    let orders = simulation.assets()[1].stop_orders();
    assert!(
        orders
            .into_iter()
            .all(|order| order.price.get() < 4e3 && order.price.get() > 3.7e3)
    );
}

/// Above S/D = 1 a fall goes to the end of the orders: s + N/D. Where impact decays it stops before.
#[test]
fn above_one_a_fall_goes_through_all_stops() {
    let mut simulation = Simulation::new(&even(Side::Long, 1.1, &[])).unwrap();
    shock(&mut simulation, -0.001);
    settle(&mut simulation);
    let seen = simulation.assets()[0].observation();
    assert_close(-(seen.spot / 1e5).ln(), 0.001 + 1.1 * REACH, 1e-9, "end");
    assert_eq!(
        (seen.stops_below, simulation.assets()[0].stop_orders().count()),
        (0.0, 0)
    );
}

/// Nothing happens between two round numbers; at one the price jumps by what rests there over the depth, and no further than
/// the next where that is too little.
#[test]
fn passing_a_round_number_jumps_by_what_rests_there() {
    let scenario = even(
        Side::Long,
        0.3,
        &[
            ("market.start_price", 100_400.0),
            ("stops.round_share", 1.0),
            ("stops.beyond", 0.0),
        ],
    );
    let mut simulation = Simulation::new(&scenario).unwrap();
    let start: f64 = 100_400.0;
    let at = |simulation: &Simulation, round: f64| -> f64 {
        let orders = simulation.assets()[0].stop_orders();
        let spot =
            orders.filter(|order| order.book.venue().is_none() && (order.price.get() / round - 1.0).abs() < 1e-9);
        spot.map(|order| order.coins.get()).sum()
    };
    // Those whose distance ends between the start and 99,000 stand at 100,000 or 99,000.
    let coins = at(&simulation, 1e5);
    let share = (start / 1e5).ln() / REACH;
    assert_close(coins, share * 0.5 * 0.3 * DEPTH * REACH / start, 2e-3, "at 100,000");
    let of_next = (1e5_f64 / 99e3).ln() / REACH;
    assert_close(
        at(&simulation, 99e3),
        of_next * 0.5 * 0.3 * DEPTH * REACH / start,
        2e-3,
        "at 99,000",
    );
    let map = simulation.assets()[0].delta_map(MAP_REACH);
    // The map sees nothing before the level and all of it after, in both books.
    let level = (start / 1e5).ln();
    let flow = |distance: f64| map.down.levels[(distance / LEVEL_STEP) as usize].flow.stops;
    assert_eq!(flow(level - LEVEL_STEP), 0.0);
    assert_close(flow(level + 2.0 * LEVEL_STEP), 2.0 * coins * 1e5, 1e-3, "of the map");

    shock(&mut simulation, (100_001.0_f64 / start).ln());
    simulation.step();
    assert_close(simulation.assets()[0].observation().spot, 100_001.0, 1e-9, "above");
    shock(&mut simulation, (99_999.0_f64 / 100_001.0).ln());
    simulation.step();
    let jumped = (simulation.assets()[0].observation().spot / 99_999.0).ln();
    assert_close(jumped, -coins * start / (0.5 * DEPTH), 1e-9, "jump");
    assert_eq!(at(&simulation, 1e5), 0.0);
    simulation.step();
    let seen = simulation.assets()[0].observation();
    assert!(seen.stops_sold == 0.0 && seen.spot > 99_000.0, "{seen:?}");
}

/// What the map predicts for a shock is where it ends. It values what the shock itself touches at the levels, not where the price is
/// then: F(y) = r·D·(e^y − 1) against A(y) − A(δ) = D·(e^y − e^δ), which end at ln((e^δ − r)/(1 − r)), a hundredth of δ/(1 − r) from it.
#[test]
fn the_map_counts_stop_orders() {
    for ratio in [0.2, 0.5, 0.8] {
        let simulation = Simulation::new(&even(Side::Short, ratio, &[])).unwrap();
        let asset = &simulation.assets()[0];
        let level = asset.delta_map(MAP_REACH).up.at(0.03).unwrap();
        assert_close(level.flow.stops, level.flow.total(), 1e-12, "nothing else");
        assert_close(level.flow.total(), ratio * level.absorbed, 2e-3, "flow over depth");
        let end = asset.predicted_move(0.005_f64.exp_m1()).unwrap().ln_1p();
        let expected = ((0.005_f64.exp() - ratio) / (1.0 - ratio)).ln();
        assert_close(end, expected, 1e-3, &format!("S/D {ratio}"));
        assert_close(end, 0.005 / (1.0 - ratio), 0.01, &format!("S/D {ratio}, made"));
    }
}
