//! Every shipped lesson run to its end: what it says of its runs is held against their figures, and every question has one
//! answer that is right.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fmt::Write;

use cascade_lab::analysis::lesson::{LessonRun, measure, play, right_answers, tell, written};
use cascade_lab::engine::Simulation;
use cascade_lab::files::{lesson, preset};
use cascade_lab::scenario::lesson::{Measured, Task};
use cascade_lab::scenario::{Lesson, Scenario};

/// Minutes of a class.
const CLASS_MINUTES: f64 = 45.0;

fn runs(lesson: &Lesson) -> Vec<LessonRun> {
    let preset = preset::find(&lesson.preset).unwrap();
    let runs = play(lesson, &preset, || true).unwrap().unwrap();
    assert_eq!(
        runs.len(),
        lesson.runs().len(),
        "{}: a run without an end",
        lesson.title
    );
    runs
}

/// What is wrong with what a lesson says, a line each; and what it says, to be read with `--nocapture`.
fn mistakes(name: &str, lesson: &Lesson, runs: &[LessonRun]) -> String {
    let mut wrong = String::new();
    for run in runs {
        assert!(
            run.simulation.halted().is_none(),
            "{name}: {:?}",
            run.simulation.halted()
        );
        for index in run.stages.clone() {
            let figures = (&run.figures[..], &runs[0].figures[..]);
            for check in lesson.stages[index].task.checks() {
                let told = tell(check, figures.0, figures.1);
                println!("{name} {}: {}", index + 1, told.text);
                assert!(!told.text.contains(['{', '}']), "{name}: {}", told.text);
                if !told.holds {
                    writeln!(wrong, "{name}, stage {}: {} ({})", index + 1, told.text, told.value).unwrap();
                }
            }
            let Task::Predict(question) = &lesson.stages[index].task else {
                continue;
            };
            let value = measure(&question.figure, question.measured, figures.0, figures.1);
            println!(
                "{name} {}: {} {}",
                index + 1,
                question.ask,
                written(&question.figure, question.measured, value)
            );
            let right = right_answers(question, figures.0, figures.1).len();
            if right != usize::from(!question.answers.is_empty()) {
                writeln!(
                    wrong,
                    "{name}, stage {}: {right} answers are right for {value}",
                    index + 1
                )
                .unwrap();
            }
        }
    }
    wrong
}

#[test]
fn what_every_lesson_says_is_so() {
    let mut wrong = String::new();
    for shipped in lesson::shipped() {
        let lesson = lesson::find(shipped.name).unwrap();
        wrong += &mistakes(shipped.name, &lesson, &runs(&lesson));
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A lesson fills a class, asks before it shows, lets something be changed and tried, and says what to remember.
#[test]
fn every_lesson_has_all_its_parts() {
    for shipped in lesson::shipped() {
        let lesson = lesson::find(shipped.name).unwrap();
        let name = shipped.name;
        assert_eq!(lesson.minutes(), CLASS_MINUTES, "{name}");
        assert!(
            (2..=3).contains(&lesson.levers.len()) && !lesson.picture.is_empty(),
            "{name}"
        );
        let place = |is: fn(&Task) -> bool| {
            lesson
                .stages
                .iter()
                .position(|stage| is(&stage.task))
                .unwrap_or(usize::MAX)
        };
        let order = [
            place(|task| matches!(task, Task::Run(_))),
            place(|task| matches!(task, Task::Reveal(_))),
            place(|task| matches!(task, Task::Change(_))),
            place(|task| matches!(task, Task::Predict(question) if !question.answers.is_empty())).max(1),
            place(|task| matches!(task, Task::Compare(_))),
            place(|task| matches!(task, Task::Try)),
            place(|task| matches!(task, Task::Debrief)),
        ];
        assert!(
            order.is_sorted() && order[6] == lesson.stages.len() - 1,
            "{name}: {order:?}"
        );
        let asked = lesson
            .stages
            .iter()
            .filter(|stage| matches!(stage.task, Task::Predict(_)));
        assert!(asked.count() >= 2, "{name} asks too little");
        assert!(
            lesson.stages.iter().any(|stage| !stage.speaker.is_empty()),
            "{name} says nothing to the teacher"
        );
        assert!(
            preset::shipped().iter().any(|preset| preset.name == lesson.preset),
            "{name}"
        );
    }
}

/// A lesson that says what is not so would be noticed.
#[test]
fn a_wrong_claim_is_noticed() {
    let mut lesson = lesson::find("first-cascade").unwrap();
    let runs = runs(&lesson);
    for stage in &mut lesson.stages {
        if let Task::Compare(checks) = &mut stage.task {
            for check in checks.iter_mut().filter(|check| check.measured == Measured::TimesFirst) {
                (check.from, check.to) = (Some(1.0), None);
            }
        }
    }
    assert!(mistakes("first-cascade", &lesson, &runs).lines().count() >= 2);
}

/// Every shipped preset names its two or three most important sliders, and suggests things that change its run; an episode has its
/// mark of what is on record.
#[test]
fn every_preset_suggests_what_to_try_and_it_changes_the_run() {
    let mut idle = String::new();
    for shipped in preset::shipped() {
        let scenario = preset::find(shipped.name).unwrap();
        let hints = &scenario.hints;
        assert!(
            (2..=3).contains(&hints.levers.len()) && hints.tries.len() >= 2,
            "{}",
            shipped.name
        );
        assert_eq!(
            hints.record.is_some(),
            shipped.shelf == preset::Shelf::Historical,
            "{}",
            shipped.name
        );
        for (place, trial) in hints.tries.iter().enumerate() {
            let mut changed = scenario.clone();
            for (id, value) in trial.values().unwrap() {
                changed.hold(id, value).unwrap();
            }
            if !differs(&scenario, &changed) {
                writeln!(idle, "{}, try {}: {}", shipped.name, place + 1, trial.text).unwrap();
            }
        }
    }
    assert!(idle.is_empty(), "these change nothing:\n{idle}");
}

/// Whether the price of two runs differs anywhere in the steps that a preset is meant for.
fn differs(one: &Scenario, other: &Scenario) -> bool {
    let mut runs = [one, other].map(|scenario| Simulation::new(scenario).unwrap());
    (0..1_440).any(|_| {
        let spots = runs.each_mut().map(|run| {
            run.step();
            run.assets()[0].observation().spot
        });
        (spots[0] / spots[1]).ln().abs() > 1e-4
    })
}
