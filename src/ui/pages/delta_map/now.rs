//! The delta map of the present moment, computed again only when something has changed.

use cascade_app::App;
use cascade_engine::{DeltaMap, MAP_REACH};

use crate::moment::Moment;

/// While the model runs, the map is drawn anew after at least a frame for so many sums of ladders that a level takes.
const LADDERS_PER_FRAME_BETWEEN: usize = 24;

/// Where the shock of the shock sliders would end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ShockEnd {
    /// Its size, a relative price change.
    pub size: f64,
    /// Where it ends, a relative price change; none if nothing stops it.
    pub end: Option<f64>,
}

/// The map of the moment last shown.
#[derive(Debug, Default)]
pub(super) struct Now {
    /// The map.
    pub map: DeltaMap,
    /// Where the shock of the sliders would end.
    pub shock: ShockEnd,
    of: Option<Moment>,
    /// Frames since the map was drawn.
    frames: usize,
}

impl Now {
    /// Brings it up to date; once a frame.
    pub(super) fn refresh(&mut self, app: &App) {
        let (asset, moment) = (app.shown_asset(), Moment::of(app));
        self.frames = self.frames.saturating_add(1);
        let same = self.of.is_some_and(|of| of.subject == moment.subject);
        let rests = app.playing && same && self.frames < asset.delta_map_work() / LADDERS_PER_FRAME_BETWEEN;
        if self.of == Some(moment) || rests {
            return;
        }
        self.frames = 0;
        self.of = Some(moment);
        self.map = asset.delta_map(MAP_REACH);
        let size = moment.subject.parameters.shock.size;
        let end = asset.predicted_move(size);
        self.shock = ShockEnd { size, end };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{PlaybackCommand, Settings, WorkspaceCommand};
    use cascade_files::preset;
    use cascade_scenario::AssetId;

    #[test]
    fn the_map_is_of_the_chosen_asset() {
        let preset = preset::find("cross-collateral-contagion").unwrap();
        let mut app = App::new(preset, None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Step(5));
        let mut now = Now::default();
        for asset in AssetId::first(2).rev() {
            app.update(WorkspaceCommand::ShowAsset(asset));
            now.refresh(&app);
            let index = app.present.simulation.assets()[asset].observation().index;
            assert!((now.map.price / index - 1.0).abs() < 1e-12, "{asset}");
        }
    }
}
