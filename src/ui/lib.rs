//! The window: reads the state, draws it and returns commands.
//!
//! - [`plots::list`]: a plot below the price is a file in `plots/list` and a line in the list. Menu, command palette,
//!   arrangement, what is remembered and pictures follow from it.
//! - [`pages`]: a page in place of the plots is a file in `pages` and a line in the list; it keeps what it measures. Tabs, menu
//!   and command palette follow from it.
//! - [`actions`]: what has a name and keys, in one table, gives a command to the state ([`cascade_app::Command`]) or to the window
//!   ([`command::WindowCommand`]). Every panel keeps what is open or typed in it and knows of no other.

mod about;
pub mod actions;
mod banner;
mod border;
pub mod command;
pub mod command_palette;
mod compare;
pub mod dialog;
mod drop;
mod events;
mod export;
mod facts;
mod field;
mod figures;
mod formula;
mod fuzzy;
mod glossary;
pub mod help;
mod icon;
mod import;
mod lesson;
mod library;
mod menu;
mod messages;
mod moment;
mod notices;
mod number;
pub mod page;
pub mod pages;
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
mod shipped;
pub mod sides;
mod style;
mod tabs;
mod tape;
mod timeline;
mod transport;
mod unsaved;
mod window;

pub use window::{Renderer, WindowError, WindowOptions, run};
