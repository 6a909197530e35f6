//! Closed forms of option writers and dealers on margin, most with calls and puts so deep in the money that their delta is 1 and −1.

use cascade_lab::engine::Simulation;
use cascade_lab::scenario::{OptionKind, OptionSeries, Shock};

use super::assert_close;
use super::common::bare;

const COINS: f64 = 1_000.0;

fn series(kind: OptionKind, strike: f64, volatility: f64) -> OptionSeries {
    OptionSeries {
        kind,
        strike,
        days: 30.0,
        open_interest: COINS,
        volatility,
    }
}

/// Options in a market without positions whose books hardly move.
fn market_of(options: Vec<OptionSeries>, settings: &[(&str, f64)]) -> Simulation {
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
    scenario.options = options.into();
    Simulation::new(&scenario).unwrap()
}

/// Deep calls, or deep puts too; nobody but the writers has sold any.
fn market(puts: bool, settings: &[(&str, f64)]) -> Simulation {
    let mut options = vec![series(OptionKind::Call, 2e4, 0.1)];
    if puts {
        options.push(series(OptionKind::Put, 1e6, 0.1));
    }
    market_of(options, settings)
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

/// Dealers who have sold deep calls and hold the coins for them lose nothing by a move: one clearing house asks for nothing. Of two, one
/// sees the calls and the other the coins, and each asks for a tenth: dealers keep what their collateral covers of both, and trade the
/// hedge of the rest back.
#[test]
fn dealers_are_asked_for_both_legs_by_several_houses_and_for_none_by_one() {
    let capital = 8e6;
    let run = |schedule: f64| {
        let mut simulation = market(
            false,
            &[
                ("dealers.call_sign", -1.0),
                ("dealers.hedging_interval", 0.0),
                ("writers.share", 0.0),
                ("writers.dealers", 1.0),
                ("writers.dealers_capital", capital),
                ("writers.schedule", schedule),
            ],
        );
        simulation.step();
        let cut = simulation.assets()[0].observation().dealers_cut;
        simulation.step();
        let seen = *simulation.assets()[0].observation();
        (cut, seen.dealer_hedge / seen.spot)
    };
    let (cut, hedge) = run(0.0);
    assert_eq!(cut, 0.0);
    assert_close(hedge, COINS, 1e-6, "hedge, one house");
    let (cut, hedge) = run(1.0);
    let kept = capital / (2.0 * COINS * 1e5 * 0.1);
    assert_close(cut, 1.0 - kept, 1e-6, "cut");
    // What it costs them to sell a share 6e-5 of the depth comes off their equity, and with it off what they keep.
    assert_close(hedge, kept * COINS, 1e-3, "hedge, two houses");
}

/// Dealers short a call at the money, hedged once: a move costs them N·(∫Δ dP − Δ₀·ΔP), and one house asks for the worst of that
/// over a further move of 10 % either way.
#[test]
fn dealers_lose_what_their_hedge_does_not_cover() {
    let deviation = 0.5 * f64::sqrt(30.0 / 365.0);
    let delta = |price: f64| {
        let d1 = (price / 1e5).ln() / deviation + 0.5 * deviation;
        0.5 * libm::erfc(-d1 / std::f64::consts::SQRT_2)
    };
    // What a hedged coin's worth of calls loses between two prices: the midpoint rule.
    let loss = |from: f64, to: f64| {
        let pieces = 10_000;
        let width = (to - from) / f64::from(pieces);
        let gained: f64 = (0..pieces)
            .map(|piece| delta(from + (f64::from(piece) + 0.5) * width) * width)
            .sum();
        gained - delta(from) * (to - from)
    };
    let required = |price: f64| COINS * f64::max(loss(price, 0.9 * price), loss(price, 1.1 * price));
    let capital = 1.05 * required(1e5);
    let mut simulation = market_of(
        vec![series(OptionKind::Call, 1e5, 0.5)],
        &[
            ("dealers.call_sign", -1.0),
            ("dealers.hedging_interval", 86_400.0),
            ("writers.share", 0.0),
            ("writers.dealers", 1.0),
            ("writers.dealers_capital", capital),
        ],
    );
    simulation.step();
    assert_eq!(simulation.assets()[0].observation().dealers_cut, 0.0);
    simulation.shock(&Shock {
        size: Some(0.05),
        ..Shock::default()
    });
    simulation.step();
    let equity = capital - COINS * loss(1e5, 1.05e5);
    let kept = equity / required(1.05e5);
    assert!(kept < 0.95, "{kept}");
    assert_close(
        simulation.assets()[0].observation().dealers_cut,
        1.0 - kept,
        1e-3,
        "cut",
    );
}
