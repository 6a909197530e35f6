//! What was read from each file of a record, and what was left out, as data and in words.

use std::collections::BTreeMap;

use serde::Serialize;

use cascade_scenario::format;

use super::layout::{Kind, SideMeans};

/// Something worth knowing about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Volume counts dollars, as its size shows.
    VolumeInUsd,
    /// Rows of bands of the book that are not among those of a record.
    OtherBands,
    /// Liquidations with the bankruptcy price only: they count at the price of their minute.
    BankruptcyPrices,
    /// Sums of liquidations: they count at the price of their time.
    SummedLiquidations,
    /// Fills of those who took the other side of a liquidation: each is counted once, with the one who was liquidated.
    OtherPartyFills,
    /// Moments at which the levels of the book reach no band.
    BookTooShallow,
    /// It is of another contract of the same asset.
    AnotherContract,
    /// No zone is given with its times: they count as UTC.
    WithoutZone,
    /// Neither a column nor a value tells its liquidations from trades: the name of the file does.
    ByFileName,
}

impl Note {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::VolumeInUsd => "its volume counts dollars, as its size shows",
            Self::OtherBands => "rows of other bands than ±0.2 and ±1 to ±5 % are not used",
            Self::BankruptcyPrices => {
                "it has bankruptcy prices, at which nothing trades: the price of the minute is used"
            }
            Self::SummedLiquidations => "it has sums without a price: the price of their time is used",
            Self::OtherPartyFills => "fills of the other party of a liquidation do not count again",
            Self::BookTooShallow => "the levels of the book end before the narrowest band does, ±0.2 %",
            Self::AnotherContract => "it is of another contract of the same asset",
            Self::WithoutZone => "no zone is given with its times: they count as UTC",
            Self::ByFileName => "only the name of the file says that these are liquidations",
        }
    }
}

/// Characters of a row that cannot be read which are kept for a message.
const ROW_MAX: usize = 80;

/// A file of a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileRead {
    /// The file.
    pub file: String,
    /// What it gives.
    pub kinds: Vec<Kind>,
    /// The market it is of, as far as it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// What the sides of its liquidations are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<SideMeans>,
    /// Rows of data.
    pub rows: u64,
    /// Rows that were taken.
    pub used: u64,
    /// Repetitions of the header.
    pub headers: u64,
    /// Rows of other markets.
    pub other_symbols: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_unreadable: Option<String>,
    /// What is worth knowing, and of how many rows.
    pub notes: BTreeMap<Note, u64>,
    /// Why nothing of it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused: Option<String>,
}

impl FileRead {
    /// A file of which nothing has been read.
    pub fn new(file: String) -> Self {
        Self {
            file,
            kinds: Vec::new(),
            symbol: None,
            sides: None,
            rows: 0,
            used: 0,
            headers: 0,
            other_symbols: 0,
            unreadable: 0,
            first_unreadable: None,
            notes: BTreeMap::new(),
            unused: None,
        }
    }

    /// A file that gives nothing, and why.
    pub fn unused(file: String, reason: String) -> Self {
        Self {
            unused: Some(reason),
            ..Self::new(file)
        }
    }

    /// Counts a row that something is to be said of.
    pub fn note(&mut self, note: Note) {
        *self.notes.entry(note).or_insert(0) += 1;
    }

    /// Counts rows that cannot be read, and keeps the beginning of the first one of the file.
    pub fn lose(&mut self, rows: u64, first: Option<&str>) {
        self.unreadable += rows;
        if self.first_unreadable.is_none() {
            self.first_unreadable = first.map(|row| row.chars().take(ROW_MAX).collect());
        }
    }

    /// In a sentence, without the name of the file.
    pub fn words(&self) -> String {
        if let Some(reason) = &self.unused {
            return format!("not used: {reason}");
        }
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.words()).collect();
        let used = format::whole(self.used);
        let mut parts = vec![format!(
            "{}, {used} of {}",
            kinds.join(" and "),
            format::counted(self.rows as usize, "row")
        )];
        for (count, what) in [
            (self.headers, "repeated headers"),
            (self.other_symbols, "of other markets"),
            (self.unreadable, "unreadable"),
        ] {
            parts.extend((count > 0).then(|| format!("{count} {what}")));
        }
        parts.extend(
            self.first_unreadable
                .as_ref()
                .map(|row| format!("the first of them `{row}`")),
        );
        parts.extend(self.symbol.as_ref().map(|symbol| format!("of {symbol}")));
        parts.extend(self.sides.map(|sides| match sides {
            SideMeans::Order => "sides are of orders (a sale closes a long)".to_owned(),
            SideMeans::Position => "sides are of positions".to_owned(),
        }));
        parts.extend(self.notes.iter().map(|(note, count)| match count {
            1 => note.words().to_owned(),
            count => format!("{} ({count} rows)", note.words()),
        }));
        parts.join(", ")
    }
}
