//! cascade-lab: how leverage turns a small price move into a crash, as a model one can watch.
//!
//! - [`scenario`]: what a run is made of. Every parameter is described once, in one table; sliders, tooltips, validation,
//!   `--set`, presets and the list of parameters come from it.
//! - [`engine`]: the model. A step goes through the mechanisms in a fixed order; each is one file with its own state.
//! - [`analysis`]: what is computed beside running one model: sweeps, sensitivities, what interventions save and quantiles over
//!   many runs on several threads, a shock tried out on a copy, gamma exposure of an option chain, how positions are
//!   distributed. It draws nothing.
//! - [`market`]: what a market's own public record says: prices, open interest, depth and liquidations as they were, and what
//!   is estimated from them.
//! - [`files`]: presets as readable text, runs as tables; positions, price paths and option chains from tables.
//! - [`app`]: the state of the window and the one function that changes it. It draws nothing. A run is a line of time there:
//!   key frames and simulation between them reach any moment of it, and what is done to it is kept as events.
//! - [`ui`]: panels and plots; they read the state and return commands.
//! - [`cli`]: what the program does without a window.
//!
//! # Invariants of the architecture
//!
//! - Arrows point one way: `ui → app → analysis → engine → scenario`, `app → files → analysis`, `cli → analysis, files`,
//!   `analysis, files → market → scenario`. Each room is a crate whose manifest names the rooms it may use, so the compiler
//!   refuses any other arrow.
//! - The engine, the market and the scenario know no window, no files, no clock and no threads (the `.clippy.toml` of their rooms
//!   forbids them): the same scenario, seed and events give the same run on every machine, bit for bit, and a clone of a
//!   simulation is a snapshot of it.
//! - No step costs more than what it liquidates: prices, funding and margin rates move one threshold a ladder, never the
//!   positions ([`engine::ladder`]).
//! - Prices, log prices, coins and dollars are types of their own in the engine ([`engine::units`]), so that the compiler refuses
//!   to add one to another.
//! - Prices are kept as sums over their sources, so that attribution is not estimated but read off.
//! - The step returns no error: what violates the ledger becomes a reported halt.
//!
//! A run without a window:
//!
//! ```
//! use cascade_lab::engine::Simulation;
//! use cascade_lab::files::preset;
//!
//! let scenario = preset::find("first-cascade")?;
//! let mut simulation = Simulation::new(&scenario)?;
//! for _ in 0..240 {
//!     simulation.step();
//! }
//! // The price fell more than twice as far as its cause.
//! assert!(simulation.assets()[0].summary().amplification_factor.is_some_and(|ratio| ratio > 2.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use cascade_analysis as analysis;
pub use cascade_app as app;
pub use cascade_cli as cli;
pub use cascade_engine as engine;
pub use cascade_files as files;
pub use cascade_market as market;
pub use cascade_scenario as scenario;
pub use cascade_ui as ui;
