//! cascade-lab.

pub mod app;
pub mod cli;
pub mod engine;
pub mod files;
pub mod scenario;
pub mod ui;
