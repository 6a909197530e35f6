//! The moment that a page shows: what it has measured holds as long as the moment is the same.

use cascade_app::App;
use cascade_app::history::Version;
use cascade_scenario::{AssetId, Parameters};

/// A run and its parameters, as far as they concern an asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Subject {
    /// Which recording of which run.
    pub run: Version,
    /// The asset.
    pub asset: AssetId,
    /// Parameters in force.
    pub parameters: Parameters,
}

/// A moment of a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    /// Of what.
    pub subject: Subject,
    step: u64,
    book_version: u64,
}

impl Moment {
    /// The present one of the asset that the window shows.
    pub(crate) fn of(app: &App) -> Self {
        let asset = app.shown_asset();
        Self {
            subject: Subject {
                run: app.present.history.version(),
                asset: app.asset_id(),
                parameters: *app.present.simulation.parameters(),
            },
            step: asset.observation().step,
            book_version: asset.book_version(),
        }
    }
}
