//! `report`: a run as a page that stands by itself.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use cascade_files::export::Table;
use cascade_files::report::ReportPlan;
use cascade_scenario::AssetId;

use super::imports::Imports;
use super::progress::Progress;
use super::{Failure, scenario, shown, steps_of};

/// A page of a run.
#[derive(Debug, Args)]
pub struct ReportPage {
    /// A file, a link or the name of a shipped preset
    preset: String,
    /// Write the page to this file
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// Seed of the random numbers, instead of the preset's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of steps; if left out, those of the link, and 1440 without one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Change a parameter; may be given several times
    #[arg(long, value_name = "group.name=value")]
    set: Vec<String>,
    #[command(flatten)]
    imports: Imports,
    /// The asset that the page tells of
    #[arg(long, value_name = "N", default_value_t = 1)]
    asset: u32,
}

impl ReportPage {
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let (scenario, _) = scenario(&self.preset, self.seed, &self.imports, &self.set)?;
        let count = scenario.parameters.assets.count as usize;
        if !(1..=count).contains(&(self.asset as usize)) {
            return Err(Failure::Asset {
                asset: self.asset,
                count,
            });
        }
        let steps = self.steps.unwrap_or_else(|| steps_of(&self.preset));
        let plan = ReportPlan {
            scenario,
            steps,
            asset: AssetId::numbered(self.asset),
            sections: Vec::new(),
        };
        let mut progress = Progress::new(steps, "steps");
        let written = Table::Report(Box::new(plan)).save(&self.html, |step| {
            progress.show(step);
            true
        });
        drop(progress);
        written.map_err(|cause| Failure::Series {
            path: shown(&self.html),
            cause,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
