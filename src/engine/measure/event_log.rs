//! Writes the event log: turns the figures of a step into sentences, and keeps a long cascade to a readable number of them.

use cascade_scenario::{Route, VENUES_MAX, VenueId, format};

use crate::forced::clearing;
use crate::forced::waterfall::Insolvent;
use crate::measure::observation::{LogKind, Observation};
use crate::positions::contract::Side;
use crate::world::World;

/// A liquidation entry is written whenever this share of the open interest has been liquidated since the last one.
const ENTRY_SHARE: f64 = 0.002;

/// An entry on loans is written whenever this share of their debt has been repaid by liquidators since the last one.
const LOAN_SHARE: f64 = 0.02;

/// Below this reproduction ratio a market that was critical counts as calm again.
const CALM: f64 = 0.7;

/// What has happened since the last entries.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each remembers another thing that was said once"
)]
pub struct EventLog {
    liquidated: [[f64; VENUES_MAX]; 2],
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
    pub fn record(&mut self, world: &mut World, seen: &Observation) {
        let threshold = ENTRY_SHARE * (seen.levered_longs + seen.levered_shorts).max(1.0);
        for side in Side::BOTH {
            self.record_liquidations(world, side, threshold);
        }
        self.record_calls(world, seen, threshold);
        let ratio = seen.reproduction();
        if ratio > 1.0 && !self.was_critical {
            world.note(LogKind::Critical, format!("R is {}: above 1", format::digits(ratio, 3)));
        }
        // Hovering about 1 is one event, not many.
        self.was_critical = ratio > if self.was_critical { CALM } else { 1.0 };
        self.record_losses(world, seen, threshold);
        self.record_spill(world);
        if world.lending.is_some() {
            self.record_loans(world, seen);
        }
    }

    fn record_loans(&mut self, world: &mut World, seen: &Observation) {
        let lending = &seen.lending;
        let threshold = LOAN_SHARE * (lending.debt_usd + lending.total.repaid_usd).max(1.0);
        self.loans_repaid += lending.step.repaid_usd;
        self.loans_toxic += lending.step.toxic_usd;
        self.loan_count += lending.step.count;
        if self.loans_repaid >= threshold {
            let toxic = if self.loans_toxic > 0.0 {
                format!(", {} toxic", format::amount(self.loans_toxic, 3))
            } else {
                String::new()
            };
            let (amount, count) = (format::amount(self.loans_repaid, 3), self.loan_count);
            let text = format!("loans of {amount} liquidated in {count} calls{toxic}");
            world.note(LogKind::Liquidation, text);
            (self.loans_repaid, self.loans_toxic, self.loan_count) = (0.0, 0.0, 0);
        }
        let waits = lending.waiting_usd > if self.loans_waited { 0.0 } else { threshold };
        if waits && !self.loans_waited {
            let amount = format::amount(lending.waiting_usd, 3);
            world.note(
                LogKind::Liquidation,
                format!("loans of {amount} wait: liquidating them does not pay"),
            );
        }
        self.loans_waited = waits;
        let bad_debt = lending.bad_debt_usd();
        if bad_debt - self.loan_losses >= 0.2 * threshold {
            let text = format!("bad debt of loans is {} USD", format::short(bad_debt));
            world.note(LogKind::Loss, text);
            self.loan_losses = bad_debt;
        }
    }

    /// The first time that a route off the book cannot take everything.
    fn record_spill(&mut self, world: &mut World) {
        let Some(route) = world.tally.spilled.filter(|route| self.spilled != Some(*route)) else {
            return;
        };
        self.spilled = Some(route);
        let name = match route {
            Route::OrderBook => return,
            Route::Amm => "the AMM pool is at its slippage limit",
            Route::Auction => "bidders in the auction want no more",
            Route::Vault => "the backstop vault is full",
        };
        world.note(LogKind::Liquidation, format!("{name}: the rest is sold on the book"));
    }

    fn record_liquidations(&mut self, world: &mut World, side: Side, threshold: f64) {
        let sums = &mut self.liquidated[side as usize];
        for (sum, flow) in sums.iter_mut().zip(&world.tally.liquidated) {
            *sum += flow[side as usize];
        }
        let total: f64 = sums.iter().sum();
        if total < threshold {
            return;
        }
        let involved = VenueId::each(&*sums).filter(|(_, sum)| **sum > 0.01 * total);
        let involved: Vec<VenueId> = involved.map(|(venue, _)| venue).collect();
        let place = match involved[..] {
            [venue] => format!("on {venue}"),
            _ => format!("on {} venues", involved.len()),
        };
        let name = if side == Side::Long { "longs" } else { "shorts" };
        sums.fill(0.0);
        world.note(
            LogKind::Liquidation,
            format!("{} {name} liquidated {place}", format::amount(total, 3)),
        );
    }

    fn record_calls(&mut self, world: &mut World, seen: &Observation, threshold: f64) {
        self.called += seen.margin_called;
        self.topped_up += seen.topped_up;
        self.top_ups_late += seen.top_ups_late;
        self.sold_on_call += seen.sold_on_call;
        if self.called >= threshold {
            let text = format!("positions of {} called", format::amount(self.called, 3));
            world.note(LogKind::MarginCall, text);
            self.called = 0.0;
        }
        // Collateral is a small part of the notional it is posted for.
        if self.topped_up + self.top_ups_late >= 0.1 * threshold {
            let late = format::amount(self.top_ups_late, 3);
            let text = match (self.topped_up > 0.0, self.top_ups_late > 0.0) {
                (true, false) => format!("top-ups of {} arrived", format::amount(self.topped_up, 3)),
                (false, _) => format!("top-ups of {late} came too late"),
                (true, true) => format!(
                    "top-ups of {} arrived, {late} came too late",
                    format::amount(self.topped_up, 3)
                ),
            };
            world.note(LogKind::MarginCall, text);
            (self.topped_up, self.top_ups_late) = (0.0, 0.0);
        }
        if self.sold_on_call >= threshold {
            let text = format!(
                "{} closed by holders under margin call",
                format::amount(self.sold_on_call, 3)
            );
            world.note(LogKind::MarginCall, text);
            self.sold_on_call = 0.0;
        }
    }

    fn record_default_fund(&mut self, world: &mut World, seen: &Observation, threshold: f64) {
        let figures = &seen.clearing;
        let used = figures.default_fund_used_usd;
        // As with bad debt, losses are a small part of the notional that makes them.
        if used > self.default_fund && (self.default_fund == 0.0 || used - self.default_fund >= 0.1 * threshold) {
            let mut text = format!("the default fund has paid {}", format::amount(used, 3));
            if figures.mutualised_usd > 0.0 {
                let shared = format::amount(figures.mutualised_usd, 3);
                text = format!("{text}, {shared} of it by members for clients of others");
            }
            world.note(LogKind::Loss, text);
            self.default_fund = used;
        }
        let empty = used > 0.0 && figures.default_fund_usd <= 1e-9 * used;
        if empty && !self.default_fund_was_empty {
            world.note(LogKind::Loss, "the default fund is empty".to_owned());
        }
        self.default_fund_was_empty = empty;
    }

    fn record_losses(&mut self, world: &mut World, seen: &Observation, threshold: f64) {
        let empty = world
            .venues
            .iter()
            .flat_map(|venue| &venue.contracts)
            .any(|contract| contract.fund == 0.0 && contract.net_deposits > 0.0);
        let (empty, whose) = if clearing::pooled(&world.parameters) {
            (world.clearing.fund == 0.0, "the clearing house's insurance fund")
        } else {
            (empty, "an insurance fund")
        };
        if empty && !self.fund_was_empty && world.tally.liquidated_total() > 0.0 {
            world.note(LogKind::Loss, format!("{whose} is empty"));
        }
        self.fund_was_empty = empty;
        self.record_default_fund(world, seen, threshold);
        let first = self.deleveraged == 0.0 && world.tally.deleveraged > 0.0;
        self.deleveraged += world.tally.deleveraged;
        if first || self.deleveraged >= threshold.max(2.0) {
            world.note(
                LogKind::Loss,
                format!("{} USD auto-deleveraged", format::short(self.deleveraged)),
            );
            // Below any real amount, but no longer the first.
            self.deleveraged = 1.0;
        }
        self.insolvent.absorb(&world.tally.insolvent);
        if self.insolvent.lost >= 0.1 * threshold {
            // Throttled, a position is closed over many steps and counts with the last.
            let who = match self.insolvent.count {
                0 => "parts of positions".to_owned(),
                count => format::short(count as f64),
            };
            let text = format!(
                "{who} below zero equity: {} missing",
                format::short(self.insolvent.lost)
            );
            world.note(LogKind::Loss, text);
            self.insolvent = Insolvent::default();
        }
        if seen.socialised - self.socialised >= 0.1 * threshold {
            let text = format!(
                "profitable holders were charged {} USD of losses",
                format::short(seen.socialised - self.socialised)
            );
            world.note(LogKind::Loss, text);
            self.socialised = seen.socialised;
        }
        if seen.bad_debt - self.bad_debt >= 0.1 * threshold {
            world.note(
                LogKind::Loss,
                format!("bad debt is {} USD", format::short(seen.bad_debt)),
            );
            self.bad_debt = seen.bad_debt;
        }
    }
}
