//! How many steps are due: a fixed time step of the model whatever the frame rate, with bounded catch-up.

use std::ops::RangeInclusive;

use cascade_scenario::format;

/// Steps per second that can be asked for.
pub const RANGE: RangeInclusive<f64> = 0.5..=100_000.0;

/// Steps per second of a fresh window: a cascade that takes forty steps can be followed.
pub const NORMAL: f64 = 20.0;

/// Multiples of the normal speed, by the digit that chooses them.
pub const DIGITS: [f64; 10] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

/// Longest time, in seconds of wall clock, that one frame makes up for.
const LONGEST_FRAME: f64 = 0.1;

/// Speed and the part of a step that is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    steps_per_second: f64,
    due: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            steps_per_second: NORMAL,
            due: 0.0,
        }
    }
}

impl Pace {
    /// Steps per second of wall clock.
    pub const fn steps_per_second(&self) -> f64 {
        self.steps_per_second
    }

    /// Changes the speed; held within [`RANGE`], not a number changes nothing.
    pub(super) fn set(&mut self, steps_per_second: f64) {
        if !steps_per_second.is_nan() {
            self.steps_per_second = steps_per_second.clamp(*RANGE.start(), *RANGE.end());
        }
    }

    /// Lets wall-clock seconds pass; at most a tenth of a second is made up for.
    pub(super) fn pass(&mut self, seconds: f64) {
        // Not a number is no time at all.
        if seconds > 0.0 {
            self.due += seconds.min(LONGEST_FRAME) * self.steps_per_second;
        }
    }

    /// Takes one step if one is due.
    pub(super) fn take(&mut self) -> bool {
        let due = self.due >= 1.0;
        if due {
            self.due -= 1.0;
        }
        due
    }

    /// Forgets whole steps that could not be made: the model runs slower than asked for instead of freezing the window.
    pub(super) fn forgive(&mut self) {
        self.due = self.due.fract();
    }
}

/// A speed as a multiple of the normal one: `1×`, `½×`, `2.5×`.
pub fn multiple(steps_per_second: f64) -> String {
    let times = steps_per_second / NORMAL;
    if times == 0.5 {
        "½×".to_owned()
    } else {
        format!("{}×", format::digits(times, 3))
    }
}

/// The nearest of 1, 2, 5, 10, 20, 50, … when it is close, else the speed itself: what dragging the slider settles on. The
/// normal speed is caught from further away.
pub fn snap(steps_per_second: f64) -> f64 {
    if (steps_per_second / NORMAL).ln().abs() < 0.25 {
        return NORMAL;
    }
    let decade = 10_f64.powf(steps_per_second.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|digit| digit * decade)
        .into_iter()
        .find(|round| (steps_per_second / round).ln().abs() < 0.12)
        .unwrap_or(steps_per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_of_steps_at_every_frame_rate() {
        for frames_per_second in [20_u32, 60, 144] {
            let mut pace = Pace::default();
            pace.set(50.0);
            let mut steps = 0;
            for _ in 0..frames_per_second * 10 {
                pace.pass(1.0 / f64::from(frames_per_second));
                while pace.take() {
                    steps += 1;
                }
            }
            assert!((499..=501).contains(&steps), "{steps} at {frames_per_second} frames/s");
        }
    }

    #[test]
    fn a_long_frame_is_not_made_up_for() {
        let mut pace = Pace::default();
        pace.set(1000.0);
        pace.pass(60.0);
        let steps = std::iter::from_fn(|| pace.take().then_some(())).count();
        assert_eq!(steps, 100);
    }

    #[test]
    fn speeds_are_held_in_range_and_snap_to_round_numbers() {
        let mut pace = Pace::default();
        for (asked, got) in [(f64::NAN, NORMAL), (0.0, 0.5), (1e9, 1e5), (37.0, 37.0)] {
            pace.set(asked);
            assert_eq!(pace.steps_per_second(), got);
        }
        assert_eq!(
            [0.5, 1.0, 500.0].map(|times| multiple(times * NORMAL)),
            ["½×", "1×", "500×"]
        );
        for digit in DIGITS {
            assert!(RANGE.contains(&(digit * NORMAL)));
        }
        for (dragged, snapped) in [
            (17.0, 20.0),
            (25.0, 20.0),
            (10.6, 10.0),
            (9.5, 10.0),
            (33.0, 33.0),
            (0.51, 0.5),
        ] {
            assert_eq!(snap(dragged), snapped);
        }
    }
}
