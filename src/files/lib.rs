//! Everything that is read from or written to disk: presets, with the position of every mistake, the user's own
//! collection of them, tables that become part of a scenario, time series and logs of events.

pub mod disk;
mod document;
pub mod events;
pub mod export;
mod format_1;
pub mod growing;
pub mod import;
mod json;
pub mod lesson;
pub mod library;
pub mod link;
mod number;
pub mod opening;
mod options;
mod packed;
mod plan;
mod positions;
pub mod preset;
mod price_path;
pub mod problem;
pub mod read_as;
mod reading;
pub mod record;
pub mod report;
pub mod saving;
pub mod series;
mod shipped;
pub mod table;
pub mod time;
