//! A progress bar on standard error, only where that is a terminal and the work takes long.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two pictures.
const PERIOD: Duration = Duration::from_millis(100);
const WIDTH: u64 = 40;

/// A progress bar; it is wiped when dropped.
pub(crate) struct Progress {
    total: u64,
    unit: &'static str,
    next: Option<Instant>,
    drawn: bool,
}

impl Progress {
    /// Begins work of so many steps, runs or whatever it is counted in.
    pub(crate) fn new(total: u64, unit: &'static str) -> Self {
        let next = stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self {
            total,
            unit,
            next,
            drawn: false,
        }
    }

    /// Shows that so many are done, if it is time to.
    pub(crate) fn show(&mut self, done: u64) {
        let now = Instant::now();
        if self.next.is_some_and(|next| now >= next) {
            self.next = Some(now + PERIOD);
            self.drawn = true;
            let filled = (done as f64 / self.total as f64 * WIDTH as f64) as usize;
            let bar = "#".repeat(filled) + &".".repeat(WIDTH as usize - filled.min(WIDTH as usize));
            let _ = write!(stderr(), "\r[{bar}] {done} of {} {}", self.total, self.unit);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
