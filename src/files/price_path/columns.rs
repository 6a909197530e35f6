//! The columns of a path: by their names, and by what they hold.

use crate::number::Decimal;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::read_as::Because;
use crate::table::{Header, Mapping, Row, Table, Wanted, guess, is_missing, plain};
use crate::time::{Form, recognise, time_of_day};

/// Rows that are looked at to find out what a column holds.
const SAMPLE: usize = 400;

const TIMES: &[&str] = &[
    "timestamp",
    "time",
    "datetime",
    "unix",
    "unixtime",
    "unixtimestamp",
    "opentime",
    "date",
    "ts",
    "t",
    "seconds",
    "timeseconds",
    "snappedat",
    "observationdate",
    "createdat",
    "ms",
    "milliseconds",
    "epoch",
    "datum",
    "fecha",
    "zeit",
];
const CLOCKS: &[&str] = &[
    "time",
    "timeofday",
    "clock",
    "hour",
    "hhmmss",
    "uhrzeit",
    "zeit",
    "hora",
    "msofday",
    "tradetime",
];
const PRICES: &[&str] = &[
    "close",
    "closelast",
    "price",
    "last",
    "closeprice",
    "closingprice",
    "lastprice",
    "latest",
    "latestprice",
    "ltp",
    "c",
    "spot",
    "spotprice",
    "spotpriceusd",
    "priceusd",
    "closeusd",
    "adjclose",
    "settle",
    "settleprice",
    "settlement",
    "settlementprice",
    "markprice",
    "markpx",
    "indexprice",
    "oraclepx",
    "midpx",
    "mid",
    "midprice",
    "weightedaverage",
    "vwap",
    "rate",
    "value",
    "nav",
    "px",
    "p",
    "schlusskurs",
    "schluss",
    "kurs",
    "zuletzt",
    "cierre",
    "ultimo",
    "último",
    "cloture",
    "clôture",
    "dernier",
    "fechamento",
    "chiusura",
];
/// Names of columns with numbers that are no price.
const NO_PRICES: &[&str] = &[
    "volume",
    "vol",
    "amount",
    "size",
    "qty",
    "quantity",
    "count",
    "trades",
    "tradecount",
    "id",
    "tradeid",
    "openinterest",
    "oi",
    "marketcap",
    "totalvolume",
    "funding",
    "fundingrate",
    "change",
    "changepercent",
    "high",
    "low",
    "depth",
    "notional",
    "percentage",
    "index",
    "no",
];
const SYMBOLS: &[&str] = &[
    "symbol",
    "ticker",
    "pair",
    "instrument",
    "instrumentname",
    "instid",
    "coin",
    "asset",
    "market",
    "product",
    "productid",
    "currencypair",
    "code",
    "name",
    "underlying",
    "contract",
    "isin",
];
const SIDES: &[&str] = &["side", "bidask", "booktype"];
const VENUES: &[&str] = &["exchange", "venue", "source"];

/// What a path holds, in the order of [`Mapping`].
pub(crate) const FIELDS: &[Wanted] = &[
    Wanted::new("time", "Time", TIMES),
    Wanted::new("clock", "Time of day", CLOCKS),
    Wanted::new("price", "Price", PRICES),
    Wanted::new("symbol", "Symbol column", SYMBOLS),
    Wanted::new("side", "Side of a book", SIDES),
    Wanted::new("venue", "Venue", VENUES),
];

/// Places of [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Time,
    Clock,
    Price,
    Symbol,
    Side,
    Venue,
}

/// The line with the names of the columns.
pub(crate) fn header(table: &Table) -> Header {
    Header::find(table, |names| {
        let has = |list: &[&str]| names.iter().any(|name| list.contains(&name.as_str()));
        usize::from(has(TIMES)) + usize::from(has(PRICES)) + usize::from(has(SYMBOLS)) + usize::from(has(NO_PRICES))
    })
}

/// What a column holds, judged by the first rows.
struct Look<'t> {
    header: &'t Header,
    rows: Vec<Row<'t>>,
}

impl<'t> Look<'t> {
    fn texts(&self, column: usize) -> impl Iterator<Item = &'t str> + Clone + '_ {
        self.rows
            .iter()
            .filter_map(move |row| row.get(column))
            .filter(|text| !is_missing(text))
    }

    fn number(text: &str) -> Option<f64> {
        Decimal::Point.read(text).or_else(|| Decimal::Comma.read(text))
    }

    fn form(&self, column: usize) -> Option<Form> {
        let name = self.header.titles(column).last().map(plain).unwrap_or_default();
        // A column whose numbers have decimal commas holds no times.
        recognise(self.texts(column), &name, Decimal::Point).map(|clock| clock.form)
    }

    /// Whether most of what it holds are numbers; nothing may become any.
    fn is_numeric(&self, column: usize) -> bool {
        let count = self.texts(column).count();
        let numbers = self.texts(column).filter(|text| Self::number(text).is_some()).count();
        2 * numbers >= count
    }

    fn numbers(&self, column: usize) -> Option<Vec<f64>> {
        self.rows.iter().map(|row| Self::number(row.get(column)?)).collect()
    }

    /// Whether a column goes on in one direction, and does not stand still.
    fn advances(&self, column: usize) -> bool {
        let Some(numbers) = self.numbers(column) else {
            // Dates need not be numbers.
            return true;
        };
        let one_way = |up: bool| {
            numbers
                .windows(2)
                .all(|pair| if up { pair[0] <= pair[1] } else { pair[0] >= pair[1] })
        };
        (one_way(true) || one_way(false)) && (numbers.len() < 2 || numbers.first() != numbers.last())
    }

    /// Whether a column says the same in all of several rows.
    fn is_constant(&self, column: usize) -> bool {
        let mut texts = self.texts(column);
        let first = texts.next();
        self.rows.len() > 1 && texts.all(|text| Some(text) == first)
    }

    /// Whether a column only counts rows.
    fn counts(&self, column: usize) -> bool {
        self.numbers(column)
            .is_some_and(|numbers| numbers.len() > 2 && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0))
    }
}

/// The columns as their names and contents tell, and why.
pub(crate) fn mapping(table: &Table, header: &Header) -> (Mapping, Vec<Because>) {
    let look = Look {
        header,
        rows: table.rows(header.first_data).take(SAMPLE).collect(),
    };
    let width = header.width();
    let mut because = vec![Because::Name; FIELDS.len()];
    let mut mapping: Mapping = vec![None; FIELDS.len()];
    let (time, named) = time_column(&look, width).map_or((None, true), |(column, named)| (Some(column), named));
    mapping[Column::Time as usize] = time;
    if !named {
        because[Column::Time as usize] = Because::Content;
    }
    if let Some(time) = time.filter(|time| look.form(*time).is_some_and(Form::is_day)) {
        mapping[Column::Clock as usize] = clock_column(&look, width, time);
    }
    let taken = mapping.clone();
    let free = |column: usize| !taken.contains(&Some(column));
    let by_name = guess(header, FIELDS, |place, column| {
        free(column)
            && match place {
                place if place == Column::Price as usize => look.is_numeric(column),
                place if place == Column::Time as usize || place == Column::Clock as usize => false,
                _ => true,
            }
    });
    for place in [Column::Price, Column::Symbol, Column::Side, Column::Venue] {
        mapping[place as usize] = by_name[place as usize];
    }
    if mapping[Column::Price as usize].is_none() {
        mapping[Column::Price as usize] = price_by_content(&look, width, &free);
        because[Column::Price as usize] = Because::Content;
    }
    (mapping, because)
}

/// The column that tells the time best, and whether its name says so.
fn time_column(look: &Look<'_>, width: usize) -> Option<(usize, bool)> {
    let named = |column: usize| {
        let listed = |name: String| TIMES.iter().position(|time| *time == name);
        let alike = |title: &str| {
            let name = plain(title);
            let words: Vec<&str> = title.split(|letter: char| !letter.is_alphanumeric()).collect();
            ["time", "date", "epoch"].iter().any(|part| name.contains(part))
                || words.iter().any(|word| word.eq_ignore_ascii_case("ts"))
        };
        let rank = look.header.names(column).filter_map(listed).min();
        rank.or_else(|| look.header.titles(column).any(alike).then_some(TIMES.len()))
    };
    let candidates = (0..width).filter_map(|column| {
        let rank = named(column);
        let strength = look.form(column).map_or(0, Form::strength);
        // Numbers without a name may be anything that happens to be as large as a time.
        let words = || {
            look.texts(column)
                .next()
                .is_some_and(|text| Look::number(text).is_none())
        };
        let fits = rank.is_some() || strength >= 3 && look.advances(column) && (!look.header.is_named() || words());
        // One day is enough where there are times of day beside it.
        let day = look.form(column).is_some_and(Form::is_day) && clock_column(look, width, column).is_some();
        let strength = match strength {
            _ if day => 4,
            _ if look.is_constant(column) => 1,
            strength => strength.max(1),
        };
        fits.then(|| (column, rank, u32::from(rank.is_some()) * 3 + strength * 2))
    });
    let best = candidates.max_by_key(|(column, rank, score)| {
        (
            *score,
            std::cmp::Reverse(rank.unwrap_or(usize::MAX)),
            std::cmp::Reverse(*column),
        )
    });
    if let Some((column, rank, _)) = best {
        return Some((column, rank.is_some()));
    }
    // Without names a series of numbers in front may be seconds, unless it only counts the rows.
    let first = !look.header.is_named() && width > 1 && look.is_numeric(0) && !look.counts(0);
    first.then_some((0, false))
}

/// A column with times of day beside one with days.
fn clock_column(look: &Look<'_>, width: usize, day: usize) -> Option<usize> {
    let free = || (0..width).filter(|column| *column != day);
    let is_clock = |column: usize| {
        look.texts(column).next().is_some() && look.texts(column).all(|text| time_of_day(text).is_some())
    };
    free().find(|column| is_clock(*column)).or_else(|| {
        let named = |column: usize| look.header.names(column).any(|name| CLOCKS.contains(&name.as_str()));
        free().find(|column| {
            named(*column) && look.is_numeric(*column) && look.form(*column).is_some_and(|form| form.strength() <= 2)
        })
    })
}

/// The price where no name tells it: the close among open, high, low and close; else the only column with numbers, or without a
/// header the first.
fn price_by_content(look: &Look<'_>, width: usize, free: &impl Fn(usize) -> bool) -> Option<usize> {
    let no_price = |column: usize| {
        let names = || look.header.names(column);
        names().any(|name| NO_PRICES.contains(&name.as_str()) || SYMBOLS.contains(&name.as_str()))
            || names().any(|name| {
                [
                    "funding",
                    "ratio",
                    "interest",
                    "hours",
                    "premium",
                    "percent",
                    "leverage",
                    "volatility",
                ]
                .iter()
                .any(|word| name.contains(word))
            })
            || names().any(|name| {
                ["volume", "amount", "count", "cap", "id"]
                    .iter()
                    .any(|end| name.ends_with(end) || name.starts_with("vol"))
            })
    };
    let words = |column: usize| {
        // What was yesterday's is not today's.
        if look.header.names(column).any(|name| name.starts_with("prev")) {
            return None;
        }
        let text: Vec<String> = look
            .header
            .titles(column)
            .flat_map(|title| {
                title
                    .split(|letter: char| !letter.is_alphanumeric())
                    .map(str::to_lowercase)
                    .collect::<Vec<_>>()
            })
            .collect();
        ["close", "price", "last", "settle"]
            .iter()
            .position(|word| text.iter().any(|other| other == word))
    };
    let numeric: Vec<usize> = (0..width)
        .filter(|column| free(*column) && look.is_numeric(*column) && !no_price(*column))
        .collect();
    if look.header.is_named() {
        // One column that is called like a price; two of them, such as bid and ask, are asked about.
        let best = numeric.iter().filter_map(|column| words(*column)).min();
        let alike = |best: usize| {
            numeric
                .iter()
                .copied()
                .filter(|column| words(*column) == Some(best))
                .collect::<Vec<_>>()
        };
        return match best.map(alike).as_deref() {
            Some([only]) => Some(*only),
            Some(_) => None,
            // In a table of two columns the one beside the time is its value, whatever it is called.
            None => numeric.first().copied().filter(|_| width == 2),
        };
    }
    let numbers: Vec<(usize, Vec<f64>)> = numeric
        .iter()
        .filter_map(|column| Some((*column, look.numbers(*column)?)))
        .collect();
    let bars = numbers.windows(4).find_map(|window| {
        let [a, b, c, d] = window else { return None };
        (d.0 - a.0 == 3)
            .then(|| close_of([&a.1, &b.1, &c.1, &d.1]))?
            .map(|place| a.0 + place)
    });
    let first = numeric.iter().find(|column| !look.counts(**column)).or(numeric.first());
    bars.or(first.copied())
}

/// Which of four columns is the close, where one is the lowest of every row and one the highest: the later of the other two.
/// Orders that files are known to have count first.
fn close_of(columns: [&Vec<f64>; 4]) -> Option<usize> {
    let rows = columns[0].len();
    let all = |of: usize, test: fn(f64, f64) -> bool| {
        (0..rows).all(|row| columns.iter().all(|column| test(columns[of][row], column[row])))
    };
    let lowest: Vec<usize> = (0..4)
        .filter(|column| all(*column, |one, other| one <= other))
        .collect();
    let highest: Vec<usize> = (0..4)
        .filter(|column| all(*column, |one, other| one >= other))
        .collect();
    // Open, high, low, close; low, high, open, close.
    let known = [(2, 1), (0, 1)];
    let found = known
        .into_iter()
        .find(|(low, high)| lowest.contains(low) && highest.contains(high));
    let (low, high) = found.or_else(|| {
        Some((
            *lowest.first()?,
            *highest.iter().find(|high| Some(high) != lowest.first().as_ref())?,
        ))
    })?;
    (0..4).rev().find(|column| *column != low && *column != high)
}

/// What a mapping lacks, in words; nothing if a path can be read with it.
pub(crate) fn missing(mapping: &[Option<usize>]) -> Vec<String> {
    let columns = [(Column::Time, "the time"), (Column::Price, "the price")];
    let lacking = columns
        .into_iter()
        .filter(|(place, _)| mapping.get(*place as usize).is_none_or(Option::is_none));
    lacking.map(|(_, what)| what.to_owned()).collect()
}

/// What may help where something is missing.
pub(super) fn hint(table: &Table, plan: &Plan, lacking: &str) -> String {
    let look = Look {
        header: &plan.header,
        rows: table.rows(plan.header.first_data).take(SAMPLE).collect(),
    };
    let time = lacking.contains("time");
    let names: Vec<String> = (0..plan.header.width())
        .filter(|column| !plan.mapping.contains(&Some(*column)) && look.is_numeric(*column))
        .map(|column| match plan.header.title(column) {
            name if name.is_empty() => (column + 1).to_string(),
            name => name,
        })
        .take(8)
        .collect();
    if names.is_empty() {
        return String::new();
    }
    let key = if time { "time" } else { "price" };
    let counter = if time && look.counts(0) && !plan.header.is_named() {
        ": column 1 only counts the rows"
    } else {
        ""
    };
    format!("{counter}; say which (--column {key}=…) of {}", names.join(", "))
}

/// Orders, such as those of liquidations, whose price is a limit and not what was traded at.
pub(super) fn of_orders(plan: &Plan) -> Option<Problem> {
    const NAMES: [&str; 4] = ["ordertype", "ordtype", "timeinforce", "orderstatus"];
    let is_order = |column: usize| plan.header.names(column).any(|name| NAMES.contains(&name.as_str()));
    if plan.because[Column::Price as usize] == Because::Said || !(0..plan.header.width()).any(is_order) {
        return None;
    }
    let message = "these are orders, whose price is a limit: if they make a path, choose the column with the price that was \
                   traded at (Price in the window, --column price=NAME on the command line)";
    Some(Problem::new(plan.header.line(), 1, message))
}
