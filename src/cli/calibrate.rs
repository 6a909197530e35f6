//! The model fitted to a market's record, as a preset, a table or JSON.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use cascade_analysis::calibration::{Calibration, NoCalibration, SHARP, Search, preset};
use cascade_analysis::market_start::{Assumptions, Origin, base};
use cascade_analysis::{Cancel, cores};
use cascade_files::preset::save;
use cascade_market::Resilience;
use cascade_scenario::Scenario;

use super::map::map_at;
use super::progress::Progress;
use super::record::{BookReport, RecordFiles, SharpMoves, moment};
use super::{Failure, shown, write_json};

/// What to fit, and to what.
#[derive(Debug, Args)]
pub struct CalibrateCommand {
    #[command(flatten)]
    files: RecordFiles,
    /// Write the fitted model to this file, a preset that begins with the market as it stood
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The moment at which the preset begins, such as 2024-03-08T12:00 (UTC unless it names a zone); if left out, the last one of the
    /// record
    #[arg(long, value_name = "TIME", value_parser = super::map::time)]
    at: Option<i64>,
    #[command(flatten)]
    moves: SharpMoves,
    /// Points of each of the three designs
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(8..=100_000))]
    points: u32,
    /// Runs of the model from each sharp move at each point
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What came of it in data.
#[derive(Debug, Serialize)]
struct Report<'f> {
    preset: String,
    moment: String,
    #[serde(flatten)]
    book: Option<BookReport>,
    fit: Option<&'f Calibration>,
    words: String,
}

impl CalibrateCommand {
    /// Fits the model, writes the preset and prints what came of it.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let read = self.files.read()?;
        let record = &read.record;
        let at = self.at.unwrap_or_else(|| record.ends_ms());
        let map = map_at(record, at)?;
        let base = base();
        let search = Search {
            record,
            base: &base,
            trigger: self.moves.trigger(SHARP),
            points: self.points as usize,
            seeds: self.seeds as usize,
        };
        let mut bar = None;
        let fit = search.run(cores(), &Cancel::new(), |done, points| {
            bar.get_or_insert_with(|| Progress::new(points as u64, "points"))
                .show(done as u64);
        });
        drop(bar);
        let fit = match fit {
            Ok(Some(fit)) => Ok(fit),
            // Nobody cancels it here.
            Ok(None) => return Ok(ExitCode::FAILURE),
            Err(few @ NoCalibration::TooFew { .. }) => Err(few),
            Err(error) => return Err(error.into()),
        };
        let book = Resilience::of(record);
        let begin = moment(at);
        let origin = Origin {
            name: read.symbol.as_deref().unwrap_or("market"),
            moment: &begin,
            time_ms: at,
            record,
            map: Some(&map),
            book: book.as_ref().map_err(|reason| *reason),
            assumptions: Assumptions::default(),
        };
        let scenario = preset(&base, &origin, &fit).map_err(|reason| Failure::Calibrated { reason })?;
        save(&self.out, &scenario)?;
        let report = Report {
            preset: shown(&self.out),
            moment: begin,
            book: book.as_ref().ok().map(BookReport::of),
            fit: fit.as_ref().ok(),
            words: match &fit {
                Ok(fit) => fit.words(),
                Err(reason) => format!("Nothing was fitted: {reason}."),
            },
        };
        let mut out = io::stdout().lock();
        if self.json {
            write_json(&mut out, &report)?;
        } else {
            write_table(&report, &scenario, &mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn write_table(report: &Report, scenario: &Scenario, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}\n\n{}\n", report.words, scenario.description)?;
    for paragraph in &scenario.background {
        writeln!(out, "{}: {}", paragraph.topic.label(), paragraph.text)?;
    }
    writeln!(out, "\nwritten to {}", report.preset)
}
