//! What is wrong with the rows of a record, as data.

use serde::Serialize;
use strum::VariantArray;

use crate::depth::Band;

/// One of the series of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Price bars.
    Bars,
    /// Open interest.
    OpenInterest,
    /// Order-book depth.
    Depth,
    /// Funding payments.
    Funding,
    /// Printed liquidations.
    Liquidations,
}

impl Series {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bars => "Prices",
            Self::OpenInterest => "Open interest",
            Self::Depth => "Depth",
            Self::Funding => "Funding",
            Self::Liquidations => "Liquidations",
        }
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// A row that could not be read at all.
    Unreadable,
    /// A field that is empty or no number, in a row that is used without it.
    Blank,
    /// A row that came after a later one; it was sorted in.
    OutOfOrder,
    /// A row that had been read before, all fields equal; it counts once.
    Duplicate,
    /// Two rows of one time that say different things; the later one in the files counts.
    Conflict,
    /// Rows that are missing, given the usual distance of two.
    Gap,
    /// A row that cannot be: a price or size that is not above 0, a high below the low. Left out.
    Impossible,
    /// Open interest that jumped by more than half and came back at once. Left out.
    Jump,
    /// A depth band that repeats one value, ten times or more. Masked.
    Frozen,
    /// A depth band whose dollars over coins are further than 6 % from where the price was. Masked.
    OffPrice,
    /// A depth band that holds less than a narrower one of the same moment and side. Masked.
    NotCumulative,
}

impl DefectKind {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Blank => "blank",
            Self::OutOfOrder => "out of order",
            Self::Duplicate => "repeated",
            Self::Conflict => "contradicting",
            Self::Gap => "missing",
            Self::Impossible => "impossible",
            Self::Jump => "jump and back",
            Self::Frozen => "frozen",
            Self::OffPrice => "off the price",
            Self::NotCumulative => "not cumulative",
        }
    }

    /// Whether only the rows as they were read show it. The others are found again from the record.
    pub const fn is_of_reading(self) -> bool {
        matches!(
            self,
            Self::Unreadable
                | Self::Blank
                | Self::OutOfOrder
                | Self::Duplicate
                | Self::Conflict
                | Self::Impossible
                | Self::Jump
        )
    }
}

/// Something that is wrong with a stretch of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Defect {
    /// What.
    pub kind: DefectKind,
    /// Of which series.
    pub series: Series,
    /// Of which band of the order book, where it is of one.
    pub band: Option<Band>,
    /// From when.
    pub from_ms: i64,
    /// Up to when, inclusive.
    pub to_ms: i64,
    /// How many rows or values it concerns.
    pub count: u64,
}
