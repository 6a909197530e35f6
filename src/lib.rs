//! cascade-lab.

pub mod engine;
pub mod files;
pub mod scenario;
