//! What is read off the model: the figures of a step and of a run, the event log, the ledger that must hold, and maps of what has
//! not happened yet.

pub mod contagion;
pub mod dealer_figures;
pub mod delta_map;
pub mod event_log;
pub mod figures;
pub mod horizon;
pub mod ledger;
pub mod metrics;
pub mod observation;
pub mod reproduction;
pub mod systemic;
pub mod venue_figures;
mod wording;
