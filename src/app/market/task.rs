//! Work on a record that takes a while, done beside the window.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cascade_analysis::{Background, Cancel};

/// How much is done of how much.
#[derive(Debug, Default)]
pub(super) struct Done {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Done {
    /// Says it.
    pub(super) fn tell(&self, done: usize, all: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }
}

/// Work that is under way, or what came of it.
#[derive(Debug)]
pub struct Task<T> {
    done: Arc<Done>,
    cancel: Arc<Cancel>,
    arrival: Background<Option<Result<T, String>>>,
    failed: bool,
}

impl<T: Send + 'static> Task<T> {
    /// Begins; the work returns nothing when it is cancelled.
    pub(super) fn begin(work: impl FnOnce(&Done, &Cancel) -> Option<Result<T, String>> + Send + 'static) -> Self {
        let (done, cancel) = (Arc::new(Done::default()), Arc::new(Cancel::new()));
        let (told, watched) = (Arc::clone(&done), Arc::clone(&cancel));
        Self {
            done,
            cancel,
            arrival: Background::begin(move || work(&told, &watched)),
            failed: false,
        }
    }

    /// Takes in what has been found. Returns whether it is still being looked for.
    pub(super) fn poll(&mut self) -> bool {
        if self.arrival.poll().is_none() && self.arrival.has_failed() {
            self.failed = true;
        }
        self.is_under_way()
    }

    /// Whether it is still being looked for.
    pub const fn is_under_way(&self) -> bool {
        !self.failed && self.arrival.get().is_none()
    }

    /// How much is done, from 0 to 1.
    pub fn share(&self) -> f32 {
        let all = self.done.all.load(Ordering::Relaxed);
        self.done.done.load(Ordering::Relaxed) as f32 / all.max(1) as f32
    }

    /// What was found, or why nothing; none while it is being looked for, or where it was cancelled.
    pub fn outcome(&self) -> Option<Result<&T, &str>> {
        if self.failed {
            return Some(Err("the work ended without a result"));
        }
        let found = self.arrival.get()?.as_ref()?;
        Some(found.as_ref().map_err(String::as_str))
    }
}

impl<T> Drop for Task<T> {
    /// Nobody wants it any more.
    fn drop(&mut self) {
        self.cancel.request();
    }
}
