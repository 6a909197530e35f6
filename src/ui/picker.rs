//! A list whose rows are chosen with the arrow keys while the text field above it keeps the focus.

use eframe::egui::{Color32, Key, Modifiers, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::palette::Palette;

/// Rows that a page key moves.
const PAGE: usize = 10;

/// The row that is chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picker {
    /// Its place, from 0.
    pub row: usize,
    /// It was moved by a key in this frame, so that it has to be brought into view.
    moved: bool,
}

impl Default for Picker {
    /// The first row; it has to be brought into view, because lists remember how far they were scrolled.
    fn default() -> Self {
        Self { row: 0, moved: true }
    }
}

impl Picker {
    /// Chooses the first row, and brings it into view.
    pub(crate) const fn restart(&mut self) {
        self.row = 0;
        self.moved = true;
    }

    /// Takes the keys that move in a list of so many rows; to be called before the text field sees them.
    pub(crate) fn keys(&mut self, ui: &Ui, rows: usize) {
        let last = rows.saturating_sub(1);
        let before = self.row;
        // On a slow machine one frame sees several presses.
        let taken = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        for _ in 0..taken(Key::ArrowDown) {
            self.row = if self.row >= last { 0 } else { self.row + 1 };
        }
        for _ in 0..taken(Key::ArrowUp) {
            self.row = if self.row == 0 { last } else { self.row - 1 };
        }
        self.row += PAGE * taken(Key::PageDown);
        self.row = self.row.min(last).saturating_sub(PAGE * taken(Key::PageUp));
        self.row = self.row.min(last);
        self.moved |= self.row != before;
    }

    /// The colour of what a row says besides its name; on the ground of the chosen one it is that of the name.
    pub(crate) const fn besides(&self, place: usize, palette: &Palette) -> Color32 {
        if self.row == place {
            palette.text
        } else {
            palette.weak_text
        }
    }

    /// A row of this height over the whole width; the name is what screen readers say.
    pub(crate) fn row(&mut self, ui: &mut Ui, place: usize, height: f32, name: &str) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        let chosen = place == self.row;
        response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, name));
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_selected(chosen));
        if chosen && !ui.is_sizing_pass() && std::mem::take(&mut self.moved) {
            // What stands above the first row belongs to it.
            let above = if place == 0 { height } else { 0.0 };
            ui.scroll_to_rect(rect.with_min_y(rect.top() - above), None);
        }
        let fill = if chosen {
            ui.visuals().selection.bg_fill
        } else if response.hovered() {
            ui.visuals().widgets.hovered.weak_bg_fill
        } else {
            return response;
        };
        ui.painter().rect_filled(rect, 4.0, fill);
        response
    }
}
