//! The contagion matrix of the present moment, computed again only when something has changed.

use cascade_analysis::contagion::predicted;
use cascade_app::App;
use cascade_app::history::Version;
use cascade_engine::{Asset, Contagion, FALLS};
use cascade_scenario::{ASSETS_MAX, Parameters};

/// The matrix and what it predicts at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snapshot {
    /// The contagion matrix.
    pub matrix: Contagion,
    /// Its spectral radius.
    pub radius: f64,
    /// The same for larger falls, [`FALLS`], with their spectral radii.
    pub of_falls: [(Contagion, f64); FALLS.len()],
    /// Where the shock of the shock sliders ends by it, in log prices; none if it has no end.
    pub predicted: Option<[f64; ASSETS_MAX]>,
}

/// The matrix of the moment last shown.
#[derive(Debug, Default)]
pub(super) struct Now {
    /// What is known of it.
    pub snapshot: Option<Snapshot>,
    /// The run, its step, all changes of its books, and the parameters.
    of: Option<(Version, u64, u64, Parameters)>,
}

impl Now {
    /// Brings it up to date; costs a look at every cross-margin account when the model has moved.
    pub(super) fn refresh(&mut self, app: &App) {
        let simulation = &app.present.simulation;
        let versions = simulation.assets().iter().map(Asset::book_version).sum();
        let step = simulation.steps();
        let moment = (app.present.history.version(), step, versions, *simulation.parameters());
        if self.of != Some(moment) {
            self.of = Some(moment);
            let matrix = simulation.contagion();
            self.snapshot = Some(Snapshot {
                matrix,
                radius: matrix.spectral_radius(),
                of_falls: FALLS.map(|fall| {
                    let matrix = simulation.contagion_of_fall(fall);
                    (matrix, matrix.spectral_radius())
                }),
                predicted: predicted(simulation, &matrix),
            });
        }
    }
}
