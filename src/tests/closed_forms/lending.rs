//! Closed forms of loans: health factors, and when a liquidation makes a loan worse.

use cascade_lab::engine::{Loan, LoanTerms};
use cascade_lab::scenario::CloseFactor;

/// Aave's health factor: what the pool itself liquidates by (its run on a falling price is among its own tests).
#[test]
fn t7_health_factor_of_a_loan() {
    for (collateral, threshold, debt, health) in [
        (10_000.0, 0.8, 6_000.0, 1.333_3),
        (1_000.0, 0.75, 500.0, 1.5),
        (666.0, 0.75, 500.0, 0.999),
    ] {
        let terms = LoanTerms {
            threshold,
            bonus: 0.05,
            close_factor: CloseFactor::HalfThenFull,
        };
        // One coin, worth the collateral.
        let loan = Loan {
            id: 0,
            collateral: 1.0,
            debt,
        };
        let found = terms.health(&loan, collateral);
        assert!((found - health).abs() < 5e-5, "{found}");
        assert_eq!(terms.repayable_share(found) > 0.0, health < 1.0, "{found}");
    }
}

/// Liquidations below LT·(1 + β) make a loan worse, by r·(HF − LT·(1 + β))/(B − r) whatever is repaid.
#[test]
fn t8_liquidation_raises_health_above_the_threshold_times_one_plus_bonus() {
    let terms = LoanTerms {
        threshold: 0.88,
        bonus: 0.045,
        close_factor: CloseFactor::Half,
    };
    for health in [0.6, 0.9, 0.9195, 0.9197, 0.95, 0.999] {
        for repaid in [1.0, 100.0, 250.0] {
            let loan = Loan {
                id: 0,
                collateral: 1.0,
                debt: 500.0,
            };
            let value = health * loan.debt / terms.threshold;
            let (rest, _) = terms.liquidate(&loan, repaid, value);
            let change = terms.health(&rest, value) - terms.health(&loan, value);
            let expected = repaid * (health - 0.9196) / (loan.debt - repaid);
            assert!(
                (change - expected).abs() < 1e-12,
                "{health}, {repaid}: {change}, {expected}"
            );
            assert_eq!(change > 0.0, health > 0.9196);
        }
    }
}
