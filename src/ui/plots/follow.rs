//! The button that returns to the newest step.

use eframe::egui::{Button, Rect, RichText, Ui, Vec2, vec2};

use super::shown::Shown;
use crate::palette::Palette;

/// Its size.
const SIZE: Vec2 = vec2(64.0, 22.0);

/// Where it stands.
pub(super) fn place(price: Rect) -> Rect {
    Rect::from_min_size(price.right_bottom() - SIZE - vec2(8.0, 8.0), SIZE)
}

/// Draws it. Returns whether it was clicked.
pub(super) fn button(ui: &mut Ui, price: &Shown, palette: &Palette) -> bool {
    let button = Button::new(RichText::new("Follow").color(palette.text)).fill(palette.raised);
    ui.put(place(price.inner), button)
        .on_hover_text("Keep the newest step in view. A double click on a plot does the same.")
        .clicked()
}
