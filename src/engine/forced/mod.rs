//! Flow that nobody chose: margin calls, liquidation, what slows it down, where it goes, and who pays for it.

pub(crate) mod batch;
pub(crate) mod breakers;
pub(crate) mod calls;
pub(crate) mod clearing;
pub(crate) mod closing;
pub(crate) mod liquidation;
pub(crate) mod outage;
pub(crate) mod outlet;
pub(crate) mod queue;
pub(crate) mod route;
pub(crate) mod staggered;
pub(crate) mod waterfall;
