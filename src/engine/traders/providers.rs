//! Liquidity providers: traders with capital who buy where forced selling has pushed the price below what they hold it worth,
//! and sell where forced buying has pushed it above (slow-moving capital: Duffie, Journal of Finance 2010).
//!
//! In every book they aim at an inventory −sign(d)·L·min(1, (|d| − d₀)/(d₁ − d₀)), d the book's log price less their anchor
//! and L the book's share of their limit, and go there with a time constant. What they hold is passed on to slow investors,
//! without an order, with a time constant of its own: that is how their capacity comes back.

use cascade_scenario::Anchor;

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::account::Trader;
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::traders::accounts;
use crate::units::{LogPrice, Usd};

/// Narrowest range of discounts over which they go from nothing to their limit.
const NARROWEST: f64 = 1e-4;
/// What is left below this notional when they have been switched off is handed over at once.
const REMNANT: Usd = Usd::new(1.0);

/// The providers of an asset.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Providers {
    /// Exponential mean of the index; none while nobody provides.
    mean: Option<LogPrice>,
}

impl Providers {
    /// One step of orders, after the moving average has followed the index.
    pub(crate) fn act(&mut self, moment: &Moment, market: &mut Market, venues: &mut Venues, tally: &mut Tally) {
        let settings = moment.parameters.providers;
        if !settings.enabled && accounts::inventory(market, venues, Trader::Providers) == Usd::ZERO {
            self.mean = None;
            return;
        }
        let anchor = self.anchor(moment, market);
        // Losses are borne by the capital; gains are paid out.
        let lost = accounts::profit(market, venues, Trader::Providers).min(Usd::ZERO);
        let capital = (Usd::new(settings.capital) + lost).max(Usd::ZERO);
        let depth = market.total_depth();
        let range = (settings.full_discount - settings.first_discount).max(NARROWEST);
        for book in market.book_ids() {
            let present = market.books[book];
            if present.halted {
                continue;
            }
            let limit = if settings.enabled {
                capital * present.depth.get() / depth.get()
            } else {
                Usd::ZERO
            };
            let gap = market.log_price(book) - anchor;
            let used = ((gap.abs() - settings.first_discount) / range).clamp(0.0, 1.0);
            let held = accounts::coins(venues, Trader::Providers, book) * present.price;
            let missing = -gap.signum() * limit * used - held;
            // Their own order moves the target: this much of it is left when it is filled.
            let order = moment.share_closed(settings.response) * missing / (1.0 + limit / range / present.depth);
            let order = order.within(market.order_limit(book, order.get()));
            if order != Usd::ZERO {
                accounts::order(market, venues, Trader::Providers, book, order / present.price);
                tally.provided += order.abs();
            }
            let left = accounts::coins(venues, Trader::Providers, book);
            let share = if !settings.enabled && left.abs() * present.price < REMNANT {
                1.0
            } else {
                moment.share_closed(settings.replenishment)
            };
            let price = market.books[book].price;
            accounts::transfer(venues, Trader::Providers, book, -share * left, price);
        }
    }

    /// What they hold a coin worth.
    fn anchor(&mut self, moment: &Moment, market: &Market) -> LogPrice {
        let settings = &moment.parameters.providers;
        let index = market.index_level().log_price();
        let mean = self.mean.get_or_insert(index);
        *mean += -libm::expm1(-std::f64::consts::LN_2 * moment.dt() / settings.half_life) * (index - *mean);
        match settings.anchor {
            Anchor::News => LogPrice::new(market.efficient.by_source[Source::Exogenous]),
            Anchor::MovingAverage => *mean,
        }
    }
}
