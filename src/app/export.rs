//! What the window writes beside presets: tables of the run, on threads of their own, with progress and a way to stop.

use cascade_scenario::{AssetId, format};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cascade_analysis::stress::DEPTHS;
use cascade_analysis::{Background, Cancel};
use cascade_files::export::{ExportError, Table};
use cascade_files::report::ReportPlan;

use super::studies::StudyKind;
use super::{App, Messages, PlotId, Request};

/// A part of the window that a picture is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// All of it.
    Window,
    /// The price with the liquidation levels beside it.
    Price,
    /// Another plot, with its legend.
    Plot(PlotId),
    /// What is known of a study.
    Study(StudyKind),
}

impl Picture {
    /// Its name in a sentence.
    pub fn label(self) -> String {
        match self {
            Self::Window => "the window".to_owned(),
            Self::Price => "the price plot".to_owned(),
            Self::Plot(PlotId(name)) => format!("the plot “{name}”"),
            Self::Study(kind) => format!("the study “{}”", kind.label()),
        }
    }
}

/// Something that can be written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// One row a step.
    Series,
    /// One row an event.
    Events,
    /// The stress table of the lending pool.
    Stress,
    /// What is known of a study.
    Study(StudyKind),
    /// The run as a page that stands by itself.
    Report,
    /// The lesson that is taught, on paper.
    Handout {
        /// With the plan and the notes for the teacher.
        speaker: bool,
    },
    /// What the window shows.
    Picture(Picture),
}

impl Export {
    /// What its file is called behind the name of the preset.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Series => "series.csv",
            Self::Events => "events.csv",
            Self::Stress => "stress.csv",
            Self::Study(StudyKind::Fragility) => "fragility.csv",
            Self::Study(StudyKind::Sensitivity) => "sensitivity.csv",
            Self::Study(StudyKind::Interventions) => "interventions.csv",
            Self::Study(StudyKind::AtRisk) => "at-risk.csv",
            Self::Report => "report.html",
            Self::Handout { speaker: false } => "handout.html",
            Self::Handout { speaker: true } => "handout with notes.html",
            Self::Picture(_) => "picture.png",
        }
    }

    /// Its name in a sentence.
    pub fn label(self) -> String {
        match self {
            Self::Series => "the time series".to_owned(),
            Self::Events => "the events".to_owned(),
            Self::Stress => "the stress table".to_owned(),
            Self::Report => "the report".to_owned(),
            Self::Handout { speaker: false } => "the handout".to_owned(),
            Self::Handout { speaker: true } => "the handout with notes".to_owned(),
            Self::Study(kind) => format!("the table of the study “{}”", kind.label()),
            Self::Picture(picture) => format!("a picture of {}", picture.label()),
        }
    }
}

/// Tables that are being written.
#[derive(Debug, Default)]
pub struct Exports(Vec<Job>);

#[derive(Debug)]
struct Job {
    path: PathBuf,
    /// What the message says when it is done.
    contains: String,
    /// Whether it is a table, of which the rows are told.
    of_rows: bool,
    rows: u64,
    done: Arc<AtomicU64>,
    cancel: Arc<Cancel>,
    outcome: Background<Result<u64, ExportError>>,
}

impl Exports {
    fn start(&mut self, table: Table, path: &Path, contains: String) {
        let (done, cancel) = (Arc::new(AtomicU64::new(0)), Arc::new(Cancel::new()));
        let (counted, asked, target) = (Arc::clone(&done), Arc::clone(&cancel), path.to_owned());
        let rows = table.rows();
        let of_rows = !matches!(table, Table::Report(_) | Table::Handout(_));
        let write = move || {
            table.save(&target, |rows| {
                counted.store(rows, Ordering::Relaxed);
                !asked.is_requested()
            })
        };
        self.0.push(Job {
            path: path.to_owned(),
            contains,
            of_rows,
            rows,
            done,
            cancel,
            outcome: Background::begin(write),
        });
    }

    /// Whether anything is being written.
    pub const fn running(&self) -> bool {
        !self.0.is_empty()
    }

    /// What is being written, oldest first: the file, rows that are done, and all of them.
    pub fn progress(&self) -> impl Iterator<Item = (&Path, u64, u64)> {
        let of = |job: &Job| job.done.load(Ordering::Relaxed);
        self.0.iter().map(move |job| (job.path.as_path(), of(job), job.rows))
    }

    /// Asks all of them to stop.
    pub fn cancel(&self) {
        self.0.iter().for_each(|job| job.cancel.request());
    }

    /// Asks all of them to stop and waits for it, so that no temporary file is left behind.
    pub fn end(&mut self) {
        self.cancel();
        for job in &mut self.0 {
            job.outcome.wait(Duration::from_secs(2));
        }
    }

    /// Tells of what has been written since the last call.
    pub(super) fn collect(&mut self, messages: &mut Messages) {
        self.0.retain_mut(|job| {
            let failed = job.outcome.has_failed();
            let path = job.path.display();
            match job.outcome.get() {
                Some(Ok(rows)) => {
                    let rows = format::counted(*rows as usize, "row");
                    let rows = if job.of_rows {
                        format!("{rows}, ")
                    } else {
                        String::new()
                    };
                    messages.done(format!("Saved {path}: {rows}{}.", job.contains));
                }
                Some(Err(ExportError::Cancelled)) => messages.done(format!("{path} was not written: cancelled.")),
                Some(Err(error)) => messages.error(format!("{path} was not written: {error}")),
                None if failed => messages.error(format!("{path} was not written: its thread ended early")),
                None => return true,
            }
            false
        });
    }
}

impl App {
    /// Begins to write something to a file.
    pub(super) fn export(&mut self, what: Export, path: PathBuf) {
        match what {
            Export::Series => {
                let (run, steps) = (self.present.newest(), self.present.newest_step());
                let table = Table::Series {
                    scenario: Box::new(run.scenario_with_acts()),
                    steps,
                    asset: self.asset_id(),
                };
                let contains = format!(
                    "one a step from 1 to {}, the columns of `run --csv`{}",
                    format::whole(steps),
                    self.of_asset(self.asset_id())
                );
                self.exports.start(table, &path, contains);
            }
            Export::Events => {
                let log = self.present.newest().log().to_vec();
                self.exports.start(
                    Table::Events(log),
                    &path,
                    "one an event: step, time, kind, text".to_owned(),
                );
            }
            Export::Stress => match self.stress_rows() {
                Some(rows) => {
                    let of = self
                        .stress
                        .table()
                        .map_or_else(String::new, |table| self.of_asset(table.asset));
                    let contains = format!("one a shock and depth{of}, in USD and as relative changes");
                    self.exports.start(Table::Rows(rows), &path, contains);
                }
                None => self
                    .messages
                    .error("There is no stress table yet: View, Lending-pool stress table, Compute."),
            },
            Export::Study(kind) => match self.studies.table(kind) {
                Some(rows) => {
                    let contains = "each with the scenario, the seeds and the steps behind it".to_owned();
                    self.exports.start(Table::Rows(rows), &path, contains);
                }
                None => self
                    .messages
                    .error(format!("Nothing is known of {} yet.", what.label())),
            },
            Export::Report => {
                let plan = ReportPlan {
                    scenario: self.present.newest().scenario_with_acts(),
                    steps: self.present.newest_step(),
                    asset: self.asset_id(),
                    sections: self.studies.sections(),
                };
                let contains = format!("a page of the run to step {}", plan.steps);
                self.exports.start(Table::Report(Box::new(plan)), &path, contains);
            }
            Export::Handout { speaker } => {
                if let Some(room) = self.classroom() {
                    let table = Table::Handout(Box::new(room.handout(speaker)));
                    let contains = format!("“{}” on paper, the answers on a page apart", room.lesson.title);
                    self.exports.start(table, &path, contains);
                }
            }
            Export::Picture(picture) => self.requests.push(Request::SavePicture(picture, path)),
        }
    }

    /// That something is of an asset, in words; nothing where there is one.
    pub fn of_asset(&self, asset: AssetId) -> String {
        if self.present.simulation.assets().len() > 1 {
            format!(" of {asset}")
        } else {
            String::new()
        }
    }

    /// The stress table with the names of its columns; none while it is not complete.
    fn stress_rows(&self) -> Option<Vec<Vec<String>>> {
        let table = self.stress.table()?;
        let names = [
            "shock_fraction",
            "depth_factor",
            "liquidated_usd",
            "bad_debt_usd",
            "price_move_fraction",
        ];
        let mut rows = vec![names.map(str::to_owned).to_vec()];
        for (row, shock) in table.shocks.iter().enumerate() {
            for (column, depth) in DEPTHS.iter().enumerate() {
                let cell = table.cells[row][column]?;
                let figures = [*shock, *depth, cell.liquidated_usd, cell.bad_debt_usd, cell.price_move];
                rows.push(figures.map(|figure| figure.to_string()).to_vec());
            }
        }
        Some(rows)
    }
}
