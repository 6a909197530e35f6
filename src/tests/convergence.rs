//! Every shipped preset at its time step, a half and a fifth of it: what it shows is the market's, not the clock's.
//!
//! The three runs get the same news: noise is drawn once, at the finest step, and handed to all of them as the path of the
//! efficient price; events stay at their market time. What has no such path, noise of a second asset and of single books, is
//! switched off. Everything that reacts does so on the market's clock, so what is left is the error of dividing time itself:
//! the order of a step is seen after the impact has decayed over that step, κ·dt of a move, and what noise does within a step
//! is not seen, σ·√dt. Both shrink with the step, and so do the bands.
//!
//! Near tipping a small error decides whether one more cluster of positions goes, and a single run can say nothing of convergence.
//! There the mean difference between steps over paired seeds has to be within the same bands, but for what the seeds' own spread
//! leaves open: its standard error times Student's t.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, and say what they found"
)]

use std::fmt;

use cascade_lab::engine::{Simulation, Summary, YEAR_SECONDS};
use cascade_lab::files::preset;
use cascade_lab::scenario::{AssetId, PricePath, Scenario};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// Steps of a run at the preset's own step.
const STEPS: u64 = 1_440;
/// Presets near tipping, which are looked at on many seeds: where everything is on, three clusters of entries lie one below the
/// other, and on some seeds the last one goes at a fine step and stands at a coarse one.
const TIPPING: [&str; 1] = ["everything-on"];
/// Their seeds.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;
/// Student's t for 95 %, two-sided, with 7 degrees of freedom.
const STUDENT: f64 = 2.365;
/// Into how many parts a step is divided.
const PARTS: [u64; 3] = [1, 2, 5];
/// Points of the path in a step: a multiple of all parts.
const POINTS: u64 = 10;

/// The headline figures.
#[derive(Clone, Copy, Debug)]
struct Headline {
    /// Largest move of spot, log.
    moved: f64,
    /// Liquidated, share of the open interest at the start.
    liquidated: f64,
    /// Cancelled by auto-deleveraging, share of the open interest at the start.
    cancelled: f64,
    /// Notional liquidated in the busiest minute, share of all that was liquidated.
    busiest_minute: f64,
    /// Forced flow's share of the variance of 15-minute moves.
    derivative_share: f64,
    /// Where spot ended, log.
    ended: f64,
    /// Debt of loans that was liquidated, share of what there was.
    loans: f64,
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            moved,
            liquidated,
            cancelled,
            busiest_minute,
            derivative_share,
            ended,
            loans,
        } = self;
        write!(
            f,
            "moved {:+7.3} %, ended {:+7.3} %, liquidated {:6.2} %, ADL {:5.2} %, busiest minute {:5.1} %, derivative share \
             {:5.1} %, loans {:5.1} %",
            100.0 * moved,
            100.0 * ended,
            100.0 * liquidated,
            100.0 * cancelled,
            100.0 * busiest_minute,
            100.0 * derivative_share,
            100.0 * loans,
        )
    }
}

impl Headline {
    const fn figures(&self) -> [f64; 7] {
        [
            self.moved,
            self.ended,
            self.liquidated,
            self.cancelled,
            self.busiest_minute,
            self.derivative_share,
            self.loans,
        ]
    }

    fn of(run: &Summary, simulation: &Simulation) -> Self {
        let asset = &simulation.assets()[0];
        let start = asset.parameters().market.start_price;
        // Where there is no open interest nothing is liquidated.
        let interest = run.open_interest_start_usd.max(1.0);
        let minute = simulation.parameters().market.step_seconds.max(60.0);
        Self {
            moved: run.largest_move.total_log,
            liquidated: run.liquidated_notional_usd / interest,
            cancelled: run.adl_notional_usd / interest,
            busiest_minute: if run.liquidated_notional_usd > 0.0 {
                run.peak_liquidation_rate_usd_per_second * minute / run.liquidated_notional_usd
            } else {
                0.0
            },
            derivative_share: run.systemic.derivative_share,
            ended: (asset.observation().spot / start).ln(),
            loans: run.lending.map_or(0.0, |lending| {
                lending.liquidated_debt_usd / asset.parameters().lending.debt
            }),
        }
    }
}

/// A Brownian path of a scenario's volatility, as its efficient price would wander.
fn noise(scenario: &Scenario) -> PricePath {
    let market = &scenario.parameters.market;
    let dt = market.step_seconds / POINTS as f64;
    let variance = market.volatility.powi(2) * dt / YEAR_SECONDS;
    let mut rng = ChaCha8Rng::seed_from_u64(scenario.seed);
    let mut log = 0.0;
    let mut points = vec![(0.0, market.start_price)];
    for point in 1..=STEPS * POINTS {
        let draw: f64 = StandardNormal.sample(&mut rng);
        log += variance.sqrt() * draw - variance / 2.0;
        points.push((point as f64 * dt, market.start_price * f64::exp(log)));
    }
    PricePath {
        points: points.into(),
        noise: false,
    }
}

fn run(preset: &Scenario, parts: u64) -> Headline {
    let mut scenario = preset.clone();
    scenario.path = noise(preset);
    scenario.set("noise_flow.volatility", 0.0).unwrap();
    if scenario.parameters.assets.count > 1 {
        scenario.set("market.volatility", 0.0).unwrap();
    }
    let dt = preset.parameters.market.step_seconds;
    scenario.set("market.step_seconds", dt / parts as f64).unwrap();
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..STEPS * parts).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none());
    Headline::of(&simulation.summary_of(AssetId::FIRST), &simulation)
}

/// What the figures of [`Headline::figures`] are.
const FIGURES: [&str; 7] = [
    "largest move",
    "end",
    "liquidated",
    "auto-deleveraged",
    "busiest minute",
    "derivative share",
    "loans",
];

/// How far a run's figures may be from those of the finest one. A log price: a step's order is seen once the impact has decayed
/// over that step, and a coarser one misses what noise does within it. What was liquidated: relative. What was cancelled is the small
/// rest of a loss beyond a fund.
fn bands(preset: &Scenario, parts: u64, finest: &Headline) -> [f64; 7] {
    let parameters = &preset.parameters;
    let dt = parameters.market.step_seconds / parts as f64;
    let decayed = -f64::exp_m1(-std::f64::consts::LN_2 * dt / parameters.liquidity.resilience_half_life);
    let within_a_step = 2.0 * parameters.market.volatility * (dt / YEAR_SECONDS).sqrt();
    let price = decayed * finest.moved.abs() + within_a_step;
    let share = 0.02;
    let cancelled = 0.01 + 0.05 * finest.cancelled;
    [price, price, 0.015 * finest.liquidated, cancelled, share, share, share]
}

/// The mean of some numbers and its standard error; 0 of a single one.
fn mean_and_error(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|one| (one - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0) / count).sqrt())
}

/// What is out of its band in the mean over runs of the same seeds, the finest last.
fn outside(preset: &Scenario, name: &str, runs: &[[Headline; 3]]) -> Vec<String> {
    let mut missed = Vec::new();
    for (at, parts) in PARTS.into_iter().enumerate() {
        for (figure, what) in FIGURES.into_iter().enumerate() {
            let gap = |run: &[Headline; 3]| run[at].figures()[figure] - run[2].figures()[figure];
            let (mean, error) = mean_and_error(&runs.iter().map(gap).collect::<Vec<_>>());
            let band = |run: &[Headline; 3]| bands(preset, parts, &run[2])[figure];
            let (band, _) = mean_and_error(&runs.iter().map(band).collect::<Vec<_>>());
            let told = format!("{name} at dt/{parts}: {what} {mean:+.4} ± {error:.4}, band {band:.4}");
            if runs.len() > 1 {
                println!("{told}");
            }
            if mean.abs() > band + STUDENT * error {
                missed.push(told);
            }
        }
    }
    missed
}

#[test]
fn presets_converge_as_the_step_shrinks() {
    let mut missed = Vec::new();
    for shipped in preset::shipped() {
        let name = shipped.name;
        let mut preset = preset::find(name).unwrap();
        let seeds = if TIPPING.contains(&name) {
            SEEDS
        } else {
            preset.seed..=preset.seed
        };
        let runs: Vec<_> = seeds
            .map(|seed| {
                preset.seed = seed;
                let found = PARTS.map(|parts| run(&preset, parts));
                for (parts, found) in PARTS.into_iter().zip(&found) {
                    println!("{name:28} seed {seed:3} dt/{parts}: {found}");
                }
                found
            })
            .collect();
        missed.extend(outside(&preset, name, &runs));
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Who has an interval looks as often as it says, however many rounds a step has room for.
#[test]
fn rounds_are_numerics() {
    for shipped in preset::shipped() {
        let digest = |rounds: f64| {
            let mut scenario = preset::find(shipped.name).unwrap();
            scenario.set("execution.rounds_per_step", rounds).unwrap();
            let mut simulation = Simulation::new(&scenario).unwrap();
            (0..STEPS).for_each(|_| simulation.step());
            simulation.digest()
        };
        let rounds = preset::find(shipped.name).unwrap().parameters.execution.rounds_per_step;
        assert_eq!(digest(f64::from(rounds)), digest(50.0), "{}", shipped.name);
    }
}

/// The share of seeds on which a market runs away where not all of them do: the news of the preset at a mean leverage of
/// 9.5. It is the same at every step within two standard errors of the difference of two shares.
#[test]
fn the_share_of_runaways_at_the_tipping_point_does_not_depend_on_the_step() {
    const SEEDS: u64 = 48;
    let share = |dt: f64| {
        let ran_away = (1..=SEEDS).filter(|seed| {
            let mut scenario = preset::find("runaway").unwrap();
            scenario.seed = *seed;
            scenario.set("leverage.mean", 9.5).unwrap();
            scenario.set("market.step_seconds", dt).unwrap();
            let mut simulation = Simulation::new(&scenario).unwrap();
            (0..(3_600.0 / dt) as u64).for_each(|_| simulation.step());
            // There is hardly anything between: it stops near the news of 2 %, or it goes through the ladder.
            simulation.summary_of(AssetId::FIRST).max_drawdown > 0.06
        });
        ran_away.count() as f64 / SEEDS as f64
    };
    let found = [10.0, 5.0, 2.0].map(share);
    println!("share of runaways at 9.5×, steps of 10, 5 and 2 s: {found:?}");
    let [.., finest] = found;
    let error = (2.0 * finest * (1.0 - finest) / SEEDS as f64).sqrt();
    assert!((0.3..=0.9).contains(&finest), "{found:?}");
    assert!(
        found.iter().all(|share| (share - finest).abs() <= 2.0 * error),
        "{found:?}"
    );
}
