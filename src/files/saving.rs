//! Saving whole or not at all: a temporary file beside the target is written, synced and renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

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
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), E>,
) -> Result<(), E> {
    // A link stays a link: its target is what gets replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    if target.is_dir() {
        return Err(io::Error::other("it is a directory").into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cascade-lab-").suffix(".tmp");
    if let Ok(meta) = fs::metadata(&target) {
        if meta.permissions().readonly() {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
        }
        builder.permissions(meta.permissions());
    } else {
        fresh_permissions(&mut builder);
    }
    let mut file = builder.tempfile_in(&folder)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The rename itself is on disk once the folder is; where folders cannot be synced, the file is whole all the same.
    let _ = File::open(&folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A new file is as readable as any other the user makes; temporary files are private by default.
#[cfg(unix)]
fn fresh_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn fresh_permissions(_: &mut tempfile::Builder<'_, '_>) {}
