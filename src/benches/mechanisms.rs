//! What each mechanism costs: the time of a run with it, as a ratio to the bare ladder's run of the same news. Both are run
//! in turn, several times: a step does the same work every time, so the least time of each step counts, whatever else the
//! machine was busy with. Below, the same for books of a million positions an asset.
//!
//! What is closed, by liquidation or auto-deleveraging, is compared too: a mechanism that deepens the fall makes the same code
//! do more. A step is quiet before the news comes and belongs to the cascade afterwards. The very first step is in neither: in it
//! everybody is called who opened a position between the call and the margin; it may be the slowest one.

use std::time::Instant;

use cascade_lab::engine::{Asset, Simulation};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, Event, Outage, Scenario};

const POSITIONS: f64 = 200_000.0;
const MANY: f64 = 1_000_000.0;
/// Steps before the news of the presets, and in all.
const QUIET: usize = 110;
const STEPS: usize = 360;
const TURNS: usize = 5;

/// What is switched on, and how.
const MECHANISMS: &[(&str, &[(&str, f64)])] = &[
    ("bare ladder", &[]),
    ("margin calls", &[("margin_calls.enabled", 1.0)]),
    (
        "margin calls, collateral at once",
        &[("margin_calls.enabled", 1.0), ("margin_calls.collateral_latency", 0.0)],
    ),
    ("volatility margin", &[("volatility_margin.enabled", 1.0)]),
    (
        "haircuts that differ by venue",
        &[
            ("haircut.enabled", 1.0),
            ("positions.coin_margin_share", 0.3),
            ("venue_1.haircut_multiple", 1.5),
            ("venue_2.haircut_multiple", 0.5),
        ],
    ),
    ("maintenance tiers", &[("margin.tiers", 1.0)]),
    ("eight venues", &[("venues.count", 8.0)]),
    ("funding every minute", &[("funding.interval", 60.0)]),
    ("noise flow", &[("noise_flow.volatility", 0.3)]),
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
    ("clearing, bilateral", &[("clearing.scheme", 1.0)]),
    (
        "clearing, central, 40 members",
        &[("clearing.scheme", 2.0), ("clearing.members", 40.0)],
    ),
    ("execution latency", &[("execution.latency", 60.0)]),
    (
        "ten rounds a step",
        &[("execution.interval", 0.0), ("execution.rounds_per_step", 10.0)],
    ),
    ("oracle delay", &[("oracle.delay", 60.0)]),
    ("options and dealers", &[("options.enabled", 1.0)]),
    (
        "twelve expiries, hedged every step",
        &[
            ("options.enabled", 1.0),
            ("options.expiries", 12.0),
            ("dealers.hedging_interval", 0.0),
        ],
    ),
    ("predators", &[("predators.enabled", 1.0)]),
    ("stop orders", &[("stops.enabled", 1.0)]),
    ("liquidity providers", &[("providers.enabled", 1.0)]),
    ("market makers", &[("makers.enabled", 1.0)]),
    (
        "4,000 makers with heavy tails",
        &[
            ("makers.enabled", 1.0),
            ("makers.count", 4_000.0),
            ("makers.limits", 1.0),
        ],
    ),
    ("lending pool", &[("lending.enabled", 1.0)]),
    (
        "lending pool of 200,000 loans",
        &[("lending.enabled", 1.0), ("lending.loans", 200_000.0)],
    ),
    ("new positions", &[("reopening.enabled", 1.0)]),
    ("second asset", &[("assets.count", 2.0)]),
    ("third asset", &[("assets.count", 3.0)]),
    ("fourth asset", &[("assets.count", 4.0)]),
    (
        "cross margin, two assets",
        &[("assets.count", 2.0), ("cross.enabled", 1.0)],
    ),
    (
        "20,000 cross accounts, rates that move",
        &[
            ("assets.count", 2.0),
            ("cross.enabled", 1.0),
            ("cross.count", 20_000.0),
            ("volatility_margin.enabled", 1.0),
        ],
    ),
];

/// Who pays for positions that are worth less than nothing, in the preset of that name, whose insurance fund does not suffice.
const DELEVERAGING: &[(&str, &[(&str, f64)])] = &[
    ("auto-deleveraging", &[]),
    ("auto-deleveraging by profit", &[("fund.adl_ranking", 1.0)]),
    ("auto-deleveraging pro rata", &[("fund.adl_ranking", 2.0)]),
    (
        "socialised loss",
        &[
            ("fund.auto_deleveraging", 0.0),
            ("fund.shortfall", 1.0),
            ("fund.settlement", 60.0),
        ],
    ),
];

/// A shipped preset with some settings.
fn shipped(name: &str, settings: &[(&str, f64)], positions: f64) -> Scenario {
    let mut scenario = preset::find(name).unwrap_or_else(|error| panic!("{error}"));
    for (path, value) in settings.iter().chain(&[("positions.count", positions)]) {
        scenario.set(path, *value).unwrap_or_else(|error| panic!("{error}"));
    }
    scenario
}

fn main() {
    let bare = shipped("first-cascade", &[], POSITIONS);
    heading(POSITIONS);
    for (name, settings) in MECHANISMS {
        report(name, &bare, &shipped("first-cascade", settings, POSITIONS));
    }
    for (name, settings) in DELEVERAGING {
        report(name, &bare, &shipped("auto-deleveraging", settings, POSITIONS));
    }
    let mut out = bare.clone();
    out.events.push(Event {
        step: 122,
        action: Action::Outage(Outage::default()),
    });
    report("outage of a venue", &bare, &out);
    report("everything-on", &bare, &shipped("everything-on", &[], POSITIONS));

    let bare = shipped("first-cascade", &[], MANY);
    heading(MANY);
    report("bare ladder", &bare, &bare);
    let calls = [("margin_calls.enabled", 1.0)];
    report("margin calls", &bare, &shipped("first-cascade", &calls, MANY));
    report("everything-on", &bare, &shipped("everything-on", &[], MANY));
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn heading(positions: f64) {
    println!("\n{positions} positions an asset; microseconds a step and ratio to the bare ladder");
    println!(
        "{:40} {:>9} {:>6} {:>9} {:>6} {:>8} {:>11} {:>8}",
        "", "quiet", "ratio", "cascade", "ratio", "closed ×", "slowest, ms", "load, ms"
    );
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(name: &str, bare: &Scenario, with: &Scenario) {
    let mut runs = [Run::new(), Run::new()];
    for _ in 0..TURNS {
        for (scenario, run) in [bare, with].into_iter().zip(&mut runs) {
            run.again(scenario);
        }
    }
    let [bare, with] = runs;
    println!(
        "{name:40} {:9.1} {:6.2} {:9.1} {:6.2} {:8.2} {:11.2} {:8.0}",
        with.quiet(),
        with.quiet() / bare.quiet(),
        with.cascade(),
        with.cascade() / bare.cascade(),
        with.closed as f64 / bare.closed as f64,
        with.micros.iter().copied().fold(0.0, f64::max) / 1e3,
        with.load / 1e3
    );
}

/// The same run, several times over.
struct Run {
    /// Least time of each step, microseconds.
    micros: Vec<f64>,
    /// Least time it took to make the simulation, microseconds.
    load: f64,
    /// Positions closed by liquidation or auto-deleveraging, of all assets.
    closed: u64,
}

impl Run {
    const fn new() -> Self {
        Self {
            micros: Vec::new(),
            load: f64::INFINITY,
            closed: 0,
        }
    }

    fn again(&mut self, scenario: &Scenario) {
        let start = Instant::now();
        let mut simulation = Simulation::new(scenario).unwrap_or_else(|error| panic!("{error}"));
        self.load = self.load.min(micros_since(start));
        self.micros.resize(1 + STEPS, f64::INFINITY);
        for least in &mut self.micros {
            let start = Instant::now();
            simulation.step();
            *least = least.min(micros_since(start));
        }
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
        let summaries = simulation.assets().iter().map(Asset::summary);
        self.closed = summaries.map(|run| run.liquidation_count + run.adl_count).sum();
    }

    fn quiet(&self) -> f64 {
        mean(&self.micros[1..=QUIET])
    }

    fn cascade(&self) -> f64 {
        mean(&self.micros[1 + QUIET..])
    }
}

fn micros_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
