//! A batch whose picture is whole soon and then becomes sharper: runs in an order of their own, what is known given on the way.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::batch::{Batch, Results};
use super::parallel::in_order;

/// The first answer comes when the picture is whole, and no later than this if anything is known.
const FIRST: Duration = Duration::from_millis(250);
/// Time between two later answers.
const PERIOD: Duration = Duration::from_millis(120);

/// When results are to be given, counted from when they were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    asked_at: Instant,
}

impl Pace {
    /// They are asked for now.
    pub fn begin() -> Self {
        Self {
            asked_at: Instant::now(),
        }
    }

    /// Says of results whether they are to be given: for the first time when the picture is whole for the first time, after so
    /// many runs, or there are the fewest that show anything and it has been waited for long enough; then at regular times.
    pub fn due(self, fewest: usize, whole: usize) -> impl FnMut(&Results) -> bool {
        let mut given: Option<Instant> = None;
        move |results| {
            let due = match given {
                None => {
                    let done = results.progress().0;
                    done >= whole || done >= fewest && self.asked_at.elapsed() >= FIRST
                }
                Some(last) => last.elapsed() >= PERIOD,
            };
            if due {
                given = Some(Instant::now());
            }
            due
        }
    }
}

/// Runs that are to be made.
#[derive(Clone, Debug)]
pub struct Refinement {
    batch: Batch,
    open: Vec<(usize, usize)>,
    known: Results,
}

impl Refinement {
    /// All variants with the first seed, in the order of `order`, then all with the second, and so on. What is in `known`, the
    /// results of the same batch, is not run again.
    pub fn new(batch: Batch, order: &[usize], known: Option<Results>) -> Self {
        let known = known
            .filter(|known| known.progress().1 == batch.runs())
            .unwrap_or_else(|| Results::new(&batch));
        let open = (0..batch.seeds())
            .flat_map(|seed| order.iter().map(move |variant| (*variant, seed)))
            .filter(|(variant, seed)| !known.has(*variant, *seed))
            .collect();
        Self { batch, open, known }
    }

    /// Makes the runs on so many threads. After each run `due` says of the results whether they are to be given; all of them are
    /// given at the end. The same runs give the same results, whatever the number of threads.
    pub fn run(
        self,
        threads: NonZeroUsize,
        goes_on: impl Fn() -> bool + Sync,
        mut due: impl FnMut(&Results) -> bool,
        mut give: impl FnMut(Results),
    ) {
        let Self { batch, open, mut known } = self;
        let last = open.len();
        if last == 0 {
            give(known);
            return;
        }
        let job = |index: usize| {
            let (variant, seed) = open[index];
            batch.run(variant, seed, &goes_on)
        };
        // Ends when nobody wants any more of it.
        let _ = in_order(0..last, threads, job, |index, outcome| {
            let (variant, seed) = open[index];
            known.put(variant, seed, outcome);
            if index + 1 == last || due(&known) {
                give(known.clone());
            }
            if goes_on() { Ok(()) } else { Err(()) }
        });
    }
}

/// The cells of a grid of so many columns and rows in an order in which every part of it becomes finer at once: every fourth
/// column and row, then every second, then all. Cells count along the rows first.
pub fn coarse_to_fine(columns: usize, rows: usize) -> Vec<usize> {
    let level = |place: usize| match place % 4 {
        0 => 0,
        2 => 1,
        _ => 2,
    };
    let mut cells: Vec<usize> = (0..columns * rows).collect();
    cells.sort_by_key(|cell| level(cell / rows).max(level(cell % rows)));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;
    use cascade_scenario::{Scenario, find};

    fn batch(seeds: usize, steps: u64) -> Batch {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 500.0).unwrap();
        let leverage = find("leverage.mean").unwrap().id;
        let variants = [vec![], vec![(leverage, 30.0)], vec![(leverage, 5.0)]];
        Batch::new(scenario, variants.to_vec(), seeds, steps).unwrap()
    }

    fn bits(results: &Results) -> Vec<Option<u64>> {
        let figure = |variant, seed, metric| results.figure(variant, seed, metric).map(f64::to_bits);
        let of_run = |(variant, seed)| Metric::all().map(move |metric| figure(variant, seed, metric));
        let runs = (0..3).flat_map(|variant| (0..4).map(move |seed| (variant, seed)));
        runs.flat_map(of_run).collect()
    }

    #[test]
    fn the_same_bytes_from_one_two_and_seven_threads_and_from_the_runs_themselves() {
        let batch = batch(4, 60);
        let all: Vec<Vec<Results>> = [1, 2, 7]
            .map(|threads| {
                let (threads, mut given) = (NonZeroUsize::new(threads).unwrap(), Vec::new());
                let refinement = Refinement::new(batch.clone(), &[2, 0, 1], None);
                refinement.run(threads, || true, |_| true, |results| given.push(results));
                given
            })
            .into();
        assert_eq!(all[0].len(), 12);
        for other in &all[1..] {
            let same = other.iter().zip(&all[0]).all(|(one, two)| bits(one) == bits(two));
            assert!(same && other.len() == all[0].len());
        }
        let first = &all[0][0];
        assert!(first.has(2, 0) && first.progress() == (1, 12) && first.whole_rounds() == 0);
        assert_eq!(all[0][3].whole_rounds(), 1);
        let mut apart = Results::new(&batch);
        for (variant, seed) in (0..3).flat_map(|variant| (0..4).map(move |seed| (variant, seed))) {
            apart.put(variant, seed, batch.run(variant, seed, || true).unwrap());
        }
        assert_eq!(bits(&apart), bits(&all[0][11]));
    }

    #[test]
    fn it_ends_when_nobody_wants_it_and_goes_on_from_what_is_known() {
        use std::sync::atomic::{AtomicBool, Ordering};
        let (wanted, mut given) = (AtomicBool::new(true), Vec::new());
        Refinement::new(batch(4, 40), &[0, 1, 2], None).run(
            NonZeroUsize::MIN,
            || wanted.load(Ordering::Relaxed),
            |results| results.progress().0 == 5,
            |results| {
                given.push(results);
                wanted.store(false, Ordering::Relaxed);
            },
        );
        assert_eq!(given.len(), 1);
        let half = given.remove(0);
        let rest = Refinement::new(batch(4, 40), &[0, 1, 2], Some(half.clone()));
        assert_eq!(rest.open.len(), 7);
        let mut whole = None;
        rest.run(NonZeroUsize::MIN, || true, |_| false, |results| whole = Some(results));
        let whole = whole.unwrap();
        assert_eq!(whole.progress(), (12, 12));
        assert_eq!(
            half.figure(0, 0, Metric::default()),
            whole.figure(0, 0, Metric::default())
        );
        // Results of another batch are of no use.
        assert_eq!(Refinement::new(batch(3, 40), &[0, 1, 2], Some(half)).open.len(), 9);
    }

    #[test]
    fn every_cell_comes_once_and_the_coarse_ones_come_first() {
        let cells = coarse_to_fine(13, 9);
        assert_eq!(cells[..4], [0, 4, 8, 4 * 9]);
        let coarse = &cells[..12];
        assert!(coarse.iter().all(|cell| (cell / 9) % 4 == 0 && (cell % 9) % 4 == 0));
        let mut sorted = cells.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..117).collect::<Vec<_>>());
    }
}
