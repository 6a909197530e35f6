//! Liquidation engines: scan for positions below their maintenance margin, queue them, and close them on the venue's book
//! as fast as throttle and book allow.

use cascade_scenario::{BookId, Route, VENUES_MAX, VenueId};

use crate::forced::breakers::Breakers;
use crate::forced::calls::Calls;
use crate::forced::route::{self, Outlet};
use crate::forced::staggered;
use crate::forced::waterfall::{Batch, Part, Waterfall};
use crate::market::source::{BySource, Source};
use crate::positions::contract::{ContractKind, Position, Side};
use crate::world::World;

/// The engines of all venues.
#[derive(Clone, Debug)]
pub struct Liquidation {
    /// Causes of each venue's mark at its last scan: what moved it since is what set off the liquidations found.
    seen: [BySource; VENUES_MAX],
    /// What each venue may still liquidate in this step, USD.
    allowance: [f64; VENUES_MAX],
    waterfall: Waterfall,
    /// The positions a scan finds on one side, before they are taken over.
    reached: Vec<(Position, Option<f64>)>,
}

impl Liquidation {
    /// Nothing queued.
    pub fn new(world: &World) -> Self {
        let mut engine = Self {
            seen: [BySource::default(); VENUES_MAX],
            allowance: [f64::INFINITY; VENUES_MAX],
            waterfall: Waterfall::default(),
            reached: Vec::new(),
        };
        for venue in world.venue_ids() {
            engine.seen[venue.index()] = mark_causes(world, venue);
        }
        engine
    }

    /// One round: takes over what has fallen below its maintenance margin and closes what may be closed now. Returns whether
    /// anything happened.
    pub fn act(&mut self, world: &mut World, breakers: &Breakers, calls: &mut Calls) -> bool {
        let found = self.scan(world);
        let executed = self.execute(world, breakers, calls);
        found || executed
    }

    /// Lets positions be closed whose execution latency is over, and gives every venue what the throttle allows in this step.
    pub fn begin_step(&mut self, world: &mut World) {
        settle(world);
        let throttle = &world.parameters.throttle;
        self.allowance.fill(f64::INFINITY);
        if throttle.enabled {
            let shares = crate::positions::population::venue_shares(&world.parameters);
            for (allowance, share) in self.allowance.iter_mut().zip(shares) {
                *allowance = throttle.cap * world.dt() * share;
            }
        }
    }

    /// The rounds are over: what the waterfall settles once a step.
    pub fn end_step(&mut self, world: &mut World) {
        self.waterfall.end_step(world);
    }

    /// What a venue may still liquidate in this step, USD.
    pub const fn allowance(&self, venue: VenueId) -> f64 {
        self.allowance[venue.index()]
    }

    /// Counts a liquidation that was executed elsewhere.
    pub fn use_allowance(&mut self, venue: VenueId, notional: f64) {
        self.allowance[venue.index()] -= notional;
    }

    /// Takes over every position whose key its ladder's threshold has reached.
    fn scan(&mut self, world: &mut World) -> bool {
        let parameters = world.parameters;
        let at_once = world.parameters.execution.latency == 0.0;
        let mut reached = std::mem::take(&mut self.reached);
        let mut found = 0;
        for id in world.venue_ids() {
            if world.venues[id].is_out {
                continue;
            }
            let causes = mark_causes(world, id);
            let venue = &mut world.venues[id];
            let mark = venue.mark;
            for contract in &mut venue.contracts {
                let value = contract.kind.value(mark);
                let funding = contract.funding;
                for book in &mut contract.sides {
                    let (mut taken, mut notional) = (0, 0.0);
                    for tier in 0..book.tiers.len() {
                        let threshold = book.tiers[tier].requirement.threshold(value, book.side, funding);
                        let when_calm = threshold - book.tiers[tier].tightened() * value.abs();
                        while let Some((key, position)) = book.tiers[tier].ladder.pop_reached(threshold) {
                            taken += 1;
                            let kind = contract.kind;
                            if key > when_calm {
                                world.tally.tightened += kind.notional_usd(position.quantity, mark);
                            }
                            let tranche = staggered::first_tranche(&parameters, kind, book, &position, mark, funding);
                            notional += kind.notional_usd(tranche.unwrap_or(position.quantity), mark);
                            reached.push((position, tranche));
                        }
                    }
                    for (position, tranche) in reached.drain(..) {
                        if at_once {
                            book.take_over(position, tranche);
                        } else {
                            book.settle_later(position, tranche, world.step);
                        }
                    }
                    if taken == 0 {
                        continue;
                    }
                    found += taken;
                    world.tally.liquidations += taken;
                    world.tally.offspring += taken as f64 * forced_share(&self.seen[id.index()], &causes, book.side);
                    if let Some(level) = world.grid.level(mark) {
                        let levels = match book.side {
                            Side::Long => &mut world.realised.longs,
                            Side::Short => &mut world.realised.shorts,
                        };
                        levels[level] += notional;
                    }
                }
            }
            self.seen[id.index()] = causes;
        }
        self.reached = reached;
        world.book_version += u64::from(found > 0);
        found > 0
    }

    /// Closes what is queued: off the book as far as the route in force takes it, the rest by one order a book, side and
    /// contract, as large as the allowance, the breakers and the largest move per round permit; tranches are an order of
    /// their own, always on the book. What room is left goes to holders under margin call.
    fn execute(&mut self, world: &mut World, breakers: &Breakers, calls: &mut Calls) -> bool {
        let mut executed = false;
        for venue in world.venue_ids() {
            for side in Side::BOTH {
                let mut room = breakers.order_limit(world, venue, -side.sign());
                for kind in ContractKind::BOTH {
                    // Once a round, and once for every lot: what little room a batch leaves must not be asked for again.
                    let lots = world.venues[venue].contracts[kind as usize].side(side).lots.len();
                    for _ in 0..=lots {
                        let allowance = self.allowance[venue.index()];
                        let Some((batch, outlet)) = route::take_over(world, venue, kind, side, allowance) else {
                            break;
                        };
                        self.close(world, &batch, outlet);
                        executed = true;
                    }
                    let limit = room.min(self.allowance[venue.index()]);
                    if let Some(batch) = take_batch(world, venue, kind, side, limit) {
                        room -= batch.notional;
                        let route = world.parameters.route_at(venue);
                        world.tally.spilled = (route != Route::OrderBook).then_some(route).or(world.tally.spilled);
                        self.close(world, &batch, Outlet::Book);
                        executed = true;
                    }
                    let tranches = staggered::sell(world, venue, kind, side, room.min(self.allowance[venue.index()]));
                    room -= tranches;
                    self.allowance[venue.index()] -= tranches;
                    world.tally.liquidated[venue.index()][side as usize] += tranches;
                    world.tally.routes.add(Outlet::Book, tranches);
                    executed |= tranches > 0.0;
                }
                executed |= calls.sell(world, venue, side, room);
            }
        }
        executed
    }

    fn close(&mut self, world: &mut World, batch: &Batch, outlet: Outlet) {
        self.allowance[batch.venue.index()] -= batch.notional;
        world.tally.liquidated[batch.venue.index()][batch.side as usize] += batch.notional;
        self.waterfall.settle(world, batch, outlet);
    }

    /// Notional taken over and not yet closed, USD at the marks.
    pub fn queued(world: &World) -> f64 {
        world.sum_contracts(|contract, mark| {
            contract
                .sides
                .iter()
                .map(|book| contract.kind.notional_usd(book.waiting_units(), mark))
                .sum()
        })
    }
}

/// Positions whose execution latency is over may be closed from now on.
fn settle(world: &mut World) {
    let Some(latest) = route::started_by(world, world.parameters.execution.latency) else {
        return;
    };
    let contracts = world.venues.iter_mut().flat_map(|venue| &mut venue.contracts);
    for book in contracts.flat_map(|contract| &mut contract.sides) {
        if !book.settling.is_empty() {
            book.settle_until(latest);
        }
    }
}

/// Takes positions worth at most `limit` USD for the book: lots whose auction is over, then the queue, the last one in part
/// if need be.
pub fn take_batch(world: &mut World, venue: VenueId, kind: ContractKind, side: Side, limit: f64) -> Option<Batch> {
    let price = world.market.books[BookId::of(venue)].price;
    let over = route::started_by(world, world.parameters.auction.duration);
    let book = world.venues[venue].contracts[kind as usize].side_mut(side);
    if limit <= 0.0 || book.queue.is_empty() && book.lots.is_empty() {
        return None;
    }
    let (mut totals, mut notional, mut parts) = route::take_lots(book, kind, price, limit, over);
    while let Some(next) = book.queue.front_mut() {
        let size = kind.notional_usd(next.quantity, price);
        let room = limit - notional;
        if size <= room {
            totals.add(next);
            notional += size;
            parts.push(Part {
                position: *next,
                last: true,
            });
            book.queue.pop_front();
        } else {
            if room > 1e-12 * limit {
                let position = next.split(room / size);
                totals.add(&position);
                parts.push(Part { position, last: false });
                notional = limit;
            }
            break;
        }
    }
    book.queued = if book.nothing_queued() {
        0.0
    } else {
        book.queued - totals.quantity
    };
    (notional > 0.0).then_some(Batch {
        venue,
        kind,
        side,
        totals,
        notional,
        parts,
    })
}

/// The causes of a venue's mark, in log price: the index's and its own book's, weighted like the mark.
fn mark_causes(world: &World, venue: VenueId) -> BySource {
    let weight = world.parameters.marks.synchronisation;
    let mut level = world.market.index_level();
    level.scale(weight);
    level.add_scaled(&world.market.level(BookId::of(venue)), 1.0 - weight);
    level.by_source
}

/// Share of the mark's move against a side, since the last scan, that was not exogenous.
fn forced_share(before: &BySource, now: &BySource, side: Side) -> f64 {
    let against = |source: Source| (before[source] - now[source]) * side.sign();
    let total: f64 = Source::ALL.iter().map(|source| against(*source)).sum();
    if total <= 0.0 {
        0.0
    } else {
        (1.0 - against(Source::Exogenous) / total).clamp(0.0, 1.0)
    }
}
