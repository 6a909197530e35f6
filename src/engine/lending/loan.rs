//! What a loan is, and what a liquidation does to it.
//!
//! Everything is written in what is borrowed: with v the worth of a unit of collateral in it (P for dollars against coins,
//! 1/P for coins against dollars), HF = C·v·LT/B. Repaying r hands over (1 + β)·r/v of the collateral, so that
//! HF′ = LT·(C·v − (1 + β)·r)/(B − r) and HF′ − HF = r·(HF − LT·(1 + β))/(B − r): below LT·(1 + β) a liquidation makes the
//! loan worse (Warmuz, Chaudhary and Pinna 2022, "Toxic liquidation spirals").

use crate::positions::ladder::Item;
use cascade_scenario::{CloseFactor, Lending};

/// Below this health factor the close factor "half, then full" is the whole debt (Aave v3).
const FULL_BELOW: f64 = 0.95;

/// A loan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loan {
    /// Its number.
    pub id: u32,
    /// Collateral: coins where dollars are borrowed, dollars where coins are.
    pub collateral: f64,
    /// Debt in what is borrowed; in the pool's books, before the growth of the interest index.
    pub debt: f64,
}

impl Item for Loan {
    fn number(&self) -> u32 {
        self.id
    }

    fn weight(&self) -> f64 {
        self.debt
    }
}

impl Loan {
    /// Debt per collateral: the price of the collateral below which the debt is not covered.
    pub fn ratio(&self) -> f64 {
        self.debt / self.collateral
    }

    /// The same loan with its debt times a factor.
    #[must_use]
    pub fn grown(self, factor: f64) -> Self {
        Self {
            debt: self.debt * factor,
            ..self
        }
    }
}

/// On what terms loans are liquidated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoanTerms {
    /// Liquidation threshold LT.
    pub threshold: f64,
    /// Liquidation bonus β.
    pub bonus: f64,
    /// How much of a debt one liquidation may repay.
    pub close_factor: CloseFactor,
}

impl From<&Lending> for LoanTerms {
    fn from(settings: &Lending) -> Self {
        Self {
            threshold: settings.threshold,
            bonus: settings.bonus,
            close_factor: settings.close_factor,
        }
    }
}

impl LoanTerms {
    /// Health factor of a loan whose collateral is worth `value` a unit; infinite without debt.
    pub fn health(&self, loan: &Loan, value: f64) -> f64 {
        loan.collateral * value * self.threshold / loan.debt
    }

    /// Health factor below which a liquidation lowers it: LT·(1 + β).
    pub fn toxic_below(&self) -> f64 {
        self.threshold * (1.0 + self.bonus)
    }

    /// Share of a debt that one liquidation may repay; none of a healthy one.
    pub fn repayable_share(&self, health: f64) -> f64 {
        match self.close_factor {
            _ if health >= 1.0 => 0.0,
            CloseFactor::Half => 0.5,
            CloseFactor::HalfThenFull if health >= FULL_BELOW => 0.5,
            CloseFactor::Full | CloseFactor::HalfThenFull => 1.0,
        }
    }

    /// The most that a share of the debt and all of the collateral allow to repay.
    pub fn largest_repayment(&self, loan: &Loan, share: f64, value: f64) -> f64 {
        (share * loan.debt).min(loan.collateral * value / (1.0 + self.bonus))
    }

    /// What a repayment leaves of a loan, and the collateral it seizes.
    pub fn liquidate(&self, loan: &Loan, repaid: f64, value: f64) -> (Loan, f64) {
        let wanted = (1.0 + self.bonus) * repaid / value;
        // What rounding would leave of the collateral or the debt is nothing.
        let seized = if wanted >= loan.collateral * (1.0 - 1e-12) {
            loan.collateral
        } else {
            wanted
        };
        let rest = Loan {
            collateral: loan.collateral - seized,
            debt: (loan.debt - repaid).max(0.0),
            ..*loan
        };
        (rest, seized)
    }
}

#[cfg(test)]
mod tests {
    use cascade_scenario::Borrowed;

    use super::*;

    const TERMS: LoanTerms = LoanTerms {
        threshold: 0.8,
        bonus: 0.05,
        close_factor: CloseFactor::HalfThenFull,
    };

    #[test]
    fn close_factors() {
        let share = |close_factor, health| LoanTerms { close_factor, ..TERMS }.repayable_share(health);
        for close_factor in [CloseFactor::Half, CloseFactor::Full, CloseFactor::HalfThenFull] {
            assert_eq!(share(close_factor, 1.0), 0.0);
        }
        assert_eq!([0.999, 0.95, 0.94].map(|hf| share(CloseFactor::Half, hf)), [0.5; 3]);
        assert_eq!([0.999, 0.94].map(|hf| share(CloseFactor::Full, hf)), [1.0; 2]);
        assert_eq!(
            [0.999, 0.95, 0.9499].map(|hf| share(CloseFactor::HalfThenFull, hf)),
            [0.5, 0.5, 1.0]
        );
    }

    /// A loan that its collateral does not cover ends without collateral, and with the debt that is left.
    #[test]
    fn what_collateral_does_not_cover_is_left() {
        let loan = Loan {
            id: 0,
            collateral: 1.0,
            debt: 1_000.0,
        };
        let repaid = TERMS.largest_repayment(&loan, 1.0, 840.0);
        assert!((repaid - 800.0).abs() < 1e-9);
        let (rest, seized) = TERMS.liquidate(&loan, repaid, 840.0);
        assert_eq!((seized, rest.collateral), (1.0, 0.0));
        assert!((rest.debt - 200.0).abs() < 1e-9);
    }

    /// Coins against dollars is the same loan seen from the other side.
    #[test]
    fn either_currency_can_be_borrowed() {
        let loan = Loan {
            id: 0,
            collateral: 1_000.0,
            debt: 10.0,
        };
        let at = |price| TERMS.health(&loan, Borrowed::Coins.value(price));
        assert!((at(80.0) - 1.0).abs() < 1e-12 && at(81.0) < 1.0 && at(79.0) > 1.0);
        let (rest, seized) = TERMS.liquidate(&loan, 5.0, Borrowed::Coins.value(80.0));
        assert!((seized - 420.0).abs() < 1e-9 && (rest.debt, rest.collateral) == (5.0, 1_000.0 - seized));
    }
}
