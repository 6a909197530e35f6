//! The model: everything that happens in a market of levered positions, step by step. It knows no window, no files, no
//! clock and no threads; the same scenario gives the same run, bit for bit.

mod asset;
mod cross;
mod forced;
mod lending;
mod log;
mod market;
mod measure;
mod positions;
mod random;
mod simulation;
mod traders;
mod world;

pub use forced::netting;
pub use market::grid;
pub use positions::{contract, ladder};
pub use traders::black76;

pub use asset::Asset;
pub use cross::Spillover;
pub use forced::calls::expected_shortfall;
pub use forced::clearing::ClearingFigures;
pub use forced::route::{ByRoute, ImpactByRoute};
pub use forced::waterfall::Insolvent;
pub use lending::{
    HEALTH_BINS, HEALTH_MAX, LendingFigures, LendingRound, LendingSummary, Loan, LoanTerms, WithoutFeedback,
};
pub use log::{Halt, LogEntry, LogEvent, LogKind};
pub use market::exogenous::YEAR_SECONDS;
pub use market::grid::{Clusters, PriceGrid};
pub use market::source::{BySource, Source};
pub use measure::contagion::Contagion;
pub use measure::delta_map::{DeltaMap, ForcedFlow, LEVEL_STEP, MAP_REACH, MapLevel, Outward, Runaway};
pub use measure::ledger::TOLERANCE;
pub use measure::observation::{LargestMove, Observation, Summary};
pub use measure::reproduction::critical_leverage;
pub use measure::systemic::{RecoveryTime, SYNCHRONY_THRESHOLD, SystemicFigures, SystemicSummary};
pub use measure::venue_figures::VenueFigures;
pub use positions::contract::{ContractKind, Position, Requirement, Side};
pub use positions::listed::{PastLiquidation, past_liquidation};
pub use positions::population::{Placement, Population};
pub use positions::survey::{StandingPosition, SurveyPlace};
pub use simulation::{Origin, RunEvent, Simulation, attribution};
pub use traders::dealers::{GammaLevel, INDEX_SIGNS};
