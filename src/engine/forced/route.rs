//! Where liquidated positions go instead of the venue's own book: bidders of a Dutch auction or a backstop vault take them
//! over at a discount to the mark, without a print, and unwind them on the book later; or an automated market maker takes
//! them at its own price, which arbitrage carries to the books. What a route cannot take spills to the book.

use cascade_scenario::{BookId, Parameters, Route, VenueId};

use crate::clock::Moment;
use crate::forced::batch::Batch;
use crate::forced::outlet::Outlet;
use crate::forced::queue;
use crate::forced::queue::take_lots;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::account::{Account, BackstopBuyer};
use crate::positions::contract::{ContractKind, ContractSide};
use crate::positions::taken_over::Lot;
use crate::positions::totals::Totals;
use crate::positions::venue::SideBook;
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::units::Usd;

/// Room for less than this share of a taker's capacity counts as none.
const NEGLIGIBLE: f64 = 1e-6;
/// An inventory below this notional is unwound at once.
const REMNANT: Usd = Usd::new(1.0);

/// The next batch that the route in force takes over off the book, at most `limit`, and where it goes.
pub(crate) fn take_over(
    moment: &Moment,
    market: &Market,
    pool: Option<&Pool>,
    venues: &mut Venues,
    place: ContractSide,
    limit: Usd,
) -> Option<(Batch, Outlet)> {
    let ContractSide { venue, kind, side } = place;
    if market.books[BookId::of(venue)].halted {
        return None;
    }
    let route = moment.parameters.route_at(venue);
    let step = moment.step;
    let book = venues[venue].contracts[kind as usize].side_mut(side);
    if route == Route::Auction {
        offer(book, step);
    }
    if let Some(sold) = sell_lot(moment, market, pool, venues, place, limit) {
        return Some(sold);
    }
    match route {
        Route::OrderBook | Route::Auction => None,
        Route::Amm => sell_to_pool(moment, market, pool, venues, place, limit),
        Route::Vault => hand_to_vault(moment, market, pool, venues, place, limit),
    }
}

fn sell_to_pool(
    moment: &Moment,
    market: &Market,
    pool: Option<&Pool>,
    venues: &mut Venues,
    place: ContractSide,
    limit: Usd,
) -> Option<(Batch, Outlet)> {
    let ContractSide { venue, kind, side } = place;
    let bound = venues[venue].mark * (1.0 - side.sign() * moment.parameters.amm.slippage_limit);
    let pool = pool?;
    let price = market.books[BookId::of(venue)].price;
    let room = kind.notional(pool.room(kind, side.sign(), bound), price);
    if room <= NEGLIGIBLE * pool.usd {
        return None;
    }
    let batch = queue::take_batch(moment, market, venues, place, limit.min(room))?;
    Some((batch, Outlet::Pool))
}

fn hand_to_vault(
    moment: &Moment,
    market: &Market,
    pool: Option<&Pool>,
    venues: &mut Venues,
    place: ContractSide,
    limit: Usd,
) -> Option<(Batch, Outlet)> {
    let ContractSide {
        venue: _,
        kind: _,
        side: _,
    } = place;
    let room = vault_room(moment, market, pool, venues);
    if room <= NEGLIGIBLE * Usd::new(moment.parameters.vault.capital) {
        return None;
    }
    let discount = moment.parameters.vault.discount;
    let batch = queue::take_batch(moment, market, venues, place, limit.min(room))?;
    let value = discounted(venues, &batch, discount);
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
fn sell_lot(
    moment: &Moment,
    market: &Market,
    pool: Option<&Pool>,
    venues: &mut Venues,
    place: ContractSide,
    limit: Usd,
) -> Option<(Batch, Outlet)> {
    let ContractSide { venue, kind, side } = place;
    let price = market.books[BookId::of(venue)].price;
    let oldest = venues[venue].contracts[kind as usize].side(side).lots.front()?;
    let started = oldest.started;
    let discount = discount_at(moment, started);
    let room = bidders_room(moment, market, pool, venues, discount);
    if room <= NEGLIGIBLE * Usd::new(moment.parameters.auction.capacity) {
        return None;
    }
    let book = venues[venue].contracts[kind as usize].side_mut(side);
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
    let value = discounted(venues, &batch, discount);
    (notional > Usd::ZERO).then_some((batch, Outlet::BackstopBuyer(BackstopBuyer::Bidders, value)))
}

/// Discount at which a lot is offered now: start + (floor − start)·min(1, age/duration).
fn discount_at(moment: &Moment, started: u64) -> f64 {
    let auction = &moment.parameters.auction;
    let age = (moment.step - started) as f64 * moment.dt();
    let floor = auction.floor_discount.max(auction.start_discount);
    auction.start_discount + (floor - auction.start_discount) * (age / auction.duration).min(1.0)
}

/// Value of a unit at the mark less a discount for a long, at the mark plus it for a short.
fn discounted(venues: &Venues, batch: &Batch, discount: f64) -> f64 {
    let mark = venues[batch.venue].mark;
    batch.kind.value(mark * (1.0 - batch.side.sign() * discount))
}

/// What bidders still buy at a discount.
fn bidders_room(moment: &Moment, market: &Market, pool: Option<&Pool>, venues: &Venues, discount: f64) -> Usd {
    let auction = &moment.parameters.auction;
    let willing = if discount < auction.full_demand_discount {
        discount / auction.full_demand_discount
    } else {
        1.0
    };
    Usd::new(auction.capacity) * willing - inventory(market, pool, venues, BackstopBuyer::Bidders)
}

fn vault_room(moment: &Moment, market: &Market, pool: Option<&Pool>, venues: &Venues) -> Usd {
    Usd::new(moment.parameters.vault.capital) + profit(market, pool, venues, BackstopBuyer::Vault)
        - inventory(market, pool, venues, BackstopBuyer::Vault)
}

/// Notional of a taker's positions, longs and shorts alike, at the marks.
pub(crate) fn inventory(market: &Market, pool: Option<&Pool>, venues: &Venues, taker: BackstopBuyer) -> Usd {
    let futures: Usd = venues.sum_contracts(|contract, mark| {
        let held = contract.takers[taker].quantity.abs();
        contract.kind.notional(held, mark)
    });
    let spot = market.books[BookId::SPOT].price;
    futures + coins_of(pool, taker).map_or(Usd::ZERO, |held| held.coins().abs() * spot)
}

/// Coins that a taker has bought from liquidators of loans: only the pool does.
fn coins_of(pool: Option<&Pool>, taker: BackstopBuyer) -> Option<Account> {
    let pool = pool.filter(|_| taker == BackstopBuyer::Pool)?;
    Some(pool.spot)
}

/// What a taker has gained so far, at the marks.
pub(crate) fn profit(market: &Market, pool: Option<&Pool>, venues: &Venues, taker: BackstopBuyer) -> Usd {
    let futures: Usd = venues.sum_contracts(|contract, mark| {
        let account = &contract.takers[taker];
        contract.kind.usd(account.worth(contract.kind.value(mark)), mark)
    });
    let spot = market.books[BookId::SPOT].price;
    futures + coins_of(pool, taker).map_or(Usd::ZERO, |held| held.worth_at(spot))
}

/// Every taker sells this step's part of its inventory on the book; no round moves a book further than it may.
pub(crate) fn unwind(moment: &Moment, market: &mut Market, venues: &mut Venues, tally: &mut Tally) {
    for venue in venues.ids() {
        if market.books[BookId::of(venue)].halted {
            continue;
        }
        let mut room = [1.0, -1.0].map(|sign| market.order_limit(BookId::of(venue), sign));
        for &taker in BackstopBuyer::ALL {
            for kind in ContractKind::BOTH {
                let held = venues[venue].contracts[kind as usize].takers[taker].quantity;
                if let Some(seconds) = unwinding_time(taker, &moment.parameters).filter(|_| held != 0.0) {
                    let left = &mut room[usize::from(held > 0.0)];
                    let due = -libm::expm1(-moment.dt() / seconds);
                    let sold = unwind_one(market, venues, venue, (kind, taker), due, *left);
                    *left -= sold;
                    tally.unwound += sold;
                }
            }
        }
    }
}

/// Seconds over which an inventory is unwound on the book; none for the pool, which waits for arbitrage.
const fn unwinding_time(buyer: BackstopBuyer, parameters: &Parameters) -> Option<f64> {
    match buyer {
        BackstopBuyer::Pool => None,
        BackstopBuyer::Bidders => Some(parameters.auction.unwind),
        BackstopBuyer::Vault => Some(parameters.vault.unwind),
    }
}

/// Sells a share of one inventory, at most `room` of it. Returns the notional sold.
fn unwind_one(
    market: &mut Market,
    venues: &mut Venues,
    venue: VenueId,
    (kind, taker): (ContractKind, BackstopBuyer),
    due: f64,
    room: Usd,
) -> Usd {
    let book = BookId::of(venue);
    let held = venues[venue].contracts[kind as usize].takers[taker].quantity;
    let notional = kind.notional(held, market.books[book].price);
    let share = if notional.abs() < REMNANT {
        1.0
    } else {
        due.min(room.max(Usd::ZERO) / notional.abs())
    };
    let fill = market.execute(book, -share * notional, Source::Unwinding);
    let value = kind.value(fill.price);
    let contract = &mut venues[venue].contracts[kind as usize];
    let sold = if share == 1.0 { held } else { share * held };
    contract.takers[taker].buy(-sold, value);
    contract.counterparty.buy(sold, value);
    share * notional.abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Placement, Position, Side, Simulation};
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
