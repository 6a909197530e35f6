//! Which stretch of time and which range of values the plots show: panning, zooming, following the newest sample, and
//! ranges that grow fast and shrink slowly.

use std::ops::Range;

use eframe::egui::{Rangef, Ui};

use cascade_app::history::Extent;
use cascade_scenario::format;

/// Samples shown at first.
pub(crate) const FIRST_SPAN_STEPS: f64 = 420.0;
/// Fewest samples one can zoom to.
const LEAST_SPAN_STEPS: f64 = 8.0;
/// Where the newest sample stands while it is followed, as a share of the width.
const FOLLOW_AT: f64 = 0.94;
/// How much of what is shown from a moment on is shown before it.
const BEFORE_SHARE: f64 = 0.3;
/// Time in which a range that has become too small covers most of what it lacks, in seconds.
const GROW_SECONDS: f64 = 0.07;
/// The same for a range that has become too large.
const SHRINK_SECONDS: f64 = 1.2;

/// The stretch of market time on the screen, the same for all plots. Seconds since the start.
#[derive(Clone, Debug)]
pub struct TimeView {
    start: f64,
    span: f64,
    following: bool,
    /// The moment from which on everything is shown.
    since: Option<f64>,
}

/// Where the time axis of the plots lies on the screen, and what it spans.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeAxis {
    /// Its left and right end, in points.
    pub x: Rangef,
    /// The moments at these ends, in seconds since the start.
    pub seconds: Range<f64>,
}

impl Default for TimeView {
    fn default() -> Self {
        Self {
            start: 0.0,
            span: 0.0,
            following: true,
            since: None,
        }
    }
}

impl TimeView {
    /// Takes in how far the recording has come; follows it unless the user has gone elsewhere.
    pub(crate) fn update(&mut self, newest_seconds: f64, step_seconds: f64) {
        let longest = (newest_seconds * 1.1).max(FIRST_SPAN_STEPS * step_seconds);
        if self.span <= 0.0 {
            self.span = FIRST_SPAN_STEPS * step_seconds;
        }
        self.span = self.span.clamp(LEAST_SPAN_STEPS * step_seconds, longest);
        if let Some(since) = self.since {
            let lasted = (newest_seconds - since).max(LEAST_SPAN_STEPS * step_seconds);
            self.start = (since - BEFORE_SHARE * lasted).max(0.0);
            self.span = (newest_seconds - self.start) / FOLLOW_AT;
        } else if self.following {
            self.start = (newest_seconds - FOLLOW_AT * self.span).max(0.0);
        }
        self.start = self
            .start
            .clamp(-0.1 * self.span, (newest_seconds - 0.1 * self.span).max(0.0));
    }

    /// From the left edge to the right one.
    pub(crate) fn seconds(&self) -> Range<f64> {
        self.start..self.start + self.span
    }

    /// Whether the newest sample is kept in view.
    pub(crate) const fn is_following(&self) -> bool {
        self.following
    }

    /// Keeps the newest sample in view again.
    pub(crate) const fn follow(&mut self) {
        self.since = None;
        self.following = true;
    }

    /// Stops following.
    pub(crate) const fn release(&mut self) {
        self.since = None;
        self.following = false;
    }

    /// Moves the view and stops following.
    pub(crate) fn pan(&mut self, seconds: f64) {
        self.start += seconds;
        self.release();
    }

    /// Brings a moment into view if it is not, and stops following.
    pub(crate) fn reveal(&mut self, seconds: f64) {
        if self.since.is_some() && self.seconds().contains(&seconds) {
            return;
        }
        self.release();
        if !self.seconds().contains(&seconds) {
            self.start = seconds - self.span / 2.0;
        }
    }

    /// Shows `factor` times less time, with the given place unmoved; while following, the newest sample stays where it is.
    pub(crate) fn zoom(&mut self, factor: f64, around_seconds: f64) {
        self.since = None;
        self.start = around_seconds - (around_seconds - self.start) / factor;
        self.span /= factor;
    }

    /// Shows everything from a moment on, with a little before it, and whatever follows.
    pub(crate) const fn show_since(&mut self, seconds: f64) {
        self.since = Some(seconds);
        self.following = true;
    }

    /// Shows what happened from a moment to another, with a little before it, and stays there.
    pub(crate) fn show_between(&mut self, [from, to]: [f64; 2]) {
        self.start = (from - BEFORE_SHARE * (to - from)).max(0.0);
        self.span = (to - self.start) / FOLLOW_AT;
        self.release();
    }

    /// Shows so many seconds up to the newest sample, and follows it.
    pub(crate) const fn show_last(&mut self, seconds: f64) {
        self.since = None;
        self.span = seconds / FOLLOW_AT;
        self.following = true;
    }

    /// Shows everything from the start to the newest sample, and follows it.
    pub const fn show_all(&mut self) {
        self.since = None;
        self.span = f64::MAX;
        self.following = true;
    }
}

/// A range of values that moves towards what it should be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EasedRange {
    now: Option<(f64, f64)>,
}

impl EasedRange {
    /// Moves towards `target` by what `seconds` of real time allow. Returns whether it is still on its way.
    pub(crate) fn approach(&mut self, target: Extent, seconds: f64) -> bool {
        let (low, high) = match self.now {
            // What has nothing in common with what it was is there at once: another price level, not a move to it.
            Some((low, high)) if low.is_finite() && high.is_finite() && target.low <= high && target.high >= low => {
                (low, high)
            }
            _ => {
                self.now = Some((target.low, target.high));
                return false;
            }
        };
        let span = (high - low).max(target.high - target.low);
        let ease = |now: f64, wanted: f64, grows: bool| {
            let constant = if grows { GROW_SECONDS } else { SHRINK_SECONDS };
            let next = now + (wanted - now) * (1.0 - (-seconds / constant).exp());
            if (next - wanted).abs() < 1e-3 * span {
                wanted
            } else {
                next
            }
        };
        let next = (
            ease(low, target.low, target.low < low),
            ease(high, target.high, target.high > high),
        );
        self.now = Some(next);
        next != (target.low, target.high)
    }

    /// The range, low end first.
    pub(crate) fn range(&self) -> (f64, f64) {
        self.now.unwrap_or((0.0, 1.0))
    }
}

/// Real time since the last frame, for ranges that are on their way; without end where nothing is to move by itself.
pub(crate) fn frame_seconds(ui: &Ui) -> f64 {
    if ui.style().animation_time > 0.0 {
        f64::from(ui.input(|input| input.stable_dt.min(0.1)))
    } else {
        f64::INFINITY
    }
}

/// A range with some room, ended by round numbers so that it does not move with every sample.
pub(crate) fn rounded(range: Extent) -> Extent {
    let span = (range.high - range.low).max(range.high.abs() * 1e-6).max(1e-9);
    let unit = format::nice_step(span / 12.0);
    Extent {
        low: (range.low / unit - 0.25).floor() * unit,
        high: (range.high / unit + 0.25).ceil() * unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_follows_until_it_is_panned_and_again_when_asked() {
        let mut view = TimeView::default();
        view.update(0.0, 10.0);
        assert_eq!(view.seconds(), 0.0..4200.0);
        view.update(100_000.0, 10.0);
        assert!(view.seconds().contains(&100_000.0) && view.is_following());
        view.pan(-20_000.0);
        view.update(100_010.0, 10.0);
        let before = view.seconds();
        view.update(101_000.0, 10.0);
        assert_eq!(view.seconds(), before);
        assert!(!view.seconds().contains(&101_000.0));
        view.follow();
        view.update(101_010.0, 10.0);
        assert!(view.seconds().contains(&101_010.0));
        view.show_all();
        view.update(101_010.0, 10.0);
        assert!(view.seconds().contains(&0.0) && view.seconds().contains(&101_010.0));
    }

    #[test]
    fn everything_since_a_moment_stays_in_view_until_the_view_is_moved() {
        let mut view = TimeView::default();
        view.update(9_000.0, 10.0);
        view.show_since(8_000.0);
        for newest in [9_000.0, 12_000.0] {
            view.update(newest, 10.0);
            let seen = view.seconds();
            assert!(
                seen.contains(&8_000.0) && seen.contains(&newest) && seen.start > 6_000.0,
                "{seen:?}"
            );
        }
        view.pan(-100.0);
        let span = view.seconds();
        view.update(12_500.0, 10.0);
        assert_eq!(view.seconds(), span);
    }

    #[test]
    fn what_happened_between_two_moments_fills_the_view_and_stays() {
        let mut view = TimeView::default();
        view.update(9_000.0, 10.0);
        view.show_between([3_000.0, 4_000.0]);
        for newest in [9_000.0, 12_000.0] {
            view.update(newest, 10.0);
            let seen = view.seconds();
            assert!(
                (seen.start - 2_700.0).abs() < 1e-9 && seen.contains(&4_000.0) && seen.end < 4_100.0,
                "{seen:?}"
            );
        }
        assert!(!view.is_following(), "there is a way back to the newest step");
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let mut view = TimeView {
            start: 1000.0,
            span: 1000.0,
            following: false,
            since: None,
        };
        view.zoom(2.0, 1250.0);
        assert_eq!(view.seconds(), 1125.0..1625.0);
        view.zoom(1e9, 1250.0);
        view.update(50_000.0, 10.0);
        assert!((view.seconds().end - view.seconds().start - 80.0).abs() < 1e-9);
    }

    #[test]
    fn ranges_grow_fast_shrink_slowly_and_arrive() {
        let mut range = EasedRange::default();
        range.approach(Extent { low: 0.0, high: 1.0 }, 0.016);
        assert_eq!(range.range(), (0.0, 1.0));
        range.approach(Extent { low: 0.0, high: 11.0 }, 0.1);
        let grown = range.range().1 - 1.0;
        let mut other = EasedRange::default();
        other.approach(Extent { low: 0.0, high: 11.0 }, 0.016);
        other.approach(Extent { low: 0.0, high: 1.0 }, 0.1);
        let shrunk = 11.0 - other.range().1;
        assert!(grown > 5.0 && shrunk < 2.0 && shrunk > 0.0);
        let mut frames = 0;
        while other.approach(Extent { low: 0.0, high: 1.0 }, 0.016) {
            frames += 1;
            assert!(frames < 2000);
        }
        assert_eq!(other.range(), (0.0, 1.0));
        // So is another level, which has nothing in common with the one before.
        let elsewhere = Extent { low: 90.0, high: 95.0 };
        assert!(!other.approach(elsewhere, 0.016) && other.range() == (90.0, 95.0));
        // Where nothing moves by itself it is there at once.
        assert!(!other.approach(Extent { low: -3.0, high: 0.1 }, f64::INFINITY));
        assert_eq!(other.range(), (-3.0, 0.1));
    }
}
