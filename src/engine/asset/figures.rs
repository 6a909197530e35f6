//! Takes an asset's figures after a step.

use cascade_scenario::{BookId, Parameters, VenueId};

use super::Asset;
use crate::forced::liquidation::Liquidation;
use crate::forced::{calls, clearing, route};
use crate::lending;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::measure::observation::Observation;
use crate::measure::{dealer_figures, reproduction};
use crate::positions::account::{BackstopBuyer, Trader};
use crate::positions::contract::Side;
use crate::positions::margin;
use crate::positions::venues::Venues;
use crate::traders::{accounts, carry};
use crate::units::{LogPrice, Usd};
use crate::world::World;

impl Asset {
    /// Takes the figures of the present state.
    pub(super) fn observe(&mut self) {
        let world = &self.world;
        let (moment, market, venues, tally) = (&world.moment, &world.market, &world.venues, &world.tally);
        let (spot, previous) = (market.level(BookId::SPOT), self.observation);
        let [reproduction_down, reproduction_up] = reproduction::largest(world, &self.dealers);
        let mut seen = Observation {
            step: moment.step,
            time_seconds: moment.time_seconds(),
            spot: market.books[BookId::SPOT].price.get(),
            index: market.price_at(market.index_level().log_price()).get(),
            exogenous: market.price_at(LogPrice::new(spot.by_source[Source::Exogenous])).get(),
            levered_longs: venues.levered(Side::Long).get(),
            levered_shorts: venues.levered(Side::Short).get(),
            counterparty_delta: venues.sum_contracts(|c, mark| c.kind.notional(c.counterparty.quantity, mark).get()),
            arbitrage_delta: venues.sum_contracts(|c, mark| c.kind.notional(c.arbitrageur.quantity, mark).get()),
            cross_delta: venues.sum_contracts(|c, mark| c.kind.notional(c.cross.quantity, mark).get()),
            cross_closed: tally.cross_closed.get(),
            collateral_sold: tally.collateral_sold.get(),
            cross_liquidations: tally.cross_liquidations,
            cross_shortfall: tally.cross_shortfall.get(),
            open_interest: venues.sum_contracts(|c, mark| c.kind.notional(c.open_interest_units(), mark).get()),
            open_interest_coins: venues
                .sum_contracts(|c, mark| (c.kind.notional(c.open_interest_units(), mark) / mark).get()),
            liquidated_longs: tally.liquidated_side(Side::Long).get(),
            liquidated_shorts: tally.liquidated_side(Side::Short).get(),
            liquidations: tally.liquidations,
            liquidated: tally.liquidated_total().get(),
            liquidation_rate: self.minute.rate(),
            liquidated_at: tally.liquidated.map(|[longs, shorts]| (longs + shorts).get()),
            liquidated_at_so_far: previous.liquidated_at_so_far,
            deleveraged_at_so_far: previous.deleveraged_at_so_far,
            queued: Liquidation::queued(venues).get(),
            halted_venues: market.futures().iter().filter(|book| book.halted).count() as u32,
            venues_out: venues.iter().filter(|venue| venue.is_out).count() as u32,
            deleveraged: tally.deleveraged.get(),
            deleverage_count: tally.deleverage_count,
            margin_calls: tally.calls,
            margin_called: tally.called.get(),
            topped_up: tally.topped_up.get(),
            top_ups_late: tally.top_ups_late.get(),
            sold_on_call: tally.sold.get(),
            routes: tally.routes,
            unwound: tally.unwound.get(),
            taken_over: of_backstop_buyers(world, route::inventory).get(),
            takers_profit: of_backstop_buyers(world, route::profit).get(),
            predators_delta: accounts::delta(market, venues, Trader::Predators).get(),
            predators_traded: tally.predators.get(),
            predators_profit: accounts::profit(market, venues, Trader::Predators).get(),
            providers_delta: accounts::delta(market, venues, Trader::Providers).get(),
            providers_traded: tally.provided.get(),
            providers_profit: accounts::profit(market, venues, Trader::Providers).get(),
            carry_futures: carry::futures(market, venues).get(),
            carry_traded: tally.carried.get(),
            carry_profit: accounts::profit(market, venues, Trader::Carry).get(),
            makers_standing: self.makers.standing(market),
            bridged: self.bridges.worth().get(),
            makers_failed: tally.makers_failed,
            makers_delta: accounts::delta(market, venues, Trader::Makers).get(),
            makers_profit: accounts::profit(market, venues, Trader::Makers).get(),
            lending: lending::figures_of(world.lending.as_deref()),
            socialised: venues.sum_contracts(|c, mark| c.kind.usd(c.socialised, mark).get()),
            insolvent: tally.insolvent,
            routes_so_far: previous.routes_so_far,
            insolvent_so_far: previous.insolvent_so_far,
            insurance_fund: (world.clearing.fund + venues.sum_contracts::<Usd>(|c, mark| c.kind.usd(c.fund, mark)))
                .get(),
            clearing: clearing::figures(moment, venues, &world.clearing),
            shortfall: tally.shortfall.get(),
            bad_debt: venues.sum_contracts(|c, mark| c.kind.usd(c.deficit, mark).get()),
            maintenance_rate: self.margin.maintenance_rate(moment, venues),
            initial_margin: moment.parameters.margin.initial_multiple * self.margin.maintenance_rate(moment, venues),
            haircut: self.margin.haircut(moment, venues),
            forced_cut: margin::forced_cut(venues),
            tightened: tally.tightened.get(),
            depth: market.total_depth().get(),
            depth_within_1_percent: market.depth_within(0.01).get(),
            depth_within_2_percent: market.depth_within(0.02).get(),
            ordered: tally.ordered,
            net_orders: self.orders.net(),
            order_imbalance: self.orders.imbalance(),
            backlog: venues.backlog().get(),
            reproduction_down,
            reproduction_up,
            attribution: spot.by_source,
            largest_move: previous.largest_move,
            news: self.shocks.news(),
            systemic: self.systemic.figures(),
            funding_rates: self.funding.rates(moment, venues),
            realised_volatility: self.volatility.volatility(),
            hedged: tally.hedged.get(),
            // What is read off the ones above, and what dealers tell below.
            ..Observation::default()
        };
        observe_venues(&mut seen, world);
        observe_stops(&mut seen, world);
        if seen.step > previous.step {
            add_step(&mut seen, world);
        }
        observe_shortfalls(&mut seen, &moment.parameters);
        dealer_figures::observe(&self.dealers, world, &mut seen);
        self.observation = seen;
    }
}

/// Sums something over those who take positions over off the book.
fn of_backstop_buyers(world: &World, of: fn(&Market, Option<&Pool>, &Venues, BackstopBuyer) -> Usd) -> Usd {
    let of = |buyer: &BackstopBuyer| of(&world.market, world.pool.as_ref(), &world.venues, *buyer);
    BackstopBuyer::ALL.iter().map(of).sum()
}

/// Prices at the venues, and how far they differ.
fn observe_venues(seen: &mut Observation, world: &World) {
    for (venue, state) in VenueId::each(world.venues.iter()) {
        seen.marks[venue.index()] = state.mark.get();
        seen.futures[venue.index()] = world.market.books[BookId::of(venue)].price.get();
    }
    seen.region_gap = world.market.widest_gap();
    // The spread of the bases is that of the prices.
    let levels = world
        .market
        .book_ids()
        .skip(1)
        .map(|book| world.market.log_price(book).get());
    seen.basis_spread = spread(levels);
    seen.funding_spread = spread(seen.funding_rates[..world.venues.len()].iter().copied());
}

/// What stop orders wait, what was touched of them, and what that has brought their holders.
fn observe_stops(seen: &mut Observation, world: &World) {
    let (market, venues, stops, tally) = (&world.market, &world.venues, &world.stops, &world.tally);
    [seen.stops_sold, seen.stops_bought] = tally.stopped.map(Usd::get);
    seen.stops_touched = tally.stops_touched;
    [seen.stops_below, seen.stops_above] = Side::BOTH.map(|side| stops.resting(market, side).get());
    seen.stops_waiting = Side::BOTH
        .map(|side| stops.waiting(market, side))
        .into_iter()
        .sum::<Usd>()
        .get();
    seen.stops_delta = accounts::delta(market, venues, Trader::StopHolders).get();
    seen.stops_profit = accounts::profit(market, venues, Trader::StopHolders).get();
}

/// Adds a step to what counts from the start.
fn add_step(seen: &mut Observation, world: &World) {
    seen.routes_so_far.absorb(&world.tally.routes);
    add(&mut seen.liquidated_at_so_far, &seen.liquidated_at);
    add(
        &mut seen.deleveraged_at_so_far,
        &world.tally.deleveraged_at.map(Usd::get),
    );
    seen.insolvent_so_far.absorb(&world.tally.insolvent);
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
fn spread(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    libm::sqrt(values.map(|value| (value - mean).powi(2)).sum::<f64>() / count)
}
