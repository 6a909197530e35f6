//! What can be computed about a market without running it, and questions that take many runs: clones of a simulation are
//! changed and run on, on worker threads. Nothing here draws, reads files or prints.

pub mod gex;
pub mod stress;
