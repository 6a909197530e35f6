//! Tables of a run, written as the run itself or its log give them.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use cascade_engine::{LogEntry, Simulation};
use cascade_scenario::{AssetId, ParameterError, Scenario};

use super::events;
use super::opening::reason;
use super::report::{Handout, ReportPlan};
use super::saving::replace_with;
use super::series::SeriesWriter;

/// Why a table was not written; what was there before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("it cannot be written: {}", reason(.0))]
    Unwritable(#[from] io::Error),
    /// The scenario cannot be run.
    #[error("the run cannot be repeated: {0}")]
    Scenario(#[from] ParameterError),
    /// It was cancelled.
    #[error("it was cancelled")]
    Cancelled,
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Unwritable(error),
            other => Self::Unwritable(io::Error::other(format!("{other:?}"))),
        }
    }
}

/// A table.
pub enum Table {
    /// One row a step, the columns of [`super::series`]: the scenario is run again for so many steps.
    Series {
        /// What is run.
        scenario: Box<Scenario>,
        /// How far.
        steps: u64,
        /// The asset that the rows tell of, from 0.
        asset: AssetId,
    },
    /// One row an entry of the log.
    Events(Vec<LogEntry>),
    /// Rows that are there already, with the names of their columns first.
    Rows(Vec<Vec<String>>),
    /// A page of the run, which is made again; a row is a step.
    Report(Box<ReportPlan>),
    /// A lesson on paper, whose runs are made; a row is a step.
    Handout(Box<Handout>),
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Series { .. } => "Series",
            Self::Events(_) => "Events",
            Self::Rows(_) => "Rows",
            Self::Report(_) => "Report",
            Self::Handout(_) => "Handout",
        })
    }
}

impl Table {
    /// Rows it will have at most, without the names of the columns.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Series { steps, .. } => *steps,
            Self::Events(log) => log.len() as u64,
            Self::Rows(rows) => rows.len().saturating_sub(1) as u64,
            Self::Report(plan) => plan.steps,
            Self::Handout(handout) => handout.steps(),
        }
    }

    /// Writes it to a file: whole or not at all. After each row of a series `goes_on` is told how many there are, and may
    /// say no. Returns the number of rows.
    ///
    /// # Errors
    /// The file cannot be written, the scenario cannot be run, or `goes_on` said no.
    pub fn save(&self, path: &Path, mut goes_on: impl FnMut(u64) -> bool) -> Result<u64, ExportError> {
        let mut rows = self.rows();
        replace_with(path, |file| {
            match self {
                Self::Series { scenario, steps, asset } => {
                    rows = write_run(scenario, (*steps, *asset), file, &mut goes_on)?;
                }
                Self::Events(log) => events::write(log, file)?,
                Self::Rows(rows) => {
                    let mut writer = csv::Writer::from_writer(file);
                    rows.iter().try_for_each(|row| writer.write_record(row))?;
                    writer.flush()?;
                }
                Self::Report(plan) => file.write_all(plan.page(&mut goes_on)?.as_bytes())?,
                Self::Handout(handout) => file.write_all(handout.page(&mut goes_on)?.as_bytes())?,
            }
            Ok(())
        })
        .map(|()| rows)
    }
}

/// Runs a scenario for so many steps and writes a row of one asset, from 0, after every step, until it halts.
fn write_run(
    scenario: &Scenario,
    (steps, asset): (u64, AssetId),
    target: impl Write,
    goes_on: &mut impl FnMut(u64) -> bool,
) -> Result<u64, ExportError> {
    let mut simulation = Simulation::new(scenario)?;
    let mut rows = SeriesWriter::new(target, scenario.parameters.venues.count as usize)?;
    let mut made = 0;
    while made < steps {
        simulation.step();
        if simulation.steps() == made {
            break;
        }
        made += 1;
        rows.write(simulation.assets()[asset].observation())?;
        if !goes_on(made) {
            return Err(ExportError::Cancelled);
        }
    }
    rows.finish()?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_cancelled_export_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.csv");
        fs::write(&path, "old").unwrap();
        let table = Table::Series {
            scenario: Box::default(),
            steps: 50,
            asset: AssetId::FIRST,
        };
        let outcome = table.save(&path, |made| made < 20);
        assert!(matches!(outcome, Err(ExportError::Cancelled)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "a temporary file is left"
        );
        assert_eq!(table.save(&path, |_| true).unwrap(), 50);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 51);
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let error = Table::Events(Vec::new())
            .save(Path::new("/nowhere/at/all.csv"), |_| true)
            .unwrap_err();
        assert!(error.to_string().contains("there is no such"), "{error}");
    }
}
