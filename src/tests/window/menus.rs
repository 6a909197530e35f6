//! What the menus say of the state: what there is nothing to do for is grey, switches that are on are marked, and keys and the
//! command palette agree.

use cascade_lab::app::Command;
use cascade_lab::ui::actions::ACTIONS;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, click, open};

/// Whether an item of an open menu can be chosen.
fn enabled(window: &Window, role: Role, label: &str) -> bool {
    let item = window.get_by_role_and_label(role, label);
    !item.accesskit_node().is_disabled()
}

/// Whether a switch of an open menu is marked.
fn marked(window: &Window, label: &str) -> bool {
    let item = window.get_by_role_and_label(Role::CheckBox, label);
    let toggled = item.accesskit_node().toggled();
    toggled == Some(eframe::egui::accesskit::Toggled::True)
}

fn close(window: &mut Window) {
    window.key_press(Key::Escape);
    window.run();
}

#[test]
fn what_there_is_nothing_to_do_for_is_grey() {
    let mut window = open();
    click(&mut window, Role::Button, "Edit");
    for label in [
        "Undo",
        "Redo",
        "All parameters as in the preset",
        "Drop the listed positions",
        "Drop the price path",
        "Drop the listed options",
    ] {
        assert!(!enabled(&window, Role::Button, label), "{label}");
    }
    close(&mut window);
    click(&mut window, Role::Button, "Run");
    for label in ["Explain nothing", "Unpin all runs", "Replay the cascade"] {
        assert!(!enabled(&window, Role::Button, label), "{label}");
    }
    assert!(enabled(&window, Role::Button, "Shock"));
    click(&mut window, Role::Button, "Go to");
    for label in ["One step back", "To the start", "To the newest step"] {
        assert!(!enabled(&window, Role::Button, label), "{label}");
    }
    close(&mut window);
    click(&mut window, Role::Button, "Lesson");
    assert!(!enabled(&window, Role::Button, "Next stage") && enabled(&window, Role::Button, "Lessons…"));
    close(&mut window);
    // What can be done once there is something to do it to.
    window.state_mut().app.run(300);
    window.key_press(Key::P);
    window.run();
    click(&mut window, Role::Button, "Shock −2 %");
    click(&mut window, Role::Button, "Edit");
    assert!(enabled(&window, Role::Button, "Undo") && !enabled(&window, Role::Button, "Redo"));
    close(&mut window);
    click(&mut window, Role::Button, "Run");
    assert!(enabled(&window, Role::Button, "Unpin all runs") && enabled(&window, Role::Button, "Replay the cascade"));
}

#[test]
fn switches_that_are_on_are_marked() {
    let mut window = open();
    click(&mut window, Role::Button, "View");
    assert!(!marked(&window, "Reduced motion") && marked(&window, "Ensemble fan"));
    click(&mut window, Role::CheckBox, "Reduced motion");
    assert!(app(&window).settings.reduced_motion);
    click(&mut window, Role::Button, "View");
    assert!(marked(&window, "Reduced motion"));
    click(&mut window, Role::Button, "Pages");
    assert!(marked(&window, "Plots of the run"));
    close(&mut window);
    click(&mut window, Role::Button, "Run");
    assert!(marked(&window, "Sliders change the whole run") && !marked(&window, "Pin this run"));
    click(&mut window, Role::CheckBox, "Pin this run");
    click(&mut window, Role::Button, "Run");
    assert!(marked(&window, "Pin this run"));
    click(&mut window, Role::CheckBox, "Pin this run");
    assert_eq!(app(&window).pinned().count(), 0);
}

#[test]
fn keys_and_the_palette_agree_with_the_menus() {
    let mut window = open();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert!(window.query_by_label_contains("There is nothing to undo").is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run();
    window
        .get_by_role_and_label(Role::TextInput, "Command palette")
        .type_text("unpin all");
    window.run();
    assert!(window.query_by_label("Unpin all runs, No run is pinned.").is_some());
    window.key_press(Key::Enter);
    window.run();
    let still_open = window.query_by_role_and_label(Role::TextInput, "Command palette");
    assert!(still_open.is_some(), "a grey entry does nothing");
    close(&mut window);
    // Whatever is not blocked does something or opens something: no action panics, each says why it is blocked in a sentence.
    for action in ACTIONS.iter() {
        if let Some(reason) = (action.blocked)(&window.state().standing()) {
            assert!(reason.ends_with('.') && reason.len() < 60, "{}: {reason}", action.label);
        }
    }
    assert!(!matches!(app(&window).undo.done(), [_, ..]));
    window
        .state_mut()
        .carry_out(Command::Baseline(cascade_lab::app::BaselineCommand::UnpinAll));
}
