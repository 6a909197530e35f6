//! Every slider at its ends, alone and with others: no run breaks the ledger, and none leaves every number unless the news alone
//! takes the price there.
//!
//! `EXTREME_RUNS=42000 cargo test --test extremes -- --nocapture` tries so many random combinations: 10⁷ steps. `EXTREME_SEED=2`
//! tries others.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "common/random.rs"]
mod random;

use cascade_lab::engine::{Simulation, Source};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, Event, Kind, Parameter, Scenario, Shock, table};

use random::{Numbers, cases};

/// Random combinations that are tried, unless `EXTREME_RUNS` asks for another number.
const RUNS: usize = 300;
/// Steps of each run.
const STEPS: u64 = 240;
/// Log price, relative to the start, beyond which news alone has left every market the model describes.
const NEWS: f64 = 20.0;

/// A run whose shock comes when the market has settled.
fn shocked(mut scenario: Scenario, settings: &[(&str, f64)]) -> Scenario {
    // Fewer of them, so that many runs can be made.
    for path in ["positions.count", "cross.count", "lending.loans"] {
        let row = cascade_lab::scenario::find(path).unwrap();
        scenario.set(path, 500.0_f64.clamp(row.range.0, row.range.1)).unwrap();
    }
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    scenario.events = vec![Event {
        step: STEPS / 3,
        action: Action::Shock(Shock::default()),
    }];
    scenario
}

/// What has been tried, and what was wrong with it.
#[derive(Default)]
struct Tried {
    runs: usize,
    steps: u64,
    /// Runs that news alone took out of all numbers, which is documented.
    halted: usize,
    faults: Vec<String>,
}

impl Tried {
    /// Runs it; notes what is wrong with it, if anything is.
    fn run(&mut self, scenario: &Scenario, what: impl FnOnce() -> String) {
        let mut simulation = Simulation::new(scenario).unwrap();
        for _ in 0..STEPS {
            simulation.step();
        }
        self.runs += 1;
        self.steps += simulation.steps();
        let Some(halt) = simulation.halted() else { return };
        let news = simulation
            .assets()
            .iter()
            .map(|asset| asset.observation().attribution[Source::Exogenous].abs())
            .fold(0.0, f64::max);
        if halt.rule.contains("every price") && news > NEWS {
            self.halted += 1;
        } else {
            let fault = format!("{}: {halt:?}, news {news:.1}", what());
            // A long run shows it at once.
            eprintln!("{fault}");
            self.faults.push(fault);
        }
    }

    fn check(self) {
        let Self {
            runs,
            steps,
            halted,
            faults,
        } = self;
        eprintln!("{runs} runs, {steps} steps, {halted} of them taken out of all numbers by news alone");
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

fn ends(row: &Parameter) -> [f64; 2] {
    [row.range.0, row.range.1]
}

/// Numbers of things that only cost time.
fn is_costly(row: &Parameter) -> bool {
    [
        "positions.count",
        "cross.count",
        "lending.loans",
        "execution.rounds_per_step",
    ]
    .contains(&row.path.as_str())
}

#[test]
fn every_slider_at_its_ends() {
    let mut tried = Tried::default();
    for row in table().iter().filter(|row| !is_costly(row)) {
        // What belongs to a mechanism that is off does nothing: it is switched on.
        let group = row.path.split('.').next().unwrap();
        let switch = format!("{group}.enabled");
        let on = cascade_lab::scenario::find(&switch).is_ok() && row.name != "enabled";
        for value in ends(row) {
            let mut settings = vec![(row.path.as_str(), value)];
            if on {
                settings.push((switch.as_str(), 1.0));
            }
            tried.run(&shocked(Scenario::default(), &settings), || {
                format!("{} = {value}", row.path)
            });
        }
    }
    tried.check();
}

/// Combinations in which a runaway once left every number: nothing limits a round, and an order, a hedge or the noise of a thin
/// book feeds itself.
#[test]
fn runaways_without_limits_come_to_an_end() {
    let mut tried = Tried::default();
    let max_move = ("liquidity.max_move_per_round", 1.0);
    let combinations: [&[(&str, f64)]; 5] = [
        &[
            max_move,
            ("dealers.enabled", 1.0),
            ("dealers.gain", 0.9),
            ("shock.size", 1.0),
        ],
        &[max_move, ("cross.enabled", 1.0), ("cross.open_interest", 1e12)],
        &[
            max_move,
            ("liquidity.depth", 1e8),
            ("liquidity.spot_share", 0.99),
            ("noise_flow.volatility", 3.0),
        ],
        &[
            max_move,
            ("liquidity.spot_share", 0.014),
            ("dealers.enabled", 1.0),
            ("dealers.gain", -0.44),
        ],
        &[
            ("market.step_seconds", 3_600.0),
            ("liquidity.resilience_half_life", 30.0),
            ("noise_flow.volatility", 3.0),
            ("venues.count", 8.0),
            ("venue_1.depth_weight", 0.01),
            ("venue_5.depth_weight", 1.0),
            ("assets.count", 4.0),
            ("asset_4.volatility", 10.0),
        ],
    ];
    for settings in combinations {
        for seed in 1..=20 {
            let scenario = Scenario {
                seed,
                ..shocked(Scenario::default(), settings)
            };
            tried.run(&scenario, || format!("{settings:?}, seed {seed}"));
        }
    }
    tried.check();
}

#[test]
fn sliders_at_their_ends_together() {
    let rows: Vec<&Parameter> = table().iter().filter(|row| !is_costly(row)).collect();
    let mut numbers = Numbers::new(0xdead_beef_cafe_f00d ^ cases("EXTREME_SEED", 0) as u64);
    let mut tried = Tried::default();
    for _ in 0..cases("EXTREME_RUNS", RUNS) {
        let count = 2 + numbers.below(12);
        let settings: Vec<(&str, f64)> = (0..count)
            .map(|_| {
                let row = rows[numbers.below(rows.len())];
                let place = f64::from(*numbers.of(&[0.0_f32, 1.0, 0.0, 1.0, 0.3, 0.7]));
                let value = row.range.0 + place * (row.range.1 - row.range.0);
                let value = if matches!(row.kind, Kind::Real) {
                    value
                } else {
                    value.round()
                };
                (row.path.as_str(), value.clamp(row.range.0, row.range.1))
            })
            .collect();
        // Shipped presets have mechanisms on that a fresh scenario has not.
        let preset = numbers.of(preset::shipped());
        let scenario = preset::parse(preset.name, preset.text).unwrap();
        tried.run(&shocked(scenario, &settings), || {
            format!("{}, {settings:?}", preset.name)
        });
    }
    tried.check();
}
