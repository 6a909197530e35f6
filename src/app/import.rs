//! A table that is being looked at before it becomes part of the scenario. Nothing changes before it is used; then the run
//! begins anew, as one entry of what can be undone.
//!
//! Files are read, and read again when a column is assigned otherwise, on a thread of their own; at most one reading is
//! under way, and it is always followed by one with the latest settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::Background;
use crate::analysis::gex::{Convention, GammaExposure, gamma_exposure};
use crate::files::import::{self, Context, ImportKind, Imported};
use crate::files::options::Known;
use crate::files::positions::{Places, PositionList};
use crate::files::preset::{PresetError, Problem};
use crate::files::price_path::PathFile;
use crate::files::table::{Field, Mapping, Table};
use crate::scenario::{
    ListedPosition, OptionChain, ParameterError, PositionTotals, PricePath, Scenario, Shared, find, format,
};

use super::App;

/// Rows of the table that are shown.
pub const ROWS_SHOWN: usize = 8;
/// A path that would take more steps than this gets longer steps.
const STEPS_AT_MOST: f64 = 20_000.0;
/// What is aimed at where a chain's hedges would trade more than the books can take: half of it.
const REACH: f64 = 0.5;
/// Entries further than this factor from the start price make the list's own prices the better start.
const FAR: f64 = 1.5;

/// What can be asked of a table that is being looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportCommand {
    /// Reads it otherwise.
    Change(Box<ImportSettings>),
    /// Makes it part of the scenario.
    Use,
    /// Puts it away.
    Cancel,
}

/// What a scenario may bring along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Its positions.
    Positions,
    /// Its price path.
    PricePath,
    /// Its option chain.
    Options,
}

impl Brought {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Positions, Self::PricePath, Self::Options];

    /// Name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positions => "imported positions",
            Self::PricePath => "imported price path",
            Self::Options => "imported options",
        }
    }

    /// How many entries a scenario has of it.
    pub fn count(self, scenario: &Scenario) -> usize {
        match self {
            Self::Positions => scenario.positions.len(),
            Self::PricePath => scenario.path.points.len(),
            Self::Options => scenario.options.len(),
        }
    }
}

/// How a table is read and what is made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSettings {
    /// What it holds.
    pub kind: ImportKind,
    /// Which column each field of the kind is in.
    pub mapping: Mapping,
    /// Price and day of an option chain, where the file's are not wanted.
    pub known: Known,
    /// How the gamma exposure of an option chain is computed; its signs and multiplier go to the scenario.
    pub convention: Convention,
    /// Whether noise goes on beside a price path.
    pub noise: bool,
    /// Start price for a position list.
    pub start_price: f64,
    /// Time step for a price path, seconds.
    pub step_seconds: f64,
    /// Depth of all books for an option chain, USD per unit log price.
    pub depth: f64,
    /// Share of a chain's open interest that the scenario takes.
    pub share: f64,
}

impl ImportSettings {
    /// What the dealers' hedges of a chain trade per unit of log price, over the depth they trade in.
    pub fn reach(&self, exposure: &GammaExposure) -> f64 {
        100.0 * exposure.net.abs() * self.share / self.depth
    }
}

/// What was found in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Positions, and what they come to.
    Positions(PositionList, PositionTotals),
    /// A price path.
    PricePath(PathFile),
    /// An option chain, its gamma exposure, and how much there is of it.
    OptionChain(OptionChain, GammaExposure, Extent),
}

/// How much there is of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Number of strikes.
    pub strikes: usize,
    /// Number of expiries.
    pub expiries: usize,
    /// Number of series that have open interest, a volatility and time left.
    pub series: usize,
}

/// A table as it was read with some settings.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The settings.
    pub settings: ImportSettings,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its first rows, with their line numbers.
    pub rows: Vec<(usize, Vec<Field>)>,
    /// Number of its rows.
    pub row_count: usize,
    /// Required fields that no column holds.
    pub missing: Vec<String>,
    /// What is in it, or everything that is wrong with it.
    pub found: Result<Found, Vec<Problem>>,
    /// Number of positions of the first asset that keep less than the maintenance margin at the start price, by the rate
    /// before tiers and volatility.
    pub lost: usize,
    maintenance: f64,
}

impl Preview {
    /// Takes over settings that do not change how the table reads.
    fn apply(&mut self, settings: ImportSettings) {
        self.settings = settings;
        if let Ok(Found::Positions(list, _)) = &self.found {
            let (price, rate) = (self.settings.start_price, self.maintenance);
            let lost = |position: &&ListedPosition| position.asset == 1 && position.margin_share(price) <= rate;
            self.lost = list.positions.iter().filter(lost).count();
        }
    }
}

/// What a thread hands over: the text, the first time, and how it reads.
type Reading = Result<(Arc<str>, Preview), PresetError>;

/// What of the scenario bears on how a table reads.
#[derive(Clone, Copy, Debug)]
struct Market {
    places: Places,
    maintenance: f64,
}

/// A table that is being looked at.
#[derive(Debug)]
pub struct Import {
    /// Its file.
    pub path: PathBuf,
    /// How it is to be read; none before it was read for the first time.
    pub settings: Option<ImportSettings>,
    /// How it read the last time.
    pub preview: Option<Preview>,
    /// Why it cannot be read, or cannot be part of this scenario.
    pub refused: Option<String>,
    text: Option<Arc<str>>,
    market: Market,
    work: Option<Background<Reading>>,
}

impl Import {
    fn begin(path: &Path, scenario: &Scenario) -> Self {
        let (file, base) = (path.to_owned(), defaults(scenario));
        let market = Market {
            places: Places::of(scenario),
            maintenance: scenario.parameters.margin.maintenance,
        };
        let read = move || {
            let text: Arc<str> = import::text(&file)?.into();
            let preview = first_look(&text, &base, market);
            Ok((text, preview))
        };
        Self {
            path: path.to_owned(),
            settings: None,
            preview: None,
            refused: None,
            text: None,
            market,
            work: Some(Background::begin(read)),
        }
    }

    /// Whether it is being read.
    pub const fn reading(&self) -> bool {
        self.work.is_some()
    }

    /// The name of the file without its folder.
    pub fn name(&self) -> String {
        self.path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// What can be used as it is.
    pub fn ready(&self) -> Option<&Preview> {
        let current = |preview: &&Preview| Some(&preview.settings) == self.settings.as_ref() && preview.found.is_ok();
        self.preview.as_ref().filter(current)
    }

    fn poll(&mut self) {
        let Some(work) = &mut self.work else { return };
        let Some(reading) = work.poll() else { return };
        match reading {
            Ok((text, preview)) => {
                self.text = Some(Arc::clone(text));
                self.settings.get_or_insert_with(|| preview.settings.clone());
                self.preview = Some(preview.clone());
                self.refused = None;
            }
            Err(error) => self.refused = Some(error.to_string()),
        }
        self.work = None;
        self.read_again();
    }

    fn change(&mut self, mut wanted: ImportSettings) {
        let Some(text) = &self.text else { return };
        if self.settings.as_ref().is_none_or(|now| now.kind != wanted.kind) {
            let table = Table::of(text);
            wanted.mapping = wanted.kind.mapping(&table, wanted.kind.header(&table));
        }
        self.settings = Some(wanted);
        self.refused = None;
        self.read_again();
    }

    /// Reads with the latest settings, unless that is what was read last or something is being read.
    fn read_again(&mut self) {
        let (Some(settings), Some(text), None) = (&self.settings, &self.text, &self.work) else {
            return;
        };
        match &mut self.preview {
            Some(preview) if preview.settings == *settings => return,
            // What is only applied later does not change how it reads.
            Some(preview) if reads_alike(&preview.settings, settings) => {
                preview.apply(settings.clone());
                return;
            }
            _ => {}
        }
        let (text, settings, market) = (Arc::clone(text), settings.clone(), self.market);
        self.work = Some(Background::begin(move || {
            let preview = look(&text, settings, market);
            Ok((text, preview))
        }));
    }
}

fn reads_alike(one: &ImportSettings, other: &ImportSettings) -> bool {
    let ImportSettings {
        noise,
        start_price,
        step_seconds,
        depth,
        share,
        ..
    } = other.clone();
    let same = ImportSettings {
        noise,
        start_price,
        step_seconds,
        depth,
        share,
        ..one.clone()
    };
    same == *other
}

fn defaults(scenario: &Scenario) -> ImportSettings {
    ImportSettings {
        kind: ImportKind::Positions,
        mapping: Mapping::new(),
        known: Known::default(),
        convention: Convention::default(),
        noise: false,
        start_price: scenario.parameters.market.start_price,
        step_seconds: scenario.parameters.market.step_seconds,
        depth: scenario.parameters.liquidity.depth,
        share: 1.0,
    }
}

/// Reads a table as what it most probably is, and suggests what fits it.
fn first_look(text: &str, base: &ImportSettings, market: Market) -> Preview {
    let table = Table::of(text);
    let kind = ImportKind::guess(&table);
    let mapping = kind.mapping(&table, kind.header(&table));
    let settings = ImportSettings {
        kind,
        mapping,
        ..base.clone()
    };
    let mut preview = look(text, settings, market);
    let mut settings = preview.settings.clone();
    match &preview.found {
        Ok(Found::Positions(list, totals)) => {
            settings.start_price = start_price_for(&list.positions, totals, base.start_price);
        }
        Ok(Found::PricePath(file)) => settings.step_seconds = step_for(file, base.step_seconds),
        Ok(Found::OptionChain(_, exposure, _)) => hold(&mut settings, exposure),
        Err(_) => {}
    }
    preview.apply(settings);
    preview
}

/// A chain whose hedges would trade more than the books can take gets deeper books, and where these cannot be deep enough
/// only a part of it is taken.
fn hold(settings: &mut ImportSettings, exposure: &GammaExposure) {
    if settings.reach(exposure) < 1.0 {
        return;
    }
    let deepest = find("liquidity.depth").map_or(settings.depth, |row| row.range.1);
    let rounded = |value: f64| {
        let unit = 10_f64.powf(value.log10().floor() - 1.0);
        (value / unit).round() * unit
    };
    settings.depth = rounded(settings.depth * settings.reach(exposure) / REACH).min(deepest);
    if settings.reach(exposure) > REACH {
        settings.share = rounded(settings.share * REACH / settings.reach(exposure));
    }
}

/// The start price stays where entries are near it; else it is their mean, weighted by notional.
fn start_price_for(positions: &[ListedPosition], totals: &PositionTotals, present: f64) -> f64 {
    let near = |position: &ListedPosition| (present / FAR..=present * FAR).contains(&position.entry);
    if positions.iter().any(near) {
        present
    } else {
        totals.mean_entry
    }
}

/// The step stays unless the path would take too many of them; then it is the usual distance of two rows, as far as a step
/// may be that long.
fn step_for(file: &PathFile, present: f64) -> f64 {
    if file.path.span_seconds() / present <= STEPS_AT_MOST {
        return present;
    }
    let (low, high) = find("market.step_seconds").map_or((0.1, 3_600.0), |row| row.range);
    file.usual_seconds.clamp(low, high)
}

/// Reads a table with settings.
fn look(text: &str, settings: ImportSettings, market: Market) -> Preview {
    let table = Table::of(text);
    let kind = settings.kind;
    let header = kind.header(&table);
    let from = header.map_or(0, |header| header + 1);
    let rows: Vec<_> = table.rows(from).take(ROWS_SHOWN).collect();
    let columns = if let Some(header) = header {
        table.fields(header).into_iter().map(|field| field.text).collect()
    } else {
        let widest = rows.iter().map(|(_, fields)| fields.len()).max().unwrap_or(0);
        (1..=widest).map(|number| format!("Column {number}")).collect()
    };
    let context = Context {
        places: market.places,
        known: settings.known,
    };
    let found = kind
        .read(&table, &settings.mapping, context)
        .map(|imported| match imported {
            Imported::Positions(list) => {
                let totals = PositionTotals::of(&list.positions);
                Found::Positions(list, totals)
            }
            Imported::PricePath(file) => Found::PricePath(file),
            Imported::OptionChain(chain) => {
                let exposure = gamma_exposure(&chain, &settings.convention);
                let (strikes, expiries) = chain.extent();
                let extent = Extent {
                    strikes,
                    expiries,
                    series: chain.series(settings.convention.multiplier).len(),
                };
                Found::OptionChain(chain, exposure, extent)
            }
        });
    let mut preview = Preview {
        columns,
        row_count: table.rows(from).count(),
        rows,
        missing: kind.missing(&settings.mapping),
        found,
        lost: 0,
        maintenance: market.maintenance,
        settings: settings.clone(),
    };
    preview.apply(settings);
    preview
}

impl App {
    /// Begins to look at a table.
    pub(super) fn import(&mut self, path: &Path) {
        self.import = Some(Import::begin(path, &self.scenario));
    }

    /// Takes in what has been read of a table. Returns whether something is still being read.
    pub fn poll_import(&mut self) -> bool {
        let Some(import) = &mut self.import else { return false };
        import.poll();
        import.reading()
    }

    pub(super) fn edit_import(&mut self, command: ImportCommand) {
        match command {
            ImportCommand::Change(settings) => {
                if let Some(import) = &mut self.import {
                    import.change(*settings);
                }
            }
            ImportCommand::Use => self.use_import(),
            ImportCommand::Cancel => self.import = None,
        }
    }

    fn use_import(&mut self) {
        let Some(import) = &self.import else { return };
        let Some(preview) = import.ready() else { return };
        let name = import.name();
        match adopted(&self.scenario, preview) {
            Ok((scenario, what)) => {
                self.import = None;
                if self.begin_anew(format!("Import “{name}”"), scenario, self.document.clone()) {
                    self.messages
                        .done(format!("{what} from {name}; the run begins anew with them."));
                }
            }
            Err(error) => {
                if let Some(import) = &mut self.import {
                    import.refused = Some(error.to_string());
                }
            }
        }
    }

    /// Goes back to what the parameters describe, in a new run.
    pub(super) fn drop_brought(&mut self, brought: Brought) {
        if brought.count(&self.scenario) == 0 {
            self.messages.done(format!("There are no {}.", plural(brought)));
            return;
        }
        let mut scenario = self.scenario.clone();
        match brought {
            Brought::Positions => scenario.positions = Shared::default(),
            Brought::PricePath => scenario.path = PricePath::default(),
            Brought::Options => scenario.options = Shared::default(),
        }
        self.begin_anew(format!("Drop {}", brought.label()), scenario, self.document.clone());
    }
}

const fn plural(brought: Brought) -> &'static str {
    match brought {
        Brought::PricePath => "imported price paths",
        other => other.label(),
    }
}

/// A scenario with what was found, and what that is in words.
fn adopted(scenario: &Scenario, preview: &Preview) -> Result<(Scenario, String), ParameterError> {
    let mut scenario = scenario.clone();
    let settings = &preview.settings;
    let what = match &preview.found {
        Ok(Found::Positions(list, totals)) => {
            scenario.set("market.start_price", settings.start_price)?;
            scenario.adopt_positions(list.positions.clone())?;
            let [longs, shorts] = totals.count;
            format!("{longs} longs and {shorts} shorts")
        }
        Ok(Found::PricePath(file)) => {
            scenario.set("market.step_seconds", settings.step_seconds)?;
            scenario.adopt_path(PricePath {
                noise: settings.noise,
                ..file.path.clone()
            })?;
            format!("A price path of {} points", file.path.points.len())
        }
        Ok(Found::OptionChain(chain, ..)) => {
            let [calls, puts] = settings.convention.signs;
            scenario.set("liquidity.depth", settings.depth)?;
            scenario.adopt_chain(chain, settings.convention.multiplier * settings.share)?;
            scenario.set("dealers.call_sign", calls)?;
            scenario.set("dealers.put_sign", puts)?;
            format!("{} option series", format::digits(scenario.options.len() as f64, 6))
        }
        Err(_) => String::new(),
    };
    Ok((scenario, what))
}
