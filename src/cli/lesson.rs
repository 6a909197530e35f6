//! `lesson`: the lessons there are, and one of them on paper.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use cascade_files::export::Table;
use cascade_files::report::Handout;
use cascade_files::{lesson, preset};
use cascade_scenario::format;

use super::progress::Progress;
use super::{Failure, shown};

/// A lesson on paper, or the list of lessons.
#[derive(Debug, Args)]
pub struct LessonCommand {
    /// A file or the name of a shipped lesson; if left out, they are listed
    lesson: Option<String>,
    /// Write the handout to this file: questions first, answers on a page apart
    #[arg(long, value_name = "FILE", requires = "lesson")]
    html: Option<PathBuf>,
    /// With the plan and the notes for the teacher
    #[arg(long, requires = "html")]
    speaker: bool,
}

impl LessonCommand {
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let Some(name) = &self.lesson else {
            return list();
        };
        let found = lesson::find(name)?;
        let preset = preset::find(&found.preset)?;
        let Some(html) = &self.html else {
            let mut out = io::stdout().lock();
            let line = |text: &str| format::printable(text).into_owned();
            writeln!(
                out,
                "{} ({} minutes)",
                line(&found.title),
                format::digits(found.minutes(), 3)
            )?;
            writeln!(out, "{}", line(&found.goal))?;
            for (number, stage) in (1..).zip(&found.stages) {
                writeln!(out, "{number:>3}  {}: {}", stage.task.label(), line(&stage.say))?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        let handout = Table::Handout(Box::new(Handout {
            lesson: found,
            preset,
            speaker: self.speaker,
        }));
        let mut progress = Progress::new(handout.rows(), "steps");
        let written = handout.save(html, |step| {
            progress.show(step);
            true
        });
        drop(progress);
        written.map_err(|cause| Failure::Series {
            path: shown(html),
            cause,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn list() -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    for shipped in lesson::shipped() {
        let found = lesson::parse(shipped.name, shipped.text)?;
        let minutes = format::digits(found.minutes(), 3);
        writeln!(out, "{:20} {minutes} min  {}", shipped.name, found.title)?;
    }
    Ok(ExitCode::SUCCESS)
}
