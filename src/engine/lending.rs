//! A decentralized lending pool: over-collateralised loans that anyone may liquidate once their health factor
//! HF = collateral·P·LT/debt is below 1 (Aave, Compound; Qin, Zhou, Gamito, Jovanovic and Gervais 2021).
//!
//! Loans stand on a ladder by debt per collateral, before the growth of the interest index, so that a price move, a step's
//! interest and a change of LT move one threshold: HF < 1 iff debt/collateral > v·LT/index. Who reaches it waits for a
//! liquidator. Liquidators look at the largest loans first, repay what the close factor allows, trade the coins at once and
//! go on until the price where they trade is the oracle's less the bonus; a loan whose own trade would not pay for itself
//! and the fee goes on waiting. In a thin book loans wait while the price falls on: that is how bad debt comes about. What
//! is left of a debt when its collateral is gone is written off.

mod figures;
mod loan;
mod outlet;
pub(crate) mod pool;
#[cfg(test)]
mod tests;
mod waiting;

use cascade_scenario::{BookId, Borrowed};

use crate::clock::Moment;
use crate::clock::YEAR_SECONDS;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::oracle::Oracle;
use crate::pace::Pace;
use crate::positions::ladder::Ladder;
use crate::random::RandomStreams;
use crate::units::{Coins, Usd};
use outlet::Order;
pub use pool::LendingRound;
use pool::{LendingPool, LoanFlows, SMALL_USD};
use waiting::Waiting;

pub(crate) use figures::of as figures_of;
pub use figures::{HEALTH_BINS, HEALTH_MAX, LendingFigures, LendingSummary, WithoutFeedback};
pub use loan::{Loan, LoanTerms};

/// Loans that do not pay which liquidators look at in a round before they give up.
const MISSES: usize = 32;
impl LendingPool {
    /// A pool with loans drawn around the spot price.
    pub fn new(moment: &Moment, market: &Market, streams: RandomStreams) -> Self {
        let settings = &moment.parameters.lending;
        let price = market.books[BookId::SPOT].price;
        let ratio = settings.borrowed.value(price.get()) * settings.threshold;
        let expected = settings.loans as usize;
        let mut pool = Self {
            borrowed: settings.borrowed,
            streams,
            oracle: Oracle::new(price),
            price,
            terms: settings.into(),
            index: 1.0,
            healthy: Ladder::new(-2.0 * ratio, 0.0, expected),
            waiting: Waiting::new(ratio, expected),
            debt: 0.0,
            collateral: 0.0,
            flows: LoanFlows::default(),
            total: LendingRound::default(),
            step: LendingRound::default(),
            pace: Pace::default(),
        };
        pool.lend(&moment.parameters);
        pool
    }

    /// A step's interest, and the oracle's clock.
    fn begin_step(&mut self, moment: &Moment, market: &Market) {
        let settings = &moment.parameters.lending;
        self.terms = settings.into();
        self.step = LendingRound::default();
        self.pace.begin_step(moment.dt(), settings.interval);
        self.see(moment, market, true);
        if settings.enabled {
            let grown = self.index * libm::exp(settings.interest * moment.dt() / YEAR_SECONDS);
            self.flows.interest += self.debt * (grown - self.index);
            self.index = grown;
        }
    }

    fn see(&mut self, moment: &Moment, market: &Market, advance: bool) {
        let spot = market.books[BookId::SPOT].price;
        let settings = &moment.parameters.oracle;
        self.price = self.oracle.publish(settings, spot, moment.dt(), advance);
    }

    /// One round: whoever can be liquidated waits, and liquidators take what pays. Returns whether they took anything.
    fn act(&mut self, moment: &Moment, market: &mut Market, pool: &mut Option<Pool>) -> bool {
        if !self.pace.look() {
            return false;
        }
        self.see(moment, market, false);
        let reach = self.reach();
        while let Some((_, loan)) = self.healthy.pop_reached(-reach) {
            self.waiting.push(loan);
        }
        while let Some(loan) = self.waiting.pop_recovered(reach) {
            self.healthy.push(-loan.ratio(), loan);
        }
        let settings = moment.parameters.lending;
        let sign = self.borrowed.order_sign();
        let Some(mut order) = Order::open(
            moment,
            market,
            pool.as_ref(),
            settings.outlet,
            sign,
            self.price,
            settings.bonus,
        ) else {
            return false;
        };
        self.liquidate(moment, market, pool.as_ref(), &mut order, Usd::new(settings.gas));
        if order.coins > Coins::ZERO {
            self.flows.coins_traded += order.coins;
            order.execute(moment, market, pool);
        }
        order.coins > Coins::ZERO
    }

    /// Goes through the loans that wait until the order has no more room.
    fn liquidate(&mut self, moment: &Moment, market: &Market, pool: Option<&Pool>, order: &mut Order, fee: Usd) {
        let full = order.room;
        let mut looked_at = Vec::new();
        let mut misses = 0;
        while misses < MISSES && order.room > 1e-9 * full {
            let Some(loan) = self.waiting.pop_largest() else { break };
            if let Some(rest) = self.try_loan(moment, market, pool, order, loan, fee) {
                looked_at.extend(self.keep(rest));
            } else {
                misses += 1;
                looked_at.push(loan);
            }
        }
        for loan in looked_at {
            if loan.ratio() > self.reach() {
                self.waiting.push(loan);
            } else {
                self.healthy.push(-loan.ratio(), loan);
            }
        }
    }

    /// Liquidates as much of a loan as is allowed and fits, if that pays. Returns what is left of it.
    fn try_loan(
        &mut self,
        moment: &Moment,
        market: &Market,
        pool: Option<&Pool>,
        order: &mut Order,
        stored: Loan,
        fee: Usd,
    ) -> Option<Loan> {
        let value = self.value();
        let loan = stored.grown(self.index);
        let debt_usd = self.borrowed.debt_usd(self.price.get());
        let health = self.terms.health(&loan, value);
        let share = if loan.debt * debt_usd < SMALL_USD {
            1.0
        } else {
            self.terms.repayable_share(health)
        };
        let most = self.terms.largest_repayment(&loan, share, value);
        let (_, seized) = self.terms.liquidate(&loan, most, value);
        let coins = Coins::new(self.borrowed.coins_traded(most, seized));
        let repaid = if coins > order.room {
            most * order.room.get() / coins.get()
        } else {
            most
        };
        let (rest, seized) = self.terms.liquidate(&loan, repaid, value);
        let coins = Coins::new(self.borrowed.coins_traded(repaid, seized));
        let turnover = order.quote(moment, market, pool, coins);
        let profit = match self.borrowed {
            Borrowed::Usd => turnover - Usd::new(repaid),
            Borrowed::Coins => Usd::new(seized) - turnover,
        } - fee;
        if profit < Usd::ZERO {
            return None;
        }
        order.add(moment, market, pool, coins);
        self.flows.repaid += repaid;
        self.flows.seized += seized;
        self.flows.coins_due += coins;
        let toxic = health < self.terms.toxic_below();
        self.book(&LendingRound {
            count: 1,
            repaid_usd: repaid * debt_usd,
            toxic_usd: if toxic { repaid * debt_usd } else { 0.0 },
            seized_usd: seized * self.borrowed.collateral_usd(self.price.get()),
            profit_usd: profit.get(),
            fees_usd: fee.get(),
            written_off_usd: 0.0,
        });
        let rest = rest.grown(1.0 / self.index);
        self.debt -= stored.debt - rest.debt;
        self.collateral -= seized;
        Some(rest)
    }
}

/// Begins the pool's step; founds it where there is to be one from now on.
pub(crate) fn begin_step(
    moment: &Moment,
    market: &Market,
    lending: &mut Option<Box<LendingPool>>,
    streams: RandomStreams,
) {
    found(moment, market, lending, streams);
    if let Some(pool) = lending {
        pool.begin_step(moment, market);
    }
}

/// Founds the pool where there is to be one and is none.
pub(crate) fn found(moment: &Moment, market: &Market, lending: &mut Option<Box<LendingPool>>, streams: RandomStreams) {
    if lending.is_none() && moment.parameters.lending.enabled {
        *lending = Some(Box::new(LendingPool::new(moment, market, streams)));
    }
}

/// One round of liquidations. Returns whether there were any.
pub(crate) fn act(
    moment: &Moment,
    market: &mut Market,
    pool: &mut Option<Pool>,
    lending: &mut Option<Box<LendingPool>>,
) -> bool {
    let enabled = moment.parameters.lending.enabled;
    lending
        .as_mut()
        .is_some_and(|lending| enabled && lending.act(moment, market, pool))
}

/// Draws the loans anew around the price the pool sees.
pub(crate) fn redraw(moment: &Moment, lending: &mut Option<Box<LendingPool>>) {
    if let Some(pool) = lending {
        pool.redraw(&moment.parameters);
    }
}
