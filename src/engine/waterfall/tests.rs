//! Who pays, by rule.

use crate::engine::population::Placement;
use crate::engine::{ContractKind, Position, Side, Simulation};
use crate::scenario::{Scenario, Shock};

/// 500 units at 1 with margin 100 on each side; the price doubles.
#[test]
fn t5_auto_deleveraging_closes_at_the_bankruptcy_price() {
    let mut scenario = Scenario::default();
    for (path, value) in [
        ("market.start_price", 1.0),
        ("market.volatility", 0.0),
        ("venues.count", 1.0),
        ("fund.insurance", 0.0),
    ] {
        scenario.set(path, value).unwrap();
    }
    let place = |side, id| Placement {
        venue: 0,
        kind: ContractKind::Linear,
        side,
        tier: 0,
        position: Position {
            id,
            quantity: 500.0,
            entry: 1.0,
            margin: 100.0,
        },
    };
    let short = place(Side::Short, 1);
    assert!((short.position.bankruptcy_value(Side::Short) - 1.2).abs() < 1e-12);
    let mut simulation = Simulation::with_positions(&scenario, &[place(Side::Long, 0), short]).unwrap();
    simulation.shock(&Shock {
        size: Some(1.0),
        over_steps: Some(1),
        ..Shock::default()
    });
    simulation.step();

    let contract = &simulation.assets[0].world.venues[0].contracts[ContractKind::Linear as usize];
    // The winner takes home its 100 and a profit of 100, which is the loser's margin; nobody else is touched.
    assert!((contract.paid_out - 200.0).abs() < 1e-9, "{}", contract.paid_out);
    assert_eq!((contract.fund, contract.deficit), (0.0, 0.0));
    assert_eq!(simulation.standing().count(), 0);
    let seen = simulation.observation();
    assert!(
        (seen.spot - 2.0).abs() < 1e-9 && (seen.futures[0] - 2.0).abs() < 1e-9,
        "cancelling printed on the book"
    );
    assert_eq!(seen.open_interest, 0.0);
    assert_eq!(simulation.summary().adl_count, 1);
    assert!(simulation.halted().is_none());
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
        let summary = simulation.summary();
        assert!(summary.halted.is_none(), "{:?}", summary.halted);
        assert!(summary.insurance_fund_usd >= 0.0 && summary.liquidation_count > 1000);
        if fund == 0.0 {
            assert_eq!(summary.adl_count > 0, deleverage);
            assert!(deleverage || summary.bad_debt_usd > 0.0);
        }
    }
}
