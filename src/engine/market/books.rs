//! Prices and books: the efficient price, the spot book and one futures book a venue, price impact and its decay.
//!
//! Log prices are relative to the start price: x_k = f + I_k with f the efficient price and I_k the transient impact of
//! book k, both kept as sums over sources.
//!
//! Round trips do not earn, whatever the depth does meanwhile (Huberman and Stanzl 2004; Gatheral 2010). The permanent part of an
//! order's impact is linear in the order and does not depend on who stands in the book. Of the rest the state is a volume, the
//! book's own orders less what decay and arbitrage have taken back, W = D₁·(u/1 %)^κ with u the distance they have taken it; an
//! order's price is the mean along the way, so that slicing it changes nothing. Quotes that leave do not move the price, and take
//! their part of W with them. Quotes that come back are those of makers who had no part in W: they trade at once with whoever still
//! stands at the displaced price, W stays, and u is what it takes in the deeper book. With E = ∫u dW the work that a trader can get
//! back, cash plus E never grows: orders exchange one for the other, and decay, arbitrage, leaving (u the same, W less) and returning
//! (W the same, u less) take from E. Were u kept on returning, buying while the book is thin and selling when it is deep would earn
//! V²/2·(1/D_thin − 1/D_deep); were W kept on leaving, the opposite would.

mod checks;
mod joined;

use cascade_scenario::{BookId, IndexSource, IndexedBy, Parameters, RegionId, VENUES_MAX};

use crate::clock::YEAR_SECONDS;
use crate::market::source::{BySource, Level, Source};
use crate::units::{Coins, LogPrice, Price, Usd};

/// The move for which all laws of impact give the same order: 1 %.
const CALIBRATED_MOVE: f64 = 0.01;

/// Furthest that a book's own orders take its log price from where it would be without them: to a twentieth or twenty times of
/// it. There everybody who holds a coin worth anything, or owns one, trades against them, whatever the size. No market that the
/// model describes has come near; without an end a runaway would leave every number.
pub(crate) const DISLOCATION_MAX: f64 = 3.0;

/// Orders below this share of the volume that has displaced a book move it along a straight line.
const STRAIGHT: f64 = 1e-5;

/// The volume a day, USD, for which the square-root law u = Y·σ_d·√(V/ADV) with Y = 1 (Tóth et al. 2011) says that the order
/// V = depth/100 moves the price by 1 %, σ_d the daily volatility of the news.
pub fn implied_daily_volume(parameters: &Parameters) -> Usd {
    let daily_variance = parameters.market.volatility.powi(2) * 86_400.0 / YEAR_SECONDS;
    CALIBRATED_MOVE * Usd::new(parameters.liquidity.depth) * daily_variance / CALIBRATED_MOVE.powi(2)
}

/// No asset has more books at home: spot and the venues.
pub(crate) const BOOKS_MAX: usize = VENUES_MAX + 1;

/// One order book.
#[derive(Clone, Copy, Debug, Default)]
pub struct Book {
    /// Transient impact I.
    pub impact: Level,
    /// How far the book's own orders have taken it along its curve of impact, and what decay and arbitrage have left of that: u,
    /// which stands for the volume W at the present depth. Not less for the part that is permanent: what an order costs does not
    /// depend on what others learn from it.
    displaced: Level,
    /// Price of a coin.
    pub price: Price,
    /// Present depth D, per unit log price.
    pub depth: Usd,
    /// What it would be if every maker stood.
    full_depth: Usd,
    /// Whether trading is halted: no order is executed and the price stands still, whatever the efficient price does.
    pub halted: bool,
    /// How many reasons there are for the halt.
    holds: u32,
    /// What the efficient price has moved during the halt.
    missed: f64,
    /// What makers who failed or withdrew have left of the depth.
    depth_factor: f64,
    /// Present depth as a share of the full one, as far as W knows of it: who comes back to a halted book trades when it reopens.
    quoted: f64,
    /// Orders that makers have taken the other side of since they last looked, net: coins and what they cost.
    forced: (Coins, Usd),
    /// Weight in a weighted index.
    index_weight: f64,
    /// Depth at the start price.
    depth_at_start: Usd,
}

/// What all books have in common.
#[derive(Clone, Copy)]
struct Common {
    start_price: Price,
    efficient: LogPrice,
    elasticity: f64,
    depth_floor: f64,
}

impl IndexedBy<BookId> for Book {}
impl IndexedBy<RegionId> for Book {}

impl Book {
    /// Its price and depth anew, from its impact and what it has in common with the others.
    fn refresh(&mut self, common: Common) {
        let log_price = common.efficient + self.impact.total;
        let relative = libm::exp(log_price.get());
        if !self.halted {
            self.price = common.start_price * relative;
        }
        let followed = if common.elasticity == 1.0 {
            relative
        } else if common.elasticity == 0.0 {
            1.0
        } else {
            libm::exp(common.elasticity * log_price.get())
        };
        self.full_depth = self.depth_at_start * followed.max(common.depth_floor);
        let followed = (followed * self.depth_factor).max(common.depth_floor);
        self.depth = self.depth_at_start * followed;
    }

    /// The order that takes an undisturbed book this far: V = D₁·(u/1 %)^κ.
    fn volume_at(&self, displaced: f64, exponent: f64) -> Usd {
        let relative = displaced.abs() / CALIBRATED_MOVE;
        (CALIBRATED_MOVE * self.depth * libm::pow(relative, exponent)).copysign(displaced)
    }

    /// How far an order takes an undisturbed book: its inverse.
    fn displaced_by(&self, order: Usd, exponent: f64) -> f64 {
        let relative = order.abs() / (CALIBRATED_MOVE * self.depth);
        (CALIBRATED_MOVE * libm::pow(relative, 1.0 / exponent)).copysign(order.get())
    }

    /// The mean over an order of how far it has taken the book so far, with h at its end: (1/V)·∫u dW less where it began, with
    /// ∫u dW = u·W/(1 + 1/κ) from nothing. For linear impact half of h.
    fn mean_move(&self, log_move: f64, exponent: f64) -> f64 {
        if exponent == 1.0 {
            return log_move / 2.0;
        }
        let (from, to) = (self.displaced.total, self.displaced.total + log_move);
        let (before, after) = (self.volume_at(from, exponent), self.volume_at(to, exponent));
        let order = after - before;
        // So small an order goes along a straight line, and its volumes differ by little more than rounding.
        if order.abs() <= STRAIGHT * before.abs().max(after.abs()) {
            return log_move / 2.0;
        }
        (to * after - from * before) / (1.0 + 1.0 / exponent) / order - from
    }
}

/// What an order did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Log-price move of the book.
    pub log_move: f64,
    /// Price all of the order was filled at: that of its mean log price along the way, for linear impact P·e^(h/2).
    pub price: Price,
}

/// The efficient price and all books of the asset.
#[derive(Clone, Debug)]
pub struct Market {
    start_price: Price,
    /// Efficient log price f: its moves from the start price.
    pub efficient: Level,
    /// Spot first, then the venues.
    pub books: Vec<Book>,
    /// The spot books of other regions.
    abroad: Vec<Book>,
    index: IndexSource,
    /// κ of V = D₁·(u/1 %)^κ.
    exponent: f64,
    permanent_share: f64,
    decay: f64,
    elasticity: f64,
    depth_floor: f64,
    max_move: f64,
    /// Orders executed since they were last asked for, USD bought less sold, by cause.
    ordered: BySource,
}

impl Market {
    /// All books at the start price.
    pub fn new(parameters: &Parameters) -> Self {
        let mut market = Self {
            start_price: Price::new(parameters.market.start_price),
            efficient: Level::default(),
            books: vec![Book::undisturbed(); parameters.venues.count as usize + 1],
            abroad: vec![Book::undisturbed(); parameters.regions.count as usize - 1],
            index: IndexSource::Spot,
            exponent: 1.0,
            permanent_share: 0.0,
            decay: 1.0,
            elasticity: 0.0,
            depth_floor: 0.0,
            max_move: 1.0,
            ordered: BySource::default(),
        };
        market.configure(parameters);
        market
    }

    /// Takes over the parameters; prices stay, depths follow.
    pub fn configure(&mut self, parameters: &Parameters) {
        let liquidity = &parameters.liquidity;
        self.index = parameters.index.source;
        self.exponent = liquidity.impact_exponent;
        self.permanent_share = liquidity.permanent_share;
        self.decay = if liquidity.resilience {
            libm::exp(-std::f64::consts::LN_2 * parameters.market.step_seconds / liquidity.resilience_half_life)
        } else {
            1.0
        };
        self.elasticity = liquidity.depth_elasticity;
        self.depth_floor = liquidity.depth_floor;
        self.max_move = liquidity.max_move_per_round;
        let venues = &parameters.venue[..parameters.venues.count as usize];
        let total_weight: f64 = venues.iter().map(|venue| venue.depth_weight).sum();
        for (id, book) in BookId::each(&mut self.books) {
            let share = match id.venue() {
                None => liquidity.spot_share * parameters.spot_share_at_home(),
                Some(venue) => (1.0 - liquidity.spot_share) * venues[venue.index()].depth_weight / total_weight,
            };
            book.index_weight = match id.venue() {
                None => parameters.index.spot_weight,
                Some(venue) => venues[venue.index()].index_weight,
            };
            book.depth_at_start = Usd::new(liquidity.depth) * share;
        }
        self.configure_abroad(parameters);
        self.refresh();
    }

    /// Quotes have left a book or come back to it. What left, left at the present price; what comes back makes the book deeper for
    /// the volume that has displaced it, which takes the price back a part of the way.
    fn requote(&mut self, id: BookId) {
        let exponent = self.exponent;
        let book = &mut self.books[id];
        let quoted = book.depth / book.full_depth;
        if quoted > book.quoted && !book.halted {
            let left = libm::pow(book.quoted / quoted, 1.0 / exponent);
            let displaced = book.displaced;
            book.impact.add_scaled(&displaced, left - 1.0);
            book.displaced.scale(left);
            book.quoted = quoted;
            self.refresh_book(id);
        } else {
            book.quoted = book.quoted.min(quoted);
        }
    }

    /// All books at home, the spot book first.
    pub fn book_ids(&self) -> impl DoubleEndedIterator<Item = BookId> + ExactSizeIterator + Clone + use<> {
        BookId::first(self.books.len())
    }

    /// The venues' books, in the venues' order.
    pub fn futures(&self) -> &[Book] {
        &self.books[1..]
    }

    /// Log price x_k of a book.
    #[inline]
    pub fn log_price(&self, book: BookId) -> LogPrice {
        self.efficient.log_price() + self.books[book].impact.total
    }

    /// The log price of a book with its causes.
    #[inline]
    pub fn level(&self, book: BookId) -> Level {
        self.efficient.plus(&self.books[book].impact)
    }

    /// Price at a log price.
    #[inline]
    pub fn price_at(&self, log_price: LogPrice) -> Price {
        log_price.price(self.start_price)
    }

    /// Price at the first step.
    pub const fn start_price(&self) -> Price {
        self.start_price
    }

    /// Depth of all books together.
    #[inline]
    pub fn total_depth(&self) -> Usd {
        self.books.iter().map(|book| book.depth).sum()
    }

    /// A book's share of the index.
    #[inline]
    pub fn index_share(&self, book: BookId) -> f64 {
        let of_spot = if book == BookId::SPOT {
            self.share_of_spot()
        } else {
            0.0
        };
        match self.index {
            IndexSource::Spot => of_spot,
            // A book whose makers have left keeps its weight: what has traded there does not become untrue with the depth that
            // it traded against.
            IndexSource::AllBooks => {
                let total: Usd = self.books.iter().map(|book| book.full_depth).sum();
                self.books[book].full_depth / total
            }
            IndexSource::Weights => {
                let total: f64 = self.books.iter().map(|book| book.index_weight).sum();
                if total > 0.0 {
                    self.books[book].index_weight / total
                } else {
                    of_spot
                }
            }
        }
    }

    /// Moves the efficient price, and with it every book that trades. The impact of a halted book takes up the move.
    pub fn move_efficient(&mut self, log_move: f64) {
        self.efficient.add(Source::Exogenous, log_move);
        for book in self.books.iter_mut().filter(|book| book.halted) {
            book.impact.add(Source::Exogenous, -log_move);
            book.missed += log_move;
        }
        self.refresh();
    }

    /// Halts trading in a book, for one more reason if it is halted already.
    pub fn halt(&mut self, book: BookId) {
        let book = &mut self.books[book];
        if !book.halted {
            book.missed = 0.0;
        }
        book.halted = true;
        book.holds += 1;
    }

    /// One reason for a halt is gone. With the last one the book trades again, at the price at which it was halted or, after
    /// an opening auction, with the news it missed.
    pub fn reopen(&mut self, id: BookId, auction: bool) {
        let book = &mut self.books[id];
        book.holds = book.holds.saturating_sub(1);
        if book.holds > 0 {
            return;
        }
        if auction {
            book.impact.add(Source::Exogenous, book.missed);
        }
        book.halted = false;
        self.refresh_book(id);
        self.requote(id);
    }

    /// ∫D over the log prices between two moves of the present price, signed like the way from one to the other: the depth
    /// follows the price down to its floor, D = D0·max(makers·e^(θx), floor).
    pub fn depth_over(&self, book: BookId, from: f64, to: f64) -> Usd {
        let (at, book, theta) = (self.log_price(book).get(), &self.books[book], self.elasticity);
        if theta == 0.0 {
            return book.depth * (to - from);
        }
        let on_floor = libm::log(self.depth_floor / book.depth_factor) / theta - at;
        // An antiderivative, 0 where the floor begins.
        let up_to = |log_move: f64| {
            if log_move <= on_floor {
                return self.depth_floor * (log_move - on_floor);
            }
            let above = libm::exp(theta * (at + log_move)) * book.depth_factor;
            (above - self.depth_floor) / theta
        };
        if on_floor.is_finite() {
            return book.depth_at_start * (up_to(to) - up_to(from));
        }
        // No floor, or no makers.
        let grown = |log_move: f64| libm::exp(theta * (at + log_move)) * book.depth_factor / theta;
        let floor = if book.depth_factor > 0.0 { 0.0 } else { self.depth_floor };
        book.depth_at_start * (grown(to) - grown(from) + floor * (to - from))
    }

    /// The order that moves a book by this much.
    pub fn order_for_move(&self, book: BookId, log_move: f64) -> Usd {
        let book = &self.books[book];
        if self.exponent == 1.0 {
            return log_move * book.depth;
        }
        let from = book.displaced.total;
        book.volume_at(from + log_move, self.exponent) - book.volume_at(from, self.exponent)
    }

    /// The orders that take a book from one move of its present price to another. Linear impact adds up over
    /// depth that follows the price; under another law volumes add up from where the book's own orders have taken it,
    /// whatever else has moved the price.
    pub fn orders_between(&self, book: BookId, from: f64, to: f64) -> Usd {
        if self.exponent == 1.0 {
            self.depth_over(book, from, to)
        } else {
            self.order_for_move(book, to - from)
        }
    }

    /// The largest order, in the direction of `sign`, that one round may execute in a book; none while it is halted.
    pub fn order_limit(&self, book: BookId, sign: f64) -> Usd {
        if self.books[book].halted {
            Usd::ZERO
        } else if self.max_move >= 1.0 {
            Usd::INFINITY
        } else {
            self.order_for_move(book, sign * self.max_move).abs()
        }
    }

    /// The log-price move that an order would cause. Orders add up in volume, not in impact:
    /// h = g(g⁻¹(u) + V) − u with u what the book's orders have moved it by.
    pub fn impact_of(&self, book: BookId, order: Usd) -> f64 {
        self.felt(book, order).0
    }

    /// The log-price move that an order would cause, and the share of the order that causes it: what goes beyond
    /// [`DISLOCATION_MAX`] finds all the buyers, or sellers, it needs.
    fn felt(&self, id: BookId, order: Usd) -> (f64, f64) {
        let book = &self.books[id];
        let from = book.displaced.total;
        let wished = if self.exponent == 1.0 {
            order / book.depth
        } else {
            book.displaced_by(book.volume_at(from, self.exponent) + order, self.exponent) - from
        };
        let end = DISLOCATION_MAX.copysign(wished);
        if (from + wished).abs() <= DISLOCATION_MAX || wished.is_nan() {
            (wished, 1.0)
        } else if (end - from) * wished <= 0.0 {
            (0.0, 0.0)
        } else {
            (end - from, self.order_for_move(id, end - from) / order)
        }
    }

    /// What filling an order would do, without doing it.
    pub fn quote(&self, book: BookId, order: Usd) -> Fill {
        let (log_move, felt) = self.felt(book, order);
        self.fill(book, log_move, felt)
    }

    /// What is paid for a move: the mean along the way, and at its end for what the price does not feel any more.
    fn fill(&self, book: BookId, log_move: f64, felt: f64) -> Fill {
        let book = &self.books[book];
        let mut factor = libm::exp(book.mean_move(log_move, self.exponent));
        if felt < 1.0 {
            factor = felt * factor + (1.0 - felt) * libm::exp(log_move);
        }
        Fill {
            log_move,
            price: book.price * factor,
        }
    }

    /// Executes a market order (negative: to sell) in a book that is not halted. The book moves by h at once and no other book
    /// moves. A share π of what the order would move a book in which everybody stands is permanent and lifts or lowers the
    /// efficient price, in proportion to the book's share of the depth at the start: π·V/ΣD where depth follows the price alike
    /// everywhere, and never more than h.
    pub fn execute(&mut self, book: BookId, order: Usd, source: Source) -> Fill {
        let (log_move, felt) = self.felt(book, order);
        let fill = self.fill(book, log_move, felt);
        self.ordered[source] += order.get();
        // What makers sell because they have failed is not theirs to take.
        if source != Source::Makers {
            let coins = order / self.books[book].price;
            self.load(book, coins, fill.price);
        }
        let linear = felt * order / self.books[book].full_depth;
        let learnt = self.permanent_share * self.depth_share(book) * linear;
        let permanent = if learnt.abs() < log_move.abs() {
            learnt
        } else {
            log_move
        };
        self.efficient.add(source, permanent);
        for (id, other) in BookId::each(&mut self.books) {
            let own = if id == book { log_move } else { 0.0 };
            other.impact.add(source, own - permanent);
        }
        for other in &mut self.abroad {
            other.impact.add(source, -permanent);
        }
        self.books[book].displaced.add(source, log_move);
        self.refresh_book(book);
        fill
    }

    /// An order for coins that a book's makers are the other side of, filled at this price.
    pub fn load(&mut self, book: BookId, coins: Coins, price: Price) {
        let book = &mut self.books[book];
        book.forced.0 += coins;
        book.forced.1 += coins * price;
    }

    /// Net coins that orders bought in a book since this was last asked, and what they paid for them; those of failed makers
    /// left out.
    pub fn take_forced(&mut self, book: BookId) -> (Coins, Usd) {
        std::mem::take(&mut self.books[book].forced)
    }

    /// Orders executed in all books since this was last asked, USD bought less sold, by cause.
    pub fn take_ordered(&mut self) -> BySource {
        std::mem::take(&mut self.ordered)
    }

    /// The orders that would take every book down and up by a fraction of its price, added up: bids and asks within it.
    pub fn depth_within(&self, fraction: f64) -> Usd {
        let (down, up) = (libm::log1p(-fraction), libm::log1p(fraction));
        // A depth that follows the price grows by these over the ways up and down, where it stays above its floor.
        let theta = self.elasticity;
        let grown = |log_move: f64| libm::exp(theta * log_move);
        let follows = self.exponent == 1.0 && theta > 0.0;
        let (least, over) = if follows {
            (grown(down), (grown(up) - grown(down)) / theta)
        } else {
            (0.0, 0.0)
        };
        let within = |id: BookId| {
            let book = &self.books[id];
            if follows && book.depth * least >= book.depth_at_start * self.depth_floor {
                return book.depth * over;
            }
            self.orders_between(id, 0.0, up).abs() + self.orders_between(id, 0.0, down).abs()
        };
        self.book_ids().map(within).sum()
    }

    /// Sets what makers leave of a book's depth.
    pub fn set_depth_factor(&mut self, book: BookId, factor: f64) {
        if self.books[book].depth_factor != factor {
            self.books[book].depth_factor = factor;
            self.refresh_book(book);
            self.requote(book);
        }
    }

    /// What makers leave of a book's depth.
    pub fn depth_factor(&self, book: BookId) -> f64 {
        self.books[book].depth_factor
    }

    /// A book's share of the depth at the start.
    pub fn depth_share(&self, book: BookId) -> f64 {
        let total: Usd = self
            .books
            .iter()
            .chain(&self.abroad)
            .map(|book| book.depth_at_start)
            .sum();
        self.books[book].depth_at_start / total
    }

    /// Trades one book away by a multiple of a level, causes included.
    pub fn shift(&mut self, book: BookId, by: &Level, factor: f64) {
        self.books[book].impact.add_scaled(by, factor);
        self.books[book].displaced.add_scaled(by, factor);
        self.refresh_book(book);
    }

    /// One step's decay of the transient impact, where books trade.
    pub fn relax(&mut self) {
        if self.decay < 1.0 {
            let all = self.books.iter_mut().chain(&mut self.abroad);
            for book in all.filter(|book| !book.halted) {
                book.impact.scale(self.decay);
                book.displaced.scale(self.decay);
            }
            self.refresh();
        }
    }

    /// Share of the transient impact that one step leaves: e^(−κ·dt).
    pub const fn decay(&self) -> f64 {
        self.decay
    }

    fn refresh(&mut self) {
        let common = self.common();
        for book in self.books.iter_mut().chain(&mut self.abroad) {
            book.refresh(common);
        }
    }

    fn refresh_book(&mut self, id: BookId) {
        let common = self.common();
        self.books[id].refresh(common);
    }

    const fn common(&self) -> Common {
        Common {
            start_price: self.start_price,
            efficient: self.efficient.log_price(),
            elasticity: self.elasticity,
            depth_floor: self.depth_floor,
        }
    }
}

#[cfg(test)]
mod tests;
