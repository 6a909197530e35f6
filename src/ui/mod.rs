//! The window: reads the state, draws it and returns commands.

mod about;
pub mod actions;

mod compare;
mod contagion;
mod delta_map;
pub mod dialog;
mod distributions;
mod events;
mod facts;
mod field;
mod figures;
pub mod help;
mod icon;
mod import;
pub mod lending;
mod menu;
mod notices;
mod number;
mod pages;
pub mod palette;
mod parameters;
pub mod plots;
mod presenter;
mod remarks;
pub mod shell;
mod studies;
mod style;
mod timeline;
mod transport;
mod venues;
mod window;

pub use window::{Renderer, WindowError, WindowOptions, run};
