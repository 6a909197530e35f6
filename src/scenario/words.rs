//! Timed events in words, for people who read what a scenario will do.

use super::format::{clock, digits, percent, price};
use super::{Action, Event, Parameters, Shock, ShockRoute, parameter};

impl Event {
    /// When it happens: market time since the first step.
    pub fn moment(&self, parameters: &Parameters) -> String {
        clock(self.step as f64 * parameters.market.step_seconds)
    }

    /// What happens. What the event leaves open is read off the parameters, as the run does unless a slider is moved first.
    pub fn in_words(&self, parameters: &Parameters) -> String {
        match &self.action {
            Action::Shock(shock) => shock_in_words(shock, parameters),
            Action::Outage(outage) => format!(
                "Venue {} goes out for {}.",
                outage.venue.unwrap_or(parameters.outage.venue),
                lasting(outage.over_steps.unwrap_or(parameters.outage.over_steps), parameters),
            ),
            Action::Set(change) => {
                let row = parameter(change.parameter());
                format!("“{}” is set to {}.", row.label, row.show(change.value()))
            }
            Action::Note(text) => text.clone(),
            Action::Pause => "The run pauses.".to_owned(),
            Action::Ask(text) => format!("The run pauses and asks: {text}"),
            Action::Bookmark(text) => format!("Bookmark “{text}”."),
            Action::Marker { name, price: guess } => format!("{name} guesses {} USD.", price(*guess)),
        }
    }
}

fn shock_in_words(shock: &Shock, parameters: &Parameters) -> String {
    let settings = &parameters.shock;
    let what = match shock.route.unwrap_or(settings.route) {
        ShockRoute::News => "News of",
        ShockRoute::SpotOrder => "An order in the spot book for",
        ShockRoute::VenueOrder => "An order in a venue's futures book for",
    };
    let asset = if parameters.assets.count > 1 {
        let asset = shock.asset.unwrap_or(settings.asset).min(parameters.assets.count);
        format!(" for asset {asset}")
    } else {
        String::new()
    };
    format!(
        "{what} {}{asset}, over {}.",
        percent(shock.size.unwrap_or(settings.size), 1),
        lasting(shock.over_steps.unwrap_or(settings.over_steps), parameters),
    )
}

/// A number of steps as market time.
fn lasting(steps: u32, parameters: &Parameters) -> String {
    let seconds = f64::from(steps) * parameters.market.step_seconds;
    match seconds {
        s if s < 120.0 => format!("{} s", digits(s, 3)),
        s if s < 7_200.0 => format!("{} min", digits(s / 60.0, 3)),
        s => format!("{} h", digits(s / 3_600.0, 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outage, ParameterChange, find};

    #[test]
    fn every_kind_of_event_reads_well() {
        let mut parameters = Parameters::default();
        let set = |value| Action::Set(ParameterChange::new(find("leverage.mean").unwrap().id, value).unwrap());
        let guess = Action::Marker {
            name: "Ann".to_owned(),
            price: 95_000.0,
        };
        let outage = Outage {
            venue: Some(2),
            over_steps: Some(300),
        };
        for (action, words) in [
            (Action::Shock(Shock::default()), "News of −2.0 %, over 60 s."),
            (Action::Outage(outage), "Venue 2 goes out for 50 min."),
            (Action::Outage(Outage::default()), "Venue 1 goes out for 10 min."),
            (set(20.0), "“Mean leverage” is set to 20 ×."),
            (Action::Note("Calm.".to_owned()), "Calm."),
            (Action::Pause, "The run pauses."),
            (
                Action::Ask("What now?".to_owned()),
                "The run pauses and asks: What now?",
            ),
            (Action::Bookmark("the end".to_owned()), "Bookmark “the end”."),
            (guess, "Ann guesses 95,000 USD."),
        ] {
            let event = Event { step: 120, action };
            assert_eq!(event.in_words(&parameters), words);
            assert_eq!(event.moment(&parameters), "00:20:00");
        }
        parameters.assets.count = 2;
        let shock = Shock {
            size: Some(-0.1),
            over_steps: Some(1_440),
            asset: Some(2),
            route: Some(ShockRoute::SpotOrder),
        };
        let event = Event {
            step: 0,
            action: Action::Shock(shock),
        };
        let words = "An order in the spot book for −10.0 % for asset 2, over 4 h.";
        assert_eq!(event.in_words(&parameters), words);
    }
}
