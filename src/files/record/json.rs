//! JSON of exchanges and of those who collect their streams, as tables. What is peculiar to a message is renamed here to what
//! the tables call it, because its one-letter names differ only in their case.

use serde_json::{Map, Value};

use crate::json::{list_in, rows_of};

/// The table of a JSON text; none if it is no JSON.
///
/// # Errors
/// It is JSON without anything that could be a row, or too large; in words.
pub(super) fn table_of(text: &str) -> Result<Option<String>, String> {
    let text = begin(text);
    if !text.starts_with(['[', '{']) {
        return Ok(None);
    }
    match serde_json::from_str(text) {
        Ok(value) => table(&[value]).map(Some),
        Err(_) => Ok(None),
    }
}

/// Lines of JSON as a table, and those that are none: what a collector that was stopped has left of a line costs that line alone.
pub(super) struct Lines<'t> {
    /// The table; or why the others give none, in words.
    pub table: Result<String, String>,
    /// Lines that are no JSON.
    pub unreadable: u64,
    /// The first of them.
    pub first: Option<&'t str>,
}

impl<'t> Lines<'t> {
    /// Reads lines, or one value over all of them.
    pub(super) fn of(text: &'t str) -> Self {
        let text = begin(text);
        let mut values = Vec::new();
        let (mut unreadable, mut first) = (0, None);
        if let Ok(whole) = serde_json::from_str(text) {
            values.push(whole);
        } else {
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                if let Ok(value) = serde_json::from_str(line) {
                    values.push(value);
                } else {
                    unreadable += 1;
                    first.get_or_insert(line);
                }
            }
        }
        Self {
            table: table(&values),
            unreadable,
            first,
        }
    }
}

/// A text from its first letter on.
fn begin(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// Values as the text of a table.
fn table(values: &[Value]) -> Result<String, String> {
    let mut rows = Vec::new();
    for value in values {
        take(value, &mut rows);
    }
    // A message now and then that is of another kind is no row.
    let lists = rows.iter().filter(|row| row.is_array()).count();
    let are_lists = 2 * lists > rows.len();
    rows.retain(|row| row.is_array() == are_lists);
    if rows.is_empty() {
        return Err("it is JSON without a list of objects or of lists, which could be rows".to_owned());
    }
    rows_of(&rows)
}

/// Takes the rows out of a value: the entries of the longest list in it, or the value itself.
fn take(value: &Value, rows: &mut Vec<Value>) {
    // A block of Hyperliquid: pairs of a user and a fill.
    if let Some(events) = value.get("events").and_then(Value::as_array) {
        if !events.is_empty() {
            take_entry(value, rows);
        }
        return;
    }
    if let Some(list) = list_in(value, 0) {
        for entry in list {
            take_entry(entry, rows);
        }
    } else {
        take_entry(value, rows);
    }
}

/// An entry, or what a list in it holds, each with the entry's own fields.
fn take_entry(entry: &Value, rows: &mut Vec<Value>) {
    let Value::Object(object) = entry else {
        if entry.is_array() {
            rows.push(entry.clone());
        }
        return;
    };
    if let Some((key, inner)) = object.iter().find_map(|(key, value)| Some((key, inner_rows(value)?))) {
        let outer = object
            .iter()
            .filter(|(other, value)| *other != key && !value.is_object() && !value.is_array());
        let outer: Map<String, Value> = outer.map(|(name, value)| (name.clone(), value.clone())).collect();
        for mut row in inner {
            for (name, value) in &outer {
                row.entry(name.clone()).or_insert_with(|| value.clone());
            }
            rows.push(Value::Object(renamed(row)));
        }
        return;
    }
    // Binance wraps a forced order in a message.
    let order = object.get("o").and_then(Value::as_object);
    rows.push(Value::Object(renamed(order.unwrap_or(object).clone())));
}

/// The objects of a list in an entry; a fill in a block of Hyperliquid stands behind its user.
fn inner_rows(value: &Value) -> Option<Vec<Map<String, Value>>> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    let rows = list.iter().map(|one| match one {
        Value::Object(object) => Some(object.clone()),
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(user), Value::Object(fill)] => {
                let mut fill = fill.clone();
                fill.insert("user".to_owned(), Value::String(user.clone()));
                Some(fill)
            }
            _ => None,
        },
        _ => None,
    });
    rows.collect()
}

/// What one-letter names of known messages mean.
fn renamed(row: Map<String, Value>) -> Map<String, Value> {
    let has = |names: &[&str]| names.iter().all(|name| row.contains_key(*name));
    let names: &[(&str, &str)] = if has(&["s", "S", "ap", "z", "T"]) {
        &[
            ("s", "symbol"),
            ("S", "side"),
            ("o", "order_type"),
            ("q", "original_quantity"),
            ("p", "price"),
            ("ap", "average_price"),
            ("z", "accumulated_fill_quantity"),
            ("T", "time"),
        ]
    } else if has(&["T", "s", "S", "v", "p"]) {
        &[
            ("T", "time"),
            ("s", "symbol"),
            ("S", "position_side"),
            ("v", "size"),
            ("p", "bankruptcy_price"),
        ]
    } else if has(&["t", "l", "s"]) && !has(&["h"]) {
        &[
            ("t", "time"),
            ("l", "long_liquidated"),
            ("s", "short_liquidated"),
            ("symbol", "symbol"),
        ]
    } else if has(&["T", "p", "q", "m"]) {
        &[
            ("T", "time"),
            ("p", "price"),
            ("q", "quantity"),
            ("m", "is_buyer_maker"),
            ("s", "symbol"),
            ("a", "agg_trade_id"),
        ]
    } else {
        return row;
    };
    let find = |name: &str, new: &str| Some((new.to_owned(), row.get(name)?.clone()));
    names.iter().filter_map(|(name, new)| find(name, new)).collect()
}
