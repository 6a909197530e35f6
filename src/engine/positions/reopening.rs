//! New positions in place of liquidated ones: matched pairs of longs and shorts, entered at the mark without impact.

use rand_chacha::ChaCha8Rng;

use crate::positions::contract::Side;
use crate::positions::population::Population;
use crate::random::{Purpose, RandomStreams};
use crate::world::World;

/// Traders who come back.
#[derive(Clone, Debug)]
pub struct Reopening {
    rng: ChaCha8Rng,
    /// Levered open interest to return to, USD.
    target: f64,
    /// Notional that is due but smaller than a pair.
    pending: f64,
    /// Market time of the last forced flow.
    last_forced: f64,
}

impl Reopening {
    /// The present levered open interest is the one to return to.
    pub fn new(streams: RandomStreams, target: f64) -> Self {
        Self {
            rng: streams.stream(Purpose::Reopening),
            target,
            pending: 0.0,
            last_forced: f64::NEG_INFINITY,
        }
    }

    /// After a redraw: the open interest to return to is another.
    pub const fn aim_at(&mut self, target: f64) {
        self.target = target;
    }

    /// Opens what this step's share of the gap to the target pays for; nothing while a venue is halted.
    pub fn act(&mut self, world: &mut World, population: &Population) {
        if world.tally.liquidated_total() + world.tally.sold > 0.0 {
            self.last_forced = world.time_seconds();
        }
        let settings = world.parameters.reopening;
        if world.market.books.iter().any(|book| book.halted) {
            return;
        }
        if !settings.enabled || world.time_seconds() - self.last_forced < settings.quiet_time {
            return;
        }
        let present = world.levered(Side::Long) + world.levered(Side::Short);
        let share = -libm::expm1(-world.dt() / settings.time_constant);
        self.pending += (self.target - present).max(0.0) * share;
        let size = self.target / f64::from(world.parameters.positions.count);
        while size > 0.0 && self.pending >= 2.0 * size {
            self.pending -= 2.0 * size;
            self.open_pair(world, population, size);
        }
    }

    fn open_pair(&mut self, world: &mut World, population: &Population, notional: f64) {
        // The venue is drawn with the pair, so the pair is drawn at the index and moved to its venue's mark.
        let index = world.market.price_at(world.market.index_level().total);
        let pair = population.draw_pair(&mut self.rng, index, world.next_id, notional);
        world.next_id += 2;
        for placement in pair {
            let venue = &mut world.venues[placement.venue];
            let contract = &mut venue.contracts[placement.kind as usize];
            let mut position = placement.position;
            let leverage = position.quantity * position.entry.abs() / position.margin;
            position.entry = contract.kind.value(venue.mark);
            position.margin = position.quantity * position.entry.abs() / leverage;
            contract.open(placement.side, placement.tier, position);
        }
        world.book_version += 1;
    }
}
