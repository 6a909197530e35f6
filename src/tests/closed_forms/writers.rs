//! Closed forms of option writers on margin, with calls and puts so deep in the money that their delta is 1 and −1.

use cascade_lab::engine::Simulation;
use cascade_lab::scenario::{OptionKind, OptionSeries, Shock};

use super::assert_close;
use super::common::bare;

const COINS: f64 = 1_000.0;

/// Deep calls, or deep puts too; nobody but the writers has sold any, and the books hardly move.
fn market(puts: bool, settings: &[(&str, f64)]) -> Simulation {
    let mut scenario = bare(&[
        ("positions.open_interest", 0.0),
        ("liquidity.depth", 1e12),
        ("options.enabled", 1.0),
        ("dealers.call_sign", 0.0),
        ("dealers.put_sign", 0.0),
        ("writers.enabled", 1.0),
        ("writers.share", 0.5),
        ("writers.interval", 0.0),
        ("writers.stress_move", 0.1),
        ("shock.over_steps", 1.0),
    ]);
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let series = |kind, strike| OptionSeries {
        kind,
        strike,
        days: 30.0,
        open_interest: COINS,
        volatility: 0.1,
    };
    let mut options = vec![series(OptionKind::Call, 2e4)];
    if puts {
        options.push(series(OptionKind::Put, 1e6));
    }
    scenario.options = options.into();
    Simulation::new(&scenario).unwrap()
}

/// Equity C − w·N·ΔP against a requirement of w·N·P·10 %: so much is kept, and the dealers buy a coin for each that is not.
#[test]
fn writers_keep_what_their_equity_covers() {
    let capital = 7e6;
    let mut simulation = market(false, &[("writers.capital", capital)]);
    simulation.step();
    assert_eq!(simulation.assets()[0].observation().writers_closed, 0.0);
    simulation.shock(&Shock {
        size: Some(0.05),
        ..Shock::default()
    });
    simulation.step();
    let seen = *simulation.assets()[0].observation();
    let written = 0.5 * COINS;
    let equity = capital - written * 1e5 * 0.05;
    let required = written * 1e5 * 1.05 * 0.1;
    assert_close(seen.writers_closed, 1.0 - equity / required, 1e-6, "closed");
    // Their own order moves the price by little, and the hedge with it.
    assert_close(
        seen.dealer_hedge / seen.spot,
        written * seen.writers_closed,
        1e-3,
        "hedge",
    );
}

/// Calls lose what puts gain: one clearing house asks for nothing, two that do not give each other's credit ask for both.
#[test]
fn several_schedules_ask_for_what_one_would_net() {
    let closed = |schedule: f64| {
        let mut simulation = market(true, &[("writers.capital", 4e6), ("writers.schedule", schedule)]);
        simulation.step();
        simulation.assets()[0].observation().writers_closed
    };
    assert_eq!(closed(0.0), 0.0);
    assert_close(
        closed(1.0),
        1.0 - 4e6 / (2.0 * 0.5 * COINS * 1e5 * 0.1),
        1e-4,
        "several",
    );
}
