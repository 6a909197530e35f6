//! Dealers: they hold the other side of the options and trade the coin until they have no delta.
//!
//! The dealers' option delta is Σ sign·OI·Δ coins; the hedge they want is its negative. Short options (sign −1) that hedge
//! grows when the price rises: they buy into a rise and sell into a fall, and the more gamma, the more (C. Frey and
//! A. Stremme, *Mathematical Finance* 1997; M. Avellaneda and M. Lipkin, *Quantitative Finance* 2003, for pinning). The price
//! they look at is that of the books they trade in, weighted like their orders: a hedge of gain a per move then ends a move σ
//! at σ/(1 − a).
//!
//! Futures hedges stand in the venues' linear contracts, spot hedges in the dealers' own inventory. Options are traded against
//! delta: when the book is listed anew, the hedge changes hands with it, without an order.

use std::sync::Arc;

use cascade_scenario::{BookId, HedgeRule, OptionSeries, Parameters, Settlement};

use crate::clock::Moment;
use crate::forced::breakers::Breakers;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::{BOOKS_MAX, Market};
use crate::market::source::Source;
use crate::pace::Pace;
use crate::positions::account::Account;
use crate::positions::venues::Venues;
use crate::tally::Tally;
use crate::traders::options::{Expired, OptionBook, generate};
use crate::units::{Coins, LogPrice, Price, Usd};

/// A hedge order below this share of the depth it would trade in is not worth an order: it moves the price by 1e-7.
const LEAST_ORDER: f64 = 1e-7;
/// Halvings with which the size of an order is found.
const BISECTIONS: u32 = 24;
/// Flips are looked for again when the nearest expiry has come this much closer, as a share of what was left.
const FLIPS_AGE: f64 = 0.01;

/// The convention for indices: dealers long the calls that overwriters sell, short the puts that hedgers buy.
pub const INDEX_SIGNS: [f64; 2] = [1.0, -1.0];

/// The dealers and the options they hedge.
#[derive(Clone, Debug, Default)]
pub struct Dealers {
    /// The options they have sold and bought.
    pub book: OptionBook,
    /// The option chain of the scenario; none: the sliders describe the options.
    chain: Arc<[OptionSeries]>,
    /// When the present cycle was listed, seconds, and the price its strikes are around.
    listed: f64,
    anchor: Price,
    /// Share of what the writers had sold at first that dealers have taken over from them.
    taken_over: f64,
    /// Share of their options that they hold still: less than all where they could not meet margin.
    kept: f64,
    /// Coins held for the hedge outside the futures, and what they cost.
    spot: Account,
    /// Coins that the hedging gain has bought so far, and the reference price it looked at last.
    gain_coins: Coins,
    gain_seen: Option<LogPrice>,
    /// When they hedge, where they do so at an interval.
    pace: Pace,
    /// Log prices at which gamma changes its sign, by the dealers' own signs and by those for indices, and the time to the
    /// nearest expiry when they were found.
    pub flips: [Vec<LogPrice>; 2],
    flips_found: f64,
}

/// What a price level means to the dealers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaLevel {
    /// Gamma exposure by the dealers' signs, USD per 1 %.
    pub exposure: f64,
    /// The same were they long all calls and short all puts.
    pub index_convention: f64,
}

impl Dealers {
    /// Lists the options of a scenario, or those the sliders describe; the dealers are hedged from the start.
    pub fn new(moment: &Moment, market: &Market, venues: &mut Venues, chain: &[OptionSeries]) -> Self {
        let mut dealers = Self {
            chain: chain.into(),
            anchor: market.start_price(),
            ..Self::default()
        };
        dealers.list(moment, market);
        if moment.parameters.dealers.enabled {
            let gap = dealers.wanted(moment, market);
            dealers.hand_over(moment, market, venues, gap);
        }
        dealers
    }

    /// Takes over changed parameters. Where options or the dealers' share of them change, the hedge changes hands with them.
    pub fn configure(&mut self, moment: &Moment, market: &Market, venues: &mut Venues, before: &Parameters) {
        let now = moment.parameters;
        let traded = before.options != now.options || self.signs(before) != self.signs(&now);
        let enabled = (before.dealers.enabled, now.dealers.enabled);
        let delta_before = self.delta_by(moment, market, self.signs(before));
        if before.options != now.options {
            if now.options.enabled && !before.options.enabled {
                (self.listed, self.anchor) = (moment.time_seconds(), market.price_at(Self::reference(moment, market)));
            }
            self.list(moment, market);
        } else if traded {
            self.find_flips(moment, market);
        }
        match enabled {
            (true, true) if traded => {
                let change = self.option_delta(moment, market) - delta_before;
                self.hand_over(moment, market, venues, -change);
            }
            (false, true) => {
                let gap = self.wanted(moment, market) - self.held(venues);
                self.hand_over(moment, market, venues, gap);
            }
            _ => {}
        }
        if enabled.0 != enabled.1 || before.dealers.gain != now.dealers.gain {
            self.gain_seen = None;
        }
    }

    /// Share of what the option writers had sold at first that dealers have taken over from them.
    pub const fn taken_over(&self) -> f64 {
        self.taken_over
    }

    /// So much of it is theirs from now on.
    pub fn take_over(&mut self, moment: &Moment, market: &Market, share: f64) {
        if self.taken_over != share {
            self.taken_over = share;
            self.find_flips(moment, market);
        }
    }

    /// Share of their options that they hold still.
    pub const fn kept(&self) -> f64 {
        self.kept
    }

    /// They hold so much of their options from now on; the rest is with clients who do not hedge.
    pub fn keep(&mut self, moment: &Moment, market: &Market, share: f64) {
        if self.kept != share {
            self.kept = share;
            self.find_flips(moment, market);
        }
    }

    /// Makes the book of the present cycle.
    fn list(&mut self, moment: &Moment, market: &Market) {
        self.taken_over = 0.0;
        self.kept = 1.0;
        let options = moment.parameters.options;
        let (now, start) = (moment.time_seconds(), market.start_price());
        self.book = match &*self.chain {
            _ if !options.enabled => OptionBook::default(),
            [] => OptionBook::new(&generate(&options, self.anchor), start, self.listed, now),
            // Their days count from the first step.
            series => OptionBook::new(series, start, 0.0, now),
        };
        self.find_flips(moment, market);
    }

    /// At the start of a step: time passes, and options expire.
    pub fn begin_step(&mut self, moment: &Moment, market: &Market, venues: &mut Venues, log: &mut Log) {
        self.pace
            .begin_step(moment.dt(), moment.parameters.dealers.hedging_interval);
        if self.book.is_empty() {
            return;
        }
        let now = moment.time_seconds();
        let reference = Self::reference(moment, market);
        if let Some(expired) = self.book.expire(now) {
            self.settle(moment, market, venues, log, &expired);
            if self.book.is_empty() && moment.parameters.options.relist && self.chain.is_empty() {
                (self.listed, self.anchor) = (now, market.price_at(reference));
                self.list(moment, market);
                if moment.parameters.dealers.enabled {
                    let delta = self.option_delta(moment, market);
                    self.hand_over(moment, market, venues, -delta);
                }
                log.note(
                    moment,
                    LogEvent::OptionsListed {
                        price: self.anchor.get(),
                    },
                );
            }
            self.find_flips(moment, market);
        }
        self.book.refresh(now);
        if self.book.next_expiry().map_or(0.0, |at| at - now) < (1.0 - FLIPS_AGE) * self.flips_found {
            self.find_flips(moment, market);
        }
    }

    /// Settles what has expired. In coins: the hedge is delivered. In cash: it has no purpose any more, and the next hedge
    /// order closes it.
    ///
    /// What is missing in the hedge after delivery has to be traded, and where dealers hold the options that order takes the price
    /// towards the strike: exercise stops where it would take the price past it, because nobody sells at the strike what he has
    /// to buy for more.
    fn settle(&mut self, moment: &Moment, market: &Market, venues: &mut Venues, log: &mut Log, expired: &Expired) {
        let signs = self.signs(&moment.parameters);
        let reference = Self::reference(moment, market);
        let in_the_money = |log_price: LogPrice| {
            let delta = expired.delta(log_price);
            signs[0] * delta[0] + signs[1] * delta[1]
        };
        let physical = moment.parameters.options.settlement == Settlement::Physical;
        let delivers = physical && moment.parameters.dealers.enabled;
        let exercised = if delivers {
            let push = Self::push(moment, market);
            let gap = self.wanted(moment, market) - self.held(venues);
            // Bought is what is missing once everything is exercised that is in the money at the price to which buying leads.
            gap - self_consistent(|bought| gap - in_the_money(reference + push * bought.get()))
        } else {
            in_the_money(reference)
        };
        let interest = expired.interest();
        log.note(
            moment,
            LogEvent::OptionsExpired {
                coins: (interest[0] + interest[1]).get(),
                nearest_strike: market.price_at(expired.nearest_strike(reference)).get(),
                delivered: physical,
                hedge_coins: -exercised.get(),
            },
        );
        if delivers {
            self.hand_over(moment, market, venues, exercised);
        }
    }

    /// Trades towards the hedge wanted. Whether an order was executed.
    pub fn hedge(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        breakers: &Breakers,
    ) -> bool {
        let settings = moment.parameters.dealers;
        let looks = self.pace.look();
        let idle = self.book.is_empty() && settings.gain == 0.0 && self.held(venues) == Coins::ZERO;
        if !settings.enabled || idle {
            return false;
        }
        let reference = Self::reference(moment, market);
        let price = market.price_at(reference);
        let moved = self.gain_seen.map_or(0.0, |seen| reference - seen);
        if self.gain_seen.is_none() {
            self.gain_seen = Some(reference);
        }
        let depth = hedging_depth(moment, market);
        let by_gain = settings.gain * depth * moved / price;
        let gap = self.worthwhile(moment, market, venues) + by_gain;
        let due = match settings.rule {
            HedgeRule::Interval => looks,
            HedgeRule::Band => gap.abs() > settings.band * self.scale(moment, depth / price),
        };
        if !due || gap.abs() * price < LEAST_ORDER * depth {
            return false;
        }
        self.gain_coins += by_gain;
        self.gain_seen = Some(reference);
        self.trade(moment, market, venues, tally, breakers, gap)
    }

    /// Coins missing in the hedge of the options, as far as they are still missing once they are bought: dealers who are long
    /// gamma trade against the move, their own order takes the price back, and they stop where it has made the rest
    /// unnecessary. Many rounds lead to the same place, σ/(1 + a), for every a.
    fn worthwhile(&self, moment: &Moment, market: &Market, venues: &Venues) -> Coins {
        let held = self.held(venues);
        let reference = Self::reference(moment, market);
        let push = Self::push(moment, market);
        let signs = self.signs(&moment.parameters);
        self_consistent(|bought| self.gain_coins - self.delta_at(moment, reference + push * bought.get(), signs) - held)
    }

    /// One order a book for its share of the coins: the spot share in the spot book, the rest in the venues that trade, by depth.
    /// What a book does not take in this round is asked for again in the next.
    fn trade(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        breakers: &Breakers,
        order: Coins,
    ) -> bool {
        let sign = order.signum();
        let mut executed = Usd::ZERO;
        for (book, share) in market.book_ids().zip(shares(moment, market)) {
            let limit = match book.venue() {
                None => market.order_limit(book, sign),
                Some(venue) => breakers.order_limit(moment, market, venue, sign),
            };
            let price = market.books[book].price;
            let coins = (order * share).within(limit / price);
            if coins != Coins::ZERO {
                let fill = market.execute(book, coins * price, Source::Hedging);
                self.take(venues, book, coins, fill.price);
                executed += coins * price;
            }
        }
        tally.hedged += executed;
        executed != Usd::ZERO
    }

    /// Adds coins to the hedge without an order, at the books' prices: whoever trades options brings their hedge along.
    fn hand_over(&mut self, moment: &Moment, market: &Market, venues: &mut Venues, coins: Coins) {
        if coins != Coins::ZERO {
            for (book, share) in market.book_ids().zip(shares(moment, market)) {
                let price = market.books[book].price;
                self.take(venues, book, coins * share, price);
            }
        }
    }

    fn take(&mut self, venues: &mut Venues, book: BookId, coins: Coins, price: Price) {
        if let Some(venue) = book.venue() {
            let contract = &mut venues[venue].contracts[0];
            contract.dealer.buy_coins(coins, price);
            contract.counterparty.buy_coins(-coins, price);
        } else {
            self.spot.buy_coins(coins, price);
        }
    }

    /// Coins the dealers want to hold.
    fn wanted(&self, moment: &Moment, market: &Market) -> Coins {
        self.gain_coins - self.option_delta(moment, market)
    }

    /// Their position in calls and puts: their own, and what they have taken over of option writers, as far as they hold it still.
    pub fn signs(&self, parameters: &Parameters) -> [f64; 2] {
        let taken = self.taken_over * parameters.writers.share;
        [parameters.dealers.call_sign, parameters.dealers.put_sign].map(|own| self.kept * (own - taken))
    }

    /// The dealers' option delta.
    pub fn option_delta(&self, moment: &Moment, market: &Market) -> Coins {
        self.delta_by(moment, market, self.signs(&moment.parameters))
    }

    fn delta_by(&self, moment: &Moment, market: &Market, signs: [f64; 2]) -> Coins {
        self.delta_at(moment, Self::reference(moment, market), signs)
    }

    fn delta_at(&self, moment: &Moment, log_price: LogPrice, signs: [f64; 2]) -> Coins {
        let delta = self.book.exposure(log_price, moment.time_seconds()).delta;
        Coins::new(signs[0] * delta[0] + signs[1] * delta[1])
    }

    /// Coins they hold.
    pub fn held(&self, venues: &Venues) -> Coins {
        let futures = venues.iter().map(|venue| venue.contracts[0].dealer.coins());
        self.spot.coins() + futures.sum::<Coins>()
    }

    /// What their hedge has gained since the start, at the books' prices.
    pub fn hedge_worth(&self, market: &Market, venues: &Venues) -> Usd {
        let worth = |book: BookId| {
            let price = market.books[book].price;
            book.venue().map_or_else(
                || self.spot.worth_at(price),
                |venue| venues[venue].contracts[0].dealer.worth_at(price),
            )
        };
        market.book_ids().map(worth).sum()
    }

    /// What a band is a share of: the dealers' options, and what the gain trades over a unit of log price.
    fn scale(&self, moment: &Moment, depth: Coins) -> Coins {
        let signs = self.signs(&moment.parameters);
        let interest = self.book.interest();
        signs[0].abs() * interest[0] + signs[1].abs() * interest[1] + moment.parameters.dealers.gain.abs() * depth
    }

    /// The price the dealers look at: that of the books they trade in.
    pub fn reference(moment: &Moment, market: &Market) -> LogPrice {
        let weights = shares(moment, market);
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            let books = market.book_ids().zip(weights);
            let weighted = books.map(|(book, weight)| weight * market.log_price(book).get());
            LogPrice::new(weighted.sum::<f64>() / total)
        } else {
            market.index_level().log_price()
        }
    }

    /// Hedge flow per unit of log price in the direction of the move: positive where dealers are short gamma.
    pub fn flow_slope(&self, moment: &Moment, market: &Market) -> Usd {
        let settings = &moment.parameters.dealers;
        if !settings.enabled {
            return Usd::ZERO;
        }
        let reference = Self::reference(moment, market);
        let signs = self.signs(&moment.parameters);
        let slope = self.book.exposure(reference, moment.time_seconds()).slope;
        settings.gain * hedging_depth(moment, market)
            - Coins::new(signs[0] * slope[0] + signs[1] * slope[1]) * market.price_at(reference)
    }

    /// What the hedgers buy if the log price moves by this much from where it stands (negative: sell).
    pub fn flow_over(&self, moment: &Moment, market: &Market, log_move: f64) -> Usd {
        let settings = &moment.parameters.dealers;
        if !settings.enabled {
            return Usd::ZERO;
        }
        let reference = Self::reference(moment, market);
        let delta = |log_price: LogPrice| self.delta_at(moment, log_price, self.signs(&moment.parameters));
        let by_options = (delta(reference) - delta(reference + log_move)) * market.price_at(reference);
        by_options + settings.gain * hedging_depth(moment, market) * log_move
    }

    /// What the hedgers buy while the log price goes from one distance to another of where it stands (negative: sell):
    /// their coins at the price on the way.
    pub fn flow_between(&self, moment: &Moment, market: &Market, from: f64, to: f64) -> Usd {
        let settings = &moment.parameters.dealers;
        if !settings.enabled {
            return Usd::ZERO;
        }
        let reference = Self::reference(moment, market);
        let delta = |log_move: f64| self.delta_at(moment, reference + log_move, self.signs(&moment.parameters));
        let coins = if self.book.is_empty() {
            Coins::ZERO
        } else {
            delta(from) - delta(to)
        };
        let depth = if settings.gain == 0.0 {
            Usd::ZERO
        } else {
            let books = market.book_ids().zip(shares(moment, market));
            let hedging = books.filter(|(_, share)| *share > 0.0);
            hedging.map(|(book, _)| market.depth_over(book, from, to)).sum()
        };
        coins * market.price_at(reference + f64::midpoint(from, to)) + settings.gain * depth
    }

    /// What is missing in the hedge now (negative: too much).
    pub fn missing(&self, moment: &Moment, market: &Market, venues: &Venues) -> Usd {
        let settings = &moment.parameters.dealers;
        if !settings.enabled {
            return Usd::ZERO;
        }
        let reference = Self::reference(moment, market);
        let moved = self.gain_seen.map_or(0.0, |seen| reference - seen);
        (self.wanted(moment, market) - self.held(venues)) * market.price_at(reference)
            + settings.gain * hedging_depth(moment, market) * moved
    }

    /// What one coin of hedging moves the dealers' own reference price by, where nobody joins the books.
    fn push(moment: &Moment, market: &Market) -> f64 {
        shares(moment, market)
            .iter()
            .zip(&market.books)
            .map(|(share, book)| (share * share * book.price).get() / book.depth.get())
            .sum()
    }

    /// The same of one dollar.
    pub fn own_impact(moment: &Moment, market: &Market) -> f64 {
        let books = &market.books;
        shares(moment, market)
            .iter()
            .zip(books)
            .map(|(share, book)| share * share / book.depth.get())
            .sum()
    }

    /// Gamma exposure at a price, by both conventions.
    pub fn gamma_at(&self, moment: &Moment, market: &Market, price: Price) -> GammaLevel {
        let log_price = LogPrice::of(price, market.start_price());
        let slope = self.book.exposure(log_price, moment.time_seconds()).slope;
        let by = |signs: [f64; 2]| 0.01 * price.get() * (signs[0] * slope[0] + signs[1] * slope[1]);
        GammaLevel {
            exposure: by(self.signs(&moment.parameters)),
            index_convention: by(INDEX_SIGNS),
        }
    }

    fn find_flips(&mut self, moment: &Moment, market: &Market) {
        let now = moment.time_seconds();
        let around = Self::reference(moment, market);
        self.flips = [self.signs(&moment.parameters), INDEX_SIGNS].map(|signs| self.book.flips(around, signs, now));
        self.flips_found = self.book.next_expiry().map_or(0.0, |at| at - now);
    }
}

/// The purchase that is still wanted once it has moved the price: `wanted(b) = b`, the first of them from 0 on; all that is
/// wanted at first where buying makes more of it wanted.
fn self_consistent(wanted: impl Fn(Coins) -> Coins) -> Coins {
    let at_first = wanted(Coins::ZERO);
    let still_missing = |bought: Coins| (wanted(bought) - bought).get() * at_first.get();
    if still_missing(at_first) >= 0.0 {
        return at_first;
    }
    let (mut enough, mut too_much) = (Coins::ZERO, at_first);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (enough + too_much);
        if still_missing(middle) > 0.0 {
            enough = middle;
        } else {
            too_much = middle;
        }
    }
    enough
}

/// Share of a hedge order by book, none beyond the last one; a halted venue's part goes to the others, a halted spot book's waits.
fn shares(moment: &Moment, market: &Market) -> [f64; BOOKS_MAX] {
    let spot = moment.parameters.dealers.spot_share;
    let venues = market.futures();
    let trading: Usd = venues.iter().filter(|book| !book.halted).map(|book| book.depth).sum();
    let mut shares = [0.0; BOOKS_MAX];
    shares[0] = spot;
    for (share, book) in shares[1..].iter_mut().zip(venues) {
        if !book.halted && trading > Usd::ZERO {
            *share = (1.0 - spot) * book.depth / trading;
        }
    }
    shares
}

/// Depth of the books hedgers trade in, per unit of log price.
fn hedging_depth(moment: &Moment, market: &Market) -> Usd {
    shares(moment, market)
        .iter()
        .zip(&market.books)
        .filter(|(share, _)| **share > 0.0)
        .map(|(_, book)| book.depth)
        .sum()
}

#[cfg(test)]
mod tests;
