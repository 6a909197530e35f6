//! A table that is being looked at before it becomes part of the scenario. Nothing changes before it is used; then the run
//! begins anew, as one entry of what can be undone.
//!
//! Files are read, and read again when a column is assigned otherwise, on a thread of their own; at most one reading is
//! under way, and it is always followed by one with the latest settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cascade_analysis::Background;
use cascade_analysis::adoption::{Adoption, Choices, Offer, StartPrice, own_shocks};
use cascade_analysis::gex::Convention;
use cascade_files::import::{self, Places, Plan, ReadOptions, Reading};
use cascade_files::problem::{FileError, Problem};
use cascade_files::read_as::{Omitted, ReadAs};
use cascade_files::table::{Numbers, Table};
use cascade_scenario::{ImportKind, Imported, ParameterError, PositionTotals, Scenario, format};

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

/// How a table is read and what is made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSettings {
    /// What was said about it; the rest is guessed.
    pub options: ReadOptions,
    /// How the gamma exposure of an option chain is computed; its signs go to the scenario.
    pub convention: Convention,
    /// What is up to whoever takes it over.
    pub choices: Choices,
}

/// What was found in a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What may become part of the scenario.
    pub offer: Offer,
    /// As what it was read.
    pub read_as: ReadAs,
    /// What venues and assets of positions are called, in the order of their numbers.
    pub names: [Vec<String>; 2],
    /// What positions come to.
    pub totals: PositionTotals,
    /// Gaps of a path, and the longest distance of two rows, seconds.
    pub gaps: (usize, f64),
    /// How much there is of a chain.
    pub extent: Extent,
}

/// How much there is of a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// What the table was taken for.
    pub plan: Plan,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its first rows, with their line numbers.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Number of its rows.
    pub row_count: usize,
    /// What separates its columns, as a word.
    pub separator: &'static str,
    /// How its numbers are written; none where they do not agree, or may be two things.
    pub numbers: Option<Numbers>,
    /// The venues and the assets that its rows name, and in how many rows.
    pub places: [Vec<(String, usize)>; 2],
    /// Required fields that no column holds.
    pub missing: Vec<String>,
    /// What is in it, or everything that is wrong with it.
    pub found: Result<Found, Vec<Problem>>,
    /// How many rows would have to be skipped for the rest to be read; none where that is no question or does not help.
    pub unreadable: Option<usize>,
    /// Where the run could start: at the table's own price, or where it starts now.
    pub starts: Option<[StartPrice; 2]>,
    /// The timed shocks that a path takes the place of.
    pub shocks: usize,
    /// What the scenario would become; none where nothing was found.
    pub adoption: Option<Result<Adoption, String>>,
}

impl Found {
    fn of(reading: Reading, convention: &Convention) -> Self {
        let Reading {
            data,
            read_as,
            venues,
            assets,
            gaps,
        } = reading;
        let totals = match &data {
            Imported::Positions(list) => PositionTotals::of(list),
            _ => PositionTotals::default(),
        };
        let extent = match &data {
            Imported::OptionChain(chain) => {
                let (strikes, expiries) = chain.extent();
                Extent {
                    strikes,
                    expiries,
                    series: chain.series(1.0).len(),
                }
            }
            _ => Extent::default(),
        };
        Self {
            offer: Offer::new(data, convention),
            read_as,
            names: [venues, assets],
            totals,
            gaps,
            extent,
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

    /// How many rows are left out because they cannot be read; none where there are none.
    pub fn skipped(&self) -> Option<usize> {
        let left_out = &self.found.as_ref().ok()?.read_as.left_out;
        let unreadable = left_out.iter().find(|left_out| left_out.what == Omitted::Unreadable);
        unreadable.map(|left_out| left_out.count)
    }

    /// A scenario with what was found.
    fn adopted(&self, scenario: &Scenario) -> Option<Result<Adoption, ParameterError>> {
        let found = self.found.as_ref().ok()?;
        Some(found.offer.adopt(scenario, &self.settings.choices))
    }
}

/// What a thread hands over: the table, what it was taken out of, and how it reads.
type Looked = Result<(Arc<Opened>, Preview), FileError>;

/// A table, and what it was taken out of.
type Opened = (Table, Option<String>);

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
    opened: Option<Arc<Opened>>,
    /// The scenario as it is while the table is looked at.
    base: Arc<Scenario>,
    work: Option<Background<Looked>>,
}

impl Import {
    fn begin(path: &Path, scenario: &Scenario) -> Self {
        let base = Arc::new(scenario.clone());
        let (file, of) = (path.to_owned(), Arc::clone(&base));
        let read = move || {
            let opened = Arc::new(import::open(&file)?);
            let preview = look(&opened, first_settings(&of), &of);
            Ok((opened, preview))
        };
        Self {
            path: path.to_owned(),
            settings: None,
            preview: None,
            refused: None,
            opened: None,
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
            Ok((opened, preview)) => {
                self.opened = Some(Arc::clone(opened));
                let settings = self.settings.get_or_insert_with(|| preview.settings.clone());
                if settings.options.kind == preview.settings.options.kind {
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
        if self.opened.is_none() {
            return;
        }
        if self
            .settings
            .as_ref()
            .is_none_or(|now| now.options.kind != wanted.options.kind)
        {
            // Columns of another kind hold other things.
            wanted.options.columns.clear();
            wanted.options.header_line = None;
        }
        self.settings = Some(wanted);
        self.refused = None;
        self.read_again();
    }

    /// Reads with the latest settings, unless that is what was read last or something is being read.
    fn read_again(&mut self) {
        let (Some(settings), Some(opened), None) = (&self.settings, &self.opened, &self.work) else {
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
        let (opened, settings, base) = (Arc::clone(opened), settings.clone(), Arc::clone(&self.base));
        self.work = Some(Background::begin(move || {
            let preview = look(&opened, settings, &base);
            Ok((opened, preview))
        }));
    }
}

const fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// Whether two settings differ only in what is chosen about what was read.
fn reads_alike(one: &ImportSettings, other: &ImportSettings) -> bool {
    let same = ImportSettings {
        choices: other.choices,
        ..one.clone()
    };
    same == *other
}

/// Nothing is said yet.
fn first_settings(scenario: &Scenario) -> ImportSettings {
    ImportSettings {
        options: ReadOptions {
            places: Places::of(scenario),
            ..ReadOptions::default()
        },
        convention: Convention::default(),
        choices: Choices::of(scenario),
    }
}

/// Suggests what fits a table once it can be read as its kind; a start price that was the table's own stays that.
fn settle(choices: &mut Choices, before: Option<&Preview>, now: &Preview, scenario: &Scenario) {
    let Ok(found) = &now.found else { return };
    let same_kind = |before: &&Preview| before.found.is_ok() && before.plan.kind == now.plan.kind;
    match before.filter(same_kind) {
        None => *choices = found.offer.suggest(scenario, &[]),
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
fn look((table, packed): &Opened, settings: ImportSettings, scenario: &Scenario) -> Preview {
    let plan = Plan::of(table, &settings.options);
    let data = || table.rows(plan.header.first_data);
    let rows: Vec<(usize, Vec<String>)> = data()
        .take(ROWS_SHOWN)
        .map(|row| (row.line(), row.iter().map(str::to_owned).collect()))
        .collect();
    let columns = (0..plan.header.width()).map(|column| match plan.header.title(column) {
        title if plan.header.is_named() => title,
        _ => format!("Column {}", column + 1),
    });
    let found = plan.read(table, &settings.options).map(|mut reading| {
        reading.read_as.packed.clone_from(packed);
        Found::of(reading, &settings.convention)
    });
    let unreadable = match &found {
        Err(problems) if !settings.options.skip_unreadable => plan.unreadable(table, &settings.options, problems),
        _ => None,
    };
    let starts = found.as_ref().ok().and_then(|found| found.offer.starts(scenario));
    let mut preview = Preview {
        columns: columns.collect(),
        row_count: data().count(),
        rows,
        separator: table.separator(),
        numbers: table
            .numbers(&plan.header, &plan.mapping, settings.options.decimal)
            .ok(),
        places: plan.places(table),
        missing: plan.missing(),
        found,
        unreadable,
        starts,
        shocks: own_shocks(scenario).count(),
        adoption: None,
        settings: settings.clone(),
        plan,
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
        let skipped = preview.skipped();
        let Some(adopted) = preview.adopted(&self.present.scenario) else {
            return;
        };
        match adopted {
            Ok(Adoption { scenario, what, .. }) => {
                self.import = None;
                if self.begin_anew(format!("Import “{name}”"), scenario, self.present.document.clone()) {
                    let skipped = skipped.map_or_else(String::new, |count| {
                        format!(
                            " {} that cannot be read {} left out.",
                            format::counted(count, "row"),
                            were(count)
                        )
                    });
                    self.messages
                        .done(format!("{what} from {name}; the run begins anew.{skipped}"));
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
    pub(super) fn drop_imported(&mut self, kind: ImportKind) {
        if kind.count(&self.present.scenario) == 0 {
            self.messages.done(format!("This run has none of {}.", kind.listed()));
            return;
        }
        let mut scenario = self.present.scenario.clone();
        kind.drop_from(&mut scenario);
        self.begin_anew(
            format!("Drop {}", kind.listed()),
            scenario,
            self.present.document.clone(),
        );
    }
}
