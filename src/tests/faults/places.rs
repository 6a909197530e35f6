//! Where the program writes: where it is told to, and nowhere else.

use std::fs;
use std::path::Path;

use super::program;

/// Everything below a folder, as paths from it.
fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.strip_prefix(folder).unwrap().display().to_string());
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn commands_write_where_they_are_told_to_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let own = ["home", "config", "data", "cache", "temporary", "here"].map(|name| folder.path().join(name));
    own.iter().for_each(|path| fs::create_dir(path).unwrap());
    let nothing = below(folder.path());
    let [home, config, data, cache, temporary, here] = &own;
    for (arguments, told) in [
        (&["params"][..], None),
        (&["lesson"], None),
        (&["check", "first-cascade"], None),
        (&["run", "first-cascade", "--steps", "20", "--json"], None),
        (
            &["run", "first-cascade", "--steps", "20", "--csv", "run.csv"],
            Some("here/run.csv"),
        ),
        (
            &["report", "first-cascade", "--steps", "20", "--html", "page.html"],
            Some("here/page.html"),
        ),
        (
            &["lesson", "first-cascade", "--html", "lesson.html"],
            Some("here/lesson.html"),
        ),
        (
            &[
                "sweep",
                "first-cascade",
                "--x",
                "leverage.mean=8,12",
                "--seeds",
                "1",
                "--steps",
                "20",
                "--csv",
                "sweep.csv",
            ],
            Some("here/sweep.csv"),
        ),
    ] {
        let mut command = program(arguments);
        command
            .current_dir(here)
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", config)
            .env("XDG_DATA_HOME", data)
            .env("XDG_CACHE_HOME", cache)
            .env("TMPDIR", temporary);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() || arguments[0] == "check",
            "{arguments:?}: {said}"
        );
        let mut expected = nothing.clone();
        expected.extend(told.map(str::to_owned));
        expected.sort_unstable();
        assert_eq!(below(folder.path()), expected, "{arguments:?}");
        if let Some(told) = told {
            fs::remove_file(folder.path().join(told)).unwrap();
        }
    }
}
