//! The fields of a stage.

use std::collections::BTreeMap;

use eframe::egui::{ComboBox, DragValue, RichText, Role, Ui, WidgetInfo};

use cascade_analysis::Metric;
use cascade_scenario::lesson::{ANSWERS_MAX, Answer, Check, Measured, Question, Stage, Task};
use cascade_scenario::{Setting, find};

use super::{list, text};
use crate::pages::studies::words;
use crate::palette::Palette;
use crate::style;

/// The figure that a new question or sentence is about.
const FIGURE: &str = "max_drawdown";

/// A stage that says something.
pub(super) fn fresh() -> Stage {
    Stage {
        task: Task::Tell,
        say: "What the class reads.".to_owned(),
        speaker: String::new(),
    }
}

/// A sentence about a run.
pub(super) fn check() -> Check {
    Check {
        text: "The largest fall is {value}.".to_owned(),
        figure: FIGURE.to_owned(),
        measured: Measured::Alone,
        from: None,
        to: None,
    }
}

fn answer(text: &str, from: Option<f64>, to: Option<f64>) -> Answer {
    Answer {
        text: text.to_owned(),
        from,
        to,
    }
}

/// One task of every sort, in the order in which they are offered.
fn tasks() -> [Task; 8] {
    [
        Task::Tell,
        Task::Run(40.0),
        Task::Predict(Question {
            ask: "What will happen?".to_owned(),
            figure: FIGURE.to_owned(),
            measured: Measured::Alone,
            answers: vec![
                answer("It falls by less than 5 %", None, Some(0.05)),
                answer("It falls by more", Some(0.05), None),
            ],
        }),
        Task::Reveal(vec![check()]),
        Task::Change(BTreeMap::from([("leverage.mean".to_owned(), Setting::Number(6.0))])),
        Task::Compare(vec![check()]),
        Task::Try,
        Task::Debrief,
    ]
}

/// The changes of a stage as lines of `path = value`.
pub(super) fn changes_of(stage: &Stage) -> String {
    let Task::Change(settings) = &stage.task else {
        return String::new();
    };
    let line = |(path, setting): (&String, &Setting)| format!("{path} = {setting}");
    settings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads lines of `path = value`.
///
/// # Errors
/// The first line that is not allowed, and why.
fn read_changes(lines: &str) -> Result<BTreeMap<String, Setting>, String> {
    let mut settings = BTreeMap::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (path, value) = line.split_once('=').ok_or_else(|| format!("“{line}”: path = value"))?;
        let setting = Setting::parse(value.trim().trim_matches('"'));
        let row = find(path.trim()).map_err(|error| error.to_string())?;
        row.read(&setting)
            .and_then(|value| row.check(value))
            .map_err(|error| error.to_string())?;
        settings.insert(row.path.clone(), setting);
    }
    Ok(settings)
}

/// Draws the fields of a stage; `changes` is what is being typed of its changes.
pub(super) fn show(ui: &mut Ui, stage: &mut Stage, changes: &mut String, palette: &Palette) {
    let label = ui.label(RichText::new("What the stage is for").weak());
    let mut chosen = None;
    ComboBox::from_id_salt("task of the stage")
        .selected_text(stage.task.label())
        .show_ui(ui, |ui| {
            for task in tasks() {
                let same = task.label() == stage.task.label();
                if ui.selectable_label(same, task.label()).clicked() && !same {
                    chosen = Some(task);
                }
            }
        })
        .response
        .labelled_by(label.id);
    if let Some(task) = chosen {
        stage.task = task;
        *changes = changes_of(stage);
    }
    ui.add_space(4.0);
    text(ui, "The class reads", &mut stage.say, 3);
    text(ui, "Only the teacher reads", &mut stage.speaker, 2);
    match &mut stage.task {
        Task::Tell | Task::Try | Task::Debrief => {}
        Task::Run(minutes) => {
            let label = ui.label(RichText::new("The run stops at this minute of market time").weak());
            let field = DragValue::new(minutes).range(0.1..=100_000.0).speed(0.5).suffix(" min");
            ui.add(field).labelled_by(label.id);
        }
        Task::Predict(question) => predict(ui, question, palette),
        Task::Reveal(checks) | Task::Compare(checks) => {
            ui.label(style::strong("Sentences about the run", style::SUBHEADING));
            ui.weak("{value} stands for the figure as it is measured, {now} and {first} for it in this run and the first one.");
            list(ui, ("sentence", 20), checks, check, |ui, place, check| {
                let of = format!("sentence {}", place + 1);
                text(ui, &format!("Sentence {}", place + 1), &mut check.text, 1);
                figure(ui, &of, (&mut check.figure, &mut check.measured), palette);
                band(ui, &of, (&mut check.from, &mut check.to));
            });
        }
        Task::Change(settings) => {
            text(ui, "Changes, a line each: path = value", changes, 3);
            match read_changes(changes) {
                Ok(read) => *settings = read,
                Err(error) => {
                    ui.label(RichText::new(error).color(palette.notice));
                }
            }
        }
    }
}

fn predict(ui: &mut Ui, question: &mut Question, palette: &Palette) {
    text(ui, "Question", &mut question.ask, 2);
    figure(
        ui,
        "the question",
        (&mut question.figure, &mut question.measured),
        palette,
    );
    ui.label(style::strong("Answers to choose from", style::SUBHEADING));
    ui.weak("Without any the figure is a price, and the class marks it in the plot.");
    let fresh = || answer("Another answer", None, None);
    list(
        ui,
        ("answer", ANSWERS_MAX),
        &mut question.answers,
        fresh,
        |ui, place, answer| {
            text(ui, &format!("Answer {}", place + 1), &mut answer.text, 1);
            band(ui, &format!("answer {}", place + 1), (&mut answer.from, &mut answer.to));
        },
    );
}

/// The figure that something is about, and how it is measured.
fn figure(ui: &mut Ui, of: &str, (name, measured): (&mut String, &mut Measured), palette: &Palette) {
    text(ui, &format!("Figure of {of}"), name, 1);
    choose_figure(ui, of, name, palette);
    let how = |measured: Measured| match measured {
        Measured::Alone => "by itself",
        Measured::TimesFirst => "as a multiple of the first run",
        Measured::MinusFirst => "as the difference from the first run",
    };
    ComboBox::from_id_salt(("measured", of))
        .selected_text(how(*measured))
        .show_ui(ui, |ui| {
            for one in [Measured::Alone, Measured::TimesFirst, Measured::MinusFirst] {
                ui.selectable_value(measured, one, how(one));
            }
        });
}

/// Which figure a name stands for, as a list to choose another one from, and what is wrong with a name that stands for none.
fn choose_figure(ui: &mut Ui, of: &str, name: &mut String, palette: &Palette) {
    let now = Metric::find(name);
    let selected = now
        .as_ref()
        .map_or_else(|_| "choose".to_owned(), |metric| words(*metric));
    let combo = ComboBox::from_id_salt(("figure", of))
        .width(260.0)
        .height(420.0)
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for metric in Metric::all() {
                ui.selectable_value(name, metric.name().into_owned(), words(metric));
            }
        });
    let label = format!("Choose the figure of {of}");
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &label));
    if let Err(error) = now {
        ui.label(RichText::new(error.to_string()).color(palette.notice));
    }
}

/// The band in which a figure has to lie.
fn band(ui: &mut Ui, of: &str, (from, to): (&mut Option<f64>, &mut Option<f64>)) {
    ui.horizontal(|ui| {
        for (name, bound) in [("from", from), ("below", to)] {
            let mut on = bound.is_some();
            if ui.checkbox(&mut on, name).changed() {
                *bound = on.then_some(0.0);
            }
            if let Some(value) = bound {
                let field = DragValue::new(value).speed(0.01).max_decimals(6);
                ui.add(field).accessible_name(format!("{of}, {name}"));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_are_written() {
        let task = |lines: &str| Stage {
            task: Task::Change(read_changes(lines).unwrap()),
            ..fresh()
        };
        let lines = "leverage.mean = 6\nmargin.maintenance=0.5%\n\nthrottle.enabled = true";
        let stage = task(lines);
        assert_eq!(changes_of(&task(&changes_of(&stage))), changes_of(&stage));
        assert_eq!(changes_of(&stage).lines().count(), 3);
        for (wrong, words) in [
            ("leverage.mean", "path = value"),
            ("leverage.meen = 6", "leverage.mean"),
            ("leverage.mean = many", "many"),
            ("leverage.mean = 1e9", "1000000000"),
        ] {
            let told = read_changes(wrong).unwrap_err();
            assert!(told.contains(words), "{told}");
        }
    }

    /// Every sort of task is offered, and what it begins with is allowed.
    #[test]
    fn every_task_begins_with_something_allowed() {
        for task in tasks() {
            assert!(task.checks().iter().all(|check| Metric::find(&check.figure).is_ok()));
            if let Task::Change(settings) = &task {
                let stage = Stage {
                    task: task.clone(),
                    ..fresh()
                };
                assert_eq!(read_changes(&changes_of(&stage)).as_ref(), Ok(settings));
            }
        }
    }
}
