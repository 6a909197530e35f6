//! A picture of a study by itself, with the scenario, its seeds and settings in the title.

use eframe::egui::UiBuilder;

use super::page::{Sight, draw_of};
use crate::palette::Palette;
use crate::plots::poster::Sheet;
use crate::raster::Raster;
use cascade_app::studies::StudyKind;
use cascade_app::{App, Theme};
use cascade_scenario::format;

/// Width and height in pixels.
const PIXELS: [usize; 2] = [1920, 1280];

/// Lays out the picture of a study; drawing it is left to another thread. None while nothing of it is known.
pub(crate) fn lay_out(app: &App, kind: StudyKind, theme: (Theme, bool), palette: &Palette) -> Option<Raster> {
    let (asked, results) = app.studies.runs(kind)?;
    let moment = format!(
        "{} seeds from {}, {} steps · cascade-lab, a stylised model",
        results.seeds(),
        asked.scenario.seed,
        format::whole(asked.plan.steps)
    );
    let sheet = Sheet {
        pixels: PIXELS,
        run: &format!("{}: {}", asked.scenario.name, kind.label()),
        moment: &moment,
        theme,
        palette,
    };
    let sight = Sight {
        app,
        palette,
        posing: true,
    };
    Some(sheet.compose(|ui, area| {
        ui.scope_builder(UiBuilder::new().max_rect(area.shrink2([10.0, 0.0].into())), |ui| {
            draw_of(kind)(ui, sight, &mut Vec::new());
        });
    }))
}
