//! The window: reads the state, draws it and returns commands.

pub mod actions;

pub mod dialog;
mod field;
mod figures;
pub mod help;
mod icon;
pub mod lending;
mod menu;
mod notices;
mod number;
pub mod palette;
mod parameters;
pub mod plots;
pub mod shell;
mod studies;
mod style;
mod transport;
mod window;

pub use window::{Renderer, WindowError, WindowOptions, run};
