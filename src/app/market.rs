//! A market's own record in the window: read from files beside the window, with the estimated liquidation map over time, and
//! from any moment of it a scenario to begin a run with.

mod charts;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cascade_analysis::liquidation_map::{CELL, liquidation_maps};
use cascade_analysis::market_start::{self, Origin, Start};
use cascade_analysis::{Background, cores, let_go};
use cascade_files::record::{self, FileRead, RecordOptions, RecordRead, Watch};
use cascade_files::time::minute_of;
use cascade_market::book::{DRAWS, Map};
use cascade_market::resilience::{NoResilience, Resilience};
use cascade_market::{HOUR_MS, Record};
use cascade_scenario::Scenario;

use super::{App, Request};

pub use charts::Charts;

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
    fn start(&self, base: &Scenario, time_ms: i64) -> Result<Start, String> {
        let map = match &self.maps {
            Ok(_) => self
                .map_at(time_ms)
                .ok_or("there is no map of this moment: open interest begins later")?,
            Err(reason) => return Err(reason.clone()),
        };
        let moment = minute_of(time_ms as f64 / 1e3).unwrap_or_default();
        let origin = Origin {
            name: &self.name,
            moment: &moment,
            time_ms,
            record: &self.record,
            map,
            book: self.book.as_ref().map_err(|reason| *reason),
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

    /// How far the reading is, from 0 to 1, and what is being done; none where nothing is read.
    pub fn progress(&self) -> Option<(f32, &'static str)> {
        let work = self.work.as_ref()?;
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
        let arrival = Background::begin(move || read(&paths, &watched, &counted));
        self.work = Some(Work { watch, draws, arrival });
    }

    fn cancel(&mut self) {
        if let Some(work) = self.work.take() {
            work.watch.cancel.request();
        }
    }

    /// Takes in what has been read. Returns whether something is still being read.
    pub fn poll(&mut self) -> bool {
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
                self.chosen_ms = read.record.ends_ms();
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
        }
    }

    fn start_here(&mut self) {
        let Some(shown) = self.market.shown.clone() else { return };
        match shown.start(&self.present.scenario, self.market.chosen_ms) {
            Ok(start) => {
                let document = super::Document::new(None, &start.scenario);
                let what = format!("Start from {}", shown.name);
                if self.begin_anew(what, start.scenario, document) {
                    for said in start.said {
                        self.messages.done(said);
                    }
                }
            }
            Err(reason) => self.messages.error(reason),
        }
    }
}
