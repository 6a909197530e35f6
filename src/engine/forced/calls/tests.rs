//! Margin calls by hand-computed positions, and the called set against a scan of every position.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::clock::YEAR_SECONDS;
use crate::positions::charge::Charge;
use crate::random::RandomStreams;
use crate::units::{Price, Usd};
use crate::world::World;
use crate::{Asset, Placement, Position, Simulation};
use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

#[test]
fn t21_expected_shortfall_over_the_latency() {
    // 80 % a year, ten minutes, buffer half a per cent.
    let found = expected_shortfall(0.8, 600.0, 0.005);
    assert!((found - 1.189_7e-4).abs() < 1e-8, "{found:e}");
    assert_eq!(expected_shortfall(0.8, 0.0, 0.005), 0.0);
    // Without a buffer it is s/√2π.
    let bare = expected_shortfall(0.8, 600.0, 0.0);
    assert!((bare - 0.8 * (600.0_f64 / YEAR_SECONDS).sqrt() / (2.0 * PI).sqrt()).abs() < 1e-15);
    let settings = MarginCalls::default();
    assert!(
        (latency_shortfall(&settings, 0.8, 0.005) - found).abs() < 1e-18,
        "calls at 2 m leave a buffer of m"
    );
}

/// A venue with one long of 10 coins at 100 with a margin of 40: maintenance is 1 % of the notional. It is called when
/// 40 + 10·(P − 100) ≤ .02·10·P, at 97.959, and liquidated at 96.970.
fn one_long(settings: &[(&str, f64)]) -> Simulation {
    let mut scenario = Scenario::default();
    let base = [
        ("market.start_price", 100.0),
        ("market.volatility", 0.0),
        ("venues.count", 1.0),
        ("liquidity.depth", 1e12),
        ("funding.enabled", 0.0),
        ("margin.maintenance", 0.01),
        ("margin_calls.enabled", 1.0),
        ("margin_calls.top_up_share", 0.0),
        ("margin_calls.deleverage_share", 0.0),
        ("margin_calls.collateral_latency", 30.0),
    ];
    for (path, value) in base.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    let position = Position {
        id: 0,
        quantity: 10.0,
        entry: 100.0,
        margin: 40.0,
    };
    let long = Placement {
        venue: VenueId::FIRST,
        kind: ContractKind::Linear,
        side: Side::Long,
        tier: 0,
        position,
    };
    Simulation::with_positions(&scenario, &[long]).unwrap()
}

/// One step in which news brings the price to this.
fn to(simulation: &mut Simulation, price: f64) {
    simulation.shock(&Shock {
        size: Some(price / simulation.assets[0].observation().spot - 1.0),
        over_steps: Some(1),
        ..Shock::default()
    });
    simulation.step();
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
}

fn only(simulation: &Simulation) -> Position {
    simulation.assets[0].standing().next().unwrap().position
}

#[test]
fn a_top_up_restores_the_target_when_it_arrives() {
    for latency in [0.0, 30.0] {
        let mut simulation = one_long(&[
            ("margin_calls.top_up_share", 1.0),
            ("margin_calls.collateral_latency", latency),
        ]);
        to(&mut simulation, 97.97);
        assert_eq!(
            simulation.summary_of(AssetId::FIRST).margin_call_count,
            0,
            "above the level"
        );
        to(&mut simulation, 97.5);
        assert_eq!(simulation.summary_of(AssetId::FIRST).margin_call_count, 1);
        if latency > 0.0 {
            (0..2).for_each(|_| simulation.step());
            assert_eq!(only(&simulation).margin, 40.0, "still on its way");
            simulation.step();
        }
        // Equity 15 at 97.5; three times the maintenance margin of 9.75 are 29.25.
        let margin = only(&simulation).margin;
        assert!((margin - 54.25).abs() < 1e-9, "{margin}");
        assert!((simulation.summary_of(AssetId::FIRST).topped_up_usd - 14.25).abs() < 1e-9);
        // Now it would be liquidated where 54.25 + 10·(P − 100) = .1·P.
        to(&mut simulation, 95.6);
        assert_eq!(simulation.assets[0].standing().count(), 1);
        // Called again at 95.6: only collateral that is there at once still helps.
        to(&mut simulation, 95.4);
        assert_eq!(simulation.assets[0].standing().count(), usize::from(latency == 0.0));
    }
}

#[test]
fn collateral_that_comes_too_late_goes_back() {
    let mut simulation = one_long(&[("margin_calls.top_up_share", 1.0)]);
    to(&mut simulation, 97.5);
    to(&mut simulation, 96.5);
    (0..4).for_each(|_| simulation.step());
    let summary = simulation.summary_of(AssetId::FIRST);
    assert_eq!((summary.liquidation_count, summary.topped_up_usd), (1, 0.0));
    assert!((summary.top_ups_late_usd - 14.25).abs() < 1e-9);
    let contract = &simulation.assets[0].world.venues[0].contracts[0];
    let (cp, price) = (contract.counterparty, simulation.assets[0].world.venues[0].mark);
    let held = cp.worth(price.get()) + contract.fund;
    assert!(
        (held - contract.net_deposits).abs() < 1e-6 * held,
        "nobody holds what never arrived"
    );
}

/// Collateral on its way finds its position though the margin policy has moved every key meanwhile, or calls are off.
#[test]
fn collateral_arrives_whatever_the_sliders_do_meanwhile() {
    let id = |path| cascade_scenario::find(path).unwrap().id;
    let changes = [
        ("margin.maintenance", 0.011, 2),
        ("margin_calls.level", 1.5, 1),
        ("margin_calls.enabled", 0.0, 1),
    ];
    for (path, value, calls) in changes {
        let mut simulation = one_long(&[("margin_calls.top_up_share", 1.0), ("margin.rule", 1.0)]);
        to(&mut simulation, 97.5);
        simulation.set(id(path), value).unwrap();
        (0..3).for_each(|_| simulation.step());
        // Equity 15, maintenance 1 % of the 1,000 at entry.
        let margin = only(&simulation).margin;
        assert!((margin - 55.0).abs() < 1e-9, "{path}: {margin}");
        to(&mut simulation, 96.6);
        assert_eq!(simulation.summary_of(AssetId::FIRST).margin_call_count, calls, "{path}");
        simulation.set(id("margin_calls.enabled"), 1.0).unwrap();
        simulation.set(id("margin_calls.level"), 10.0).unwrap();
        simulation.step();
        assert_eq!(
            simulation.summary_of(AssetId::FIRST).margin_call_count,
            2,
            "{path}: watched again, once"
        );
    }
}

#[test]
fn deleveraging_sells_what_restores_the_target() {
    let mut simulation = one_long(&[("margin_calls.deleverage_share", 1.0)]);
    to(&mut simulation, 97.5);
    // Equity 15 carries 15/(3 · .975) coins at three times the maintenance margin.
    let position = only(&simulation);
    assert!((position.quantity - 15.0 / 2.925).abs() < 1e-9, "{position:?}");
    let equity = position.equity(Side::Long, 97.5, 0.0);
    assert!((equity - 15.0).abs() < 1e-6, "{equity}");
    let seen = simulation.assets[0].observation();
    assert!((seen.sold_on_call - (10.0 - position.quantity) * 97.5).abs() < 1e-6);
    assert_eq!(simulation.summary_of(AssetId::FIRST).liquidation_count, 0);
    let flows = simulation.assets[0].world.venues[0].contracts[0].side(Side::Long).flows;
    assert!((flows.sold - (10.0 - position.quantity)).abs() < 1e-12);
    assert!(seen.attribution[Source::MarginCalls] < 0.0);
    assert_eq!(seen.attribution[Source::Liquidations], 0.0);
    // It is liquidated where 40 − 10·2.5 + q·(P − 97.5) = .01·q·P, further away than before.
    to(&mut simulation, 96.5);
    assert_eq!(simulation.summary_of(AssetId::FIRST).liquidation_count, 0);
}

#[test]
fn an_order_too_large_for_a_round_is_filled_in_parts() {
    // A venue's depth of 60,000 USD and at most .1 % a round: 60 USD, where about 475 are to be sold.
    let mut simulation = one_long(&[
        ("margin_calls.deleverage_share", 1.0),
        ("liquidity.depth", 1e8),
        ("liquidity.max_move_per_round", 0.001),
        ("liquidity.permanent_share", 0.0),
    ]);
    simulation.assets[0].world.market.books[1].depth = Usd::new(6e4);
    let mut sold = Vec::new();
    simulation.assets[0].world.venues[0].mark = Price::new(97.5);
    let mut calls = std::mem::replace(
        &mut simulation.assets[0].calls,
        Calls::new(RandomStreams::new(0, AssetId::FIRST)),
    );
    let World {
        moment,
        market,
        venues,
        tally,
        ..
    } = &mut simulation.assets[0].world;
    calls.scan(moment, venues, tally);
    while calls.sell(market, venues, tally, VenueId::FIRST, Side::Long, Usd::new(60.0)) {
        sold.push(std::mem::take(&mut tally.sold));
        assert!(sold.len() < 100);
    }
    assert!(
        sold.len() >= 7 && sold[..7].iter().all(|part| (part.get() - 60.0).abs() < 1e-9),
        "{sold:?}"
    );
    let position = only(&simulation);
    assert!((position.quantity - 15.0 / 2.925).abs() < 1e-9, "{position:?}");
    let asset = &mut simulation.assets[0];
    assert!(asset.ledger.check(&asset.world).is_none());
}

#[test]
fn who_waits_is_called_once_a_fall() {
    let mut simulation = one_long(&[]);
    // Equity is three times the maintenance margin at 98.969.
    for (price, calls) in [(97.9, 1), (98.5, 1), (97.5, 1), (99.0, 1), (97.9, 2), (97.2, 2)] {
        to(&mut simulation, price);
        assert_eq!(
            simulation.summary_of(AssetId::FIRST).margin_call_count,
            calls,
            "at {price}"
        );
    }
    assert_eq!(only(&simulation).margin, 40.0);
}

#[test]
fn a_larger_share_that_tops_up_keeps_everyone_who_did_before() {
    let mut calls = Calls::new(RandomStreams::new(7, AssetId::FIRST));
    let with = |share| MarginCalls {
        top_up_share: share,
        ..MarginCalls::default()
    };
    let (few, many): (Vec<_>, Vec<_>) = (0..10_000)
        .map(|id| (calls.answer(&with(0.2), id, None), calls.answer(&with(0.5), id, None)))
        .unzip();
    let count = |answers: &[Answer], wanted| answers.iter().filter(|answer| **answer == wanted).count();
    assert!(few.iter().zip(&many).all(|(a, b)| a == b || *a == Answer::Wait));
    assert!(count(&few, Answer::TopUp).abs_diff(2_000) < 150 && count(&many, Answer::TopUp).abs_diff(5_000) < 150);
    assert_eq!(count(&few, Answer::Sell), count(&many, Answer::Sell));
}

/// Equity, as far as it counts, and maintenance margin of every position, by the formulas and not by keys.
fn accounts(venues: &Venues) -> Vec<(u32, f64, f64)> {
    let mut all = Vec::new();
    for venue in venues.iter() {
        for contract in &venue.contracts {
            let value = contract.kind.value(venue.mark);
            for book in &contract.sides {
                for tier in &book.tiers {
                    let rule = tier.requirement;
                    for (_, position) in tier.ladder.iter() {
                        let moved = position.quantity * (value - position.entry - contract.funding);
                        let equity = (1.0 - rule.haircut) * position.margin + book.side.sign() * moved;
                        let base = if rule.on_entry { position.entry } else { value };
                        let notional = (position.quantity * base.abs(), position.quantity * value.abs());
                        let required = rule.rate * notional.0 + rule.add_on * notional.1 - rule.deduction;
                        all.push((position.id, equity, required));
                    }
                }
            }
        }
    }
    all
}

/// Marks at random; every few steps another slider. The called set is the one a scan of every position finds.
fn compare(seed: u64, settings: &[(&str, f64)], marks: &[f64]) -> u64 {
    let mut scenario = Scenario {
        seed,
        ..Scenario::default()
    };
    let base = [
        ("positions.count", 400.0),
        ("positions.coin_margin_share", 0.5),
        ("margin_calls.enabled", 1.0),
        ("margin_calls.top_up_share", 0.0),
        ("margin_calls.deleverage_share", 0.0),
        ("leverage.mean", 20.0),
    ];
    for (path, value) in base.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    let Asset {
        mut world, mut calls, ..
    } = Simulation::new(&scenario).unwrap().assets.remove(0);
    let (mut waiting, mut total) = (BTreeSet::new(), 0);
    for (step, change) in marks.iter().enumerate() {
        if step % 5 == 4 {
            let parameters = &mut world.moment.parameters;
            parameters.margin_calls.level = 1.5 + change.abs() * 10.0;
            parameters.margin.maintenance = 0.004 + change.abs() / 50.0;
            for venue in world.venues.iter_mut() {
                venue.configure(&parameters.margin, Price::new(parameters.market.start_price));
                venue.set_charge(Charge {
                    add_on: change.abs() / 50.0,
                    haircut: change.abs(),
                });
            }
            calls.configure(&world.moment, &mut world.venues);
        }
        for venue in world.venues.iter_mut() {
            venue.mark *= 1.0 + change;
            venue.contracts[0].funding += change * 10.0;
        }
        let wanted = levels(&world.moment.parameters.margin_calls);
        let accounts = accounts(&world.venues);
        let safe = |id: u32| {
            accounts
                .iter()
                .any(|(other, equity, m)| *other == id && *equity > wanted.target * m)
        };
        waiting.retain(|id| !safe(*id));
        let before = waiting.len();
        waiting.extend(
            accounts
                .iter()
                .filter(|(_, equity, m)| *equity <= wanted.call * m)
                .map(|(id, ..)| *id),
        );
        let expected = (waiting.len() - before) as u64;

        calls.begin_step(&world.moment, &mut world.venues, &mut world.tally);
        calls.scan(&world.moment, &mut world.venues, &mut world.tally);
        assert_eq!(
            std::mem::take(&mut world.tally.calls),
            expected,
            "seed {seed}, step {step}"
        );
        total += expected;
    }
    total
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_called_set_is_that_of_a_scan_of_every_position(
        seed: u64,
        tiers: bool,
        on_entry: bool,
        target in 1.0..6.0_f64,
        marks in prop::collection::vec(-0.04..0.04_f64, 1..40),
    ) {
        compare(seed, &[
            ("margin.tiers", f64::from(u8::from(tiers))),
            ("margin.rule", f64::from(u8::from(on_entry))),
            ("margin_calls.target", target),
        ], &marks);
    }
}

#[test]
fn the_comparison_compares_something() {
    let swings: Vec<f64> = (0..40).map(|step| if step % 8 < 4 { -0.03 } else { 0.03 }).collect();
    assert!(compare(1, &[], &swings) > 500);
}

/// The numbers drawn ahead, cut off to eight bits, give everybody the answer that its own place in the stream gives.
#[test]
fn answers_drawn_ahead_are_those_of_the_stream() {
    let mut scenario = Scenario::default();
    for (path, value) in [("margin_calls.enabled", 1.0), ("margin_calls.top_up_share", 0.37)] {
        scenario.set(path, value).unwrap();
    }
    let settings = scenario.parameters.margin_calls;
    let mut world = World::new(&scenario.parameters, RandomStreams::new(1, AssetId::FIRST), 0);
    world.venues.next_id = 4_000;
    let mut calls = Calls::new(RandomStreams::new(7, AssetId::FIRST));
    calls.draw_ahead(&world.moment, &world.venues);
    assert_eq!(calls.draws.len(), 4_000);
    let mut answers = BTreeMap::new();
    for id in (0..4_000).rev() {
        let known = calls.draws[id as usize];
        let answer = calls.answer(&settings, id, Some(known));
        assert_eq!(answer, calls.answer(&settings, id, None), "position {id}, {known}");
        *answers.entry(format!("{answer:?}")).or_insert(0) += 1;
    }
    assert_eq!(answers.len(), 3, "{answers:?}");
}
