//! The ladder on the reference workload against a book that looks at every slot every time.

#[path = "../benches/reference_workload/workload.rs"]
mod workload;

use cascade_lab::engine::ladder::Ladder;
use proptest::prelude::*;
use workload::{Book, Outcome, ROWS, Slot, Tape, Workload};

/// O(N): every key is looked at.
struct Scan(Vec<(f64, Slot)>);

impl Book for Scan {
    fn new(_low: f64, _high: f64, _expected: usize) -> Self {
        Self(Vec::new())
    }

    fn push(&mut self, key: f64, slot: Slot) {
        self.0.push((key, slot));
    }

    fn pop_reached(&mut self, threshold: f64) -> Option<Slot> {
        let at = self.0.iter().position(|(key, _)| *key <= threshold)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// A tape out of a small generator (Marsaglia 2003, xorshift): only its spread matters, not its laws.
fn tape(seed: u64) -> Tape {
    let mut state = seed | 1;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut bytes = Vec::new();
    for _ in 0..ROWS {
        let noise = 6.0 * (uniform() - 0.5);
        let distance = 0.015 + 0.3 * uniform() * uniform();
        let size = (1024.0 * 4.0 * uniform()).ceil() / 1024.0;
        let entry = 98.0 + 4.0 * uniform();
        let delay = (1.0 + 30.0 * uniform()).floor();
        for number in [noise, distance, size, entry, delay] {
            bytes.extend(number.to_le_bytes());
        }
    }
    let Some(tape) = Tape::parse(&bytes) else {
        panic!("a whole tape is refused");
    };
    tape
}

fn outcome<B: Book>(slots: u32, sigma: f64, tape: &Tape) -> Outcome {
    Workload::<B>::new(slots, tape).run(120, sigma, tape)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ladder_gives_the_bits_of_a_full_scan(seed in any::<u64>(), half in 1_u32..400, sigma in 1e-4_f64..2e-2) {
        let tape = tape(seed);
        let by_ladder = outcome::<Ladder<Slot>>(2 * half, sigma, &tape);
        let by_scan = outcome::<Scan>(2 * half, sigma, &tape);
        prop_assert_eq!(by_ladder.price.to_bits(), by_scan.price.to_bits());
        prop_assert_eq!(by_ladder, by_scan);
    }
}

#[test]
fn a_volatile_market_cascades() {
    let outcome = outcome::<Ladder<Slot>>(2_000, 5e-3, &tape(7));
    assert!(outcome.hits > 200, "{outcome:?}");
    assert!(outcome.max_rounds > 3, "{outcome:?}");
}

#[test]
fn a_broken_tape_is_refused() {
    assert!(Tape::parse(&vec![0; 5 * 8 * ROWS]).is_none(), "delays of 0 steps");
    assert!(Tape::parse(&[0; 64]).is_none(), "too short");
}
