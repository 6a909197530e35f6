//! Whether the files of a record have changed since they were looked at.

use std::path::PathBuf;
use std::time::Duration;

use cascade_files::record::FilesSeen;

/// Time between two looks.
pub(super) const LOOK: Duration = Duration::from_secs(3);

/// What was seen of the files, and how long ago.
#[derive(Debug)]
pub(super) struct Follow {
    seen: FilesSeen,
    since: Duration,
}

impl Follow {
    /// As the files are now.
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        Self {
            seen: FilesSeen::of(paths),
            since: Duration::ZERO,
        }
    }

    /// Whether files have changed, come or gone since the last look, after so much more time. Between two looks nothing has.
    pub(super) fn look(&mut self, paths: &[PathBuf], passed: Duration) -> bool {
        self.since += passed;
        if self.since < LOOK {
            return false;
        }
        let now = Self::new(paths);
        let changed = now.seen != self.seen;
        *self = now;
        changed
    }
}
