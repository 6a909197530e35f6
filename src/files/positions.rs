//! Position lists as tables: one levered position a row. Which column holds what is found by its name, and can be said.

use cascade_scenario::{ASSETS_MAX, ListedPosition, POSITIONS_MAX, PositionKind, PositionSide, Scenario, VENUES_MAX};

use super::preset::{PresetError, Problem};
use super::table::{Complaints, Decimal, Field, Mapping, Table, Wanted, guess};

/// What a list may hold, in the order of `Column`.
pub const FIELDS: &[Wanted] = &[
    Wanted {
        label: "Side",
        names: &["side", "direction", "positionside", "type", "longshort", "buysell"],
    },
    Wanted {
        label: "Entry price",
        names: &[
            "entry",
            "entryprice",
            "avgentryprice",
            "averageentryprice",
            "avgprice",
            "averageprice",
            "avgentry",
            "openprice",
            "entrypx",
            "entrypriceusd",
            "entryusd",
            "price",
        ],
    },
    Wanted {
        label: "Size in coins",
        names: &[
            "size",
            "quantity",
            "qty",
            "sizecoins",
            "quantitycoins",
            "coins",
            "amount",
            "positionamt",
            "positionsize",
            "szi",
            "sizebtc",
            "sizeeth",
        ],
    },
    Wanted {
        label: "Size in USD",
        names: &[
            "notional",
            "notionalusd",
            "sizeusd",
            "usd",
            "value",
            "valueusd",
            "positionvalue",
            "contracts",
            "quantityusd",
        ],
    },
    Wanted {
        label: "Leverage",
        names: &["leverage", "lev", "leveragex", "effectiveleverage"],
    },
    Wanted {
        label: "Margin in USD",
        names: &[
            "margin",
            "marginusd",
            "collateral",
            "collateralusd",
            "isolatedmargin",
            "initialmargin",
            "marginused",
            "isolatedwallet",
        ],
    },
    Wanted {
        label: "Margin in coins",
        names: &[
            "margincoins",
            "marginbtc",
            "margineth",
            "collateralcoins",
            "collateralbtc",
        ],
    },
    Wanted {
        label: "Venue",
        names: &["venue", "exchange", "market", "platform"],
    },
    Wanted {
        label: "Asset",
        names: &["asset", "coin", "symbol", "underlying", "instrument"],
    },
    Wanted {
        label: "Contract kind",
        names: &[
            "kind",
            "contractkind",
            "contracttype",
            "contract",
            "margintype",
            "settlement",
        ],
    },
];

/// Places of [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Side,
    Entry,
    Coins,
    Notional,
    Leverage,
    Margin,
    MarginCoins,
    Venue,
    Asset,
    Kind,
}

/// How many venues and assets there are to place positions at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Number of venues.
    pub venues: u32,
    /// Number of assets.
    pub assets: u32,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            venues: VENUES_MAX as u32,
            assets: ASSETS_MAX as u32,
        }
    }
}

impl Places {
    /// Those of a scenario.
    pub const fn of(scenario: &Scenario) -> Self {
        Self {
            venues: scenario.parameters.venues.count,
            assets: scenario.parameters.assets.count,
        }
    }
}

/// A list as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PositionList {
    /// The positions, in the order of the file.
    pub positions: Vec<ListedPosition>,
    /// What the venues are called, the first one first; none where the file numbers them or has none.
    pub venues: Vec<String>,
    /// What the assets are called, in the same way.
    pub assets: Vec<String>,
    /// What is worth knowing and no mistake.
    pub warnings: Vec<Problem>,
}

/// Reads a text whose columns are named; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str, places: Places) -> Result<PositionList, PresetError> {
    let table = Table::of(text);
    let header = table.header();
    read(&table, header, &mapping(&table, header), places).map_err(|problems| PresetError::Mistakes {
        origin: origin.to_owned(),
        problems,
    })
}

/// The columns as their names tell.
pub fn mapping(table: &Table<'_>, header: Option<usize>) -> Mapping {
    let names = header.map_or_else(Vec::new, |header| table.names(header));
    guess(&names, FIELDS)
}

/// What a mapping lacks, in words; nothing if a list can be read with it.
pub fn missing(mapping: &[Option<usize>]) -> Vec<&'static str> {
    let has = |column: Column| mapping.get(column as usize).is_some_and(Option::is_some);
    let mut missing = Vec::new();
    if !has(Column::Entry) {
        missing.push("the entry price");
    }
    if !has(Column::Coins) && !has(Column::Notional) {
        missing.push("the size (in coins or in USD)");
    }
    if !has(Column::Leverage) && !has(Column::Margin) && !has(Column::MarginCoins) {
        missing.push("the leverage or the margin");
    }
    missing
}

/// Reads a table with these columns. Without a column for the side, the sign of the size is the side.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub fn read(
    table: &Table<'_>,
    header: Option<usize>,
    mapping: &[Option<usize>],
    places: Places,
) -> Result<PositionList, Vec<Problem>> {
    let mut reader = Reader {
        mapping,
        places,
        complaints: Complaints::of(table, header),
        list: PositionList::default(),
        numbered: [true; 2],
    };
    let line = header.map_or(1, |header| header + 1);
    for lacking in missing(mapping) {
        reader.complaints.add(line, 1, format!("no column holds {lacking}"));
    }
    if !reader.complaints.problems.is_empty() {
        return Err(reader.complaints.problems);
    }
    let from = header.map_or(0, |header| header + 1);
    reader.complaints.learn(table, from, mapping);
    if !reader.complaints.problems.is_empty() {
        return Err(reader.complaints.problems);
    }
    let decimal = reader.complaints.decimal;
    reader.numbered = [Column::Venue, Column::Asset].map(|column| {
        let Some(place) = mapping[column as usize] else {
            return true;
        };
        let texts = table.rows(from).filter_map(|(_, fields)| fields.into_iter().nth(place));
        texts
            .into_iter()
            .all(|field| field.text.is_empty() || decimal.read(&field.text).is_some())
    });
    for (line, fields) in table.rows(from) {
        if reader.list.positions.len() == POSITIONS_MAX {
            let message = format!("this is one position too many; allowed are at most {POSITIONS_MAX}");
            reader.complaints.add(line, 1, message);
        }
        if reader.complaints.enough() || reader.list.positions.len() == POSITIONS_MAX {
            break;
        }
        if reader.complaints.is_whole(line, &fields, mapping) {
            reader.row(line, &fields);
        }
    }
    if reader.list.positions.is_empty() && reader.complaints.problems.is_empty() {
        reader.complaints.add(table.len().max(1), 1, "the table has no rows");
    }
    if reader.complaints.problems.is_empty() {
        Ok(reader.list)
    } else {
        Err(reader.complaints.in_order())
    }
}

struct Reader<'m> {
    mapping: &'m [Option<usize>],
    places: Places,
    complaints: Complaints,
    list: PositionList,
    /// Whether venues and assets are numbers.
    numbered: [bool; 2],
}

impl Reader<'_> {
    fn row(&mut self, line: usize, fields: &[Field]) {
        let kind = self.kind(line, fields);
        let side = self.side(line, fields);
        let entry = self.amount(line, fields, Column::Entry, "entry price", range("entry"));
        let size = self.size(line, fields, kind, side, entry);
        let leverage = self.leverage(line, fields, entry, size.map(|(_, _, notional)| notional));
        let venue = self.place(line, fields, Column::Venue);
        let asset = self.place(line, fields, Column::Asset);
        if let (Some(kind), Some(entry), Some((side, size, _)), Some(leverage), Some(venue), Some(asset)) =
            (kind, entry, size, leverage, venue, asset)
        {
            self.list.positions.push(ListedPosition {
                side,
                entry,
                size,
                leverage,
                venue,
                asset,
                kind,
            });
        }
    }

    /// The field of a column, if there is such a column; blank ones count as none.
    fn optional<'f>(&mut self, line: usize, fields: &'f [Field], column: Column, what: &str) -> Option<&'f Field> {
        let place = self.mapping[column as usize]?;
        let field = self.complaints.field(line, fields, place, what)?;
        (!field.text.is_empty()).then_some(field)
    }

    fn amount(
        &mut self,
        line: usize,
        fields: &[Field],
        column: Column,
        what: &str,
        (low, high): (f64, f64),
    ) -> Option<f64> {
        let place = self.mapping[column as usize]?;
        let field = self.complaints.field(line, fields, place, what)?;
        let allowed = format!("a number from {} to {}", bound(low), bound(high));
        self.complaints
            .number(line, field, what, |value| (low..=high).contains(&value), &allowed)
    }

    fn kind(&mut self, line: usize, fields: &[Field]) -> Option<PositionKind> {
        let Some(field) = self.optional(line, fields, Column::Kind, "contract kind") else {
            return Some(PositionKind::Linear);
        };
        match super::table::plain(&field.text).as_str() {
            "linear" | "usdt" | "usdm" | "usdc" | "usd" | "vanilla" => Some(PositionKind::Linear),
            "inverse" | "coin" | "coinm" | "coinmargined" => Some(PositionKind::Inverse),
            _ => {
                self.complaints
                    .refuse(line, field, "contract kind", "linear or inverse");
                None
            }
        }
    }

    /// None where the sign of the size tells.
    fn side(&mut self, line: usize, fields: &[Field]) -> Option<Result<PositionSide, ()>> {
        let place = self.mapping[Column::Side as usize]?;
        let Some(field) = self.complaints.field(line, fields, place, "side") else {
            return Some(Err(()));
        };
        match field.text.to_lowercase().as_str() {
            "long" | "buy" | "bid" | "l" | "b" | "1" | "+1" => Some(Ok(PositionSide::Long)),
            "short" | "sell" | "ask" | "s" | "-1" | "\u{2212}1" => Some(Ok(PositionSide::Short)),
            _ => {
                self.complaints
                    .refuse(line, field, "side", "long or short (also buy or sell)");
                Some(Err(()))
            }
        }
    }

    /// Side, size in the contract's own units, and notional in USD.
    fn size(
        &mut self,
        line: usize,
        fields: &[Field],
        kind: Option<PositionKind>,
        side: Option<Result<PositionSide, ()>>,
        entry: Option<f64>,
    ) -> Option<(PositionSide, f64, f64)> {
        let (column, what) = if self.mapping[Column::Coins as usize].is_some() {
            (Column::Coins, "size in coins")
        } else {
            (Column::Notional, "size in USD")
        };
        let place = self.mapping[column as usize]?;
        let field = self.complaints.field(line, fields, place, what)?;
        let (low, high) = range("size");
        let sound = |value: f64| (low..=high).contains(&value.abs());
        let allowed = match side {
            None => format!("a number from {} to {}, below 0 for a short", bound(low), bound(high)),
            Some(_) => format!("a number from {} to {}", bound(low), bound(high)),
        };
        // Some lists give shorts a sign as well as a name; a long of a negative size contradicts itself.
        let signed = |value: f64| value > 0.0 || matches!(side, None | Some(Ok(PositionSide::Short)));
        let value = self
            .complaints
            .number(line, field, what, |value| sound(value) && signed(value), &allowed)?;
        let side = match side {
            None if value > 0.0 => PositionSide::Long,
            None => PositionSide::Short,
            Some(side) => side.ok()?,
        };
        let (size, entry) = (value.abs(), entry?);
        let (coins, notional) = if column == Column::Coins {
            (size, size * entry)
        } else {
            (size / entry, size)
        };
        let units = if kind? == PositionKind::Linear { coins } else { notional };
        if !(low..=high).contains(&units) {
            let (low, high) = (bound(low), bound(high));
            let message = format!("the size comes to {units:e}; allowed is a number from {low} to {high}");
            self.complaints.at(line, field, message);
            return None;
        }
        Some((side, units, notional))
    }

    /// What the margin says counts, where there is one; else what the leverage says.
    fn leverage(&mut self, line: usize, fields: &[Field], entry: Option<f64>, notional: Option<f64>) -> Option<f64> {
        let (low, high) = range("leverage");
        let margin = [(Column::Margin, "margin"), (Column::MarginCoins, "margin in coins")]
            .into_iter()
            .find_map(|(column, what)| Some((column, what, self.optional(line, fields, column, what)?)));
        let Some((column, what, field)) = margin else {
            let place = self.mapping[Column::Leverage as usize];
            let Some(place) = place else {
                let (column, what) = if self.mapping[Column::Margin as usize].is_some() {
                    (Column::Margin, "margin")
                } else {
                    (Column::MarginCoins, "margin in coins")
                };
                // The column is there, and this field of it is blank.
                let field = self.mapping[column as usize].and_then(|place| fields.get(place))?;
                self.complaints.at(line, field, format!("the {what} is missing"));
                return None;
            };
            return self.stated_leverage(line, fields, place);
        };
        let amount = self
            .complaints
            .number(line, field, what, |value| value > 0.0, "a number above 0")?;
        let margin = if column == Column::MarginCoins {
            amount * entry?
        } else {
            amount
        };
        let leverage = notional? / margin;
        if !(low..=high).contains(&leverage) {
            let message = format!(
                "the {what} is `{}`, which makes a leverage of {leverage}; allowed is {low} to {high}",
                field.text
            );
            self.complaints.at(line, field, message);
            return None;
        }
        let stated = self.mapping[Column::Leverage as usize]
            .and_then(|place| fields.get(place))
            .and_then(|field| leverage_of(&field.text, self.complaints.decimal));
        if stated.is_some_and(|stated| (stated / leverage - 1.0).abs() > 0.01) {
            self.list.warnings.push(Problem {
                line,
                column: field.column,
                field: Some(self.complaints.place(field.number)),
                message: format!(
                    "margin and leverage disagree: the margin counts, which makes {}×",
                    cascade_scenario::format::digits(leverage, 4)
                ),
            });
        }
        Some(leverage)
    }

    fn stated_leverage(&mut self, line: usize, fields: &[Field], place: usize) -> Option<f64> {
        let (low, high) = range("leverage");
        let field = self.complaints.field(line, fields, place, "leverage")?;
        let value = leverage_of(&field.text, self.complaints.decimal).filter(|value| (low..=high).contains(value));
        if value.is_none() {
            let allowed = format!("a number from {} to {}", bound(low), bound(high));
            self.complaints.refuse(line, field, "leverage", &allowed);
        }
        value
    }

    /// The number of a venue or asset. Where they have names, the names count in the order in which they appear.
    fn place(&mut self, line: usize, fields: &[Field], column: Column) -> Option<u32> {
        let (what, most) = if column == Column::Venue {
            ("venue", self.places.venues)
        } else {
            ("asset", self.places.assets)
        };
        let Some(field) = self.optional(line, fields, column, what) else {
            return Some(1);
        };
        if self.numbered[usize::from(column == Column::Asset)] {
            let whole = |value: f64| value.fract() == 0.0 && (1.0..=f64::from(most)).contains(&value);
            let allowed = format!("a whole number from 1 to {most}, as many as the scenario has");
            let value = self.complaints.number(line, field, what, whole, &allowed)?;
            return Some(value as u32);
        }
        let names = if column == Column::Venue {
            &mut self.list.venues
        } else {
            &mut self.list.assets
        };
        let known = names.iter().position(|name| name.eq_ignore_ascii_case(&field.text));
        if known.is_none() && names.len() >= most as usize {
            let allowed = format!(
                "one of the first {most} ({}), as many as the scenario has",
                names.join(", ")
            );
            self.complaints.refuse(line, field, what, &allowed);
            return None;
        }
        let index = known.unwrap_or_else(|| {
            names.push(field.text.clone());
            names.len() - 1
        });
        Some(index as u32 + 1)
    }
}

/// A leverage as people write it: `50`, `50x`, `50×`.
fn leverage_of(text: &str, decimal: Decimal) -> Option<f64> {
    decimal.read(text.trim_end_matches(['x', 'X', '×']).trim_end())
}

/// A bound as people write it: `1e15` and not fifteen zeros.
fn bound(value: f64) -> String {
    if (1e-3..1e6).contains(&value) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Smallest and largest value of a field of a position.
fn range(name: &str) -> (f64, f64) {
    ListedPosition::RANGES
        .into_iter()
        .find(|(field, _, _)| *field == name)
        .map_or((0.0, f64::INFINITY), |(_, low, high)| (low, high))
}
