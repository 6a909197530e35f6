//! Auto-deleveraging: who stands in line when bankrupt positions are cancelled, by which rule, and what happens to them.
//!
//! In line are the levered positions of the other side that have a profit and equity at the mark; a position is only closed
//! where that leaves it a profit. How much is cancelled is the same under every rule. The unlevered counterparty comes last.
//!
//! By score, the line is a heap made when it is first needed in a step. Pro rata, everybody in line gives the same share: the
//! line steps off its ladder when it is first needed, cancelled units add up over the step, and at its end the line settles
//! once, at their mean bankruptcy value. Either rule looks at every position of the side once in a step that deleverages,
//! however many batches it has.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::clock::Moment;
use crate::forced::batch::Batch;
use crate::positions::contract::{ContractSide, Position, Side};
use crate::positions::ladder::Ladder;
use crate::positions::totals::Totals;
use crate::positions::venue::{Contract, TierLadder};
use crate::positions::venues::Venues;
use crate::tally::Tally;
use cascade_scenario::AdlRanking;

/// A profitable position in line for auto-deleveraging; the greatest is next, ties go by number.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    score: f64,
    key: f64,
    tier: u32,
    id: u32,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.id.cmp(&self.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

/// Those in line for the same share of their positions, off the venue's ladders meanwhile.
#[derive(Clone, Debug)]
struct Shared {
    side: Side,
    /// Funding paid per unit so far.
    funding: f64,
    /// By tier.
    ladders: Vec<Ladder<Position>>,
    /// What each breaks even at, and its units.
    units: Vec<(f64, f64)>,
    /// The value that units were last added up for, and how many have a profit at it.
    available: (f64, f64),
    /// Lowest signed value at which units were cancelled so far: nobody must lose at it.
    worst: f64,
    /// Units cancelled in this step.
    cancelled: f64,
    /// Σ units × value.
    value: f64,
}

/// The signed value s·(e + A) at which a position breaks even: closed at a higher one it has a profit.
fn break_even(position: &Position, side: Side, funding: f64) -> f64 {
    side.sign() * (position.entry + funding)
}

impl Shared {
    /// Units that have a profit at a signed value.
    fn profitable(&mut self, signed_value: f64) -> f64 {
        if self.available.0 != signed_value {
            let ahead = self.units.iter().filter(|(break_even, _)| *break_even < signed_value);
            self.available = (signed_value, ahead.map(|(_, units)| units).sum());
        }
        self.available.1
    }

    /// Cancels up to `quantity` units at a value each and returns how many.
    fn cancel(&mut self, quantity: f64, value: f64) -> f64 {
        let worst = self.worst.min(self.side.sign() * value);
        let taken = quantity.min(self.profitable(worst) - self.cancelled).max(0.0);
        if taken > 0.0 {
            self.worst = worst;
            self.cancelled += taken;
            self.value += taken * value;
        }
        taken
    }

    /// Everybody gives the share and returns to the venue's ladders. Returns how many gave.
    fn settle(mut self, contract: &mut Contract) -> u64 {
        let mean = self.value / self.cancelled.max(f64::MIN_POSITIVE);
        let least = (self.side.sign() * mean).max(self.worst);
        let (side, funding) = (self.side, self.funding);
        let share = if self.cancelled > 0.0 {
            (self.cancelled / self.profitable(least)).min(1.0)
        } else {
            0.0
        };
        let gives = |position: &Position| share > 0.0 && break_even(position, side, funding) < least;
        let (mut given, mut count) = (Totals::default(), 0);
        let book = contract.side_mut(side);
        book.in_line = false;
        let clients = &mut book.clients;
        let mut give = |part: &Position| {
            clients.shift(part.id, -part.quantity);
            given.add(part);
            count += 1;
        };
        for (tier, mut ladder) in book.tiers.iter_mut().zip(self.ladders) {
            if share < 1.0 {
                ladder.update(|_, position| {
                    if gives(position) {
                        give(&position.split(share));
                    }
                });
            } else {
                ladder.take_where(gives).iter().for_each(|(_, position)| give(position));
            }
            let others = std::mem::replace(&mut tier.ladder, ladder);
            others.each(|key, position| tier.ladder.push(key, *position));
        }
        book.take_away(&given);
        book.flows.deleveraged += given.quantity;
        contract.paid_out += given.equity(side, mean, funding);
        count
    }
}

#[derive(Clone, Debug)]
enum Line {
    Ranked(BinaryHeap<Ranked>),
    Shared(Shared),
}

/// The auto-deleveraging lines of a step; made when first needed, kept for the rest of the step.
#[derive(Clone, Debug, Default)]
pub(super) struct AutoDeleveraging {
    lines: Vec<(ContractSide, Line)>,
}

impl AutoDeleveraging {
    /// Cancels up to `quantity` units of a bankrupt side at a value each: first against levered positions as the rule in force
    /// says, then against the unlevered counterparty as far as it stands on the other side with a profit. Returns the units
    /// cancelled.
    pub(super) fn cancel(
        &mut self,
        moment: &Moment,
        venues: &mut Venues,
        tally: &mut Tally,
        batch: &Batch,
        quantity: f64,
        value: f64,
    ) -> f64 {
        let winners = batch.side.opposite();
        let place = ContractSide {
            venue: batch.venue,
            kind: batch.kind,
            side: winners,
        };
        let index = self.line(moment, venues, place);
        let mark = venues[batch.venue].mark;
        let contract = &mut venues[batch.venue].contracts[batch.kind as usize];
        let (mut left, mut count) = (quantity, 0);
        match &mut self.lines[index].1 {
            Line::Ranked(line) => {
                while left > 0.0
                    && let Some(next) = line.peek().copied()
                {
                    let Some(closed) = reduce(contract, winners, next, left, value) else {
                        line.pop();
                        continue;
                    };
                    count += 1;
                    if !closed.whole {
                        // A position closed in part was larger than what was left.
                        left = 0.0;
                        break;
                    }
                    left = (left - closed.quantity).max(0.0);
                    line.pop();
                }
            }
            Line::Shared(line) => left -= line.cancel(left, value),
        }
        if left > 0.0 {
            let stands = -batch.side.sign() * contract.counterparty.quantity;
            if stands > 0.0 && contract.counterparty.worth(value) > 0.0 {
                let taken = left.min(stands);
                contract.counterparty.buy(batch.side.sign() * taken, value);
                left -= taken;
                count += 1;
            }
        }
        let cancelled = quantity - left;
        tally.deleverage_count += count;
        let notional = batch.kind.notional(cancelled, mark);
        tally.deleveraged += notional;
        tally.deleveraged_at[batch.venue.index()] += notional;
        venues.version += u64::from(cancelled > 0.0);
        cancelled
    }

    /// The step is over: who shares gives the share, and lines are made anew in the next step.
    pub(super) fn settle(&mut self, venues: &mut Venues, tally: &mut Tally) {
        for (place, line) in self.lines.drain(..) {
            if let Line::Shared(line) = line {
                tally.deleverage_count += line.settle(&mut venues[place.venue].contracts[place.kind as usize]);
            }
        }
    }

    /// The line of a contract's profitable positions on a side.
    fn line(&mut self, moment: &Moment, venues: &mut Venues, place: ContractSide) -> usize {
        let known = self.lines.iter().position(|(key, _)| *key == place);
        known.unwrap_or_else(|| {
            let line = match moment.parameters.fund.adl_ranking {
                AdlRanking::ProRata => Line::Shared(step_off(venues, place)),
                ranking => Line::Ranked(rank(venues, ranking, place)),
            };
            self.lines.push((place, line));
            self.lines.len() - 1
        })
    }
}

struct Closed {
    quantity: f64,
    whole: bool,
}

/// Closes a ranked position, or the part of it that is needed, and pays its holder; none if it is gone or would close at a
/// loss.
fn reduce(contract: &mut Contract, side: Side, ranked: Ranked, quantity: f64, value: f64) -> Option<Closed> {
    let funding = contract.funding;
    let book = contract.side_mut(side);
    let ladder = &mut book.tiers[ranked.tier as usize].ladder;
    let mut position = ladder.remove(ranked.key, ranked.id)?;
    if side.sign() * (value - position.entry - funding) <= 0.0 {
        ladder.push(ranked.key, position);
        return None;
    }
    let whole = position.quantity <= quantity;
    let part = if whole {
        position
    } else {
        position.split(quantity / position.quantity)
    };
    if !whole {
        ladder.push(ranked.key, position);
    }
    book.clients.shift(part.id, -part.quantity);
    book.take_away(&Totals::of(&part));
    book.flows.deleveraged += part.quantity;
    contract.paid_out += part.equity(side, value, funding);
    Some(Closed {
        quantity: part.quantity,
        whole,
    })
}

/// Calls `found` with tier, key, position, profit a unit and equity of every position that has both at the mark.
pub(super) fn visit_profitable(
    venues: &Venues,
    place: ContractSide,
    mut found: impl FnMut(usize, f64, &Position, f64, f64),
) {
    let ContractSide { venue, kind, side } = place;
    let contract = &venues[venue].contracts[kind as usize];
    let value = kind.value(venues[venue].mark);
    let book = contract.side(side);
    let funding = contract.funding;
    for (tier, ladder) in book.tiers.iter().enumerate() {
        ladder.ladder.each(|key, position| {
            if let Some((profit, equity)) = profitable(position, side, value, funding) {
                found(tier, key, position, profit, equity);
            }
        });
    }
}

/// Profit a unit and equity of a position when a unit is worth `value`, if it has both.
pub(super) fn profitable(position: &Position, side: Side, value: f64, funding: f64) -> Option<(f64, f64)> {
    let profit = side.sign() * (value - position.entry - funding);
    let equity = position.equity(side, value, funding);
    (profit > 0.0 && equity > 0.0).then_some((profit, equity))
}

/// Ranks by profit in per cent of the entry notional, × effective leverage where the rule says so.
fn rank(venues: &Venues, ranking: AdlRanking, place: ContractSide) -> BinaryHeap<Ranked> {
    let value = place.kind.value(venues[place.venue].mark);
    let mut line = Vec::new();
    visit_profitable(venues, place, |tier, key, position, profit, equity| {
        let profit = profit / position.entry.abs();
        let score = match ranking {
            AdlRanking::ProfitAndLeverage => profit * position.quantity * value.abs() / equity,
            AdlRanking::Profit | AdlRanking::ProRata => profit,
        };
        let (tier, id) = (tier as u32, position.id);
        line.push(Ranked { score, key, tier, id });
    });
    line.into()
}

/// Takes everybody who is to share off the venue's ladders: these are left to those who are not.
fn step_off(venues: &mut Venues, place: ContractSide) -> Shared {
    let ContractSide { venue, kind, side } = place;
    let value = kind.value(venues[venue].mark);
    let contract = &mut venues[venue].contracts[kind as usize];
    let funding = contract.funding;
    let book = contract.side_mut(side);
    let mut units = Vec::new();
    let mut step_off = |tier: &mut TierLadder| {
        let stays = |position: &Position| profitable(position, side, value, funding).is_none();
        let others = tier.ladder.take_where(stays);
        let mut empty = tier.ladder.empty_copy();
        empty.extend(&others);
        let in_line = std::mem::replace(&mut tier.ladder, empty);
        in_line.each(|_, position| units.push((break_even(position, side, funding), position.quantity)));
        in_line
    };
    let ladders = book.tiers.iter_mut().map(&mut step_off).collect();
    book.in_line = !units.is_empty();
    Shared {
        side,
        funding,
        ladders,
        units,
        available: (f64::NEG_INFINITY, 0.0),
        worst: f64::INFINITY,
        cancelled: 0.0,
        value: 0.0,
    }
}
