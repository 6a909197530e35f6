//! What a file is, by its first part, and its rows.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

use cascade_analysis::Cancel;

use super::field::Field;
use super::layout::{Kind, Layout};
use super::part::{Part, Taker};
use super::report::{FileRead, Note};
use super::source::{Lines, Source, split};
use super::symbols::{self, Contract, Filter};
use super::{RecordOptions, json};
use crate::opening::{SIZE_MAX, read_bounded};
use crate::table::plain;
use crate::time::Form;

/// How much of a file is looked at to find out what it is, bytes.
const HEAD: u64 = 1 << 14;
/// What some programs put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file, and what its first part shows.
pub(super) struct Surveyed {
    source: Source,
    /// What it is, or why it gives nothing.
    pub shown: Result<Shown, String>,
}

/// What a file is.
#[derive(Debug)]
pub(super) struct Shown {
    /// How its rows are read.
    pub layout: Layout,
    text: Text,
    /// The market, by a column or by the name of the file.
    pub symbol: Option<String>,
}

/// What the text of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Table,
    /// One document.
    Json,
    /// One value a line.
    JsonLines,
}

impl Surveyed {
    /// Looks at the first part of a file.
    pub(super) fn of(source: &Source, options: &RecordOptions) -> Self {
        let name = source.file_name();
        let shown = source.open(|bytes| Shown::of(bytes, &name, options));
        Self {
            source: source.clone(),
            shown,
        }
    }

    /// The rows of the file; none if the reading was cancelled.
    pub(super) fn read(&self, symbol: Option<&str>, cancel: &Cancel) -> Option<Part> {
        let name = self.source.name();
        let shown = match &self.shown {
            Ok(shown) => shown,
            Err(reason) => return Some(Part::new(FileRead::unused(name, reason.clone()))),
        };
        let mut file = FileRead::new(name.clone());
        file.kinds.clone_from(&shown.layout.kinds);
        file.symbol.clone_from(&shown.symbol);
        if let Err(reason) = shown.fits(symbol, &mut file) {
            return Some(Part::new(FileRead::unused(name, reason)));
        }
        let filter = Filter::new(shown.wanted(symbol));
        let contract = shown.contract(symbol);
        let part = Part::new(file);
        let read = self
            .source
            .open(|bytes| shown.rows(bytes, filter, contract, part, cancel));
        match read {
            Ok(part) => part,
            Err(reason) => Some(Part::new(FileRead::unused(name, reason))),
        }
    }
}

impl Shown {
    /// What a text is, by its first part.
    ///
    /// # Errors
    /// It gives nothing to a record; why, in words.
    pub(super) fn of(bytes: &mut dyn Read, file_name: &str, options: &RecordOptions) -> Result<Self, String> {
        let mut head = Vec::new();
        bytes
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(|error| crate::opening::reason(&error))?;
        let is_whole = (head.len() as u64) < HEAD;
        let begin = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head).trim_ascii_start();
        let (text, table) = if matches!(begin, [b'{' | b'[', ..]) {
            let first = head
                .split(|byte| *byte == b'\n')
                .find(|line| !line.trim_ascii().is_empty())
                .unwrap_or_default();
            let one_a_line =
                serde_json::from_slice::<serde_json::Value>(first).is_ok() && first.len() < head.trim_ascii().len();
            if !one_a_line && !is_whole {
                let expected = head.len() as u64;
                head.extend(read_bounded(bytes, SIZE_MAX - expected)?);
            }
            let whole = if one_a_line && !is_whole {
                whole_lines(&head)
            } else {
                head.as_slice()
            };
            let text = String::from_utf8_lossy(whole);
            if one_a_line {
                (Text::JsonLines, json::Lines::of(&text).table?)
            } else {
                let table = json::table_of(&text)?.ok_or("it begins like JSON and is none")?;
                (Text::Json, table)
            }
        } else {
            if head.contains(&0) {
                return Err("it is no text: allowed are CSV and JSON, also in .gz and .zip".to_owned());
            }
            let whole = if is_whole { head.as_slice() } else { whole_lines(&head) };
            (Text::Table, String::from_utf8_lossy(whole).into_owned())
        };
        let layout = Layout::of(&table, file_name, &options.columns)?;
        let symbol = match layout.symbols.len() {
            0 => symbols::of_file_name(file_name),
            1 => layout.symbols.keys().next().cloned(),
            _ => None,
        };
        Ok(Self { layout, text, symbol })
    }

    /// The same for a text of which more is to come: every line of it stands by itself.
    pub(super) fn line_by_line(self) -> Self {
        let text = if self.text == Text::Table {
            Text::Table
        } else {
            Text::JsonLines
        };
        Self { text, ..self }
    }

    /// Whether a file may belong to the record of a market.
    fn fits(&self, symbol: Option<&str>, file: &mut FileRead) -> Result<(), String> {
        let Some(wanted) = symbol else { return Ok(()) };
        let of_liquidations = |kind: &Kind| matches!(kind, Kind::Liquidations | Kind::LiquidationSums);
        let only_liquidations = self.layout.kinds.iter().all(of_liquidations);
        if let Some(own) = &self.symbol {
            if symbols::same(own, wanted) {
                return Ok(());
            }
            if only_liquidations && symbols::same_asset(own, wanted) {
                file.note(Note::AnotherContract);
                return Ok(());
            }
            return Err(format!("it is of {own}, and the record is of {wanted}"));
        }
        if self.layout.symbols.len() > 1 && self.wanted(symbol).is_none() {
            return Err(format!("none of its first rows is of {wanted}"));
        }
        Ok(())
    }

    /// The symbol of the rows that count, as this file writes it; none where it has no column of symbols.
    pub(super) fn wanted(&self, symbol: Option<&str>) -> Option<String> {
        let wanted = symbol?;
        self.layout.column(Field::Symbol)?;
        let mut own: Vec<&String> = self.layout.symbols.keys().collect();
        // Written alike before merely the same.
        own.sort_by_key(|own| plain(own) != plain(wanted));
        let same = own.iter().find(|own| symbols::same(own, wanted));
        same.or_else(|| own.first().filter(|_| own.len() == 1))
            .map(|own| (*own).clone())
    }

    /// What sizes count, by the market.
    pub(super) fn contract(&self, symbol: Option<&str>) -> Contract {
        let name = self
            .wanted(symbol)
            .or_else(|| self.symbol.clone())
            .or_else(|| symbol.map(str::to_owned));
        name.map_or(Contract::Coins(1.0), |name| Contract::of(&name))
    }

    /// The rows of the text; none if the reading was cancelled.
    ///
    /// # Errors
    /// It cannot be read; in words.
    pub(super) fn rows(
        &self,
        bytes: &mut dyn Read,
        filter: Filter,
        contract: Contract,
        mut part: Part,
        cancel: &Cancel,
    ) -> Result<Option<Part>, String> {
        let layout = &self.layout;
        if layout.kinds.contains(&Kind::Liquidations) {
            part.file.sides = Some(layout.side);
        }
        if matches!(layout.clock.form, Form::DatesAndTimes | Form::Dates) && !layout.clock.zoned {
            part.file.note(Note::WithoutZone);
        }
        if layout.by_file_name {
            part.file.note(Note::ByFileName);
        }
        let mut fields = Vec::new();
        match self.text {
            Text::Table => {
                let mut taker = Taker::new(layout, filter, contract, part);
                let mut lines = Lines::new(bytes);
                while let Some(block) = lines.next()? {
                    if cancel.is_requested() {
                        return Ok(None);
                    }
                    let block = block.strip_prefix(BYTE_ORDER_MARK).unwrap_or(block);
                    take_lines(block, layout.separator, &mut fields, &mut taker);
                    taker.has_room()?;
                }
                Ok(Some(taker.finish()))
            }
            Text::Json => {
                let text = read_bounded(bytes, 0)?;
                let table = json::table_of(&String::from_utf8_lossy(&text))?.unwrap_or_default();
                let mut taker = Taker::new(layout, filter, contract, part);
                take_lines(table.as_bytes(), layout.separator, &mut fields, &mut taker);
                Ok(Some(taker.finish()))
            }
            Text::JsonLines => {
                let mut lines = Lines::new(bytes);
                while let Some(block) = lines.next()? {
                    if cancel.is_requested() {
                        return Ok(None);
                    }
                    let text = String::from_utf8_lossy(block);
                    let read = json::Lines::of(&text);
                    part.file.lose(read.unreadable, read.first);
                    let Ok(table) = read.table else { continue };
                    // Every stretch of lines has the columns of its own messages.
                    let Ok(layout) = Layout::of(&table, "", &BTreeMap::new()) else {
                        continue;
                    };
                    let mut taker = Taker::new(&layout, filter.clone(), contract, part);
                    take_lines(table.as_bytes(), layout.separator, &mut fields, &mut taker);
                    taker.has_room()?;
                    part = taker.finish();
                }
                Ok(Some(part))
            }
        }
    }
}

fn take_lines(block: &[u8], separator: u8, fields: &mut Vec<Range<usize>>, taker: &mut Taker<'_>) {
    let mut rest = block;
    while !rest.is_empty() {
        let next = split(rest, separator, fields);
        taker.take(rest, fields);
        rest = &rest[next..];
    }
}

fn whole_lines(head: &[u8]) -> &[u8] {
    head.iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(head, |end| &head[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However much a packed file may unpack to, no more is kept of it than fits into memory.
    #[test]
    fn a_file_gives_no_more_than_it_may() {
        let row = |minute: i64| format!("{},10,11,9,10.5,3\n", 1_709_510_400_000 + minute * 60_000);
        let text = "time,open,high,low,close,volume\n".to_owned() + &(0..5_000).map(row).collect::<String>();
        let options = RecordOptions::default();
        let shown = Shown::of(&mut text.as_bytes(), "bars.csv", &options).unwrap();
        let read = |values_max: usize| {
            let part = Part {
                values_max,
                ..Part::new(FileRead::new(String::new()))
            };
            let filter = Filter::new(None);
            shown.rows(&mut text.as_bytes(), filter, Contract::Coins(1.0), part, &Cancel::new())
        };
        assert_eq!(read(5_000).unwrap().unwrap().rows.bars.len(), 5_000);
        assert!(read(4_999).unwrap_err().contains("more than 4999 values"));
    }
}
