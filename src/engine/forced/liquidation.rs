//! Liquidation engines: scan for positions below their maintenance margin, queue them, and close them on the venue's book
//! as fast as throttle and book allow.

use cascade_scenario::{BookId, Route, VENUES_MAX, VenueId};

use crate::clock::Moment;
use crate::forced::batch::Batch;
use crate::forced::breakers::Breakers;
use crate::forced::calls::Calls;
use crate::forced::closing::Closing;
use crate::forced::outlet::Outlet;
use crate::forced::queue::take_batch;
use crate::forced::route;
use crate::forced::staggered;
use crate::forced::waterfall::Waterfall;
use crate::market::books::Market;
use crate::market::grid::Clusters;
use crate::market::grid::PriceGrid;
use crate::market::source::{BySource, Source};
use crate::pace::Pace;
use crate::positions::contract::{ContractKind, ContractSide, Position, Side};
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::units::Usd;

/// The engines of all venues.
#[derive(Clone, Debug)]
pub(crate) struct Liquidation {
    /// Causes of each venue's mark at its last scan: what moved it since is what set off the liquidations found.
    seen: [BySource; VENUES_MAX],
    /// What each venue may still liquidate.
    allowance: [Usd; VENUES_MAX],
    /// When the engines look.
    pub pace: Pace,
    waterfall: Waterfall,
    /// The positions a scan finds on one side, before they are taken over.
    reached: Vec<(Position, Option<f64>)>,
}

impl Liquidation {
    /// Nothing queued.
    pub(crate) fn new(moment: &Moment, market: &Market, venues: &Venues) -> Self {
        let mut engine = Self {
            seen: [BySource::default(); VENUES_MAX],
            allowance: [Usd::INFINITY; VENUES_MAX],
            pace: Pace::default(),
            waterfall: Waterfall::default(),
            reached: Vec::new(),
        };
        for venue in venues.ids() {
            engine.seen[venue.index()] = mark_causes(moment, market, venue);
        }
        engine
    }

    /// One round: takes over what has fallen below its maintenance margin and closes what may be closed now. Returns whether
    /// anything happened.
    pub(crate) fn act(
        &mut self,
        at: &mut Closing<'_>,
        realised: &mut Clusters,
        grid: PriceGrid,
        breakers: &Breakers,
        calls: &mut Calls,
    ) -> bool {
        let found = self.scan(at.moment, at.market, at.venues, at.tally, realised, grid);
        let executed = self.execute(at, breakers, calls);
        found || executed
    }

    /// Lets positions be closed whose execution latency is over, and gives every venue what the throttle allows since its engine
    /// looked last.
    pub(crate) fn begin_step(&mut self, moment: &Moment, venues: &mut Venues) {
        settle(moment, venues);
        let throttle = &moment.parameters.throttle;
        if throttle.enabled {
            let shares = crate::positions::population::venue_shares(&moment.parameters);
            for (allowance, share) in self.allowance.iter_mut().zip(shares) {
                let saved = if self.pace.looked() || allowance.get().is_infinite() {
                    Usd::ZERO
                } else {
                    *allowance
                };
                *allowance = saved + Usd::new(throttle.cap) * moment.dt() * share;
            }
        } else {
            self.allowance.fill(Usd::INFINITY);
        }
        self.pace.begin_step(moment.dt(), moment.parameters.execution.interval);
    }

    /// The rounds are over: what the waterfall settles once a step.
    pub(crate) fn end_step(&mut self, moment: &Moment, venues: &mut Venues, tally: &mut Tally) {
        self.waterfall.end_step(moment, venues, tally);
    }

    /// What a venue may still liquidate.
    pub(crate) const fn allowance(&self, venue: VenueId) -> Usd {
        self.allowance[venue.index()]
    }

    /// Counts a liquidation that was executed elsewhere.
    pub(crate) fn use_allowance(&mut self, venue: VenueId, notional: Usd) {
        self.allowance[venue.index()] -= notional;
    }

    /// Takes over every position whose key its ladder's threshold has reached.
    fn scan(
        &mut self,
        moment: &Moment,
        market: &Market,
        venues: &mut Venues,
        tally: &mut Tally,
        realised: &mut Clusters,
        grid: PriceGrid,
    ) -> bool {
        let parameters = moment.parameters;
        let at_once = moment.parameters.execution.latency == 0.0;
        let mut reached = std::mem::take(&mut self.reached);
        let mut found = 0;
        for id in venues.ids() {
            if venues[id].is_out {
                continue;
            }
            let causes = mark_causes(moment, market, id);
            let venue = &mut venues[id];
            let mark = venue.mark;
            for contract in &mut venue.contracts {
                let value = contract.kind.value(mark);
                let funding = contract.funding;
                for book in &mut contract.sides {
                    let (mut taken, mut notional) = (0, Usd::ZERO);
                    for tier in 0..book.tiers.len() {
                        let threshold = book.tiers[tier].requirement.threshold(value, book.side, funding);
                        while let Some((key, position)) = book.tiers[tier].ladder.pop_reached(threshold) {
                            taken += 1;
                            let kind = contract.kind;
                            if book.tiers[tier].is_due_to_tightening(key, &position, threshold, value) {
                                tally.tightened += kind.notional(position.quantity, mark);
                            }
                            let tranche = staggered::first_tranche(&parameters, kind, book, &position, mark, funding);
                            notional += kind.notional(tranche.unwrap_or(position.quantity), mark);
                            reached.push((position, tranche));
                        }
                    }
                    for (position, tranche) in reached.drain(..) {
                        if at_once {
                            book.take_over(position, tranche);
                        } else {
                            book.settle_later(position, tranche, moment.step);
                        }
                    }
                    if taken == 0 {
                        continue;
                    }
                    found += taken;
                    tally.liquidations += taken;
                    tally.offspring += taken as f64 * forced_share(&self.seen[id.index()], &causes, book.side);
                    if let Some(level) = grid.level(mark.get()) {
                        let levels = match book.side {
                            Side::Long => &mut realised.longs,
                            Side::Short => &mut realised.shorts,
                        };
                        levels[level] += notional.get();
                    }
                }
            }
            self.seen[id.index()] = causes;
        }
        self.reached = reached;
        venues.version += u64::from(found > 0);
        found > 0
    }

    /// Closes what is queued: off the book as far as the route in force takes it, the rest by one order a book, side and
    /// contract, as large as the allowance, the breakers and the largest move per round permit; tranches are an order of
    /// their own, always on the book. What room is left goes to holders under margin call.
    fn execute(&mut self, at: &mut Closing<'_>, breakers: &Breakers, calls: &mut Calls) -> bool {
        let mut executed = false;
        for venue in at.venues.ids() {
            for side in Side::BOTH {
                let mut room = breakers.order_limit(at.moment, at.market, venue, -side.sign());
                for kind in ContractKind::BOTH {
                    let place = ContractSide { venue, kind, side };
                    // Once a round, and once for every lot: what little room a batch leaves must not be asked for again.
                    let lots = at.venues[venue].contracts[kind as usize].side(side).lots.len();
                    for _ in 0..=lots {
                        let allowance = self.allowance[venue.index()];
                        let Some((batch, outlet)) =
                            route::take_over(at.moment, at.market, at.pool.as_ref(), at.venues, place, allowance)
                        else {
                            break;
                        };
                        self.close(at, &batch, outlet);
                        executed = true;
                    }
                    let limit = room.min(self.allowance[venue.index()]);
                    if let Some(batch) = take_batch(at.moment, at.market, at.venues, place, limit) {
                        room -= batch.notional;
                        let route = at.moment.parameters.route_at(venue);
                        at.tally.spilled = (route != Route::OrderBook).then_some(route).or(at.tally.spilled);
                        self.close(at, &batch, Outlet::Book);
                        executed = true;
                    }
                    let tranches = staggered::sell(
                        at.moment,
                        at.market,
                        at.venues,
                        place,
                        room.min(self.allowance[venue.index()]),
                    );
                    room -= tranches;
                    self.allowance[venue.index()] -= tranches;
                    at.tally.liquidated[venue.index()][side as usize] += tranches;
                    at.tally.routes.add(Outlet::Book, tranches);
                    executed |= tranches > Usd::ZERO;
                }
                executed |= calls.sell(at.market, at.venues, at.tally, venue, side, room);
            }
        }
        executed
    }

    fn close(&mut self, at: &mut Closing<'_>, batch: &Batch, outlet: Outlet) {
        self.allowance[batch.venue.index()] -= batch.notional;
        at.tally.liquidated[batch.venue.index()][batch.side as usize] += batch.notional;
        self.waterfall.settle(at, batch, outlet);
    }

    /// Notional taken over and not yet closed, at the marks.
    pub(crate) fn queued(venues: &Venues) -> Usd {
        venues.sum_contracts(|contract, mark| {
            contract
                .sides
                .iter()
                .map(|book| contract.kind.notional(book.waiting_units(), mark))
                .sum::<Usd>()
        })
    }
}

/// Positions whose execution latency is over may be closed from now on.
fn settle(moment: &Moment, venues: &mut Venues) {
    let Some(latest) = moment.started_by(moment.parameters.execution.latency) else {
        return;
    };
    let contracts = venues.iter_mut().flat_map(|venue| &mut venue.contracts);
    for book in contracts.flat_map(|contract| &mut contract.sides) {
        if !book.settling.is_empty() {
            book.settle_until(latest);
        }
    }
}

/// The causes of a venue's mark, in log price: the index's and its own book's, weighted like the mark.
fn mark_causes(moment: &Moment, market: &Market, venue: VenueId) -> BySource {
    let weight = moment.parameters.mark_weight_at(venue);
    let mut level = market.index_level();
    level.scale(weight);
    level.add_scaled(&market.level(BookId::of(venue)), 1.0 - weight);
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
