//! The calls to the operating system of which saving consists, behind one trait, so that a test can let each of them fail in
//! turn: no space, no permission, a folder that has gone, a write that is cut short.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// What saving asks of a disk. Whatever call fails, [`super::saving`] and [`super::growing`] keep their promises.
pub trait Disk {
    /// What is behind a path.
    ///
    /// # Errors
    /// Nothing is, or it may not be looked at.
    fn look(&self, path: &Path) -> io::Result<Metadata>;

    /// Makes a temporary file, which goes by itself unless it is renamed.
    ///
    /// # Errors
    /// The folder is missing, full or may not be written.
    fn temporary(&self, builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile>;

    /// Opens a file.
    ///
    /// # Errors
    /// As the operating system says.
    fn open(&self, options: &OpenOptions, path: &Path) -> io::Result<File>;

    /// Writes the beginning of some bytes and says how many they were.
    ///
    /// # Errors
    /// As the operating system says.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize>;

    /// Cuts a file, or fills it up with zeros.
    ///
    /// # Errors
    /// As the operating system says.
    fn resize(&self, file: &File, bytes: u64) -> io::Result<()>;

    /// Waits until a file's content is on the disk.
    ///
    /// # Errors
    /// It cannot be brought there.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Gives a temporary file the name of another, which it replaces.
    ///
    /// # Errors
    /// As the operating system says; the temporary file is then gone, the other unchanged.
    fn rename(&self, file: NamedTempFile, target: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Real;

impl Disk for Real {
    fn look(&self, path: &Path) -> io::Result<Metadata> {
        fs::metadata(path)
    }

    fn temporary(&self, builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile> {
        builder.tempfile_in(folder)
    }

    fn open(&self, options: &OpenOptions, path: &Path) -> io::Result<File> {
        options.open(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn resize(&self, file: &File, bytes: u64) -> io::Result<()> {
        file.set_len(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, file: NamedTempFile, target: &Path) -> io::Result<()> {
        file.persist(target).map(drop).map_err(|error| error.error)
    }
}

/// A file that is written by way of a disk.
pub(super) struct Written<'a, D> {
    pub disk: &'a D,
    pub file: &'a mut File,
}

impl<D: Disk> Write for Written<'_, D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
