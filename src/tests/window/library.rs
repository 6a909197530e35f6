//! The sheet of presets.

use std::path::Path;

use cascade_lab::app::{Command, EditCommand, Library, PlaybackCommand};
use cascade_lab::files::{lesson, preset};
use cascade_lab::scenario::find;
use cascade_lab::ui::command::WindowCommand;
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, open, wait_for_run};

/// A window whose own presets are in this folder, with the sheet open.
fn open_library(folder: &Path) -> Window {
    let mut window = open();
    window.state_mut().app.library = Library::of(folder.to_owned());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    read(&mut window);
    window
}

/// Lets the folder be read.
fn read(window: &mut Window) {
    for _ in 0..400 {
        window.run_steps(2);
        if !app(window).library.is_reading() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.run_steps(2);
}

fn has(window: &Window, text: &str) -> bool {
    let rows = window.query_all_by_role(Role::ListBoxOption);
    rows.filter_map(|row| egui_kittest::kittest::NodeT::accesskit_node(&row).label())
        .any(|label| label.contains(text))
}

#[test]
fn shipped_and_own_presets_are_listed_searched_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut own = preset::find("quiet-market").unwrap();
    own.name = "Μεγάλη μόχλευση".to_owned();
    own.description = "What my class saw on Monday.".to_owned();
    preset::save(&folder.path().join("monday.ron"), &own).unwrap();
    std::fs::write(folder.path().join("broken.ron"), "(format: 1, name: \"x\", seed: -3)").unwrap();
    let mut window = open_library(folder.path());
    assert!(has(&window, "First cascade, open") && has(&window, "Μεγάλη μόχλευση, What my class"));
    assert!(
        has(&window, "broken.ron, ") && has(&window, "line 1"),
        "a broken file is not explained"
    );

    window.get_by_label("Search presets").type_text("my class");
    window.run();
    assert!(has(&window, "Μεγάλη μόχλευση") && !has(&window, "First cascade"));
    window.key_press(Key::Enter);
    window.run_steps(3);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert_eq!(app(&window).present.scenario.name, "Μεγάλη μόχλευση");
    assert!(window.query_by_label("Search presets").is_none());

    // The open one is marked, and a change of it shows.
    let id = find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 0.02 }));
    wait_for_run(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    read(&mut window);
    assert!(has(&window, "Μεγάλη μόχλευση, open, modified"));
    // Opening another one asks about the changes.
    window.get_by_label("Search presets").type_text("quiet");
    window.run();
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert!(window.query_by_label("Save the changes?").is_some());
}

#[test]
fn a_preset_is_saved_renamed_and_deleted() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("presets");
    let mut window = open_library(&folder);
    assert!(window.query_by_label_contains("None yet").is_some());
    let named = |window: &mut Window, name: &str, verb: &str| {
        window.get_by_label("Name in the list").focus();
        window.run();
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window
            .get_by_role_and_label(Role::TextInput, "Name in the list")
            .type_text(name);
        window.run();
        click(window, Role::Button, verb);
        read(window);
    };
    let button = |window: &Window| window.get_by_role_and_label(Role::Button, "Save to my presets…").rect();
    let at = button(&window);
    window.run_steps(5);
    assert_eq!(button(&window), at, "the sheet does not stand still");
    click(&mut window, Role::Button, "Save to my presets…");
    named(&mut window, "Für die Klasse", "Save");
    let file = folder.join("Für die Klasse.ron");
    assert_eq!(preset::load(&file).unwrap().name, "Für die Klasse");
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&file));
    assert!(has(&window, "Für die Klasse, open"));

    window.get_by_label("Search presets").type_text("klasse");
    window.run();
    click(&mut window, Role::Button, "Rename…");
    named(&mut window, "Second try", "Rename");
    assert!(!file.exists() && folder.join("Second try.ron").exists());
    assert_eq!(app(&window).present.scenario.name, "Second try");
    assert!(!app(&window).present.modified());

    window.get_by_label("Search presets").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_label("Search presets").type_text("second try");
    window.run();
    for (answer, stays) in [("Keep", true), ("Delete", false)] {
        click(&mut window, Role::Button, "Delete…");
        assert!(window.query_by_label("It cannot be brought back.").is_some());
        click(&mut window, Role::Button, answer);
        read(&mut window);
        assert_eq!(folder.join("Second try.ron").exists(), stays);
    }
    assert!(!has(&window, "Second try"));
    // However far the list was scrolled when it was closed, it opens at its first row.
    window.get_by_label("Search presets").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.key_press(Key::Backspace);
    window.run();
    let first = |window: &Window| {
        let row = window.query_all_by_role(Role::ListBoxOption).next();
        row.map(|row| row.rect())
    };
    let at = first(&window);
    window.key_press(Key::ArrowUp);
    window.run();
    assert_ne!(first(&window), at, "the last row is not in view");
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
        window.key_press(Key::Escape);
        window.run();
    }
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    read(&mut window);
    assert_eq!(first(&window), at);
    // Escape closes the sheet, and the run is untouched.
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Search presets").is_none());
    assert_eq!(app(&window).present.scenario.name, "Second try");
}

/// A lesson in the user's own folder is a lesson: listed, opened, and not called a broken preset.
#[test]
fn an_own_lesson_is_taught_from_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut own = lesson::find("lending-spiral").unwrap();
    own.title = "Loans on Monday".to_owned();
    lesson::save(&folder.path().join("monday.ron"), &own).unwrap();
    let mut window = open_library(folder.path());
    assert!(has(&window, "Loans on Monday, ") && !has(&window, "monday.ron"));
    assert!(window.query_by_label("My lessons").is_some());
    assert!(window.query_by_label("My presets").is_none());
    window.get_by_label("Search presets").type_text("monday");
    window.run();
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert_eq!(app(&window).classroom().unwrap().lesson.title, "Loans on Monday");
    // It is in the list of lessons, too, and marked as the one that is taught.
    window.state_mut().ask(WindowCommand::ShowLessons);
    read(&mut window);
    assert!(has(&window, "Loans on Monday, open") && !has(&window, "Quiet market"));
}

/// Pictures of the runs come one after another while the sheet is open, and nothing moves because of them.
#[test]
fn every_row_gets_a_picture_while_the_sheet_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let own = preset::find("long-squeeze").unwrap();
    let path = folder.path().join("own.ron");
    preset::save(&path, &own).unwrap();
    let mut window = open();
    assert!(app(&window).thumbnail("clustered-versus-spread").is_none());
    window.state_mut().app.library = Library::of(folder.path().to_owned());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    read(&mut window);
    let places = |window: &Window| -> Vec<_> {
        window
            .query_all_by_role(Role::ListBoxOption)
            .map(|row| row.rect())
            .collect()
    };
    let before = places(&window);
    let wait = |window: &mut Window, name: &str| {
        let begun = std::time::Instant::now();
        while app(window).thumbnail(name).is_none() {
            assert!(begun.elapsed().as_secs() < 120, "no picture of {name}");
            window.step();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    };
    wait(&mut window, "clustered-versus-spread");
    wait(&mut window, &path.to_string_lossy());
    assert_eq!(places(&window), before);
    let picture = |name: &str| app(&window).thumbnail(name).unwrap().spot.clone();
    let lowest = |name: &str| picture(name).into_iter().fold(0.0, f32::min);
    assert!(lowest("first-cascade") < -0.05 && lowest("quiet-market") > -0.04);
}
