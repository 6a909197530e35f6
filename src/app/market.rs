//! A market's own record in the window: read from files beside the window, with the estimated liquidation map over time, and
//! from any moment of it a scenario to begin a run with.

mod charts;
mod explain;
mod fit;
mod follow;
mod task;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cascade_analysis::calibration::{self, Calibration};
use cascade_analysis::liquidation_map::{CELL, liquidation_maps};
use cascade_analysis::market_start::{self, Assumptions, Origin, Start};
use cascade_analysis::{Background, cores, let_go};
use cascade_files::record::{self, FileRead, RecordOptions, RecordRead, Watch};
use cascade_files::time::minute_of;
use cascade_market::book::{DRAWS, Map};
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{HOUR_MS, Record};
use cascade_scenario::{Hints, Scenario};

use super::{App, Request};

pub use charts::Charts;
pub use explain::Explained;
pub use task::Task;

use follow::Follow;

/// Most moments of which the map is estimated.
const MOMENTS: i64 = 240;

/// What can be asked about a market's record.
#[derive(Clone, Debug, PartialEq)]
pub enum MarketCommand {
    /// Asks for the folder that a record is in.
    AskFolder,
    /// Reads the record in these files and folders.
    Read(Vec<PathBuf>),
    /// Gives up the reading.
    Cancel,
    /// Puts the record away.
    Close,
    /// Chooses a moment of the record, milliseconds since 1970.
    Choose(i64),
    /// Begins a run with the market as it stood at the chosen moment.
    StartHere,
    /// Finds out what of the move from one time to another was forced.
    Explain(i64, i64),
    /// Fits the model to the hours after the record's sharp moves.
    Fit,
    /// Puts the fit away.
    Unfit,
    /// Reads the files again whenever they have grown, or does so no more.
    Follow(bool),
}

/// A record that has been read.
#[derive(Debug)]
pub struct MarketRecord {
    /// What it is called.
    pub name: String,
    /// The record.
    pub record: Record,
    /// Its market, as far as the files say.
    pub symbol: Option<String>,
    /// How its files were read.
    pub files: Vec<FileRead>,
    /// The maps at even distances, none before open interest begins; or why there are none.
    pub maps: Result<Vec<Option<Map>>, String>,
    /// What its order book is like, measured over the whole record.
    pub book: Result<Resilience, NoResilience>,
    /// Distance of two maps, milliseconds.
    pub every_ms: i64,
    /// What the plots show.
    pub charts: Charts,
}

impl MarketRecord {
    /// The last map at or before a moment.
    pub fn map_at(&self, time_ms: i64) -> Option<&Map> {
        let place = (time_ms - self.record.begins_ms()).div_euclid(self.every_ms);
        let maps = self.maps.as_ref().ok()?;
        maps.get(usize::try_from(place).ok()?.min(maps.len().saturating_sub(1)))?
            .as_ref()
    }
}

impl MarketRecord {
    fn start(&self, base: &Scenario, time_ms: i64, fit: Option<&Calibration>) -> Result<Start, String> {
        let moment = minute_of(time_ms as f64 / 1e3).unwrap_or_default();
        let origin = Origin {
            name: &self.name,
            moment: &moment,
            time_ms,
            record: &self.record,
            map: self.map_at(time_ms),
            book: self.book.as_ref().map_err(|reason| *reason),
            assumptions: fit.map_or_else(Assumptions::default, |fit| calibration::assumptions(&fit.medians())),
        };
        market_start::scenario(base, &origin)
    }
}

/// A reading that is under way.
#[derive(Debug)]
struct Work {
    watch: Arc<Watch>,
    draws: Arc<AtomicUsize>,
    arrival: Background<Option<Result<Arc<MarketRecord>, String>>>,
}

/// The record that is shown, and the one that is being read.
#[derive(Debug, Default)]
pub struct Market {
    work: Option<Work>,
    shown: Option<Arc<MarketRecord>>,
    chosen_ms: i64,
    failed: Option<String>,
    explained: Option<Explained>,
    fitted: Option<Task<Calibration>>,
    paths: Vec<PathBuf>,
    follow: Option<Follow>,
}

impl Market {
    /// The record that is shown.
    pub const fn shown(&self) -> Option<&Arc<MarketRecord>> {
        self.shown.as_ref()
    }

    /// The chosen moment.
    pub const fn chosen_ms(&self) -> i64 {
        self.chosen_ms
    }

    /// Why the last reading came to nothing.
    pub fn failed(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// The move that is being explained, or was explained last.
    pub const fn explained(&self) -> Option<&Explained> {
        self.explained.as_ref()
    }

    /// The fit that is being sought, or was found last.
    pub const fn fitted(&self) -> Option<&Task<Calibration>> {
        self.fitted.as_ref()
    }

    /// Whether the files are read again when they have grown.
    pub const fn follows(&self) -> bool {
        self.follow.is_some()
    }

    /// How far the reading, the explaining or the fitting is, from 0 to 1, and what is being done; none where nothing is.
    pub fn progress(&self) -> Option<(f32, &'static str)> {
        let Some(work) = &self.work else {
            let explained = self.explained.as_ref().map(|explained| &explained.task);
            if let Some(task) = explained.filter(|task| task.is_under_way()) {
                return Some((task.share(), "Explaining the move"));
            }
            let fitted = self.fitted.as_ref().filter(|task| task.is_under_way())?;
            return Some((fitted.share(), "Fitting the model"));
        };
        let (done, total) = work.watch.progress();
        let draws = work.draws.load(Ordering::Relaxed);
        Some(if draws > 0 || total > 0 && done == total {
            (draws as f32 / DRAWS as f32, "Estimating where liquidations rest")
        } else {
            (done as f32 / total.max(1) as f32, "Reading files")
        })
    }

    fn begin(&mut self, paths: Vec<PathBuf>) {
        self.cancel();
        self.failed = None;
        let (watch, draws) = (Arc::new(Watch::default()), Arc::new(AtomicUsize::new(0)));
        let (watched, counted) = (Arc::clone(&watch), Arc::clone(&draws));
        self.follow = self.follow.take().map(|_| Follow::new(&paths));
        self.paths.clone_from(&paths);
        let arrival = Background::begin(move || read(&paths, &watched, &counted));
        self.work = Some(Work { watch, draws, arrival });
    }

    fn cancel(&mut self) {
        if let Some(work) = self.work.take() {
            work.watch.cancel.request();
        } else if self
            .explained
            .as_ref()
            .is_some_and(|explained| explained.task.is_under_way())
        {
            self.explained = None;
        } else if self.fitted.as_ref().is_some_and(Task::is_under_way) {
            self.fitted = None;
        }
    }

    /// Takes in what has been read and found after so much more time. Returns whether something is still under way.
    pub fn poll(&mut self, passed: Duration) -> bool {
        let explains = self.explained.as_mut().is_some_and(|explained| explained.task.poll());
        let fits = self.fitted.as_mut().is_some_and(Task::poll);
        if self.work.is_none()
            && let Some(follow) = &mut self.follow
            && follow.look(&self.paths, passed)
        {
            self.begin(self.paths.clone());
        }
        self.poll_reading() || explains || fits
    }

    /// When to look again whether the files have grown; none where they are not followed.
    pub fn look_again(&self) -> Option<Duration> {
        self.follow.as_ref().map(|_| follow::LOOK)
    }

    fn poll_reading(&mut self) -> bool {
        let Some(work) = &mut self.work else { return false };
        let Some(outcome) = work.arrival.poll().cloned() else {
            let failed = work.arrival.has_failed();
            if failed {
                self.work = None;
                self.failed = Some("the reading ended without a result".to_owned());
            }
            return !failed;
        };
        self.work = None;
        match outcome {
            Some(Ok(read)) => {
                // Whoever stands at the end of a record that grows stays there; another moment stays chosen.
                let (begins, ends) = (read.record.begins_ms(), read.record.ends_ms());
                let stays = self.follow.is_some()
                    && self
                        .shown
                        .as_ref()
                        .is_some_and(|shown| self.chosen_ms < shown.record.ends_ms());
                self.chosen_ms = if stays {
                    self.chosen_ms.clamp(begins, ends)
                } else {
                    ends
                };
                self.explained = None;
                self.fitted = None;
                if let Some(before) = self.shown.replace(read) {
                    let_go(before);
                }
            }
            Some(Err(reason)) => self.failed = Some(reason),
            None => {}
        }
        false
    }
}

/// Reads files and estimates the maps; nothing when that was cancelled.
fn read(paths: &[PathBuf], watch: &Watch, draws: &AtomicUsize) -> Option<Result<Arc<MarketRecord>, String>> {
    let RecordRead { record, symbol, files } = match record::read(paths, &RecordOptions::default(), cores(), watch) {
        Ok(read) => read,
        Err(record::RecordError::Cancelled) => return None,
        Err(error) => return Some(Err(error.to_string())),
    };
    let span = record.ends_ms() - record.begins_ms();
    let every_ms = (span / MOMENTS / HOUR_MS + 1) * HOUR_MS;
    let moments: Vec<i64> = (0..=span / every_ms)
        .map(|index| record.begins_ms() + index * every_ms)
        .collect();
    let tell = |done| draws.store(done, Ordering::Relaxed);
    let maps = match liquidation_maps(&record, &moments, CELL, cores(), &watch.cancel, tell) {
        Ok(Some(maps)) => Ok(maps),
        Ok(None) => return None,
        Err(error) => Err(error.to_string()),
    };
    let name = symbol.clone().unwrap_or_else(|| {
        let first = paths.first().and_then(|path| path.file_name());
        first.unwrap_or_default().to_string_lossy().into_owned()
    });
    Some(Ok(Arc::new(MarketRecord {
        charts: Charts::of(&record),
        book: Resilience::of(&record),
        name,
        record,
        symbol,
        files,
        maps,
        every_ms,
    })))
}

impl App {
    pub(super) fn market(&mut self, command: MarketCommand) {
        match command {
            MarketCommand::AskFolder => self.requests.push(Request::ChooseRecord),
            MarketCommand::Read(paths) => {
                self.market.begin(paths);
                self.requests.push(Request::ShowMarket);
            }
            MarketCommand::Cancel => self.market.cancel(),
            MarketCommand::Close => {
                self.market.explained = None;
                self.market.fitted = None;
                self.market.follow = None;
                if let Some(shown) = self.market.shown.take() {
                    let_go(shown);
                }
            }
            MarketCommand::Choose(time_ms) => {
                if let Some(shown) = &self.market.shown {
                    self.market.chosen_ms = time_ms.clamp(shown.record.begins_ms(), shown.record.ends_ms());
                }
            }
            MarketCommand::StartHere => self.start_here(),
            MarketCommand::Explain(from_ms, to_ms) => {
                if let Some(shown) = &self.market.shown {
                    let (begin, end) = (shown.record.begins_ms(), shown.record.ends_ms());
                    let interval = (from_ms.clamp(begin, end), to_ms.clamp(begin, end));
                    self.market.explained = Some(Explained::begin(Arc::clone(shown), interval));
                }
            }
            MarketCommand::Fit => self.market.fitted = self.market.shown.clone().map(fit::begin),
            MarketCommand::Unfit => self.market.fitted = None,
            MarketCommand::Follow(follows) => {
                let market = &mut self.market;
                market.follow = (follows && market.shown.is_some()).then(|| Follow::new(&market.paths));
            }
        }
    }

    fn start_here(&mut self) {
        let Some(shown) = self.market.shown.clone() else { return };
        let fit = self.market.fitted.as_ref().and_then(|fitted| fitted.outcome()?.ok());
        match shown.start(&self.present.scenario, self.market.chosen_ms, fit) {
            Ok(mut start) => {
                // What the scenario before told and suggested was about another market.
                start.scenario.hints = Hints::default();
                start.scenario.description = start.said.join(" ");
                let document = super::Document::new(None, &start.scenario);
                let what = format!("Start from {}", shown.name);
                if self.begin_anew(what, start.scenario, document) {
                    self.requests.push(Request::ShowPlots);
                    for said in start.said {
                        self.messages.done(said);
                    }
                }
            }
            Err(reason) => self.messages.error(reason),
        }
    }
}
