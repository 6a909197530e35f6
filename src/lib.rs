//! cascade-lab: how leverage turns a small price move into a crash.

pub mod engine;
pub mod scenario;
