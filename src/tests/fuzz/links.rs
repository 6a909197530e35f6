//! Mutated links: what is read of them is a scenario that may be run, and writes a link of its own that says the same.

use cascade_lab::engine::Simulation;
use cascade_lab::files::{link, preset};
use cascade_lab::scenario::{Action, Event, Outage, Scenario, Shock};

use crate::random::{Numbers, mutated};
use crate::{RUN_EVERY, cases_of_a_kind};

const PIECES: [&str; 24] = [
    "&",
    "=",
    "?",
    "%",
    "%2",
    "%zz",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "%28",
    "%22",
    "%5B",
    "+",
    "-1",
    "1e308",
    "NaN",
    "inf",
    "99999999999999999999",
    "0",
    ".",
    "cascade-lab:",
    "name=",
    "steps=",
    "events=",
];

/// A link of every shipped preset that has one, with some things changed.
fn links() -> Vec<String> {
    let changed = |mut scenario: Scenario| {
        for (path, value) in [
            ("leverage.mean", 17.3),
            ("routes.route", 2.0),
            ("venues.count", 3.0),
            ("market.step_seconds", 5.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let note = Action::Note("50 % & more: “ü” +\n100%".to_owned());
        for action in [Action::Shock(Shock::default()), Action::Outage(Outage::default()), note] {
            scenario.events.push(Event { step: 900_000, action });
        }
        scenario
    };
    let presets = preset::shipped()
        .iter()
        .map(|shipped| preset::find(shipped.name).unwrap());
    let links: Vec<String> = presets
        .chain([Scenario::default()])
        .filter_map(|scenario| link::write(&changed(scenario), 90).ok())
        .collect();
    assert!(links.len() > 20, "{} links", links.len());
    links
}

#[test]
fn mutated_links_are_read_or_refused() {
    let links = links();
    let mut numbers = Numbers::new(0x0001_1235_8132_1345);
    let mut read = 0;
    for case in 0..cases_of_a_kind() {
        // What stands between two ampersands takes the part of a line.
        let lines = links[case % links.len()].replace('&', "\n");
        let text = mutated(&lines, &PIECES, &mut numbers).replace('\n', "&");
        let linked = match link::read(&text) {
            Ok(linked) => linked,
            Err(error) => {
                assert!(!error.report(10).is_empty(), "{text}");
                continue;
            }
        };
        let scenario = linked.scenario;
        scenario.validate().unwrap_or_else(|error| panic!("{error}: {text}"));
        let steps = linked.steps.unwrap_or_default();
        if let Ok(written) = link::write(&scenario, steps) {
            let again = link::read(&written).unwrap_or_else(|error| panic!("{error}: {written}: {text}"));
            let same = again.scenario.parameters == scenario.parameters
                && again.scenario.events == scenario.events
                && (again.scenario.seed, &again.scenario.name) == (scenario.seed, &scenario.name);
            assert!(
                same && again.steps == Some(steps),
                "another scenario: {written}: {text}"
            );
        }
        read += 1;
        if read % RUN_EVERY == 0 {
            let mut simulation = Simulation::new(&scenario).unwrap_or_else(|error| panic!("{error}: {text}"));
            (0..3).for_each(|_| simulation.step());
        }
    }
    eprintln!("{read} of {} mutated links can be read", cases_of_a_kind());
    assert!(
        read * 50 > cases_of_a_kind(),
        "nearly nothing that can be read was tried"
    );
}
