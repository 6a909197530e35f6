//! The window: reads the state, draws it and returns commands.

mod about;
pub mod actions;

pub mod command_palette;
mod compare;
mod contagion;
mod delta_map;
pub mod dialog;
mod distributions;
mod drop;
mod events;
mod export;
mod facts;
mod field;
mod figures;
mod fuzzy;
pub mod help;
mod icon;
mod import;
pub mod lending;
mod library;
mod menu;
mod notices;
mod number;
mod pages;
pub mod palette;
mod parameters;
mod picker;
mod pictures;
pub mod plots;
mod presenter;
mod raster;
mod remarks;
mod remembered;
pub mod shell;
mod studies;
mod style;
mod timeline;
mod transport;
mod venues;
mod window;

pub use window::{Renderer, WindowError, WindowOptions, run};
