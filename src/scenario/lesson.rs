//! Lessons: what a teacher does with a preset in front of a class, stage by stage. What a lesson says of a run is stated with
//! figures that are read off the run itself, each with the band in which it is expected.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::texts::{self, Lines};
use super::{ErrorPlace, ListName, Parameter, ParameterError, Scenario, Setting, find};

/// Most stages of a lesson.
pub const STAGES_MAX: usize = 60;
/// Fewest and most parameters that a lesson has as live sliders.
pub const LEVERS: std::ops::RangeInclusive<usize> = 1..=3;
/// Most answers of a question; they are told apart by a letter.
pub const ANSWERS_MAX: usize = 6;
/// Most entries of any other list of a lesson.
const ENTRIES_MAX: usize = 20;
/// Most plots that a lesson brings to the front.
pub const PLOTS_MAX: usize = 4;
/// Longest run of a lesson, in minutes of market time.
const MINUTES_MAX: f64 = 100_000.0;

/// A lesson: the preset it is about, and what is said, asked and changed, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Short name, as a list shows it.
    pub title: String,
    /// What whoever has seen it understands.
    pub goal: String,
    /// The name of the shipped preset, or the file, that is run.
    pub preset: String,
    /// How the time is spent.
    pub plan: Vec<PlanPart>,
    /// What to look at in the picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picture: Vec<String>,
    /// The plots that it speaks of, by their names: they stand first below the price while it is taught. Names that no plot has do
    /// nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plots: Vec<String>,
    /// Paths of the parameters that are shown as live sliders.
    pub levers: Vec<String>,
    /// What happens.
    pub stages: Vec<Stage>,
}

/// A part of the plan of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPart {
    /// How long it takes, in minutes of the class.
    pub minutes: f64,
    /// What is done.
    pub what: String,
}

/// A stage of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What the stage is for.
    pub task: Task,
    /// What the class reads.
    pub say: String,
    /// What only the teacher reads.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub speaker: String,
}

/// What a stage is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Something is said.
    Tell,
    /// The run goes on until so many minutes of market time.
    Run(f64),
    /// The class is asked.
    Predict(Question),
    /// What the run has shown is said.
    Reveal(Vec<Check>),
    /// The preset is run anew with these parameters, and with the same random numbers and events.
    Change(BTreeMap<String, Setting>),
    /// The run is said to differ from the first one.
    Compare(Vec<Check>),
    /// The class moves the live sliders.
    Try,
    /// What to remember.
    Debrief,
}

impl Task {
    /// What it is called.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Tell => "Introduction",
            Self::Run(_) => "Watch",
            Self::Predict(_) => "Predict",
            Self::Reveal(_) => "Reveal",
            Self::Change(_) => "Change",
            Self::Compare(_) => "Compare",
            Self::Try => "Now change it yourself",
            Self::Debrief => "Debrief",
        }
    }

    /// What is said of the run with figures.
    pub fn checks(&self) -> &[Check] {
        match self {
            Self::Reveal(checks) | Self::Compare(checks) => checks,
            _ => &[],
        }
    }
}

/// A question about a figure that the run will have at its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is asked.
    pub ask: String,
    /// The name of the figure of a run that answers it.
    pub figure: String,
    /// How it is measured.
    #[serde(default)]
    pub measured: Measured,
    /// The answers to choose from; none: the figure is a price, and the class marks it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
}

/// One of several answers: right where the figure lies in its band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer.
    pub text: String,
    /// The smallest figure for which it is right; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// The smallest figure for which it is no longer right; none: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
}

/// A sentence about a figure of the run at its end, and the band in which the figure has to lie for it to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The sentence; `{value}` stands for the figure as it is measured, `{now}` and `{first}` for the figure in this run and in
    /// the lesson's first run.
    pub text: String,
    /// The name of the figure.
    pub figure: String,
    /// How it is measured.
    #[serde(default)]
    pub measured: Measured,
    /// The smallest value that is expected; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// The smallest value that is no longer expected; none: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
}

/// How a figure is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// By itself.
    #[default]
    Alone,
    /// As a multiple of what it is in the lesson's first run.
    TimesFirst,
    /// As the difference from what it is in the lesson's first run.
    MinusFirst,
}

impl Answer {
    /// Whether a value makes it right.
    pub fn holds(&self, value: f64) -> bool {
        within(value, self.from, self.to)
    }
}

impl Check {
    /// Whether a value makes the sentence true.
    pub fn holds(&self, value: f64) -> bool {
        within(value, self.from, self.to)
    }
}

/// Whether a value lies in a band that may be open; not a number lies in none.
fn within(value: f64, from: Option<f64>, to: Option<f64>) -> bool {
    !value.is_nan() && from.is_none_or(|from| value >= from) && to.is_none_or(|to| value < to)
}

impl Lesson {
    /// Minutes of the class that its plan has.
    pub fn minutes(&self) -> f64 {
        self.plan.iter().map(|part| part.minutes).sum()
    }

    /// Minutes of market time that all of its runs have together, each to where it ends.
    pub fn run_minutes(&self) -> f64 {
        let ends = self.runs().into_iter().filter_map(|run| self.end_minutes(run.start));
        ends.sum()
    }

    /// The parameters of its live sliders; those that do not exist are left out.
    pub fn lever_rows(&self) -> impl Iterator<Item = &'static Parameter> + '_ {
        self.levers.iter().filter_map(|path| find(path).ok())
    }

    /// The stages that belong to each run: the preset as it is, and then one for every change.
    pub fn runs(&self) -> Vec<Range<usize>> {
        let changes = self
            .stages
            .iter()
            .enumerate()
            .filter(|(_, stage)| matches!(stage.task, Task::Change(_)));
        let starts: Vec<usize> = std::iter::once(0).chain(changes.map(|(index, _)| index)).collect();
        let ends = starts[1..].iter().copied().chain([self.stages.len()]);
        starts.iter().copied().zip(ends).map(|(from, to)| from..to).collect()
    }

    /// Which of the runs a stage belongs to.
    pub fn run_of(&self, stage: usize) -> usize {
        let until = &self.stages[..self.stages.len().min(stage + 1)];
        let changes = until.iter().filter(|stage| matches!(stage.task, Task::Change(_)));
        changes.count()
    }

    /// Where a stage's run ends, in minutes of market time; none where nothing is run.
    pub fn end_minutes(&self, stage: usize) -> Option<f64> {
        let run = self.runs().into_iter().nth(self.run_of(stage))?;
        self.stages[run].iter().rev().find_map(|stage| match stage.task {
            Task::Run(minutes) => Some(minutes),
            _ => None,
        })
    }

    /// The scenario of the run that a stage belongs to, made from its preset.
    ///
    /// # Errors
    /// A change is of a parameter that does not exist, or to a value that is not allowed.
    pub fn scenario_of(&self, stage: usize, preset: &Scenario) -> Result<Scenario, ParameterError> {
        let mut scenario = preset.clone();
        let run = self.runs().into_iter().nth(self.run_of(stage));
        if let Some(Task::Change(settings)) = run.and_then(|run| self.stages.get(run.start)).map(|stage| &stage.task) {
            for (path, setting) in settings {
                let row = find(path)?;
                scenario.hold(row.id, row.read(setting)?)?;
            }
        }
        Ok(scenario)
    }

    /// Checks what the types do not: texts, the lengths of lists, parameters, bands and the order of the stages.
    ///
    /// # Errors
    /// The first thing that is not allowed.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let place = ErrorPlace::Scenario;
        texts::check(place, "title", &self.title, Lines::One)?;
        filled(place, "title", &self.title)?;
        for (field, text) in [("goal", &self.goal), ("preset", &self.preset)] {
            paragraph(place, field, text)?;
        }
        count(place, "plan", self.plan.len(), 1..=ENTRIES_MAX)?;
        count(place, "picture", self.picture.len(), 0..=ENTRIES_MAX)?;
        count(place, "plots", self.plots.len(), 0..=PLOTS_MAX)?;
        self.plots.iter().try_for_each(|name| paragraph(place, "plots", name))?;
        count(place, "levers", self.levers.len(), LEVERS)?;
        count(place, "stages", self.stages.len(), 1..=STAGES_MAX)?;
        self.levers.iter().try_for_each(|path| find(path).map(|_| ()))?;
        self.picture
            .iter()
            .try_for_each(|text| paragraph(place, "picture", text))?;
        for (number, part) in (1..).zip(&self.plan) {
            part.validate(number)?;
        }
        for (number, stage) in (1..).zip(&self.stages) {
            stage.validate(number)?;
        }
        self.validate_order()
    }

    /// Every run comes to an end, later with every stage that lets it go on, and what is said of it is said there.
    fn validate_order(&self) -> Result<(), ParameterError> {
        for (index, run) in self.runs().into_iter().enumerate() {
            let mut reached = 0.0;
            let end = self.end_minutes(run.start);
            for number in run.clone() {
                let refuse = |value: &str, allowed: &str| Err(refused(of_stage(number + 1), "task", value, allowed));
                match &self.stages[number].task {
                    Task::Run(minutes) if *minutes <= reached => {
                        return refuse(&format!("Run({minutes})"), &format!("a moment after minute {reached}"));
                    }
                    Task::Run(minutes) => reached = *minutes,
                    Task::Predict(_) if end.is_none_or(|end| reached >= end) => {
                        return refuse("a question without a run after it", "Predict before a Run");
                    }
                    Task::Reveal(_) | Task::Compare(_) | Task::Try if end.is_none_or(|end| reached < end) => {
                        return refuse("before the end of its run", "a stage after the last Run of its run");
                    }
                    _ => {}
                }
                if index == 0 && compares(&self.stages[number].task) {
                    return refuse(
                        "a comparison of the first run with itself",
                        "a comparison after a Change",
                    );
                }
            }
        }
        Ok(())
    }
}

/// Whether something is measured against the first run.
fn compares(task: &Task) -> bool {
    match task {
        Task::Predict(question) => question.measured != Measured::Alone,
        other => other.checks().iter().any(|check| check.measured != Measured::Alone),
    }
}

impl PlanPart {
    fn validate(&self, number: usize) -> Result<(), ParameterError> {
        let place = ErrorPlace::Entry {
            list: ListName::Plan,
            number,
        };
        if !(self.minutes > 0.0 && self.minutes <= 600.0) {
            let value = self.minutes.to_string();
            return Err(refused(place, "minutes", &value, "more than 0 and at most 600"));
        }
        paragraph(place, "what", &self.what)
    }
}

const fn of_stage(number: usize) -> ErrorPlace {
    ErrorPlace::Entry {
        list: ListName::Stages,
        number,
    }
}

impl Stage {
    fn validate(&self, number: usize) -> Result<(), ParameterError> {
        let place = of_stage(number);
        paragraph(place, "say", &self.say)?;
        texts::check(place, "speaker", &self.speaker, Lines::Several)?;
        match &self.task {
            Task::Run(minutes) if !(*minutes > 0.0 && *minutes <= MINUTES_MAX) => {
                let allowed = format!("more than 0 and at most {MINUTES_MAX} minutes of market time");
                Err(refused(place, "Run", &minutes.to_string(), &allowed))
            }
            Task::Predict(question) => question.validate(place),
            Task::Change(settings) => {
                count(place, "Change", settings.len(), 1..=ENTRIES_MAX)?;
                settings.iter().try_for_each(|(path, setting)| {
                    let row = find(path)?;
                    row.check(row.read(setting)?)
                })
            }
            task => {
                let checks = task.checks();
                if matches!(task, Task::Reveal(_) | Task::Compare(_)) {
                    count(place, "checks", checks.len(), 1..=ENTRIES_MAX)?;
                }
                checks.iter().try_for_each(|check| {
                    paragraph(place, "text", &check.text)?;
                    band(place, check.from, check.to)
                })
            }
        }
    }
}

impl Question {
    fn validate(&self, place: ErrorPlace) -> Result<(), ParameterError> {
        paragraph(place, "ask", &self.ask)?;
        if self.answers.is_empty() {
            return Ok(());
        }
        count(place, "answers", self.answers.len(), 2..=ANSWERS_MAX)?;
        self.answers.iter().try_for_each(|answer| {
            paragraph(place, "text", &answer.text)?;
            band(place, answer.from, answer.to)
        })
    }
}

fn refused(place: ErrorPlace, field: &str, value: &str, allowed: &str) -> ParameterError {
    ParameterError::Value {
        place,
        field: field.to_owned(),
        value: value.to_owned(),
        allowed: allowed.to_owned(),
    }
}

fn count(
    place: ErrorPlace,
    field: &str,
    count: usize,
    allowed: std::ops::RangeInclusive<usize>,
) -> Result<(), ParameterError> {
    if allowed.contains(&count) {
        return Ok(());
    }
    let words = format!("{} to {} entries", allowed.start(), allowed.end());
    Err(refused(place, field, &format!("a list of {count}"), &words))
}

fn filled(place: ErrorPlace, field: &str, text: &str) -> Result<(), ParameterError> {
    if text.trim().is_empty() {
        return Err(refused(place, field, "empty", "a text that is not all blank"));
    }
    Ok(())
}

fn paragraph(place: ErrorPlace, field: &str, text: &str) -> Result<(), ParameterError> {
    texts::check(place, field, text, Lines::Several)?;
    filled(place, field, text)
}

fn band(place: ErrorPlace, from: Option<f64>, to: Option<f64>) -> Result<(), ParameterError> {
    let (low, high) = (from.unwrap_or(f64::NEG_INFINITY), to.unwrap_or(f64::INFINITY));
    // Not a number is no band either.
    if low < high {
        return Ok(());
    }
    Err(refused(
        place,
        "from",
        &low.to_string(),
        &format!("less than `to`, which is {high}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(task: Task) -> Stage {
        Stage {
            task,
            say: "Look.".to_owned(),
            speaker: String::new(),
        }
    }

    fn check(measured: Measured) -> Check {
        Check {
            text: "It fell {value}.".to_owned(),
            figure: "max_drawdown".to_owned(),
            measured,
            from: Some(0.01),
            to: None,
        }
    }

    fn lesson() -> Lesson {
        let depth = BTreeMap::from([("liquidity.depth".to_owned(), Setting::Number(30e9))]);
        Lesson {
            title: "One".to_owned(),
            goal: "To see.".to_owned(),
            preset: "first-cascade".to_owned(),
            plan: vec![PlanPart {
                minutes: 5.0,
                what: "All of it".to_owned(),
            }],
            picture: Vec::new(),
            plots: Vec::new(),
            levers: vec!["leverage.mean".to_owned()],
            stages: vec![
                stage(Task::Run(19.0)),
                stage(Task::Predict(Question {
                    ask: "How low?".to_owned(),
                    figure: "lowest_price".to_owned(),
                    measured: Measured::Alone,
                    answers: Vec::new(),
                })),
                stage(Task::Run(60.0)),
                stage(Task::Reveal(vec![check(Measured::Alone)])),
                stage(Task::Change(depth)),
                stage(Task::Run(50.0)),
                stage(Task::Compare(vec![check(Measured::TimesFirst)])),
                stage(Task::Try),
                stage(Task::Debrief),
            ],
        }
    }

    #[test]
    fn every_stage_belongs_to_a_run_that_has_an_end() {
        let lesson = lesson();
        assert_eq!(lesson.validate(), Ok(()));
        assert_eq!(lesson.runs(), [0..4, 4..9]);
        assert_eq!([0, 3, 4, 8].map(|stage| lesson.run_of(stage)), [0, 0, 1, 1]);
        assert_eq!((lesson.end_minutes(1), lesson.end_minutes(4)), (Some(60.0), Some(50.0)));
        let preset = Scenario::default();
        assert_eq!(lesson.scenario_of(3, &preset), Ok(preset.clone()));
        assert_eq!(
            lesson.scenario_of(4, &preset).map(|one| one.parameters.liquidity.depth),
            Ok(30e9)
        );
    }

    #[test]
    fn what_cannot_be_taught_is_refused_and_named() {
        type Change = fn(&mut Lesson);
        let wrong: [(Change, &str); 11] = [
            (|lesson| lesson.title = " ".to_owned(), "`title` is empty"),
            (|lesson| lesson.levers.clear(), "`levers` is a list of 0"),
            (
                |lesson| lesson.levers = vec!["leverage.meen".to_owned()],
                "leverage.mean",
            ),
            (|lesson| lesson.plan[0].minutes = f64::NAN, "plan: part 1: minutes"),
            (
                |lesson| lesson.stages[2].task = Task::Run(19.0),
                "stages: stage 2: task",
            ),
            (
                |lesson| lesson.stages.insert(3, stage(Task::Run(30.0))),
                "stages: stage 4: task",
            ),
            (|lesson| lesson.stages[2].task = Task::Tell, "stages: stage 2: task"),
            (|lesson| lesson.stages.swap(2, 3), "stages: stage 3: task"),
            (
                |lesson| lesson.stages[3].task = Task::Reveal(vec![check(Measured::MinusFirst)]),
                "the first run with itself",
            ),
            (
                |lesson| lesson.stages[3].task = Task::Reveal(Vec::new()),
                "stage 4: checks",
            ),
            (
                |lesson| {
                    let settings = BTreeMap::from([("leverage.mean".to_owned(), Setting::Number(1e9))]);
                    lesson.stages[4].task = Task::Change(settings);
                },
                "`leverage.mean` is 1000000000",
            ),
        ];
        for (change, words) in wrong {
            let mut lesson = lesson();
            change(&mut lesson);
            let error = lesson.validate().map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|error| error.contains(words)),
                "{words}: {error:?}"
            );
        }
    }
}
