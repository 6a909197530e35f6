//! Liquidity providers: traders with capital who buy where forced selling has pushed the price below what they hold it worth,
//! and sell where forced buying has pushed it above (slow-moving capital: Duffie, Journal of Finance 2010).
//!
//! In every book they aim at an inventory −sign(d)·L·min(1, (|d| − d₀)/(d₁ − d₀)), d the book's log price less their anchor
//! and L the book's share of their limit, and go there with a time constant. What they hold is passed on to slow investors,
//! without an order, with a time constant of its own: that is how their capacity comes back.

use cascade_scenario::Anchor;

use crate::market::source::Source;
use crate::traders::accounts::{self, Trader};
use crate::world::World;

/// Narrowest range of discounts over which they go from nothing to their limit.
const NARROWEST: f64 = 1e-4;
/// What is left below this notional in USD when they have been switched off is handed over at once.
const REMNANT: f64 = 1.0;

/// The providers of an asset.
#[derive(Clone, Copy, Debug, Default)]
pub struct Providers {
    /// Exponential mean of the index, log price; none while nobody provides.
    mean: Option<f64>,
}

impl Providers {
    /// One step of orders, after the moving average has followed the index.
    pub fn act(&mut self, world: &mut World) {
        let settings = world.parameters.providers;
        if !settings.enabled && accounts::inventory(world, Trader::Providers) == 0.0 {
            self.mean = None;
            return;
        }
        let anchor = self.anchor(world);
        // Losses are borne by the capital; gains are paid out.
        let capital = (settings.capital + accounts::profit(world, Trader::Providers).min(0.0)).max(0.0);
        let depth = world.market.total_depth();
        let range = (settings.full_discount - settings.first_discount).max(NARROWEST);
        for book in world.market.book_ids() {
            let present = world.market.books[book];
            if present.halted {
                continue;
            }
            let limit = if settings.enabled {
                capital * present.depth / depth
            } else {
                0.0
            };
            let gap = world.market.log_price(book) - anchor;
            let used = ((gap.abs() - settings.first_discount) / range).clamp(0.0, 1.0);
            let held = accounts::coins(world, Trader::Providers, book) * present.price;
            let missing = -gap.signum() * limit * used - held;
            // Their own order moves the target: this much of it is left when it is filled.
            let order = world.share_closed(settings.response) * missing / (1.0 + limit / range / present.depth);
            let room = world.market.order_limit(book, order);
            let order = accounts::within(order, room);
            if order != 0.0 {
                accounts::order(world, Trader::Providers, book, order / present.price);
                world.tally.provided += order.abs();
            }
            let left = accounts::coins(world, Trader::Providers, book);
            let share = if !settings.enabled && left.abs() * present.price < REMNANT {
                1.0
            } else {
                world.share_closed(settings.replenishment)
            };
            let price = world.market.books[book].price;
            accounts::transfer(world, Trader::Providers, book, -share * left, price);
        }
    }

    /// What they hold a coin worth, log price.
    fn anchor(&mut self, world: &World) -> f64 {
        let settings = &world.parameters.providers;
        let index = world.market.index_level().total;
        let mean = self.mean.get_or_insert(index);
        *mean += -libm::expm1(-std::f64::consts::LN_2 * world.dt() / settings.half_life) * (index - *mean);
        match settings.anchor {
            Anchor::News => world.market.efficient.by_source[Source::Exogenous],
            Anchor::MovingAverage => *mean,
        }
    }
}
