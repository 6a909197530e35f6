//! Going back, replaying and branching are exact.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    ActCommand, App, EditCommand, PinCommand, PlaybackCommand, SelectionCommand, Settings, SliderMode, StressCommand,
    WhatIfCommand,
};
use cascade_engine::{Clusters, RunEvent};
use cascade_files::preset;
use cascade_scenario::{AssetId, ChangeEffect, Event, Kind, Parameters, Shock, find, table};

fn open(name: &str) -> App {
    let mut app = App::new(preset::find(name).unwrap(), None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
    app
}

fn set(app: &mut App, path: &str, value: f64) {
    app.update(EditCommand::SetParameter {
        id: find(path).unwrap().id,
        value,
    });
    app.update(EditCommand::Settle);
}

fn go(app: &mut App, step: u64) {
    app.update(PlaybackCommand::Seek(step));
    let mut frames = 0;
    while app.present.seeking().is_some() {
        // As the window does it: a few steps a frame.
        let mut left = 40;
        app.present.work(|| {
            left -= 1;
            left > 0
        });
        frames += 1;
        assert!(frames < 100_000);
    }
    assert_eq!(app.present.simulation.steps(), step);
}

/// One random thing a user does: a slider moved, a shock, or some steps.
fn fidget(app: &mut App, luck: &mut ChaCha8Rng) {
    match luck.random_range(0..10) {
        0 => app.update(ActCommand::Shock),
        1 => {
            let price = app.present.simulation.assets()[0].observation().spot * luck.random_range(0.97..1.02);
            app.update(ActCommand::ShockToPrice(price));
        }
        2..=4 => {
            let rows: Vec<_> = table()
                .iter()
                .filter(|row| row.effect != ChangeEffect::Restart)
                .collect();
            let row = rows[luck.random_range(0..rows.len())];
            // In the lower part of the range, where markets still live.
            let (low, high) = row.range;
            let share: f64 = luck.random_range(0.0..0.3);
            let value = match row.kind {
                Kind::Real => low + share * share * (high - low),
                _ => (low + share * (high - low)).round(),
            };
            for part in [0.5, 1.0] {
                let before = app.present.value(row.id);
                let moved = before + part * (value - before);
                let value = if row.kind == Kind::Real { moved } else { moved.round() };
                app.update(EditCommand::SetParameter { id: row.id, value });
            }
            app.update(EditCommand::Settle);
        }
        _ => app.run(luck.random_range(1..60)),
    }
}

fn session(seed: u64, actions: usize) -> App {
    let mut luck = ChaCha8Rng::seed_from_u64(seed);
    let mut app = open("first-cascade");
    app.run(100);
    for _ in 0..actions {
        fidget(&mut app, &mut luck);
    }
    app.run(5);
    app
}

#[test]
fn a_session_replays_from_its_saved_file_to_the_same_digest() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..6 {
        let app = session(seed, 60);
        let path = folder.path().join(format!("session {seed}.ron"));
        preset::save(&path, &app.present.newest().scenario_with_acts()).unwrap();
        let mut again = Simulation::new(&preset::load(&path).unwrap()).unwrap();
        while again.steps() < app.present.newest_step() && again.halted().is_none() {
            again.step();
        }
        assert!(app.present.newest().played().len() > 10);
        assert_eq!(again.digest(), app.present.newest().digest(), "session {seed}");
        assert_eq!(again.halted(), app.present.newest().halted());
    }
}

#[test]
fn any_of_100_random_moments_is_gone_to_exactly() {
    let mut app = open("first-cascade");
    let mut luck = ChaCha8Rng::seed_from_u64(5);
    let mut truth = vec![(
        app.present.simulation.digest(),
        *app.present.simulation.assets()[0].observation(),
    )];
    for step in 0..900_u64 {
        match step {
            150 => set(&mut app, "leverage.mean", 20.0),
            151 | 400 => app.update(ActCommand::Shock),
            300 => set(&mut app, "margin.maintenance", 0.02),
            _ => {}
        }
        app.run(1);
        truth.push((
            app.present.simulation.digest(),
            *app.present.simulation.assets()[0].observation(),
        ));
    }
    let parameters = *app.present.simulation.parameters();
    for _ in 0..100 {
        let step = luck.random_range(0..truth.len());
        go(&mut app, step as u64);
        assert_eq!(
            (
                app.present.simulation.digest(),
                *app.present.simulation.assets()[0].observation()
            ),
            truth[step],
            "step {step}"
        );
        // And on from there.
        let on = luck.random_range(0..30);
        app.update(PlaybackCommand::Step(on as u32));
        let there = (step + on).min(900);
        if step + on <= 900 {
            assert_eq!(
                app.present.simulation.digest(),
                truth[there].0,
                "step {step} and {on} on"
            );
        }
        if app.present.newest_step() > 900 {
            go(&mut app, 900);
        }
    }
    let newest = app.present.newest_step();
    go(&mut app, newest);
    assert!(!app.present.rewound());
    assert_eq!(*app.present.simulation.parameters(), parameters);
}

#[test]
fn a_rewound_run_that_plays_on_is_the_run() {
    let mut app = session(11, 40);
    let (digest, newest) = (app.present.simulation.digest(), app.present.newest_step());
    let series: Vec<f64> = (0..=newest as usize)
        .map(|step| {
            app.shown_history()
                .figure(crate::history::Figure::Spot)
                .at(step)
                .unwrap()
        })
        .collect();
    go(&mut app, newest / 3);
    assert!(app.present.rewound() && app.present.simulation.digest() != digest);
    while app.present.rewound() {
        app.update(PlaybackCommand::Step(1));
    }
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest_step()),
        (digest, newest)
    );
    app.update(PlaybackCommand::StepBack(10));
    while app.present.seeking().is_some() {
        app.present.work(|| true);
    }
    assert_eq!(app.present.simulation.steps(), newest - 10);
    for (step, spot) in series.iter().enumerate() {
        assert_eq!(
            app.shown_history().figure(crate::history::Figure::Spot).at(step),
            Some(*spot)
        );
    }
}

#[test]
fn a_change_after_rewinding_cuts_the_future_off_and_undo_brings_it_back() {
    let mut app = open("first-cascade");
    app.run(300);
    let (old, spot) = (
        app.present.simulation.digest(),
        app.shown_history().figure(crate::history::Figure::Spot).at(300),
    );
    go(&mut app, 140);
    let at_branch = app.present.simulation.digest();
    set(&mut app, "leverage.mean", 5.0);
    assert!(!app.present.rewound());
    assert_eq!(
        (app.present.newest_step(), app.present.history.newest_step()),
        (140, 140)
    );
    assert_eq!(app.present.simulation.digest(), at_branch);
    app.run(160);
    let new = app.present.simulation.digest();
    assert_ne!(new, old);
    assert_ne!(app.shown_history().figure(crate::history::Figure::Spot).at(300), spot);
    // What was played on the branch is a run of its own.
    let mut again = Simulation::new(&app.present.newest().scenario_with_acts()).unwrap();
    for _ in 0..300 {
        again.step();
    }
    assert_eq!(again.digest(), new);

    app.update(EditCommand::Undo);
    assert_eq!((app.present.simulation.steps(), app.present.newest_step()), (140, 300));
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest().digest()),
        (at_branch, old)
    );
    assert_eq!(app.shown_history().figure(crate::history::Figure::Spot).at(300), spot);
    app.update(EditCommand::Redo);
    assert_eq!((app.present.simulation.digest(), app.present.newest_step()), (new, 300));
    app.update(EditCommand::Undo);
    go(&mut app, 300);
    assert_eq!(app.present.simulation.digest(), old);
}

#[test]
fn a_remark_in_the_past_cuts_nothing_off() {
    let mut app = open("first-cascade");
    app.run(200);
    let digest = app.present.newest().digest();
    go(&mut app, 50);
    app.remark(Action::Note("calm so far".to_owned()));
    assert!(app.present.rewound());
    go(&mut app, 60);
    assert!(
        app.present
            .simulation
            .log()
            .iter()
            .any(|entry| entry.to_string() == "calm so far" && entry.step == 50)
    );
    go(&mut app, 200);
    assert_eq!(app.present.simulation.digest(), digest);
    let notes = app
        .present
        .newest()
        .events()
        .iter()
        .filter(|one| one.event.action.is_remark());
    assert_eq!(notes.count(), 1);
    let mut again = Simulation::new(&app.present.newest().scenario_with_acts()).unwrap();
    for _ in 0..200 {
        again.step();
    }
    assert_eq!(again.digest(), digest);
}

#[test]
fn a_drag_in_one_step_is_one_event_and_none_if_it_returns() {
    let mut app = open("first-cascade");
    app.run(20);
    let id = find("leverage.mean").unwrap().id;
    let before = app.present.simulation.assets()[0].observation().levered_longs;
    for value in [12.5, 14.0, 18.0] {
        app.update(EditCommand::SetParameter { id, value });
    }
    assert_eq!(app.present.simulation.played().len(), 1);
    assert_eq!(app.present.value(id), 18.0);
    app.update(EditCommand::SetParameter { id, value: 12.0 });
    assert_eq!(app.present.simulation.played().len(), 0);
    assert_eq!(app.present.simulation.assets()[0].observation().levered_longs, before);
    app.update(EditCommand::SetParameter { id, value: 14.0 });
    app.update(EditCommand::Settle);
    app.update(EditCommand::SetParameter { id, value: 15.0 });
    assert_eq!(app.present.simulation.played().len(), 2);
    // What was changed last goes without a trace while the model stands; what the model has gone on with stays.
    app.update(EditCommand::Settle);
    let levels = |app: &App| {
        let mut clusters = Clusters::default();
        app.present.simulation.assets()[0].resting(&mut clusters);
        clusters.longs
    };
    let drawn = levels(&app);
    app.update(EditCommand::SetParameter { id, value: 30.0 });
    assert_ne!(levels(&app), drawn);
    app.update(EditCommand::Undo);
    assert_eq!(
        (app.present.value(id), app.present.simulation.played().len()),
        (15.0, 2)
    );
    assert_eq!(levels(&app), drawn);
    app.update(EditCommand::Redo);
    assert_eq!(
        (app.present.value(id), app.present.simulation.played().len()),
        (30.0, 3)
    );
    app.run(1);
    app.update(EditCommand::Undo);
    assert_eq!(
        (app.present.value(id), app.present.simulation.played().len()),
        (15.0, 4)
    );
}

/// What was computed of a run is not told of the one that takes its place, which may stand at the same step.
#[test]
fn what_was_found_out_goes_with_its_run() {
    let mut app = open("lending-spiral");
    let predicted = |app: &mut App| {
        app.advance(0.0, || true);
        let size = app.present.simulation.parameters().shock.size;
        let fresh = app.shown_asset().predicted_move(size);
        assert_eq!(app.forecast.predicted_move, fresh);
        fresh
    };
    let first = predicted(&mut app);
    app.update(EditCommand::NewSeed);
    assert_ne!(predicted(&mut app), first);
    app.update(StressCommand::Compute);
    app.update(WhatIfCommand::TryShock);
    assert!(app.stress.running() && app.what_if.running());
    app.update(EditCommand::Undo);
    assert!(!app.stress.running() && app.stress.table().is_none() && !app.what_if.running());
    assert_eq!(predicted(&mut app), first);
}

/// An outage is undone and done again without touching the sliders that were moved in the same step or before; the order of what
/// happens in one step stays.
#[test]
fn an_outage_is_undone_without_the_sliders_beside_it() {
    for run_on in [0, 5] {
        let mut app = open("first-cascade");
        set(&mut app, "leverage.mean", 11.0);
        go(&mut app, 0);
        app.run(30 - app.present.simulation.steps());
        set(&mut app, "margin_calls.enabled", 1.0);
        app.update(ActCommand::Outage);
        set(&mut app, "liquidity.depth", 7e9);
        app.run(run_on);
        let (scenario, events) = (app.present.scenario.clone(), app.present.newest().events().to_vec());
        let digest = app.present.newest().digest();
        // The last slider was moved after it.
        app.update(EditCommand::Undo);
        app.finish();
        app.update(EditCommand::Undo);
        app.finish();
        assert_eq!(
            app.present.scenario.parameters.liquidity.depth,
            preset::find("first-cascade").unwrap().parameters.liquidity.depth
        );
        assert!(
            app.present.scenario.parameters.margin_calls.enabled,
            "undone with the outage"
        );
        app.update(EditCommand::Redo);
        app.finish();
        assert!(app.present.scenario.parameters.margin_calls.enabled);
        app.update(EditCommand::Redo);
        app.finish();
        assert_eq!(app.present.scenario.parameters, scenario.parameters);
        if run_on == 0 {
            assert_eq!(app.present.newest().events(), events, "in another order");
            assert_eq!(app.present.newest().digest(), digest);
        }
    }
}

/// A slider that was moved for what was still to come is moved so again, whatever the next move would change.
#[test]
fn a_move_is_done_again_in_the_mode_it_was_made_in() {
    let mut app = open("first-cascade");
    app.run(30);
    app.update(ActCommand::Shock);
    app.run(10);
    set(&mut app, "leverage.mean", 11.0);
    app.run(10);
    let (scenario, events) = (app.present.scenario.clone(), app.present.newest().played().to_vec());
    app.update(EditCommand::SetSliderMode(SliderMode::WholeRun));
    for command in [EditCommand::Undo, EditCommand::Redo] {
        app.update(command);
        app.finish();
    }
    assert_eq!(app.present.scenario, scenario);
    // The past is as it was: what was done in it is there, and nothing else before the moves.
    let played = app.present.newest().played();
    assert_eq!(played[..events.len()], events);
    assert!(played[events.len()..].iter().all(|one| one.event.step == 50));
}

/// The parameters that a run has after everything that was played, and those that a user has set up.
fn replayed(run: &Run) -> (Parameters, Parameters) {
    let start = run.simulation.scenario().parameters;
    let (mut in_force, mut edited) = (start, start);
    for RunEvent { event, origin } in run.simulation.played() {
        if let Action::Set(change) = &event.action {
            change.apply(&mut in_force);
            if *origin == Origin::Act {
                change.apply(&mut edited);
            }
        }
    }
    (in_force, edited)
}

#[test]
fn sliders_stand_where_a_replay_leaves_them() {
    let mut scenario = preset::find("first-cascade").unwrap();
    for (step, path, value) in [(60, "liquidity.depth", 9e9), (140, "leverage.mean", 15.0)] {
        let change = ParameterChange::new(find(path).unwrap().id, value).unwrap();
        let action = Action::Set(change);
        scenario.events.push(Event { step, action });
    }
    let question = Action::Ask("What now?".to_owned());
    scenario.events.push(Event {
        step: 140,
        action: question,
    });
    for seed in 0..4 {
        let mut app = App::new(scenario.clone(), None, Settings::default()).unwrap();
        app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut moved = 0;
        for _ in 0..90 {
            match rng.random_range(0..12) {
                0 => {
                    let step = rng.random_range(0..=app.present.newest_step());
                    go(&mut app, step);
                }
                1 => app.update(EditCommand::Undo),
                2 => app.update(EditCommand::Redo),
                3 => app.update(ActCommand::Remark(Action::Bookmark("here".to_owned()))),
                4 if rng.random_bool(0.2) => app.update(EditCommand::Reset),
                _ => fidget(&mut app, &mut rng),
            }
            while app.remaking() {
                app.advance(0.0, || true);
            }
            let run = &app.present;
            let shown = (*run.simulation.parameters(), run.scenario.parameters);
            assert_eq!(shown, replayed(run), "seed {seed}");
            moved += usize::from(shown.0 != shown.1);
        }
        assert!(moved > 5, "the scenario's own changes took place {moved} times");
        let newest = app.present.newest_step();
        go(&mut app, newest);
        app.run(1);
        let run = &app.present;
        let mut again = Simulation::new(&run.simulation.scenario_with_acts()).unwrap();
        (0..=newest).for_each(|_| again.step());
        assert_eq!(again.digest(), run.simulation.digest(), "seed {seed}");
        again.meet_pause();
        assert_eq!(again.parameters(), run.simulation.parameters(), "seed {seed}");
    }
}

/// Where the run stands at a question, the events of that step have been played; a branch from there does not play them again.
#[test]
fn a_branch_at_a_question_plays_what_is_due_once() {
    let mut scenario = preset::find("first-cascade").unwrap();
    let due = [Action::Ask("What now?".to_owned()), Action::Shock(Shock::default())];
    scenario.events = due.map(|action| Event { step: 50, action }).to_vec();
    let mut app = App::new(scenario, None, Settings::default()).unwrap();
    app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
    app.run(90);
    go(&mut app, 50);
    set(&mut app, "liquidity.depth", 20e9);
    app.run(40);
    let shocks = app.present.simulation.played().iter();
    let shocks = shocks.filter(|one| matches!(one.event.action, Action::Shock(_)));
    assert_eq!((shocks.count(), app.present.simulation.to_come().len()), (1, 0));
}

/// Everything that is seen of a run, and where it would go on.
fn seen_of(run: &Run) -> impl PartialEq + std::fmt::Debug + use<> {
    let spot = run
        .history
        .of_asset(AssetId::FIRST)
        .figure(crate::history::Figure::Spot);
    let spots: Vec<_> = (0..=run.history.newest_step()).map(|step| spot.at(step)).collect();
    let state = |simulation: &Simulation| (simulation.steps(), simulation.digest());
    (
        (state(&run.simulation), state(run.newest()), spots),
        (run.scenario.clone(), run.newest().events().to_vec()),
        (
            run.document.clone(),
            run.selection,
            run.rewound(),
            run.history.version(),
        ),
        (run.timeline.frames().count(), *run.simulation.parameters()),
    )
}

#[test]
fn swapping_the_run_and_the_pinned_one_twice_changes_nothing() {
    let mut app = open("first-cascade");
    app.run(150);
    app.update(PinCommand::Pin);
    set(&mut app, "leverage.mean", 5.0);
    app.run(120);
    app.update(SelectionCommand::Begin(40));
    go(&mut app, 90);
    let swap = |app: &mut App| {
        let pinned = app.pinned[0].take().unwrap();
        app.pinned[0] = Some(Box::new(app.swap(*pinned)));
    };
    let both = |app: &App| (seen_of(&app.present), seen_of(app.pinned[0].as_ref().unwrap()));
    let before = both(&app);
    swap(&mut app);
    assert_ne!(both(&app), before);
    // The pinned run has a past and a future of its own.
    assert_eq!((app.present.newest_step(), app.present.rewound()), (270, false));
    assert_eq!(app.present.scenario.parameters.leverage.mean, 12.0);
    swap(&mut app);
    assert_eq!(both(&app), before);
    // It can be gone back in, and the run it stands beside goes on from where it stood.
    swap(&mut app);
    let digest = app.present.simulation.digest();
    go(&mut app, 33);
    go(&mut app, 270);
    assert_eq!(app.present.simulation.digest(), digest);
    swap(&mut app);
    assert_eq!(both(&app).0, before.0);
    app.run(10);
    assert!(app.present.rewound() && app.pinned[0].as_ref().unwrap().newest_step() == 270);
}
