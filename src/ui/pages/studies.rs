//! Studies in place of the plots: fragility, sensitivity, what interventions save, and what is at risk.

pub(crate) mod at_risk;
mod chart;
mod controls;
pub(crate) mod fragility;
pub(crate) mod interventions;
mod page;
pub(crate) mod poster;
mod scale;
pub(crate) mod sensitivity;

#[cfg(test)]
mod tests;

pub(crate) use controls::words;
