//! Timed events as a preset of the first format holds them. A change of a parameter is written by its path and read here.

use serde::Deserialize;

use cascade_scenario::{
    Action, Event, Outage, ParameterChange, ParameterError, Parameters, Setting, Shock, ShockRoute, ShockSettings,
    find, parameter,
};

use crate::document::RonDocument;
use crate::preset::Problem;
use crate::table::PROBLEMS_MAX;

use super::retired::ImpactLaw;
use super::{literal, offender};

/// An event as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Event")]
struct WrittenEvent {
    step: u64,
    action: WrittenAction,
}

/// What an event does, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Action")]
enum WrittenAction {
    Shock(Shock),
    Outage(Outage),
    Set { parameter: String, value: Setting },
    Note(String),
    Pause,
    Ask(String),
    Bookmark(String),
    Marker { name: String, price: f64 },
}

impl WrittenEvent {
    /// The event; none where a parameter that the program no longer has is changed to no effect.
    fn read(self, law: &mut ImpactLaw) -> Result<Option<Event>, ParameterError> {
        let step = self.step;
        let action = match self.action {
            WrittenAction::Shock(shock) => Action::Shock(shock),
            WrittenAction::Outage(outage) => Action::Outage(outage),
            WrittenAction::Set { parameter, value } if ImpactLaw::knows(&parameter) => {
                let change = law
                    .change(&parameter, &value)
                    .and_then(|change| {
                        change
                            .map(|(path, number)| ParameterChange::read(path, &Setting::Number(number)))
                            .transpose()
                    })
                    .map_err(|error| error.of_event(step))?;
                match change {
                    Some(change) => Action::Set(change),
                    None => return Ok(None),
                }
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
    mut law: ImpactLaw,
    events: &mut Vec<Event>,
    problems: &mut Vec<Problem>,
) {
    for piece in &document.events {
        // To say where each one stands takes as long as the text before it.
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
        match document
            .decode::<WrittenEvent>(*piece)
            .map(|written| written.read(&mut law))
        {
            Ok(Ok(event)) => events.extend(event),
            Ok(Err(error)) => problems.push(document.problem(offender(*piece, &error), error.to_string())),
            Err(problem) => problems.push(Problem {
                field: None,
                message: format!("events: {}", problem.message),
                ..problem
            }),
        }
    }
}

/// An event as it is written.
pub(super) fn text(event: &Event) -> String {
    let action = match &event.action {
        Action::Shock(shock) => {
            let size = shock
                .size
                .map(|size| format!("size: {}", literal(&Setting::Number(size))));
            let over_steps = shock.over_steps.map(|steps| format!("over_steps: {steps}"));
            let route = shock.route.map(|route| format!("route: {}", route_name(route)));
            let asset = shock.asset.map(|asset| format!("asset: {asset}"));
            let given: Vec<String> = [size, over_steps, asset, route].into_iter().flatten().collect();
            format!("Shock({})", given.join(", "))
        }
        Action::Outage(outage) => {
            let venue = outage.venue.map(|venue| format!("venue: {venue}"));
            let over_steps = outage.over_steps.map(|steps| format!("over_steps: {steps}"));
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
    format!("(step: {}, action: {action})", event.step)
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
