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
use crate::positions::totals::Totals;
use crate::positions::venue::Contract;
use crate::positions::venues::Venues;
use crate::tally::Tally;
use cascade_scenario::AdlRanking;

/// A profitable position in line for auto-deleveraging; the greatest is next, ties go by number.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    score: f64,
    tier: usize,
    key: f64,
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

/// Those in line for the same share of their positions, off the ladder meanwhile.
#[derive(Clone, Debug)]
struct Shared {
    side: Side,
    /// Who breaks even at the lowest signed value first.
    positions: Vec<Waiting>,
    /// Σ q over the positions up to each, itself included.
    quantities: Vec<f64>,
    /// Lowest signed value at which units were cancelled so far: nobody must lose at it.
    worst: f64,
    /// Units cancelled in this step.
    cancelled: f64,
    /// Σ units × value.
    value: f64,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// s·(e + A): closed at a higher signed value it has a profit.
    break_even: f64,
    tier: usize,
    key: f64,
    position: Position,
}

impl Shared {
    /// How many positions have a profit at a signed value.
    fn profitable(&self, signed_value: f64) -> usize {
        self.positions
            .partition_point(|waiting| waiting.break_even < signed_value)
    }

    /// Cancels up to `quantity` units at a value each and returns how many.
    fn cancel(&mut self, quantity: f64, value: f64) -> f64 {
        let worst = self.worst.min(self.side.sign() * value);
        let available = self
            .profitable(worst)
            .checked_sub(1)
            .map_or(0.0, |last| self.quantities[last]);
        let taken = quantity.min(available - self.cancelled).max(0.0);
        if taken > 0.0 {
            self.worst = worst;
            self.cancelled += taken;
            self.value += taken * value;
        }
        taken
    }

    /// Everybody gives the share and returns to the ladder. Returns how many gave.
    fn settle(mut self, contract: &mut Contract) -> u64 {
        let mean = self.value / self.cancelled.max(f64::MIN_POSITIVE);
        let count = if self.cancelled > 0.0 {
            self.profitable((self.side.sign() * mean).max(self.worst))
        } else {
            0
        };
        let share = count
            .checked_sub(1)
            .map_or(0.0, |last| (self.cancelled / self.quantities[last]).min(1.0));
        let funding = contract.funding;
        let book = contract.side_mut(self.side);
        book.in_line = false;
        let mut given = Totals::default();
        for (index, waiting) in self.positions.iter_mut().enumerate() {
            if index < count {
                let part = waiting.position.split(share);
                book.clients.shift(part.id, -part.quantity);
                given.add(&part);
            }
            if index >= count || share < 1.0 {
                book.tiers[waiting.tier].ladder.push(waiting.key, waiting.position);
            }
        }
        book.take_away(&given);
        book.flows.deleveraged += given.quantity;
        contract.paid_out += given.equity(self.side, mean, funding);
        count as u64
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
        let notional = batch.kind.notional_usd(cancelled, mark);
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
    let ladder = &mut book.tiers[ranked.tier].ladder;
    let mut position = ladder.remove(ranked.key, |candidate| candidate.id == ranked.id)?;
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
        for (key, position) in ladder.ladder.iter() {
            if let Some((profit, equity)) = profitable(position, side, value, funding) {
                found(tier, key, position, profit, equity);
            }
        }
    }
}

/// Profit a unit and equity of a position when a unit is worth `value`, if it has both.
fn profitable(position: &Position, side: Side, value: f64, funding: f64) -> Option<(f64, f64)> {
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
        let id = position.id;
        line.push(Ranked { score, tier, key, id });
    });
    line.into()
}

/// Takes everybody who is to share off the ladders.
fn step_off(venues: &mut Venues, place: ContractSide) -> Shared {
    let ContractSide { venue, kind, side } = place;
    let value = kind.value(venues[venue].mark);
    let contract = &mut venues[venue].contracts[kind as usize];
    let funding = contract.funding;
    let book = contract.side_mut(side);
    let mut positions = Vec::new();
    for (tier, ladder) in book.tiers.iter_mut().enumerate() {
        let in_line = |position: &Position| profitable(position, side, value, funding).is_some();
        let taken = ladder.ladder.take_where(in_line).into_iter();
        positions.extend(taken.map(|(key, position)| Waiting {
            break_even: side.sign() * (position.entry + funding),
            tier,
            key,
            position,
        }));
    }
    positions.sort_unstable_by(|a, b| {
        let by_value = a.break_even.total_cmp(&b.break_even);
        by_value.then(a.position.id.cmp(&b.position.id))
    });
    book.in_line = !positions.is_empty();
    let quantities = positions
        .iter()
        .scan(0.0, |sum, waiting| {
            *sum += waiting.position.quantity;
            Some(*sum)
        })
        .collect();
    Shared {
        side,
        positions,
        quantities,
        worst: f64::INFINITY,
        cancelled: 0.0,
        value: 0.0,
    }
}
