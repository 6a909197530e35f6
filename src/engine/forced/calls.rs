//! Margin calls: a position that is running out of margin is called before it is liquidated. Some holders post more
//! collateral, which takes its time to arrive; some sell a part of the position at market; the rest wait.

use std::collections::VecDeque;
use std::f64::consts::{PI, SQRT_2};
use std::sync::Arc;

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use cascade_scenario::{BookId, MarginCalls, VENUES_MAX, VenueId};

use crate::clock::Moment;
use crate::clock::YEAR_SECONDS;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::contract::{ContractKind, Position, Requirement, Side};
use crate::positions::totals::Totals;
use crate::positions::venue::SideBook;
use crate::positions::venues::Venues;
use crate::positions::watch::{Answering, Levels};
use crate::random::{Purpose, RandomStreams};
use crate::tally::Tally;
use crate::units::Usd;

/// Whoever answers a call brings the equity at least this far above the level of the call.
const LEAST_RESTORED: f64 = 1.05;
/// Values of a number that is cut off to eight bits.
const DRAW_STEPS: f64 = 256.0;
/// Nobody sells more than this share of a position on a margin call.
const LARGEST_SALE: f64 = 0.99;

/// Loss beyond a buffer over the time that collateral takes to arrive, as a share of the notional, on average:
/// E[max(0, −X − b)] = s·φ(b/s) − b·Φ(−b/s) for a relative price change X that is normal with mean 0 and deviation
/// s = σ·√(latency) (the expected shortfall below a barrier in Bachelier's model, 1900).
///
/// `volatility` is per √year, `latency_seconds` is at least 0, `buffer` is the share of the notional that may be lost before
/// the collateral is needed.
pub fn expected_shortfall(volatility: f64, latency_seconds: f64, buffer: f64) -> f64 {
    let deviation = volatility * libm::sqrt(latency_seconds / YEAR_SECONDS);
    if deviation <= 0.0 {
        return (-buffer).max(0.0);
    }
    let distance = buffer / deviation;
    let density = libm::exp(-distance * distance / 2.0) / libm::sqrt(2.0 * PI);
    deviation * density - buffer * 0.5 * libm::erfc(distance / SQRT_2)
}

/// Expected shortfall of a called position's top-up at the present settings: the buffer is what lies between the call and
/// liquidation, (level − 1)·m.
pub(crate) fn latency_shortfall(settings: &MarginCalls, volatility: f64, maintenance_rate: f64) -> f64 {
    let buffer = (settings.level - 1.0) * maintenance_rate;
    expected_shortfall(volatility, settings.collateral_latency, buffer)
}

/// Where a called position stands on its ladder.
#[derive(Clone, Copy, Debug)]
struct CalledPosition {
    venue: VenueId,
    kind: ContractKind,
    side: Side,
    tier: usize,
    key: f64,
    id: u32,
}

impl CalledPosition {
    fn book_of(self, venues: &Venues) -> &SideBook {
        venues[self.venue].contracts[self.kind as usize].side(self.side)
    }

    fn book(self, venues: &mut Venues) -> &mut SideBook {
        venues[self.venue].contracts[self.kind as usize].side_mut(self.side)
    }
}

/// Collateral on its way.
#[derive(Clone, Copy, Debug)]
struct TopUp {
    /// Market time of its arrival.
    due: f64,
    to: CalledPosition,
    /// Settlement currency.
    amount: f64,
}

/// A part of a position that its holder wants to sell (or, of a short one, buy back).
#[derive(Clone, Copy, Debug)]
struct Order {
    of: CalledPosition,
    units: f64,
}

/// What a holder does about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    TopUp,
    Sell,
    Wait,
}

impl Answer {
    /// What the holder with a number from 0 to 1 does: the luckiest post, the least lucky sell.
    fn of(settings: &MarginCalls, draw: f64) -> Self {
        if draw < settings.top_up_share {
            Self::TopUp
        } else if draw >= 1.0 - settings.deleverage_share {
            Self::Sell
        } else {
            Self::Wait
        }
    }
}

/// Holders under margin call.
#[derive(Clone, Debug)]
pub struct Calls {
    /// One number a position, at the place of its own number: what a holder is like does not depend on who else is called.
    rng: ChaCha8Rng,
    /// The numbers of the positions that stood when calls were last set up, times 256 and cut off: they nearly always decide, and
    /// jumping about in the stream costs more than all else about a call. Never written to again, so snapshots share it.
    draws: Arc<[u8]>,
    /// Earliest first.
    top_ups: VecDeque<TopUp>,
    /// By venue, contract and side.
    orders: [VecDeque<Order>; 4 * VENUES_MAX],
    /// With the holder's number cut off, if it is known.
    called: Vec<(CalledPosition, Option<u8>)>,
    filled: Vec<(Order, Position)>,
}

impl Calls {
    /// Nobody is called yet.
    pub fn new(streams: RandomStreams) -> Self {
        Self {
            rng: streams.stream(Purpose::MarginCalls),
            draws: Arc::default(),
            top_ups: VecDeque::new(),
            orders: std::array::from_fn(|_| VecDeque::new()),
            called: Vec::new(),
            filled: Vec::new(),
        }
    }

    /// Takes over the settings, or a margin policy that has changed ladders' keys. Collateral on its way still arrives when
    /// calls are switched off; orders are withdrawn. Looks at the positions of those ladders alone whose keys or multiples have
    /// changed.
    pub fn configure(&mut self, moment: &Moment, venues: &mut Venues) {
        let settings = moment.parameters.margin_calls;
        let levels = settings.enabled.then(|| levels(&settings));
        if levels.is_none() {
            self.orders.iter_mut().for_each(VecDeque::clear);
        }
        self.draw_ahead(moment, venues);
        let sides = venues.iter().flat_map(|venue| &venue.contracts).flat_map(|c| &c.sides);
        if !sides.into_iter().any(|book| book.needs_watching_anew(levels)) {
            return;
        }
        let places = || {
            let orders = self.orders.iter().flatten().map(|order| order.of);
            orders.chain(self.top_ups.iter().map(|top_up| top_up.to))
        };
        // Nobody is called, and nobody answers: there is nothing to look up.
        let mut answering = if levels.is_none() && places().next().is_none() {
            Answering::default()
        } else {
            Answering::new(venues.next_id)
        };
        for place in places().filter(|place| place.book_of(venues).needs_watching_anew(levels)) {
            answering.insert(place.id);
        }
        for contract in venues.iter_mut().flat_map(|venue| &mut venue.contracts) {
            for book in &mut contract.sides {
                if !book.needs_watching_anew(levels) {
                    continue;
                }
                for (number, tier) in book.tiers.iter_mut().enumerate() {
                    let rule = (number, &tier.requirement);
                    tier.watch
                        .rebuild(levels, rule, book.side, &tier.ladder, &mut answering);
                }
            }
        }
        let orders = self.orders.iter_mut().flatten().map(|order| &mut order.of);
        for place in orders.chain(self.top_ups.iter_mut().map(|top_up| &mut top_up.to)) {
            if let Some((tier, key)) = answering.place(place.id) {
                (place.tier, place.key) = (tier, key);
            }
        }
    }

    /// Draws the numbers of all positions so far, where there are calls and they are not known.
    pub fn draw_ahead(&mut self, moment: &Moment, venues: &Venues) {
        let count = venues.next_id as usize;
        if moment.parameters.margin_calls.enabled && self.draws.len() < count {
            self.rng.set_word_pos(0);
            let cut_off = |draw: f64| (draw * DRAW_STEPS) as u8;
            self.draws = (&mut self.rng).random_iter().take(count).map(cut_off).collect();
        }
    }

    /// The whole book is gone, and with it whatever its holders meant to do.
    pub fn forget(&mut self) {
        self.top_ups.clear();
        self.orders.iter_mut().for_each(VecDeque::clear);
    }

    /// Collateral arrives, and who has recovered can be called again.
    pub fn begin_step(&mut self, moment: &Moment, venues: &mut Venues, tally: &mut Tally) {
        while self
            .top_ups
            .front()
            .is_some_and(|next| next.due <= moment.time_seconds())
            && let Some(top_up) = self.top_ups.pop_front()
        {
            post(venues, tally, top_up.to, top_up.amount);
        }
        if !moment.parameters.margin_calls.enabled {
            return;
        }
        for venue in venues.iter_mut() {
            for contract in &mut venue.contracts {
                let value = contract.kind.value(venue.mark);
                for book in &mut contract.sides {
                    for tier in &mut book.tiers {
                        let rule = tier.requirement;
                        while let Some(watched) = tier.watch.next_recovered(&rule, value, book.side, contract.funding) {
                            let found = tier.ladder.find(watched.key, watched.id);
                            if let Some(position) = found {
                                tier.watch.arm(&rule, book.side, watched.key, position);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Calls every position whose equity has fallen below the level, and lets its holder answer.
    pub fn scan(&mut self, moment: &Moment, venues: &mut Venues, tally: &mut Tally) {
        if !moment.parameters.margin_calls.enabled {
            return;
        }
        let mut called = std::mem::take(&mut self.called);
        let awake = VenueId::each(venues.iter_mut()).filter(|(_, venue)| !venue.is_out);
        for (id, venue) in awake {
            for contract in &mut venue.contracts {
                let value = contract.kind.value(venue.mark);
                for book in &mut contract.sides {
                    for (number, tier) in book.tiers.iter_mut().enumerate() {
                        let rule = tier.requirement;
                        while let Some(watched) = tier.watch.next_called(&rule, value, book.side, contract.funding) {
                            let place = CalledPosition {
                                venue: id,
                                kind: contract.kind,
                                side: book.side,
                                tier: number,
                                key: watched.key,
                                id: watched.id,
                            };
                            // Each is at a far place of memory: asked for here, many are on their way at once.
                            called.push((place, self.draws.get(watched.id as usize).copied()));
                        }
                    }
                }
            }
        }
        for (place, draw) in called.drain(..) {
            self.call(moment, venues, tally, place, draw);
        }
        self.called = called;
    }

    /// Calls a position, if it still stands.
    fn call(
        &mut self,
        moment: &Moment,
        venues: &mut Venues,
        tally: &mut Tally,
        place: CalledPosition,
        draw: Option<u8>,
    ) {
        let settings = moment.parameters.margin_calls;
        let now = moment.time_seconds();
        let mark = venues[place.venue].mark;
        let contract = &mut venues[place.venue].contracts[place.kind as usize];
        let (value, funding) = (contract.kind.value(mark), contract.funding);
        let tier = &mut contract.side_mut(place.side).tiers[place.tier];
        let rule = tier.requirement;
        let Some(position) = tier.ladder.find(place.key, place.id).copied() else {
            return;
        };
        let equity = position.equity(place.side, value, funding);
        let target = levels(&settings).target;
        tally.calls += 1;
        tally.called += place.kind.notional(position.quantity, mark);
        // Nobody pays for a position that is worth nothing.
        let answer = if equity > 0.0 {
            self.answer(&settings, place.id, draw)
        } else {
            Answer::Wait
        };
        match answer {
            Answer::TopUp => {
                let amount = rule.top_up(&position, equity, value, target);
                if settings.collateral_latency == 0.0 {
                    post(venues, tally, place, amount);
                } else {
                    let due = now + settings.collateral_latency;
                    let to = place;
                    let last = self.top_ups.back().is_none_or(|other| other.due <= due);
                    let at = if last {
                        self.top_ups.len()
                    } else {
                        self.top_ups.partition_point(|other| other.due <= due)
                    };
                    self.top_ups.insert(at, TopUp { due, to, amount });
                }
            }
            Answer::Sell => {
                let kept = rule.restorable(&position, equity, value, target, 0.0).unwrap_or(0.0);
                let units = (position.quantity - kept).clamp(0.0, LARGEST_SALE * position.quantity);
                self.orders[slot(place.venue, place.kind, place.side)].push_back(Order { of: place, units });
            }
            Answer::Wait => tier.watch.wait(&rule, place.side, place.key, &position),
        }
    }

    /// What the holder of a position does about every call; `luck` is its number cut off, if that is known.
    fn answer(&mut self, settings: &MarginCalls, id: u32, draw: Option<u8>) -> Answer {
        if let Some(step) = draw {
            let (lowest, above) = (f64::from(step) / DRAW_STEPS, (f64::from(step) + 1.0) / DRAW_STEPS);
            let answer = Answer::of(settings, lowest);
            // Each answer has an interval of numbers.
            if answer == Answer::of(settings, above.next_down()) {
                return answer;
            }
        }
        // A number takes two words of the stream.
        self.rng.set_word_pos(2 * u128::from(id));
        Answer::of(settings, self.rng.random())
    }

    /// Notional that holders of a side under call have ordered to be closed and that is not closed yet.
    pub fn ordered(&self, market: &Market, venues: &Venues, side: Side) -> Usd {
        let slots = venues
            .ids()
            .flat_map(|venue| ContractKind::BOTH.map(|kind| (venue, kind)));
        let notional = |(venue, kind): (VenueId, ContractKind)| {
            let units: f64 = self.orders[slot(venue, kind, side)]
                .iter()
                .map(|order| order.units)
                .sum();
            kind.notional(units, market.books[BookId::of(venue)].price)
        };
        slots.map(notional).sum()
    }

    /// Sells what holders under call want to get rid of, in one order a contract, worth at most `room` at a venue.
    /// Returns whether anything was sold.
    pub fn sell(
        &mut self,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        venue: VenueId,
        side: Side,
        mut room: Usd,
    ) -> bool {
        let mut sold = false;
        if room <= Usd::ZERO {
            return sold;
        }
        for kind in ContractKind::BOTH {
            let notional = self.take_orders(market, venues, (venue, kind, side), room);
            if !self.filled.is_empty() {
                room -= notional;
                self.settle(market, venues, tally, (venue, kind, side), notional);
                sold = true;
            }
        }
        sold
    }

    /// Collects orders worth at most `room`, the last one in part if need be, and takes their positions off the ladders;
    /// an order whose position is gone is void. Returns the notional.
    fn take_orders(
        &mut self,
        market: &Market,
        venues: &mut Venues,
        (venue, kind, side): (VenueId, ContractKind, Side),
        room: Usd,
    ) -> Usd {
        let orders = &mut self.orders[slot(venue, kind, side)];
        let price = market.books[BookId::of(venue)].price;
        let mut notional = Usd::ZERO;
        while let Some(order) = orders.front_mut() {
            let ladder = &mut order.of.book(venues).tiers[order.of.tier].ladder;
            let Some(position) = ladder.remove(order.of.key, order.of.id) else {
                orders.pop_front();
                continue;
            };
            // Auto-deleveraging may have left less of it.
            order.units = order.units.min(LARGEST_SALE * position.quantity);
            let size = kind.notional(order.units, price);
            let left = room - notional;
            if size <= left {
                notional += size;
                self.filled.extend(orders.pop_front().map(|order| (order, position)));
            } else {
                if left > 1e-12 * room {
                    let units = order.units * left.get() / size.get();
                    order.units -= units;
                    self.filled.push((Order { units, ..*order }, position));
                    notional = room;
                } else {
                    ladder.push(order.of.key, position);
                }
                break;
            }
        }
        notional
    }

    /// Executes the collected orders as one and puts the positions back; the result goes to each position's margin, so that its key moves.
    fn settle(
        &mut self,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        (venue, kind, side): (VenueId, ContractKind, Side),
        notional: Usd,
    ) {
        let sign = side.sign();
        let fill = market.execute(BookId::of(venue), -sign * notional, Source::MarginCalls);
        let value = kind.value(fill.price);
        let contract = &mut venues[venue].contracts[kind as usize];
        let funding = contract.funding;
        let rest = &mut self.orders[slot(venue, kind, side)];
        for (Order { of, units }, mut position) in self.filled.drain(..) {
            let book = contract.side_mut(side);
            let tier = &mut book.tiers[of.tier];
            let gain = sign * units * (value - position.entry - funding);
            position.quantity -= units;
            position.margin += gain;
            book.flows.sold += units;
            book.clients.shift(position.id, -units);
            if let Some(order) = rest.front_mut().filter(|order| order.of.id == of.id) {
                order.of.key = tier.requirement.key(&position, side);
                tier.ladder.push(order.of.key, position);
            } else {
                tier.place(position, side);
            }
            book.take_away(&Totals {
                quantity: units,
                entry: units * position.entry,
                margin: -gain,
            });
            contract.counterparty.buy(sign * units, value);
        }
        tally.sold += notional;
        venues.version += 1;
    }
}

/// The ladder key up to which positions have less equity than a multiple of their maintenance margin when a unit is worth
/// `value`. Exact where neither a deduction nor the value at entry is folded into the keys; with a rate taken at entry that
/// value counts as the present one.
pub(crate) fn threshold(rule: &Requirement, multiple: f64, value: f64, side: Side, funding: f64) -> f64 {
    let at_entry = if rule.on_entry { rule.rate * value.abs() } else { 0.0 };
    rule.times(multiple).threshold(value, side, funding) + (multiple - 1.0) * at_entry
}

/// Multiples that the settings stand for.
pub(crate) fn levels(settings: &MarginCalls) -> Levels {
    Levels {
        call: settings.level,
        target: settings.target.max(LEAST_RESTORED * settings.level),
    }
}

/// Collateral reaches its position, or finds that it is gone and goes back to the holder.
fn post(venues: &mut Venues, tally: &mut Tally, to: CalledPosition, amount: f64) {
    let mark = venues[to.venue].mark;
    let usd = to.kind.usd(amount, mark);
    let book = to.book(venues);
    let tier = &mut book.tiers[to.tier];
    let Some(mut position) = tier.ladder.remove(to.key, to.id) else {
        tally.top_ups_late += usd;
        return;
    };
    position.margin += amount;
    tier.place(position, to.side);
    book.open.margin += amount;
    venues[to.venue].contracts[to.kind as usize].net_deposits += amount;
    tally.topped_up += usd;
    venues.version += 1;
}

const fn slot(venue: VenueId, kind: ContractKind, side: Side) -> usize {
    4 * venue.index() + 2 * kind as usize + side as usize
}

#[cfg(test)]
mod tests;
