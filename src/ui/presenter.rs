//! What stands over the plots for an audience: the few figures that matter, large enough for the last row; the sliders that were
//! asked for by name; and a ring around the pointer.

use eframe::egui::{Align, Color32, Context, Id, LayerId, Layout, Order, Role, Ui, Vec2, WidgetInfo, vec2};

use cascade_app::{App, Command, WorkspaceCommand};
use cascade_scenario::{ParameterId, format, parameter};

use super::field::{self, Size};
use super::icon::{self, Icon};
use super::palette::Palette;
use super::{figures, style};

/// Points that the window of an audience is wide and high: everything is enlarged until it is.
const ROOM: Vec2 = vec2(914.0, 514.0);
/// Size of the button that puts a slider away.
const CLOSE: f32 = 18.0;
/// Least room that the button at the right needs.
const LEAVE: f32 = 90.0;
/// Radius of the ring around the pointer.
const RING: f32 = 15.0;

/// How much larger everything is for an audience in a window of this size, in points of the desktop.
pub(crate) fn size(window: Vec2) -> f32 {
    (window / ROOM).min_elem()
}

/// Draws the line of figures; those for which there is no room are left out.
pub(crate) fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let (summary, seen) = (app.shown_summary(), app.shown_asset().observation());
    let ratio = seen.reproduction();
    let start = app.shown_asset().parameters().market.start_price;
    let critical = if ratio >= 1.0 { palette.critical } else { palette.text };
    // Beside each the widest that it usually is: so much room it always has, so that nothing moves while numbers change.
    let figures = [
        ("price", format::price(seen.spot), format::price(start), palette.text),
        (
            "since the start",
            format::percent(seen.spot / start - 1.0, 1),
            "−00.0 %".to_owned(),
            palette.text,
        ),
        (
            "amplified",
            figures::amplified(&summary),
            "00.00×".to_owned(),
            palette.notice,
        ),
        ("R", format!("{ratio:.2}"), "0.00".to_owned(), critical),
        (
            "liquidated",
            format::short(summary.liquidated_notional_usd),
            "000.0 M".to_owned(),
            palette.forced,
        ),
    ];
    ui.horizontal(|ui| {
        for (name, value, widest, color) in figures {
            let width = |text: &str| {
                let font = style::strong_font(style::FIGURE);
                ui.painter().layout_no_wrap(text.to_owned(), font, color).size().x
            };
            let room = width(&value).max(width(&widest));
            if room + LEAVE < ui.available_width() {
                figure(ui, name, &value, color, room);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Leave (F5)").clicked() {
                commands.push(Command::Workspace(WorkspaceCommand::TogglePresenter));
            }
        });
    });
}

fn figure(ui: &mut Ui, name: &str, value: &str, color: Color32, room: f32) {
    let shown = ui.vertical(|ui| {
        ui.set_min_width(room);
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.label(style::strong(value, style::FIGURE).color(color));
        ui.weak(name);
    });
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {value}")));
    ui.add_space(8.0);
}

/// Draws the sliders that were asked for by name while everything else is hidden.
pub(crate) fn pinned(
    ui: &mut Ui,
    app: &App,
    pinned: &mut Vec<ParameterId>,
    palette: &Palette,
    commands: &mut Vec<Command>,
) {
    pinned.retain(|id| {
        let row = parameter(*id);
        ui.push_id(("pinned", &row.path), |ui| {
            let line = vec2(ui.available_width(), CLOSE);
            let put_away = ui
                .allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
                    icon::quiet_button(ui, Icon::Close, &format!("Put {} away", row.label), CLOSE).clicked()
                })
                .inner;
            field::show(ui, app, row, Size::Large, palette, commands);
            !put_away
        })
        .inner
    });
}

/// Draws a ring around the pointer.
pub(crate) fn ring(ctx: &Context, palette: &Palette) {
    let Some(pointer) = ctx.pointer_latest_pos() else {
        return;
    };
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("ring around the pointer")));
    painter.circle(
        pointer,
        RING,
        palette.notice.gamma_multiply(0.18),
        (2.0, palette.notice),
    );
}
