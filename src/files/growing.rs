//! A table that grows line by line on the disk and can be continued after an interruption: whatever happens, what is in the
//! file is whole lines and at most one that is torn.

#[cfg(unix)]
use std::fs::TryLockError;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::disk::{Disk, Real, Written};
use super::opening::regular;

/// Time after which lines are on the disk at the latest, however the machine ends.
const SYNC: Duration = Duration::from_secs(1);

/// A file that lines are added to.
#[derive(Debug)]
pub struct Growing<D = Real> {
    disk: D,
    file: File,
    path: PathBuf,
    synced: Instant,
}

impl Growing<Real> {
    /// Opens or makes a file.
    ///
    /// # Errors
    /// It is a folder, a device or a pipe, cannot be read and written, or another program is writing it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Growing::open_on(Real, path)
    }
}

impl<D: Disk> Growing<D> {
    /// [`Growing::open`] on a disk of one's choice.
    ///
    /// # Errors
    /// As [`Growing::open`].
    pub fn open_on(disk: D, path: &Path) -> io::Result<Self> {
        match disk.look(path) {
            Ok(meta) => regular(&meta)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut options = OpenOptions::new();
        let file = disk.open(options.read(true).write(true).create(true).truncate(false), path)?;
        claim(&file)?;
        Ok(Self {
            disk,
            file,
            path: path.to_owned(),
            synced: Instant::now(),
        })
    }

    /// What is in it, from where it was read to last.
    pub fn reader(&mut self) -> impl Read {
        &mut self.file
    }

    /// Keeps so many bytes from its beginning; lines go behind them.
    ///
    /// # Errors
    /// It cannot be cut.
    pub fn keep(&mut self, bytes: u64) -> io::Result<()> {
        self.disk.resize(&self.file, bytes)?;
        self.file.seek(SeekFrom::End(0)).map(drop)
    }

    /// Adds a line. It goes out at once, so that an interruption loses only what has not been made.
    ///
    /// # Errors
    /// It cannot be written, or not be found where it belongs any more. A part of the line may be in the file.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        let mut writer = Written {
            disk: &self.disk,
            file: &mut self.file,
        };
        writer.write_all(line.as_bytes())?;
        if self.synced.elapsed() >= SYNC {
            self.sync()?;
        }
        Ok(())
    }

    /// Brings all lines to the disk, and makes sure that they can be found there.
    ///
    /// # Errors
    /// They cannot be brought there, or the file has been moved or removed.
    pub fn sync(&mut self) -> io::Result<()> {
        self.disk.sync(&self.file)?;
        self.synced = Instant::now();
        stays(&self.file, &self.path)
    }
}

/// Whether an open file can still be found where it was opened.
///
/// # Errors
/// It has been moved or removed, or another one has taken its place.
pub fn stays(file: &File, path: &Path) -> io::Result<()> {
    let named = fs::metadata(path).ok();
    let open = file.metadata()?;
    if named.is_some_and(|named| is_same(&named, &open)) {
        Ok(())
    } else {
        Err(io::Error::other(
            "the file has been moved or removed since it was opened",
        ))
    }
}

/// Asks for a file alone, where the system can tell: two programs that add lines to one file make a table of neither.
#[cfg(unix)]
fn claim(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another program is writing it")),
        // Some disks have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// A lock would keep others from reading here.
#[cfg(not(unix))]
fn claim(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len()
}
