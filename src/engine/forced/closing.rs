//! What closing positions by force reads and writes.

use crate::clock::Moment;
use crate::market::amm::Pool;
use crate::market::books::Market;
use crate::positions::clearing::Clearing;
use crate::positions::venues::Venues;
use crate::tally::Tally;

/// The market that positions are closed in, and those who pay for it.
pub(crate) struct Closing<'a> {
    /// The parameters in force and the step being made.
    pub moment: &'a Moment,
    /// Prices and books.
    pub market: &'a mut Market,
    /// The automated market maker.
    pub pool: &'a mut Option<Pool>,
    /// The venues.
    pub venues: &'a mut Venues,
    /// The clearing house, or the members.
    pub clearing: &'a mut Clearing,
    /// Flows of this step.
    pub tally: &'a mut Tally,
}
