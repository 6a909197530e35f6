//! Those who trade on purpose, each kind with an account in every book: predators, liquidity providers, market makers and others.
//! At a venue they hold its linear contract against the unlevered counterparty; in the spot book they hold coins.

use cascade_scenario::BookId;

use crate::market::books::Fill;
use crate::market::books::Market;
use crate::positions::account::{Account, Trader};
use crate::positions::venues::Venues;
use crate::units::{Coins, Price, Usd};

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
pub(crate) fn coins(venues: &Venues, trader: Trader, book: BookId) -> Coins {
    account(venues, trader, book).coins()
}

/// Changes hands at a price without an order: the counterparty is the other side at a venue.
pub(crate) fn transfer(venues: &mut Venues, trader: Trader, book: BookId, coins: Coins, price: Price) {
    account_mut(venues, trader, book).buy_coins(coins, price);
    if let Some(venue) = book.venue() {
        venues[venue].contracts[0].counterparty.buy_coins(-coins, price);
    }
}

/// Takes the other side of orders for coins (negative: sales) that were worth so many dollars: what the counterparty was given
/// first at a venue.
pub(crate) fn absorb(venues: &mut Venues, trader: Trader, book: BookId, coins: Coins, usd: Usd) {
    account_mut(venues, trader, book).take_coins(-coins, usd);
    if let Some(venue) = book.venue() {
        venues[venue].contracts[0].counterparty.take_coins(coins, -usd);
    }
}

/// Executes a market order for coins (negative: sells) in a book that is not halted; its size in dollars is taken at the price
/// before it.
pub(crate) fn order(market: &mut Market, venues: &mut Venues, trader: Trader, book: BookId, coins: Coins) -> Fill {
    let fill = market.execute(book, coins * market.books[book].price, trader.source());
    transfer(venues, trader, book, coins, fill.price);
    fill
}

/// Net notional of what it holds in all books, at their prices.
pub(crate) fn delta(market: &Market, venues: &Venues, trader: Trader) -> Usd {
    over_books(market, |book| coins(venues, trader, book) * market.books[book].price)
}

/// Gross notional of what it holds in all books, at their prices.
pub(crate) fn inventory(market: &Market, venues: &Venues, trader: Trader) -> Usd {
    over_books(market, |book| {
        coins(venues, trader, book).abs() * market.books[book].price
    })
}

/// What it has gained so far, at the books' prices.
pub(crate) fn profit(market: &Market, venues: &Venues, trader: Trader) -> Usd {
    over_books(market, |book| {
        account(venues, trader, book).worth_at(market.books[book].price)
    })
}

fn over_books(market: &Market, of: impl Fn(BookId) -> Usd) -> Usd {
    market.book_ids().map(of).sum()
}
