//! What makes a market fragile as a whole, measured: how concentrated positions are and on whose price they hang, whether
//! liquidations of separate venues have become one event, who sets the spot price, and how long recovery takes.

mod concentration;
mod recovery;
mod synchrony;

use cascade_scenario::BookId;

use serde::Serialize;

pub(crate) use concentration::resting;
pub use recovery::RecoveryTime;

use crate::log::{Log, LogEvent};
use crate::market::source::Source;
use crate::measure::horizon::{BIN_SECONDS, LastMoves, SpotLevel};
use crate::units::Usd;
use crate::world::World;
use concentration::LevelConcentration;
use recovery::Recovery;
use synchrony::Window;

/// Half-life in seconds of the sums that the running derivative share is made of.
const SHARE_HALF_LIFE: f64 = 900.0;
/// Running synchrony from which on liquidations of separate venues count as one event…
pub const SYNCHRONY_THRESHOLD: f64 = 0.5;
/// …if the reproduction ratio is at least this: each liquidation then sets off half of another.
pub(crate) const RATIO_THRESHOLD: f64 = 0.5;
/// What is liquidated within the window must be at least this share of the levered open interest: two first liquidations that
/// happen to fall into one step are not an event.
const LEAST_LIQUIDATED: f64 = 0.001;
/// Distance to either side, relative, of the depth that open interest is compared with.
const DEPTH_REACH: f64 = 0.02;

/// The figures of one step. Shares and indices are fractions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SystemicFigures {
    /// Herfindahl index Σs² of the levered open interest by venue.
    pub herfindahl_by_venue: f64,
    /// Herfindahl index of the levered open interest by side.
    pub herfindahl_by_side: f64,
    /// Herfindahl index of the levered open interest by level of the price that liquidates it, levels 0.1 % wide.
    pub herfindahl_by_price_level: f64,
    /// Largest share of the levered open interest behind one venue's liquidation engine.
    pub largest_engine_share: f64,
    /// Largest share of the levered open interest's marks that comes from one price: w from the index, (1 − w) of each venue's
    /// share from its own.
    pub largest_oracle_share: f64,
    /// Open interest over the orders that move all books by 2 % down and up.
    pub depth_adjusted_open_interest: f64,
    /// Mean correlation of the venues' liquidated notionals over the last five minutes; 0 with fewer than two liquidating.
    pub running_synchrony: f64,
    /// Forced flow's part of the spot's recent variance, Σ Δx_forced·Δx/Σ Δx² of moves Δ over 15 min, half-life 15 min.
    pub running_derivative_share: f64,
}

/// Figures of the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SystemicSummary {
    /// The present figures.
    #[serde(flatten)]
    pub now: SystemicFigures,
    /// Forced flow's part of the variance of the spot's log moves over 15 min: Σ Δx_forced·Δx/Σ Δx².
    pub derivative_share: f64,
    /// First step after which liquidations of separate venues were one event.
    pub synchronised_step: Option<u64>,
    /// The same in seconds of market time.
    pub synchronised_seconds: Option<f64>,
    /// From the end of the spot price's largest fall.
    pub price_recovery: RecoveryTime,
    /// From the end of the depth's largest fall.
    pub depth_recovery: RecoveryTime,
    /// From the end of the open interest's largest fall.
    pub open_interest_recovery: RecoveryTime,
}

/// Sums of squares and products of log moves over a quarter of an hour.
#[derive(Clone, Copy, Debug, Default)]
struct Moves {
    forced_times_total: f64,
    total_squared: f64,
}

impl Moves {
    fn add(&mut self, kept: f64, moved: &SpotLevel) {
        self.forced_times_total = kept * self.forced_times_total + moved.forced * moved.total;
        self.total_squared = kept * self.total_squared + moved.total * moved.total;
    }

    fn share(&self) -> f64 {
        if self.total_squared > 0.0 {
            self.forced_times_total / self.total_squared
        } else {
            0.0
        }
    }
}

/// What has to be remembered for the figures.
#[derive(Clone, Debug)]
pub(crate) struct Systemic {
    levels: LevelConcentration,
    window: Window,
    last_moves: LastMoves,
    recent: Moves,
    whole: Moves,
    price: Recovery,
    depth: Recovery,
    open_interest: Recovery,
    synchronised: Option<u64>,
    figures: SystemicFigures,
}

impl Systemic {
    /// Nothing has happened yet.
    pub(crate) fn new(world: &World) -> Self {
        let mut systemic = Self {
            levels: LevelConcentration::default(),
            window: Window::new(&world.moment),
            last_moves: LastMoves::new(),
            recent: Moves::default(),
            whole: Moves::default(),
            price: Recovery::default(),
            depth: Recovery::default(),
            open_interest: Recovery::default(),
            synchronised: None,
            figures: SystemicFigures::default(),
        };
        systemic.measure(world);
        systemic
    }

    /// Takes what a step has done, before the clock goes on.
    pub(crate) fn follow(&mut self, world: &World) {
        self.window.add(&world.moment, &world.tally.liquidated);
        if !world.moment.ends(BIN_SECONDS) {
            return;
        }
        let spot = world.market.level(BookId::SPOT);
        let now = SpotLevel {
            total: spot.total,
            forced: spot.total - spot.by_source[Source::Exogenous],
        };
        let moved = self.last_moves.add(&world.moment, now);
        let seconds = world.moment.steps_in(BIN_SECONDS) as f64 * world.moment.dt();
        self.recent.add(libm::exp2(-seconds / SHARE_HALF_LIFE), &moved);
        self.whole.add(1.0, &moved);
    }

    /// Takes the figures after a step; `ratio` is the larger reproduction ratio.
    pub(crate) fn record(&mut self, world: &World, ratio: f64, log: &mut Log) {
        self.measure(world);
        self.notice_synchronisation(world, ratio, log);
    }

    fn measure(&mut self, world: &World) {
        let open_interest: Usd = world
            .venues
            .sum_contracts(|c, mark| c.kind.notional(c.open_interest_units(), mark));
        let shares = concentration::venue_shares(world);
        let largest = shares.iter().copied().fold(0.0, f64::max);
        let weights = world
            .venues
            .ids()
            .map(|venue| world.moment.parameters.mark_weight_at(venue));
        let (behind_index, behind_book) = weights.zip(&shares).fold((0.0, 0.0_f64), |(index, book), (w, share)| {
            (index + w * share, book.max((1.0 - w) * share))
        });
        self.figures = SystemicFigures {
            herfindahl_by_venue: concentration::herfindahl(&shares),
            herfindahl_by_side: concentration::herfindahl(&concentration::side_shares(world)),
            herfindahl_by_price_level: self.levels.measure(world),
            largest_engine_share: largest,
            largest_oracle_share: f64::max(behind_index, behind_book),
            depth_adjusted_open_interest: open_interest / world.market.depth_within(DEPTH_REACH),
            running_synchrony: self.window.synchrony(),
            running_derivative_share: self.recent.share(),
        };
        let seconds = world.moment.time_seconds();
        self.price.add(world.market.books[BookId::SPOT].price.get(), seconds);
        self.depth.add(world.market.total_depth().get(), seconds);
        self.open_interest.add(open_interest.get(), seconds);
    }

    fn notice_synchronisation(&mut self, world: &World, ratio: f64, log: &mut Log) {
        let levered: Usd = crate::positions::contract::Side::BOTH
            .map(|side| world.venues.levered(side))
            .into_iter()
            .sum();
        let liquidated = self.window.liquidated();
        let one_event = self.figures.running_synchrony >= SYNCHRONY_THRESHOLD
            && ratio >= RATIO_THRESHOLD
            && liquidated >= LEAST_LIQUIDATED * (levered + liquidated);
        if one_event && self.synchronised.is_none() {
            self.synchronised = Some(world.moment.step);
            log.note(
                &world.moment,
                LogEvent::Synchronised {
                    synchrony: self.figures.running_synchrony,
                    reproduction: ratio,
                },
            );
        }
    }

    /// The present figures.
    pub(crate) const fn figures(&self) -> SystemicFigures {
        self.figures
    }

    /// Mean correlation of the venues' liquidated notionals over the run; none with fewer than two venues liquidating.
    pub(crate) fn synchronisation(&self) -> Option<f64> {
        self.window.of_run()
    }

    /// First step after which liquidations of separate venues were one event.
    pub(crate) const fn synchronised(&self) -> Option<u64> {
        self.synchronised
    }

    /// Figures of the whole run.
    pub(crate) fn summary(&self, world: &World) -> SystemicSummary {
        SystemicSummary {
            now: self.figures,
            derivative_share: self.whole.share(),
            synchronised_step: self.synchronised,
            synchronised_seconds: self.synchronised.map(|step| step as f64 * world.moment.dt()),
            price_recovery: self.price.times(),
            depth_recovery: self.depth.times(),
            open_interest_recovery: self.open_interest.times(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Simulation;
    use cascade_scenario::{AssetId, Scenario, Shock};

    fn scenario(settings: &[(&str, f64)]) -> Scenario {
        let mut scenario = Scenario::default();
        for (path, value) in settings {
            scenario.set(path, *value).unwrap();
        }
        scenario
    }

    /// Open interest .4/.3/.2/.1 over four venues and .6/.4 over sides: Σs² = .30 and .52. A mark that is 80 % index hangs 80 %
    /// on one price; without an index the largest venue's own price counts for its .4.
    #[test]
    fn concentration_at_the_start_is_that_of_the_settings() {
        let scenario = scenario(&[("positions.count", 200_000.0), ("positions.size_dispersion", 0.0)]);
        let start = Simulation::new(&scenario).unwrap().assets[0].observation().systemic;
        assert!((start.herfindahl_by_venue - 0.30).abs() < 0.003, "{start:?}");
        assert!((start.herfindahl_by_side - 0.52).abs() < 0.001, "{start:?}");
        assert!((start.largest_engine_share - 0.4).abs() < 0.005, "{start:?}");
        assert!((start.largest_oracle_share - 0.8).abs() < 1e-12, "{start:?}");
        // Depth that follows the price: ∫D over the way from .98 to 1.02.
        let depth = 15e9 * 0.04;
        let open = Simulation::new(&scenario).unwrap().assets[0]
            .observation()
            .open_interest;
        assert!((start.depth_adjusted_open_interest / (open / depth) - 1.0).abs() < 1e-9);
    }

    /// Without forced flow nobody but the news sets the price; in a cascade most of it is forced.
    #[test]
    fn forced_flow_has_its_share_of_the_variance() {
        for (open_interest, low, high) in [(0.0, 0.0, 0.0), (6e9, 0.3, 1.5)] {
            let scenario = scenario(&[("positions.open_interest", open_interest)]);
            let mut simulation = Simulation::new(&scenario).unwrap();
            simulation.shock(&Shock::default());
            (0..120).for_each(|_| simulation.step());
            let share = simulation.summary_of(AssetId::FIRST).systemic.derivative_share;
            assert!((low..=high).contains(&share), "{share}");
        }
    }

    /// The first cascade makes the venues one event while it runs and not before the news.
    #[test]
    fn a_cascade_synchronises_the_venues() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        (0..30).for_each(|_| simulation.step());
        assert_eq!(simulation.summary_of(AssetId::FIRST).systemic.synchronised_step, None);
        simulation.shock(&Shock::default());
        (0..120).for_each(|_| simulation.step());
        let summary = simulation.summary_of(AssetId::FIRST).systemic;
        assert!(
            summary.synchronised_step.is_some_and(|step| (31..80).contains(&step)),
            "{summary:?}"
        );
        let synchronised = |entry: &crate::LogEntry| matches!(entry.event, crate::LogEvent::Synchronised { .. });
        assert!(simulation.log().iter().any(synchronised));
    }
}
