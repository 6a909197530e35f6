//! What the model says about a move that has not happened: where the shock of the shock sliders would end. Computed again only
//! when something has changed.

use cascade_engine::Simulation;
use cascade_scenario::AssetId;

/// While the model runs, the move is predicted anew after at least a frame for so many sums of ladders that a level takes.
const LADDERS_PER_FRAME_BETWEEN: usize = 24;

/// The estimate and what it was made for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShockForecast {
    predicted_for: Option<(AssetId, u64, u64, f64)>,
    frames: usize,
    /// Where the shock would end if impact never decayed, a relative price change; none if nothing would stop it.
    pub predicted_move: Option<f64>,
}

impl ShockForecast {
    /// Another run begins, which may stand at the same step with as many changes of its book.
    pub(super) const fn forget(&mut self) {
        self.predicted_for = None;
    }

    /// Brings the estimate up to date with an asset of the model; once a frame. While it is `playing` it
    /// may be some frames old where it takes long.
    pub fn refresh(&mut self, simulation: &Simulation, id: AssetId, playing: bool) {
        let asset = &simulation.assets()[id];
        let size = asset.parameters().shock.size;
        let moment = (id, asset.observation().step, asset.book_version(), size);
        self.frames = self.frames.saturating_add(1);
        let rests = playing && self.frames < asset.delta_map_work() / LADDERS_PER_FRAME_BETWEEN;
        if self.predicted_for != Some(moment) && !(rests && self.predicted_for.is_some()) {
            self.frames = 0;
            self.predicted_for = Some(moment);
            self.predicted_move = asset.predicted_move(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::{Scenario, find};

    #[test]
    fn the_outlook_follows_the_sliders() {
        let mut simulation = Simulation::new(&Scenario::default()).unwrap();
        let mut forecast = ShockForecast::default();
        forecast.refresh(&simulation, AssetId::FIRST, false);
        let near = forecast.predicted_move.unwrap();
        // The shock reaches the first longs, and they do the rest.
        assert!(near < -0.05, "{near}");
        simulation.set(find("shock.size").unwrap().id, -0.005).unwrap();
        forecast.refresh(&simulation, AssetId::FIRST, false);
        assert!(
            forecast.predicted_move.unwrap() > -0.01,
            "{:?}",
            forecast.predicted_move
        );
        simulation.set(find("shock.size").unwrap().id, -0.02).unwrap();
        simulation.set(find("liquidity.depth").unwrap().id, 60e9).unwrap();
        forecast.refresh(&simulation, AssetId::FIRST, false);
        assert!(
            forecast.predicted_move.unwrap() > near + 0.02,
            "{:?}",
            forecast.predicted_move
        );
    }
}
