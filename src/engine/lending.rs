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
#[cfg(test)]
mod tests;
mod waiting;

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::{BookId, Borrowed, Parameters};

use crate::market::exogenous::YEAR_SECONDS;
use crate::market::oracle::Oracle;
use crate::positions::ladder::Ladder;
use crate::random::{Purpose, RandomStreams};
use crate::world::World;
use outlet::Order;
use waiting::Waiting;

pub use figures::of as figures_of;
pub use figures::{HEALTH_BINS, HEALTH_MAX, LendingFigures, LendingRound, LendingSummary, WithoutFeedback};
pub use loan::{Loan, LoanTerms};

/// Loans that do not pay which liquidators look at in a round before they give up.
const MISSES: usize = 32;
/// A debt below this many dollars may be repaid in full.
const SMALL_USD: f64 = 1.0;

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
    pub coins_due: f64,
    /// Coins that liquidators traded.
    pub coins_traded: f64,
}

/// The pool.
#[derive(Clone, Debug)]
pub struct LendingPool {
    /// What is lent.
    pub borrowed: Borrowed,
    streams: RandomStreams,
    oracle: Oracle,
    /// The price the pool sees, USD per coin.
    pub price: f64,
    terms: LoanTerms,
    /// What a unit of debt has grown to since the pool was founded.
    pub index: f64,
    /// Loans with HF ≥ 1 by −debt/collateral.
    healthy: Ladder<Loan>,
    waiting: Waiting,
    /// Σ debt of all loans, before the growth of the index.
    debt: f64,
    /// Σ collateral of all loans.
    pub collateral: f64,
    /// Fates of debt and collateral.
    pub flows: LoanFlows,
    /// Sums since the start, USD.
    total: LendingRound,
    /// Sums of this step, USD.
    step: LendingRound,
}

impl LendingPool {
    /// A pool with loans drawn around the spot price.
    pub fn new(world: &World, streams: RandomStreams) -> Self {
        let settings = &world.parameters.lending;
        let price = world.market.books[BookId::SPOT].price;
        let ratio = settings.borrowed.value(price) * settings.threshold;
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
        };
        pool.lend(&world.parameters);
        pool
    }

    /// Draws loans at the price the pool sees. Every time with the same streams, so that dragging a slider there and back gives
    /// the same loans.
    fn lend(&mut self, parameters: &Parameters) {
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
        let debt = settings.debt / self.borrowed.debt_usd(self.price);
        let safe = self.borrowed.value(self.price) * settings.threshold;
        for ((size, health), id) in draws.into_iter().zip(0..) {
            let debt = debt * size / sizes;
            let collateral = health * debt / safe;
            self.open(Loan { id, collateral, debt });
        }
    }

    /// Lends: `loan.debt` is what is owed now.
    fn open(&mut self, loan: Loan) {
        self.flows.lent += loan.debt;
        self.flows.deposited += loan.collateral;
        let loan = loan.grown(1.0 / self.index);
        self.debt += loan.debt;
        self.collateral += loan.collateral;
        self.healthy.push(-loan.ratio(), loan);
    }

    /// Every holder repays and takes the collateral back; loans are drawn anew.
    fn redraw(&mut self, parameters: &Parameters) {
        self.flows.closed += self.debt * self.index;
        self.flows.withdrawn += self.collateral;
        self.healthy.clear();
        self.waiting.clear();
        (self.debt, self.collateral) = (0.0, 0.0);
        self.terms = (&parameters.lending).into();
        self.lend(parameters);
    }

    /// A step's interest, and the oracle's clock.
    fn begin_step(&mut self, world: &World) {
        let settings = &world.parameters.lending;
        self.terms = settings.into();
        self.step = LendingRound::default();
        self.see(world, true);
        if settings.enabled {
            let grown = self.index * libm::exp(settings.interest * world.dt() / YEAR_SECONDS);
            self.flows.interest += self.debt * (grown - self.index);
            self.index = grown;
        }
    }

    fn see(&mut self, world: &World, advance: bool) {
        let spot = world.market.books[BookId::SPOT].price;
        let settings = &world.parameters.oracle;
        self.price = self.oracle.publish(settings, spot, world.dt(), advance);
    }

    /// Worth of a unit of collateral in what is borrowed.
    fn value(&self) -> f64 {
        self.borrowed.value(self.price)
    }

    /// Debt per collateral, before the growth of the index, above which HF < 1.
    fn reach(&self) -> f64 {
        self.value() * self.terms.threshold / self.index
    }

    /// One round: whoever can be liquidated waits, and liquidators take what pays. Returns whether they took anything.
    fn act(&mut self, world: &mut World) -> bool {
        self.see(world, false);
        let reach = self.reach();
        while let Some((_, loan)) = self.healthy.pop_reached(-reach) {
            self.waiting.push(loan);
        }
        while let Some(loan) = self.waiting.pop_recovered(reach) {
            self.healthy.push(-loan.ratio(), loan);
        }
        let settings = world.parameters.lending;
        let sign = self.borrowed.order_sign();
        let Some(mut order) = Order::open(world, settings.outlet, sign, self.price, settings.bonus) else {
            return false;
        };
        self.liquidate(world, &mut order, settings.gas);
        if order.coins > 0.0 {
            self.flows.coins_traded += order.coins;
            order.execute(world);
        }
        order.coins > 0.0
    }

    /// Goes through the loans that wait until the order has no more room.
    fn liquidate(&mut self, world: &World, order: &mut Order, fee: f64) {
        let full = order.room;
        let mut looked_at = Vec::new();
        let mut misses = 0;
        while misses < MISSES && order.room > 1e-9 * full {
            let Some(loan) = self.waiting.pop_largest() else { break };
            if let Some(rest) = self.try_loan(world, order, loan, fee) {
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
    fn try_loan(&mut self, world: &World, order: &mut Order, stored: Loan, fee: f64) -> Option<Loan> {
        let value = self.value();
        let loan = stored.grown(self.index);
        let debt_usd = self.borrowed.debt_usd(self.price);
        let health = self.terms.health(&loan, value);
        let share = if loan.debt * debt_usd < SMALL_USD {
            1.0
        } else {
            self.terms.repayable_share(health)
        };
        let most = self.terms.largest_repayment(&loan, share, value);
        let (_, seized) = self.terms.liquidate(&loan, most, value);
        let coins = self.borrowed.coins_traded(most, seized);
        let repaid = if coins > order.room {
            most * order.room / coins
        } else {
            most
        };
        let (rest, seized) = self.terms.liquidate(&loan, repaid, value);
        let coins = self.borrowed.coins_traded(repaid, seized);
        let turnover = order.quote(world, coins);
        let profit = match self.borrowed {
            Borrowed::Usd => turnover - repaid,
            Borrowed::Coins => seized - turnover,
        } - fee;
        if profit < 0.0 {
            return None;
        }
        order.add(world, coins);
        self.flows.repaid += repaid;
        self.flows.seized += seized;
        self.flows.coins_due += coins;
        let toxic = health < self.terms.toxic_below();
        self.book(&LendingRound {
            count: 1,
            repaid_usd: repaid * debt_usd,
            toxic_usd: if toxic { repaid * debt_usd } else { 0.0 },
            seized_usd: seized * self.borrowed.collateral_usd(self.price),
            profit_usd: profit,
            fees_usd: fee,
            written_off_usd: 0.0,
        });
        let rest = rest.grown(1.0 / self.index);
        self.debt -= stored.debt - rest.debt;
        self.collateral -= seized;
        Some(rest)
    }

    /// Whether anything is left of a loan: without debt its holder takes the collateral back, without collateral its debt is
    /// written off.
    fn keep(&mut self, loan: Loan) -> Option<Loan> {
        if loan.debt > 0.0 && loan.collateral > 0.0 {
            return Some(loan);
        }
        let lost = loan.debt * self.index;
        self.flows.withdrawn += loan.collateral;
        self.flows.written_off += lost;
        self.book(&LendingRound {
            written_off_usd: lost * self.borrowed.debt_usd(self.price),
            ..LendingRound::default()
        });
        self.collateral -= loan.collateral;
        self.debt -= loan.debt;
        None
    }

    fn book(&mut self, round: &LendingRound) {
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

/// Begins the pool's step; founds it where there is to be one from now on.
pub fn begin_step(world: &mut World, streams: RandomStreams) {
    found(world, streams);
    if let Some(mut pool) = world.lending.take() {
        pool.begin_step(world);
        world.lending = Some(pool);
    }
}

/// Founds the pool where there is to be one and is none.
pub fn found(world: &mut World, streams: RandomStreams) {
    if world.lending.is_none() && world.parameters.lending.enabled {
        world.lending = Some(Box::new(LendingPool::new(world, streams)));
    }
}

/// One round of liquidations. Returns whether there were any.
pub fn act(world: &mut World) -> bool {
    if !world.parameters.lending.enabled {
        return false;
    }
    let Some(mut pool) = world.lending.take() else {
        return false;
    };
    let acted = pool.act(world);
    world.lending = Some(pool);
    acted
}

/// Draws the loans anew around the price the pool sees.
pub fn redraw(world: &mut World) {
    if let Some(mut pool) = world.lending.take() {
        pool.redraw(&world.parameters);
        world.lending = Some(pool);
    }
}
