//! Borders that are dragged, or moved by the arrow keys while they have the focus.

use std::ops::RangeInclusive;

use eframe::egui::accesskit::{Action, ActionRequest, TreeId};
use eframe::egui::{Align, Event, EventFilter, Id, Key, Panel, Rect, Stroke, Ui};

use super::palette::Palette;
use super::style;

/// Which way a border is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Left and right.
    Across,
    /// Up and down.
    Down,
}

/// How often the arrow keys ask for a move of the border with the focus: right or down less left or up.
pub(crate) fn keys(ui: &Ui, border: Id, axis: Axis) -> i32 {
    if !ui.memory(|memory| memory.has_focus(border)) {
        return 0;
    }
    let (back, forth) = match axis {
        Axis::Across => (Key::ArrowLeft, Key::ArrowRight),
        Axis::Down => (Key::ArrowUp, Key::ArrowDown),
    };
    let filter = EventFilter {
        horizontal_arrows: axis == Axis::Across,
        vertical_arrows: axis == Axis::Down,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(border, filter));
    let count = |key| ui.input(|input| i32::try_from(input.num_presses(key)).unwrap_or(i32::MAX));
    count(forth) - count(back)
}

/// The line that shows where the focus is.
pub(crate) fn focus(palette: &Palette) -> Stroke {
    Stroke::new(3.0, palette.accent)
}

/// A panel at one side of the window.
pub(crate) struct SidePanel {
    /// What its width is remembered by.
    pub salt: &'static str,
    /// Name of its border.
    pub border: &'static str,
    /// [`Align::Min`] for the left side, else the right one.
    pub side: Align,
    /// Width until it is changed, in points.
    pub width: f32,
    /// Least and greatest width, in points.
    pub widths: RangeInclusive<f32>,
}

impl SidePanel {
    /// Draws it with its contents.
    pub(crate) fn show(self, ui: &mut Ui, palette: &Palette, contents: impl FnOnce(&mut Ui)) {
        let left = self.side == Align::Min;
        let panel = if left {
            Panel::left(self.salt)
        } else {
            Panel::right(self.salt)
        };
        // As egui names the border of a panel; the test of the borders fails where it does otherwise.
        let border = ui.scope_id().with(self.salt).with("__resize");
        let moved = keys(ui, border, Axis::Across);
        // egui takes the wishes of a screen reader for a narrower or wider panel, and no keys.
        let action = if (moved > 0) == left {
            Action::Increment
        } else {
            Action::Decrement
        };
        ui.input_mut(|input| {
            for _ in 0..moved.unsigned_abs() {
                input.events.push(Event::AccessKitActionRequest(ActionRequest {
                    action,
                    target_tree: TreeId::ROOT,
                    target_node: border.accesskit_id(),
                    data: None,
                }));
            }
        });
        let shown = panel
            .frame(style::side(ui))
            .default_size(self.width)
            .size_range(self.widths)
            .show(ui, contents);
        ui.ctx()
            .accesskit_node_builder(border, |node| node.set_label(self.border));
        if ui.memory(|memory| memory.has_focus(border)) {
            let Rect { min, max } = shown.response.rect;
            let x = if left { max.x - 1.5 } else { min.x + 1.5 };
            ui.painter().vline(x, min.y..=max.y, focus(palette));
        }
    }
}
