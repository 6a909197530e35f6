//! Type, spacing and frames of the window; the colours come from the palette.

use std::sync::Arc;

use eframe::egui::{
    self, Align, Context, FontData, FontDefinitions, FontFamily, FontId, Frame, Layout, Margin, Rect, Response,
    RichText, Stroke, TextStyle, ThemePreference, Ui, UiBuilder,
    style::{self, ScrollStyle},
    vec2,
};

use cascade_app::Theme;

use super::palette::Palette;

/// Name of the family that headings and figures are set in.
const STRONG: &str = "strong";

/// The type scale, in points: ticks, captions and small words.
pub(crate) const CAPTION: f32 = 11.5;
/// Legends, callouts and heads of tables.
pub(crate) const LABEL: f32 = 12.5;
/// Everything that says nothing else.
pub(crate) const BODY: f32 = 13.0;
/// What stands over a group, and what a class reads.
pub(crate) const SUBHEADING: f32 = 14.0;
/// What stands over a page or a sheet.
pub(crate) const HEADING: f32 = 16.0;
/// Questions to a class, and what a speaker says.
pub(crate) const LARGE: f32 = 18.0;
/// Figures that are the headline.
pub(crate) const FIGURE: f32 = 30.0;

/// Puts Inter before egui's own fonts, which stay for what it lacks. Takes effect with the next frame.
fn install_fonts(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let regular = include_bytes!("../../assets/fonts/inter-regular.otf");
    let semibold = include_bytes!("../../assets/fonts/inter-semibold.otf");
    fonts
        .font_data
        .insert("inter".to_owned(), Arc::new(FontData::from_static(regular)));
    fonts
        .font_data
        .insert("inter-semibold".to_owned(), Arc::new(FontData::from_static(semibold)));
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    for (family, font) in [
        (FontFamily::Proportional, "inter"),
        (FontFamily::Name(STRONG.into()), "inter-semibold"),
    ] {
        let names = std::iter::once(font.to_owned())
            .chain(fallback.iter().cloned())
            .collect();
        fonts.families.insert(family, names);
    }
    ctx.set_fonts(fonts);
}

/// Whether the fonts are there to draw with.
pub(crate) fn ready(ctx: &Context) -> bool {
    ctx.fonts(|fonts| {
        fonts
            .definitions()
            .families
            .contains_key(&FontFamily::Name(STRONG.into()))
    })
}

/// Semibold text of this size.
pub(crate) fn strong(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(strong_font(size)).strong()
}

/// The semibold font.
pub(crate) fn strong_font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}

/// Gives both themes their looks and chooses one.
pub(crate) fn apply(ctx: &Context, theme: Theme) {
    install_fonts(ctx);
    for of in [egui::Theme::Dark, egui::Theme::Light] {
        let palette = Palette::of(theme, of == egui::Theme::Dark);
        ctx.set_visuals_of(of, palette.visuals());
    }
    ctx.all_styles_mut(|style| {
        let sizes = [
            (TextStyle::Small, CAPTION),
            (TextStyle::Body, BODY),
            (TextStyle::Button, BODY),
        ];
        for (kind, size) in sizes {
            style
                .text_styles
                .insert(kind, FontId::new(size, FontFamily::Proportional));
        }
        style.text_styles.insert(TextStyle::Heading, strong_font(HEADING));
        style.spacing.item_spacing = vec2(8.0, 4.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        style.spacing.interact_size.y = 18.0;
        style.spacing.tooltip_width = 360.0;
        style.spacing.slider_rail_height = 3.0;
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
        Theme::Dark | Theme::HighContrast => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
        Theme::System => ThemePreference::System,
    });
}

/// Without a GPU soft edges, shadows and motion cost more than they give; `still` takes away only what moves by itself.
pub(crate) fn reduce(ctx: &Context, reduced: bool, still: bool) {
    let standard = egui::Style::default();
    ctx.all_styles_mut(|style| {
        if reduced || still {
            style.animation_time = 0.0;
            style.scroll_animation = style::ScrollAnimation::none();
        } else {
            style.animation_time = standard.animation_time;
            style.scroll_animation = standard.scroll_animation;
        }
        if reduced {
            style.visuals.window_shadow = egui::Shadow::NONE;
            style.visuals.popup_shadow = egui::Shadow::NONE;
        }
    });
    ctx.tessellation_options_mut(|options| options.feathering = !reduced);
}

/// Scrolls to what the Tab key has just come to, at the end of the contents of what can be scrolled.
pub(crate) fn follow_focus(ui: &Ui) {
    let focused = ui.memory(egui::Memory::focused);
    let come_to = focused
        .and_then(|id| ui.ctx().read_response(id))
        .filter(Response::gained_focus);
    if let Some(one) = come_to
        && ui.min_rect().intersects(one.rect)
        && !ui.clip_rect().contains_rect(one.rect)
    {
        ui.scroll_to_rect(one.rect, None);
    }
}

/// Height of a button with text of this style.
pub(crate) fn button_height(ui: &Ui, text: &TextStyle) -> f32 {
    ui.text_style_height(text) + 2.0 * ui.spacing().button_padding.y
}

/// A line of words, fields and buttons, going on in the next one where it is full: as high as a button from the start, so that words before a
/// button stand at its middle.
pub(crate) fn row<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = button_height(ui, &TextStyle::Button);
        ui.horizontal_wrapped(add).inner
    })
    .inner
}

/// Lays out from left to right what ends at the right edge of the room, so that the Tab key follows the eye, and before it what stands
/// beside it, from right to left; returns what that returns. It is as wide as it was in the pass before; where that is its width no
/// more, nothing of this pass is shown, and the next one has it.
pub(crate) fn at_right<R>(ui: &mut Ui, beside: impl FnOnce(&mut Ui) -> R, last: impl FnOnce(&mut Ui)) -> R {
    let id = ui.next_auto_id().with("width at the right");
    let before: Option<f32> = ui.data(|data| data.get_temp(id));
    let room = ui.available_rect_before_wrap();
    let left = room.right() - before.unwrap_or_default();
    let place = |from: f32, to: f32, layout: fn(Align) -> Layout| {
        let place = Rect::from_x_y_ranges(from..=to, room.y_range());
        UiBuilder::new().max_rect(place).layout(layout(Align::Center))
    };
    let end = (left - ui.spacing().item_spacing.x).max(room.left());
    let beside = ui.scope_builder(place(room.left(), end, Layout::right_to_left), beside);
    let last = ui.scope_builder(place(left, room.right(), Layout::left_to_right), |ui| {
        last(ui);
        ui.min_rect().width()
    });
    if before.is_none_or(|before| (before - last.inner).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, last.inner));
        ui.ctx().request_discard("what ends at the right has another width");
    }
    beside.inner
}

/// The bars at the top and the bottom.
pub(crate) fn bar(ui: &Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .inner_margin(Margin::symmetric(12, 6))
}

/// The panels at the sides.
pub(crate) fn side(ui: &Ui) -> Frame {
    Frame::new().fill(ui.visuals().panel_fill).inner_margin(Margin {
        left: 12,
        right: 8,
        top: 4,
        bottom: 6,
    })
}

/// A raised card.
pub(crate) fn card(ui: &Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .stroke(Stroke::new(1.0, ui.visuals().widgets.noninteractive.bg_stroke.color))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(10, 8))
}

/// Questions and sheets over the window.
pub(crate) fn sheet(ctx: &Context) -> Frame {
    Frame::popup(&ctx.global_style()).inner_margin(Margin::same(18))
}
