//! What of a move in a market's record was forced, as a table or JSON.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use cascade_analysis::explanation::explanation;
use cascade_analysis::{Cancel, cores};
use cascade_market::book::DRAWS;
use cascade_market::forced::{Explanation, Level, Source};
use cascade_scenario::{PositionSide, format};

use super::map::time;
use super::progress::Progress;
use super::record::{RecordFiles, moment};
use super::{Failure, write_json};

/// Levels that the table for people lists.
const LEVELS_SHOWN: usize = 12;

/// What to explain.
#[derive(Debug, Args)]
pub struct ExplainCommand {
    #[command(flatten)]
    files: RecordFiles,
    /// The begin of the move, such as 2024-03-08T12:00 (UTC unless it names a zone)
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: i64,
    /// Its end
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: i64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The explanation in data; logs are log price changes.
#[derive(Debug, Serialize)]
struct Report<'e> {
    from: String,
    to: String,
    price_from: f64,
    price_to: f64,
    total_log: f64,
    forced_log: f64,
    forced_log_p10: f64,
    forced_log_p90: f64,
    forced_at_usual_depth_log: f64,
    thin_books_log: f64,
    carried_log: f64,
    exogenous_log: f64,
    closings: Source,
    closed_long_usd: f64,
    closed_short_usd: f64,
    pass_through: f64,
    pass_through_p10: f64,
    pass_through_p90: f64,
    half_life_is_measured: bool,
    levels: &'e [Level],
}

impl ExplainCommand {
    /// Explains the move and prints the result.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let read = self.files.read()?;
        let mut progress = Progress::new(DRAWS as u64, "draws");
        let interval = (self.from, self.to);
        let found = explanation(&read.record, interval, cores(), &Cancel::new(), |done| {
            progress.show(done as u64);
        })?;
        drop(progress);
        // Nobody cancels it here.
        let Some(found) = found else {
            return Ok(ExitCode::FAILURE);
        };
        let mut out = io::stdout().lock();
        if self.json {
            write_json(&mut out, &self.report(&found))?;
        } else {
            self.write_table(&found, &mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn report<'e>(&self, found: &'e Explanation) -> Report<'e> {
        Report {
            from: moment(self.from),
            to: moment(self.to),
            price_from: found.price_from,
            price_to: found.price_to,
            total_log: found.total_log,
            forced_log: found.forced.mean,
            forced_log_p10: found.forced.p10,
            forced_log_p90: found.forced.p90,
            forced_at_usual_depth_log: found.forced_at_usual_depth_log,
            thin_books_log: found.thin_books_log,
            carried_log: found.carried_log,
            exogenous_log: found.exogenous_log,
            closings: found.source,
            closed_long_usd: found.closed_long_usd,
            closed_short_usd: found.closed_short_usd,
            pass_through: found.pass_through.mean,
            pass_through_p10: found.pass_through.p10,
            pass_through_p90: found.pass_through.p90,
            half_life_is_measured: found.half_life_is_measured,
            levels: &found.levels,
        }
    }

    fn write_table(&self, found: &Explanation, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{} to {}", moment(self.from), moment(self.to))?;
        writeln!(out, "{}\n", found.words())?;
        let change = |log: f64| format::percent(log, 3);
        for (what, log) in [
            ("the move, log price", found.total_log),
            (
                "  forced, at the usual depth of the hour",
                found.forced_at_usual_depth_log,
            ),
            ("  forced, because books were thinner", found.thin_books_log),
            ("  everything else", found.exogenous_log),
        ] {
            writeln!(out, "{what:<44} {:>10}", change(log))?;
        }
        let mut largest: Vec<&Level> = found.levels.iter().collect();
        largest.sort_by(|a, b| b.log.abs().total_cmp(&a.log.abs()));
        largest.truncate(LEVELS_SHOWN);
        largest.sort_by(|a, b| b.price_to.total_cmp(&a.price_to));
        writeln!(
            out,
            "\nlevels that moved it most: price, side, coins closed, log move that is left"
        )?;
        for level in largest {
            let side = match level.side {
                PositionSide::Long => "longs",
                PositionSide::Short => "shorts",
            };
            writeln!(
                out,
                "{:>12} {side:<7} {:>12} {:>10}",
                format::digits(f64::midpoint(level.price_from, level.price_to), 6),
                format::short(level.coins),
                change(level.log)
            )?;
        }
        writeln!(
            out,
            "{:<33} {:>10}",
            "forced moves from before",
            change(found.carried_log)
        )
    }
}
