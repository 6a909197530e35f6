//! Price paths as tables: a time and a price a row.
//!
//! Times are dates with or without a time of day, seconds, or Unix times in seconds, milliseconds, microseconds or
//! nanoseconds; only the differences count. Refused are prices that are not above 0, times that cannot be read, and times
//! that go back. Repaired, with a warning, are a file that begins with the newest row (it is turned round), several rows of
//! one time (the last one counts) and gaps (the price is interpolated, as between any two rows).

use cascade_scenario::{Date, PATH_POINTS_MAX, PricePath};

use super::preset::{PresetError, Problem};
use super::table::{Complaints, Field, Mapping, Table, Wanted, guess};

/// A distance between two rows of more than this multiple of the usual one is a gap.
pub const GAP: f64 = 5.0;

/// What a path holds, in the order of [`Mapping`].
pub const FIELDS: &[Wanted] = &[
    Wanted {
        label: "Time",
        names: &[
            "time",
            "timestamp",
            "datetime",
            "date",
            "unix",
            "unixtime",
            "unixtimestamp",
            "opentime",
            "seconds",
            "timeseconds",
            "ts",
            "t",
            "ms",
            "milliseconds",
        ],
    },
    Wanted {
        label: "Price",
        names: &[
            "price",
            "close",
            "last",
            "spot",
            "spotpriceusd",
            "priceusd",
            "adjclose",
            "closeprice",
            "mid",
            "value",
            "open",
            "p",
        ],
    },
];

/// A path as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct PathFile {
    /// The path, without noise.
    pub path: PricePath,
    /// How its times were read.
    pub times: &'static str,
    /// Usual distance of two rows (the median), seconds.
    pub usual_seconds: f64,
    /// Lowest and highest price.
    pub prices: (f64, f64),
    /// Number of gaps.
    pub gaps: usize,
    /// Longest distance of two rows, seconds.
    pub longest_seconds: f64,
    /// What was repaired.
    pub warnings: Vec<Problem>,
}

/// Reads a text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str) -> Result<PathFile, PresetError> {
    let table = Table::of(text);
    let header = table.header();
    read(&table, header, &mapping(&table, header)).map_err(|problems| PresetError::Mistakes {
        origin: origin.to_owned(),
        problems,
    })
}

/// The columns as their names tell; without a header the first two.
pub fn mapping(table: &Table<'_>, header: Option<usize>) -> Mapping {
    if let Some(header) = header {
        return guess(&table.names(header), FIELDS);
    }
    let columns = table.rows(0).next().map_or(0, |(_, fields)| fields.len());
    (0..FIELDS.len())
        .map(|column| (column < columns).then_some(column))
        .collect()
}

/// What a mapping lacks, in words; nothing if a path can be read with it.
pub fn missing(mapping: &[Option<usize>]) -> Vec<&'static str> {
    let columns = [(0, "the time"), (1, "the price")];
    let lacking = columns
        .into_iter()
        .filter(|(place, _)| mapping.get(*place).is_none_or(Option::is_none));
    lacking.map(|(_, what)| what).collect()
}

/// A row: its line, where in it the time stands, seconds and price.
#[derive(Clone, Copy, Debug)]
struct Row {
    line: usize,
    column: usize,
    number: usize,
    seconds: f64,
    price: f64,
}

/// Reads a table with these columns.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub fn read(table: &Table<'_>, header: Option<usize>, mapping: &[Option<usize>]) -> Result<PathFile, Vec<Problem>> {
    let mut complaints = Complaints::of(table, header);
    let line = header.map_or(1, |header| header + 1);
    for lacking in missing(mapping) {
        complaints.add(line, 1, format!("no column holds {lacking}"));
    }
    let (Some(Some(time)), Some(Some(price))) = (mapping.first(), mapping.get(1)) else {
        return Err(complaints.problems);
    };
    let from = header.map_or(0, |header| header + 1);
    complaints.learn(table, from, &[Some(*time), Some(*price)]);
    if !complaints.problems.is_empty() {
        return Err(complaints.problems);
    }
    let (rows, clock) = rows(table, from, *time, *price, &mut complaints);
    if rows.len() < 2 && complaints.problems.is_empty() {
        complaints.add(
            table.len().max(1),
            1,
            format!("a path has at least two rows; here are {}", rows.len()),
        );
    }
    let mut warnings = Vec::new();
    let rows = in_order(rows, &mut warnings, &mut complaints);
    if !complaints.problems.is_empty() {
        return Err(complaints.in_order());
    }
    let start = rows.first().map_or(0.0, |row| row.seconds);
    let mut steps: Vec<f64> = rows.windows(2).map(|pair| pair[1].seconds - pair[0].seconds).collect();
    let (longest_seconds, usual_seconds) = {
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        (
            sorted.last().copied().unwrap_or_default(),
            sorted.get(sorted.len() / 2).copied().unwrap_or_default(),
        )
    };
    let mut gaps = 0;
    for (step, row) in steps.drain(..).zip(&rows[1..]) {
        if step > GAP * usual_seconds {
            gaps += 1;
            warnings.push(Problem {
                line: row.line,
                column: row.column,
                field: Some(complaints.place(time + 1)),
                message: format!(
                    "a gap of {} before this row, where rows are usually {} apart: interpolated",
                    duration(step),
                    duration(usual_seconds)
                ),
            });
        }
    }
    warnings.sort_by_key(|warning| warning.line);
    let points: Vec<(f64, f64)> = rows.iter().map(|row| (row.seconds - start, row.price)).collect();
    let path = PricePath {
        points: points.into(),
        noise: false,
    };
    if let Err(error) = path.validate() {
        return Err(vec![Problem {
            line: 1,
            column: 1,
            field: None,
            message: error.to_string(),
        }]);
    }
    Ok(PathFile {
        path,
        times: clock.name(),
        usual_seconds,
        prices: rows.iter().fold((f64::INFINITY, 0.0), |(low, high), row| {
            (row.price.min(low), row.price.max(high))
        }),
        gaps,
        longest_seconds,
        warnings,
    })
}

fn rows(table: &Table<'_>, from: usize, time: usize, price: usize, complaints: &mut Complaints) -> (Vec<Row>, Clock) {
    let mut rows: Vec<Row> = Vec::new();
    let mut clock = None;
    for (line, fields) in table.rows(from) {
        if rows.len() == PATH_POINTS_MAX {
            let message = format!("this is one row too many; allowed are at most {PATH_POINTS_MAX}");
            complaints.add(line, 1, message);
        }
        if complaints.enough() || rows.len() == PATH_POINTS_MAX {
            break;
        }
        if !complaints.is_whole(line, &fields, &[Some(time), Some(price)]) {
            continue;
        }
        let seconds = seconds_of(line, &fields[time], &mut clock, complaints);
        let positive = |value: f64| (1e-9..=1e9).contains(&value);
        let price = complaints.number(line, &fields[price], "price", positive, "a number above 0, up to 1e9");
        // A row without a price has a place in time all the same, which may be wrong too.
        if let Some(seconds) = seconds {
            rows.push(Row {
                line,
                column: fields[time].column,
                number: fields[time].number,
                seconds,
                price: price.unwrap_or(f64::NAN),
            });
        }
    }
    (rows, clock.unwrap_or(Clock::Seconds))
}

/// Turns round what begins with the newest row, and drops all but the last row of one time.
fn in_order(mut rows: Vec<Row>, warnings: &mut Vec<Problem>, complaints: &mut Complaints) -> Vec<Row> {
    let newest_first = rows.windows(2).all(|pair| pair[1].seconds <= pair[0].seconds)
        && rows.first().map(|row| row.seconds) > rows.last().map(|row| row.seconds);
    if newest_first {
        rows.reverse();
        // Its line comes first in the file, and last in time.
        let first = rows.last().map_or(1, |row| row.line);
        warnings.push(Problem {
            line: first,
            column: 1,
            field: None,
            message: "the newest row comes first: the table is read from its end".to_owned(),
        });
    }
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        match kept.last_mut() {
            Some(last) if row.seconds < last.seconds => {
                if !complaints.enough() {
                    let message = format!(
                        "the time goes back {} from line {}; allowed are times that increase (or all that decrease)",
                        duration(last.seconds - row.seconds),
                        last.line
                    );
                    complaints.in_column(row.line, (row.column, row.number), message);
                }
                // What comes after it is compared with it, or one early row would make all later ones wrong.
                *last = row;
            }
            Some(last) if row.seconds == last.seconds => {
                warnings.push(Problem {
                    line: row.line,
                    column: row.column,
                    field: Some(complaints.place(row.number)),
                    message: format!(
                        "the same time as in line {}: the price of line {} counts",
                        last.line, row.line
                    ),
                });
                *last = row;
            }
            _ => kept.push(row),
        }
    }
    if kept.len() < 2 && complaints.problems.is_empty() {
        let line = kept.first().map_or(1, |row| row.line);
        complaints.add(line, 1, "all rows have the same time; a path has at least two");
    }
    kept
}

/// How times are written; the first row decides for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clock {
    Dates,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Clock {
    const fn name(self) -> &'static str {
        match self {
            Self::Dates => "dates",
            Self::Seconds => "seconds",
            Self::Milliseconds => "Unix milliseconds",
            Self::Microseconds => "Unix microseconds",
            Self::Nanoseconds => "Unix nanoseconds",
        }
    }

    /// By the size of a number: milliseconds since 1970 are above 1e11 after March 1973, and seconds are not before 5138.
    const fn of(number: f64) -> Self {
        match number.abs() {
            n if n < 1e11 => Self::Seconds,
            n if n < 1e14 => Self::Milliseconds,
            n if n < 1e17 => Self::Microseconds,
            _ => Self::Nanoseconds,
        }
    }

    const fn a_second(self) -> f64 {
        match self {
            Self::Dates | Self::Seconds => 1.0,
            Self::Milliseconds => 1e3,
            Self::Microseconds => 1e6,
            Self::Nanoseconds => 1e9,
        }
    }
}

fn seconds_of(line: usize, field: &Field, clock: &mut Option<Clock>, complaints: &mut Complaints) -> Option<f64> {
    let number = complaints.decimal.read(&field.text);
    let clock = *clock.get_or_insert_with(|| number.map_or(Clock::Dates, Clock::of));
    let seconds = match clock {
        Clock::Dates => instant(&field.text),
        clock => number.map(|number| number / clock.a_second()),
    };
    if seconds.is_none() {
        let allowed = match clock {
            Clock::Dates => "a date as 2024-08-05 or 2024-08-05T12:30:00, with or without Z or +02:00",
            _ => "a number, as in the first row",
        };
        complaints.refuse(line, field, "time", allowed);
    }
    seconds
}

/// Seconds since 1970 of a date with or without a time of day and an offset from UTC (ISO 8601, or with a space instead of
/// the T; also month/day/year and day.month.year).
fn instant(text: &str) -> Option<f64> {
    let epoch = Date::new(1970, 1, 1)?;
    let (day, rest) = text
        .find(['T', 't', ' '])
        .map_or((text, ""), |at| (&text[..at], text[at + 1..].trim()));
    if !day
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
    {
        return None;
    }
    let days = epoch.days_to(Date::parse(day)?) as f64;
    let (clock, offset) = match rest.strip_suffix(['Z', 'z']) {
        Some(clock) => (clock, 0.0),
        None => match rest.rfind(['+', '-']) {
            Some(at) => {
                let sign = if rest[at..].starts_with('-') { -1.0 } else { 1.0 };
                (&rest[..at], sign * clock_of(&rest[at + 1..])?)
            }
            None => (rest.strip_suffix("UTC").unwrap_or(rest), 0.0),
        },
    };
    let clock = clock.trim();
    let seconds = if clock.is_empty() { 0.0 } else { clock_of(clock)? };
    Some(days * 86_400.0 + seconds - offset)
}

/// Seconds of `12:30`, `12:30:05.250`, `0230`.
fn clock_of(text: &str) -> Option<f64> {
    let compact = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = if compact {
        vec![&text[..2], &text[2..]]
    } else {
        text.split(':').collect()
    };
    if parts.len() > 3 || !parts.iter().all(|part| part.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let limits = [24.0, 60.0, 61.0];
    let mut seconds = 0.0;
    for ((part, limit), weight) in parts.iter().zip(limits).zip([3_600.0, 60.0, 1.0]) {
        let value: f64 = part.parse().ok().filter(|value| (0.0..limit).contains(value))?;
        seconds += value * weight;
    }
    Some(seconds)
}

/// A length of time for people: `30 s`, `5 min`, `2 h`, `3 d`.
pub fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 120.0 => (s, "s"),
        s if s < 7_200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3_600.0, "h"),
        s => (s / 86_400.0, "d"),
    };
    format!("{} {unit}", cascade_scenario::format::digits(value, 3))
}
