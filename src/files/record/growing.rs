//! A record that grows: a collector appends lines to a file or writes them to a pipe, and the record is there at any time.

use cascade_analysis::Cancel;
use cascade_market::Record;

use super::assemble::assemble;
use super::part::Part;
use super::report::FileRead;
use super::source::LINE_MAX;
use super::survey::Shown;
use super::symbols::Filter;
use super::{RecordOptions, market_of};

/// Most bytes that are waited for until they show what they are.
const PATIENCE: usize = 1 << 20;

/// What has arrived so far.
#[derive(Debug)]
pub struct Growing {
    options: RecordOptions,
    shown: Option<Shown>,
    symbol: Option<String>,
    /// Bytes of a line that is not whole yet, or of lines that do not show yet what they are.
    waiting: Vec<u8>,
    part: Option<Part>,
}

impl Growing {
    /// Nothing has arrived yet; `name` is what messages call it.
    pub fn new(name: String, options: RecordOptions) -> Self {
        Self {
            options,
            shown: None,
            symbol: None,
            waiting: Vec::new(),
            part: Some(Part::new(FileRead::new(name))),
        }
    }

    /// Takes in more bytes; a line counts once it is whole. Returns whether rows came of it.
    ///
    /// # Errors
    /// So much has arrived without showing what it is, or without the end of a line; why, in words.
    pub fn take(&mut self, bytes: &[u8]) -> Result<bool, String> {
        self.waiting.extend_from_slice(bytes);
        let Some(end) = self.waiting.iter().rposition(|byte| *byte == b'\n') else {
            return if self.waiting.len() > LINE_MAX {
                Err(format!("a line has more than {LINE_MAX} bytes: this is no table"))
            } else {
                Ok(false)
            };
        };
        if self.shown.is_none() {
            match Shown::of(&mut &self.waiting[..=end], "", &self.options) {
                Ok(shown) => {
                    self.symbol = market_of(&[&shown].into_iter(), &self.options).map_err(|error| error.to_string())?;
                    self.shown = Some(shown.line_by_line());
                }
                Err(reason) if self.waiting.len() > PATIENCE => return Err(reason),
                Err(_) => return Ok(false),
            }
        }
        let rest = self.waiting.split_off(end + 1);
        let lines = std::mem::replace(&mut self.waiting, rest);
        let (Some(shown), Some(part)) = (&self.shown, self.part.take()) else {
            return Ok(false);
        };
        let before = part.file.used;
        let filter = Filter::new(shown.wanted(self.symbol.as_deref()));
        let contract = shown.contract(self.symbol.as_deref());
        let part = shown.rows(&mut lines.as_slice(), filter, contract, part, &Cancel::new())?;
        let grown = part.as_ref().is_some_and(|part| part.file.used > before);
        self.part = part;
        Ok(grown)
    }

    /// The record so far; none without a price.
    pub fn record(&self) -> Option<Record> {
        assemble(self.part.iter().cloned().collect()).0
    }

    /// How it was read so far.
    pub fn file(&self) -> Option<&FileRead> {
        self.part.as_ref().map(|part| &part.file)
    }
}
