//! What the plots show: one asset of a run with what is laid over it, and a plot once it has been drawn.

use cascade_scenario::{AssetId, RecordMark};

use eframe::egui::{Rect, Response};

use super::canvas::Viewport;
use super::frame::Frame;
use super::list::Listed;
use super::observed::{self, Came};
use super::overlay::{Overlay, RunBefore};
use super::plot::Row;
use super::price::Part;
use super::{clusters, gamma};
use crate::palette::Palette;
use cascade_app::classroom::Classroom;
use cascade_app::history::History;
use cascade_app::{ASKED, App, Guess, PINNED_MAX, ShownPlots};
use cascade_engine::Asset;

/// What the plots show: one asset of a run.
#[derive(Clone, Copy)]
pub struct PlotView<'a> {
    /// The asset's run so far.
    pub history: &'a History,
    /// The asset's present state.
    pub asset: &'a Asset,
    /// Which one it is, where there are several.
    pub number: Option<AssetId>,
    /// The last step that the run has come to, or will have when it has been made anew.
    pub reach: usize,
    /// Whether the model is running.
    pub running: bool,
    /// Whether an audience looks on: few plots, large.
    pub presenting: bool,
    /// Which plots the user wants.
    pub plots: &'a ShownPlots,
    /// Those that the lesson speaks of.
    pub first: &'a [String],
    /// In which order and how high.
    pub arrangement: &'a cascade_app::Layout,
    /// The colours.
    pub palette: &'a Palette,
    /// What is on record of the episode.
    pub record: Option<&'a RecordMark>,
    /// What is laid over them.
    pub overlay: Overlay<'a>,
}

impl PlotView<'_> {
    /// The step at which the model stands.
    pub fn present(&self) -> usize {
        self.asset.observation().step as usize
    }

    /// A name with the asset's, where there are several.
    pub fn named(&self, name: &str) -> String {
        match self.number {
            Some(number) => format!("{name}, {number}"),
            None => name.to_owned(),
        }
    }

    /// Whether a part of the price plot is wanted and there.
    pub fn shows(&self, part: Part) -> bool {
        Listed::OfPrice(part).is_wanted(self.plots) && (part.exists)(self.asset)
    }

    /// How many parts of the price plot stand beside it.
    pub fn parts_beside(&self) -> usize {
        let parts = [clusters::PART, gamma::PART].into_iter();
        parts.filter(|part| self.shows(*part)).count()
    }

    /// Where steps and values are on the screen in a frame.
    pub fn viewport(&self, frame: &Frame<'_>) -> Viewport {
        let history = self.history;
        let others = self.overlay.beside(self.palette);
        let furthest = others.map(|beside| beside.history.newest_step()).fold(0, usize::max);
        Viewport::new(
            frame.transform(),
            &frame.seconds,
            history.step_seconds(),
            history.newest_step().max(furthest),
        )
    }

    /// Whether it stands at an earlier one than the newest.
    pub fn rewound(&self) -> bool {
        self.present() < self.history.newest_step()
    }
}

impl<'a> PlotView<'a> {
    /// What the plots show of the asset that is chosen; `guessing` is who guesses where there is a question.
    pub fn of(app: &'a App, guesses: &'a [Guess], guessing: Option<&'a str>, palette: &'a Palette) -> Self {
        let (asset, several) = (app.asset_id(), app.present.simulation.assets().len() > 1);
        let same_steps = |other: &&History| other.step_seconds() == app.present.history.step_seconds();
        let mut pinned = [None; PINNED_MAX];
        for (id, run) in app.pinned() {
            pinned[id.index()] = run.history.get(asset).filter(same_steps);
        }
        let before = app.run_before().and_then(|(change, run)| {
            let history = run.history.get(asset).filter(same_steps)?;
            let runs = [&run.simulation, &app.present.simulation];
            let same_moment = runs[0].steps() == runs[1].steps();
            let factors = runs.map(|run| run.summary_of(asset).amplification_factor);
            Some(RunBefore {
                history,
                change,
                amplified: match factors {
                    [Some(then), Some(now)] if same_moment => Some([then, now]),
                    _ => None,
                },
            })
        });
        let overlay = Overlay {
            pinned,
            before,
            fan: app.fan(),
            came: app
                .observed()
                .filter(|_| Listed::OfPrice(observed::PART).is_wanted(&app.settings.plots))
                .map(|observed| Came {
                    observed,
                    step_seconds: app.present.history.step_seconds(),
                    among_seeds: app.observed_among_seeds(),
                }),
            selection: app.present.selection,
            // Guesses are of one asset's price.
            guesses: if asset == ASKED { guesses } else { &[] },
            guessing: guessing.filter(|_| {
                asset == ASKED && (app.question().is_some() || app.classroom().is_some_and(Classroom::asks_price))
            }),
        };
        Self {
            overlay,
            history: app.shown_history(),
            asset: app.shown_asset(),
            number: several.then_some(asset),
            reach: app.present.reach() as usize,
            running: app.playing,
            presenting: app.presenting,
            plots: &app.settings.plots,
            first: app.classroom().map_or(&[], |room| &room.lesson.plots),
            arrangement: &app.settings.layout,
            palette,
            record: app
                .present
                .document
                .saved
                .hints
                .record
                .as_ref()
                .filter(|_| asset == ASKED),
        }
    }
}

/// A plot that has been drawn.
pub struct Shown {
    /// The part inside its axes.
    pub inner: Rect,
    /// What the pointer does there.
    pub response: Response,
    /// Where steps and values are on the screen.
    pub place: Viewport,
    /// Which one; none for the price.
    pub plot: Option<Row>,
}
