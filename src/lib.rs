//! cascade-lab: how leverage turns a small price move into a crash.

pub mod app;
pub mod engine;
pub mod scenario;
pub mod ui;
