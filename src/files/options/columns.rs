//! The columns of a chain: in two halves, calls and puts, or one option a row.

use crate::read_as::Because;
use crate::table::{Header, Mapping, Table, Wanted, guess, is_missing, plain};
use cascade_scenario::OptionKind;

use super::names;

/// Rows that are looked at to find out what a column holds.
const SAMPLE: usize = 100;

const NAME: &[&str] = &[
    "calls",
    "puts",
    "instrumentname",
    "contractsymbol",
    "optionsymbol",
    "instid",
    "instrument",
    "contract",
    "symbol",
    "option",
    "name",
];
const OPEN_INTEREST: &[&str] = &[
    "openinterest",
    "openint",
    "int",
    "oi",
    "openinterestcontracts",
    "opnintrst",
];
const VOLATILITY: &[&str] = &[
    "iv",
    "impliedvolatility",
    "impliedvol",
    "impvol",
    "volatility",
    "markiv",
    "markvol",
    "midiv",
    "ivpercent",
    "ivpct",
    "sigma",
];
const GAMMA: &[&str] = &["gamma"];
const BID: &[&str] = &["bid", "bidprice", "bestbid", "bidpx", "bestbidprice"];
const ASK: &[&str] = &["ask", "askprice", "bestask", "askpx", "bestaskprice"];
const PREFIXES: [&[&str]; 2] = [&["call", "calls", "c", "ce"], &["put", "puts", "p", "pe"]];

/// What a chain may hold: what `Column` names, then what `Part` names for the calls (or for every row) and for the puts.
pub(crate) const FIELDS: &[Wanted] = &[
    Wanted::new(
        "expiry",
        "Expiry",
        &[
            "expirationdate",
            "expiration",
            "expiry",
            "expirydate",
            "expdate",
            "expiredate",
            "expirationtimestamp",
            "expirytime",
            "maturity",
            "xprydt",
            "dte",
            "days",
            "daystoexpiry",
            "daystoexpiration",
        ],
    ),
    Wanted::new("strike", "Strike", &["strike", "strikeprice", "strikepr", "strkpric"]),
    Wanted::new(
        "type",
        "Type, call or put",
        &[
            "type",
            "optiontype",
            "kind",
            "callput",
            "right",
            "putcall",
            "cp",
            "cpflag",
            "optiontyp",
            "optntp",
            "optionright",
            "cepe",
        ],
    ),
    Wanted::new(
        "spot",
        "Spot price",
        &[
            "spot",
            "underlyingprice",
            "underlyinglast",
            "spotprice",
            "undrlygpric",
            "underlyingvalue",
            "indexprice",
            "stockprice",
            "activeunderlyingprice",
        ],
    ),
    Wanted::new(
        "date",
        "Day of the quotes",
        &[
            "quotedate",
            "quotereadtime",
            "quotetime",
            "timestamp",
            "date",
            "tradedate",
            "asof",
            "snapshottime",
            "quotedatetime",
            "datadate",
            "traddt",
            "creationtimestamp",
        ],
    ),
    Wanted::new(
        "symbol",
        "Underlying",
        &[
            "underlying",
            "underlyingsymbol",
            "ticker",
            "basecurrency",
            "symbol",
            "currency",
            "tckrsymb",
        ],
    ),
    Wanted::new(
        "contract_size",
        "Units a contract",
        &["contractsize", "multiplier", "contractmultiplier", "lotsize"],
    ),
    Wanted::new("name", "Name", NAME),
    Wanted::new("open_interest", "Open interest", OPEN_INTEREST),
    Wanted::new("iv", "Implied volatility", VOLATILITY),
    Wanted::new("gamma", "Gamma", GAMMA),
    Wanted::new("bid", "Bid", BID),
    Wanted::new("ask", "Ask", ASK),
    Wanted::new("put_name", "Puts: name", NAME),
    Wanted::new("put_open_interest", "Puts: open interest", OPEN_INTEREST),
    Wanted::new("put_iv", "Puts: implied volatility", VOLATILITY),
    Wanted::new("put_gamma", "Puts: gamma", GAMMA),
    Wanted::new("put_bid", "Puts: bid", BID),
    Wanted::new("put_ask", "Puts: ask", ASK),
];

/// Places of the first fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Expiry,
    Strike,
    Kind,
    Spot,
    Date,
    Symbol,
    ContractSize,
}

/// Places of what a half holds, counted from its first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
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
const HALVES: [usize; 2] = [7, 7 + PARTS];

/// The columns of one option of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    /// Given by the layout; none: by a column or a name.
    pub kind: Option<OptionKind>,
    /// What it is called.
    pub name: Option<usize>,
    /// Contracts.
    pub open_interest: usize,
    /// The publisher's.
    pub volatility: Option<usize>,
    /// The publisher's.
    pub gamma: Option<usize>,
    /// Bid and ask, where these stand for the volatility.
    pub quotes: Option<(usize, usize)>,
}

/// The line with the names of the columns.
pub(crate) fn header(table: &Table) -> Header {
    Header::find(table, |names| {
        let has = |field: &Wanted| names.iter().any(|name| field.names.contains(&name.as_str()));
        let pair = names.iter().any(|name| name == "calls") && names.iter().any(|name| name == "puts");
        let strike = has(&FIELDS[Column::Strike as usize]);
        FIELDS[..HALVES[1]].iter().filter(|field| has(field)).count()
            + 4 * usize::from(strike)
            + usize::from(pair && names.len() > 4) * 4
    })
}

/// Whether a table is a chain by what its header says.
pub(super) fn is_header(table: &Table, header: &Header, mapping: &[Option<usize>]) -> bool {
    let at = |place: usize| mapping.get(place).copied().flatten();
    let named = at(HALVES[0]).is_some_and(|column| names_in(table, header, column));
    header.is_named()
        && (at(Column::Strike as usize).is_some() || at(HALVES[1]).is_some() || named && at(HALVES[0] + 1).is_some())
}

/// Whether a column holds names of options.
fn names_in(table: &Table, header: &Header, column: usize) -> bool {
    let texts = table
        .rows(header.first_data)
        .take(SAMPLE)
        .filter_map(|row| row.get(column));
    let texts: Vec<&str> = texts.filter(|text| !is_missing(text)).collect();
    2 * texts.iter().filter(|text| names::read(text).is_some()).count() > texts.len()
}

/// The columns as their names tell, and why.
pub(crate) fn mapping(table: &Table, header: &Header) -> (Mapping, Vec<Because>) {
    let because = vec![Because::Name; FIELDS.len()];
    let is_named = |column: usize| names_in(table, header, column);
    // A symbol is the underlying's, or names every option.
    let fits = |place: usize, column: usize| match FIELDS[place].key {
        "name" | "put_name" => header.names(column).any(|name| name == "calls" || name == "puts") || is_named(column),
        "symbol" => !is_named(column),
        _ => true,
    };
    let at = |name: &str| (0..header.width()).find(|column| header.names(*column).any(|other| other == name));
    let mut mapping = guess(header, &FIELDS[..HALVES[0]], fits);
    let halves = if let Some((calls, puts)) = at("calls").zip(at("puts")) {
        Some(if puts > calls {
            [calls..puts, puts..header.width()]
        } else {
            [calls..header.width(), puts..calls]
        })
    } else {
        around_strike(table, header, mapping[Column::Strike as usize])
    };
    if let Some(halves) = halves {
        // In two halves every row holds both kinds.
        mapping[Column::Kind as usize] = None;
        for (range, start) in halves.into_iter().zip(HALVES) {
            let inside = |place: usize, column: usize| {
                range.contains(&column) && (place != Part::Name as usize || fits(start, column))
            };
            mapping.extend(guess(header, &FIELDS[start..start + PARTS], inside));
        }
        return (mapping, because);
    }
    let prefixed = PREFIXES.map(|prefixes| prefixed(header, prefixes));
    if prefixed.iter().all(|half| half[Part::OpenInterest as usize].is_some()) {
        mapping[Column::Kind as usize] = None;
        mapping.extend(prefixed.concat());
        return (mapping, because);
    }
    let free = |column: usize| !mapping.contains(&Some(column));
    let rest = guess(header, &FIELDS[HALVES[0]..HALVES[1]], |place, column| {
        free(column) && fits(HALVES[0] + place, column)
    });
    mapping.extend(rest);
    mapping.resize(FIELDS.len(), None);
    (mapping, because)
}

/// Calls and puts as mirrors of each other around the strikes. Which is which says the row above, or else calls come first.
fn around_strike(table: &Table, header: &Header, strike: Option<usize>) -> Option<[std::ops::Range<usize>; 2]> {
    let strike = strike?;
    let open = |mut range: std::ops::Range<usize>| {
        range.any(|column| header.names(column).any(|name| OPEN_INTEREST.contains(&name.as_str())))
    };
    let (left, right) = (0..strike, strike + 1..header.width());
    if !open(left.clone()) || !open(right.clone()) {
        return None;
    }
    let above = header.rows.start.checked_sub(1).and_then(|row| table.row(row));
    let place = |name: &str| above?.iter().position(|text| plain(text) == name);
    match (place("calls"), place("puts")) {
        (Some(calls), Some(puts)) if puts < calls => Some([right, left]),
        _ => Some([left, right]),
    }
}

/// Columns such as `call_oi` and `put_oi`.
fn prefixed(header: &Header, prefixes: &[&str]) -> Mapping {
    FIELDS[HALVES[0]..HALVES[1]]
        .iter()
        .map(|field| {
            (0..header.width()).find(|column| {
                header.names(*column).any(|name| {
                    prefixes.iter().any(|prefix| {
                        name.strip_prefix(prefix)
                            .is_some_and(|rest| field.names.contains(&rest))
                    })
                })
            })
        })
        .collect()
}

/// What a mapping lacks, in words; nothing if a chain can be read with it.
pub(crate) fn missing(mapping: &[Option<usize>]) -> Vec<String> {
    let has = |place: usize| mapping.get(place).copied().flatten().is_some();
    let in_halves = has(HALVES[1] + Part::OpenInterest as usize) || has(HALVES[1]);
    let starts = if in_halves { &HALVES[..] } else { &HALVES[..1] };
    let named = starts.iter().all(|start| has(start + Part::Name as usize));
    let mut missing = Vec::new();
    if !has(Column::Strike as usize) && !named {
        missing.push("`strike`".to_owned());
    }
    if !in_halves && !has(Column::Kind as usize) && !named {
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

/// Whether nothing says when options expire: neither a column nor their names.
pub(super) fn lacks_expiry(mapping: &[Option<usize>]) -> bool {
    let has = |place: usize| mapping.get(place).copied().flatten().is_some();
    !has(Column::Expiry as usize) && !has(HALVES[0])
}

/// The options of a row; the mapping lacks nothing.
pub(super) fn halves(mapping: &[Option<usize>]) -> Vec<Half> {
    let at = |place: usize| mapping.get(place).copied().flatten();
    let kinds = if at(HALVES[1] + Part::OpenInterest as usize).is_some() {
        vec![Some(OptionKind::Call), Some(OptionKind::Put)]
    } else {
        vec![None]
    };
    let halves = kinds.into_iter().zip(HALVES).filter_map(|(kind, start)| {
        let part = |part: Part| at(start + part as usize);
        let volatility = part(Part::Volatility);
        Some(Half {
            kind,
            name: part(Part::Name),
            open_interest: part(Part::OpenInterest)?,
            volatility,
            gamma: part(Part::Gamma),
            quotes: part(Part::Bid).zip(part(Part::Ask)).filter(|_| volatility.is_none()),
        })
    });
    halves.collect()
}
