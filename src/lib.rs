//! cascade-lab.

pub mod files;
pub mod scenario;
