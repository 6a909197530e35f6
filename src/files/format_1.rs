//! The first format of presets: what its fields mean, and how they are written.
//!
//! A later format gets a module like this one. The older reader stays as it is, frozen with its fixture in the tests, and
//! a function from its result to the next format's input carries old files forward, one format at a time.

mod earlier;
mod events;
mod lists;
mod pieces;
mod retired;

use std::fmt::Write;

use cascade_scenario::{
    GroupRow, Kind, Paragraph, Parameter, ParameterError, Parameters, Scenario, Setting, find, groups, table,
};

use super::document::{Field, RonDocument};
use super::problem::{PROBLEMS_MAX, Problem};
pub(crate) use pieces::offender;
use pieces::{excerpt, literal, refuse};
use retired::ImpactLaw;

const FIELDS: [&str; 12] = [
    "format",
    "name",
    "description",
    "background",
    "hints",
    "seed",
    "parameters",
    "events",
    "options",
    "positions",
    "path",
    "observed",
];

/// Reads a document of this format.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(document: &RonDocument<'_>) -> Result<Scenario, Vec<Problem>> {
    let mut problems = document.unknown_fields(&FIELDS, PROBLEMS_MAX);
    let mut scenario = Scenario::default();
    text_field(document, "name", &mut scenario.name, &mut problems);
    text_field(document, "description", &mut scenario.description, &mut problems);
    if let Err(error) = scenario.validate_texts() {
        let field = if let ParameterError::Value { field, .. } = &error {
            document.field(field)
        } else {
            None
        };
        problems.extend(field.map(|piece| document.problem(piece, error.to_string())));
    }
    if let Some(piece) = document.field("seed") {
        match document.decode::<u64>(piece) {
            Ok(seed) => scenario.seed = seed,
            Err(_) => problems.push(refuse(
                document,
                "seed",
                piece,
                &format!("a whole number from 0 to {}", u64::MAX),
            )),
        }
    }
    let law = read_parameters(document, &mut scenario.parameters, &mut problems);
    let dt = scenario.parameters.market.step_seconds;
    events::read(document, (dt, law), &mut scenario.events, &mut problems);
    lists::read(document, &mut scenario, &mut problems);
    if problems.is_empty() {
        Ok(scenario)
    } else {
        Err(problems)
    }
}

fn text_field(document: &RonDocument<'_>, name: &str, target: &mut String, problems: &mut Vec<Problem>) {
    if let Some(piece) = document.field(name) {
        match document.decode(piece) {
            Ok(text) => *target = text,
            Err(_) => problems.push(refuse(document, name, piece, "a text in quotation marks")),
        }
    }
}

/// Reads the parameters, and gives back what those say that the program no longer has.
fn read_parameters(document: &RonDocument<'_>, parameters: &mut Parameters, problems: &mut Vec<Problem>) -> ImpactLaw {
    let mut seen = Vec::new();
    let mut law = ImpactLaw::default();
    let mut hedging_steps = None;
    for entry in &document.parameters {
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
        if let Some(read) = earlier::hedging_steps(document, *entry) {
            match read {
                Ok(steps) => hedging_steps = Some(steps),
                Err(problem) => problems.push(problem),
            }
            continue;
        }
        match read_parameter(document, *entry, parameters, &mut law) {
            Ok(path) if seen.contains(&path) => {
                problems.push(document.problem(entry.key, format!("`{path}` stands here a second time")));
            }
            Ok(path) => seen.push(path),
            Err(problem) => problems.push(problem),
        }
    }
    if let Err(error) = law.apply(parameters) {
        let said = document
            .parameters
            .iter()
            .rfind(|entry| ImpactLaw::knows(&entry.key.text.replace('"', "")));
        problems.extend(said.map(|entry| document.problem(entry.key, error.to_string())));
    }
    let given = |path: &str| seen.iter().any(|seen: &String| seen == path);
    earlier::tell_the_index(parameters, given);
    earlier::tell_the_makers(parameters, given);
    earlier::tell_reactions_in_seconds(parameters, hedging_steps, given);
    law
}

/// Reads one parameter and gives back its path.
fn read_parameter(
    document: &RonDocument<'_>,
    Field { key, value }: Field<'_>,
    parameters: &mut Parameters,
    law: &mut ImpactLaw,
) -> Result<String, Problem> {
    let no_path = |_| {
        document.problem(
            key,
            format!("{} is no parameter; write \"group.name\"", excerpt(key.text)),
        )
    };
    let path: String = document.decode(key).map_err(no_path)?;
    if ImpactLaw::knows(&path) {
        let setting: Setting = document
            .decode(value)
            .map_err(|_| refuse(document, &path, value, "a number or the name of a law"))?;
        law.read(&path, &setting)
            .map_err(|error| document.problem(value, error.to_string()))?;
        return Ok(path);
    }
    let row = find(&path).map_err(|error| document.problem(key, error.to_string()))?;
    let setting: Setting = document
        .decode(value)
        .map_err(|_| refuse(document, &path, value, &row.allowed()))?;
    row.read(&setting)
        .and_then(|number| row.set(parameters, number))
        .map_err(|error| document.problem(value, error.to_string()))?;
    Ok(path)
}

/// Writes a scenario in this format, every parameter with its label and unit.
pub(crate) fn write(scenario: &Scenario) -> String {
    let mut text = String::from("(\n    format: 1,\n");
    let mut line = |content: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{content}");
    };
    line(format_args!("    name: {:?},", scenario.name));
    line(format_args!("    description: {:?},", scenario.description));
    if !scenario.background.is_empty() {
        line(format_args!("    background: ["));
        for Paragraph { topic, text } in &scenario.background {
            line(format_args!("        (topic: {topic:?}, text: {text:?}),"));
        }
        line(format_args!("    ],"));
    }
    if !scenario.hints.is_empty() {
        lists::write_hints(&mut line, &scenario.hints);
    }
    line(format_args!("    seed: {},", scenario.seed));
    line(format_args!("    parameters: {{"));
    for (index, group) in groups().iter().enumerate() {
        let rows: Vec<_> = table()
            .iter()
            .filter(|row| row.group == index && is_written(row, group, scenario))
            .collect();
        if !rows.is_empty() {
            line(format_args!("        // {}", group.label));
        }
        for row in rows {
            let value = row.get(&scenario.parameters);
            line(format_args!(
                "        {:?}: {}, // {}",
                row.path,
                number(row, value),
                comment(row, value)
            ));
        }
    }
    line(format_args!("    }},"));
    line(format_args!("    events: ["));
    for event in &scenario.events {
        line(format_args!(
            "        {},",
            events::text(event, scenario.parameters.market.step_seconds)
        ));
    }
    line(format_args!("    ],"));
    lists::write(&mut text, scenario);
    text.push_str(")\n");
    text
}

/// The events of a scenario as the value of their field, on one line.
pub(crate) fn events_text(scenario: &Scenario) -> String {
    let dt = scenario.parameters.market.step_seconds;
    let events: Vec<String> = scenario.events.iter().map(|event| events::text(event, dt)).collect();
    format!("[{}]", events.join(","))
}

/// Venue 5 of 4 is left out unless somebody has set it.
fn is_written(row: &Parameter, group: &GroupRow, scenario: &Scenario) -> bool {
    (group.applies)(&scenario.parameters, group.index) || row.get(&scenario.parameters) != row.default
}

fn number(row: &Parameter, value: f64) -> String {
    match (row.kind, row.write(value)) {
        (Kind::Whole, _) => format!("{value:.0}"),
        (_, setting) => literal(&setting),
    }
}

fn comment(row: &Parameter, value: f64) -> String {
    match row.kind {
        Kind::Choice(_) => format!("{}: {}", row.label, row.allowed()),
        _ => format!("{}: {}", row.label, row.show(value)),
    }
}
