//! Random numbers: a named portable generator, one independent stream a purpose, so that switching one mechanism off
//! leaves the numbers of all others as they were.

use cascade_scenario::AssetId;

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
    /// What predators believe.
    Predators = 50,
    /// Noise traders' orders.
    NoiseFlow = 51,
    /// Stop orders at the start and whenever all are placed anew.
    StopOrders = 52,
    /// Stop orders of holders who enter again.
    StopRenewal = 53,
    /// Cross-margin accounts at the start and after a redraw.
    CrossAccounts = 30,
    /// Loans of the lending pool.
    Loans = 70,
    /// Which clearing members positions belong to.
    Members = 80,
}

/// Where an asset's random numbers come from.
#[derive(Clone, Copy, Debug)]
pub struct RandomStreams {
    seed: u64,
    asset: u64,
}

/// Streams of one asset begin this far after those of the asset before it.
const STREAMS_AN_ASSET: u64 = 1_000;

impl RandomStreams {
    /// The streams of an asset in the run with a seed.
    pub const fn new(seed: u64, asset: AssetId) -> Self {
        Self {
            seed,
            asset: asset.index() as u64,
        }
    }

    /// The stream of a purpose.
    pub fn stream(self, purpose: Purpose) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.asset * STREAMS_AN_ASSET + purpose as u64);
        rng
    }
}
