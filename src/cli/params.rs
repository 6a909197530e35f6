//! The table of parameters, printed.

use std::io::{self, Write};

use serde::Serialize;

use cascade_scenario::{ChangeEffect, Kind, Parameter, Setting, Unit, groups, table};

use super::write_json;

/// One parameter as `params --json` shows it.
#[derive(Serialize)]
struct Row {
    path: &'static str,
    label: &'static str,
    group: &'static str,
    unit: &'static str,
    range: Vec<Setting>,
    default: Setting,
    meaning: &'static str,
    formula: &'static str,
    effect: &'static str,
}

/// Prints every parameter.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn print(json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        let rows: Vec<Row> = table().iter().map(row).collect();
        write_json(&mut out, &rows)?;
    } else {
        write_text(&mut out)?;
    }
    out.flush()
}

fn write_text(out: &mut impl Write) -> io::Result<()> {
    for (index, group) in groups().iter().enumerate() {
        writeln!(out, "{}: {}", group.label, group.doc)?;
        for row in table().iter().filter(|row| row.group == index) {
            let unit = stored_unit(row.unit);
            let unit = if unit.is_empty() {
                String::new()
            } else {
                format!(" [{unit}]")
            };
            let (allowed, default) = (row.allowed(), row.write(row.default));
            writeln!(out, "  {}{unit} = {default}  ({allowed})\n      {}", row.path, row.doc)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn row(parameter: &'static Parameter) -> Row {
    let (low, high) = parameter.range;
    Row {
        path: &parameter.path,
        label: parameter.label,
        group: &groups()[parameter.group].label,
        unit: stored_unit(parameter.unit),
        range: match parameter.kind {
            Kind::Choice(names) => names.iter().map(|name| Setting::Word((*name).to_owned())).collect(),
            _ => vec![parameter.write(low), parameter.write(high)],
        },
        default: parameter.write(parameter.default),
        meaning: parameter.doc,
        formula: parameter.source,
        effect: match parameter.effect {
            ChangeEffect::Live => "next step",
            ChangeEffect::Redraw => "positions are drawn anew",
            ChangeEffect::Restart => "the run starts again",
        },
    }
}

/// The unit of the number that presets and `--set` use; the window shows fractions as per cent.
fn stored_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Fraction => "fraction",
        Unit::FractionPerRootYear => "fraction per √year",
        other => other.symbol(),
    }
}
