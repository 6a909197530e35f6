//! Episodes of forced flow: whether one is on at a step, when it is over, and the run shown slowly while it is on, whole when
//! it is over, and once more when that is asked for.

use std::ops::Range;

use super::history::{Figure, History, Story};
use super::{App, Request, Run};

/// Market time without forced flow after which an episode is over, in seconds.
const QUIET_SECONDS: f64 = 600.0;
/// Market time without forced flow up to which a later episode is shown together with the one before it, in seconds.
const TOGETHER_SECONDS: f64 = 1_800.0;
/// Longest market time that is waited for an episode to begin, in seconds.
const PATIENCE_SECONDS: f64 = 3_600.0;
/// Forced flow of a step that is less than this share of what is open belongs to no episode.
const TELLING_SHARE: f64 = 1e-3;
/// Steps for which it goes on slowly after the last forced flow: the price still moves.
const LINGERING_STEPS: usize = 2;
/// Share of the largest forced move that one beside it has at least, to be shown with it.
const ALIKE: f64 = 0.5;
/// Steps that a replay shows before and after a cascade.
const REPLAY_MARGIN: (u64, u64) = (6, 20);
/// What counts as forced flow: positions that are liquidated, and loans.
const FORCED: [Figure; 3] = [Figure::LiquidatedLongs, Figure::LiquidatedShorts, Figure::LoansRepaid];

/// A replay that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Replay {
    /// The step at which it ends.
    until: u64,
    /// The step at which the model stood before it.
    back_to: u64,
}

/// First and last step of an episode.
pub type Episode = (u64, u64);

/// From where to where a move goes.
const fn span(story: Story) -> Episode {
    (story.from_step as u64, story.to_step as u64)
}

/// The forced flow of a step, USD.
fn forced_at(history: &History, step: usize) -> f64 {
    let of = |figure: &Figure| history.figure(*figure).at(step).unwrap_or_default();
    FORCED.iter().map(of).sum()
}

/// Whether the forced flow of a step is worth telling.
fn is_forced(history: &History, step: usize) -> bool {
    let at = |figure| history.figure(figure).at(step).unwrap_or_default();
    let open = at(Figure::OpenInterest).max(at(Figure::LoanDebt));
    forced_at(history, step) > TELLING_SHARE * open
}

/// Whether there is any in a stretch of steps.
fn any_forced(history: &History, mut steps: Range<usize>) -> bool {
    steps.any(|step| is_forced(history, step))
}

/// Steps without forced flow after which an episode is over.
fn quiet_steps(history: &History) -> usize {
    ((QUIET_SECONDS / history.step_seconds()).ceil() as usize).max(LINGERING_STEPS)
}

/// Whether a cascade is on at a step: forced flow runs, or every sale would set off one as large.
pub fn is_on(history: &History, step: usize) -> bool {
    let ratio = |figure| history.figure(figure).at(step).unwrap_or_default();
    let supercritical = ratio(Figure::ReproductionDown).max(ratio(Figure::ReproductionUp)) >= 1.0;
    supercritical || any_forced(history, step.saturating_sub(LINGERING_STEPS)..step + 1)
}

/// The episode that is over at exactly this step, if one is, from the first of those before it that belong together.
fn over_at(history: &History, step: usize) -> Option<Episode> {
    let quiet = quiet_steps(history);
    let last = step.checked_sub(quiet)?;
    if !is_forced(history, last) || any_forced(history, last + 1..step + 1) {
        return None;
    }
    let together = (TOGETHER_SECONDS / history.step_seconds()).ceil() as usize;
    let mut first = last;
    for earlier in (0..last).rev() {
        if is_forced(history, earlier) {
            first = earlier;
        } else if first - earlier > together.max(quiet) {
            break;
        }
    }
    Some((first as u64, last as u64))
}

impl Run {
    /// Whether what was set off at a step is over: forced flow has come and gone, or none has come for an hour.
    pub(super) fn has_settled_since(&self, asked: usize, history: &History) -> bool {
        let now = self.simulation.steps() as usize;
        let quiet = quiet_steps(history);
        if self.simulation.halted().is_some() {
            return now > asked;
        }
        let waited = (now - asked) as f64 * history.step_seconds();
        let calm = now >= asked + quiet && !any_forced(history, now - quiet..now + 1);
        calm && (waited >= PATIENCE_SECONDS || any_forced(history, asked..now + 1))
    }
}

impl App {
    /// By how much time is slowed down at the present moment: 1 for not at all.
    pub fn slowness(&self) -> f64 {
        let step = self.present.simulation.steps() as usize;
        if self.hurries() || !is_on(self.shown_history(), step) {
            return 1.0;
        }
        self.settings.slow_motion
    }

    /// The cascade that can be shown once more: the largest move that forced flow took part in.
    fn cascade(&self) -> Option<Episode> {
        self.shown_history().story().map(span)
    }

    /// Shows the cascade once more, from shortly before it to shortly after; then the model stands where it stood.
    pub(super) fn replay_cascade(&mut self) {
        let Some((from, to)) = self.cascade() else {
            self.messages.done("There is no cascade in this run yet.".to_owned());
            return;
        };
        let (newest, before, after) = (self.present.newest_step(), REPLAY_MARGIN.0, REPLAY_MARGIN.1);
        // The move may have set out long before anything was forced.
        let history = self.shown_history();
        let forced = (from as usize..to as usize).find(|step| is_forced(history, *step));
        let start = forced.map_or(from, |step| step as u64).saturating_sub(before);
        let back_to = self.replay.map_or(self.present.position(), |replay| replay.back_to);
        self.present.seek(start);
        self.playing = true;
        self.replay = Some(Replay {
            until: (to + after).min(newest),
            back_to,
        });
    }

    /// Asks for the cascade of the run, and for those like it of the runs pinned beside it, to be fitted into view, with as much calm
    /// after it as one waits for; nothing where there is none.
    pub(super) fn show_cascade(&mut self) {
        let history = self.shown_history();
        let beside = self.pinned().filter_map(|(_, run)| run.history.get(self.asset_id()));
        let stories: Vec<_> = std::iter::once(history)
            .chain(beside)
            .filter_map(History::story)
            .collect();
        let forced = |story: &Story| story.forced().abs();
        let largest = stories.iter().map(forced).fold(0.0, f64::max);
        let alike = stories.into_iter().filter(|story| forced(story) >= ALIKE * largest);
        let whole = alike
            .map(span)
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        if let Some((first, last)) = whole {
            let calm = quiet_steps(history) as u64;
            let newest = history.newest_step() as u64;
            self.requests
                .push(Request::ShowBetween(first, (last + calm).min(newest)));
        }
    }

    /// Ends a replay where it is to end, and fits an episode into view that is over.
    pub(super) fn notice_episode(&mut self) {
        let step = self.present.simulation.steps();
        if let Some(replay) = self.replay {
            if step >= replay.until {
                self.replay = None;
                self.playing = false;
                self.present.seek(replay.back_to);
            }
            return;
        }
        if self.playing
            && self.settings.slow_motion < 1.0
            && let Some((from, _)) = over_at(self.shown_history(), step as usize)
        {
            self.requests.push(Request::ShowSince(from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActCommand, PlaybackCommand, Settings};
    use cascade_files::preset;
    use cascade_scenario::Action;

    fn opened(name: &str) -> App {
        let mut app = App::new(preset::find(name).unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app
    }

    /// Wall-clock seconds that the steps between two moments take at the normal speed.
    fn seconds(app: &mut App, to: u64) -> f64 {
        let mut frames = 0;
        app.update(PlaybackCommand::Play);
        while app.present.simulation.steps() < to {
            app.advance(0.05, || true);
            frames += 1;
        }
        app.update(PlaybackCommand::Pause);
        0.05 * f64::from(frames)
    }

    #[test]
    fn time_slows_down_while_a_cascade_is_on_and_only_then() {
        let mut app = opened("first-cascade");
        app.run(80);
        let before = seconds(&mut app, 93);
        app.run(26);
        let during = seconds(&mut app, 132);
        app.run(20);
        let after = seconds(&mut app, 165);
        // Ten of the thirteen steps take five times as long.
        assert!(during > 3.0 * before.max(after), "{before} {during} {after}");
        let mut quick = opened("first-cascade");
        quick.settings.slow_motion = 1.0;
        quick.run(119);
        assert!(seconds(&mut quick, 132) < 1.2, "switched off");
    }

    #[test]
    fn the_whole_episode_is_shown_once_when_it_is_over() {
        let mut app = opened("first-cascade");
        let mut shown = Vec::new();
        app.update(PlaybackCommand::SetSpeed(20.0));
        app.update(PlaybackCommand::Play);
        while app.present.simulation.steps() < 400 {
            app.advance(0.05, || true);
            shown.extend(app.take_requests().into_iter().filter_map(|request| match request {
                Request::ShowSince(from) => Some((app.present.simulation.steps(), from)),
                _ => None,
            }));
        }
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(
            (100..125).contains(&shown[0].1) && (180..260).contains(&shown[0].0),
            "{shown:?}"
        );
        let mut quiet = opened("quiet-market");
        quiet.update(PlaybackCommand::Play);
        while quiet.present.simulation.steps() < 300 {
            quiet.advance(0.1, || true);
        }
        assert!(quiet.take_requests().is_empty());
    }

    #[test]
    fn a_cascade_is_shown_once_more_and_the_model_is_where_it_was() {
        let mut app = opened("first-cascade");
        app.update(PlaybackCommand::Replay);
        assert!(!app.playing, "there is nothing to replay yet");
        app.run(360);
        let digest = app.present.simulation.digest();
        app.update(PlaybackCommand::Replay);
        let mut seen = Vec::new();
        for _ in 0..4_000 {
            app.advance(0.05, || true);
            seen.push(app.present.simulation.steps());
            if !app.playing && app.present.seeking().is_none() {
                break;
            }
        }
        assert!(seen.iter().any(|step| (100..125).contains(step)), "{:?}", &seen[..9]);
        assert_eq!(
            (app.present.simulation.steps(), app.present.simulation.digest()),
            (360, digest)
        );
        // Whoever does something else ends it.
        app.update(PlaybackCommand::Replay);
        app.update(PlaybackCommand::Pause);
        assert!(app.replay.is_none());
    }

    /// The nearest guess is told when what was asked about is over, not in the middle of it.
    #[test]
    fn a_verdict_waits_for_the_end_of_the_episode() {
        let mut app = opened("first-cascade");
        app.run(118);
        let name = "Ann".to_owned();
        app.update(ActCommand::Remark(Action::Marker { name, price: 92_000.0 }));
        app.run(10);
        assert_eq!(app.present.verdict(), None, "the price is still falling");
        app.run(120);
        let lowest = app.shown_summary().lowest_price;
        assert_eq!(app.present.verdict().map(|verdict| verdict.furthest), Some(lowest));
        let mut quiet = opened("quiet-market");
        let name = "Ann".to_owned();
        quiet.update(ActCommand::Remark(Action::Marker { name, price: 92_000.0 }));
        quiet.run(350);
        assert_eq!(quiet.present.verdict(), None);
        quiet.run(20);
        assert!(quiet.present.verdict().is_some(), "nothing has come for an hour");
    }
}
