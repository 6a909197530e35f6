//! The shape of the code: which room may know which, and what every file looks like.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// A room and what its files must not mention: the rooms above it, and the world outside.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    (
        "scenario",
        &[
            "crate::analysis",
            "crate::engine",
            "crate::files",
            "crate::app",
            "crate::ui",
            "crate::cli",
            "egui",
            "std::fs",
            "Instant::now",
            "thread::",
        ],
    ),
    (
        "engine",
        &[
            "crate::analysis",
            "crate::files",
            "crate::app",
            "crate::ui",
            "crate::cli",
            "egui",
            "std::fs",
            "Instant::now",
            "thread::",
        ],
    ),
    (
        "analysis",
        &[
            "crate::files",
            "crate::app",
            "crate::ui",
            "crate::cli",
            "egui",
            "std::fs",
        ],
    ),
    (
        "files",
        &[
            "crate::analysis",
            "crate::app",
            "crate::ui",
            "crate::cli",
            "egui",
            "Instant::now",
            "thread::",
        ],
    ),
    ("app", &["crate::ui", "crate::cli", "egui", "Instant::now", "thread::"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn arrows_point_one_way() {
    for (room, forbidden) in FORBIDDEN {
        let mut files = Vec::new();
        sources(&root().join(room), &mut files);
        assert!(files.len() > 1, "{room} has moved");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            // Comments may speak of anything.
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            for word in forbidden {
                let line = code.iter().find(|line| line.contains(word));
                assert!(
                    line.is_none(),
                    "{}: {room} must not know {word}: {}",
                    file.display(),
                    line.unwrap()
                );
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_small() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is", file.display());
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines: probably two rooms", file.display());
    }
}
