//! What joins books: the index, arbitrage between those at home, and bridges to the spot books of other regions, each of which has
//! its own depth and impact under the same efficient price. No venue trades there; what reaches them comes by a bridge, or with the
//! news.

use cascade_scenario::{BookId, IndexSource, Parameters, RegionId};

use super::{Book, Market};
use crate::market::source::Level;
use crate::units::Usd;

impl Book {
    /// Nobody has traded in it, and every maker stands.
    pub(super) fn undisturbed() -> Self {
        Self {
            depth_factor: 1.0,
            quoted: 1.0,
            ..Self::default()
        }
    }
}

/// Moves those of some books that trade towards their depth-weighted mean by this share of the gap; causes move with the prices.
fn pull(books: &mut [Book], share: f64) {
    let trading = || books.iter().filter(|book| !book.halted);
    let total: Usd = trading().map(|book| book.depth).sum();
    let mut mean = Level::default();
    for book in trading() {
        mean.add_scaled(&book.impact, book.depth / total);
    }
    for book in books.iter_mut().filter(|book| !book.halted) {
        book.displaced.add_scaled(&book.impact, -share);
        book.displaced.add_scaled(&mean, share);
        book.impact.scale(1.0 - share);
        book.impact.add_scaled(&mean, share);
    }
}

impl Market {
    /// Moves every book at home that trades towards their depth-weighted mean by this share of its gap.
    pub fn pull_together(&mut self, share: f64) {
        pull(&mut self.books, share);
        self.refresh();
    }

    /// The index, in logarithms, with its causes: the mean of the books' log prices by their shares in it.
    #[inline]
    pub fn index_level(&self) -> Level {
        if self.index == IndexSource::Spot {
            return self.spot_level();
        }
        let mut index = self.efficient;
        for (id, book) in BookId::each(&self.books) {
            index.add_scaled(&book.impact, self.index_share(id));
        }
        index
    }

    /// The same over the books that trade; none if all are halted.
    pub fn trading_level(&self) -> Option<Level> {
        let trading = || self.books.iter().filter(|book| !book.halted);
        let total: Usd = trading().map(|book| book.depth).sum();
        let mut mean = self.efficient;
        for book in trading() {
            mean.add_scaled(&book.impact, book.depth / total);
        }
        (total > Usd::ZERO).then_some(mean)
    }

    /// Takes over how deep the other regions' spot books are.
    pub(super) fn configure_abroad(&mut self, parameters: &Parameters) {
        let liquidity = &parameters.liquidity;
        let at_home = Usd::new(liquidity.depth) * liquidity.spot_share * parameters.spot_share_at_home();
        for (id, book) in RegionId::each(&mut self.abroad) {
            book.depth_at_start = at_home * parameters.region[id.index()].depth_weight;
        }
    }

    /// The spot books of other regions.
    pub fn abroad(&self) -> &[Book] {
        &self.abroad
    }

    /// All other regions.
    pub fn regions(&self) -> impl Iterator<Item = RegionId> + use<> {
        RegionId::first(self.abroad.len())
    }

    /// How much dearer a coin is in another region than at home, in logarithms.
    pub fn gap_to(&self, region: RegionId) -> f64 {
        self.abroad[region].impact.total - self.books[BookId::SPOT].impact.total
    }

    /// The widest gap to any of them, without its sign.
    pub fn widest_gap(&self) -> f64 {
        self.regions()
            .fold(0.0, |widest, region| self.gap_to(region).abs().max(widest))
    }

    /// Moves the spot book at home and that of another region towards their depth-weighted mean by this share of the gap.
    pub fn pull_over(&mut self, region: RegionId, share: f64) {
        let mut pair = [self.books[BookId::SPOT], self.abroad[region]];
        pull(&mut pair, share);
        let common = self.common();
        for book in &mut pair {
            book.refresh(common);
        }
        [self.books[BookId::SPOT], self.abroad[region]] = pair;
    }

    /// The home book's share of the depth that all regions' spot books would have with every maker.
    pub(super) fn share_of_spot(&self) -> f64 {
        let home = self.books[BookId::SPOT].full_depth;
        let abroad: Usd = self.abroad.iter().map(|book| book.full_depth).sum();
        home / (home + abroad)
    }

    /// The mean of all regions' spot books by their depth, with its causes.
    #[inline]
    pub(super) fn spot_level(&self) -> Level {
        if self.abroad.is_empty() {
            return self.level(BookId::SPOT);
        }
        let of_home = self.share_of_spot();
        let home = &self.books[BookId::SPOT];
        let mut mean = self.efficient;
        mean.add_scaled(&home.impact, of_home);
        for book in &self.abroad {
            mean.add_scaled(&book.impact, of_home * book.full_depth / home.full_depth);
        }
        mean
    }
}
