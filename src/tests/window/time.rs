//! The time axis by its labels: undo, stepping back, branching, pinned runs, explanations and lessons.

use std::time::{Duration, Instant};

use cascade_lab::app::{
    App, Command, EditCommand, FileCommand, KEY_FRAMES_BOUND_BYTES, PlaybackCommand, SelectionCommand, Settings,
    WorkspaceCommand,
};
use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, Event as ModelEvent, find};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Role, pos2, vec2};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, drag, enter, open, open_with, search, settle, step};

const SIZE: (f32, f32) = (1400.0, 900.0);

fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

fn key_with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

fn leverage(window: &Window) -> f64 {
    app(window).present.simulation.parameters().leverage.mean
}

fn labels(window: &Window) -> Vec<String> {
    app(window)
        .undo
        .done()
        .iter()
        .map(|entry| entry.label.clone())
        .collect()
}

fn run(window: &mut Window, steps: u64) {
    window.run();
    window.state_mut().app.run(steps);
    window.run();
}

#[test]
fn a_drag_is_one_entry_and_keys_take_it_back_and_forth() {
    let mut window = open();
    search(&mut window, "maintenance margin");
    drag(&mut window, "Maintenance margin", &[0.1, 0.2, 0.3]);
    let dragged = app(&window).present.simulation.parameters().margin.maintenance;
    assert_ne!(dragged, 0.02);
    assert_eq!(labels(&window).len(), 1, "{:?}", labels(&window));
    assert!(
        labels(&window)[0].starts_with("Maintenance margin 2 % → "),
        "{:?}",
        labels(&window)
    );
    assert_eq!(
        app(&window).present.simulation.played().len(),
        0,
        "it holds from the start on"
    );
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(app(&window).present.simulation.parameters().margin.maintenance, 0.02);
    key_with(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(app(&window).present.simulation.parameters().margin.maintenance, dragged);
    click(&mut window, Role::Button, "Undo (Ctrl+Z)");
    assert!(!app(&window).present.modified());
    click(&mut window, Role::Button, "Redo (Ctrl+Shift+Z)");
    assert!(app(&window).present.modified());
}

/// On a slow machine one frame sees the last move and the button let go.
#[test]
fn the_last_move_of_a_drag_belongs_to_it_even_when_the_button_is_let_go_in_the_same_frame() {
    let mut window = open();
    search(&mut window, "maintenance margin");
    let slider = window
        .get_all_by_role_and_label(Role::Slider, "Maintenance margin")
        .next()
        .unwrap()
        .rect();
    let at = |share: f32| slider.center() + vec2(slider.width() * share, 0.0);
    window.drag_at(at(0.0));
    window.run();
    window.hover_at(at(0.1));
    window.run();
    let halfway = app(&window).present.simulation.parameters().margin.maintenance;
    window.input_mut().events.extend([
        Event::PointerMoved(at(0.3)),
        Event::PointerButton {
            pos: at(0.3),
            button: PointerButton::Primary,
            pressed: false,
            modifiers: Modifiers::NONE,
        },
    ]);
    window.run();
    assert_ne!(app(&window).present.simulation.parameters().margin.maintenance, halfway);
    assert_eq!(labels(&window).len(), 1, "{:?}", labels(&window));
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(app(&window).present.simulation.parameters().margin.maintenance, 0.02);
}

#[test]
fn the_history_lists_what_was_done_and_goes_there() {
    let mut window = open();
    search(&mut window, "mean leverage");
    for value in ["20", "30"] {
        window
            .get_all_by_role_and_label(Role::SpinButton, "Mean leverage")
            .next()
            .unwrap()
            .focus();
        window.run();
        window.event(Event::Text(value.to_owned()));
        window.run();
        key(&mut window, Key::Enter);
    }
    assert_eq!(
        labels(&window),
        ["Mean leverage 12 × → 20 ×", "Mean leverage 20 × → 30 ×"]
    );
    click(&mut window, Role::Button, "Edit");
    window.get_by_label("Mean leverage 12 × → 20 ×").click();
    window.run();
    assert_eq!(leverage(&window), 20.0);
    click(&mut window, Role::Button, "Edit");
    window.get_by_label("As it was opened").click();
    window.run();
    assert_eq!((leverage(&window), labels(&window).len()), (12.0, 0));
    click(&mut window, Role::Button, "Edit");
    window.get_by_label("Mean leverage 20 × → 30 ×").click();
    window.run();
    assert_eq!(leverage(&window), 30.0);
}

#[test]
fn a_group_is_reset_at_once_and_taken_back_at_once() {
    let mut window = open();
    search(&mut window, "price impact");
    window
        .state_mut()
        .carry_out(Command::Workspace(WorkspaceCommand::Search(String::new())));
    for (path, value) in [
        ("liquidity.permanent_share", 0.8),
        ("liquidity.depth", 3e9),
        ("margin.maintenance", 0.02),
    ] {
        let id = find(path).unwrap().id;
        window
            .state_mut()
            .carry_out(Command::Edit(EditCommand::SetParameter { id, value }));
    }
    window.run();
    click(&mut window, Role::Button, "Reset all of Liquidity");
    let parameters = *app(&window).present.simulation.parameters();
    let saved = app(&window).present.document.saved.parameters;
    assert_eq!(parameters.liquidity, saved.liquidity);
    assert_eq!(parameters.margin.maintenance, 0.02);
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    let parameters = app(&window).present.simulation.parameters();
    assert_eq!(
        (parameters.liquidity.permanent_share, parameters.liquidity.depth),
        (0.8, 3e9)
    );
}

#[test]
fn undo_brings_back_runs_that_a_restart_a_preset_or_a_seed_ended() {
    let mut window = open();
    run(&mut window, 150);
    let digest = app(&window).present.simulation.digest();
    key(&mut window, Key::M);
    search(&mut window, "number of venues");
    enter(&mut window, Role::SpinButton, "Number of venues", "2");
    assert_eq!(step(&window), 0);
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!((step(&window), app(&window).present.simulation.digest()), (150, digest));
    assert_eq!(app(&window).present.simulation.parameters().venues.count, 4);
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::OpenShipped("quiet-market")));
    window.state_mut().carry_out(Command::Playback(PlaybackCommand::Pause));
    window.run();
    assert_eq!(labels(&window), ["Open “Quiet market”"]);
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!((step(&window), app(&window).present.simulation.digest()), (150, digest));
    assert!(!app(&window).present.modified());
    key_with(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(app(&window).present.scenario.name, "Quiet market");
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    key(&mut window, Key::N);
    assert_eq!(step(&window), 0);
    key(&mut window, Key::R);
    // Two runs back: of the older one the scenario is left, which starts again.
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!((step(&window), app(&window).present.scenario.seed), (0, 7));
}

#[test]
fn keys_and_mouse_go_anywhere_in_the_run() {
    let mut window = open();
    let mut digests = vec![app(&window).present.simulation.digest()];
    for _ in 0..300 {
        window.state_mut().app.run(1);
        digests.push(app(&window).present.simulation.digest());
    }
    window.run();
    let at = |window: &Window, expected: u64| {
        assert_eq!(step(window), expected);
        assert_eq!(
            app(window).present.simulation.digest(),
            digests[expected as usize],
            "step {expected}"
        );
    };
    key(&mut window, Key::ArrowLeft);
    at(&window, 299);
    key_with(&mut window, Modifiers::SHIFT, Key::ArrowLeft);
    at(&window, 289);
    click(&mut window, Role::Button, "One step back (←)");
    click(&mut window, Role::Button, "Ten steps back (Shift+←)");
    at(&window, 278);
    key(&mut window, Key::ArrowRight);
    at(&window, 279);
    key(&mut window, Key::Home);
    at(&window, 0);
    key(&mut window, Key::End);
    at(&window, 300);
    assert!(!app(&window).present.rewound());
    // By mouse: press, drag, release.
    let line = window.get_by_role_and_label(Role::Slider, "Time line").rect();
    window.drag_at(line.left_center() + vec2(line.width() * 0.25, 3.0));
    window.run();
    window.hover_at(line.left_center() + vec2(line.width() * 0.5, 3.0));
    window.run();
    // There is room for 420 steps at first.
    at(&window, 210);
    window.hover_at(line.left_center() + vec2(line.width() * 0.1, 3.0));
    window.run();
    window.drop_at(line.left_center() + vec2(line.width() * 0.1, 3.0));
    window.run();
    // At either end there is room for half the handle.
    let share = (0.1 * line.width() - 14.0) / (line.width() - 28.0);
    at(&window, (share * 420.0).round() as u64);
    // As a screen reader does it.
    window
        .get_by_role_and_label(Role::Slider, "Time line")
        .set_value_accesskit(77.0);
    window.run();
    at(&window, 77);
    // Playing on from there leads where it led.
    for _ in 0..223 {
        window
            .state_mut()
            .carry_out(Command::Playback(PlaybackCommand::Step(1)));
    }
    at(&window, 300);
    // From bookmark to bookmark; the shock is one.
    let bookmarks = app(&window).bookmarks();
    assert!(
        bookmarks
            .iter()
            .any(|one| one.step == 120 && one.label.starts_with("shock"))
    );
    key(&mut window, Key::Home);
    let mut steps: Vec<u64> = bookmarks.iter().map(|one| one.step).collect();
    steps.dedup();
    for expected in &steps {
        key_with(&mut window, Modifiers::COMMAND, Key::ArrowRight);
        at(&window, *expected);
    }
    key_with(&mut window, Modifiers::COMMAND, Key::ArrowLeft);
    at(&window, steps[steps.len() - 2]);
}

/// The line at the bottom lies on the time axis of the plots: below one another are the same moments.
#[test]
fn the_time_line_shares_the_axis_of_the_plots() {
    let mut window = open();
    window.state_mut().app.run(300);
    window.run();
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let line = window.get_by_role_and_label(Role::Slider, "Time line").rect();
    let mut click_at = |x: f32, y: f32| {
        let at = pos2(x, y);
        window.hover_at(at);
        window.drag_at(at);
        window.drop_at(at);
        // Two clicks at once would be a double click.
        for _ in 0..30 {
            window.step();
        }
        step(&window)
    };
    let mut seen = Vec::new();
    for share in [0.3, 0.45, 0.6] {
        let x = plot.left() + share * plot.width();
        let steps = (
            click_at(x, line.center().y),
            click_at(x, plot.top() + 0.7 * plot.height()),
        );
        assert!(steps.0.abs_diff(steps.1) <= 1, "{steps:?}");
        seen.push(steps.0);
    }
    assert!(seen.is_sorted() && seen[2] > seen[0] + 60, "{seen:?}");
}

/// Where the plots are told to show the whole run, the line below them has their scale.
#[test]
fn the_whole_run_is_fitted_into_the_plots_and_has_the_scale_of_the_time_line() {
    let mut window = open();
    window.state_mut().app.run(1_500);
    window.run();
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let line = window.get_by_role_and_label(Role::Slider, "Time line").rect();
    let click_at = |window: &mut Window, x: f32, y: f32| {
        let at = pos2(x, y);
        window.hover_at(at);
        window.drag_at(at);
        window.drop_at(at);
        for _ in 0..60 {
            window.step();
        }
        step(window)
    };
    let (x, in_plot) = (plot.left() + 0.3 * plot.width(), plot.top() + 0.7 * plot.height());
    // The plots follow the newest steps.
    assert!(click_at(&mut window, x, in_plot) > 1_100);
    key(&mut window, Key::End);
    click(&mut window, Role::Button, "Whole run");
    let steps = (
        click_at(&mut window, x, in_plot),
        click_at(&mut window, x, line.center().y),
    );
    assert!(steps.0 < 600 && steps.0.abs_diff(steps.1) <= 2, "{steps:?}");
}

#[test]
fn a_slider_moved_in_the_past_branches_and_undo_returns() {
    let mut window = open();
    run(&mut window, 250);
    let digest = app(&window).present.simulation.digest();
    key(&mut window, Key::Home);
    for _ in 0..10 {
        key_with(&mut window, Modifiers::SHIFT, Key::ArrowRight);
    }
    assert_eq!(step(&window), 100);
    window.get_by_role_and_label(Role::Button, "→ 250");
    key(&mut window, Key::M);
    search(&mut window, "positions.long_share");
    window
        .get_by_role_and_label(Role::Slider, "Long share")
        .set_value_accesskit(30.0);
    window.run();
    assert!(!app(&window).present.rewound());
    assert_eq!(
        (
            app(&window).present.newest_step(),
            app(&window).present.history.newest_step()
        ),
        (100, 100)
    );
    run(&mut window, 150);
    assert_ne!(app(&window).present.simulation.digest(), digest);
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!((step(&window), app(&window).present.newest_step()), (100, 250));
    key(&mut window, Key::End);
    assert_eq!(app(&window).present.simulation.digest(), digest);
    // So does a shock.
    key(&mut window, Key::Home);
    click(&mut window, Role::Button, "Shock −2 %");
    assert_eq!(app(&window).present.newest_step(), 0);
    assert_eq!(labels(&window).last().unwrap(), "Shock at 00:00:00");
    key_with(&mut window, Modifiers::COMMAND, Key::Z);
    key(&mut window, Key::End);
    assert_eq!(app(&window).present.simulation.digest(), digest);
}

#[test]
fn a_pinned_run_goes_on_beside_the_present_one() {
    let mut window = open();
    run(&mut window, 100);
    assert!(window.query_by_label("Against pinned runs").is_none());
    key(&mut window, Key::P);
    assert!(window.query_by_label("Against pinned runs").is_some());
    let id = find("leverage.mean").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 6.0 }));
    run(&mut window, 120);
    let pinned = app(&window).pinned().next().unwrap().1;
    assert_eq!(pinned.simulation.steps(), 220);
    let mut alone = Simulation::new(&preset::find("first-cascade").unwrap()).unwrap();
    for _ in 0..220 {
        alone.step();
    }
    assert_eq!(pinned.simulation.digest(), alone.digest());
    assert!(window.query_all_by_label("difference").next().is_some());
    window.get_by_label_contains("Liquidation and losses").click_accesskit();
    window.run();
    assert!(
        window.query_all_by_label("ADL").count() >= 2,
        "in the figures and in the comparison"
    );
    click(&mut window, Role::Button, "Unpin 1");
    assert!(window.query_by_label("Against pinned runs").is_none());
}

#[test]
fn an_interval_is_explained_by_keys_and_by_mouse() {
    let mut window = open();
    run(&mut window, 300);
    window
        .state_mut()
        .carry_out(Command::Playback(PlaybackCommand::Seek(119)));
    window.run();
    key(&mut window, Key::F);
    window
        .state_mut()
        .carry_out(Command::Playback(PlaybackCommand::Seek(165)));
    window.run();
    key(&mut window, Key::T);
    assert_eq!(app(&window).present.selection, Some((119, 165)));
    assert!(window.query_by_label_contains("the price fell").is_some());
    assert!(window.query_all_by_label("together").next().is_some());
    click(&mut window, Role::Button, "Run");
    click(&mut window, Role::Button, "Explain nothing");
    assert!(window.query_by_label_contains("the price fell").is_none());
    for (role, name) in [(Role::Slider, "Time line"), (Role::Image, "Price plot")] {
        let place = window.get_by_role_and_label(role, name).rect();
        let at = |share: f32| place.left_center() + vec2(place.width() * share, 4.0);
        window.event(Event::ModifiersChanged(Modifiers::SHIFT));
        window.drag_at(at(0.35));
        window.run();
        window.hover_at(at(0.6));
        window.run();
        window.drop_at(at(0.6));
        window.run();
        window.event(Event::ModifiersChanged(Modifiers::NONE));
        let (from, to) = app(&window).present.selection.expect(name);
        assert!(from > 60 && to > from + 40 && to <= 300, "{name}: {from} to {to}");
        window
            .state_mut()
            .carry_out(Command::Selection(SelectionCommand::Clear));
        window.run();
    }
}

#[test]
fn a_lesson_is_written_asked_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson.ron");
    let scenario = preset::find("first-cascade").unwrap();
    let mut window = open_with(scenario, Some(path.clone()), SIZE);
    run(&mut window, 118);
    click(&mut window, Role::Button, "Lesson");
    click(&mut window, Role::Button, "Ask a question…");
    // The usual question is selected: what is typed takes its place.
    window.event(Event::Text("How low does it go?".to_owned()));
    window.run();
    click(&mut window, Role::Button, "Add");
    let asked = app(&window).question().unwrap();
    assert_eq!((asked.step, asked.text.as_str()), (118, "How low does it go?"));
    assert!(window.query_all_by_label("How low does it go?").next().is_some());
    enter(&mut window, Role::SpinButton, "Guessed price", "92000");
    click(&mut window, Role::Button, "Place the marker");
    window
        .get_by_role_and_label(Role::TextInput, "Name of who guesses")
        .focus();
    window.run();
    key_with(&mut window, Modifiers::COMMAND, Key::A);
    window
        .get_by_role_and_label(Role::TextInput, "Name of who guesses")
        .type_text("Zoe");
    window.run();
    // While there is a question, a click on the price plot is a guess and no shock.
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let place = plot.left_center() + vec2(plot.width() * 0.5, plot.height() * 0.3);
    window.drag_at(place);
    window.run();
    window.drop_at(place);
    window.run();
    let guesses = app(&window).present.guesses();
    assert_eq!(guesses.len(), 2);
    assert_eq!((guesses[0].price, guesses[1].name.as_str()), (92_000.0, "Zoe"));
    window.get_by_role_and_label(Role::Button, "Continue").click();
    window.step();
    assert!(app(&window).playing);
    window.state_mut().carry_out(Command::Playback(PlaybackCommand::Pause));
    run(&mut window, 100);
    assert!(window.query_by_label_contains("Nearest of 2").is_some());
    click(&mut window, Role::Button, "File");
    click(&mut window, Role::Button, "Save as lesson…");
    settle(&mut window);
    let lesson = preset::load(&path).unwrap();
    // Those who watch it next are not told what this class guessed.
    let guess = |event: &ModelEvent| matches!(event.action, Action::Marker { .. });
    assert!(lesson.events.len() > 1 && !lesson.events.iter().any(guess));
    let mut again = Simulation::new(&lesson).unwrap();
    while again.steps() < step(&window) {
        again.step();
    }
    assert_eq!(again.digest(), app(&window).present.simulation.digest());
    // Opened again it stops where it was asked, and everybody guesses anew.
    window.state_mut().carry_out(Command::File(FileCommand::Open(path)));
    window
        .state_mut()
        .carry_out(Command::Playback(PlaybackCommand::SetSpeed(100_000.0)));
    for _ in 0..200 {
        window.step();
        if !app(&window).playing {
            break;
        }
    }
    settle(&mut window);
    assert_eq!((app(&window).playing, step(&window)), (false, 118));
    assert!(
        window.query_all_by_label("How low does it go?").next().is_some() && app(&window).present.guesses().is_empty()
    );
}

#[test]
fn presenter_mode_hides_what_the_audience_does_not_need() {
    let mut window = open();
    run(&mut window, 200);
    key(&mut window, Key::F5);
    assert!(window.query_by_label("Search parameters").is_none());
    assert!(window.query_by_label("Key figures").is_none());
    assert!(window.query_by_label("amplified").is_some());
    assert!(window.ctx.zoom_factor() > 1.3);
    assert!(window.query_by_label("Play (Space)").is_some());
    click(&mut window, Role::Button, "Leave (F5)");
    assert!(window.query_by_label("Search parameters").is_some());
    assert_eq!(window.ctx.zoom_factor(), 1.0);
}

/// With a million positions no slice of the way back holds a frame up: what is done at once is one copy and one step.
#[test]
fn a_million_positions_are_gone_back_to_in_slices() {
    let mut scenario = preset::find("first-cascade").unwrap();
    scenario.set("positions.count", 1e6).unwrap();
    let mut app = App::new(scenario, None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    app.run(130);
    let digest = app.present.simulation.digest();
    app.run(60);
    let started = Instant::now();
    app.update(PlaybackCommand::Seek(130));
    let mut longest = started.elapsed();
    let mut frames = 0;
    while app.present.seeking().is_some() {
        let frame = Instant::now();
        app.present.work(|| frame.elapsed() < Duration::from_millis(8));
        longest = longest.max(frame.elapsed());
        frames += 1;
    }
    assert_eq!(app.present.simulation.digest(), digest);
    let frames_bytes = app.present.timeline.frames().bytes();
    eprintln!(
        "{frames} frames, longest {longest:?}, {frames_bytes} bytes of key frames, {} a model",
        app.present.simulation.bytes()
    );
    assert!(frames_bytes <= KEY_FRAMES_BOUND_BYTES);
    // Copying a hundred megabytes, on a busy machine.
    assert!(longest.as_millis() < 400, "{longest:?}");
}
