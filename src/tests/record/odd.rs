//! What collectors, links and other people's folders do to a record: what is damaged costs itself alone, and nothing goes round
//! in a circle or waits for ever.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Folder, KLINES, MIDNIGHT, MINUTE, count, file, hour, kline, klines};
use cascade_lab::files::record::{Growing, RecordOptions};
use cascade_lab::market::{DefectKind, Series};

/// Longest that a program may take that only has to give up.
const PROMPT: Duration = Duration::from_secs(20);

/// A forced order as a stream has it.
fn forced(minute: i64) -> String {
    let time = MIDNIGHT + minute * MINUTE;
    format!(
        r#"{{"e":"forceOrder","E":{time},"o":{{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"7","p":"40010","ap":"40005","X":"FILLED","l":"1","z":"7","T":{time}}}}}"#
    )
}

/// A collector that was stopped within a line and started again has lost that line, and not those around it.
#[test]
fn a_torn_line_of_json_costs_itself_alone() {
    let all: Vec<String> = (0..60).map(forced).collect();
    // The torn line is among the first, which show what the file is, or far behind them.
    for torn in [1, 58] {
        let lines: Vec<String> = (0..60)
            .map(|place| {
                let whole = &all[place];
                if place == torn {
                    whole[..whole.len() / 2].to_owned() + whole
                } else {
                    whole.clone()
                }
            })
            .collect();
        let text = lines.join("\n") + "\n";
        let read = hour().with("stream.jsonl", &text).read();
        assert_eq!(read.record.liquidations().len(), 59, "{:?}", read.files);
        let stream = file(&read, "stream");
        assert_eq!((stream.used, stream.unreadable), (59, 1));
        assert!(stream.words().contains("the first of them `{"), "{}", stream.words());
    }
    // So does a record that grows, whatever arrives together.
    let price = |minute: i64| {
        let time = MIDNIGHT + minute * MINUTE;
        format!("{{\"time\":{time},\"symbol\":\"BTCUSDT\",\"markPrice\":\"40000\",\"openInterest\":\"80000\"}}\n")
    };
    let mut growing = Growing::new("stream".to_owned(), RecordOptions::default());
    growing.take((0..10).map(price).collect::<String>().as_bytes()).unwrap();
    let torn = "{\"time\":17095\n".to_owned() + &(10..20).map(price).collect::<String>();
    assert_eq!(growing.take(torn.as_bytes()), Ok(true));
    assert_eq!(growing.record().unwrap().open_interest().len(), 20);
    assert_eq!(growing.file().unwrap().unreadable, 1);
}

/// A line without an end is not waited for until memory is gone.
#[test]
fn a_line_without_an_end_is_refused() {
    let mut growing = Growing::new("zeros".to_owned(), RecordOptions::default());
    growing.take(KLINES.as_bytes()).unwrap();
    growing.take(klines(0..5).as_bytes()).unwrap();
    let piece = vec![b'0'; 1 << 16];
    let refused = (0..100).find_map(|_| growing.take(&piece).err());
    assert!(refused.is_some_and(|reason| reason.contains("a line has more than")));
}

/// Links that lead round in a circle, and to files that are there already.
#[cfg(unix)]
#[test]
fn links_in_a_folder_count_nothing_twice_and_end() {
    use std::os::unix::fs::symlink;
    let folder = hour().with("more.csv", KLINES.to_owned() + &klines(60..70));
    for number in 0..40 {
        symlink(folder.path(), folder.path().join(format!("round {number}"))).unwrap();
    }
    symlink("more.csv", folder.path().join("newest.csv")).unwrap();
    symlink("nowhere.csv", folder.path().join("gone.csv")).unwrap();
    let begun = Instant::now();
    let read = folder.read();
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    assert_eq!(read.record.bars().rows().len(), 70);
    assert_eq!(count(&read.record, Series::Bars, DefectKind::Duplicate), 0);
    let names: Vec<&str> = read.files.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(file(&read, "gone").unused.is_some());
}

/// Whoever follows a file that is moved, removed or cut is told, and does not wait for what cannot come.
#[cfg(unix)]
#[test]
fn a_followed_file_that_goes_is_told() {
    let bars: String = (0..30).map(|minute| kline(minute, 1)).collect();
    for what in ["moved", "removed", "cut"] {
        let folder = Folder::new();
        let path = folder.path().join("collected.csv");
        fs::write(&path, KLINES.to_owned() + &bars).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_cascade-lab"))
            .args(["follow".as_ref(), path.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(800));
        assert!(
            child.try_wait().unwrap().is_none(),
            "it must go on while the file is there"
        );
        match what {
            "moved" => fs::rename(&path, folder.path().join("older.csv")).unwrap(),
            "removed" => fs::remove_file(&path).unwrap(),
            _ => fs::OpenOptions::new()
                .write(true)
                .truncate(true)
                .open(&path)
                .and_then(|mut file| file.write_all(b"x"))
                .unwrap(),
        }
        let begun = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > PROMPT {
                child.kill().unwrap();
                panic!("it waits for a file that was {what}");
            }
            sleep(Duration::from_millis(20));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{what}");
        let said = String::from_utf8(output.stderr).unwrap();
        let words = if what == "cut" { "shorter" } else { "moved or removed" };
        assert!(said.contains(words), "{what}: {said}");
    }
}
