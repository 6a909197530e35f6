//! One value that takes a while, computed beside the window.

use std::sync::mpsc;
use std::thread;

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

    /// The value as the last [`Self::poll`] found it.
    pub const fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
}
