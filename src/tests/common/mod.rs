//! What several test programs share: scenarios in which closed forms hold, and ladders of positions by design.

#![allow(dead_code, reason = "every test program uses its own part")]

use cascade_lab::engine::{ContractKind, Placement, Position, Side, Simulation};
use cascade_lab::scenario::{Scenario, Shock, VenueId};

/// A scenario with some parameters set, in a market whose index is of all books: what is sold in the futures moves every mark at
/// once, as the closed forms of the feedback have it. Where the index is of spot alone, a test says so.
pub fn scenario(settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.set("index.source", 1.0).unwrap();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

/// One venue, own marks, no noise, no decay, no arbitrage, constant depth, no limits: the bare feedback.
pub fn bare(settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = scenario(&[
        ("market.volatility", 0.0),
        ("market.step_seconds", 10.0),
        ("liquidity.depth", 1e9),
        ("liquidity.spot_share", 0.5),
        ("liquidity.resilience", 0.0),
        ("liquidity.permanent_share", 0.0),
        ("liquidity.depth_elasticity", 0.0),
        ("liquidity.depth_floor", 0.0),
        ("liquidity.max_move_per_round", 1.0),
        ("venues.count", 1.0),
        ("marks.synchronisation", 0.0),
        ("arbitrage.enabled", 0.0),
        ("arbitrage.capital", 1e13),
        ("funding.enabled", 0.0),
        ("fund.insurance", 1e13),
        ("positions.coin_margin_share", 1.0),
        ("execution.interval", 0.0),
        ("execution.rounds_per_step", 10_000.0),
        ("lending.interval", 0.0),
        ("makers.interval", 0.0),
        ("dealers.hedging_interval", 0.0),
    ]);
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

/// An inverse long of constant notional that is liquidated when the log price has fallen by `depth_of_fall`.
pub fn inverse_long(id: usize, venue: usize, notional: f64, fall: f64, scenario: &Scenario) -> Placement {
    let price = scenario.parameters.market.start_price;
    let liquidation = price * (-fall).exp();
    let margin = notional * ((1.0 + scenario.parameters.margin.maintenance) / liquidation - 1.0 / price);
    let position = Position {
        id: id as u32,
        quantity: notional,
        entry: -1.0 / price,
        margin,
    };
    Placement {
        venue: VenueId::new(venue),
        kind: ContractKind::Inverse,
        side: Side::Long,
        tier: 0,
        position,
    }
}

/// Inverse longs at even distances of log price: `density` USD per unit of log price down to `reach`.
pub fn even_ladder(scenario: &Scenario, density: f64, spacing: f64, reach: f64) -> Vec<Placement> {
    let count = (reach / spacing).round() as usize;
    let venues = scenario.parameters.venues.count as usize;
    (0..count)
        .map(|i| inverse_long(i, i % venues, density * spacing, (i as f64 + 0.5) * spacing, scenario))
        .collect()
}

/// A shock of this log size in one step.
pub fn shock(simulation: &mut Simulation, log_size: f64) {
    simulation.shock(&Shock {
        size: Some(log_size.exp_m1()),
        over_steps: Some(1),
        ..Shock::default()
    });
}

/// Log price of venue 1's futures, relative to the start.
pub fn futures_log(simulation: &Simulation) -> f64 {
    (simulation.assets()[0].observation().futures[0] / simulation.scenario().parameters.market.start_price).ln()
}
