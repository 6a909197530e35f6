//! How often somebody who looks at intervals gets to act: reaction times in market time, whatever step and rounds are.

/// What rounding may take from a sum of steps.
const ROUNDING: f64 = 1e-9;

/// The looks that are due.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// Of them a fraction may be due already.
    due: f64,
    /// Whether the last step had a look.
    looked: bool,
}

impl Pace {
    /// A step of `dt` seconds begins; there is a look every so many seconds, or without an interval in every round. Looks that
    /// were not taken in the last step are missed.
    pub fn begin_step(&mut self, dt: f64, interval_seconds: f64) {
        self.looked = false;
        self.due = if interval_seconds > 0.0 {
            let left = if self.due.is_finite() { self.due.fract() } else { 0.0 };
            left + dt / interval_seconds
        } else {
            f64::INFINITY
        };
    }

    /// A round begins: whether it has a look.
    pub fn look(&mut self) -> bool {
        let now = self.due >= 1.0 - ROUNDING;
        if now {
            self.due -= 1.0;
            self.looked = true;
        }
        now
    }

    /// Whether there was a look since the step began.
    pub const fn looked(&self) -> bool {
        self.looked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times at which there are looks within a minute, in steps of `dt` seconds with so many rounds each.
    fn looks(dt: f64, rounds: u32, interval: f64) -> Vec<f64> {
        let (mut pace, mut times) = (Pace::default(), Vec::new());
        for step in 0..(60.0 / dt).round() as u32 {
            pace.begin_step(dt, interval);
            let made = (0..rounds).filter(|_| pace.look()).count();
            times.extend(std::iter::repeat_n(f64::from(step + 1) * dt, made));
        }
        times
    }

    #[test]
    fn looks_are_as_many_at_any_step() {
        let every_ten: Vec<f64> = (1..=6).map(|at| 10.0 * f64::from(at)).collect();
        for dt in [10.0, 5.0, 2.0, 1.0, 0.2] {
            let found = looks(dt, 1, 10.0);
            assert_eq!(found.len(), 6, "{dt}");
            assert!(
                found.iter().zip(&every_ten).all(|(a, b)| (a - b).abs() < 1e-6),
                "{dt}: {found:?}"
            );
        }
        assert_eq!(looks(10.0, 20, 2.5).len(), 24);
        assert_eq!(looks(30.0, 20, 10.0).len(), 6);
        // As many as there are rounds.
        assert_eq!(looks(30.0, 1, 10.0).len(), 2);
        assert_eq!(looks(10.0, 3, 0.0).len(), 18);
        assert_eq!(looks(10.0, 1, 25.0).len(), 2);
    }
}
