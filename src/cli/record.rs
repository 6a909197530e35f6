//! What a market's own record holds, file by file and series by series, with everything that is wrong with it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use cascade_analysis::cores;
use cascade_analysis::crossings::Trigger;
use cascade_files::record::{self, FileRead, RecordError, RecordOptions, RecordRead, Watch};
use cascade_files::table::ColumnChoice;
use cascade_files::time::minute_of;
use cascade_market::resilience::{Estimate, Resilience};
use cascade_market::{Defect, Record, Series};
use cascade_scenario::format;

use super::progress::Progress;
use super::{Failure, complain, write_json};

/// Time between two looks at how far the reading is.
const LOOK: Duration = Duration::from_millis(50);
/// Defects of one kind that the table for people lists by themselves.
const STRETCHES_SHOWN: usize = 3;

/// The files of a record.
#[derive(Debug, Args)]
pub(crate) struct RecordFiles {
    /// A folder with the files of one market, or the files: price bars, open interest, depth, funding, liquidations, as venues
    /// and collectors publish them (CSV or JSON, also in .gz and .zip)
    #[arg(required = true, value_name = "FOLDER")]
    pub paths: Vec<PathBuf>,
    /// The market that counts where the files have several
    #[arg(long, value_name = "NAME")]
    pub symbol: Option<String>,
    /// Which column holds what, such as price=Close or open_interest=3: a name, or a number from 1; may be given several times
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = column)]
    pub column: Vec<(String, ColumnChoice)>,
}

/// The moves of the price after which the model is begun.
#[derive(Debug, Args)]
pub(crate) struct SharpMoves {
    /// A fall of this share of the price within 15 minutes counts, the first move in an hour. Where neither --fall nor --rise is
    /// given, moves either way count, of a usual size
    #[arg(long, value_name = "SHARE", value_parser = super::imports::positive)]
    fall: Option<f64>,
    /// A rise of this share of the price counts; alone, falls do not
    #[arg(long, value_name = "SHARE", value_parser = super::imports::positive)]
    rise: Option<f64>,
}

impl SharpMoves {
    /// What was asked for, or moves of a share either way.
    pub(crate) fn trigger(&self, usual: f64) -> Trigger {
        Trigger::or_usual(self.fall, self.rise, usual)
    }
}

/// What to say of a record.
#[derive(Debug, Args)]
pub struct RecordCommand {
    #[command(flatten)]
    files: RecordFiles,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn column(text: &str) -> Result<(String, ColumnChoice), String> {
    let (field, column) = text.split_once('=').ok_or("write it as field=column")?;
    let field = field.trim().replace('-', "_");
    if record::field::by_key(&field).is_none() {
        let keys: Vec<&str> = record::field::WANTED.iter().map(|wanted| wanted.key).collect();
        return Err(format!("there is no field `{field}`; there are {}", keys.join(", ")));
    }
    let choice = match column.trim() {
        "" | "none" => ColumnChoice::None,
        name => ColumnChoice::Named(name.to_owned()),
    };
    Ok((field, choice))
}

impl RecordFiles {
    /// Reads them, with a progress bar, and says of every file that is not used why.
    pub(super) fn read(&self) -> Result<RecordRead, Failure> {
        let options = RecordOptions {
            symbol: self.symbol.clone(),
            columns: self.column.iter().cloned().collect(),
        };
        let watch = Watch::default();
        let read = thread::scope(|scope| {
            let work = scope.spawn(|| record::read(&self.paths, &options, cores(), &watch));
            let mut bar = None;
            while !work.is_finished() {
                let (done, total) = watch.progress();
                if total > 0 {
                    bar.get_or_insert_with(|| Progress::new(total, "files")).show(done);
                }
                thread::sleep(LOOK);
            }
            work.join().unwrap_or(Err(RecordError::Cancelled))
        });
        let read = read?;
        for file in read.files.iter().filter(|file| file.unused.is_some()) {
            complain(&format!("{}: {}", file.file, file.words()));
        }
        Ok(read)
    }
}

impl RecordCommand {
    /// Reads the record and prints what it holds.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let read = self.files.read()?;
        let report = RecordReport::of(&read);
        let mut out = io::stdout().lock();
        if self.json {
            write_json(&mut out, &report)?;
        } else {
            report.write_table(&mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A time as people and programs read it.
pub(super) fn moment(time_ms: i64) -> String {
    minute_of(time_ms as f64 / 1e3).map_or_else(|| time_ms.to_string(), |minute| minute.replace(' ', "T") + "Z")
}

/// A record in data.
#[derive(Debug, Serialize)]
struct RecordReport<'r> {
    symbol: Option<&'r str>,
    from: String,
    to: String,
    from_ms: i64,
    to_ms: i64,
    first_price: f64,
    last_price: f64,
    lowest_price: f64,
    highest_price: f64,
    series: Vec<SeriesReport>,
    /// What the order book is like; none where the record does not show it.
    book: Option<BookReport>,
    #[serde(skip)]
    no_book: String,
    /// How many rows or values each kind of defect concerns, by series and kind.
    defect_counts: BTreeMap<String, u64>,
    defects: &'r [Defect],
    files: &'r [FileRead],
}

/// The order book in figures, each with half the width of its 95 % interval.
#[derive(Debug, Serialize)]
pub(super) struct BookReport {
    depth_1pct_usd: f64,
    depth_1pct_usd_error: f64,
    depth_kappa: f64,
    depth_kappa_error: f64,
    thinning: Option<f64>,
    thinning_error: Option<f64>,
    thinning_hit_side: Option<f64>,
    thinning_hit_side_error: Option<f64>,
    recovery_half_life_seconds: Option<f64>,
    recovery_half_life_seconds_error: Option<f64>,
    /// Factor of each hour of the day, UTC.
    hours: [f64; 24],
    #[serde(skip)]
    pub(super) words: String,
}

impl BookReport {
    pub(super) fn of(book: &Resilience) -> Self {
        let value = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.value);
        let error = |estimate: Option<Estimate>| estimate.map(|estimate| estimate.error);
        Self {
            depth_1pct_usd: book.level_usd.value,
            depth_1pct_usd_error: book.level_usd.error,
            depth_kappa: book.shape.value,
            depth_kappa_error: book.shape.error,
            thinning: value(book.thinning),
            thinning_error: error(book.thinning),
            thinning_hit_side: value(book.hit_side),
            thinning_hit_side_error: error(book.hit_side),
            recovery_half_life_seconds: value(book.half_life_seconds),
            recovery_half_life_seconds_error: error(book.half_life_seconds),
            hours: book.hours,
            words: book.words(),
        }
    }
}

/// How much there is of a series.
#[derive(Debug, Serialize)]
struct SeriesReport {
    series: Series,
    rows: usize,
    from: Option<String>,
    to: Option<String>,
    #[serde(skip)]
    label: &'static str,
}

impl SeriesReport {
    fn of(series: Series, record: &Record) -> Self {
        let times: (usize, Option<i64>, Option<i64>) = match series {
            Series::Bars => ends(record.bars().rows(), |row| row.time_ms),
            Series::OpenInterest => ends(record.open_interest(), |row| row.time_ms),
            Series::Depth => ends(record.depth().snapshots(), |row| row.time_ms),
            Series::Funding => ends(record.funding(), |row| row.time_ms),
            Series::Liquidations => ends(record.liquidations(), |row| row.time_ms),
        };
        Self {
            series,
            rows: times.0,
            from: times.1.map(moment),
            to: times.2.map(moment),
            label: series.label(),
        }
    }
}

fn ends<T>(rows: &[T], time: impl Fn(&T) -> i64) -> (usize, Option<i64>, Option<i64>) {
    (rows.len(), rows.first().map(&time), rows.last().map(&time))
}

impl<'r> RecordReport<'r> {
    fn of(read: &'r RecordRead) -> Self {
        let record = &read.record;
        let bars = record.bars().rows();
        let mut defect_counts = BTreeMap::new();
        for defect in record.defects() {
            let name = format!("{}: {}", defect.series.label(), defect.kind.label());
            *defect_counts.entry(name).or_insert(0) += defect.count;
        }
        let book = Resilience::of(record);
        let over = |pick: fn(f64, f64) -> f64, of: fn(&cascade_market::Bar) -> f64| bars.iter().map(of).reduce(pick);
        Self {
            symbol: read.symbol.as_deref(),
            from: moment(record.begins_ms()),
            to: moment(record.ends_ms()),
            from_ms: record.begins_ms(),
            to_ms: record.ends_ms(),
            first_price: bars.first().map_or(0.0, |bar| bar.open),
            last_price: bars.last().map_or(0.0, |bar| bar.close),
            lowest_price: over(f64::min, |bar| bar.low).unwrap_or(0.0),
            highest_price: over(f64::max, |bar| bar.high).unwrap_or(0.0),
            series: Series::ALL
                .iter()
                .map(|series| SeriesReport::of(*series, record))
                .collect(),
            no_book: book.as_ref().err().map(ToString::to_string).unwrap_or_default(),
            book: book.as_ref().ok().map(BookReport::of),
            defect_counts,
            defects: record.defects(),
            files: &read.files,
        }
    }

    fn write_table(&self, out: &mut impl Write) -> io::Result<()> {
        let symbol = self.symbol.unwrap_or("a market without a name");
        writeln!(out, "{} from {} to {}", format::printable(symbol), self.from, self.to)?;
        let [first, low, high, last] = [self.first_price, self.lowest_price, self.highest_price, self.last_price]
            .map(|price| format::digits(price, 8));
        writeln!(out, "price {first}, lowest {low}, highest {high}, last {last}\n")?;
        for series in &self.series {
            let span = match (&series.from, &series.to) {
                (Some(from), Some(to)) => format!("{from} to {to}"),
                _ => "none: what needs it is not estimated".to_owned(),
            };
            writeln!(
                out,
                "{:>14} {:>12}  {span}",
                series.label,
                format::whole(series.rows as u64)
            )?;
        }
        let book = self.book.as_ref().map_or(&self.no_book, |book| &book.words);
        writeln!(out, "\nOrder book\n  {book}\n\nDefects")?;
        if self.defects.is_empty() {
            writeln!(out, "  none")?;
        }
        for (name, count) in &self.defect_counts {
            let stretches: Vec<&Defect> = self.defects.iter().filter(|defect| named(defect) == *name).collect();
            let shown: Vec<String> = stretches
                .iter()
                .take(STRETCHES_SHOWN)
                .map(|defect| stretch(defect))
                .collect();
            let more = stretches.len().saturating_sub(STRETCHES_SHOWN);
            let more = if more > 0 {
                format!(", and {more} more")
            } else {
                String::new()
            };
            writeln!(out, "  {name}: {}: {}{more}", format::whole(*count), shown.join(", "))?;
        }
        writeln!(out, "\nFiles")?;
        for file in self.files {
            writeln!(
                out,
                "  {}: {}",
                format::printable(&file.file),
                format::printable(&file.words())
            )?;
        }
        Ok(())
    }
}

fn named(defect: &Defect) -> String {
    format!("{}: {}", defect.series.label(), defect.kind.label())
}

/// From when to when, and of which band.
fn stretch(defect: &Defect) -> String {
    let band = defect.band.map_or_else(String::new, |band| {
        let sign = if band.is_bid() { '−' } else { '+' };
        format!(" ({sign}{} %)", format::digits(band.percent(), 2))
    });
    if defect.from_ms == defect.to_ms {
        format!("{}{band}", moment(defect.from_ms))
    } else {
        format!("{} to {}{band}", moment(defect.from_ms), moment(defect.to_ms))
    }
}
