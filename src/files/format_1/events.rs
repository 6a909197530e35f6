//! Timed events as a preset of the first format holds them. A change of a parameter is written by its path and read here.

use serde::Deserialize;

use cascade_scenario::{
    Action, ErrorPlace, Event, Outage, ParameterChange, ParameterError, Parameters, Setting, Shock, ShockRoute,
    ShockSettings, find, parameter,
};

use crate::document::RonDocument;
use crate::problem::{PROBLEMS_MAX, Problem};

use super::earlier::HEDGING_STEPS;
use super::pieces::{literal, offender};
use super::retired::ImpactLaw;

/// An event as it is written: at a step, or at a time of the market's clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Event")]
struct WrittenEvent {
    #[serde(default)]
    step: Option<u64>,
    #[serde(default)]
    seconds: Option<f64>,
    action: WrittenAction,
}

/// A shock as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, rename = "Shock")]
#[derive(Default)]
struct WrittenShock {
    size: Option<f64>,
    over_steps: Option<u32>,
    over_seconds: Option<f64>,
    asset: Option<u32>,
    route: Option<ShockRoute>,
}

/// An outage as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, rename = "Outage")]
#[derive(Default)]
struct WrittenOutage {
    venue: Option<u32>,
    over_steps: Option<u32>,
    over_seconds: Option<f64>,
}

/// Market time is written to the microsecond: no step is as short, and products of steps read well.
const DIGITS: f64 = 1e6;

/// A number of steps of `dt` in seconds; none if they are so many that the number would not read back.
fn seconds(steps: u64, dt: f64) -> Option<String> {
    let seconds = (steps as f64 * dt * DIGITS).round() / DIGITS;
    (seconds <= SECONDS_MAX && (seconds / dt).round() as u64 == steps).then(|| literal(&Setting::Number(seconds)))
}

/// A number of steps that is written as one, or in seconds of steps of `dt`; none if neither is given.
fn steps(path: &str, steps: Option<u64>, seconds: Option<f64>, dt: f64) -> Result<Option<u64>, ParameterError> {
    match (steps, seconds) {
        (Some(steps), Some(seconds)) => {
            let both = format!("{steps} steps and {seconds} seconds");
            Err(refused(path, both, "one of them"))
        }
        (None, Some(seconds)) if !(0.0..=SECONDS_MAX).contains(&seconds) => {
            Err(refused(path, seconds.to_string(), "0 to 1e12 seconds"))
        }
        (None, Some(seconds)) => Ok(Some((seconds / dt).round() as u64)),
        (steps, None) => Ok(steps),
    }
}

fn refused(field: &str, value: String, allowed: &str) -> ParameterError {
    ParameterError::Value {
        place: ErrorPlace::Scenario,
        field: field.to_owned(),
        value,
        allowed: allowed.to_owned(),
    }
}

/// Beyond this no step is told from its neighbour.
const SECONDS_MAX: f64 = 1e12;

/// What an event does, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Action")]
enum WrittenAction {
    Shock(WrittenShock),
    Outage(WrittenOutage),
    Set { parameter: String, value: Setting },
    Note(String),
    Pause,
    Ask(String),
    Bookmark(String),
    Marker { name: String, price: f64 },
}

impl WrittenEvent {
    /// The event; none where a parameter that the program no longer has is changed to no effect.
    fn read(self, dt: f64, law: &mut ImpactLaw) -> Result<Option<Event>, ParameterError> {
        let Some(step) = steps("Event", self.step, self.seconds, dt)? else {
            return Err(refused("Event", "without a time".to_owned(), "`seconds` or `step`"));
        };
        let over = |path: &str, given: Option<u32>, seconds: Option<f64>| {
            let steps = steps(path, given.map(u64::from), seconds, dt).map_err(|error| error.of_event(step))?;
            let most = steps.map(|steps| u32::try_from(steps).unwrap_or(u32::MAX));
            // What takes some time takes a step.
            Ok::<_, ParameterError>(most.map(|steps| steps.max(u32::from(seconds.is_some()))))
        };
        let action = match self.action {
            WrittenAction::Shock(shock) => Action::Shock(Shock {
                size: shock.size,
                over_steps: over("shock.over_seconds", shock.over_steps, shock.over_seconds)?,
                asset: shock.asset,
                route: shock.route,
            }),
            WrittenAction::Outage(outage) => Action::Outage(Outage {
                venue: outage.venue,
                over_steps: over("outage.over_seconds", outage.over_steps, outage.over_seconds)?,
            }),
            WrittenAction::Set { parameter, value } if ImpactLaw::knows(&parameter) => {
                match law.change(&parameter, &value).map_err(|error| error.of_event(step))? {
                    Some(change) => Action::Set(change),
                    None => return Ok(None),
                }
            }
            WrittenAction::Set { parameter, value } if parameter == HEDGING_STEPS => {
                let Setting::Number(steps) = value else {
                    return Err(refused(&parameter, value.to_string(), "a number").of_event(step));
                };
                let seconds = Setting::Number(steps * dt);
                let change = ParameterChange::read("dealers.hedging_interval", &seconds);
                Action::Set(change.map_err(|error| error.of_event(step))?)
            }
            WrittenAction::Set { parameter, value } => {
                let change = ParameterChange::read(&parameter, &value);
                Action::Set(change.map_err(|error| error.of_event(step))?)
            }
            WrittenAction::Note(text) => Action::Note(text),
            WrittenAction::Pause => Action::Pause,
            WrittenAction::Ask(text) => Action::Ask(text),
            WrittenAction::Bookmark(text) => Action::Bookmark(text),
            WrittenAction::Marker { name, price } => Action::Marker { name, price },
        };
        let event = Event { step, action };
        event.validate()?;
        Ok(Some(event))
    }
}

/// Reads all events of a document.
pub(super) fn read(
    document: &RonDocument<'_>,
    (dt, mut law): (f64, ImpactLaw),
    events: &mut Vec<Event>,
    problems: &mut Vec<Problem>,
) {
    for piece in &document.events {
        // To say where each one stands takes as long as the text before it.
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
        let written = document.decode::<WrittenEvent>(*piece);
        match written.map(|event| event.read(dt, &mut law)) {
            Ok(Ok(event)) => events.extend(event),
            Ok(Err(error)) => problems.push(document.problem(offender(*piece, &error), error.to_string())),
            Err(problem) => {
                let message = format!("events: {}", problem.message);
                problems.push(Problem::new(problem.line, problem.column, message));
            }
        }
    }
}

/// An event as it is written, times in seconds of steps of `dt`.
pub(super) fn text(event: &Event, dt: f64) -> String {
    let time = |steps: u64, in_seconds: &str, in_steps: &str| {
        seconds(steps, dt).map_or_else(
            || format!("{in_steps}: {steps}"),
            |seconds| format!("{in_seconds}: {seconds}"),
        )
    };
    let over = |steps: Option<u32>| steps.map(|steps| time(u64::from(steps), "over_seconds", "over_steps"));
    let action = match &event.action {
        Action::Shock(shock) => {
            let size = shock
                .size
                .map(|size| format!("size: {}", literal(&Setting::Number(size))));
            let over_steps = over(shock.over_steps);
            let route = shock.route.map(|route| format!("route: {}", route_name(route)));
            let asset = shock.asset.map(|asset| format!("asset: {asset}"));
            let given: Vec<String> = [size, over_steps, asset, route].into_iter().flatten().collect();
            format!("Shock({})", given.join(", "))
        }
        Action::Outage(outage) => {
            let venue = outage.venue.map(|venue| format!("venue: {venue}"));
            let over_steps = over(outage.over_steps);
            let given: Vec<String> = [venue, over_steps].into_iter().flatten().collect();
            format!("Outage({})", given.join(", "))
        }
        Action::Set(change) => {
            let row = parameter(change.parameter());
            let value = literal(&row.write(change.value()));
            format!("Set(parameter: {:?}, value: {value})", row.path)
        }
        Action::Note(text) => format!("Note({text:?})"),
        Action::Pause => "Pause".to_owned(),
        Action::Ask(text) => format!("Ask({text:?})"),
        Action::Bookmark(text) => format!("Bookmark({text:?})"),
        Action::Marker { name, price } => {
            let price = literal(&Setting::Number(*price));
            format!("Marker(name: {name:?}, price: {price})")
        }
    };
    format!("({}, action: {action})", time(event.step, "seconds", "step"))
}

/// The name of a route, from the one table of names.
fn route_name(route: ShockRoute) -> String {
    let settings = ShockSettings {
        route,
        ..ShockSettings::default()
    };
    let parameters = Parameters {
        shock: settings,
        ..Parameters::default()
    };
    find("shock.route").map_or_else(|_| String::new(), |row| literal(&row.write(row.get(&parameters))))
}
