//! Random numbers: a named portable generator, one independent stream a purpose, so that switching one mechanism off
//! leaves the numbers of all others as they were.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What a stream is for. The numbers are part of the reproducibility contract: never reuse one.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Efficient-price noise.
    Noise = 1,
    /// The positions at the start and after a redraw.
    Positions = 2,
    /// Positions opened later.
    Reopening = 3,
    /// What holders do about margin calls.
    MarginCalls = 20,
}

/// The stream of a purpose for a seed.
pub fn stream(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(purpose as u64);
    rng
}
