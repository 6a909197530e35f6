//! The delta map: the forced flow that the way from the present price to every level sets off, and what the books take
//! on that way.
//!
//! Going outward from the present price, F(y) is what nobody chose to trade until the price has moved by y in log: positions
//! that reach their liquidation price, holders who sell on a margin call, dealers who follow their delta, loans that fall
//! below a health factor of 1, stop orders, and what is due already. A(y) = ∫D is the order that moves all books by y. Whoever wants to
//! take the price to y must bring N(y) = A(y) − F(y). Where N falls, forced flow brings more than the books take: the price
//! goes on by itself until N is back where it was. In terms of the reproduction ratio R: N falls where R = F′/A′ > 1.
//!
//! A shock δ without an order ends at the smallest y with F(y) ≤ A(y) − A(δ) ([`predicted_move`]), so the smallest shock that
//! runs away is the one with A(δ) = N at the level where N turns.
//!
//! Positions count at their notional at the level where they go, as the liquidation engines sell them, and as if all of it
//! were sold on the books, which arbitrage joins: auctions, vaults and slow arbitrage bring less. Impact does not decay
//! meanwhile, which makes it an upper bound for a slow fall.

use cascade_scenario::{MarginCalls, VENUES_MAX};

use crate::forced::calls::{self, Calls};
use crate::market::books::Market;
use crate::measure::reproduction::WINDOW;
use crate::positions::contract::{Requirement, Side};
use crate::positions::venue::Contract;
use crate::traders::dealers::Dealers;
use crate::units::{Price, Usd};
use crate::world::World;

/// Distance of two levels in log price: that of the liquidation levels.
pub const LEVEL_STEP: f64 = crate::market::grid::PriceGrid::WIDTH;
/// How far the map reaches in log price: to half the price, and to twice as much.
pub const MAP_REACH: f64 = 0.7;

/// Forced flow by its cause, USD in the direction of the move; negative where it goes against the move.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ForcedFlow {
    /// Taken over by the liquidation engines, ordered by holders under call, missing in the dealers' hedge, or stop orders that were
    /// touched: due before the price moves at all.
    pub due: f64,
    /// Levered positions at their liquidation prices.
    pub liquidations: f64,
    /// Holders who answer a margin call by selling.
    pub deleveraging: f64,
    /// Dealers.
    pub hedging: f64,
    /// Coins that liquidators of loans trade.
    pub loans: f64,
    /// Stop orders at their levels.
    pub stops: f64,
}

impl ForcedFlow {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.parts().iter().sum()
    }

    /// In the order of the fields.
    pub const fn parts(&self) -> [f64; 6] {
        [
            self.due,
            self.liquidations,
            self.deleveraging,
            self.hedging,
            self.loans,
            self.stops,
        ]
    }
}

/// What the way to a level means.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MapLevel {
    /// Distance from the present price in log price, 0 or more.
    pub distance: f64,
    /// Forced flow until the price is there: F.
    pub flow: ForcedFlow,
    /// Liquidations by venue, USD.
    pub by_venue: [f64; VENUES_MAX],
    /// What the books take until the price is there, USD: A.
    pub absorbed: f64,
}

impl MapLevel {
    /// What somebody must bring to take the price there, USD: N = A − F. Negative: forced flow does it alone.
    pub fn push(&self) -> f64 {
        self.absorbed - self.flow.total()
    }
}

/// A stretch that the price covers by itself once it is at its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Runaway {
    /// Log distance at which forced flow begins to bring more than the books take.
    pub from: f64,
    /// Log distance at which the books have caught up; none if they do not within the map.
    pub to: Option<f64>,
    /// The order that takes the price to the beginning, USD.
    pub push: f64,
    /// The smallest shock that runs away, log: A(δ) = `push`. 0 if it needs none.
    pub shock: f64,
}

/// One direction of the map.
#[derive(Clone, Debug, Default)]
pub struct Outward {
    /// −1 for falls, 1 for rises.
    pub sign: f64,
    /// At even distances of [`LEVEL_STEP`], the present price first.
    pub levels: Vec<MapLevel>,
}

impl Outward {
    /// The way to a log distance, between two levels evenly; none beyond the map.
    pub fn at(&self, distance: f64) -> Option<MapLevel> {
        let place = distance / LEVEL_STEP;
        let (near, share) = (self.levels.get(place as usize)?, place.fract());
        let Some(far) = self.levels.get(place as usize + 1) else {
            return (share == 0.0).then_some(*near);
        };
        let mix = |a: f64, b: f64| a + (b - a) * share;
        let (a, b) = (near.flow.parts(), far.flow.parts());
        let [due, liquidations, deleveraging, hedging, loans, stops] =
            std::array::from_fn(|part| mix(a[part], b[part]));
        Some(MapLevel {
            distance,
            flow: ForcedFlow {
                due,
                liquidations,
                deleveraging,
                hedging,
                loans,
                stops,
            },
            by_venue: std::array::from_fn(|venue| mix(near.by_venue[venue], far.by_venue[venue])),
            absorbed: mix(near.absorbed, far.absorbed),
        })
    }

    /// The reproduction ratio were the price at a log distance: forced flow over depth in the half per cent beyond it.
    pub fn ratio_at(&self, distance: f64) -> Option<f64> {
        let (near, far) = (self.at(distance)?, self.at(distance + WINDOW)?);
        Some((far.flow.total() - near.flow.total()) / (far.absorbed - near.absorbed))
    }

    /// The nearest place from which the price runs on by itself for at least half a per cent: from where it stands, if more is
    /// due than the books take.
    pub fn runaway(&self) -> Option<Runaway> {
        let mut summit = Summit::default();
        let past = self.levels.iter().position(|level| summit.is_past(level))?;
        let to = self.levels[past..].iter().find(|level| level.push() >= summit.push);
        Some(Runaway {
            from: summit.distance,
            to: to.map(|level| level.distance),
            push: summit.push,
            shock: self.distance_absorbing(summit.push),
        })
    }

    /// The log distance over which the books take this many USD.
    fn distance_absorbing(&self, usd: f64) -> f64 {
        let next = self.levels.partition_point(|level| level.absorbed < usd);
        let (Some(far), Some(near)) = (self.levels.get(next), next.checked_sub(1)) else {
            return 0.0;
        };
        let near = &self.levels[near];
        near.distance + LEVEL_STEP * (usd - near.absorbed) / (far.absorbed - near.absorbed)
    }
}

/// The most that has to be brought on the way so far, and where.
#[derive(Clone, Copy, Debug, Default)]
struct Summit {
    distance: f64,
    push: f64,
}

impl Summit {
    /// Takes in the next level; whether less has been to be brought for half a per cent by now, so that the price runs on from
    /// the summit by itself.
    fn is_past(&mut self, level: &MapLevel) -> bool {
        if level.push() >= self.push {
            *self = Self {
                distance: level.distance,
                push: level.push(),
            };
        }
        level.distance - self.distance >= WINDOW - LEVEL_STEP / 2.0
    }
}

/// The map of one asset.
#[derive(Clone, Debug, Default)]
pub struct DeltaMap {
    /// The price distances are measured from: the index. Positions count from their venue's mark.
    pub price: f64,
    /// Falls.
    pub down: Outward,
    /// Rises.
    pub up: Outward,
}

impl DeltaMap {
    /// Draws the map up to a log distance of `reach` both ways.
    pub fn new(world: &World, dealers: &Dealers, calls: &Calls, reach: f64) -> Self {
        let outward = |side: Side| Outward {
            sign: -side.sign(),
            levels: Walk::new(world, dealers, calls, side)
                .take((reach.min(MAP_REACH) / LEVEL_STEP).round() as usize + 1)
                .collect(),
        };
        Self {
            price: world.market.price_at(world.market.index_level().log_price()).get(),
            down: outward(Side::Long),
            up: outward(Side::Short),
        }
    }

    /// The direction in which a price lies, and its log distance.
    pub fn towards(&self, price: f64) -> (&Outward, f64) {
        let log = libm::log(price / self.price);
        (if log < 0.0 { &self.down } else { &self.up }, log.abs())
    }
}

/// Where a shock of this log size would end if the impact never decayed: the smallest y with F(y) ≤ A(y) − A(δ), as a log
/// move. None if nothing stops it within the map.
pub(crate) fn predicted_move(world: &World, dealers: &Dealers, calls: &Calls, log_size: f64) -> Option<f64> {
    let side = if log_size < 0.0 { Side::Long } else { Side::Short };
    let end = end(
        &world.market,
        side,
        way(world, dealers, calls, side),
        log_size.abs(),
        Usd::ZERO,
    )?;
    Some(-side.sign() * end)
}

/// Whether a shock of this log size runs away: it takes the price to a place from which it goes on by itself for at least half a
/// per cent ([`Outward::runaway`]), or nothing stops it within the map.
pub(crate) fn runs_away(world: &World, dealers: &Dealers, calls: &Calls, log_size: f64) -> bool {
    let side = if log_size < 0.0 { Side::Long } else { Side::Short };
    let brought = absorbed(&world.market, 0.0, log_size).get();
    let mut summit = Summit::default();
    for level in way(world, dealers, calls, side) {
        if summit.is_past(&level) {
            return true;
        }
        if level.push() > brought {
            return false;
        }
    }
    true
}

/// The levels on the way of a move against a side, from the present price outward, as far as the map reaches.
pub(crate) fn way<'a>(
    world: &'a World,
    dealers: &'a Dealers,
    calls: &Calls,
    side: Side,
) -> impl Iterator<Item = MapLevel> + use<'a> {
    Walk::new(world, dealers, calls, side).take((MAP_REACH / LEVEL_STEP).round() as usize)
}

/// The log distance at which a move against a side ends that begins with a shock: the smallest y with
/// F(y) + forced ≤ A(y) − A(δ), `forced` what others are forced to trade in the direction of the move. None if nothing
/// stops it on the way.
pub(crate) fn end(
    market: &Market,
    side: Side,
    way: impl IntoIterator<Item = MapLevel>,
    shock: f64,
    forced: Usd,
) -> Option<f64> {
    let sign = -side.sign();
    let mut before: Option<(f64, f64)> = None;
    for level in way {
        let taken = absorbed(market, sign * shock, sign * level.distance.max(shock));
        let left = (taken - Usd::new(level.flow.total()) - forced).get();
        if level.distance >= shock && left >= 0.0 {
            // Between two levels flow and depth grow evenly.
            let end = match before {
                Some((distance, missing)) if missing < 0.0 => {
                    distance + (level.distance - distance) * missing / (missing - left)
                }
                _ => shock,
            };
            return Some(end.max(shock));
        }
        before = Some((level.distance, left));
    }
    None
}

/// The orders, without their sign, that take all books from one log move of the present price to another.
fn absorbed(market: &Market, from: f64, to: f64) -> Usd {
    let books = market.book_ids();
    books.map(|book| market.orders_between(book, from, to).abs()).sum()
}

/// Goes outward level by level.
struct Walk<'a> {
    world: &'a World,
    dealers: &'a Dealers,
    side: Side,
    index: usize,
    flow: ForcedFlow,
    by_venue: [f64; VENUES_MAX],
    /// Notional still held by those who have begun to sell on call, by venue and contract.
    selling: [[Usd; 2]; VENUES_MAX],
}

impl<'a> Walk<'a> {
    fn new(world: &'a World, dealers: &'a Dealers, calls: &Calls, side: Side) -> Self {
        let sign = side.sign();
        let queued = |side| -> Usd {
            world
                .venues
                .ids()
                .map(|venue| world.venues.queued_side_at(venue, side))
                .sum()
        };
        let ordered = calls.ordered(&world.market, &world.venues, side)
            - calls.ordered(&world.market, &world.venues, side.opposite());
        let stopped = world.stops.waiting(&world.market, side) - world.stops.waiting(&world.market, side.opposite());
        let due = queued(side) - queued(side.opposite()) + ordered + stopped
            - sign * dealers.missing(&world.moment, &world.market, &world.venues);
        let mut walk = Self {
            world,
            dealers,
            side,
            index: 0,
            flow: ForcedFlow {
                due: due.get(),
                ..ForcedFlow::default()
            },
            by_venue: [0.0; VENUES_MAX],
            selling: [[Usd::ZERO; 2]; VENUES_MAX],
        };
        // What lies beyond the mark already, because the mark has moved since the engines looked.
        walk.positions(None, 0.0);
        walk.flow.stops = world.stops.between_in_all(&world.market, side, None, 0.0).get();
        walk
    }

    fn move_at(&self, distance: f64) -> f64 {
        -self.side.sign() * distance
    }

    /// Everything between two distances; all up to the second one without a first.
    fn advance(&mut self, near: f64, far: f64) {
        self.positions(Some(near), far);
        let (from, to) = (self.move_at(near), self.move_at(far));
        let hedged = self
            .dealers
            .flow_between(&self.world.moment, &self.world.market, from, to);
        self.flow.hedging -= self.side.sign() * hedged.get();
        if self.world.moment.parameters.lending.enabled
            && let Some(pool) = &self.world.lending
            && pool.borrowed.order_sign() == -self.side.sign()
        {
            self.flow.loans += pool.flow_between(near, far).get();
        }
        let World { stops, market, .. } = self.world;
        self.flow.stops += stops.between_in_all(market, self.side, Some(near), far).get();
    }

    fn positions(&mut self, near: Option<f64>, far: f64) {
        for (index, venue) in self.world.venues.iter().enumerate() {
            let at = |distance: f64| venue.mark * libm::exp(self.move_at(distance));
            let stretch = Stretch {
                side: self.side,
                mark: venue.mark,
                near: near.map(at),
                far: at(far),
            };
            for contract in &venue.contracts {
                let selling = &mut self.selling[index][contract.kind as usize];
                let (liquidated, sold) = stretch.flow(contract, &self.world.moment.parameters.margin_calls, selling);
                self.by_venue[index] += liquidated.get();
                self.flow.liquidations += liquidated.get();
                self.flow.deleveraging += sold.get();
            }
        }
    }
}

/// A stretch of a venue's mark price.
#[derive(Clone, Copy)]
struct Stretch {
    side: Side,
    mark: Price,
    /// Where it begins; none for everything up to its end.
    near: Option<Price>,
    far: Price,
}

impl Stretch {
    /// What a contract's holders lose and sell on the stretch. `selling` is the notional of those who have begun to sell
    /// on call: they are not liquidated, because every call takes them a little further from it, on the same share of what
    /// is left.
    fn flow(&self, contract: &Contract, settings: &MarginCalls, selling: &mut Usd) -> (Usd, Usd) {
        let (book, kind, funding) = (contract.side(self.side), contract.kind, contract.funding);
        let all = match self.near {
            Some(near) => book.resting_between(kind, funding, near, self.far),
            None => book.resting_until(kind, funding, self.far),
        };
        if !settings.enabled {
            return (all, Usd::ZERO);
        }
        let levels = calls::levels(settings);
        let threshold = |rule: &Requirement, multiple: f64, price: Price| {
            calls::threshold(rule, multiple, kind.value(price), self.side, funding)
        };
        // Top-ups that are still on their way when the next level is reached come too late.
        let in_time = settings.collateral_latency == 0.0;
        let answering = settings.deleverage_share + if in_time { settings.top_up_share } else { 0.0 };
        // Whoever stands beyond the call at the present mark has been called before, and waits.
        let answered = book.resting(kind, self.middle(), |rule| {
            let called = threshold(rule, levels.call, self.mark);
            let near = self.near.map_or(called, |near| threshold(rule, 1.0, near).max(called));
            (near, threshold(rule, 1.0, self.far).max(called))
        });
        let liquidated = all - answering.min(1.0) * answered;
        let Some(near) = self.near else {
            return (liquidated, Usd::ZERO);
        };
        let called = book.resting(kind, self.middle(), |rule| {
            (
                threshold(rule, levels.call, near),
                threshold(rule, levels.call, self.far),
            )
        });
        let (called, kept) = (settings.deleverage_share * called, levels.call / levels.target);
        // From the target back to the call the equity falls by (target − call)·m of the notional.
        let rate = book.tiers.first().map_or(0.0, |tier| tier.requirement.unit_share());
        let calls_on_the_way = LEVEL_STEP / ((levels.target - levels.call) * rate);
        let held = libm::pow(kept, calls_on_the_way);
        let sold = *selling * (1.0 - held) + called * (1.0 - kept);
        *selling = *selling * held + called * kept;
        (liquidated, sold)
    }

    /// The price at which its positions count.
    fn middle(&self) -> Price {
        self.near.map_or(self.far, |near| near.geometric_mean(self.far))
    }
}

impl Iterator for Walk<'_> {
    type Item = MapLevel;

    fn next(&mut self) -> Option<MapLevel> {
        let distance = self.index as f64 * LEVEL_STEP;
        if self.index > 0 {
            self.advance((self.index - 1) as f64 * LEVEL_STEP, distance);
        }
        self.index += 1;
        Some(MapLevel {
            distance,
            flow: self.flow,
            by_venue: self.by_venue,
            absorbed: absorbed(&self.world.market, 0.0, self.move_at(distance)).get(),
        })
    }
}

#[cfg(test)]
mod tests;
