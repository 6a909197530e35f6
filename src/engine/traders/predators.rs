//! Predators: traders who see where others will be forced to sell, sell ahead of them, and buy back afterwards
//! (Brunnermeier and Pedersen, *Predatory Trading*, Journal of Finance 2005).
//!
//! Each of N predators watches how far the index has moved from its own recent mean. Once the move reaches its trigger it
//! estimates the notional Λ that would be liquidated within its reach; if R̂ = Λ̂/(reach·ΣD) is large enough it sells (or
//! buys) up to its part of the capital. It covers when there is nothing left to wait for, when its patience is over, or when
//! its loss limit is reached. Competitors race: each of N acts on an N-th of the move, and N times as fast.

use cascade_scenario::{BookId, VENUES_MAX};

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::clock::Moment;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::Market;
use crate::positions::account::Trader;
use crate::positions::contract::Side;
use crate::positions::venues::Venues;
use crate::random::{Purpose, RandomStreams};
use crate::tally::Tally;
use crate::traders::accounts;
use crate::units::{Coins, LogPrice, Price, Usd};

/// A holding below this notional counts as none.
const NOTHING: Usd = Usd::new(1e-3);
/// A holding below this notional is covered at once.
const REMNANT: Usd = Usd::new(1.0);

/// What a predator is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hunt {
    /// It waits for a move.
    Waiting,
    /// It sells ahead of the forced orders of a side.
    Ahead {
        /// The side whose positions are to be liquidated.
        prey: Side,
        /// Holding it aims at.
        target: Coins,
        /// What it believes Λ to be, relative to the truth.
        belief: f64,
        /// Step in which it began.
        since: u64,
    },
    /// It closes its position.
    Covering,
}

/// One predator; its positions are part of the predators' accounts at the venues.
#[derive(Clone, Copy, Debug)]
struct Predator {
    coins: Coins,
    cash: Usd,
    hunt: Hunt,
    /// Whether it has lost what it may lose.
    out: bool,
}

/// All predators of an asset.
#[derive(Clone, Debug)]
pub(crate) struct Predators {
    rng: ChaCha8Rng,
    all: Vec<Predator>,
    /// What each of them wants to trade in this step.
    orders: Vec<Coins>,
    /// Exponential mean of the index.
    reference: Option<LogPrice>,
}

/// What there is to be seen in a step.
#[derive(Clone, Copy, Debug)]
struct View {
    price: Price,
    /// Index less its own recent mean, in logarithms.
    moved: f64,
    /// Notional that waits or rests within reach, by side.
    prey: [Usd; 2],
    /// The notional within reach at which R̂ is 1.
    critical: Usd,
}

impl Predators {
    /// They have not looked yet.
    pub(crate) fn new(streams: RandomStreams) -> Self {
        Self {
            rng: streams.stream(Purpose::Predators),
            all: Vec::new(),
            orders: Vec::new(),
            reference: None,
        }
    }

    /// One step: every predator decides, and what they want together is one order a venue.
    pub(crate) fn act(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        tally: &mut Tally,
        log: &mut Log,
    ) {
        let settings = moment.parameters.predators;
        if !settings.enabled && self.all.iter().all(|predator| predator.coins == Coins::ZERO) {
            self.reference = None;
            self.all.clear();
            return;
        }
        while self.all.len() < settings.competitors as usize {
            self.all.push(Predator {
                coins: Coins::ZERO,
                cash: Usd::ZERO,
                hunt: Hunt::Waiting,
                out: false,
            });
        }
        let view = self.look(moment, market, venues);
        let mut orders = std::mem::take(&mut self.orders);
        orders.clear();
        for index in 0..self.all.len() {
            let active = settings.enabled && index < settings.competitors as usize;
            self.decide(moment, log, index, &view, active);
            orders.push(self.wanted(moment, market, index));
        }
        self.trade(market, venues, tally, &orders);
        self.orders = orders;
    }

    fn look(&mut self, moment: &Moment, market: &Market, venues: &Venues) -> View {
        let settings = &moment.parameters.predators;
        let level = market.index_level().log_price();
        let reference = self.reference.get_or_insert(level);
        let moved = level - *reference;
        *reference += -libm::expm1(-std::f64::consts::LN_2 * moment.dt() / settings.window) * moved;
        View {
            price: market.price_at(level),
            moved,
            prey: Side::BOTH.map(|side| prey(venues, side, settings.reach)),
            critical: settings.reach * market.total_depth(),
        }
    }

    fn decide(&mut self, moment: &Moment, log: &mut Log, index: usize, view: &View, active: bool) {
        let settings = moment.parameters.predators;
        let rivals = f64::from(settings.competitors);
        let capital = Usd::new(settings.capital) / rivals;
        let predator = &mut self.all[index];
        let worth = predator.cash + predator.coins * view.price;
        if !predator.out && worth < -settings.loss_limit * capital {
            predator.out = true;
            predator.hunt = Hunt::Covering;
            log.note(
                moment,
                LogEvent::PredatorGivesUp {
                    predator: index,
                    loss_usd: -worth.get(),
                },
            );
        }
        let predator = &mut self.all[index];
        match predator.hunt {
            Hunt::Waiting if active && !predator.out => {
                let prey = Side::BOTH
                    .into_iter()
                    .find(|side| -side.sign() * view.moved >= settings.trigger / rivals);
                let Some(prey) = prey else { return };
                let draw: f64 = StandardNormal.sample(&mut self.rng);
                let belief = libm::exp(settings.error * draw - settings.error.powi(2) / 2.0);
                let seen = belief * view.prey[prey as usize];
                if seen >= settings.density * view.critical && seen > Usd::ZERO {
                    let notional = capital.min(settings.aggressiveness * seen / rivals);
                    predator.hunt = Hunt::Ahead {
                        prey,
                        target: -prey.sign() * notional / view.price,
                        belief,
                        since: moment.step,
                    };
                    log.note(
                        moment,
                        LogEvent::PredatorAttacks {
                            predator: index,
                            prey,
                            seen_usd: seen.get(),
                            usd: notional.get(),
                        },
                    );
                }
            }
            Hunt::Ahead {
                prey, belief, since, ..
            } => {
                let seen = belief * view.prey[prey as usize];
                let eaten = seen < settings.density * view.critical || seen == Usd::ZERO;
                let waited = (moment.step - since) as f64 * moment.dt() >= settings.patience;
                if eaten || waited || !active {
                    predator.hunt = Hunt::Covering;
                }
            }
            Hunt::Covering if predator.coins.abs() * view.price < NOTHING => {
                predator.cash += predator.coins * view.price;
                predator.coins = Coins::ZERO;
                predator.hunt = Hunt::Waiting;
            }
            Hunt::Waiting | Hunt::Covering => {}
        }
    }

    /// The order a predator would place now.
    fn wanted(&self, moment: &Moment, market: &Market, index: usize) -> Coins {
        let settings = &moment.parameters.predators;
        let predator = &self.all[index];
        match predator.hunt {
            Hunt::Waiting => Coins::ZERO,
            Hunt::Ahead { target, .. } => {
                let seconds = settings.selling_time / f64::from(settings.competitors);
                moment.share_closed(seconds) * (target - predator.coins)
            }
            Hunt::Covering if predator.coins.abs() * market.books[BookId::SPOT].price < REMNANT => -predator.coins,
            Hunt::Covering => -moment.share_closed(settings.covering_time) * predator.coins,
        }
    }

    /// Executes the orders together: what closes positions where they stand, the rest in proportion to the venues' depth.
    /// Everybody gets the same mean price, and the same share of what books and halts allow.
    fn trade(&mut self, market: &mut Market, venues: &mut Venues, tally: &mut Tally, orders: &[Coins]) {
        let net: Coins = orders.iter().copied().sum();
        if net == Coins::ZERO {
            return;
        }
        let books = venues.ids().map(BookId::of);
        let mut held = [Coins::ZERO; VENUES_MAX];
        for (held, book) in held.iter_mut().zip(books.clone()) {
            *held = accounts::coins(venues, Trader::Predators, book);
        }
        let total: Coins = held.iter().copied().sum();
        let closing = if total.get() * net.get() < 0.0 {
            (net / -total).min(1.0)
        } else {
            0.0
        };
        let opening = net + closing * total;
        let depth: Usd = market.futures().iter().map(|book| book.depth).sum();
        let (mut coins, mut paid) = (Coins::ZERO, Usd::ZERO);
        for (book, held) in books.zip(held) {
            let part = opening * market.books[book].depth.get() / depth.get() - closing * held;
            let limit = market.order_limit(book, part.get()) / market.books[book].price;
            let order = part.within(limit);
            if order != Coins::ZERO {
                let fill = accounts::order(market, venues, Trader::Predators, book, order);
                coins += order;
                paid += order * fill.price;
            }
        }
        tally.predators += paid.abs();
        if coins != Coins::ZERO {
            let (share, mean) = (coins / net, paid / coins);
            for (predator, order) in self.all.iter_mut().zip(orders) {
                predator.coins += share * *order;
                predator.cash -= share * *order * mean;
            }
        }
    }
}

/// Notional of a side that waits to be sold or is liquidated before the marks have moved by this fraction.
fn prey(venues: &Venues, side: Side, reach: f64) -> Usd {
    let resting = |venue: &crate::positions::venue::Venue| {
        let far = venue.mark * libm::exp(-side.sign() * reach);
        venue
            .contracts
            .iter()
            .map(|contract| contract.side(side).resting_until(contract.kind, contract.funding, far))
            .sum::<Usd>()
    };
    let waiting = venues.ids().map(|venue| venues.queued_side_at(venue, side));
    venues.iter().map(resting).sum::<Usd>() + waiting.sum::<Usd>()
}
