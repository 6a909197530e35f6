//! Clearing and the speed of execution: the netting of Duffie and Zhu by number, and what members, a clearing house and
//! latency do to a run on paired seeds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use cascade_lab::engine::netting::{Class, Pairs, critical_classes, expected_exposure, netted};
use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

const SEEDS: u64 = 32;

/// The same seeds under settings.
fn runs(settings: &[&[(&str, f64)]], steps: usize) -> Vec<Summary> {
    let settings = settings.concat();
    (1..=SEEDS).map(|seed| run(&settings, seed, steps)).collect()
}

fn median(runs: &[Summary], of: impl Fn(&Summary) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn pairs_that_rise(low: &[Summary], high: &[Summary], of: impl Fn(&Summary) -> f64) -> usize {
    low.iter().zip(high).filter(|(low, high)| of(high) > of(low)).count()
}

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
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none(), "{:?}", summary.halted);
    summary
}

/// Duffie and Zhu's ten members. Exposures between every two of them are drawn as independent normals, one a class, and
/// netted by the engine's own code: what it finds is the closed form, and clearing one class centrally helps at K = 2 and
/// hurts at K = 3.
#[test]
fn t23_central_clearing_of_one_class_helps_below_a_number_of_classes() {
    const MEMBERS: usize = 10;
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    // E|X| of a standard normal: the unit of the closed form.
    let unit = (2.0 / std::f64::consts::PI).sqrt();
    assert!((critical_classes(10) - 2.777_8).abs() < 1e-4);
    for (classes, bilateral, central) in [(2, 12.73, 12.00), (3, 15.59, 15.73)] {
        for (one_central, expected) in [(false, bilateral), (true, central)] {
            let closed = expected_exposure(MEMBERS as u32, classes, one_central);
            assert!((closed - expected).abs() < 0.005, "{closed}, expected {expected}");
            let draws = 4_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..draws {
                let mut pairs = vec![Pairs::new(MEMBERS); classes as usize];
                for class in &mut pairs {
                    for first in 0..MEMBERS {
                        for second in 0..first {
                            class.add((first, second), StandardNormal.sample(&mut rng));
                        }
                    }
                }
                let cleared: Vec<_> = pairs
                    .iter()
                    .enumerate()
                    .map(|(index, pairs)| Class {
                        pairs,
                        worth: 1.0,
                        house: (one_central && index == 0).then_some(0),
                    })
                    .collect();
                let mean = netted(&cleared, MEMBERS).iter().sum::<f64>() / (MEMBERS as f64 * unit);
                sum += mean;
                squares += mean * mean;
            }
            let draws = f64::from(draws);
            let mean = sum / draws;
            let error = ((squares / draws - mean * mean) / draws).sqrt();
            println!("K {classes}, one central {one_central}: {mean:.4} ± {error:.4}, closed form {closed:.4}");
            assert!(
                (mean - closed).abs() < 3.0 * error && error < 0.03,
                "{mean} ± {error}, {closed}"
            );
        }
    }
}

/// Venue 1 has 40 % of the positions and little depth, its marks are mostly its own and arbitrage is slow: its fund runs dry
/// while those of the others are hardly touched.
const ONE_THIN_VENUE: &[(&str, f64)] = &[
    ("venue_1.depth_weight", 0.12),
    ("marks.synchronisation", 0.2),
    ("arbitrage.time_constant", 600.0),
    ("positions.open_interest", 3e9),
];

fn deleveraged(summary: &Summary) -> f64 {
    summary.adl_notional_usd
}

/// The same money in one fund instead of four. Where it is enough for all losses nobody is deleveraged any more, and as
/// everything is sold instead, the fall is deeper. Where it is much too small, the worst venue uses up what would have spared
/// the others, and as much is deleveraged as before.
#[test]
fn a_pooled_fund_ends_deleveraging_if_it_is_large_enough() {
    let at = |fund| {
        let money: &[_] = &[("fund.insurance", fund), ("clearing.default_fund", 0.0)];
        let separate = runs(&[ONE_THIN_VENUE, money], 360);
        let pooled = runs(&[ONE_THIN_VENUE, money, &[("clearing.scheme", 2.0)]], 360);
        let less = pairs_that_rise(&pooled, &separate, deleveraged);
        let medians = [&separate, &pooled].map(|runs| median(runs, deleveraged));
        println!("fund {fund:.0e}: deleveraged {medians:.0?}, less in {less} of {SEEDS}");
        (separate, pooled, less, medians)
    };
    let (separate, pooled, less, medians) = at(5e7);
    let deeper = median(&pooled, |s| s.max_drawdown) - median(&separate, |s| s.max_drawdown);
    println!("drawdown + {:.2} pp", deeper * 100.0);
    assert!(less == SEEDS as usize && medians[0] > 3e7, "{medians:?}");
    assert!(pooled.iter().filter(|s| s.adl_count == 0).count() >= 30);
    assert!(
        separate.iter().all(|s| s.insurance_fund_usd > 1e7),
        "separate funds are not idle"
    );
    assert!(
        pairs_that_rise(&separate, &pooled, |s| s.max_drawdown) >= 30 && deeper > 0.004,
        "{deeper}"
    );
    let (.., less, medians) = at(6e6);
    assert!(less <= 20 && medians[1] > 0.9 * medians[0], "{less} {medians:?}");
}

/// With the same insurance funds and the same contributions of members: where each pays for its own clients only, the first
/// to be used up brings deleveraging back; where all pay for all, nobody is deleveraged.
#[test]
fn mutualised_contributions_go_further() {
    let money: &[_] = &[
        ("fund.insurance", 1.2e7),
        ("clearing.default_fund", 3.6e7),
        ("clearing.members", 20.0),
    ];
    let [none, bilateral, central] =
        [0.0, 1.0, 2.0].map(|scheme| runs(&[ONE_THIN_VENUE, money, &[("clearing.scheme", scheme)]], 360));
    let notional = [&none, &bilateral, &central].map(|runs| median(runs, deleveraged));
    let mutualised = median(&central, |s| s.clearing.mutualised_usd);
    let used = median(&central, |s| s.clearing.default_fund_used_usd);
    let depth = [&none, &bilateral, &central].map(|runs| median(runs, |s| s.max_drawdown));
    println!("deleveraged {notional:.3?}, of {used:.3e} used {mutualised:.3e} mutualised, drawdown {depth:.4?}");
    assert!(pairs_that_rise(&bilateral, &none, deleveraged) >= 30);
    assert!(pairs_that_rise(&central, &bilateral, deleveraged) >= 30);
    assert!(
        notional[1] < 0.8 * notional[0] && notional[2] < 0.2 * notional[1],
        "{notional:?}"
    );
    assert!(
        central
            .iter()
            .all(|s| s.clearing.mutualised_usd > 0.0 && s.bad_debt_usd == 0.0)
    );
    assert!(bilateral.iter().all(|s| s.clearing.mutualised_usd == 0.0));
    assert!(depth[2] > depth[0] + 0.003, "{depth:?}");
}

/// What liquidations bring less than the bankruptcy price, with funds that pay everything, executed at once and 15 minutes
/// late.
fn shortfalls(market: &[(&str, f64)]) -> [Vec<Summary>; 2] {
    let unlimited: &[_] = &[("fund.insurance", 1e11)];
    [0.0, 900.0].map(|latency| runs(&[market, unlimited, &[("execution.latency", latency)]], 600))
}

/// In deep books a sale hardly moves the price, so news alone does: while a trend goes on for 40 minutes, it takes the price
/// by 15 minutes·8 %/40 minutes = 3 % through the margin of 0.5 % of whatever waits, and what is sold at once loses nothing.
#[test]
fn slow_execution_costs_in_deep_books() {
    let [at_once, late] = shortfalls(&[
        ("liquidity.depth", 2e11),
        ("shock.size", -0.08),
        ("shock.over_steps", 240.0),
    ]);
    let share = |runs: &[Summary]| median(runs, |s| s.shortfall_usd / s.liquidated_notional_usd);
    println!("shortfall per notional {:.5} → {:.5}", share(&at_once), share(&late));
    assert_eq!(pairs_that_rise(&at_once, &late, |s| s.shortfall_usd), SEEDS as usize);
    // The drift over the latency less the margin, as a bound; positions that wait when the trend ends lose less.
    assert!(share(&at_once) < 1e-4 && share(&late) > 0.015 && share(&late) < 0.03);
}

/// In thin books the sales themselves make the price: executed at once they are sold into each other's impact, which decays
/// with a half-life of 15 minutes. What waits is sold at better prices, and sets off less in the meantime.
#[test]
fn slow_execution_saves_in_thin_books() {
    let [at_once, late] = shortfalls(&[]);
    let ratio = median(&late, |s| s.shortfall_usd) / median(&at_once, |s| s.shortfall_usd);
    println!(
        "shortfall × {ratio:.2}, drawdown {:.4} → {:.4}",
        median(&at_once, |s| s.max_drawdown),
        median(&late, |s| s.max_drawdown)
    );
    assert!(
        pairs_that_rise(&late, &at_once, |s| s.shortfall_usd) >= 30 && ratio < 0.7,
        "{ratio}"
    );
    assert!(pairs_that_rise(&late, &at_once, |s| s.max_drawdown) >= 30);
}
