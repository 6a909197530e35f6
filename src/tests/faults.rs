//! What people, other programs and broken disks do to files: nothing that was good is lost, and nothing hangs, forges lines or
//! takes all memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/places.rs"]
mod places;
#[path = "faults/together.rs"]
mod together;

use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use cascade_lab::files::problem::{FileError, PROBLEMS_MAX};
use cascade_lab::files::{link, preset};

/// Longest that a command may take that only has to say no; the machine may be busy.
const PROMPT: Duration = Duration::from_secs(20);

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cascade-lab"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What comes of a command that must not hang; what it says is read meanwhile, however much that is.
fn promptly(arguments: &[&str]) -> Output {
    let mut child = program(arguments).spawn().unwrap();
    let read = |mut pipe: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    let stdout = read(Box::new(child.stdout.take().unwrap()));
    let stderr = read(Box::new(child.stderr.take().unwrap()));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PROMPT {
            child.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        sleep(Duration::from_millis(10));
    };
    Output {
        status,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A small sweep into a file.
fn sweep(csv: &str) -> Vec<&str> {
    vec![
        "sweep",
        "first-cascade",
        "--x",
        "leverage.mean=8,12",
        "--seeds",
        "2",
        "--steps",
        "40",
        "--csv",
        csv,
    ]
}

/// Until a program has written a file; then the program is the caller's.
fn until_growing(mut child: Child, folder: &Path) -> Child {
    let begun = Instant::now();
    let growing = || {
        fs::read_dir(folder)
            .unwrap()
            .any(|file| file.unwrap().metadata().is_ok_and(|meta| meta.len() > 4_096))
    };
    while !growing() {
        assert!(
            begun.elapsed() < PROMPT && child.try_wait().unwrap().is_none(),
            "nothing is written"
        );
        sleep(Duration::from_millis(5));
    }
    child
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_neither_read_nor_replaced() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe.ron");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let link = home.path().join("link.csv");
    symlink("/dev/zero", &link).unwrap();
    let chain = home.path().join("chain.csv");
    fs::write(
        &chain,
        "spot,strike,dte,type,open_interest,iv\n100,100,30,call,10,0.6\n",
    )
    .unwrap();
    for path in [text(&pipe), text(&link), "/dev/null"] {
        let commands = [
            vec!["check", path],
            vec!["run", path],
            vec!["gex", path],
            vec!["gex", text(&chain), "--preset", path],
            vec!["run", "quiet-market", "--steps", "3", "--csv", path],
            vec!["run", "quiet-market", "--steps", "3", "--path", path],
            sweep(path),
        ];
        for command in commands {
            let output = promptly(&command);
            assert_eq!(output.status.code(), Some(1), "{command:?}: {}", said(&output));
            assert!(
                said(&output).contains("a device or a pipe"),
                "{command:?}: {}",
                said(&output)
            );
        }
    }
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

/// A table that was there stays until the new one is whole, however the run ends.
#[test]
fn a_run_that_is_killed_leaves_the_table_that_was_there() {
    let home = tempfile::tempdir().unwrap();
    let csv = home.path().join("run.csv");
    fs::write(&csv, "good").unwrap();
    let long = ["run", "first-cascade", "--steps", "100000000", "--csv", text(&csv)];
    let mut child = until_growing(program(&long).spawn().unwrap(), home.path());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read_to_string(&csv).unwrap(), "good");
    let output = promptly(&["run", "first-cascade", "--steps", "5", "--csv", text(&csv)]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(fs::read_to_string(&csv).unwrap().lines().count(), 6);
}

/// A disk that is full says so, and nothing that was there is lost.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("not there").join("run.csv");
    let output = promptly(&["run", "first-cascade", "--steps", "5", "--csv", text(&missing)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("there is no such"), "{}", said(&output));
    // Nobody may make files there, whoever runs the test.
    let output = promptly(&["run", "first-cascade", "--steps", "5", "--csv", "/proc/run.csv"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot be written"), "{}", said(&output));
}

#[test]
fn a_sweep_notices_what_has_become_of_its_file() {
    let home = tempfile::tempdir().unwrap();
    let csv = home.path().join("sweep.csv");
    let output = promptly(&sweep(text(&csv)));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let whole = fs::read_to_string(&csv).unwrap();
    // A figure that is none, in a row that otherwise is of this sweep.
    let mut rows: Vec<String> = whole.lines().map(str::to_owned).collect();
    let mut cells: Vec<&str> = rows[2].split(',').collect();
    cells[4] = "1.5.2";
    rows[2] = cells.join(",");
    fs::write(&csv, rows.join("\n") + "\n").unwrap();
    let output = promptly(&sweep(text(&csv)));
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("line 3"), "{}", said(&output));
    // Another figure in the last row: it is made again and compared.
    let mut rows: Vec<String> = whole.lines().map(str::to_owned).collect();
    let last = rows.pop().unwrap();
    let mut cells: Vec<&str> = last.split(',').collect();
    cells[4] = "777777";
    fs::write(&csv, rows.join("\n") + "\n" + &cells.join(",") + "\n").unwrap();
    let output = promptly(&sweep(text(&csv)));
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("its last row is"), "{}", said(&output));
    // A file of zeros is no table, and is not read as one line.
    fs::write(&csv, vec![0; 5_000_000]).unwrap();
    let output = promptly(&sweep(text(&csv)));
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).len() < 10_000 && said(&output).contains("line 1"));
    // The folder goes while the sweep runs.
    let folder = home.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let csv = folder.join("sweep.csv");
    let axis = [
        "sweep",
        "first-cascade",
        "--x",
        "leverage.mean=8,12",
        "--csv",
        text(&csv),
    ];
    let long = [&axis[..], &["--seeds", "400", "--steps", "20000", "--threads", "1"]].concat();
    let child = program(&long).spawn().unwrap();
    let begun = Instant::now();
    while fs::metadata(&csv).map_or(0, |meta| meta.len()) < 200 {
        assert!(begun.elapsed() < PROMPT, "no row");
        sleep(Duration::from_millis(10));
    }
    fs::remove_dir_all(&folder).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("moved or removed"), "{}", said(&output));
}

/// A line that does not end is not read to its end: 32 GB of zeros are judged within 4 GB of addresses.
#[cfg(target_os = "linux")]
#[test]
fn a_table_of_one_endless_line_takes_no_memory() {
    let home = tempfile::tempdir().unwrap();
    let csv = home.path().join("sweep.csv");
    fs::File::create(&csv).unwrap().set_len(1 << 35).unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_cascade-lab"))
        .args(sweep(text(&csv)))
        .args(["--threads", "1"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).len() < 10_000 && said(&output).contains("line 1"));
}

/// Where the system has no more threads, the work is done all the same.
#[cfg(target_os = "linux")]
#[test]
fn a_sweep_needs_no_further_threads() {
    let home = tempfile::tempdir().unwrap();
    let csv = [home.path().join("with.csv"), home.path().join("without.csv")];
    let output = promptly(&sweep(text(&csv[0])));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // No thread can have a stack of 64 terabytes.
    let mut without = program(&sweep(text(&csv[1])));
    let output = without
        .env("RUST_MIN_STACK", (1_u64 << 46).to_string())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(fs::read(&csv[0]).unwrap() == fs::read(&csv[1]).unwrap());
}

/// Names, from files and of files, cannot begin lines of their own or reach the terminal as commands.
#[test]
fn texts_of_files_forge_no_lines() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, content: String| -> PathBuf {
        let path = home.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    for (number, name) in ["a\\nb.ron: fine (forged)", "a\\u{0}b", "\\u{1b}[2J", "\\u{202e}fdp"]
        .iter()
        .enumerate()
    {
        let path = write(&format!("{number}.ron"), format!("(format: 1, name: \"{name}\")"));
        let output = promptly(&["check", text(&path)]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(
            said(&output).contains("line 1, column 19: `name` is a text with the character"),
            "{}",
            said(&output)
        );
        assert!(
            output.stdout.is_empty() && said(&output).lines().count() == 1,
            "{}",
            said(&output)
        );
    }
    let long = write("long.ron", format!("(format: 1, name: \"{}\")", "x".repeat(16_000_000)));
    let output = promptly(&["check", text(&long)]);
    assert!(
        said(&output).contains("a text of 16000000 characters; allowed is at most 200") && said(&output).len() < 1_000
    );
    // The name of the file, and what stands in a table.
    let odd = write("x\nforged: fine\u{1b}[1m.ron", "(format: 1)".to_owned());
    let output = promptly(&["check", text(&odd)]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.contains("x\\u{a}forged: fine\\u{1b}[1m.ron: fine"), "{printed}");
    let output = promptly(&["run", text(&odd), "--steps", "3"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("x\\u{a}forged: fine\\u{1b}[1m.ron, seed"), "{printed}");
    let table = write("t.csv", "time,price\n0,1\n1,\"a\nb\u{1b}\"\n".to_owned());
    let output = promptly(&["check", text(&table)]);
    assert!(
        !said(&output).contains('\u{1b}') && said(&output).lines().count() == 1,
        "{}",
        said(&output)
    );
}

/// So do the names of files in an archive and of folders, and what is asked for.
#[test]
fn names_in_archives_and_arguments_forge_no_lines() {
    let home = tempfile::tempdir().unwrap();
    let forged = "x.csv: fine\ncascade-lab: everything in order\nb";
    let archive = home.path().join("forged.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    zip.start_file(format!("{forged}.csv"), zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"a,b\n1,2\n").unwrap();
    zip.finish().unwrap();
    let folder = home.path().join(forged.replace('.', ""));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("c.csv"), "a,b\n1,2\n").unwrap();
    let setting = format!("{forged}=1");
    for arguments in [
        vec!["record", text(&archive)],
        vec!["map", text(&archive)],
        vec!["record", text(&folder)],
        vec!["run", "first-cascade", "--set", &setting],
        vec!["sweep", "first-cascade", "--x", &setting],
        vec!["run", forged],
    ] {
        let output = promptly(&arguments);
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        let lines = said(&output)
            .lines()
            .filter(|line| line.contains("everything in order"))
            .count();
        let forged = said(&output)
            .lines()
            .filter(|line| line.starts_with("cascade-lab: everything"))
            .count();
        assert!(lines > 0 && forged == 0, "{arguments:?}: {}", said(&output));
    }
}

/// An archive of very many files is looked into in a time that grows with their number and not faster.
#[test]
fn an_archive_of_many_files_is_read_at_once() {
    let home = tempfile::tempdir().unwrap();
    let archive = |count: usize| {
        let path = home.path().join(format!("{count}.zip"));
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        for number in 0..count {
            zip.start_file(format!("{number}.csv"), zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(b"1,2\n").unwrap();
        }
        zip.finish().unwrap();
        path
    };
    let begun = Instant::now();
    let output = promptly(&["record", text(&archive(10_000))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let output = promptly(&["record", text(&archive(20_001))]);
    assert!(said(&output).contains("it holds 20001 files"), "{}", said(&output));
}

/// What stands behind /dev/stdout belongs to whoever has opened it, and a dash is no file.
#[cfg(target_os = "linux")]
#[test]
fn open_files_are_not_replaced() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("log");
    fs::write(&log, "precious\n").unwrap();
    for target in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let open = fs::OpenOptions::new().append(true).open(&log).unwrap();
        let status = program(&["run", "first-cascade", "--steps", "5", "--csv", target])
            .stdout(open)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(1), "{target}");
        assert_eq!(fs::read_to_string(&log).unwrap(), "precious\n", "{target}");
    }
    let output = program(&["run", "first-cascade", "--steps", "5", "--csv", "-"])
        .current_dir(home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("a single dash is no file"), "{}", said(&output));
    assert!(!home.path().join("-").exists());
}

/// A table that ends within a number says so.
#[test]
fn a_table_that_is_cut_off_is_told() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("prices.csv");
    for (content, told) in [
        ("time,price\n0,100\n60,101\n120,10", true),
        ("time,price\n0,100\n60,101\n120,102", false),
        ("time,price\n0,100\n60,101\n120,10\n", false),
    ] {
        fs::write(&path, content).unwrap();
        let output = promptly(&["check", text(&path)]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(
            said(&output).contains("may be cut off"),
            told,
            "{content}: {}",
            said(&output)
        );
    }
}

/// Which of two columns of one name counts is asked, and not guessed.
#[test]
fn two_columns_of_one_name_are_asked_about() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("table.csv");
    for (content, field, key) in [
        ("time,price,price\n0,100,1\n60,101,2\n", "2 (price), 3 (price)", "price"),
        (
            "side,entry,Entry,size,leverage\nlong,1,2,3,4\n",
            "2 (entry), 3 (Entry)",
            "entry",
        ),
        (
            "side,entry,size,leverage,leverage\nlong,1,3,4,5\n",
            "4 (leverage), 5 (leverage)",
            "leverage",
        ),
        (
            "strike,days,type,open interest,iv,IV,spot\n100,30,C,10,.5,.6,101\n",
            "5 (iv), 6 (IV)",
            "iv",
        ),
    ] {
        fs::write(&path, content).unwrap();
        let output = promptly(&["check", text(&path)]);
        assert_eq!(output.status.code(), Some(1), "{content}");
        assert!(
            said(&output).contains("several columns may be") && said(&output).contains(field),
            "{}",
            said(&output)
        );
        let output = promptly(&["check", text(&path), "--column", &format!("{key}={}", &field[..1])]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    // Twice the same, and the columns of calls and of puts, are no question.
    for content in [
        "time,price,price\n0,100,100\n60,101,101\n",
        "Last: 100\ndays,iv,open interest,strike,iv,open interest\n30,.5,10,100,.6,12\n",
    ] {
        fs::write(&path, content).unwrap();
        let output = promptly(&["check", text(&path)]);
        assert_eq!(output.status.code(), Some(0), "{content}: {}", said(&output));
    }
}

/// A link of as many mistakes as fit into it names the first of them, at once.
#[test]
fn mistakes_of_a_link_are_listed_up_to_a_number() {
    let many: Vec<String> = (0..20_000).map(|number| format!("{number:x}")).collect();
    let text = format!("cascade-lab:first-cascade?{}", many.join("&"));
    let begun = Instant::now();
    let Err(FileError::Mistakes { problems, .. }) = link::read(&text[..link::LENGTH_MAX]) else {
        panic!("it is read")
    };
    assert_eq!(problems.len(), PROBLEMS_MAX);
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
}

/// Processor time of this thread, in seconds, where the system says it: other programs take none of it.
fn processor_seconds() -> Option<f64> {
    let spent = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(spent.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Files of many mistakes, deep nesting or great width are judged at once: time grows with their size and not faster.
#[test]
fn large_files_of_mistakes_are_judged_at_once() {
    let repeated = |begin: &str, count: usize, one: &dyn Fn(usize) -> String, end: &str| {
        let mut text = begin.to_owned();
        (0..count).for_each(|number| text.push_str(&one(number)));
        text.push_str(end);
        text
    };
    let events = repeated(
        "(format: 1, events: [",
        90_000,
        &|step| format!("(step: {step}, action: Nothing),\n"),
        "])",
    );
    let fields = repeated(
        "(format: 1",
        400_000,
        &|number| format!(", unknown_{number}: {number}"),
        ")",
    );
    let parameters = repeated(
        "(format: 1, parameters: {",
        800_000,
        &|number| format!("\"un.known_{number}\": 1,\n"),
        "})",
    );
    let one_line = repeated(
        "(format: 1, events: [",
        90_000,
        &|step| format!("(step: {step}, action: Nothing),"),
        "])",
    );
    let long = |begin: &str, end: &str| repeated(begin, 19_000_000, &|_| "a".to_owned(), end);
    let nested = repeated("(format: 1, name: ", 100_000, &|_| "Some(".to_owned(), "");
    let hidden = |begin: &str| repeated(begin, 100_000, &|_| "Some(".to_owned(), "");
    let lists = repeated("(format: 1, events: ", 3_000_000, &|_| "[".to_owned(), "");
    let strings = repeated("(format: 1, name: \"", 3_000_000, &|_| "(\\\"".to_owned(), "\")");
    for (what, text, words) in [
        ("events", events, "Nothing"),
        ("fields", fields, "allowed are at most 10000 fields"),
        ("parameters", parameters, "allowed are at most 10000 parameters"),
        ("events on one line", one_line, "Nothing"),
        ("nested", nested, "nested deeper than 32 levels"),
        (
            "nested behind a quotation mark",
            hidden("(format: 1, x: '\"', name: "),
            "nested deeper than 32 levels",
        ),
        (
            "nested behind a comment in a comment",
            hidden("(format: 1, /* /* */ \" */ name: "),
            "nested deeper than 32 levels",
        ),
        ("lists", lists, "nested deeper than 32 levels"),
        ("brackets in a text", strings, "a text of 6000000 characters"),
        (
            "a long parameter",
            long("(format: 1, parameters: {\"", "\": 1.0})"),
            "lists all of them",
        ),
        ("a long field", long("(format: 1, ", ": 1)"), "there is no field"),
        (
            "a long word",
            long("(format: 1, parameters: {\"shock.route\": \"", "\"})"),
            "allowed is",
        ),
        (
            "a long action",
            long("(format: 1, events: [(step: 1, action: ", ")])"),
            "events: ",
        ),
    ] {
        let begun = (Instant::now(), processor_seconds());
        let error = preset::parse(what, &text).unwrap_err().report(usize::MAX);
        let spent = processor_seconds().zip(begun.1).map(|(now, before)| now - before);
        let seconds = spent.unwrap_or_else(|| begun.0.elapsed().as_secs_f64());
        assert!(error.contains(words), "{what}: {}", &error[..error.len().min(400)]);
        assert!(seconds < 5.0, "{what}: {} bytes took {seconds} s", text.len());
        let longest = error.lines().map(str::len).max();
        assert!(longest < Some(5_000), "{what}: a line of {longest:?} bytes");
        eprintln!("{what}: {} bytes in {seconds:.2} s", text.len());
    }
}
