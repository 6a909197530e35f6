//! Gamma exposure of an option chain in a file, for programs (one JSON object) and for people, and the chain as a preset.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use cascade_analysis::gex::{self, Convention, DayCount, GammaExposure};
use cascade_files::import::{self, ReadOptions, Reading};
use cascade_files::preset;
use cascade_files::read_as::ReadAs;
use cascade_scenario::{BUSINESS_DAYS_A_YEAR, ImportKind, Imported, OptionChain, format};

use super::imports::{self as tables, HowToRead, positive};
use super::{Failure, apply, complain, write_json};

/// Strikes that the table for people lists.
const STRIKES_SHOWN: usize = 12;

/// What to compute, and by which convention.
#[derive(Debug, Args)]
pub struct Gex {
    /// A delayed-quotes file of CBOE, or a table with columns strike, expiry, type, open interest, iv
    #[arg(value_name = "OPTIONS.csv")]
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    how: HowToRead,
    /// Dealers' position in the calls: 1 long all, −1 short all
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true, value_name = "SIGN")]
    calls: f64,
    /// Dealers' position in the puts: 1 long all, −1 short all
    #[arg(long, default_value_t = -1.0, allow_negative_numbers = true, value_name = "SIGN")]
    puts: f64,
    /// Which days count towards expiry
    #[arg(long, value_enum, default_value_t = Days::Business)]
    days: Days,
    /// Days of a year; 262 for business days, 365 for calendar days unless given
    #[arg(long, value_name = "N", value_parser = positive)]
    days_a_year: Option<f64>,
    /// Interest rate per year
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    rate: f64,
    /// Dividend yield per year
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    dividend_yield: f64,
    /// Number of prices at which the profile is computed
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    levels: u32,
    /// Lowest of them, as a multiple of the price
    #[arg(long, default_value_t = 0.8, value_name = "MULTIPLE", value_parser = positive)]
    from: f64,
    /// Highest of them, as a multiple of the price
    #[arg(long, default_value_t = 1.2, value_name = "MULTIPLE", value_parser = positive)]
    to: f64,
    /// Write a preset to this file whose dealers hedge this chain
    #[arg(long, value_name = "FILE")]
    preset: Option<PathBuf>,
    /// What the preset takes everything else from
    #[arg(long, default_value = "gamma-squeeze", value_name = "PRESET", requires = "preset")]
    base: String,
    /// Change a parameter of the preset; may be given several times
    #[arg(long, value_name = "group.name=value", requires = "preset")]
    set: Vec<String>,
}

/// Which days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Days {
    /// All but Saturdays and Sundays
    Business,
    /// All
    Calendar,
}

/// The figures as `--json` prints them. Keys and their order are a contract.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    spot: f64,
    date: Option<String>,
    rows: usize,
    calls_usd_per_percent: f64,
    puts_usd_per_percent: f64,
    net_usd_per_percent: f64,
    gamma_flip_price: Option<f64>,
    convention: Agreed,
    by_strike: Vec<Strike>,
    profile: Vec<Level>,
    /// As what the file was read.
    read_as: &'a ReadAs,
    /// The net with gammas computed from the volatilities.
    net_computed_usd_per_percent: f64,
}

#[derive(Serialize)]
struct Agreed {
    dealers_calls: f64,
    dealers_puts: f64,
    multiplier: f64,
    days: &'static str,
    days_a_year: f64,
    rate: f64,
    dividend_yield: f64,
    levels: usize,
    lowest_level: f64,
    highest_level: f64,
}

#[derive(Serialize)]
struct Strike {
    #[serde(rename = "strike")]
    price: f64,
    calls_usd_per_percent: f64,
    puts_usd_per_percent: f64,
    net_usd_per_percent: f64,
}

#[derive(Serialize)]
struct Level {
    price: f64,
    net_usd_per_percent: f64,
}

impl Gex {
    /// Reads, computes and prints.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let options = ReadOptions {
            kind: Some(ImportKind::OptionChain),
            ..self.how.options()
        };
        let Reading { data, read_as, .. } = import::load(&self.file, &options)?;
        let Imported::OptionChain(chain) = data else {
            return Ok(ExitCode::FAILURE);
        };
        let convention = self.convention();
        let exposure = gex::gamma_exposure(&chain, &convention);
        if let Some(path) = &self.preset {
            let mut scenario = preset::find(&self.base)?;
            scenario.adopt_chain(&chain, 1.0)?;
            scenario.name = format!("Options of {}", self.file.display());
            scenario.description = format!(
                "{} option series from {}; everything else is from {}.",
                scenario.options.len(),
                self.file.display(),
                self.base
            );
            apply(&mut scenario, &self.set)?;
            preset::save(path, &scenario)?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            let report = self.report(&chain, &convention, &exposure, &read_as);
            write_json(&mut out, &report)?;
        } else {
            self.write_table(&mut out, &chain, &convention, &exposure)?;
            for sentence in read_as.sentences() {
                writeln!(out, "read as: {sentence}")?;
            }
        }
        // Programs find all of it in the report.
        if !self.json {
            tables::warn(&self.file, &read_as.remarks);
        }
        if let Some(contradiction) = exposure.contradiction() {
            complain(&format!("{}: caution: {contradiction}", self.file.display()));
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn convention(&self) -> Convention {
        let (day_count, days_a_year) = match self.days {
            Days::Business => (DayCount::Business, BUSINESS_DAYS_A_YEAR),
            Days::Calendar => (DayCount::Calendar, 365.0),
        };
        Convention {
            signs: [self.calls, self.puts],
            day_count,
            days_a_year: self.days_a_year.unwrap_or(days_a_year),
            rate: self.rate,
            dividend_yield: self.dividend_yield,
            levels: self.levels as usize,
            range: (self.from.min(self.to), self.to.max(self.from)),
        }
    }

    fn report<'a>(
        &self,
        chain: &OptionChain,
        convention: &Convention,
        exposure: &GammaExposure,
        read_as: &'a ReadAs,
    ) -> Report<'a> {
        Report {
            read_as,
            net_computed_usd_per_percent: exposure.net_computed,
            file: self.file.display().to_string(),
            spot: chain.spot,
            date: chain.date.map(|date| date.to_string()),
            rows: chain.rows,
            calls_usd_per_percent: exposure.calls,
            puts_usd_per_percent: exposure.puts,
            net_usd_per_percent: exposure.net,
            gamma_flip_price: exposure.flip,
            convention: Agreed {
                dealers_calls: convention.signs[0],
                dealers_puts: convention.signs[1],
                multiplier: chain.multiplier,
                days: day_name(convention.day_count),
                days_a_year: convention.days_a_year,
                rate: convention.rate,
                dividend_yield: convention.dividend_yield,
                levels: convention.levels,
                lowest_level: convention.range.0,
                highest_level: convention.range.1,
            },
            by_strike: exposure
                .by_strike
                .iter()
                .map(|at| Strike {
                    price: at.strike,
                    calls_usd_per_percent: at.calls,
                    puts_usd_per_percent: at.puts,
                    net_usd_per_percent: at.net,
                })
                .collect(),
            profile: exposure
                .profile
                .iter()
                .map(|(price, net)| Level {
                    price: *price,
                    net_usd_per_percent: *net,
                })
                .collect(),
        }
    }

    fn write_table(
        &self,
        out: &mut impl Write,
        chain: &OptionChain,
        convention: &Convention,
        exposure: &GammaExposure,
    ) -> io::Result<()> {
        let day = chain.date.map_or_else(String::new, |date| format!(", {date}"));
        writeln!(
            out,
            "{}: {}, spot {}{day}\n",
            self.file.display(),
            format::counted(chain.rows, "row"),
            format::digits(chain.spot, 8)
        )?;
        let usd = |value: f64| format!("{} USD per 1 %", format::amount(value, 6));
        let flip = exposure
            .flip
            .map_or_else(|| "none in range".to_owned(), |price| format::digits(price, 8));
        for (name, value) in [
            ("calls", usd(exposure.calls)),
            ("puts", usd(exposure.puts)),
            ("net", usd(exposure.net)),
            ("gamma flip", flip),
        ] {
            writeln!(out, "{name:12}{value}")?;
        }
        writeln!(
            out,
            "\nConvention: dealers hold {} of the calls and {} of the puts, {} units a contract; totals with the file's gammas \
             where it has any. Flip: Black–Scholes on the file's implied volatilities, {} days over {} a year (0 counts as 1), \
             rate {}, dividend yield {}, {} prices from {} to {} × spot, linear in between.\n",
            format::digits(convention.signs[0], 3),
            format::digits(convention.signs[1], 3),
            format::digits(chain.multiplier, 6),
            day_name(convention.day_count),
            format::digits(convention.days_a_year, 6),
            format::digits(convention.rate, 4),
            format::digits(convention.dividend_yield, 4),
            convention.levels,
            format::digits(convention.range.0, 4),
            format::digits(convention.range.1, 4),
        )?;
        let mut largest: Vec<_> = exposure.by_strike.iter().collect();
        largest.sort_by(|a, b| b.net.abs().total_cmp(&a.net.abs()));
        largest.truncate(STRIKES_SHOWN);
        largest.sort_by(|a, b| a.strike.total_cmp(&b.strike));
        writeln!(out, "{:>12}{:>14}{:>14}{:>14}", "strike", "calls", "puts", "net")?;
        for at in largest {
            let [calls, puts, net] = [at.calls, at.puts, at.net].map(format::short);
            writeln!(
                out,
                "{:>12}{calls:>14}{puts:>14}{net:>14}",
                format::digits(at.strike, 8)
            )?;
        }
        writeln!(
            out,
            "{:>12} {} strikes in all; --json has them and the profile",
            "",
            exposure.by_strike.len()
        )
    }
}

const fn day_name(day_count: DayCount) -> &'static str {
    match day_count {
        DayCount::Business => "business",
        DayCount::Calendar => "calendar",
    }
}
