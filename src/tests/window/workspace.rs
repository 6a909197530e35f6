//! What good desktop programs have in common: the command palette, recent files, files dropped onto the window, the
//! arrangement of the window, and its keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cascade_lab::app::{
    App, Command, EditCommand, FileCommand, PlaybackCommand, PlotId, SelectionCommand, Settings, Theme,
    WorkspaceCommand,
};
use cascade_lab::files::preset;
use cascade_lab::scenario::{find, table};
use cascade_lab::ui::actions::{ACTIONS, Standing};
use cascade_lab::ui::command::WindowCommand;
use cascade_lab::ui::command_palette::entries;
use cascade_lab::ui::pages::PAGES;
use cascade_lab::ui::plots::list::PLOTS;
use eframe::egui::{self, HoveredFile, Key, Modifiers, PointerButton, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, click, open, open_with, step, wait_for_run};

fn open_palette(window: &mut Window, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run();
    window
        .get_by_role_and_label(Role::TextInput, "Command palette")
        .type_text(text);
    window.run();
}

/// What a screen reader says about the entry that is chosen.
fn said(window: &Window) -> String {
    let selected = window
        .query_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().is_selected() == Some(true));
    selected.map_or_else(String::new, |node| node.accesskit_node().label().unwrap())
}

#[test]
fn the_command_palette_does_what_is_typed() {
    let mut window = open();
    open_palette(&mut window, "start aga");
    assert!(said(&window).starts_with("Start again, Run, R"), "{}", said(&window));
    assert!(
        window.query_by_label_contains("Start again, Run, R, 1 of").is_some(),
        "it is not announced"
    );
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Command palette").is_none());

    for (text, expected) in [("ten steps", 10), ("one step", 11)] {
        open_palette(&mut window, text);
        window.key_press(Key::Enter);
        window.run();
        assert_eq!(step(&window), expected);
        assert!(window.query_by_label("Command palette").is_none());
    }
    open_palette(&mut window, "colours light");
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(app(&window).settings.theme, Theme::Light);
    open_palette(&mut window, "show insurance");
    window.key_press(Key::Enter);
    window.run();
    assert!(app(&window).settings.plots.shows(PlotId("Insurance fund"), false));
    open_palette(&mut window, "sensitivity");
    window.key_press(Key::Enter);
    window.run();
    assert!(!window.state().pages.shows_plots());
    open_palette(&mut window, "open quiet");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(app(&window).present.scenario.name, "Quiet market");
}

#[test]
fn arrows_go_through_what_was_found_and_a_click_chooses() {
    let mut window = open();
    open_palette(&mut window, "");
    let first = said(&window);
    window.key_press(Key::ArrowUp);
    window.run();
    let last = said(&window);
    window.key_press(Key::ArrowDown);
    window.run();
    assert!(first != last && said(&window) == first);
    window.key_press(Key::ArrowDown);
    window.key_press(Key::PageDown);
    window.run();
    assert!(![first, last].contains(&said(&window)));
    window.get_by_label("Command palette").type_text("zebra");
    window.run();
    assert!(window.query_by_label_contains("Nothing answers").is_some());
    window.key_press(Key::Enter);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run();
    assert!(
        window.query_by_label("Command palette").is_none(),
        "the same keys close it"
    );
    open_palette(&mut window, "shock");
    let before = app(&window).present.simulation.log().len();
    window
        .get_by_role_and_label(Role::ListBoxOption, "Shock, Run, S")
        .click();
    window.run();
    assert_eq!(app(&window).present.simulation.log().len(), before + 1);
}

#[test]
fn a_parameter_of_the_palette_leads_to_its_slider() {
    let mut window = open();
    super::search(&mut window, "zebra");
    for (text, label) in [("impact half", "Impact half-life"), ("mean lev", "Mean leverage")] {
        open_palette(&mut window, text);
        assert!(said(&window).starts_with(&format!("{label} = ")), "{}", said(&window));
        window.key_press(Key::Enter);
        window.run();
        // One of the main sliders stands in its group as well.
        let focused = window
            .get_all_by_role_and_label(Role::Slider, label)
            .any(|slider| slider.accesskit_node().is_focused());
        assert!(focused, "{label}");
        let value = app(&window).present.simulation.parameters().leverage.mean;
        window.key_press(Key::ArrowRight);
        window.run();
        let moved = app(&window).present.simulation.parameters().leverage.mean > value;
        assert_eq!(moved, label == "Mean leverage");
    }
    // A group that is off: its switch comes first.
    open_palette(&mut window, "quiet time");
    window.key_press(Key::Enter);
    window.run();
    let switch = window.get_by_role_and_label(Role::Switch, "Re-opening");
    assert!(switch.accesskit_node().is_focused());
}

#[test]
fn the_palette_has_everything_there_is() {
    let app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
    let standing = Standing {
        app: &app,
        switched_on: Vec::new(),
    };
    let all = entries(&standing);
    let has = |text: &str| all.iter().any(|entry| entry.label.contains(text));
    for action in ACTIONS.iter() {
        assert!(
            all.iter()
                .any(|entry| entry.label == action.label && entry.keys == action.shortcut)
        );
    }
    for shipped in preset::shipped() {
        assert!(has(&preset::find(shipped.name).unwrap().name), "{}", shipped.name);
    }
    assert!(PLOTS.iter().all(|plot| has(plot.id().0)));
    assert!(Theme::ALL.iter().all(|theme| has(theme.label())));
    assert!(PAGES.iter().all(|page| has(page.action)));
    let row = find("leverage.mean").unwrap();
    assert!(has(&format!("Mean leverage = {}", row.show(12.0))));
    let parameters = all.iter().filter(|entry| entry.label.contains(" = ")).count();
    assert!(parameters > 50 && parameters <= table().len());
}

fn drop_files(window: &mut Window, paths: &[&Path]) {
    window.input_mut().dropped_files = paths.iter().map(|path| crate::driven::dropped(path)).collect();
    window.run_steps(3);
}

#[test]
fn a_dropped_preset_is_opened_and_anything_else_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first one.ron"), folder.path().join("second.ron"));
    for path in [&first, &second] {
        preset::save(path, &preset::find("quiet-market").unwrap()).unwrap();
    }
    let mut window = open();
    drop_files(&mut window, &[&first, &second]);
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&first));
    assert!(window.query_by_label_contains("2 files were dropped").is_some());
    window.state_mut().app.update(PlaybackCommand::Pause);

    // Changes to an own file are asked about first.
    let id = find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 0.03 }));
    wait_for_run(&mut window);
    drop_files(&mut window, &[&second]);
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&first));
    window.get_by_role_and_label(Role::Button, "Discard").click();
    window.run_steps(3);
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&second));
    window.state_mut().app.update(PlaybackCommand::Pause);
    drop_files(&mut window, &[Path::new("/tmp/prices.csv")]);
    assert!(app(&window).import.is_some());
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(app(&window).import.is_none());
    drop_files(&mut window, &[Path::new("/tmp/photo.jpeg")]);
    assert!(window.query_by_label_contains("is neither a preset").is_some());
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&second));
}

#[test]
fn files_held_over_the_window_darken_it() {
    let mut window = open();
    window.input_mut().hovered_files = vec![HoveredFile {
        path: Some(PathBuf::from("/tmp/lesson.ron")),
        ..HoveredFile::default()
    }];
    window.run_steps(2);
    let covered = window.output().shapes.iter().any(|shape| {
        matches!(&shape.shape, egui::Shape::Text(text) if text.galley.text().contains("Drop to open the preset “lesson.ron”"))
    });
    assert!(covered);
}

#[test]
fn recent_files_are_offered_and_missing_ones_are_grey() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, gone) = (folder.path().join("kept.ron"), folder.path().join("gone.ron"));
    let mut window = open();
    for path in [&kept, &gone] {
        window
            .state_mut()
            .carry_out(Command::File(FileCommand::SaveAs(path.clone())));
    }
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::OpenShipped("quiet-market")));
    window.state_mut().app.update(PlaybackCommand::Pause);
    std::fs::remove_file(&gone).unwrap();
    window.run();
    click(&mut window, Role::Button, "File");
    click(&mut window, Role::Button, "Open recent");
    let missing = window.get_by_label("gone.ron (missing)");
    assert!(missing.accesskit_node().is_disabled());
    window.get_by_role_and_label(Role::Button, "kept.ron").click();
    window.run_steps(3);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert_eq!(app(&window).present.document.path.as_ref(), Some(&kept));
    assert_eq!(app(&window).settings.recent, [kept, gone]);
    window.state_mut().carry_out(WorkspaceCommand::ClearRecent.into());
    assert!(app(&window).settings.recent.is_empty());
}

/// Drags the border above a plot by so many points.
fn drag_border(window: &mut Window, name: &str, down: f32) {
    let at = window.get_by_role_and_label(Role::Splitter, name).rect().center();
    window.hover_at(at);
    window.run();
    window.drag_at(at);
    window.run();
    for share in [0.5, 1.0] {
        window.hover_at(at + vec2(0.0, down * share));
        window.run();
    }
    window.drop_at(at + vec2(0.0, down));
    window.run();
}

#[test]
fn borders_between_plots_are_dragged_and_remembered() {
    let mut window = open();
    let height = |window: &Window, name: &str| window.get_by_role_and_label(Role::Image, name).rect().height();
    let before = ["Price plot", "Attribution plot", "Reproduction ratio plot"].map(|name| height(&window, name));
    drag_border(&mut window, "Border above Why it moved", -40.0);
    drag_border(&mut window, "Border above Reproduction ratio", -20.0);
    let after = ["Price plot", "Attribution plot", "Reproduction ratio plot"].map(|name| height(&window, name));
    for (index, change) in [-40.0, 20.0, 20.0].into_iter().enumerate() {
        assert!(
            (after[index] - before[index] - change).abs() <= 2.0,
            "{before:?} {after:?}"
        );
    }
    // No plot can be made smaller than it can be read.
    drag_border(&mut window, "Border above Reproduction ratio", 2000.0);
    assert!(height(&window, "Reproduction ratio plot") >= 55.0);

    let settings = window.state().remembered();
    let mut app = App::new(preset::find("first-cascade").unwrap(), None, settings).unwrap();
    app.update(PlaybackCommand::Pause);
    let mut again = open();
    again.state_mut().app.settings = app.settings;
    again.run();
    assert_eq!(height(&again, "Attribution plot"), height(&window, "Attribution plot"));

    window.state_mut().carry_out(WorkspaceCommand::ResetLayout.into());
    window.run();
    assert_eq!(height(&window, "Attribution plot"), before[1]);
}

#[test]
fn a_plot_has_a_menu_of_its_own() {
    let mut window = open();
    let top = |window: &Window, name: &str| window.get_by_role_and_label(Role::Image, name).rect().top();
    assert!(top(&window, "Attribution plot") < top(&window, "Reproduction ratio plot"));
    for item in ["Move down", "Hide"] {
        let node = window.get_by_role_and_label(Role::Image, "Attribution plot");
        node.click_button(PointerButton::Secondary);
        window.run();
        click(&mut window, Role::Button, item);
        if item == "Move down" {
            assert!(top(&window, "Attribution plot") > top(&window, "Reproduction ratio plot"));
        }
    }
    assert!(!app(&window).settings.plots.shows(PlotId("Why it moved"), true));
    assert!(window.query_by_label("Attribution plot").is_none());
}

#[test]
fn the_page_and_the_side_panels_are_remembered() {
    let mut window = open();
    click(&mut window, Role::Button, "Key figures panel");
    window.state_mut().ask(WindowCommand::Show(PAGES[2].id));
    window.run();
    let settings = window.state().remembered();
    let scenario = preset::find("first-cascade").unwrap();
    let app = App::new(scenario.clone(), None, settings).unwrap();
    let shell = cascade_lab::ui::shell::Shell::new(app, Arc::new(|_, _: &Path| None));
    assert_eq!(shell.pages.shown(), PAGES[2].id);
    assert!(shell.sides.parameters && !shell.sides.figures);
    window.state_mut().carry_out(WorkspaceCommand::ResetLayout.into());
    window.run();
    assert_eq!(window.state().remembered().layout, Settings::default().layout);
    assert!(window.query_by_label("Key figures").is_some());
    assert!(
        open_with(scenario, None, (1024.0, 640.0))
            .query_by_label("Key figures")
            .is_some()
    );
}

#[test]
fn digits_set_the_speed() {
    let mut window = open();
    for (key, speed) in [
        (Key::Num5, 400.0),
        (Key::Num1, 20.0),
        (Key::Num0, 10.0),
        (Key::Num9, 10_000.0),
    ] {
        window.key_press(key);
        window.run();
        assert_eq!(app(&window).pace.steps_per_second(), speed);
    }
    window.get_by_label("Search parameters").focus();
    window.run();
    window.key_press(Key::Num1);
    window.run();
    assert_eq!(app(&window).pace.steps_per_second(), 10_000.0, "typing sets no speed");
}

#[test]
fn escape_closes_what_lies_on_top() {
    let mut window = open();
    window.state_mut().app.run(30);
    for command in [
        Command::Selection(SelectionCommand::Begin(2)),
        Command::Selection(SelectionCommand::End(20)),
    ] {
        window.state_mut().carry_out(command);
    }
    window.key_press(Key::X);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run();
    let open = |window: &Window| {
        let shell = window.state();
        (
            shell.export.open,
            shell.plots.aim.taken_up,
            app(window).present.selection.is_some(),
        )
    };
    for expected in [
        (true, true, true),
        (false, true, true),
        (false, false, true),
        (false, false, false),
    ] {
        assert_eq!(open(&window), expected);
        window.key_press(Key::Escape);
        window.run();
    }
}

#[test]
fn leaving_asks_about_changes_to_an_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    window
        .state_mut()
        .carry_out(Command::File(FileCommand::SaveAs(folder.path().join("own.ron"))));
    let id = find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 0.03 }));
    assert!(window.state().keeps_open());
    for answer in ["Cancel", "Discard"] {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Q);
        window.run();
        assert!(window.query_by_label("Save the changes?").is_some());
        window.get_by_role_and_label(Role::Button, answer).click();
        window.run();
    }
    assert!(!window.state().keeps_open(), "leaving was agreed to");
}

#[test]
fn effects_can_be_reduced() {
    let mut window = open();
    assert!(window.ctx.tessellation_options_mut(|options| options.feathering));
    open_palette(&mut window, "reduced effects");
    window.key_press(Key::Enter);
    window.run();
    assert!(app(&window).settings.reduced_effects);
    assert!(!window.ctx.tessellation_options_mut(|options| options.feathering));
    assert_eq!(window.ctx.global_style().animation_time, 0.0);
}

#[test]
fn motion_can_be_reduced_without_losing_soft_edges() {
    let mut window = open();
    assert!(window.ctx.global_style().animation_time > 0.0);
    open_palette(&mut window, "reduced motion");
    window.key_press(Key::Enter);
    window.run();
    assert!(app(&window).settings.reduced_motion);
    assert!(window.ctx.tessellation_options_mut(|options| options.feathering));
    assert_eq!(window.ctx.global_style().animation_time, 0.0);
}

#[test]
fn the_about_box_names_the_fonts_and_the_limits() {
    let mut window = open();
    open_palette(&mut window, "about cascade");
    window.key_press(Key::Enter);
    window.run();
    for text in ["no forecast", "Version 0", "Inter: ", "Ubuntu Light: "] {
        assert!(window.query_by_label_contains(text).is_some(), "{text}");
    }
}
