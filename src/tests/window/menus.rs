//! What the menus say of the state: what there is nothing to do for is grey, switches that are on are marked, and keys and the
//! command palette agree.

use cascade_lab::app::{EditCommand, SliderMode};
use cascade_lab::files::preset;
use cascade_lab::scenario::find;
use cascade_lab::ui::actions::ACTIONS;
use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, click, open, open_with, search, wait_for_run};

/// Whether an item of an open menu can be chosen.
fn enabled(window: &Window, role: Role, label: &str) -> bool {
    let item = window.get_by_role_and_label(role, label);
    !item.accesskit_node().is_disabled()
}

/// Whether a switch of an open menu is marked.
fn marked(window: &Window, label: &str) -> bool {
    let item = window.get_by_role_and_label(Role::CheckBox, label);
    let toggled = item.accesskit_node().toggled();
    toggled == Some(Toggled::True)
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
}

#[test]
fn an_undo_that_cannot_change_the_past_says_so() {
    let mut window = open();
    window
        .state_mut()
        .app
        .update(EditCommand::SetSliderMode(SliderMode::FromHere));
    window.state_mut().app.run(40);
    let id = find("leverage.mean").unwrap().id;
    window
        .state_mut()
        .app
        .update(EditCommand::SetParameter { id, value: 20.0 });
    window.state_mut().app.update(EditCommand::Settle);
    window.state_mut().app.run(40);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    let told = "Undone from here: Mean leverage 12 × → 20 ×. What it has done until now stays.";
    assert!(window.query_by_label_contains(told).is_some());
    assert_eq!(app(&window).present.value(id), 12.0);
    // The whole run anew is another thing.
    window
        .state_mut()
        .app
        .update(EditCommand::SetSliderMode(SliderMode::WholeRun));
    window
        .state_mut()
        .app
        .update(EditCommand::SetParameter { id, value: 20.0 });
    wait_for_run(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_for_run(&mut window);
    assert!(window.query_all_by_label_contains("Undone from here").count() <= 1);
}

#[test]
fn a_legend_without_room_for_all_opens_the_rest() {
    let preset = preset::find("everything-on").unwrap();
    let mut window = open_with(preset, None, (1024.0, 640.0));
    window.state_mut().app.run(60);
    window.run();
    let more = window.query_all_by_role(Role::Button).find(|node| {
        node.accesskit_node()
            .label()
            .is_some_and(|label| label.ends_with(" more"))
    });
    let more = more.expect("a legend with more series than room");
    let label = more.accesskit_node().label().unwrap();
    let count: usize = label.split_whitespace().rev().nth(1).unwrap().parse().unwrap();
    let before = window.query_all_by_role(Role::CheckBox).count();
    more.click();
    window.run();
    let after = window.query_all_by_role(Role::CheckBox).count();
    assert!(after > before && after <= before + count, "{label}: {before} {after}");
    // A series of the list is switched off like any other.
    let listed = window
        .query_all_by_role(Role::CheckBox)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.contains("  ")))
        .unwrap();
    let name = listed.accesskit_node().label().unwrap();
    assert_eq!(listed.accesskit_node().toggled(), Some(Toggled::True), "{name}");
    listed.click();
    window.run();
    let off = window
        .query_all_by_role(Role::CheckBox)
        .filter(|node| node.accesskit_node().toggled() == Some(Toggled::False));
    assert!(off.count() >= 1);
}

#[test]
fn the_track_of_a_slider_explains_it() {
    let mut window = open();
    search(&mut window, "maintenance margin");
    let track = window
        .get_all_by_role_and_label(Role::Slider, "Maintenance margin")
        .next()
        .unwrap()
        .rect();
    assert!(window.query_by_label("margin.maintenance").is_none());
    window.hover_at(track.center());
    window.run_steps(60);
    assert!(window.query_by_label("margin.maintenance").is_some());
}
