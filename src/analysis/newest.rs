//! One worker that always turns to the newest request: one that has been replaced before its turn came is never begun.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Time without an answer after which a preliminary one is wanted; the next one after twice as long, and so on.
const PATIENCE: Duration = Duration::from_millis(30);
/// Longest time between two preliminary answers, each of which may be waited for twice as long as the one before.
const PATIENCE_MAX: Duration = Duration::from_secs(1);

/// A worker beside the window. Every request may have several answers, the better ones later. Dropping it ends the work.
pub struct Newest<Q, A> {
    desk: Arc<Desk<Q>>,
    arrivals: mpsc::Receiver<Arrival<A>>,
    /// Number of the newest request that has been finished.
    finished: u64,
}

enum Arrival<A> {
    Answer(u64, A),
    Finished(u64),
}

/// Where requests are left. They are numbered from 1.
struct Desk<Q> {
    waiting: Mutex<Option<(u64, Q)>>,
    left: Condvar,
    /// The newest request.
    asked: AtomicU64,
    /// Requests up to this one are not wanted any more.
    void: AtomicU64,
    closed: AtomicBool,
}

/// A request while it is being answered.
pub struct Turn<'a, Q, A> {
    number: u64,
    desk: &'a Desk<Q>,
    answers: mpsc::Sender<Arrival<A>>,
    answered: AtomicBool,
    due: Mutex<(Instant, Duration)>,
}

impl<Q: Send + 'static, A: Send + 'static> Newest<Q, A> {
    /// A worker that answers as told. Without a thread nothing is ever answered.
    pub fn new(work: impl Fn(Q, &Turn<'_, Q, A>) + Send + 'static) -> Self {
        let desk = Arc::new(Desk {
            waiting: Mutex::new(None),
            left: Condvar::new(),
            asked: AtomicU64::new(0),
            void: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        });
        let (answers, arrivals) = mpsc::channel();
        let of_worker = Arc::clone(&desk);
        let started = thread::Builder::new().name("newest".to_owned()).spawn(move || {
            while let Some((number, request)) = of_worker.take() {
                let turn = Turn {
                    number,
                    desk: &of_worker,
                    answers: answers.clone(),
                    answered: AtomicBool::new(false),
                    due: Mutex::new((Instant::now() + PATIENCE, PATIENCE)),
                };
                work(request, &turn);
                if answers.send(Arrival::Finished(number)).is_err() {
                    break;
                }
            }
        });
        drop(started);
        Self {
            desk,
            arrivals,
            finished: 0,
        }
    }

    /// Leaves a request, which takes the place of one that waits. One that is being answered goes on until its first answer.
    pub fn ask(&mut self, request: Q) {
        let number = self.desk.asked.fetch_add(1, Ordering::SeqCst) + 1;
        *self.desk.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, request));
        self.desk.left.notify_one();
    }

    /// No request that was left so far is wanted any more.
    pub fn cancel(&mut self) {
        let asked = self.desk.asked.load(Ordering::SeqCst);
        self.desk.void.store(asked, Ordering::SeqCst);
        *self.desk.waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.finished = asked;
    }

    /// The newest answer since the last call; those before it are out of date.
    pub fn poll(&mut self) -> Option<A> {
        let mut newest = None;
        loop {
            match self.arrivals.try_recv() {
                Ok(Arrival::Answer(number, answer)) => {
                    if number > self.desk.void.load(Ordering::SeqCst) {
                        newest = Some(answer);
                    }
                }
                Ok(Arrival::Finished(number)) => self.finished = self.finished.max(number),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    // The worker is gone; nobody waits for it.
                    self.finished = self.desk.asked.load(Ordering::SeqCst);
                    break;
                }
            }
        }
        newest
    }

    /// Whether the newest request has not been finished, as far as [`Self::poll`] has heard.
    pub fn is_busy(&self) -> bool {
        self.finished < self.desk.asked.load(Ordering::SeqCst)
    }
}

impl<Q, A> Drop for Newest<Q, A> {
    fn drop(&mut self) {
        let waiting = self.desk.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.desk.closed.store(true, Ordering::SeqCst);
        drop(waiting);
        self.desk.left.notify_one();
    }
}

impl<Q, A> fmt::Debug for Newest<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = self.desk.asked.load(Ordering::SeqCst);
        write!(f, "Newest({} of {asked} requests finished)", self.finished)
    }
}

impl<Q> Desk<Q> {
    /// The newest request, once there is one; none when the desk is closed.
    fn take(&self) -> Option<(u64, Q)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.closed.load(Ordering::SeqCst) {
                return None;
            }
            if let Some(request) = waiting.take() {
                return Some(request);
            }
            waiting = self.left.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<Q, A> Turn<'_, Q, A> {
    /// Gives an answer, which may be followed by a better one.
    pub fn answer(&self, answer: A) {
        self.answered.store(true, Ordering::Relaxed);
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = (2 * due.1).min(PATIENCE_MAX);
        *due = (Instant::now() + patience, patience);
        // Nobody listens any more when the worker has been dropped; then there is nothing left to do.
        drop(self.answers.send(Arrival::Answer(self.number, answer)));
    }

    /// Whether to go on: the request is still wanted, and no newer one waits that could not wait for a first answer.
    pub fn goes_on(&self) -> bool {
        let desk = self.desk;
        let newer = desk.asked.load(Ordering::Relaxed) > self.number;
        let wanted = desk.void.load(Ordering::Relaxed) < self.number && !desk.closed.load(Ordering::Relaxed);
        wanted && !(newer && self.answered.load(Ordering::Relaxed))
    }

    /// Whether so much time has gone by without an answer that a preliminary one is wanted.
    pub fn is_due(&self) -> bool {
        let due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        Instant::now() >= due.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next<Q: Send + 'static, A: Send + 'static>(worker: &mut Newest<Q, A>) -> A {
        for _ in 0..20_000 {
            if let Some(answer) = worker.poll() {
                return answer;
            }
            thread::sleep(Duration::from_micros(500));
        }
        panic!("no answer")
    }

    fn rest<Q: Send + 'static, A: Send + 'static>(worker: &mut Newest<Q, A>) -> Option<A> {
        let mut last = None;
        while worker.is_busy() {
            last = worker.poll().or(last);
            thread::sleep(Duration::from_micros(500));
        }
        last
    }

    /// A worker that stands at a gate before each answer and says what it has begun.
    fn gated() -> (Newest<u32, u32>, mpsc::Sender<()>, mpsc::Receiver<u32>) {
        let (open, gate) = mpsc::channel();
        let (begins, begun) = mpsc::channel();
        let worker = Newest::new(move |request, turn: &Turn<'_, u32, u32>| {
            begins.send(request).unwrap();
            for part in 0..2 {
                gate.recv().unwrap();
                if !turn.goes_on() {
                    return;
                }
                turn.answer(10 * request + part);
            }
        });
        (worker, open, begun)
    }

    #[test]
    fn any_number_of_answers_may_come_of_one_request() {
        let mut worker = Newest::new(|request: u32, turn: &Turn<'_, u32, u32>| {
            (0..=request).for_each(|part| turn.answer(part));
        });
        worker.ask(200);
        assert_eq!(rest(&mut worker), Some(200));
    }

    #[test]
    fn what_was_replaced_while_it_waited_is_never_begun() {
        let (mut worker, gate, begun) = gated();
        worker.ask(1);
        assert_eq!(begun.recv().unwrap(), 1);
        for request in 2..=5 {
            worker.ask(request);
        }
        // The one under way gives its first answer, so that a steady stream of requests does not starve; then it gives way.
        gate.send(()).unwrap();
        assert_eq!(next(&mut worker), 10);
        gate.send(()).unwrap();
        assert_eq!(begun.recv().unwrap(), 5);
        for _ in 0..2 {
            gate.send(()).unwrap();
        }
        assert_eq!(rest(&mut worker), Some(51));
        assert!(begun.try_recv().is_err());
    }

    #[test]
    fn nothing_comes_of_a_cancelled_request() {
        let (mut worker, gate, begun) = gated();
        worker.ask(1);
        assert_eq!(begun.recv().unwrap(), 1);
        worker.ask(2);
        worker.cancel();
        assert!(!worker.is_busy());
        gate.send(()).unwrap();
        thread::sleep(Duration::from_millis(20));
        assert!(worker.poll().is_none() && begun.try_recv().is_err());
        worker.ask(3);
        for _ in 0..2 {
            gate.send(()).unwrap();
        }
        assert_eq!(rest(&mut worker), Some(31));
    }

    #[test]
    fn a_worker_that_dies_keeps_nobody_waiting() {
        let mut worker = Newest::<(), ()>::new(|(), _| std::panic::resume_unwind(Box::new(())));
        worker.ask(());
        assert_eq!(rest(&mut worker), None);
    }
}
