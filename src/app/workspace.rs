//! What a window on a desktop is used for beside the model: files that were used lately, exports, the user's own presets, and
//! where everything stands.

use cascade_scenario::AssetId;

use std::path::PathBuf;

use super::{App, Export, Layout, Picture, PlotId, Request, ShownPlots, Theme};

/// A request that concerns no model.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkspaceCommand {
    /// Empties the list of files that were opened or saved.
    ClearRecent,
    /// Asks where to write something to.
    AskExport(Export),
    /// Writes something to a file.
    Export(Export, PathBuf),
    /// Stops writing tables.
    CancelExports,
    /// Puts a picture into the clipboard.
    CopyPicture(Picture),
    /// Looks again at what is in the user's folder, for a list with pictures.
    ReadLibrary,
    /// Writes the scenario under this name to the user's folder of presets.
    SaveToLibrary(String),
    /// Gives one of the user's own presets another name.
    RenamePreset(PathBuf, String),
    /// Deletes one of the user's own presets.
    DeletePreset(PathBuf),
    /// Gives plots heights, as shares of the height of all; without any, all get their usual heights again.
    SetHeights(Vec<(PlotId, f32)>),
    /// Puts the plots into this order from top to bottom.
    Arrange(Vec<PlotId>),
    /// Puts everything in the window where it stands at first.
    ResetLayout,
    /// Draws with or without soft edges and motion.
    SetReducedEffects(bool),
    /// Lets views slide to where they belong, or puts them there at once.
    SetReducedMotion(bool),
    /// Slows time down by this factor while a cascade is on; 1 for not at all.
    SetSlowMotion(f64),
    /// Shows or hides a plot.
    ShowPlot(PlotId, bool),
    /// Chooses the colours.
    SetTheme(Theme),
    /// Size of everything in the window, 1 for the desktop's own.
    SetZoom(f32),
    /// Narrows the parameters to those that match.
    Search(String),
    /// Takes the message with this text away.
    Dismiss(String),
    /// Takes the guide line away for good.
    DismissGuide,
    /// Turns the plots and pages to an asset of the run.
    ShowAsset(AssetId),
    /// Hides everything but the picture, in large type and strong colours, or brings it back.
    TogglePresenter,
    /// Ends the program.
    Quit,
}

impl App {
    /// Carries out a request.
    pub(super) fn workspace(&mut self, command: WorkspaceCommand) {
        match command {
            WorkspaceCommand::ClearRecent => self.settings.recent.clear(),
            WorkspaceCommand::AskExport(what) => self.requests.push(Request::ChooseExport(what)),
            WorkspaceCommand::Export(what, path) => self.export(what, path),
            WorkspaceCommand::CancelExports => self.exports.cancel(),
            WorkspaceCommand::CopyPicture(picture) => self.requests.push(Request::CopyPicture(picture)),
            WorkspaceCommand::ReadLibrary => {
                self.library.refresh();
                self.want_shipped_thumbnails();
            }
            WorkspaceCommand::SaveToLibrary(name) => self.save_to_library(&name),
            WorkspaceCommand::RenamePreset(path, name) => self.rename_preset(&path, &name),
            WorkspaceCommand::DeletePreset(path) => self.delete_preset(&path),
            WorkspaceCommand::SetHeights(shares) => self.settings.layout.set_heights(&shares),
            WorkspaceCommand::Arrange(plots) => self.settings.layout.set_order(&plots),
            WorkspaceCommand::ResetLayout => self.reset_layout(),
            WorkspaceCommand::SetReducedEffects(reduced) => self.settings.reduced_effects = reduced,
            WorkspaceCommand::SetReducedMotion(reduced) => self.settings.reduced_motion = reduced,
            WorkspaceCommand::SetSlowMotion(factor) => self.settings.set_slow_motion(factor),
            WorkspaceCommand::ShowPlot(plot, show) => self.settings.plots.set(plot, show),
            WorkspaceCommand::SetTheme(theme) => self.settings.theme = theme,
            WorkspaceCommand::SetZoom(zoom) => self.settings.set_zoom(zoom),
            WorkspaceCommand::Search(text) => self.search = text,
            WorkspaceCommand::Dismiss(text) => self.messages.dismiss(&text),
            WorkspaceCommand::DismissGuide => self.settings.guide_dismissed = true,
            WorkspaceCommand::ShowAsset(asset) => self.asset = asset,
            WorkspaceCommand::TogglePresenter => self.presenting = !self.presenting,
            WorkspaceCommand::Quit => self.requests.push(Request::Quit),
        }
    }

    /// Everything where it stands in a fresh window; colours and size stay.
    fn reset_layout(&mut self) {
        self.settings.layout = Layout::default();
        self.settings.plots = ShownPlots::default();
        self.requests.push(Request::ResetLayout);
    }
}
