//! Those who trade on purpose, each kind with an account in every book: predators, liquidity providers and market makers.
//! At a venue they hold its linear contract against the unlevered counterparty; in the spot book they hold coins.

use cascade_scenario::BookId;
use enum_map::Enum;
use strum::VariantArray;

use crate::market::books::Fill;
use crate::market::source::Source;
use crate::positions::venue::Account;
use crate::world::World;

/// A kind of trader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, VariantArray)]
pub enum Trader {
    /// Those who sell ahead of liquidations.
    Predators,
    /// Those who lean against a dislocation.
    Providers,
    /// Those who stand in the books and take the other side of forced orders.
    Makers,
}

impl Trader {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// What its orders are in the attribution.
    const fn source(self) -> Source {
        match self {
            Self::Predators => Source::Predators,
            Self::Providers => Source::Providers,
            Self::Makers => Source::Makers,
        }
    }
}

/// Its account in a book.
pub fn account_mut(world: &mut World, trader: Trader, book: BookId) -> &mut Account {
    match book.venue() {
        None => &mut world.spot_accounts[trader],
        Some(venue) => &mut world.venues[venue].contracts[0].traders[trader],
    }
}

/// The same to look at.
fn account(world: &World, trader: Trader, book: BookId) -> &Account {
    match book.venue() {
        None => &world.spot_accounts[trader],
        Some(venue) => &world.venues[venue].contracts[0].traders[trader],
    }
}

/// Coins it holds in a book, negative if it is short.
pub fn coins(world: &World, trader: Trader, book: BookId) -> f64 {
    account(world, trader, book).quantity
}

/// Changes hands at a price without an order: the counterparty is the other side at a venue.
pub fn transfer(world: &mut World, trader: Trader, book: BookId, coins: f64, price: f64) {
    account_mut(world, trader, book).buy(coins, price);
    if let Some(venue) = book.venue() {
        world.venues[venue].contracts[0].counterparty.buy(-coins, price);
    }
}

/// Takes the other side of orders for coins (negative: sales) that were worth so many USD: what the counterparty was given
/// first at a venue.
pub fn absorb(world: &mut World, trader: Trader, book: BookId, coins: f64, usd: f64) {
    let take = |account: &mut Account, sign: f64| {
        account.quantity -= sign * coins;
        account.cash += sign * usd;
    };
    take(account_mut(world, trader, book), 1.0);
    if let Some(venue) = book.venue() {
        take(&mut world.venues[venue].contracts[0].counterparty, -1.0);
    }
}

/// Executes a market order for coins (negative: sells) in a book that is not halted; its size in USD is taken at the price
/// before it.
pub fn order(world: &mut World, trader: Trader, book: BookId, coins: f64) -> Fill {
    let order_usd = coins * world.market.books[book].price;
    let fill = world.market.execute(book, order_usd, trader.source());
    transfer(world, trader, book, coins, fill.price);
    fill
}

/// As much of an order as there is room for. Where a runaway has left no numbers the ledger says so; this must not panic.
pub fn within(order: f64, room: f64) -> f64 {
    if order.abs() > room {
        room.copysign(order)
    } else {
        order
    }
}

/// Net notional of what it holds in all books, USD at their prices.
pub fn delta(world: &World, trader: Trader) -> f64 {
    over_books(world, |world, book| {
        coins(world, trader, book) * world.market.books[book].price
    })
}

/// Gross notional of what it holds in all books, USD at their prices.
pub fn inventory(world: &World, trader: Trader) -> f64 {
    over_books(world, |world, book| {
        coins(world, trader, book).abs() * world.market.books[book].price
    })
}

/// What it has gained so far, USD at the books' prices.
pub fn profit(world: &World, trader: Trader) -> f64 {
    over_books(world, |world, book| {
        account(world, trader, book).worth(world.market.books[book].price)
    })
}

fn over_books(world: &World, of: impl Fn(&World, BookId) -> f64) -> f64 {
    world.market.book_ids().map(|book| of(world, book)).sum()
}
