//! Prices and books: the efficient price, the spot book and one futures book a venue, the pool, arbitrage between them, the
//! index that venues see, what comes from outside, and the makers who stand in the books.

pub(crate) mod amm;
pub(crate) mod arbitrage;
pub(crate) mod books;
pub(crate) mod bridges;
pub(crate) mod exogenous;
pub mod grid;
pub(crate) mod makers;
pub(crate) mod noise_flow;
pub(crate) mod oracle;
pub(crate) mod source;
pub(crate) mod volatility;
