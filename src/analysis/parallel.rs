//! Independent jobs on several threads, handed over in the order of the jobs.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// A wish to end work early; jobs look at it between two steps of the model.
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Work that nobody has cancelled.
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Asks for the end.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the end was asked for.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Processor cores this program may use.
pub fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Does some work while a thread of its own is at what the work will need later. Where the system has no more threads that is
/// left to the work, which has to wait for it anyway.
pub fn beside<R>(ahead: impl FnOnce() + Send, work: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        drop(thread::Builder::new().spawn_scoped(scope, ahead));
        work()
    })
}

/// Carries out jobs on so many threads. `take` gets the results on the calling thread and in the order of the jobs, whichever
/// thread was faster; an error of it ends the work. A job that returns nothing was cancelled and ends its thread's work.
///
/// Threads fetch the next job from one counter, so that an interruption loses no more than the jobs under way.
///
/// # Errors
/// What `take` returned.
pub fn in_order<T: Send, E>(
    jobs: Range<usize>,
    threads: NonZeroUsize,
    job: impl Fn(usize) -> Option<T> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(jobs.start);
    thread::scope(|scope| {
        // A short queue: when `take` ends the work, hardly anything has been done in vain.
        let (sender, receiver) = mpsc::sync_channel(4 * threads.get());
        let mut begun = 0;
        while begun < threads.get().min(jobs.len()) {
            let (sender, next, job) = (sender.clone(), &next, &job);
            let work = move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let result = if index < jobs.end { job(index) } else { None };
                    if result.is_none_or(|result| sender.send((index, result)).is_err()) {
                        break;
                    }
                }
            };
            // Where the system has no more threads, those that it had do the work.
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
            begun += 1;
        }
        drop(sender);
        let mut due = jobs.start;
        if begun == 0 {
            while let Some(result) = (due < jobs.end).then(|| job(due)).flatten() {
                take(due, result)?;
                due += 1;
            }
        }
        let mut early = BTreeMap::new();
        for (index, result) in receiver {
            early.insert(index, result);
            while let Some(result) = early.remove(&due) {
                take(due, result)?;
                due += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use super::*;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_come_in_order_whoever_is_faster() {
        for count in [1, 2, 7] {
            let mut seen = Vec::new();
            let slow_first = |index: usize| {
                thread::sleep(Duration::from_micros(if index.is_multiple_of(3) { 900 } else { 10 }));
                Some(index * index)
            };
            let done: Result<(), Infallible> = in_order(5..60, threads(count), slow_first, |index, result| {
                seen.push((index, result));
                Ok(())
            });
            assert!(done.is_ok());
            assert_eq!(seen, (5..60).map(|index| (index, index * index)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_needed_later_is_found_beside_the_work() {
        // Either waits for the other: alone, none of them would end.
        let (work_began, ahead_began) = (std::sync::Barrier::new(2), std::sync::OnceLock::new());
        let ahead = || {
            work_began.wait();
            let _ = ahead_began.set(7);
        };
        let found = beside(ahead, || {
            work_began.wait();
            *ahead_began.wait()
        });
        assert_eq!(found, 7);
    }

    #[test]
    fn an_error_and_a_cancelled_job_end_the_work() {
        let made = AtomicUsize::new(0);
        let job = |index: usize| {
            made.fetch_add(1, Ordering::Relaxed);
            Some(index)
        };
        let failed = in_order(0..100_000, threads(2), job, |index, _| {
            if index == 9 { Err("full") } else { Ok(()) }
        });
        assert_eq!(failed, Err("full"));
        assert!(made.load(Ordering::Relaxed) < 100_000);
        let mut taken = 0;
        let done: Result<(), Infallible> = in_order(
            0..100,
            threads(1),
            |index| (index < 4).then_some(()),
            |_, ()| {
                taken += 1;
                Ok(())
            },
        );
        assert!(done.is_ok() && taken == 4);
    }
}
