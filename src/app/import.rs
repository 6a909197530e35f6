//! A table that is being looked at before it becomes part of the scenario. Nothing changes before it is used; then the run
//! begins anew, as one entry of what can be undone.
//!
//! Files are read, and read again when a column is assigned otherwise, on a thread of their own; at most one reading is
//! under way, and it is always followed by one with the latest settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cascade_analysis::Background;
use cascade_analysis::adoption::{Adoption, Choices, Offer, StartPrice, own_shocks};
use cascade_analysis::gex::{Convention, GammaExposure, gamma_exposure};
use cascade_files::import::{self, Context, ImportKind, Imported};
use cascade_files::options::Known;
use cascade_files::positions::{Places, PositionList};
use cascade_files::preset::{PresetError, Problem};
use cascade_files::price_path::PathFile;
use cascade_files::table::{Decimal, Field, Mapping, Numbers, Table};
use cascade_scenario::{OptionChain, ParameterError, PositionTotals, PricePath, Scenario, Shared};

use super::App;

/// Rows of the table that are shown.
pub const ROWS_SHOWN: usize = 8;

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
            Self::Positions => "the listed positions",
            Self::PricePath => "the price path",
            Self::Options => "the listed options",
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
    /// How its numbers are written; none: as they show.
    pub decimal: Option<Decimal>,
    /// Price and day of an option chain, where the file's are not wanted.
    pub known: Known,
    /// How the gamma exposure of an option chain is computed; its signs and multiplier go to the scenario.
    pub convention: Convention,
    /// What is up to whoever takes it over.
    pub choices: Choices,
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
    /// What separates its columns, as a word.
    pub separator: &'static str,
    /// How its numbers are written; none where they do not agree, or may be two things.
    pub numbers: Option<Numbers>,
    /// Required fields that no column holds.
    pub missing: Vec<String>,
    /// What is in it, or everything that is wrong with it.
    pub found: Result<Found, Vec<Problem>>,
    /// Where the run could start: at the table's own price, or where it starts now.
    pub starts: Option<[StartPrice; 2]>,
    /// The timed shocks that a path takes the place of.
    pub shocks: usize,
    /// What the scenario would become; none where nothing was found.
    pub adoption: Option<Result<Adoption, String>>,
}

impl Found {
    /// What of it a scenario may take over.
    fn offer<'a>(&'a self, convention: &'a Convention) -> Offer<'a> {
        match self {
            Self::Positions(list, _) => Offer::Positions(&list.positions),
            Self::PricePath(file) => Offer::Path {
                path: &file.path,
                usual_seconds: file.usual_seconds,
            },
            Self::OptionChain(chain, exposure, _) => Offer::Chain {
                chain,
                convention,
                exposure,
            },
        }
    }
}

impl Preview {
    /// Takes over settings that do not change how the table reads.
    fn apply(&mut self, settings: ImportSettings, scenario: &Scenario) {
        self.settings = settings;
        self.adoption = self
            .adopted(scenario)
            .map(|outcome| outcome.map_err(|error| error.to_string()));
    }

    /// A scenario with what was found.
    fn adopted(&self, scenario: &Scenario) -> Option<Result<Adoption, ParameterError>> {
        let ImportSettings {
            convention, choices, ..
        } = &self.settings;
        let found = self.found.as_ref().ok()?;
        Some(found.offer(convention).adopt(scenario, choices))
    }
}

/// What a thread hands over: the text, the first time, and how it reads.
type Reading = Result<(Arc<str>, Preview), PresetError>;

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
    /// The scenario as it is while the table is looked at.
    base: Arc<Scenario>,
    work: Option<Background<Reading>>,
}

impl Import {
    fn begin(path: &Path, scenario: &Scenario) -> Self {
        let base = Arc::new(scenario.clone());
        let (file, of) = (path.to_owned(), Arc::clone(&base));
        let read = move || {
            let text: Arc<str> = import::text(&file)?.into();
            let preview = first_look(&text, &of);
            Ok((text, preview))
        };
        Self {
            path: path.to_owned(),
            settings: None,
            preview: None,
            refused: None,
            text: None,
            base,
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
                let settings = self.settings.get_or_insert_with(|| preview.settings.clone());
                if settings.kind == preview.settings.kind {
                    settle(&mut settings.choices, self.preview.as_ref(), preview, &self.base);
                }
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
                preview.apply(settings.clone(), &self.base);
                return;
            }
            _ => {}
        }
        let (text, settings, base) = (Arc::clone(text), settings.clone(), Arc::clone(&self.base));
        self.work = Some(Background::begin(move || {
            let preview = look(&text, settings, &base);
            Ok((text, preview))
        }));
    }
}

/// Whether two settings differ only in what is chosen about what was read.
fn reads_alike(one: &ImportSettings, other: &ImportSettings) -> bool {
    let same = ImportSettings {
        choices: other.choices,
        ..one.clone()
    };
    same == *other
}

/// Reads a table as what it most probably is.
fn first_look(text: &str, scenario: &Scenario) -> Preview {
    let table = Table::of(text);
    let kind = ImportKind::guess(&table);
    let settings = ImportSettings {
        kind,
        mapping: kind.mapping(&table, kind.header(&table)),
        decimal: None,
        known: Known::default(),
        convention: Convention::default(),
        choices: Choices::of(scenario),
    };
    look(text, settings, scenario)
}

/// Suggests what fits a table once it can be read as its kind; a start price that was the table's own stays that.
fn settle(choices: &mut Choices, before: Option<&Preview>, now: &Preview, scenario: &Scenario) {
    let Ok(found) = &now.found else { return };
    let same_kind = |before: &&Preview| before.found.is_ok() && before.settings.kind == now.settings.kind;
    match before.filter(same_kind) {
        None => *choices = found.offer(&now.settings.convention).suggest(scenario, &[]),
        Some(before) => {
            if let (Some([old, _]), Some([new, _])) = (before.starts, now.starts)
                && choices.start_price == old.price
            {
                choices.start_price = new.price;
            }
        }
    }
}

/// Reads a table with settings.
fn look(text: &str, settings: ImportSettings, scenario: &Scenario) -> Preview {
    let table = Table::of(text).with_decimal(settings.decimal);
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
        places: Places::of(scenario),
        known: settings.known,
        decimal: settings.decimal,
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
    let starts = found
        .as_ref()
        .ok()
        .and_then(|found: &Found| found.offer(&settings.convention).starts(scenario));
    let mut preview = Preview {
        columns,
        row_count: table.rows(from).count(),
        rows,
        separator: table.separator(),
        numbers: table.numbers(from, &settings.mapping).ok(),
        missing: kind.missing(&settings.mapping),
        found,
        starts,
        shocks: own_shocks(scenario).count(),
        adoption: None,
        settings: settings.clone(),
    };
    preview.apply(settings, scenario);
    preview
}

impl App {
    /// Begins to look at a table.
    pub(super) fn import(&mut self, path: &Path) {
        self.import = Some(Import::begin(path, &self.present.scenario));
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
        let Some(adopted) = preview.adopted(&self.present.scenario) else {
            return;
        };
        match adopted {
            Ok(Adoption { scenario, what, .. }) => {
                self.import = None;
                if self.begin_anew(format!("Import “{name}”"), scenario, self.present.document.clone()) {
                    self.messages.done(format!("{what} from {name}; the run begins anew."));
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
        if brought.count(&self.present.scenario) == 0 {
            self.messages.done(format!("This run has none of {}.", brought.label()));
            return;
        }
        let mut scenario = self.present.scenario.clone();
        match brought {
            Brought::Positions => scenario.positions = Shared::default(),
            Brought::PricePath => scenario.path = PricePath::default(),
            Brought::Options => scenario.options = Shared::default(),
        }
        self.begin_anew(
            format!("Drop {}", brought.label()),
            scenario,
            self.present.document.clone(),
        );
    }
}
