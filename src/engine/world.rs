//! The state of an asset's market, which hands out its parts to the mechanisms.

use cascade_scenario::Parameters;

use crate::clock::Moment;
use crate::lending::pool::LendingPool;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::market::grid::{Clusters, PriceGrid};
use crate::market::oracle::Oracle;
use crate::positions::clearing::{Clearing, membership};
use crate::positions::venues::Venues;
use crate::random::RandomStreams;
use crate::tally::Tally;
use crate::traders::stops::StopOrders;
use crate::units::Price;

/// Everything that more than one mechanism reads or writes. No mechanism gets all of it: its signature says what it reads and
/// writes.
#[derive(Clone, Debug)]
pub struct World {
    /// The parameters in force and the step being made.
    pub moment: Moment,
    /// Prices and books.
    pub market: Market,
    /// The automated market maker, once liquidations are to go there.
    pub pool: Option<Pool>,
    /// The lending pool, once there is one.
    pub lending: Option<Box<LendingPool>>,
    /// The index the venues see.
    pub oracle: Oracle,
    /// The venues, with everybody's accounts.
    pub venues: Venues,
    /// The clearing house, or the members.
    pub clearing: Clearing,
    /// Stop orders that rest, and what has become of the others.
    pub stops: StopOrders,
    /// Flows of this step.
    pub tally: Tally,
    /// Liquidated so far by price level.
    pub realised: Clusters,
    /// Levels of `realised`.
    pub grid: PriceGrid,
}

impl World {
    /// Empty venues at the start price.
    pub fn new(parameters: &Parameters, streams: RandomStreams, expected_positions: usize) -> Self {
        let membership = membership(parameters, streams);
        Self {
            moment: Moment {
                parameters: *parameters,
                step: 0,
            },
            market: Market::new(parameters),
            pool: None,
            lending: None,
            oracle: Oracle::new(Price::new(parameters.market.start_price)),
            venues: Venues::new(parameters, expected_positions, membership),
            clearing: Clearing::new(parameters, membership),
            stops: StopOrders::new(streams),
            tally: Tally::default(),
            realised: Clusters::default(),
            grid: PriceGrid {
                reference: parameters.market.start_price,
            },
        }
    }
}
