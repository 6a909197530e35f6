//! The price levels that liquidation clusters are counted on.

/// Levels of equal width in log price, centred on a reference price. Its prices are plain numbers, USD per coin: it is read where
/// figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceGrid {
    /// Price in the middle.
    pub reference: f64,
}

impl PriceGrid {
    /// Number of levels.
    pub const LEVELS: usize = 1536;
    /// Width of a level in log price: 0.1 %. The grid reaches from 46 % to 215 % of the reference.
    pub const WIDTH: f64 = 0.001;

    /// The level a price falls in, if the grid reaches that far.
    pub fn level(&self, price: f64) -> Option<usize> {
        let place = libm::log(price / self.reference) / Self::WIDTH + Self::LEVELS as f64 / 2.0;
        (place >= 0.0 && place < Self::LEVELS as f64).then_some(place as usize)
    }

    /// Lower bound of a level (or, with [`Self::LEVELS`], the upper bound of the grid).
    pub fn lower_bound(&self, level: usize) -> f64 {
        self.reference * libm::exp((level as f64 - Self::LEVELS as f64 / 2.0) * Self::WIDTH)
    }
}

/// Notional in USD by level of a [`PriceGrid`], longs and shorts apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// Longs, lowest price first; [`PriceGrid::LEVELS`] numbers.
    pub longs: Vec<f64>,
    /// Shorts, lowest price first; [`PriceGrid::LEVELS`] numbers.
    pub shorts: Vec<f64>,
}

impl Default for Clusters {
    fn default() -> Self {
        Self {
            longs: vec![0.0; PriceGrid::LEVELS],
            shorts: vec![0.0; PriceGrid::LEVELS],
        }
    }
}

impl Clusters {
    /// Sets everything to 0.
    pub fn clear(&mut self) {
        self.longs.fill(0.0);
        self.shorts.fill(0.0);
    }
}
