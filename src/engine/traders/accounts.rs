//! Those who trade on purpose, each kind with an account in every book: predators, liquidity providers, market makers and others.
//! At a venue they hold its linear contract against the unlevered counterparty; in the spot book they hold coins.

use cascade_scenario::BookId;

use crate::market::books::Fill;
use crate::market::books::Market;
use crate::positions::account::{Account, Trader};
use crate::positions::venues::Venues;

/// Its account in a book.
pub(crate) fn account_mut(venues: &mut Venues, trader: Trader, book: BookId) -> &mut Account {
    match book.venue() {
        None => &mut venues.spot_accounts[trader],
        Some(venue) => &mut venues[venue].contracts[0].traders[trader],
    }
}

/// The same to look at.
fn account(venues: &Venues, trader: Trader, book: BookId) -> &Account {
    match book.venue() {
        None => &venues.spot_accounts[trader],
        Some(venue) => &venues[venue].contracts[0].traders[trader],
    }
}

/// Coins it holds in a book, negative if it is short.
pub(crate) fn coins(venues: &Venues, trader: Trader, book: BookId) -> f64 {
    account(venues, trader, book).quantity
}

/// Changes hands at a price without an order: the counterparty is the other side at a venue.
pub(crate) fn transfer(venues: &mut Venues, trader: Trader, book: BookId, coins: f64, price: f64) {
    account_mut(venues, trader, book).buy(coins, price);
    if let Some(venue) = book.venue() {
        venues[venue].contracts[0].counterparty.buy(-coins, price);
    }
}

/// Takes the other side of orders for coins (negative: sales) that were worth so many USD: what the counterparty was given
/// first at a venue.
pub(crate) fn absorb(venues: &mut Venues, trader: Trader, book: BookId, coins: f64, usd: f64) {
    account_mut(venues, trader, book).take(-coins, usd);
    if let Some(venue) = book.venue() {
        venues[venue].contracts[0].counterparty.take(coins, -usd);
    }
}

/// Executes a market order for coins (negative: sells) in a book that is not halted; its size in USD is taken at the price
/// before it.
pub(crate) fn order(market: &mut Market, venues: &mut Venues, trader: Trader, book: BookId, coins: f64) -> Fill {
    let order_usd = coins * market.books[book].price;
    let fill = market.execute(book, order_usd, trader.source());
    transfer(venues, trader, book, coins, fill.price);
    fill
}

/// As much of an order as there is room for. Where a runaway has left no numbers the ledger says so; this must not panic.
pub(crate) fn within(order: f64, room: f64) -> f64 {
    if order.abs() > room {
        room.copysign(order)
    } else {
        order
    }
}

/// Net notional of what it holds in all books, USD at their prices.
pub(crate) fn delta(market: &Market, venues: &Venues, trader: Trader) -> f64 {
    over_books(market, |book| coins(venues, trader, book) * market.books[book].price)
}

/// Gross notional of what it holds in all books, USD at their prices.
pub(crate) fn inventory(market: &Market, venues: &Venues, trader: Trader) -> f64 {
    over_books(market, |book| {
        coins(venues, trader, book).abs() * market.books[book].price
    })
}

/// What it has gained so far, USD at the books' prices.
pub(crate) fn profit(market: &Market, venues: &Venues, trader: Trader) -> f64 {
    over_books(market, |book| {
        account(venues, trader, book).worth(market.books[book].price)
    })
}

fn over_books(market: &Market, of: impl Fn(BookId) -> f64) -> f64 {
    market.book_ids().map(of).sum()
}
