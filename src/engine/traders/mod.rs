//! Those who trade on purpose: dealers who hedge options, predators, liquidity providers, carry traders, holders with stop orders.

pub(crate) mod accounts;
pub mod black76;
pub(crate) mod carry;
pub(crate) mod dealers;
pub(crate) mod options;
pub(crate) mod options_clearing;
pub(crate) mod predators;
pub(crate) mod providers;
pub(crate) mod stops;
