//! A look at all positions for the page of distributions: in parts small enough for a frame, again only when something has
//! changed. The page has the last complete one until the next is complete.

use cascade_analysis::distributions::Distributions;
use cascade_app::App;
use cascade_engine::SurveyPlace;

use crate::moment::Moment;

/// Positions looked at in a frame: one to three milliseconds, so that a million take about a second of frames.
const POSITIONS_A_FRAME: usize = 16_000;
/// While the model runs, the positions are looked at anew after at least a frame for so many of them, and at most after
/// [`FRAMES_BETWEEN`] frames.
const POSITIONS_PER_FRAME_BETWEEN: u64 = 4_000;
const FRAMES_BETWEEN: u64 = 15;

/// What is known of the positions, and of when.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The last complete look, and the index price when it began.
    found: Option<(Distributions, f64)>,
    /// The look at the positions that is under way.
    sweep: Option<(SurveyPlace, Distributions)>,
    swept: Option<Moment>,
    /// The index price when it began.
    index: f64,
    frames: u64,
}

impl Look {
    /// The distributions as of the last complete look, and the index price then.
    pub(super) const fn found(&self) -> Option<&(Distributions, f64)> {
        self.found.as_ref()
    }

    /// Brings it up to date as far as a frame allows; once a frame. Returns whether another one is wanted.
    pub(super) fn refresh(&mut self, app: &App) -> bool {
        let (asset, moment) = (app.shown_asset(), Moment::of(app));
        self.frames = self.frames.saturating_add(1);
        let other = self.swept.is_none_or(|of| of.subject != moment.subject);
        let changed = self.swept.as_ref() != Some(&moment);
        let known = self.found.as_ref().map_or(0, |(last, _)| last.count.iter().sum());
        let between = (known / POSITIONS_PER_FRAME_BETWEEN).min(FRAMES_BETWEEN);
        let due = self.sweep.is_none() && self.frames >= between;
        if other || changed && (due || !app.playing) {
            if self.swept.is_none_or(|of| {
                of.subject.run.run != moment.subject.run.run || of.subject.asset != moment.subject.asset
            }) {
                self.found = None;
            }
            self.swept = Some(moment);
            (self.frames, self.index) = (0, asset.observation().index);
            self.sweep = Some((SurveyPlace::default(), Distributions::empty(asset.grid())));
        }
        if let Some((mut place, mut found)) = self.sweep.take() {
            if asset.survey(&mut place, POSITIONS_A_FRAME, |position| found.add(position)) {
                self.found = Some((found, self.index));
            } else {
                self.sweep = Some((place, found));
            }
        }
        self.sweep.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_app::{PlaybackCommand, Settings, WorkspaceCommand};
    use cascade_files::preset;
    use cascade_scenario::{AssetId, Scenario};

    /// A large book is looked at over several frames, and the page has the old figures until the new ones are complete.
    #[test]
    fn a_large_book_is_looked_at_over_several_frames() {
        let mut scenario = Scenario::default();
        scenario.set("positions.count", 200_000.0).unwrap();
        let mut app = App::new(scenario, None, Settings::default()).unwrap();
        let mut look = Look::default();
        let mut frames = 0;
        while look.found().is_none() {
            look.refresh(&app);
            frames += 1;
        }
        assert!((12..=14).contains(&frames), "{frames} frames for 200,000 positions");
        let (first, _) = look.found().unwrap().clone();
        assert_eq!(first.count.iter().sum::<u64>(), 200_000);
        // Nothing changes: nothing is done.
        app.playing = false;
        assert!(!look.refresh(&app));
        // While the model runs, not in every frame.
        app.playing = true;
        let (mut begun, mut looking) = (0, false);
        for _ in 0..30 {
            app.run(1);
            let before = looking;
            looking = look.refresh(&app);
            begun += u32::from(!before && looking);
        }
        assert!((1..=2).contains(&begun), "{begun} looks in 30 frames");
        // Where it stands, at once.
        app.playing = false;
        while look.refresh(&app) {}
        let (last, _) = look.found().unwrap();
        assert!(*last == Distributions::of(app.shown_asset()) && *last != first);
    }

    #[test]
    fn the_positions_are_those_of_the_chosen_asset() {
        let preset = preset::find("cross-collateral-contagion").unwrap();
        let mut app = App::new(preset, None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Step(5));
        let mut look = Look::default();
        for asset in AssetId::first(2).rev() {
            app.update(WorkspaceCommand::ShowAsset(asset));
            while look.refresh(&app) {}
            let (found, index) = look.found().unwrap();
            let seen = app.present.simulation.assets()[asset].observation();
            assert!((index / seen.index - 1.0).abs() < 1e-12, "{asset}");
            assert!((found.notional[0] / seen.levered_longs - 1.0).abs() < 1e-9);
        }
    }
}
