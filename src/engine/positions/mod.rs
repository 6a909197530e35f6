//! Levered positions: what one is, how they are drawn or listed, the ladders they wait on, the venues that hold them, and what
//! margin they need.

pub mod account;
pub mod charge;
pub mod clearing;
pub mod contract;
pub mod funding;
pub mod ladder;
pub mod listed;
pub mod margin;
pub mod netting;
pub mod population;
pub mod reopening;
pub mod survey;
pub mod taken_over;
pub mod tiers;
pub mod totals;
pub mod venue;
pub mod venues;
pub mod watch;
