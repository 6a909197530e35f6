//! The columns of a position list: by their names, where what they hold fits.

use crate::read_as::Because;
use crate::table::{Header, Mapping, Row, Table, Wanted, guess, is_missing, number_of, plain};

use super::instrument;
use super::words::{Sided, kinded, sided};

/// Rows that are looked at to find out what a column holds.
const SAMPLE: usize = 400;

/// What a list may hold, in the order of `Column`.
pub(crate) const FIELDS: &[Wanted] = &[
    Wanted::new(
        "side",
        "Side",
        &[
            "positionside",
            "posside",
            "side",
            "direction",
            "longshort",
            "buysell",
            "islong",
            "long",
            "isshort",
            "short",
            "type",
            "holdside",
        ],
    ),
    Wanted::new(
        "entry",
        "Entry price",
        &[
            "entry",
            "entryprice",
            "avgentryprice",
            "averageentryprice",
            "avgprice",
            "averageprice",
            "avgentry",
            "avgpx",
            "entrypx",
            "openprice",
            "openpriceavg",
            "avgopenprice",
            "entrypriceusd",
            "entryusd",
            "avgcostprice",
            "costprice",
            "price",
        ],
    ),
    Wanted::new(
        "size",
        "Size",
        &[
            "szi",
            "positionamt",
            "currentqty",
            "pos",
            "size",
            "quantity",
            "qty",
            "sizecoins",
            "quantitycoins",
            "coins",
            "amount",
            "positionsize",
            "positionqty",
            "sizebtc",
            "sizeeth",
            "sz",
            "holdvol",
            "total",
        ],
    ),
    Wanted::new(
        "notional",
        "Size in USD",
        &[
            "notional",
            "notionalusd",
            "sizeusd",
            "usd",
            "value",
            "valueusd",
            "positionvalue",
            "quantityusd",
            "notionalvalue",
        ],
    ),
    Wanted::new("contracts", "Size in contracts", &["contracts", "numcontracts", "lots"]),
    Wanted::new(
        "contract_size",
        "Contract size",
        &[
            "contractsize",
            "ctval",
            "contractvalue",
            "lotsize",
            "contractmultiplier",
        ],
    ),
    Wanted::new(
        "leverage",
        "Leverage",
        &["leverage", "lever", "lev", "leveragex", "effectiveleverage"],
    ),
    Wanted::new(
        "margin",
        "Margin",
        &[
            "isolatedwallet",
            "margin",
            "marginusd",
            "collateral",
            "collateralusd",
            "isolatedmargin",
            "initialmargin",
            "positionim",
            "marginused",
            "imr",
            "posmargin",
        ],
    ),
    Wanted::new(
        "margin_coins",
        "Margin in coins",
        &[
            "margincoins",
            "marginbtc",
            "margineth",
            "collateralcoins",
            "collateralbtc",
        ],
    ),
    Wanted::new("venue", "Venue", &["venue", "exchange", "platform", "market"]),
    Wanted::new(
        "asset",
        "Asset",
        &[
            "asset",
            "coin",
            "symbol",
            "instid",
            "instrument",
            "instrumentname",
            "market",
            "contract",
            "underlying",
            "pair",
            "ticker",
        ],
    ),
    Wanted::new(
        "kind",
        "Contract kind",
        &[
            "kind",
            "contractkind",
            "contracttype",
            "category",
            "insttype",
            "margintype",
            "settlement",
            "contract",
        ],
    ),
    Wanted::new("status", "Status", &["status", "state"]),
    Wanted::new(
        "liquidation",
        "Liquidation price (not used)",
        &[
            "liquidationprice",
            "liqprice",
            "liqpx",
            "liquidationpx",
            "liquidation",
            "estimatedliquidationprice",
            "liqpriceusd",
        ],
    ),
];

/// Places of [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Side,
    Entry,
    Size,
    Notional,
    Contracts,
    ContractSize,
    Leverage,
    Margin,
    MarginCoins,
    Venue,
    Asset,
    Kind,
    Status,
    Liquidation,
}

/// The line with the names of the columns.
pub(crate) fn header(table: &Table) -> Header {
    Header::find(table, |names| {
        let has = |field: &&Wanted| names.iter().any(|name| field.names.contains(&name.as_str()));
        FIELDS.iter().filter(has).count()
    })
}

/// What columns hold, judged by the first rows.
struct Look<'t> {
    header: &'t Header,
    rows: Vec<Row<'t>>,
}

impl<'t> Look<'t> {
    fn texts(&self, column: usize) -> impl Iterator<Item = &'t str> + '_ {
        let texts = self.rows.iter().filter_map(move |row| row.get(column));
        texts.filter(|text| !is_missing(text))
    }

    fn is_named(&self, column: usize, names: &[&str]) -> bool {
        self.header.names(column).any(|name| names.contains(&name.as_str()))
    }

    /// Whether it holds something, and all of it passes.
    fn all(&self, column: usize, test: impl Fn(&str) -> bool) -> bool {
        self.texts(column).next().is_some() && self.texts(column).all(test)
    }

    /// A market is an asset where it is called by two currencies, and a venue where it is not.
    fn is_of_pairs(&self, column: usize) -> bool {
        self.all(column, |text| instrument::read(text).is_pair)
    }

    /// Names that mean something else in other lists have to be borne out by what the column holds.
    fn fits(&self, key: &str, column: usize) -> bool {
        match key {
            // `type` is the contract's in some lists, `long` and `short` are sizes in others.
            "side" if self.is_named(column, &["type", "long", "short"]) => self.all(column, |text| {
                sided(text, "").is_some_and(|side| side != Sided::Net) && number_of(text).is_none()
            }),
            "venue" => !(self.is_named(column, &["market"]) && self.is_of_pairs(column)),
            "asset" => !self.is_named(column, &["contract"]) || self.is_of_pairs(column),
            "kind" if self.is_named(column, &["category", "insttype", "contract"]) => {
                self.all(column, |text| kinded(text).is_some())
            }
            // How a position is margined says nothing about the contract.
            "kind" => !self.all(column, |text| {
                matches!(plain(text).as_str(), "isolated" | "cross" | "crossed")
            }),
            _ => true,
        }
    }
}

/// The columns as their names and contents tell, and why.
pub(crate) fn mapping(table: &Table, header: &Header) -> (Mapping, Vec<Because>) {
    let look = Look {
        header,
        rows: table.rows(header.first_data).take(SAMPLE).collect(),
    };
    let mut mapping = guess(header, FIELDS, |place, column| look.fits(FIELDS[place].key, column));
    // Where one column only says that the sign of the size tells, and another one tells, the latter counts.
    if let Some(side) = mapping[Column::Side as usize]
        && look.all(side, |text| sided(text, "") == Some(Sided::Net))
    {
        let tells = |column: &usize| *column != side && look.is_named(*column, &["side", "direction"]);
        mapping[Column::Side as usize] = (0..header.width()).find(tells).or(Some(side));
    }
    (mapping, vec![Because::Name; FIELDS.len()])
}

/// Whether a table lists orders or trades, which have sides, prices and leverages as well, rather than positions.
pub(crate) fn is_of_orders(header: &Header) -> bool {
    const NAMES: [&str; 8] = [
        "ordid",
        "orderid",
        "ordtype",
        "ordertype",
        "tradeid",
        "execid",
        "fillpx",
        "timeinforce",
    ];
    (0..header.width()).any(|column| header.names(column).any(|name| NAMES.contains(&name.as_str())))
}

/// What a mapping lacks, in words; nothing if a list can be read with it.
pub(crate) fn missing(mapping: &[Option<usize>]) -> Vec<String> {
    let has = |column: Column| mapping.get(column as usize).is_some_and(Option::is_some);
    let mut missing = Vec::new();
    if !has(Column::Entry) {
        missing.push("the entry price".to_owned());
    }
    if !has(Column::Size) && !has(Column::Notional) && !has(Column::Contracts) {
        missing.push("the size (in coins, USD or contracts)".to_owned());
    }
    if !has(Column::Leverage) && !has(Column::Margin) && !has(Column::MarginCoins) {
        missing.push("the leverage or the margin".to_owned());
    }
    missing
}
