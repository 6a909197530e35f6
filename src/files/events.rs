//! The event log of a run as a table of comma-separated values: `step,time_seconds,kind,text`. What is written reads back
//! exactly.

use std::io::{Read, Write};

use csv::{ErrorKind, StringRecord};

use cascade_engine::LogEntry;

use super::preset::{PresetError, Problem};

/// The columns, in their order.
const COLUMNS: [&str; 4] = ["step", "time_seconds", "kind", "text"];

/// Writes a log.
///
/// # Errors
/// The target cannot be written.
pub fn write(log: &[LogEntry], target: impl Write) -> Result<(), csv::Error> {
    let mut rows = csv::WriterBuilder::new().has_headers(false).from_writer(target);
    rows.write_record(COLUMNS)?;
    for entry in log {
        rows.serialize(entry)?;
    }
    Ok(rows.flush()?)
}

/// Reads a log; `origin` is what messages call it.
///
/// # Errors
/// The header is another one, or everything that is no entry, each with line and column.
pub fn read(origin: &str, source: impl Read) -> Result<Vec<LogEntry>, PresetError> {
    let mut reader = csv::Reader::from_reader(source);
    let header = reader.headers().cloned().unwrap_or_default();
    let (mut log, mut problems) = (Vec::new(), Vec::new());
    if header.iter().ne(COLUMNS) {
        problems.push(Problem {
            field: None,
            line: 1,
            column: 1,
            message: format!("the header must be `{}`", COLUMNS.join(",")),
        });
    } else {
        for record in reader.records() {
            match record
                .map_err(|error| problem(&error, None))
                .and_then(|record| entry(&record, &header))
            {
                Ok(entry) => log.push(entry),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if problems.is_empty() {
        return Ok(log);
    }
    let origin = origin.to_owned();
    Err(PresetError::Mistakes { origin, problems })
}

fn entry(record: &StringRecord, header: &StringRecord) -> Result<LogEntry, Problem> {
    let entry: LogEntry = record
        .deserialize(Some(header))
        .map_err(|error| problem(&error, Some(record)))?;
    if entry.time_seconds.is_finite() && entry.time_seconds >= 0.0 {
        return Ok(entry);
    }
    Err(Problem {
        field: None,
        line: record.position().map_or(1, csv::Position::line) as usize,
        column: column(record, 1),
        message: format!(
            "`time_seconds` is {}; allowed is a number from 0 on",
            entry.time_seconds
        ),
    })
}

/// What is wrong, and where.
fn problem(error: &csv::Error, record: Option<&StringRecord>) -> Problem {
    let line = error.position().map_or(1, csv::Position::line) as usize;
    let (field, message) = match error.kind() {
        ErrorKind::Deserialize { err, .. } => {
            let message = err.kind().to_string();
            // The only column with names; the library does not say where one of them is unknown.
            let named = message.starts_with("unknown variant").then_some(2);
            (err.field().or(named), message)
        }
        ErrorKind::UnequalLengths { len, .. } => {
            (None, format!("there are {len} columns instead of {}", COLUMNS.len()))
        }
        _ => (None, error.to_string()),
    };
    let at = field.map(|field| field as usize).filter(|field| *field < COLUMNS.len());
    let (Some(field), Some(record)) = (at, record) else {
        return Problem {
            field: None,
            line,
            column: 1,
            message,
        };
    };
    Problem {
        field: None,
        line,
        column: column(record, field),
        message: format!("`{}` is “{}”: {message}", COLUMNS[field], &record[field]),
    }
}

/// Where a field begins, from 1.
fn column(record: &StringRecord, field: usize) -> usize {
    1 + record
        .iter()
        .take(field)
        .map(|before| before.chars().count() + 1)
        .sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;
    use cascade_engine::{LogKind, Simulation};

    #[test]
    fn a_log_reads_back_exactly() {
        let mut simulation = Simulation::new(&preset::find("first-cascade").unwrap()).unwrap();
        (0..400).for_each(|_| simulation.step());
        let mut log = simulation.log().to_vec();
        assert!(log.len() > 5, "{} entries", log.len());
        log.push(LogEntry {
            step: 401,
            time_seconds: 1.0 / 3.0,
            kind: LogKind::MarginCall,
            text: "with \"quotes\", commas,\nlines and 槓桿".to_owned(),
        });
        let mut text = Vec::new();
        write(&log, &mut text).unwrap();
        assert_eq!(read("log.csv", text.as_slice()).unwrap(), log);
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.starts_with("step,time_seconds,kind,text\n") && text.contains(",margin_call,"),
            "{text}"
        );
        assert_eq!(read("empty", "step,time_seconds,kind,text\n".as_bytes()).unwrap(), []);
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        for (text, place, words) in [
            ("step,time\n", "line 1, column 1", "time_seconds"),
            (
                "step,time_seconds,kind,text\n1,2,shock,a\n2,x,shock,b\n",
                "line 3, column 3",
                "“x”",
            ),
            (
                "step,time_seconds,kind,text\n1,NaN,shock,a\n",
                "line 2, column 3",
                "allowed",
            ),
            (
                "step,time_seconds,kind,text\n1,2,earthquake,a\n",
                "line 2, column 5",
                "earthquake",
            ),
            ("step,time_seconds,kind,text\n1,2\n", "line 2, column 1", "2 columns"),
        ] {
            let message = read("log.csv", text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(place) && message.contains(words), "{message}");
        }
    }
}
