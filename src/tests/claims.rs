//! What the program claims about leverage and liquidity, on paired seeds: the same noise and the same luck of the draw on
//! both sides of every comparison.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, Event, Scenario, Shock};

const SEEDS: u64 = 32;

fn run(settings: &[(&str, f64)], seed: u64, steps: usize) -> Summary {
    let events = vec![Event {
        step: 30,
        action: Action::Shock(Shock::default()),
    }];
    let scenario = Scenario {
        seed,
        events,
        ..common::scenario(settings)
    };
    let mut simulation = Simulation::new(&scenario).unwrap();
    for _ in 0..steps {
        simulation.step();
    }
    let summary = simulation.summary();
    assert!(summary.halted.is_none(), "{:?}", summary.halted);
    summary
}

/// The runs of all seeds at each of some values of a parameter.
fn sweep(path: &str, values: &[f64]) -> Vec<Vec<Summary>> {
    values
        .iter()
        .map(|value| (1..=SEEDS).map(|seed| run(&[(path, *value)], seed, 240)).collect())
        .collect()
}

fn median(runs: &[Summary], of: impl Fn(&Summary) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn pairs_that_rise(low: &[Summary], high: &[Summary], of: impl Fn(&Summary) -> f64) -> usize {
    low.iter().zip(high).filter(|(low, high)| of(high) > of(low)).count()
}

#[test]
fn leverage_makes_fragile() {
    let runs = sweep("leverage.mean", &[3.0, 8.0, 12.0, 20.0, 30.0]);
    let amplification: Vec<f64> = runs
        .iter()
        .map(|runs| median(runs, |s| s.amplification_factor))
        .collect();
    let liquidated: Vec<f64> = runs
        .iter()
        .map(|runs| median(runs, |s| s.liquidated_notional_usd))
        .collect();
    println!("amplification {amplification:.3?}, liquidated {liquidated:.3?}");
    assert!(liquidated.windows(2).all(|pair| pair[1] > pair[0]), "{liquidated:?}");
    assert!(amplification[1] > amplification[0] - 1e-9 && amplification[2] > amplification[1] + 0.15);
    assert!(amplification[3] > amplification[2] + 0.15, "{amplification:?}");
    assert!(pairs_that_rise(&runs[1], &runs[2], |s| s.amplification_factor) == SEEDS as usize);
    assert!(pairs_that_rise(&runs[0], &runs[4], |s| s.liquidated_notional_usd) == SEEDS as usize);
}

#[test]
fn depth_protects() {
    let runs = sweep("liquidity.depth", &[1e10, 2e10, 4e10]);
    for pair in runs.windows(2) {
        assert!(pairs_that_rise(&pair[1], &pair[0], |s| s.amplification_factor) >= 30);
        assert!(pairs_that_rise(&pair[1], &pair[0], |s| s.liquidated_notional_usd) >= 30);
    }
}

/// A shock that starts as an order in the spot book reaches every venue's engine through a common index, before slow
/// arbitrage has carried it there. (Where the venues' own books are so thin that each runs away by itself, own marks
/// liquidate more: the index damps them.)
#[test]
fn a_common_index_carries_a_spot_shock_to_every_venue() {
    let at = |synchronisation, seed| {
        let settings = [
            ("marks.synchronisation", synchronisation),
            ("arbitrage.time_constant", 600.0),
            ("positions.open_interest", 1e9),
            ("shock.route", 1.0),
            ("shock.size", -0.06),
        ];
        run(&settings, seed, 240)
    };
    let own: Vec<Summary> = (1..=SEEDS).map(|seed| at(0.0, seed)).collect();
    let common: Vec<Summary> = (1..=SEEDS).map(|seed| at(1.0, seed)).collect();
    let ratio = median(&common, |s| s.liquidated_notional_usd) / median(&own, |s| s.liquidated_notional_usd).max(1.0);
    println!(
        "liquidated × {ratio:.2}, own {:.3}",
        median(&own, |s| s.liquidated_notional_usd)
    );
    assert!(pairs_that_rise(&own, &common, |s| s.liquidated_notional_usd) >= 30);
    assert!(ratio > 1.8, "{ratio}");
}

/// Open interest massed within reach of the shock amplifies; massed out of reach it protects.
#[test]
fn concentration_amplifies_within_reach_and_protects_beyond() {
    let at = |width, leverage, seed| {
        let settings = [
            ("concentration.width", width),
            ("leverage.mean", leverage),
            ("band_2.weight", 0.0),
            ("band_1.dispersion", 0.02),
            ("positions.open_interest", 1.5e9),
        ];
        run(&settings, seed, 240)
    };
    let median_at = |width, leverage| {
        median(
            &(1..=SEEDS).map(|seed| at(width, leverage, seed)).collect::<Vec<_>>(),
            |s| s.amplification_factor,
        )
    };
    let reach = (median_at(0.2, 45.0), median_at(6.0, 45.0));
    let beyond = (median_at(0.2, 12.0), median_at(6.0, 12.0));
    println!("amplification massed/spread: within reach {reach:.2?}, beyond {beyond:.2?}");
    assert!(reach.0 > reach.1 + 0.3, "{reach:?}");
    assert!(beyond.0 < beyond.1 - 0.1, "{beyond:?}");
}

/// Coin-margined longs lose collateral with the price: they go sooner and the fall is deeper.
#[test]
fn coin_margin_deepens_a_fall() {
    let at = |share, seed| run(&[("positions.coin_margin_share", share)], seed, 240);
    let dollars: Vec<Summary> = (1..=SEEDS).map(|seed| at(0.0, seed)).collect();
    let coins: Vec<Summary> = (1..=SEEDS).map(|seed| at(1.0, seed)).collect();
    let gap = median(&coins, |s| s.max_drawdown) - median(&dollars, |s| s.max_drawdown);
    println!("drawdown + {:.2} pp", gap * 100.0);
    assert!(gap > 0.004, "{gap}");
}

/// The throttle always lowers the peak rate of liquidation.
#[test]
fn the_throttle_lowers_the_peak_rate() {
    let at = |enabled, seed| run(&[("throttle.enabled", enabled)], seed, 480);
    for seed in 1..=SEEDS {
        let (free, throttled) = (at(0.0, seed), at(1.0, seed));
        let rate = |s: &Summary| s.peak_liquidation_rate_usd_per_second;
        assert!(rate(&throttled) < rate(&free) && rate(&throttled) <= 5e5 * (1.0 + 1e-9));
    }
}

/// A route off the book spares the book while its capital lasts and what it took over is unwound slowly; unwound fast, the
/// same notional prints a little later and nothing is gained.
#[test]
fn a_route_off_the_book_spares_it_while_it_unwinds_slowly() {
    let at = |settings: &[(&str, f64)]| -> Vec<Summary> { (1..=SEEDS).map(|seed| run(settings, seed, 480)).collect() };
    let trough = |s: &Summary| s.lowest_price / 100_000.0 - 1.0;
    let impact = |s: &Summary| -trough(s) / s.liquidated_notional_usd;
    let book = at(&[]);
    for (name, route, capacity, unwind) in [
        ("auction", 2.0, "auction.capacity", "auction.unwind"),
        ("vault", 3.0, "vault.capital", "vault.unwind"),
    ] {
        let by = |capital, seconds| at(&[("routes.route", route), (capacity, capital), (unwind, seconds)]);
        let (slow, fast, small) = (by(5e9, 21_600.0), by(5e9, 30.0), by(5e7, 21_600.0));
        println!(
            "{name}: trough {:.4} book, {:.4} slow, {:.4} fast, {:.4} small; liquidated {:.3e} {:.3e} {:.3e} {:.3e}; impact {:.3e} {:.3e} {:.3e} {:.3e}; adl {} {} {} {}",
            median(&book, trough), median(&slow, trough), median(&fast, trough), median(&small, trough),
            median(&book, |s| s.liquidated_notional_usd), median(&slow, |s| s.liquidated_notional_usd),
            median(&fast, |s| s.liquidated_notional_usd), median(&small, |s| s.liquidated_notional_usd),
            median(&book, impact), median(&slow, impact), median(&fast, impact), median(&small, impact),
            median(&book, |s| s.adl_notional_usd), median(&slow, |s| s.adl_notional_usd), median(&fast, |s| s.adl_notional_usd), median(&small, |s| s.adl_notional_usd),
        );
        println!("{} {} of 32", pairs_that_rise(&book, &slow, trough), pairs_that_rise(&fast, &book, trough));
    }
}
