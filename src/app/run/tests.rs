//! Going back, replaying and branching are exact.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{App, Command, Settings};
use cascade_engine::Clusters;
use cascade_files::preset;
use cascade_scenario::{AssetId, ChangeEffect, Kind, find, table};

fn open(name: &str) -> App {
    let mut app = App::new(preset::find(name).unwrap(), None, Settings::default()).unwrap();
    app.update(Command::Pause);
    app
}

fn set(app: &mut App, path: &str, value: f64) {
    app.update(Command::SetParameter {
        id: find(path).unwrap().id,
        value,
    });
    app.update(Command::Settle);
}

fn go(app: &mut App, step: u64) {
    app.update(Command::Seek(step));
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
    assert_eq!(app.present.simulation.observation().step, step);
}

/// One random thing a user does: a slider moved, a shock, or some steps.
fn fidget(app: &mut App, luck: &mut ChaCha8Rng) {
    match luck.random_range(0..10) {
        0 => app.update(Command::Shock),
        1 => {
            let price = app.present.simulation.observation().spot * luck.random_range(0.97..1.02);
            app.update(Command::ShockToPrice(price));
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
                app.update(Command::SetParameter { id: row.id, value });
            }
            app.update(Command::Settle);
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
        preset::save(&path, app.present.newest().scenario()).unwrap();
        let mut again = Simulation::new(&preset::load(&path).unwrap()).unwrap();
        while again.observation().step < app.present.newest_step() && again.halted().is_none() {
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
    let mut truth = vec![(app.present.simulation.digest(), *app.present.simulation.observation())];
    for step in 0..900_u64 {
        match step {
            150 => set(&mut app, "leverage.mean", 20.0),
            151 | 400 => app.update(Command::Shock),
            300 => set(&mut app, "margin.maintenance", 0.02),
            _ => {}
        }
        app.run(1);
        truth.push((app.present.simulation.digest(), *app.present.simulation.observation()));
    }
    let parameters = *app.present.simulation.parameters();
    for _ in 0..100 {
        let step = luck.random_range(0..truth.len());
        go(&mut app, step as u64);
        assert_eq!(
            (app.present.simulation.digest(), *app.present.simulation.observation()),
            truth[step],
            "step {step}"
        );
        // And on from there.
        let on = luck.random_range(0..30);
        app.update(Command::Step(on as u32));
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
        app.update(Command::Step(1));
    }
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest_step()),
        (digest, newest)
    );
    app.update(Command::StepBack(10));
    while app.present.seeking().is_some() {
        app.present.work(|| true);
    }
    assert_eq!(app.present.simulation.observation().step, newest - 10);
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
    let mut again = Simulation::new(app.present.newest().scenario()).unwrap();
    for _ in 0..300 {
        again.step();
    }
    assert_eq!(again.digest(), new);

    app.update(Command::Undo);
    assert_eq!(
        (app.present.simulation.observation().step, app.present.newest_step()),
        (140, 300)
    );
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest().digest()),
        (at_branch, old)
    );
    assert_eq!(app.shown_history().figure(crate::history::Figure::Spot).at(300), spot);
    app.update(Command::Redo);
    assert_eq!((app.present.simulation.digest(), app.present.newest_step()), (new, 300));
    app.update(Command::Undo);
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
        .scenario()
        .events
        .iter()
        .filter(|event| event.action.is_remark());
    assert_eq!(notes.count(), 1);
    let mut again = Simulation::new(app.present.newest().scenario()).unwrap();
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
    let before = app.present.simulation.observation().levered_longs;
    for value in [12.5, 14.0, 18.0] {
        app.update(Command::SetParameter { id, value });
    }
    assert_eq!(app.present.simulation.played().len(), 1);
    assert_eq!(app.present.value(id), 18.0);
    app.update(Command::SetParameter { id, value: 12.0 });
    assert_eq!(app.present.simulation.played().len(), 0);
    assert_eq!(app.present.simulation.observation().levered_longs, before);
    app.update(Command::SetParameter { id, value: 14.0 });
    app.update(Command::Settle);
    app.update(Command::SetParameter { id, value: 15.0 });
    assert_eq!(app.present.simulation.played().len(), 2);
    // What was changed last goes without a trace while the model stands; what the model has gone on with stays.
    app.update(Command::Settle);
    let levels = |app: &App| {
        let mut clusters = Clusters::default();
        app.present.simulation.resting(&mut clusters);
        clusters.longs
    };
    let drawn = levels(&app);
    app.update(Command::SetParameter { id, value: 30.0 });
    assert_ne!(levels(&app), drawn);
    app.update(Command::Undo);
    assert_eq!(
        (app.present.value(id), app.present.simulation.played().len()),
        (15.0, 2)
    );
    assert_eq!(levels(&app), drawn);
    app.update(Command::Redo);
    assert_eq!(
        (app.present.value(id), app.present.simulation.played().len()),
        (30.0, 3)
    );
    app.run(1);
    app.update(Command::Undo);
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
    app.update(Command::NewSeed);
    assert_ne!(predicted(&mut app), first);
    app.update(Command::ComputeStress);
    app.update(Command::TryShock);
    assert!(app.stress.running() && app.what_if.running());
    app.update(Command::Undo);
    assert!(!app.stress.running() && app.stress.table().is_none() && !app.what_if.running());
    assert_eq!(predicted(&mut app), first);
}

/// Everything that is seen of a run, and where it would go on.
fn seen_of(run: &Run) -> impl PartialEq + std::fmt::Debug + use<> {
    let spot = run
        .history
        .of_asset(AssetId::new(0))
        .figure(crate::history::Figure::Spot);
    let spots: Vec<_> = (0..=run.history.newest_step()).map(|step| spot.at(step)).collect();
    let state = |simulation: &Simulation| (simulation.observation().step, simulation.digest());
    (
        (state(&run.simulation), state(run.newest()), spots),
        (run.scenario.clone(), run.newest().scenario().events.clone()),
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
fn swapping_the_run_and_its_baseline_twice_changes_nothing() {
    let mut app = open("first-cascade");
    app.run(150);
    app.update(Command::Pin);
    set(&mut app, "leverage.mean", 5.0);
    app.run(120);
    app.update(Command::SelectFrom(40));
    go(&mut app, 90);
    let swap = |app: &mut App| {
        let pinned = app.baseline.take().unwrap();
        app.baseline = Some(Box::new(app.swap(*pinned)));
    };
    let both = |app: &App| (seen_of(&app.present), seen_of(app.baseline.as_ref().unwrap()));
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
    assert!(app.present.rewound() && app.baseline.as_ref().unwrap().newest_step() == 270);
}
