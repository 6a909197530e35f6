//! The plots as things one can take hold of: borders that are dragged, and a menu for each.

use eframe::egui::accesskit::Role;
use eframe::egui::{CursorIcon, Id, Key, Popup, Rect, Sense, SetOpenCommand, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::layout::{GAP, Layout, PRICE_HEIGHT, ROW_HEIGHT};
use super::list;
use super::plot::{Plot, Row};
use super::shown::Shown;
use crate::border::{self, Axis};
use crate::palette::Palette;
use cascade_app::{Command, Export, Picture, PlotId, WorkspaceCommand};

/// How far an arrow key moves a border, in points.
const KEY_MOVES: f32 = 12.0;

/// Draws what moves the borders between the plots.
pub(super) fn borders(ui: &Ui, layout: &Layout, palette: &Palette, commands: &mut Vec<Command>) {
    let mut above = layout.price;
    for (index, (plot, rect)) in layout.rows.iter().enumerate() {
        let about = plot.about();
        let place = Rect::from_min_max(pos2(rect.left(), rect.top() - GAP), rect.right_top());
        let response = ui.interact(place, Id::unique(("border above", about.name)), Sense::drag());
        let name = format!("Border above {}", about.title);
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, &name));
        if response.hovered() || response.dragged() {
            ui.set_cursor_icon(CursorIcon::ResizeVertical);
        }
        let stroke = if response.dragged() || response.has_focus() {
            border::focus(palette)
        } else if response.hovered() {
            Stroke::new(2.0, palette.weak_text)
        } else {
            Stroke::NONE
        };
        ui.painter().hline(place.x_range(), place.center().y, stroke);
        let pointer = response.interact_pointer_pos().filter(|_| response.dragged());
        let wanted = pointer.map_or_else(
            || KEY_MOVES * border::keys(ui, response.id, Axis::Down) as f32,
            |pointer| pointer.y - place.center().y,
        );
        let least = if index == 0 { PRICE_HEIGHT } else { ROW_HEIGHT.0 };
        let up = least - above.height();
        let down = height(layout, index) - ROW_HEIGHT.0;
        let moved = wanted.clamp(up.min(0.0), down.max(0.0));
        if moved != 0.0 {
            commands.push(WorkspaceCommand::SetHeights(shares(layout, index, moved)).into());
        }
        above = *rect;
    }
}

/// The height of a plot without the time axis.
fn height(layout: &Layout, index: usize) -> f32 {
    let rect = layout.rows[index].1;
    let axis = if index + 1 == layout.rows.len() {
        super::frame::TIME_AXIS_HEIGHT
    } else {
        0.0
    };
    rect.height() - axis
}

/// All heights, with the border above one of the plots moved down by so much.
fn shares(layout: &Layout, border: usize, moved: f32) -> Vec<(PlotId, f32)> {
    let of = |(index, (plot, _)): (usize, &(Row, Rect))| {
        let change = if index == border {
            -moved
        } else if index + 1 == border {
            moved
        } else {
            0.0
        };
        (plot.about().id, (height(layout, index) + change) / layout.height)
    };
    layout.rows.iter().enumerate().map(of).collect()
}

/// The menu that a right click opens on a plot, or Enter where the plot has the focus.
pub(super) fn menus(shown: &[Shown], layout: &Layout, arrangement: &cascade_app::Layout, commands: &mut Vec<Command>) {
    for one in shown {
        let about = one.plot.map(Plot::about);
        let picture = about.map_or(Picture::Price, |about| Picture::Plot(about.id));
        let by_key = one.response.has_focus() && one.response.ctx.input(|input| input.key_pressed(Key::Enter));
        let mut menu = Popup::context_menu(&one.response);
        let pointed =
            one.response.secondary_clicked() || Popup::position_of_id(&one.response.ctx, menu.get_id()).is_some();
        if by_key {
            menu = menu.open_memory(SetOpenCommand::Bool(true));
        }
        if !pointed {
            menu = menu.at_position(one.inner.left_top() + vec2(24.0, 24.0));
        }
        menu.show(|ui| {
            let mut first = by_key;
            let mut item = |ui: &mut Ui, label: &str, enabled: bool, command: Command| {
                let item = ui.add_enabled(enabled, eframe::egui::Button::new(label));
                if std::mem::take(&mut first) {
                    item.request_focus();
                }
                if item.clicked() {
                    commands.push(command);
                    ui.close();
                }
            };
            ui.weak(about.map_or("Spot price", |about| about.title));
            item(
                ui,
                "Copy the picture",
                true,
                WorkspaceCommand::CopyPicture(picture).into(),
            );
            let save = WorkspaceCommand::AskExport(Export::Picture(picture));
            item(ui, "Save the picture (PNG)…", true, save.into());
            if let Some(about) = about {
                ui.separator();
                for (label, other) in neighbours(layout, about.id) {
                    let order = other
                        .map(|other| exchanged(arrangement, about.id, other))
                        .unwrap_or_default();
                    item(ui, label, other.is_some(), WorkspaceCommand::Arrange(order).into());
                }
                item(
                    ui,
                    "Hide",
                    true,
                    Command::Workspace(WorkspaceCommand::ShowPlot(about.id, false)),
                );
            }
            let chosen = !arrangement.heights.is_empty();
            item(
                ui,
                "Usual heights",
                chosen,
                WorkspaceCommand::SetHeights(Vec::new()).into(),
            );
        });
    }
}

/// The plots that stand next to one, and what changing places with them is called.
fn neighbours(layout: &Layout, plot: PlotId) -> [(&'static str, Option<PlotId>); 2] {
    let id = |(row, _): &(Row, Rect)| row.about().id;
    let at = |place: Option<usize>| layout.rows.get(place?).map(id);
    let place = layout.rows.iter().position(|row| id(row) == plot);
    [
        ("Move up", at(place.and_then(|place| place.checked_sub(1)))),
        ("Move down", at(place.map(|place| place + 1))),
    ]
}

/// The order of all plots after two of them have changed places.
fn exchanged(arrangement: &cascade_app::Layout, one: PlotId, other: PlotId) -> Vec<PlotId> {
    let swap = |plot: PlotId| match plot {
        plot if plot == one => other,
        plot if plot == other => one,
        plot => plot,
    };
    let rows = list::rows(arrangement).into_iter();
    rows.map(|row| swap(row.about().id)).collect()
}
