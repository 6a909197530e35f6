//! The plots in the middle of the window, and what pictures over time on other pages are made of.

mod aim;
mod arrange;
pub(super) mod canvas;
mod chain;
mod clusters;
mod cursor;
pub(super) mod fan;
mod follow;
pub(super) mod frame;
pub(super) mod gamma;
pub(super) mod heatmap;
mod layout;
pub(super) mod legend;
pub(super) mod levels;
pub mod linked;
pub mod list;
mod marks;
mod observed;
mod overlay;
mod plot;
pub(super) mod poster;
pub(super) mod price;
pub(super) mod shown;
mod story;
pub(super) mod strip;
pub(super) mod view;
