//! The columns of a chain: in two halves, calls and puts, or one option a row.

use cascade_scenario::OptionKind;

use super::super::table::{Mapping, Table, Wanted, guess};

const NAME: &[&str] = &["calls", "puts"];
const OPEN_INTEREST: &[&str] = &["openinterest", "openint", "int", "oi"];
const VOLATILITY: &[&str] = &[
    "iv",
    "impliedvolatility",
    "impliedvol",
    "impvol",
    "volatility",
    "markiv",
];
const GAMMA: &[&str] = &["gamma"];
const BID: &[&str] = &["bid", "bidprice"];
const ASK: &[&str] = &["ask", "askprice"];

/// What a chain may hold: what `Column` names, then what `Part` names for the calls (or for every row) and for the puts.
pub const FIELDS: &[Wanted] = &[
    wanted(
        "Expiry",
        &[
            "expirationdate",
            "expiration",
            "expiry",
            "days",
            "dte",
            "expirydate",
            "expdate",
        ],
    ),
    wanted("Strike", &["strike", "strikeprice"]),
    wanted(
        "Type, call or put",
        &["type", "optiontype", "kind", "callput", "right", "putcall", "cp"],
    ),
    wanted(
        "Spot price",
        &["spot", "underlyingprice", "underlyinglast", "spotprice"],
    ),
    wanted("Name", NAME),
    wanted("Open interest", OPEN_INTEREST),
    wanted("Implied volatility", VOLATILITY),
    wanted("Gamma", GAMMA),
    wanted("Bid", BID),
    wanted("Ask", ASK),
    wanted("Puts: name", NAME),
    wanted("Puts: open interest", OPEN_INTEREST),
    wanted("Puts: implied volatility", VOLATILITY),
    wanted("Puts: gamma", GAMMA),
    wanted("Puts: bid", BID),
    wanted("Puts: ask", ASK),
];

const fn wanted(label: &'static str, names: &'static [&'static str]) -> Wanted {
    Wanted { label, names }
}

/// Places of the first fields.
#[derive(Clone, Copy)]
enum Column {
    Expiry,
    Strike,
    Kind,
    Spot,
}

/// Places of what a half holds, counted from its first.
#[derive(Clone, Copy)]
enum Part {
    Name,
    OpenInterest,
    Volatility,
    Gamma,
    Bid,
    Ask,
}

/// How many columns a half has.
const PARTS: usize = 6;
/// Where the calls' fields begin, and where the puts'.
const HALVES: [usize; 2] = [4, 4 + PARTS];

/// Where each thing stands in a row.
pub struct Columns {
    /// Day or days; none: the names tell.
    pub expiry: Option<usize>,
    /// None: the names tell.
    pub strike: Option<usize>,
    /// Price of the underlying.
    pub spot: Option<usize>,
    /// The options of a row.
    pub halves: Vec<Half>,
}

/// The columns of one option of a row.
pub struct Half {
    /// Given by the layout, or by a column.
    pub kind: Result<OptionKind, usize>,
    /// Read where there is no strike or no expiry.
    pub name: Option<usize>,
    /// Contracts.
    pub open_interest: usize,
    /// A column, or those of bid and ask.
    pub volatility: Result<usize, (usize, usize)>,
    /// The publisher's.
    pub gamma: Option<usize>,
}

/// The line with the names of the columns.
pub fn header(table: &Table<'_>) -> Option<usize> {
    table.find_header(|names| {
        let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
        has(FIELDS[Column::Strike as usize].names) || has(&["calls"]) && has(&["puts"])
    })
}

/// The columns as their names tell.
pub fn mapping(table: &Table<'_>, header: Option<usize>) -> Mapping {
    let names = header.map_or_else(Vec::new, |header| table.names(header));
    let at = |name: &str| names.iter().position(|column| column == name);
    let Some((calls, puts)) = at("calls").zip(at("puts")) else {
        let mut mapping = guess(&names, &FIELDS[..HALVES[1]]);
        mapping.resize(FIELDS.len(), None);
        return mapping;
    };
    let mut mapping = guess(&names, &FIELDS[..HALVES[0]]);
    // In two halves every row holds both kinds.
    mapping[Column::Kind as usize] = None;
    let ends = if puts > calls {
        [puts, names.len()]
    } else {
        [names.len(), calls]
    };
    for ((from, to), start) in [calls, puts].into_iter().zip(ends).zip(HALVES) {
        let found = guess(&names[from..to], &FIELDS[start..start + PARTS]);
        mapping.extend(found.into_iter().map(|place| Some(place? + from)));
    }
    mapping
}

/// What a mapping lacks, in words; nothing if a chain can be read with it.
pub fn missing(mapping: &[Option<usize>]) -> Vec<String> {
    let has = |place: usize| mapping.get(place).copied().flatten().is_some();
    let in_halves = !has(Column::Kind as usize);
    let starts = if in_halves { &HALVES[..] } else { &HALVES[..1] };
    let named = in_halves && starts.iter().all(|start| has(start + Part::Name as usize));
    let mut missing = Vec::new();
    for (column, name) in [(Column::Strike, "`strike`"), (Column::Expiry, "`expiry`")] {
        if !has(column as usize) && !named {
            missing.push(name.to_owned());
        }
    }
    if in_halves && !has(HALVES[1] + Part::OpenInterest as usize) {
        missing.push("`type`, and no columns `calls` and `puts`".to_owned());
        return missing;
    }
    for (start, whose) in starts.iter().zip([" of the calls", " of the puts"]) {
        let whose = if in_halves { whose } else { "" };
        if !has(start + Part::OpenInterest as usize) {
            missing.push(format!("`open interest`{whose}"));
        }
        let quoted = has(start + Part::Bid as usize) && has(start + Part::Ask as usize);
        if !has(start + Part::Volatility as usize) && !quoted {
            missing.push(format!("`iv`{whose}, nor `bid` and `ask`"));
        }
    }
    missing
}

impl Columns {
    /// None if the mapping lacks something.
    pub fn of(mapping: &[Option<usize>]) -> Option<Self> {
        if !missing(mapping).is_empty() {
            return None;
        }
        let at = |place: usize| mapping.get(place).copied().flatten();
        let (expiry, strike) = (at(Column::Expiry as usize), at(Column::Strike as usize));
        let kinds = match at(Column::Kind as usize) {
            Some(column) => vec![Err(column)],
            None => vec![Ok(OptionKind::Call), Ok(OptionKind::Put)],
        };
        let halves = kinds.into_iter().zip(HALVES).map(|(kind, start)| {
            let part = |part: Part| at(start + part as usize);
            let quotes = part(Part::Bid).zip(part(Part::Ask));
            let volatility = part(Part::Volatility).map(Ok);
            Some(Half {
                kind,
                name: part(Part::Name).filter(|_| strike.is_none() || expiry.is_none()),
                open_interest: part(Part::OpenInterest)?,
                volatility: volatility.or_else(|| quotes.map(Err))?,
                gamma: part(Part::Gamma),
            })
        });
        Some(Self {
            expiry,
            strike,
            spot: at(Column::Spot as usize),
            halves: halves.collect::<Option<_>>()?,
        })
    }
}
