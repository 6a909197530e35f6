//! A run as a line of text that people send each other: `cascade-lab:first-cascade?seed=7&steps=480&leverage.mean=20`.
//!
//! It holds what decides the run beside a shipped preset: the seed, how many steps it has come, the parameters that differ, and all
//! events where they differ. What is written in it is judged as a file is. Values that hold other characters than letters, digits and
//! `-._~` are percent-encoded (RFC 3986, section 2.1). Lists (positions, options, a path of prices, prices that really came) do not
//! fit into a line.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use cascade_scenario::{Parameter, Scenario, Setting, find, table};

use super::format_1;
use super::preset::{self, shipped};
use super::problem::{FileError, PROBLEMS_MAX, Problem};

/// What a link begins with.
const SCHEME: &str = "cascade-lab:";
/// Stands for no preset: every parameter at its default.
const NO_PRESET: &str = "-";
/// What messages call a link.
const ORIGIN: &str = "the link";
/// Most bytes of a link.
pub const LENGTH_MAX: usize = 64 << 10;
/// Most steps that a link may ask for.
const STEPS_MAX: u64 = 10_000_000;

/// What a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// The scenario.
    pub scenario: Scenario,
    /// How many steps the run has come.
    pub steps: Option<u64>,
}

/// Why a run has no link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// A list is part of the scenario.
    #[error("a link holds no {0}: save the preset and send the file")]
    List(&'static str),
    /// It would be longer than [`LENGTH_MAX`].
    #[error("the run has too many events for a link of {LENGTH_MAX} bytes: save the preset and send the file")]
    TooLong,
}

/// The shipped presets, read once.
static SHIPPED: LazyLock<Vec<(&'static str, Scenario)>> = LazyLock::new(|| {
    let read = |name: &'static str| Some((name, preset::find(name).ok()?));
    shipped().iter().filter_map(|shipped| read(shipped.name)).collect()
});

/// Whether a text is meant as a link.
pub fn is_link(text: &str) -> bool {
    text.trim_start().starts_with(SCHEME)
}

/// The link of a run of a scenario that has come so many steps.
///
/// # Errors
/// The scenario holds a list, or more events than fit.
pub fn write(scenario: &Scenario, steps: u64) -> Result<String, NoLink> {
    let none = (NO_PRESET, Scenario::default());
    let base = SHIPPED
        .iter()
        .find(|(_, base)| base.name == scenario.name)
        .unwrap_or(&none);
    let (preset, mut base) = (base.0, base.1.clone());
    for (name, differs) in [
        ("listed positions", scenario.positions != base.positions),
        ("listed options", scenario.options != base.options),
        ("path of prices", scenario.path != base.path),
        ("prices that really came", scenario.observed != base.observed),
    ] {
        if differs {
            return Err(NoLink::List(name));
        }
    }
    let mut link = format!("{SCHEME}{preset}?seed={}&steps={steps}", scenario.seed);
    let mut add = |key: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = write!(link, "&{key}={}", encoded(value));
    };
    if scenario.name != base.name {
        add("name", &scenario.name);
    }
    // In the order of the table, as they are read: a new time step moves events and what shocks last.
    for row in table() {
        let value = row.get(&scenario.parameters);
        if value != row.get(&base.parameters) {
            add(&row.path, &written(row, value));
            // What the scenario has is allowed.
            let _ = base.set_parameter(row, value);
        }
    }
    if scenario.events != base.events {
        add("events", &format_1::events_text(scenario));
    }
    if link.len() > LENGTH_MAX {
        return Err(NoLink::TooLong);
    }
    Ok(link)
}

/// Reads a link.
///
/// # Errors
/// Every mistake in it, at most [`PROBLEMS_MAX`].
pub fn read(text: &str) -> Result<Linked, FileError> {
    let text = text.trim();
    let refused = |message: String| FileError::Mistakes {
        origin: ORIGIN.to_owned(),
        problems: vec![problem(1, message)],
    };
    if text.len() > LENGTH_MAX {
        return Err(refused(format!(
            "{} bytes; allowed are at most {LENGTH_MAX}",
            text.len()
        )));
    }
    let Some(rest) = text.strip_prefix(SCHEME) else {
        return Err(refused(format!("a link begins with `{SCHEME}`")));
    };
    let (preset, settings) = rest.split_once('?').unwrap_or((rest, ""));
    let mut linked = Linked {
        scenario: base(preset)?,
        steps: None,
    };
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
        if problems.len() == PROBLEMS_MAX {
            break;
        }
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        let outcome = if seen.insert(key) {
            decoded(value).and_then(|value| linked.take(key, &value))
        } else {
            Err(format!("`{key}` stands here a second time"))
        };
        if let Err(message) = outcome {
            let before = &text[..setting.as_ptr() as usize - text.as_ptr() as usize];
            problems.push(problem(1 + before.chars().count(), message));
        }
    }
    if problems.is_empty()
        && let Err(error) = linked.scenario.validate()
    {
        problems.push(problem(1, error.to_string()));
    }
    if problems.is_empty() {
        Ok(linked)
    } else {
        Err(FileError::Mistakes {
            origin: ORIGIN.to_owned(),
            problems,
        })
    }
}

fn problem(column: usize, message: String) -> Problem {
    Problem::new(1, column, message)
}

/// The scenario that a link builds on. Only what is shipped counts: a link reads no files.
fn base(preset: &str) -> Result<Scenario, FileError> {
    if preset == NO_PRESET {
        return Ok(Scenario::default());
    }
    let found = SHIPPED.iter().find(|(name, _)| *name == preset);
    found
        .map(|(_, scenario)| scenario.clone())
        .ok_or_else(|| FileError::Unknown {
            name: preset.to_owned(),
        })
}

impl Linked {
    /// Takes in one setting.
    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let whole = |allowed: u64| {
            let number: Option<u64> = value.parse().ok();
            let refusal = || format!("`{key}` is {value}; allowed is a whole number from 0 to {allowed}");
            number.filter(|number| *number <= allowed).ok_or_else(refusal)
        };
        match key {
            "seed" => self.scenario.seed = whole(u64::MAX)?,
            "steps" => self.steps = Some(whole(STEPS_MAX)?),
            "name" => {
                let text = format!("(format: 1, name: {value:?})");
                self.scenario.name = preset::parse("name", &text).map_err(|error| error.to_string())?.name;
            }
            "events" => {
                // Their times are in seconds of market time.
                let dt = self.scenario.parameters.market.step_seconds;
                let text = format!("(format: 1, parameters: {{\"market.step_seconds\": {dt:?}}}, events: {value})");
                let read = preset::parse("events", &text).map_err(|error| error.to_string())?;
                self.scenario.events = read.events;
            }
            path => {
                let row = find(path).map_err(|error| error.to_string())?;
                let number = row.read(&Setting::parse(value)).map_err(|error| error.to_string())?;
                self.scenario
                    .set_parameter(row, number)
                    .map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

/// A parameter's value as [`Setting::parse`] reads it.
fn written(row: &Parameter, value: f64) -> String {
    match row.write(value) {
        Setting::Word(word) => word,
        other => other.to_string(),
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or_else(|| "a `%` is not followed by two hexadecimal digits".to_owned())?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| "what stands behind `%` is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_engine::Simulation;
    use cascade_scenario::Hints;
    use cascade_scenario::{Action, Event, ParameterChange, Shock};

    fn digest(scenario: &Scenario, steps: u64) -> u64 {
        let mut simulation = Simulation::new(scenario).unwrap();
        (0..steps).for_each(|_| simulation.step());
        simulation.digest()
    }

    /// Every preset, changed in every way that fits into a line.
    #[test]
    fn a_link_brings_the_same_scenario_and_the_same_digest() {
        for shipped in shipped() {
            let mut scenario = preset::find(shipped.name).unwrap();
            let plain = write(&scenario, 90).unwrap();
            assert!(plain.len() < 80, "{plain}");
            assert_eq!(read(&plain).unwrap().scenario, scenario, "{plain}");
            scenario.seed = 12_345;
            scenario.set("leverage.mean", 17.3).unwrap();
            scenario.set("routes.route", 2.0).unwrap();
            let depth = find("liquidity.depth").unwrap().id;
            let shock = Shock {
                size: Some(-0.012_345),
                ..Shock::default()
            };
            let note = "50 % & more: “ü” +\n100%".to_owned();
            let set = Action::Set(ParameterChange::new(depth, 3.3e9).unwrap());
            for action in [Action::Shock(shock), set, Action::Note(note)] {
                scenario.events.push(Event { step: 40, action });
            }
            scenario.events.sort_by_key(|event| event.step);
            let link = write(&scenario, 90).unwrap();
            assert!(link.bytes().all(|byte| byte.is_ascii_graphic()), "{link}");
            let read = read(&format!("  {link}\n")).unwrap();
            assert_eq!(read.steps, Some(90));
            assert_eq!(read.scenario, scenario, "{link}");
            if shipped.name == "first-cascade" {
                assert_eq!(digest(&read.scenario, 90), digest(&scenario, 90));
            }
        }
    }

    #[test]
    fn a_new_time_step_and_a_name_of_ones_own_come_along() {
        let mut scenario = preset::find("first-cascade").unwrap();
        scenario.set("market.step_seconds", 5.0).unwrap();
        assert_eq!(read(&write(&scenario, 1).unwrap()).unwrap().scenario, scenario);
        scenario.name = "Mine \"and\" yours".to_owned();
        scenario.background.clear();
        scenario.hints = Hints::default();
        scenario.description.clear();
        assert_eq!(read(&write(&scenario, 1).unwrap()).unwrap().scenario, scenario);
    }

    #[test]
    fn lists_do_not_fit() {
        let mut scenario = preset::find("first-cascade").unwrap();
        scenario.path.points = vec![(0.0, 1.0), (60.0, 2.0)].into();
        assert_eq!(write(&scenario, 1), Err(NoLink::List("path of prices")));
        let mut scenario = preset::find("first-cascade").unwrap();
        let note = Action::Note("x".repeat(900));
        scenario.events.extend((0..100).map(|step| Event {
            step,
            action: note.clone(),
        }));
        assert_eq!(write(&scenario, 1), Err(NoLink::TooLong));
    }

    #[test]
    fn a_malformed_or_hostile_link_says_what_is_wrong_and_where() {
        let long = format!("{SCHEME}first-cascade?name={}", "x".repeat(LENGTH_MAX));
        for (text, words) in [
            ("first-cascade", "begins with"),
            ("cascade-lab:", "no preset"),
            ("cascade-lab:../../etc/passwd", "no preset"),
            ("cascade-lab:%2e%2e", "no preset"),
            (
                "cascade-lab:first-cascade?seed=-1",
                "column 27: `seed` is -1; allowed is a whole number",
            ),
            ("cascade-lab:first-cascade?seed=1&seed=2", "a second time"),
            (
                "cascade-lab:first-cascade?steps=99999999999",
                "allowed is a whole number from 0 to 10000000",
            ),
            (
                "cascade-lab:first-cascade?leverage.maen=3",
                "did you mean `leverage.mean`",
            ),
            ("cascade-lab:first-cascade?leverage.mean=NaN", "NaN"),
            ("cascade-lab:first-cascade?leverage.mean=1e400", "leverage.mean"),
            ("cascade-lab:first-cascade?leverage.mean=500", "from 1 to 100"),
            ("cascade-lab:first-cascade?leverage.mean", "leverage.mean"),
            ("cascade-lab:first-cascade?routes.route=%zz", "hexadecimal"),
            ("cascade-lab:first-cascade?name=%ff", "UTF-8"),
            ("cascade-lab:first-cascade?name=%00", "name"),
            (
                "cascade-lab:first-cascade?events=[(seconds:1,action:Explode)]",
                "Explode",
            ),
            (
                "cascade-lab:first-cascade?events=[(seconds:-1,action:Pause)]",
                "seconds",
            ),
            ("cascade-lab:first-cascade?events=[],positions:[(", "events"),
            (long.as_str(), "allowed are at most"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
        // Several mistakes at once, each with its place.
        let error = read("cascade-lab:first-cascade?leverage.mean=500&x=1&seed=y").unwrap_err();
        let FileError::Mistakes { problems, .. } = error else {
            panic!()
        };
        assert_eq!(problems.iter().map(|one| one.column).collect::<Vec<_>>(), [27, 45, 49]);
        // What stands behind the events cannot reach anything else of the scenario.
        let sly = read("cascade-lab:first-cascade?events=[],seed:99").unwrap().scenario;
        assert_eq!(sly.seed, preset::find("first-cascade").unwrap().seed);
    }
}
