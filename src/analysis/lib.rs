//! What is computed beside running one model: questions that take many runs (sweeps over one or two parameters, what each
//! slider would change, what each intervention saves, how bad a bad outcome is), and what follows without a run. Nothing here draws, reads files or prints;
//! runs are made on several threads, and results do not depend on their number.

pub mod adoption;
pub mod axis;
mod background;
pub mod batch;
pub mod calibration;
pub mod contagion;
pub mod crossings;
pub mod distributions;
pub mod ensemble;
pub mod explanation;
pub mod forecast;
pub mod gex;
pub mod hindcast;
pub mod interventions;
pub mod lesson;
pub mod liquidation_map;
pub mod market_start;
pub mod metric;
mod newest;
pub mod news;
pub mod observed;
mod parallel;
mod refinement;
pub mod sensitivity;
pub mod statistics;
pub mod step_cost;
pub mod stress;
pub mod sweep;
mod thumbnail;

pub use axis::{Axis, AxisError};
pub use background::{Background, let_go};
pub use batch::{Batch, Change, Outcome, Results};
pub use metric::Metric;
pub use newest::{Newest, Turn};
pub use parallel::{Cancel, beside, cores, in_order};
pub use refinement::{Pace, Refinement, coarse_to_fine};
pub use statistics::Statistics;
pub use step_cost::StepCost;
pub use sweep::{Grid, Shard};
pub use thumbnail::Thumbnail;
