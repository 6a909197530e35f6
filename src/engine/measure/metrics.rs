//! Figures of the whole run, kept up to date step by step.

use cascade_scenario::BookId;

use xxhash_rust::xxh3::Xxh3;

use crate::lending::LendingSummary;
use crate::market::source::BySource;
use crate::measure::observation::{LargestMove, Observation, Summary};
use crate::measure::systemic::{Correlation, SystemicSummary};
use crate::world::World;

/// Running figures.
#[derive(Clone)]
pub struct Metrics {
    hash: Xxh3,
    steps: u64,
    /// Largest rise and fall of spot, in log price.
    spot_extremes: (f64, f64),
    /// Largest move of spot's exogenous part either way, in log price.
    exogenous: f64,
    largest: LargestMove,
    peak_log: f64,
    drawdown_log: f64,
    reproduction: f64,
    liquidations: u64,
    offspring: f64,
    liquidated: f64,
    tightened: f64,
    largest_attribution: BySource,
    unwound: f64,
    predators_traded: f64,
    providers_traded: f64,
    makers_failed: u64,
    makers_standing: f64,
    lowest_depth: f64,
    peak_rate: f64,
    open_interest_start: f64,
    calls: u64,
    called: f64,
    topped_up: f64,
    top_ups_late: f64,
    sold_on_call: f64,
    hedged: f64,
    shortfall: f64,
    cross_count: u64,
    cross_closed: f64,
    collateral_sold: f64,
    cross_shortfall: f64,
    adl_count: u64,
    adl_notional: f64,
    correlation: Correlation,
    basis: Moments,
    funding: Moments,
}

#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
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
    pub fn new(start: &Observation) -> Self {
        Self {
            hash: Xxh3::new(),
            steps: 0,
            spot_extremes: (0.0, 0.0),
            exogenous: 0.0,
            largest: LargestMove::default(),
            peak_log: 0.0,
            drawdown_log: 0.0,
            reproduction: start.reproduction(),
            liquidations: 0,
            offspring: 0.0,
            liquidated: 0.0,
            tightened: 0.0,
            largest_attribution: BySource::default(),
            unwound: 0.0,
            predators_traded: 0.0,
            providers_traded: 0.0,
            makers_failed: 0,
            makers_standing: 1.0,
            lowest_depth: start.depth,
            peak_rate: 0.0,
            open_interest_start: start.open_interest,
            calls: 0,
            called: 0.0,
            topped_up: 0.0,
            top_ups_late: 0.0,
            sold_on_call: 0.0,
            hedged: 0.0,
            shortfall: 0.0,
            cross_count: 0,
            cross_closed: 0.0,
            collateral_sold: 0.0,
            cross_shortfall: 0.0,
            adl_count: 0,
            adl_notional: 0.0,
            correlation: Correlation::default(),
            basis: Moments::default(),
            funding: Moments::default(),
        }
    }

    /// Adds a step.
    pub fn record(&mut self, world: &World, seen: &Observation) {
        self.steps += 1;
        let spot = world.market.level(BookId::SPOT);
        let exogenous = spot.by_source[crate::market::source::Source::Exogenous];
        widen(&mut self.spot_extremes, spot.total);
        self.exogenous = self.exogenous.max(exogenous.abs());
        if spot.total.abs() > self.largest.total_log.abs() {
            self.largest = LargestMove {
                total_log: spot.total,
                exogenous_log: self.exogenous,
            };
        }
        self.peak_log = self.peak_log.max(spot.total);
        self.drawdown_log = self.drawdown_log.max(self.peak_log - spot.total);
        self.reproduction = self.reproduction.max(seen.reproduction());
        let liquidated = world.tally.liquidated_total();
        self.liquidations += world.tally.liquidations;
        self.offspring += world.tally.offspring;
        self.liquidated += liquidated;
        self.tightened += world.tally.tightened;
        for (largest, part) in self.largest_attribution.values_mut().zip(spot.by_source.into_values()) {
            if part.abs() > largest.abs() {
                *largest = part;
            }
        }
        self.unwound += world.tally.unwound;
        self.predators_traded += world.tally.predators;
        self.providers_traded += world.tally.provided;
        self.makers_failed += world.tally.makers_failed;
        self.makers_standing = self.makers_standing.min(seen.makers_standing);
        self.lowest_depth = self.lowest_depth.min(seen.depth);
        self.peak_rate = self.peak_rate.max(liquidated / world.dt());
        self.calls += world.tally.calls;
        self.called += world.tally.called;
        self.topped_up += world.tally.topped_up;
        self.top_ups_late += world.tally.top_ups_late;
        self.sold_on_call += world.tally.sold;
        self.hedged += world.tally.hedged.abs();
        self.shortfall += world.tally.shortfall;
        self.cross_count += world.tally.cross_liquidations;
        self.cross_closed += world.tally.cross_closed;
        self.collateral_sold += world.tally.collateral_sold;
        self.cross_shortfall += world.tally.cross_shortfall;
        self.adl_count += world.tally.deleverage_count;
        self.adl_notional += world.tally.deleveraged;
        self.correlation.add(&world.tally.liquidated);
        for price in seen.futures.iter().take(world.venues.len()) {
            self.basis.add(libm::log(price / seen.spot));
        }
        for rate in seen.funding_rates.iter().take(world.venues.len()) {
            self.funding.add(*rate);
        }
        self.absorb(world, seen);
    }

    /// Hashes prices, flows and funds.
    fn absorb(&mut self, world: &World, seen: &Observation) {
        for book in &world.market.books {
            self.hash.update(&book.price.to_le_bytes());
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
            self.hash.update(&contribution.to_le_bytes());
        }
        if world.lending.is_some() {
            let lending = &seen.lending;
            for value in [lending.debt_usd, lending.collateral_usd, lending.total.profit_usd] {
                self.hash.update(&value.to_le_bytes());
            }
        }
    }

    /// Hash of the run so far.
    pub fn digest(&self) -> u64 {
        self.hash.digest()
    }

    /// The largest move of spot so far, and the news until then.
    pub const fn largest_move(&self) -> LargestMove {
        self.largest
    }

    /// The summary, given the present observation.
    pub fn summary(&self, seen: &Observation, start_price: f64) -> Summary {
        Summary {
            steps: self.steps,
            digest: format!("{:016x}", self.digest()),
            amplification_factor: self.largest.amplification(),
            largest_move: self.largest,
            max_drawdown: -libm::expm1(-self.drawdown_log),
            lowest_price: start_price * libm::exp(self.spot_extremes.0),
            highest_price: start_price * libm::exp(self.spot_extremes.1),
            reproduction_ratio: self.reproduction,
            branching_ratio: if self.liquidations > 0 {
                self.offspring / self.liquidations as f64
            } else {
                0.0
            },
            liquidation_count: self.liquidations,
            liquidated_notional_usd: self.liquidated,
            liquidated_by_tightening_usd: self.tightened,
            liquidated_by_route_usd: seen.routes_so_far,
            spot_impact_by_route: seen.routes_so_far.spot_impact(&self.largest_attribution),
            unwound_notional_usd: self.unwound,
            takers_profit_usd: seen.takers_profit,
            predators_traded_usd: self.predators_traded,
            predators_profit_usd: seen.predators_profit,
            providers_traded_usd: self.providers_traded,
            providers_profit_usd: seen.providers_profit,
            makers_failed_count: self.makers_failed,
            makers_standing_min: self.makers_standing,
            makers_profit_usd: seen.makers_profit,
            lowest_depth_usd: self.lowest_depth,
            peak_liquidation_rate_usd_per_second: self.peak_rate,
            margin_call_count: self.calls,
            margin_called_usd: self.called,
            topped_up_usd: self.topped_up,
            top_ups_late_usd: self.top_ups_late,
            sold_on_call_usd: self.sold_on_call,
            hedged_notional_usd: self.hedged,
            gamma_exposure_usd_per_percent: None,
            gamma_flip_price: seen.gamma_flip,
            cross_liquidation_count: self.cross_count,
            cross_liquidated_usd: self.cross_closed,
            collateral_sold_usd: self.collateral_sold,
            cross_shortfall_usd: self.cross_shortfall,
            open_interest_start_usd: self.open_interest_start,
            open_interest_end_usd: seen.open_interest,
            insurance_fund_usd: seen.insurance_fund,
            clearing: seen.clearing,
            shortfall_usd: self.shortfall,
            adl_count: self.adl_count,
            adl_notional_usd: self.adl_notional,
            bad_debt_usd: seen.bad_debt,
            lending: LendingSummary::of(&seen.lending),
            synchronisation: self.correlation.mean(),
            socialised_loss_usd: seen.socialised,
            negative_equity_count: seen.insolvent_so_far.count,
            negative_equity_notional_usd: seen.insolvent_so_far.notional,
            negative_equity_loss_usd: seen.insolvent_so_far.lost,
            largest_attribution: self.largest_attribution,
            basis_variance: self.basis.variance(),
            funding_variance: self.funding.variance(),
            systemic: SystemicSummary::default(),
            ledger_max_relative_error: 0.0,
            halted: None,
        }
    }
}

fn widen((low, high): &mut (f64, f64), value: f64) {
    *low = low.min(value);
    *high = high.max(value);
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
            let factor = simulation.summary_of(AssetId::FIRST).amplification_factor;
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
        assert_eq!(simulation.summary_of(AssetId::FIRST).amplification_factor, factor);
    }
}
