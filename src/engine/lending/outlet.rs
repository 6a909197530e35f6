//! Where liquidators trade the coins, and at what price: liquidations of a round are one order, each pays for its own part.

use crate::clock::Moment;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::contract::ContractKind;
use crate::units::{Coins, Price, Usd};
use cascade_scenario::{BookId, LoanOutlet};

/// Room for less than this share of the depth counts as none.
const NEGLIGIBLE: f64 = 1e-9;

/// The order of one round while it is being put together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    outlet: LoanOutlet,
    /// +1 buys, −1 sells.
    sign: f64,
    /// Coins so far.
    pub coins: Coins,
    /// Coins that may still be added before the next one does not pay.
    pub room: Coins,
    /// Dollars for the coins so far.
    turnover: Usd,
}

impl Order {
    /// An empty order. Liquidators trade until the price where they trade has reached the oracle's price less the bonus (for
    /// purchases: times one plus the bonus); none if there is no room for that.
    pub(super) fn open(
        moment: &Moment,
        market: &Market,
        pool: Option<&Pool>,
        outlet: LoanOutlet,
        sign: f64,
        oracle_price: Price,
        bonus: f64,
    ) -> Option<Self> {
        // Logarithms of prices themselves, not over the start price: only their differences count.
        let bound = libm::log(oracle_price.get()) + sign * libm::log1p(bonus);
        let (room, depth) = match outlet {
            LoanOutlet::SpotBook => {
                let book = &market.books[BookId::SPOT];
                let log_move = bound - libm::log(book.price.get());
                let usd = market.order_for_move(BookId::SPOT, log_move).abs();
                let usd = if sign * log_move > 0.0 { usd } else { Usd::ZERO };
                let usd = usd.min(market.order_limit(BookId::SPOT, sign));
                (usd / book.price, book.depth / book.price)
            }
            LoanOutlet::Amm => {
                let pool = pool?;
                let bound = Price::new(libm::exp(bound + sign * libm::log1p(-moment.parameters.amm.fee)));
                let room = pool.room(ContractKind::Linear, -sign, bound);
                (Coins::new(room), pool.coins)
            }
        };
        (room > NEGLIGIBLE * depth).then_some(Self {
            outlet,
            sign,
            coins: Coins::ZERO,
            room,
            turnover: Usd::ZERO,
        })
    }

    /// Dollars that so many more coins bring or cost.
    pub(super) fn quote(&self, moment: &Moment, market: &Market, pool: Option<&Pool>, coins: Coins) -> Usd {
        self.turnover_of(moment, market, pool, self.coins + coins) - self.turnover
    }

    /// Adds coins.
    pub(super) fn add(&mut self, moment: &Moment, market: &Market, pool: Option<&Pool>, coins: Coins) {
        self.coins += coins;
        self.room -= coins;
        self.turnover = self.turnover_of(moment, market, pool, self.coins);
    }

    fn turnover_of(&self, moment: &Moment, market: &Market, pool: Option<&Pool>, coins: Coins) -> Usd {
        if let (LoanOutlet::Amm, Some(pool)) = (self.outlet, pool) {
            let units = (-self.sign * coins).get();
            coins * Price::new(pool.quote(ContractKind::Linear, units, moment.parameters.amm.fee))
        } else {
            let usd = self.sign * coins * market.books[BookId::SPOT].price;
            coins * market.quote(BookId::SPOT, usd).price
        }
    }

    /// Trades the coins.
    pub(super) fn execute(self, moment: &Moment, market: &mut Market, pool: &mut Option<Pool>) {
        let fee = moment.parameters.amm.fee;
        if let (LoanOutlet::Amm, Some(pool)) = (self.outlet, pool) {
            let units = -self.sign * self.coins;
            let price = pool.take(ContractKind::Linear, units.get(), fee, Source::Lending);
            pool.spot.buy_coins(units, Price::new(price));
        } else {
            let usd = self.sign * self.coins * market.books[BookId::SPOT].price;
            market.execute(BookId::SPOT, usd, Source::Lending);
        }
    }
}
