//! The one door through which files are read: regular files of a bounded size. Devices, pipes and folders are refused before
//! they are opened, because opening some of them waits for ever and others never end.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::problem::{FileError, Problem};

/// Largest file that is looked at, and most that a packed one may unpack to, in bytes.
///
/// The longest lists a scenario may hold fit in, so that what is saved can be opened.
pub const SIZE_MAX: u64 = 20_000_000;

/// The bytes of a file.
///
/// # Errors
/// It cannot be read, is no regular file, or is larger than [`SIZE_MAX`].
pub fn bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    bounded(path)
        .and_then(|size| read_bounded(File::open(path).map_err(|error| reason(&error))?, size))
        .map_err(|cause| FileError::Unreadable {
            origin: path.display().to_string(),
            cause,
        })
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`], and it is not UTF-8.
pub fn text(path: &Path) -> Result<String, FileError> {
    decoded(&path.display().to_string(), bytes(path)?)
}

/// The size of a regular file that is not too large.
fn bounded(path: &Path) -> Result<u64, String> {
    let meta = fs::metadata(path).map_err(|error| reason(&error))?;
    regular(&meta).map_err(|error| reason(&error))?;
    if meta.len() > SIZE_MAX {
        return Err(too_large(&meta.len().to_string()));
    }
    Ok(meta.len())
}

/// Whether something is a file that can be read and replaced, and neither a folder nor a device or pipe. To be asked before it
/// is opened.
///
/// # Errors
/// It is something else.
pub fn regular(meta: &Metadata) -> io::Result<()> {
    if meta.is_dir() {
        return Err(io::Error::other("it is a directory, not a file"));
    }
    if !meta.is_file() {
        return Err(io::Error::other("it is a device or a pipe; allowed is a regular file"));
    }
    Ok(())
}

fn too_large(size: &str) -> String {
    format!("it has {size} bytes; allowed are at most {SIZE_MAX} (20 MB)")
}

/// Everything a source has, which may be no more than [`SIZE_MAX`] bytes, whatever it says about itself.
///
/// # Errors
/// It cannot be read, or has more.
pub(super) fn read_bounded(source: impl Read, expected: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(expected.min(SIZE_MAX) as usize);
    source
        .take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| reason(&error))?;
    if bytes.len() as u64 > SIZE_MAX {
        Err(too_large("more"))
    } else {
        Ok(bytes)
    }
}

/// Bytes as text: UTF-8, or UTF-16 that begins with a byte order mark, as spreadsheets save “Unicode text”.
///
/// # Errors
/// They are neither.
pub(super) fn decoded(origin: &str, bytes: Vec<u8>) -> Result<String, FileError> {
    let wide = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = wide {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        return Ok(String::from_utf16_lossy(&units));
    }
    String::from_utf8(bytes).map_err(|error| {
        let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let before = String::from_utf8_lossy(&bytes[..valid]);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let byte = bytes.get(valid).copied().unwrap_or_default();
        let message = format!("the byte {byte:#04x} is not UTF-8 text; allowed is UTF-8");
        FileError::Mistakes {
            origin: origin.to_owned(),
            problems: vec![Problem::new(line, column, message)],
        }
    })
}

/// Whether what was asked for is a name rather than a path: there is no such file, and it does not look like one. Something that
/// looks like a path gets the plain message about a missing file.
pub(super) fn is_mere_name(path: &Path) -> bool {
    !path.exists() && path.components().count() == 1 && path.extension().is_none()
}

/// Why something could not be read or written, in a few words.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
