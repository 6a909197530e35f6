//! The ensemble fan: what the price of the run would be with other random numbers, under the sliders as they stand. It is
//! computed beside the window, follows every change, and shows what is luck and what is cause.

use cascade_analysis::ensemble::{Ensemble, Fan};
use cascade_analysis::{Newest, cores};
use cascade_scenario::{AssetId, Parameters};

use super::App;
use super::history::Version;

use std::num::NonZeroUsize;

/// Number of runs.
pub const FAN_SEEDS: usize = 64;
/// Fewest steps by which the fan reaches beyond the run, before it is computed anew.
const LEAST_AHEAD: u64 = 120;

/// What a fan is of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Subject {
    version: Version,
    events: usize,
    parameters: Parameters,
    asset: AssetId,
    steps: u64,
}

/// The fan, and what it is of.
#[derive(Debug)]
pub(super) struct FanKeeper {
    worker: Newest<Ensemble, Fan>,
    subject: Option<Subject>,
    fan: Option<Fan>,
}

impl Default for FanKeeper {
    fn default() -> Self {
        let threads = NonZeroUsize::new(cores().get() - 1).unwrap_or(NonZeroUsize::MIN);
        Self {
            worker: Newest::new(move |ensemble: Ensemble, turn| {
                ensemble.run(threads, || turn.goes_on(), || turn.is_due(), |fan| turn.answer(fan));
            }),
            subject: None,
            fan: None,
        }
    }
}

/// How many steps a fan has beside a run that has come so far: more than the run, so that it lies ahead of it, and in stretches
/// that grow with it, so that it is seldom computed anew.
fn steps_for(reach: u64) -> u64 {
    let stretch = (reach.next_power_of_two() / 8).max(LEAST_AHEAD);
    ((reach + stretch / 2) / stretch + 1) * stretch
}

impl App {
    /// Brings the fan up to date while it is wanted; once a frame. There is none where a class is to say what will come. Returns whether it is still becoming better.
    pub fn follow_with_fan(&mut self, wanted: bool) -> bool {
        if !wanted || self.conceals_what_comes() {
            if self.fan.subject.take().is_some() {
                self.fan.worker.cancel();
                self.fan.fan = None;
            }
            return false;
        }
        let newest = self.present.newest();
        let subject = Subject {
            version: self.present.history.version(),
            events: newest.events().len(),
            parameters: *newest.edited_parameters(),
            asset: self.asset_id(),
            steps: steps_for(self.present.reach()),
        };
        // Of a preview there is none: the run itself follows.
        if self.fan.subject != Some(subject) && !self.preview() {
            let other = |old: Subject| (old.version.run, old.asset) != (subject.version.run, subject.asset);
            if self.fan.subject.is_some_and(other) {
                // What is still on its way is of the other one, too.
                self.fan.worker.cancel();
                self.fan.fan = None;
            }
            self.fan.subject = Some(subject);
            self.fan.worker.ask(Ensemble {
                scenario: newest.scenario_with_acts(),
                asset: subject.asset,
                seeds: FAN_SEEDS,
                steps: subject.steps,
            });
        }
        if let Some(fan) = self.fan.worker.poll() {
            self.fan.fan = Some(fan);
        }
        self.fan.worker.is_busy()
    }

    /// The fan of the asset shown, as far as it is known.
    pub const fn fan(&self) -> Option<&Fan> {
        self.fan.fan.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Figure;
    use crate::{ActCommand, EditCommand, LessonCommand, PlaybackCommand, Settings, WorkspaceCommand};
    use cascade_files::preset;
    use cascade_scenario::find;

    fn whole(app: &mut App) -> Fan {
        loop {
            app.advance(0.0, || true);
            if !app.follow_with_fan(true) && !app.remaking() {
                return app.fan().unwrap().clone();
            }
            std::thread::yield_now();
        }
    }

    /// What a class is to predict is not drawn before its eyes.
    #[test]
    fn a_lesson_has_none_while_the_class_is_to_say_what_comes() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        whole(&mut app);
        app.update(LessonCommand::Begin("first-cascade"));
        app.finish();
        assert!(!app.follow_with_fan(true) && app.fan().is_none());
        app.update(LessonCommand::Leave);
        app.finish();
        assert!(whole(&mut app).runs > 0);
    }

    #[test]
    fn it_lies_ahead_of_the_run_and_is_seldom_computed_anew() {
        let mut computed = 0;
        let mut steps = 0;
        for reach in 0..100_000 {
            let next = steps_for(reach);
            assert!(next > reach && next <= 2 * reach + 2 * LEAST_AHEAD);
            computed += usize::from(next != steps);
            steps = next;
        }
        assert!(computed < 60, "{computed}");
    }

    /// What is on its way for one asset when the window turns to another one is not shown there.
    #[test]
    fn it_is_never_that_of_another_asset() {
        let mut app = App::new(
            preset::find("cross-collateral-contagion").unwrap(),
            None,
            Settings::default(),
        )
        .unwrap();
        app.update(PlaybackCommand::Pause);
        app.run(20);
        for asset in [0, 1, 0, 1, 0, 1] {
            app.update(WorkspaceCommand::ShowAsset(AssetId::new(asset)));
            let start = app.shown_history().figure(Figure::Spot).at(0).unwrap();
            // As long as it takes for some answer, and the next asset comes while more are on their way.
            while app.follow_with_fan(true) && app.fan().is_none() {
                std::thread::yield_now();
            }
            let median = app.fan().unwrap().quantiles[0][2];
            assert!((median / start - 1.0).abs() < 0.01, "{median} for {start}");
        }
    }

    /// It is the fan of the present sliders and of what was done, whatever came before.
    #[test]
    fn it_follows_sliders_and_shocks() {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.run(130);
        let first = whole(&mut app);
        assert_eq!(
            (first.runs, first.quantiles.len() as u64),
            (FAN_SEEDS, steps_for(130) + 1)
        );
        for value in [9.0, 7.0, 5.0] {
            let id = find("leverage.mean").unwrap().id;
            app.update(EditCommand::SetParameter { id, value });
            app.follow_with_fan(true);
        }
        let moved = whole(&mut app);
        let mut scenario = preset::find("first-cascade").unwrap();
        scenario.set("leverage.mean", 5.0).unwrap();
        let mut expected = None;
        let ensemble = Ensemble {
            scenario,
            asset: AssetId::FIRST,
            seeds: FAN_SEEDS,
            steps: steps_for(130),
        };
        ensemble.run(NonZeroUsize::MIN, || true, || false, |fan| expected = Some(fan));
        assert_eq!(Some(&moved), expected.as_ref());
        assert_ne!(moved, first);
        app.update(ActCommand::Shock);
        assert_ne!(whole(&mut app), moved);
        assert!(!app.follow_with_fan(false) && app.fan().is_none());
    }
}
