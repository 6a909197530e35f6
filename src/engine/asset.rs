//! One asset's market: its world and the mechanisms that act in it alone. What ties assets together is in the simulation.

use cascade_scenario::{AssetId, BookId, IndexedBy, OptionSeries, Parameters, PricePath, VENUES_MAX, VenueId};

use crate::forced::breakers::Breakers;
use crate::forced::calls::{self, Calls};
use crate::forced::clearing;
use crate::forced::liquidation::Liquidation;
use crate::forced::outage::Outages;
use crate::forced::route::{self, BackstopBuyer};
use crate::forced::staggered;
use crate::lending;
use crate::log::{Halt, LogEvent};
use crate::market::arbitrage::Arbitrage;
use crate::market::exogenous::{Shocks, YEAR_SECONDS};
use crate::market::grid::{Clusters, PriceGrid};
use crate::market::makers::Makers;
use crate::market::noise_flow::NoiseFlow;
use crate::market::source::Source;
use crate::measure::delta_map::{self, DeltaMap};
use crate::measure::event_log::EventLog;
use crate::measure::ledger::Ledger;
use crate::measure::metrics::Metrics;
use crate::measure::observation::{Observation, Summary};
use crate::measure::reproduction;
use crate::measure::systemic::{self, Systemic};
use crate::measure::venue_figures::{self, VenueFigures};
use crate::positions::contract::Side;
use crate::positions::funding::Funding;
use crate::positions::margin::{self, MarginModel};
use crate::positions::population::{Placement, Population};
use crate::positions::reopening::Reopening;
use crate::positions::survey::{self, StandingPosition, SurveyPlace};
use crate::random::{Purpose, RandomStreams};
use crate::traders::accounts::{self, Trader};
use crate::traders::dealers::{Dealers, GammaLevel};
use crate::traders::predators::Predators;
use crate::traders::providers::Providers;
use crate::world::{Tally, World};

/// Half-life in seconds of the volatility shown as realised.
const VOLATILITY_HALF_LIFE: f64 = 3_600.0;

/// What a scenario brings along for an asset instead of leaving it to the parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportedInputs<'a> {
    /// The options; none: the parameters describe them.
    pub chain: &'a [OptionSeries],
    /// What the efficient price follows; none: noise.
    pub path: Option<&'a PricePath>,
    /// Whether the positions are the scenario's own: they are never drawn anew.
    pub listed: bool,
}

/// An asset with its books, venues and mechanisms.
#[derive(Clone, Debug)]
pub struct Asset {
    streams: RandomStreams,
    listed: bool,
    pub(crate) world: World,
    population: Population,
    shocks: Shocks,
    noise_flow: NoiseFlow,
    arbitrage: Arbitrage,
    funding: Funding,
    margin: MarginModel,
    predators: Predators,
    providers: Providers,
    makers: Makers,
    pub(crate) calls: Calls,
    pub(crate) dealers: Dealers,
    liquidation: Liquidation,
    pub(crate) breakers: Breakers,
    outages: Outages,
    reopening: Reopening,
    pub(crate) ledger: Ledger,
    event_log: EventLog,
    systemic: Systemic,
    metrics: Metrics,
    observation: Observation,
}

impl IndexedBy<AssetId> for Asset {}

impl Asset {
    /// An asset with this levered book at step 0. The positions' venues and tiers must exist.
    pub(crate) fn new(
        parameters: &Parameters,
        streams: RandomStreams,
        placements: &[Placement],
        inputs: ImportedInputs<'_>,
    ) -> Self {
        let mut world = World::new(parameters, placements.len());
        for (venue, charge) in world.venues.iter_mut().zip(margin::initial_charges(parameters)) {
            venue.set_charge(charge);
            venue.begin_calm();
        }
        let mut calls = Calls::new(streams);
        calls.configure(&mut world);
        place_all(&mut world, placements);
        calls.draw_ahead(&world);
        clearing::resize(&mut world);
        let target = world.levered(Side::Long) + world.levered(Side::Short);
        let start = Observation {
            realised_volatility: parameters.market.volatility,
            ..Observation::default()
        };
        Self {
            streams,
            listed: inputs.listed,
            population: Population::new(parameters),
            shocks: Shocks::along(inputs.path),
            noise_flow: NoiseFlow::new(streams),
            arbitrage: Arbitrage::default(),
            funding: Funding::default(),
            margin: MarginModel::new(&world),
            predators: Predators::new(streams),
            providers: Providers::default(),
            makers: Makers::default(),
            calls,
            dealers: Dealers::new(&mut world, inputs.chain),
            liquidation: Liquidation::new(&world),
            breakers: Breakers::new(&world),
            outages: Outages::default(),
            reopening: Reopening::new(streams, target),
            ledger: Ledger::default(),
            event_log: EventLog::default(),
            systemic: Systemic::new(&world),
            metrics: Metrics::new(&start),
            observation: start,
            world,
        }
    }

    /// Takes the figures the run begins with, once everybody has taken up positions.
    pub(crate) fn begin(&mut self) {
        lending::found(&mut self.world, self.streams);
        self.observe();
        self.metrics = Metrics::new(&self.observation);
    }

    /// Roughly the memory a clone takes, in bytes, the log left out.
    pub(crate) fn bytes(&self) -> usize {
        let levels = 2 * PriceGrid::LEVELS * size_of::<f64>();
        let sides = self
            .world
            .venues
            .iter()
            .flat_map(|venue| &venue.contracts)
            .flat_map(|contract| &contract.sides);
        size_of::<Self>() + levels + sides.map(crate::positions::venue::SideBook::bytes).sum::<usize>()
    }

    /// Everything of a step that comes before the first liquidation: `noise` is this step's standard normal variate.
    pub(crate) fn begin_step(&mut self, noise: f64) {
        self.world.tally = Tally::default();
        self.outages.begin_step(&mut self.world);
        self.breakers.begin_step(&mut self.world);
        self.dealers.begin_step(&mut self.world);
        self.shocks.act(&mut self.world, noise);
        self.noise_flow.act(&mut self.world);
        self.arbitrage.act(&mut self.world);
        self.arbitrage.act_on_pool(&mut self.world);
        self.world.update_marks(true);
        self.margin.act(&mut self.world);
        self.funding.act(&mut self.world);
        self.predators.act(&mut self.world);
        self.providers.act(&mut self.world);
        lending::begin_step(&mut self.world, self.streams);
        route::unwind(&mut self.world);
        self.liquidation.begin_step(&mut self.world);
        staggered::return_cooled(&mut self.world);
        self.calls.begin_step(&mut self.world);
    }

    /// One round of everything that reacts to prices with forced flow. Returns whether anything happened.
    pub(crate) fn react(&mut self) -> bool {
        self.world.update_marks(false);
        self.breakers.watch(&mut self.world);
        self.calls.scan(&mut self.world);
        let liquidated = self.liquidation.act(&mut self.world, &self.breakers, &mut self.calls);
        let lent = lending::act(&mut self.world);
        let hedged = self.dealers.hedge(&mut self.world, &self.breakers);
        liquidated || lent || hedged
    }

    /// Everything of a step that comes after the last liquidation. Returns the ledger's rule that was violated, if any.
    pub(crate) fn end_step(&mut self) -> Option<Halt> {
        self.liquidation.end_step(&mut self.world);
        self.breakers.watch(&mut self.world);
        self.breakers.end_step(&mut self.world);
        self.makers.act(&mut self.world);
        self.world.update_marks(false);
        self.arbitrage.release(&mut self.world);
        self.world.market.relax();
        self.world.update_marks(false);
        self.population.at_charges(self.margin.charges(&self.world));
        self.reopening.act(&mut self.world, &self.population);
        clearing::collect(&mut self.world);
        let violated = self.ledger.check(&self.world);
        self.world.step += 1;
        self.observe();
        self.systemic.record(&mut self.world, self.observation.reproduction());
        self.observation.systemic = self.systemic.figures();
        self.metrics.record(&self.world, &self.observation);
        self.observation.largest_move = self.metrics.largest_move();
        self.event_log.record(&mut self.world, &self.observation);
        if let Some(halt) = &violated {
            self.world.note(LogEvent::Halted(halt.clone()));
        }
        violated
    }

    /// The largest forced order in USD, in the direction of `sign`, that a venue may execute now.
    pub(crate) fn forced_order_limit(&self, venue: VenueId, sign: f64) -> f64 {
        let room = self.breakers.order_limit(&self.world, venue, sign);
        room.min(self.liquidation.allowance(venue))
    }

    /// Counts a forced order against what the throttle allows a venue in this step.
    pub(crate) fn use_allowance(&mut self, venue: VenueId, notional: f64) {
        self.liquidation.use_allowance(venue, notional);
    }

    /// Starts a shock with the next step.
    pub(crate) fn shock(&mut self, shock: &cascade_scenario::Shock) {
        self.shocks.start(&mut self.world, shock);
    }

    /// A venue goes out with the next step.
    pub(crate) fn outage(&mut self, outage: &cascade_scenario::Outage) {
        self.outages.begin(&mut self.world, outage);
    }

    /// First step after which liquidations of separate venues were one event.
    pub const fn synchronised(&self) -> Option<u64> {
        self.systemic.synchronised()
    }

    /// Figures after the last step.
    pub const fn observation(&self) -> &Observation {
        &self.observation
    }

    /// Figures of the whole run.
    pub fn summary(&self) -> Summary {
        Summary {
            systemic: self.systemic.summary(&self.world),
            ledger_max_relative_error: self.ledger.max_relative_error,
            gamma_exposure_usd_per_percent: (self.world.parameters.options.enabled)
                .then_some(self.observation.gamma_exposure),
            ..self.metrics.summary(&self.observation)
        }
    }

    /// Each venue as it stands.
    pub fn venue_figures(&self) -> Vec<VenueFigures> {
        venue_figures::of(&self.world, &self.margin.charges(&self.world), &self.observation)
    }

    /// Hash of every price and flow so far.
    pub fn digest(&self) -> u64 {
        self.metrics.digest()
    }

    /// The parameters in force for this asset.
    pub const fn parameters(&self) -> &Parameters {
        &self.world.parameters
    }

    /// Levels of [`Self::resting`] and [`Self::realised`].
    pub const fn grid(&self) -> PriceGrid {
        self.world.grid
    }

    /// Where the standing positions would be liquidated, at present margin rates: notional in USD by price level.
    pub fn resting(&self, out: &mut Clusters) {
        systemic::resting(&self.world, out);
    }

    /// Liquidated so far, by the mark price that set it off: notional in USD.
    pub const fn realised(&self) -> &Clusters {
        &self.world.realised
    }

    /// Changes whenever [`Self::resting`] may have changed.
    pub const fn book_version(&self) -> u64 {
        self.world.book_version
    }

    /// Where a relative price change would end if the impact never decayed, as a relative price change of its own; none if
    /// nothing stops it within reach of the present positions.
    pub fn predicted_move(&self, size: f64) -> Option<f64> {
        let log_size = libm::log1p(size);
        delta_map::predicted_move(&self.world, &self.dealers, &self.calls, log_size).map(libm::expm1)
    }

    /// The forced flow on the way to every level as far as a log distance of `reach`, and what the books take on that way.
    /// Costs a look into the ladders' sums for every level, whatever the number of positions.
    pub fn delta_map(&self, reach: f64) -> DeltaMap {
        DeltaMap::new(&self.world, &self.dealers, &self.calls, reach)
    }

    /// What one level of [`Self::delta_map`] or [`Self::predicted_move`] costs: the sums of ladders it asks for.
    pub fn delta_map_work(&self) -> usize {
        let ladders: usize = self
            .world
            .venues
            .iter()
            .flat_map(|venue| &venue.contracts)
            .map(|contract| contract.side(Side::Long).tiers.len())
            .sum();
        // On margin call there is one more level of the price to ask for at either end.
        ladders * if self.parameters().margin_calls.enabled { 3 } else { 1 }
    }

    /// Debt of the loans by health factor, USD, in equal bins from 0 to [`lending::HEALTH_MAX`]; none without a lending pool.
    pub fn health_distribution(&self) -> Option<[f64; lending::HEALTH_BINS]> {
        let pool = self.world.lending.as_ref()?;
        Some(pool.health_distribution())
    }

    /// The dealers' gamma exposure were the price at a level now.
    pub fn gamma_at(&self, price: f64) -> GammaLevel {
        self.dealers.gamma_at(&self.world, price)
    }

    /// Every levered position that stands, in no particular order; what waits in a liquidation queue is not among them.
    pub fn standing(&self) -> impl Iterator<Item = Placement> + '_ {
        let margin = &self.world.parameters.margin;
        VenueId::each(&self.world.venues).flat_map(move |(venue, state)| {
            state.contracts.iter().flat_map(move |contract| {
                let kind = contract.kind;
                contract.sides.iter().flat_map(move |book| {
                    let place = move |tier, position| Placement {
                        venue,
                        kind,
                        side: book.side,
                        tier,
                        position,
                    };
                    let ladders = book.tiers.iter().enumerate();
                    let on_ladders =
                        ladders.flat_map(move |(tier, ladder)| ladder.ladder.iter().map(move |(_, p)| place(tier, *p)));
                    let in_tranches = book.staggered.rests();
                    on_ladders.chain(in_tranches.map(move |p| place(staggered::tier_of(margin, kind, &p), p)))
                })
            })
        })
    }

    /// Visits about `budget` standing positions from a place on, and moves it there; what waits in a liquidation queue is not
    /// among them. Returns whether all have been visited. Positions that change their place between two calls may be visited
    /// twice or missed.
    pub fn survey(&self, place: &mut SurveyPlace, budget: usize, visit: impl FnMut(&StandingPosition)) -> bool {
        survey::visit(&self.world, place, budget, visit)
    }

    /// Takes over parameters that count from the next step.
    pub(crate) fn configure(&mut self, parameters: &Parameters) {
        let before = self.world.parameters;
        self.world.parameters = *parameters;
        self.world.market.configure(parameters);
        self.population = Population::new(parameters);
        self.dealers.configure(&mut self.world, &before);
        if let Some(pool) = &mut self.world.pool {
            pool.resize(parameters.amm.reserves_usd / before.amm.reserves_usd);
        }
        let margins_move = |venue: VenueId| before.margin_at(venue) != parameters.margin_at(venue);
        let margins_moved = self.world.venue_ids().any(margins_move);
        if margins_moved {
            let start_price = self.world.market.start_price();
            for (id, venue) in VenueId::each(&mut self.world.venues) {
                venue.configure(&parameters.margin_at(id), start_price);
                if before.margin.tiers != parameters.margin.tiers {
                    venue.begin_calm();
                }
            }
            self.world.book_version += 1;
        }
        if margins_moved || before.margin_calls != parameters.margin_calls {
            self.calls.configure(&mut self.world);
        }
        if before.clearing != parameters.clearing {
            clearing::resize(&mut self.world);
        }
    }

    /// Closes the levered book at the marks, without impact.
    fn close_all(&mut self) {
        self.calls.forget();
        for venue in &mut self.world.venues {
            for contract in &mut venue.contracts {
                contract.close_all(contract.kind.value(venue.mark));
            }
            venue.begin_calm();
        }
    }

    /// Closes the levered book at the marks, without impact, and draws it anew around the index; a book that the scenario
    /// lists stays as it is. Loans are drawn anew either way.
    pub(crate) fn redraw(&mut self) {
        self.world.update_marks(false);
        if !self.listed {
            self.close_all();
            // Every redraw uses the same streams, so that dragging a slider there and back gives the same book.
            let mut rng = self.streams.stream(Purpose::Positions);
            let price = self.world.market.price_at(self.world.market.index_level().total);
            self.population.at_charges(self.margin.charges(&self.world));
            let placements = self.population.draw_book(&mut rng, price, self.world.next_id);
            place_all(&mut self.world, &placements);
            clearing::resize(&mut self.world);
            self.reopening
                .aim_at(self.world.levered(Side::Long) + self.world.levered(Side::Short));
        }
        lending::redraw(&mut self.world);
        self.observe();
    }

    /// Takes the figures of the present state.
    fn observe(&mut self) {
        let world = &self.world;
        let market = &world.market;
        let spot = market.level(BookId::SPOT);
        let previous = self.observation;
        let backstop =
            |of: fn(&World, BackstopBuyer) -> f64| BackstopBuyer::ALL.iter().map(|one| of(world, *one)).sum();
        let mut seen = Observation {
            step: world.step,
            time_seconds: world.time_seconds(),
            spot: market.books[BookId::SPOT].price,
            index: market.price_at(market.index_level().total),
            exogenous: market.price_at(spot.by_source[Source::Exogenous]),
            levered_longs: world.levered(Side::Long),
            levered_shorts: world.levered(Side::Short),
            counterparty_delta: world.sum_contracts(|c, mark| c.kind.notional_usd(c.counterparty.quantity, mark)),
            arbitrage_delta: world.sum_contracts(|c, mark| c.kind.notional_usd(c.arbitrageur.quantity, mark)),
            cross_delta: world.sum_contracts(|c, mark| c.kind.notional_usd(c.cross.quantity, mark)),
            cross_closed: world.tally.cross_closed,
            collateral_sold: world.tally.collateral_sold,
            cross_liquidations: world.tally.cross_liquidations,
            cross_shortfall: world.tally.cross_shortfall,
            open_interest: world.sum_contracts(|c, mark| c.kind.notional_usd(c.open_interest_units(), mark)),
            liquidated_longs: world.tally.liquidated_side(Side::Long),
            liquidated_shorts: world.tally.liquidated_side(Side::Short),
            liquidations: world.tally.liquidations,
            liquidated: world.tally.liquidated_total(),
            liquidation_rate: world.tally.liquidated_total() / world.dt(),
            liquidated_at: world.tally.liquidated.map(|[longs, shorts]| longs + shorts),
            liquidated_at_so_far: previous.liquidated_at_so_far,
            deleveraged_at_so_far: previous.deleveraged_at_so_far,
            queued: Liquidation::queued(world),
            halted_venues: market.futures().iter().filter(|book| book.halted).count() as u32,
            venues_out: world.venues.iter().filter(|venue| venue.is_out).count() as u32,
            deleveraged: world.tally.deleveraged,
            deleverage_count: world.tally.deleverage_count,
            margin_calls: world.tally.calls,
            margin_called: world.tally.called,
            topped_up: world.tally.topped_up,
            top_ups_late: world.tally.top_ups_late,
            sold_on_call: world.tally.sold,
            routes: world.tally.routes,
            unwound: world.tally.unwound,
            taken_over: backstop(route::inventory),
            takers_profit: backstop(route::profit),
            predators_delta: accounts::delta(world, Trader::Predators),
            predators_traded: world.tally.predators,
            predators_profit: accounts::profit(world, Trader::Predators),
            providers_delta: accounts::delta(world, Trader::Providers),
            providers_traded: world.tally.provided,
            providers_profit: accounts::profit(world, Trader::Providers),
            makers_standing: self.makers.standing(world),
            makers_failed: world.tally.makers_failed,
            makers_delta: accounts::delta(world, Trader::Makers),
            makers_profit: accounts::profit(world, Trader::Makers),
            lending: lending::figures_of(world),
            socialised: world.sum_contracts(|c, mark| c.socialised * c.kind.usd_per_settlement(mark)),
            insolvent: world.tally.insolvent,
            routes_so_far: previous.routes_so_far,
            insolvent_so_far: previous.insolvent_so_far,
            insurance_fund: world.clearing.fund
                + world.sum_contracts(|c, mark| c.fund * c.kind.usd_per_settlement(mark)),
            clearing: clearing::figures(world),
            shortfall: world.tally.shortfall,
            bad_debt: world.sum_contracts(|c, mark| c.deficit * c.kind.usd_per_settlement(mark)),
            maintenance_rate: self.margin.maintenance_rate(world),
            haircut: self.margin.haircut(world),
            forced_cut: margin::forced_cut(world),
            tightened: world.tally.tightened,
            depth: market.total_depth(),
            reproduction_down: reproduction::ratio(world, &self.dealers, Side::Long),
            reproduction_up: reproduction::ratio(world, &self.dealers, Side::Short),
            attribution: spot.by_source,
            largest_move: previous.largest_move,
            systemic: self.systemic.figures(),
            funding_rates: self.funding.rates(world),
            realised_volatility: previous.realised_volatility,
            // What is read off the ones above, and what dealers tell below.
            marks: [0.0; VENUES_MAX],
            futures: [0.0; VENUES_MAX],
            basis_spread: 0.0,
            funding_spread: 0.0,
            execution_shortfall: 0.0,
            latency_shortfall: 0.0,
            gamma_exposure: 0.0,
            gamma_exposure_index: 0.0,
            gamma_flip: None,
            gamma_flip_index: None,
            hedge_flow_up: 0.0,
            hedge_flow_down: 0.0,
            dealer_option_delta: 0.0,
            dealer_hedge: 0.0,
            hedged: world.tally.hedged,
            options_expire_in: None,
        };
        observe_venues(&mut seen, world);
        if seen.step > previous.step {
            add_step(&mut seen, &previous, world);
        }
        observe_shortfalls(&mut seen, &world.parameters);
        self.dealers.observe(world, &mut seen);
        self.observation = seen;
    }
}

/// Prices at the venues, and how far they differ.
fn observe_venues(seen: &mut Observation, world: &World) {
    for (venue, state) in VenueId::each(&world.venues) {
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
    let kept = libm::exp2(-world.dt() / VOLATILITY_HALF_LIFE);
    let made = libm::log(seen.spot / previous.spot).powi(2) * YEAR_SECONDS / world.dt();
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

fn place_all(world: &mut World, placements: &[Placement]) {
    for Placement {
        venue,
        kind,
        side,
        tier,
        position,
    } in placements.iter().copied()
    {
        world.next_id = world.next_id.max(position.id + 1);
        world.venues[venue].contracts[kind as usize].open(side, tier, position);
    }
    world.book_version += 1;
}
