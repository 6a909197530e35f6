//! Those who trade on purpose: dealers who hedge options, predators, liquidity providers.

pub mod accounts;
pub mod black76;
pub mod dealers;
pub mod options;
pub mod predators;
pub mod providers;
