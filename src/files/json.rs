//! Answers of exchanges as JSON: a list of objects or of lists, perhaps wrapped in an object, or one object a line. They become
//! tables of separated values, whose lines count the entries.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Most fields a table may come to.
const FIELDS_MAX: usize = 20_000_000;
/// Names that the fields of a wrapped object get are joined by this.
const JOINED: char = '.';

/// The table of a text that is JSON with a list in it; none if it is no JSON.
///
/// # Errors
/// There is no list of objects or of lists in it, or too large a one; in words.
pub(crate) fn table_of(text: &str) -> Result<Option<String>, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(['[', '{']) {
        return Ok(None);
    }
    let Ok(whole) = serde_json::from_str(text).or_else(|_| lines(text)) else {
        return Ok(None);
    };
    let rows = list_in(&whole, 0).ok_or("it is JSON without a list of objects or of lists, which could be rows")?;
    rows_of(rows).map(Some)
}

/// Objects or lists as the text of a table.
///
/// # Errors
/// It would be too large; in words.
pub(super) fn rows_of(rows: &[Value]) -> Result<String, String> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut write = |fields: Vec<String>| writer.write_record(fields).map_err(|error| error.to_string());
    if rows.iter().all(Value::is_array) {
        for row in rows.iter().filter_map(Value::as_array) {
            write(row.iter().map(plain).collect())?;
        }
    } else {
        let objects = || rows.iter().filter_map(Value::as_object).map(flat);
        let mut names = BTreeSet::new();
        for object in objects() {
            names.extend(object.into_iter().map(|(name, _)| name));
            let fields = names.len().saturating_mul(rows.len());
            if names.len() > super::table::COLUMNS_MAX || fields > FIELDS_MAX {
                return Err(format!(
                    "it is JSON whose {} entries have {} different fields and more",
                    rows.len(),
                    names.len()
                ));
            }
        }
        write(names.iter().cloned().collect())?;
        for object in objects() {
            write(
                names
                    .iter()
                    .map(|name| object.get(name).map_or_else(String::new, plain))
                    .collect(),
            )?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// One object a line.
fn lines(text: &str) -> serde_json::Result<Value> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str)
        .collect::<serde_json::Result<Vec<Value>>>()
        .map(Value::Array)
}

/// The longest list of objects or lists, a few levels deep.
pub(super) fn list_in(value: &Value, depth: usize) -> Option<&Vec<Value>> {
    match value {
        Value::Array(list) if !list.is_empty() && list.iter().all(|one| one.is_object() || one.is_array()) => {
            Some(list)
        }
        Value::Object(object) if depth < 4 => object
            .values()
            .filter_map(|inner| list_in(inner, depth + 1))
            .max_by_key(|list| list.len()),
        _ => None,
    }
}

/// An object whose inner objects have become fields of their own: `leverage.value`. What wraps a single object, such as
/// `position`, leaves no trace in the names.
fn flat(object: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in object {
        match value {
            Value::Object(inner) if name == "position" => fields.extend(flat(inner)),
            Value::Object(inner) if inner.contains_key("value") => {
                fields.insert(name.clone(), inner.get("value").cloned().unwrap_or_default());
            }
            Value::Object(inner) => {
                for (inner_name, value) in inner {
                    fields.insert(format!("{name}{JOINED}{inner_name}"), value.clone());
                }
            }
            other => {
                fields.insert(name.clone(), other.clone());
            }
        }
    }
    fields
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
