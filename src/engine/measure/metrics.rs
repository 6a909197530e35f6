//! Figures of the whole run, kept up to date step by step: the sums that the table of figures declares, and those that are more.

use cascade_scenario::{BookId, VENUES_MAX};

use xxhash_rust::xxh3::Xxh3;

use crate::lending::LendingSummary;
use crate::market::source::BySource;
use crate::measure::figures::Sums;
use crate::measure::observation::{LargestMove, Observation, Summary};
use crate::units::LogPrice;
use crate::world::World;

/// Running figures.
#[derive(Clone)]
pub(crate) struct Metrics {
    hash: Xxh3,
    steps: u64,
    sums: Sums,
    /// Largest move of spot's exogenous part either way, in log price, and what of it was noise.
    exogenous: (f64, f64),
    largest: LargestMove,
    spot: Drawdown,
    /// Of the venues' futures.
    futures: [Drawdown; VENUES_MAX],
    /// Of their mean.
    mean_futures: Drawdown,
    offspring: f64,
    largest_attribution: BySource,
    basis: Moments,
    funding: Moments,
}

#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

/// The largest fall of a log price from its highest point so far, the start included.
#[derive(Clone, Copy, Debug, Default)]
struct Drawdown {
    peak: LogPrice,
    fall: f64,
}

impl Drawdown {
    fn see(&mut self, log_price: LogPrice) {
        self.peak = self.peak.max(log_price);
        self.fall = self.fall.max(self.peak - log_price);
    }

    /// Of the price, a fraction.
    fn fraction(&self) -> f64 {
        -libm::expm1(-self.fall)
    }
}

impl Moments {
    /// Welford's update.
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let from_old = value - self.mean;
        self.mean += from_old / self.count;
        self.squares += from_old * (value - self.mean);
    }

    fn variance(&self) -> f64 {
        if self.count > 0.0 {
            self.squares / self.count
        } else {
            0.0
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics")
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing has happened yet.
    pub(crate) fn new(start: &Observation) -> Self {
        Self {
            hash: Xxh3::new(),
            steps: 0,
            sums: Sums::new(start),
            exogenous: (0.0, 0.0),
            largest: LargestMove::default(),
            spot: Drawdown::default(),
            futures: [Drawdown::default(); VENUES_MAX],
            mean_futures: Drawdown::default(),
            offspring: 0.0,
            largest_attribution: BySource::default(),
            basis: Moments::default(),
            funding: Moments::default(),
        }
    }

    /// Adds a step.
    pub(crate) fn record(&mut self, world: &World, seen: &Observation) {
        self.steps += 1;
        let spot = world.market.level(BookId::SPOT);
        let exogenous = spot.by_source[crate::market::source::Source::Exogenous];
        if exogenous.abs() > self.exogenous.0.abs() {
            self.exogenous = (exogenous, exogenous - seen.news);
        }
        if spot.total.abs() > self.largest.total_log.abs() {
            self.largest = LargestMove {
                total_log: spot.total,
                exogenous_log: self.exogenous.0,
                noise_log: self.exogenous.1,
            };
        }
        self.spot.see(spot.log_price());
        let futures = || world.market.book_ids().skip(1).map(|book| world.market.log_price(book));
        for (venue, level) in self.futures.iter_mut().zip(futures()) {
            venue.see(level);
        }
        self.mean_futures.see(LogPrice::new(
            futures().map(LogPrice::get).sum::<f64>() / world.venues.len() as f64,
        ));
        self.sums.add(seen);
        self.offspring += world.tally.offspring;
        for (largest, part) in self.largest_attribution.values_mut().zip(spot.by_source.into_values()) {
            if part.abs() > largest.abs() {
                *largest = part;
            }
        }
        for level in futures() {
            self.basis.add(level - spot.log_price());
        }
        for rate in seen.funding_rates.iter().take(world.venues.len()) {
            self.funding.add(*rate);
        }
        self.absorb(world, seen);
    }

    /// Hashes prices, flows and funds.
    fn absorb(&mut self, world: &World, seen: &Observation) {
        for book in world.market.books.iter().chain(world.market.abroad()) {
            self.hash.update(&book.price.get().to_le_bytes());
        }
        for value in [
            seen.liquidated_longs,
            seen.liquidated_shorts,
            seen.deleveraged,
            seen.insurance_fund,
            seen.bad_debt,
        ] {
            self.hash.update(&value.to_le_bytes());
        }
        for contribution in &world.clearing.contributions {
            self.hash.update(&contribution.get().to_le_bytes());
        }
        if world.lending.is_some() {
            let lending = &seen.lending;
            for value in [lending.debt_usd, lending.collateral_usd, lending.total.profit_usd] {
                self.hash.update(&value.to_le_bytes());
            }
        }
    }

    /// Hash of the run so far.
    pub(crate) fn digest(&self) -> u64 {
        self.hash.digest()
    }

    /// The largest move of spot so far, and noise and news until then.
    pub(crate) const fn largest_move(&self) -> LargestMove {
        self.largest
    }

    /// The summary, given the present observation.
    pub(crate) fn summary(&self, seen: &Observation) -> Summary {
        let sums = Summary::of(&self.sums, seen);
        let liquidations = sums.liquidation_count as f64;
        Summary {
            steps: self.steps,
            digest: format!("{:016x}", self.digest()),
            amplification_factor: self.largest.amplification(),
            excess_move_log: self.largest.excess(),
            largest_move: self.largest,
            max_drawdown: self.spot.fraction(),
            futures_max_drawdown: self.mean_futures.fraction(),
            futures_max_drawdown_worst_venue: self.futures.iter().map(Drawdown::fraction).fold(0.0, f64::max),
            negative_equity_share: (liquidations > 0.0).then(|| sums.negative_equity_count as f64 / liquidations),
            branching_ratio: if liquidations > 0.0 {
                self.offspring / liquidations
            } else {
                0.0
            },
            liquidated_by_route_usd: seen.routes_so_far,
            spot_impact_by_route: seen.routes_so_far.spot_impact(&self.largest_attribution),
            clearing: seen.clearing,
            lending: LendingSummary::of(&seen.lending),
            largest_attribution: self.largest_attribution,
            basis_variance: self.basis.variance(),
            funding_variance: self.funding.variance(),
            ..sums
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Simulation;
    use cascade_scenario::{AssetId, Scenario, Shock};

    /// Over a day in which nothing is left to liquidate the price wanders, and with it what news alone would have done. The
    /// factor of the crash before stays, unless the price gets further from its start than it was in the crash; all along it is
    /// what the observations say of max|u| and of max|e| up to then.
    #[test]
    fn amplification_of_an_episode_does_not_fade_while_noise_wanders_on() {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 20_000.0).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        simulation.shock(&Shock {
            size: Some(-0.02),
            ..Shock::default()
        });
        let start = simulation.assets[0].observation().spot;
        let (mut furthest, mut news, mut expected, mut after_crash) = (0.0_f64, 0.0_f64, 1.0, None);
        for _ in 0..8_640 {
            simulation.step();
            let seen = simulation.assets[0].observation();
            news = news.max(libm::log(seen.exogenous / start).abs());
            let moved = libm::log(seen.spot / start).abs();
            if moved > furthest {
                (furthest, expected) = (moved, moved / news);
            }
            let Some(factor) = simulation.summary_of(AssetId::FIRST).amplification_factor else {
                assert!(news < super::super::observation::LEAST_CAUSE || after_crash.is_none());
                continue;
            };
            assert!(
                (factor / expected - 1.0).abs() < 1e-9,
                "step {}: {factor} {expected}",
                seen.step
            );
            if seen.step == 500 {
                after_crash = Some((factor, news));
            }
        }
        let (factor, news_then) = after_crash.unwrap();
        assert!(factor > 2.0, "{factor}");
        assert!(
            news > 1.2 * news_then,
            "the noise of a day is too small to tell: {news} {news_then}"
        );
        assert_eq!(simulation.summary_of(AssetId::FIRST).amplification_factor, Some(factor));
    }
}
