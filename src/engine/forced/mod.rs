//! Flow that nobody chose: margin calls, liquidation, what slows it down, where it goes, and who pays for it.

pub mod batch;
pub mod breakers;
pub mod calls;
pub mod clearing;
pub mod closing;
pub mod liquidation;
pub mod outage;
pub mod outlet;
pub mod queue;
pub mod route;
pub mod staggered;
pub mod waterfall;
