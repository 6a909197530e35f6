//! The delta map over time: how much of what the books take on the way to every price level is brought by forced flow,
//! as it stood while the run went on.

use super::book::{BookHistory, Column};
use super::series::Series;
use cascade_engine::{Asset, DeltaMap, LEVEL_STEP, Outward, PriceGrid};

/// Most memory the records take.
const MEMORY_BOUND_BYTES: usize = 16 << 20;
/// How far from the price levels are recorded, in log price.
pub const RECORDED_REACH: f64 = 0.36;
/// The map is recorded when the price has moved by a level, or after so many steps.
const STEPS_BETWEEN: usize = 20;
/// Where a map takes more work, steps without a record lie between two of them, so that so many sums of ladders are the most
/// a step asks for on average: about a quarter of a millisecond.
const LADDERS_A_STEP: usize = 12;

/// Intensity at which forced flow is all that the books take: F = A.
pub const EVEN: u8 = 128;
/// Intensities per factor of 2.
const PER_OCTAVE: f64 = 16.0;

/// Intensity of a ratio F/A, 0 for less than one part in 250.
pub fn excess(ratio: f64) -> u8 {
    let place = f64::from(EVEN) + PER_OCTAVE * ratio.log2();
    if place >= 1.0 { place.min(255.0) as u8 } else { 0 }
}

/// The ratio F/A that an intensity stands for.
pub fn ratio(intensity: u8) -> f64 {
    ((f64::from(intensity) - f64::from(EVEN)) / PER_OCTAVE).exp2()
}

/// What was recorded of one asset.
#[derive(Clone, Debug)]
pub struct FlowHistory {
    levels: BookHistory,
    index: Series,
    grid: PriceGrid,
    /// The price and the step of the newest record.
    recorded: Option<(f64, usize)>,
    /// Counts the records.
    version: u64,
    column: Column,
}

impl FlowHistory {
    /// Begins with an asset as it stands.
    pub fn new(asset: &Asset) -> Self {
        let mut history = Self {
            levels: BookHistory::with_bound(MEMORY_BOUND_BYTES),
            index: Series::default(),
            grid: asset.grid(),
            recorded: None,
            version: 0,
            column: Column::default(),
        };
        history.record(asset);
        history
    }

    /// Memory that the records take, in bytes.
    pub fn bytes(&self) -> usize {
        self.levels.bytes() + self.index.bytes()
    }

    /// Takes in the state after a step.
    pub fn record(&mut self, asset: &Asset) {
        let index = asset.observation().index;
        self.index.push(index);
        let step = self.index.len() - 1;
        let work = asset.delta_map_work() * asset.parameters().assets.count as usize;
        let apart = work.div_ceil(LADDERS_A_STEP);
        let due = self.recorded.is_none_or(|(price, at)| {
            let moved = (index / price).ln().abs() >= LEVEL_STEP;
            step >= at + if moved { apart } else { apart.max(STEPS_BETWEEN) }
        });
        if due {
            self.recorded = Some((index, step));
            self.version += 1;
            let map = asset.delta_map(RECORDED_REACH);
            let halves = [&map.down, &map.up].map(|outward| column(self.grid, &map, outward));
            self.column.set_halves(&halves);
            self.levels.record(step, &self.column);
        }
    }

    /// Forgets what was recorded after a step.
    pub fn cut_back(&mut self, step: usize) {
        self.index.truncate(step + 1);
        self.levels.truncate(step);
        self.recorded = None;
        self.version += 1;
    }

    /// Intensities by level: below the price in the first half of a column, above it in the second.
    pub const fn levels(&self) -> &BookHistory {
        &self.levels
    }

    /// The index price over time.
    pub const fn index(&self) -> &Series {
        &self.index
    }

    /// The price levels.
    pub const fn grid(&self) -> PriceGrid {
        self.grid
    }

    /// Changes with every record.
    pub const fn version(&self) -> u64 {
        self.version
    }
}

/// The ratio at the middle of every level that lies in one direction.
fn column(grid: PriceGrid, map: &DeltaMap, outward: &Outward) -> Vec<u8> {
    let mut bytes = vec![0; PriceGrid::LEVELS];
    let half = 0.5 * PriceGrid::WIDTH;
    for (level, byte) in bytes.iter_mut().enumerate() {
        let middle = (level as f64 - PriceGrid::LEVELS as f64 / 2.0) * PriceGrid::WIDTH + half;
        let distance = outward.sign * (middle - (map.price / grid.reference).ln());
        if distance > 0.0
            && let Some(found) = outward.at(distance)
        {
            *byte = excess(found.flow.total() / found.absorbed);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::book::Reader;
    use super::*;
    use cascade_engine::Simulation;
    use cascade_scenario::{Scenario, Shock};

    #[test]
    fn intensities_of_ratios() {
        assert_eq!((excess(1.0), excess(2.0), excess(0.5)), (EVEN, EVEN + 16, EVEN - 16));
        assert_eq!(
            (excess(0.0), excess(-3.0), excess(f64::NAN), excess(1e9)),
            (0, 0, 0, 255)
        );
    }

    /// Every recorded column is the map of the moment it was recorded in, to the 4 % of an intensity; what was cut off is
    /// recorded anew.
    #[test]
    fn what_is_read_is_the_map_of_its_moment() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        let mut history = FlowHistory::new(&simulation.assets()[0]);
        simulation.shock(&Shock {
            size: Some(-0.02),
            over_steps: Some(6),
            ..Shock::default()
        });
        let check = |history: &FlowHistory, asset: &Asset, step: usize| {
            let map = asset.delta_map(RECORDED_REACH);
            let mut reader = Reader::default();
            let read = history.levels().read(step, &mut reader);
            let mut excessive = 0;
            for (half, outward) in [(read.longs(), &map.down), (read.shorts(), &map.up)] {
                let expected = column(history.grid(), &map, outward);
                assert_eq!(half, expected, "step {step}");
                excessive += expected.iter().filter(|byte| **byte > EVEN).count();
            }
            excessive
        };
        let (mut excessive, mut records) = (check(&history, &simulation.assets()[0], 0), 0);
        for step in 1..=60 {
            simulation.step();
            let before = history.version();
            history.record(&simulation.assets()[0]);
            if history.version() > before {
                records += 1;
                excessive += check(&history, &simulation.assets()[0], step);
            }
        }
        assert!(records > 10 && excessive > 0, "{records} records, {excessive} levels");
        history.cut_back(30);
        assert_eq!(history.index().len(), 31);
        history.record(&simulation.assets()[0]);
        check(&history, &simulation.assets()[0], 31);
    }
}
