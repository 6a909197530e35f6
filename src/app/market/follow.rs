//! Whether the files of a record have grown since they were looked at.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use cascade_files::record::files_of;

/// Time between two looks.
pub const LOOK: Duration = Duration::from_secs(3);

/// What is known of a file: its length, and when it was changed.
type Known = (PathBuf, u64, Option<SystemTime>);

/// What was seen of the files, and when.
#[derive(Debug)]
pub struct Follow {
    seen: Vec<Known>,
    looked: Instant,
}

impl Follow {
    /// As the files are now.
    pub fn new(paths: &[PathBuf]) -> Self {
        Self {
            seen: all(paths),
            looked: Instant::now(),
        }
    }

    /// Whether files have changed, come or gone since the last look. Between two looks nothing has.
    pub fn look(&mut self, paths: &[PathBuf]) -> bool {
        if self.looked.elapsed() < LOOK {
            return false;
        }
        let now = Self::new(paths);
        let changed = now.seen != self.seen;
        *self = now;
        changed
    }
}

fn all(paths: &[PathBuf]) -> Vec<Known> {
    let known = |path: PathBuf| {
        let meta = fs::metadata(&path).ok()?;
        Some((path, meta.len(), meta.modified().ok()))
    };
    files_of(paths).0.into_iter().filter_map(known).collect()
}
