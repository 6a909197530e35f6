//! One series a path: tables of several symbols, or of both sides of a book, are asked about.

use std::collections::BTreeMap;

use super::columns::Column;
use crate::plan::Plan;
use crate::reading::ReadOptions;
use crate::table::{Diagnostics, Row, plain};
use cascade_scenario::format::counted;

/// Values that are named in a question.
const NAMED: usize = 8;

/// The rows of one series, and how many others there are. Where there are several series and none was chosen, that is a
/// mistake, and no row is left.
pub(super) fn one<'t>(
    rows: Vec<Row<'t>>,
    plan: &Plan,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
) -> (Vec<Row<'t>>, usize) {
    let before = rows.len();
    if rows.is_empty() {
        return (rows, 0);
    }
    let mut rows = rows;
    let columns = [Column::Symbol, Column::Side, Column::Venue].map(|field| plan.column(field as usize));
    for (column, what) in columns.into_iter().zip(["symbols", "sides of a book", "venues"]) {
        let Some(column) = column else { continue };
        let mut values: BTreeMap<String, (usize, Row<'t>)> = BTreeMap::new();
        for row in &rows {
            let text = row.get(column).unwrap_or_default();
            values.entry(text.to_lowercase()).or_insert((0, *row)).0 += 1;
        }
        let is_of_positions = |value: &String| matches!(value.as_str(), "long" | "short");
        if column_is(column, columns[1]) && values.keys().all(is_of_positions) {
            let message = "every row is of a long or a short: this lists positions or liquidations, and a path is of trades; if it is \
                           one all the same, say that this column is no side (Side of a book in the window, --column side=none on the command \
                           line)";
            diagnostics.at(rows[0], column, message);
            return (Vec::new(), before);
        }
        // Sides of trades make one series, sides of a book do not.
        let is_book = |value: &String| matches!(value.as_str(), "bid" | "ask" | "bids" | "asks");
        if column_is(column, columns[1]) && !values.keys().all(is_book) {
            continue;
        }
        let chosen = |row: &Row<'_>| {
            let text = row.get(column).unwrap_or_default();
            options.symbols.iter().any(|symbol| plain(symbol) == plain(text))
        };
        if rows.iter().any(chosen) {
            rows.retain(chosen);
        } else if values.len() > 1 || column_is(column, columns[1]) {
            let second = rows
                .iter()
                .find(|row| row.get(column) != rows[0].get(column))
                .unwrap_or(&rows[0]);
            let named: Vec<String> = values
                .iter()
                .take(NAMED)
                .map(|(value, (count, row))| {
                    let text = row.get(column).filter(|text| !text.is_empty()).unwrap_or(value);
                    format!("{text} in {}", counted(*count, "row"))
                })
                .collect();
            let more = if values.len() > NAMED { ", …" } else { "" };
            let message = format!(
                "the table has several {what} ({}{more}), and a path is of one: choose it (Symbol in the window, --symbol on the \
                 command line)",
                named.join(", ")
            );
            diagnostics.at(*second, column, message);
            return (Vec::new(), before);
        }
    }
    let others = before - rows.len();
    (rows, others)
}

fn column_is(column: usize, other: Option<usize>) -> bool {
    other == Some(column)
}
