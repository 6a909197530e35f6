//! The lending pool: its loans, and what has become of them.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use cascade_scenario::{Borrowed, Parameters};

use crate::lending::loan::{Loan, LoanTerms};
use crate::lending::waiting::Waiting;
use crate::market::oracle::Oracle;
use crate::pace::Pace;
use crate::positions::ladder::Ladder;
use crate::random::{Purpose, RandomStreams};
use crate::units::{Coins, Price};

/// A debt below this many dollars may be repaid in full.
pub(crate) const SMALL_USD: f64 = 1.0;

/// What has happened to debt and collateral since the pool was founded, each in its own unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoanFlows {
    /// Debt drawn.
    pub lent: f64,
    /// Interest that became debt.
    pub interest: f64,
    /// Debt that liquidators repaid.
    pub repaid: f64,
    /// Debt written off: nothing was left to seize.
    pub written_off: f64,
    /// Debt that holders repaid when the loans were drawn anew.
    pub closed: f64,
    /// Collateral deposited.
    pub deposited: f64,
    /// Collateral that liquidators took.
    pub seized: f64,
    /// Collateral that holders took back.
    pub withdrawn: f64,
    /// Coins that liquidations were to trade.
    pub coins_due: Coins,
    /// Coins that liquidators traded.
    pub coins_traded: Coins,
}

/// The pool.
#[derive(Clone, Debug)]
pub struct LendingPool {
    /// What is lent.
    pub borrowed: Borrowed,
    /// Where its loans are drawn from.
    pub streams: RandomStreams,
    /// What makes its price of the market's.
    pub oracle: Oracle,
    /// The price the pool sees.
    pub price: Price,
    /// On what terms it liquidates.
    pub terms: LoanTerms,
    /// What a unit of debt has grown to since the pool was founded.
    pub index: f64,
    /// Loans with HF ≥ 1 by −debt/collateral.
    pub healthy: Ladder<Loan>,
    /// Loans with HF < 1.
    pub waiting: Waiting,
    /// Σ debt of all loans, before the growth of the index.
    pub debt: f64,
    /// Σ collateral of all loans.
    pub collateral: f64,
    /// Fates of debt and collateral.
    pub flows: LoanFlows,
    /// Sums since the start, USD.
    pub total: LendingRound,
    /// Sums of this step, USD.
    pub step: LendingRound,
    /// When liquidators look.
    pub pace: Pace,
}

/// Sums over liquidations of loans, USD at the oracle's price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LendingRound {
    /// Number of liquidations.
    pub count: u64,
    /// Debt repaid.
    pub repaid_usd: f64,
    /// Of it, debt of loans that the liquidation made worse.
    pub toxic_usd: f64,
    /// Collateral seized.
    pub seized_usd: f64,
    /// What liquidators made.
    pub profit_usd: f64,
    /// What they paid in fees.
    pub fees_usd: f64,
    /// Debt written off.
    pub written_off_usd: f64,
}

impl LendingRound {
    /// Adds other sums.
    pub fn absorb(&mut self, other: &Self) {
        self.count += other.count;
        self.repaid_usd += other.repaid_usd;
        self.toxic_usd += other.toxic_usd;
        self.seized_usd += other.seized_usd;
        self.profit_usd += other.profit_usd;
        self.fees_usd += other.fees_usd;
        self.written_off_usd += other.written_off_usd;
    }

    /// Share of the repaid debt whose loans were made worse.
    pub fn toxic_share(&self) -> f64 {
        if self.repaid_usd > 0.0 {
            self.toxic_usd / self.repaid_usd
        } else {
            0.0
        }
    }
}

impl LendingPool {
    /// Draws loans at the price the pool sees. Every time with the same streams, so that dragging a slider there and back gives
    /// the same loans.
    pub fn lend(&mut self, parameters: &Parameters) {
        let mut rng = self.streams.stream(Purpose::Loans);
        let settings = &parameters.lending;
        let normal = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
        let draws: Vec<(f64, f64)> = (0..settings.loans)
            .map(|_| {
                let size = libm::exp(settings.size_dispersion * normal(&mut rng));
                let distance = (settings.health - 1.0) * libm::exp(settings.health_dispersion * normal(&mut rng));
                (size, 1.0 + distance)
            })
            .collect();
        let sizes: f64 = draws.iter().map(|(size, _)| size).sum();
        let debt = settings.debt / self.borrowed.debt_usd(self.price.get());
        let safe = self.value() * settings.threshold;
        for ((size, health), id) in draws.into_iter().zip(0..) {
            let debt = debt * size / sizes;
            let collateral = health * debt / safe;
            self.open(Loan { id, collateral, debt });
        }
    }

    /// Lends: `loan.debt` is what is owed now.
    pub fn open(&mut self, loan: Loan) {
        self.flows.lent += loan.debt;
        self.flows.deposited += loan.collateral;
        let loan = loan.grown(1.0 / self.index);
        self.debt += loan.debt;
        self.collateral += loan.collateral;
        self.healthy.push(-loan.ratio(), loan);
    }

    /// Every holder repays and takes the collateral back; loans are drawn anew.
    pub fn redraw(&mut self, parameters: &Parameters) {
        self.flows.closed += self.debt * self.index;
        self.flows.withdrawn += self.collateral;
        self.healthy.clear();
        self.waiting.clear();
        (self.debt, self.collateral) = (0.0, 0.0);
        self.terms = (&parameters.lending).into();
        self.lend(parameters);
    }

    /// Worth of a unit of collateral in what is borrowed.
    pub fn value(&self) -> f64 {
        self.borrowed.value(self.price.get())
    }

    /// Debt per collateral, before the growth of the index, above which HF < 1.
    pub fn reach(&self) -> f64 {
        self.value() * self.terms.threshold / self.index
    }

    /// Whether anything is left of a loan: without debt its holder takes the collateral back, without collateral its debt is
    /// written off.
    pub fn keep(&mut self, loan: Loan) -> Option<Loan> {
        if loan.debt > 0.0 && loan.collateral > 0.0 {
            return Some(loan);
        }
        let lost = loan.debt * self.index;
        self.flows.withdrawn += loan.collateral;
        self.flows.written_off += lost;
        self.book(&LendingRound {
            written_off_usd: lost * self.borrowed.debt_usd(self.price.get()),
            ..LendingRound::default()
        });
        self.collateral -= loan.collateral;
        self.debt -= loan.debt;
        None
    }

    /// Counts liquidations.
    pub fn book(&mut self, round: &LendingRound) {
        self.step.absorb(round);
        self.total.absorb(round);
    }

    /// Every loan with its debt as of now, in no particular order.
    pub fn loans(&self) -> impl Iterator<Item = Loan> + '_ {
        let healthy = self.healthy.iter().map(|(_, loan)| loan);
        healthy.chain(self.waiting.iter()).map(|loan| loan.grown(self.index))
    }

    /// Debt of all loans, in what is borrowed.
    pub fn outstanding(&self) -> f64 {
        self.debt * self.index
    }
}
