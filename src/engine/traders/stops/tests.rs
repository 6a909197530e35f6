//! Where stop orders are placed, which of them a price touches, and what holders get back.

use cascade_scenario::{AssetId, Distances, Scenario, Stops};
use rand_chacha::ChaCha8Rng;

use super::{level, round_step};
use crate::Simulation;
use crate::positions::contract::Side;
use crate::random::{Purpose, RandomStreams};
use crate::units::{Coins, Price};

fn rng() -> ChaCha8Rng {
    RandomStreams::new(1, AssetId::FIRST).stream(Purpose::StopOrders)
}

fn scenario(settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.set("stops.enabled", 1.0).unwrap();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

#[test]
fn round_numbers_are_one_two_or_five_times_a_power_of_ten() {
    for (most, step) in [
        (1_000.0, 1_000.0),
        (1_999.0, 1_000.0),
        (2_000.0, 2_000.0),
        (4_999.0, 2_000.0),
        (5_000.0, 5_000.0),
        (9_999.0, 5_000.0),
        (0.01 * 2_400.0, 20.0),
        (0.000_7, 0.000_5),
        (0.2, 0.2),
    ] {
        let found = round_step(most);
        assert!((found / step - 1.0).abs() < 1e-12, "{most}: {found}, expected {step}");
    }
}

/// Sales just below the next multiple past the distance chosen, purchases just above it.
#[test]
fn orders_gather_just_beyond_round_numbers() {
    let settings = Stops {
        round_share: 1.0,
        distances: Distances::Even,
        distance: 0.02,
        ..Stops::default()
    };
    let mut rng = rng();
    for price in [100_400.0, 3_517.0, 0.087_3] {
        let step = round_step(settings.round_spacing * price);
        for order in 0..400 {
            let quantile = f64::from(order) / 400.0;
            let distance = 2.0 * settings.distance * quantile;
            for side in Side::BOTH {
                let found = level(&settings, &mut rng, side, Price::new(price), quantile).get();
                let chosen = price * libm::exp(-side.sign() * distance);
                // How far past a multiple, in the direction in which the price must go, and how far past the distance chosen.
                let multiple = (found / step - side.sign() * 1e-9).round() * step;
                let beyond = -side.sign() * libm::log(found / multiple);
                let further = -side.sign() * libm::log(multiple / chosen);
                assert!(
                    (-1e-9..=settings.beyond).contains(&beyond),
                    "{price}, {side:?}: {found}"
                );
                assert!(
                    (-1e-9..=1.02 * step / multiple).contains(&further),
                    "{price}, {side:?}: {found}"
                );
            }
        }
    }
}

/// Half of log-normal distances are below the median, and their logarithms spread as they should; all orders of a book and side
/// have one size, and together they are the notional asked for.
#[test]
fn the_orders_drawn_are_those_described() {
    let simulation = Simulation::new(&scenario(&[
        ("stops.round_share", 0.0),
        ("stops.notional", 1e9),
        ("stops.sell_share", 0.7),
        ("stops.count", 20_000.0),
    ]))
    .unwrap();
    let asset = &simulation.assets()[0];
    let start = Price::new(asset.parameters().market.start_price);
    let mut usd = [0.0_f64; 2];
    let mut logs = Vec::new();
    for order in asset.stop_orders() {
        usd[order.side as usize] += (order.coins * start).get();
        let distance = -order.side.sign() * libm::log(order.price / start);
        assert!(distance > 0.0, "{order:?}");
        logs.push(libm::log(distance / 0.02));
    }
    assert!((usd[0] - 0.7e9).abs() < 1.0 && (usd[1] - 0.3e9).abs() < 1.0, "{usd:?}");
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / count;
    // Four standard errors.
    assert!(mean.abs() < 4.0 * 0.8 / count.sqrt(), "{mean}");
    assert!(
        (variance.sqrt() / 0.8 - 1.0).abs() < 4.0 / (2.0 * count).sqrt(),
        "{variance}"
    );
    let seen = asset.observation();
    assert!((seen.stops_below - usd[0]).abs() < 1.0 && (seen.stops_above - usd[1]).abs() < 1.0);
}

/// Whoever was stopped out holds as many coins again after a while, and has as many orders.
#[test]
fn who_was_stopped_out_comes_back_and_places_new_orders() {
    let mut simulation = Simulation::new(&scenario(&[
        ("market.volatility", 0.0),
        ("positions.open_interest", 0.0),
        ("stops.renewal", 600.0),
        ("shock.over_steps", 1.0),
    ]))
    .unwrap();
    let coins = |simulation: &Simulation| -> f64 {
        simulation.assets()[0]
            .stop_orders()
            .map(|order| order.coins.get())
            .sum()
    };
    let before = coins(&simulation);
    simulation.shock(&cascade_scenario::Shock::default());
    simulation.step();
    let sold = simulation.assets()[0].observation().stops_sold;
    let at_once = coins(&simulation);
    assert!(
        sold > 1e8 && at_once < before - 0.9 * sold / 1e5,
        "{sold} {before} {at_once}"
    );
    for _ in 0..1_500 {
        simulation.step();
    }
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    // But for a part of an order in each book and side.
    assert!(
        (coins(&simulation) / before - 1.0).abs() < 0.005,
        "{}",
        coins(&simulation)
    );
    // All is held again: what is left is the difference between the prices of the sale and of coming back.
    let seen = simulation.assets()[0].observation();
    assert!(
        seen.stops_delta.abs() < 1.0 && seen.stops_profit.abs() < 0.005 * sold,
        "{seen:?}"
    );
}

/// Switched off, no order waits any more and nobody is out; the run goes on as without stops from there, sums and all.
#[test]
fn orders_are_withdrawn_when_there_are_none_any_more() {
    let mut simulation = Simulation::new(&scenario(&[("market.volatility", 1.0)])).unwrap();
    simulation.shock(&cascade_scenario::Shock::default());
    (0..10).for_each(|_| simulation.step());
    let row = cascade_scenario::find("stops.enabled").unwrap();
    simulation.set(row.id, 0.0).unwrap();
    (0..50).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    let asset = &simulation.assets()[0];
    assert_eq!(asset.stop_orders().count(), 0);
    let queues = asset.world.stops.queues();
    assert!(
        queues
            .into_iter()
            .all(|(.., queue)| queue.out == Coins::ZERO && queue.waiting == Coins::ZERO)
    );
    assert_eq!(asset.observation().stops_sold, 0.0);
    // Placed again, they are those of the present price.
    simulation.set(row.id, 1.0).unwrap();
    let asset = &simulation.assets()[0];
    let spot = asset.observation().spot;
    let mut below = asset
        .stop_orders()
        .filter(|order| order.book == cascade_scenario::BookId::SPOT && order.side == Side::Long);
    assert!(below.all(|order| order.price.get() <= spot));
}
