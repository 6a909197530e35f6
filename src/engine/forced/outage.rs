//! Outages: a venue is gone for a while. Its book is halted, nothing is executed, opened or liquidated there, and its oracle
//! is frozen: the mark stands at its last value. What happens elsewhere meanwhile, its positions learn all at once when it is
//! back: the mark jumps to where the market is by then, the book opens at its last price, and arbitrage closes the gap.
//!
//! Circuit breakers go on by themselves. A book that is halted for two reasons trades again when both are over.

use cascade_scenario::{BookId, Outage, VENUES_MAX, VenueId};

use crate::clock::Moment;
use crate::log::Log;
use crate::log::LogEvent;
use crate::market::books::Market;
use crate::positions::venues::Venues;

/// Which venues are gone, and until when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outages {
    /// The step with which a venue is back.
    until: [Option<u64>; VENUES_MAX],
}

impl Outages {
    /// A venue is gone from this step on; what the event leaves open is taken from the sliders. A venue that is gone already
    /// is gone until the later of both ends.
    pub(crate) fn begin(
        &mut self,
        moment: &Moment,
        market: &mut Market,
        venues: &mut Venues,
        log: &mut Log,
        outage: &Outage,
    ) {
        let settings = &moment.parameters.outage;
        let steps = outage.over_steps.unwrap_or(settings.over_steps).max(1);
        let venue = VenueId::numbered(outage.venue.unwrap_or(settings.venue));
        if venue.index() >= venues.len() {
            log.note(moment, LogEvent::NoSuchVenue { venue });
            return;
        }
        let end = moment.step + u64::from(steps);
        let seconds = f64::from(steps) * moment.dt();
        log.note(moment, LogEvent::OutageBegan { venue, seconds });
        if let Some(known) = &mut self.until[venue.index()] {
            *known = end.max(*known);
            return;
        }
        self.until[venue.index()] = Some(end);
        venues[venue].is_out = true;
        market.halt(BookId::of(venue));
    }

    /// Brings back the venues whose outage is over.
    pub(crate) fn begin_step(&mut self, moment: &Moment, market: &mut Market, venues: &mut Venues, log: &mut Log) {
        for (venue, until) in VenueId::each(&mut self.until) {
            if until.take_if(|end| *end <= moment.step).is_some() {
                let queued_usd = venues.queued_at(venue).get();
                venues[venue].is_out = false;
                market.reopen(BookId::of(venue), false);
                log.note(moment, LogEvent::OutageEnded { venue, queued_usd });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::LogKind;
    use crate::forced::breakers::tests::{news, quiet};
    use crate::units::Usd;
    use crate::{Side, Simulation};
    use cascade_scenario::{AssetId, Outage, VenueId};

    const OUT: Outage = Outage {
        venue: Some(2),
        over_steps: Some(5),
    };

    /// For five steps price and mark of the venue stand, nothing of it is liquidated or queued although the news is far
    /// beyond its positions' margins; with the sixth step they all learn of it.
    #[test]
    fn a_venue_that_is_out_sleeps_and_then_learns_everything_at_once() {
        let scenario = quiet(&[("marks.synchronisation", 1.0), ("leverage.mean", 20.0)]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        simulation.step();
        let before = *simulation.assets[0].observation();
        simulation.outage(&OUT);
        let standing = simulation.assets[0].world.venues[1].contracts[0]
            .side(Side::Long)
            .open
            .quantity;
        for step in 0..5 {
            if step == 0 {
                news(&mut simulation, -0.05);
            } else {
                simulation.step();
            }
            let seen = simulation.assets[0].observation();
            assert_eq!((seen.marks[1], seen.futures[1]), (before.marks[1], before.futures[1]));
            assert_eq!((seen.venues_out, seen.halted_venues), (1, 1));
            assert_eq!(simulation.assets[0].world.tally.liquidated[1], [Usd::ZERO; 2]);
            assert!(simulation.assets[0].world.tally.liquidated[0][0] > Usd::ZERO || step > 0);
            assert_eq!(
                simulation.assets[0]
                    .world
                    .venues
                    .queued_side_at(VenueId::new(1), Side::Long),
                Usd::ZERO
            );
            assert_eq!(
                simulation.assets[0].world.venues[1].contracts[0]
                    .side(Side::Long)
                    .open
                    .quantity,
                standing
            );
        }
        simulation.step();
        let seen = simulation.assets[0].observation();
        assert_eq!((seen.venues_out, seen.halted_venues), (0, 0));
        assert!(seen.marks[1] < 0.96 * before.marks[1]);
        assert!(simulation.assets[0].world.tally.liquidated[1][0] > Usd::ZERO);
        assert!(
            simulation.halted().is_none() && simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-9
        );
        let entries = simulation.log().iter().filter(|entry| entry.kind() == LogKind::Outage);
        let log: Vec<String> = entries.map(ToString::to_string).collect();
        assert_eq!(log, ["venue 2 is out for 50 s", "venue 2 is back, 0 queued"]);
    }

    /// A market-wide halt during an outage, and an outage during one: the venue trades again when both are over, and learns
    /// the news of both.
    #[test]
    fn outage_and_halt_do_not_end_one_another() {
        for outage_steps in [3, 20] {
            let scenario = quiet(&[
                ("positions.open_interest", 0.0),
                ("halt.enabled", 1.0),
                ("halt.market_wide", 1.0),
                ("halt.duration", 100.0),
            ]);
            let mut simulation = Simulation::new(&scenario).unwrap();
            news(&mut simulation, -0.06);
            simulation.outage(&Outage {
                over_steps: Some(outage_steps),
                ..OUT
            });
            for step in 1..30 {
                simulation.step();
                let (halt, out) = (step < 10, step < 1 + u64::from(outage_steps));
                let books = &simulation.assets[0].world.market.books;
                assert_eq!(books[1].halted, halt, "venue 1, step {step}");
                assert_eq!(books[2].halted, halt || out, "venue 2, step {step}");
                assert_eq!(simulation.assets[0].observation().venues_out, u32::from(out));
            }
            assert!(simulation.halted().is_none());
        }
    }

    #[test]
    fn outages_add_up_and_unknown_venues_are_named() {
        let scenario = quiet(&[("positions.open_interest", 0.0), ("venues.count", 2.0)]);
        let mut simulation = Simulation::new(&scenario).unwrap();
        for over_steps in [Some(5), Some(2)] {
            simulation.outage(&Outage { over_steps, ..OUT });
        }
        simulation.outage(&Outage { venue: Some(3), ..OUT });
        for step in 1..8 {
            simulation.step();
            assert_eq!(
                simulation.assets[0].observation().venues_out,
                u32::from(step <= 5),
                "{step}"
            );
        }
        assert_eq!(simulation.log()[2].to_string(), "there is no venue 3 to go out");
    }
}
