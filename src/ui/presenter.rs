//! What stands over the plots for an audience: the few figures that matter, large enough for the last row.

use eframe::egui::{Align, Color32, Layout, Role, Ui, WidgetInfo};

use cascade_app::{App, Command, WorkspaceCommand};
use cascade_scenario::format;

use super::palette::Palette;
use super::{figures, style};

/// Draws the line of figures.
pub fn show(ui: &mut Ui, app: &App, palette: &Palette, commands: &mut Vec<Command>) {
    let (summary, seen) = (app.shown_summary(), app.shown_asset().observation());
    let ratio = seen.reproduction();
    let start = app.shown_asset().parameters().market.start_price;
    ui.horizontal(|ui| {
        figure(ui, "price", &format::price(seen.spot), palette.text);
        figure(
            ui,
            "since the start",
            &format::percent(seen.spot / start - 1.0, 1),
            palette.text,
        );
        figure(ui, "amplified", &figures::amplified(&summary), palette.notice);
        let color = if ratio >= 1.0 { palette.critical } else { palette.text };
        figure(ui, "R", &format!("{ratio:.2}"), color);
        figure(
            ui,
            "liquidated",
            &format::short(summary.liquidated_notional_usd),
            palette.forced,
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Leave (F5)").clicked() {
                commands.push(Command::Workspace(WorkspaceCommand::TogglePresenter));
            }
        });
    });
}

fn figure(ui: &mut Ui, name: &str, value: &str, color: Color32) {
    let shown = ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.label(style::strong(value, 22.0).color(color));
        ui.weak(name);
    });
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {value}")));
    ui.add_space(10.0);
}
