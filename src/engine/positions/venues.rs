//! An asset's venues together, with what traders hold in its spot book.

use std::iter::Sum;
use std::ops::{Deref, DerefMut};

use cascade_scenario::{Parameters, VenueId};
use enum_map::EnumMap;

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::oracle::Oracle;
use crate::positions::account::{Account, Trader};
use crate::positions::clearing::pooled;
use crate::positions::contract::Side;
use crate::positions::netting::Membership;
use crate::positions::population::venue_shares;
use crate::positions::venue::{Contract, Venue};
use crate::units::{Price, Usd};

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
    pub fn new(parameters: &Parameters, expected_positions: usize, membership: Membership) -> Self {
        let count = parameters.venues.count as usize;
        let expected = expected_positions / (2 * count);
        let at_venues = if pooled(parameters) {
            Usd::ZERO
        } else {
            Usd::new(parameters.fund.insurance)
        };
        let all = venue_shares(parameters)
            .iter()
            .zip(VenueId::first(count))
            .map(|(share, venue)| {
                let margin = parameters.margin_at(venue);
                Venue::new(parameters, &margin, expected, at_venues * *share, membership)
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
    pub fn levered(&self, side: Side) -> Usd {
        self.sum_contracts(|contract, mark| contract.kind.notional(contract.side(side).open.quantity, mark))
    }

    /// Notional of the positions whose liquidation price their venue's mark has passed and that no liquidation engine has looked
    /// at since, at the marks.
    pub fn backlog(&self) -> Usd {
        self.sum_contracts(|contract, mark| {
            let units = contract
                .sides
                .iter()
                .map(|book| book.units_reached(contract.kind, contract.funding, mark));
            contract.kind.notional(units.sum(), mark)
        })
    }

    /// Notional that waits in a venue's liquidation queue, at its mark.
    pub fn queued_at(&self, venue: VenueId) -> Usd {
        Side::BOTH
            .map(|side| self.queued_side_at(venue, side))
            .into_iter()
            .sum()
    }

    /// The part of [`Self::queued_at`] that is one side's.
    pub fn queued_side_at(&self, venue: VenueId, side: Side) -> Usd {
        let venue = &self[venue];
        let waiting = |contract: &Contract| {
            let units = contract.side(side).waiting_units();
            contract.kind.notional(units, venue.mark)
        };
        venue.contracts.iter().map(waiting).sum()
    }

    /// Sets every venue's mark: w·index + (1 − w)·own price, the index as the oracle publishes it, w = 0 where a venue marks to its own book; where a venue is
    /// out, its mark stands. `advance` once a step.
    pub fn update_marks(&mut self, moment: &Moment, market: &Market, oracle: &mut Oracle, advance: bool) {
        let index = market.price_at(market.index_level().log_price());
        let index = oracle.publish(&moment.parameters.oracle, index, moment.dt(), advance);
        let venues = VenueId::each(&mut self.all).zip(market.futures());
        for ((id, venue), book) in venues.filter(|((_, venue), _)| !venue.is_out) {
            let weight = moment.parameters.mark_weight_at(id);
            venue.mark = weight * index + (1.0 - weight) * book.price;
        }
    }

    /// Sums something over all contracts, given each venue's mark.
    pub fn sum_contracts<Q: Sum>(&self, of: impl Fn(&Contract, Price) -> Q) -> Q {
        self.iter()
            .flat_map(|venue| venue.contracts.iter().map(|c| of(c, venue.mark)))
            .sum()
    }
}
