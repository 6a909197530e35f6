//! The workload: longs and shorts on two books, a random walk, and forced orders that push the price further.
//!
//! Every sum is exact (sizes are multiples of 1/1024) and the loop uses nothing but `+ − × ÷`, so any correct book gives
//! the same bits, in whatever order it finds what is reached.

use cascade_lab::engine::ladder::{Item, Ladder};

/// Rows of a tape; row numbers are 14 bits.
pub const ROWS: usize = 1 << 14;
/// Longest delay before a closed slot re-opens, in steps, plus one.
const RING: usize = 1 << 10;
const MAX_ROUNDS: u32 = 64;
const START_PRICE: f64 = 100.0;
const IMPACT: f64 = 0.15;
const HALF_LIFE_STEPS: f64 = 20.0;

/// The random numbers of a run, drawn beforehand.
pub struct Tape {
    /// Standard normal returns.
    pub noise: Vec<f64>,
    /// Relative distance from entry to liquidation.
    pub distance: Vec<f64>,
    /// Sizes, multiples of 1/1024.
    pub size: Vec<f64>,
    /// Entry prices at the start.
    pub entry: Vec<f64>,
    /// Steps until a closed slot re-opens, 1 to 1023.
    pub delay: Vec<u16>,
}

impl Tape {
    /// Reads rows of five little-endian numbers: noise, distance, size, entry, delay; `None` for anything else.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let numbers: Vec<f64> = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
        let column = |at: usize| -> Vec<f64> { numbers.iter().skip(at).step_by(5).copied().collect() };
        let tape = Self {
            noise: column(0),
            distance: column(1),
            size: column(2),
            entry: column(3),
            delay: column(4).into_iter().map(|delay| delay as u16).collect(),
        };
        let fits = rest.is_empty() && numbers.len() == 5 * ROWS;
        (fits && tape.delay.iter().all(|delay| (1..RING).contains(&usize::from(*delay)))).then_some(tape)
    }

    /// The rows of a slot's generation: one gives the distance, the other size, entry and delay.
    fn rows(slot: u32, generation: u16) -> (usize, usize) {
        let seed = slot
            .wrapping_mul(2_654_435_761)
            .wrapping_add(u32::from(generation).wrapping_mul(2_246_822_519));
        let mixed = seed.wrapping_add(12_345);
        let hash = (mixed ^ (mixed >> 15)).wrapping_mul(2_654_435_769);
        (hash as usize % ROWS, (hash >> 18) as usize)
    }
}

/// An open slot.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    number: u32,
    generation: u16,
    delay: u16,
    size: f64,
}

impl Item for Slot {
    fn number(&self) -> u32 {
        self.number
    }

    fn weight(&self) -> f64 {
        self.size
    }
}

/// What a book of one side must do; keys are liquidation prices, those of longs negated.
pub trait Book {
    /// An empty book for about so many keys between these bounds.
    fn new(low: f64, high: f64, expected: usize) -> Self;
    /// Adds a slot.
    fn push(&mut self, key: f64, slot: Slot);
    /// Takes one slot with key ≤ threshold out, if there is any.
    fn pop_reached(&mut self, threshold: f64) -> Option<Slot>;
}

impl Book for Ladder<Slot> {
    fn new(low: f64, high: f64, expected: usize) -> Self {
        Self::new(low, high, expected)
    }

    fn push(&mut self, key: f64, slot: Slot) {
        self.push(key, slot);
    }

    fn pop_reached(&mut self, threshold: f64) -> Option<Slot> {
        self.pop_reached(threshold).map(|(_, slot)| slot)
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Slots closed.
    pub hits: u64,
    /// Searches for reached slots, those that found none included.
    pub scans: u64,
    /// Largest number of rounds in a step.
    pub max_rounds: u32,
    /// Last price.
    pub price: f64,
}

/// All slots, open on the books or waiting to re-open.
#[derive(Clone, Debug)]
pub struct Workload<B> {
    first_short: u32,
    longs: B,
    shorts: B,
    /// Number and next generation of closed slots, by the step modulo `RING` in which they re-open.
    due: Vec<Vec<(u32, u16)>>,
    total_size: f64,
}

impl<B: Book> Workload<B> {
    /// The start: half of the slots long, half short.
    pub fn new(slots: u32, tape: &Tape) -> Self {
        let expected = slots as usize / 2;
        let mut workload = Self {
            first_short: slots / 2,
            longs: B::new(-2.0 * START_PRICE, 0.0, expected),
            shorts: B::new(0.0, 2.0 * START_PRICE, expected),
            due: vec![Vec::new(); RING],
            total_size: 0.0,
        };
        for number in 0..slots {
            workload.total_size += tape.size[Tape::rows(number, 0).1];
            let (key, slot) = workload.draw(number, 0, None, tape);
            let reached = key
                <= if workload.is_long(number) {
                    -START_PRICE
                } else {
                    START_PRICE
                };
            let key = if reached {
                workload.draw(number, 0, Some(START_PRICE), tape).0
            } else {
                key
            };
            workload.push(key, slot);
        }
        workload
    }

    fn is_long(&self, number: u32) -> bool {
        number < self.first_short
    }

    /// The key and slot of a generation, entered at a price or else at the one on the tape.
    fn draw(&self, number: u32, generation: u16, price: Option<f64>, tape: &Tape) -> (f64, Slot) {
        let (distance_row, row) = Tape::rows(number, generation);
        let distance = tape.distance[distance_row];
        let price = price.unwrap_or_else(|| tape.entry[row]);
        let key = if self.is_long(number) {
            -(price * (1.0 - distance))
        } else {
            price * (1.0 + distance)
        };
        (
            key,
            Slot {
                number,
                generation,
                delay: tape.delay[row],
                size: tape.size[row],
            },
        )
    }

    fn push(&mut self, key: f64, slot: Slot) {
        let book = if self.is_long(slot.number) {
            &mut self.longs
        } else {
            &mut self.shorts
        };
        book.push(key, slot);
    }

    /// Runs the steps from 0 to `steps`.
    pub fn run(&mut self, steps: u32, sigma: f64, tape: &Tape) -> Outcome {
        let kept = 0.5_f64.powf(1.0 / HALF_LIFE_STEPS);
        let (mut fundamental, mut impact) = (START_PRICE, 0.0);
        let mut outcome = Outcome {
            hits: 0,
            scans: 0,
            max_rounds: 0,
            price: fundamental,
        };
        for step in 0..steps as usize {
            impact *= kept;
            fundamental *= 1.0 + sigma * tape.noise[step % ROWS];
            let mut price = fundamental * (1.0 + impact);
            self.reopen(step, price, tape);
            for round in 1..=MAX_ROUNDS {
                let (closed, forced) = self.close_reached(step, price);
                outcome.scans += 1;
                if closed == 0 {
                    break;
                }
                outcome.hits += closed;
                outcome.max_rounds = outcome.max_rounds.max(round);
                impact -= IMPACT * (forced / self.total_size);
                price = fundamental * (1.0 + impact);
            }
            outcome.price = price;
        }
        outcome
    }

    fn reopen(&mut self, step: usize, price: f64, tape: &Tape) {
        let mut due = std::mem::take(&mut self.due[step % RING]);
        for (number, generation) in due.drain(..) {
            let (key, slot) = self.draw(number, generation, Some(price), tape);
            self.push(key, slot);
        }
        self.due[step % RING] = due;
    }

    /// Closes what the price reaches: how many slots, and the signed size of the forced sales.
    fn close_reached(&mut self, step: usize, price: f64) -> (u64, f64) {
        let (mut closed, mut forced) = (0, 0.0);
        let due = &mut self.due;
        let mut close = |slot: Slot| {
            closed += 1;
            due[(step + usize::from(slot.delay)) % RING].push((slot.number, slot.generation + 1));
            slot.size
        };
        while let Some(slot) = self.longs.pop_reached(-price) {
            forced += close(slot);
        }
        while let Some(slot) = self.shorts.pop_reached(price) {
            forced -= close(slot);
        }
        (closed, forced)
    }
}
