//! The table of a sweep: how its lines look, and a file of them that can be continued after an interruption.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::Failure;
use cascade_analysis::{Grid, Metric, Outcome};
use cascade_files::growing::Growing;
use cascade_files::preset;
use cascade_scenario::{AssetId, Parameter, Scenario, Setting};

use super::TableError;

/// The lines of a table. Nothing in them ever needs quotation marks.
pub(super) struct Layout {
    header: String,
    /// The axes' values in each cell, a comma after each.
    cells: Vec<String>,
    first_seed: u64,
    seeds: usize,
    metrics: Vec<Metric>,
    /// Hash of everything that decides the rows beside the axes.
    study: String,
}

impl Layout {
    /// The table of a grid.
    pub(super) fn new(grid: &Grid, metrics: Vec<Metric>, scenario: &Scenario, seeds: usize, steps: u64) -> Self {
        let axes = grid.axes();
        let paths = axes.iter().map(|axis| Cow::Borrowed(axis.row().path.as_str()));
        let names = metrics.iter().map(|metric| metric.name());
        let fixed = |names: &'static [&str]| names.iter().copied().map(Cow::Borrowed);
        let columns: Vec<Cow<str>> = paths
            .chain(fixed(&["seed", "study"]))
            .chain(names)
            .chain(fixed(&["halted"]))
            .collect();
        let cells = grid.variants().into_iter().map(|cell| {
            let values = cell
                .iter()
                .zip(axes)
                .map(|((_, value), axis)| written(axis.row(), *value) + ",");
            values.collect()
        });
        Self {
            header: columns.join(",") + "\n",
            cells: cells.collect(),
            first_seed: scenario.seed,
            seeds,
            study: fingerprint(scenario, steps, &metrics),
            metrics,
        }
    }

    /// What the row of a run begins with, whatever comes of it.
    fn prefix(&self, job: usize) -> String {
        let (cell, seed) = (job / self.seeds, job % self.seeds);
        let seed = self.first_seed.wrapping_add(seed as u64);
        format!("{}{seed},{},", self.cells[cell], self.study)
    }

    /// A row: figures that do not exist are left empty.
    fn row(&self, job: usize, outcome: &Outcome) -> String {
        let mut row = self.prefix(job);
        for metric in &self.metrics {
            let figure = outcome.figures.get(metric.index()).filter(|figure| !figure.is_nan());
            row += &figure.map_or_else(String::new, ToString::to_string);
            row.push(',');
        }
        let halted = outcome.halted.as_deref().unwrap_or_default();
        row += &halted.replace([',', '"', '\n'], ";");
        row.push('\n');
        row
    }

    /// Whether a whole line is the row of a run, with figures where figures belong, and then whether the run halted.
    fn recognises(&self, job: usize, line: &str) -> Option<bool> {
        let mut rest = line.strip_prefix(self.prefix(job).as_str())?.split(',');
        let is_figure = |text: &str| text.is_empty() || text.parse::<f64>().is_ok_and(|value| !value.is_nan());
        for _ in &self.metrics {
            rest.next().filter(|text| is_figure(text))?;
        }
        let halted = rest.next()?;
        rest.next().is_none().then_some(!halted.is_empty())
    }
}

/// A value as `--set` and `--x` read it.
fn written(row: &Parameter, value: f64) -> String {
    match row.write(value) {
        Setting::Word(word) => word,
        other => other.to_string(),
    }
}

/// Figures of the first asset leave no trace in it, so that tables of them can be put together from parts.
fn fingerprint(scenario: &Scenario, steps: u64, metrics: &[Metric]) -> String {
    let mut hash = Xxh3::new();
    hash.update(env!("CARGO_PKG_VERSION").as_bytes());
    hash.update(preset::write(scenario).as_bytes());
    hash.update(&steps.to_le_bytes());
    for metric in metrics.iter().filter(|metric| metric.asset() != AssetId::FIRST) {
        hash.update(metric.name().as_bytes());
    }
    format!("{:016x}", hash.digest())
}

/// Where the table goes.
pub(super) struct Sink {
    target: Target,
    rows: usize,
    halted: usize,
    /// The last row that stood in the file already.
    last: Option<String>,
}

enum Target {
    Output(io::Stdout),
    File { rows: Growing, path: PathBuf },
}

/// Longest line that is read of a file, in bytes; none of a sweep comes near it.
const LINE_MAX: u64 = 1 << 20;

/// A table whose file cannot be read or written.
fn failed(path: &Path, cause: io::Error) -> TableError {
    TableError::File {
        path: path.display().to_string(),
        cause,
    }
}

impl Sink {
    /// Standard output, or a file; what a file already has of the table is kept, except a last line that was torn.
    pub(super) fn open(
        path: Option<&Path>,
        layout: &Layout,
        jobs: Range<usize>,
        with_header: bool,
    ) -> Result<Self, Failure> {
        let Some(path) = path else {
            let mut sink = Self {
                target: Target::Output(io::stdout()),
                rows: 0,
                halted: 0,
                last: None,
            };
            if with_header {
                sink.put(&layout.header)?;
            }
            return Ok(sink);
        };
        let mut file = Growing::open(path).map_err(|cause| failed(path, cause))?;
        let found = Found::read(file.reader(), path, layout, jobs, with_header)?;
        file.keep(found.bytes).map_err(|cause| failed(path, cause))?;
        let mut sink = Self {
            target: Target::File {
                rows: file,
                path: path.to_owned(),
            },
            rows: found.rows,
            halted: found.halted,
            last: found.last,
        };
        if with_header && !found.header {
            sink.put(&layout.header)?;
        }
        Ok(sink)
    }

    /// Whether the last row that stood in the file already is what its run gives, made again.
    ///
    /// # Errors
    /// It is not: the figures before it are not of this sweep either.
    pub(super) fn check(&self, layout: &Layout, job: usize, outcome: &Outcome) -> Result<(), TableError> {
        let (Target::File { path, .. }, Some(last)) = (&self.target, &self.last) else {
            return Ok(());
        };
        let expected = layout.row(job, outcome);
        let same = *last == expected;
        same.then_some(()).ok_or_else(|| TableError::OtherFigures {
            path: path.display().to_string(),
            found: last.trim_end().to_owned(),
            expected: expected.trim_end().to_owned(),
        })
    }

    /// Rows that stood in the file already.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Rows of halted runs, those that stood in the file included.
    pub(super) const fn halted(&self) -> usize {
        self.halted
    }

    /// Adds the row of a run.
    pub(super) fn write(&mut self, layout: &Layout, job: usize, outcome: &Outcome) -> Result<(), Failure> {
        self.halted += usize::from(outcome.halted.is_some());
        self.put(&layout.row(job, outcome))
    }

    /// A line goes out at once, so that an interruption loses only what has not been computed.
    fn put(&mut self, line: &str) -> Result<(), Failure> {
        match &mut self.target {
            Target::Output(output) => {
                let mut output = output.lock();
                output.write_all(line.as_bytes())?;
                output.flush()?;
            }
            Target::File { rows, path } => rows.add(line).map_err(|cause| failed(path, cause))?,
        }
        Ok(())
    }

    /// Brings all rows to the disk.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        if let Target::File { rows, path } = &mut self.target {
            rows.sync().map_err(|cause| failed(path, cause))?;
        }
        Ok(())
    }
}

/// What a file has of a table.
#[derive(Debug, Default)]
struct Found {
    header: bool,
    rows: usize,
    halted: usize,
    last: Option<String>,
    /// Length up to the last whole line.
    bytes: u64,
}

impl Found {
    fn read(
        file: impl Read,
        path: &Path,
        layout: &Layout,
        jobs: Range<usize>,
        with_header: bool,
    ) -> Result<Self, TableError> {
        let mut reader = BufReader::new(file);
        let mut found = Self::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = (&mut reader)
                .take(LINE_MAX)
                .read_until(b'\n', &mut line)
                .map_err(|cause| failed(path, cause))?;
            let number = 1 + usize::from(found.header) + found.rows;
            let job = jobs.start + found.rows;
            let header_due = with_header && !found.header;
            if length == 0 {
                return Ok(found);
            }
            if job >= jobs.end && !header_due {
                return Err(TableError::TooLong {
                    path: path.display().to_string(),
                    line: number,
                });
            }
            let expected = if header_due {
                layout.header.clone()
            } else {
                layout.prefix(job)
            };
            let text = String::from_utf8_lossy(&line);
            let other = || TableError::OtherSweep {
                path: path.display().to_string(),
                line: number,
                expected: expected.trim_end().to_owned(),
            };
            let Some(whole) = text.strip_suffix('\n') else {
                // Torn, if it is ours at all.
                let ours = expected.starts_with(&*text) || text.starts_with(&expected);
                return if ours { Ok(found) } else { Err(other()) };
            };
            if header_due {
                found.header = text == expected;
                found.header.then_some(()).ok_or_else(other)?;
            } else {
                found.halted += usize::from(layout.recognises(job, whole).ok_or_else(other)?);
                found.rows += 1;
                found.last = Some(text.clone().into_owned());
            }
            found.bytes += length as u64;
        }
    }
}

#[cfg(test)]
mod tests;
