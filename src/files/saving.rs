//! Saving whole or not at all: a temporary file beside the target is written, synced and renamed.
//!
//! Only regular files are replaced, never a device or a pipe. A symbolic link stays one: what it points to is replaced, or made.
//! A file with several names (hard links) keeps them all: it is the one case in which the content is copied into the file that
//! is there, from a temporary file that is whole before that begins and stays if the copying fails.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::disk::{Disk, Real, Written};
use super::opening::regular;

/// Most symbolic links that lead on to one another.
const LINKS_MAX: usize = 40;

/// Puts a content in the place of a file.
///
/// # Errors
/// The folder or the file cannot be written. A file that was there before is then unchanged.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(content))
}

/// Puts what `write` writes in the place of a file.
///
/// # Errors
/// The folder or the file cannot be written, or `write` has given up. A file that was there before is then unchanged.
pub fn replace_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    replace_on(&Real, path, write)
}

/// [`replace_with`] on a disk of one's choice.
///
/// # Errors
/// As [`replace_with`].
pub fn replace_on<E: From<io::Error>>(
    disk: &impl Disk,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let target = behind_links(path)?;
    let folder = folder_of(&target);
    let before = match disk.look(&target) {
        Ok(meta) => Some(meta),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cascade-lab-").suffix(".tmp");
    if let Some(meta) = &before {
        regular(meta)?;
        if meta.permissions().readonly() {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
        }
        builder.permissions(meta.permissions());
    } else {
        fresh_permissions(&mut builder);
    }
    let mut file = disk.temporary(&builder, &folder)?;
    let mut writer = BufWriter::new(Written {
        disk,
        file: file.as_file_mut(),
    });
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    disk.sync(file.as_file())?;
    if before.as_ref().is_some_and(has_other_names) {
        copy_into(disk, file, &target)?;
    } else {
        disk.rename(file, &target)?;
        // The rename itself is on disk once the folder is; where folders cannot be synced, the file is whole all the same.
        let _ = File::open(&folder).and_then(|folder| disk.sync(&folder));
    }
    Ok(())
}

/// The folder of a file.
fn folder_of(path: &Path) -> PathBuf {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// What a path means in the end, whether it is there yet or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    if path == Path::new("-") {
        return Err(io::Error::other(
            "a single dash is no file here; ./- is a file of that name",
        ));
    }
    let mut path = path.to_path_buf();
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            // /dev/stdout and its like: what others write to, whatever file stands behind it now.
            Ok(_) if fs::canonicalize(folder_of(&path)).is_ok_and(|folder| folder.starts_with("/proc")) => {
                return Err(io::Error::other("it stands for an open file, which cannot be replaced"));
            }
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("it is a symbolic link that leads round in a circle"))
}

/// Copies a whole temporary file into a file that keeps its names.
fn copy_into(disk: &impl Disk, mut file: NamedTempFile, target: &Path) -> io::Result<()> {
    let copy = |file: &mut NamedTempFile| {
        file.rewind()?;
        let mut target = disk.open(OpenOptions::new().write(true).truncate(true), target)?;
        let mut writer = Written {
            disk,
            file: &mut target,
        };
        io::copy(file, &mut writer)?;
        disk.sync(&target)
    };
    let outcome = copy(&mut file);
    outcome.map_err(|error| match file.keep() {
        Ok((_, kept)) => io::Error::other(format!("{error}; the whole content is in {}", kept.display())),
        Err(_) => error,
    })
}

#[cfg(unix)]
fn has_other_names(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &Metadata) -> bool {
    false
}

/// A new file is as readable as any other the user makes; temporary files are private by default.
#[cfg(unix)]
fn fresh_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn fresh_permissions(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_regular_file_stays_what_it_is() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let link = home.path().join("link");
        symlink(&pipe, &link).unwrap();
        for path in [pipe.as_path(), &link, Path::new("/dev/null"), home.path()] {
            let error = replace(path, b"new").unwrap_err().to_string();
            assert!(
                error.contains("a device or a pipe") || error.contains("a directory"),
                "{}: {error}",
                path.display()
            );
        }
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(
            fs::read_dir(home.path()).unwrap().count(),
            2,
            "a temporary file is left"
        );
    }

    #[test]
    fn links_stay_links_and_names_stay_together() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("other")).unwrap();
        // A link to a file that is not there yet, by way of another link.
        symlink("other/file", at("link")).unwrap();
        symlink("link", at("link of link")).unwrap();
        replace(&at("link of link"), b"made").unwrap();
        assert!(fs::symlink_metadata(at("link of link")).unwrap().is_symlink());
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        assert_eq!(fs::read(at("other/file")).unwrap(), b"made");
        fs::hard_link(at("other/file"), at("name")).unwrap();
        replace(&at("link"), b"changed and longer").unwrap();
        replace(&at("name"), b"short").unwrap();
        assert_eq!(fs::read(at("other/file")).unwrap(), b"short");
        assert_eq!(fs::read_dir(at("other")).unwrap().count(), 1);
        symlink("round", at("circle")).unwrap();
        symlink("circle", at("round")).unwrap();
        assert!(replace(&at("circle"), b"").unwrap_err().to_string().contains("circle"));
    }
}
