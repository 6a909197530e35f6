//! The shape of the code: what every file looks like. Which room may know which is in the rooms' manifests, and what the model
//! must not touch (files, clock, threads) in the `.clippy.toml` of its rooms.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

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

/// The program opens no connection: its own code does not reach for one, and no crate in it is made for that.
#[test]
fn nothing_in_the_program_goes_to_the_network() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    files.retain(|file| !file.starts_with(root().join("tests")));
    assert!(files.len() > 100, "{} files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["std::net", "TcpStream", "UdpSocket", "UnixStream"] {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
    let lock = fs::read_to_string(root().parent().unwrap().join("Cargo.lock")).unwrap();
    let crates: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(crates.len() > 200, "{} crates", crates.len());
    for client in [
        "reqwest",
        "hyper",
        "ureq",
        "curl",
        "isahc",
        "attohttpc",
        "rustls",
        "native-tls",
        "openssl",
        "quinn",
        "ehttp",
        "tungstenite",
        "ssh2",
        "hickory-resolver",
    ] {
        let quoted = format!("\"{client}\"");
        assert!(!crates.contains(&quoted.as_str()), "{client} is among the crates");
    }
}
