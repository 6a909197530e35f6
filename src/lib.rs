//! cascade-lab.

pub mod cli;
pub mod engine;
pub mod files;
pub mod scenario;
