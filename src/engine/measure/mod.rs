//! What is read off the model: the figures of a step and of a run, the event log, the ledger that must hold, and maps of what has
//! not happened yet.

pub(crate) mod contagion;
pub(crate) mod dealer_figures;
pub(crate) mod delta_map;
pub(crate) mod event_log;
pub(crate) mod figures;
pub(crate) mod horizon;
pub(crate) mod ledger;
pub(crate) mod metrics;
pub(crate) mod observation;
pub(crate) mod reproduction;
pub(crate) mod systemic;
pub(crate) mod venue_figures;
mod wording;
