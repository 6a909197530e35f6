//! The model: everything that happens in a market of levered positions, step by step. It knows no window, no files, no
//! clock and no threads; the same scenario gives the same run, bit for bit.

mod amm;
mod arbitrage;
mod asset;
pub mod black76;
mod breakers;
mod calls;
mod chronicle;
mod clearing;
mod contagion;
pub mod contract;
mod cross;
mod dealers;
mod exogenous;
mod funding;
pub mod grid;
pub mod ladder;
mod ledger;
mod lending;
mod liquidation;
mod makers;
mod margin;
mod market;
mod metrics;
pub mod netting;
mod noise_flow;
mod observation;
mod options;
mod oracle;
mod outage;
mod population;
mod predators;
mod providers;
mod random;
mod reopening;
mod reproduction;
mod route;
mod simulation;
mod source;
mod staggered;
mod systemic;
mod tiers;
mod traders;
mod venue;
mod waterfall;
mod world;

pub use asset::Asset;
pub use calls::expected_shortfall;
pub use clearing::ClearingFigures;
pub use contagion::Contagion;
pub use contract::{ContractKind, Position, Requirement, Side};
pub use dealers::{GammaLevel, INDEX_SIGNS};
pub use exogenous::YEAR_SECONDS;
pub use grid::{Clusters, PriceGrid};
pub use ledger::TOLERANCE;
pub use lending::{
    HEALTH_BINS, HEALTH_MAX, LendingFigures, LendingRound, LendingSummary, Loan, LoanTerms, WithoutFeedback,
};
pub use observation::{Halt, LogEntry, LogKind, Observation, Summary};
pub use population::{Placement, Population};
pub use reproduction::critical_leverage;
pub use route::{ByRoute, ImpactByRoute};
pub use simulation::{Simulation, attribution};
pub use source::{BySource, Source, serialize_by_source};
pub use systemic::{RecoveryTime, SystemicFigures, SystemicSummary};
pub use waterfall::Insolvent;
