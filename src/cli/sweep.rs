//! `sweep`: one or two parameters over a grid, every cell with the same seeds, as a table of one row a run.

mod table;

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use cascade_analysis::axis::{Axis, AxisError};
use cascade_analysis::metric::UnknownMetric;
use cascade_analysis::sweep::SameAxis;
use cascade_analysis::{Batch, Grid, Metric, Shard, cores, in_order};
use cascade_scenario::{AssetId, Scenario};

use super::imports::Imports;
use super::progress::Progress;
use super::{Failure, complain, scenario};

use table::{Layout, Sink};

/// The number of assets.
const ASSETS: &str = "assets.count";

/// A grid of runs without a window.
#[derive(Debug, Args)]
pub struct Sweep {
    /// A file or the name of a shipped preset
    preset: String,
    /// First axis, spaced as the slider is; also group.name=value,value,… or the name of a switch or choice alone
    #[arg(long, value_name = "group.name=low..high:count")]
    x: String,
    /// Second axis
    #[arg(long, value_name = "group.name=low..high:count")]
    y: Option<String>,
    /// Number of seeds of every cell, from the preset's on; the same ones in every cell
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// First seed, instead of the preset's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of steps of every run
    #[arg(long, value_name = "N", default_value_t = 1440, value_parser = clap::value_parser!(u64).range(1..))]
    steps: u64,
    /// A figure to write, by its name in `run --json`; may be given several times; all of them if left out
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// The asset the figures are of, where --metric does not name another (asset_2.max_drawdown)
    #[arg(long, value_name = "N", default_value_t = 1)]
    asset: u32,
    /// Change a parameter in all cells; may be given several times
    #[arg(long, value_name = "group.name=value")]
    set: Vec<String>,
    #[command(flatten)]
    imports: Imports,
    /// Only the I-th of N even parts; the parts one after another are the whole table, and the first has its header
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    shard: Shard,
    /// Write to this file, row by row; a file that was interrupted is continued
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Threads to use instead of one a core; the table does not depend on it
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// Why a sweep cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    /// An axis that is none.
    #[error("{option} {argument}: {cause}")]
    Axis {
        /// `--x` or `--y`.
        option: &'static str,
        /// What was written.
        argument: String,
        /// Why.
        cause: Box<AxisError>,
    },
    /// Both axes are the same.
    #[error("--y: {0}")]
    SameAxis(#[from] SameAxis),
    /// No such figure.
    #[error("--metric: {0}")]
    Metric(#[from] UnknownMetric),
}

impl Sweep {
    /// Makes the runs and writes the table.
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let (batch, layout) = self.plan()?;
        let seeds = batch.seeds();
        let jobs = self.shard.range(batch.runs());
        let mut sink = Sink::open(self.csv.as_deref(), &layout, jobs.clone(), self.shard.is_first())?;
        let run = |job| batch.run(job / seeds, job % seeds, || true);
        if let Some(last) = sink.rows().checked_sub(1).map(|rows| jobs.start + rows)
            && let Some(outcome) = run(last)
        {
            sink.check(&layout, last, &outcome)?;
        }
        let mut progress = Progress::new(jobs.len() as u64, "runs");
        let threads = self.threads.unwrap_or_else(cores);
        in_order(jobs.start + sink.rows()..jobs.end, threads, run, |job, outcome| {
            sink.write(&layout, job, &outcome)?;
            progress.show((job + 1 - jobs.start) as u64);
            Ok::<_, Failure>(())
        })?;
        drop(progress);
        sink.finish()?;
        Ok(match sink.halted() {
            0 => ExitCode::SUCCESS,
            halted => {
                complain(&format!(
                    "the model halted in {halted} of {} runs; the column `halted` says why",
                    jobs.len()
                ));
                ExitCode::from(3)
            }
        })
    }

    fn plan(&self) -> Result<(Batch, Layout), Failure> {
        let (scenario, _) = scenario(&self.preset, self.seed, &self.imports, &self.set)?;
        let axis = |option, argument: &String| {
            Axis::parse(argument).map_err(|cause| SweepError::Axis {
                option,
                argument: argument.clone(),
                cause: Box::new(cause),
            })
        };
        let x = axis("--x", &self.x)?;
        let y = self.y.as_ref().map(|argument| axis("--y", argument)).transpose()?;
        let grid = Grid::new(x, y).map_err(SweepError::from)?;
        let metrics = self.metrics(most_assets(&scenario, &grid))?;
        let layout = Layout::new(&grid, metrics, &scenario, self.seeds as usize, self.steps);
        let batch = Batch::new(scenario, grid.variants(), self.seeds as usize, self.steps);
        Ok((batch?, layout))
    }

    /// The figures asked for, of runs that have so many assets.
    fn metrics(&self, assets: usize) -> Result<Vec<Metric>, Failure> {
        let checked = |asset: u32| match asset {
            1.. if asset as usize <= assets => Ok(AssetId::numbered(asset)),
            _ => Err(Failure::Asset { asset, count: assets }),
        };
        let usual = checked(self.asset)?;
        if self.metric.is_empty() {
            return Ok(Metric::all().map(|metric| metric.of_asset(usual)).collect());
        }
        let named = |name: &String| {
            let metric = Metric::find(name).map_err(SweepError::from)?;
            checked(metric.asset().number())?;
            // What names no asset is of the usual one.
            let unnamed = metric.figure_name() == name;
            Ok(if unnamed { metric.of_asset(usual) } else { metric })
        };
        self.metric.iter().map(named).collect()
    }
}

/// Most assets that a cell has.
fn most_assets(scenario: &Scenario, grid: &Grid) -> usize {
    let axis = grid.axes().iter().find(|axis| axis.row().path == ASSETS);
    let count = f64::from(scenario.parameters.assets.count);
    axis.map_or(count, |axis| axis.values.iter().copied().fold(0.0, f64::max)) as usize
}

/// What went wrong with the table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// The file cannot be read or written.
    #[error("{path} cannot be written: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{path}, line {line}: this is not of the same sweep, which would have `{expected}`; choose another file or remove it"
    )]
    OtherSweep {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// How the line should begin.
        expected: String,
    },
    /// The file's last row is not what its run gives.
    #[error("{path}: its last row is `{found}`, and its run gives `{expected}`; choose another file or remove it")]
    OtherFigures {
        /// The file.
        path: String,
        /// The row as it stands there.
        found: String,
        /// The row as it should be.
        expected: String,
    },
    /// The file has more rows than the sweep.
    #[error("{path}, line {line}: the sweep ends before; choose another file or remove it")]
    TooLong {
        /// The file.
        path: String,
        /// The first line too many, from 1.
        line: usize,
    },
}
