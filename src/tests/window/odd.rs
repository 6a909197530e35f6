//! What desktops do to windows: dialogs that never answer, clocks that jump, sizes nobody would choose.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use cascade_lab::app::{App, FileCommand, PlaybackCommand, Settings, WorkspaceCommand};
use cascade_lab::files::preset;
use cascade_lab::ui::command::WindowCommand;
use cascade_lab::ui::pages::PAGES;
use cascade_lab::ui::shell::Shell;
use eframe::egui::{Role, vec2};
use egui_kittest::kittest::Queryable;

use super::{app, click, open, step};
use crate::driven::drive;

/// The model runs on, everything can be used, and the window can be left, while a dialog stands open for ever.
#[test]
fn a_dialog_that_never_answers_holds_nothing_up() {
    let mut app_ = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
    app_.update(PlaybackCommand::Pause);
    let choose = |_, _: &Path| loop {
        thread::park();
    };
    let mut window = drive(Shell::new(app_, Arc::new(choose)), (1400.0, 900.0));
    window.state_mut().app.update(FileCommand::AskOpen);
    window.run_steps(3);
    assert!(window.state().dialogs.waiting());
    click(&mut window, Role::Button, "One step (→)");
    assert_eq!(step(&window), 1);
    // Asking again opens no second one, and other ways to files are still there.
    window.state_mut().app.update(FileCommand::AskSave);
    window.run_steps(3);
    window.state_mut().app.update(FileCommand::OpenShipped("long-squeeze"));
    window.run_steps(3);
    assert_eq!(
        app(&window).present.scenario.name,
        preset::find("long-squeeze").unwrap().name
    );
    window.state_mut().app.update(WorkspaceCommand::Quit);
    window.run_steps(3);
    assert!(!window.state().keeps_open());
}

/// A machine that slept, and clocks that go backwards or are broken: time that passes is time in which a few steps are made.
#[test]
fn a_clock_that_jumps_makes_no_steps_up() {
    let mut window = open();
    window.state_mut().app.update(PlaybackCommand::Play);
    for seconds in [-1e9, -0.1, 0.0, f64::NAN, f64::NEG_INFINITY] {
        let before = step(&window);
        window.state_mut().app.advance(seconds, || true);
        assert_eq!(step(&window), before, "after {seconds} s");
    }
    for seconds in [1e9, f64::INFINITY, f64::MAX] {
        let before = step(&window);
        window.state_mut().app.advance(seconds, || true);
        assert!(
            step(&window) - before < 1_000,
            "after {seconds} s {} steps",
            step(&window) - before
        );
    }
}

/// From a window of one point to one of four large screens, at every size of its contents.
#[test]
fn every_size_of_window_and_contents_is_drawn() {
    let mut window = open();
    for (width, height) in [
        (1.0, 1.0),
        (40.0, 1_000.0),
        (200.0, 150.0),
        (319.0, 900.0),
        (320.0, 200.0),
        (480.0, 320.0),
        (1024.0, 640.0),
        (7680.0, 4320.0),
    ] {
        for zoom in [0.5, 1.0, 1.5, 3.0] {
            window.set_size(vec2(width / zoom, height / zoom));
            for page in PAGES {
                window.state_mut().ask(WindowCommand::Show(page.id));
                window.run_steps(2);
            }
        }
    }
    window.state_mut().ask(WindowCommand::Show(PAGES[0].id));
    window.set_size(vec2(1400.0, 900.0));
    window.run_steps(3);
    assert!(window.query_by_role_and_label(Role::Button, "One step (→)").is_some());
}
