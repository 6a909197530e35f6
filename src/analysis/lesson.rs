//! What a lesson's runs come to: every run made to its end, and what the lesson says of them held against their figures.

use std::ops::Range;

use cascade_engine::{Observation, Simulation};
use cascade_scenario::lesson::{Answer, Check, Measured, Question};
use cascade_scenario::{AssetId, Lesson, ParameterError, Scenario, format};

use super::metric::{self, Metric, UnknownMetric};

/// Most moments that are kept of all runs of a lesson together.
const MOMENTS_MAX: u64 = 50_000;

/// A run of a lesson at its end.
#[derive(Debug)]
pub struct LessonRun {
    /// The stages that belong to it.
    pub stages: Range<usize>,
    /// The model.
    pub simulation: Simulation,
    /// What was seen of the first asset, from the start on: every step, or in lessons of many steps every second, third and so on.
    pub seen: Vec<Observation>,
    /// The figures, in the order of [`metric::read`].
    pub figures: Vec<f64>,
}

/// A sentence of a lesson about a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The sentence with the figures of the run.
    pub text: String,
    /// The figure as the sentence measures it.
    pub value: f64,
    /// Whether the figure lies where the lesson expects it.
    pub holds: bool,
}

/// The step at which a moment of market time is reached.
pub fn step_at(minutes: f64, step_seconds: f64) -> u64 {
    (60.0 * minutes / step_seconds).round() as u64
}

/// Makes all runs of a lesson to their ends. After each step `goes_on` is asked; nothing if it says no.
///
/// # Errors
/// A run's scenario holds something that is not allowed.
pub fn play(
    lesson: &Lesson,
    preset: &Scenario,
    mut goes_on: impl FnMut() -> bool,
) -> Result<Option<Vec<LessonRun>>, ParameterError> {
    let every = steps(lesson, preset).div_ceil(MOMENTS_MAX).max(1);
    let mut runs = Vec::new();
    for stages in lesson.runs() {
        let Some(minutes) = lesson.end_minutes(stages.start) else {
            continue;
        };
        let scenario = lesson.scenario_of(stages.start, preset)?;
        let mut simulation = Simulation::new(&scenario)?;
        let end = step_at(minutes, scenario.parameters.market.step_seconds);
        let mut seen = vec![*simulation.assets()[AssetId::FIRST].observation()];
        while simulation.steps() < end && simulation.halted().is_none() {
            simulation.step();
            if simulation.steps().is_multiple_of(every) {
                seen.push(*simulation.assets()[AssetId::FIRST].observation());
            }
            if !goes_on() {
                return Ok(None);
            }
        }
        let figures = metric::read(&simulation);
        runs.push(LessonRun {
            stages,
            simulation,
            seen,
            figures,
        });
    }
    Ok(Some(runs))
}

/// Steps that [`play`] makes.
pub fn steps(lesson: &Lesson, preset: &Scenario) -> u64 {
    let of_run = |stages: Range<usize>| {
        let scenario = lesson.scenario_of(stages.start, preset).ok()?;
        let minutes = lesson.end_minutes(stages.start)?;
        Some(step_at(minutes, scenario.parameters.market.step_seconds))
    };
    lesson.runs().into_iter().filter_map(of_run).sum()
}

/// The names of figures that a lesson uses and that do not exist, each with its stage.
pub fn unknown_figures(lesson: &Lesson) -> Vec<(usize, UnknownMetric)> {
    let named = |index: usize| {
        let task = &lesson.stages[index].task;
        let asked = match task {
            cascade_scenario::lesson::Task::Predict(question) => Some(&question.figure),
            _ => None,
        };
        let checked = task.checks().iter().map(|check| &check.figure);
        checked.chain(asked).map(move |figure| (index, figure))
    };
    (0..lesson.stages.len())
        .flat_map(named)
        .filter_map(|(index, figure)| Some((index, Metric::find(figure).err()?)))
        .collect()
}

/// A figure as it is measured, of two runs' figures at their ends; not a number where there is none.
pub fn measure(figure: &str, measured: Measured, now: &[f64], first: &[f64]) -> f64 {
    let at = |figures: &[f64]| {
        let place = Metric::find(figure).map(Metric::index);
        place
            .ok()
            .and_then(|place| figures.get(place).copied())
            .unwrap_or(f64::NAN)
    };
    match measured {
        Measured::Alone => at(now),
        Measured::TimesFirst => at(now) / at(first),
        Measured::MinusFirst => at(now) - at(first),
    }
}

/// A measured figure as it is written.
pub fn written(figure: &str, measured: Measured, value: f64) -> String {
    match (Metric::find(figure), measured) {
        (Ok(metric), Measured::Alone | Measured::MinusFirst) => metric.unit().write(value),
        _ => format::digits(value, 2),
    }
}

/// A sentence with the figures of a run put in, and whether they are where they are expected.
pub fn tell(check: &Check, now: &[f64], first: &[f64]) -> Told {
    let value = measure(&check.figure, check.measured, now, first);
    let alone = |figures| {
        written(
            &check.figure,
            Measured::Alone,
            measure(&check.figure, Measured::Alone, figures, &[]),
        )
    };
    let text = check
        .text
        .replace("{value}", &written(&check.figure, check.measured, value))
        .replace("{now}", &alone(now))
        .replace("{first}", &alone(first));
    Told {
        text,
        value,
        holds: check.holds(value),
    }
}

/// The answers of a question that are right for a run: where its bands divide the axis, one.
pub fn right_answers<'q>(question: &'q Question, now: &[f64], first: &[f64]) -> Vec<(usize, &'q Answer)> {
    let value = measure(&question.figure, question.measured, now, first);
    let answers = question.answers.iter().enumerate();
    answers.filter(|(_, answer)| answer.holds(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_the_figures_of_the_runs_and_knows_whether_it_holds() {
        let place = Metric::find("max_drawdown").unwrap().index();
        let figures = |fall: f64| {
            let mut figures = vec![f64::NAN; metric::names().len()];
            figures[place] = fall;
            figures
        };
        let (first, now) = (figures(0.08), figures(0.02));
        let check = |measured, from, to| Check {
            text: "{value} of it: {now} after {first}".to_owned(),
            figure: "max_drawdown".to_owned(),
            measured,
            from,
            to,
        };
        let told = tell(&check(Measured::TimesFirst, None, Some(0.5)), &now, &first);
        assert_eq!(
            (told.text.as_str(), told.holds),
            ("0.25 of it: −2.0 % after −8.0 %", true)
        );
        assert!(!tell(&check(Measured::TimesFirst, Some(0.5), None), &now, &first).holds);
        assert!((tell(&check(Measured::MinusFirst, None, None), &now, &first).value + 0.06).abs() < 1e-12);
        let missing = Check {
            figure: "bad_debt_usd".to_owned(),
            ..check(Measured::Alone, None, None)
        };
        assert!(!tell(&missing, &now, &first).holds, "not a number holds nowhere");
    }
}
