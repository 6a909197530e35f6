//! A lesson on paper: what the class reads and marks, with a picture of the run up to each question; the answers on a page apart,
//! with the figures of the runs; what only the teacher reads if that is asked for.

use std::fmt::Write as _;

use cascade_analysis::lesson::{LessonRun, measure, play, right_answers, steps, tell, written};
use cascade_engine::{Figure, Observation, Unit};
use cascade_scenario::lesson::{Measured, Question, Stage, Task};
use cascade_scenario::{Lesson, Parameter, Scenario, find, format};

use super::super::export::ExportError;
use super::svg::{Chart, Line};
use super::{STYLE, escaped};

/// How far the axis of a picture to mark a price in goes from the start price, as fractions.
const REACHES: [f64; 5] = [0.05, 0.1, 0.2, 0.5, 0.9];

/// What a handout is made of.
#[derive(Clone, Debug)]
pub struct Handout {
    /// The lesson.
    pub lesson: Lesson,
    /// Its preset.
    pub preset: Scenario,
    /// Whether what only the teacher reads is in it.
    pub speaker: bool,
}

impl Handout {
    /// Steps that its runs take.
    pub fn steps(&self) -> u64 {
        steps(&self.lesson, &self.preset)
    }

    /// The page. After each step `goes_on` is told how many there are, and may say no.
    ///
    /// # Errors
    /// A run cannot be made, or `goes_on` said no.
    pub fn page(&self, mut goes_on: impl FnMut(u64) -> bool) -> Result<String, ExportError> {
        let mut made = 0;
        let runs = play(&self.lesson, &self.preset, || {
            made += 1;
            goes_on(made)
        })?;
        let runs = runs.ok_or(ExportError::Cancelled)?;
        Ok(self.write(&runs))
    }

    fn write(&self, runs: &[LessonRun]) -> String {
        let title = escaped(&self.lesson.title);
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title} – cascade-lab</title><style>{STYLE}{SHEET}</style></head><body><main>\n<h1>{title}</h1>\n<p><b>Goal.</b> {}</p>\n",
            escaped(&self.lesson.goal)
        );
        page.push_str(&self.overview());
        for (index, stage) in self.lesson.stages.iter().enumerate() {
            page.push_str(&self.question(index, stage, runs));
        }
        page.push_str("<section class=\"answers\"><h1>Answers</h1>\n");
        for (index, stage) in self.lesson.stages.iter().enumerate() {
            page.push_str(&answer(index, stage, runs));
        }
        page.push_str("</section>\n<footer>A stylised model for study, no forecast and no advice. Nothing on this page is loaded from elsewhere.</footer>");
        page.push_str("</main></body></html>\n");
        page
    }

    /// The plan, what to look at, and the sliders.
    fn overview(&self) -> String {
        let mut text = String::new();
        if self.speaker {
            let minutes = format::digits(self.lesson.minutes(), 3);
            let rows = self.lesson.plan.iter().fold(String::new(), |rows, part| {
                let minutes = format::digits(part.minutes, 3);
                format!(
                    "{rows}<tr><td class=\"number\">{minutes} min</td><td>{}</td></tr>",
                    escaped(&part.what)
                )
            });
            push(
                &mut text,
                format_args!("<h2>Plan: {minutes} minutes</h2><table>{rows}</table>\n"),
            );
        }
        if !self.lesson.picture.is_empty() {
            push(
                &mut text,
                format_args!("<h2>What to look at</h2><ul>{}</ul>\n", items(&self.lesson.picture)),
            );
        }
        let levers: Vec<String> = self.lesson.lever_rows().map(Parameter::told).collect();
        push(
            &mut text,
            format_args!(
                "<p>Preset: <code>{}</code>. Sliders: {}.</p>\n",
                escaped(&self.lesson.preset),
                escaped(&levers.join(", "))
            ),
        );
        text
    }

    /// What the class reads of a stage; nothing of what gives a run away.
    fn question(&self, index: usize, stage: &Stage, runs: &[LessonRun]) -> String {
        let mut text = String::new();
        match &stage.task {
            Task::Reveal(_) | Task::Compare(_) | Task::Debrief | Task::Run(_) => {}
            Task::Predict(question) => {
                push(
                    &mut text,
                    format_args!("<h2>{}. {}</h2>\n", index + 1, escaped(&question.ask)),
                );
                push(&mut text, format_args!("<p>{}</p>\n", escaped(&stage.say)));
                push(&mut text, format_args!("{}", self.to_mark(index, question, runs)));
            }
            task => {
                push(&mut text, format_args!("<h2>{}. {}</h2>\n", index + 1, task.label()));
                push(&mut text, format_args!("<p>{}</p>\n", escaped(&stage.say)));
                if let Task::Change(settings) = task {
                    let changes: Vec<String> = settings
                        .iter()
                        .filter_map(|(path, setting)| {
                            let row = find(path).ok()?;
                            let value = row.read(setting).ok()?;
                            Some(format!("{}: {}", row.label, row.show(value)))
                        })
                        .collect();
                    push(&mut text, format_args!("<ul>{}</ul>\n", items(&changes)));
                }
            }
        }
        text + &self.note(stage)
    }

    /// Answers with boxes to tick, or the run as far as it has come in a picture with room for what is to come.
    fn to_mark(&self, index: usize, question: &Question, runs: &[LessonRun]) -> String {
        if !question.answers.is_empty() {
            let boxes = question
                .answers
                .iter()
                .zip('A'..)
                .fold(String::new(), |boxes, (answer, letter)| {
                    format!("{boxes}<li><i></i> {letter}. {}</li>", escaped(&answer.text))
                });
            return format!("<ul class=\"boxes\">{boxes}</ul>\n");
        }
        let Some(run) = runs.iter().find(|run| run.stages.contains(&index)) else {
            return String::new();
        };
        let asked = self.lesson.stages[run.stages.start..index]
            .iter()
            .rev()
            .find_map(|stage| match stage.task {
                Task::Run(minutes) => Some(60.0 * minutes),
                _ => None,
            });
        let until = asked.unwrap_or(0.0);
        let known = |figure: Figure| -> Vec<f64> {
            let at = |one: &Observation| {
                if one.time_seconds <= until {
                    figure.of(one)
                } else {
                    f64::NAN
                }
            };
            run.seen.iter().map(at).collect()
        };
        let start = run.seen[0].spot;
        let furthest = run
            .seen
            .iter()
            .map(|one| (one.spot / start - 1.0).abs())
            .fold(0.0, f64::max);
        let reach = REACHES.into_iter().find(|reach| *reach > 1.1 * furthest).unwrap_or(1.0);
        let chart = Chart {
            title: "Price: mark it here",
            lines: vec![line("spot", "spot", known(Figure::Spot))],
            level: None,
            range: Some((start * (1.0 - reach), start * (1.0 + reach))),
            write: |value| Unit::Price.write(value),
        };
        chart.draw(&seconds(run))
    }

    fn note(&self, stage: &Stage) -> String {
        if !self.speaker || stage.speaker.is_empty() {
            return String::new();
        }
        format!(
            "<aside><b>{}.</b> {}</aside>\n",
            stage.task.label(),
            escaped(&stage.speaker)
        )
    }
}

/// What a stage's runs have shown.
fn answer(index: usize, stage: &Stage, runs: &[LessonRun]) -> String {
    let (Some(first), Some(run)) = (runs.first(), runs.iter().find(|run| run.stages.contains(&index))) else {
        return String::new();
    };
    let figures = (&run.figures[..], &first.figures[..]);
    let mut text = String::new();
    let mut say = |heading: &str, said: &str| {
        push(
            &mut text,
            format_args!(
                "<h2>{}. {}</h2>\n<p>{}</p>\n",
                index + 1,
                escaped(heading),
                escaped(said)
            ),
        );
    };
    match &stage.task {
        Task::Predict(question) => say(&question.ask, &answered(question, figures)),
        Task::Debrief => say(stage.task.label(), &stage.say),
        Task::Reveal(checks) | Task::Compare(checks) => {
            say(stage.task.label(), &stage.say);
            let told: Vec<String> = checks
                .iter()
                .map(|check| tell(check, figures.0, figures.1).text)
                .collect();
            push(&mut text, format_args!("<ul>{}</ul>\n", items(&told)));
            let compared = (run.stages != first.stages).then_some(first);
            for chart in pictures(run, compared) {
                text.push_str(&chart.draw(&seconds(run)));
            }
        }
        _ => {}
    }
    text
}

/// What answers a question, in words.
fn answered(question: &Question, (now, first): (&[f64], &[f64])) -> String {
    let figure = |measured| {
        written(
            &question.figure,
            measured,
            measure(&question.figure, measured, now, first),
        )
    };
    if question.answers.is_empty() {
        return format!("{}.", figure(Measured::Alone));
    }
    let right: Vec<String> = right_answers(question, now, first)
        .into_iter()
        .map(|(place, answer)| format!("{}. {}", ('A'..).nth(place).unwrap_or('?'), answer.text))
        .collect();
    let by = match question.measured {
        Measured::Alone => figure(Measured::Alone),
        Measured::TimesFirst => format!("{} times what it was", figure(Measured::TimesFirst)),
        Measured::MinusFirst => figure(Measured::MinusFirst),
    };
    format!("{} ({by}).", right.join("; "))
}

/// The price and what was liquidated, with the price of another run beside it.
fn pictures(run: &LessonRun, first: Option<&LessonRun>) -> Vec<Chart> {
    let of = |run: &LessonRun, figure: Figure| -> Vec<f64> { run.seen.iter().map(|one| figure.of(one)).collect() };
    let mut prices = vec![line("without forced flow", "weak", of(run, Figure::Exogenous))];
    if let Some(first) = first {
        let mut values = of(first, Figure::Spot);
        values.resize(run.seen.len(), f64::NAN);
        prices.push(line("the first run", "shorts", values));
    }
    prices.push(line("spot", "spot", of(run, Figure::Spot)));
    let below = of(run, Figure::LiquidatedShorts)
        .into_iter()
        .map(|value| -value)
        .collect();
    vec![
        Chart {
            title: "Price",
            lines: prices,
            level: None,
            range: None,
            write: |value| Unit::Price.write(value),
        },
        Chart {
            title: "Liquidated a step",
            lines: vec![
                line("longs", "longs", of(run, Figure::LiquidatedLongs)),
                line("shorts, below zero", "shorts", below),
            ],
            level: None,
            range: None,
            write: |value| Unit::Usd.write(value),
        },
    ]
}

fn line(name: &'static str, class: &'static str, values: Vec<f64>) -> Line {
    Line { name, class, values }
}

fn seconds(run: &LessonRun) -> Vec<f64> {
    run.seen.iter().map(|one| one.time_seconds).collect()
}

fn items(texts: &[String]) -> String {
    texts.iter().fold(String::new(), |items, text| {
        format!("{items}<li>{}</li>", escaped(text))
    })
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(what);
}

/// What a sheet for a class has beside the looks of a report.
const SHEET: &str = "
h2{break-after:avoid}figure,li{break-inside:avoid}.answers{break-before:page;margin-top:64px}.boxes{list-style:none;padding:0}
.boxes i{display:inline-block;width:14px;height:14px;border:1.5px solid currentColor;border-radius:3px;vertical-align:-2px;margin-right:6px}
aside{border-left:4px solid var(--shorts);background:var(--card);padding:8px 14px;margin:8px 0}
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lesson, preset};

    fn handout(name: &str, speaker: bool) -> Handout {
        let lesson = lesson::find(name).unwrap();
        Handout {
            preset: preset::find(&lesson.preset).unwrap(),
            lesson,
            speaker,
        }
    }

    /// Questions come first and give nothing away; the answers are on a page of their own; the teacher's notes only where asked for.
    #[test]
    fn a_handout_stands_by_itself_and_keeps_its_answers_apart() {
        let page = handout("first-cascade", false).page(|_| true).unwrap();
        for foreign in [
            "http:", "https:", "<script", "src=", "@import", "url(", "NaN", "{value}", "{now}",
        ] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        let (questions, answers) = page.split_once("<h1>Answers</h1>").unwrap();
        assert!(questions.contains("How low does the price go") && questions.contains("Price: mark it here"));
        assert!(questions.contains("Liquidity depth: 30 bn"), "{questions}");
        assert!(
            !questions.contains("The largest fall is"),
            "the question gives the answer away"
        );
        assert!(answers.contains("The largest fall is") && answers.contains("the first run"));
        assert!(answers.contains("C. Less than half"), "{answers}");
        assert!(answers.matches("<svg").count() >= 4);
        let notes = |page: &str| page.matches("<aside>").count();
        let with = handout("first-cascade", true).page(|_| true).unwrap();
        assert_eq!(notes(&page), 0);
        assert!(notes(&with) >= 4 && with.contains("<h2>Plan: 45 minutes</h2>"));
    }

    #[test]
    fn what_a_lesson_says_is_text_and_a_cancelled_page_is_none() {
        let mut one = handout("first-cascade", true);
        one.lesson.title = "<img src=x onerror=alert(1)>".to_owned();
        one.lesson.stages[0].speaker = "</style><script>alert(2)</script>".to_owned();
        let page = one.page(|_| true).unwrap();
        assert!(!page.contains("<img") && !page.contains("<script"));
        assert!(matches!(one.page(|step| step < 9), Err(ExportError::Cancelled)));
        assert!(one.steps() > 300);
    }
}
