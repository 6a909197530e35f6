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

use crate::forced::breakers::Breakers;
use crate::log::LogEvent;
use crate::market::source::Source;
use crate::measure::observation::Observation;
use crate::traders::options::{Expired, OptionBook, generate};
use crate::world::World;

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
    book: OptionBook,
    /// The option chain of the scenario; none: the sliders describe the options.
    chain: Arc<[OptionSeries]>,
    /// When the present cycle was listed, seconds, and the price its strikes are around.
    listed: f64,
    anchor: f64,
    /// Coins held for the hedge outside the futures.
    spot_coins: f64,
    /// Coins that the hedging gain has bought so far, and the reference price it looked at last, log relative to the start.
    gain_coins: f64,
    gain_seen: Option<f64>,
    /// Log prices at which gamma changes its sign, by the dealers' own signs and by those for indices, and the time to the
    /// nearest expiry when they were found.
    flips: [Vec<f64>; 2],
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
    pub fn new(world: &mut World, chain: &[OptionSeries]) -> Self {
        let mut dealers = Self {
            chain: chain.into(),
            anchor: world.market.start_price(),
            ..Self::default()
        };
        dealers.list(world);
        if world.parameters.dealers.enabled {
            let gap = dealers.wanted(world);
            dealers.hand_over(world, gap);
        }
        dealers
    }

    /// Takes over changed parameters. Where options or the dealers' share of them change, the hedge changes hands with them.
    pub fn configure(&mut self, world: &mut World, before: &Parameters) {
        let now = world.parameters;
        let traded = before.options != now.options || signs(before) != signs(&now);
        let enabled = (before.dealers.enabled, now.dealers.enabled);
        let delta_before = self.delta_by(world, signs(before));
        if before.options != now.options {
            if now.options.enabled && !before.options.enabled {
                (self.listed, self.anchor) = (world.time_seconds(), world.market.price_at(Self::reference(world)));
            }
            self.list(world);
        } else if traded {
            self.find_flips(world);
        }
        match enabled {
            (true, true) if traded => {
                let change = self.option_delta(world) - delta_before;
                self.hand_over(world, -change);
            }
            (false, true) => {
                let gap = self.wanted(world) - self.held(world);
                self.hand_over(world, gap);
            }
            _ => {}
        }
        if enabled.0 != enabled.1 || before.dealers.gain != now.dealers.gain {
            self.gain_seen = None;
        }
    }

    /// Makes the book of the present cycle.
    fn list(&mut self, world: &World) {
        let options = world.parameters.options;
        let (now, start) = (world.time_seconds(), world.market.start_price());
        self.book = match &*self.chain {
            _ if !options.enabled => OptionBook::default(),
            [] => OptionBook::new(&generate(&options, self.anchor), start, self.listed, now),
            // Their days count from the first step.
            series => OptionBook::new(series, start, 0.0, now),
        };
        self.find_flips(world);
    }

    /// At the start of a step: time passes, and options expire.
    pub fn begin_step(&mut self, world: &mut World) {
        if self.book.is_empty() {
            return;
        }
        let now = world.time_seconds();
        let reference = Self::reference(world);
        if let Some(expired) = self.book.expire(reference, now) {
            self.settle(world, &expired);
            if self.book.is_empty() && world.parameters.options.relist && self.chain.is_empty() {
                (self.listed, self.anchor) = (now, world.market.price_at(reference));
                self.list(world);
                if world.parameters.dealers.enabled {
                    let delta = self.option_delta(world);
                    self.hand_over(world, -delta);
                }
                world.note(LogEvent::OptionsListed { price: self.anchor });
            }
            self.find_flips(world);
        }
        self.book.refresh(now);
        if self.book.next_expiry().map_or(0.0, |at| at - now) < (1.0 - FLIPS_AGE) * self.flips_found {
            self.find_flips(world);
        }
    }

    /// Settles what has expired. In coins: the hedge is delivered. In cash: it has no purpose any more, and the next hedge
    /// order closes it.
    fn settle(&mut self, world: &mut World, expired: &Expired) {
        let signs = signs(&world.parameters);
        let exercised = signs[0] * expired.delta[0] + signs[1] * expired.delta[1];
        let physical = world.parameters.options.settlement == Settlement::Physical;
        world.note(LogEvent::OptionsExpired {
            coins: expired.interest[0] + expired.interest[1],
            nearest_strike: world.market.price_at(expired.nearest_strike),
            delivered: physical,
            hedge_coins: -exercised,
        });
        if physical && world.parameters.dealers.enabled {
            self.hand_over(world, exercised);
        }
    }

    /// Trades towards the hedge wanted. Whether an order was executed.
    pub fn hedge(&mut self, world: &mut World, breakers: &Breakers) -> bool {
        let settings = world.parameters.dealers;
        let idle = self.book.is_empty() && settings.gain == 0.0 && self.held(world) == 0.0;
        if !settings.enabled || idle {
            return false;
        }
        let reference = Self::reference(world);
        let price = world.market.price_at(reference);
        let moved = self.gain_seen.map_or(0.0, |seen| reference - seen);
        if self.gain_seen.is_none() {
            self.gain_seen = Some(reference);
        }
        let depth = hedging_depth(world);
        let by_gain = settings.gain * depth * moved / price;
        let gap = self.worthwhile(world) + by_gain;
        let due = match settings.rule {
            HedgeRule::Interval => world.step.is_multiple_of(u64::from(settings.interval)),
            HedgeRule::Band => gap.abs() > settings.band * self.scale(world, depth / price),
        };
        if !due || gap.abs() * price < LEAST_ORDER * depth {
            return false;
        }
        self.gain_coins += by_gain;
        self.gain_seen = Some(reference);
        self.trade(world, breakers, gap * price)
    }

    /// Coins missing in the hedge of the options, as far as they are still missing once they are bought: dealers who are long
    /// gamma trade against the move, their own order takes the price back, and they stop where it has made the rest
    /// unnecessary. Many rounds lead to the same place, σ/(1 + a), for every a.
    fn worthwhile(&self, world: &World) -> f64 {
        let held = self.held(world);
        let missing = self.wanted(world) - held;
        let reference = Self::reference(world);
        let push = Self::own_impact(world) * world.market.price_at(reference);
        let still_missing = |bought: f64| {
            self.gain_coins - self.delta_at(world, reference + push * bought, signs(&world.parameters)) - held - bought
        };
        if still_missing(missing) * missing >= 0.0 {
            return missing;
        }
        let (mut enough, mut too_much) = (0.0, missing);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (enough + too_much);
            if still_missing(middle) * missing > 0.0 {
                enough = middle;
            } else {
                too_much = middle;
            }
        }
        enough
    }

    /// One order a book: the spot share in the spot book, the rest in the venues that trade, by depth. What a book does not
    /// take in this round is asked for again in the next.
    fn trade(&mut self, world: &mut World, breakers: &Breakers, order: f64) -> bool {
        let sign = order.signum();
        let mut executed = 0.0;
        for (book, share) in BookId::each(shares(world)) {
            let limit = match book.venue() {
                None => world.market.order_limit(book, sign),
                Some(venue) => breakers.order_limit(world, venue, sign),
            };
            let part = (order.abs() * share).min(limit);
            if part > 0.0 {
                let fill = world.market.execute(book, sign * part, Source::Hedging);
                self.take(world, book, sign * part / fill.price, fill.price);
                executed += sign * part;
            }
        }
        world.tally.hedged += executed;
        executed != 0.0
    }

    /// Adds coins to the hedge without an order, at the books' prices: whoever trades options brings their hedge along.
    fn hand_over(&mut self, world: &mut World, coins: f64) {
        if coins != 0.0 {
            for (book, share) in BookId::each(shares(world)) {
                let price = world.market.books[book].price;
                self.take(world, book, coins * share, price);
            }
        }
    }

    fn take(&mut self, world: &mut World, book: BookId, coins: f64, price: f64) {
        if let Some(venue) = book.venue() {
            let contract = &mut world.venues[venue].contracts[0];
            contract.dealer.buy(coins, price);
            contract.counterparty.buy(-coins, price);
        } else {
            self.spot_coins += coins;
        }
    }

    /// Coins the dealers want to hold.
    fn wanted(&self, world: &World) -> f64 {
        self.gain_coins - self.option_delta(world)
    }

    /// The dealers' option delta, coins.
    fn option_delta(&self, world: &World) -> f64 {
        self.delta_by(world, signs(&world.parameters))
    }

    fn delta_by(&self, world: &World, signs: [f64; 2]) -> f64 {
        self.delta_at(world, Self::reference(world), signs)
    }

    fn delta_at(&self, world: &World, log_price: f64, signs: [f64; 2]) -> f64 {
        let delta = self.book.exposure(log_price, world.time_seconds()).delta;
        signs[0] * delta[0] + signs[1] * delta[1]
    }

    /// Coins they hold.
    fn held(&self, world: &World) -> f64 {
        let futures = world.venues.iter().map(|venue| venue.contracts[0].dealer.quantity);
        self.spot_coins + futures.sum::<f64>()
    }

    /// What a band is a share of, in coins: the dealers' options, and what the gain trades over a unit of log price.
    fn scale(&self, world: &World, depth_coins: f64) -> f64 {
        let signs = signs(&world.parameters);
        let interest = self.book.interest();
        signs[0].abs() * interest[0] + signs[1].abs() * interest[1] + world.parameters.dealers.gain.abs() * depth_coins
    }

    /// The price the dealers look at, log relative to the start: that of the books they trade in.
    fn reference(world: &World) -> f64 {
        let weights = shares(world);
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            let weighted = BookId::each(weights).map(|(book, weight)| weight * world.market.log_price(book));
            weighted.sum::<f64>() / total
        } else {
            world.market.index_level().total
        }
    }

    /// Hedge flow per unit of log price in the direction of the move, USD: positive where dealers are short gamma.
    pub fn flow_slope(&self, world: &World) -> f64 {
        let settings = &world.parameters.dealers;
        if !settings.enabled {
            return 0.0;
        }
        let reference = Self::reference(world);
        let signs = signs(&world.parameters);
        let slope = self.book.exposure(reference, world.time_seconds()).slope;
        settings.gain * hedging_depth(world)
            - (signs[0] * slope[0] + signs[1] * slope[1]) * world.market.price_at(reference)
    }

    /// What the hedgers buy in USD if the log price moves by this much from where it stands (negative: sell).
    pub fn flow_over(&self, world: &World, log_move: f64) -> f64 {
        let settings = &world.parameters.dealers;
        if !settings.enabled {
            return 0.0;
        }
        let reference = Self::reference(world);
        let delta = |log_price: f64| self.delta_at(world, log_price, signs(&world.parameters));
        let by_options = (delta(reference) - delta(reference + log_move)) * world.market.price_at(reference);
        by_options + settings.gain * hedging_depth(world) * log_move
    }

    /// What the hedgers buy in USD while the log price goes from one distance to another of where it stands (negative: sell):
    /// their coins at the price on the way.
    pub fn flow_between(&self, world: &World, from: f64, to: f64) -> f64 {
        let settings = &world.parameters.dealers;
        if !settings.enabled {
            return 0.0;
        }
        let reference = Self::reference(world);
        let delta = |log_move: f64| self.delta_at(world, reference + log_move, signs(&world.parameters));
        let coins = if self.book.is_empty() {
            0.0
        } else {
            delta(from) - delta(to)
        };
        let depth = if settings.gain == 0.0 {
            0.0
        } else {
            let hedging = BookId::each(shares(world)).filter(|(_, share)| *share > 0.0);
            hedging.map(|(book, _)| world.market.depth_over(book, from, to)).sum()
        };
        coins * world.market.price_at(reference + f64::midpoint(from, to)) + settings.gain * depth
    }

    /// What is missing in the hedge now, USD (negative: too much).
    pub fn missing_usd(&self, world: &World) -> f64 {
        let settings = &world.parameters.dealers;
        if !settings.enabled {
            return 0.0;
        }
        let reference = Self::reference(world);
        let moved = self.gain_seen.map_or(0.0, |seen| reference - seen);
        (self.wanted(world) - self.held(world)) * world.market.price_at(reference)
            + settings.gain * hedging_depth(world) * moved
    }

    /// What one dollar of hedging moves the dealers' own reference price by, where nobody joins the books.
    pub fn own_impact(world: &World) -> f64 {
        let books = &world.market.books;
        shares(world)
            .iter()
            .zip(books)
            .map(|(share, book)| share * share / book.depth)
            .sum()
    }

    /// Gamma exposure at a price, by both conventions.
    pub fn gamma_at(&self, world: &World, price: f64) -> GammaLevel {
        let log_price = libm::log(price / world.market.start_price());
        let slope = self.book.exposure(log_price, world.time_seconds()).slope;
        let by = |signs: [f64; 2]| 0.01 * price * (signs[0] * slope[0] + signs[1] * slope[1]);
        GammaLevel {
            exposure: by(signs(&world.parameters)),
            index_convention: by(INDEX_SIGNS),
        }
    }

    /// Enters the dealers' figures.
    pub fn observe(&self, world: &World, seen: &mut Observation) {
        let held = self.held(world);
        if self.book.is_empty() && held == 0.0 && world.parameters.dealers.gain == 0.0 {
            return;
        }
        let reference = Self::reference(world);
        let price = world.market.price_at(reference);
        let level = self.gamma_at(world, price);
        seen.gamma_exposure = level.exposure;
        seen.gamma_exposure_index = level.index_convention;
        let nearest = |flips: &[f64]| {
            let distance = |flip: &&f64| (**flip - reference).abs();
            flips
                .iter()
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .map(|flip| world.market.price_at(*flip))
        };
        [seen.gamma_flip, seen.gamma_flip_index] = [nearest(&self.flips[0]), nearest(&self.flips[1])];
        seen.hedge_flow_up = self.flow_over(world, libm::log1p(0.01));
        seen.hedge_flow_down = self.flow_over(world, libm::log1p(-0.01));
        seen.dealer_option_delta = self.option_delta(world) * price;
        seen.dealer_hedge = held * price;
        seen.options_expire_in = self.book.next_expiry().map(|at| at - world.time_seconds());
    }

    fn find_flips(&mut self, world: &World) {
        let now = world.time_seconds();
        let around = Self::reference(world);
        self.flips = [signs(&world.parameters), INDEX_SIGNS].map(|signs| self.book.flips(around, signs, now));
        self.flips_found = self.book.next_expiry().map_or(0.0, |at| at - now);
    }
}

fn signs(parameters: &Parameters) -> [f64; 2] {
    [parameters.dealers.call_sign, parameters.dealers.put_sign]
}

/// Share of a hedge order by book; a halted venue's part goes to the others, a halted spot book's waits.
fn shares(world: &World) -> Vec<f64> {
    let spot = world.parameters.dealers.spot_share;
    let venues = world.market.futures();
    let trading: f64 = venues.iter().filter(|book| !book.halted).map(|book| book.depth).sum();
    let mut shares = vec![spot];
    shares.extend(venues.iter().map(|book| {
        if book.halted || trading <= 0.0 {
            0.0
        } else {
            (1.0 - spot) * book.depth / trading
        }
    }));
    shares
}

/// Depth of the books hedgers trade in, USD per unit of log price.
fn hedging_depth(world: &World) -> f64 {
    shares(world)
        .iter()
        .zip(&world.market.books)
        .filter(|(share, _)| **share > 0.0)
        .map(|(_, book)| book.depth)
        .sum()
}
