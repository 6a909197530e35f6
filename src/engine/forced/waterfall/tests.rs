//! Who pays, by rule.

use proptest::prelude::*;

use crate::positions::population::Placement;
use crate::positions::venue::Contract;
use crate::{ContractKind, Position, Side, Simulation};
use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

/// One venue and no noise; price 1, no fund, unless set otherwise.
fn quiet(settings: &[(&str, f64)], placements: &[Placement]) -> Simulation {
    let mut scenario = Scenario::default();
    let still = [
        ("market.start_price", 1.0),
        ("market.volatility", 0.0),
        ("venues.count", 1.0),
        ("fund.insurance", 0.0),
        ("funding.enabled", 0.0),
    ];
    for (path, value) in still.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    Simulation::with_positions(&scenario, placements).unwrap()
}

fn place(side: Side, id: u32, quantity: f64, entry: f64, margin: f64) -> Placement {
    Placement {
        venue: VenueId::FIRST,
        kind: ContractKind::Linear,
        side,
        tier: 0,
        position: Position {
            id,
            quantity,
            entry,
            margin,
        },
    }
}

fn jump(simulation: &mut Simulation, size: f64) {
    simulation.shock(&Shock {
        size: Some(size),
        over_steps: Some(1),
        ..Shock::default()
    });
    simulation.step();
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
}

fn contract(simulation: &Simulation) -> &Contract {
    &simulation.assets()[0].world.venues[0].contracts[ContractKind::Linear as usize]
}

/// What stands of each position, by number.
fn standing(simulation: &Simulation, count: usize) -> Vec<f64> {
    let mut quantities = vec![0.0; count];
    for placement in simulation.assets[0].standing() {
        quantities[placement.position.id as usize] += placement.position.quantity;
    }
    quantities
}

/// 500 units at 1 with margin 100 on each side; the price doubles.
#[test]
fn t5_auto_deleveraging_closes_at_the_bankruptcy_price() {
    for ranking in [0.0, 1.0, 2.0] {
        let short = place(Side::Short, 1, 500.0, 1.0, 100.0);
        assert!((short.position.bankruptcy_value(Side::Short) - 1.2).abs() < 1e-12);
        let positions = [place(Side::Long, 0, 500.0, 1.0, 100.0), short];
        let mut simulation = quiet(&[("fund.adl_ranking", ranking)], &positions);
        jump(&mut simulation, 1.0);

        let contract = contract(&simulation);
        // The winner takes home its 100 and a profit of 100, which is the loser's margin; nobody else is touched.
        assert!((contract.paid_out - 200.0).abs() < 1e-9, "{}", contract.paid_out);
        assert_eq!((contract.fund, contract.deficit), (0.0, 0.0));
        assert_eq!(simulation.assets[0].standing().count(), 0);
        let seen = simulation.assets[0].observation();
        assert!(
            (seen.spot - 2.0).abs() < 1e-9 && (seen.futures[0] - 2.0).abs() < 1e-9,
            "cancelling printed on the book"
        );
        assert_eq!(seen.open_interest, 0.0);
        assert_eq!(simulation.summary_of(AssetId::FIRST).adl_count, 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// How much is cancelled does not depend on who stands first in line, only who loses the position does: the units are
    /// the same, and together they take home what the bankrupt ones had.
    #[test]
    fn the_ranking_only_decides_who_loses(
        losers in prop::collection::vec((1.0..50.0_f64, 0.11..0.3_f64), 1..5),
        winners in prop::collection::vec((1.0..50.0_f64, 0.5..1.5_f64, 0.5..2.0_f64), 2..20),
    ) {
        let mut placements = Vec::new();
        for (quantity, entry, margin) in winners {
            let id = placements.len() as u32;
            placements.push(place(Side::Short, id, quantity, entry, quantity * entry * margin));
        }
        let shorts = placements.len();
        for (quantity, margin) in losers {
            let id = placements.len() as u32;
            placements.push(place(Side::Long, id, quantity, 1.0, quantity * margin));
        }
        // Somebody is ahead at the losers' bankruptcy prices of 0.7 to 0.9.
        prop_assume!(placements[..shorts].iter().any(|short| short.position.entry > 0.9));
        let mut outcomes = Vec::new();
        for ranking in [0.0, 1.0, 2.0] {
            let mut simulation = quiet(&[("fund.adl_ranking", ranking)], &placements);
            jump(&mut simulation, -0.4);
            let (long, short) = (contract(&simulation).side(Side::Long), contract(&simulation).side(Side::Short));
            outcomes.push((
                long.flows.deleveraged,
                short.flows.deleveraged,
                simulation.summary_of(AssetId::FIRST).adl_notional_usd,
                standing(&simulation, placements.len()),
            ));
        }
        prop_assert!(outcomes[0].0 > 0.0, "nobody was deleveraged");
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
        for other in &outcomes[1..] {
            prop_assert!(close(other.0, outcomes[0].0) && close(other.1, outcomes[0].1) && close(other.2, outcomes[0].2));
        }
        // Pro rata, whoever gave, gave the same share.
        let shares: Vec<f64> = (0..shorts)
            .map(|id| 1.0 - outcomes[2].3[id] / placements[id].position.quantity)
            .filter(|share| *share > 1e-12)
            .collect();
        prop_assert!(shares.windows(2).all(|pair| close(pair[0], pair[1])), "{shares:?}");
    }
}

/// Three winners with the same quantity: one far ahead with little leverage, one a little ahead with much, one in between.
/// Half of one position is cancelled.
#[test]
fn each_rule_takes_from_another() {
    let placements = [
        place(Side::Short, 0, 100.0, 1.30, 400.0),
        place(Side::Short, 1, 100.0, 1.02, 2.0),
        place(Side::Short, 2, 100.0, 1.15, 115.0),
        place(Side::Long, 3, 50.0, 1.0, 10.0),
    ];
    let kept = |ranking| {
        let mut simulation = quiet(&[("fund.adl_ranking", ranking)], &placements);
        jump(&mut simulation, -0.4);
        assert_eq!(
            simulation.summary_of(AssetId::FIRST).adl_count,
            if ranking == 2.0 { 3 } else { 1 }
        );
        standing(&simulation, 3)
    };
    // Profit × leverage at 0.6: 0.538·60/470 = 0.07, 0.412·60/44 = 0.56, 0.478·60/170 = 0.17.
    assert_eq!(kept(0.0), [100.0, 50.0, 100.0]);
    assert_eq!(kept(1.0), [50.0, 100.0, 100.0]);
    assert!(kept(2.0).iter().all(|left| (left - 250.0 / 3.0).abs() < 1e-9));
}

/// A long of 100 at 1 with margin 10 falls through its maintenance margin; equity at the fill f is 100·(f − 0.9).
#[test]
fn the_holder_pays_a_penalty_and_may_keep_the_rest() {
    let liquidated = |settings: &[(&str, f64)], price: f64| {
        let settings: Vec<_> = [("liquidity.depth", 1e12), ("fund.insurance", 1e6)]
            .iter()
            .chain(settings)
            .copied()
            .collect();
        let mut simulation = quiet(&settings, &[place(Side::Long, 0, 100.0, 1.0, 10.0)]);
        jump(&mut simulation, price - 1.0);
        let contract = contract(&simulation);
        (contract.fund - 1e6, contract.paid_out)
    };
    let near = |(fund, holder): (f64, f64), expected: (f64, f64)| {
        assert!(
            (fund - expected.0).abs() < 1e-6 && (holder - expected.1).abs() < 1e-6,
            "{fund} {holder}, expected {expected:?}"
        );
    };
    // Equity 0.4 of a notional of 90.4.
    near(liquidated(&[], 0.904), (0.4, 0.0));
    near(liquidated(&[("fund.penalty", 0.002)], 0.904), (0.4, 0.0));
    let keep = ("fund.keeps_margin", 0.0);
    near(liquidated(&[keep], 0.904), (0.0, 0.4));
    near(liquidated(&[keep, ("fund.penalty", 0.002)], 0.904), (0.1808, 0.2192));
    near(liquidated(&[keep, ("fund.penalty", 0.02)], 0.904), (0.4, 0.0));
    // Below bankruptcy there is nothing to pay with, and nothing to keep.
    near(liquidated(&[keep, ("fund.penalty", 0.002)], 0.85), (-5.0, 0.0));
}

/// Two of three longs are worth less than nothing at the fill, whoever pays for it.
#[test]
fn negative_equity_is_counted_at_the_fill() {
    let placements = [
        place(Side::Long, 0, 100.0, 1.0, 10.0),
        place(Side::Long, 1, 200.0, 1.0, 40.0),
        place(Side::Long, 2, 300.0, 1.0, 150.0),
    ];
    for (fund, deleverage) in [(1e6, 1.0), (0.0, 0.0), (0.0, 1.0)] {
        let settings = [
            ("fund.insurance", fund),
            ("fund.auto_deleveraging", deleverage),
            ("liquidity.depth", 1e12),
        ];
        let mut simulation = quiet(&settings, &placements);
        jump(&mut simulation, -0.3);
        // Missing: 100·(0.9 − 0.7) + 200·(0.8 − 0.7); the third stands.
        let summary = simulation.summary_of(AssetId::FIRST);
        assert_eq!((summary.liquidation_count, summary.negative_equity_count), (2, 2));
        assert!((summary.negative_equity_notional_usd - 210.0).abs() < 1e-6);
        assert!((summary.negative_equity_loss_usd - 40.0).abs() < 1e-6, "{summary:?}");
    }
}

/// A long of 100 at 1 with margin 10 is closed at 0.7 with 20 missing, without fund and auto-deleveraging. Ahead are shorts of
/// 60 at 1, by 18, and of 40 at 0.8, by 4, and the counterparty, who sold at 1 what it bought at 0.8, by 8. They pay 20/30 of
/// it at the settlement.
#[test]
fn socialised_losses_are_clawed_back_from_profits() {
    let placements = [
        place(Side::Long, 0, 100.0, 1.0, 10.0),
        place(Side::Short, 1, 60.0, 1.0, 100.0),
        place(Side::Short, 2, 40.0, 0.8, 100.0),
    ];
    let run = |shortfall: f64| {
        let settings = [
            ("fund.auto_deleveraging", 0.0),
            ("fund.shortfall", shortfall),
            ("fund.settlement", 30.0),
            ("liquidity.depth", 1e12),
        ];
        let mut simulation = quiet(&settings, &placements);
        jump(&mut simulation, -0.3);
        assert!((simulation.summary_of(AssetId::FIRST).bad_debt_usd - 20.0).abs() < 1e-6);
        (0..3).for_each(|_| simulation.step());
        simulation
    };
    let (debt, shared) = (run(0.0), run(1.0));
    assert!(
        (debt.summary_of(AssetId::FIRST).bad_debt_usd - 20.0).abs() < 1e-6
            && debt.summary_of(AssetId::FIRST).socialised_loss_usd == 0.0
    );
    let summary = shared.summary_of(AssetId::FIRST);
    assert!(
        (summary.socialised_loss_usd - 20.0).abs() < 1e-6 && summary.bad_debt_usd < 1e-6,
        "{summary:?}"
    );
    for (placement, ahead) in shared.assets[0]
        .standing()
        .map(|placement| (placement, [0.0, 18.0, 4.0]))
    {
        let position = placement.position;
        let ahead = ahead[position.id as usize];
        let expected = 100.0 - ahead * 20.0 / 30.0;
        assert!(
            (position.margin - expected).abs() < 1e-5,
            "{position:?}, expected {expected}"
        );
    }
    // The ladder has them under their new keys: liquidated when (W/q + e)/(1 + m) is reached.
    let tier = &contract(&shared).side(Side::Short).tiers[0];
    assert_eq!(tier.ladder.len(), 2);
    for (key, position) in tier.ladder.iter() {
        assert_eq!(key, tier.requirement.key(position, Side::Short));
    }
    assert!(shared.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-12);
}

/// With money in the fund nobody is deleveraged, and without auto-deleveraging the loss is bad debt.
#[test]
fn the_fund_pays_first_and_bad_debt_is_last() {
    for (fund, deleverage) in [(1e9, true), (0.0, false), (0.0, true)] {
        let mut scenario = Scenario::default();
        scenario.set("fund.insurance", fund).unwrap();
        scenario
            .set("fund.auto_deleveraging", f64::from(u8::from(deleverage)))
            .unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        simulation.shock(&Shock {
            size: Some(-0.4),
            over_steps: Some(1),
            ..Shock::default()
        });
        for _ in 0..200 {
            simulation.step();
        }
        let summary = simulation.summary_of(AssetId::FIRST);
        assert!(summary.halted.is_none(), "{:?}", summary.halted);
        assert!(summary.insurance_fund_usd >= 0.0 && summary.liquidation_count > 1000);
        if fund == 0.0 {
            assert_eq!(summary.adl_count > 0, deleverage);
            assert!(deleverage || summary.bad_debt_usd > 0.0);
        }
    }
}
