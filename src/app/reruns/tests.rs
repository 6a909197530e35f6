//! What follows a slider is the run itself, whatever was shown on the way.

use cascade_engine::Simulation;
use cascade_files::preset;
use cascade_scenario::{Action, AssetId, Event, Scenario, find};

use super::*;
use crate::history::Figure;
use crate::{ActCommand, EditCommand, FileCommand, PlaybackCommand, Settings};

/// Steps of the runs: news comes at step 120 in most presets.
const STEPS: u64 = 170;

fn open(scenario: Scenario, steps: u64) -> App {
    let mut app = App::new(scenario, None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    app.run(steps);
    app
}

fn set(app: &mut App, path: &str, value: f64) {
    app.update(EditCommand::SetParameter {
        id: find(path).unwrap().id,
        value,
    });
}

/// The digest of a run of the scenario, started as such.
fn digest(scenario: &Scenario, steps: u64) -> u64 {
    let mut simulation = Simulation::new(scenario).unwrap();
    while simulation.steps() < steps && simulation.halted().is_none() {
        simulation.step();
    }
    simulation.digest()
}

#[test]
fn the_last_run_is_the_run_itself_for_every_shipped_preset() {
    for shipped in preset::shipped() {
        let scenario = preset::find(shipped.name).unwrap();
        let depth = find("liquidity.depth").unwrap();
        let mut moved = scenario.clone();
        depth
            .set(&mut moved.parameters, 0.8 * depth.get(&scenario.parameters))
            .unwrap();
        let mut app = open(scenario, STEPS);
        // A drag of three moves; each run may or may not be shown.
        for share in [0.95, 0.9, 0.8] {
            let value = share * depth.get(&app.present.document.saved.parameters);
            app.update(EditCommand::SetParameter { id: depth.id, value });
            app.advance(0.0, || true);
        }
        app.finish();
        assert_eq!(
            app.present.simulation.digest(),
            digest(&moved, STEPS),
            "{}",
            shipped.name
        );
        assert_eq!(app.present.scenario, moved, "{}", shipped.name);
        assert_eq!(app.present.history.newest_step() as u64, app.present.newest_step());
        assert_eq!(app.undo.done().len(), 1, "{}", shipped.name);
    }
}

#[test]
fn a_drag_is_one_entry_with_the_run_before_beside_it() {
    let mut app = open(preset::find("first-cascade").unwrap(), 200);
    let before = app.present.simulation.digest();
    let version = app.present.history.version();
    for value in [11.0, 10.0, 8.2] {
        set(&mut app, "leverage.mean", value);
        assert_eq!(app.value(find("leverage.mean").unwrap().id), value);
        app.advance(0.0, || true);
    }
    app.finish();
    app.update(EditCommand::Settle);
    assert_eq!((app.present.newest_step(), app.present.simulation.steps()), (200, 200));
    // The view of the run stays; what was drawn of it does not.
    assert_eq!(app.present.history.version().run, version.run);
    assert_ne!(app.present.history.version(), version);
    let (change, other) = app.run_before().unwrap();
    assert_eq!(
        (change, other.simulation.digest()),
        ("Mean leverage 12 × → 8.2 ×", before)
    );
    let after = app.present.simulation.digest();
    assert_ne!(after, before);
    app.update(EditCommand::Undo);
    app.finish();
    assert_eq!(
        (app.present.simulation.digest(), app.present.modified()),
        (before, false)
    );
    app.update(EditCommand::Redo);
    app.finish();
    assert_eq!(app.present.simulation.digest(), after);
    app.update(EditCommand::HideRunBefore);
    assert!(app.run_before().is_none());
    // The next one is compared again; of the one before it the scenario is left, and the run is made anew.
    set(&mut app, "liquidity.depth", 9e9);
    app.finish();
    assert_eq!(app.run_before().unwrap().1.simulation.digest(), after);
    app.update(EditCommand::UndoTo(0));
    app.finish();
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest_step()),
        (before, 200)
    );
    app.update(EditCommand::UndoTo(2));
    app.finish();
    let mut both = preset::find("first-cascade").unwrap();
    both.set("leverage.mean", 8.2).unwrap();
    both.set("liquidity.depth", 9e9).unwrap();
    assert_eq!(app.present.simulation.digest(), digest(&both, 200));
}

#[test]
fn a_slider_that_returns_leaves_the_run_as_it_was() {
    let mut app = open(preset::find("first-cascade").unwrap(), 150);
    let before = (app.present.simulation.digest(), app.present.history.version());
    set(&mut app, "leverage.mean", 20.0);
    app.finish();
    set(&mut app, "leverage.mean", 30.0);
    set(&mut app, "leverage.mean", 12.0);
    assert!(!app.remaking());
    assert_eq!((app.present.simulation.digest(), app.present.history.version()), before);
    assert!(app.undo.done().is_empty() && !app.present.modified());
    app.finish();
    assert_eq!(app.present.simulation.digest(), before.0);
}

/// A second slider is moved before the run of the first one is there.
#[test]
fn two_sliders_one_after_the_other_are_two_entries() {
    let mut app = open(preset::find("first-cascade").unwrap(), 150);
    let start = app.present.simulation.digest();
    set(&mut app, "leverage.mean", 9.0);
    app.update(EditCommand::Settle);
    set(&mut app, "liquidity.depth", 8e9);
    app.finish();
    assert_eq!(app.undo.done().len(), 2);
    let mut one = preset::find("first-cascade").unwrap();
    one.set("leverage.mean", 9.0).unwrap();
    let mut two = one.clone();
    two.set("liquidity.depth", 8e9).unwrap();
    for (command, expected) in [
        (None, digest(&two, 150)),
        (Some(EditCommand::Undo), digest(&one, 150)),
        (Some(EditCommand::Undo), start),
        (Some(EditCommand::Redo), digest(&one, 150)),
        (Some(EditCommand::Redo), digest(&two, 150)),
    ] {
        if let Some(command) = command {
            app.update(command);
            app.finish();
        }
        assert_eq!(app.present.simulation.digest(), expected, "{command:?}");
    }
}

/// What was done by hand happens again at its moment; the model stands where it stood; a parameter that needs a new run too.
#[test]
fn a_rewound_run_stays_where_it_stands_and_keeps_what_was_done_to_it() {
    let mut app = open(preset::find("quiet-market").unwrap(), 60);
    app.update(ActCommand::Shock);
    app.run(120);
    app.update(PlaybackCommand::Seek(90));
    app.finish();
    set(&mut app, "venues.count", 2.0);
    app.finish();
    assert_eq!((app.present.simulation.steps(), app.present.newest_step()), (90, 180));
    let mut again = preset::find("quiet-market").unwrap();
    again.set("venues.count", 2.0).unwrap();
    again.events.push(Event {
        step: 60,
        action: Action::Shock(cascade_scenario::Shock::default()),
    });
    assert_eq!(app.present.newest().digest(), digest(&again, 180));
    assert_eq!(app.present.simulation.digest(), digest(&again, 90));
}

/// What is done to a run waits until it is there; moving sliders and looking around does not.
#[test]
fn what_is_done_to_a_run_waits_for_it() {
    let mut app = open(preset::find("first-cascade").unwrap(), 100);
    set(&mut app, "leverage.mean", 9.0);
    assert!(app.remaking());
    app.update(ActCommand::Shock);
    app.update(PlaybackCommand::Step(5));
    assert!(app.present.simulation.played().is_empty());
    app.finish();
    let mut expected = preset::find("first-cascade").unwrap();
    expected.set("leverage.mean", 9.0).unwrap();
    expected.events.insert(
        0,
        Event {
            step: 100,
            action: Action::Shock(cascade_scenario::Shock::default()),
        },
    );
    assert_eq!(app.present.simulation.digest(), digest(&expected, 105));
    let labels: Vec<_> = app.undo.done().iter().map(|entry| entry.label.clone()).collect();
    assert_eq!(labels.len(), 2, "{labels:?}");
    assert!(labels[1].starts_with("Shock at "), "{labels:?}");
}

/// Undoing a shock makes the run as if it had never been, as far as it has come, in both modes; redoing brings it back.
#[test]
fn shocks_and_outages_are_taken_back() {
    for mode in [SliderMode::WholeRun, SliderMode::FromHere] {
        for act in [ActCommand::Shock, ActCommand::Outage] {
            let mut app = open(preset::find("first-cascade").unwrap(), 118);
            app.update(EditCommand::SetSliderMode(mode));
            let first = digest(&app.present.scenario, 158);
            set(&mut app, "leverage.mean", 20.0);
            app.finish();
            app.update(act.clone());
            app.run(40);
            let acted = app.present.simulation.digest();
            app.update(EditCommand::Undo);
            app.finish();
            let without = app.present.simulation.digest();
            assert!(without != acted && without != first, "{mode:?} {act:?}");
            assert_eq!(app.present.newest_step(), 158);
            assert!(app.run_before().is_none(), "what was undone is not beside it");
            app.update(EditCommand::Redo);
            app.finish();
            assert_eq!(app.present.simulation.digest(), acted);
            app.update(EditCommand::Undo);
            app.finish();
            assert_eq!(app.present.simulation.digest(), without);
            if mode == SliderMode::WholeRun {
                app.update(EditCommand::Undo);
                app.finish();
                assert_eq!(app.present.simulation.digest(), first);
            }
        }
    }
}

/// A preset was opened, shocked and then changed by a slider; taken back and done again one by one, the run begins at its first step
/// again, and the shock is still to come when the slider is moved.
#[test]
fn a_shock_that_is_to_come_is_not_lost_by_a_slider() {
    let mut app = open(preset::find("first-cascade").unwrap(), 30);
    app.update(ActCommand::Outage);
    app.update(FileCommand::OpenShipped("dynamic-margin"));
    app.run(3);
    app.update(ActCommand::Shock);
    set(&mut app, "leverage.mean", 11.0);
    app.finish();
    let before = app.present.scenario.clone();
    assert!(before.events.iter().any(|event| event.step == 3));
    for command in [EditCommand::Undo, EditCommand::Redo] {
        for _ in 0..4 {
            app.update(command);
            app.finish();
        }
    }
    assert_eq!(app.present.scenario, before);
}

/// A run that halts on the way does not shorten the ones that follow.
#[test]
fn a_halt_under_the_finger_does_not_shorten_the_run() {
    let steps = 1_000;
    let mut scenario = preset::find("quiet-market").unwrap();
    // News of a second coin that no order can hold, once the volatility is what it may be at most.
    for (path, value) in [
        ("assets.count", 2.0),
        ("asset_2.volatility", 10.0),
        ("market.step_seconds", 3_600.0),
    ] {
        scenario.set(path, value).unwrap();
    }
    let mut app = open(scenario.clone(), steps);
    assert_eq!(app.present.newest_step(), steps);
    app.update(PlaybackCommand::Seek(150));
    app.finish();
    set(&mut app, "market.volatility", 3.0);
    app.finish();
    assert!(app.present.newest().halted().is_some() && app.present.newest_step() < steps);
    set(&mut app, "market.volatility", 0.5);
    app.finish();
    assert_eq!(
        (app.present.newest_step(), app.present.simulation.steps()),
        (steps, 150)
    );
}

/// The asset that the window shows may be gone in the run that follows.
#[test]
fn an_asset_that_a_slider_takes_away_is_shown_no_more() {
    let mut app = open(preset::find("cross-collateral-contagion").unwrap(), 60);
    let second = AssetId::new(1);
    app.update(WorkspaceCommand::ShowAsset(second));
    assert_eq!(app.asset_id(), second);
    set(&mut app, "assets.count", 1.0);
    app.finish();
    assert_eq!((app.asset_id(), app.present.newest_step()), (AssetId::FIRST, 60));
    app.update(EditCommand::Undo);
    app.finish();
    assert_eq!(app.asset_id(), second);
}

/// Of a large book a sample comes first; while it is shown nothing is taken for the run.
#[test]
fn a_preview_of_a_large_book_comes_first_and_the_run_itself_last() {
    let mut scenario = preset::find("first-cascade").unwrap();
    scenario.set("positions.count", 200_000.0).unwrap();
    let mut app = open(scenario.clone(), 130);
    let before = app.present.simulation.digest();
    set(&mut app, "leverage.mean", 14.0);
    let mut previewed = false;
    while app.remaking() {
        app.advance(0.0, || true);
        if app.preview() {
            previewed = true;
            assert!(app.run_before().is_some());
            let count = app.present.scenario.parameters.positions.count;
            assert!(count == 20_000 || count == 200_000, "{count}");
        }
        std::thread::yield_now();
    }
    assert!(previewed && !app.preview());
    scenario.set("leverage.mean", 14.0).unwrap();
    assert_eq!(app.present.simulation.digest(), digest(&scenario, 130));
    assert_eq!(app.present.scenario, scenario);
    app.update(EditCommand::Undo);
    assert_eq!(app.present.simulation.digest(), before);
    let spot = app.present.history.of_asset(AssetId::FIRST).figure(Figure::Spot);
    assert_eq!(spot.len(), 131);
}

/// Taking back a change of which only a preview is there brings back the run before it.
#[test]
fn undo_does_not_wait_for_the_run() {
    let mut scenario = preset::find("first-cascade").unwrap();
    scenario.set("positions.count", 200_000.0).unwrap();
    let mut app = open(scenario, 130);
    let before = app.present.simulation.digest();
    set(&mut app, "leverage.mean", 14.0);
    while !app.preview() && app.remaking() {
        app.advance(0.0, || true);
    }
    app.update(EditCommand::Undo);
    assert!(!app.remaking() && !app.preview());
    assert_eq!(app.present.simulation.digest(), before);
    app.finish();
    assert_eq!(app.present.simulation.digest(), before);
}

/// A value that the scenario does not allow is told, and nothing has happened.
#[test]
fn what_is_not_allowed_is_no_entry() {
    let mut scenario = preset::find("first-cascade").unwrap();
    let listed = cascade_scenario::ListedPosition {
        side: cascade_scenario::PositionSide::Long,
        entry: 100_000.0,
        size: 1.0,
        leverage: 10.0,
        venue: 3,
        asset: 1,
        kind: cascade_scenario::PositionKind::Linear,
    };
    scenario.adopt_positions(vec![listed; 3]).unwrap();
    let mut app = open(scenario, 30);
    let before = app.present.simulation.digest();
    set(&mut app, "venues.count", 2.0);
    app.finish();
    assert_eq!((app.undo.done().len(), app.messages.iter().count()), (0, 1));
    assert_eq!(
        (app.present.simulation.digest(), app.present.newest_step()),
        (before, 30)
    );
}

/// What a slider was moved to later in a run is no part of a run that is made anew from before it: taking that back and doing it
/// again leads to the same run, wherever the model stands meanwhile.
#[test]
fn a_later_move_that_a_whole_run_drops_is_part_of_the_entry() {
    let mut app = open(preset::find("first-cascade").unwrap(), 20);
    app.update(ActCommand::Shock);
    app.run(80);
    app.update(EditCommand::SetSliderMode(SliderMode::FromHere));
    set(&mut app, "shock.size", 0.54);
    app.update(EditCommand::Settle);
    app.run(40);
    app.update(PlaybackCommand::Seek(50));
    app.finish();
    app.update(EditCommand::SetSliderMode(SliderMode::WholeRun));
    for share in [0.45, 0.22] {
        set(&mut app, "liquidity.permanent_share", share);
        app.finish();
    }
    app.update(EditCommand::Settle);
    set(&mut app, "liquidity.permanent_share", 0.3);
    app.finish();
    // While a run is being made, what it drops belongs to the entry that asked for it.
    app.update(PlaybackCommand::Seek(50));
    app.finish();
    for path in ["liquidity.depth", "leverage.mean"] {
        let value = 1.1 * app.value(find(path).unwrap().id);
        set(&mut app, path, value);
    }
    app.finish();
    let entries = app.undo.done().len();
    let last = app.undo.done().last().unwrap();
    assert!(last.label.starts_with("Mean leverage"), "{}", last.label);
    app.update(EditCommand::Undo);
    app.finish();
    assert!(
        app.changed(find("liquidity.depth").unwrap().id),
        "the other slider stays"
    );
    app.update(EditCommand::Redo);
    app.finish();
    assert_eq!(
        entries, 6,
        "a shock, a move from here, two moves of one drag, and three more"
    );
    let newest = |app: &mut App| {
        app.update(PlaybackCommand::Seek(app.present.newest_step()));
        app.finish();
        (app.present.scenario.clone(), app.present.simulation.digest())
    };
    let before = newest(&mut app);
    for command in [EditCommand::Undo, EditCommand::Redo] {
        for _ in 0..entries {
            app.update(command);
            newest(&mut app);
        }
    }
    assert_eq!(newest(&mut app), before);
}
