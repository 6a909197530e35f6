//! Levered positions: what one is, how they are drawn or listed, the ladders they wait on, the venues that hold them, and what
//! margin they need.

pub(crate) mod account;
pub(crate) mod charge;
pub(crate) mod clearing;
pub mod contract;
pub(crate) mod funding;
pub mod ladder;
pub(crate) mod listed;
pub(crate) mod margin;
pub mod netting;
pub(crate) mod population;
pub(crate) mod reopening;
pub(crate) mod survey;
pub(crate) mod taken_over;
pub(crate) mod tiers;
pub(crate) mod totals;
pub(crate) mod venue;
pub(crate) mod venues;
pub(crate) mod watch;
