//! The largest fall or rise that forced flow took part in: from where to where, and how much of it nobody chose.

use std::collections::VecDeque;

/// Steps within which a move counts as one.
const WINDOW_STEPS: usize = 1500;
/// Forced flow that moved the price by less than this, in log price, is not worth telling.
const TELLING: f64 = 0.003;

/// A move of the spot price and its causes, in log price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Story {
    /// The step it set out from: the highest price before a fall, the lowest before a rise.
    pub from_step: usize,
    /// The step of its far end.
    pub to_step: usize,
    /// The whole move.
    pub total: f64,
    /// What noise and shocks did of it.
    pub exogenous: f64,
}

impl Story {
    /// The part that liquidations and other forced flow did.
    pub fn forced(&self) -> f64 {
        self.total - self.exogenous
    }

    /// Share of the move that was forced. Above 1 if the market would have gone the other way by itself.
    pub fn forced_share(&self) -> f64 {
        self.forced() / self.total
    }
}

/// A sample of the spot's log price.
#[derive(Clone, Copy, Debug)]
struct Sample {
    step: usize,
    total: f64,
    exogenous: f64,
}

/// Finds the story while the run goes on, in constant time a step.
#[derive(Clone, Debug, Default)]
pub struct Narrator {
    /// Candidates for the highest and for the lowest price of the window, best first.
    highest: VecDeque<Sample>,
    lowest: VecDeque<Sample>,
    best: Option<Story>,
}

impl Narrator {
    /// Takes in the log price after a step, relative to the start, and the part of it that noise and shocks did.
    pub fn observe(&mut self, step: usize, total: f64, exogenous: f64) {
        let sample = Sample { step, total, exogenous };
        slide(&mut self.highest, sample, |old, new| old.total <= new.total);
        slide(&mut self.lowest, sample, |old, new| old.total >= new.total);
        for from in [self.highest.front(), self.lowest.front()].into_iter().flatten() {
            let story = Story {
                from_step: from.step,
                to_step: step,
                total: total - from.total,
                exogenous: exogenous - from.exogenous,
            };
            // Forced flow worth telling, in the direction of the move, at the far end of the move.
            let telling = story.forced() * story.total > 0.0 && story.forced().abs() > TELLING;
            if telling && self.best.is_none_or(|best| story.total.abs() > best.total.abs()) {
                self.best = Some(story);
            }
        }
    }

    /// The story, if there is one to tell.
    pub const fn story(&self) -> Option<Story> {
        self.best
    }
}

/// Keeps `window` sorted by what `beaten` means, without the samples that have left the window of time.
fn slide(window: &mut VecDeque<Sample>, sample: Sample, beaten: impl Fn(&Sample, &Sample) -> bool) {
    while window.back().is_some_and(|old| beaten(old, &sample)) {
        window.pop_back();
    }
    window.push_back(sample);
    while window.front().is_some_and(|old| old.step + WINDOW_STEPS < sample.step) {
        window.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_told_from_its_top_to_its_bottom() {
        let mut narrator = Narrator::default();
        let exogenous = |step: usize| if step < 100 { 0.0 } else { -0.02 };
        let forced = |step: usize| match step {
            0..=100 => 0.0,
            101..=140 => -0.06 * (step - 100) as f64 / 40.0,
            _ => -0.06 * (0.99_f64).powf(step as f64 - 140.0),
        };
        for step in 0..800 {
            narrator.observe(step, exogenous(step) + forced(step), exogenous(step));
        }
        let story = narrator.story().unwrap();
        assert_eq!((story.from_step, story.to_step), (99, 140));
        assert!((story.total + 0.08).abs() < 1e-12 && (story.exogenous + 0.02).abs() < 1e-12);
        assert!((story.forced_share() - 0.75).abs() < 1e-12);
    }

    #[test]
    fn a_move_without_forced_flow_is_no_story() {
        let mut narrator = Narrator::default();
        for step in 0..3000 {
            let move_made = (step as f64 / 200.0).sin() * 0.2;
            narrator.observe(step, move_made, move_made);
        }
        assert_eq!(narrator.story(), None);
    }

    #[test]
    fn a_slow_drift_is_not_counted_as_part_of_the_cascade() {
        let mut narrator = Narrator::default();
        for step in 0..20_000_usize {
            let drift = -1e-5 * step as f64;
            let forced = if (10_000..10_040).contains(&step) { -0.05 } else { 0.0 };
            narrator.observe(step, drift + forced, drift);
        }
        let story = narrator.story().unwrap();
        assert!(story.total.abs() < 0.05 + 1e-5 * (WINDOW_STEPS + 40) as f64);
    }
}
