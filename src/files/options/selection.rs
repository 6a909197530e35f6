//! Which rows of a chain count: of one underlying, and of one moment.

use std::collections::BTreeMap;

use super::columns::Column;
use super::names;
use super::quoted::{Around, Quoted};
use crate::plan::Plan;
use crate::read_as::{Omitted, ReadAs};
use crate::reading::ReadOptions;
use crate::table::{Diagnostics, Row, plain};
use crate::time::{Clock, DateOrder, Form, day_of, read, recognise};
use cascade_scenario::format::counted;

/// Values that are named in a question.
const NAMED: usize = 8;
/// Where the names of the options of a row are.
const NAME: usize = 7;

/// The rows that count, and when they were quoted.
pub(super) struct Selected<'t> {
    pub rows: Vec<Row<'t>>,
    pub quoted: Option<Quoted>,
}

/// Selects them; several underlyings are a mistake where none was chosen.
pub(super) fn rows<'t>(
    rows: Vec<Row<'t>>,
    plan: &Plan,
    options: &ReadOptions,
    around: &Around,
    diagnostics: &mut Diagnostics,
    read_as: &mut ReadAs,
) -> Selected<'t> {
    let of = rows.len();
    let rows = of_one_underlying(rows, plan, options, diagnostics);
    read_as.leave_out(Omitted::OtherSymbols, of - rows.len(), of, None);
    let (rows, in_column) = of_one_moment(rows, plan, options, diagnostics, read_as);
    let written = around.written.and_then(|written| {
        let date = written.day.by(options.dates.unwrap_or(DateOrder::MonthFirst))?;
        Some(Quoted::of(written, date))
    });
    let quoted = options.date.map(Quoted::on).or(in_column).or(written);
    Selected { rows, quoted }
}

fn of_one_underlying<'t>(
    rows: Vec<Row<'t>>,
    plan: &Plan,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
) -> Vec<Row<'t>> {
    let name = plan.column(NAME);
    let (column, by_name) = match (plan.column(Column::Symbol as usize), name) {
        (Some(column), _) => (column, false),
        (None, Some(column)) => (column, true),
        (None, None) => return rows,
    };
    let underlying = |row: &Row<'_>| {
        let text = row.get(column).unwrap_or_default();
        if !by_name {
            return text.to_owned();
        }
        // Weekly and other classes of one underlying have roots of their own; on crypto venues the root is the underlying.
        match names::read(text) {
            Some(named) if named.style == names::Style::Dashed => named.root,
            _ => String::new(),
        }
    };
    let mut values: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *values.entry(underlying(row)).or_default() += 1;
    }
    if by_name {
        values.remove("");
    }
    let wanted = |row: &Row<'_>| {
        options
            .symbols
            .iter()
            .any(|symbol| plain(symbol) == plain(&underlying(row)))
    };
    if rows.iter().any(wanted) {
        return rows.into_iter().filter(|row| wanted(row)).collect();
    }
    if values.len() > 1 {
        let first = rows.first().map(underlying);
        let second = rows.iter().find(|row| Some(underlying(row)) != first).or(rows.first());
        let named: Vec<String> = values
            .iter()
            .take(NAMED)
            .map(|(value, count)| format!("{value} in {}", counted(*count, "row")))
            .collect();
        let message = format!(
            "the table has options on several underlyings ({}{}), and a chain is of one: choose it (Symbol in the window, --symbol on \
             the command line)",
            named.join(", "),
            if values.len() > NAMED { ", …" } else { "" }
        );
        if let Some(row) = second {
            diagnostics.at(*row, column, message);
        }
    }
    rows
}

/// The last day on which a table was quoted, or the one that was chosen, and of every option the last quote of it.
fn of_one_moment<'t>(
    rows: Vec<Row<'t>>,
    plan: &Plan,
    options: &ReadOptions,
    diagnostics: &Diagnostics,
    read_as: &mut ReadAs,
) -> (Vec<Row<'t>>, Option<Quoted>) {
    let Some(column) = plan.column(Column::Date as usize) else {
        return (rows, None);
    };
    let decimal = diagnostics.decimal;
    let name = plan.header.titles(column).last().map(plain).unwrap_or_default();
    let clock = recognise(rows.iter().filter_map(|row| row.get(column)), &name, decimal)
        .filter(|clock| clock.form.is_absolute());
    let Some(clock) = clock else { return (rows, None) };
    let order = options.dates.or(clock.order).unwrap_or(DateOrder::MonthFirst);
    let seconds = |row: &Row<'_>| clock.seconds(row.get(column)?, decimal, order);
    let moments: Vec<f64> = rows.iter().filter_map(seconds).collect();
    let Some(last) = moments.iter().copied().max_by(f64::total_cmp) else {
        return (rows, None);
    };
    let has_day = |date| moments.iter().any(|seconds| day_of(*seconds) == Some(date));
    let day = options.date.filter(|date| has_day(*date)).or_else(|| day_of(last));
    let of = rows.len();
    let mut kept: Vec<Row<'t>> = rows
        .into_iter()
        .filter(|row| seconds(row).and_then(day_of) == day)
        .collect();
    if clock.form.strength() > 3 || clock.form == Form::DatesAndTimes {
        kept = last_of_each(kept, plan, seconds);
    }
    read_as.leave_out(Omitted::OtherMoments, of - kept.len(), of, None);
    let latest = kept
        .iter()
        .max_by(|a, b| seconds(a).unwrap_or(0.0).total_cmp(&seconds(b).unwrap_or(0.0)));
    let quoted = day.map(|date| of_day(latest.and_then(|row| row.get(column)), clock, date, last));
    (kept, quoted)
}

fn of_day(text: Option<&str>, clock: Clock, date: cascade_scenario::Date, last: f64) -> Quoted {
    match text.and_then(read) {
        Some(written) if clock.form == Form::DatesAndTimes => Quoted::of(written, date),
        _ if clock.form.strength() == 5 => Quoted {
            date,
            moment: Some(last),
        },
        _ => Quoted::on(date),
    }
}

/// Of rows that tell of one option at several moments the last.
fn last_of_each<'t>(rows: Vec<Row<'t>>, plan: &Plan, seconds: impl Fn(&Row<'_>) -> Option<f64>) -> Vec<Row<'t>> {
    let columns = [Column::Expiry, Column::Strike, Column::Kind].map(|column| plan.column(column as usize));
    let key = |row: &Row<'t>| {
        let mut columns = columns
            .iter()
            .copied()
            .chain([plan.column(NAME)])
            .flatten()
            .collect::<Vec<_>>();
        columns.dedup();
        columns
            .into_iter()
            .map(|column| row.get(column).unwrap_or_default())
            .collect::<Vec<&'t str>>()
    };
    let mut last: BTreeMap<Vec<&'t str>, (f64, usize)> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let at = seconds(row).unwrap_or(f64::NEG_INFINITY);
        let entry = last.entry(key(row)).or_insert((at, index));
        // Two quotes of one moment are two classes of an option, or a repetition, and told apart elsewhere.
        if at > entry.0 {
            *entry = (at, index);
        }
    }
    let newest = |row: &Row<'t>| {
        last.get(&key(row))
            .is_some_and(|(at, _)| seconds(row).unwrap_or(f64::NEG_INFINITY) == *at)
    };
    rows.into_iter().filter(newest).collect()
}
