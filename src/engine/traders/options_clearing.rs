//! Options on margin. Clearing houses ask whoever holds options for what the worst of a few moves would cost (SPAN: CME 1988); where
//! several houses each see a part, none gives credit for what is gained at another, and together they ask for more, never for less.
//!
//! *Writers* have sold options and hold no hedge. If their equity does not cover what is asked, they are closed out in proportion, at
//! the next settlement: the dealers take the options over and hedge them, with the move.
//!
//! *Dealers* hold the other side and a hedge. One house sees that the one gains what the other loses; of several, one sees the hedge
//! alone. If their equity does not cover what is asked, they give up a part of their options, to clients who do not hedge, and their
//! next orders trade the hedge of it back.
//!
//! What options gain is counted by their delta, ∫Δ dP along the way of the price; what they lose of their worth as time passes is paid
//! out.

use cascade_scenario::MarginSchedule;

use crate::clock::Moment;
use crate::log::{Log, LogEvent};
use crate::market::books::Market;
use crate::pace::Pace;
use crate::positions::venues::Venues;
use crate::traders::dealers::Dealers;
use crate::units::{Coins, LogPrice, Price, Usd};

/// Pieces of a move over which delta is added up.
const PIECES: u32 = 8;

/// Those who post margin for an asset's options.
#[derive(Clone, Debug, Default)]
pub(crate) struct OptionsClearing {
    /// When they are asked for margin.
    pace: Pace,
    writers: Writers,
    dealers: MarginedDealers,
}

/// Whoever has sold options and holds no hedge.
#[derive(Clone, Debug, Default)]
struct Writers {
    /// What they have lost so far.
    lost: Usd,
    /// The price they looked at last.
    seen: Option<LogPrice>,
}

/// The dealers' account with the houses.
#[derive(Clone, Debug, Default)]
struct MarginedDealers {
    /// What their options have gained so far.
    gained: Usd,
    /// What they saw last.
    seen: Option<Seen>,
}

/// What the dealers had at a look.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// The price.
    price: LogPrice,
    /// Their position in one of every call and of every put.
    signs: [f64; 2],
    /// What their hedge was worth when they began to post margin.
    hedge_before: Usd,
}

/// What a move makes of one of every call, of one of every put and of a coin.
#[derive(Clone, Copy, Debug)]
struct Gains {
    options: [Usd; 2],
    coin: Price,
}

/// So much of one of every call, of one of every put, and coins.
#[derive(Clone, Copy, Debug)]
struct Holding {
    options: [f64; 2],
    coins: Coins,
}

impl OptionsClearing {
    /// A step: gains and losses since the last, and margin where it is settled.
    pub(crate) fn act(
        &mut self,
        moment: &Moment,
        market: &Market,
        venues: &Venues,
        dealers: &mut Dealers,
        log: &mut Log,
    ) {
        let settings = &moment.parameters.writers;
        self.pace.begin_step(moment.dt(), settings.interval);
        if !settings.enabled || dealers.book.is_empty() {
            *self = Self {
                pace: self.pace,
                ..Self::default()
            };
            dealers.take_over(moment, market, 0.0);
            dealers.keep(moment, market, 1.0);
            return;
        }
        let settles = self.pace.look();
        self.writers.act(moment, market, dealers, settles, log);
        if settings.dealers && moment.parameters.dealers.enabled {
            self.dealers.act(moment, market, venues, dealers, settles, log);
        } else {
            self.dealers = MarginedDealers::default();
            dealers.keep(moment, market, 1.0);
        }
    }
}

impl Writers {
    fn act(&mut self, moment: &Moment, market: &Market, dealers: &mut Dealers, settles: bool, log: &mut Log) {
        let settings = &moment.parameters.writers;
        let price = Dealers::reference(moment, market);
        let held = settings.share * (1.0 - dealers.taken_over());
        let seen = self.seen.replace(price);
        if held == 0.0 {
            return;
        }
        if let Some(seen) = seen {
            self.lost += held
                * Gains::of(moment, market, dealers, seen, price)
                    .options
                    .into_iter()
                    .sum::<Usd>();
        }
        if !settles {
            return;
        }
        let sold = Holding {
            options: [-1.0; 2],
            coins: Coins::ZERO,
        };
        let required = held * requirement(moment, market, dealers, price, sold);
        let equity = Usd::new(settings.capital) - self.lost;
        if let Some(kept) = kept(required, equity) {
            dealers.take_over(moment, market, 1.0 - kept * (1.0 - dealers.taken_over()));
            log.note(
                moment,
                LogEvent::WritersCalled {
                    required_usd: required.get(),
                    equity_usd: equity.get(),
                    closed: 1.0 - kept,
                },
            );
        }
    }
}

impl MarginedDealers {
    fn act(
        &mut self,
        moment: &Moment,
        market: &Market,
        venues: &Venues,
        dealers: &mut Dealers,
        settles: bool,
        log: &mut Log,
    ) {
        let price = Dealers::reference(moment, market);
        let worth = dealers.hedge_worth(market, venues);
        let before = self.seen.map_or(worth, |seen| seen.hedge_before);
        if let Some(seen) = self.seen {
            let gains = Gains::of(moment, market, dealers, seen.price, price);
            self.gained += seen.signs[0] * gains.options[0] + seen.signs[1] * gains.options[1];
        }
        let holding = Holding {
            options: dealers.signs(&moment.parameters),
            // What is not hedged yet they are about to hedge.
            coins: -dealers.option_delta(moment, market),
        };
        if settles {
            let required = requirement(moment, market, dealers, price, holding);
            let equity = Usd::new(moment.parameters.writers.dealers_capital) + self.gained + worth - before;
            if let Some(kept) = kept(required, equity) {
                dealers.keep(moment, market, kept * dealers.kept());
                log.note(
                    moment,
                    LogEvent::DealersCalled {
                        required_usd: required.get(),
                        equity_usd: equity.get(),
                        cut: 1.0 - kept,
                    },
                );
            }
        }
        self.seen = Some(Seen {
            price,
            signs: dealers.signs(&moment.parameters),
            hedge_before: before,
        });
    }
}

impl Gains {
    /// While the log price goes from one level to another: ∫Δ·P dx, by Simpson's rule.
    fn of(moment: &Moment, market: &Market, dealers: &Dealers, from: LogPrice, to: LogPrice) -> Self {
        let now = moment.time_seconds();
        let width = (to - from) / f64::from(PIECES);
        let mut options = [Usd::ZERO; 2];
        for point in 0..=PIECES {
            let at = from + width * f64::from(point);
            let weight = match point {
                0 | PIECES => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let delta = dealers.book.exposure(at, now).delta;
            for (sum, delta) in options.iter_mut().zip(delta) {
                *sum += Coins::new(weight * width / 3.0 * delta) * market.price_at(at);
            }
        }
        Self {
            options,
            coin: market.price_at(to) - market.price_at(from),
        }
    }
}

/// Share of their options that somebody can keep; none who can meet what is asked.
fn kept(required: Usd, equity: Usd) -> Option<f64> {
    (required > equity).then(|| (equity / required).max(0.0))
}

/// What the clearing houses ask for.
fn requirement(moment: &Moment, market: &Market, dealers: &Dealers, price: LogPrice, holding: Holding) -> Usd {
    let settings = &moment.parameters.writers;
    let losses = [-settings.stress_move, settings.stress_move].map(|size| {
        let gains = Gains::of(moment, market, dealers, price, price + libm::log1p(size));
        let [calls, puts] = holding.options;
        [
            -calls * gains.options[0],
            -puts * gains.options[1],
            -holding.coins * gains.coin,
        ]
    });
    let worst = |of: &dyn Fn(&[Usd; 3]) -> Usd| losses.iter().map(of).fold(Usd::ZERO, Usd::max);
    match settings.schedule {
        MarginSchedule::One => worst(&|&[calls, puts, coins]| calls + puts + coins),
        MarginSchedule::Several => {
            worst(&|[calls, ..]| *calls) + worst(&|[_, puts, _]| *puts) + worst(&|[.., coins]| *coins)
        }
    }
}
