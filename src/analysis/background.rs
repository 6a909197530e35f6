//! One value that takes a while, computed beside the window.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::Duration;

/// A value that is being computed, or is there.
#[derive(Debug)]
pub struct Background<T> {
    arrival: mpsc::Receiver<T>,
    value: Option<T>,
}

impl<T: Send + 'static> Background<T> {
    /// Begins; without a thread the value never comes.
    pub fn begin(compute: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, arrival) = mpsc::channel();
        // Whoever dropped the receiver does not want the value any more.
        let started = thread::Builder::new().spawn(move || drop(sender.send(compute())));
        drop(started);
        Self { arrival, value: None }
    }

    /// The value, once it is there.
    pub fn poll(&mut self) -> Option<&T> {
        if self.value.is_none() {
            self.value = self.arrival.try_recv().ok();
        }
        self.value.as_ref()
    }

    /// Whether the work has ended without a value.
    pub fn has_failed(&mut self) -> bool {
        self.value.is_none() && {
            let arrived = self.arrival.try_recv();
            let failed = matches!(arrived, Err(TryRecvError::Disconnected));
            self.value = arrived.ok();
            failed
        }
    }

    /// Waits for the end of the work, but not longer than this.
    pub fn wait(&mut self, longest: Duration) {
        if self.value.is_none() {
            self.value = self.arrival.recv_timeout(longest).ok();
        }
    }

    /// The value as the last [`Self::poll`] found it.
    pub const fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

/// Lets go of something large on another thread: giving back its memory takes time too.
pub fn let_go<T: Send + 'static>(value: T) {
    // Without a thread it is let go here.
    drop(thread::Builder::new().spawn(move || drop(value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_comes_and_stays() {
        let mut background = Background::begin(|| 6 * 7);
        for _ in 0..5_000 {
            if background.poll().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!((background.poll().copied(), background.get()), (Some(42), Some(&42)));
    }

    #[test]
    fn it_can_be_waited_for() {
        let mut background = Background::begin(|| 6 * 7);
        background.wait(Duration::from_secs(30));
        assert_eq!(background.get(), Some(&42));
        assert!(!background.has_failed());
        let mut failing = Background::<i32>::begin(|| std::panic::resume_unwind(Box::new(())));
        failing.wait(Duration::from_secs(30));
        assert!(failing.has_failed() && failing.get().is_none());
    }
}
