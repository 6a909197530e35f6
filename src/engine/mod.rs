//! The model: everything that happens in a market of levered positions, step by step. It knows no window, no files, no
//! clock and no threads; the same scenario gives the same run, bit for bit.

mod amm;
mod arbitrage;
mod asset;
mod breakers;
mod calls;
mod chronicle;
mod contagion;
pub mod contract;
mod cross;
mod exogenous;
mod funding;
pub mod grid;
pub mod ladder;
mod ledger;
mod liquidation;
mod margin;
mod market;
mod metrics;
mod observation;
mod oracle;
mod population;
mod random;
mod reopening;
mod reproduction;
mod route;
mod simulation;
mod source;
mod staggered;
mod tiers;
mod venue;
mod waterfall;
mod world;

pub use asset::Asset;
pub use calls::expected_shortfall;
pub use contagion::Contagion;
pub use contract::{ContractKind, Position, Requirement, Side};
pub use exogenous::YEAR_SECONDS;
pub use grid::{Clusters, PriceGrid};
pub use ledger::TOLERANCE;
pub use observation::{Halt, LogEntry, LogKind, Observation, Summary};
pub use population::{Placement, Population};
pub use reproduction::critical_leverage;
pub use route::ByRoute;
pub use simulation::{Simulation, attribution};
pub use source::{BySource, Source};
