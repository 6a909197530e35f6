//! Prices and books: the efficient price, the spot book and one futures book a venue, the pool, arbitrage between them, the
//! index that venues see, what comes from outside, and the makers who stand in the books.

pub mod amm;
pub mod arbitrage;
pub mod books;
pub mod bridges;
pub mod exogenous;
pub mod grid;
pub mod makers;
pub mod noise_flow;
pub mod oracle;
pub mod source;
pub mod volatility;
