//! The bar at the top: menus, the name of the preset, and switches for the side panels.

use eframe::egui::{
    Atom, Button, MenuBar, Rangef, Rect, Response, Role, ScrollArea, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use cascade_app::{App, Command, EditCommand, FileCommand, SLOW_MOTIONS, Theme, WorkspaceCommand};
use cascade_files::preset::Shelf;

use super::actions::{self, ACTIONS, Action, ActionEffect, Menu, Standing};
use super::command::WindowCommand;
use super::figures;
use super::icon::{self, Icon};
use super::palette::Palette;
use super::plots::list::PLOTS;
use super::sides::{Side, Sides};
use super::{shipped, style};

/// Side of the buttons at the right.
const BUTTON: f32 = 26.0;
/// The button beside the name.
const ABOUT_PRESET: &str = "About this preset";
/// Side of the mark before a switch that is on.
const CHECK: f32 = 10.0;
/// Room between the name of the preset and what stands beside it.
const GAP: f32 = 8.0;

/// Draws the bar.
pub(crate) fn show(
    ui: &mut Ui,
    standing: &Standing<'_>,
    sides: Sides,
    palette: &Palette,
    commands: &mut Vec<Command>,
    effects: &mut Vec<ActionEffect>,
) {
    let app = standing.app;
    let width = ui.ctx().content_rect().width();
    // As high as its highest button, so that everything stands on one line.
    ui.spacing_mut().interact_size.y = BUTTON;
    let middle = ui.max_rect().center().x;
    MenuBar::new().ui(ui, |ui| {
        ui.label(style::strong("cascade-lab", style::SUBHEADING));
        ui.add_space(6.0);
        for menu in Menu::BAR {
            ui.menu_button(menu.label(), |ui| {
                ui.set_min_width(230.0);
                items(ui, menu, standing, commands, effects);
            });
        }
        let left = ui.cursor().left() + GAP;
        let beside = |ui: &mut Ui| {
            if !sides.shows(Side::Figures, width) {
                figures::short(ui, app, palette);
            }
            let free = Rangef::new(left, ui.cursor().right() - GAP);
            name(ui, app, middle, free, palette)
        };
        let mut wanted = Vec::new();
        let asked = style::at_right(ui, beside, |ui| {
            undo_buttons(ui, app, commands);
            ui.add_space(4.0);
            for (side, icon, name) in [
                (Side::Parameters, Icon::LeftPanel, "Parameters panel"),
                (Side::Figures, Icon::RightPanel, "Key figures panel"),
            ] {
                let shown = sides.shows(side, width);
                ui.scope(|ui| {
                    if shown {
                        ui.visuals_mut().widgets.inactive.fg_stroke.color = palette.accent;
                    }
                    if icon::quiet_button(ui, icon, name, BUTTON).clicked() {
                        wanted.push(WindowCommand::ToggleSide(side));
                    }
                });
            }
        });
        wanted.extend(asked.then_some(WindowCommand::ToggleAboutPreset));
        effects.extend(wanted.into_iter().map(ActionEffect::Window));
    });
}

/// The preset's name and the button that tells about it, in the middle of the bar, as far as that is free. Returns whether the
/// button was clicked.
fn name(ui: &mut Ui, app: &App, middle: f32, free: Rangef, palette: &Palette) -> bool {
    let line = ui.max_rect().center().y;
    let mark = if app.modified() { " •" } else { "" };
    let name = ui.painter().layout_no_wrap(
        format!("{}{mark}", app.present.scenario.name),
        eframe::egui::TextStyle::Body.resolve(ui.style()),
        palette.weak_text,
    );
    let size = name.size();
    let last = free.max - size.x - 1.1 * BUTTON;
    if last < free.min {
        return false;
    }
    let left = (middle - size.x / 2.0).min(last).max(free.min);
    let at = Rect::from_min_size(pos2(left, line - size.y / 2.0), size);
    ui.painter().galley(at.min, name, palette.weak_text);
    let button = Rect::from_center_size(at.right_center() + vec2(BUTTON * 0.6, 0.0), Vec2::splat(BUTTON));
    let builder = UiBuilder::new().max_rect(button);
    let button = ui.scope_builder(builder, |ui| icon::quiet_button(ui, Icon::Info, ABOUT_PRESET, BUTTON));
    button.inner.clicked()
}

/// Undo and redo; what they would do is told at the pointer.
fn undo_buttons(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    for (icon, name, entry, command) in [
        (
            Icon::Undo,
            "Undo (Ctrl+Z)",
            app.undo.done().last(),
            Command::Edit(EditCommand::Undo),
        ),
        (
            Icon::Redo,
            "Redo (Ctrl+Shift+Z)",
            app.undo.undone().last(),
            Command::Edit(EditCommand::Redo),
        ),
    ] {
        ui.add_enabled_ui(entry.is_some(), |ui| {
            let button = icon::quiet_button(ui, icon, name, BUTTON);
            if let Some(entry) = entry {
                button.clone().on_hover_text(&entry.label);
            }
            if button.clicked() {
                commands.push(command);
            }
        });
    }
}

/// The items of a menu, with the menus within it. What cannot be done now is grey and says why at the pointer.
fn items(
    ui: &mut Ui,
    menu: Menu,
    standing: &Standing<'_>,
    commands: &mut Vec<Command>,
    effects: &mut Vec<ActionEffect>,
) {
    let app = standing.app;
    for action in ACTIONS.iter().filter(|action| action.menu == menu) {
        if menu == Menu::File && action.label == "Save" {
            recent(ui, app, commands);
            ui.separator();
        }
        if menu == Menu::File && action.label == "Quit" {
            ui.menu_button(Menu::Export.label(), |ui| {
                ui.set_min_width(230.0);
                items(ui, Menu::Export, standing, commands, effects);
            });
            ui.separator();
            presets(ui, commands);
            ui.separator();
        }
        if action.begins_group {
            ui.separator();
        }
        if item(ui, action, standing).clicked() {
            effects.push(action.effect);
            ui.close();
        }
    }
    if menu == Menu::Run {
        ui.separator();
        for within in [Menu::GoTo, Menu::Speed] {
            ui.menu_button(within.label(), |ui| items(ui, within, standing, commands, effects));
        }
        ui.menu_button("Slow motion in a cascade", |ui| {
            for (factor, name) in SLOW_MOTIONS {
                if ui.radio(app.settings.slow_motion == factor, name).clicked() {
                    commands.push(WorkspaceCommand::SetSlowMotion(factor).into());
                }
            }
        });
    }
    if menu == Menu::Edit {
        ui.separator();
        history(ui, app, commands);
    }
    if menu == Menu::View {
        ui.separator();
        ui.menu_button(Menu::Pages.label(), |ui| {
            ui.set_min_width(300.0);
            items(ui, Menu::Pages, standing, commands, effects);
        });
        ui.menu_button("Visible plots", |ui| {
            for plot in PLOTS {
                let mut shown = plot.is_wanted(&app.settings.plots);
                if ui.checkbox(&mut shown, plot.id().0).clicked() {
                    commands.push(Command::Workspace(WorkspaceCommand::ShowPlot(plot.id(), shown)));
                }
            }
        });
        ui.separator();
        ui.weak("Colours");
        for theme in Theme::ALL.iter().copied() {
            if ui.radio(app.settings.theme == theme, theme.label()).clicked() {
                commands.push(Command::Workspace(WorkspaceCommand::SetTheme(theme)));
            }
        }
    }
}

/// One item: its name behind room for a mark, and its keys.
fn item(ui: &mut Ui, action: &Action, standing: &Standing<'_>) -> Response {
    let (on, blocked) = (action.is_on(standing), (action.blocked)(standing));
    let marked = on == Some(true);
    let mark = Atom::paint(Vec2::splat(CHECK), move |ui, place| {
        if marked {
            icon::paint(ui.painter(), Icon::Check, place.rect, place.fallback_text_color);
        }
    });
    let mut button = Button::new((mark, action.label));
    if let Some(keys) = action.shortcut {
        button = button.shortcut_text(actions::keys_text(ui.ctx(), &keys));
    }
    let response = ui.add_enabled(blocked.is_none(), button);
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(Role::CheckBox, blocked.is_none(), on, action.label),
        None => WidgetInfo::labeled(Role::Button, blocked.is_none(), action.label),
    });
    response.on_disabled_hover_text(blocked.unwrap_or_default())
}

/// What has been done, the newest first, beneath what has been taken back; a click goes to the state after it.
fn history(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let (done, undone) = (app.undo.done(), app.undo.undone());
    ui.weak("History");
    if done.is_empty() && undone.is_empty() {
        ui.weak("Nothing has been changed yet.");
        return;
    }
    let all: Vec<_> = done.iter().chain(undone.iter().rev()).enumerate().collect();
    ScrollArea::vertical()
        .max_height(ui.ctx().content_rect().height() * 0.5)
        .show(ui, |ui| {
            for (index, entry) in all.into_iter().rev() {
                let count = index + 1;
                let entry = ui.add_enabled_ui(true, |ui| {
                    if count > done.len() {
                        ui.visuals_mut().override_text_color = ui.visuals().weak_text_color;
                    }
                    ui.selectable_label(count == done.len(), &entry.label)
                });
                if entry.inner.clicked() {
                    commands.push(Command::Edit(EditCommand::UndoTo(count)));
                    ui.close();
                }
            }
            if ui.selectable_label(done.is_empty(), "As it was opened").clicked() {
                commands.push(Command::Edit(EditCommand::UndoTo(0)));
                ui.close();
            }
        });
}

/// Files that were opened or saved, the newest first; those that are gone are grey.
fn recent(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let files = &app.settings.recent;
    ui.add_enabled_ui(!files.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| {
            for path in files {
                let there = path.is_file();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let name = if there {
                    name.into_owned()
                } else {
                    format!("{name} (missing)")
                };
                let file = ui.add_enabled(there, Button::new(name));
                let place = path.display().to_string();
                if file.on_hover_text(&place).on_disabled_hover_text(&place).clicked() {
                    commands.push(Command::File(FileCommand::Open(path.clone())));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button("Clear the list").clicked() {
                commands.push(WorkspaceCommand::ClearRecent.into());
                ui.close();
            }
        });
    });
}

fn presets(ui: &mut Ui, commands: &mut Vec<Command>) {
    for &shelf in Shelf::ALL {
        ui.menu_button(format!("{} presets", shelf.label()), |ui| {
            let room = ui.ctx().content_rect().height() * 0.85;
            ScrollArea::vertical().max_height(room).show(ui, |ui| {
                for (shipped, scenario) in shipped::presets().iter().filter(|(shipped, _)| shipped.shelf == shelf) {
                    let preset = ui.button(&scenario.name);
                    if preset.on_hover_text(&scenario.description).clicked() {
                        commands.push(Command::File(FileCommand::OpenShipped(shipped.name)));
                        ui.close();
                    }
                }
            });
        });
    }
}
