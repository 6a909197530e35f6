//! Market makers: who stands in the books, how much each can carry, and what happens when one cannot.
//!
//! Every book has M makers with equal shares of its depth. They take the other side of all orders, those by which arbitrage
//! carries a load from book to book included; each alive carries an equal part of the load, and passes it on to end investors
//! as the impact decays. A maker whose part exceeds its own inventory limit fails: its depth leaves, and its part goes to the
//! survivors, who may fail in turn (the equal-load fibre bundle: Daniels, Proc. R. Soc. A 1945; its use for cascading failure
//! in grids: Pahwa, Scoglio and Scala 2014), or is sold on the book. Where none survives, the load is sold on the book. Makers look
//! at what they carry every so many seconds of market time, within the rounds of a step: what fails in one is met by the orders of
//! the next, and between two looks they quote what they quoted. With limits spread evenly from 0 to x_max and a load f of all makers in units of M·x_max, a share
//! (1 + √(1 − 4f))/2 survives, down to one half at f = 1/4; beyond that none does. The collapse is abrupt wherever
//! x·P(limit > x) has an interior maximum; with tails so heavy that it has none (exponent ≤ 1) depth wears away gradually.
//!
//! The limits are in order, so that the makers that have failed are always the first ones: a step costs what fails.

use cascade_scenario::{BookId, IndexedBy, Limits, MakerFailure};

use crate::clock::Moment;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::Market;
use crate::market::volatility::VolatilityEstimate;
use crate::pace::Pace;
use crate::positions::account::Trader;
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::traders::accounts;
use crate::units::{Coins, Usd};

/// Share of a book's makers that has to fail between two entries in the log.
const ENTRY_SHARE: f64 = 0.1;

/// The makers of one book.
#[derive(Clone, Copy, Debug, Default)]
struct BookMakers {
    /// Makers that have failed: those with the smallest limits.
    failed: u32,
    /// Makers about to come back, in fractions of one.
    returning: f64,
    /// Coins that failed makers still have to sell (negative: buy).
    shed: Coins,
    /// As many of them as they want to sell in this step.
    due: Coins,
    /// `failed` at the last entry in the log.
    noted: u32,
}

impl IndexedBy<BookId> for BookMakers {}

/// The makers of all books of an asset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Makers {
    books: Vec<BookMakers>,
    /// Makers a book that `failed` counts are out of.
    count: u32,
    /// What they think of the index; none while nobody makes a market.
    estimate: Option<VolatilityEstimate>,
    /// When they look at what they carry, and quote anew.
    pace: Pace,
}

impl Makers {
    /// A step begins, and with it the looks that are due in it.
    pub(crate) fn begin_step(&mut self, moment: &Moment) {
        self.pace.begin_step(moment.dt(), moment.parameters.makers.interval);
    }

    /// One round, after everybody else's orders: makers take over the load; those who look fail, and quote as many as they still
    /// are; what failed ones held is sold. Returns whether they sold anything.
    pub(crate) fn react(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
    ) -> bool {
        if !moment.parameters.makers.enabled {
            return false;
        }
        let looks = self.pace.look();
        let withdrawn = self.withdrawal(moment);
        let mut sold = false;
        self.adapt(moment, market);
        for book in market.book_ids() {
            self.take_over(market, venues, book);
            if looks {
                self.fail(moment, market, venues, tally, book);
                // Whoever sells has taken its own quotes away before.
                self.stand(moment, market, book, withdrawn);
            }
            sold |= self.sell(market, venues, book);
        }
        sold
    }

    /// The end of a step: makers take over what came last and pass on what they hold; those who have looked in this step come
    /// back, and stand in the books with the depth that volatility and their number allow.
    pub(crate) fn end_step(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        log: &mut Log,
    ) {
        if !moment.parameters.makers.enabled {
            self.leave(market, venues);
            return;
        }
        self.follow_volatility(moment, market);
        let (looked, withdrawn) = (self.pace.looked(), self.withdrawal(moment));
        self.adapt(moment, market);
        for book in market.book_ids() {
            self.take_over(market, venues, book);
            if looked {
                self.fail(moment, market, venues, tally, book);
            }
            self.recover(moment, market, venues, book, looked);
            self.pass_on(market, venues, book);
            if looked {
                self.stand(moment, market, book, withdrawn);
            }
            let makers = &mut self.books[book];
            makers.due = makers.shed * moment.share_closed(moment.parameters.makers.selling_time);
            self.note(moment, market, log, book);
        }
    }

    /// Takes the other side of the latest orders. Where no maker stands, end investors keep what they have bought.
    fn take_over(&self, market: &mut Market, venues: &mut Venues, book: BookId) {
        let (coins, usd) = market.take_forced(book);
        if self.books[book].failed < self.count {
            accounts::absorb(venues, Trader::Makers, book, coins, usd);
        }
    }

    /// Leaves a book the depth of the makers who stand.
    fn stand(&self, moment: &Moment, market: &mut Market, book: BookId, withdrawn: f64) {
        let gone = 1.0 - withdrawn * self.alive(book);
        market.set_depth_factor(book, 1.0 - moment.parameters.makers.share * gone);
    }

    /// Nobody makes a market: end investors take over what is held, and the books have their own depth.
    fn leave(&mut self, market: &mut Market, venues: &mut Venues) {
        for book in market.book_ids() {
            market.take_forced(book);
            if self.estimate.is_some() {
                let held = accounts::coins(venues, Trader::Makers, book);
                let price = market.books[book].price;
                accounts::transfer(venues, Trader::Makers, book, -held, price);
                market.set_depth_factor(book, 1.0);
            }
        }
        *self = Self {
            pace: self.pace,
            ..Self::default()
        };
    }

    /// Adapts to the number of books and of makers.
    fn adapt(&mut self, moment: &Moment, market: &Market) {
        let count = moment.parameters.makers.count;
        self.books.resize_with(market.books.len(), BookMakers::default);
        if self.count == count {
            return;
        }
        if self.count > 0 {
            let scale = f64::from(count) / f64::from(self.count);
            for makers in &mut self.books {
                makers.failed = (f64::from(makers.failed) * scale) as u32;
                makers.noted = makers.failed;
            }
        }
        self.count = count;
    }

    fn follow_volatility(&mut self, moment: &Moment, market: &Market) {
        let level = market.index_level().log_price();
        let half_life = moment.parameters.makers.half_life;
        match &mut self.estimate {
            None => self.estimate = Some(VolatilityEstimate::new(moment.parameters.market.volatility, level)),
            Some(estimate) => estimate.see(moment, half_life, level),
        }
    }

    /// What volatility leaves of the makers' depth: min(1, σ_ref/σ̂)^γ.
    fn withdrawal(&self, moment: &Moment) -> f64 {
        let settings = &moment.parameters.makers;
        let Some(estimate) = &self.estimate else { return 1.0 };
        let ratio = settings.reference_volatility / estimate.volatility();
        if ratio < 1.0 {
            libm::pow(ratio, settings.withdrawal)
        } else {
            1.0
        }
    }

    /// Share of a book's makers that stands.
    fn alive(&self, book: BookId) -> f64 {
        1.0 - f64::from(self.books[book].failed) / f64::from(self.count)
    }

    /// Share of all makers that stands, each book counted by its depth; 1 where nobody makes a market.
    pub(crate) fn standing(&self, market: &Market) -> f64 {
        if self.books.is_empty() {
            return 1.0;
        }
        let books = market.book_ids();
        books.map(|book| market.depth_share(book) * self.alive(book)).sum()
    }

    /// Coins that the makers who stand carry together, and their notional.
    fn load(&self, market: &Market, venues: &Venues, book: BookId) -> (Coins, Usd) {
        let coins = accounts::coins(venues, Trader::Makers, book) - self.books[book].shed;
        (coins, coins.abs() * market.books[book].price)
    }

    /// Lets fail who carries more than its limit, to the fixpoint. Where nobody is left to carry it, the load is for sale.
    fn fail(&mut self, moment: &Moment, market: &Market, venues: &Venues, tally: &mut Tally, book: BookId) {
        let settings = moment.parameters.makers;
        if self.books[book].failed == self.count {
            return;
        }
        let median = Usd::new(settings.capacity) * market.depth_share(book) / f64::from(self.count);
        let limit = |index: u32| median * relative_limit(settings.limits, settings.tail_exponent, index, self.count);
        let (coins, load) = self.load(market, venues, book);
        let makers = &mut self.books[book];
        let before = makers.failed;
        let alive = |failed: u32| f64::from(self.count - failed);
        match settings.failure {
            MakerFailure::Survivors => {
                while makers.failed < self.count && limit(makers.failed) < load / alive(makers.failed) {
                    makers.failed += 1;
                }
                if makers.failed == self.count {
                    makers.shed += coins;
                }
            }
            MakerFailure::Book => {
                while makers.failed < self.count && limit(makers.failed) < load / alive(before) {
                    makers.failed += 1;
                }
                if makers.failed > before {
                    makers.shed += coins * f64::from(makers.failed - before) / alive(before);
                }
            }
        }
        tally.makers_failed += u64::from(makers.failed - before);
    }

    /// Sells what failed makers want to sell in this step, as far as the book allows. Returns whether there was an order.
    fn sell(&mut self, market: &mut Market, venues: &mut Venues, book: BookId) -> bool {
        let due = self.books[book].due;
        if due == Coins::ZERO {
            return false;
        }
        let room = market.order_limit(book, -due.get()) / market.books[book].price;
        let order = (-due).within(room);
        if order != Coins::ZERO {
            accounts::order(market, venues, Trader::Makers, book, order);
            self.books[book].shed += order;
            self.books[book].due += order;
        }
        order != Coins::ZERO
    }

    /// Makers come back with a time constant, when they look, the largest first, and only where they can carry their part.
    fn recover(&mut self, moment: &Moment, market: &Market, venues: &Venues, book: BookId, looked: bool) {
        let settings = &moment.parameters.makers;
        let (_, load) = self.load(market, venues, book);
        let median = Usd::new(settings.capacity) * market.depth_share(book) / f64::from(self.count);
        let makers = &mut self.books[book];
        makers.returning += f64::from(makers.failed) * moment.share_closed(settings.recovery);
        if !looked {
            return;
        }
        while makers.failed > 0 && makers.returning >= 1.0 {
            let limit = median * relative_limit(settings.limits, settings.tail_exponent, makers.failed - 1, self.count);
            if limit * f64::from(self.count - makers.failed + 1) < load {
                break;
            }
            makers.failed -= 1;
            makers.returning -= 1.0;
        }
        makers.returning = makers.returning.min(1.0);
        makers.noted = makers.noted.min(makers.failed);
    }

    /// End investors take over the load as the impact decays.
    fn pass_on(&self, market: &Market, venues: &mut Venues, book: BookId) {
        let passed = (1.0 - market.decay()) * self.load(market, venues, book).0;
        if passed != Coins::ZERO && !market.books[book].halted {
            let price = market.books[book].price;
            accounts::transfer(venues, Trader::Makers, book, -passed, price);
        }
    }

    fn note(&mut self, moment: &Moment, market: &Market, log: &mut Log, book: BookId) {
        let makers = &mut self.books[book];
        let fresh = f64::from(makers.failed - makers.noted);
        if fresh < (ENTRY_SHARE * f64::from(self.count)).max(1.0) {
            return;
        }
        makers.noted = makers.failed;
        log.note(
            moment,
            LogEvent::MakersFailed {
                book,
                failed: makers.failed,
                count: self.count,
                depth_left: market.depth_factor(book),
            },
        );
    }
}

/// Limit of a maker, counted from the smallest, relative to the median: the quantile at (i + ½)/M of the distribution.
fn relative_limit(limits: Limits, tail_exponent: f64, index: u32, count: u32) -> f64 {
    let quantile = (f64::from(index) + 0.5) / f64::from(count);
    match limits {
        Limits::Even => 2.0 * quantile,
        Limits::HeavyTailed => {
            let of = |quantile: f64| libm::pow(1.0 - quantile, -1.0 / tail_exponent) - 1.0;
            of(quantile) / of(0.5)
        }
    }
}
