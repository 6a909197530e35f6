//! What is drawn. Reads the state and returns commands.

pub mod palette;
pub mod plots;
