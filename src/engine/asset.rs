//! One asset's market: its world and the mechanisms that act in it alone. What ties assets together is in the simulation.

mod change;
mod figures;

use cascade_scenario::{AssetId, BookId, IndexedBy, OptionSeries, Parameters, PricePath, VenueId};
use change::place_all;

use crate::forced::breakers::Breakers;
use crate::forced::calls::Calls;
use crate::forced::clearing;
use crate::forced::closing::Closing;
use crate::forced::liquidation::Liquidation;
use crate::forced::outage::Outages;
use crate::forced::route;
use crate::forced::staggered;
use crate::lending;
use crate::log::{Halt, Log, LogEvent};
use crate::market::arbitrage::Arbitrage;
use crate::market::bridges::Bridges;
use crate::market::exogenous::Shocks;
use crate::market::grid::{Clusters, PriceGrid};
use crate::market::makers::Makers;
use crate::market::noise_flow::NoiseFlow;
use crate::market::volatility::VolatilityEstimate;
use crate::measure::delta_map::{self, DeltaMap};
use crate::measure::event_log::EventLog;
use crate::measure::horizon::{LastMinute, LastOrders};
use crate::measure::ledger::Ledger;
use crate::measure::metrics::Metrics;
use crate::measure::observation::{Observation, Summary};
use crate::measure::reproduction;
use crate::measure::systemic::{self, Systemic};
use crate::measure::venue_figures::{self, VenueFigures};
use crate::positions::charge::initial_charges;
use crate::positions::contract::Side;
use crate::positions::funding::Funding;
use crate::positions::margin::MarginModel;
use crate::positions::population::{Placement, Population};
use crate::positions::reopening::Reopening;
use crate::positions::survey::{self, StandingPosition, SurveyPlace};
use crate::positions::tiers;
use crate::random::RandomStreams;
use crate::tally::Tally;
use crate::traders::carry;
use crate::traders::dealers::{Dealers, GammaLevel};
use crate::traders::options_clearing::OptionsClearing;
use crate::traders::predators::Predators;
use crate::traders::providers::Providers;
use crate::traders::stops::StopOrder;
use crate::units::{LogPrice, Price, Usd};
use crate::world::World;

/// Half-life in seconds of the volatility shown as realised.
const VOLATILITY_HALF_LIFE: f64 = 3_600.0;
/// The volatility shown takes log prices over this price instead of the start price: only their moves count.
const DOLLAR: Price = Price::new(1.0);

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
    bridges: Bridges,
    funding: Funding,
    margin: MarginModel,
    predators: Predators,
    providers: Providers,
    makers: Makers,
    pub(crate) calls: Calls,
    pub(crate) dealers: Dealers,
    options_clearing: OptionsClearing,
    liquidation: Liquidation,
    pub(crate) breakers: Breakers,
    outages: Outages,
    reopening: Reopening,
    pub(crate) ledger: Ledger,
    event_log: EventLog,
    pub(crate) log: Log,
    systemic: Systemic,
    metrics: Metrics,
    minute: LastMinute,
    orders: LastOrders,
    /// Of spot, as it is shown.
    volatility: VolatilityEstimate,
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
        let mut world = World::new(parameters, streams, placements.len());
        for (venue, charge) in world.venues.iter_mut().zip(initial_charges(parameters)) {
            venue.set_charge(charge);
            venue.begin_calm();
        }
        let mut calls = Calls::new(streams);
        calls.configure(&world.moment, &mut world.venues);
        place_all(&mut world.venues, placements);
        calls.draw_ahead(&world.moment, &world.venues);
        world.stops.place_all(&world.moment, &world.market, &mut world.venues);
        clearing::resize(&world.moment, &world.venues, &mut world.clearing);
        let target = world.venues.levered(Side::Long) + world.venues.levered(Side::Short);
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
            bridges: Bridges::default(),
            funding: Funding::default(),
            margin: MarginModel::new(&world.moment),
            predators: Predators::new(streams),
            providers: Providers::default(),
            makers: Makers::default(),
            calls,
            dealers: Dealers::new(&world.moment, &world.market, &mut world.venues, inputs.chain),
            options_clearing: OptionsClearing::default(),
            liquidation: Liquidation::new(&world.moment, &world.market, &world.venues),
            breakers: Breakers::new(&world.venues),
            outages: Outages::default(),
            reopening: Reopening::new(streams, target),
            ledger: Ledger::default(),
            event_log: EventLog::default(),
            log: Log::default(),
            systemic: Systemic::new(&world),
            metrics: Metrics::new(&start),
            minute: LastMinute::default(),
            orders: LastOrders::default(),
            volatility: VolatilityEstimate::new(
                parameters.market.volatility,
                LogPrice::of(Price::new(parameters.market.start_price), DOLLAR),
            ),
            observation: start,
            world,
        }
    }

    /// Takes the figures the run begins with, once everybody has taken up positions.
    pub(crate) fn begin(&mut self) {
        lending::found(
            &self.world.moment,
            &self.world.market,
            &mut self.world.lending,
            self.streams,
        );
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
        size_of::<Self>()
            + levels
            + self.world.stops.bytes()
            + sides.map(crate::positions::venue::SideBook::bytes).sum::<usize>()
    }

    /// Everything of a step that comes before the first liquidation: `noise` is this step's standard normal variate.
    pub(crate) fn begin_step(&mut self, noise: f64) {
        let log = &mut self.log;
        let World {
            moment,
            market,
            pool,
            lending,
            oracle,
            venues,
            stops,
            tally,
            ..
        } = &mut self.world;
        *tally = Tally::default();
        self.outages.begin_step(moment, market, venues, log);
        self.breakers.begin_step(moment, market, venues, log);
        self.dealers.begin_step(moment, market, venues, log);
        self.shocks.act(moment, market, log, noise);
        self.noise_flow.act(moment, market);
        self.bridges.act(moment, market);
        self.arbitrage.act(moment, market, venues);
        self.arbitrage.act_on_pool(moment, market, pool, venues);
        venues.update_marks(moment, market, oracle, true);
        self.options_clearing
            .act(moment, market, venues, &mut self.dealers, log);
        if self.margin.act(moment, market, venues) {
            self.calls.configure(moment, venues);
        }
        self.funding.act(moment, market, venues);
        carry::act(moment, market, venues, tally, &self.funding);
        self.predators.act(moment, market, venues, tally, log);
        self.providers.act(moment, market, venues, tally);
        stops.renew(moment, market, venues);
        lending::begin_step(moment, market, lending, self.streams);
        route::unwind(moment, market, venues, tally);
        self.liquidation.begin_step(moment, venues);
        self.makers.begin_step(moment);
        staggered::return_cooled(moment, venues);
        self.calls.begin_step(moment, venues, tally);
    }

    /// Has the venues mark at the present prices.
    fn update_marks(&mut self) {
        let World {
            moment,
            market,
            oracle,
            venues,
            ..
        } = &mut self.world;
        venues.update_marks(moment, market, oracle, false);
    }

    /// Takes the reproduction ratios between two rounds: within a step a cascade may come and go.
    pub(crate) fn between_rounds(&mut self) {
        self.update_marks();
        self.world.tally.reproduction = Some(reproduction::largest(&self.world, &self.dealers));
    }

    /// One round of everything that reacts to prices with forced flow. Returns whether anything happened.
    pub(crate) fn react(&mut self) -> bool {
        let World {
            moment,
            market,
            pool,
            lending,
            oracle,
            venues,
            clearing,
            stops,
            tally,
            realised,
            grid,
        } = &mut self.world;
        venues.update_marks(moment, market, oracle, false);
        self.breakers.watch(moment, market, venues, &mut self.log);
        let stopped = stops.act(moment, market, venues, tally, &self.breakers);
        if stopped {
            venues.update_marks(moment, market, oracle, false);
            self.breakers.watch(moment, market, venues, &mut self.log);
        }
        let looks = self.liquidation.pace.look();
        if looks {
            self.calls.scan(moment, venues, tally);
        }
        let mut closing = Closing {
            moment,
            market,
            pool,
            venues,
            clearing,
            tally,
        };
        let breakers = &self.breakers;
        let liquidated = looks
            && self
                .liquidation
                .act(&mut closing, realised, *grid, breakers, &mut self.calls);
        let lent = lending::act(moment, market, pool, lending);
        let hedged = self.dealers.hedge(moment, market, venues, tally, breakers);
        let shed = self.makers.react(moment, market, venues, tally);
        stopped || liquidated || lent || hedged || shed
    }

    /// Everything of a step that comes after the last liquidation. Returns the ledger's rule that was violated, if any.
    pub(crate) fn end_step(&mut self) -> Option<Halt> {
        let log = &mut self.log;
        let World {
            moment,
            market,
            oracle,
            venues,
            clearing,
            stops,
            tally,
            ..
        } = &mut self.world;
        self.liquidation.end_step(moment, venues, tally);
        self.breakers.watch(moment, market, venues, log);
        if stops.act(moment, market, venues, tally, &self.breakers) {
            self.breakers.watch(moment, market, venues, log);
        }
        self.breakers.end_step(moment, market, venues, log);
        self.makers.end_step(moment, market, venues, tally, log);
        venues.update_marks(moment, market, oracle, false);
        self.arbitrage.release(market, venues);
        market.relax();
        venues.update_marks(moment, market, oracle, false);
        self.population.at_charges(self.margin.charges(moment));
        self.reopening.act(moment, market, venues, tally, &self.population);
        clearing::collect(moment, venues, clearing);
        let violated = self.ledger.check(&self.world);
        let spot = self.world.market.books[BookId::SPOT].price;
        self.volatility
            .see(&self.world.moment, VOLATILITY_HALF_LIFE, LogPrice::of(spot, DOLLAR));
        self.minute.add(&self.world.moment, self.world.tally.liquidated_total());
        self.world.tally.ordered = self.world.market.take_ordered();
        self.orders.add(&self.world.moment, &self.world.tally.ordered);
        self.systemic.follow(&self.world);
        self.world.moment.step += 1;
        self.observe();
        self.measure();
        if let Some(halt) = &violated {
            self.log.note(&self.world.moment, LogEvent::Halted(halt.clone()));
        }
        violated
    }

    /// Takes what is measured over many steps.
    fn measure(&mut self) {
        let log = &mut self.log;
        self.systemic.record(&self.world, self.observation.reproduction(), log);
        self.observation.systemic = self.systemic.figures();
        self.metrics.record(&self.world, &self.observation);
        self.observation.largest_move = self.metrics.largest_move();
        self.event_log.record(&self.world, &self.observation, log);
    }

    /// The largest forced order, in the direction of `sign`, that a venue may execute now.
    pub(crate) fn forced_order_limit(&self, venue: VenueId, sign: f64) -> Usd {
        let room = self
            .breakers
            .order_limit(&self.world.moment, &self.world.market, venue, sign);
        room.min(self.liquidation.allowance(venue))
    }

    /// Counts a forced order against what the throttle allows a venue in this step.
    pub(crate) fn use_allowance(&mut self, venue: VenueId, notional: Usd) {
        self.liquidation.use_allowance(venue, notional);
    }

    /// Starts a shock with the next step.
    pub(crate) fn shock(&mut self, shock: &cascade_scenario::Shock) {
        self.shocks.start(&self.world.moment, &mut self.log, shock);
    }

    /// A venue goes out with the next step.
    pub(crate) fn outage(&mut self, outage: &cascade_scenario::Outage) {
        self.outages.begin(
            &self.world.moment,
            &mut self.world.market,
            &mut self.world.venues,
            &mut self.log,
            outage,
        );
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
            synchronisation: self.systemic.synchronisation(),
            ledger_max_relative_error: self.ledger.max_relative_error,
            gamma_exposure_usd_per_percent: (self.world.moment.parameters.options.enabled)
                .then_some(self.observation.gamma_exposure),
            ..self.metrics.summary(&self.observation)
        }
    }

    /// The spot prices of all regions, home first, in USD per coin.
    pub fn spot_prices(&self) -> impl Iterator<Item = f64> {
        let market = &self.world.market;
        std::iter::once(&market.books[BookId::SPOT])
            .chain(market.abroad())
            .map(|book| book.price.get())
    }

    /// Each venue as it stands.
    pub fn venue_figures(&self) -> Vec<VenueFigures> {
        venue_figures::of(&self.world, &self.margin.charges(&self.world.moment), &self.observation)
    }

    /// Hash of every price and flow so far.
    pub fn digest(&self) -> u64 {
        self.metrics.digest()
    }

    /// The parameters in force for this asset.
    pub const fn parameters(&self) -> &Parameters {
        &self.world.moment.parameters
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
        self.world.venues.version
    }

    /// Where a relative price change would end if the impact never decayed, as a relative price change of its own; none if
    /// nothing stops it within reach of the present positions.
    pub fn predicted_move(&self, size: f64) -> Option<f64> {
        let log_size = libm::log1p(size);
        delta_map::predicted_move(&self.world, &self.dealers, &self.calls, log_size).map(libm::expm1)
    }

    /// Whether a relative price change takes the price to a place from which it goes on by itself, if the impact never decayed.
    pub fn runs_away(&self, size: f64) -> bool {
        delta_map::runs_away(&self.world, &self.dealers, &self.calls, libm::log1p(size))
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

    /// The stop orders that rest, in no particular order.
    pub fn stop_orders(&self) -> impl Iterator<Item = StopOrder> {
        self.world.stops.orders(self.world.market.start_price())
    }

    /// The loans with their debts as of now, in no particular order.
    pub fn loans(&self) -> impl Iterator<Item = lending::Loan> + '_ {
        self.world.lending.iter().flat_map(|pool| pool.loans())
    }

    /// What a relative price move would do to the loans if liquidations did not move the price; none without a lending pool.
    /// Looks at every loan.
    pub fn loans_without_feedback(&self, price_move: f64) -> Option<lending::WithoutFeedback> {
        let pool = self.world.lending.as_ref()?;
        Some(pool.without_feedback(price_move))
    }

    /// Debt of the loans by health factor, USD, in equal bins from 0 to [`lending::HEALTH_MAX`]; none without a lending pool.
    pub fn health_distribution(&self) -> Option<[f64; lending::HEALTH_BINS]> {
        let pool = self.world.lending.as_ref()?;
        Some(pool.health_distribution())
    }

    /// The dealers' gamma exposure were the price at a level now, USD per coin.
    pub fn gamma_at(&self, price: f64) -> GammaLevel {
        self.dealers
            .gamma_at(&self.world.moment, &self.world.market, Price::new(price))
    }

    /// Every levered position that stands, in no particular order; what waits in a liquidation queue is not among them.
    pub fn standing(&self) -> impl Iterator<Item = Placement> + '_ {
        let margin = &self.world.moment.parameters.margin;
        VenueId::each(self.world.venues.iter()).flat_map(move |(venue, state)| {
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
                    on_ladders.chain(in_tranches.map(move |p| place(tiers::tier_of_position(margin, kind, &p), p)))
                })
            })
        })
    }

    /// Visits about `budget` standing positions from a place on, and moves it there; what waits in a liquidation queue is not
    /// among them. Returns whether all have been visited. Positions that change their place between two calls may be visited
    /// twice or missed.
    pub fn survey(&self, place: &mut SurveyPlace, budget: usize, visit: impl FnMut(&StandingPosition)) -> bool {
        survey::visit(&self.world.moment, &self.world.venues, place, budget, visit)
    }
}
