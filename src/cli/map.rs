//! The estimated liquidation map of a market's record, at a moment or over time, as tables.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use cascade_analysis::liquidation_map::{CELL, liquidation_maps, validation};
use cascade_analysis::{Cancel, cores};
use cascade_files::record::write_map;
use cascade_files::saving;
use cascade_files::time::milliseconds_of;
use cascade_market::book::{DRAWS, Map};
use cascade_market::{HOUR_MS, Record};
use cascade_scenario::{PositionSide, format};

use super::progress::Progress;
use super::record::{RecordFiles, moment};
use super::{Failure, complain, shown, write_json};

/// Levels of a side that the table for people lists.
const LEVELS_SHOWN: usize = 12;
/// Log distance up to which the largest levels are listed.
const NEAR: f64 = 0.2;

/// What to estimate.
#[derive(Debug, Args)]
pub struct MapCommand {
    #[command(flatten)]
    files: RecordFiles,
    /// The moment, such as 2024-03-08T12:00 (UTC unless it names a zone); if left out, the last one of the record
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "every")]
    at: Option<i64>,
    /// Write the map to this file: price_from,price_to,side,coins,coins_p10,coins_p90
    #[arg(long, value_name = "FILE", conflicts_with = "every")]
    csv: Option<PathBuf>,
    /// Maps every so many hours of the record
    #[arg(long, value_name = "HOURS", value_parser = super::imports::positive, requires = "out")]
    every: Option<f64>,
    /// Write them to this folder: 0.csv, 1.csv, …, named for the hours since the record begins
    #[arg(long, value_name = "DIR", requires = "every")]
    out: Option<PathBuf>,
    /// Hold the maps of the record against its printed liquidations, and against placebos, instead of writing one
    #[arg(long, conflicts_with_all = ["at", "csv", "every"])]
    check: bool,
    /// Print the check as one JSON object
    #[arg(long, requires = "check")]
    json: bool,
}

/// A moment on the command line.
pub(super) fn time(text: &str) -> Result<i64, String> {
    milliseconds_of(text).ok_or_else(|| "write it as 2024-03-08T12:00".to_owned())
}

impl MapCommand {
    /// Estimates the maps and writes them.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let read = self.files.read()?;
        let record = &read.record;
        if self.check {
            return check(record, self.json);
        }
        match (self.every, &self.out) {
            (Some(hours), Some(folder)) => write_all(record, hours, folder)?,
            _ => self.write_one(record)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write_one(&self, record: &Record) -> Result<(), Failure> {
        let map = map_at(record, self.at.unwrap_or_else(|| record.ends_ms()))?;
        if let Some(path) = &self.csv {
            saving::replace_with(path, |file| write_map(&map, file)).map_err(|cause| Failure::Series {
                path: shown(path),
                cause,
            })?;
        }
        write_table(&map, &mut io::stdout().lock())?;
        Ok(())
    }
}

/// The map at a moment of the record.
pub(super) fn map_at(record: &Record, at: i64) -> Result<Map, Failure> {
    let (from, to) = (record.begins_ms(), record.ends_ms());
    if !(from..=to).contains(&at) {
        return Err(Failure::Moment {
            at: moment(at),
            from: moment(from),
            to: moment(to),
        });
    }
    estimate(record, &[at])?
        .into_iter()
        .flatten()
        .next()
        .ok_or_else(|| Failure::NoMap { at: moment(at) })
}

fn estimate(record: &Record, moments: &[i64]) -> Result<Vec<Option<Map>>, Failure> {
    let mut progress = Progress::new(DRAWS as u64, "draws");
    let maps = liquidation_maps(record, moments, CELL, cores(), &Cancel::new(), |done| {
        progress.show(done as u64);
    })?;
    // Nobody cancels it here.
    Ok(maps.unwrap_or_default())
}

fn check(record: &Record, json: bool) -> Result<ExitCode, Failure> {
    let mut progress = Progress::new(2 * DRAWS as u64, "draws");
    let found = validation(record, cores(), &Cancel::new(), |done| progress.show(done as u64))?;
    drop(progress);
    // Nobody cancels it here.
    let found = found.flatten().ok_or(Failure::NothingPrinted)?;
    let mut out = io::stdout().lock();
    if json {
        write_json(&mut out, &found)?;
    } else {
        writeln!(out, "{}", found.words())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Every so many hours from the begin of a record to its end.
fn moments(record: &Record, hours: f64) -> Vec<i64> {
    let step = ((hours * HOUR_MS as f64).round() as i64).max(1);
    let last = (record.ends_ms() - record.begins_ms()) / step;
    (0..=last).map(|index| record.begins_ms() + index * step).collect()
}

fn write_all(record: &Record, hours: f64, folder: &PathBuf) -> Result<(), Failure> {
    let unwritable = |path: &PathBuf, cause: io::Error| Failure::Series {
        path: shown(path),
        cause: cause.into(),
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    let maps = estimate(record, &moments(record, hours))?;
    let begin = record.begins_ms();
    let without = maps.iter().filter(|map| map.is_none()).count();
    let mut written = 0;
    for map in maps.into_iter().flatten() {
        let hour = (map.time_ms - begin) as f64 / HOUR_MS as f64;
        let path = folder.join(format!("{}.csv", (hour * 1e6).round() / 1e6));
        saving::replace_with(&path, |file| write_map(&map, file)).map_err(|cause| Failure::Series {
            path: shown(&path),
            cause,
        })?;
        written += 1;
    }
    if without > 0 {
        complain(&format!(
            "{without} moments come before open interest begins: there is no map of them"
        ));
    }
    writeln!(
        io::stdout(),
        "{} written to {}",
        format::counted(written, "map"),
        shown(folder)
    )?;
    Ok(())
}

fn write_table(map: &Map, out: &mut impl Write) -> io::Result<()> {
    let quality = &map.quality;
    writeln!(
        out,
        "estimated map at {}, price {}, open interest {} coins",
        moment(map.time_ms),
        format::digits(map.price, 8),
        format::short(map.open_interest)
    )?;
    writeln!(
        out,
        "{} of open interest seen, {} % of what stands was opened in them; {} % of it rests at no level (cross margin, hedged, unlevered)",
        format::duration(quality.hours * 3_600.0),
        format::digits(100.0 * quality.seen, 3),
        format::digits(100.0 * quality.reservoir, 3)
    )?;
    if !quality.is_reliable() {
        writeln!(
            out,
            "caution: most of what stands was opened before the record begins, at entries nobody saw"
        )?;
    }
    for (side, name, sign) in [
        (PositionSide::Long, "longs, liquidated below", "−"),
        (PositionSide::Short, "shorts, liquidated above", "+"),
    ] {
        writeln!(out, "\n{name}")?;
        for distance in [0.01, 0.02, 0.05, 0.1, NEAR] {
            writeln!(
                out,
                "{:>14} {:>12} coins",
                format!("{sign}{} %", format::digits(100.0 * distance, 2)),
                format::short(map.within(side, distance))
            )?;
        }
        let mut largest: Vec<_> = map
            .side(side)
            .iter()
            .filter(|cell| (cell.price_from / map.price).ln().abs() < NEAR)
            .collect();
        largest.sort_by(|a, b| b.coins.total_cmp(&a.coins));
        largest.truncate(LEVELS_SHOWN);
        largest.sort_by(|a, b| b.price_to.total_cmp(&a.price_to));
        writeln!(out, "  largest levels: price, coins, 10 and 90 % of the draws")?;
        for cell in largest {
            let [price, coins, low, high] = [
                f64::midpoint(cell.price_from, cell.price_to),
                cell.coins,
                cell.coins_p10,
                cell.coins_p90,
            ];
            writeln!(
                out,
                "{:>14} {:>12} {:>12} {:>12}",
                format::digits(price, 7),
                format::short(coins),
                format::short(low),
                format::short(high)
            )?;
        }
    }
    Ok(())
}
