//! The command line: what may be asked for, and the commands that work without a window. The only module that prints.
//!
//! Exit codes: 0 fine, 1 bad input (a preset, file or folder that cannot be used), 2 usage (an argument that cannot be used: an
//! unknown option, parameter, figure or asset, or a value that is not allowed), 3 the model halted.

mod calibrate;
mod explain;
mod follow;
mod gex;
mod hindcast;
mod imports;
mod lesson;
mod map;
mod page;
mod params;
mod progress;
mod record;
mod report;
mod sweep;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand, ValueEnum};

use cascade_analysis::calibration::NoCalibration;
use cascade_analysis::crossings::NoCrossings;
use cascade_analysis::{StepCost, step_cost};
use cascade_engine::{Observation, Simulation};
use cascade_files::export::ExportError;
use cascade_files::import::is_table;
use cascade_files::lesson as lessons;
use cascade_files::link::{self, is_link};
use cascade_files::preset;
use cascade_files::problem::FileError;
use cascade_files::read_as::ReadAs;
use cascade_files::record::RecordError;
use cascade_files::saving;
use cascade_files::series::SeriesWriter;
use cascade_market::book::MapError;
use cascade_market::forced::NoExplanation;
use cascade_scenario::{AssetId, ParameterError, Scenario, Setting, find, format};

use imports::{FileRead, HowToRead, Imports, Kinds};
use progress::Progress;
use report::{Promise, Report};
use sweep::{Sweep, SweepError, TableError};

/// What the program is, in a line.
const PROGRAM: &str =
    "Interactive desktop visualizer of leverage cascades: how leverage turns a small price move into a crash";

/// What the program was asked to do.
#[derive(Debug, Parser)]
#[command(name = "cascade-lab", version, about = PROGRAM, args_conflicts_with_subcommands = true)]
#[command(after_help = after_help())]
pub struct Arguments {
    /// A command that needs no window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The window, when there is no command.
    #[command(flatten)]
    pub window: Window,
}

/// What PRESET may be, and what the exit codes mean.
fn after_help() -> String {
    let names: Vec<&str> = preset::shipped().iter().map(|shipped| shipped.name).collect();
    format!(
        "PRESET is a file, a link (cascade-lab:...) or the name of a shipped preset: {}.\n\
         Exit codes: 0 fine; 1 bad input: a preset or file that cannot be used; 2 usage: an argument that cannot be used, such as \
         an unknown parameter or a value out of its range; 3 the model halted.",
        names.join(", ")
    )
}

/// How to open the window.
#[derive(Clone, Debug, Args)]
pub struct Window {
    /// Preset to start with: a file, a link or the name of a shipped preset; the file of a lesson; a table (.csv) to import; or a
    /// folder with the record of a market
    pub preset: Option<String>,
    /// What draws the window
    #[arg(long, value_enum)]
    pub renderer: Option<Renderer>,
    /// Write a picture of the window to this PNG file, then close
    #[arg(long, value_name = "FILE", requires = "after_steps")]
    pub screenshot: Option<PathBuf>,
    /// Take the picture after this many steps of the model
    #[arg(long, value_name = "N", requires = "screenshot")]
    pub after_steps: Option<u64>,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// OpenGL
    Glow,
    /// Vulkan, Metal or Direct3D; needs a program built with the feature `wgpu`
    Wgpu,
}

/// Commands that need no window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a preset without a window and print what came of it
    Run(Run),
    /// Run a preset and write what came of it as a page that stands by itself
    Report(page::ReportPage),
    /// List the lessons, or write one as a handout that stands by itself
    Lesson(lesson::LessonCommand),
    /// Run a preset over a grid of one or two parameters and print a table, one row a run
    Sweep(Sweep),
    /// Check preset files, and tables (.csv) that can be imported: exit code 1 with every mistake
    Check {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the tables hold; if left out, what they look like
        #[arg(long, value_enum)]
        kind: Option<Kinds>,
        /// What is said about them
        #[command(flatten)]
        how: HowToRead,
    },
    /// List every parameter: path, unit, range, default, meaning
    Params {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Gamma exposure of an option chain: by strike, in total, and where it changes its sign
    Gex(gex::Gex),
    /// What a market's own record holds (price bars, open interest, depth, funding, liquidations), and its defects
    Record(record::RecordCommand),
    /// Where liquidations rest by the record of a market, estimated, with a band
    Map(map::MapCommand),
    /// What of a move in the record of a market was forced, what of that was thin books, and what was everything else
    Explain(explain::ExplainCommand),
    /// Fit the model to the record of a market: a preset with bands, and what the record does not tell
    Calibrate(calibrate::CalibrateCommand),
    /// The model begun at every sharp move in the record of a market, held against what came
    Hindcast(hindcast::HindcastCommand),
    /// Follow the record of a market that is still being written, and tell what rests near the price
    Follow(follow::FollowCommand),
}

/// A run without a window.
#[derive(Debug, Args)]
pub struct Run {
    /// A file, a link or the name of a shipped preset
    preset: String,
    /// Seed of the random numbers, instead of the preset's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of steps; if left out, as many as a table given by --path takes, and 1440 without one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Change a parameter; may be given several times
    #[arg(long, value_name = "group.name=value")]
    set: Vec<String>,
    #[command(flatten)]
    imports: Imports,
    /// Write one row a step to this file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// The asset that the figures and the rows of --csv tell of
    #[arg(long, value_name = "N", default_value_t = 1)]
    asset: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Steps of a run that follows no path from a file, unless others are asked for.
const STEPS: u64 = 1_440;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Preset(#[from] FileError),
    #[error("--set {argument}: {cause}")]
    Set { argument: String, cause: ParameterError },
    #[error("--set {argument}: write it as group.name=value")]
    SetSyntax { argument: String },
    #[error("the scenario cannot be run: {0}")]
    Scenario(#[from] ParameterError),
    #[error("{path}: {cause}; what was there before is unchanged")]
    Series { path: String, cause: ExportError },
    #[error("--asset {asset}: the run has {count}, counted from 1")]
    Asset { asset: u32, count: usize },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Map(#[from] MapError),
    #[error(transparent)]
    Crossings(#[from] NoCrossings),
    #[error(transparent)]
    Calibration(#[from] NoCalibration),
    #[error("the fitted model cannot be a preset: {reason}")]
    Calibrated { reason: String },
    #[error(transparent)]
    Explanation(#[from] NoExplanation),
    #[error("{file} cannot be followed: {reason}")]
    Follow { file: String, reason: String },
    #[error("there is no map at {at}: the record has no open interest before it")]
    NoMap { at: String },
    #[error(
        "the map cannot be checked: no liquidations were printed where the price came after the first day of the record"
    )]
    NothingPrinted,
    #[error("{at} is not in the record, which is from {from} to {to}")]
    Moment { at: String, from: String, to: String },
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("standard output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Set { .. } | Self::SetSyntax { .. } | Self::Asset { .. } | Self::Moment { .. } | Self::Sweep(_) => {
                ExitCode::from(2)
            }
            // Whoever reads has seen enough (`| head`).
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    fn is_silent(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Carries out a command that needs no window; its result is the program's exit code.
pub fn execute(command: &Command) -> ExitCode {
    let outcome = match command {
        Command::Run(run) => run.execute(),
        Command::Report(report) => report.execute(),
        Command::Lesson(lesson) => lesson.execute(),
        Command::Sweep(sweep) => sweep.execute(),
        Command::Check { files, kind, how } => check(files, *kind, how),
        Command::Gex(gex) => gex.execute(),
        Command::Record(record) => record.execute(),
        Command::Map(map) => map.execute(),
        Command::Explain(explain) => explain.execute(),
        Command::Calibrate(calibrate) => calibrate.execute(),
        Command::Hindcast(hindcast) => hindcast.execute(),
        Command::Follow(follow) => follow.execute(),
        Command::Params { json } => params::print(*json).map(|()| ExitCode::SUCCESS).map_err(Failure::from),
    };
    outcome.unwrap_or_else(|failure| {
        if !failure.is_silent() {
            match &failure {
                Failure::Preset(error) => complain_of(error),
                other => complain(&other.to_string()),
            }
        }
        failure.exit_code()
    })
}

/// Says on standard error what went wrong, in one line. Where even that is closed there is nobody left to tell.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "cascade-lab: {}", format::printable(message));
}

/// Prints a value as one JSON object or list, and ends the line.
fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    writeln!(out)
}

/// Says what is wrong with a file, a line each.
fn complain_of(error: &FileError) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "cascade-lab: {}", error.report(usize::MAX));
}

/// A file's name for a line of output.
fn shown(file: &Path) -> String {
    format::printable(&file.to_string_lossy()).into_owned()
}

/// A preset with another seed, imported tables and changed parameters.
fn scenario(
    name: &str,
    seed: Option<u64>,
    imports: &Imports,
    changes: &[String],
) -> Result<(Scenario, Vec<FileRead>), Failure> {
    let mut scenario = if is_link(name) {
        link::read(name)?.scenario
    } else {
        preset::find(name)?
    };
    if let Some(seed) = seed {
        scenario.seed = seed;
    }
    // Tables need the venues that were asked for, and what was asked for counts before what tables say.
    apply(&mut scenario, changes)?;
    let fixed: Vec<&str> = changes
        .iter()
        .filter_map(|one| Some(one.split_once('=')?.0.trim()))
        .collect();
    let read = imports.adopt(&mut scenario, &fixed)?;
    apply(&mut scenario, changes)?;
    Ok((scenario, read))
}

impl Run {
    fn execute(&self) -> Result<ExitCode, Failure> {
        let (scenario, read) = scenario(&self.preset, self.seed, &self.imports, &self.set)?;
        let steps = self.steps(&scenario);
        if scenario.lists_no_option() {
            complain(
                "caution: no option is listed: no multiple of options.strike_spacing lies between the lowest and the highest strike",
            );
        }
        let mut simulation = Simulation::new(&scenario)?;
        let count = simulation.assets().len();
        if !(1..=count).contains(&(self.asset as usize)) {
            return Err(Failure::Asset {
                asset: self.asset,
                count,
            });
        }
        let forecast = Promise::of(&simulation, AssetId::numbered(self.asset));
        let started = Instant::now();
        let mut slowest = Slowest::default();
        self.simulate(&mut simulation, steps, &mut slowest)?;
        let taken = started.elapsed();
        let report = Report::new(
            &self.preset,
            &simulation,
            AssetId::numbered(self.asset),
            taken.as_secs_f64(),
            forecast,
            read,
        );
        let mut out = io::stdout().lock();
        if self.json {
            report.write_json(&mut out)?;
        } else {
            report.write_table(&mut out)?;
        }
        out.flush()?;
        if taken > step_cost::SLOW * u32::try_from(steps).unwrap_or(u32::MAX) {
            complain(&slowest.words());
        }
        Ok(simulation.halted().map_or(ExitCode::SUCCESS, |halt| {
            complain(&format!(
                "the model halted in step {}: {} ({})",
                halt.step, halt.rule, halt.figures
            ));
            ExitCode::from(3)
        }))
    }

    /// As many as were asked for, or as the path takes; where a path goes on after the run that is said.
    fn steps(&self, scenario: &Scenario) -> u64 {
        let step_seconds = scenario.parameters.market.step_seconds;
        let span = scenario.path.span_seconds();
        let needed = scenario.path.steps(step_seconds);
        let follows = self.imports.has_path();
        let usual = steps_of(&self.preset);
        let steps = self.steps.unwrap_or(if follows { needed.max(1) } else { usual });
        if follows && steps < needed {
            complain(&format!(
                "caution: the run ends before the path: {} of {}, {} %; --steps {needed} runs all of it",
                format::duration(steps as f64 * step_seconds),
                format::duration(span),
                format::digits(100.0 * steps as f64 / needed as f64, 3)
            ));
        }
        steps
    }

    /// With the rows of `--csv`, whose file is there whole at the end or stays as it was.
    fn simulate(&self, simulation: &mut Simulation, steps: u64, slowest: &mut Slowest) -> Result<(), Failure> {
        let Some(path) = &self.csv else {
            return self.advance(simulation, steps, slowest, |_| Ok(()));
        };
        let venues = simulation.parameters().venues.count as usize;
        let written = saving::replace_with(path, |file| {
            let mut series = SeriesWriter::new(file, venues)?;
            self.advance(simulation, steps, slowest, |seen| series.write(seen))?;
            Ok(series.finish()?)
        });
        written.map_err(|cause| Failure::Series {
            path: shown(path),
            cause,
        })
    }

    fn advance<E>(
        &self,
        simulation: &mut Simulation,
        steps: u64,
        slowest: &mut Slowest,
        mut write: impl FnMut(&Observation) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut progress = Progress::new(steps, "steps");
        for step in 1..=steps {
            let began = Instant::now();
            simulation.step();
            slowest.see(began.elapsed(), simulation);
            if simulation.halted().is_some() && simulation.steps() < step {
                break;
            }
            write(simulation.assets()[AssetId::numbered(self.asset)].observation())?;
            progress.show(step);
        }
        Ok(())
    }
}

/// The slowest step of a run.
#[derive(Default)]
struct Slowest {
    took: Duration,
    /// The model after a step that was slow; a slower one takes its place if it took twice as long.
    model: Option<(Duration, Box<Simulation>)>,
}

impl Slowest {
    fn see(&mut self, took: Duration, simulation: &Simulation) {
        self.took = self.took.max(took);
        if took > self.model.as_ref().map_or(step_cost::SLOW, |(before, _)| 2 * *before) {
            self.model = Some((took, Box::new(simulation.clone())));
        }
    }

    /// What the steps from there on take, and why.
    fn words(&self) -> String {
        let why = self.model.as_ref().map(|(_, model)| StepCost::find(model).words());
        format!(
            "the slowest step took {}. {}",
            format::duration(self.took.as_secs_f64()),
            why.unwrap_or_default()
        )
    }
}

/// Steps of a run unless others are asked for: those of the link, if it is one that says so.
fn steps_of(preset: &str) -> u64 {
    let linked = is_link(preset).then(|| link::read(preset).ok()).flatten();
    linked
        .and_then(|linked| linked.steps)
        .filter(|steps| *steps > 0)
        .unwrap_or(STEPS)
}

/// Carries out `--set` arguments.
fn apply(scenario: &mut Scenario, settings: &[String]) -> Result<(), Failure> {
    for argument in settings {
        let (path, value) = argument.split_once('=').ok_or_else(|| Failure::SetSyntax {
            argument: argument.clone(),
        })?;
        find(path.trim())
            .and_then(|row| scenario.set_parameter(row, row.read(&Setting::parse(value))?))
            .map_err(|cause| Failure::Set {
                argument: argument.clone(),
                cause,
            })?;
    }
    Ok(())
}

/// What a preset or a lesson is called.
fn load_preset_or_lesson(file: &Path) -> Result<String, FileError> {
    if lessons::is_lesson(file) {
        let found = lessons::load(file)?;
        preset::find(&found.preset)?;
        Ok(found.title)
    } else {
        preset::load(file).map(|scenario| scenario.name)
    }
}

fn check(files: &[PathBuf], kind: Option<Kinds>, how: &HowToRead) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let checked = if kind.is_some() || is_table(file) {
            imports::describe(file, how, kind).map(|(what, read_as)| (what, Some(read_as)))
        } else {
            load_preset_or_lesson(file).map(|name| (name, None))
        };
        match checked {
            Ok((what, read_as)) => {
                writeln!(out, "{}: fine ({})", shown(file), format::printable(&what))?;
                for sentence in read_as.iter().flat_map(ReadAs::sentences) {
                    writeln!(out, "  {}", format::printable(&sentence))?;
                }
                if let Some(read_as) = read_as {
                    imports::warn(file, &read_as.remarks);
                }
            }
            Err(error) => {
                complain_of(&error);
                code = ExitCode::FAILURE;
            }
        }
    }
    out.flush()?;
    Ok(code)
}
