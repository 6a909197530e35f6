//! Everything that is read from or written to disk: presets and tables, with the position of every mistake, and time series.

mod document;
mod format_1;
pub mod import;
pub mod options;
pub mod positions;
pub mod preset;
pub mod price_path;
pub mod series;
pub mod table;
