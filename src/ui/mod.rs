//! The window: reads the state, draws it and returns commands.

pub mod actions;

pub mod command_palette;
mod compare;
pub mod dialog;
mod drop;
mod events;
mod export;
mod field;
mod figures;
mod fuzzy;
pub mod help;
mod icon;
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
mod remarks;
mod remembered;
pub mod shell;
mod studies;
mod style;
mod timeline;
mod transport;
mod window;

pub use window::{Renderer, WindowError, WindowOptions, run};
