//! What a market's own public record says: prices, open interest, depth, funding and realised liquidations, and what may be
//! estimated from them. Pure like the engine: rows come in as values, nothing here reads files, asks a clock or starts a thread.
//!
//! - [`Rows`] is what was read, in any order and with repetitions; [`Record`] is the same sorted, without repetitions and with
//!   everything that must not be used left out or masked, and each such thing kept as a [`Defect`].
//! - [`book`] estimates where leverage rests, with a band.
//! - [`forced`] says what of a move was forced.
//! - [`validation`] holds the map against printed liquidations and placebos.
//! - [`resilience`] measures the order book: level, shape, hours of the day, thinning, recovery.

pub mod book;
pub mod depth;
pub mod forced;
pub mod record;
pub mod resilience;
pub mod validation;

pub use depth::{Band, Depth, DepthSnapshot};
pub use record::{Bar, Bars, Defect, DefectKind, FundingPoint, Liquidation, OpenInterestPoint, Record, Rows, Series};
pub use resilience::Resilience;

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
