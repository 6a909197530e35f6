//! The length of a year.

/// Seconds of a year, for volatilities.
pub const YEAR_SECONDS: f64 = 365.0 * 86_400.0;
