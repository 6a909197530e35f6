//! Who pays for a liquidation: the position's margin, then the insurance fund, then profitable positions of the other side
//! (auto-deleveraging, [`AutoDeleveraging`]); what is left is bad debt, or clawed back from profits
//! ([`socialised`]).

mod adl;
mod socialised;
#[cfg(test)]
mod tests;

use cascade_scenario::{BookId, Shortfall};

use crate::clock::Moment;
use crate::forced::batch::{Batch, Part};
use crate::forced::clearing;
use crate::forced::closing::Closing;
use crate::forced::outlet::Outlet;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::account::BackstopBuyer;
use crate::positions::venues::Venues;
use crate::tally::Tally;

use adl::AutoDeleveraging;

/// Of the sums that are added up when a batch is settled: what is smaller is their rounding.
const ROUNDING: f64 = 1e-13;

impl Batch {
    /// What the fund gains if all of the batch is closed at a value: the equity that is left, negative if none is; or, where
    /// the holders get that back, no more than each one's penalty.
    fn for_the_fund(&self, terms: &Terms, value: f64) -> f64 {
        if terms.keeps_margin {
            return self.side.sign() * (self.totals.quantity * value - terms.bankruptcy);
        }
        let gain = |part: &Part| {
            let penalty = terms.penalty * part.position.quantity * value.abs();
            part.position.equity(self.side, value, terms.funding).min(penalty)
        };
        self.parts.iter().map(gain).sum()
    }
}

/// On which terms a batch is settled.
struct Terms {
    keeps_margin: bool,
    penalty: f64,
    funding: f64,
    /// Σ q·v_b.
    bankruptcy: f64,
}

/// The waterfall of an asset's venues.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waterfall {
    adl: AutoDeleveraging,
}

impl Waterfall {
    /// Closes a batch through an outlet. As much is sold there as leaves the fund at or above zero; the rest is cancelled
    /// against profitable positions at the bankruptcy price, without a print; what finds no such position is sold too, at a
    /// loss that nobody has paid.
    pub(crate) fn settle(&mut self, at: &mut Closing<'_>, batch: &Batch, outlet: Outlet) {
        let &Batch {
            venue,
            kind,
            side,
            totals,
            notional,
            ..
        } = batch;
        clearing::attribute(at.moment, at.venues, at.clearing, batch);
        let backing = clearing::backing(at.moment, at.venues, at.clearing, venue, kind);
        let sign = side.sign();
        let funding = at.venues[venue].contracts[kind as usize].funding;
        let terms = Terms {
            keeps_margin: at.moment.parameters.fund.keeps_margin,
            penalty: at.moment.parameters.fund.penalty,
            funding,
            bankruptcy: totals.bankruptcy(side, funding),
        };
        let gain = |share: f64| {
            share
                * batch.for_the_fund(
                    &terms,
                    quote(at.moment, at.market, at.pool.as_ref(), batch, outlet, share),
                )
        };
        let mut sold = 1.0;
        if at.moment.parameters.fund.auto_deleveraging && backing + gain(1.0) < 0.0 {
            sold = affordable_share(backing, gain);
            let (units, value) = ((1.0 - sold) * totals.quantity, terms.bankruptcy / totals.quantity);
            let cancelled = self.adl.cancel(at.moment, at.venues, at.tally, batch, units, value);
            sold = 1.0 - cancelled / totals.quantity;
        }
        let value = execute(at.moment, at.market, at.pool, batch, outlet, sold);
        count_insolvent(at.venues, at.tally, batch, &terms, (sold, value));
        at.tally.routes.add(outlet, sold * notional);
        let contract = &mut at.venues[venue].contracts[kind as usize];
        let buyer = match outlet {
            Outlet::Book => &mut contract.counterparty,
            Outlet::Pool => &mut contract.takers[BackstopBuyer::Pool],
            Outlet::BackstopBuyer(taker, _) => &mut contract.takers[taker],
        };
        buyer.buy(sign * sold * totals.quantity, value);
        let moved = backing + terms.bankruptcy.abs() + totals.quantity * value.abs();
        let equity = sold * sign * (totals.quantity * value - terms.bankruptcy);
        let kept = sold * batch.for_the_fund(&terms, value);
        contract.fund += kept;
        contract.paid_out += equity - kept;
        at.tally.shortfall += kind.usd((-equity).max(0.0), at.venues[venue].mark);
        clearing::cover(at.moment, at.venues, at.clearing, venue, kind);
        let backing = clearing::backing(at.moment, at.venues, at.clearing, venue, kind);
        let contract = &mut at.venues[venue].contracts[kind as usize];
        if contract.fund < 0.0 {
            // The share that empties the fund is found to the last digit; what rounding leaves of it is no debt.
            if contract.fund < -ROUNDING * moved {
                contract.deficit -= contract.fund;
            }
            contract.fund = 0.0;
        }
        let early = sold < 1.0 && backing > 1e-9 * moved;
        contract.side_mut(side).take_away(&totals);
        let flows = &mut contract.side_mut(side).flows;
        flows.liquidated += sold * totals.quantity;
        flows.deleveraged += (1.0 - sold) * totals.quantity;
        at.tally.deleveraged_too_early |= early;
    }

    /// The step is over: lines of auto-deleveraging are settled, and so are unpaid losses where and when they are shared.
    pub(crate) fn end_step(&mut self, moment: &Moment, venues: &mut Venues, tally: &mut Tally) {
        self.adl.settle(venues, tally);
        if moment.parameters.fund.shortfall == Shortfall::Socialised {
            socialised::settle(moment, venues);
        }
    }
}

/// Value a unit is filled at if a share of the batch goes through the outlet.
fn quote(moment: &Moment, market: &Market, pool: Option<&Pool>, batch: &Batch, outlet: Outlet, share: f64) -> f64 {
    let sign = batch.side.sign();
    match outlet {
        Outlet::Book => {
            let order = -sign * share * batch.notional;
            batch.kind.value(market.quote(BookId::of(batch.venue), order).price)
        }
        Outlet::Pool => pool.map_or(0.0, |pool| {
            pool.quote(
                batch.kind,
                sign * share * batch.totals.quantity,
                moment.parameters.amm.fee,
            )
        }),
        Outlet::BackstopBuyer(_, value) => value,
    }
}

/// Sells a share of the batch through the outlet and returns the value a unit was filled at.
fn execute(
    moment: &Moment,
    market: &mut Market,
    pool: &mut Option<Pool>,
    batch: &Batch,
    outlet: Outlet,
    share: f64,
) -> f64 {
    let sign = batch.side.sign();
    let fee = moment.parameters.amm.fee;
    match outlet {
        Outlet::Book => {
            let order = -sign * share * batch.notional;
            let fill = market.execute(BookId::of(batch.venue), order, Source::Liquidations);
            batch.kind.value(fill.price)
        }
        Outlet::Pool => pool.as_mut().map_or(0.0, |pool| {
            pool.take(batch.kind, sign * share * batch.totals.quantity, fee, Source::Pool)
        }),
        Outlet::BackstopBuyer(_, value) => value,
    }
}

/// Counts the positions that were worth less than nothing when they were closed, whoever pays for it: at the fill as far as
/// they were sold, at the mark as far as they were cancelled.
fn count_insolvent(venues: &Venues, tally: &mut Tally, batch: &Batch, terms: &Terms, (sold, fill): (f64, f64)) {
    let mark = venues[batch.venue].mark;
    let value = batch.kind.value(mark);
    let tally = &mut tally.insolvent;
    for part in &batch.parts {
        let missing = |value: f64| (-part.position.equity(batch.side, value, terms.funding)).max(0.0);
        let at_fill = if sold > 0.0 { sold * missing(fill) } else { 0.0 };
        let at_mark = if sold < 1.0 { (1.0 - sold) * missing(value) } else { 0.0 };
        if at_fill + at_mark > 0.0 {
            tally.count += u64::from(part.last);
            tally.notional += batch.kind.notional(part.position.quantity, mark).get();
            tally.lost += batch.kind.usd(at_fill + at_mark, mark).get();
        }
    }
}

/// Largest share of the batch whose sale leaves the fund at or above zero. The fund's gain is concave in the share and 0 at
/// 0, so the shares it can afford are an interval from 0.
fn affordable_share(fund: f64, gain: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while high - low > f64::EPSILON * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if fund + gain(middle) >= 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
