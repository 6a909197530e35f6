//! Arbitrage between the books: buys where it is cheap, sells where it is dear, and so carries a move from book to book.

use cascade_scenario::{BookId, VENUES_MAX};

use crate::clock::Moment;
use crate::market::amm::Pool;
use crate::market::books::{BOOKS_MAX, Market};
use crate::positions::account::BackstopBuyer;
use crate::positions::population::venue_shares;
use crate::positions::venues::Venues;
use crate::units::{Coins, Price, Usd};

/// The arbitrageurs' inventory in the spot book; their futures stand in the contracts' accounts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Arbitrage {
    spot_coins: Coins,
}

impl Arbitrage {
    /// A_k = φ·(x̄ − x_k)·D_k in every book that trades, x̄ their depth-weighted mean, so that ΣA = 0; all A scaled alike where the
    /// capital does not suffice. Causes move with the prices: arbitrage carries a fall, it does not own it.
    pub(crate) fn act(&mut self, moment: &Moment, market: &mut Market, venues: &mut Venues) {
        let settings = moment.parameters.arbitrage;
        if !settings.enabled {
            return;
        }
        let wanted = moment.share_closed(moment.parameters.arbitrage.time_constant);
        let Some(mean) = market.trading_level().map(|level| level.log_price()) else {
            return;
        };
        let mut orders = [Usd::ZERO; BOOKS_MAX];
        for (book, order) in market.book_ids().zip(&mut orders) {
            let trading = &market.books[book];
            if !trading.halted {
                *order = wanted * (mean - market.log_price(book)) * trading.depth;
            }
        }
        let share = self.affordable(market, venues, &orders, Usd::new(settings.capital));
        if share <= 0.0 {
            return;
        }
        for (book, order) in market.book_ids().zip(orders) {
            let present = &market.books[book];
            let price = present.price * libm::exp(share * order / present.depth / 2.0);
            self.trade(venues, book, share * order / price, price);
            market.load(book, share * order / price, price);
        }
        market.pull_together(wanted * share);
    }

    /// Trades the pool of the automated market maker against the spot book: the gap between them, as far as it exceeds the
    /// fee, closes with the same time constant, either price moving in proportion to the other's depth. The pool's coins
    /// change hands in the venues' linear contracts.
    pub(crate) fn act_on_pool(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        pool: &mut Option<Pool>,
        venues: &mut Venues,
    ) {
        Pool::found(pool, moment, market);
        let settings = moment.parameters.arbitrage;
        let Some(pool) = pool
            .as_mut()
            .filter(|_| settings.enabled && !market.books[BookId::SPOT].halted)
        else {
            return;
        };
        let mut gap = market.level(BookId::SPOT);
        gap.add_scaled(&pool.level, -1.0);
        let fee = moment.parameters.amm.fee;
        let band = -libm::log1p(-fee);
        if gap.total.abs() <= band {
            return;
        }
        let closed = moment.share_closed(moment.parameters.arbitrage.time_constant) * (1.0 - band / gap.total.abs());
        let (spot, own) = (market.books[BookId::SPOT].depth, pool.depth());
        let full = closed * spot / (spot + own);
        let coins = -pool.for_move(full * gap.total).coins;
        // Coins that the pool has of liquidators are bought and sold on at once; the rest goes through futures.
        let stock = pool.spot.coins();
        let owned = |coins: Coins| coins.clamp(stock.min(Coins::ZERO), stock.max(Coins::ZERO));
        let share = self.affordable_of_pool(moment, market, venues, coins - owned(coins), Usd::new(settings.capital));
        if share <= 0.0 || coins == Coins::ZERO {
            return;
        }
        let (bought, price) = pool.follow(&gap, share * full, fee);
        let from_stock = owned(bought);
        pool.spot.buy_coins(-from_stock, price);
        let bought = bought - from_stock;
        market.shift(BookId::SPOT, &gap, -share * closed * own / (spot + own));
        for (venue, part) in venues.ids().zip(pool_parts(moment, venues, bought)) {
            let contract = &mut venues[venue].contracts[0];
            contract.arbitrageur.buy_coins(part, price);
            contract.takers[BackstopBuyer::Pool].buy_coins(-part, price);
        }
        self.spot_coins -= bought;
    }

    /// Share of a purchase of coins from the pool, hedged on spot, that keeps the gross inventory within the capital. The
    /// inventory is convex in the share, so that the chord stays above it.
    fn affordable_of_pool(self, moment: &Moment, market: &Market, venues: &Venues, coins: Coins, capital: Usd) -> f64 {
        let parts = pool_parts(moment, venues, coins);
        let gross = |share: f64| -> Usd {
            let held = |book: BookId| {
                let bought = book.venue().map_or(-coins, |venue| parts[venue.index()]);
                (self.coins(venues, book) + share * bought).abs() * market.books[book].price
            };
            market.book_ids().map(held).sum()
        };
        let (before, after) = (gross(0.0), gross(1.0));
        if after <= capital.max(before) {
            1.0
        } else {
            ((capital - before) / (after - before)).clamp(0.0, 1.0)
        }
    }

    /// Inventory is released as the transient impact decays, at the book's price; a halted book's is kept.
    pub(crate) fn release(&mut self, market: &Market, venues: &mut Venues) {
        let released = 1.0 - market.decay();
        if released > 0.0 {
            for book in market.book_ids() {
                let present = &market.books[book];
                if !present.halted {
                    let price = present.price;
                    self.trade(venues, book, -released * self.coins(venues, book), price);
                }
            }
        }
    }

    fn coins(self, venues: &Venues, book: BookId) -> Coins {
        match book.venue() {
            None => self.spot_coins,
            Some(venue) => venues[venue].contracts[0].arbitrageur.coins(),
        }
    }

    fn trade(&mut self, venues: &mut Venues, book: BookId, coins: Coins, price: Price) {
        if let Some(venue) = book.venue() {
            let contract = &mut venues[venue].contracts[0];
            contract.arbitrageur.buy_coins(coins, price);
            contract.counterparty.buy_coins(-coins, price);
        } else {
            self.spot_coins += coins;
        }
    }

    /// Largest share of the orders, at most 1, that keeps the gross inventory within the capital; orders that shrink the
    /// inventory are always affordable.
    fn affordable(self, market: &Market, venues: &Venues, orders: &[Usd], capital: Usd) -> f64 {
        let gross = |share: f64| -> Usd {
            let books = market.book_ids().zip(orders);
            books
                .map(|(book, order)| (self.coins(venues, book) * market.books[book].price + share * *order).abs())
                .sum()
        };
        let bound = capital.max(gross(0.0));
        if gross(1.0) <= bound {
            return 1.0;
        }
        // The gross inventory is convex in the share, so the affordable shares are an interval from 0.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if gross(middle) <= bound {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// In which venues' linear contracts arbitrageurs buy coins from the pool (negative: sell): where the pool holds them, in
/// proportion; what it does not hold anywhere, by the venues' shares of the open interest.
fn pool_parts(moment: &Moment, venues: &Venues, coins: Coins) -> [Coins; VENUES_MAX] {
    let mut parts = [Coins::ZERO; VENUES_MAX];
    let sign = coins.signum();
    for (held, venue) in parts.iter_mut().zip(venues.iter()) {
        *held = (venue.contracts[0].takers[BackstopBuyer::Pool].coins() * sign).max(Coins::ZERO);
    }
    let total: Coins = parts.iter().copied().sum();
    let covered = total.min(coins.abs());
    let rest = coins.abs() - covered;
    for (part, share) in parts.iter_mut().zip(venue_shares(&moment.parameters)) {
        let from_holdings = if total > Coins::ZERO {
            covered * part.get() / total.get()
        } else {
            Coins::ZERO
        };
        *part = sign * (from_holdings + rest * share);
    }
    parts
}
