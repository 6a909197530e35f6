//! How long something takes to come back after its largest fall.

use serde::Serialize;

/// Falls smaller than this share of the level before them have no time of recovery.
const LEAST_FALL: f64 = 0.01;

/// Seconds from the end of the largest fall until half and nine tenths of it were made good; none as long as they are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RecoveryTime {
    /// Half of it.
    pub half_seconds: Option<f64>,
    /// Nine tenths of it.
    pub nine_tenths_seconds: Option<f64>,
}

/// Follows a figure from its highest level to the end of its largest relative fall, and from there back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recovery {
    highest: f64,
    /// Where the largest fall came from, where and when it ended.
    top: f64,
    bottom: f64,
    bottom_at: f64,
    times: RecoveryTime,
}

impl Recovery {
    /// Adds the level at a time; a new largest fall starts the clock anew.
    pub(super) fn add(&mut self, level: f64, seconds: f64) {
        self.highest = self.highest.max(level);
        let deeper = level * self.top < self.bottom * self.highest;
        if deeper || self.top == 0.0 {
            (self.top, self.bottom, self.bottom_at) = (self.highest, level, seconds);
            self.times = RecoveryTime::default();
            return;
        }
        let regained = (level - self.bottom) / (self.top - self.bottom);
        for (share, reached) in [
            (0.5, &mut self.times.half_seconds),
            (0.9, &mut self.times.nine_tenths_seconds),
        ] {
            if reached.is_none() && regained >= share {
                *reached = Some(seconds - self.bottom_at);
            }
        }
    }

    /// What has been reached so far.
    pub(super) fn times(&self) -> RecoveryTime {
        if self.bottom <= (1.0 - LEAST_FALL) * self.top {
            self.times
        } else {
            RecoveryTime::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Down by 20 in two legs, back by 2 a step: half after five, nine tenths after nine steps from the bottom. A second,
    /// smaller fall changes nothing, a deeper one starts anew.
    #[test]
    fn the_clock_runs_from_the_bottom_of_the_largest_fall() {
        let mut recovery = Recovery::default();
        let mut seconds = 0.0;
        let mut follow = |recovery: &mut Recovery, levels: &[f64]| {
            for level in levels {
                recovery.add(*level, seconds);
                seconds += 10.0;
            }
        };
        follow(&mut recovery, &[100.0, 95.0, 99.0, 80.0]);
        assert_eq!(recovery.times(), RecoveryTime::default());
        let back: Vec<f64> = (1..=10).map(|step| 80.0 + 2.0 * f64::from(step)).collect();
        follow(&mut recovery, &back);
        let times = recovery.times();
        assert_eq!(
            (times.half_seconds, times.nine_tenths_seconds),
            (Some(50.0), Some(90.0))
        );
        follow(&mut recovery, &[85.0]);
        assert_eq!(recovery.times(), times);
        follow(&mut recovery, &[70.0]);
        assert_eq!(recovery.times(), RecoveryTime::default());
    }

    #[test]
    fn noise_is_no_fall() {
        let mut recovery = Recovery::default();
        for (seconds, level) in [(0.0, 100.0), (1.0, 99.5), (2.0, 100.0)] {
            recovery.add(level, seconds);
        }
        assert_eq!(recovery.times(), RecoveryTime::default());
    }
}
