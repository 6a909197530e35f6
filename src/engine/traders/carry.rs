//! Carry traders: capital that comes for funding. Where longs pay more than a hurdle they sell the venue's futures and buy as many
//! coins on spot; where shorts pay, the other way round. So the premium that sets the rate is traded away, as far as the capital
//! goes (cash and carry; for perpetual futures He, Manela, Ross & von Wachter 2022).
//!
//! At every venue they aim at a notional −sign(a)·C_k·min(1, (|a| − a₀)/(a₁ − a₀)), a the venue's funding rate a year and C_k its
//! share, by depth, of their capital, and go there with a time constant; where the rate has turned that is the way out. The coins
//! on spot follow the futures.

use cascade_scenario::BookId;

use crate::clock::{Moment, YEAR_SECONDS};
use crate::market::books::Market;
use crate::positions::account::Trader;
use crate::positions::funding::{Funding, QUOTED_OVER};
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::traders::accounts;
use crate::units::{Coins, Usd};

/// Narrowest range of yields over which they go from nothing to their limit.
const NARROWEST: f64 = 1e-3;
/// A target and a holding below this notional are none: what is left is closed at once.
const REMNANT: Usd = Usd::new(1.0);

/// One step of orders, at the rates that the venues would charge now.
pub(crate) fn act(moment: &Moment, market: &mut Market, venues: &mut Venues, tally: &mut Tally, funding: &Funding) {
    let settings = moment.parameters.carry;
    if !settings.enabled && accounts::inventory(market, venues, Trader::Carry) == Usd::ZERO {
        return;
    }
    let rates = funding.rates(moment, venues);
    // Losses are borne by the capital; gains are paid out.
    let lost = accounts::profit(market, venues, Trader::Carry).min(Usd::ZERO);
    let capital = if settings.enabled {
        (Usd::new(settings.capital) + lost).max(Usd::ZERO)
    } else {
        Usd::ZERO
    };
    let depth: Usd = market.futures().iter().map(|book| book.depth).sum();
    let range = (settings.full_yield - settings.hurdle).max(NARROWEST);
    for venue in venues.ids() {
        let book = BookId::of(venue);
        let yearly = rates[venue.index()] * YEAR_SECONDS / QUOTED_OVER;
        let used = ((yearly.abs() - settings.hurdle) / range).clamp(0.0, 1.0);
        let share = market.books[book].depth / depth;
        let target = -yearly.signum() * capital * share * used;
        trade(moment, market, venues, tally, book, target);
    }
    let futures: Coins = venues
        .ids()
        .map(|venue| accounts::coins(venues, Trader::Carry, BookId::of(venue)))
        .sum();
    cover(market, venues, tally, -futures);
}

/// Goes towards a notional in a venue's futures, if they trade.
fn trade(moment: &Moment, market: &mut Market, venues: &mut Venues, tally: &mut Tally, book: BookId, target: Usd) {
    let present = market.books[book];
    if present.halted {
        return;
    }
    let held = accounts::coins(venues, Trader::Carry, book) * present.price;
    let leaves = target == Usd::ZERO && held.abs() < REMNANT;
    let share = if leaves {
        1.0
    } else {
        moment.share_closed(moment.parameters.carry.time_constant)
    };
    order(market, venues, tally, book, share * (target - held) / present.price);
}

/// Brings the coins on spot to this number, if spot trades.
fn cover(market: &mut Market, venues: &mut Venues, tally: &mut Tally, coins: Coins) {
    if !market.books[BookId::SPOT].halted {
        let held = accounts::coins(venues, Trader::Carry, BookId::SPOT);
        order(market, venues, tally, BookId::SPOT, coins - held);
    }
}

/// As much of an order for coins as the book has room for.
fn order(market: &mut Market, venues: &mut Venues, tally: &mut Tally, book: BookId, coins: Coins) {
    let price = market.books[book].price;
    let coins = coins.within(market.order_limit(book, coins.get()) / price);
    if coins != Coins::ZERO {
        accounts::order(market, venues, Trader::Carry, book, coins);
        tally.carried += (coins * price).abs();
    }
}

/// Notional of their futures at all venues, at the books' prices: below 0 where longs pay.
pub(crate) fn futures(market: &Market, venues: &Venues) -> Usd {
    let at = |venue| {
        let book = BookId::of(venue);
        accounts::coins(venues, Trader::Carry, book) * market.books[book].price
    };
    venues.ids().map(at).sum()
}
