//! Where the lines of a market file come from: a file as it is, or what is packed in it by gzip or zip, read piece by piece so
//! that the size of the file does not matter.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cascade_scenario::format::printable;
use flate2::read::MultiGzDecoder;

use crate::opening::{reason, regular};

/// How much is read at a time, bytes.
const PIECE: usize = 1 << 18;
/// Longest line, bytes: a file without line ends is not read into memory whole.
pub(super) const LINE_MAX: usize = 1 << 20;
/// Most files that are looked for in a folder and the folders in it.
const FILES_MAX: usize = 20_000;
/// Folders within folders that are looked into.
const DEPTH_MAX: usize = 6;

/// One text: a file, or one of the files in a zip archive.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The file.
    path: PathBuf,
    member: Option<Member>,
}

/// One of the files in a zip archive.
#[derive(Clone, Debug)]
struct Member {
    /// The archive; its list of files is read once and shared.
    archive: zip::ZipArchive<Reopened>,
    /// Its place in it.
    index: usize,
    name: String,
}

impl Source {
    /// What it is called in messages.
    pub(super) fn name(&self) -> String {
        let path = self.path.display();
        let name = match &self.member {
            Some(Member { name, .. }) => format!("{path} ({name})"),
            None => path.to_string(),
        };
        printable(&name).into_owned()
    }

    /// The name of the file itself, without folders.
    pub(super) fn file_name(&self) -> String {
        let name = match &self.member {
            Some(Member { name, .. }) => Path::new(name).file_name(),
            None => self.path.file_name(),
        };
        name.unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Opens it, lets the bytes be read and returns what that gave.
    ///
    /// # Errors
    /// It cannot be opened or unpacked; in words. And what `read` returned.
    pub(super) fn open<T>(&self, read: impl FnOnce(&mut dyn Read) -> Result<T, String>) -> Result<T, String> {
        if let Some(Member { archive, index, .. }) = &self.member {
            let mut archive = archive.clone();
            let mut member = archive.by_index(*index).map_err(of_zip)?;
            return read(&mut member);
        }
        let mut file = open_regular(&self.path)?;
        let mut start = [0; 2];
        let count = file.read(&mut start).map_err(|error| reason(&error))?;
        let mut whole = io::Cursor::new(start).take(count as u64).chain(file);
        if start == [0x1f, 0x8b] {
            read(&mut MultiGzDecoder::new(BufReader::new(whole)))
        } else {
            read(&mut whole)
        }
    }
}

/// A file that is opened when it is first read; a copy of it opens it again.
#[derive(Debug)]
struct Reopened {
    path: PathBuf,
    position: u64,
    file: Option<BufReader<File>>,
}

impl Reopened {
    fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            position: 0,
            file: None,
        }
    }

    fn file(&mut self) -> io::Result<&mut BufReader<File>> {
        let file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut file = BufReader::new(open_regular(&self.path).map_err(io::Error::other)?);
            file.seek(SeekFrom::Start(self.position))?;
            file
        };
        Ok(self.file.insert(file))
    }
}

impl Clone for Reopened {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            position: self.position,
            file: None,
        }
    }
}

impl Read for Reopened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file()?.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Reopened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.file()?.seek(to)?;
        Ok(self.position)
    }
}

fn of_zip(error: impl std::fmt::Display) -> String {
    format!("it cannot be unpacked by zip: {error}")
}

fn open_regular(path: &Path) -> Result<File, String> {
    let meta = fs::metadata(path).map_err(|error| reason(&error))?;
    regular(&meta).map_err(|error| reason(&error))?;
    File::open(path).map_err(|error| reason(&error))
}

/// The texts of files and folders, in the order of their names; and what could not be looked into, with the reason.
pub(super) fn sources(paths: &[PathBuf]) -> (Vec<Source>, Vec<(PathBuf, String)>) {
    let (files, mut refused) = files_of(paths);
    let mut found = Vec::new();
    for path in files {
        match members(&path) {
            Ok(members) if members.is_empty() => found.push(Source { path, member: None }),
            Ok(members) => found.extend(members.into_iter().map(|member| Source {
                path: path.clone(),
                member: Some(member),
            })),
            Err(cause) => refused.push((path, cause)),
        }
    }
    (found, refused)
}

/// The files that a record in files and folders is read from, in the order of their names; and what could not be looked into.
/// What links lead to more than once counts once, by its first name.
fn files_of(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let mut found = Collected::default();
    for path in paths {
        found.collect(path, 0);
    }
    let Collected { mut files, refused, .. } = found;
    files.sort();
    let mut real = BTreeSet::new();
    files.retain(|path| real.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    (files, refused)
}

/// What can be seen of files without reading them: which there are, their lengths, and when they were changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesSeen(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl FilesSeen {
    /// Of the files that a record in files and folders is read from. Those that cannot be looked at are left out.
    pub fn of(paths: &[PathBuf]) -> Self {
        let seen = |path: PathBuf| {
            let meta = fs::metadata(&path).ok()?;
            Some((path, meta.len(), meta.modified().ok()))
        };
        Self(files_of(paths).0.into_iter().filter_map(seen).collect())
    }
}

/// What has been found in folders.
#[derive(Default)]
struct Collected {
    files: Vec<PathBuf>,
    /// Folders that have been looked into, by where they really are: links may lead round in a circle.
    folders: BTreeSet<PathBuf>,
    refused: Vec<(PathBuf, String)>,
}

impl Collected {
    fn collect(&mut self, path: &Path, depth: usize) {
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if depth > 0 && hidden {
            return;
        }
        if !path.is_dir() {
            self.files.push(path.to_owned());
            return;
        }
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !self.folders.insert(real) {
            return;
        }
        let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        match entries {
            Ok(_) if depth > DEPTH_MAX => self.refuse(path, "it is a folder too deep in others".to_owned()),
            Ok(entries) => {
                let mut inner: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
                inner.sort();
                for path in inner {
                    if self.files.len() >= FILES_MAX {
                        self.refuse(
                            &path,
                            format!("allowed are at most {FILES_MAX} files: it and those behind it are left out"),
                        );
                        return;
                    }
                    self.collect(&path, depth + 1);
                }
            }
            Err(error) => self.refuse(path, reason(&error)),
        }
    }

    fn refuse(&mut self, path: &Path, why: String) {
        self.refused.push((path.to_owned(), why));
    }
}

/// The files in a zip archive; none where it is no archive.
fn members(path: &Path) -> Result<Vec<Member>, String> {
    let mut file = open_regular(path)?;
    let mut start = [0; 4];
    let count = file.read(&mut start).map_err(|error| reason(&error))?;
    if count < start.len() || start != *b"PK\x03\x04" {
        return Ok(Vec::new());
    }
    let archive = zip::ZipArchive::new(Reopened::of(path)).map_err(of_zip)?;
    if archive.len() > FILES_MAX {
        return Err(format!(
            "it holds {} files; allowed are at most {FILES_MAX}",
            archive.len()
        ));
    }
    let mut looked = archive.clone();
    let mut members = Vec::new();
    for index in 0..looked.len() {
        let member = looked.by_index_raw(index).map_err(of_zip)?;
        let name = member.name().map_err(of_zip)?.into_owned();
        if !member.is_dir() && !name.starts_with("__MACOSX") {
            members.push(Member {
                archive: archive.clone(),
                index,
                name,
            });
        }
    }
    if members.is_empty() {
        return Err("it is a zip archive without a file".to_owned());
    }
    Ok(members)
}

/// Whole lines of a source, many at a time, in a buffer that is used again.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// The lines that were handed out last.
    handed: usize,
    filled: usize,
    is_over: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of a source.
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: vec![0; PIECE],
            handed: 0,
            filled: 0,
            is_over: false,
        }
    }

    /// The next whole lines; the last one may have no end. None when there are no more.
    ///
    /// # Errors
    /// The source cannot be read, is damaged, or has a line that is too long; in words.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, String> {
        self.buffer.copy_within(self.handed..self.filled, 0);
        self.filled -= self.handed;
        self.handed = 0;
        loop {
            if let Some(end) = self.buffer[..self.filled].iter().rposition(|byte| *byte == b'\n') {
                self.handed = end + 1;
                return Ok(Some(&self.buffer[..=end]));
            }
            if self.is_over {
                self.handed = self.filled;
                return Ok((self.filled > 0).then_some(&self.buffer[..self.filled]));
            }
            if self.filled > LINE_MAX {
                return Err(format!("a line has more than {LINE_MAX} bytes: this is no table"));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), String> {
        if self.buffer.len() < self.filled + PIECE {
            self.buffer.resize(self.filled + PIECE, 0);
        }
        while self.filled < self.buffer.len() {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.is_over = true;
                    break;
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(reason(&error)),
            }
        }
        Ok(())
    }
}

/// Takes the first line off some lines: its fields, without quotation marks and the spaces around them. Returns where the
/// next line begins.
pub(super) fn split(lines: &[u8], separator: u8, fields: &mut Vec<Range<usize>>) -> usize {
    fields.clear();
    let (mut start, mut quoted) = (0, false);
    let mut end = lines.len();
    let mut next = lines.len();
    for (at, byte) in lines.iter().enumerate() {
        match *byte {
            b'\n' => {
                (end, next) = (at, at + 1);
                break;
            }
            b'"' => quoted = !quoted,
            byte if byte == separator && !quoted => {
                fields.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(start..end);
    for field in fields.iter_mut().filter(|field| field.start < field.end) {
        let ends = [lines[field.start], lines[field.end - 1]];
        if ends.into_iter().any(|byte| byte <= b' ' || byte == b'"') {
            *field = trimmed(lines, field.clone());
        }
    }
    next
}

fn trimmed(lines: &[u8], field: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = field;
    while start < end && lines[start].is_ascii_whitespace() {
        start += 1;
    }
    while start < end && lines[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    if end - start >= 2 && lines[start] == b'"' && lines[end - 1] == b'"' {
        start += 1;
        end -= 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_the_source_is_cut() {
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(buffer.len()).min(7);
                buffer[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let rows: Vec<String> = (0..40_000).map(|row| format!("{row},{}", row * 7)).collect();
        let text = rows.join("\n") + "\nlast";
        let mut lines = Lines::new(Drip(text.as_bytes()));
        let mut back = Vec::new();
        while let Some(block) = lines.next().unwrap() {
            assert!(block.ends_with(b"\n") || back.len() + block.len() == text.len());
            back.extend_from_slice(block);
        }
        assert_eq!(back, text.as_bytes());
        let endless = vec![b'x'; 3 * LINE_MAX];
        let mut lines = Lines::new(endless.as_slice());
        assert!(lines.next().unwrap_err().contains("no table"));
    }

    #[test]
    fn fields_lose_quotation_marks_and_spaces() {
        let mut fields = Vec::new();
        let text = b"1, \"a,b\" ,\"\",x\r\n2,3\n";
        let next = split(text, b',', &mut fields);
        let texts: Vec<&[u8]> = fields.iter().map(|field| &text[field.clone()]).collect();
        assert_eq!(texts, [b"1".as_slice(), b"a,b", b"", b"x"]);
        split(&text[next..], b',', &mut fields);
        assert_eq!(fields, [0..1, 2..3]);
    }
}
