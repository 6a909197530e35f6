//! Arbitrage between the books: buys where it is cheap, sells where it is dear, and so carries a move from book to book.

use super::market::SPOT;
use super::world::World;

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
        let wanted = if settings.time_constant > 0.0 {
            -libm::expm1(-world.dt() / settings.time_constant)
        } else {
            1.0
        };
        let Some(mean) = world.market.trading_level().map(|level| level.total) else {
            return;
        };
        let orders: Vec<f64> = (0..world.market.books.len())
            .map(|book| match &world.market.books[book] {
                halted if halted.halted => 0.0,
                trading => wanted * (mean - world.market.log_price(book)) * trading.depth,
            })
            .collect();
        let share = self.affordable(world, &orders, settings.capital);
        if share <= 0.0 {
            return;
        }
        for (book, order) in orders.iter().enumerate() {
            let present = &world.market.books[book];
            let value = present.price * libm::exp(share * order / present.depth / 2.0);
            self.trade(world, book, share * order / value, value);
        }
        world.market.pull_together(wanted * share);
    }

    /// Inventory is released as the transient impact decays, at the book's price; a halted book's is kept.
    pub fn release(&mut self, world: &mut World) {
        let released = 1.0 - world.market.decay();
        if released > 0.0 {
            for book in 0..world.market.books.len() {
                let present = &world.market.books[book];
                if !present.halted {
                    let price = present.price;
                    self.trade(world, book, -released * self.coins(world, book), price);
                }
            }
        }
    }

    fn coins(self, world: &World, book: usize) -> f64 {
        if book == SPOT {
            self.spot_coins
        } else {
            world.venues[book - 1].contracts[0].arbitrageur.quantity
        }
    }

    fn trade(&mut self, world: &mut World, book: usize, coins: f64, value: f64) {
        if book == SPOT {
            self.spot_coins += coins;
        } else {
            let contract = &mut world.venues[book - 1].contracts[0];
            contract.arbitrageur.buy(coins, value);
            contract.counterparty.buy(-coins, value);
        }
    }

    /// Largest share of the orders, at most 1, that keeps the gross inventory within the capital; orders that shrink the
    /// inventory are always affordable.
    fn affordable(self, world: &World, orders: &[f64], capital: f64) -> f64 {
        let gross = |share: f64| -> f64 {
            orders
                .iter()
                .enumerate()
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
