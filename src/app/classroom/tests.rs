//! Lessons that are taught, from their first stage to their last.

use super::*;
use crate::{ActCommand, EditCommand, FileCommand, PlaybackCommand, Request, Settings};
use cascade_scenario::{Action, find};

fn taught(name: &'static str) -> App {
    let mut app = App::new(preset::find("quiet-market").unwrap(), None, Settings::default()).unwrap();
    app.update(LessonCommand::Begin(name));
    app
}

/// Lets the run come to where it stands still.
fn settle(app: &mut App) {
    loop {
        app.advance(0.1, || true);
        if !app.playing && !app.remaking() && app.present.seeking().is_none() {
            break;
        }
        std::thread::yield_now();
    }
}

fn next(app: &mut App) {
    app.update(LessonCommand::Next);
    settle(app);
}

/// A class has time to see what happens: with cascades in slow motion the runs of a lesson take three to six minutes.
#[test]
fn the_runs_of_a_lesson_take_minutes_and_the_speed_is_as_before_when_it_is_left() {
    let mut taken = Vec::new();
    for shipped in lesson::shipped() {
        let mut app = taught(shipped.name);
        let before = pace::NORMAL;
        assert!(app.pace.steps_per_second() < before);
        let mut seconds = 0.0;
        while !app.classroom().unwrap().is_last() {
            app.update(LessonCommand::Next);
            loop {
                let stands = app.remaking() || app.present.seeking().is_some();
                seconds += if app.playing && !stands { 0.1 } else { 0.0 };
                app.advance(0.1, || true);
                if !app.playing && !app.remaking() && app.present.seeking().is_none() {
                    break;
                }
            }
        }
        taken.push(seconds);
        app.update(LessonCommand::Leave);
        assert!((app.pace.steps_per_second() - before).abs() < 1e-12);
    }
    assert!(
        taken.iter().all(|seconds| (180.0..=360.0).contains(seconds)),
        "{taken:?}"
    );
}

#[test]
fn a_lesson_is_taught_from_its_first_stage_to_its_last() {
    let mut app = taught("first-cascade");
    settle(&mut app);
    assert_eq!(
        (app.classroom().unwrap().place(), app.present.simulation.steps()),
        (0, 0)
    );
    next(&mut app);
    assert_eq!(
        app.present.simulation.steps(),
        114,
        "nineteen minutes of ten-second steps"
    );
    next(&mut app);
    assert!(app.classroom().unwrap().asks_price());
    for (name, price) in [("Ann", 97_000.0), ("Bob", 90_000.0), ("Bob", 92_000.0)] {
        let name = name.to_owned();
        app.update(ActCommand::Remark(Action::Marker { name, price }));
    }
    assert_eq!(
        app.classroom().unwrap().marks().len(),
        2,
        "who marks again has changed their mind"
    );
    assert!(
        app.present.guesses().is_empty(),
        "marks of a lesson are no events of the run"
    );
    app.update(LessonCommand::Next);
    assert!(app.playing && app.classroom().unwrap().told().is_empty());
    // A second press brings the run to its end at once.
    app.update(LessonCommand::Next);
    settle(&mut app);
    assert_eq!(app.present.simulation.steps(), 360);
    assert!(
        app.classroom().unwrap().verdicts().is_empty(),
        "the verdict waits to be revealed"
    );
    next(&mut app);
    let room = app.classroom().unwrap();
    assert!(
        room.told().len() >= 3 && room.told().iter().all(|told| told.holds),
        "{:?}",
        room.told()
    );
    assert!(
        room.verdicts()[0].contains("Nearest of 2: Bob"),
        "{:?}",
        room.verdicts()
    );
    // The change begins the run anew beside the first one.
    next(&mut app);
    assert_eq!(
        (
            app.present.simulation.steps(),
            app.present.scenario.parameters.liquidity.depth
        ),
        (0, 3e10)
    );
    assert_eq!(app.pinned().next().unwrap().1.simulation.steps(), 360);
    next(&mut app);
    for (answer, count) in [(0, 4), (2, 7), (1, 10)] {
        app.update(LessonCommand::Hands { answer, count });
    }
    assert_eq!(
        share_of_hands(&app.classroom().unwrap().answers().hands, 2).as_deref(),
        Some("33 %")
    );
    next(&mut app);
    next(&mut app);
    let room = app.classroom().unwrap();
    assert!(
        room.told().iter().all(|told| told.holds) && !room.told().is_empty(),
        "{:?}",
        room.told()
    );
    assert!(room.verdicts()[0].ends_with("7 of 21 hands."), "{:?}", room.verdicts());
    // The class moves a slider; nothing is put back before the stage is turned.
    next(&mut app);
    let id = find("leverage.mean").unwrap().id;
    app.update(EditCommand::SetParameter { id, value: 6.0 });
    settle(&mut app);
    assert_eq!((app.present.value(id), app.present.simulation.steps()), (6.0, 360));
    next(&mut app);
    assert!(app.classroom().unwrap().is_last() && app.present.value(id) == 6.0);
    app.update(LessonCommand::Next);
    app.update(LessonCommand::Leave);
    assert!(app.classroom().is_none());
}

#[test]
fn turning_back_brings_the_run_of_the_stage_back() {
    let mut app = taught("first-cascade");
    while !matches!(app.classroom().unwrap().stage().task, Task::Compare(_)) {
        app.update(LessonCommand::Next);
        settle(&mut app);
    }
    let digest = app.present.simulation.digest();
    let id = find("leverage.mean").unwrap().id;
    next(&mut app);
    app.update(EditCommand::SetParameter { id, value: 6.0 });
    settle(&mut app);
    app.update(LessonCommand::Back);
    settle(&mut app);
    assert_eq!(
        (app.present.simulation.digest(), app.present.simulation.steps()),
        (digest, 360)
    );
    for _ in 0..4 {
        app.update(LessonCommand::Back);
        settle(&mut app);
    }
    assert!(matches!(app.classroom().unwrap().stage().task, Task::Reveal(_)));
    assert_eq!(app.present.scenario.parameters.liquidity.depth, 1.5e10);
    assert!(app.pinned().next().is_none() && !app.classroom().unwrap().told().is_empty());
}

#[test]
fn a_lesson_of_a_file_is_opened_and_a_wrong_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.ron");
    std::fs::write(&path, lesson::shipped()[1].text).unwrap();
    let mut app = App::new(preset::find("quiet-market").unwrap(), None, Settings::default()).unwrap();
    app.update(FileCommand::Open(path.clone()));
    assert_eq!(app.classroom().unwrap().lesson.title, "Why leverage is fragile");
    std::fs::write(&path, "(format: 1, stages: [3])").unwrap();
    app.update(FileCommand::Open(path));
    assert!(
        app.messages
            .iter()
            .any(|message| message.error && message.text.contains("line 1"))
    );
    assert!(app.classroom().is_some(), "the lesson that is taught stays");
    app.update(FileCommand::OpenShipped("quiet-market"));
    app.update(PlaybackCommand::Pause);
    assert!(app.classroom().is_none(), "another preset ends it");
}

/// What a class talks about after a run is the episode, not half an hour of calm after it; the same stretch for the run beside it.
#[test]
fn at_the_end_of_a_run_what_happened_is_in_view() {
    for shipped in lesson::shipped() {
        let mut app = taught(shipped.name);
        settle(&mut app);
        let mut shown = 0;
        while !app.classroom().unwrap().is_last() {
            next(&mut app);
            for request in app.take_requests() {
                let Request::ShowBetween(from, to) = request else {
                    continue;
                };
                let now = app.present.simulation.steps();
                assert_eq!(Some(now), app.end_of_lesson_run(), "{}", shipped.name);
                assert!(from < to && to <= now, "{}: {from} {to} {now}", shipped.name);
                if shipped.name == "first-cascade" {
                    assert!((114..126).contains(&from) && (180..240).contains(&to), "{from} {to}");
                }
                shown += 1;
            }
        }
        assert!(shown >= 1, "{}: no cascade", shipped.name);
    }
}
