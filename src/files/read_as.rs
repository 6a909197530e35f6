//! What was read as what: everything about a file that was guessed or left out, as data, for reports and for people.

use serde::Serialize;

use super::number::Decimal;
use super::problem::Problem;
use super::time::{DateOrder, Form, OrderReason};
use cascade_scenario::{ImportKind, format};

/// How a file was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadAs {
    /// What it holds.
    pub kind: ImportKind,
    /// What it had to be taken out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packed: Option<String>,
    /// What separates its columns.
    pub separator: &'static str,
    /// How its numbers are written.
    pub decimal: Decimal,
    /// The lines with the names of its columns; none: it has no header.
    pub header_lines: Vec<usize>,
    /// Number of rows with data.
    pub rows: usize,
    /// Which column was taken for what.
    pub columns: Vec<ColumnRead>,
    /// How times were read, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeRead>,
    /// What a row of a position list counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<SizesRead>,
    /// What an option chain was quoted as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainRead>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
    /// What was repaired, and what is worth knowing.
    pub remarks: Vec<Problem>,
}

/// A column that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnRead {
    /// What it was taken for.
    pub field: &'static str,
    /// Its number, from 1.
    pub column: usize,
    /// Its name; empty if it has none.
    pub name: String,
    /// Why it was taken.
    pub because: Because,
}

/// Why a column was taken for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Somebody said so.
    Said,
    /// Its name says so.
    Name,
    /// What it holds says so.
    Content,
}

/// How the times of a path were read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeRead {
    /// How they are written.
    #[serde(rename = "as")]
    pub form: Form,
    /// Whether they say how far they are from UTC; if not they count as UTC.
    pub zoned: bool,
    /// Whether the day or the month is first, and why, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<(DateOrder, OrderReason)>,
    /// Usual distance of two rows, seconds.
    pub usual_seconds: f64,
    /// The first and the last moment, where they say when that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<[String; 2]>,
}

/// What the rows of a position list count.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SizesRead {
    /// What sizes count.
    pub unit: SizeUnit,
    /// Units of that a contract, where sizes count contracts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<f64>,
    /// Positions in contracts that are margined in coins.
    pub inverse: usize,
    /// What says that.
    pub inverse_by: &'static str,
    /// What margins count, where they were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<&'static str>,
}

/// What sizes count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeUnit {
    /// Coins.
    #[default]
    Coins,
    /// Dollars.
    Usd,
    /// Contracts of some coins, or of some dollars where they are margined in coins.
    Contracts,
    /// Coins, and dollars where contracts are margined in coins.
    ByKind,
}

/// What an option chain was quoted as.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainRead {
    /// Day of the quotes.
    pub date: Option<String>,
    /// How expiries are written.
    pub expiries: &'static str,
    /// Why expiries are read with the day or the month first, where that matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<(DateOrder, OrderReason)>,
    /// Price of the underlying.
    pub spot: f64,
    /// What that price comes from.
    pub spot_from: &'static str,
    /// Units of the underlying a contract.
    pub multiplier: f64,
    /// What says that.
    pub multiplier_from: &'static str,
    /// What implied volatilities come from.
    pub volatility: &'static str,
    /// What gammas come from.
    pub gamma: &'static str,
}

/// Rows, or options, that count for nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// What they are.
    pub what: Omitted,
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// Their share of the whole, by notional or open interest, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// What is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Omitted {
    /// Rows in which nothing stands for the price.
    WithoutPrice,
    /// Repetitions of the header.
    Headers,
    /// Lines of words below the table.
    Notes,
    /// Rows that cannot be read, skipped by choice.
    Unreadable,
    /// Rows of other symbols than the one that was chosen.
    OtherSymbols,
    /// Positions of size 0.
    Flat,
    /// Positions that have been closed.
    Closed,
    /// Rows that are no perpetual or future, such as options.
    OtherInstruments,
    /// Options that have expired before they were quoted.
    Expired,
    /// Options with open interest, and neither a volatility nor a gamma.
    WithoutVolatility,
    /// Quotes of single exchanges beside the one of all.
    SingleExchanges,
    /// Quotes of other moments than the last.
    OtherMoments,
    /// Rows that are no option, such as futures.
    NoOptions,
}

impl Omitted {
    /// What one is, and what else is said of it or of several.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::WithoutPrice => ("row", " without a price"),
            Self::Headers => ("repetition", " of the header"),
            Self::Notes => ("line", " of words below the table"),
            Self::Unreadable => ("row", " that cannot be read"),
            Self::OtherSymbols => ("row", " of other symbols"),
            Self::Flat => ("position", " of size 0"),
            Self::Closed => ("closed position", ""),
            Self::OtherInstruments => ("row", " of neither a perpetual nor a future"),
            Self::Expired => ("option", " that had expired"),
            Self::WithoutVolatility => ("option", " without a volatility"),
            Self::SingleExchanges => ("quote", " of single exchanges beside the composite one"),
            Self::OtherMoments => ("quote", " of other moments"),
            Self::NoOptions => ("row", " without an option"),
        }
    }

    const fn whole(self) -> &'static str {
        match self {
            Self::Flat | Self::Closed | Self::OtherInstruments | Self::OtherSymbols => "notional",
            _ => "open interest",
        }
    }
}

impl ReadAs {
    /// Notes that something was left out; nothing if that is none.
    pub fn leave_out(&mut self, what: Omitted, count: usize, of: usize, share: Option<f64>) {
        if count > 0 {
            self.left_out.push(LeftOut { what, count, of, share });
        }
    }

    /// Everything that was guessed, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = vec![self.layout(), self.columns_in_words()];
        said.extend(self.time.as_ref().map(TimeRead::words));
        said.extend(self.sizes.as_ref().map(SizesRead::words));
        said.extend(self.chain.as_ref().map(ChainRead::words));
        said.extend(self.left_out.iter().map(LeftOut::words));
        said
    }

    fn layout(&self) -> String {
        let packed = self
            .packed
            .as_ref()
            .map_or_else(String::new, |packed| format!("taken out of {packed}; "));
        let header = match self.header_lines.as_slice() {
            [] => "no header".to_owned(),
            [line] => format!("header in line {line}"),
            [first, .., last] => format!("header in lines {first} to {last}"),
        };
        let decimal = match self.decimal {
            Decimal::Point => "point",
            Decimal::Comma => "comma",
        };
        format!(
            "{}: {packed}{header}, {}, separated by {}, decimal {decimal}",
            self.kind.label(),
            format::counted(self.rows, "row"),
            self.separator
        )
    }

    fn columns_in_words(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|read| {
                let because = match read.because {
                    Because::Said | Because::Name => "",
                    Because::Content => " by what it holds",
                };
                if read.name.is_empty() {
                    format!("{} from column {}{because}", read.field, read.column)
                } else {
                    format!("{} from column {} ({}){because}", read.field, read.column, read.name)
                }
            })
            .collect();
        columns.join(", ")
    }
}

fn order_in_words(order: Option<(DateOrder, OrderReason)>) -> String {
    order.map_or_else(String::new, |(order, reason)| {
        let first = match order {
            DateOrder::DayFirst => "day/month",
            DateOrder::MonthFirst => "month/day",
        };
        format!(", dates read as {first} ({})", reason.words())
    })
}

impl TimeRead {
    /// `Unix milliseconds, usually 1 min apart, 2024-01-03 00:00 to 2024-01-04 00:00 UTC`.
    pub fn words(&self) -> String {
        let span = self
            .span
            .as_ref()
            .map_or_else(String::new, |[first, last]| format!(", {first} to {last} UTC"));
        let zone = if self.form == Form::DatesAndTimes && !self.zoned {
            ", no zone given: taken as UTC"
        } else {
            ""
        };
        format!(
            "times are {}, usually {} apart{span}{zone}{}",
            self.form.words(),
            format::duration(self.usual_seconds),
            order_in_words(self.order)
        )
    }
}

impl SizesRead {
    fn words(&self) -> String {
        let inverse = if self.inverse > 0 { "dollars" } else { "coins" };
        let unit = match (self.unit, self.contract) {
            (SizeUnit::Contracts, Some(contract)) => format!("contracts of {} {inverse}", format::digits(contract, 6)),
            (SizeUnit::Contracts, None) => "contracts, as the file or the venue says of each".to_owned(),
            (SizeUnit::Coins, _) => "coins".to_owned(),
            (SizeUnit::Usd, _) => "dollars".to_owned(),
            (SizeUnit::ByKind, _) => "dollars in contracts that are margined in coins, coins in others".to_owned(),
        };
        let kind = if self.inverse > 0 {
            format!(
                "{} margined in coins ({})",
                format::whole(self.inverse as u64),
                self.inverse_by
            )
        } else {
            "none margined in coins".to_owned()
        };
        let margin = self
            .margin
            .map_or_else(String::new, |margin| format!(", margins count {margin}"));
        format!("sizes count {unit}; {kind}{margin}")
    }
}

impl ChainRead {
    fn words(&self) -> String {
        let date = self
            .date
            .as_ref()
            .map_or_else(String::new, |date| format!("quoted on {date}, "));
        format!(
            "{date}expiries {}{}, underlying at {} ({}), {} a contract ({}), volatilities {}, gammas {}",
            self.expiries,
            order_in_words(self.order),
            format::digits(self.spot, 8),
            self.spot_from,
            match self.multiplier {
                1.0 => "1 unit".to_owned(),
                units => format!("{} units", format::digits(units, 6)),
            },
            self.multiplier_from,
            self.volatility,
            self.gamma
        )
    }
}

impl LeftOut {
    /// `left out: 6 options without a volatility (of 900), 87 % of the open interest`.
    pub fn words(&self) -> String {
        let share = self.share.map_or_else(String::new, |share| {
            format!(", {} % of the {}", format::digits(100.0 * share, 3), self.what.whole())
        });
        let (one, rest) = self.what.words();
        format!(
            "left out: {}{rest} (of {}){share}",
            format::counted(self.count, one),
            format::whole(self.of as u64)
        )
    }
}
