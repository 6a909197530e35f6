//! Everything that is read from or written to disk: presets, with the position of every mistake, the user's own
//! collection of them, time series and logs of events.

mod document;
pub mod events;
pub mod export;
mod format_1;
pub mod library;
pub mod options;
pub mod preset;
pub mod saving;
pub mod series;
