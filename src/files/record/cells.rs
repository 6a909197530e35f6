//! The fields of a row as values, quickly for what the large archives write: the same time in many rows, plain numbers.

use std::borrow::Cow;
use std::ops::Range;

use super::layout::Layout;
use crate::number::{Decimal, is_missing, number_of_bytes};
use crate::time::{Clock, DateOrder, epoch_seconds};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    /// The text that it is part of.
    pub text: &'a [u8],
    /// Where its fields stand in it.
    pub fields: &'a [Range<usize>],
    /// How its numbers are written.
    pub decimal: Decimal,
}

impl<'a> Cells<'a> {
    /// A field; empty where the row has no such field.
    pub(super) fn get(self, column: Option<usize>) -> &'a [u8] {
        let field = column.and_then(|column| self.fields.get(column));
        field.map_or(&[], |field| &self.text[field.clone()])
    }

    /// A field that is a number.
    pub(super) fn number(self, column: Option<usize>) -> Option<f64> {
        let bytes = self.get(column);
        match self.decimal {
            Decimal::Point => number_of_bytes(bytes),
            Decimal::Comma => self.decimal.read(std::str::from_utf8(bytes).ok()?),
        }
    }

    /// Whether a field says that there is no value.
    pub(super) fn lacks(self, column: usize) -> bool {
        let bytes = self.get(Some(column));
        bytes.is_empty() || !bytes[0].is_ascii_digit() && std::str::from_utf8(bytes).is_ok_and(is_missing)
    }

    /// The whole row.
    pub(super) fn whole(self) -> Cow<'a, str> {
        let start = self.fields.first().map_or(0, |field| field.start);
        let end = self.fields.last().map_or(start, |field| field.end);
        String::from_utf8_lossy(&self.text[start..end])
    }
}

/// Reads times; those of one day, and the same one again, without taking them apart anew.
pub(super) struct Times {
    clock: Clock,
    decimal: Decimal,
    last: (Vec<u8>, Option<i64>),
    day: ([u8; 10], i64),
}

impl Times {
    /// For the rows of a table.
    pub(super) fn new(layout: &Layout) -> Self {
        Self {
            clock: layout.clock,
            decimal: layout.decimal,
            last: (Vec::new(), None),
            day: ([0; 10], 0),
        }
    }

    /// Milliseconds since 1970.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<i64> {
        if bytes == self.last.0.as_slice() {
            return self.last.1;
        }
        let time = self.read_anew(bytes);
        self.last.0.clear();
        self.last.0.extend_from_slice(bytes);
        self.last.1 = time;
        time
    }

    fn read_anew(&mut self, bytes: &[u8]) -> Option<i64> {
        if let Some(time) = self.written(bytes) {
            return Some(time);
        }
        // Each by its own size: files change their unit on the way.
        if let Some(number) = number_of_bytes(bytes)
            && let Some(seconds) = epoch_seconds(number)
        {
            return milliseconds(seconds);
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let order = self.clock.order.unwrap_or(DateOrder::MonthFirst);
        milliseconds(self.clock.seconds(text, self.decimal, order)?)
    }

    /// `2024-08-05 12:30:05`, with T and a fraction or not, and with Z or without.
    fn written(&mut self, bytes: &[u8]) -> Option<i64> {
        let (date, rest) = bytes.split_at_checked(10)?;
        let [b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2, fraction @ ..] = rest else {
            return None;
        };
        let two = |tens: u8, ones: u8| {
            (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(10 * (tens - b'0') + ones - b'0'))
        };
        let seconds = two(*h1, *h2).filter(|hours| *hours < 24)? * 3_600
            + two(*m1, *m2).filter(|minutes| *minutes < 60)? * 60
            + two(*s1, *s2).filter(|seconds| *seconds < 60)?;
        let digits = match fraction.strip_suffix(b"Z").unwrap_or(fraction) {
            [] => &[][..],
            [b'.', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => digits,
            _ => return None,
        };
        let parts = digits.iter().chain([b'0'; 3].iter()).take(3);
        let parts = parts.fold(0, |sum, digit| 10 * sum + i64::from(digit - b'0'));
        if date != self.day.0 {
            let day = crate::time::read(std::str::from_utf8(date).ok()?)?
                .day
                .by(DateOrder::MonthFirst)?;
            let days = crate::time::days_since_1970(day) as i64;
            self.day = (date.try_into().ok()?, days * DAY_MS);
        }
        Some(self.day.1 + seconds * 1_000 + parts)
    }
}

fn milliseconds(seconds: f64) -> Option<i64> {
    let milliseconds = (seconds * 1e3).round();
    (milliseconds.abs() < 1e14).then_some(milliseconds as i64)
}
