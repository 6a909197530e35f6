//! The plots of the centre.
use crate::app::{Command, Panels, history::History};
use crate::engine::Simulation;
use crate::ui::palette::Palette;
/// What a plot reads.
pub struct PlotView<'a> {
    /// The past.
    pub history: &'a History,
    /// The model.
    pub simulation: &'a Simulation,
    /// Running.
    pub running: bool,
    /// Visible plots.
    pub panels: &'a Panels,
    /// Colours.
    pub palette: &'a Palette,
}
/// The plots.
#[derive(Default)]
pub struct Plots;
impl Plots {
    /// Draws.
    pub fn show(&mut self, ui: &mut eframe::egui::Ui, view: PlotView<'_>) -> Vec<Command> {
        ui.painter().rect_filled(ui.max_rect(), 0.0, view.palette.ground);
        Vec::new()
    }
}
