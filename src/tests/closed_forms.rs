//! Results of the literature that the engine reproduces as settings of itself. The numbers in the names of the
//! tests only keep them in order; each test says what its result is and who published it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking and tell what they found"
)]

mod common;
#[path = "closed_forms/delta_map.rs"]
mod delta_map;
#[path = "closed_forms/lending.rs"]
mod lending;
#[path = "closed_forms/options.rs"]
mod options;
#[path = "closed_forms/options_clearing.rs"]
mod options_clearing;
#[path = "closed_forms/regions.rs"]
mod regions;
#[path = "closed_forms/stops.rs"]
mod stops;
#[path = "closed_forms/traders.rs"]
mod traders;

use cascade_lab::engine::{ContractKind, Position, Requirement, Side, Simulation, YEAR_SECONDS, expected_shortfall};
use cascade_lab::scenario::{AssetId, VenueId};
use common::{bare, even_ladder, futures_log, inverse_long, shock};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Runs until nothing is liquidated any more.
fn settle(simulation: &mut Simulation, most: usize) {
    for _ in 0..most {
        simulation.step();
        let seen = simulation.assets()[0].observation();
        if seen.liquidated_longs == 0.0 && seen.queued == 0.0 {
            break;
        }
    }
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
}

fn assert_close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!(
        (found / expected - 1.0).abs() <= relative,
        "{what}: {found}, expected {expected}"
    );
}

/// The feedback's fixed point δ/(1 − R), whatever the permanent share, the number of books and the rounds.
#[test]
fn t10_total_move_is_the_shock_over_one_minus_r() {
    let shock_size = 0.01;
    for (ratio, gain) in [(0.2, 1.25), (0.5, 2.0), (0.8, 5.0), (0.9, 10.0)] {
        for (permanent, venues, rounds) in [(0.0, 1.0, 10_000.0), (0.3, 3.0, 10_000.0), (1.0, 2.0, 1.0)] {
            let scenario = bare(&[
                ("liquidity.permanent_share", permanent),
                ("venues.count", venues),
                ("execution.rounds_per_step", rounds),
            ]);
            let weights: f64 = scenario.parameters.venue[..venues as usize]
                .iter()
                .map(|v| v.depth_weight)
                .sum();
            let depth = 0.5e9 * scenario.parameters.venue[0].depth_weight / weights;
            let mut ladder = even_ladder(&scenario, ratio * depth, 2e-6, 0.15);
            for placement in &mut ladder {
                placement.venue = VenueId::FIRST;
            }
            let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
            shock(&mut simulation, -shock_size);
            settle(&mut simulation, 5_000);
            let what = format!("R {ratio}, π {permanent}, {venues} venues, {rounds} rounds");
            assert_close(-futures_log(&simulation), gain * shock_size, 1e-3, &what);
            // Marks are own prices, so the reproduction ratio is the venue's own.
            let start = Simulation::with_positions(&scenario, &ladder).unwrap();
            assert_close(start.assets()[0].observation().reproduction_down, ratio, 5e-3, &what);
        }
    }
}

/// The same with one index for all venues and instant arbitrage: R = Σℓ/ΣD.
#[test]
fn t10_net_ratio_with_a_common_index() {
    for (ratio, gain) in [(0.2, 1.25), (0.5, 2.0), (0.8, 5.0), (0.9, 10.0)] {
        for permanent in [0.0, 0.5] {
            let scenario = bare(&[
                ("venues.count", 3.0),
                ("marks.synchronisation", 1.0),
                ("arbitrage.enabled", 1.0),
                ("arbitrage.time_constant", 0.0),
                ("liquidity.permanent_share", permanent),
            ]);
            let ladder = even_ladder(&scenario, ratio * 1e9, 2e-6, 0.15);
            let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
            // Averaged over half a per cent, to the resolution of a bucket.
            assert_close(simulation.assets()[0].observation().reproduction_down, ratio, 5e-3, "R");
            shock(&mut simulation, -0.01);
            settle(&mut simulation, 50);
            let index = (simulation.assets()[0].observation().index / 1e5).ln();
            assert_close(-index, gain * 0.01, 1e-3, &format!("R {ratio}, π {permanent}"));
        }
    }
}

/// R is that of the ladder all through a cascade, whether it takes many steps or the rounds of one: what the marks have passed
/// and no engine has looked at yet is shown beside it and is not part of it.
#[test]
fn t10_ratio_does_not_count_the_backlog() {
    for ratio in [0.35, 0.65, 0.85] {
        for rounds in [1.0, 20.0] {
            let scenario = bare(&[("execution.rounds_per_step", rounds)]);
            let ladder = even_ladder(&scenario, ratio * 0.5e9, 2e-6, 0.15);
            let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
            shock(&mut simulation, -0.01);
            settle(&mut simulation, 1_000);
            let what = format!("R {ratio}, {rounds} rounds");
            assert_close(-futures_log(&simulation), 0.01 / (1.0 - ratio), 1e-3, &what);
            let run = simulation.summary_of(AssetId::FIRST);
            // To the resolution of a bucket, as at the start.
            assert_close(run.reproduction_ratio, ratio, 5e-3, &what);
            // The first round liquidates ℓ·δ, which moves the price by R·δ; what lies there waits for the next round, and so on.
            let waits = ratio.powf(rounds) * ratio * 0.01 * 0.5e9;
            let position = ladder[0].position.quantity;
            assert!(
                (run.largest_backlog_usd - waits).abs() <= position.max(1e-3 * waits),
                "{what}: {}, expected {waits}",
                run.largest_backlog_usd
            );
        }
    }
}

/// A million positions at random places: the same within what their number allows.
#[test]
fn t10_random_ladder() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    for (ratio, gain) in [(0.5, 2.0), (0.9, 10.0)] {
        let scenario = bare(&[]);
        let (count, reach) = (1_000_000, 0.15);
        let notional = ratio * 0.5e9 * reach / count as f64;
        let ladder: Vec<_> = (0..count)
            .map(|i| inverse_long(i, 0, notional, reach * rng.random::<f64>(), &scenario))
            .collect();
        let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
        shock(&mut simulation, -0.01);
        settle(&mut simulation, 10);
        assert_close(-futures_log(&simulation), gain * 0.01, 0.04, &format!("R {ratio}"));
    }
}

/// Above R = 1 nothing stops the fall but the end of the ladder: δ + M/D.
#[test]
fn t10_runaway_ends_with_the_ladder() {
    let scenario = bare(&[]);
    let (depth, reach) = (0.5e9, 0.1);
    let ladder = even_ladder(&scenario, 1.1 * depth, 1e-5, reach);
    let notional: f64 = ladder.iter().map(|placement| placement.position.quantity).sum();
    let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
    shock(&mut simulation, -0.01);
    settle(&mut simulation, 10);
    assert_close(-futures_log(&simulation), 0.01 + notional / depth, 1e-9, "R 1.1");
    assert_eq!(simulation.assets()[0].standing().count(), 0);
}

/// Under the law V = D₁·(u/1 %)^κ an even ladder of ℓ takes a shock δ to the y that solves y = δ + 1 %·(ℓ·y/D₁)^(1/κ). With
/// κ = 1 that is δ/(1 − ℓ/D), with κ = 2 and 1 %/√D₁ = .02 for V in units of 1e8 it is the .0148792 of k√V. Neither the rounds
/// that the order is cut into nor the share of the move that is permanent changes it.
#[test]
fn t11_power_laws_of_impact() {
    let shock_size = 0.01;
    for (exponent, order_of_one_percent, expected) in [
        (1.0, 1e7, 0.016_666_7),
        (1.5, 0.25e8, 0.013_621_6),
        (2.0, 0.25e8, 0.014_879_2),
        (3.0, 0.25e8, 0.016_402_4),
    ] {
        for (rounds, permanent) in [(1.0, 0.0), (10_000.0, 0.0), (10_000.0, 0.7), (1.0, 1.0)] {
            let scenario = bare(&[
                ("liquidity.impact_exponent", exponent),
                // Half of the depth is the venue's.
                ("liquidity.depth", 2.0 * 100.0 * order_of_one_percent),
                ("liquidity.permanent_share", permanent),
                ("execution.rounds_per_step", rounds),
            ]);
            let ladder = even_ladder(&scenario, 4e8, 1e-6, 0.05);
            let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
            shock(&mut simulation, -shock_size);
            settle(&mut simulation, 10_000);
            assert_close(
                -futures_log(&simulation),
                expected,
                2e-4,
                &format!("κ {exponent}, {rounds} rounds, π {permanent}"),
            );
        }
    }
}

/// Sizes of the avalanches that single liquidations set off on a Poisson ladder follow Borel's distribution.
fn avalanches(ratio: f64, count: usize, seed: u64) -> Vec<f64> {
    let reach = 0.7;
    let spacing = reach / count as f64;
    let scenario = bare(&[("execution.rounds_per_step", 10_000.0)]);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut falls: Vec<f64> = (0..count).map(|_| reach * rng.random::<f64>()).collect();
    falls.sort_unstable_by(f64::total_cmp);
    let notional = ratio * spacing * 0.5e9;
    let ladder: Vec<_> = falls
        .iter()
        .enumerate()
        .map(|(id, fall)| inverse_long(id, 0, notional, *fall, &scenario))
        .collect();
    let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
    let mut sizes = Vec::new();
    let mut gone = 0;
    // Stopping while a hundred are left keeps the probability of a size up to a hundred unbiased.
    while gone + 100 < count {
        let distance = falls[gone] + futures_log(&simulation);
        shock(&mut simulation, -(distance + 1e-13));
        simulation.step();
        let now = simulation.summary_of(AssetId::FIRST).liquidation_count as usize;
        assert!(now > gone, "the next position was not reached");
        sizes.push((now - gone) as f64);
        gone = now;
    }
    sizes
}

#[test]
fn t12_avalanches_are_borel() {
    let share = |sizes: &[f64], of: &dyn Fn(f64) -> bool| {
        sizes.iter().filter(|size| of(**size)).count() as f64 / sizes.len() as f64
    };
    let standard_error = |p: f64, n: usize| (p * (1.0 - p) / n as f64).sqrt();
    for (ratio, mean, variance) in [(0.5, 2.0, 4.0), (0.9, 10.0, 900.0)] {
        let sizes = avalanches(ratio, 600_000, 12);
        let n = sizes.len() as f64;
        let found = sizes.iter().sum::<f64>() / n;
        let spread = sizes.iter().map(|s| (s - found).powi(2)).sum::<f64>() / n;
        let fourth = sizes.iter().map(|s| (s - found).powi(4)).sum::<f64>() / n;
        assert!(
            (found - mean).abs() < 4.0 * (variance / n).sqrt(),
            "R {ratio}: mean {found}"
        );
        let error = ((fourth - spread * spread) / n).sqrt();
        assert!(
            (spread - variance).abs() < 4.0 * error,
            "R {ratio}: variance {spread} ± {error}"
        );
        if ratio == 0.5 {
            for (size, p) in [(1.0, 0.606_53), (2.0, 0.183_94)] {
                let found = share(&sizes, &|s| s == size);
                assert!(
                    (found - p).abs() < 4.0 * standard_error(p, sizes.len()),
                    "P({size}) = {found}"
                );
            }
        }
    }
    let sizes: Vec<f64> = (0..6).flat_map(|seed| avalanches(1.0, 400_000, 100 + seed)).collect();
    let found = share(&sizes, &|s| s >= 100.0);
    let error = standard_error(0.079_97, sizes.len());
    assert!(
        (found - 0.079_97).abs() < 4.0 * error,
        "R 1: P(size ≥ 100) = {found} ± {error}"
    );
}

/// With decaying impact and one round a step a cascade runs away iff R > (1 + √(1−a))²/a.
#[test]
fn t16_critical_ratio_with_decay() {
    let runs_away = |decay: f64, ratio: f64| {
        let scenario = bare(&[
            ("market.step_seconds", 60.0),
            ("liquidity.resilience", 1.0),
            (
                "liquidity.resilience_half_life",
                60.0 * std::f64::consts::LN_2 / -decay.ln(),
            ),
            ("execution.rounds_per_step", 1.0),
        ]);
        // Just below the critical ratio a cascade first grows a thousandfold: the ladder is 15,000 times the shock.
        let ladder = even_ladder(&scenario, ratio * 0.5e9, 1e-6, 0.3);
        let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
        shock(&mut simulation, -2e-5);
        for _ in 0..3_000 {
            simulation.step();
        }
        assert!(simulation.halted().is_none());
        simulation.assets()[0].standing().count() == 0
    };
    for (decay, critical) in [(0.5, 5.828), (0.9, 1.924_9), (0.99, 1.222_2)] {
        let formula = (1.0 + f64::sqrt(1.0 - decay)).powi(2) / decay;
        assert_close(formula, critical, 1e-4, "formula");
        assert!(
            !runs_away(decay, critical * 0.93),
            "a {decay}: ran away below the critical ratio"
        );
        assert!(
            runs_away(decay, critical * 1.07),
            "a {decay}: stopped above the critical ratio"
        );
    }
    // The impact is gone by the next step: no ratio runs away.
    let scenario = bare(&[
        ("market.step_seconds", 3_600.0),
        ("liquidity.resilience", 1.0),
        ("liquidity.resilience_half_life", 30.0),
        ("execution.rounds_per_step", 1.0),
    ]);
    let ladder = even_ladder(&scenario, 50.0 * 0.5e9, 1e-5, 0.3);
    let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
    shock(&mut simulation, -1e-3);
    for _ in 0..500 {
        simulation.step();
    }
    assert!(simulation.assets()[0].standing().count() > ladder.len() / 2);
}

/// One position that the throttle releases evenly over n steps: peak impact (1 − aⁿ)/(n(1 − a)) of that of one order.
#[test]
fn t17_throttled_liquidation() {
    let peak = |steps: f64, decay_over_release: f64| {
        let (dt, notional) = ((100.0 / steps).max(0.5), 1e6);
        let mut scenario = bare(&[
            ("market.step_seconds", dt),
            ("liquidity.resilience", 1.0),
            (
                "liquidity.resilience_half_life",
                std::f64::consts::LN_2 * steps * dt / decay_over_release,
            ),
            ("throttle.enabled", 1.0),
            ("throttle.cap", notional / (steps * dt)),
        ]);
        scenario.set("execution.rounds_per_step", 8.0).unwrap();
        let ladder = [inverse_long(0, 0, notional, 0.01, &scenario)];
        let mut simulation = Simulation::with_positions(&scenario, &ladder).unwrap();
        shock(&mut simulation, -0.02);
        let mut lowest = 0.0_f64;
        for _ in 0..steps as usize + 5 {
            simulation.step();
            lowest = lowest.min(futures_log(&simulation) + 0.02);
        }
        assert_eq!(simulation.assets()[0].observation().queued, 0.0, "not all was released");
        // A step ends with the decay; the ratio is taken right after the execution before it.
        -lowest * (decay_over_release / steps).exp() / (notional / 0.5e9)
    };
    let formula = |n: f64, kappa_t: f64| {
        let a = (-kappa_t / n).exp();
        (1.0 - a.powf(n)) / (n * (1.0 - a))
    };
    for (steps, kappa_t) in [(10.0, 1.0), (100.0, 1.0), (1_000.0, 1.0), (1_000.0, 10.0)] {
        assert_close(
            peak(steps, kappa_t),
            formula(steps, kappa_t),
            1e-6,
            &format!("n {steps}, κT {kappa_t}"),
        );
    }
    assert_close(peak(10_000.0, 1.0), 0.632_12, 2e-4, "limit at κT 1");
    assert_close(peak(10_000.0, 10.0), 0.100_0, 1e-3, "limit at κT 10");
    assert_close(formula(10.0, 1.0), 0.664_25, 1e-4, "n 10");
}

/// First passage to liquidation within a day, of the engine's own noise: 1.274 %.
#[test]
fn t20_first_passage_to_liquidation() {
    let daily = 0.04;
    let steps_a_day = 24;
    let scenario = bare(&[
        ("market.volatility", daily * 365.0_f64.sqrt()),
        ("market.step_seconds", 86_400.0 / f64::from(steps_a_day)),
    ]);
    let rule = Requirement {
        rate: 0.005,
        ..Requirement::default()
    };
    let position = Position {
        id: 0,
        quantity: 1.0,
        entry: 1.0,
        margin: 0.1,
    };
    let key = rule.key(&position, Side::Long);
    let barrier = rule
        .liquidation_price(key, ContractKind::Linear, Side::Long, 0.0)
        .get()
        .ln();
    let step_variance = daily * daily / f64::from(steps_a_day);

    let (mut sum, mut squares) = (0.0, 0.0);
    let days = 40_000_u32;
    for run in 0..days / 400 {
        let scenario = cascade_lab::scenario::Scenario {
            seed: u64::from(run),
            ..scenario.clone()
        };
        let mut simulation = Simulation::with_positions(&scenario, &[]).unwrap();
        let mut before = simulation.assets()[0].observation().spot.ln();
        for _ in 0..400 {
            let start = before;
            let mut survives = 1.0;
            for _ in 0..steps_a_day {
                simulation.step();
                let now = simulation.assets()[0].observation().spot.ln();
                let (a, b) = (before - start - barrier, now - start - barrier);
                // Probability that a Brownian bridge between the two steps touched the barrier.
                survives *= if a <= 0.0 || b <= 0.0 {
                    0.0
                } else {
                    1.0 - (-2.0 * a * b / step_variance).exp()
                };
                before = now;
            }
            let hit = 1.0 - survives;
            sum += hit;
            squares += hit * hit;
        }
    }
    let n = f64::from(days);
    let mean = sum / n;
    let error = ((squares / n - mean * mean) / n).sqrt();
    assert!((mean - 0.012_74).abs() < 3.0 * error + 5e-6, "{mean} ± {error}");
    assert!(error < 0.000_6, "too few paths: ± {error}");
}

/// Expected shortfall over ten minutes beyond a buffer of .5 % at 80 % a year: 1.1897e-4 of the notional, of the engine's
/// own noise. Its log price moves by a normal −σ²T/2 ± σ√T; the formula's move has no drift.
#[test]
fn t21_expected_shortfall_over_the_latency() {
    let (volatility, latency, buffer) = (0.8, 600.0, 0.005);
    let steps = 5;
    let scenario = bare(&[
        ("market.volatility", volatility),
        ("market.step_seconds", latency / f64::from(steps)),
    ]);
    let drift = volatility * volatility * latency / YEAR_SECONDS / 2.0;
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for seed in 0..200 {
        let scenario = cascade_lab::scenario::Scenario {
            seed,
            ..scenario.clone()
        };
        let mut simulation = Simulation::with_positions(&scenario, &[]).unwrap();
        for _ in 0..1_000 {
            let before = simulation.assets()[0].observation().spot;
            (0..steps).for_each(|_| simulation.step());
            let change = (simulation.assets()[0].observation().spot / before).ln() + drift;
            let loss = (-change - buffer).max(0.0);
            sum += loss;
            squares += loss * loss;
            count += 1.0;
        }
    }
    let mean = sum / count;
    let error = f64::sqrt((squares / count - mean * mean) / count);
    let formula = expected_shortfall(volatility, latency, buffer);
    assert!((formula - 1.189_7e-4).abs() < 1e-8, "{formula:e}");
    assert!(
        (mean - formula).abs() < 3.0 * error && error < 0.015 * formula,
        "{mean:e} ± {error:e}"
    );
}
