//! Presets opened and saved in the window.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cascade_lab::app::{App, Command, EditCommand, FileCommand, PlaybackCommand, Settings};
use cascade_lab::files::preset;
use cascade_lab::scenario::Scenario;
use cascade_lab::ui::dialog::Purpose;
use cascade_lab::ui::shell::Shell;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::driven::drive;
use super::{Window, app, click, enter, open, open_with, search, settle};

#[test]
fn a_preset_is_saved_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson one.ron");
    let mut window = open_with(
        preset::find("first-cascade").unwrap(),
        Some(path.clone()),
        (1400.0, 900.0),
    );
    search(&mut window, "coin-margined share");
    enter(&mut window, Role::SpinButton, "Coin-margined share", "40");
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    window.run();
    settle(&mut window);
    assert!(path.exists(), "a preset without a file asks where to save");
    assert!(!app(&window).present.modified());
    assert_eq!(app(&window).present.document.path.as_deref(), Some(path.as_path()));
    let saved = app(&window).present.scenario.clone();
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::OpenShipped("quiet-market")));
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_steps(3);
    for _ in 0..100 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.step();
    }
    assert_eq!(app(&window).present.scenario, saved);
    assert_eq!(
        app(&window).present.simulation.parameters().positions.coin_margin_share,
        0.4
    );
}

#[test]
fn a_bad_file_changes_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.ron");
    let text =
        preset::write(&Scenario::default()).replace("\"margin.maintenance\": 0.005", "\"margin.maintenance\": 7.0");
    std::fs::write(&path, text).unwrap();
    let mut window = open();
    click(&mut window, Role::Button, "Ten steps (Shift+→)");
    let (scenario, digest) = (
        app(&window).present.scenario.clone(),
        app(&window).present.simulation.digest(),
    );
    let plot = |window: &Window| window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let before = plot(&window);
    window.state_mut().carry_out(Command::File(FileCommand::Open(path)));
    window.run();
    assert_eq!(plot(&window), before, "a message moves nothing");
    assert_eq!(
        (&app(&window).present.scenario, app(&window).present.simulation.digest()),
        (&scenario, digest)
    );
    assert!(window.query_by_label_contains("margin.maintenance").is_some());
    click(&mut window, Role::Button, "Dismiss the message");
    assert!(window.query_by_label_contains("margin.maintenance").is_none());
}

#[test]
fn a_desktop_without_dialogs_gets_a_path_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    let mut window = open();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.run();
    settle(&mut window);
    let field = window.get_by_role_and_label(Role::TextInput, "Path of the file");
    field.focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window
        .get_by_role_and_label(Role::TextInput, "Path of the file")
        .type_text(path.to_str().unwrap());
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(path.with_extension("ron").exists());
    assert_eq!(app(&window).present.scenario.name, "mine");
}

/// A dialog takes the keyboard; a slow desktop that has none does not.
#[test]
fn a_slow_desktop_without_dialogs_is_told_from_a_dialog_that_was_cancelled() {
    for appears in [false, true] {
        let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        let slow = |_: Purpose, _: &Path| {
            std::thread::sleep(Duration::from_millis(500));
            None
        };
        let mut window = drive(Shell::new(app, Arc::new(slow)), (1400.0, 900.0));
        window.key_press_modifiers(Modifiers::COMMAND, Key::O);
        window.run();
        assert!(window.state().dialogs.waiting());
        window.input_mut().focused = !appears;
        window.run();
        window.input_mut().focused = true;
        settle(&mut window);
        assert!(!window.state().dialogs.waiting());
        assert_eq!(window.query_by_label("Path of the file").is_none(), appears);
    }
}

#[test]
fn changes_to_an_own_file_are_not_lost_without_asking() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.ron");
    let mut window = open();
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::SaveAs(path.clone())));
    let id = cascade_lab::scenario::find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 0.03 }));
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::OpenShipped("quiet-market")));
    window.run();
    assert_eq!(app(&window).present.scenario.name, "own");
    click(&mut window, Role::Button, "Cancel");
    assert!(window.query_by_label("Save the changes?").is_none());
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::OpenShipped("quiet-market")));
    window.run();
    window.get_by_role_and_label(Role::Button, "Save").click();
    window.run_steps(3);
    assert_eq!(preset::load(&path).unwrap().parameters.margin.maintenance, 0.03);
    assert_eq!(app(&window).present.scenario.name, "Quiet market");
}

#[test]
fn a_shipped_preset_is_opened_from_the_menu() {
    let mut window = open();
    click(&mut window, Role::Button, "File");
    window.get_by_label_contains("Teaching presets").click();
    window.run();
    window.get_by_role_and_label(Role::Button, "Quiet market").click();
    window.run_steps(3);
    assert!(app(&window).playing);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert_eq!(app(&window).present.scenario, preset::find("quiet-market").unwrap());
    assert!(!app(&window).present.modified());
}
