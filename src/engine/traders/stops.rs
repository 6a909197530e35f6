//! Stop-loss orders of holders without leverage: whoever holds coins has a sale waiting below the price, whoever is short a
//! purchase above it (C. Osler, *Journal of Finance* 2003, for where they gather; *Journal of International Money and Finance*
//! 2005, for the cascades that they make).
//!
//! An order waits in one book and is touched when **that book's own price**, the last one traded, has reached its level: that is
//! what a matching engine looks at, and marks or an index are not asked. It then is a market order in the same book, at once: orders
//! that touch one another go together in one round, whatever the number of rounds and the length of a step. Of an even density of
//! S dollars per unit of log price in a book of depth D, a move s sets off s·S/(D − S), and ends at s/(1 − S/D). What a book has no
//! room for waits for the next round; nothing is touched while a book is halted.
//!
//! A level is chosen when the order is placed: at a distance from the price at which its holder has entered, or just beyond the next
//! round number past it. Whoever was stopped out enters again with a time constant, without an order, as new positions are opened,
//! and places a new stop about the price of that moment. Take-profit orders, which stand at round numbers and would hold a price
//! up there, are not modelled.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::{BookId, Distances, IndexedBy, Parameters, Stops};

use crate::clock::Moment;
use crate::forced::breakers::Breakers;
use crate::market::books::Market;
use crate::positions::account::Trader;
use crate::positions::contract::Side;
use crate::positions::venues::Venues;
use crate::random::{Purpose, RandomStreams};
use crate::tally::Tally;
use crate::traders::accounts;
use crate::units::{Coins, LogPrice, Price, Usd};

/// Furthest distance of a stop from the price, log: e⁻³ is a twentieth.
const FURTHEST: f64 = 3.0;
/// Below this notional all who are out enter again at once.
const REMNANT: Usd = Usd::new(1.0);
/// What rounding may take from a step of round numbers.
const ROUNDING: f64 = 1e-9;

/// A stop order that waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopOrder {
    /// The book it waits in.
    pub book: BookId,
    /// Whose it is: longs sell below the price, shorts buy above it.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// Its size.
    pub coins: Coins,
}

/// The stop orders of one side in one book.
#[derive(Clone, Debug, Default)]
pub struct StopQueue {
    /// Their levels: how far the log price has to be against the holders, relative to the start. The next one to be touched is the
    /// last. It is a log price for one side and a negative one for the other, and so a plain number.
    levels: Vec<f64>,
    /// Coins of each.
    size: Coins,
    /// Coins that were touched and have not been traded yet.
    pub waiting: Coins,
    /// Coins that were traded and not taken back.
    pub out: Coins,
    /// Coins that were taken back, for which no new order has been placed: less than one order's.
    unprotected: Coins,
    /// Coins by fate: all that were ever placed, those traded, and those withdrawn.
    pub placed: Coins,
    /// See [`Self::placed`].
    pub traded: Coins,
    /// See [`Self::placed`].
    pub withdrawn: Coins,
}

/// The queues of both sides of a book.
#[derive(Clone, Debug, Default)]
struct BookStops([StopQueue; 2]);

impl IndexedBy<BookId> for BookStops {}

/// The stop orders of an asset.
#[derive(Clone, Debug)]
pub struct StopOrders {
    streams: RandomStreams,
    /// For orders of those who enter again.
    rng: ChaCha8Rng,
    /// None before the first ones are placed.
    books: Vec<BookStops>,
}

impl StopQueue {
    /// Coins that rest.
    pub fn resting(&self) -> Coins {
        self.levels.len() as f64 * self.size
    }

    /// Takes back what waits.
    fn withdraw(&mut self) {
        self.withdrawn += self.resting() + self.waiting;
        self.levels.clear();
        (self.waiting, self.unprotected) = (Coins::ZERO, Coins::ZERO);
    }

    /// Coins of the orders up to a level.
    fn up_to(&self, level: f64) -> Coins {
        let further = self.levels.partition_point(|other| *other > level);
        (self.levels.len() - further) as f64 * self.size
    }

    /// Takes the orders that the book's price touches, each after those before it have been traded, until they come to `room`.
    /// Returns their number.
    fn touch(&mut self, market: &Market, book: BookId, side: Side, room: Usd) -> u64 {
        let price = market.books[book].price;
        let mut touched = 0;
        while let Some(next) = self.levels.last().copied() {
            let order = self.waiting * price;
            if order >= room {
                break;
            }
            let moved = if order > Usd::ZERO {
                market.impact_of(book, -side.sign() * order)
            } else {
                0.0
            };
            let reached = against(side, market.log_price(book) + moved);
            if next <= reached {
                self.levels.pop();
                self.waiting += self.size;
                touched += 1;
            } else {
                break;
            }
        }
        touched
    }

    /// Places one order.
    fn place(&mut self, level: f64) {
        let place = self.levels.partition_point(|other| *other > level);
        self.levels.insert(place, level);
        self.placed += self.size;
    }
}

impl StopOrders {
    /// Nobody has placed any.
    pub fn new(streams: RandomStreams) -> Self {
        Self {
            streams,
            rng: streams.stream(Purpose::StopRenewal),
            books: Vec::new(),
        }
    }

    /// Takes over changed parameters: where they describe other orders, all are placed anew about the present prices.
    pub fn configure(&mut self, moment: &Moment, market: &Market, venues: &mut Venues, before: &Parameters) {
        let now = moment.parameters.stops;
        let renewed_as_before = Stops {
            renewal: now.renewal,
            ..before.stops
        };
        if now != renewed_as_before {
            self.place_all(moment, market, venues);
        }
    }

    /// Places all of them about the present prices; whoever is out enters again.
    pub fn place_all(&mut self, moment: &Moment, market: &Market, venues: &mut Venues) {
        let settings = moment.parameters.stops;
        if !settings.enabled && self.books.is_empty() {
            return;
        }
        self.books.resize(market.books.len(), BookStops::default());
        // Always the same stream, so that dragging a slider there and back gives the same orders.
        let mut rng = self.streams.stream(Purpose::StopOrders);
        let depth: f64 = market.book_ids().map(|book| market.depth_share(book)).sum();
        for (book, stops) in BookId::each(&mut self.books) {
            let price = market.price_at(market.log_price(book));
            for (side, share) in Side::BOTH
                .into_iter()
                .zip([settings.sell_share, 1.0 - settings.sell_share])
            {
                let queue = &mut stops.0[side as usize];
                queue.withdraw();
                enter_again(venues, book, side, queue, 1.0, market.books[book].price);
                queue.unprotected = Coins::ZERO;
                let share = share * market.depth_share(book) / depth;
                if !settings.enabled || share * settings.notional == 0.0 {
                    continue;
                }
                let count = (share * f64::from(settings.count)).round().max(1.0);
                queue.size = share * Usd::new(settings.notional) / count / price;
                for order in 0..count as u32 {
                    let quantile = (f64::from(order) + rng.random::<f64>()) / count;
                    let level = level(&settings, &mut rng, side, price, quantile);
                    queue
                        .levels
                        .push(against(side, LogPrice::of(level, market.start_price())));
                }
                queue.levels.sort_unstable_by(|one, other| other.total_cmp(one));
                queue.placed += queue.resting();
            }
        }
    }

    /// Trades what the books' prices touch, as far as the books have room. Whether anything was traded.
    pub fn act(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        breakers: &Breakers,
    ) -> bool {
        let mut traded = false;
        for (book, stops) in BookId::each(&mut self.books) {
            for side in Side::BOTH {
                let queue = &mut stops.0[side as usize];
                let reached = against(side, market.log_price(book));
                if queue.waiting == Coins::ZERO && queue.levels.last().is_none_or(|next| *next > reached) {
                    continue;
                }
                let sign = -side.sign();
                let room = match book.venue() {
                    None => market.order_limit(book, sign),
                    Some(venue) => breakers.order_limit(moment, market, venue, sign),
                };
                tally.stops_touched += queue.touch(market, book, side, room);
                let price = market.books[book].price;
                let coins = queue.waiting.within(room / price);
                if coins > Coins::ZERO {
                    accounts::order(market, venues, Trader::StopHolders, book, sign * coins);
                    queue.waiting -= coins;
                    queue.out += coins;
                    queue.traded += coins;
                    tally.stopped[side as usize] += coins * price;
                    traded = true;
                }
            }
        }
        traded
    }

    /// Once a step: some who are out enter again, at the book's price and without an order, and place new stops.
    pub fn renew(&mut self, moment: &Moment, market: &Market, venues: &mut Venues) {
        let settings = moment.parameters.stops;
        for (book, stops) in BookId::each(&mut self.books) {
            let present = market.books[book];
            for side in Side::BOTH {
                let queue = &mut stops.0[side as usize];
                if queue.out == Coins::ZERO || present.halted {
                    continue;
                }
                let share = if queue.out * present.price < REMNANT {
                    1.0
                } else {
                    moment.share_closed(settings.renewal)
                };
                enter_again(venues, book, side, queue, share, present.price);
                while queue.size > Coins::ZERO && queue.unprotected >= queue.size {
                    let quantile = self.rng.random();
                    let level = level(&settings, &mut self.rng, side, present.price, quantile);
                    queue.place(against(side, LogPrice::of(level, market.start_price())));
                    queue.unprotected -= queue.size;
                }
            }
        }
    }

    /// Every queue.
    pub fn queues(&self) -> impl Iterator<Item = (BookId, Side, &StopQueue)> {
        let sides = |book: BookId| Side::BOTH.map(|side| (book, side, &self.books[book].0[side as usize]));
        BookId::first(self.books.len()).flat_map(sides)
    }

    /// Every order that rests.
    pub fn orders(&self, start_price: Price) -> impl Iterator<Item = StopOrder> {
        self.queues().flat_map(move |(book, side, queue)| {
            queue.levels.iter().map(move |level| StopOrder {
                book,
                side,
                price: LogPrice::new(-side.sign() * level).price(start_price),
                coins: queue.size,
            })
        })
    }

    /// Notional of a side that rests, at the books' prices.
    pub fn resting(&self, market: &Market, side: Side) -> Usd {
        self.sum(market, side, StopQueue::resting)
    }

    /// Notional of a side that was touched and has not been traded yet, at the books' prices.
    pub fn waiting(&self, market: &Market, side: Side) -> Usd {
        self.sum(market, side, |queue| queue.waiting)
    }

    fn sum(&self, market: &Market, side: Side, coins: impl Fn(&StopQueue) -> Coins) -> Usd {
        let of = |(book, stops): (BookId, &BookStops)| coins(&stops.0[side as usize]) * market.books[book].price;
        BookId::each(&self.books).map(of).sum()
    }

    /// Notional of a side in a book, at the price half-way, that is touched while the book's log price goes from one distance
    /// of where it stands to another, against the holders. Without the first distance: everything up to the second.
    pub fn between(&self, market: &Market, book: BookId, side: Side, near: Option<f64>, far: f64) -> Usd {
        let Some(stops) = self.books.get(book.index()) else {
            return Usd::ZERO;
        };
        let queue = &stops.0[side as usize];
        let from = against(side, market.log_price(book));
        let coins = queue.up_to(from + far) - near.map_or(Coins::ZERO, |near| queue.up_to(from + near));
        let middle = near.map_or(far, |near| f64::midpoint(near, far));
        coins * market.books[book].price * libm::exp(-side.sign() * middle)
    }

    /// The same in all books.
    pub fn between_in_all(&self, market: &Market, side: Side, near: Option<f64>, far: f64) -> Usd {
        let books = BookId::first(self.books.len());
        books.map(|book| self.between(market, book, side, near, far)).sum()
    }

    /// Memory of the orders, in bytes.
    pub fn bytes(&self) -> usize {
        let levels: usize = self.queues().map(|(_, _, queue)| queue.levels.len()).sum();
        self.books.len() * size_of::<BookStops>() + levels * size_of::<f64>()
    }
}

/// How far a log price is against the holders: falling for longs, rising for shorts.
fn against(side: Side, log_price: LogPrice) -> f64 {
    -side.sign() * log_price.get()
}

/// A share of those who are out holds again what was traded for them, at a price and without an order.
fn enter_again(venues: &mut Venues, book: BookId, side: Side, queue: &mut StopQueue, share: f64, price: Price) {
    let coins = share * queue.out;
    if coins > Coins::ZERO {
        accounts::transfer(venues, Trader::StopHolders, book, side.sign() * coins, price);
        queue.out -= coins;
        queue.unprotected += coins;
    }
}

/// The level of a new order: at a distance from the price, by a quantile where distances are even, or beyond the next
/// round number. Takes as many variates whatever the settings.
fn level(settings: &Stops, rng: &mut ChaCha8Rng, side: Side, price: Price, quantile: f64) -> Price {
    let normal: f64 = StandardNormal.sample(rng);
    let [kind, beyond]: [f64; 2] = std::array::from_fn(|_| rng.random());
    let distance = match settings.distances {
        Distances::Even => 2.0 * settings.distance * quantile,
        Distances::LogNormal => settings.distance * libm::exp(settings.distance_dispersion * normal),
    };
    let away = |log_distance: f64| libm::exp(-side.sign() * log_distance);
    let chosen = price * away(distance.min(FURTHEST));
    if kind >= settings.round_share {
        return chosen;
    }
    let step = Price::new(round_step((settings.round_spacing * price).get()));
    let round = match side {
        Side::Long => libm::floor(chosen / step) * step,
        Side::Short => libm::ceil(chosen / step) * step,
    };
    if round > Price::ZERO {
        round * away(settings.beyond * beyond)
    } else {
        chosen
    }
}

/// The largest of 1, 2 and 5 times a power of ten that is no more than this.
fn round_step(most: f64) -> f64 {
    let most = most * (1.0 + ROUNDING);
    let decade = libm::pow(10.0, libm::floor(libm::log10(most)));
    let multiple = if most >= 5.0 * decade {
        5.0
    } else if most >= 2.0 * decade {
        2.0
    } else {
        1.0
    };
    multiple * decade
}

#[cfg(test)]
mod tests;
