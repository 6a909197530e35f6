//! Claims about traders with capital of their own, on paired seeds.

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock};

use super::{SEEDS, common, median, pairs_that_rise, without_and_with};

/// Predators sell into a fall that has begun: the trough is deeper, and part of the difference comes back when they cover.
/// They earn what the others lose.
#[test]
fn predators_deepen_the_trough_and_part_of_it_recovers() {
    let end = |enabled, seed| {
        let events = vec![Event {
            step: 30,
            action: Action::Shock(Shock::default()),
        }];
        let scenario = Scenario {
            seed,
            events,
            ..common::scenario(&[("predators.enabled", enabled)])
        };
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..360).for_each(|_| simulation.step());
        (
            simulation.summary_of(AssetId::FIRST),
            simulation.assets()[0].observation().spot / 1e5 - 1.0,
        )
    };
    let trough = |summary: &Summary| summary.lowest_price / 1e5 - 1.0;
    let runs = |enabled| (1..=SEEDS).map(|seed| end(enabled, seed)).unzip();
    let (calm, calm_ends): (Vec<Summary>, Vec<f64>) = runs(0.0);
    let (hunted, hunted_ends): (Vec<Summary>, Vec<f64>) = runs(1.0);
    let deeper = median(&calm, trough) - median(&hunted, trough);
    let gaps: Vec<f64> = calm_ends
        .iter()
        .zip(&hunted_ends)
        .map(|(calm, hunted)| calm - hunted)
        .collect();
    let recovered = calm
        .iter()
        .zip(&hunted)
        .zip(&gaps)
        .filter(|((calm, hunted), gap)| **gap < 0.7 * (trough(calm) - trough(hunted)))
        .count();
    let profitable = hunted.iter().filter(|s| s.predators_profit_usd > 0.0).count();
    println!(
        "trough {:.3} %, hunted {:.3} %, recovered in {recovered}, profit {:.3e} USD, in {profitable} of {SEEDS}",
        100.0 * median(&calm, trough),
        100.0 * median(&hunted, trough),
        median(&hunted, |s| s.predators_profit_usd),
    );
    assert!(
        pairs_that_rise(&hunted, &calm, trough) == SEEDS as usize && deeper > 0.005,
        "{deeper}"
    );
    assert!(recovered >= 30, "{recovered}");
    assert!(profitable >= 30, "{profitable}");
}

/// Providers with capital make the trough shallower and earn on the recovery. Where news takes the price down for good, a
/// moving average says too long that it is cheap: the same defence loses money.
#[test]
fn providers_make_falls_shallower_and_can_lose_money() {
    let trough = |summary: &Summary| summary.lowest_price / 1e5 - 1.0;
    let profit = |summary: &Summary| summary.providers_profit_usd;
    let provided = [("providers.enabled", 1.0)];
    let [alone, defended] = without_and_with(&[], &provided, 480);
    let gain = median(&defended, trough) - median(&alone, trough);
    let trend = [
        ("shock.size", -0.15),
        ("shock.over_steps", 360.0),
        ("providers.anchor", 1.0),
        ("leverage.mean", 3.0),
    ];
    let [_, trapped] = without_and_with(&trend, &provided, 480);
    println!(
        "trough {:+.3} pp, profit {:.3e} USD; in a trend {:.3e} USD",
        100.0 * gain,
        median(&defended, profit),
        median(&trapped, profit)
    );
    assert!(
        pairs_that_rise(&alone, &defended, trough) == SEEDS as usize && gain > 0.0025,
        "{gain}"
    );
    assert!(median(&defended, profit) > 0.0 && trapped.iter().all(|summary| profit(summary) < 0.0));
}

/// Makers who fail take depth away just when it is needed, and those who come after them carry the more: the fall is deeper
/// than with the same makers when they can carry anything, who change nothing. So it is whether the load goes to the survivors
/// or is sold on the book; nobody withdraws here.
#[test]
fn failing_makers_deepen_a_fall() {
    let trough = |summary: &Summary| summary.lowest_price / 1e5 - 1.0;
    let makers = [("makers.enabled", 1.0), ("makers.withdrawal", 0.0)];
    let ample = [&makers[..], &[("makers.capacity", 1e12)]].concat();
    let [sound, untouched] = without_and_with(&[], &ample, 300);
    assert!(sound.iter().zip(&untouched).all(|(a, b)| trough(a) == trough(b)));
    for (failure, least) in [(0.0, 0.02), (1.0, 0.01)] {
        let failing = [&makers[..], &[("makers.failure", failure), ("makers.capacity", 3e9)]].concat();
        let [_, failing] = without_and_with(&[], &failing, 300);
        let deeper = median(&sound, trough) - median(&failing, trough);
        println!(
            "trough deeper by {:.2} pp, at worst {:.2} of the makers stood",
            100.0 * deeper,
            median(&failing, |s| s.makers_standing_min)
        );
        assert!(
            pairs_that_rise(&failing, &sound, trough) == SEEDS as usize && deeper > least,
            "{deeper}"
        );
    }
}

/// Noise parts the venues' prices without any cascade. Split in proportion, it hardly matters how; with interest where the
/// depth is not, the variance of the bases is a multiple.
#[test]
fn mismatched_depth_and_interest_raise_basis_variance() {
    let split = |depth: [f64; 4], interest: [f64; 4]| -> Vec<Summary> {
        let depth_paths = [
            "venue_1.depth_weight",
            "venue_2.depth_weight",
            "venue_3.depth_weight",
            "venue_4.depth_weight",
        ];
        let interest_paths = [
            "venue_1.interest_weight",
            "venue_2.interest_weight",
            "venue_3.interest_weight",
            "venue_4.interest_weight",
        ];
        let mut settings = vec![
            ("noise_flow.volatility", 0.3),
            ("leverage.mean", 3.0),
            ("shock.size", -0.0),
        ];
        settings.extend(
            depth_paths
                .into_iter()
                .zip(depth)
                .chain(interest_paths.into_iter().zip(interest)),
        );
        let [runs, _] = without_and_with(&settings, &[], 480);
        assert!(runs.iter().all(|s| s.liquidated_notional_usd == 0.0));
        runs
    };
    let falling = [0.4, 0.3, 0.2, 0.1];
    let (even, uneven) = (split([0.25; 4], [0.25; 4]), split(falling, falling));
    let crossed = split(falling, [0.1, 0.2, 0.3, 0.4]);
    let basis = |runs: &[Summary]| median(runs, |s| s.basis_variance);
    let funding = |runs: &[Summary]| median(runs, |s| s.funding_variance);
    println!(
        "basis variance {:.3e} and {:.3e} in proportion, {:.3e} crossed; funding {:.3e}, {:.3e}, {:.3e}",
        basis(&even),
        basis(&uneven),
        basis(&crossed),
        funding(&even),
        funding(&uneven),
        funding(&crossed)
    );
    assert!((basis(&uneven) / basis(&even) - 1.0).abs() < 0.2);
    assert!(basis(&crossed) > 1.5 * basis(&uneven));
    assert!(pairs_that_rise(&uneven, &crossed, |s| s.basis_variance) == SEEDS as usize);
    assert!(pairs_that_rise(&uneven, &crossed, |s| s.funding_variance) >= 30);
}
