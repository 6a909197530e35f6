//! The model: everything that happens in a market of levered positions, step by step. It knows no window, no files, no
//! clock and no threads; the same scenario gives the same run, bit for bit. Prices, log prices, coins and dollars are types of
//! their own ([`units`]); what is told to a person, [`Observation`] and the other figures, is plain numbers with units in their rows.
//!
//! A market of 20,000 positions, with twice the usual leverage, through its shock:
//!
//! ```
//! use cascade_engine::Simulation;
//! use cascade_scenario::{Action, Event, Scenario, Shock};
//!
//! let mut scenario = Scenario::default();
//! scenario.set("positions.count", 20_000.0)?;
//! scenario.set("leverage.mean", 24.0)?;
//! scenario.events.push(Event {
//!     step: 60,
//!     action: Action::Shock(Shock::default()),
//! });
//! let mut simulation = Simulation::new(&scenario)?;
//! (0..600).for_each(|_| simulation.step());
//! let run = simulation.assets()[0].summary();
//! assert!(run.max_drawdown > 0.02 && run.liquidated_notional_usd > 1e8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asset;
mod clock;
mod cross;
mod forced;
mod lending;
mod log;
mod market;
mod measure;
mod pace;
mod positions;
mod random;
mod simulation;
mod tally;
mod traders;
pub mod units;
mod world;

pub use market::grid;
pub use positions::{contract, ladder, netting};
pub use traders::black76;

pub use asset::Asset;
pub use clock::YEAR_SECONDS;
pub use cross::Spillover;
pub use forced::batch::Insolvent;
pub use forced::calls::expected_shortfall;
pub use forced::outlet::{ByRoute, ImpactByRoute};
pub use lending::{
    HEALTH_BINS, HEALTH_MAX, LendingFigures, LendingRound, LendingSummary, Loan, LoanTerms, WithoutFeedback,
};
pub use log::{Halt, LogEntry, LogEvent, LogKind};
pub use market::books::implied_daily_volume;
pub use market::grid::{Clusters, PriceGrid};
pub use market::source::{BySource, Source};
pub use measure::contagion::{Contagion, FALLS};
pub use measure::delta_map::{DeltaMap, ForcedFlow, LEVEL_STEP, MAP_REACH, MapLevel, Outward, Runaway};
pub use measure::figures::{
    About, AnyFigure, Figure, Group, Interest, Moment, Observation, RunFigure, Split, Summary, Unit,
};
pub use measure::ledger::TOLERANCE;
pub use measure::observation::{LEAST_CAUSE, LargestMove};
pub use measure::reproduction::{LEVERAGE_SAMPLE, critical_leverage, smallest_leverage};
pub use measure::systemic::{RecoveryTime, SYNCHRONY_THRESHOLD, SystemicFigures, SystemicSummary};
pub use measure::venue_figures::VenueFigures;
pub use positions::clearing::ClearingFigures;
pub use positions::contract::{ContractKind, Position, Requirement, Side};
pub use positions::listed::{PastLiquidation, past_liquidation};
pub use positions::population::{Placement, Population};
pub use positions::survey::{StandingPosition, SurveyPlace};
pub use simulation::{Origin, RunEvent, Simulation, attribution};
pub use traders::dealers::{GammaLevel, INDEX_SIGNS};
pub use traders::stops::StopOrder;
