//! Takes an asset's figures after a step.

use cascade_scenario::{BookId, Parameters, VenueId};

use super::Asset;
use crate::clock::YEAR_SECONDS;
use crate::forced::liquidation::Liquidation;
use crate::forced::{calls, clearing, route};
use crate::lending;
use crate::market::source::Source;
use crate::measure::observation::Observation;
use crate::measure::{dealer_figures, reproduction};
use crate::positions::account::{BackstopBuyer, Trader};
use crate::positions::contract::Side;
use crate::positions::margin;
use crate::traders::accounts;
use crate::world::World;

/// Half-life in seconds of the volatility shown as realised.
const VOLATILITY_HALF_LIFE: f64 = 3_600.0;

impl Asset {
    /// Takes the figures of the present state.
    pub(super) fn observe(&mut self) {
        let world = &self.world;
        let market = &world.market;
        let pool = world.pool.as_ref();
        let spot = market.level(BookId::SPOT);
        let previous = self.observation;
        let mut seen = Observation {
            step: world.moment.step,
            time_seconds: world.moment.time_seconds(),
            spot: market.books[BookId::SPOT].price,
            index: market.price_at(market.index_level().total),
            exogenous: market.price_at(spot.by_source[Source::Exogenous]),
            levered_longs: world.venues.levered(Side::Long),
            levered_shorts: world.venues.levered(Side::Short),
            counterparty_delta: world
                .venues
                .sum_contracts(|c, mark| c.kind.notional_usd(c.counterparty.quantity, mark)),
            arbitrage_delta: world
                .venues
                .sum_contracts(|c, mark| c.kind.notional_usd(c.arbitrageur.quantity, mark)),
            cross_delta: world
                .venues
                .sum_contracts(|c, mark| c.kind.notional_usd(c.cross.quantity, mark)),
            cross_closed: world.tally.cross_closed,
            collateral_sold: world.tally.collateral_sold,
            open_interest: world
                .venues
                .sum_contracts(|c, mark| c.kind.notional_usd(c.open_interest_units(), mark)),
            liquidated_longs: world.tally.liquidated_side(Side::Long),
            liquidated_shorts: world.tally.liquidated_side(Side::Short),
            liquidated_at: world.tally.liquidated.map(|[longs, shorts]| longs + shorts),
            liquidated_at_so_far: previous.liquidated_at_so_far,
            deleveraged_at_so_far: previous.deleveraged_at_so_far,
            queued: Liquidation::queued(&world.venues),
            halted_venues: market.futures().iter().filter(|book| book.halted).count() as u32,
            venues_out: world.venues.iter().filter(|venue| venue.is_out).count() as u32,
            deleveraged: world.tally.deleveraged,
            margin_called: world.tally.called,
            topped_up: world.tally.topped_up,
            top_ups_late: world.tally.top_ups_late,
            sold_on_call: world.tally.sold,
            routes: world.tally.routes,
            unwound: world.tally.unwound,
            taken_over: BackstopBuyer::ALL
                .iter()
                .map(|taker| route::inventory(market, pool, &world.venues, *taker))
                .sum(),
            takers_profit: BackstopBuyer::ALL
                .iter()
                .map(|taker| route::profit(market, pool, &world.venues, *taker))
                .sum(),
            predators_delta: accounts::delta(market, &world.venues, Trader::Predators),
            predators_profit: accounts::profit(market, &world.venues, Trader::Predators),
            providers_delta: accounts::delta(market, &world.venues, Trader::Providers),
            providers_profit: accounts::profit(market, &world.venues, Trader::Providers),
            makers_standing: self.makers.standing(market),
            makers_failed: world.tally.makers_failed,
            makers_delta: accounts::delta(market, &world.venues, Trader::Makers),
            makers_profit: accounts::profit(market, &world.venues, Trader::Makers),
            lending: lending::figures_of(world.lending.as_deref()),
            socialised: world
                .venues
                .sum_contracts(|c, mark| c.socialised * c.kind.usd_per_settlement(mark)),
            insolvent: world.tally.insolvent,
            routes_so_far: previous.routes_so_far,
            insolvent_so_far: previous.insolvent_so_far,
            insurance_fund: world.clearing.fund
                + world
                    .venues
                    .sum_contracts(|c, mark| c.fund * c.kind.usd_per_settlement(mark)),
            clearing: clearing::figures(&world.moment, &world.venues, &world.clearing),
            shortfall: world.tally.shortfall,
            bad_debt: world
                .venues
                .sum_contracts(|c, mark| c.deficit * c.kind.usd_per_settlement(mark)),
            maintenance_rate: self.margin.maintenance_rate(&world.moment, &world.venues),
            haircut: self.margin.haircut(&world.moment, &world.venues),
            forced_cut: margin::forced_cut(&world.venues),
            tightened: world.tally.tightened,
            depth: market.total_depth(),
            reproduction_down: reproduction::ratio(world, &self.dealers, Side::Long),
            reproduction_up: reproduction::ratio(world, &self.dealers, Side::Short),
            attribution: spot.by_source,
            largest_move: previous.largest_move,
            systemic: self.systemic.figures(),
            funding_rates: self.funding.rates(&world.moment, &world.venues),
            realised_volatility: previous.realised_volatility,
            ..Observation::default()
        };
        observe_venues(&mut seen, world);
        if seen.step > previous.step {
            add_step(&mut seen, &previous, world);
        }
        observe_shortfalls(&mut seen, &world.moment.parameters);
        dealer_figures::observe(&self.dealers, world, &mut seen);
        self.observation = seen;
    }
}

/// Prices at the venues, and how far they differ.
fn observe_venues(seen: &mut Observation, world: &World) {
    for (venue, state) in VenueId::each(world.venues.iter()) {
        seen.marks[venue.index()] = state.mark;
        seen.futures[venue.index()] = world.market.books[BookId::of(venue)].price;
    }
    let venues = world.venues.len();
    let bases = seen.futures[..venues].iter().map(|price| libm::log(price / seen.spot));
    seen.basis_spread = spread(&bases.collect::<Vec<f64>>());
    seen.funding_spread = spread(&seen.funding_rates[..venues]);
}

/// Adds a step to what counts from the start.
fn add_step(seen: &mut Observation, previous: &Observation, world: &World) {
    seen.routes_so_far.absorb(&world.tally.routes);
    add(&mut seen.liquidated_at_so_far, &seen.liquidated_at);
    add(&mut seen.deleveraged_at_so_far, &world.tally.deleveraged_at);
    seen.insolvent_so_far.absorb(&world.tally.insolvent);
    let kept = libm::exp2(-world.moment.dt() / VOLATILITY_HALF_LIFE);
    let made = libm::log(seen.spot / previous.spot).powi(2) * YEAR_SECONDS / world.moment.dt();
    let variance = kept * previous.realised_volatility.powi(2) + (1.0 - kept) * made;
    seen.realised_volatility = libm::sqrt(variance);
}

/// Losses to be expected at the volatility seen.
fn observe_shortfalls(seen: &mut Observation, parameters: &Parameters) {
    let (volatility, rate) = (seen.realised_volatility, seen.maintenance_rate);
    seen.execution_shortfall = calls::expected_shortfall(volatility, parameters.execution.latency, rate);
    if parameters.margin_calls.enabled {
        seen.latency_shortfall = calls::latency_shortfall(&parameters.margin_calls, volatility, rate);
    }
}

/// Adds a step's amounts to the sums so far, venue by venue.
fn add(sums: &mut [f64], amounts: &[f64]) {
    for (sum, amount) in sums.iter_mut().zip(amounts) {
        *sum += amount;
    }
}

/// Standard deviation over the venues.
fn spread(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    libm::sqrt(values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count)
}
