//! Circuit breakers of a venue: trading halts after a fast move, and a price band that forced orders may not leave.
//!
//! While a book is halted its price stands still: no order is executed, there is no arbitrage in it and its impact does not
//! decay. Liquidation engines go on looking at their marks, and what they take over queues.

use cascade_scenario::{BookId, IndexedBy, VenueId};

use std::collections::VecDeque;

use crate::clock::Moment;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::Market;
use crate::positions::contract::Side;
use crate::positions::venues::Venues;
use crate::units::{LogPrice, Usd};

/// Room to the edge of a price band, in log price, that counts as none.
const NO_ROOM: f64 = 1e-9;

/// A price of the window.
#[derive(Clone, Copy, Debug)]
struct Sample {
    step: u64,
    log_price: LogPrice,
}

/// A halt under way.
#[derive(Clone, Copy, Debug)]
struct Halted {
    since: u64,
    market_wide: bool,
}

/// What is watched of one venue.
#[derive(Clone, Debug, Default)]
struct Watch {
    /// Candidates for the highest and for the lowest price of the window, best first.
    highest: VecDeque<Sample>,
    lowest: VecDeque<Sample>,
    halted: Option<Halted>,
    /// Whether orders wait because the price stands at the edge of its band.
    at_limit: bool,
}

impl IndexedBy<VenueId> for Watch {}

/// The breakers of all venues.
#[derive(Clone, Debug)]
pub struct Breakers {
    venues: Vec<Watch>,
    /// Middle of the price bands; none while they are not in use.
    reference: Option<LogPrice>,
}

impl Watch {
    /// Adds the price at the start of a step.
    fn observe(&mut self, now: Sample) {
        add(&mut self.highest, now, |old| old.log_price <= now.log_price);
        add(&mut self.lowest, now, |old| old.log_price >= now.log_price);
    }

    /// Forgets the prices that have left the window of so many steps.
    fn forget_before(&mut self, now: u64, reach: u64) {
        for window in [&mut self.highest, &mut self.lowest] {
            while window.pop_front_if(|old| old.step + reach <= now).is_some() {}
        }
    }

    /// The larger of the moves from the window's highest and lowest price to this one, a fraction, and the step it began.
    fn largest_move(&self, log_price: LogPrice) -> Option<(f64, u64)> {
        let moved = |from: &Sample| (libm::expm1(log_price - from.log_price), from.step);
        let (fall, rise) = (moved(self.highest.front()?), moved(self.lowest.front()?));
        Some(if -fall.0 > rise.0 { fall } else { rise })
    }

    fn forget(&mut self) {
        self.highest.clear();
        self.lowest.clear();
    }
}

/// Adds a price to a window that is sorted by what `beaten` means, best first.
fn add(window: &mut VecDeque<Sample>, now: Sample, beaten: impl Fn(&Sample) -> bool) {
    while window.back().is_some_and(&beaten) {
        window.pop_back();
    }
    window.push_back(now);
}

impl Breakers {
    /// Nothing is halted.
    pub fn new(venues: &Venues) -> Self {
        Self {
            venues: vec![Watch::default(); venues.len()],
            reference: None,
        }
    }

    /// Before a step's news: lets venues trade again whose halt is over, and takes the prices the step begins with.
    pub fn begin_step(&mut self, moment: &Moment, market: &mut Market, venues: &Venues, log: &mut Log) {
        self.follow_index(moment, market);
        self.reopen(moment, market, venues, log);
        let settings = moment.parameters.halt;
        if !settings.enabled {
            self.venues.iter_mut().for_each(Watch::forget);
            return;
        }
        // The move to the end of this step is as old as the sample plus one step; there is always a sample.
        let reach = ((settings.window / moment.dt() * (1.0 + 1e-12)) as u64).max(moment.steps_a_sample());
        for (venue, watch) in VenueId::each(&mut self.venues) {
            watch.forget_before(moment.step, reach);
            if watch.halted.is_none() && (moment.begins_sample() || watch.highest.is_empty()) {
                let now = Sample {
                    step: moment.step,
                    log_price: market.log_price(BookId::of(venue)),
                };
                watch.observe(now);
            }
        }
    }

    /// Halts every venue whose own price has moved too far within the window.
    pub fn watch(&mut self, moment: &Moment, market: &mut Market, venues: &Venues, log: &mut Log) {
        let settings = moment.parameters.halt;
        if !settings.enabled {
            return;
        }
        for venue in venues.ids() {
            if self.venues[venue].halted.is_some() {
                continue;
            }
            let Some((moved, from)) = self.venues[venue].largest_move(market.log_price(BookId::of(venue))) else {
                continue;
            };
            if moved.abs() < settings.trigger {
                continue;
            }
            let seconds = (moment.step + 1 - from) as f64 * moment.dt();
            log.note(
                moment,
                LogEvent::TradingHalted {
                    venue,
                    market_wide: settings.market_wide,
                    moved,
                    seconds: seconds.round().max(1.0),
                },
            );
            if settings.market_wide {
                market.halt(BookId::SPOT);
                venues.ids().for_each(|other| self.halt(moment, market, other, true));
            } else {
                self.halt(moment, market, venue, false);
            }
        }
    }

    /// The largest forced order, in the direction of `sign`, that a venue's book may take this round.
    pub fn order_limit(&self, moment: &Moment, market: &Market, venue: VenueId, sign: f64) -> Usd {
        let limit = market.order_limit(BookId::of(venue), sign);
        self.room(moment, market, venue, sign).map_or(limit, |room| {
            limit.min(market.order_for_move(BookId::of(venue), sign * room).abs())
        })
    }

    /// After a step's liquidations: says which venues have begun to hold orders back at the edge of their bands.
    pub fn end_step(&mut self, moment: &Moment, market: &Market, venues: &Venues, log: &mut Log) {
        for venue in venues.ids() {
            let waiting = |side: Side| venues.queued_side_at(venue, side) > Usd::ZERO;
            let at_edge = |side: Side| self.room(moment, market, venue, -side.sign()) == Some(0.0);
            let at_limit = Side::BOTH.into_iter().any(|side| waiting(side) && at_edge(side));
            if at_limit && !self.venues[venue].at_limit {
                let queued_usd = venues.queued_at(venue).get();
                log.note(moment, LogEvent::AtBandEdge { venue, queued_usd });
            }
            self.venues[venue].at_limit = at_limit;
        }
    }

    /// How far a forced order may move a venue's price, in log price; none if there is no band.
    fn room(&self, moment: &Moment, market: &Market, venue: VenueId, sign: f64) -> Option<f64> {
        let edge = self.reference? + libm::log1p(sign * moment.parameters.price_band.width);
        let room = sign * (edge - market.log_price(BookId::of(venue)));
        Some(if room < NO_ROOM { 0.0 } else { room })
    }

    /// The middle of the bands: the exponential mean of the index.
    fn follow_index(&mut self, moment: &Moment, market: &Market) {
        let settings = moment.parameters.price_band;
        self.reference = settings.enabled.then(|| {
            let index = market.index_level().log_price();
            let share = 1.0 - libm::exp2(-moment.dt() / settings.reference_half_life);
            self.reference.map_or(index, |before| before + share * (index - before))
        });
    }

    fn halt(&mut self, moment: &Moment, market: &mut Market, venue: VenueId, market_wide: bool) {
        let watch = &mut self.venues[venue];
        if watch.halted.is_none() {
            market.halt(BookId::of(venue));
        }
        watch.halted = Some(Halted {
            since: moment.step,
            market_wide,
        });
        watch.forget();
    }

    /// A venue halted alone re-opens at its last price and arbitrage closes the gap; where all were halted, no market was
    /// left to learn the news from and all re-open with it, as after an opening auction.
    fn reopen(&mut self, moment: &Moment, market: &mut Market, venues: &Venues, log: &mut Log) {
        let settings = moment.parameters.halt;
        let (now, dt) = (moment.step, moment.dt());
        let over =
            |halt: &Halted| !settings.enabled || (now - halt.since) as f64 * dt >= settings.duration * (1.0 - 1e-12);
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for (venue, watch) in VenueId::each(&mut self.venues) {
            if let Some(halt) = watch.halted.take_if(|halt| over(halt)) {
                market.reopen(BookId::of(venue), halt.market_wide);
                if halt.market_wide {
                    together.push(venue);
                } else {
                    alone.push(venue);
                }
            }
        }
        // Where an outage goes on, the venue is not back.
        alone.retain(|venue| !venues[*venue].is_out);
        for venue in alone {
            log.note(
                moment,
                LogEvent::TradingResumed {
                    venue: Some(venue),
                    queued_usd: venues.queued_at(venue).get(),
                },
            );
        }
        if !together.is_empty() {
            market.reopen(BookId::SPOT, true);
            let queued_usd = together.iter().map(|venue| venues.queued_at(*venue).get()).sum();
            log.note(
                moment,
                LogEvent::TradingResumed {
                    venue: None,
                    queued_usd,
                },
            );
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::LogKind;
    use crate::units::{Price, Usd};
    use crate::{Side, Simulation};
    use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

    /// No noise, no decay, no funding.
    pub(crate) fn quiet(settings: &[(&str, f64)]) -> Scenario {
        let mut scenario = Scenario::default();
        let still = [
            ("market.volatility", 0.0),
            ("liquidity.resilience", 0.0),
            ("funding.enabled", 0.0),
        ];
        for (path, value) in still.iter().chain(settings) {
            scenario.set(path, *value).unwrap();
        }
        scenario
    }

    /// News of this log size, and the step in which it comes.
    pub(crate) fn news(simulation: &mut Simulation, log_size: f64) {
        simulation.shock(&Shock {
            size: Some(libm::expm1(log_size)),
            over_steps: Some(1),
            ..Shock::default()
        });
        simulation.step();
    }

    fn breaker_log(simulation: &Simulation) -> Vec<String> {
        let entries = simulation.log().iter().filter(|entry| entry.kind() == LogKind::Breaker);
        entries.map(ToString::to_string).collect()
    }

    /// The venue stands still for its 100 s while spot learns the news; the gap is there when it re-opens, and arbitrage
    /// closes it by φ a step.
    #[test]
    fn a_halted_venue_stands_still_and_arbitrage_closes_the_gap() {
        let scenario = quiet(&[
            ("venues.count", 1.0),
            ("positions.open_interest", 0.0),
            ("halt.enabled", 1.0),
            ("halt.trigger", 0.04),
            ("halt.duration", 100.0),
        ]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.05);
        let halted_at = simulation.assets[0].observation().futures[0];
        assert_eq!(breaker_log(&simulation), ["venue 1 halts after −4.9 % in 10 s"]);
        news(&mut simulation, -0.03);
        for _ in 2..10 {
            assert_eq!(simulation.assets[0].observation().halted_venues, 1);
            assert_eq!(simulation.assets[0].observation().futures[0], halted_at);
            assert!((simulation.assets[0].observation().spot / 1e5 - libm::exp(-0.08)).abs() < 1e-12);
            simulation.step();
        }
        let kept = libm::exp(-10.0 / 95.0);
        for step in 1..20 {
            simulation.step();
            let seen = simulation.assets[0].observation();
            let gap = libm::log(seen.futures[0] / seen.spot);
            assert!(
                (gap - 0.03 * libm::pow(kept, f64::from(step))).abs() < 1e-12,
                "{step}: {gap}"
            );
            assert_eq!(seen.halted_venues, 0);
        }
        assert_eq!(breaker_log(&simulation)[1], "venue 1 re-opens, 0 queued");
        assert!(simulation.halted().is_none());
    }

    /// Where every book was halted, all re-open with the news of the meantime, although nothing decays.
    #[test]
    fn a_market_wide_halt_ends_with_an_opening_auction() {
        let scenario = quiet(&[
            ("positions.open_interest", 0.0),
            ("halt.enabled", 1.0),
            ("halt.market_wide", 1.0),
            ("halt.duration", 100.0),
        ]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.06);
        for _ in 1..10 {
            news(&mut simulation, -0.01);
            let seen = simulation.assets[0].observation();
            assert_eq!(seen.halted_venues, 4);
            assert!((libm::log(seen.spot / 1e5) + 0.06).abs() < 1e-12);
            assert!((libm::log(seen.index / 1e5) + 0.06).abs() < 1e-12);
        }
        simulation.step();
        let seen = *simulation.assets[0].observation();
        assert!((libm::log(seen.spot / 1e5) + 0.15).abs() < 1e-12);
        assert!((libm::log(seen.futures[3] / 1e5) + 0.15).abs() < 1e-12);
        assert_eq!(seen.halted_venues, 0, "the gap of the auction must not halt again");
        assert_eq!(
            breaker_log(&simulation),
            [
                "all venues and spot halt after −5.8 % in 10 s at venue 1",
                "all venues and spot re-open, 0 queued"
            ]
        );
    }

    /// During a halt positions fall below maintenance and queue; they are closed when it is over.
    #[test]
    fn liquidations_queue_during_a_halt() {
        let scenario = quiet(&[("halt.enabled", 1.0), ("halt.trigger", 0.02), ("halt.duration", 120.0)]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.025);
        let mut waited = 0.0_f64;
        for _ in 0..12 {
            let seen = simulation.assets[0].observation();
            assert!(seen.halted_venues == 4 && seen.liquidated_longs == 0.0);
            assert!(seen.queued >= waited);
            waited = seen.queued;
            simulation.step();
        }
        // All of it at once, as far as one round may move the books: they halt again.
        assert!(
            waited > 1e8 && simulation.assets[0].observation().liquidated_longs > 0.9 * waited,
            "{waited}"
        );
        assert_eq!(simulation.assets[0].observation().halted_venues, 4);
        assert!(
            simulation.halted().is_none() && simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-9
        );
        let text = &breaker_log(&simulation)[4];
        assert!(
            text.starts_with("venue 1 re-opens, ") && !text.contains(", 0 queued"),
            "{text}"
        );
    }

    /// A shock that comes as an order in the spot book waits while that book is halted.
    #[test]
    fn an_order_waits_for_its_book() {
        let scenario = quiet(&[
            ("positions.open_interest", 0.0),
            ("halt.enabled", 1.0),
            ("halt.market_wide", 1.0),
            ("halt.duration", 100.0),
            ("arbitrage.enabled", 0.0),
            ("liquidity.permanent_share", 0.0),
        ]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.06);
        simulation.shock(&Shock {
            size: Some(libm::expm1(-0.02)),
            over_steps: Some(1),
            route: Some(cascade_scenario::ShockRoute::SpotOrder),
            ..Shock::default()
        });
        for _ in 1..10 {
            simulation.step();
            assert!((libm::log(simulation.assets[0].observation().spot / 1e5) + 0.06).abs() < 1e-12);
        }
        simulation.step();
        assert!((libm::log(simulation.assets[0].observation().spot / 1e5) + 0.08).abs() < 1e-12);
        assert!((libm::log(simulation.assets[0].observation().futures[0] / 1e5) + 0.06).abs() < 1e-12);
    }

    /// Switching halts off lets everybody trade at once.
    #[test]
    fn halts_end_when_switched_off() {
        let scenario = quiet(&[("positions.open_interest", 0.0), ("halt.enabled", 1.0)]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.06);
        assert_eq!(simulation.assets[0].observation().halted_venues, 4);
        let switch = cascade_scenario::find("halt.enabled").unwrap().id;
        simulation.set(switch, 0.0).unwrap();
        simulation.step();
        assert_eq!(simulation.assets[0].observation().halted_venues, 0);
    }

    /// A slow fall of the same size never moves the trigger within the window.
    #[test]
    fn only_moves_within_the_window_count() {
        for (steps, halts) in [(200, false), (20, true)] {
            let scenario = quiet(&[("positions.open_interest", 0.0), ("halt.enabled", 1.0)]);
            let mut simulation = Simulation::new(&scenario).unwrap();
            simulation.shock(&Shock {
                size: Some(-0.08),
                over_steps: Some(steps),
                ..Shock::default()
            });
            (0..steps).for_each(|_| simulation.step());
            assert_eq!(simulation.assets[0].observation().halted_venues > 0, halts, "{steps}");
        }
    }

    /// Forced selling takes the price to the edge of the band and no further; the rest waits.
    #[test]
    fn forced_orders_stop_at_the_band() {
        let scenario = quiet(&[
            ("price_band.enabled", 1.0),
            ("price_band.width", 0.03),
            ("price_band.reference_half_life", 86_400.0),
            ("arbitrage.enabled", 0.0),
            ("liquidity.permanent_share", 0.0),
            ("marks.synchronisation", 0.0),
        ]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        news(&mut simulation, -0.02);
        for _ in 0..60 {
            simulation.step();
            let lowest = (0..4)
                .map(|venue| simulation.assets[0].observation().futures[venue])
                .fold(1e9, f64::min);
            assert!(lowest > 0.968 * 1e5 && lowest < 0.98 * 1e5, "{lowest}");
        }
        let reference = simulation.assets[0].breakers.reference.unwrap();
        for venue in VenueId::first(4) {
            let edge = reference.price(Price::new(1e5)).get() * 0.97;
            let price = simulation.assets[0].observation().futures[venue.index()];
            assert!((price / edge - 1.0).abs() < 2e-6, "{venue}: {price} and {edge}");
            assert!(simulation.assets[0].world.venues.queued_side_at(venue, Side::Long) > Usd::ZERO);
        }
        let log = breaker_log(&simulation);
        assert_eq!(log.len(), 4, "{log:?}");
        assert!(log.iter().all(|text| text.contains("at the edge of its price band")));
    }
}
