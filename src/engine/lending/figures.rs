//! What can be read off the lending pool.

use serde::Serialize;

use super::pool::{LendingPool, LendingRound, SMALL_USD};
use crate::units::Usd;
use cascade_scenario::Borrowed;

/// Number of bins of the distribution of health factors.
pub const HEALTH_BINS: usize = 60;
/// Upper end of the last bin; what is healthier is counted in it.
pub const HEALTH_MAX: f64 = 3.0;
/// A further price move of this size liquidates what counts as at risk.
const AT_RISK: f64 = 0.1;

/// The state of the pool after a step, USD at the oracle's price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LendingFigures {
    /// Number of loans.
    pub loans: u64,
    /// Their debt.
    pub debt_usd: f64,
    /// Their collateral.
    pub collateral_usd: f64,
    /// Debt of loans that a further move of 10 % would make liquidatable.
    pub at_risk_usd: f64,
    /// Number of loans with a health factor below 1 that nobody has liquidated.
    pub waiting: u64,
    /// Their debt.
    pub waiting_usd: f64,
    /// Of it, debt of loans that a liquidation would make worse: HF < LT·(1 + β).
    pub waiting_toxic_usd: f64,
    /// Debt that the collateral of its loan does not cover, not yet written off.
    pub shortfall_usd: f64,
    /// Liquidations of this step.
    pub step: LendingRound,
    /// Liquidations since the start.
    pub total: LendingRound,
}

impl LendingFigures {
    /// What lenders have lost: debt written off, and debt whose collateral does not cover it.
    pub fn bad_debt_usd(&self) -> f64 {
        self.total.written_off_usd + self.shortfall_usd
    }
}

/// What came of the pool over a run, USD.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LendingSummary {
    /// Number of loans left.
    pub loans: u64,
    /// Their debt.
    pub debt_usd: f64,
    /// Their collateral.
    pub collateral_usd: f64,
    /// Number of liquidations.
    pub liquidation_count: u64,
    /// Debt repaid by liquidators.
    pub liquidated_debt_usd: f64,
    /// Share of it whose loans the liquidation made worse.
    pub toxic_share: f64,
    /// Collateral seized.
    pub seized_usd: f64,
    /// Debt of loans that could be liquidated and are not.
    pub waiting_usd: f64,
    /// What lenders have lost.
    pub bad_debt_usd: f64,
    /// What liquidators made.
    pub liquidators_profit_usd: f64,
}

impl LendingSummary {
    /// The summary that goes with the figures of the last step; none where there never was a loan.
    pub fn of(seen: &LendingFigures) -> Option<Self> {
        (seen.loans > 0 || seen.total.count > 0).then(|| Self {
            loans: seen.loans,
            debt_usd: seen.debt_usd,
            collateral_usd: seen.collateral_usd,
            liquidation_count: seen.total.count,
            liquidated_debt_usd: seen.total.repaid_usd,
            toxic_share: seen.total.toxic_share(),
            seized_usd: seen.total.seized_usd,
            waiting_usd: seen.waiting_usd,
            bad_debt_usd: seen.bad_debt_usd(),
            liquidators_profit_usd: seen.total.profit_usd,
        })
    }
}

/// What a price move would do if liquidations did not move the price and everybody were liquidated at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WithoutFeedback {
    /// Debt repaid, USD at the price after the move.
    pub liquidated_usd: f64,
    /// Debt left without collateral, what has been written off before included.
    pub bad_debt_usd: f64,
}

impl LendingPool {
    /// The figures after a step.
    pub fn figures(&self) -> LendingFigures {
        let debt_usd = self.index * self.borrowed.debt_usd(self.price.get());
        let reach = self.reach();
        let (toxic_from, covered) = (reach / self.terms.toxic_below(), reach / self.terms.threshold);
        let (mut toxic, mut shortfall) = (0.0, 0.0);
        self.waiting.visit_above(0.0, |ratio, debt| {
            if ratio > toxic_from {
                toxic += debt;
            }
            if ratio > covered {
                shortfall += debt * (1.0 - covered / ratio);
            }
        });
        LendingFigures {
            loans: (self.healthy.len() + self.waiting.len()) as u64,
            debt_usd: self.debt * debt_usd,
            collateral_usd: self.collateral * self.borrowed.collateral_usd(self.price.get()),
            at_risk_usd: self.between(1.0, 1.0 - AT_RISK) * debt_usd,
            waiting: self.waiting.len() as u64,
            waiting_usd: self.waiting.debt * debt_usd,
            waiting_toxic_usd: toxic * debt_usd,
            shortfall_usd: shortfall * debt_usd,
            step: self.step,
            total: self.total,
        }
    }

    /// Debt of the healthy loans that wait once the collateral's worth has gone from one multiple of the present one to a
    /// smaller one, before the growth of the index.
    fn between(&self, from: f64, to: f64) -> f64 {
        let reach = self.reach();
        self.healthy.weight_between(-reach * from, -reach * to)
    }

    /// Worth of the coins that liquidations would trade once the collateral's worth has fallen by `to` in log price, beyond those
    /// it takes to fall by `from`; with `from` 0 all up to there.
    pub fn flow_between(&self, from: f64, to: f64) -> Usd {
        let debt = if from == 0.0 {
            self.healthy
                .weight_between(f64::NEG_INFINITY, -self.reach() * libm::exp(-to))
        } else {
            self.between(libm::exp(-from), libm::exp(-to))
        };
        self.flow(debt)
    }

    /// The part of [`Self::flow_between`] 0 and `to` that the present price has not reached.
    pub fn flow_beyond(&self, to: f64) -> Usd {
        let reached = self.healthy.weight_reached(-self.reach());
        let debt = self
            .healthy
            .weight_between(f64::NEG_INFINITY, -self.reach() * libm::exp(-to))
            - reached;
        self.flow(debt.max(0.0))
    }

    /// Worth of the coins that the first liquidations of loans with this debt trade, the debt before the growth of the index.
    fn flow(&self, debt: f64) -> Usd {
        let repaid = debt * self.index * self.borrowed.debt_usd(self.price.get()) * self.terms.repayable_share(0.999);
        Usd::new(match self.borrowed {
            Borrowed::Usd => (1.0 + self.terms.bonus) * repaid,
            Borrowed::Coins => repaid,
        })
    }

    /// Debt in USD by health factor, in equal bins from 0 to [`HEALTH_MAX`].
    pub fn health_distribution(&self) -> [f64; HEALTH_BINS] {
        let mut bins = [0.0; HEALTH_BINS];
        let debt_usd = self.index * self.borrowed.debt_usd(self.price.get());
        let reach = self.reach();
        let mut add = |ratio: f64, debt: f64| {
            let bin = reach / ratio / HEALTH_MAX * HEALTH_BINS as f64;
            bins[(bin as usize).min(HEALTH_BINS - 1)] += debt * debt_usd;
        };
        self.healthy
            .visit_weights(f64::MIN, f64::MAX, |key, debt| add((-key).max(0.0), debt));
        self.waiting.visit_above(0.0, add);
        bins
    }

    /// What a relative price move would do at once, had it no consequences for the price: every loan is liquidated at the
    /// price after the move, on the present terms, until it is healthy or nothing is left to seize.
    pub fn without_feedback(&self, price_move: f64) -> WithoutFeedback {
        let price = (self.price * (1.0 + price_move)).get();
        let value = self.borrowed.value(price);
        let (mut repaid, mut lost) = (0.0, 0.0);
        for mut loan in self.loans() {
            loop {
                let health = self.terms.health(&loan, value);
                let small = loan.debt * self.borrowed.debt_usd(price) < SMALL_USD;
                let share = if small && health < 1.0 {
                    1.0
                } else {
                    self.terms.repayable_share(health)
                };
                let most = self.terms.largest_repayment(&loan, share, value);
                if most <= 0.0 {
                    break;
                }
                repaid += most;
                (loan, _) = self.terms.liquidate(&loan, most, value);
            }
            if loan.collateral <= 0.0 {
                lost += loan.debt;
            }
        }
        let usd = self.borrowed.debt_usd(price);
        WithoutFeedback {
            liquidated_usd: repaid * usd,
            bad_debt_usd: self.total.written_off_usd + lost * usd,
        }
    }
}

/// The figures of an asset's pool; nothing where there is none.
pub(crate) fn of(lending: Option<&LendingPool>) -> LendingFigures {
    lending
        .as_ref()
        .map_or_else(LendingFigures::default, |pool| pool.figures())
}
