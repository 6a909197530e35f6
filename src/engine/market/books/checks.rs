//! What the ledger looks at in the books after every step.

use super::Market;
use crate::market::source::{BySource, Level};
use crate::units::LogPrice;

impl Market {
    /// Largest gap between a book's log price and the sum over its sources, relative to the largest part.
    pub fn attribution_error(&self) -> f64 {
        let gap = |level: &Level| {
            let parts: &BySource = &level.by_source;
            let scale = parts.values().fold(1.0_f64, |scale, part| scale.max(part.abs()));
            (level.total - parts.values().sum::<f64>()).abs() / scale
        };
        let books = self.books.iter().chain(&self.abroad);
        books
            .map(|book| gap(&self.efficient.plus(&book.impact)))
            .fold(0.0, f64::max)
    }

    /// Largest gap between a halted book's price and its log price f + I: what moved it although it stands still.
    pub fn halt_error(&self) -> f64 {
        self.book_ids()
            .filter(|book| self.books[*book].halted)
            .map(|book| (LogPrice::of(self.books[book].price, self.start_price) - self.log_price(book)).abs())
            .fold(0.0, f64::max)
    }
}
