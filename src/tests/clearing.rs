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
use cascade_lab::scenario::{Action, Event, Scenario, Shock};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

const SEEDS: u64 = 32;

#[test]
fn explore() {
    let show = |label: &str, settings: &[(&str, f64)], steps: usize| {
        for seed in 1..=3 {
            let d = run(settings, seed, steps);
            let c = d.clearing;
            println!(
                "{label:30} low {:.0} liq {:.0}M fund {:.2} adl {} {:.0}M bad {:.2} sf {:.2} df {:.1} used {:.1} mut {:.2} max {:.2} mar {:.0}/{:.0}/{:.0} err {:.1e}",
                d.lowest_price, d.liquidated_notional_usd/1e6, d.insurance_fund_usd/1e6, d.adl_count, d.adl_notional_usd/1e6, d.bad_debt_usd/1e6, d.shortfall_usd/1e6,
                c.default_fund_usd/1e6, c.default_fund_used_usd/1e6, c.mutualised_usd/1e6, c.largest_member_loss_usd/1e6, c.margin_separate_usd/1e6, c.margin_bilateral_usd/1e6, c.margin_central_usd/1e6, d.ledger_max_relative_error
            );
        }
    };
    let uneven: Vec<(&str, f64)> = vec![
        ("fund.insurance", 3e7), ("marks.synchronisation", 0.2), ("venue_1.depth_weight", 0.12), ("arbitrage.time_constant", 600.0),
        ("positions.open_interest", 3e9),
    ];
    for (name, more) in [
        ("base", vec![]),
        ("oi 2.5", vec![("positions.open_interest", 2.5e9)]),
        ("oi 2.0", vec![("positions.open_interest", 2e9)]),
        ("w .5", vec![("marks.synchronisation", 0.5), ("positions.open_interest", 2.5e9)]),
        ("tau 95", vec![("arbitrage.time_constant", 95.0)]),
    ] {
        let base = [&uneven[..], &more[..]].concat();
        show(&format!("{name} unlimited"), &[&base[..], &[("fund.insurance", 1e11)]].concat(), 360);
        for scheme in [0.0, 1.0, 2.0] {
            for fund in [0.0, 6e7] {
                show(&format!("{name} {scheme} {fund:.0e}"), &[&base[..], &[("clearing.scheme", scheme), ("clearing.default_fund", fund)]].concat(), 360);
            }
        }
    }
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
    let summary = simulation.summary();
    assert!(summary.halted.is_none(), "{:?}", summary.halted);
    summary
}

/// T23: Duffie and Zhu's ten members. Exposures between every two of them are drawn as independent normals, one a class, and
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
            assert!((mean - closed).abs() < 3.0 * error && error < 0.03, "{mean} ± {error}, {closed}");
        }
    }
}
