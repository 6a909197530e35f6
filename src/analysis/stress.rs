//! The stress table of an asset's lending pool: what a sudden price move does to the loans of a running model, by size of the move
//! and depth of the market, beside what it would do if liquidations did not move the price.
//!
//! Every cell goes on from an exact copy of the model as it stands: same loans, same positions, same noise to come. The depth
//! is scaled, and one shock comes, in one step, as news, instead of the scenario's events to come.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use cascade_engine::{Simulation, WithoutFeedback};
use cascade_scenario::{AssetId, Borrowed, ParameterId, Parameters, Shock, ShockRoute, table};

/// Sizes of the shocks in the direction that hurts, for dollars and for coins as debt.
const FALLS: [f64; 6] = [-0.05, -0.1, -0.2, -0.3, -0.4, -0.5];
const RISES: [f64; 6] = [0.05, 0.1, 0.2, 0.4, 0.6, 1.0];
/// Multiples of the present depth, the deepest first.
pub const DEPTHS: [f64; 5] = [4.0, 2.0, 1.0, 0.5, 0.25];
/// Steps after which a cell is read off.
pub const HORIZON_STEPS: u64 = 360;

/// What makes a market deep; all are scaled alike.
const DEPTH_PATHS: [&str; 2] = ["liquidity.depth", "amm.reserves_usd"];

/// What became of the loans.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Debt that liquidators repaid after the shock, USD.
    pub liquidated_usd: f64,
    /// Losses of the lenders beyond those they had before: written off or not covered, USD.
    pub bad_debt_usd: f64,
    /// The furthest the spot price went from where the shock found it, a relative change.
    pub price_move: f64,
}

/// A table on its way: rows by shock, columns by depth.
#[derive(Clone, Debug)]
pub struct StressTable {
    /// The asset whose loans it tells of, and whose price the shocks move.
    pub asset: AssetId,
    /// The step the copies were made in.
    pub from_step: u64,
    /// Sizes of the shocks, by row.
    pub shocks: [f64; FALLS.len()],
    /// What each shock would do at once, without any consequence for the price.
    pub without_feedback: Vec<Outcome>,
    /// What each shock does, by row and then by [`DEPTHS`]; none while it is being computed.
    pub cells: Vec<[Option<Outcome>; DEPTHS.len()]>,
    /// The parameters of the copies before their depth was scaled.
    parameters: Parameters,
}

/// The settings that make a market with these parameters so many times as deep, as far as their ranges go.
pub fn scaled_depth(parameters: &Parameters, factor: f64) -> impl Iterator<Item = (ParameterId, f64)> {
    let rows = table().iter().filter(|row| DEPTH_PATHS.contains(&row.path.as_str()));
    rows.map(move |row| (row.id, (row.get(parameters) * factor).clamp(row.range.0, row.range.1)))
}

/// The shock of a row to an asset.
pub fn shock(asset: AssetId, size: f64) -> Shock {
    Shock {
        asset: Some(asset.number()),
        size: Some(size),
        over_steps: Some(1),
        route: Some(ShockRoute::News),
    }
}

impl StressTable {
    fn new(snapshot: &Simulation, asset: AssetId) -> Self {
        let parameters = *snapshot.parameters();
        let shocks = match parameters.lending.borrowed {
            Borrowed::Usd => FALLS,
            Borrowed::Coins => RISES,
        };
        let market = &snapshot.assets()[asset];
        let before = market.observation().lending.bad_debt_usd();
        let instant = |size: f64| {
            let found: WithoutFeedback = market.loans_without_feedback(size).unwrap_or_default();
            Outcome {
                liquidated_usd: found.liquidated_usd,
                bad_debt_usd: found.bad_debt_usd - before,
                price_move: size,
            }
        };
        Self {
            asset,
            from_step: snapshot.steps(),
            without_feedback: shocks.map(instant).to_vec(),
            cells: vec![[None; DEPTHS.len()]; shocks.len()],
            shocks,
            parameters,
        }
    }

    /// The settings that give the depth of a column.
    pub fn depth_settings(&self, column: usize) -> impl Iterator<Item = (ParameterId, f64)> {
        scaled_depth(&self.parameters, DEPTHS[column])
    }

    /// Cells that are there, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        let done = self.cells.iter().flatten().filter(|cell| cell.is_some()).count();
        (done, self.cells.len() * DEPTHS.len())
    }
}

/// Runs a copy of the model on through a shock to an asset, in a market so many times as deep. None if it was cancelled
/// meanwhile.
pub fn outcome(
    snapshot: &Simulation,
    asset: AssetId,
    size: f64,
    depth_factor: f64,
    cancelled: impl Fn() -> bool,
) -> Option<Outcome> {
    let mut copy = snapshot.clone();
    let before = *copy.assets()[asset].observation();
    copy.drop_events();
    for (id, value) in scaled_depth(copy.parameters(), depth_factor).collect::<Vec<_>>() {
        // Both are in range, and neither needs a new run.
        copy.set(id, value).ok()?;
    }
    copy.shock(&shock(asset, size));
    let mut furthest: f64 = 0.0;
    for _ in 0..HORIZON_STEPS {
        if cancelled() {
            return None;
        }
        copy.step();
        let moved = copy.assets()[asset].observation().spot / before.spot - 1.0;
        if moved * size > furthest * size {
            furthest = moved;
        }
    }
    let (now, then) = (copy.assets()[asset].observation().lending, before.lending);
    Some(Outcome {
        liquidated_usd: now.total.repaid_usd - then.total.repaid_usd,
        bad_debt_usd: now.bad_debt_usd() - then.bad_debt_usd(),
        price_move: furthest,
    })
}

enum Found {
    Table(Box<StressTable>),
    Cell(usize, usize, Outcome),
}

/// A table that is being computed on a thread of its own; dropping it ends the work.
#[derive(Debug)]
pub struct StressJob {
    cancel: Arc<AtomicBool>,
    found: Receiver<Found>,
}

impl StressJob {
    /// Begins with a copy of the model as it stands, for an asset of it.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(snapshot: Simulation, asset: AssetId) -> io::Result<Self> {
        let cancel = Arc::new(AtomicBool::new(false));
        let (sender, found) = channel();
        let flag = Arc::clone(&cancel);
        std::thread::Builder::new()
            .name("stress-table".to_owned())
            .spawn(move || work(&snapshot, asset, &flag, &sender))?;
        Ok(Self { cancel, found })
    }

    /// Takes in what has been found since the last call.
    pub fn collect(&self, table: &mut Option<StressTable>) {
        for found in self.found.try_iter() {
            match (found, &mut *table) {
                (Found::Table(fresh), _) => *table = Some(*fresh),
                (Found::Cell(row, column, outcome), Some(table)) => table.cells[row][column] = Some(outcome),
                (Found::Cell(..), None) => {}
            }
        }
    }
}

impl Drop for StressJob {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

fn work(snapshot: &Simulation, asset: AssetId, cancel: &AtomicBool, sender: &Sender<Found>) {
    let table = StressTable::new(snapshot, asset);
    let shocks = table.shocks;
    if sender.send(Found::Table(Box::new(table))).is_err() {
        return;
    }
    for (row, size) in shocks.into_iter().enumerate() {
        for (column, factor) in DEPTHS.into_iter().enumerate() {
            let Some(found) = outcome(snapshot, asset, size, factor, || cancel.load(Ordering::Relaxed)) else {
                return;
            };
            if sender.send(Found::Cell(row, column, found)).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Scenario;

    fn lending() -> Simulation {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("lending.enabled", 1.0),
            ("lending.debt", 3e9),
            ("lending.loans", 500.0),
            ("positions.count", 2_000.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..10).for_each(|_| simulation.step());
        simulation
    }

    /// The worker's table is what running the cells one by one gives, and the model it was made from is untouched.
    #[test]
    fn the_table_is_made_of_its_cells() {
        let simulation = lending();
        let digest = simulation.digest();
        let job = StressJob::start(simulation.clone(), AssetId::FIRST).unwrap();
        let mut table = None;
        while table
            .as_ref()
            .is_none_or(|table: &StressTable| table.progress() != (30, 30))
        {
            job.collect(&mut table);
            std::thread::yield_now();
        }
        let table = table.unwrap();
        assert_eq!((table.from_step, simulation.digest()), (10, digest));
        for (row, column) in [(0, 0), (2, 4), (3, 2)] {
            let alone = outcome(&simulation, AssetId::FIRST, table.shocks[row], DEPTHS[column], || false);
            assert_eq!(table.cells[row][column], alone);
        }
        // A larger shock hurts more, and so does a thinner market.
        let bad = |row: usize, column: usize| table.cells[row][column].unwrap().bad_debt_usd;
        assert!(bad(3, 4) > bad(3, 0) && bad(4, 2) > bad(2, 2), "{:?}", table.cells);
        // With feedback the price goes further than the shock.
        assert!(table.cells[3][4].unwrap().price_move < -0.32);
        assert!(
            table
                .without_feedback
                .windows(2)
                .all(|pair| pair[1].bad_debt_usd >= pair[0].bad_debt_usd)
        );
    }

    #[test]
    fn a_dropped_job_ends() {
        let simulation = lending();
        let job = StressJob::start(simulation.clone(), AssetId::FIRST).unwrap();
        let (cancel, weak) = (Arc::clone(&job.cancel), Arc::downgrade(&job.cancel));
        drop(job);
        assert!(cancel.load(Ordering::Relaxed));
        drop(cancel);
        // The worker holds the last reference until it has noticed.
        while weak.strong_count() > 0 {
            std::thread::yield_now();
        }
        assert_eq!(outcome(&simulation, AssetId::FIRST, -0.1, 1.0, || true), None);
    }
}
