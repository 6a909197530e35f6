//! How a column of a table writes times. What it is, is decided by all of its fields and by what the column is called, and is
//! said in words, because a wrong guess gives a path of another length without any other sign.

mod order;
mod written;
mod zones;

use jiff::civil::Date;
use serde::Serialize;

use super::number::{Decimal, is_missing};
use cascade_scenario::days_between;

pub use order::{OrderReason, order_of, order_of_expiries};
pub use written::{DateOrder, Day, Written, find, read, time_of_day};
pub use zones::eastern_offset;

/// What a time may be where the column shows nothing.
pub const ANY_DATE: &str = "a date as 2024-08-05 or 2024-08-05T12:30:00, with or without Z or +02:00";

/// Seconds of a day.
pub const DAY: f64 = 86_400.0;

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Days, without a time of day.
    Dates,
    /// Days, most with a time of day.
    DatesAndTimes,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMilliseconds,
    /// Microseconds since 1970.
    UnixMicroseconds,
    /// Nanoseconds since 1970.
    UnixNanoseconds,
    /// Times since 1970 of which some count other units than others.
    UnixMixed,
    /// `20240805`.
    CompactDates,
    /// `202408051230`.
    CompactMinutes,
    /// `20240805123000`.
    CompactSeconds,
    /// Days since 30 December 1899, as spreadsheets count them.
    SpreadsheetDays,
    /// `12:30` without a day.
    TimesOfDay,
    /// `123000` without a day.
    CompactTimesOfDay,
    /// Seconds from some moment on.
    Seconds,
    /// Milliseconds from some moment on.
    Milliseconds,
    /// Microseconds from some moment on.
    Microseconds,
    /// Nanoseconds from some moment on.
    Nanoseconds,
    /// Minutes from some moment on.
    Minutes,
    /// Hours from some moment on.
    Hours,
    /// Days from some moment on.
    Days,
}

impl Form {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Dates => "dates",
            Self::DatesAndTimes => "dates and times",
            Self::UnixSeconds => "Unix seconds",
            Self::UnixMilliseconds => "Unix milliseconds",
            Self::UnixMicroseconds => "Unix microseconds",
            Self::UnixNanoseconds => "Unix nanoseconds",
            Self::UnixMixed => "Unix times of several units, told by their size",
            Self::CompactDates => "dates as YYYYMMDD",
            Self::CompactMinutes => "times as YYYYMMDDHHMM",
            Self::CompactSeconds => "times as YYYYMMDDHHMMSS",
            Self::SpreadsheetDays => "the days of a spreadsheet since 1900",
            Self::TimesOfDay => "times of day",
            Self::CompactTimesOfDay => "times of day as HHMMSS",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// Whether it says when something was, and not only how long after something else.
    pub const fn is_absolute(self) -> bool {
        !matches!(
            self,
            Self::TimesOfDay
                | Self::CompactTimesOfDay
                | Self::Seconds
                | Self::Milliseconds
                | Self::Microseconds
                | Self::Nanoseconds
                | Self::Minutes
                | Self::Hours
                | Self::Days
        )
    }

    /// Whether it says the day only.
    pub const fn is_day(self) -> bool {
        matches!(self, Self::Dates | Self::CompactDates)
    }

    /// How well it tells the time of a row; 0: not at all.
    pub const fn strength(self) -> u32 {
        match self {
            Self::UnixSeconds
            | Self::UnixMilliseconds
            | Self::UnixMicroseconds
            | Self::UnixNanoseconds
            | Self::UnixMixed => 5,
            Self::DatesAndTimes | Self::CompactMinutes | Self::CompactSeconds => 4,
            Self::Dates | Self::CompactDates | Self::SpreadsheetDays => 3,
            Self::TimesOfDay | Self::CompactTimesOfDay => 1,
            _ => 2,
        }
    }
}

/// What a column of times turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// How they are written.
    pub form: Form,
    /// Whether any of them says how far it is from UTC.
    pub zoned: bool,
    /// Whether some of the dates have two numbers that both may be the month.
    pub ambiguous: bool,
    /// Which of them the day is, as far as the column shows it.
    pub order: Option<DateOrder>,
}

/// The days since 1970 of a day.
pub fn days_since_1970(date: Date) -> f64 {
    days_between(Date::constant(1970, 1, 1), date) as f64
}

/// The day so many seconds after 1970.
pub fn day_of(seconds: f64) -> Option<Date> {
    let days = (seconds / DAY).floor();
    let days = (days.abs() < 3e6).then_some(days as i64)?;
    Date::constant(1970, 1, 1)
        .checked_add(jiff::SignedDuration::from_secs(days * 86_400))
        .ok()
}

/// A moment so many seconds after 1970 to the minute, such as `2024-08-05 12:30`; UTC.
pub fn minute_of(seconds: f64) -> Option<String> {
    let date = day_of(seconds)?;
    let minutes = (seconds.rem_euclid(DAY) / 60.0) as u32;
    Some(format!("{date} {:02}:{:02}", minutes / 60, minutes % 60))
}

/// The milliseconds since 1970 of a date, with or without a time of day; UTC where it names no other zone.
pub fn milliseconds_of(text: &str) -> Option<i64> {
    let written = read(text)?;
    let days = days_since_1970(written.day.by(DateOrder::MonthFirst)?);
    let seconds = days * DAY + written.seconds.unwrap_or(0.0) - written.offset.unwrap_or(0.0);
    Some((seconds * 1e3).round() as i64)
}

/// Whether a text is a date, a date and time, or a time of day.
pub fn looks_like_time(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit() || letter.is_alphabetic())
        && text.contains(|letter: char| letter.is_ascii_digit())
        && text.len() < 64
        && (read(text).is_some() || time_of_day(text).is_some())
}

/// What the numbers of a column have in common: how many of them could be what.
#[derive(Debug)]
struct NumericColumn {
    count: usize,
    whole: bool,
    low: f64,
    high: f64,
    dates: usize,
    minutes: usize,
    seconds: usize,
    clock: usize,
    unix: [usize; 4],
    plain_steps: Steps,
    clock_steps: Steps,
}

/// How even the distances of a series are.
#[derive(Debug, Default)]
struct Steps {
    last: Option<f64>,
    step: Option<f64>,
    uneven: usize,
}

impl Steps {
    fn add(&mut self, value: f64) {
        if let Some(last) = self.last.replace(value) {
            let step = value - last;
            if self.step.replace(step).is_some_and(|before| before != step) {
                self.uneven += 1;
            }
        }
    }
}

/// From 1990 to 2100, in seconds.
const UNIX: (f64, f64) = (631_152_000.0, 4_102_444_800.0);
/// Units a second of what counts since 1970.
const UNITS: [f64; 4] = [1.0, 1e3, 1e6, 1e9];

fn unix_unit(number: f64) -> Option<usize> {
    UNITS
        .iter()
        .position(|unit| (UNIX.0..UNIX.1).contains(&(number / unit)))
}

/// Seconds since 1970 of a number that counts seconds, milliseconds, microseconds or nanoseconds since then; which, is told by
/// its size. None if it is of no such size.
pub fn epoch_seconds(number: f64) -> Option<f64> {
    Some(number / UNITS[unix_unit(number)?])
}

fn compact_date(number: f64) -> Option<Date> {
    let whole = (number.fract() == 0.0 && (1e7..1e8).contains(&number)).then_some(number as i64)?;
    let year = i16::try_from(whole / 10_000)
        .ok()
        .filter(|year| (1_800..=2_200).contains(year))?;
    Date::new(year, (whole / 100 % 100) as i8, (whole % 100) as i8).ok()
}

/// Seconds since midnight of a number such as 93000.
fn compact_clock(number: f64) -> Option<f64> {
    let whole = (number.fract() == 0.0 && (0.0..=240_000.0).contains(&number)).then_some(number as i64)?;
    let (hours, minutes, seconds) = (whole / 10_000, whole / 100 % 100, whole % 100);
    let sum = hours * 3_600 + minutes * 60 + seconds;
    (minutes < 60 && seconds < 60 && sum <= 86_400).then_some(sum as f64)
}

impl NumericColumn {
    fn new() -> Self {
        Self {
            count: 0,
            whole: true,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            dates: 0,
            minutes: 0,
            seconds: 0,
            clock: 0,
            unix: [0; 4],
            plain_steps: Steps::default(),
            clock_steps: Steps::default(),
        }
    }

    fn add(&mut self, number: f64) {
        self.count += 1;
        self.whole &= number.fract() == 0.0;
        self.low = self.low.min(number);
        self.high = self.high.max(number);
        self.dates += usize::from(compact_date(number).is_some());
        self.minutes += usize::from(compact_moment(number, 100.0).is_some());
        self.seconds += usize::from(compact_moment(number, 1.0).is_some());
        if let Some(unit) = unix_unit(number) {
            self.unix[unit] += 1;
        }
        self.plain_steps.add(number);
        if let Some(seconds) = compact_clock(number) {
            self.clock += 1;
            self.clock_steps.add(seconds);
        }
    }

    /// What they are, with what the column is called.
    fn form(&self, name: &str) -> Form {
        if self.dates == self.count {
            return Form::CompactDates;
        }
        if self.minutes == self.count {
            return Form::CompactMinutes;
        }
        if self.seconds == self.count {
            return Form::CompactSeconds;
        }
        if self.unix.iter().sum::<usize>() == self.count {
            let units: Vec<usize> = (0..4).filter(|unit| self.unix[*unit] > 0).collect();
            return match units[..] {
                [0] => Form::UnixSeconds,
                [1] => Form::UnixMilliseconds,
                [2] => Form::UnixMicroseconds,
                [3] => Form::UnixNanoseconds,
                _ => Form::UnixMixed,
            };
        }
        if let Some(form) = unit_named(name) {
            return form;
        }
        let dated = name.contains("date") || name.contains("day") && !name.contains("days");
        if (20_000.0..=80_000.0).contains(&self.low) && self.high <= 80_000.0 && dated {
            return Form::SpreadsheetDays;
        }
        let by_clock = self.high >= 10_000.0 && self.clock_steps.uneven < self.plain_steps.uneven;
        if self.clock == self.count && self.whole && (by_clock || name.contains("hhmmss")) {
            return Form::CompactTimesOfDay;
        }
        if !self.whole && (30_000.0..=80_000.0).contains(&self.low) && self.high <= 80_000.0 {
            return Form::SpreadsheetDays;
        }
        // What is counted since another year than 1970 is told by its size all the same.
        match self.high.abs().max(self.low.abs()) {
            n if n < 1e11 => Form::Seconds,
            n if n < 1e14 => Form::Milliseconds,
            n if n < 1e17 => Form::Microseconds,
            _ => Form::Nanoseconds,
        }
    }
}

/// A number such as 202408051230 or 20240805123000, as seconds since 1970; `scale` is what a second of it is worth.
fn compact_moment(number: f64, scale: f64) -> Option<f64> {
    let number = number * scale;
    let date = compact_date((number / 1e6).floor())?;
    let clock = number - (number / 1e6).floor() * 1e6;
    // `200101010000` must not be taken for `20010101` with six digits of a time that are too few.
    (number >= 1e13).then_some(days_since_1970(date) * DAY + compact_clock(clock)?)
}

/// The unit that a column is named for.
fn unit_named(name: &str) -> Option<Form> {
    let ends = |list: &[&str]| {
        list.iter()
            .any(|end| name == *end || name.ends_with(end) && name.len() > end.len() + 2)
    };
    Some(match name {
        "ms" | "millis" | "msec" | "milliseconds" | "timems" | "tms" | "timestampms" | "msofday" => Form::Milliseconds,
        "us" | "micros" | "usec" | "microseconds" | "timeus" | "timestampus" => Form::Microseconds,
        "ns" | "nanos" | "nsec" | "nanoseconds" | "timens" | "timestampns" => Form::Nanoseconds,
        "s" | "sec" | "secs" | "second" | "seconds" => Form::Seconds,
        "min" | "mins" | "minute" | "minutes" => Form::Minutes,
        "h" | "hour" | "hours" => Form::Hours,
        "d" | "day" | "days" => Form::Days,
        _ if ends(&["milliseconds", "millis"]) => Form::Milliseconds,
        _ if ends(&["microseconds", "micros"]) => Form::Microseconds,
        _ if ends(&["nanoseconds", "nanos"]) => Form::Nanoseconds,
        _ if ends(&["minutes"]) => Form::Minutes,
        _ if ends(&["hours"]) => Form::Hours,
        _ if ends(&["seconds"]) => Form::Seconds,
        _ => return None,
    })
}

/// Finds out how a column writes times; `name` is what it is called, as the table's names are compared. None if it holds
/// none at all. What most of its fields are counts for all.
pub fn recognise<'t>(texts: impl Iterator<Item = &'t str>, name: &str, decimal: Decimal) -> Option<Clock> {
    let mut numbers = NumericColumn::new();
    let (mut dates, mut with_time, mut times, mut zoned, mut other) = (0, 0, 0, false, 0);
    let (mut ambiguous, mut day_first, mut month_first) = (false, false, false);
    for text in texts.filter(|text| !is_missing(text)) {
        if let Some(number) = decimal.read(text) {
            numbers.add(number);
        } else if let Some(written) = read(text) {
            dates += 1;
            with_time += usize::from(written.seconds.is_some());
            zoned |= written.offset.is_some();
            ambiguous |= matches!(written.day, Day::Either(..));
            match shown_order(text, written) {
                Some(DateOrder::DayFirst) => day_first = true,
                Some(DateOrder::MonthFirst) => month_first = true,
                None => {}
            }
        } else if time_of_day(text).is_some() {
            times += 1;
        } else {
            other += 1;
        }
    }
    let most = numbers.count.max(dates).max(times);
    if most == 0 || other > most {
        return None;
    }
    let form = if most == numbers.count {
        numbers.form(name)
    } else if most == times {
        Form::TimesOfDay
    } else if with_time > 0 {
        Form::DatesAndTimes
    } else {
        Form::Dates
    };
    let order = match (day_first, month_first) {
        (true, false) => Some(DateOrder::DayFirst),
        (false, true) => Some(DateOrder::MonthFirst),
        _ => None,
    };
    Some(Clock {
        form,
        zoned,
        ambiguous: ambiguous && most == dates,
        order,
    })
}

/// The order that a date with two short numbers shows, where one of them is no month.
fn shown_order(text: &str, written: Written) -> Option<DateOrder> {
    let Day::Known(date) = written.day else { return None };
    let mut numbers = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let (first, second) = (numbers.next()?, numbers.next()?);
    let slashed = text.contains('/') || text.contains('-');
    if first.len() > 2
        || second.len() > 2
        || !slashed
        || text.contains(|letter: char| letter.is_alphabetic() && letter != 'T' && letter != 'Z')
    {
        return None;
    }
    let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
    match (first == date.day() && first > 12, second == date.day() && second > 12) {
        (true, _) => Some(DateOrder::DayFirst),
        (_, true) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

impl Clock {
    /// Seconds of a field: since 1970, or since whatever they are counted from. None if it is written otherwise.
    pub fn seconds(&self, text: &str, decimal: Decimal, order: DateOrder) -> Option<f64> {
        let number = || decimal.read(text);
        let scaled = |a_second: f64| Some(number()? / a_second);
        match self.form {
            Form::Dates | Form::DatesAndTimes => {
                let written = read(text)?;
                let days = days_since_1970(written.day.by(order)?);
                Some(days * DAY + written.seconds.unwrap_or(0.0) - written.offset.unwrap_or(0.0))
            }
            Form::UnixSeconds
            | Form::UnixMilliseconds
            | Form::UnixMicroseconds
            | Form::UnixNanoseconds
            | Form::UnixMixed => epoch_seconds(number()?),
            Form::CompactDates => Some(days_since_1970(compact_date(number()?)?) * DAY),
            Form::CompactMinutes => compact_moment(number()?, 100.0),
            Form::CompactSeconds => compact_moment(number()?, 1.0),
            Form::SpreadsheetDays => {
                // To the millisecond: the fraction of a day is no round number.
                let days = number()? + days_since_1970(Date::constant(1899, 12, 30));
                Some((days * DAY * 1e3).round() / 1e3)
            }
            Form::TimesOfDay => time_of_day(text),
            Form::CompactTimesOfDay => compact_clock(number()?),
            Form::Seconds => scaled(1.0),
            Form::Milliseconds => scaled(1e3),
            Form::Microseconds => scaled(1e6),
            Form::Nanoseconds => scaled(1e9),
            Form::Minutes => Some(number()? * 60.0),
            Form::Hours => Some(number()? * 3_600.0),
            Form::Days => Some(number()? * DAY),
        }
    }

    /// What a field may be, in words for a mistake.
    pub const fn allowed(&self) -> &'static str {
        match self.form {
            Form::Dates | Form::DatesAndTimes => ANY_DATE,
            Form::TimesOfDay => "a time of day as 12:30 or 12:30:05",
            Form::CompactDates => "a date as 20240805, as in most rows",
            _ => "a number, as in the first row",
        }
    }
}

#[cfg(test)]
mod tests;
