//! A batch in the background: its outcomes arrive as they are made, and whoever waits can stop it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{self, TryRecvError};
use std::thread;

use super::batch::{Batch, Outcome, Results};
use super::parallel::{Cancel, cores, in_order};

/// A batch that is being run. Dropping it stops it.
#[derive(Debug)]
pub struct Task {
    /// What is known so far.
    pub results: Results,
    arrivals: mpsc::Receiver<(usize, usize, Outcome)>,
    cancel: Arc<Cancel>,
    done: usize,
    runs: usize,
    over: bool,
}

impl Task {
    /// Begins with all cores but one, which is left to the window. Every variant is run with the first seed, then every one
    /// with the second, so that the picture is whole soon and then becomes sharper.
    pub fn begin(batch: Batch) -> Self {
        let (sender, arrivals) = mpsc::channel();
        let cancel = Arc::new(Cancel::new());
        let mut task = Self {
            results: Results::new(&batch),
            arrivals,
            cancel: Arc::clone(&cancel),
            done: 0,
            runs: batch.runs(),
            over: false,
        };
        let threads = NonZeroUsize::new(cores().get() - 1).unwrap_or(NonZeroUsize::MIN);
        let work = move || {
            let place = |index: usize| (index % batch.variants(), index / batch.variants());
            let run = |index: usize| {
                let (variant, seed) = place(index);
                batch.run(variant, seed, &cancel)
            };
            let hand_over = |index, outcome| {
                let (variant, seed) = place(index);
                sender.send((variant, seed, outcome))
            };
            // Nobody listens any more when the task has been dropped; then there is nothing left to do.
            let _ = in_order(0..batch.runs(), threads, run, hand_over);
        };
        // Without a thread nothing arrives, and the task is over with nothing done.
        task.over = thread::Builder::new().name("study".to_owned()).spawn(work).is_err();
        task
    }

    /// Takes in what has arrived; returns the variants it is of.
    pub fn poll(&mut self) -> Vec<usize> {
        let mut arrived = Vec::new();
        while !self.over {
            match self.arrivals.try_recv() {
                Ok((variant, seed, outcome)) => {
                    self.results.put(variant, seed, outcome);
                    self.done += 1;
                    arrived.push(variant);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.over = true,
            }
        }
        arrived
    }

    /// Asks it to stop; what is known stays.
    pub fn cancel(&mut self) {
        self.cancel.request();
        self.over = true;
    }

    /// Whether nothing more will arrive.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Runs made, of so many.
    pub const fn progress(&self) -> (usize, usize) {
        (self.done, self.runs)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.cancel.request();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Metric;
    use cascade_scenario::{Scenario, find};

    fn batch(seeds: usize, steps: u64) -> Batch {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 500.0).unwrap();
        let leverage = find("leverage.mean").unwrap().id;
        Batch::new(scenario, vec![vec![], vec![(leverage, 30.0)]], seeds, steps).unwrap()
    }

    fn finish(task: &mut Task) {
        for _ in 0..30_000 {
            task.poll();
            if task.is_over() {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        panic!("it does not end");
    }

    #[test]
    fn everything_arrives_and_equals_the_run_itself() {
        let batch = batch(3, 40);
        let mut task = Task::begin(batch.clone());
        finish(&mut task);
        assert_eq!(task.progress(), (6, 6));
        let cancel = Cancel::new();
        for variant in 0..2 {
            for seed in 0..3 {
                let alone = batch.run(variant, seed, &cancel).unwrap();
                for metric in Metric::all() {
                    let figure = alone.figures[metric.index()];
                    let expected = figure.is_finite().then_some(figure);
                    assert_eq!(
                        task.results.figure(variant, seed, metric),
                        expected,
                        "{}",
                        metric.name()
                    );
                }
            }
        }
    }

    #[test]
    fn a_cancelled_task_is_over_at_once_and_keeps_what_it_has() {
        let mut task = Task::begin(batch(10_000, 2_000));
        while task.progress().0 < 2 {
            task.poll();
            thread::sleep(Duration::from_millis(1));
        }
        task.cancel();
        assert!(task.is_over() && task.results.figure(0, 0, Metric::default()).is_some());
        let (done, runs) = task.progress();
        assert!(done < runs);
    }
}
