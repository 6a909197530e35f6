//! Places on the time line worth going to: those the scenario names, and the largest events of the run.

use cascade_engine::LogKind;

use super::App;
use super::history::Figure;

/// A place on the time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The step one goes to.
    pub step: u64,
    /// What happened there.
    pub label: String,
    /// Whether somebody put it there, and not the program.
    pub named: bool,
}

/// Below this a largest value counts as none: a spectral radius, or US dollars repaid in a step.
const NOTHING: f64 = 0.01;
/// So many times the present value a largest one must be for its moment to be worth going to.
const STANDS_OUT: f64 = 1.5;

/// Something that is strongest at one moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peak {
    /// How the assets hit one another: the spectral radius of the contagion matrix.
    Contagion,
    /// What liquidators repay of the loans of the asset shown; the moment before, when the loans are still there.
    Loans,
}

impl Peak {
    /// What is so at that moment.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Contagion => "where contagion was strongest",
            Self::Loans => "before most loans were liquidated",
        }
    }
}

impl App {
    /// The step of the recorded run at which something was strongest; none where there was nothing of it.
    pub fn peak(&self, of: Peak) -> Option<u64> {
        let (series, before) = match of {
            Peak::Contagion => (self.present.history.contagion()?.radius(), 0),
            Peak::Loans => (self.shown_history().figure(Figure::LoansRepaid), 1),
        };
        let whole = 0..series.len();
        let most = series.extent(whole.clone()).high;
        let now = series.at(self.present.position() as usize).unwrap_or_default();
        let stands_out = most > NOTHING && most > STANDS_OUT * now;
        // How a run begins is not what has happened in it.
        let step = series
            .first_at_least(whole, most)
            .filter(|step| stands_out && *step > 0)?;
        Some((step as u64).saturating_sub(before))
    }

    /// All bookmarks by step: shocks, critical moments, halts, losses, what the scenario names, the end of the largest
    /// move and the heaviest liquidations of the asset shown.
    pub fn bookmarks(&self) -> Vec<Bookmark> {
        let mut first_loss = true;
        let log = self.present.newest().log().iter().filter(|entry| match entry.kind() {
            LogKind::Shock | LogKind::Critical | LogKind::Halt | LogKind::Bookmark | LogKind::Pause => true,
            LogKind::Loss => std::mem::take(&mut first_loss),
            _ => false,
        });
        let mut all: Vec<Bookmark> = log
            .map(|entry| Bookmark {
                step: entry.step,
                label: entry.to_string(),
                named: matches!(entry.kind(), LogKind::Bookmark | LogKind::Pause),
            })
            .collect();
        let found = |step: usize, label: &str| Bookmark {
            step: step as u64,
            label: label.to_owned(),
            named: false,
        };
        if let Some(story) = self.shown_history().story() {
            let end = if story.total < 0.0 {
                "lowest price"
            } else {
                "highest price"
            };
            all.push(found(story.to_step, end));
        }
        for (figure, label) in [
            (Figure::LiquidatedLongs, "most longs liquidated"),
            (Figure::LiquidatedShorts, "most shorts liquidated"),
        ] {
            let series = self.shown_history().figure(figure);
            let whole = 0..series.len();
            let peak = series.extent(whole.clone()).high;
            if peak > 0.0
                && let Some(step) = series.first_at_least(whole, peak)
            {
                all.push(found(step, label));
            }
        }
        all.sort_by_key(|bookmark| bookmark.step);
        all
    }

    /// Goes to the next bookmark in one direction; to the end of the run if there is none.
    pub(super) fn jump(&mut self, onwards: bool) {
        let here = self.present.position();
        let steps: Vec<u64> = self.bookmarks().iter().map(|bookmark| bookmark.step).collect();
        let next = if onwards {
            steps
                .into_iter()
                .find(|step| *step > here)
                .unwrap_or_else(|| self.present.newest_step())
        } else {
            steps.into_iter().rev().find(|step| *step < here).unwrap_or(0)
        };
        self.playing = false;
        self.present.seek(next);
    }
}
