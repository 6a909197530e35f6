//! The lending pool in the engine, by number.

use super::*;
use crate::clock::YEAR_SECONDS;
use crate::lending::pool::LoanFlows;
use crate::market::source::Source;
use crate::{Simulation, TOLERANCE};
use cascade_scenario::{AssetId, CloseFactor, LoanOutlet, Scenario, Shock};

/// A market in which nothing moves but what a test moves, with given loans at a price of 1,000: coins or dollars as
/// collateral, what is owed.
fn pool_of(loans: &[(f64, f64)], settings: &[(&str, f64)]) -> Simulation {
    let mut scenario = Scenario::default();
    let quiet = [
        ("market.start_price", 1_000.0),
        ("market.volatility", 0.0),
        ("venues.count", 1.0),
        ("positions.open_interest", 0.0),
        ("liquidity.depth_elasticity", 0.0),
        ("liquidity.resilience", 0.0),
        ("liquidity.permanent_share", 0.0),
        ("liquidity.max_move_per_round", 1.0),
        ("liquidity.depth", 1e9),
        ("liquidity.spot_share", 0.5),
        ("arbitrage.enabled", 0.0),
        ("funding.enabled", 0.0),
        ("lending.enabled", 1.0),
        ("lending.interest", 0.0),
        ("lending.gas", 0.0),
        ("lending.loans", 1.0),
    ];
    for (path, value) in quiet.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    simulation.step();
    let pool = simulation.assets[0].world.lending.as_mut().unwrap();
    pool.healthy.clear();
    (pool.debt, pool.collateral, pool.flows) = (0.0, 0.0, LoanFlows::default());
    for ((collateral, debt), id) in loans.iter().zip(0..) {
        pool.open(Loan {
            id,
            collateral: *collateral,
            debt: *debt,
        });
    }
    simulation
}

fn shock(simulation: &mut Simulation, price: f64) {
    simulation.shock(&Shock {
        size: Some(price / simulation.assets[0].observation().spot - 1.0),
        over_steps: Some(1),
        ..Shock::default()
    });
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, expected {expected}");
}

/// The health factor as the pool sees it: 666 × 0.75/500 = 0.999 is liquidated, 667 × 0.75/500 is not; the coins are sold on
/// spot and the fall is the lending's.
#[test]
fn below_one_is_liquidated() {
    for (price, liquidated) in [(666.0, 1), (667.0, 0)] {
        let mut simulation = pool_of(&[(1.0, 500.0)], &[("lending.threshold", 0.75)]);
        shock(&mut simulation, price);
        simulation.step();
        let seen = *simulation.assets[0].observation();
        assert_eq!(seen.lending.total.count, liquidated, "{price}");
        if liquidated == 1 {
            near(seen.lending.total.repaid_usd, 250.0, 1e-9);
            near(seen.lending.total.seized_usd, 262.5, 1e-9);
            let loan = simulation.assets[0].loans().next().unwrap();
            near(loan.debt, 250.0, 1e-9);
            near(loan.collateral, 1.0 - 262.5 / 666.0, 1e-12);
            near(seen.attribution[Source::Lending], -262.5 / 5e8, 1e-15);
            // Sold half a move below the oracle's price.
            near(
                seen.lending.total.profit_usd,
                262.5 * libm::exp(-262.5 / 1e9) - 250.0,
                1e-9,
            );
        }
        assert!(simulation.halted().is_none());
    }
}

/// The pool's own liquidation moves the health factor by r·(HF − LT·(1 + β))/(B − r).
#[test]
fn t8_toxic_below_the_threshold_times_one_plus_bonus() {
    let terms = LoanTerms {
        threshold: 0.88,
        bonus: 0.045,
        close_factor: CloseFactor::Half,
    };
    near(terms.toxic_below(), 0.9196, 1e-12);
    for (health, rises) in [
        (0.999, true),
        (0.93, true),
        (0.92, true),
        (0.919, false),
        (0.88, false),
        (0.6, false),
    ] {
        let price = 500.0 * health / 0.88;
        let settings = [
            ("lending.threshold", 0.88),
            ("lending.bonus", 0.045),
            ("lending.close_factor", 0.0),
        ];
        let mut simulation = pool_of(&[(1.0, 500.0)], &settings);
        shock(&mut simulation, price);
        simulation.step();
        let loan = simulation.assets[0].loans().next().unwrap();
        let repaid = 500.0 - loan.debt;
        assert!(repaid > 0.0);
        let after = terms.health(&loan, price);
        let before = terms.health(
            &Loan {
                id: 0,
                collateral: 1.0,
                debt: 500.0,
            },
            price,
        );
        near(before, health, 1e-12);
        near(after - before, repaid * (before - 0.9196) / (500.0 - repaid), 1e-12);
        assert_eq!(after > before, rises, "{health}");
        let total = simulation.assets[0].observation().lending.total;
        assert_eq!(total.toxic_usd > 0.0, !rises, "{health}");
    }
}

/// A debt that its collateral does not cover: everything is seized, the rest of the debt is written off.
#[test]
fn what_is_not_covered_is_written_off() {
    let mut simulation = pool_of(&[(1.0, 500.0)], &[]);
    shock(&mut simulation, 420.0);
    simulation.step();
    let seen = simulation.assets[0].observation().lending;
    near(seen.total.repaid_usd, 400.0, 1e-9);
    near(seen.total.written_off_usd, 100.0, 1e-9);
    near(seen.bad_debt_usd(), 100.0, 1e-9);
    assert_eq!((seen.loans, seen.debt_usd, seen.collateral_usd), (0, 0.0, 0.0));
    // The same without feedback, seen from before.
    let before = pool_of(&[(1.0, 500.0)], &[]);
    let instant = before.assets[0].loans_without_feedback(-0.58).unwrap();
    near(instant.liquidated_usd, 400.0, 1e-9);
    near(instant.bad_debt_usd, 100.0, 1e-9);
}

/// Liquidators sell until the price is the oracle's less the bonus; the rest of the loan waits, and is toxic by then.
#[test]
fn a_thin_book_makes_loans_wait() {
    let mut simulation = pool_of(
        &[(1e6, 7e8)],
        &[("oracle.delay", 3_600.0), ("lending.close_factor", 1.0)],
    );
    // The oracle is an hour behind: let it see a fall that is over.
    shock(&mut simulation, 870.0);
    (0..361).for_each(|_| simulation.step());
    let seen = *simulation.assets[0].observation();
    assert_eq!(seen.lending.total.count, 1);
    near(libm::log(seen.spot / 870.0), -libm::log1p(0.05), 1e-9);
    near(seen.lending.total.seized_usd, libm::log1p(0.05) * 5e8, 1.0);
    assert_eq!(seen.lending.waiting, 1);
    (0..100).for_each(|_| simulation.step());
    assert_eq!(
        simulation.assets[0].observation().lending.total.count,
        1,
        "nothing pays at this price"
    );
    assert!(simulation.halted().is_none());
}

/// A loan whose bonus does not cover the fee waits, however large the room; the fee is the liquidator's.
#[test]
fn small_loans_do_not_pay() {
    for (fee, count) in [(12.4, 1), (12.6, 0)] {
        let mut simulation = pool_of(&[(1.0, 500.0)], &[("lending.gas", fee)]);
        shock(&mut simulation, 624.0);
        simulation.step();
        // Half of 500 at a bonus of 5 % brings 12.5.
        let seen = simulation.assets[0].observation().lending;
        assert_eq!((seen.total.count, seen.waiting), (count, 1 - count), "{fee}");
        near(seen.total.fees_usd, fee * count as f64, 1e-9);
    }
}

/// What waits and becomes healthy again is no longer liquidatable; a loan in danger reaches the threshold by interest alone.
#[test]
fn loans_recover_and_interest_reaches_the_threshold() {
    let mut simulation = pool_of(&[(1.0, 500.0)], &[("lending.gas", 1e5)]);
    shock(&mut simulation, 620.0);
    simulation.step();
    let seen = simulation.assets[0].observation().lending;
    assert_eq!(seen.waiting, 1);
    near(seen.waiting_usd, 500.0, 1e-9);
    shock(&mut simulation, 640.0);
    simulation.step();
    assert_eq!(simulation.assets[0].observation().lending.waiting, 0);

    let settings = [("lending.interest", 1.0), ("market.step_seconds", 60.0)];
    let mut simulation = pool_of(&[(1.0, 799.99)], &settings);
    let steps = (libm::log(800.0 / 799.99) * YEAR_SECONDS / 60.0).ceil() as u64;
    for _ in 1..steps {
        simulation.step();
    }
    assert_eq!(simulation.assets[0].observation().lending.total.count, 0);
    simulation.step();
    assert_eq!(simulation.assets[0].observation().lending.total.count, 1);
    assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < TOLERANCE);
}

/// Sold to the pool of the automated market maker, the coins do not print on spot until arbitrage carries them there, and
/// the pool parts with the coins it was sold.
#[test]
fn collateral_sold_to_the_amm_comes_back_by_arbitrage() {
    let settings = [
        ("lending.outlet", f64::from(LoanOutlet::Amm as u8)),
        ("amm.reserves_usd", 1e9),
        ("lending.close_factor", 1.0),
    ];
    for (arbitrage, printed) in [(0.0, false), (1.0, true)] {
        let mut simulation = pool_of(&[(1e5, 7.9e7)], &settings);
        let switch = cascade_scenario::find("arbitrage.enabled").unwrap().id;
        // Whatever the pool knew is over before the fall.
        shock(&mut simulation, 980.0);
        simulation.step();
        let seen = *simulation.assets[0].observation();
        assert_eq!(seen.lending.total.count, 1);
        let held = simulation.assets[0].world.pool.unwrap().spot;
        near(held.quantity, seen.lending.total.seized_usd / 980.0, 1e-6);
        assert_eq!(seen.attribution[Source::Lending], 0.0);
        simulation.set(switch, arbitrage).unwrap();
        (0..100).for_each(|_| simulation.step());
        let seen = simulation.assets[0].observation();
        assert_eq!(seen.attribution[Source::Lending] < -1e-4, printed);
        let left = simulation.assets[0].world.pool.unwrap().spot.quantity;
        assert_eq!(left < 0.9 * held.quantity, printed, "{left} of {}", held.quantity);
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    }
}

/// Coins borrowed against dollars: a rise liquidates, and the coins bought to repay push the price further up.
#[test]
fn borrowed_coins_squeeze() {
    let settings = [("lending.borrowed", 1.0), ("lending.close_factor", 1.0)];
    let mut simulation = pool_of(&[(1e6, 790.0)], &settings);
    shock(&mut simulation, 1_050.0);
    simulation.step();
    let seen = *simulation.assets[0].observation();
    assert_eq!(seen.lending.total.count, 1);
    near(seen.lending.total.repaid_usd, 790.0 * 1_050.0, 1e-6);
    near(seen.lending.total.seized_usd, 1.05 * 790.0 * 1_050.0, 1e-6);
    near(seen.attribution[Source::Lending], 790.0 * 1_050.0 / 5e8, 1e-12);
    assert_eq!((seen.lending.loans, seen.lending.collateral_usd), (0, 0.0));
}

/// The loans of a run are those the sliders ask for, and the pool's sums are those of its loans, however many have gone.
#[test]
fn sums_are_those_of_the_loans() {
    let mut scenario = Scenario::default();
    for (path, value) in [("lending.enabled", 1.0), ("lending.debt", 2e9), ("lending.health", 1.1)] {
        scenario.set(path, value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    simulation.step();
    let seen = simulation.assets[0].observation().lending;
    near(seen.debt_usd / 2e9, 1.0, 1e-6);
    assert_eq!(seen.loans, 5_000);
    let mut healths: Vec<f64> = simulation.assets[0]
        .loans()
        .map(|loan| loan.collateral * 1e5 * 0.8 / loan.debt)
        .collect();
    healths.sort_unstable_by(f64::total_cmp);
    near(healths[2_500], 1.1, 0.01);
    simulation.shock(&Shock {
        size: Some(-0.06),
        ..Shock::default()
    });
    (0..200).for_each(|_| simulation.step());
    let seen = simulation.assets[0].observation().lending;
    assert!(seen.total.count > 1_000, "{seen:?}");
    let pool = simulation.assets[0].world.lending.as_ref().unwrap();
    let (mut debt, mut collateral) = (0.0, 0.0);
    for loan in simulation.assets[0].loans() {
        debt += loan.debt;
        collateral += loan.collateral;
    }
    near(debt / pool.outstanding(), 1.0, 1e-10);
    near(collateral / pool.collateral, 1.0, 1e-10);
    let bins: f64 = simulation.assets[0].health_distribution().unwrap().iter().sum();
    near(bins / seen.debt_usd, 1.0, 1e-9);
    assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < TOLERANCE);
}
