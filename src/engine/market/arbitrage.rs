//! Arbitrage between the books: buys where it is cheap, sells where it is dear, and so carries a move from book to book.

use cascade_scenario::{BookId, VenueId};

use crate::forced::route::BackstopBuyer;
use crate::world::World;

/// The arbitrageurs' inventory in the spot book; their futures stand in the contracts' accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arbitrage {
    spot_coins: f64,
}

impl Arbitrage {
    /// A_k = φ·(x̄ − x_k)·D_k in every book that trades, x̄ their depth-weighted mean, so that ΣA = 0; all A scaled alike where the
    /// capital does not suffice. Causes move with the prices: arbitrage carries a fall, it does not own it.
    pub fn act(&mut self, world: &mut World) {
        let settings = world.parameters.arbitrage;
        if !settings.enabled {
            return;
        }
        let wanted = world.share_closed(world.parameters.arbitrage.time_constant);
        let Some(mean) = world.market.trading_level().map(|level| level.total) else {
            return;
        };
        let orders: Vec<f64> = world
            .market
            .book_ids()
            .map(|book| match &world.market.books[book] {
                halted if halted.halted => 0.0,
                trading => wanted * (mean - world.market.log_price(book)) * trading.depth,
            })
            .collect();
        let share = self.affordable(world, &orders, settings.capital);
        if share <= 0.0 {
            return;
        }
        for (book, order) in BookId::each(orders) {
            let present = &world.market.books[book];
            let value = present.price * libm::exp(share * order / present.depth / 2.0);
            self.trade(world, book, share * order / value, value);
        }
        world.market.pull_together(wanted * share);
    }

    /// Trades the pool of the automated market maker against the spot book: the gap between them, as far as it exceeds the
    /// fee, closes with the same time constant, either price moving in proportion to the other's depth. The pool's coins
    /// change hands in the venues' linear contracts.
    pub fn act_on_pool(&mut self, world: &mut World) {
        world.found_pool();
        let settings = world.parameters.arbitrage;
        let Some(mut pool) = world
            .pool
            .filter(|_| settings.enabled && !world.market.books[BookId::SPOT].halted)
        else {
            return;
        };
        let mut gap = world.market.level(BookId::SPOT);
        gap.add_scaled(&pool.level, -1.0);
        let fee = world.parameters.amm.fee;
        let band = -libm::log1p(-fee);
        if gap.total.abs() <= band {
            return;
        }
        let closed = world.share_closed(world.parameters.arbitrage.time_constant) * (1.0 - band / gap.total.abs());
        let (spot, own) = (world.market.books[BookId::SPOT].depth, pool.depth());
        let full = closed * spot / (spot + own);
        let coins = -pool.for_move(full * gap.total).coins;
        // Coins that the pool has of liquidators are bought and sold on at once; the rest goes through futures.
        let stock = pool.spot.quantity;
        let owned = |coins: f64| coins.clamp(stock.min(0.0), stock.max(0.0));
        let share = self.affordable_of_pool(world, coins - owned(coins), settings.capital);
        if share <= 0.0 || coins == 0.0 {
            return;
        }
        let (bought, value) = pool.follow(&gap, share * full, fee);
        let from_stock = owned(bought);
        pool.spot.buy(-from_stock, value);
        let bought = bought - from_stock;
        world.pool = Some(pool);
        world
            .market
            .shift(BookId::SPOT, &gap, -share * closed * own / (spot + own));
        for (venue, part) in VenueId::each(pool_parts(world, bought)) {
            let contract = &mut world.venues[venue].contracts[0];
            contract.arbitrageur.buy(part, value);
            contract.takers[BackstopBuyer::Pool].buy(-part, value);
        }
        self.spot_coins -= bought;
    }

    /// Share of a purchase of coins from the pool, hedged on spot, that keeps the gross inventory within the capital. The
    /// inventory is convex in the share, so that the chord stays above it.
    fn affordable_of_pool(self, world: &World, coins: f64, capital: f64) -> f64 {
        let parts = pool_parts(world, coins);
        let gross = |share: f64| -> f64 {
            let held = |book: BookId| {
                let bought = book.venue().map_or(-coins, |venue| parts[venue.index()]);
                (self.coins(world, book) + share * bought).abs() * world.market.books[book].price
            };
            world.market.book_ids().map(held).sum()
        };
        let (before, after) = (gross(0.0), gross(1.0));
        if after <= capital.max(before) {
            1.0
        } else {
            ((capital - before) / (after - before)).clamp(0.0, 1.0)
        }
    }

    /// Inventory is released as the transient impact decays, at the book's price; a halted book's is kept.
    pub fn release(&mut self, world: &mut World) {
        let released = 1.0 - world.market.decay();
        if released > 0.0 {
            for book in world.market.book_ids() {
                let present = &world.market.books[book];
                if !present.halted {
                    let price = present.price;
                    self.trade(world, book, -released * self.coins(world, book), price);
                }
            }
        }
    }

    fn coins(self, world: &World, book: BookId) -> f64 {
        match book.venue() {
            None => self.spot_coins,
            Some(venue) => world.venues[venue].contracts[0].arbitrageur.quantity,
        }
    }

    fn trade(&mut self, world: &mut World, book: BookId, coins: f64, value: f64) {
        if let Some(venue) = book.venue() {
            let contract = &mut world.venues[venue].contracts[0];
            contract.arbitrageur.buy(coins, value);
            contract.counterparty.buy(-coins, value);
        } else {
            self.spot_coins += coins;
        }
    }

    /// Largest share of the orders, at most 1, that keeps the gross inventory within the capital; orders that shrink the
    /// inventory are always affordable.
    fn affordable(self, world: &World, orders: &[f64], capital: f64) -> f64 {
        let gross = |share: f64| -> f64 {
            BookId::each(orders)
                .map(|(book, order)| (self.coins(world, book) * world.market.books[book].price + share * order).abs())
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
fn pool_parts(world: &World, coins: f64) -> Vec<f64> {
    let held: Vec<f64> = world
        .venues
        .iter()
        .map(|venue| {
            let held = venue.contracts[0].takers[BackstopBuyer::Pool].quantity;
            (held * coins.signum()).max(0.0)
        })
        .collect();
    let total: f64 = held.iter().sum();
    let covered = total.min(coins.abs());
    let rest = coins.abs() - covered;
    held.iter()
        .zip(crate::positions::population::venue_shares(&world.parameters))
        .map(|(held, share)| {
            let from_holdings = if total > 0.0 { covered * held / total } else { 0.0 };
            coins.signum() * (from_holdings + rest * share)
        })
        .collect()
}
