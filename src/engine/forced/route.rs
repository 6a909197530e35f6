//! Where liquidated positions go instead of the venue's own book: bidders of a Dutch auction or a backstop vault take them
//! over at a discount to the mark, without a print, and unwind them on the book later; or an automated market maker takes
//! them at its own price, which arbitrage carries to the books. What a route cannot take spills to the book.

use std::ops::Index;

use enum_map::{Enum, EnumMap};
use serde::{Serialize, Serializer};
use strum::VariantArray;

use cascade_scenario::{BookId, Parameters, Route, VenueId};

use crate::forced::liquidation;
use crate::forced::waterfall::{Batch, Part};
use crate::market::source::{BySource, Source};
use crate::positions::contract::{ContractKind, Position, Side};
use crate::positions::venue::{Account, SideBook, Totals};
use crate::world::World;

/// Room for less than this share of a taker's capacity counts as none.
const NEGLIGIBLE: f64 = 1e-6;
/// An inventory below this notional in USD is unwound at once.
const REMNANT: f64 = 1.0;

/// Who takes positions over off the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, VariantArray)]
pub enum BackstopBuyer {
    /// Those who provide the automated market maker's liquidity.
    Pool,
    /// Bidders in the Dutch auction.
    Bidders,
    /// The backstop vault.
    Vault,
}

impl BackstopBuyer {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Seconds over which an inventory is unwound on the book; none for the pool, which waits for arbitrage.
    const fn unwinding_time(self, parameters: &Parameters) -> Option<f64> {
        match self {
            Self::Pool => None,
            Self::Bidders => Some(parameters.auction.unwind),
            Self::Vault => Some(parameters.vault.unwind),
        }
    }
}

/// Where a batch is closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlet {
    /// By an order in the venue's book.
    Book,
    /// Sold to the pool of the automated market maker.
    Pool,
    /// Handed to a taker at this value of a unit.
    BackstopBuyer(BackstopBuyer, f64),
}

impl Outlet {
    /// The route that a batch goes by.
    const fn route(self) -> Route {
        match self {
            Self::Book => Route::OrderBook,
            Self::Pool | Self::BackstopBuyer(BackstopBuyer::Pool, _) => Route::Amm,
            Self::BackstopBuyer(BackstopBuyer::Bidders, _) => Route::Auction,
            Self::BackstopBuyer(BackstopBuyer::Vault, _) => Route::Vault,
        }
    }
}

/// What a route's sales are in the attribution of the price.
const fn printed_as(route: Route) -> Source {
    match route {
        Route::OrderBook => Source::Liquidations,
        Route::Amm => Source::Pool,
        Route::Auction | Route::Vault => Source::Unwinding,
    }
}

/// A number a route, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ByRoute(EnumMap<Route, f64>);

impl Index<Route> for ByRoute {
    type Output = f64;

    fn index(&self, route: Route) -> &f64 {
        &self.0[route]
    }
}

impl Serialize for ByRoute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(route, number)| (route.name().replace('-', "_"), number)),
        )
    }
}

impl ByRoute {
    /// Adds what went through an outlet.
    pub fn add(&mut self, outlet: Outlet, notional: f64) {
        self.0[outlet.route()] += notional;
    }

    /// Adds another record.
    pub fn absorb(&mut self, other: &Self) {
        for (route, number) in other.0 {
            self.0[route] += number;
        }
    }

    /// The spot's log-price move per USD of each route, given the largest part of the price that every source ever had.
    pub fn spot_impact(&self, largest: &BySource) -> ImpactByRoute {
        let per_usd = |source: Source| {
            let routes = self.0.iter().filter(|(route, _)| printed_as(*route) == source);
            let notional: f64 = routes.map(|(_, number)| number).sum();
            (notional > 0.0).then(|| largest[source] / notional)
        };
        ImpactByRoute {
            order_book: per_usd(Source::Liquidations),
            amm: per_usd(Source::Pool),
            taken_over: per_usd(Source::Unwinding),
        }
    }

    /// What did not print on a book when it was liquidated.
    pub fn off_book(&self) -> f64 {
        let routes = self.0.iter().filter(|(route, _)| *route != Route::OrderBook);
        routes.map(|(_, number)| number).sum()
    }
}

/// Log-price move of the spot per USD liquidated; none for a route that took nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ImpactByRoute {
    /// Sold on the venues' books.
    pub order_book: Option<f64>,
    /// Sold to the automated market maker.
    pub amm: Option<f64>,
    /// Taken by bidders and vault, and unwound since.
    pub taken_over: Option<f64>,
}

/// Positions on auction together.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// Step in which they were first offered.
    pub started: u64,
    /// Sums over the positions.
    pub totals: Totals,
    /// The positions.
    pub positions: Vec<Position>,
}

/// The next batch that the route in force takes over off the book, at most `limit` USD, and where it goes.
pub fn take_over(
    world: &mut World,
    venue: VenueId,
    kind: ContractKind,
    side: Side,
    limit: f64,
) -> Option<(Batch, Outlet)> {
    if world.market.books[BookId::of(venue)].halted {
        return None;
    }
    let route = world.parameters.route_at(venue);
    let step = world.step;
    let book = world.venues[venue].contracts[kind as usize].side_mut(side);
    if route == Route::Auction {
        offer(book, step);
    }
    if let Some(sold) = sell_lot(world, venue, kind, side, limit) {
        return Some(sold);
    }
    match route {
        Route::OrderBook | Route::Auction => None,
        Route::Amm => sell_to_pool(world, venue, kind, side, limit),
        Route::Vault => hand_to_vault(world, venue, kind, side, limit),
    }
}

fn sell_to_pool(
    world: &mut World,
    venue: VenueId,
    kind: ContractKind,
    side: Side,
    limit: f64,
) -> Option<(Batch, Outlet)> {
    let bound = world.venues[venue].mark * (1.0 - side.sign() * world.parameters.amm.slippage_limit);
    let pool = world.pool.as_ref()?;
    let price = world.market.books[BookId::of(venue)].price;
    let room = kind.notional_usd(pool.room(kind, side.sign(), bound), price);
    if room <= NEGLIGIBLE * pool.usd {
        return None;
    }
    let batch = liquidation::take_batch(world, venue, kind, side, limit.min(room))?;
    Some((batch, Outlet::Pool))
}

fn hand_to_vault(
    world: &mut World,
    venue: VenueId,
    kind: ContractKind,
    side: Side,
    limit: f64,
) -> Option<(Batch, Outlet)> {
    let room = vault_room(world);
    if room <= NEGLIGIBLE * world.parameters.vault.capital {
        return None;
    }
    let discount = world.parameters.vault.discount;
    let batch = liquidation::take_batch(world, venue, kind, side, limit.min(room))?;
    let value = discounted(world, &batch, discount);
    Some((batch, Outlet::BackstopBuyer(BackstopBuyer::Vault, value)))
}

/// Puts the queue on auction, as one lot a step.
fn offer(book: &mut SideBook, step: u64) {
    if book.queue.is_empty() {
        return;
    }
    let mut totals = Totals::default();
    for position in &book.queue {
        totals.add(position);
    }
    let positions = book.queue.drain(..);
    match book.lots.back_mut().filter(|lot| lot.started == step) {
        Some(lot) => {
            lot.totals.absorb(&totals);
            lot.positions.extend(positions);
        }
        None => book.lots.push_back(Lot {
            started: step,
            totals,
            positions: positions.collect(),
        }),
    }
}

/// Sells what bidders want of the oldest lot. It has the largest discount: if they want none of it they want no other.
fn sell_lot(world: &mut World, venue: VenueId, kind: ContractKind, side: Side, limit: f64) -> Option<(Batch, Outlet)> {
    let price = world.market.books[BookId::of(venue)].price;
    let oldest = world.venues[venue].contracts[kind as usize].side(side).lots.front()?;
    let started = oldest.started;
    let discount = discount_at(world, started);
    let room = bidders_room(world, discount);
    if room <= NEGLIGIBLE * world.parameters.auction.capacity {
        return None;
    }
    let book = world.venues[venue].contracts[kind as usize].side_mut(side);
    let (totals, notional, parts) = take_lots(book, kind, price, limit.min(room), Some(started));
    if book.nothing_queued() {
        book.queued = 0.0;
    } else {
        book.queued -= totals.quantity;
    }
    let batch = Batch {
        venue,
        kind,
        side,
        totals,
        notional,
        parts,
    };
    let value = discounted(world, &batch, discount);
    (notional > 0.0).then_some((batch, Outlet::BackstopBuyer(BackstopBuyer::Bidders, value)))
}

/// Takes at most `limit` USD of the lots that were offered in step `latest` or before, the last one in part if need be.
/// Returns their sums and notional, and what is taken of each.
pub fn take_lots(
    book: &mut SideBook,
    kind: ContractKind,
    price: f64,
    limit: f64,
    latest: Option<u64>,
) -> (Totals, f64, Vec<Part>) {
    let (mut totals, mut notional, mut parts) = (Totals::default(), 0.0, Vec::new());
    while let Some(lot) = book
        .lots
        .front_mut()
        .filter(|lot| latest.is_some_and(|step| lot.started <= step))
    {
        let size = kind.notional_usd(lot.totals.quantity, price);
        let room = limit - notional;
        if size <= room {
            totals.absorb(&lot.totals);
            notional += size;
            parts.extend(lot.positions.drain(..).map(|position| Part { position, last: true }));
            book.lots.pop_front();
        } else {
            if room > 1e-12 * limit {
                let share = room / size;
                totals.absorb(&lot.totals.split(share));
                let split = lot.positions.iter_mut().map(|position| position.split(share));
                parts.extend(split.map(|position| Part { position, last: false }));
                notional = limit;
            }
            break;
        }
    }
    (totals, notional, parts)
}

/// The last step whose lots are now at least so many seconds old.
pub fn started_by(world: &World, age_seconds: f64) -> Option<u64> {
    world.step.checked_sub(libm::ceil(age_seconds / world.dt()) as u64)
}

/// Discount at which a lot is offered now: start + (floor − start)·min(1, age/duration).
fn discount_at(world: &World, started: u64) -> f64 {
    let auction = &world.parameters.auction;
    let age = (world.step - started) as f64 * world.dt();
    let floor = auction.floor_discount.max(auction.start_discount);
    auction.start_discount + (floor - auction.start_discount) * (age / auction.duration).min(1.0)
}

/// Value of a unit at the mark less a discount for a long, at the mark plus it for a short.
fn discounted(world: &World, batch: &Batch, discount: f64) -> f64 {
    let mark = world.venues[batch.venue].mark;
    batch.kind.value(mark * (1.0 - batch.side.sign() * discount))
}

/// What bidders still buy at a discount, USD.
fn bidders_room(world: &World, discount: f64) -> f64 {
    let auction = &world.parameters.auction;
    let willing = if discount < auction.full_demand_discount {
        discount / auction.full_demand_discount
    } else {
        1.0
    };
    auction.capacity * willing - inventory(world, BackstopBuyer::Bidders)
}

fn vault_room(world: &World) -> f64 {
    world.parameters.vault.capital + profit(world, BackstopBuyer::Vault) - inventory(world, BackstopBuyer::Vault)
}

/// Notional of a taker's positions, longs and shorts alike, USD at the marks.
pub fn inventory(world: &World, taker: BackstopBuyer) -> f64 {
    let futures = world.sum_contracts(|contract, mark| {
        let held = contract.takers[taker].quantity.abs();
        contract.kind.notional_usd(held, mark)
    });
    let spot = world.market.books[BookId::SPOT].price;
    futures + coins_of(world, taker).map_or(0.0, |coins| coins.quantity.abs() * spot)
}

/// Coins that a taker has bought from liquidators of loans: only the pool does.
fn coins_of(world: &World, taker: BackstopBuyer) -> Option<Account> {
    let pool = world.pool.as_ref().filter(|_| taker == BackstopBuyer::Pool)?;
    Some(pool.spot)
}

/// What a taker has gained so far, USD at the marks.
pub fn profit(world: &World, taker: BackstopBuyer) -> f64 {
    let futures = world.sum_contracts(|contract, mark| {
        let account = &contract.takers[taker];
        account.worth(contract.kind.value(mark)) * contract.kind.usd_per_settlement(mark)
    });
    let spot = world.market.books[BookId::SPOT].price;
    futures + coins_of(world, taker).map_or(0.0, |coins| coins.worth(spot))
}

/// Every taker sells this step's part of its inventory on the book; no round moves a book further than it may.
pub fn unwind(world: &mut World) {
    for venue in world.venue_ids() {
        if world.market.books[BookId::of(venue)].halted {
            continue;
        }
        let mut room = [1.0, -1.0].map(|sign| world.market.order_limit(BookId::of(venue), sign));
        for &taker in BackstopBuyer::ALL {
            for kind in ContractKind::BOTH {
                let held = world.venues[venue].contracts[kind as usize].takers[taker].quantity;
                if let Some(seconds) = taker.unwinding_time(&world.parameters).filter(|_| held != 0.0) {
                    let left = &mut room[usize::from(held > 0.0)];
                    *left -= unwind_one(world, venue, taker, kind, seconds, *left);
                }
            }
        }
    }
}

/// Sells a part of one inventory, at most `room` USD of it. Returns the notional sold.
fn unwind_one(
    world: &mut World,
    venue: VenueId,
    taker: BackstopBuyer,
    kind: ContractKind,
    seconds: f64,
    room: f64,
) -> f64 {
    let book = BookId::of(venue);
    let held = world.venues[venue].contracts[kind as usize].takers[taker].quantity;
    let notional = kind.notional_usd(held, world.market.books[book].price);
    let share = if notional.abs() < REMNANT {
        1.0
    } else {
        let due = -libm::expm1(-world.dt() / seconds);
        due.min(room.max(0.0) / notional.abs())
    };
    let fill = world.market.execute(book, -share * notional, Source::Unwinding);
    let value = kind.value(fill.price);
    let contract = &mut world.venues[venue].contracts[kind as usize];
    let sold = if share == 1.0 { held } else { share * held };
    contract.takers[taker].buy(-sold, value);
    contract.counterparty.buy(sold, value);
    world.tally.unwound += share * notional.abs();
    share * notional.abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Placement, Position, Simulation};
    use cascade_scenario::{AssetId, Scenario, Shock};

    const FALLEN: f64 = 89_400.0;

    /// Ten coins long at 100,000 with a margin of 110,000: liquidated below 89,447; news takes the price to 89,400 in the
    /// first step, and nothing else moves it.
    fn liquidated_long(settings: &[(&str, f64)]) -> Simulation {
        let mut scenario = Scenario::default();
        let quiet = [
            ("market.volatility", 0.0),
            ("venues.count", 1.0),
            ("funding.enabled", 0.0),
        ];
        for (path, value) in quiet.iter().chain(settings) {
            scenario.set(path, *value).unwrap();
        }
        let position = Position {
            id: 0,
            quantity: 10.0,
            entry: 100_000.0,
            margin: 110_000.0,
        };
        let placement = Placement {
            venue: VenueId::FIRST,
            kind: ContractKind::Linear,
            side: Side::Long,
            tier: 0,
            position,
        };
        let mut simulation = Simulation::with_positions(&scenario, &[placement]).unwrap();
        simulation.shock(&Shock {
            size: Some(FALLEN / 100_000.0 - 1.0),
            over_steps: Some(1),
            ..Shock::default()
        });
        simulation
    }

    fn account(simulation: &Simulation, taker: BackstopBuyer) -> Account {
        simulation.assets[0].world.venues[0].contracts[0].takers[taker]
    }

    fn printed(simulation: &Simulation, source: Source) -> f64 {
        simulation.assets[0].observation().attribution[source]
    }

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found}, expected {expected}");
    }

    #[test]
    fn the_vault_takes_over_at_a_discount_and_unwinds_over_time() {
        let mut simulation = liquidated_long(&[
            ("routes.route", 3.0),
            ("vault.discount", 0.002),
            ("vault.unwind", 100.0),
        ]);
        simulation.step();
        let held = account(&simulation, BackstopBuyer::Vault);
        assert_eq!(held.quantity, 10.0);
        near(-held.cash, 10.0 * FALLEN * 0.998);
        assert_eq!(printed(&simulation, Source::Unwinding), 0.0);
        let seen = *simulation.assets[0].observation();
        near(seen.routes[Route::Vault], 10.0 * FALLEN);
        near(seen.takers_profit, 10.0 * FALLEN * 0.002);
        // The fund has the rest of the margin: fill less bankruptcy price.
        near(seen.insurance_fund, 1e8 + 10.0 * (FALLEN * 0.998 - 89_000.0));
        (0..5).for_each(|_| simulation.step());
        near(
            account(&simulation, BackstopBuyer::Vault).quantity,
            10.0 * libm::exp(-0.5),
        );
        assert!(printed(&simulation, Source::Unwinding) < 0.0 && simulation.assets[0].observation().unwound > 0.0);
        assert_eq!(printed(&simulation, Source::Liquidations), 0.0);
        (0..400).for_each(|_| simulation.step());
        assert_eq!(simulation.assets[0].observation().taken_over, 0.0);
        let unwound = simulation.summary_of(AssetId::FIRST).unwound_notional_usd;
        assert!(unwound < 10.0 * FALLEN && unwound > 9.99 * FALLEN, "{unwound}");
    }

    #[test]
    fn a_full_vault_spills_to_the_book() {
        let mut simulation = liquidated_long(&[
            ("routes.route", 3.0),
            ("vault.capital", 4e5),
            ("vault.discount", 0.0),
            ("liquidity.max_move_per_round", 1.0),
        ]);
        simulation.step();
        let routes = simulation.assets[0].observation().routes;
        near(routes[Route::Vault], 4e5);
        near(routes[Route::OrderBook], 10.0 * FALLEN - 4e5);
        assert!(printed(&simulation, Source::Liquidations) < 0.0);
        let full = |entry: &crate::LogEntry| entry.to_string().contains("vault is full");
        assert!(simulation.log().iter().any(full));
    }

    /// The discount rises by a percentage point a step; bidders who need 1 % hold half of what all hold at 2 %.
    #[test]
    fn bidders_take_a_lot_when_the_discount_reaches_what_they_need() {
        let auction = |capacity: f64| {
            liquidated_long(&[
                ("routes.route", 2.0),
                ("auction.floor_discount", 0.04),
                ("auction.duration", 40.0),
                ("auction.full_demand_discount", 0.02),
                ("auction.capacity", capacity),
                ("auction.unwind", 604_800.0),
                ("liquidity.max_move_per_round", 1.0),
            ])
        };
        let mut simulation = auction(20.0 * FALLEN);
        simulation.step();
        assert_eq!(account(&simulation, BackstopBuyer::Bidders).quantity, 0.0);
        near(simulation.assets[0].observation().queued, 10.0 * FALLEN);
        simulation.step();
        near(account(&simulation, BackstopBuyer::Bidders).quantity, 10.0);
        near(-account(&simulation, BackstopBuyer::Bidders).cash, 10.0 * FALLEN * 0.99);
        assert_eq!(
            (
                simulation.assets[0].observation().queued,
                printed(&simulation, Source::Liquidations)
            ),
            (0.0, 0.0)
        );

        // Without capital the lot waits for the end of the auction and is then sold on the book.
        let mut simulation = auction(0.0);
        (0..4).for_each(|_| simulation.step());
        assert_eq!(
            (
                simulation.summary_of(AssetId::FIRST).liquidated_notional_usd,
                printed(&simulation, Source::Liquidations)
            ),
            (0.0, 0.0)
        );
        simulation.step();
        near(
            simulation.summary_of(AssetId::FIRST).liquidated_by_route_usd[Route::OrderBook],
            10.0 * FALLEN,
        );
        assert!(printed(&simulation, Source::Liquidations) < 0.0 && simulation.halted().is_none());
    }

    /// Each venue's own route takes what is liquidated there.
    #[test]
    fn routes_differ_by_venue() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("market.volatility", 0.0),
            ("venue_1.route", 4.0),
            ("venue_2.route", 2.0),
            ("venue_3.route", 3.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        simulation.shock(&Shock {
            size: Some(-0.03),
            over_steps: Some(1),
            ..Shock::default()
        });
        (0..30).for_each(|_| simulation.step());
        let world = &simulation.assets[0].world;
        let held = |venue: usize| {
            let takers = world.venues[venue].contracts[0].takers;
            takers.map(|_, taker| taker.quantity > 0.0).into_array()
        };
        assert_eq!(held(0), [false, false, true], "vault");
        assert_eq!(held(1), [true, false, false], "pool");
        assert_eq!(held(2), [false, true, false], "bidders");
        assert_eq!(held(3), [false; 3], "book");
        assert!(simulation.halted().is_none());
    }
}
