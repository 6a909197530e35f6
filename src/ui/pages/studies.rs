//! Studies in place of the plots: fragility, sensitivity, what interventions save, and what is at risk.

pub mod at_risk;
mod chart;
mod controls;
pub mod fragility;
pub mod interventions;
mod page;
pub mod poster;
mod scale;
pub mod sensitivity;

#[cfg(test)]
mod tests;
