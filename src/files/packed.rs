//! Files that are packed, by gzip or zip: what is in them may not be larger than what a file may be.

use std::io::{Cursor, Read};

use super::opening::{SIZE_MAX, read_bounded};

/// The bytes of a file, taken out of what it is packed in.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they were packed in; none if they were not.
    pub from: Option<String>,
}

/// Unpacks what begins like a gzip or zip file; anything else stays as it is.
///
/// # Errors
/// It is damaged, too large, or holds more than one file; in words.
pub(crate) fn unpack(bytes: Vec<u8>) -> Result<Unpacked, String> {
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => {
            let bytes = read_bounded(flate2::read::MultiGzDecoder::new(bytes.as_slice()), SIZE_MAX / 4)
                .map_err(|cause| format!("it cannot be unpacked by gzip: {cause}"))?;
            Ok(Unpacked {
                bytes,
                from: Some("gzip".to_owned()),
            })
        }
        [b'P', b'K', 3, 4, ..] => of_zip(&bytes).map_err(|cause| format!("it cannot be unpacked by zip: {cause}")),
        _ => Ok(Unpacked { bytes, from: None }),
    }
}

fn of_zip(bytes: &[u8]) -> Result<Unpacked, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .map(std::borrow::Cow::into_owned)
        .collect();
    let files: Vec<&String> = names
        .iter()
        .filter(|name| !name.ends_with('/') && !name.starts_with("__MACOSX"))
        .collect();
    let [name] = files[..] else {
        let list: Vec<&str> = files.iter().take(5).map(|name| name.as_str()).collect();
        return Err(format!(
            "it holds {} files ({}); allowed is one: unpack the one that is wanted",
            files.len(),
            list.join(", ")
        ));
    };
    let file = archive.by_name(name).map_err(|error| error.to_string())?;
    let expected = file.size();
    Ok(Unpacked {
        bytes: read_bounded(file.take(SIZE_MAX + 1), expected)?,
        from: Some(format!("zip ({name})")),
    })
}
