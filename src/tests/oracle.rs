//! The engine against a brute-force model that scans every position in every round and shares no code with it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;

use std::collections::BTreeSet;

use cascade_lab::engine::units::Price;
use cascade_lab::engine::{ContractKind, Placement, Side, Simulation, Source, StopOrder};
use cascade_lab::scenario::{IndexSource, Parameters, Shock};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

/// The model in its plainest form: prices as one number a book, positions as a list.
struct BruteForce {
    parameters: Parameters,
    efficient: f64,
    impact: Vec<f64>,
    /// How far its own orders keep each book away, the permanent part included.
    displaced: Vec<f64>,
    standing: Vec<Placement>,
    /// Taken over and not yet sold: venue, kind, side, units.
    queue: Vec<(usize, ContractKind, Side, f64)>,
    /// Stop orders that rest.
    stops: Vec<StopOrder>,
    /// Coins of touched stop orders that have not been traded yet, by book and side.
    touched: Vec<[f64; 2]>,
    /// Futures over index, less 1, of every step since the last payment, by venue.
    premiums: Vec<Vec<f64>>,
}

impl BruteForce {
    fn new(parameters: &Parameters, positions: Vec<Placement>, stops: Vec<StopOrder>) -> Self {
        let books = parameters.venues.count as usize + 1;
        Self {
            parameters: *parameters,
            efficient: 0.0,
            impact: vec![0.0; books],
            displaced: vec![0.0; books],
            standing: positions,
            queue: Vec::new(),
            stops,
            touched: vec![[0.0; 2]; books],
            premiums: vec![Vec::new(); books - 1],
        }
    }

    fn log_price(&self, book: usize) -> f64 {
        self.efficient + self.impact[book]
    }

    fn price(&self, book: usize) -> f64 {
        self.parameters.market.start_price * self.log_price(book).exp()
    }

    fn depth(&self, book: usize) -> f64 {
        let l = &self.parameters.liquidity;
        l.depth * self.share(book) * (l.depth_elasticity * self.log_price(book)).exp().max(l.depth_floor)
    }

    /// Of the depth at the start.
    fn share(&self, book: usize) -> f64 {
        let l = &self.parameters.liquidity;
        let venues = &self.parameters.venue[..self.parameters.venues.count as usize];
        let weights: f64 = venues.iter().map(|v| v.depth_weight).sum();
        if book == 0 {
            l.spot_share
        } else {
            (1.0 - l.spot_share) * venues[book - 1].depth_weight / weights
        }
    }

    fn mean(&self) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for book in 0..self.impact.len() {
            sum += self.depth(book) * self.log_price(book);
            total += self.depth(book);
        }
        sum / total
    }

    fn is_reached(&self, position: &Placement, marks: &[f64]) -> bool {
        let mark = marks[position.venue.index()];
        let m = self.parameters.margin.maintenance;
        let Placement {
            kind, side, position, ..
        } = position;
        let (q, w) = (position.quantity, position.margin);
        match kind {
            ContractKind::Linear => w + side.sign() * q * (mark - position.entry) <= m * q * mark,
            ContractKind::Inverse => {
                let entry = -1.0 / position.entry;
                w + side.sign() * q * (1.0 / entry - 1.0 / mark) <= m * q / mark
            }
        }
    }

    fn step(&mut self, exogenous: f64) {
        self.efficient += exogenous;
        let a = self.parameters.arbitrage;
        if a.enabled {
            let share = 1.0 - (-self.parameters.market.step_seconds / a.time_constant).exp();
            let mean = self.mean();
            let gaps: Vec<f64> = (0..self.impact.len()).map(|book| mean - self.log_price(book)).collect();
            for (book, gap) in gaps.into_iter().enumerate() {
                self.impact[book] += share * gap;
                self.displaced[book] += share * gap;
            }
        }
        self.pay_funding();
        for _ in 0..self.parameters.execution.rounds_per_step {
            if !self.round() {
                break;
            }
        }
        self.trade_stops();
        let l = &self.parameters.liquidity;
        let kept = (-self.parameters.market.step_seconds * 2.0_f64.ln() / l.resilience_half_life).exp();
        for level in self.impact.iter_mut().chain(&mut self.displaced) {
            *level *= kept;
        }
    }

    fn index(&self) -> f64 {
        let level = match self.parameters.index.source {
            IndexSource::Spot => self.log_price(0),
            IndexSource::AllBooks => self.mean(),
            IndexSource::Weights => {
                let venues = &self.parameters.venue[..self.impact.len() - 1];
                let weights =
                    || std::iter::once(self.parameters.index.spot_weight).chain(venues.iter().map(|v| v.index_weight));
                let weighted = weights()
                    .enumerate()
                    .map(|(book, weight)| weight * self.log_price(book));
                weighted.sum::<f64>() / weights().sum::<f64>()
            }
        };
        self.parameters.market.start_price * level.exp()
    }

    fn marks(&self) -> Vec<f64> {
        let w = |book: usize| {
            let venue = &self.parameters.venue[book - 1];
            if venue.local_mark {
                0.0
            } else {
                self.parameters.marks.synchronisation
            }
        };
        (1..self.impact.len())
            .map(|book| (w(book), book))
            .map(|(w, book)| w * self.index() + (1.0 - w) * self.price(book))
            .collect()
    }

    /// Takes the payment out of every single position's margin.
    fn pay_funding(&mut self) {
        let f = self.parameters.funding;
        let index = self.index();
        for venue in 0..self.premiums.len() {
            let premium = self.price(venue + 1) / index - 1.0;
            self.premiums[venue].push(premium);
        }
        let elapsed = self.premiums[0].len() as f64 * self.parameters.market.step_seconds;
        if elapsed < f.interval {
            return;
        }
        let marks = self.marks();
        for placement in &mut self.standing {
            let premiums = &self.premiums[placement.venue.index()];
            let mean = premiums.iter().sum::<f64>() / premiums.len() as f64;
            let rate = (mean + (f.interest - mean).clamp(-f.clamp, f.clamp)) * elapsed / 28_800.0;
            let mark = marks[placement.venue.index()];
            let value = if placement.kind == ContractKind::Linear {
                mark
            } else {
                1.0 / mark
            };
            placement.position.margin -= placement.side.sign() * placement.position.quantity * rate * value;
        }
        self.premiums.iter_mut().for_each(Vec::clear);
    }

    /// Trades every stop order that its book's price has reached, each after those nearer to it, up to what the book has room for.
    /// Looks at every order for each that it takes.
    fn trade_stops(&mut self) -> bool {
        let mut traded = false;
        for book in 0..self.impact.len() {
            for side in Side::BOTH {
                let (price, room) = (self.price(book), self.room(book));
                let sign = -side.sign();
                loop {
                    let order = self.touched[book][side as usize] * price;
                    let reached = price * self.moved_by(book, sign * order).exp();
                    let is_reached = |stop: &StopOrder| {
                        (stop.book.index(), stop.side) == (book, side) && sign * (reached - stop.price.get()) >= 0.0
                    };
                    let candidates = (0..self.stops.len()).filter(|at| is_reached(&self.stops[*at]));
                    let nearest = candidates
                        .max_by(|a, b| (-sign * self.stops[*a].price).total_cmp(&(-sign * self.stops[*b].price)));
                    let Some(nearest) = nearest.filter(|_| order < room) else {
                        break;
                    };
                    self.touched[book][side as usize] += self.stops.swap_remove(nearest).coins.get();
                }
                let wanted = self.touched[book][side as usize] * price;
                let done = wanted.min(room);
                if done > 0.0 {
                    self.touched[book][side as usize] -= done / price;
                    if done == wanted {
                        self.touched[book][side as usize] = 0.0;
                    }
                    self.execute(book, sign * done);
                    traded = true;
                }
            }
        }
        traded
    }

    fn round(&mut self) -> bool {
        let stopped = self.trade_stops();
        let marks = self.marks();
        let (reached, standing): (Vec<_>, Vec<_>) = std::mem::take(&mut self.standing)
            .into_iter()
            .partition(|p| self.is_reached(p, &marks));
        self.standing = standing;
        let found = !reached.is_empty();
        self.queue.extend(
            reached
                .iter()
                .map(|p| (p.venue.index(), p.kind, p.side, p.position.quantity)),
        );
        let mut sold = false;
        for venue in 0..marks.len() {
            for side in Side::BOTH {
                let mut room = self.room(venue + 1);
                for kind in ContractKind::BOTH {
                    let done = self.sell(venue, kind, side, room);
                    room -= done;
                    sold |= done > 0.0;
                }
            }
        }
        stopped || found || sold
    }

    /// The largest order of one round.
    fn room(&self, book: usize) -> f64 {
        self.parameters.liquidity.max_move_per_round * self.depth(book)
    }

    fn sell(&mut self, venue: usize, kind: ContractKind, side: Side, limit: f64) -> f64 {
        let book = venue + 1;
        let price = self.price(book);
        let mine = |q: &&mut (usize, ContractKind, Side, f64)| (q.0, q.1, q.2) == (venue, kind, side);
        let waiting: f64 = self.queue.iter_mut().filter(mine).map(|q| q.3).sum();
        let wanted = kind.notional(waiting, Price::new(price)).get();
        if wanted <= 0.0 || limit <= 0.0 {
            return 0.0;
        }
        let done = wanted.min(limit);
        let left = 1.0 - done / wanted;
        self.queue.iter_mut().filter(mine).for_each(|q| q.3 *= left);
        if done == wanted {
            self.queue.retain(|q| (q.0, q.1, q.2) != (venue, kind, side));
        }
        self.execute(book, -side.sign() * done);
        done
    }

    /// How far an order moves a book. Nobody sells for less, or buys for more, than e^-3 or e^3 times what the price would be without
    /// the book's orders.
    fn moved_by(&self, book: usize, order: f64) -> f64 {
        let end = order.signum() * 3.0 - self.displaced[book];
        let wished = order / self.depth(book);
        if order < 0.0 {
            wished.max(end.min(0.0))
        } else {
            wished.min(end.max(0.0))
        }
    }

    fn execute(&mut self, book: usize, order: f64) {
        let h = self.moved_by(book, order);
        let permanent = self.parameters.liquidity.permanent_share * h * self.share(book);
        self.efficient += permanent;
        for impact in &mut self.impact {
            *impact -= permanent;
        }
        self.impact[book] += h;
        self.displaced[book] += h;
    }
}

/// Runs both side by side and compares the prices, the positions that stand and the stop orders that rest after every step. Returns
/// how many positions were liquidated and how many stop orders touched.
fn compare(settings: &[(&str, f64)], seed: u64, steps: usize) -> (usize, usize) {
    let mut scenario = common::scenario(settings);
    scenario.seed = seed;
    scenario.parameters.fund.insurance = 1e13;
    scenario.parameters.fund.auto_deleveraging = false;
    scenario.parameters.arbitrage.capital = 1e13;
    // Funding ten times the usual, often: the engine moves thresholds, the oracle every margin.
    scenario.parameters.funding.interval = 120.0;
    scenario.parameters.funding.interest = 0.001;
    scenario.parameters.funding.clamp = 0.01;
    // Hardly anybody who was stopped out comes back: not one whole order.
    scenario.parameters.stops.renewal = 2_592_000.0;
    let mut engine = Simulation::new(&scenario).unwrap();
    let asset = &engine.assets()[0];
    let mut oracle = BruteForce::new(
        &scenario.parameters,
        asset.standing().collect(),
        asset.stop_orders().collect(),
    );
    let (count, orders) = (oracle.standing.len(), oracle.stops.len());
    for step in 0..steps {
        if step % 25 == 10 {
            let size = if step % 50 == 10 { -0.03 } else { 0.04 };
            engine.shock(&Shock {
                size: Some(size),
                over_steps: Some(5),
                ..Shock::default()
            });
        }
        let before = engine.assets()[0].observation().attribution[Source::Exogenous];
        engine.step();
        assert!(engine.halted().is_none(), "{:?}", engine.halted());
        let seen = *engine.assets()[0].observation();
        oracle.step(seen.attribution[Source::Exogenous] - before);
        let engine_ids: BTreeSet<u32> = engine.assets()[0].standing().map(|p| p.position.id).collect();
        let resting = oracle.stops.len();
        assert_eq!(
            engine.assets()[0].stop_orders().count(),
            resting,
            "step {step}: other stop orders were touched"
        );
        let oracle_ids: BTreeSet<u32> = oracle.standing.iter().map(|p| p.position.id).collect();
        assert_eq!(engine_ids, oracle_ids, "step {step}: other positions were liquidated");
        let spot = oracle.price(0);
        assert!(
            (seen.spot / spot - 1.0).abs() < 1e-9,
            "step {step}: {} and {spot}",
            seen.spot
        );
        for venue in 0..scenario.parameters.venues.count as usize {
            let price = oracle.price(venue + 1);
            assert!(
                (seen.futures[venue] / price - 1.0).abs() < 1e-9,
                "step {step}: venue {venue}"
            );
        }
    }
    (count - oracle.standing.len(), orders - oracle.stops.len())
}

#[test]
fn t26_ten_thousand_positions() {
    let settings = [("positions.count", 10_000.0), ("positions.coin_margin_share", 0.4)];
    let (liquidated, _) = compare(&settings, 26, 150);
    assert!(
        liquidated > 1_000,
        "only {liquidated} liquidations: nothing was compared"
    );
}

/// Liquidations touch stop orders, and these take marks to where more is liquidated.
#[test]
fn t26_a_thousand_stop_orders() {
    let settings = [
        ("positions.count", 2_000.0),
        ("stops.enabled", 1.0),
        ("stops.count", 1_000.0),
        ("stops.notional", 2e9),
        // Most of them wait where the price goes.
        ("stops.sell_share", 0.8),
    ];
    let (liquidated, touched) = compare(&settings, 27, 150);
    assert!(
        liquidated > 500 && touched > 500,
        "{liquidated}, {touched}: nothing was compared"
    );
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() })]

    #[test]
    fn t26_random_scenarios(
        seed: u64,
        count in 10_u32..2_000,
        venues in 1_u32..6,
        leverage in 3.0..60.0_f64,
        coins in 0.0..1.0_f64,
        synchronisation in 0.0..1.0_f64,
        source in 0_u32..3,
        local_mark: bool,
        rounds in 1_u32..30,
        arbitrage: bool,
        permanent in 0.0..1.0_f64,
        theta in 0.0..1.5_f64,
        log_depth in 9.5..11.0_f64,
        maintenance in 0.002..0.02_f64,
        stops: bool,
        stop_orders in 10_u32..300,
        log_stops in 8.0..10.0_f64,
        round_share in 0.0..1.0_f64,
        distance in 0.005..0.1_f64,
    ) {
        compare(&[
            ("positions.count", f64::from(count)),
            ("venues.count", f64::from(venues)),
            ("leverage.mean", leverage),
            ("positions.coin_margin_share", coins),
            ("marks.synchronisation", synchronisation),
            ("index.source", f64::from(source)),
            ("venue_1.index_weight", 0.5),
            ("venue_1.local_mark", f64::from(u8::from(local_mark))),
            ("execution.interval", 0.0),
            ("execution.rounds_per_step", f64::from(rounds)),
            ("arbitrage.enabled", f64::from(u8::from(arbitrage))),
            ("liquidity.permanent_share", permanent),
            ("liquidity.depth_elasticity", theta),
            ("liquidity.depth", 10_f64.powf(log_depth)),
            ("margin.maintenance", maintenance),
            ("stops.enabled", f64::from(u8::from(stops))),
            ("stops.count", f64::from(stop_orders)),
            ("stops.notional", 10_f64.powf(log_stops)),
            ("stops.round_share", round_share),
            ("stops.distance", distance),
        ], seed, 60);
    }
}
