//! Lines above the plots: their frame, and one of text with something to click at its right.

use eframe::egui::{Align, Color32, Frame, Layout, Margin, RichText, Stroke, Ui};

/// The frame of what stands over the plots.
pub(crate) fn frame(ui: &Ui, edge: Color32) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(10, 4))
        .outer_margin(Margin {
            left: 6,
            right: 6,
            top: 4,
            bottom: 2,
        })
}

/// A framed line of text with something to click in a room of this width at its right; returns whether it was clicked.
pub(crate) fn strip(
    ui: &mut Ui,
    edge: Color32,
    text: RichText,
    room: f32,
    button: impl FnOnce(&mut Ui) -> bool,
) -> bool {
    let strip = frame(ui, edge).show(ui, |ui| {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - room).max(0.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.label(text);
            });
            ui.with_layout(Layout::right_to_left(Align::Min), button).inner
        })
        .inner
    });
    strip.inner
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    /// Panels at both sides may leave less room than the button needs.
    #[test]
    fn a_strip_narrower_than_its_button_is_drawn() {
        for width in [1.0, 30.0, 100.0, 600.0] {
            let mut window = Harness::builder().with_size([width, 60.0]).build_ui(|ui| {
                strip(ui, Color32::RED, RichText::new("A line of text"), 120.0, |ui| {
                    ui.button("Away").clicked()
                });
            });
            window.run();
            assert!(width < 600.0 || window.query_by_label("Away").is_some());
        }
    }
}
