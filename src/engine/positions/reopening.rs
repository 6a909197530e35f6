//! New positions in place of liquidated ones: matched pairs of longs and shorts, entered at the mark without impact.

use rand_chacha::ChaCha8Rng;

use crate::clock::Moment;
use crate::market::books::Market;
use crate::positions::contract::Side;
use crate::positions::population::Population;
use crate::positions::venues::Venues;
use crate::random::{Purpose, RandomStreams};
use crate::tally::Tally;
use crate::units::Usd;

/// Traders who come back.
#[derive(Clone, Debug)]
pub(crate) struct Reopening {
    rng: ChaCha8Rng,
    /// Levered open interest to return to.
    target: Usd,
    /// Notional that is due but smaller than a pair.
    pending: Usd,
    /// Market time of the last forced flow.
    last_forced: f64,
}

impl Reopening {
    /// The present levered open interest is the one to return to.
    pub(crate) fn new(streams: RandomStreams, target: Usd) -> Self {
        Self {
            rng: streams.stream(Purpose::Reopening),
            target,
            pending: Usd::ZERO,
            last_forced: f64::NEG_INFINITY,
        }
    }

    /// After a redraw: the open interest to return to is another.
    pub(crate) const fn aim_at(&mut self, target: Usd) {
        self.target = target;
    }

    /// Opens what this step's share of the gap to the target pays for; nothing while a venue is halted.
    pub(crate) fn act(
        &mut self,
        moment: &Moment,
        market: &Market,
        venues: &mut Venues,
        tally: &Tally,
        population: &Population,
    ) {
        if tally.liquidated_total() + tally.sold > Usd::ZERO {
            self.last_forced = moment.time_seconds();
        }
        let settings = moment.parameters.reopening;
        if market.books.iter().any(|book| book.halted) {
            return;
        }
        if !settings.enabled || moment.time_seconds() - self.last_forced < settings.quiet_time {
            return;
        }
        let present = venues.levered(Side::Long) + venues.levered(Side::Short);
        let share = -libm::expm1(-moment.dt() / settings.time_constant);
        self.pending += (self.target - present).max(Usd::ZERO) * share;
        let size = self.target / f64::from(moment.parameters.positions.count);
        while size > Usd::ZERO && self.pending >= 2.0 * size {
            self.pending -= 2.0 * size;
            self.open_pair(market, venues, population, size);
        }
    }

    fn open_pair(&mut self, market: &Market, venues: &mut Venues, population: &Population, notional: Usd) {
        // The venue is drawn with the pair, so the pair is drawn at the index and moved to its venue's mark.
        let index = market.price_at(market.index_level().log_price());
        let pair = population.draw_pair(&mut self.rng, index, venues.next_id, notional);
        venues.next_id += 2;
        for placement in pair {
            let venue = &mut venues[placement.venue];
            let contract = &mut venue.contracts[placement.kind as usize];
            let mut position = placement.position;
            let leverage = position.quantity * position.entry.abs() / position.margin;
            position.entry = contract.kind.value(venue.mark);
            position.margin = position.quantity * position.entry.abs() / leverage;
            contract.open(placement.side, placement.tier, position);
        }
        venues.version += 1;
    }
}
