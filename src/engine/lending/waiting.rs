//! Loans that may be liquidated and have not been: the largest is looked at first, and what has become healthy leaves.

use super::loan::Loan;
use crate::positions::ladder::Ladder;

/// Two orders of the same loans.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// By size, the largest collateral first.
    by_size: Ladder<Loan>,
    /// By debt per collateral, those nearest to health first.
    by_ratio: Ladder<Loan>,
    /// Σ debt, before the growth of the index.
    pub debt: f64,
}

fn size_key(loan: &Loan) -> f64 {
    -libm::log(loan.collateral)
}

impl Waiting {
    /// Nothing waits; `ratio` is the debt per collateral at which loans begin to.
    pub fn new(ratio: f64, expected: usize) -> Self {
        Self {
            by_size: Ladder::new(-40.0, 40.0, expected),
            by_ratio: Ladder::new(0.0, 8.0 * ratio, expected),
            debt: 0.0,
        }
    }

    /// Number of loans.
    pub const fn len(&self) -> usize {
        self.by_size.len()
    }

    /// Adds a loan with collateral and debt.
    pub fn push(&mut self, loan: Loan) {
        self.by_size.push(size_key(&loan), loan);
        self.by_ratio.push(loan.ratio(), loan);
        self.debt += loan.debt;
    }

    /// Takes out the loan with the largest collateral.
    pub fn pop_largest(&mut self) -> Option<Loan> {
        let (_, loan) = self.by_size.pop_reached(f64::INFINITY)?;
        self.by_ratio.remove(loan.ratio(), loan.id);
        self.forget(&loan);
        Some(loan)
    }

    /// Takes out a loan whose debt per collateral is at most this.
    pub fn pop_recovered(&mut self, ratio: f64) -> Option<Loan> {
        let (_, loan) = self.by_ratio.pop_reached(ratio)?;
        self.by_size.remove(size_key(&loan), loan.id);
        self.forget(&loan);
        Some(loan)
    }

    fn forget(&mut self, loan: &Loan) {
        self.debt = if self.by_size.is_empty() {
            0.0
        } else {
            self.debt - loan.debt
        };
    }

    /// Every loan, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Loan> {
        self.by_size.iter().map(|(_, loan)| loan)
    }

    /// Calls `visit(debt per collateral, debt)` for every occupied interval of ratios above `ratio`.
    pub fn visit_above(&self, ratio: f64, visit: impl FnMut(f64, f64)) {
        self.by_ratio.visit_weights(ratio, f64::MAX, visit);
    }

    /// Forgets every loan.
    pub fn clear(&mut self) {
        self.by_size.clear();
        self.by_ratio.clear();
        self.debt = 0.0;
    }
}
