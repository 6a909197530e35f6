//! Key frames: snapshots of a run from which any moment of it is reached by simulating again, under a bound of memory.

use std::sync::Arc;

use cascade_engine::Simulation;

/// Most memory that the key frames of a run take, as [`Simulation::bytes`] estimates it; one is kept however large it is.
/// The run that undo would bring back has key frames of its own, in part the same ones.
pub const MEMORY_BOUND_BYTES: usize = 256 << 20;

/// Steps between the first key frames.
const FIRST_SPACING: u64 = 64;

#[derive(Clone, Debug)]
struct KeyFrame {
    step: u64,
    bytes: usize,
    simulation: Arc<Simulation>,
}

/// Snapshots at multiples of a spacing that doubles whenever they would take too much memory.
#[derive(Clone, Debug)]
pub struct KeyFrames {
    frames: Vec<KeyFrame>,
    spacing: u64,
    bytes: usize,
    bound: usize,
}

impl KeyFrames {
    /// The first one: a run as it begins.
    pub(super) fn new(start: &Simulation) -> Self {
        Self::within(start, MEMORY_BOUND_BYTES)
    }

    fn within(start: &Simulation, bound: usize) -> Self {
        let first = KeyFrame {
            step: start.steps(),
            bytes: start.bytes(),
            simulation: Arc::new(start.clone()),
        };
        Self {
            bytes: first.bytes,
            frames: vec![first],
            spacing: FIRST_SPACING,
            bound,
        }
    }

    /// Keeps a snapshot of a simulation if one is due. It must be as a step has left it: nothing has been done since.
    pub(super) fn offer(&mut self, simulation: &Simulation) {
        let step = simulation.steps();
        if !step.is_multiple_of(self.spacing) {
            return;
        }
        let Err(place) = self.frames.binary_search_by_key(&step, |frame| frame.step) else {
            return;
        };
        let bytes = simulation.bytes();
        let simulation = Arc::new(simulation.clone());
        self.frames.insert(
            place,
            KeyFrame {
                step,
                bytes,
                simulation,
            },
        );
        self.bytes += bytes;
        while self.bytes > self.bound && self.frames.len() > 1 {
            self.spacing *= 2;
            self.retain(|frame, spacing| frame.step.is_multiple_of(spacing));
        }
    }

    /// Forgets what lies after a step.
    pub(super) fn cut_back(&mut self, step: u64) {
        self.retain(|frame, _| frame.step <= step);
    }

    /// The latest snapshot at a step or before it.
    pub(super) fn before(&self, step: u64) -> &Simulation {
        let after = self.frames.partition_point(|frame| frame.step <= step);
        &self.frames[after.saturating_sub(1)].simulation
    }

    /// Estimated memory.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Number of snapshots; at least one.
    pub const fn count(&self) -> usize {
        self.frames.len()
    }

    fn retain(&mut self, wanted: impl Fn(&KeyFrame, u64) -> bool) {
        let (spacing, first) = (self.spacing, self.frames[0].step);
        self.frames
            .retain(|frame| frame.step == first || wanted(frame, spacing));
        self.bytes = self.frames.iter().map(|frame| frame.bytes).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Scenario;

    #[test]
    fn key_frames_stay_within_their_bound_and_spread_evenly() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        let bound = 9 * simulation.bytes();
        let mut frames = KeyFrames::within(&simulation, bound);
        for _ in 0..3000 {
            simulation.step();
            frames.offer(&simulation);
            assert!(frames.bytes() <= bound);
        }
        let steps: Vec<u64> = frames.frames.iter().map(|frame| frame.step).collect();
        assert!(steps.len() >= 4, "{steps:?}");
        assert!(
            steps.windows(2).all(|pair| pair[1] - pair[0] == frames.spacing),
            "{steps:?}"
        );
        for step in [0, 1, 700, 2999] {
            let before = frames.before(step).steps();
            assert!(before <= step && before + frames.spacing > step);
        }
        // Not even one fits: the start stays.
        let mut frames = KeyFrames::within(&simulation, 1);
        frames.offer(&simulation);
        assert_eq!(frames.count(), 1);
    }
}
