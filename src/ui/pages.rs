//! The line of tabs above the middle of the window, and the page they choose in place of the plots.

use cascade_scenario::AssetId;

use eframe::egui::{Frame, Margin, RichText, Ui};

use cascade_app::{App, Command, Page};

use super::delta_map::DeltaMapPage;
use super::distributions;
use super::palette::Palette;
use super::{contagion, studies, venues};

/// Room that the word before the assets and a line take.
const ASSETS_WIDTH: f32 = 60.0;
/// From this width on the pages fit on a line at their usual size.
const ROOMY: f32 = 650.0;
/// Room that an asset takes.
const ASSET_WIDTH: f32 = 26.0;

/// The line that chooses what stands in the middle.
pub fn tabs(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let frame = Frame::new().inner_margin(Margin::symmetric(6, 2));
    frame.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().button_padding.x = 6.0;
            ui.spacing_mut().item_spacing.x = 2.0;
            // As many on a line as fit a small window.
            let narrow = ui.available_width() < ROOMY;
            if narrow {
                ui.spacing_mut().button_padding.x = 3.0;
                ui.spacing_mut().item_spacing.x = 0.0;
            }
            for page in Page::ALL {
                let shown = app.page == page;
                let mut name = RichText::new(page.label());
                if narrow {
                    name = name.size(12.0);
                }
                if ui.selectable_label(shown, name).clicked() && !shown {
                    commands.push(Command::Show(page));
                }
            }
            assets(ui, app, commands);
        });
    });
}

/// What pages keep between frames.
#[derive(Default)]
pub struct Pages {
    delta_map: DeltaMapPage,
}

/// Which asset is shown, where there are several.
fn assets(ui: &mut Ui, app: &App, commands: &mut Vec<Command>) {
    let count = app.present.simulation.assets().len();
    if count < 2 {
        return;
    }
    // All of them on one line: beside the pages where there is room, beneath them otherwise.
    if ui.available_size_before_wrap().x < ASSETS_WIDTH + ASSET_WIDTH * count as f32 {
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
            commands.push(Command::ShowAsset(asset));
        }
    }
}

/// Draws the page that is chosen. Returns whether the plots are to be drawn instead.
pub fn show(ui: &mut Ui, app: &App, pages: &mut Pages, palette: &Palette, commands: &mut Vec<Command>) -> bool {
    match app.page {
        Page::Plots => return true,
        Page::DeltaMap => pages.delta_map.show(ui, app, palette),
        Page::Distributions => distributions::show(ui, app, palette),
        Page::Contagion => contagion::show(ui, app, palette, commands),
        Page::Venues => venues::show(ui, app, palette, commands),
        Page::Study(question) => studies::show(ui, app, question, palette, commands),
    }
    false
}
