//! No slider is wired to nothing: moving any parameter of the table changes the run, and a running model takes it at once.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use std::collections::BTreeMap;

use cascade_lab::engine::{Clusters, Simulation};
use cascade_lab::scenario::{Action, ChangeEffect, Event, Kind, Outage, Parameter, Scenario, Shock, table};

/// A scenario in which everything is switched on and something happens to everyone.
fn everything_on() -> Scenario {
    let mut scenario = common::scenario(&[
        ("positions.count", 4_000.0),
        ("positions.coin_margin_share", 0.4),
        ("band_3.weight", 0.3),
        ("concentration.clusters", 3.0),
        ("venues.count", 8.0),
        ("margin.tiers", 1.0),
        ("throttle.enabled", 1.0),
        ("throttle.cap", 2e6),
        ("halt.enabled", 1.0),
        ("halt.trigger", 0.05),
        ("halt.duration", 60.0),
        ("price_band.enabled", 1.0),
        ("price_band.width", 0.03),
        ("staggered.enabled", 1.0),
        ("reopening.enabled", 1.0),
        ("reopening.time_constant", 3_600.0),
        ("reopening.quiet_time", 600.0),
        ("funding.interval", 600.0),
        ("fund.insurance", 1e6),
        ("arbitrage.capital", 2e8),
        ("volatility_margin.enabled", 1.0),
        ("volatility_margin.risk_period", 14_400.0),
        ("volatility_margin.buffer", 0.1),
        ("volatility_margin.floor_volatility", 0.6),
        ("volatility_margin.speed_limit", 2.0),
        ("margin_calls.enabled", 1.0),
        ("margin_calls.collateral_latency", 60.0),
        ("haircut.enabled", 1.0),
        ("oracle.delay", 30.0),
        ("execution.interval", 0.0),
        ("execution.rounds_per_step", 3.0),
        ("liquidity.max_move_per_round", 0.002),
        ("lending.enabled", 1.0),
        ("lending.loans", 400.0),
        ("lending.debt", 2e8),
        ("lending.health", 1.1),
        ("shock.size", -0.06),
        ("options.enabled", 1.0),
        ("options.open_interest", 4_000.0),
        ("options.expiry", 0.03),
        ("options.expiries", 2.0),
        ("options.concentration", 0.3),
        ("options.relist", 1.0),
        ("dealers.hedging_interval", 20.0),
        ("dealers.put_sign", 0.5),
        ("dealers.gain", 0.1),
    ]);
    scenario.events.push(Event {
        step: 22,
        action: Action::Outage(Outage::default()),
    });
    for step in [20, 300] {
        scenario.events.push(Event {
            step,
            action: Action::Shock(Shock::default()),
        });
    }
    scenario
}

const AMM: &[(&str, f64)] = &[("routes.route", 1.0), ("amm.reserves_usd", 2e8)];
const AUCTION: &[(&str, f64)] = &[
    ("routes.route", 2.0),
    ("auction.capacity", 2e7),
    ("auction.unwind", 600.0),
];
const VAULT: &[(&str, f64)] = &[("routes.route", 3.0), ("vault.capital", 2e7), ("vault.unwind", 600.0)];

const CARRY: &[(&str, f64)] = &[("carry.enabled", 1.0)];
// With so little collateral that a part is closed out.
const WRITERS: &[(&str, f64)] = &[
    ("writers.enabled", 1.0),
    ("writers.share", 0.8),
    ("writers.capital", 1.5e7),
];
// The same of dealers.
const MARGINED_DEALERS: &[(&str, f64)] = &[
    ("writers.enabled", 1.0),
    ("writers.dealers", 1.0),
    ("writers.dealers_capital", 1e6),
    ("writers.schedule", 1.0),
];
// With so little capital that the bridges' latency counts.
const REGIONS: &[(&str, f64)] = &[
    ("regions.count", 4.0),
    ("region_2.capital", 1e7),
    ("region_3.capital", 1e7),
    ("region_4.capital", 1e7),
];
const PREDATORS: &[(&str, f64)] = &[("predators.enabled", 1.0)];
// With a second shock while some have come back, to levels that the first one has left behind.
const STOPS: &[(&str, f64)] = &[("stops.enabled", 1.0), ("stops.renewal", 600.0)];
const PROVIDERS: &[(&str, f64)] = &[("providers.enabled", 1.0)];
// So many, of so different limits, that some fail and not all.
const MAKERS: &[(&str, f64)] = &[
    ("makers.enabled", 1.0),
    ("makers.count", 1_000.0),
    ("makers.capacity", 1e9),
    ("makers.limits", 1.0),
];
const MAKERS_WHO_SELL: &[(&str, f64)] = &[
    ("makers.enabled", 1.0),
    ("makers.capacity", 1e9),
    ("makers.failure", 1.0),
];
const SOCIALISED: &[(&str, f64)] = &[
    ("fund.auto_deleveraging", 0.0),
    ("fund.shortfall", 1.0),
    ("fund.settlement", 600.0),
];
const CLEARING: &[(&str, f64)] = &[("clearing.scheme", 2.0)];
const CLEARING_BY_MARGIN: &[(&str, f64)] = &[("clearing.scheme", 2.0), ("clearing.sizing", 1.0)];
const CLEARING_COVERS_TWO: &[(&str, f64)] = &[("clearing.scheme", 2.0), ("clearing.sizing", 2.0)];

const CROSS: &[(&str, f64)] = &[
    ("cross.enabled", 1.0),
    ("cross.leverage", 15.0),
    ("cross.collateral_asset", 1.0),
    ("assets.count", 2.0),
    ("throttle.enabled", 0.0),
];

/// What a row needs beside to matter.
fn context(row: &Parameter) -> &'static [(&'static str, f64)] {
    match row.path.as_str() {
        // So high that every fall reaches it.
        "liquidity.depth_floor" => &[("liquidity.depth_floor", 0.98)],
        "amm.reserves_usd" | "amm.fee" | "amm.slippage_limit" => AMM,
        // So wide a clamp that the interest part counts although the premium is large.
        "funding.interest" => &[("funding.clamp", 0.01)],
        // So sudden a fall that loans pass the health factor below which all may be repaid.
        "lending.close_factor" => &[("shock.size", -0.3), ("shock.over_steps", 1.0)],
        "shock.asset" | "assets.correlation" => &[("assets.count", 2.0)],
        path if path.starts_with("cross.") => CROSS,
        // Strikes so near one another that another one is nearest.
        "options.peak_strike" => &[("options.strike_spacing", 0.005)],
        "dealers.band" => &[("dealers.rule", 1.0)],
        "clearing.initial_margin" | "clearing.margin_share" => CLEARING_BY_MARGIN,
        "clearing.stress_move" => CLEARING_COVERS_TWO,
        path if path.starts_with("clearing.") => CLEARING,
        path if path.starts_with("asset_") => &[("assets.count", 4.0)],
        path if path.starts_with("auction.") => AUCTION,
        path if path.starts_with("vault.") => VAULT,
        // Several steps.
        "market.sampling_seconds" => &[("market.sampling_seconds", 50.0)],
        // So slow a shock that its length decides.
        "halt.window" => &[("halt.trigger", 0.02), ("shock.over_steps", 100.0)],
        // Without the breakers that keep the queues from ever being empty for long.
        path if path.starts_with("reopening.") => &[("price_band.enabled", 0.0), ("staggered.enabled", 0.0)],
        "providers.half_life" => &[("providers.enabled", 1.0), ("providers.anchor", 1.0)],
        path if path.starts_with("providers.") => PROVIDERS,
        path if path.starts_with("stops.") => STOPS,
        // One that waits while the news comes in.
        "predators.trigger" => &[
            ("predators.enabled", 1.0),
            ("predators.competitors", 1.0),
            ("predators.trigger", 0.04),
        ],
        // So impatient that prey is left.
        "predators.patience" => &[
            ("predators.enabled", 1.0),
            ("predators.patience", 60.0),
            ("predators.density", 0.05),
        ],
        "predators.capital" => &[("predators.enabled", 1.0), ("predators.aggressiveness", 2.0)],
        // Caught short by news of the other sign.
        "predators.loss_limit" => &[
            ("predators.enabled", 1.0),
            ("predators.loss_limit", 0.001),
            ("predators.trigger", 0.0),
            ("predators.density", 0.0),
            ("predators.reach", 0.3),
            ("shock.size", 0.06),
        ],
        // So slow a shock that the mean follows it.
        "predators.window" => &[
            ("predators.enabled", 1.0),
            ("predators.competitors", 1.0),
            ("predators.trigger", 0.02),
            ("shock.over_steps", 100.0),
        ],
        path if path.starts_with("carry.") => CARRY,
        path if path.starts_with("region_") => REGIONS,
        path if path.starts_with("writers.dealers") => MARGINED_DEALERS,
        path if path.starts_with("writers.") => WRITERS,
        path if path.starts_with("predators.") => PREDATORS,
        "makers.selling_time" => MAKERS_WHO_SELL,
        path if path.starts_with("makers.") => MAKERS,
        // So narrow that it is reached.
        "haircut.most" => &[("haircut.most", 0.12)],
        path if path.starts_with("index.") => WEIGHTED_INDEX,
        path if path.starts_with("venue_") && row.name == "index_weight" => WEIGHTED_INDEX,
        "shock.venue" => &[("shock.route", 2.0)],
        // Tranches are always sold on the book.
        path if path.starts_with("venue_") && row.name == "route" => &[("staggered.enabled", 0.0)],
        "staggered.target" => &[("staggered.size", 1.0)],
        "fund.shortfall" | "fund.settlement" => SOCIALISED,
        "concentration.spacing" => &[("concentration.clusters", 4.0)],
        _ => &[],
    }
}

/// An index of the spot book and one venue's.
const WEIGHTED_INDEX: &[(&str, f64)] = &[("index.source", 2.0), ("venue_1.index_weight", 0.5)];

/// Another allowed value, a third of the range away.
fn elsewhere(row: &Parameter, value: f64) -> f64 {
    let (low, high) = row.range;
    match row.kind {
        Kind::Toggle | Kind::Choice(_) => low + high - value,
        Kind::Whole => {
            if value > low {
                (value / 2.0).floor().max(low)
            } else {
                value + 1.0
            }
        }
        Kind::Real if value == 0.0 => low.max(0.0) + 0.02 * (high - low.max(0.0)),
        Kind::Real if value * 0.6 >= low && value > 0.0 => value * 0.6,
        Kind::Real => f64::midpoint(value, high),
    }
}

/// Steps of a run.
const STEPS: usize = 600;

/// What a run was: its digest after each step, which is a hash of all steps so far, and where liquidations rest at its end.
struct Trace {
    digests: Vec<u64>,
    clusters: Clusters,
}

/// Scenarios that were run already, by what they add to [`everything_on`]: most rows need nothing.
#[derive(Default)]
struct Bases(BTreeMap<String, (Scenario, Trace)>);

impl Bases {
    /// The scenario in which a row matters, and its run.
    fn of(&mut self, row: &Parameter) -> &(Scenario, Trace) {
        let context = context(row);
        self.0.entry(format!("{context:?}")).or_insert_with(|| {
            let mut scenario = everything_on();
            for (path, value) in context {
                scenario.set(path, *value).unwrap();
            }
            let trace = run(&scenario);
            (scenario, trace)
        })
    }
}

fn resting(simulation: &Simulation) -> Clusters {
    let mut clusters = Clusters::default();
    simulation.assets()[0].resting(&mut clusters);
    clusters
}

fn run(scenario: &Scenario) -> Trace {
    let mut simulation = Simulation::new(scenario).unwrap();
    let mut step = || {
        simulation.step();
        simulation.digest()
    };
    let digests = (0..STEPS).map(|_| step()).collect();
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    Trace {
        digests,
        clusters: resting(&simulation),
    }
}

/// The first step after which a scenario, in which a parameter is set before one of its steps, is another run than this.
fn parts_from(other: &Trace, scenario: &Scenario, change_at: Option<(usize, &Parameter, f64)>) -> Option<usize> {
    let mut simulation = Simulation::new(scenario).unwrap();
    let mut parts = |step| {
        if let Some((_, row, value)) = change_at.filter(|(at, ..)| *at == step) {
            simulation.set(row.id, value).unwrap();
        }
        simulation.step();
        simulation.digest() != other.digests[step]
    };
    let parted = (0..STEPS).find(|step| parts(*step));
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    parted.or_else(|| (change_at.is_some() && resting(&simulation) != other.clusters).then_some(STEPS))
}

#[test]
fn every_parameter_changes_the_run() {
    let mut bases = Bases::default();
    let mut idle = Vec::new();
    for row in table() {
        let (before, a) = bases.of(row);
        let value = elsewhere(row, row.get(&before.parameters));
        let mut after = before.clone();
        after.set(&row.path, value).unwrap();
        if parts_from(a, &after, None).is_none() {
            idle.push(format!("{} = {value}", row.path));
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:?}");
}

#[test]
fn every_parameter_that_may_changes_a_running_model() {
    let mut bases = Bases::default();
    let mut idle = Vec::new();
    for row in table().iter().filter(|row| row.effect != ChangeEffect::Restart) {
        let (before, a) = bases.of(row);
        let value = elsewhere(row, row.get(&before.parameters));
        if parts_from(a, before, Some((10, row, value))).is_none() {
            idle.push(format!("{} = {value}", row.path));
        }
    }
    assert!(idle.is_empty(), "these change nothing: {idle:?}");
}
