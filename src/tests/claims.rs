//! What the program claims about leverage and liquidity, on paired seeds: the same noise and the same luck of the draw on
//! both sides of every comparison.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

#[path = "claims/calibrated.rs"]
mod calibrated;
mod common;
#[path = "claims/conditions.rs"]
mod conditions;
#[path = "claims/contagion.rs"]
mod contagion;
#[path = "claims/delta_map.rs"]
mod delta_map;
#[path = "claims/directions.rs"]
mod directions;
#[path = "claims/lending.rs"]
mod lending;
#[path = "claims/options_clearing.rs"]
mod options_clearing;
#[path = "claims/policies.rs"]
mod policies;
#[path = "claims/regions.rs"]
mod regions;
#[path = "claims/stops.rs"]
mod stops;
#[path = "claims/traders.rs"]
mod traders;
#[path = "claims/waterfall.rs"]
mod waterfall;

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock};

const SEEDS: u64 = 32;

fn run(settings: &[(&str, f64)], seed: u64, steps: usize) -> Summary {
    simulate(settings, seed, steps).summary_of(AssetId::FIRST)
}

fn simulate(settings: &[(&str, f64)], seed: u64, steps: usize) -> Simulation {
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
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    simulation
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

/// A figure's median over the seeds, at every value of a parameter.
fn medians(runs: &[Vec<Summary>], of: impl Fn(&Summary) -> f64) -> Vec<f64> {
    runs.iter().map(|runs| median(runs, &of)).collect()
}

fn middle(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn pairs_that_rise(low: &[Summary], high: &[Summary], of: impl Fn(&Summary) -> f64) -> usize {
    low.iter().zip(high).filter(|(low, high)| of(high) > of(low)).count()
}

#[test]
fn leverage_makes_fragile() {
    let runs = sweep("leverage.mean", &[3.0, 8.0, 12.0, 20.0, 30.0]);
    let excess = medians(&runs, |s| s.excess_move_log);
    let liquidated = medians(&runs, |s| s.liquidated_notional_usd);
    println!("excess {excess:.4?}, liquidated {liquidated:.3?}");
    assert!(liquidated.windows(2).all(|pair| pair[1] > pair[0]), "{liquidated:?}");
    // 0.15 of the shock's 2 %.
    assert!(excess[1] > excess[0] - 1e-9 && excess[2] > excess[1] + 0.003);
    assert!(excess[3] > excess[2] + 0.003, "{excess:?}");
    assert!(pairs_that_rise(&runs[1], &runs[2], |s| s.excess_move_log) == SEEDS as usize);
    assert!(pairs_that_rise(&runs[0], &runs[4], |s| s.liquidated_notional_usd) == SEEDS as usize);
}

#[test]
fn depth_protects() {
    let runs = sweep("liquidity.depth", &[1e10, 2e10, 4e10]);
    for pair in runs.windows(2) {
        assert!(pairs_that_rise(&pair[1], &pair[0], |s| s.excess_move_log) >= 30);
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
            |s| s.excess_move_log,
        )
    };
    let reach = (median_at(0.2, 45.0), median_at(6.0, 45.0));
    let beyond = (median_at(0.2, 12.0), median_at(6.0, 12.0));
    println!("excess massed/spread: within reach {reach:.4?}, beyond {beyond:.4?}");
    // 0.3 and 0.1 of the shock's 2 %.
    assert!(reach.0 > reach.1 + 0.006, "{reach:?}");
    assert!(beyond.0 < beyond.1 - 0.002, "{beyond:?}");
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

/// Margin calls in a fall that takes half an hour, so that collateral has time to come or not.
fn with_calls(settings: &[(&str, f64)]) -> Vec<Summary> {
    let base = [
        ("margin_calls.enabled", 1.0),
        ("margin_calls.top_up_share", 0.0),
        ("margin_calls.deleverage_share", 0.0),
        ("positions.open_interest", 2e9),
        ("shock.over_steps", 180.0),
        ("shock.size", -0.04),
    ];
    let settings: Vec<_> = base.iter().chain(settings).copied().collect();
    (1..=SEEDS).map(|seed| run(&settings, seed, 480)).collect()
}

/// Collateral that takes an hour instead of ten seconds comes too late: more is liquidated and the fall is deeper.
#[test]
fn slower_collateral_liquidates_more() {
    let at = |latency| {
        with_calls(&[
            ("margin_calls.top_up_share", 0.6),
            ("margin_calls.collateral_latency", latency),
        ])
    };
    let (fast, slow) = (at(10.0), at(3_600.0));
    let ratio = median(&slow, |s| s.liquidated_notional_usd) / median(&fast, |s| s.liquidated_notional_usd);
    let late = |runs: &[Summary]| median(runs, |s| s.top_ups_late_usd / (s.topped_up_usd + s.top_ups_late_usd));
    println!(
        "liquidated × {ratio:.3}, drawdown {:.4} → {:.4}, late {:.3} → {:.3}",
        median(&fast, |s| s.max_drawdown),
        median(&slow, |s| s.max_drawdown),
        late(&fast),
        late(&slow)
    );
    assert!(ratio > 1.1, "{ratio}");
    assert!(pairs_that_rise(&fast, &slow, |s| s.liquidated_notional_usd) == SEEDS as usize);
    assert!(pairs_that_rise(&fast, &slow, |s| s.max_drawdown) >= 30);
}

/// Top-ups make a fall shallower. Deleveraging alone sells less of a position than its liquidation would, but earlier: a fall
/// that ends before most of the called positions would have been liquidated becomes deeper, a large one shallower.
#[test]
fn top_ups_protect_and_deleveraging_can_deepen() {
    let none = with_calls(&[]);
    let topped = with_calls(&[
        ("margin_calls.top_up_share", 0.6),
        ("margin_calls.collateral_latency", 10.0),
    ]);
    let depth = |runs: &[Summary]| median(runs, |s| s.max_drawdown);
    println!(
        "drawdown: no answer {:.4}, topped up {:.4}",
        depth(&none),
        depth(&topped)
    );
    assert!(pairs_that_rise(&topped, &none, |s| s.max_drawdown) >= 30);
    assert!(pairs_that_rise(&topped, &none, |s| s.liquidated_notional_usd) == SEEDS as usize);
    let deleveraged = |size, level, share| {
        with_calls(&[
            ("margin_calls.deleverage_share", share),
            ("margin_calls.level", level),
            ("margin_calls.target", 2.0 * level),
            ("shock.size", size),
        ])
    };
    for (size, level, deeper) in [(-0.01, 4.0, true), (-0.04, 2.0, false)] {
        let (without, with) = (deleveraged(size, level, 0.0), deleveraged(size, level, 0.6));
        let deepened = pairs_that_rise(&without, &with, |s| s.max_drawdown);
        println!(
            "news {size}, calls at {level} m: drawdown {:.4} → {:.4}, deeper in {deepened}",
            depth(&without),
            depth(&with),
        );
        assert!(pairs_that_rise(&with, &without, |s| s.liquidated_notional_usd) >= 30);
        if deeper {
            assert!(deepened >= 26 && depth(&with) > depth(&without) + 4e-4, "{deepened}");
        } else {
            assert!(deepened <= 2 && depth(&with) < depth(&without) - 4e-4, "{deepened}");
        }
    }
}

/// A margin that follows a fast volatility estimate tightens during the fall and deepens it. A buffer of 25 % helps if it is
/// held: who keeps a quarter more margin than the rule asks has lower leverage to start with.
#[test]
fn procyclical_margin_deepens_and_a_held_buffer_helps() {
    let with = |settings: &[(&str, f64)]| {
        let mut all = vec![("volatility_margin.risk_period", 900.0)];
        all.extend_from_slice(settings);
        (1..=SEEDS).map(|seed| run(&all, seed, 480)).collect::<Vec<Summary>>()
    };
    let fixed = with(&[]);
    let follows = with(&[("volatility_margin.enabled", 1.0)]);
    let buffered = with(&[
        ("volatility_margin.enabled", 1.0),
        ("volatility_margin.buffer", 0.25),
        ("leverage.mean", 12.0 / 1.25),
    ]);
    let drawdown = |runs: &[Summary]| median(runs, |s| s.max_drawdown);
    println!(
        "drawdown fixed {:.2} %, following {:.2} %, with held buffer {:.2} %",
        100.0 * drawdown(&fixed),
        100.0 * drawdown(&follows),
        100.0 * drawdown(&buffered)
    );
    assert!(drawdown(&follows) > drawdown(&fixed) + 0.01);
    assert!(drawdown(&buffered) < drawdown(&follows) - 0.003);
    assert!(pairs_that_rise(&fixed, &follows, |s| s.max_drawdown) >= 30);
}

/// Runs of all seeds without and with a circuit breaker.
fn without_and_with(settings: &[(&str, f64)], breaker: &[(&str, f64)], steps: usize) -> [Vec<Summary>; 2] {
    let with = [settings, breaker].concat();
    [settings, &with].map(|settings| (1..=SEEDS).map(|seed| run(settings, seed, steps)).collect())
}

fn drawdown(summary: &Summary) -> f64 {
    summary.max_drawdown
}

fn peak_rate(summary: &Summary) -> f64 {
    summary.peak_liquidation_rate_usd_per_second
}

/// The throttle makes a fall shallower if the impact of what was sold recovers while the rest waits. Where impact never
/// decays it only makes the same fall slower.
#[test]
fn a_throttle_helps_where_the_impact_recovers_meanwhile() {
    let throttle = [("throttle.enabled", 1.0)];
    let [free, slow] = without_and_with(&[], &throttle, 700);
    let gain = median(&free, drawdown) - median(&slow, drawdown);
    let [free_for_good, slow_for_good] = without_and_with(&[("liquidity.resilience", 0.0)], &throttle, 1_500);
    let gain_for_good = median(&free_for_good, drawdown) - median(&slow_for_good, drawdown);
    println!(
        "drawdown less by {:.2} pp, without decay by {:.2} pp",
        gain * 100.0,
        gain_for_good * 100.0
    );
    assert!(pairs_that_rise(&slow, &free, drawdown) >= 30 && gain > 0.01, "{gain}");
    assert!(gain_for_good < 0.1 * gain, "{gain_for_good}");
}

/// Under a trend that goes on while orders wait, the throttle makes them be sold at the bottom: the fall is deeper.
#[test]
fn a_throttle_hurts_under_a_trend() {
    let trend = [("shock.size", -0.06), ("shock.over_steps", 240.0)];
    let [free, slow] = without_and_with(&trend, &[("throttle.enabled", 1.0)], 900);
    let loss = median(&slow, drawdown) - median(&free, drawdown);
    println!("drawdown more by {:.2} pp", loss * 100.0);
    assert!(pairs_that_rise(&free, &slow, drawdown) >= 28 && loss > 0.005, "{loss}");
    assert!(pairs_that_rise(&slow, &free, peak_rate) == SEEDS as usize);
}

/// What queues during a halt is sold at once when trading goes on: in a market deep enough not to run away, the busiest minute
/// sells half as much again as without halts, after a halt of all venues nearly twice as much. Venues halted alone re-open above spot, and arbitrage between them
/// makes the fall of spot shallower; after a halt of all venues nothing holds spot up, and it is deeper.
#[test]
fn halts_raise_the_peak_rate() {
    let slow_news = [
        ("liquidity.depth", 4e10),
        ("shock.size", -0.08),
        ("shock.over_steps", 120.0),
    ];
    let halts = |market_wide| {
        let breaker = [
            ("halt.enabled", 1.0),
            ("halt.trigger", 0.03),
            ("halt.duration", 900.0),
            ("halt.market_wide", market_wide),
        ];
        let [free, halted] = without_and_with(&slow_news, &breaker, 900);
        let ratio = median(&halted, peak_rate) / median(&free, peak_rate);
        let deeper = median(&halted, drawdown) - median(&free, drawdown);
        println!(
            "market-wide {market_wide}: peak rate × {ratio:.2}, drawdown {:+.2} pp",
            deeper * 100.0
        );
        assert!(pairs_that_rise(&free, &halted, peak_rate) >= 30, "{ratio}");
        (ratio, deeper)
    };
    let (alone, together) = (halts(0.0), halts(1.0));
    assert!(alone.0 > 1.3 && together.0 > 1.7, "{alone:?} {together:?}");
    assert!(alone.1 < -0.003 && together.1 > 0.003, "{alone:?} {together:?}");
}

/// The price band keeps a cascade from taking the books further than its width from the reference at a time. In tranches
/// the same fall sells more slowly and fewer units, because what is left of a position may survive. Within a minute two tranches
/// are sold, half a minute apart: the busiest minute falls by less than a single look of the engines does.
#[test]
fn bands_and_tranches_soften_a_cascade() {
    let [free, banded] = without_and_with(&[], &[("price_band.enabled", 1.0)], 700);
    let gain = median(&free, drawdown) - median(&banded, drawdown);
    let deep = [("liquidity.depth", 4e10), ("shock.size", -0.05)];
    let [whole, staggered] = without_and_with(&deep, &[("staggered.enabled", 1.0)], 700);
    let notional = |s: &Summary| s.liquidated_notional_usd;
    let saved = 1.0 - median(&staggered, notional) / median(&whole, notional);
    let slower = median(&staggered, peak_rate) / median(&whole, peak_rate);
    println!(
        "band: drawdown less by {:.2} pp; tranches: {:.1} % less liquidated, peak rate × {slower:.2}",
        gain * 100.0,
        saved * 100.0
    );
    assert!(
        pairs_that_rise(&banded, &free, drawdown) >= 30 && gain > 0.005,
        "{gain}"
    );
    assert!(
        pairs_that_rise(&staggered, &whole, notional) >= 30 && saved > 0.005,
        "{saved}"
    );
    assert!(
        pairs_that_rise(&staggered, &whole, peak_rate) >= 30 && slower < 0.95,
        "{slower}"
    );
}

/// At very high leverage mere noise can squeeze one side before the news comes: the move counts whichever way it went. How many
/// times as far it went as the noise says nothing, and is not said.
#[test]
fn a_squeeze_against_the_news_is_amplification_too() {
    let (mut against, mut by_noise) = (0, 0);
    for seed in 1..=SEEDS {
        let wild = run(&[("leverage.mean", 30.0)], seed, 240);
        let calm = run(&[("positions.open_interest", 0.0)], seed, 240);
        assert_eq!((calm.amplification_factor, calm.excess_move_log), (Some(1.0), 0.0));
        let caused = wild.largest_move.exogenous_log.abs();
        assert!(wild.excess_move_log > caused, "seed {seed}: {wild:?}");
        against += u32::from(wild.highest_price > 1.03 * calm.highest_price);
        let ratio = wild.amplification_factor;
        assert!(ratio.is_none_or(|ratio| ratio > 2.0), "seed {seed}: {ratio:?}");
        by_noise += u32::from(ratio.is_none());
    }
    println!("against the news in {against} of {SEEDS}, set off by noise in {by_noise}");
    assert!(by_noise > 0 && against > 0);
}

/// Two assets without common news, the shock on the first: accounts at high leverage on coins of the first sell the second.
/// Dollars behind the same positions carry less over.
#[test]
fn cross_collateral_takes_the_other_asset_down() {
    let cross = [
        ("assets.count", 2.0),
        ("assets.correlation", 0.0),
        ("cross.open_interest", 3e9),
        ("positions.count", 4_000.0),
    ];
    let second = |more: &[(&str, f64)]| -> Vec<f64> {
        let settings = [&cross[..], more].concat();
        let fall = |seed| {
            let simulation = simulate(&settings, seed, 240);
            simulation.assets()[1].summary().max_drawdown
        };
        (1..=SEEDS).map(fall).collect()
    };
    let alone = second(&[]);
    let dollars = second(&[("cross.enabled", 1.0), ("cross.coin_share", 0.0)]);
    let coins = second(&[("cross.enabled", 1.0), ("cross.coin_share", 1.0)]);
    println!(
        "second asset falls {} alone, {} on dollars, {} on coins",
        middle(&alone),
        middle(&dollars),
        middle(&coins)
    );
    let deeper = alone
        .iter()
        .zip(&coins)
        .filter(|(alone, coins)| **coins > 1.3 * **alone)
        .count();
    assert_eq!(deeper as u64, SEEDS, "{alone:?} {coins:?}");
    let worse = dollars
        .iter()
        .zip(&coins)
        .filter(|(dollars, coins)| coins > dollars)
        .count();
    assert!(worse as u64 >= SEEDS * 3 / 4, "{dollars:?} {coins:?}");
    assert!(middle(&coins) > middle(&alone) + 0.02);
}

/// Short dealers amplify, long dealers dampen, both measured at the end of the move and beyond the hedge interval. What
/// short-horizon volatility does is another matter: dealers who hedge late can raise it although they are long gamma.
#[test]
fn dealers_short_gamma_amplify_and_long_gamma_dampen() {
    let at = |sign: f64| -> Vec<Summary> {
        let settings = [
            ("liquidity.depth", 2.4e10),
            ("positions.open_interest", 1.5e9),
            ("options.enabled", 1.0),
            ("options.open_interest", 15_000.0),
            ("options.out_of_the_money", 0.0),
            ("options.lowest_strike", -0.06),
            ("options.highest_strike", 0.06),
            ("dealers.enabled", f64::from(u8::from(sign != 0.0))),
            ("dealers.call_sign", sign),
            ("dealers.put_sign", sign),
        ];
        (1..=SEEDS).map(|seed| run(&settings, seed, 240)).collect()
    };
    let (short, nobody, long) = (at(-1.0), at(0.0), at(1.0));
    let [deeper, shallower] = [
        median(&short, drawdown) - median(&nobody, drawdown),
        median(&nobody, drawdown) - median(&long, drawdown),
    ];
    println!(
        "drawdown + {:.2} pp short, − {:.2} pp long",
        deeper * 100.0,
        shallower * 100.0
    );
    assert!(pairs_that_rise(&nobody, &short, drawdown) == SEEDS as usize && deeper > 0.003);
    assert!(pairs_that_rise(&long, &nobody, drawdown) == SEEDS as usize && shallower > 0.003);
}
