//! Keeps the event log of what the figures of a step tell, and a long cascade to a readable number of entries.

use cascade_scenario::{Route, VENUES_MAX};

use crate::forced::batch::Insolvent;
use crate::log::{Log, LogEvent};
use crate::measure::observation::Observation;
use crate::positions::clearing::pooled;
use crate::positions::contract::Side;
use crate::units::Usd;
use crate::world::World;

/// A liquidation entry is written whenever this share of the open interest has been liquidated since the last one.
const ENTRY_SHARE: f64 = 0.002;

/// An entry on loans is written whenever this share of their debt has been repaid by liquidators since the last one.
const LOAN_SHARE: f64 = 0.02;

/// An entry on stop orders is written whenever this share of their notional has been traded since the last one.
const STOP_SHARE: f64 = 0.02;

/// Below this reproduction ratio a market that was critical counts as calm again.
const CALM: f64 = 0.7;

/// What has happened since the last entries.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each remembers another thing that was said once"
)]
pub(crate) struct EventLog {
    liquidated: [[f64; VENUES_MAX]; 2],
    stopped: [f64; 2],
    called: f64,
    topped_up: f64,
    top_ups_late: f64,
    sold_on_call: f64,
    deleveraged: f64,
    bad_debt: f64,
    socialised: f64,
    insolvent: Insolvent,
    fund_was_empty: bool,
    default_fund: f64,
    default_fund_was_empty: bool,
    loans_repaid: f64,
    loans_toxic: f64,
    loan_count: u64,
    loan_losses: f64,
    loans_waited: bool,
    was_critical: bool,
    /// The route that was found full last.
    spilled: Option<Route>,
}

impl EventLog {
    /// Writes what this step calls for.
    pub(crate) fn record(&mut self, world: &World, seen: &Observation, log: &mut Log) {
        let threshold = ENTRY_SHARE * (seen.levered_longs + seen.levered_shorts).max(1.0);
        for side in Side::BOTH {
            self.record_liquidations(world, side, threshold, log);
        }
        self.record_stops(world, log);
        self.record_calls(world, seen, threshold, log);
        let ratio = seen.reproduction();
        if ratio > 1.0 && !self.was_critical {
            log.note(&world.moment, LogEvent::Critical { reproduction: ratio });
        }
        // Hovering about 1 is one event, not many.
        self.was_critical = ratio > if self.was_critical { CALM } else { 1.0 };
        self.record_losses(world, seen, threshold, log);
        self.record_spill(world, log);
        if world.lending.is_some() {
            self.record_loans(world, seen, log);
        }
    }

    fn record_loans(&mut self, world: &World, seen: &Observation, log: &mut Log) {
        let lending = &seen.lending;
        let threshold = LOAN_SHARE * (lending.debt_usd + lending.total.repaid_usd).max(1.0);
        self.loans_repaid += lending.step.repaid_usd;
        self.loans_toxic += lending.step.toxic_usd;
        self.loan_count += lending.step.count;
        if self.loans_repaid >= threshold {
            log.note(
                &world.moment,
                LogEvent::LoansLiquidated {
                    usd: self.loans_repaid,
                    toxic_usd: self.loans_toxic,
                    count: self.loan_count,
                },
            );
            (self.loans_repaid, self.loans_toxic, self.loan_count) = (0.0, 0.0, 0);
        }
        let waits = lending.waiting_usd > if self.loans_waited { 0.0 } else { threshold };
        if waits && !self.loans_waited {
            log.note(
                &world.moment,
                LogEvent::LoansWait {
                    usd: lending.waiting_usd,
                },
            );
        }
        self.loans_waited = waits;
        let bad_debt = lending.bad_debt_usd();
        if bad_debt - self.loan_losses >= 0.2 * threshold {
            log.note(&world.moment, LogEvent::LoansBadDebt { usd: bad_debt });
            self.loan_losses = bad_debt;
        }
    }

    /// The first time that a route off the book cannot take everything.
    fn record_spill(&mut self, world: &World, log: &mut Log) {
        let Some(route) = world.tally.spilled.filter(|route| self.spilled != Some(*route)) else {
            return;
        };
        self.spilled = Some(route);
        log.note(&world.moment, LogEvent::Spilled(route));
    }

    fn record_liquidations(&mut self, world: &World, side: Side, threshold: f64, log: &mut Log) {
        let sums = &mut self.liquidated[side as usize];
        for (sum, flow) in sums.iter_mut().zip(&world.tally.liquidated) {
            *sum += flow[side as usize].get();
        }
        if sums.iter().sum::<f64>() >= threshold {
            let usd = std::mem::take(sums);
            log.note(&world.moment, LogEvent::Liquidated { side, usd });
        }
    }

    fn record_stops(&mut self, world: &World, log: &mut Log) {
        let threshold = (STOP_SHARE * world.moment.parameters.stops.notional).max(1.0);
        for side in Side::BOTH {
            let sum = &mut self.stopped[side as usize];
            *sum += world.tally.stopped[side as usize].get();
            if *sum >= threshold {
                let usd = std::mem::take(sum);
                log.note(&world.moment, LogEvent::StopsTraded { side, usd });
            }
        }
    }

    fn record_calls(&mut self, world: &World, seen: &Observation, threshold: f64, log: &mut Log) {
        self.called += seen.margin_called;
        self.topped_up += seen.topped_up;
        self.top_ups_late += seen.top_ups_late;
        self.sold_on_call += seen.sold_on_call;
        if self.called >= threshold {
            log.note(&world.moment, LogEvent::MarginCalled { usd: self.called });
            self.called = 0.0;
        }
        // Collateral is a small part of the notional it is posted for.
        if self.topped_up + self.top_ups_late >= 0.1 * threshold {
            log.note(
                &world.moment,
                LogEvent::ToppedUp {
                    usd: self.topped_up,
                    late_usd: self.top_ups_late,
                },
            );
            (self.topped_up, self.top_ups_late) = (0.0, 0.0);
        }
        if self.sold_on_call >= threshold {
            log.note(&world.moment, LogEvent::SoldOnCall { usd: self.sold_on_call });
            self.sold_on_call = 0.0;
        }
    }

    fn record_default_fund(&mut self, world: &World, seen: &Observation, threshold: f64, log: &mut Log) {
        let figures = &seen.clearing;
        let used = figures.default_fund_used_usd;
        // As with bad debt, losses are a small part of the notional that makes them.
        if used > self.default_fund && (self.default_fund == 0.0 || used - self.default_fund >= 0.1 * threshold) {
            log.note(
                &world.moment,
                LogEvent::DefaultFundPaid {
                    usd: used,
                    mutualised_usd: figures.mutualised_usd,
                },
            );
            self.default_fund = used;
        }
        let empty = used > 0.0 && figures.default_fund_usd <= 1e-9 * used;
        if empty && !self.default_fund_was_empty {
            log.note(&world.moment, LogEvent::DefaultFundEmpty);
        }
        self.default_fund_was_empty = empty;
    }

    fn record_losses(&mut self, world: &World, seen: &Observation, threshold: f64, log: &mut Log) {
        let empty = world
            .venues
            .iter()
            .flat_map(|venue| &venue.contracts)
            .any(|contract| contract.fund == 0.0 && contract.net_deposits > 0.0);
        let pooled = pooled(&world.moment.parameters);
        let empty = if pooled {
            world.clearing.fund == Usd::ZERO
        } else {
            empty
        };
        if empty && !self.fund_was_empty && world.tally.liquidated_total() > Usd::ZERO {
            log.note(&world.moment, LogEvent::InsuranceFundEmpty { pooled });
        }
        self.fund_was_empty = empty;
        self.record_default_fund(world, seen, threshold, log);
        let first = self.deleveraged == 0.0 && world.tally.deleveraged > Usd::ZERO;
        self.deleveraged += world.tally.deleveraged.get();
        if first || self.deleveraged >= threshold.max(2.0) {
            log.note(&world.moment, LogEvent::AutoDeleveraged { usd: self.deleveraged });
            // Below any real amount, but no longer the first.
            self.deleveraged = 1.0;
        }
        self.insolvent.absorb(&world.tally.insolvent);
        if self.insolvent.lost >= 0.1 * threshold {
            log.note(
                &world.moment,
                LogEvent::Insolvent {
                    count: self.insolvent.count,
                    usd: self.insolvent.lost,
                },
            );
            self.insolvent = Insolvent::default();
        }
        if seen.socialised - self.socialised >= 0.1 * threshold {
            log.note(
                &world.moment,
                LogEvent::Socialised {
                    usd: seen.socialised - self.socialised,
                },
            );
            self.socialised = seen.socialised;
        }
        if seen.bad_debt - self.bad_debt >= 0.1 * threshold {
            log.note(&world.moment, LogEvent::BadDebt { usd: seen.bad_debt });
            self.bad_debt = seen.bad_debt;
        }
    }
}
