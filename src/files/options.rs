//! Option chains as tables: the delayed-quotes files of CBOE in the shapes they have had over the years, those of crypto venues
//! and data vendors, and a plain table with one option a row.
//!
//! CBOE: lines with the name, the price (`Last: 3900.86`, or the second field of the first line) and the day, then a header
//! with the columns of the calls before those of the puts. An older shape has neither strike nor expiry nor implied
//! volatility: the first two are in the options' names, the last follows from bid and ask. Plain: a header with `strike`,
//! `expiry` (a day, or days from now), `type`, `open interest` and `iv`, and perhaps `gamma` and `spot`, in any order.
//!
//! Rows are taken apart first; what counts of them, and in which units, is decided by all of them together.

mod columns;
mod expiries;
mod names;
mod quoted;
mod quotes;
mod raw;
mod selection;

use super::plan::Plan;
use super::problem::Problem;
use super::read_as::Omitted;
use super::reading::{ReadOptions, Reading};
use super::table::{Diagnostics, Row, Table, is_missing, plain};
use cascade_scenario::{Expiry, ImportKind, Imported, OptionKind};

use columns::{Column, Half};
pub(crate) use columns::{FIELDS, header, mapping, missing};
use expiries::Expiries;
use names::Named;
use quoted::{Around, Quoted, Spot};
use raw::Raw;

/// Whether a table is a chain rather than anything else.
pub(super) fn is_chain(table: &Table, plan: &Plan) -> bool {
    plan.kind == ImportKind::OptionChain && columns::is_header(table, &plan.header, &plan.mapping)
}

/// Reads a table by a plan.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub(super) fn read(table: &Table, plan: &Plan, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
    let mut diagnostics = Diagnostics::of(&plan.header, plan.problems_max);
    let line = diagnostics.header_line();
    if !columns::is_header(table, &plan.header, &plan.mapping) && plan.mapping.iter().all(Option::is_none) {
        let message =
            "there is no header: no line of the first 25 has a column `strike`, or columns `calls` and `puts`";
        diagnostics.add(1, 1, message);
        return Err(diagnostics.problems);
    }
    for lacking in missing(&plan.mapping) {
        diagnostics.add(line, 1, format!("there is no column {lacking}"));
    }
    if columns::lacks_expiry(&plan.mapping) && options.expiry.is_none() && diagnostics.problems.is_empty() {
        let message = "there is no column `expiry`: say when the options expire (Expiry in the window, --expiry on the command line)";
        diagnostics.add(line, 1, message);
    }
    let several = (0..plan.fields.len()).filter_map(|place| plan.several_columns(table, place));
    diagnostics.problems.extend(several);
    if !diagnostics.problems.is_empty() {
        return Err(diagnostics.problems);
    }
    let (rows, mut read_as) = plan.data(table, options, &mut diagnostics);
    if rows.is_empty() && diagnostics.problems.is_empty() {
        diagnostics.add(table.lines().max(1), 1, "the table has no rows");
    }
    if !diagnostics.problems.is_empty() {
        return Err(diagnostics.in_order());
    }
    let around = Around::of(table, plan);
    let selected = selection::rows(rows, plan, options, &around, &mut diagnostics, &mut read_as);
    let mut reader = Reader {
        plan,
        halves: columns::halves(&plan.mapping),
        expiries: Expiries::of(&selected.rows, plan, options, selected.quoted, &mut diagnostics),
        diagnostics,
        no_options: 0,
    };
    let mut raws = Vec::new();
    for row in &selected.rows {
        reader.row(*row, &mut raws);
        if reader.diagnostics.enough() {
            break;
        }
    }
    let spot = reader.spot(&selected.rows, options, &around);
    reader.check(&raws, spot.is_some(), selected.quoted);
    if !reader.diagnostics.problems.is_empty() {
        return Err(reader.diagnostics.problems);
    }
    read_as.leave_out(Omitted::NoOptions, reader.no_options, selected.rows.len(), None);
    let market = quotes::Market {
        spot: spot.unwrap_or_default(),
        quoted: selected.quoted,
        order: reader.expiries.order,
        expiries: reader.expiries.words(),
        rows: selected.rows.len(),
    };
    let chain = quotes::chain(raws, &market, plan, options, &reader.diagnostics, &mut read_as);
    Ok(Reading {
        data: Imported::OptionChain(chain),
        read_as,
        venues: Vec::new(),
        assets: Vec::new(),
        gaps: (0, 0.0),
    })
}

struct Reader<'p> {
    plan: &'p Plan,
    halves: Vec<Half>,
    expiries: Expiries,
    diagnostics: Diagnostics,
    no_options: usize,
}

impl Reader<'_> {
    /// Said, above the table, or in its first row.
    fn spot(&mut self, rows: &[Row<'_>], options: &ReadOptions, around: &Around) -> Option<Spot> {
        let column = self.plan.column(Column::Spot as usize);
        let from_column = || {
            let (row, column) = (
                *rows.iter().find(|row| {
                    column
                        .and_then(|column| row.get(column))
                        .is_some_and(|text| !is_missing(text))
                })?,
                column?,
            );
            Some((row, column))
        };
        let in_table = if around.spot.is_none() { from_column() } else { None };
        let in_table = in_table.and_then(|(row, column)| self.positive(row, column, "spot price"));
        let files = around.spot.or(in_table);
        let said = options.spot.filter(|spot| *spot > 0.0);
        let from = match (said, around.spot) {
            (Some(_), _) => "as was said",
            (None, Some(_)) => "from the lines above the table",
            (None, None) => "from its column",
        };
        Some(Spot {
            price: said.or(files)?,
            from,
            files: files.filter(|_| said.is_some()),
        })
    }

    /// The price and the day must be known.
    fn check(&mut self, raws: &[Raw<'_>], has_spot: bool, quoted: Option<Quoted>) {
        if !has_spot && self.diagnostics.problems.is_empty() {
            let message = "the price of the underlying is missing: neither `Last: …` above the table nor a column `spot`; say it (Spot \
                           in the window, --spot on the command line)";
            self.diagnostics.add(1, 1, message);
        }
        let dated = raws.iter().any(|raw| matches!(raw.expiry, Expiry::On(_)));
        if dated && quoted.is_none() {
            let message = "the day of the quotes is missing: no line above the table has a date, and no column; say it (Day of the \
                           quotes in the window, --date on the command line)";
            self.diagnostics.add(1, 1, message);
        }
        if raws.is_empty() && self.diagnostics.problems.is_empty() {
            let line = self.diagnostics.header_line();
            self.diagnostics.add(line, 1, "no row of the table is an option");
        }
    }

    fn row<'t>(&mut self, row: Row<'t>, raws: &mut Vec<Raw<'t>>) {
        for half in self.halves.clone() {
            if let Some(raw) = self.option(row, half) {
                raws.push(raw);
            }
        }
    }

    fn option<'t>(&mut self, row: Row<'t>, half: Half) -> Option<Raw<'t>> {
        let text = |column: usize| row.get(column).unwrap_or_default();
        let name = half.name.map(text).filter(|name| !name.is_empty());
        let named = name.and_then(names::read);
        let kind_column = self.plan.column(Column::Kind as usize).filter(|_| half.kind.is_none());
        let is_no_option = kind_column.is_some_and(|column| {
            matches!(
                plain(text(column)).as_str(),
                "xx" | "fut" | "future" | "futures" | "perpetual"
            )
        }) || half.kind.is_none()
            && kind_column.is_none()
            && name.is_some()
            && named.is_none()
            && !name.is_some_and(|name| name.contains('('));
        if is_no_option {
            self.no_options += 1;
            return None;
        }
        let strike = match self.plan.column(Column::Strike as usize) {
            Some(column) => self.positive(row, column, "strike"),
            None => self.needed(row, half, named.as_ref()).map(|named| named.strike),
        };
        let expiry = match self.expiries.column {
            _ if self.expiries.said.is_some() => self.expiries.said.map(Expiry::On),
            Some(column) => {
                let expiry = self.expiries.read(text(column));
                if expiry.is_none() {
                    let message = format!("the expiry `{}` is neither a day nor a number of days", text(column));
                    self.diagnostics.at(row, column, message);
                }
                expiry
            }
            None => self
                .needed(row, half, named.as_ref())
                .map(|named| Expiry::On(named.expiry)),
        };
        let kind = match (half.kind, kind_column) {
            (Some(kind), _) => Some(kind),
            (None, Some(column)) => self.kind(row, column),
            (None, None) => named.as_ref().map(|named| named.kind),
        };
        let open_interest = self.amount(row, half.open_interest, "open interest");
        let volatility = half
            .volatility
            .map_or(Some(0.0), |column| self.amount(row, column, "implied volatility"));
        let mid = half.quotes.and_then(|(bid, ask)| {
            let (bid, ask) = (self.amount(row, bid, "bid"), self.amount(row, ask, "ask"));
            Some(f64::midpoint(bid?, ask?))
        });
        let gamma = half
            .gamma
            .filter(|column| !is_missing(text(*column)))
            .and_then(|column| self.amount(row, column, "gamma"));
        let contract_size = self
            .plan
            .column(Column::ContractSize as usize)
            .and_then(|column| self.diagnostics.decimal.read(text(column)).filter(|size| *size > 0.0));
        Some(Raw {
            row,
            half,
            kind: kind?,
            strike: strike?,
            expiry: expiry?,
            open_interest: open_interest?,
            volatility: volatility?,
            gamma,
            mid,
            named,
            contract_size,
        })
    }

    /// What a name tells where nothing else does.
    fn needed(&mut self, row: Row<'_>, half: Half, named: Option<&Named>) -> Option<Named> {
        if named.is_none() {
            let allowed = "a name such as `18 Dec 2600.00 (SPX1821L2600)` or `BTC-27DEC24-100000-C`";
            self.diagnostics.refuse(row, half.name?, "name of the option", allowed);
        }
        named.cloned()
    }

    fn kind(&mut self, row: Row<'_>, column: usize) -> Option<OptionKind> {
        match plain(row.get(column)?).as_str() {
            "call" | "calls" | "c" | "ce" | "calloption" => Some(OptionKind::Call),
            "put" | "puts" | "p" | "pe" | "putoption" => Some(OptionKind::Put),
            _ => {
                self.diagnostics.refuse(row, column, "type", "call or put");
                None
            }
        }
    }

    fn positive(&mut self, row: Row<'_>, column: usize, what: &str) -> Option<f64> {
        self.diagnostics
            .number(row, column, what, |value| value > 0.0, "a number above 0")
    }

    /// A number of at least 0; where nothing is quoted, 0.
    fn amount(&mut self, row: Row<'_>, column: usize, what: &str) -> Option<f64> {
        if row.get(column).is_some_and(|text| text != "none" && is_missing(text)) {
            return Some(0.0);
        }
        self.diagnostics
            .number(row, column, what, |value| value >= 0.0, "a number of at least 0")
    }
}
