//! The line of tabs above the middle of the window: the pages, and the assets where there are several.

use cascade_scenario::AssetId;

use eframe::egui::{Frame, Margin, RichText, Ui};

use cascade_app::{App, Command, WorkspaceCommand};

use super::command::WindowCommand;
use super::page::PageId;
use super::pages::PAGES;
use crate::style;

/// Room that the word before the assets and a line take.
const ASSETS_WIDTH: f32 = 60.0;
/// From this width a tab on they fit on a line at their usual size.
const TAB_WIDTH: f32 = 71.0;
/// Room that an asset takes.
const ASSET_WIDTH: f32 = 26.0;

/// The line that chooses what stands in the middle.
pub(crate) fn show(
    ui: &mut Ui,
    app: &App,
    shown: PageId,
    commands: &mut Vec<Command>,
    wanted: &mut Vec<WindowCommand>,
) {
    // A class that is taught looks at the plots of one asset; the keys and the command palette still lead everywhere.
    let lesson = app.presenting && app.classroom().is_some();
    if lesson && shown == PAGES[0].id && app.present.simulation.assets().len() == 1 {
        return;
    }
    let frame = Frame::new().inner_margin(Margin::symmetric(6, 2));
    frame.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().button_padding.x = 6.0;
            ui.spacing_mut().item_spacing.x = 2.0;
            // As many on a line as fit a small window.
            let tabs = || PAGES.iter().filter(|page| (page.tab)(app) || page.id == shown);
            let narrow = ui.available_width() < TAB_WIDTH * tabs().count() as f32 + assets_width(app);
            if narrow {
                ui.spacing_mut().button_padding.x = 3.0;
                ui.spacing_mut().item_spacing.x = 0.0;
            }
            for page in tabs() {
                let is_shown = page.id == shown;
                let mut name = RichText::new(page.id.0);
                if narrow {
                    name = name.size(style::LABEL);
                }
                if ui.selectable_label(is_shown, name).clicked() && !is_shown {
                    wanted.push(WindowCommand::Show(page.id));
                }
            }
            assets(ui, app, commands);
        });
    });
}

/// Room that the assets take, where there are several.
fn assets_width(app: &App) -> f32 {
    match app.present.simulation.assets().len() {
        0 | 1 => 0.0,
        count => ASSETS_WIDTH + ASSET_WIDTH * count as f32,
    }
}

/// Which asset is shown, where there are several.
fn assets(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let count = app.present.simulation.assets().len();
    if count < 2 {
        return;
    }
    // All of them on one line: beside the pages where there is room, beneath them otherwise.
    if ui.available_size_before_wrap().x < assets_width(app) {
        ui.end_row();
    } else {
        ui.separator();
    }
    ui.weak("Asset");
    ui.add_space(4.0);
    for asset in AssetId::first(count) {
        let shown = app.asset_id() == asset;
        let tab = ui
            .selectable_label(shown, asset.number().to_string())
            .accessible_name(format!("Show {asset}"))
            .on_hover_text("Plots, figures, studies and a click on the price turn to this asset (A: the next one).");
        if tab.clicked() && !shown {
            commands.push(Command::Workspace(WorkspaceCommand::ShowAsset(asset)));
        }
    }
}
