//! The model held against what came after every sharp move of a market's record, as a table or JSON.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use cascade_analysis::hindcast::{BINS, Hindcast, Verdict};
use cascade_analysis::market_start::base;
use cascade_analysis::{Cancel, cores};
use cascade_scenario::format;

use super::progress::Progress;
use super::record::{RecordFiles, SharpMoves, moment};
use super::{Failure, write_json};

/// Share of the price that is a crossing, unless another one is asked for.
const USUAL: f64 = 0.0125;

/// What to hold against the record.
#[derive(Debug, Args)]
pub struct HindcastCommand {
    #[command(flatten)]
    files: RecordFiles,
    #[command(flatten)]
    moves: SharpMoves,
    /// Runs of the model from each crossing
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    seeds: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The verdict in data.
#[derive(Debug, Serialize)]
struct Report<'v> {
    #[serde(flatten)]
    verdict: &'v Verdict,
    words: String,
}

impl HindcastCommand {
    /// Runs the model from every crossing and prints how it did.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let read = self.files.read()?;
        let base = base();
        let hindcast = Hindcast {
            record: &read.record,
            base: &base,
            trigger: self.moves.trigger(USUAL),
            seeds: self.seeds as usize,
        };
        let mut bar = None;
        let verdict = hindcast.run(cores(), &Cancel::new(), |done, runs| {
            bar.get_or_insert_with(|| Progress::new(runs as u64, "runs"))
                .show(done as u64);
        })?;
        drop(bar);
        // Nobody cancels it here.
        let Some(verdict) = verdict else {
            return Ok(ExitCode::FAILURE);
        };
        let mut out = io::stdout().lock();
        if self.json {
            let words = verdict.words();
            let report = Report {
                verdict: &verdict,
                words,
            };
            write_json(&mut out, &report)?;
        } else {
            write_table(&verdict, &mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn write_table(verdict: &Verdict, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}\n", verdict.words())?;
    writeln!(
        out,
        "{:<18} {:>10} {:>9} {:>9} {:>19} {:>8}",
        "moment", "price", "came", "median", "band of 80 %", "further"
    )?;
    let change = |log: f64| format::percent(log, 2);
    for crossing in &verdict.crossings {
        let [low, high] = crossing.bands[1].map(change);
        writeln!(
            out,
            "{:<18} {:>10} {:>9} {:>9} {:>19} {:>8}",
            moment(crossing.time_ms),
            format::price(crossing.price),
            change(crossing.came),
            change(crossing.median),
            format!("{low} to {high}"),
            format!("{:.0} %", 100.0 * crossing.pit)
        )?;
    }
    writeln!(
        out,
        "\nshare of runs that went further than what came, crossings in each tenth"
    )?;
    for (bin, count) in verdict.pit_histogram.iter().enumerate() {
        writeln!(
            out,
            "{:>9} {}",
            format!("{}–{} %", 100 * bin / BINS, 100 * (bin + 1) / BINS),
            "#".repeat(*count)
        )?;
    }
    Ok(())
}
