//! An asset's venues together, with what traders hold in its spot book.

use std::ops::{Deref, DerefMut};

use cascade_scenario::{Parameters, VenueId};
use enum_map::EnumMap;

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::oracle::Oracle;
use crate::positions::account::{Account, Trader};
use crate::positions::clearing::pooled;
use crate::positions::contract::Side;
use crate::positions::population::venue_shares;
use crate::positions::venue::{Contract, Venue};

/// The venues, and everything that anybody holds at them or in the spot book.
#[derive(Clone, Debug)]
pub struct Venues {
    /// Each has its book in the market.
    all: Vec<Venue>,
    /// What traders hold in the spot book.
    pub spot_accounts: EnumMap<Trader, Account>,
    /// Counts changes of the resting positions.
    pub version: u64,
    /// Number for the next position.
    pub next_id: u32,
}

impl Deref for Venues {
    type Target = [Venue];

    fn deref(&self) -> &[Venue] {
        &self.all
    }
}

impl DerefMut for Venues {
    fn deref_mut(&mut self) -> &mut [Venue] {
        &mut self.all
    }
}

impl Venues {
    /// Empty venues at the start price.
    pub fn new(parameters: &Parameters, expected_positions: usize) -> Self {
        let count = parameters.venues.count as usize;
        let expected = expected_positions / (2 * count);
        let at_venues = if pooled(parameters) {
            0.0
        } else {
            parameters.fund.insurance
        };
        let all = venue_shares(parameters)
            .iter()
            .zip(VenueId::first(count))
            .map(|(share, venue)| {
                let margin = parameters.margin_at(venue);
                Venue::new(parameters, &margin, expected, at_venues * share)
            })
            .collect();
        Self {
            all,
            spot_accounts: EnumMap::default(),
            version: 0,
            next_id: 0,
        }
    }

    /// All of them.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = VenueId> + ExactSizeIterator + Clone + use<> {
        VenueId::first(self.len())
    }

    /// Notional of the levered positions of a side at the marks.
    pub fn levered(&self, side: Side) -> f64 {
        self.sum_contracts(|contract, mark| contract.kind.notional_usd(contract.side(side).open.quantity, mark))
    }

    /// Notional of the positions whose liquidation price their venue's mark has passed and that no liquidation engine has looked
    /// at since, USD at the marks.
    pub fn backlog(&self) -> f64 {
        self.sum_contracts(|contract, mark| {
            let units = contract
                .sides
                .iter()
                .map(|book| book.units_reached(contract.kind, contract.funding, mark));
            contract.kind.notional_usd(units.sum(), mark)
        })
    }

    /// Notional that waits in a venue's liquidation queue, USD at its mark.
    pub fn queued_at(&self, venue: VenueId) -> f64 {
        Side::BOTH.map(|side| self.queued_side_at(venue, side)).iter().sum()
    }

    /// The part of [`Self::queued_at`] that is one side's.
    pub fn queued_side_at(&self, venue: VenueId, side: Side) -> f64 {
        let venue = &self[venue];
        let waiting = |contract: &Contract| {
            let units = contract.side(side).waiting_units();
            contract.kind.notional_usd(units, venue.mark)
        };
        venue.contracts.iter().map(waiting).sum()
    }

    /// Sets every venue's mark: w·index + (1 − w)·own price, the index as the oracle publishes it; where a venue is
    /// out, its mark stands. `advance` once a step.
    pub fn update_marks(&mut self, moment: &Moment, market: &Market, oracle: &mut Oracle, advance: bool) {
        let weight = moment.parameters.marks.synchronisation;
        let index = market.price_at(market.index_level().total);
        let index = oracle.publish(&moment.parameters.oracle, index, moment.dt(), advance);
        let venues = self.all.iter_mut().zip(market.futures());
        for (venue, book) in venues.filter(|(venue, _)| !venue.is_out) {
            venue.mark = weight * index + (1.0 - weight) * book.price;
        }
    }

    /// Sums something over all contracts, given each venue's mark.
    pub fn sum_contracts(&self, of: impl Fn(&Contract, f64) -> f64) -> f64 {
        self.iter()
            .flat_map(|venue| venue.contracts.iter().map(|c| of(c, venue.mark)))
            .sum()
    }
}
