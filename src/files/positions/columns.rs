//! The columns of a position list: by their names, where what they hold fits.

use crate::number::Decimal;
use crate::read_as::Because;
use crate::table::{Header, Mapping, Table, Wanted, guess, is_missing, plain};

use super::instrument;
use super::words::{Sided, sided};

/// Rows that are looked at to find out what a column holds.
const SAMPLE: usize = 400;

/// What a list may hold, in the order of `Column`.
pub const FIELDS: &[Wanted] = &[
    wanted(
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
    wanted(
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
    wanted(
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
    wanted(
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
    wanted("contracts", "Size in contracts", &["contracts", "numcontracts", "lots"]),
    wanted(
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
    wanted(
        "leverage",
        "Leverage",
        &["leverage", "lever", "lev", "leveragex", "effectiveleverage"],
    ),
    wanted(
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
    wanted(
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
    wanted("venue", "Venue", &["venue", "exchange", "platform", "market"]),
    wanted(
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
    wanted(
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
    wanted("status", "Status", &["status", "state"]),
    wanted(
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

const fn wanted(key: &'static str, label: &'static str, names: &'static [&'static str]) -> Wanted {
    Wanted { key, label, names }
}

/// Places of [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
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
pub fn header(table: &Table) -> Header {
    Header::find(table, |names| {
        let has = |field: &&Wanted| names.iter().any(|name| field.names.contains(&name.as_str()));
        FIELDS.iter().filter(has).count()
    })
}

/// The columns as their names and contents tell, and why.
pub fn mapping(table: &Table, header: &Header) -> (Mapping, Vec<Because>) {
    let rows: Vec<_> = table.rows(header.first_data).take(SAMPLE).collect();
    let texts = |column: usize| {
        rows.iter()
            .filter_map(move |row| row.get(column))
            .filter(|text| !is_missing(text))
    };
    let number = |text: &str| Decimal::Point.read(text).or_else(|| Decimal::Comma.read(text));
    let numeric = |column: usize| {
        let count = texts(column).count();
        count == 0 || 2 * texts(column).filter(|text| number(text).is_some()).count() >= count
    };
    let named = |column: usize, name: &str| header.names(column).any(|other| other == name);
    // A market is an asset where it is called by two currencies, and a venue where it is not.
    let pairs =
        |column: usize| texts(column).next().is_some() && texts(column).all(|text| instrument::read(text).is_pair);
    let fits = |place: usize, column: usize| match FIELDS[place].key {
        "side" => {
            let loose = !named(column, "type") && !named(column, "long") && !named(column, "short");
            let says = |text: &str| sided(text, "").is_some();
            if loose {
                texts(column).next().is_none() || texts(column).any(|text| says(text)) || !numeric(column)
            } else {
                texts(column).any(|text| says(text))
                    && texts(column).filter(|text| !says(text)).count() * 2 < texts(column).count().max(1)
                    && !(numeric(column) && !named(column, "type"))
                    && !texts(column).all(|text| sided(text, "") == Some(Sided::Net))
            }
        }
        "venue" => !(named(column, "market") && pairs(column)),
        "asset" => !named(column, "contract") || pairs(column),
        "kind" => {
            !pairs(column)
                && !(named(column, "margintype")
                    && texts(column).all(|text| matches!(plain(text).as_str(), "isolated" | "cross" | "crossed")))
        }
        "entry" | "size" | "notional" | "contracts" => numeric(column) || texts(column).all(|text| text.len() < 20),
        "contract_size" => numeric(column),
        _ => true,
    };
    let mut mapping = guess(header, FIELDS, fits);
    // Both ways of telling it in one list: the one that says more.
    let better = |better: &str| (0..header.width()).find(|column| named(*column, better));
    if let Some(side) = mapping[Column::Side as usize]
        && texts(side).all(|text| sided(text, "") == Some(Sided::Net))
        && let Some(other) = better("side").filter(|other| *other != side)
    {
        mapping[Column::Side as usize] = Some(other);
    }
    (mapping, vec![Because::Name; FIELDS.len()])
}

/// Whether a table lists orders or trades, which have sides, prices and leverages as well, rather than positions.
pub fn is_of_orders(header: &Header) -> bool {
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
pub fn missing(mapping: &[Option<usize>]) -> Vec<String> {
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
