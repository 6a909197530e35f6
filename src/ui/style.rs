//! Spacing, type sizes and frames of the window; the colours come from the palette.

use eframe::egui::{
    self, Context, FontFamily, FontId, Frame, Margin, Stroke, TextStyle, ThemePreference, Ui, style::ScrollStyle, vec2,
};

use crate::app::Theme;

use super::palette::Palette;

/// Gives both themes their looks and chooses one.
pub fn apply(ctx: &Context, theme: Theme) {
    for (of, palette) in [(egui::Theme::Dark, Palette::dark()), (egui::Theme::Light, Palette::light())] {
        ctx.set_visuals_of(of, palette.visuals());
    }
    ctx.all_styles_mut(|style| {
        let sizes = [
            (TextStyle::Small, 11.5),
            (TextStyle::Body, 13.5),
            (TextStyle::Button, 13.5),
            (TextStyle::Heading, 17.0),
        ];
        for (kind, size) in sizes {
            style.text_styles.insert(kind, FontId::new(size, FontFamily::Proportional));
        }
        style.spacing.item_spacing = vec2(8.0, 5.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        style.spacing.interact_size.y = 20.0;
        style.spacing.tooltip_width = 360.0;
        style.spacing.slider_rail_height = 4.0;
        style.spacing.scroll = ScrollStyle::thin();
        style.interaction.tooltip_delay = 0.4;
        style.interaction.selectable_labels = false;
    });
    ctx.options_mut(|options| {
        // Zooming and leaving are actions of the window's own table.
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
    });
    ctx.set_theme(match theme {
        Theme::Dark => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
        Theme::System => ThemePreference::System,
    });
}

/// The bars at the top and the bottom.
pub fn bar(ui: &Ui) -> Frame {
    Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin::symmetric(12, 6))
}

/// The panels at the sides.
pub fn side(ui: &Ui) -> Frame {
    Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin { left: 12, right: 8, top: 4, bottom: 6 })
}

/// A raised card.
pub fn card(ui: &Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .stroke(Stroke::new(1.0, ui.visuals().widgets.noninteractive.bg_stroke.color))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(10, 8))
}
