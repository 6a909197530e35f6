//! Option chains as tables of comma-separated values: the delayed-quotes files of CBOE in the shapes they have had over the
//! years, and a plain table with one option a row.
//!
//! CBOE: lines with the name, the price (`Last: 3900.86`, or the second field of the first line) and the day, then a header
//! with the columns of the calls before `Strike` and those of the puts after `Puts`. Plain: a header with `strike`, `expiry`
//! (a day, or days from now), `type`, `open interest` and `iv`, and perhaps `gamma` and `spot`, in any order.

use std::path::Path;

use crate::scenario::{Date, Expiry, OptionChain, OptionKind, Quote};

use super::preset::{PresetError, Problem, text_of};

/// Lines in front of the header.
const PREAMBLE_MAX: usize = 20;
/// Mistakes after which reading stops.
const PROBLEMS_MAX: usize = 100;

/// What a column may be called, in lower case.
const EXPIRY: &[&str] = &["expiration date", "expiration", "expiry", "days", "dte"];
const TYPE: &[&str] = &["type", "option type", "kind", "call/put", "right"];
const STRIKE: &[&str] = &["strike", "strike price"];
const OPEN_INTEREST: &[&str] = &[
    "open interest",
    "open_interest",
    "openinterest",
    "open int",
    "int",
    "oi",
];
const VOLATILITY: &[&str] = &["iv", "implied volatility", "implied_volatility", "volatility"];
const GAMMA: &[&str] = &["gamma"];
const SPOT: &[&str] = &["spot", "underlying price", "underlying_price", "underlying last"];

/// What a file may leave out and its reader knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Price of the underlying; counts before what the file says.
    pub spot: Option<f64>,
    /// Day of the quotes; counts before what the file says.
    pub date: Option<Date>,
}

/// Reads a file.
///
/// # Errors
/// It cannot be read or has mistakes: each with line and column. Nothing is taken from a file with a mistake.
pub fn load(path: &Path, known: Known) -> Result<OptionChain, PresetError> {
    parse(&path.display().to_string(), &text_of(path)?, known)
}

/// Reads a text; `origin` is what messages call it.
///
/// # Errors
/// Every mistake in it.
pub fn parse(origin: &str, text: &str, known: Known) -> Result<OptionChain, PresetError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Reader::default()
        .read(text, known)
        .map_err(|problems| PresetError::Mistakes {
            origin: origin.to_owned(),
            problems,
        })
}

/// A field of a line: the column its text starts at, from 1, and the text without quotation marks.
#[derive(Clone, Debug)]
struct Field {
    column: usize,
    text: String,
}

/// Where each thing stands in a row.
struct Columns {
    expiry: usize,
    strike: usize,
    spot: Option<usize>,
    sides: Vec<Side>,
}

/// The columns of one option of a row.
struct Side {
    /// Given by the layout, or by a column.
    kind: Result<OptionKind, usize>,
    open_interest: usize,
    volatility: usize,
    gamma: Option<usize>,
}

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn read(mut self, text: &str, known: Known) -> Result<OptionChain, Vec<Problem>> {
        let lines: Vec<&str> = text.lines().collect();
        let header = lines.iter().take(PREAMBLE_MAX).position(|line| {
            let names = names(line);
            find(&names, STRIKE).is_some()
        });
        let Some(header) = header else {
            self.complain(
                1,
                1,
                "there is no header: no line of the first 20 has a column `strike`",
            );
            return Err(self.problems);
        };
        let Some(columns) = self.columns(header + 1, lines[header]) else {
            return Err(self.problems);
        };
        let preamble = &lines[..header];
        let mut chain = OptionChain {
            spot: 0.0,
            date: known
                .date
                .or_else(|| preamble.iter().find_map(|line| Date::parse(line))),
            rows: 0,
            quotes: Vec::new(),
        };
        let mut spot = known.spot.or_else(|| preamble.iter().find_map(|line| spot_of(line)));
        for (index, line) in lines.iter().enumerate().skip(header + 1) {
            if line.trim().is_empty() {
                continue;
            }
            let fields = split(line);
            chain.rows += 1;
            self.row(index + 1, &fields, &columns, &mut chain);
            if let (None, Some(column)) = (spot, columns.spot) {
                spot = self.positive(index + 1, &fields, column, "spot price");
            }
            if self.problems.len() >= PROBLEMS_MAX {
                break;
            }
        }
        if chain.rows == 0 {
            self.complain(lines.len().max(1), 1, "the table has no rows");
        }
        match spot.filter(|spot| *spot > 0.0) {
            Some(spot) => chain.spot = spot,
            None if self.problems.is_empty() => self.complain(
                1,
                1,
                "the price of the underlying is missing: neither `Last: …` above the table nor a column `spot`",
            ),
            None => {}
        }
        let dated = chain.quotes.iter().any(|quote| matches!(quote.expiry, Expiry::On(_)));
        if dated && chain.date.is_none() {
            self.complain(
                1,
                1,
                "the day of the quotes is missing: no line above the table has a date",
            );
        }
        if self.problems.is_empty() {
            Ok(chain)
        } else {
            Err(self.problems)
        }
    }

    /// Finds the columns of either layout.
    fn columns(&mut self, line: usize, header: &str) -> Option<Columns> {
        let names = names(header);
        let mut need = |part: &[String], from: usize, wanted: &[&str], whose: &str| {
            let found = find(part, wanted).map(|at| at + from);
            if found.is_none() {
                self.complain(line, 1, &format!("there is no column `{}`{whose}", wanted[0]));
            }
            found
        };
        let strike = need(&names, 0, STRIKE, "");
        let expiry = need(&names, 0, EXPIRY, "");
        let halves = find(&names, &["calls"]).zip(find(&names, &["puts"]));
        let mut side = |from: usize, to: usize, kind: Result<OptionKind, usize>, whose: &str| {
            let part = &names[from..to.max(from)];
            let open_interest = need(part, from, OPEN_INTEREST, whose);
            let volatility = need(part, from, VOLATILITY, whose);
            Some(Side {
                kind,
                open_interest: open_interest?,
                volatility: volatility?,
                gamma: find(part, GAMMA).map(|at| at + from),
            })
        };
        let sides: Option<Vec<Side>> = if let Some((calls, puts)) = halves {
            let end = if puts > calls { puts } else { names.len() };
            let call = side(calls, end, Ok(OptionKind::Call), " of the calls");
            let put = side(puts, names.len(), Ok(OptionKind::Put), " of the puts");
            call.zip(put).map(|(call, put)| vec![call, put])
        } else {
            let kind = find(&names, TYPE);
            let one = side(0, names.len(), Err(kind.unwrap_or(0)), "");
            if kind.is_none() {
                self.complain(line, 1, "there is no column `type`, and no columns `calls` and `puts`");
            }
            one.filter(|_| kind.is_some()).map(|one| vec![one])
        };
        Some(Columns {
            expiry: expiry?,
            strike: strike?,
            spot: find(&names, SPOT),
            sides: sides?,
        })
    }

    fn row(&mut self, line: usize, fields: &[Field], columns: &Columns, chain: &mut OptionChain) {
        let strike = self.positive(line, fields, columns.strike, "strike");
        let expiry = self.expiry(line, fields, columns.expiry);
        for side in &columns.sides {
            let kind = match side.kind {
                Ok(kind) => Some(kind),
                Err(column) => self.kind(line, fields, column),
            };
            let open_interest = self.amount(line, fields, side.open_interest, "open interest");
            let volatility = self.amount(line, fields, side.volatility, "implied volatility");
            let gamma = side.gamma.map(|column| self.amount(line, fields, column, "gamma"));
            if let (Some(kind), Some(strike), Some(expiry), Some(open_interest), Some(volatility)) =
                (kind, strike, expiry, open_interest, volatility)
            {
                chain.quotes.push(Quote {
                    kind,
                    strike,
                    expiry,
                    open_interest,
                    volatility,
                    gamma: gamma.flatten(),
                });
            }
        }
    }

    fn expiry(&mut self, line: usize, fields: &[Field], column: usize) -> Option<Expiry> {
        let field = self.field(line, fields, column, "expiry")?;
        let found = match field.text.parse::<f64>() {
            Ok(days) if (0.0..=36_500.0).contains(&days) => Some(Expiry::InDays(days)),
            Ok(_) => None,
            Err(_) => Date::parse(&field.text).map(Expiry::On),
        };
        if found.is_none() {
            let message = format!("the expiry `{}` is neither a day nor a number of days", field.text);
            self.complain(line, field.column, &message);
        }
        found
    }

    fn kind(&mut self, line: usize, fields: &[Field], column: usize) -> Option<OptionKind> {
        let field = self.field(line, fields, column, "type")?;
        match field.text.to_ascii_lowercase().as_str() {
            "call" | "calls" | "c" => Some(OptionKind::Call),
            "put" | "puts" | "p" => Some(OptionKind::Put),
            _ => {
                let message = format!("the type is `{}`; allowed is call or put", field.text);
                self.complain(line, field.column, &message);
                None
            }
        }
    }

    fn positive(&mut self, line: usize, fields: &[Field], column: usize, what: &str) -> Option<f64> {
        let field = self.field(line, fields, column, what)?;
        let value = number(&field.text).filter(|value| *value > 0.0);
        if value.is_none() {
            let message = format!("the {what} is `{}`; allowed is a number above 0", field.text);
            self.complain(line, field.column, &message);
        }
        value
    }

    /// A number of at least 0; where nothing is quoted, 0.
    fn amount(&mut self, line: usize, fields: &[Field], column: usize, what: &str) -> Option<f64> {
        let field = self.field(line, fields, column, what)?;
        if matches!(field.text.as_str(), "" | "-" | "--" | "n/a" | "N/A") {
            return Some(0.0);
        }
        let value = number(&field.text).filter(|value| *value >= 0.0);
        if value.is_none() {
            let message = format!("the {what} is `{}`; allowed is a number of at least 0", field.text);
            self.complain(line, field.column, &message);
        }
        value
    }

    fn field<'a>(&mut self, line: usize, fields: &'a [Field], column: usize, what: &str) -> Option<&'a Field> {
        let field = fields.get(column);
        if field.is_none() {
            let end = fields.last().map_or(1, |last| last.column + last.text.chars().count());
            let message = format!("the line ends before the {what}: it has {} fields", fields.len());
            self.complain(line, end, &message);
        }
        field
    }

    fn complain(&mut self, line: usize, column: usize, message: &str) {
        let problem = Problem {
            line,
            column,
            message: message.to_owned(),
        };
        // Calls and puts of a row share their strike and expiry.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// The names of a header, in lower case.
fn names(line: &str) -> Vec<String> {
    split(line).into_iter().map(|field| field.text.to_lowercase()).collect()
}

fn find(names: &[String], wanted: &[&str]) -> Option<usize> {
    names.iter().position(|name| wanted.contains(&name.as_str()))
}

/// A finite number, perhaps in per cent or with thousands separators.
fn number(text: &str) -> Option<f64> {
    let (text, scale) = text
        .strip_suffix('%')
        .map_or((text, 1.0), |per_cent| (per_cent.trim_end(), 0.01));
    let value: f64 = text.replace(',', "").parse().ok()?;
    Some(value * scale).filter(|value| value.is_finite())
}

/// The price a line above the table names: after `Last:`, or as the second field of a name, price and change.
fn spot_of(line: &str) -> Option<f64> {
    let fields = split(line);
    let labelled = fields
        .iter()
        .find_map(|field| number(field.text.strip_prefix("Last:")?.trim()));
    labelled.or_else(|| {
        let [name, price, _, ..] = fields.as_slice() else {
            return None;
        };
        let named = !name.text.is_empty() && Date::parse(&name.text).is_none();
        number(&price.text).filter(|price| named && *price > 0.0)
    })
}

/// Splits a line at its commas; fields may stand in quotation marks.
fn split(line: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let (mut start, mut text, mut quoted) = (1, String::new(), false);
    for (at, letter) in (1..).zip(line.chars()) {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                fields.push(trimmed(start, &text));
                (start, text) = (at + 1, String::new());
            }
            _ => text.push(letter),
        }
    }
    fields.push(trimmed(start, &text));
    fields
}

fn trimmed(column: usize, text: &str) -> Field {
    let blank = text.len() - text.trim_start().len();
    Field {
        column: column + blank,
        text: text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,\
        Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n\
        Mon Jul 04 2022,X1,5,0,4.9,5.1,7,0.20,0.55,0.010,300,100.00,X2,4,0,3.9,4.1,8,0.25,-0.45,0.012,200\n\
        Mon Jul 04 2022,X3,2,0,1.9,2.1,7,0.18,0.30,0.008,500,110.00,X4,9,0,8.9,9.1,8,0.22,-0.70,0.009,0\n";

    fn chain(text: &str) -> OptionChain {
        parse("chain.csv", text, Known::default()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    fn refused(text: &str, messages: &[&str]) {
        let error = parse("chain.csv", text, Known::default()).expect_err("this text has a mistake");
        assert_eq!(error.to_string().lines().collect::<Vec<_>>(), messages);
    }

    #[test]
    fn the_shapes_of_several_years_read_alike() {
        let first = chain(&format!(
            "\nSome Index,Last: 101.5,Change:  -1.2\n\"Date: June 3, 2022, 8:47 PM EDT\",Bid: 101,Ask: 102\n{TABLE}"
        ));
        assert_eq!((first.rows, first.spot, first.quotes.len()), (2, 101.5, 4));
        assert_eq!(first.date, Date::new(2022, 6, 3));
        let put = first.quotes[1];
        assert_eq!(
            (put.kind, put.strike, put.open_interest, put.volatility, put.gamma),
            (OptionKind::Put, 100.0, 200.0, 0.25, Some(0.012))
        );
        let later = format!(
            "Some Index,Last: 101.5,Change: 0\r\n\"Date: June 3, 2022 at 9:15 AM EDT\",Bid: 1\r\n{}",
            TABLE.replace('\n', "\r\n")
        );
        let earlier = format!(
            "SOME (SOME INDEX),101.5,-1.2\n\"Jun 03 2022 @ 13:20 ET\"\n{}",
            TABLE
                .replace("Volume", "Vol")
                .replace("Open Interest", "Int")
                .replace("Mon Jul 04 2022", "07/04/2022")
        );
        let plain = "spot,gamma,iv,type,open interest,strike,expiry\n\
                     101.5,0.010,20%,call,300,100,2022-07-04\n101.5,0.012,0.25,P,200,100,2022-07-04\n\
                     101.5,0.008,0.18,C,500,110,2022-07-04\n101.5,0.009,0.22,put,--,110,2022-07-04\n";
        assert_eq!(chain(&later), first);
        assert_eq!(chain(&earlier), first);
        let known = Known {
            date: first.date,
            spot: None,
        };
        let plain = parse("plain.csv", plain, known).unwrap();
        assert_eq!((plain.quotes, plain.spot, plain.rows), (first.quotes, 101.5, 4));
    }

    #[test]
    fn mistakes_are_named_by_line_and_column() {
        let head = "Some Index,Last: 101.5,Change: 0\n\"Date: June 3, 2022\"\n";
        refused(
            &format!(
                "{head}{}",
                TABLE
                    .replace(",300,100.00", ",many,-100.00")
                    .replace("Mon Jul 04 2022,X3", "soon,X3")
            ),
            &[
                "chain.csv, line 4, column 55: the strike is `-100.00`; allowed is a number above 0",
                "chain.csv, line 4, column 50: the open interest is `many`; allowed is a number of at least 0",
                "chain.csv, line 5, column 1: the expiry `soon` is neither a day nor a number of days",
            ],
        );
        refused(
            &format!("{head}{TABLE}Mon Jul 04 2022,X5,2"),
            &[
                "chain.csv, line 6, column 21: the line ends before the strike: it has 3 fields",
                "chain.csv, line 6, column 21: the line ends before the open interest: it has 3 fields",
                "chain.csv, line 6, column 21: the line ends before the implied volatility: it has 3 fields",
                "chain.csv, line 6, column 21: the line ends before the gamma: it has 3 fields",
            ],
        );
        refused(
            TABLE,
            &[
                "chain.csv, line 1, column 1: the price of the underlying is missing: neither `Last: …` above the table nor \
                 a column `spot`",
                "chain.csv, line 1, column 1: the day of the quotes is missing: no line above the table has a date",
            ],
        );
        refused(
            "a,b\n1,2\n",
            &["chain.csv, line 1, column 1: there is no header: no line of the first 20 has a column `strike`"],
        );
        refused(
            "strike,type,iv,days\n",
            &["chain.csv, line 1, column 1: there is no column `open interest`"],
        );
    }
}
