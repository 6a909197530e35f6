//! Tables given on the command line that become part of the scenario.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use cascade_analysis::adoption::{Adoption, Offer};
use cascade_analysis::gex::Convention;
use cascade_files::import::{self, Places, ReadOptions, Reading};
use cascade_files::problem::{FileError, Problem};
use cascade_files::read_as::ReadAs;
use cascade_files::table::{ColumnChoice, Decimal};
use cascade_files::time::{self, DateOrder};
use cascade_scenario::{Date, ImportKind, Imported, PositionTotals, Scenario, format};

use super::{Failure, complain, shown};

/// Warnings that are printed of one file.
const WARNINGS_SHOWN: usize = 5;

/// What takes the place of what the preset describes.
#[derive(Debug, Args)]
pub(crate) struct Imports {
    /// Start from the positions of this table (columns side, entry, size or notional, leverage or margin; perhaps venue,
    /// asset, kind) instead of drawn ones
    #[arg(long, value_name = "CSV")]
    positions: Option<PathBuf>,
    /// Let the price follow this table (columns time, price) instead of noise
    #[arg(long, value_name = "CSV")]
    path: Option<PathBuf>,
    /// Let the dealers hedge this option chain
    #[arg(long, value_name = "CSV")]
    options: Option<PathBuf>,
    /// Where a run with --path or --options starts: at that table's own price, or where it would start without; if left out,
    /// at the table's, unless that would tear it from listed positions
    #[arg(long, value_enum)]
    start: Option<Start>,
    /// Have the preset's timed shocks of the first asset come on top of --path instead of dropping them
    #[arg(long, requires = "path")]
    keep_shocks: bool,
    #[command(flatten)]
    pub(super) how: HowToRead,
}

/// What is said about tables; everything else is guessed, and told.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How tables are read")]
pub struct HowToRead {
    /// Which column holds what, such as price=Close or time=1: a name, or a number from 1; may be given several times
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = column)]
    column: Vec<(String, ColumnChoice)>,
    /// The line with the names of the columns, from 1; 0 if there is none
    #[arg(long, value_name = "N")]
    header_line: Option<usize>,
    /// How numbers are written, 1,234.5 or 1.234,5
    #[arg(long, value_enum)]
    decimal: Option<Ways>,
    /// Whether dates such as 01/02/2024 have the day or the month first
    #[arg(long, value_enum)]
    dates: Option<First>,
    /// Leave rows out that cannot be read, at most one in five, and say how many
    #[arg(long)]
    skip_unreadable: bool,
    /// The symbol (or asset, or venue) whose rows count; may be given several times
    #[arg(long, value_name = "NAME")]
    symbol: Vec<String>,
    /// Which venue of the scenario a venue of a position list becomes, such as Binance=1; rows of others are left out
    #[arg(long, value_name = "NAME=N", value_parser = place)]
    map_venue: Vec<(String, u32)>,
    /// Which asset of the scenario an asset of a position list becomes, such as ETH=2; rows of others are left out
    #[arg(long, value_name = "NAME=N", value_parser = place)]
    map_asset: Vec<(String, u32)>,
    /// Price of the underlying of an option chain, instead of the file's
    #[arg(long, value_name = "PRICE", value_parser = positive)]
    spot: Option<f64>,
    /// Day of the quotes of an option chain, instead of the file's
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<Date>,
    /// Day on which the options of a chain expire, where no column says it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    expiry: Option<Date>,
    /// Units of the underlying a contract, of an option chain or of positions in contracts
    #[arg(long, value_name = "N", value_parser = positive)]
    multiplier: Option<f64>,
}

fn column(text: &str) -> Result<(String, ColumnChoice), String> {
    let (field, column) = text.split_once('=').ok_or("write it as field=column")?;
    let field = field.trim().replace('-', "_");
    if !import::is_field(&field) {
        let keys = |kind: &ImportKind| {
            let keys: Vec<&str> = import::fields(*kind).iter().map(|field| field.key).collect();
            format!("{}: {}", kind.label(), keys.join(", "))
        };
        return Err(format!(
            "there is no field `{field}`; there are {}",
            ImportKind::ALL.iter().map(keys).collect::<Vec<_>>().join("; ")
        ));
    }
    let choice = match column.trim() {
        "" | "none" => ColumnChoice::None,
        name => ColumnChoice::Named(name.to_owned()),
    };
    Ok((field, choice))
}

fn place(text: &str) -> Result<(String, u32), String> {
    let (name, number) = text.rsplit_once('=').ok_or("write it as name=number")?;
    let number = number.trim().parse().ok().filter(|number| *number > 0);
    Ok((name.trim().to_owned(), number.ok_or("the number counts from 1")?))
}

fn date(text: &str) -> Result<Date, String> {
    let written = time::read(text).and_then(|written| written.day.by(DateOrder::MonthFirst));
    written.ok_or_else(|| "write it as YYYY-MM-DD".to_owned())
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite() && *value > 0.0)
        .ok_or_else(|| "allowed is a number above 0".to_owned())
}

impl HowToRead {
    /// For the files.
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions {
            kind: None,
            header_line: self.header_line,
            columns: self.column.iter().cloned().collect(),
            decimal: self.decimal.map(|way| match way {
                Ways::Point => Decimal::Point,
                Ways::Comma => Decimal::Comma,
            }),
            dates: self.dates.map(|first| match first {
                First::DayFirst => DateOrder::DayFirst,
                First::MonthFirst => DateOrder::MonthFirst,
            }),
            symbols: self.symbol.clone(),
            venues: self.map_venue.iter().cloned().collect(),
            assets: self.map_asset.iter().cloned().collect(),
            spot: self.spot,
            date: self.date,
            expiry: self.expiry,
            multiplier: self.multiplier,
            places: Places::default(),
            skip_unreadable: self.skip_unreadable,
        }
    }
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ways {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

/// What comes first in a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum First {
    /// 1 February
    DayFirst,
    /// 2 January
    MonthFirst,
}

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kinds {
    /// One levered position a row
    Positions,
    /// A time and a price a row
    Path,
    /// Options by strike and expiry
    Options,
}

impl Kinds {
    const fn kind(self) -> ImportKind {
        match self {
            Self::Positions => ImportKind::Positions,
            Self::Path => ImportKind::PricePath,
            Self::Options => ImportKind::OptionChain,
        }
    }
}

/// Where a run starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Start {
    /// At the price of the table
    Table,
    /// Where it starts without the table
    Present,
}

impl Imports {
    /// Puts them into a scenario and says what that changes. Parameters named in `fixed` have been set on purpose. Returns as
    /// what they were read.
    pub(super) fn adopt(&self, scenario: &mut Scenario, fixed: &[&str]) -> Result<Vec<FileRead>, Failure> {
        let mut read = Vec::new();
        // What comes later fits itself to the list.
        for (file, kind) in [
            (&self.positions, ImportKind::Positions),
            (&self.path, ImportKind::PricePath),
            (&self.options, ImportKind::OptionChain),
        ] {
            let Some(file) = file else { continue };
            let mut options = self.how.options();
            options.kind = Some(kind);
            options.places = Places::of(scenario);
            // A field that only another of the tables has is not meant for this one.
            options
                .columns
                .retain(|key, _| import::fields(kind).iter().any(|field| field.key == *key));
            let Reading { data, read_as, .. } = import::load(file, &options)?;
            for sentence in read_as.sentences() {
                complain(&format!("{}: read as: {sentence}", shown(file)));
            }
            warn(file, &read_as.remarks);
            let offer = Offer::new(data, &convention(scenario, fixed));
            self.take(scenario, file, &offer, fixed)?;
            read.push(FileRead {
                file: file.display().to_string(),
                read_as,
            });
        }
        Ok(read)
    }

    /// Whether the run follows a path from a file.
    pub(super) const fn has_path(&self) -> bool {
        self.path.is_some()
    }

    /// Puts one of them into a scenario.
    fn take(&self, scenario: &mut Scenario, file: &Path, offer: &Offer, fixed: &[&str]) -> Result<(), Failure> {
        let mut choices = offer.suggest(scenario, fixed);
        choices.keep_shocks = self.keep_shocks;
        if let (Some(start), Some(own)) = (self.start, offer.own_price()) {
            choices.start_price = match start {
                Start::Table => own,
                Start::Present => scenario.parameters.market.start_price,
            };
        }
        let Adoption {
            scenario: adopted,
            changes,
            cautions,
            ..
        } = offer.adopt(scenario, &choices)?;
        for change in changes {
            complain(&format!("{}: {change}", shown(file)));
        }
        for caution in cautions {
            complain(&format!("{}: caution: {caution}", shown(file)));
        }
        *scenario = adopted;
        Ok(())
    }
}

/// The usual convention, but for the dealers' signs that have been set on purpose.
fn convention(scenario: &Scenario, fixed: &[&str]) -> Convention {
    let mut convention = Convention::default();
    let dealers = scenario.parameters.dealers;
    let own = [
        ("dealers.call_sign", dealers.call_sign),
        ("dealers.put_sign", dealers.put_sign),
    ];
    for (sign, (path, own)) in convention.signs.iter_mut().zip(own) {
        if fixed.contains(&path) {
            *sign = own;
        }
    }
    convention
}

/// Prints the first remarks about a file.
pub(super) fn warn(file: &Path, warnings: &[Problem]) {
    for warning in warnings.iter().take(WARNINGS_SHOWN) {
        complain(&format!("{}, {}: {}", shown(file), warning.place(), warning.message));
    }
    if warnings.len() > WARNINGS_SHOWN {
        complain(&format!(
            "{}: and {} more",
            shown(file),
            warnings.len() - WARNINGS_SHOWN
        ));
    }
}

/// What a table holds, in a line, and as what it was read.
///
/// # Errors
/// It cannot be read or has mistakes.
pub(super) fn describe(file: &Path, how: &HowToRead, kind: Option<Kinds>) -> Result<(String, ReadAs), FileError> {
    let options = ReadOptions {
        kind: kind.map(Kinds::kind),
        ..how.options()
    };
    let Reading {
        data, read_as, gaps, ..
    } = import::load(file, &options)?;
    let what = match data {
        Imported::Positions(list) => {
            let totals = PositionTotals::of(&list);
            format!(
                "{} and {}, notional {} USD, mean leverage {}",
                format::counted(totals.count[0], "long"),
                format::counted(totals.count[1], "short"),
                format::short(totals.all()),
                format::digits(totals.mean_leverage(), 3)
            )
        }
        Imported::PricePath { path, .. } => {
            let price =
                |point: Option<&(f64, f64)>| point.map_or_else(String::new, |(_, price)| format::digits(*price, 8));
            format!(
                "a price path of {} over {}, {} to {}, {}, {}",
                format::counted(path.points.len(), "point"),
                format::duration(path.span_seconds()),
                price(path.points.first()),
                price(path.points.last()),
                format::counted(gaps.0, "gap"),
                format::counted(read_as.remarks.len(), "remark")
            )
        }
        Imported::OptionChain(chain) => {
            format!(
                "an option chain of {}, spot {}",
                format::counted(chain.rows, "row"),
                format::price(chain.spot)
            )
        }
    };
    Ok((what, read_as))
}

/// A file, and as what it was read.
#[derive(Debug, Serialize)]
pub(crate) struct FileRead {
    file: String,
    #[serde(flatten)]
    read_as: ReadAs,
}
