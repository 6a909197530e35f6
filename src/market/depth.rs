//! The order book by bands: how much rests between the middle price and ±0.2, 1, 2, 3, 4 and 5 %.

use serde::Serialize;

use cascade_scenario::PositionSide;

/// The bands of a side, per cent from the middle price.
pub const PERCENTS: [f64; 6] = [0.2, 1.0, 2.0, 3.0, 4.0, 5.0];

/// A band of the order book: bids from the middle price down, or asks from it up, to a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Band(u8);

impl Band {
    /// Number of bands of both sides.
    pub const COUNT: usize = 2 * PERCENTS.len();

    /// All bands: bids from the narrowest to the widest, then asks.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// Bands of the bids, which sales eat, from the narrowest on.
    pub fn bids() -> impl Iterator<Item = Self> {
        Self::all().take(PERCENTS.len())
    }

    /// Bands of the asks, which purchases eat, from the narrowest on.
    pub fn asks() -> impl Iterator<Item = Self> {
        Self::all().skip(PERCENTS.len())
    }

    /// The bands that an execution eats which closes positions of a side: closing longs sells into the bids.
    pub fn hit_by_closing(side: PositionSide) -> impl Iterator<Item = Self> {
        let skip = match side {
            PositionSide::Long => 0,
            PositionSide::Short => PERCENTS.len(),
        };
        Self::all().skip(skip).take(PERCENTS.len())
    }

    /// The band that files write as a percentage: negative for bids. None of a percentage that is no band.
    pub fn of_percentage(percentage: f64) -> Option<Self> {
        let place = PERCENTS.iter().position(|p| (percentage.abs() - p).abs() < 1e-6)?;
        let first = if percentage < 0.0 { 0 } else { PERCENTS.len() };
        Some(Self((first + place) as u8))
    }

    /// Whether it is of the bids.
    pub const fn is_bid(self) -> bool {
        (self.0 as usize) < PERCENTS.len()
    }

    /// Distance from the middle price, per cent, above 0.
    pub const fn percent(self) -> f64 {
        PERCENTS[self.0 as usize % PERCENTS.len()]
    }

    /// Place among all bands.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The order book at a moment. Held in single precision, because a year has a million of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthSnapshot {
    /// The moment.
    pub time_ms: i64,
    coins: [f32; Band::COUNT],
    usd: [f32; Band::COUNT],
    /// Bands that are known, a bit each.
    known: u16,
    /// Bands that are known and must not be used.
    masked: u16,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// It is kept.
    New,
    /// It was there already, equal.
    Repeated,
    /// Another one was there, which it replaces.
    Replaced,
    /// It is not above 0 and is not kept.
    Impossible,
}

impl DepthSnapshot {
    /// A moment of which nothing is known yet.
    pub const fn new(time_ms: i64) -> Self {
        Self {
            time_ms,
            coins: [0.0; Band::COUNT],
            usd: [0.0; Band::COUNT],
            known: 0,
            masked: 0,
        }
    }

    /// Adds a row of a file (one band of one moment) to snapshots: to the last one if it is of that moment, else to a new one.
    pub fn push(snapshots: &mut Vec<Self>, time_ms: i64, band: Band, coins: f64, usd: f64) -> Set {
        if snapshots.last().is_none_or(|last| last.time_ms != time_ms) {
            snapshots.push(Self::new(time_ms));
        }
        let last = snapshots.len() - 1;
        snapshots[last].set(band, coins, usd)
    }

    /// Sets how much rests in a band, cumulated from the middle price.
    pub fn set(&mut self, band: Band, coins: f64, usd: f64) -> Set {
        let place = band.index();
        let (coins, usd) = (coins as f32, usd as f32);
        if !(coins.is_finite() && usd.is_finite() && coins > 0.0 && usd > 0.0) {
            return Set::Impossible;
        }
        let known = self.is_known(band);
        if known && self.coins[place] == coins && self.usd[place] == usd {
            return Set::Repeated;
        }
        (self.coins[place], self.usd[place]) = (coins, usd);
        self.known |= 1 << place;
        if known { Set::Replaced } else { Set::New }
    }

    /// Leaves a band out of all estimates.
    pub const fn mask(&mut self, band: Band) {
        self.masked |= 1 << band.index();
    }

    /// Forgets what was masked.
    pub const fn unmask(&mut self) {
        self.masked = 0;
    }

    /// Whether a band is in the file.
    pub const fn is_known(&self, band: Band) -> bool {
        self.known & (1 << band.index()) != 0
    }

    /// Whether a band is known and found good.
    pub const fn is_usable(&self, band: Band) -> bool {
        self.known & !self.masked & (1 << band.index()) != 0
    }

    /// Dollars between the middle price and the band's end, where that is known and found good.
    pub fn usd(&self, band: Band) -> Option<f64> {
        self.is_usable(band).then(|| f64::from(self.usd[band.index()]))
    }

    /// Coins between the middle price and the band's end, where that is known and found good.
    pub fn coins(&self, band: Band) -> Option<f64> {
        self.is_usable(band).then(|| f64::from(self.coins[band.index()]))
    }

    /// Coins and dollars as the file has them, good or not.
    pub fn stated(&self, band: Band) -> Option<(f32, f32)> {
        self.is_known(band)
            .then(|| (self.coins[band.index()], self.usd[band.index()]))
    }
}

/// The order book over time, sorted, times unique.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Depth {
    snapshots: Vec<DepthSnapshot>,
    interval_ms: i64,
}

impl Depth {
    /// Sorted snapshots with unique times and their usual distance.
    pub(crate) const fn new(snapshots: Vec<DepthSnapshot>, interval_ms: i64) -> Self {
        Self { snapshots, interval_ms }
    }

    /// All of them, in order of time.
    pub fn snapshots(&self) -> &[DepthSnapshot] {
        &self.snapshots
    }

    /// The usual distance of two.
    pub const fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// Those in [from, to).
    pub fn between(&self, from_ms: i64, to_ms: i64) -> &[DepthSnapshot] {
        let from = self.snapshots.partition_point(|s| s.time_ms < from_ms);
        let to = self.snapshots.partition_point(|s| s.time_ms < to_ms);
        &self.snapshots[from..to.max(from)]
    }

    /// Gives the snapshots back.
    pub(crate) fn into_snapshots(self) -> Vec<DepthSnapshot> {
        self.snapshots
    }
}
