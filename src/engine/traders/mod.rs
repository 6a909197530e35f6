//! Those who trade on purpose: dealers who hedge options, predators, liquidity providers, carry traders, holders with stop orders.

pub mod accounts;
pub mod black76;
pub mod carry;
pub mod dealers;
pub mod options;
pub mod predators;
pub mod providers;
pub mod stops;
pub mod writers;
