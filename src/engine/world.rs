//! The state that all mechanisms share: clock, parameters, prices, venues, and the tally of the present step.

use cascade_scenario::{BookId, LoanOutlet, Parameters, Route, VENUES_MAX, VenueId};
use enum_map::EnumMap;

use crate::forced::clearing::{self, Clearing};
use crate::forced::route::ByRoute;
use crate::forced::waterfall::Insolvent;
use crate::lending::LendingPool;
use crate::log::{LogEntry, LogEvent};
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::grid::{Clusters, PriceGrid};
use crate::market::oracle::Oracle;
use crate::positions::contract::Side;
use crate::positions::venue::{Account, Venue};
use crate::traders::accounts::Trader;

/// Everything that more than one mechanism reads or writes.
#[derive(Clone, Debug)]
pub struct World {
    /// The parameters in force.
    pub parameters: Parameters,
    /// Number of the step being made, from 0.
    pub step: u64,
    /// Prices and books.
    pub market: Market,
    /// The automated market maker, once liquidations are to go there.
    pub pool: Option<Pool>,
    /// The lending pool, once there is one.
    pub lending: Option<Box<LendingPool>>,
    /// The index the venues see.
    pub oracle: Oracle,
    /// The venues; each has its book in the market.
    pub venues: Vec<Venue>,
    /// What traders hold in the spot book.
    pub spot_accounts: EnumMap<Trader, Account>,
    /// The clearing house, or the members.
    pub clearing: Clearing,
    /// Flows of this step.
    pub tally: Tally,
    /// Liquidated so far by price level.
    pub realised: Clusters,
    /// Levels of `realised`.
    pub grid: PriceGrid,
    /// Counts changes of the resting positions.
    pub book_version: u64,
    /// What has happened that the simulation has not yet collected.
    pub log: Vec<LogEntry>,
    /// Number for the next position.
    pub next_id: u32,
}

/// Flows of one step, USD.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Liquidated notional by venue, longs then shorts.
    pub liquidated: [[f64; 2]; VENUES_MAX],
    /// Notional that each route took; what was cancelled by auto-deleveraging is in none of them.
    pub routes: ByRoute,
    /// Notional of taken-over positions that was unwound on the book.
    pub unwound: f64,
    /// Notional taken over that would still stand at the lowest requirement so far.
    pub tightened: f64,
    /// A route that could not take everything, so that the rest was sold on the book.
    pub spilled: Option<Route>,
    /// Number of liquidations.
    pub liquidations: u64,
    /// How many of them forced flow set off.
    pub offspring: f64,
    /// Notional cancelled by auto-deleveraging.
    pub deleveraged: f64,
    /// The same by venue.
    pub deleveraged_at: [f64; VENUES_MAX],
    /// Positions cancelled by auto-deleveraging.
    pub deleverage_count: u64,
    /// Positions that were worth less than nothing when they were closed.
    pub insolvent: Insolvent,
    /// Number of margin calls.
    pub calls: u64,
    /// Notional called.
    pub called: f64,
    /// Collateral that reached the positions it was meant for.
    pub topped_up: f64,
    /// Collateral that came too late and went back.
    pub top_ups_late: f64,
    /// Notional that holders under margin call closed.
    pub sold: f64,
    /// Notional that dealers bought for their hedges, less what they sold.
    pub hedged: f64,
    /// Notional that predators traded.
    pub predators: f64,
    /// Notional that liquidity providers traded.
    pub provided: f64,
    /// Number of market makers that failed.
    pub makers_failed: u64,
    /// What the sale of liquidated positions brought less than their bankruptcy price, batch by batch.
    pub shortfall: f64,
    /// Cross-margin accounts that failed, counted where their largest position was.
    pub cross_liquidations: u64,
    /// Notional of their positions that was closed.
    pub cross_closed: f64,
    /// Collateral coins sold on spot for what failed accounts owed, USD.
    pub collateral_sold: f64,
    /// What failed accounts owed beyond their collateral, USD.
    pub cross_shortfall: f64,
    /// Whether a position was cancelled although the fund still had money.
    pub deleveraged_too_early: bool,
}

impl Tally {
    /// Liquidated notional of one side over all venues.
    pub fn liquidated_side(&self, side: Side) -> f64 {
        self.liquidated.iter().map(|venue| venue[side as usize]).sum()
    }

    /// Liquidated notional of both sides.
    pub fn liquidated_total(&self) -> f64 {
        self.liquidated.iter().flatten().sum()
    }
}

impl World {
    /// Empty venues at the start price.
    pub fn new(parameters: &Parameters, expected_positions: usize) -> Self {
        let count = parameters.venues.count as usize;
        let shares = crate::positions::population::venue_shares(parameters);
        let expected = expected_positions / (2 * count);
        let at_venues = if clearing::pooled(parameters) {
            0.0
        } else {
            parameters.fund.insurance
        };
        let venues = shares
            .iter()
            .zip(VenueId::first(count))
            .map(|(share, venue)| {
                let margin = parameters.margin_at(venue);
                Venue::new(parameters, &margin, expected, at_venues * share)
            })
            .collect();
        Self {
            parameters: *parameters,
            step: 0,
            market: Market::new(parameters),
            pool: None,
            lending: None,
            oracle: Oracle::new(parameters.market.start_price),
            venues,
            spot_accounts: EnumMap::default(),
            clearing: Clearing::new(parameters),
            tally: Tally::default(),
            realised: Clusters::default(),
            grid: PriceGrid {
                reference: parameters.market.start_price,
            },
            book_version: 0,
            log: Vec::new(),
            next_id: 0,
        }
    }

    /// Founds the automated market maker at the spot price when liquidations, of positions or of loans, are first to go there.
    pub fn found_pool(&mut self) {
        let lending = &self.parameters.lending;
        let of_loans = lending.enabled && lending.outlet == LoanOutlet::Amm;
        let wanted = || {
            self.venue_ids()
                .any(|venue| self.parameters.route_at(venue) == Route::Amm)
        };
        if self.pool.is_none() && (of_loans || wanted()) {
            let level = self.market.level(BookId::SPOT);
            let reserves = self.parameters.amm.reserves_usd;
            self.pool = Some(Pool::new(reserves, self.market.start_price(), level));
        }
    }

    /// Seconds of market time a step takes.
    pub const fn dt(&self) -> f64 {
        self.parameters.market.step_seconds
    }

    /// Share of a gap that a step closes with a time constant: 1 − e^(−dt/τ), all of it if τ = 0.
    pub fn share_closed(&self, time_constant: f64) -> f64 {
        if time_constant > 0.0 {
            -libm::expm1(-self.dt() / time_constant)
        } else {
            1.0
        }
    }

    /// Market time at the start of this step.
    pub fn time_seconds(&self) -> f64 {
        self.step as f64 * self.dt()
    }

    /// Writes into the event log.
    pub fn note(&mut self, event: LogEvent) {
        self.log.push(LogEntry {
            step: self.step,
            time_seconds: self.time_seconds(),
            asset: None,
            event,
        });
    }

    /// Sets every venue's mark: w·index + (1 − w)·own price, the index as the oracle publishes it; where a venue is
    /// out, its mark stands. `advance` once a step.
    pub fn update_marks(&mut self, advance: bool) {
        let weight = self.parameters.marks.synchronisation;
        let index = self.market.price_at(self.market.index_level().total);
        let index = self.oracle.publish(
            &self.parameters.oracle,
            index,
            self.parameters.market.step_seconds,
            advance,
        );
        let venues = self.venues.iter_mut().zip(self.market.futures());
        for (venue, book) in venues.filter(|(venue, _)| !venue.is_out) {
            venue.mark = weight * index + (1.0 - weight) * book.price;
        }
    }

    /// Notional of the levered positions of a side at the marks.
    pub fn levered(&self, side: Side) -> f64 {
        self.sum_contracts(|contract, mark| contract.kind.notional_usd(contract.side(side).open.quantity, mark))
    }

    /// All venues.
    pub fn venue_ids(&self) -> impl DoubleEndedIterator<Item = VenueId> + ExactSizeIterator + Clone + use<> {
        VenueId::first(self.venues.len())
    }

    /// Notional that waits in a venue's liquidation queue, USD at its mark.
    pub fn queued_at(&self, venue: VenueId) -> f64 {
        Side::BOTH.map(|side| self.queued_side_at(venue, side)).iter().sum()
    }

    /// The part of [`Self::queued_at`] that is one side's.
    pub fn queued_side_at(&self, venue: VenueId, side: Side) -> f64 {
        let venue = &self.venues[venue];
        let waiting = |contract: &crate::positions::venue::Contract| {
            let units = contract.side(side).waiting_units();
            contract.kind.notional_usd(units, venue.mark)
        };
        venue.contracts.iter().map(waiting).sum()
    }

    /// Sums something over all contracts, given each venue's mark.
    pub fn sum_contracts(&self, of: impl Fn(&crate::positions::venue::Contract, f64) -> f64) -> f64 {
        self.venues
            .iter()
            .flat_map(|venue| venue.contracts.iter().map(|c| of(c, venue.mark)))
            .sum()
    }
}
