//! Option chains as tables of comma-separated values: the delayed-quotes files of CBOE in the shapes they have had over the
//! years, and a plain table with one option a row.
//!
//! CBOE: lines with the name, the price (`Last: 3900.86`, or the second field of the first line) and the day, then a header
//! with the columns of the calls before those of the puts. An older shape has neither strike nor expiry nor implied
//! volatility: the first two are in the options' names, the last follows from bid and ask. Plain: a header with `strike`,
//! `expiry` (a day, or days from now), `type`, `open interest` and `iv`, and perhaps `gamma` and `spot`, in any order.

mod columns;
mod names;

use std::path::Path;

use cascade_engine::{YEAR_SECONDS, black76};
use cascade_scenario::{Date, Expiry, OptionChain, OptionKind, Quote};

use super::preset::{PresetError, Problem, text_of};
use super::table::{Complaints, Field, Table, number_of};

use columns::{Columns, Half};
pub use columns::{FIELDS, header, mapping, missing};

/// What a file may leave out and its reader knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
    let table = Table::of(text);
    let header = header(&table);
    read(&table, header, &mapping(&table, header), known).map_err(|problems| PresetError::Mistakes {
        origin: origin.to_owned(),
        problems,
    })
}

/// Reads a table with these columns.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub fn read(
    table: &Table<'_>,
    header: Option<usize>,
    mapping: &[Option<usize>],
    known: Known,
) -> Result<OptionChain, Vec<Problem>> {
    let mut reader = Reader::default();
    let Some(header) = header else {
        reader.complaints.add(
            1,
            1,
            "there is no header: no line of the first 20 has a column `strike`, or columns `calls` and `puts`",
        );
        return Err(reader.complaints.problems);
    };
    let Some(columns) = Columns::of(mapping) else {
        for lacking in missing(mapping) {
            let message = format!("there is no column {lacking}");
            reader.complaints.add(header + 1, 1, message);
        }
        return Err(reader.complaints.problems);
    };
    reader.complaints = Complaints::of(table, Some(header));
    reader.complaints.learn(table, header + 1, mapping);
    if !reader.complaints.problems.is_empty() {
        return Err(reader.complaints.problems);
    }
    reader.table(table, header, &columns, known)
}

#[derive(Default)]
struct Reader {
    complaints: Complaints,
    /// Mid quotes of the options read so far, where these stand for the implied volatility.
    mids: Vec<Option<f64>>,
}

impl Reader {
    fn table(
        mut self,
        table: &Table<'_>,
        header: usize,
        columns: &Columns,
        known: Known,
    ) -> Result<OptionChain, Vec<Problem>> {
        let preamble = || (0..header).map(|line| table.fields(line));
        let mut chain = OptionChain {
            spot: 0.0,
            date: known
                .date
                .or_else(|| table.before(header).iter().find_map(|line| Date::parse(line))),
            rows: 0,
            quotes: Vec::new(),
        };
        let mut spot = known.spot.or_else(|| preamble().find_map(|fields| spot_of(&fields)));
        for (line, fields) in table.rows(header + 1) {
            chain.rows += 1;
            self.row(line, &fields, columns, &mut chain);
            if let (None, Some(column)) = (spot, columns.spot) {
                spot = self.positive(line, &fields, column, "spot price");
            }
            if self.complaints.enough() {
                break;
            }
        }
        if chain.rows == 0 {
            self.complaints.add(table.len().max(1), 1, "the table has no rows");
        }
        self.check_preamble(&mut chain, spot);
        if self.complaints.problems.is_empty() {
            self.imply(&mut chain);
            Ok(chain)
        } else {
            Err(self.complaints.problems)
        }
    }

    /// The price and the day must be known.
    fn check_preamble(&mut self, chain: &mut OptionChain, spot: Option<f64>) {
        match spot.filter(|spot| *spot > 0.0) {
            Some(spot) => chain.spot = spot,
            None if self.complaints.problems.is_empty() => self.complaints.add(
                1,
                1,
                "the price of the underlying is missing: neither `Last: …` above the table nor a column `spot`",
            ),
            None => {}
        }
        let dated = chain.quotes.iter().any(|quote| matches!(quote.expiry, Expiry::On(_)));
        if dated && chain.date.is_none() {
            let message = "the day of the quotes is missing: no line above the table has a date";
            self.complaints.add(1, 1, message);
        }
    }

    /// Finds volatilities from mid quotes, where the file has none.
    fn imply(&self, chain: &mut OptionChain) {
        let mut quotes = std::mem::take(&mut chain.quotes);
        for (quote, mid) in quotes.iter_mut().zip(&self.mids) {
            let days = chain.days_to(quote.expiry).filter(|days| *days > 0.0);
            if let (Some(mid), Some(days)) = (mid, days) {
                let years = days * 86_400.0 / YEAR_SECONDS;
                quote.volatility = implied(quote.kind, chain.spot, quote.strike, *mid, years).unwrap_or(0.0);
            }
        }
        chain.quotes = quotes;
    }

    fn row(&mut self, line: usize, fields: &[Field], columns: &Columns, chain: &mut OptionChain) {
        for half in &columns.halves {
            let named = half.name.map(|column| self.named(line, fields, column));
            let strike = match columns.strike {
                Some(column) => self.positive(line, fields, column, "strike"),
                None => named.flatten().map(|named| named.strike),
            };
            let expiry = match columns.expiry {
                Some(column) => self.expiry(line, fields, column),
                None => named.flatten().map(|named| Expiry::On(named.expiry)),
            };
            self.option(line, fields, half, (strike, expiry), chain);
        }
    }

    fn option(
        &mut self,
        line: usize,
        fields: &[Field],
        half: &Half,
        (strike, expiry): (Option<f64>, Option<Expiry>),
        chain: &mut OptionChain,
    ) {
        let kind = match half.kind {
            Ok(kind) => Some(kind),
            Err(column) => self.kind(line, fields, column),
        };
        let open_interest = self.amount(line, fields, half.open_interest, "open interest");
        let (volatility, mid) = match half.volatility {
            Ok(column) => (self.amount(line, fields, column, "implied volatility"), None),
            Err((bid, ask)) => {
                let bid = self.amount(line, fields, bid, "bid");
                let ask = self.amount(line, fields, ask, "ask");
                let mid = bid.zip(ask).map(|(bid, ask)| f64::midpoint(bid, ask));
                (mid.map(|_| 0.0), mid)
            }
        };
        let gamma = half.gamma.map(|column| self.amount(line, fields, column, "gamma"));
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
            self.mids.push(mid);
        }
    }

    /// Strike and expiry from the name of an option.
    fn named(&mut self, line: usize, fields: &[Field], column: usize) -> Option<names::Named> {
        let field = self.complaints.field(line, fields, column, "name of the option")?;
        let named = names::read(&field.text);
        if named.is_none() {
            let allowed = "a name such as `18 Dec 2600.00 (SPX1821L2600)`";
            self.complaints.refuse(line, field, "name of the option", allowed);
        }
        named
    }

    fn expiry(&mut self, line: usize, fields: &[Field], column: usize) -> Option<Expiry> {
        let field = self.complaints.field(line, fields, column, "expiry")?;
        let found = match self.complaints.decimal.read(&field.text) {
            Some(days) if (0.0..=36_500.0).contains(&days) => Some(Expiry::InDays(days)),
            Some(_) => None,
            None => Date::parse(&field.text).map(Expiry::On),
        };
        if found.is_none() {
            let message = format!("the expiry `{}` is neither a day nor a number of days", field.text);
            self.complaints.at(line, field, message);
        }
        found
    }

    fn kind(&mut self, line: usize, fields: &[Field], column: usize) -> Option<OptionKind> {
        let field = self.complaints.field(line, fields, column, "type")?;
        match field.text.to_ascii_lowercase().as_str() {
            "call" | "calls" | "c" => Some(OptionKind::Call),
            "put" | "puts" | "p" => Some(OptionKind::Put),
            _ => {
                self.complaints.refuse(line, field, "type", "call or put");
                None
            }
        }
    }

    fn positive(&mut self, line: usize, fields: &[Field], column: usize, what: &str) -> Option<f64> {
        let field = self.complaints.field(line, fields, column, what)?;
        self.complaints
            .number(line, field, what, |value| value > 0.0, "a number above 0")
    }

    /// A number of at least 0; where nothing is quoted, 0.
    fn amount(&mut self, line: usize, fields: &[Field], column: usize, what: &str) -> Option<f64> {
        let field = self.complaints.field(line, fields, column, what)?;
        if matches!(field.text.as_str(), "" | "-" | "--" | "n/a" | "N/A") {
            return Some(0.0);
        }
        self.complaints
            .number(line, field, what, |value| value >= 0.0, "a number of at least 0")
    }
}

/// The price a line above the table names: after `Last:`, or as the second field of a name, price and change.
fn spot_of(fields: &[Field]) -> Option<f64> {
    let labelled = fields
        .iter()
        .find_map(|field| number_of(field.text.strip_prefix("Last:")?.trim()));
    labelled.or_else(|| {
        let [name, price, _, ..] = fields else {
            return None;
        };
        let named = !name.text.is_empty() && Date::parse(&name.text).is_none();
        number_of(&price.text).filter(|price| named && *price > 0.0)
    })
}

/// The volatility at which Black (1976) gives an option this price, with the underlying's price as the forward: no interest
/// and no dividends, as in the convention of the gamma exposure. None where no volatility up to 500 % does.
fn implied(kind: OptionKind, spot: f64, strike: f64, price: f64, years: f64) -> Option<f64> {
    let call = match kind {
        OptionKind::Call => price,
        OptionKind::Put => price + spot - strike,
    };
    let worth = |volatility: f64| black76::call_price(spot, strike, volatility * libm::sqrt(years));
    let (mut low, mut high) = (1e-3, 5.0);
    if !(worth(low) < call && call < worth(high)) {
        return None;
    }
    // The price rises with volatility; 50 halvings leave less than 1e-14.
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if worth(middle) < call {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
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
                "chain.csv, line 4, column 12 (Strike), character 55: the strike is `-100.00`; allowed is a number above 0",
                "chain.csv, line 4, column 11 (Open Interest), character 50: the open interest is `many`; allowed is a number of at least 0",
                "chain.csv, line 5, column 1 (Expiration Date), character 1: the expiry `soon` is neither a day nor a number of days",
            ],
        );
        refused(
            &format!("{head}{TABLE}Mon Jul 04 2022,X5,2"),
            &[
                "chain.csv, line 6, column 12 (Strike), character 21: the line ends before the strike: it has 3 fields",
                "chain.csv, line 6, column 11 (Open Interest), character 21: the line ends before the open interest: it has 3 fields",
                "chain.csv, line 6, column 8 (IV), character 21: the line ends before the implied volatility: it has 3 fields",
                "chain.csv, line 6, column 10 (Gamma), character 21: the line ends before the gamma: it has 3 fields",
                "chain.csv, line 6, column 22 (Open Interest), character 21: the line ends before the open interest: it has 3 fields",
                "chain.csv, line 6, column 19 (IV), character 21: the line ends before the implied volatility: it has 3 fields",
                "chain.csv, line 6, column 21 (Gamma), character 21: the line ends before the gamma: it has 3 fields",
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
            &[
                "chain.csv, line 1, column 1: there is no header: no line of the first 20 has a column `strike`, or columns `calls` and \
               `puts`",
            ],
        );
        refused(
            "strike,type,iv,days\n",
            &["chain.csv, line 1, column 1: there is no column `open interest`"],
        );
    }
}
