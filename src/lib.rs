//! cascade-lab.

pub mod scenario;
