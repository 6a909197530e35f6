//! What a table of a market is, by the names of its columns and by what stands in its first rows; never by the name of its
//! file, except where neither tells a liquidation from a trade.

use std::collections::{BTreeMap, BTreeSet};

use strum::{EnumCount, VariantArray};

use super::field::{Field, WANTED};
use crate::number::{Decimal, is_missing, number_of};
use crate::positions::instrument;
use crate::table::{ColumnChoice, Header, Table, guess, plain};
use crate::time::{Clock, recognise};

/// Rows by which a table is judged.
const SAMPLE_ROWS: usize = 400;
/// A row of so many known names is a header.
const HEADER_NAMES: usize = 3;
/// Most symbols of a table that are remembered by name.
const SYMBOLS_MAX: usize = 1_000;

/// What the rows of a table give to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Prices and volume by interval.
    Bars,
    /// Open interest.
    OpenInterest,
    /// What rests in the book within some distances.
    Depth,
    /// Funding rates.
    Funding,
    /// Liquidations one by one.
    Liquidations,
    /// Liquidations summed up by interval.
    LiquidationSums,
    /// Trades, which become bars and taker flow.
    Trades,
    /// Prices at single moments.
    Prices,
    /// The best levels of the book.
    Book,
}

impl Kind {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bars => "price bars",
            Self::OpenInterest => "open interest",
            Self::Depth => "depth of the book",
            Self::Funding => "funding",
            Self::Liquidations => "liquidations",
            Self::LiquidationSums => "sums of liquidations",
            Self::Trades => "trades",
            Self::Prices => "prices",
            Self::Book => "best levels of the book",
        }
    }
}

/// What a side says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SideMeans {
    /// The side of the order: who sells closes a long.
    Order,
    /// The side of the position that was closed.
    Position,
}

/// How the rows of a table are read.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// What they give.
    pub kinds: Vec<Kind>,
    /// Which column holds what.
    pub columns: [Option<usize>; Field::COUNT],
    /// What separates the fields.
    pub separator: u8,
    /// How numbers are written.
    pub decimal: Decimal,
    /// How times are written.
    pub clock: Clock,
    /// What sides are of.
    pub side: SideMeans,
    /// Price and size of every level of a book that a row lists: asks, bids.
    pub levels: [Vec<(usize, usize)>; 2],
    /// The names of the columns; empty if there are none.
    pub titles: Vec<String>,
    /// The symbols of the first rows, and in how many of them.
    pub symbols: BTreeMap<String, usize>,
    /// Whether nothing but the name of the file tells its liquidations from trades.
    pub by_file_name: bool,
}

impl Layout {
    /// The column of a field.
    pub(super) const fn column(&self, field: Field) -> Option<usize> {
        self.columns[field.place()]
    }

    /// What the first part of a table shows; `chosen` names columns by the keys of the fields.
    ///
    /// # Errors
    /// It gives nothing to a record; why, in words.
    pub(super) fn of(head: &str, file_name: &str, chosen: &BTreeMap<String, ColumnChoice>) -> Result<Self, String> {
        let table = Table::of(head);
        if table.is_empty() {
            return Err("it is empty".to_owned());
        }
        let header = Header::find(&table, known);
        let sample = Sample::of(&table, &header);
        let mut columns = [None; Field::COUNT];
        let guessed = if header.is_named() {
            guess(&header, &WANTED, |_, _| true)
        } else {
            by_values(&sample).ok_or("it has no header, and its values are of no known kind of table")?
        };
        columns.copy_from_slice(&guessed);
        for (key, choice) in chosen {
            let Some(field) = super::field::by_key(key) else {
                continue;
            };
            let width = header.width().max(sample.width);
            // A file without this column is not meant.
            columns[field.place()] = choice.find(&header, width).unwrap_or(columns[field.place()]);
        }
        let titles: Vec<String> = (0..header.width()).map(|column| header.title(column)).collect();
        let levels = levels(&titles);
        let mut by_file_name = false;
        let kinds = kinds(&columns, &sample, &levels, || {
            by_file_name = file_name.to_lowercase().contains("liquidation");
            by_file_name
        })?;
        let time = columns[Field::Time.place()].ok_or("no column holds the time")?;
        let mapping: Vec<Option<usize>> = columns.to_vec();
        let decimal = table
            .numbers(&header, &mapping, None)
            .map_or(Decimal::Point, |numbers| numbers.decimal);
        let name = header.titles(time).last().map(plain).unwrap_or_default();
        let clock = recognise(sample.texts(time), &name, decimal)
            .filter(|clock| clock.form.is_absolute())
            .ok_or("its times do not say when they were: allowed are dates, or seconds, milliseconds, … since 1970")?;
        let words = |field: Field| {
            columns[field.place()]
                .map(|column| sample.words(column))
                .unwrap_or_default()
        };
        let mut symbols = BTreeMap::new();
        if let Some(column) = columns[Field::Symbol.place()] {
            for text in sample.texts(column).filter(|text| !is_missing(text)) {
                if symbols.len() < SYMBOLS_MAX || symbols.contains_key(text) {
                    *symbols.entry(text.to_owned()).or_insert(0) += 1;
                }
            }
        }
        Ok(Self {
            side: side_means(&columns, &words(Field::Side), &words(Field::PositionSide)),
            by_file_name,
            separator: match table.separator() {
                "tabs" => b'\t',
                "semicolons" => b';',
                "bars" => b'|',
                _ => b',',
            },
            kinds,
            columns,
            decimal,
            clock,
            levels,
            titles,
            symbols,
        })
    }

    /// Whether a row has the names of the columns, as where files are put one behind the other, with a header or without.
    pub(super) fn repeats_header<'t>(&self, fields: impl ExactSizeIterator<Item = &'t [u8]> + Clone) -> bool {
        let same = fields.len() == self.titles.len()
            && fields
                .clone()
                .zip(&self.titles)
                .all(|(field, title)| field == title.as_bytes());
        let names: Vec<String> = fields.map(|field| plain(&String::from_utf8_lossy(field))).collect();
        same || known(&names) >= HEADER_NAMES
    }
}

/// How many of some names are known to be of columns of a record.
fn known(names: &[String]) -> usize {
    let is_known = |name: &&String| WANTED.iter().any(|wanted| wanted.names.contains(&name.as_str()));
    names.iter().filter(is_known).count()
}

/// The first rows of a table that hold data.
struct Sample<'t> {
    rows: Vec<Vec<&'t str>>,
    width: usize,
}

impl<'t> Sample<'t> {
    fn of(table: &'t Table, header: &Header) -> Self {
        let first = if header.is_named() { header.first_data } else { 0 };
        let rows: Vec<Vec<&str>> = table
            .rows(first)
            .filter(|row| !header.repeats(*row))
            .take(SAMPLE_ROWS)
            .map(|row| row.iter().collect())
            .collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        Self { rows, width }
    }

    fn texts(&self, column: usize) -> impl Iterator<Item = &'t str> {
        self.rows.iter().filter_map(move |row| row.get(column).copied())
    }

    fn words(&self, column: usize) -> BTreeSet<String> {
        self.texts(column).map(str::to_lowercase).collect()
    }

    /// The share of rows, of those that are as wide as most, in which this holds of a field.
    fn share(&self, column: usize, holds: impl Fn(&str) -> bool) -> f64 {
        let count = self.texts(column).filter(|text| holds(text)).count();
        count as f64 / self.rows.len().max(1) as f64
    }

    fn most(&self, column: usize, holds: impl Fn(&str) -> bool) -> bool {
        self.share(column, holds) > 0.9
    }

    fn numbers(&self, column: usize) -> bool {
        self.most(column, |text| number_of(text).is_some())
    }
}

/// Sides are of positions where they say long or short.
fn side_means(columns: &[Option<usize>], side: &BTreeSet<String>, position: &BTreeSet<String>) -> SideMeans {
    let of_positions = |words: &BTreeSet<String>| {
        words.iter().any(|word| matches!(word.as_str(), "long" | "short"))
            && words
                .iter()
                .all(|word| matches!(word.as_str(), "long" | "short" | "net" | ""))
    };
    let by_position = columns[Field::PositionSide.place()].is_some() && !position.contains("net");
    if by_position || of_positions(side) {
        SideMeans::Position
    } else {
        SideMeans::Order
    }
}

/// The columns of a book's levels: `asks[0].price`, `asks[0].amount`, …
fn levels(titles: &[String]) -> [Vec<(usize, usize)>; 2] {
    ["asks", "bids"].map(|side| {
        let place = |level: usize, what: &str| {
            let name = format!("{side}{level}{what}");
            titles.iter().position(|title| plain(title) == name)
        };
        (0..)
            .map_while(|level| place(level, "price").zip(place(level, "amount")))
            .collect()
    })
}

fn kinds(
    columns: &[Option<usize>],
    sample: &Sample<'_>,
    levels: &[Vec<(usize, usize)>; 2],
    is_named_so: impl FnOnce() -> bool,
) -> Result<Vec<Kind>, String> {
    use Field as F;
    let has = |field: Field| columns[field.place()].is_some();
    if has(F::IsSnapshot) {
        return Err(
            "it lists single changes of an order book, which is neither a path of trades nor a depth".to_owned(),
        );
    }
    if has(F::Strike) {
        return Err("it is an option chain, which is imported by itself".to_owned());
    }
    if levels.iter().all(|side| side.len() > 1) {
        return Ok(vec![Kind::Book]);
    }
    if has(F::Band) && (has(F::DepthCoins) || has(F::DepthUsd)) {
        return Ok(vec![Kind::Depth]);
    }
    let mut kinds = Vec::new();
    if has(F::Open) && has(F::High) && has(F::Low) && has(F::Close) {
        kinds.push(Kind::Bars);
    }
    if has(F::OpenInterest) || has(F::OpenInterestUsd) {
        kinds.push(Kind::OpenInterest);
    }
    if has(F::Funding) {
        kinds.push(Kind::Funding);
    }
    let [longs, shorts] = [
        has(F::LongsLiquidated) || has(F::LongsLiquidatedUsd),
        has(F::ShortsLiquidated) || has(F::ShortsLiquidatedUsd),
    ];
    if longs && shorts {
        kinds.push(Kind::LiquidationSums);
    }
    let price = has(F::Price) || has(F::AveragePrice) || has(F::BankruptcyPrice);
    let sided = has(F::Side) || has(F::PositionSide) || has(F::BuyerIsMaker);
    if kinds.is_empty() && price && (has(F::Size) || has(F::Filled)) && sided {
        kinds.push(trades_or_liquidations(columns, sample, is_named_so)?);
    } else if kinds.contains(&Kind::OpenInterest) && !kinds.contains(&Kind::Bars) && has(F::Price) {
        kinds.push(Kind::Prices);
    }
    if kinds.is_empty() {
        return Err(if has(F::BestAsk) || has(F::BestBid) {
            "it has the best prices of the book only, and no depth".to_owned()
        } else {
            "none of its columns is known to be of a market's record".to_owned()
        });
    }
    Ok(kinds)
}

/// A table of prices, sizes and sides has liquidations where a column or a side says so, or where no row has a number of a
/// trade although there is a column for it; the name of the file counts last.
fn trades_or_liquidations(
    columns: &[Option<usize>],
    sample: &Sample<'_>,
    is_named_so: impl FnOnce() -> bool,
) -> Result<Kind, String> {
    use Field as F;
    let has = |field: Field| columns[field.place()].is_some();
    let words = |field: Field| {
        columns[field.place()]
            .map(|column| sample.words(column))
            .unwrap_or_default()
    };
    let sides = words(F::Side);
    if sides
        .iter()
        .any(|side| matches!(side.as_str(), "bid" | "ask" | "bids" | "asks"))
    {
        return Err("its sides are those of an order book, not of trades".to_owned());
    }
    let of_positions = sides.iter().any(|side| matches!(side.as_str(), "long" | "short"));
    let told = [F::OrderType, F::PositionSide, F::BankruptcyPrice, F::LiquidatedUser]
        .into_iter()
        .any(has);
    let ids = words(F::Id);
    let without_ids = has(F::Id) && ids.iter().all(|id| is_missing(id));
    let liquidations = told || of_positions || without_ids || !has(F::BuyerIsMaker) && is_named_so();
    Ok(if liquidations { Kind::Liquidations } else { Kind::Trades })
}

/// The columns of the archives' tables that come without a header.
fn by_values(sample: &Sample<'_>) -> Option<Vec<Option<usize>>> {
    use Field as F;
    let epoch = |column: usize| {
        sample.most(column, |text| {
            number_of(text).is_some_and(|number| (6e8..5e18).contains(&number))
        })
    };
    let dated = |column: usize| {
        sample.most(column, |text| {
            number_of(text).is_none() && crate::time::looks_like_time(text)
        })
    };
    let number = |column: usize| sample.numbers(column);
    let truth = |column: usize| sample.most(column, |text| matches!(text.to_lowercase().as_str(), "true" | "false"));
    let word =
        |column: usize, words: &[&str]| sample.most(column, |text| words.contains(&text.to_uppercase().as_str()));
    let is_pair = |text: &str| number_of(text).is_none() && instrument::read(text).is_pair;
    let bar = |row: &Vec<&str>, from: usize| {
        let at = |column: usize| row.get(from + column).and_then(|text| number_of(text));
        matches!((at(0), at(1), at(2), at(3)), (Some(open), Some(high), Some(low), Some(close))
            if low > 0.0 && low <= open.min(close) && high >= open.max(close))
    };
    let bars = sample.rows.iter().filter(|row| bar(row, 1)).count() * 10 > sample.rows.len() * 9;
    let listed = |list: &[(Field, usize)]| {
        let mut columns = vec![None; Field::COUNT];
        for (field, column) in list {
            columns[field.place()] = Some(*column);
        }
        Some(columns)
    };
    let prices = [(F::Time, 0), (F::Open, 1), (F::High, 2), (F::Low, 3), (F::Close, 4)];
    match sample.width {
        11.. if epoch(0) && epoch(6) && bars => {
            listed(&[&prices[..], &[(F::Volume, 5), (F::Turnover, 7), (F::TakerBuy, 9)]].concat())
        }
        9..=10 if epoch(0) && word(1, &["BUY", "SELL"]) && number(4) && number(5) => {
            let side = [
                (F::Time, 0),
                (F::Side, 1),
                (F::OrderType, 2),
                (F::Size, 4),
                (F::Price, 5),
                (F::AveragePrice, 6),
            ];
            listed(&[&side[..], &[(F::Filled, sample.width - 1)]].concat())
        }
        8 if dated(0) && sample.most(1, is_pair) && number(2) && number(3) => listed(&[
            (F::Time, 0),
            (F::Symbol, 1),
            (F::OpenInterest, 2),
            (F::OpenInterestUsd, 3),
            (F::TakerRatio, 7),
        ]),
        7..=8 if epoch(5) && truth(6) && number(1) && number(2) => listed(&[
            (F::Id, 0),
            (F::Price, 1),
            (F::Size, 2),
            (F::Time, 5),
            (F::BuyerIsMaker, 6),
        ]),
        6 if epoch(4) && truth(5) && number(1) && number(2) => listed(&[
            (F::Id, 0),
            (F::Price, 1),
            (F::Size, 2),
            (F::Time, 4),
            (F::BuyerIsMaker, 5),
        ]),
        5..=6 if (epoch(0) || dated(0)) && bars => listed(&if sample.width > 5 && number(5) {
            [&prices[..], &[(F::Volume, 5)]].concat()
        } else {
            prices.to_vec()
        }),
        4 if (epoch(0) || dated(0))
            && sample.most(1, |text| number_of(text).is_some_and(|band| band.abs() <= 10.0)) =>
        {
            listed(&[(F::Time, 0), (F::Band, 1), (F::DepthCoins, 2), (F::DepthUsd, 3)])
        }
        3 if epoch(0) && word(1, &["1", "2", "4", "8"]) && number(2) => {
            listed(&[(F::Time, 0), (F::FundingHours, 1), (F::Funding, 2)])
        }
        _ => None,
    }
}
