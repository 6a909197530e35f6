//! The record of a market that a collector is still writing: whenever open interest is new, a line with the price and what
//! rests near it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use cascade_analysis::liquidation_map::{CELL, liquidation_maps};
use cascade_analysis::{Cancel, cores};
use cascade_files::growing::stays;
use cascade_files::record::{Growing, RecordOptions};
use cascade_market::Record;
use cascade_scenario::{PositionSide, format};

use super::record::moment;
use super::{Failure, complain, shown};

/// Time between two looks at a file that has not grown.
const LOOK: Duration = Duration::from_millis(500);
/// How much is read at a time, bytes.
const PIECE: usize = 1 << 16;
/// Log distances from the price up to which the levels are summed up.
const NEAR: [f64; 3] = [0.01, 0.02, 0.05];

/// What to follow.
#[derive(Debug, Args)]
pub struct FollowCommand {
    /// A file that grows, line by line, as CSV or JSON; or - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// The market that counts where the lines have several
    #[arg(long, value_name = "NAME")]
    symbol: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// What a line says.
#[derive(Debug, Serialize)]
struct Line {
    time: String,
    time_ms: i64,
    price: f64,
    open_interest_coins: Option<f64>,
    /// Estimated dollars of longs that are liquidated within 1, 2 and 5 % below, and of shorts above; none without a map.
    longs_usd: Option<[f64; 3]>,
    shorts_usd: Option<[f64; 3]>,
    /// Share of what stands that was opened since the record begins.
    seen: Option<f64>,
}

impl FollowCommand {
    /// Follows until standard input ends; a file is followed until the program is ended, or the file is moved or cut.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let options = RecordOptions {
            symbol: self.symbol.clone(),
            ..RecordOptions::default()
        };
        let failed = |reason: String| Failure::Follow {
            file: shown(&self.file),
            reason,
        };
        let unreadable = |error: io::Error| failed(error.to_string());
        let is_stream = self.file.as_os_str() == "-";
        let file = if is_stream {
            None
        } else {
            Some(File::open(&self.file).map_err(unreadable)?)
        };
        let mut source: Box<dyn Read + '_> = match &file {
            Some(file) => Box::new(file),
            None => Box::new(io::stdin()),
        };
        let mut growing = Growing::new(self.file.display().to_string(), options);
        let mut piece = vec![0; PIECE];
        let mut told = Known::default();
        let mut grown = false;
        let mut taken = 0;
        loop {
            let count = source.read(&mut piece).map_err(unreadable)?;
            taken += count as u64;
            if count > 0 {
                grown |= growing.take(&piece[..count]).map_err(failed)?;
                // More may be waiting.
                if count == PIECE {
                    continue;
                }
            }
            if std::mem::take(&mut grown) {
                self.tell(&growing, &mut told)?;
            }
            if count == 0 {
                let Some(file) = &file else { break };
                self.goes_on(file, taken).map_err(unreadable)?;
                thread::sleep(LOOK);
            }
        }
        if told == Known::default() {
            complain("nothing with a price has arrived");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Whether more may come of a file of which so many bytes have been taken. Of a pipe it may always.
    fn goes_on(&self, file: &File, taken: u64) -> io::Result<()> {
        let meta = file.metadata()?;
        if meta.is_file() && meta.len() < taken {
            return Err(io::Error::other("it has become shorter than what was read of it"));
        }
        stays(file, &self.file)
    }

    fn tell(&self, growing: &Growing, told: &mut Known) -> Result<(), Failure> {
        let Some(record) = growing.record() else { return Ok(()) };
        let now = Known::of(&record);
        // Prices alone are told by the minute.
        if now == *told {
            return Ok(());
        }
        *told = now;
        let line = Line::of(&record);
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &line).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            line.write(&mut out)?;
        }
        Ok(out.flush()?)
    }
}

/// What has been told: the newest open interest, or the newest bar where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known(Option<i64>);

impl Known {
    fn of(record: &Record) -> Self {
        let interest = record.open_interest().last().map(|point| point.time_ms);
        Self(interest.or_else(|| record.bars().rows().last().map(|bar| bar.time_ms)))
    }
}

impl Line {
    fn of(record: &Record) -> Self {
        let time_ms = record.ends_ms();
        let price = record.bars().price_at(time_ms);
        let maps = liquidation_maps(record, &[time_ms], CELL, cores(), &Cancel::new(), |_| ());
        let map = maps.ok().flatten().and_then(|maps| maps.into_iter().next().flatten());
        let usd = |side| {
            map.as_ref()
                .map(|map| NEAR.map(|distance| map.within(side, distance) * price))
        };
        Self {
            time: moment(time_ms),
            time_ms,
            price,
            open_interest_coins: record.open_interest_at(time_ms),
            longs_usd: usd(PositionSide::Long),
            shorts_usd: usd(PositionSide::Short),
            seen: map.as_ref().map(|map| map.quality.seen),
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{} price {}", self.time, format::digits(self.price, 8))?;
        if let Some(coins) = self.open_interest_coins {
            write!(out, ", open interest {} coins", format::short(coins))?;
        }
        if let (Some(longs), Some(shorts)) = (self.longs_usd, self.shorts_usd) {
            let list = |usd: [f64; 3]| usd.map(format::short).join(" / ");
            write!(
                out,
                ", estimated within 1/2/5 %: longs {} USD, shorts {} USD",
                list(longs),
                list(shorts)
            )?;
        }
        writeln!(out)
    }
}
