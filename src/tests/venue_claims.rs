//! What the program claims about venues that differ, fail or hang on one price, and about collateral whose haircut widens, on
//! paired seeds: the same noise and the same luck of the draw on both sides of every comparison.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, AssetId, Event, Outage, Scenario, Shock};

const SEEDS: u64 = 32;

struct Run {
    summary: Summary,
    /// Lowest futures price of venue 1.
    lowest_at_venue: f64,
}

fn run(settings: &[(&str, f64)], outage: Option<(u64, u32)>, seed: u64, steps: usize) -> Run {
    let mut events = vec![Event {
        step: 30,
        action: Action::Shock(Shock::default()),
    }];
    events.extend(outage.map(|(step, over_steps)| Event {
        step,
        action: Action::Outage(Outage {
            venue: Some(1),
            over_steps: Some(over_steps),
        }),
    }));
    let scenario = Scenario {
        seed,
        events,
        ..common::scenario(settings)
    };
    let mut simulation = Simulation::new(&scenario).unwrap();
    let mut lowest_at_venue = f64::INFINITY;
    for _ in 0..steps {
        simulation.step();
        lowest_at_venue = lowest_at_venue.min(simulation.assets()[0].observation().futures[0]);
    }
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none(), "{:?}", summary.halted);
    Run {
        summary,
        lowest_at_venue,
    }
}

fn all(settings: &[(&str, f64)], outage: Option<(u64, u32)>, steps: usize) -> Vec<Run> {
    (1..=SEEDS).map(|seed| run(settings, outage, seed, steps)).collect()
}

fn median_gap(from: &[Run], to: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut gaps: Vec<f64> = from.iter().zip(to).map(|(from, to)| of(to) - of(from)).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    gaps[gaps.len() / 2]
}

fn pairs_that_rise(from: &[Run], to: &[Run], of: impl Fn(&Run) -> f64) -> usize {
    from.iter().zip(to).filter(|(from, to)| of(to) > of(from)).count()
}

/// The largest venue is out while the price falls. A short fall by news is over before the venue is back: what would have been
/// sold there in the fall waits, the impact of the others' sales has decayed by then, and the trough is shallower. A fall that
/// news goes on driving meets the venue's whole backlog when it is back: deeper, and most of all at that venue.
#[test]
fn an_outage_spares_a_short_fall_and_deepens_a_long_one() {
    let trough = |run: &Run| run.summary.lowest_price / 1e5;
    let at_venue = |run: &Run| run.lowest_at_venue / 1e5;
    let peak = |run: &Run| run.summary.peak_liquidation_rate_usd_per_second;

    let (open, out) = (all(&[], None, 600), all(&[], Some((32, 60)), 600));
    let spared = median_gap(&open, &out, trough);
    println!("short fall: trough {:+.2} pp", 100.0 * spared);
    assert!(spared > 0.008, "{spared}");
    assert!(pairs_that_rise(&open, &out, trough) >= 30);
    assert!(pairs_that_rise(&out, &open, peak) >= 30);

    let trend = [("shock.size", -0.05), ("shock.over_steps", 240.0)];
    let (open, out) = (all(&trend, None, 600), all(&trend, Some((60, 120)), 600));
    let deepened = -median_gap(&open, &out, trough);
    let deepened_there = -median_gap(&open, &out, at_venue);
    println!(
        "long fall: trough −{:.2} pp, at the venue −{:.2} pp",
        100.0 * deepened,
        100.0 * deepened_there
    );
    assert!(
        deepened > 0.002 && deepened_there > 0.004,
        "{deepened} {deepened_there}"
    );
    assert!(pairs_that_rise(&out, &open, trough) >= 28);
    assert!(pairs_that_rise(&out, &open, at_venue) >= 28);
}

/// A haircut that widens with volatility deepens a fall, compared with one that stays at the same calm level: it tightens the
/// margin of all coin-margined positions at once, and part of what is liquidated would have stood. (That holds where longs prevail.
/// The shorts' margins tighten too: with four shorts to six longs their buying outweighs the longs' selling in some runs.)
#[test]
fn haircuts_that_widen_deepen_a_fall() {
    let at = |sensitivity| {
        let settings = [
            ("positions.coin_margin_share", 1.0),
            ("positions.long_share", 0.75),
            ("haircut.enabled", 1.0),
            ("haircut.base", 0.2),
            ("haircut.sensitivity", sensitivity),
            ("volatility_margin.half_life", 600.0),
        ];
        all(&settings, None, 400)
    };
    let (fixed, widening) = (at(0.0), at(1.0));
    let drawdown = |run: &Run| run.summary.max_drawdown;
    let liquidated = |run: &Run| run.summary.liquidated_notional_usd;
    let tightened = |run: &Run| run.summary.liquidated_by_tightening_usd;
    let gap = median_gap(&fixed, &widening, drawdown);
    let more = median_gap(&fixed, &widening, liquidated);
    println!("drawdown + {:.2} pp, liquidated + {:.0} M", 100.0 * gap, more / 1e6);
    assert!(gap > 0.000_5, "{gap}");
    assert!(pairs_that_rise(&fixed, &widening, drawdown) >= 30);
    assert!(pairs_that_rise(&fixed, &widening, liquidated) >= 30);
    assert!(fixed.iter().all(|run| tightened(run) == 0.0));
    assert!(widening.iter().all(|run| tightened(run) > 0.0));
}

/// Each venue's haircuts are its own, or a clearing house has one schedule for all, the same on average. One schedule puts the
/// liquidation levels of all venues in the same places: they liquidate together, and their prices part less. How far the
/// price falls and how much the busiest minute sells hardly depend on it: what is sold is nearly the same. (The differing schedules are 0.5, 1, 1.5 and 2 times a
/// haircut of 30 %, weighted by interest 1 on average; the rate m/(1 − h) is convex in h, so they liquidate a little more.)
#[test]
fn one_haircut_schedule_makes_venues_liquidate_together() {
    let at = |scheme, settings: &[(&str, f64)]| {
        let base = [
            ("clearing.scheme", scheme),
            ("clearing.default_fund", 0.0),
            ("fund.insurance", 1e10),
            ("positions.open_interest", 2e9),
            ("positions.coin_margin_share", 1.0),
            ("margin.maintenance", 0.02),
            ("haircut.enabled", 1.0),
            ("haircut.base", 0.3),
            ("haircut.most", 0.9),
            ("haircut.sensitivity", 0.0),
        ];
        all(&[&base, settings].concat(), None, 240)
    };
    let differing = [
        ("venue_1.haircut_multiple", 0.5),
        ("venue_3.haircut_multiple", 1.5),
        ("venue_4.haircut_multiple", 2.0),
    ];
    let own_marks = [("marks.synchronisation", 0.2), ("arbitrage.time_constant", 600.0)];
    let widening = [("haircut.sensitivity", 1.0), ("volatility_margin.half_life", 600.0)];
    let synchrony = |run: &Run| run.summary.synchronisation.unwrap_or(0.0);
    let peak = |run: &Run| run.summary.peak_liquidation_rate_usd_per_second;
    let basis = |run: &Run| run.summary.basis_variance;
    let fall = |run: &Run| run.summary.max_drawdown;
    for (name, settings, wider_basis) in [("fixed", own_marks, true), ("widening", widening, false)] {
        let venues = at(0.0, &[&settings[..], &differing].concat());
        let house = at(2.0, &[&settings[..], &differing].concat());
        let ratio = |of: &dyn Fn(&Run) -> f64| {
            let mut ratios: Vec<f64> = venues.iter().zip(&house).map(|(v, h)| of(h) / of(v)).collect();
            ratios.sort_unstable_by(f64::total_cmp);
            ratios[ratios.len() / 2]
        };
        println!(
            "{name}: synchrony {:+.3}, peak rate × {:.3}, basis variance × {:.3}, fall {:+.3} pp",
            median_gap(&venues, &house, synchrony),
            ratio(&peak),
            ratio(&basis),
            100.0 * median_gap(&venues, &house, fall),
        );
        assert!(pairs_that_rise(&venues, &house, synchrony) >= 30);
        assert!(median_gap(&venues, &house, synchrony) > 0.1);
        assert!((ratio(&peak) - 1.0).abs() < 0.1);
        assert!(median_gap(&venues, &house, fall).abs() < 0.001);
        if wider_basis {
            assert!(pairs_that_rise(&house, &venues, basis) >= 30 && ratio(&basis) < 0.96);
        }
        // Under the house it makes no difference what a venue would ask for.
        let same = at(2.0, &settings);
        let pairs = house.iter().zip(&same);
        assert!(pairs.into_iter().all(|(a, b)| a.summary.digest == b.summary.digest));
    }
}

/// Open interest on one venue beside depth on four: that venue's price is much worse. Where most of the interest is within
/// reach of the news, it is so much worse that the venue's own fall stays there, and spot's is shallower than if four had shared it;
/// where little is, spot's is deeper too.
#[test]
fn interest_on_one_venue_makes_its_price_worse() {
    let at = |interest, others: Option<f64>| {
        let mut settings = vec![("positions.open_interest", interest)];
        let paths = [
            "venue_2.interest_weight",
            "venue_3.interest_weight",
            "venue_4.interest_weight",
        ];
        settings.extend(others.iter().flat_map(|weight| paths.map(|path| (path, *weight))));
        all(&settings, None, 240)
    };
    let at_venue = |run: &Run| run.lowest_at_venue / 1e5;
    let spot = |run: &Run| run.summary.lowest_price / 1e5;
    for (interest, deeper_on_spot) in [(2e9, true), (6e9, false)] {
        let (shared, massed) = (at(interest, None), at(interest, Some(0.0)));
        let (there, here) = (
            median_gap(&shared, &massed, at_venue),
            median_gap(&shared, &massed, spot),
        );
        println!(
            "{interest:e} USD: trough at the venue {:+.2} pp, on spot {:+.2} pp",
            100.0 * there,
            100.0 * here
        );
        assert!(
            there < -0.03 && pairs_that_rise(&massed, &shared, at_venue) >= 30,
            "{there}"
        );
        if deeper_on_spot {
            assert!(here < -0.003 && pairs_that_rise(&massed, &shared, spot) >= 28, "{here}");
        } else {
            assert!(here > 0.005 && pairs_that_rise(&shared, &massed, spot) >= 30, "{here}");
        }
    }
}

/// Slow arbitrage, a sale on spot: with one index for all marks the venues become one event while the sale goes on. With their own
/// prices most never do, and the others only when arbitrage has carried the sale to all of them.
#[test]
fn one_index_makes_separate_venues_one_event() {
    let at = |weight| {
        let settings = [
            ("marks.synchronisation", weight),
            ("arbitrage.time_constant", 1_800.0),
            ("positions.open_interest", 2.5e9),
            ("shock.route", 1.0),
            ("shock.size", -0.06),
        ];
        all(&settings, None, 240)
    };
    let (own, one) = (at(0.0), at(1.0));
    let synchrony = |run: &Run| run.summary.synchronisation.unwrap_or(0.0);
    let moment = |runs: &[Run]| {
        let moments = runs.iter().filter_map(|run| run.summary.systemic.synchronised_step);
        moments.collect::<Vec<_>>()
    };
    println!(
        "synchrony + {:.2}, moments {:?} and {:?}",
        median_gap(&own, &one, synchrony),
        moment(&own),
        moment(&one)
    );
    assert!(median_gap(&own, &one, synchrony) > 0.3);
    assert!(pairs_that_rise(&own, &one, synchrony) >= 30);
    assert!(moment(&one).len() >= 30 && moment(&own).len() <= 10);
    assert!(moment(&one).iter().all(|step| (31..60).contains(step)));
    assert!(moment(&own).iter().all(|step| *step >= 60));
}
