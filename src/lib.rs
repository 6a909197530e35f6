//! cascade-lab.
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
//! assert!(simulation.summary().amplification_factor > 2.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod app;
pub mod cli;
pub mod engine;
pub mod files;
pub mod scenario;
pub mod ui;
