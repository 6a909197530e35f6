//! A disk of which one call after the other fails: no space, no permission, a folder that has gone, writes that are cut short.

use std::cell::Cell;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use cascade_lab::files::disk::{Disk, Real};
use cascade_lab::files::growing::Growing;
use cascade_lab::files::{preset, saving};
use tempfile::{Builder, NamedTempFile};

use super::{promptly, said, sweep, text};

/// The real disk until a call, which fails.
struct Faulty {
    /// Calls that still succeed.
    left: Cell<usize>,
    kind: io::ErrorKind,
    /// Whether everything after it fails as well, as on a disk that has gone for good.
    for_good: bool,
    /// Bytes that a write takes at most.
    most: usize,
}

impl Faulty {
    fn call<T>(&self, go: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.left.get() {
            0 => {
                self.left.set(if self.for_good { 0 } else { usize::MAX });
                Err(self.kind.into())
            }
            left => {
                self.left.set(left - 1);
                go()
            }
        }
    }

    /// Whether the call that fails has not come.
    fn is_whole(&self) -> bool {
        (1..usize::MAX / 2).contains(&self.left.get())
    }
}

impl Disk for &Faulty {
    fn look(&self, path: &Path) -> io::Result<Metadata> {
        // “There is nothing” would be an answer and no fault.
        self.call(|| Real.look(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if path.exists() => io::ErrorKind::PermissionDenied.into(),
            _ => error,
        })
    }

    fn temporary(&self, builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile> {
        self.call(|| Real.temporary(builder, folder))
    }

    fn open(&self, options: &OpenOptions, path: &Path) -> io::Result<File> {
        self.call(|| Real.open(options, path))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        // A disk that is filling up takes a part of what it is given before it takes nothing more.
        let part = bytes.len().min(self.most);
        self.call(|| file.write(&bytes[..part]))
    }

    fn resize(&self, file: &File, bytes: u64) -> io::Result<()> {
        self.call(|| Real.resize(file, bytes))
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.call(|| Real.sync(file))
    }

    fn rename(&self, file: NamedTempFile, target: &Path) -> io::Result<()> {
        self.call(|| Real.rename(file, target))
    }
}

const KINDS: [io::ErrorKind; 5] = [
    io::ErrorKind::StorageFull,
    io::ErrorKind::PermissionDenied,
    io::ErrorKind::NotFound,
    io::ErrorKind::ReadOnlyFilesystem,
    io::ErrorKind::QuotaExceeded,
];

/// Lets each call fail in turn, in each way, until one try has met no fault; writes take so many bytes at most. Returns how
/// many calls there are.
fn each_fault(most: usize, mut attempt: impl FnMut(&Faulty)) -> usize {
    for call in 0.. {
        let mut whole = true;
        for kind in KINDS {
            for for_good in [false, true] {
                let disk = Faulty {
                    left: Cell::new(call),
                    kind,
                    for_good,
                    most,
                };
                attempt(&disk);
                whole &= disk.is_whole();
            }
        }
        if whole {
            return call;
        }
    }
    unreachable!()
}

/// What people save: presets, tables, settings, pictures. All of them go through this one function.
#[test]
fn saving_loses_nothing_whatever_call_of_it_fails() {
    let preset = preset::shipped()[0].text;
    let table = "step,time,price\n".to_owned() + &"1,2.0,3.0\n".repeat(400);
    for content in [preset.as_bytes(), table.as_bytes(), b"(theme: dark)", &[0x89; 5_000]] {
        for before in [None, Some("what was there before")] {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("file");
            let calls = each_fault(700, |disk| {
                let _ = fs::remove_file(&path);
                if let Some(before) = before {
                    fs::write(&path, before).unwrap();
                }
                let outcome = saving::replace_on(&disk, &path, |file| file.write_all(content));
                let found = fs::read(&path).ok();
                match outcome {
                    Ok(()) => assert!(found.as_deref() == Some(content), "not whole"),
                    Err(_) => assert!(found.as_deref() == before.map(str::as_bytes), "what was there is lost"),
                }
                let others = fs::read_dir(home.path()).unwrap().count() - usize::from(found.is_some());
                assert_eq!(others, 0, "a temporary file is left");
            });
            // Looking, making, one write or more, syncing, renaming, syncing the folder.
            assert!(calls >= 6, "only {calls} calls can fail");
        }
    }
}

/// A file of several names is copied into; when that fails, the whole content is beside it and the message says where.
#[cfg(unix)]
#[test]
fn a_file_of_several_names_is_never_the_only_copy() {
    let home = tempfile::tempdir().unwrap();
    let (path, other) = (home.path().join("file"), home.path().join("other name"));
    let content = vec![b'n'; 3_000];
    let mut kept = 0;
    each_fault(700, |disk| {
        fs::write(&path, "before").unwrap();
        fs::hard_link(&path, &other).unwrap();
        let outcome = saving::replace_on(&disk, &path, |file| file.write_all(&content));
        let now = fs::read(&path).unwrap();
        assert!(now == fs::read(&other).unwrap(), "the names have come apart");
        let beside: Vec<_> = fs::read_dir(home.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|file| *file != path && *file != other)
            .collect();
        match outcome {
            Ok(()) => assert!(now == content && beside.is_empty()),
            Err(_) if now == b"before" && beside.is_empty() => {}
            Err(error) => {
                assert_eq!(beside.len(), 1, "{error}");
                assert!(fs::read(&beside[0]).unwrap() == content, "it is not whole");
                assert!(error.to_string().contains(text(&beside[0])), "{error}");
                kept += 1;
                fs::remove_file(&beside[0]).unwrap();
            }
        }
        fs::remove_file(&path).unwrap();
        fs::remove_file(&other).unwrap();
    });
    assert!(kept > 0, "copying has never failed");
}

/// Whatever call fails while a sweep writes its table, the next sweep goes on from there to the same bytes.
#[test]
fn a_sweep_goes_on_from_whatever_a_fault_has_left() {
    let home = tempfile::tempdir().unwrap();
    let csv = home.path().join("sweep.csv");
    let output = promptly(&sweep(text(&csv)));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let whole = fs::read_to_string(&csv).unwrap();
    let mut left = std::collections::BTreeSet::new();
    each_fault(40, |disk| {
        let _ = fs::remove_file(&csv);
        let outcome = Growing::open_on(disk, &csv).and_then(|mut table| {
            table.keep(0)?;
            whole.split_inclusive('\n').try_for_each(|line| table.add(line))?;
            table.sync()
        });
        let found = fs::read_to_string(&csv).unwrap_or_default();
        assert!(whole.starts_with(&found), "{found}");
        assert!(outcome.is_err() || found == whole);
        left.insert(found);
    });
    // What a fault can leave, torn lines among it, is taken up again by the program itself.
    assert!(left.len() > 8, "only {} states", left.len());
    for state in left {
        fs::write(&csv, &state).unwrap();
        let output = promptly(&sweep(text(&csv)));
        assert_eq!(output.status.code(), Some(0), "after {state:?}: {}", said(&output));
        assert!(fs::read_to_string(&csv).unwrap() == whole, "after {state:?}");
    }
}
