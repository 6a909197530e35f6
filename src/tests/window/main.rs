//! The window driven by its labels, without a display or a GPU: the same code as in the real one.
#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping, its helpers too")]

mod about;
mod assets;
mod compare;
#[path = "../common/window.rs"]
mod driven;
mod export;
mod figures;
mod files;
mod glossary;
mod imports;
mod keyboard;
mod lending;
mod lessons;
mod library;
mod lines;
mod market;
mod menus;
mod observed;
mod odd;
mod pages;
mod pictures;
mod presenter;
mod run_log;
mod second_asset;
mod still;
mod time;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cascade_lab::app::history::Figure;
use cascade_lab::app::{
    ActCommand, App, EditCommand, FAN_SEEDS, PlaybackCommand, PlotId, Settings, Theme, WorkspaceCommand,
};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, Event, Scenario};
use cascade_lab::ui::shell::Shell;
use eframe::egui::{self, Key, Modifiers, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use driven::{Window, drive};

fn open_with(scenario: Scenario, answer: Option<PathBuf>, size: (f32, f32)) -> Window {
    let mut app = App::new(scenario, None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    let shell = Shell::new(app, Arc::new(move |_, _: &Path| answer.clone()));
    drive(shell, size)
}

fn open() -> Window {
    open_with(preset::find("first-cascade").unwrap(), None, (1400.0, 900.0))
}

fn app(window: &Window) -> &App {
    &window.state().app
}

fn step(window: &Window) -> u64 {
    app(window).present.simulation.steps()
}

fn search(window: &mut Window, text: &str) {
    window.get_by_label("Search parameters").focus();
    window.run();
    window.get_by_label("Search parameters").type_text(text);
    window.run();
    window.key_press(Key::Escape);
    window.run();
}

fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run();
}

/// Types into a field that has all of its text selected when it gets the focus.
fn enter(window: &mut Window, role: Role, label: &str, text: &str) {
    window.get_by_role_and_label(role, label).focus();
    window.run();
    window.event(egui::Event::Text(text.to_owned()));
    window.run();
    window.key_press(Key::Enter);
    window.run();
}

/// Drags a slider from its middle over these shares of its width.
fn drag(window: &mut Window, label: &str, shares: &[f32]) {
    let slider = window
        .get_all_by_role_and_label(Role::Slider, label)
        .next()
        .unwrap()
        .rect();
    let mut at = slider.center();
    window.drag_at(at);
    window.run();
    for share in shares {
        at = slider.center() + vec2(slider.width() * share, 0.0);
        window.hover_at(at);
        window.run();
    }
    window.drop_at(at);
    window.run();
}

/// Whether there is a slider of this name.
fn has_slider(window: &Window, name: &str) -> bool {
    window.query_by_role_and_label(Role::Slider, name).is_some()
}

/// Lets the run be made that follows a change.
fn wait_for_run(window: &mut Window) {
    while app(window).remaking() {
        window.step();
    }
    window.run_steps(2);
}

/// Lets a file dialog's thread answer.
fn settle(window: &mut Window) {
    for _ in 0..200 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.run();
        if !window.state().dialogs.waiting() {
            break;
        }
    }
    window.run();
}

#[test]
fn a_slider_moves_the_state_the_model_and_the_picture() {
    let mut window = open();
    search(&mut window, "positions.long_share");
    let before = app(&window).present.simulation.assets()[0].observation().levered_longs;
    let levels = app(&window).shown_history().resting().longs.clone();
    window
        .get_by_role_and_label(Role::Slider, "Long share")
        .set_value_accesskit(75.0);
    window.run();
    assert_eq!(app(&window).present.scenario.parameters.positions.long_share, 0.75);
    assert_eq!(app(&window).present.simulation.parameters().positions.long_share, 0.75);
    click(&mut window, Role::Button, "One step (→)");
    assert!(app(&window).present.simulation.assets()[0].observation().levered_longs > before * 1.2);
    assert_ne!(
        app(&window).shown_history().resting().longs,
        levels,
        "the plots still show the old levels"
    );
    assert!(app(&window).present.modified());
}

#[test]
fn a_slider_can_be_dragged() {
    let mut window = open();
    search(&mut window, "maintenance margin");
    drag(&mut window, "Maintenance margin", &[0.3]);
    let dragged = app(&window).present.scenario.parameters.margin.maintenance;
    assert!(dragged > 0.015, "{dragged}");
    assert_eq!(app(&window).present.simulation.parameters().margin.maintenance, dragged);
}

#[test]
fn values_can_be_typed_with_suffixes_and_are_held_in_range() {
    let mut window = open();
    search(&mut window, "vault capital");
    for (text, value) in [
        ("650M", 6.5e8),
        ("40 bn", 40e9),
        ("2e10", 2e10),
        ("nonsense", 2e10),
        ("1e20", 1e12),
    ] {
        enter(&mut window, Role::SpinButton, "Vault capital", text);
        assert_eq!(
            app(&window).present.simulation.parameters().vault.capital,
            value,
            "{text}"
        );
    }
    // Looking at a value does not round it to the digits shown.
    let id = cascade_lab::scenario::find("vault.capital").unwrap().id;
    window.state_mut().app.update(EditCommand::SetParameter {
        id,
        value: 12_345_678_901.0,
    });
    window.run();
    window.get_by_role_and_label(Role::SpinButton, "Vault capital").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(app(&window).present.scenario.parameters.vault.capital, 12_345_678_901.0);
}

#[test]
fn one_field_is_reset_and_the_others_stay() {
    let mut window = open();
    search(&mut window, "permanent share");
    assert!(window.query_by_label("Reset Permanent share").is_none());
    enter(&mut window, Role::SpinButton, "Permanent share", "80 %");
    let other = cascade_lab::scenario::find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .app
        .update(EditCommand::SetParameter { id: other, value: 0.02 });
    window.run();
    click(&mut window, Role::Button, "Reset Permanent share");
    let parameters = &app(&window).present.scenario.parameters;
    assert_eq!(
        (parameters.liquidity.permanent_share, parameters.margin.maintenance),
        (0.3, 0.02)
    );
}

#[test]
fn a_parameter_that_needs_a_new_run_starts_one_with_the_same_seed() {
    // As far as the run had come, or from the first step on where sliders change what is still to come.
    for (mode, there) in [("whole run", 10), ("from here on", 0)] {
        let mut window = open();
        click(&mut window, Role::Button, "Ten steps (Shift+→)");
        click(&mut window, Role::Button, mode);
        search(&mut window, "number of venues");
        enter(&mut window, Role::SpinButton, "Number of venues", "2");
        assert_eq!((step(&window), app(&window).present.scenario.seed), (there, 7));
        assert_eq!(app(&window).present.simulation.parameters().venues.count, 2);
        assert_eq!(app(&window).present.history.newest_step() as u64, there);
    }
}

/// The mode is plain to see and one key apart.
#[test]
fn sliders_change_the_whole_run_until_told_otherwise() {
    let mut window = open();
    window.state_mut().app.run(200);
    let chosen = |window: &Window, name| {
        let node = window.get_by_role_and_label(Role::Button, name);
        node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(chosen(&window, "whole run") && !chosen(&window, "from here on"));
    let spot = |window: &Window, step| app(window).shown_history().figure(Figure::Spot).at(step).unwrap();
    let (early, late) = (spot(&window, 125), spot(&window, 190));
    search(&mut window, "mean leverage");
    drag(&mut window, "Mean leverage", &[0.05, 0.1]);
    assert!(
        spot(&window, 125) != early && spot(&window, 190) != late,
        "the past too"
    );
    assert_eq!((step(&window), app(&window).undo.done().len()), (200, 1));
    let told = app(&window).undo.done()[0].label.clone();
    let tag = window.get_by_label_contains(&told);
    assert!(tag.accesskit_node().label().unwrap().contains("; amplification "));
    tag.click();
    window.run();
    assert!(
        window.query_by_label_contains(&format!("{told};")).is_none(),
        "a click hides the run before"
    );
    window.key_press(Key::M);
    window.run();
    assert!(chosen(&window, "from here on"));
    let early = spot(&window, 125);
    drag(&mut window, "Mean leverage", &[0.2]);
    assert_eq!((spot(&window, 125), app(&window).undo.done().len()), (early, 2));
}

#[test]
fn groups_switch_on_and_off_and_collapse() {
    let mut window = open();
    search(&mut window, "liquidation throttle");
    click(&mut window, Role::Switch, "Throttle");
    assert!(app(&window).present.simulation.parameters().throttle.enabled);
    click(&mut window, Role::Button, "Clear the search");
    for open in [true, false] {
        window
            .get_by_role_and_label(Role::DisclosureTriangle, "Liquidity")
            .click();
        window.run();
        let slider = window.query_by_role_and_label(Role::Slider, "Permanent share");
        assert_eq!(slider.is_some(), open);
    }
}

#[test]
fn searching_leaves_what_matches() {
    let mut window = open();
    search(&mut window, "impact half");
    assert!(has_slider(&window, "Impact half-life") && !has_slider(&window, "Permanent share"));
    window
        .state_mut()
        .app
        .update(WorkspaceCommand::Search("zebra".to_owned()));
    window.run();
    assert!(window.query_by_label_contains("No parameter matches").is_some());
}

#[test]
fn running_stepping_and_starting_again() {
    let mut window = open();
    click(&mut window, Role::Button, "One step (→)");
    assert_eq!(step(&window), 1);
    click(&mut window, Role::Button, "Ten steps (Shift+→)");
    assert_eq!((step(&window), app(&window).present.history.newest_step()), (11, 11));
    window.get_by_label("Play (Space)").click();
    window.run_steps(2);
    for _ in 0..20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
        window.step();
    }
    let ran = step(&window);
    assert!(ran > 13 && ran < 60, "{ran} steps in 0.4 s at 20 a second");
    window.get_by_label("Pause (Space)").click();
    // Ends only when nothing asks for another frame.
    window.run();
    assert!(!app(&window).playing);
    click(&mut window, Role::Button, "Start again (R)");
    assert_eq!(step(&window), 0);
}

#[test]
fn a_shock_moves_the_price_by_its_size() {
    let mut scenario = preset::find("quiet-market").unwrap();
    scenario.events.clear();
    scenario.set("market.volatility", 0.0).unwrap();
    scenario.set("shock.size", -0.05).unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    let before = app(&window).present.simulation.assets()[0].observation().exogenous;
    click(&mut window, Role::Button, "Shock −5 %");
    click(&mut window, Role::Button, "Ten steps (Shift+→)");
    let fall = app(&window).present.simulation.assets()[0].observation().exogenous / before - 1.0;
    assert!((fall + 0.05).abs() < 1e-9, "{fall}");
    window.state_mut().app.update(ActCommand::ShockToPrice(-1.0));
    window.run();
    assert!(window.query_by_label_contains("shock.size").is_some());
}

#[test]
fn the_theme_is_switched_from_the_menu() {
    let mut window = open();
    assert!(window.ctx.global_style().visuals.dark_mode);
    click(&mut window, Role::Button, "View");
    click(&mut window, Role::RadioButton, "Light");
    assert_eq!(app(&window).settings.theme, Theme::Light);
    assert!(!window.ctx.global_style().visuals.dark_mode);
}

#[test]
fn plots_are_hidden_from_the_menu() {
    let mut window = open();
    assert!(app(&window).settings.plots.shows(PlotId("Aggregate delta"), true));
    click(&mut window, Role::Button, "View");
    click(&mut window, Role::Button, "Visible plots");
    click(&mut window, Role::CheckBox, "Aggregate delta");
    assert!(!app(&window).settings.plots.shows(PlotId("Aggregate delta"), true));
}

#[test]
fn keys_run_the_window_but_not_while_typing() {
    let mut window = open();
    window.key_press(Key::ArrowRight);
    window.run();
    assert_eq!(step(&window), 1);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    window.run();
    assert_eq!(step(&window), 11);
    let entries = app(&window).present.simulation.log().len();
    window.key_press(Key::S);
    window.key_press(Key::ArrowRight);
    window.run();
    assert!(app(&window).present.simulation.log().len() > entries, "no shock");
    window.key_press(Key::R);
    window.run();
    assert_eq!(step(&window), 0);
    window.key_press(Key::Space);
    window.step();
    assert!(app(&window).playing);
    window.key_press(Key::Space);
    window.run();
    assert!(!app(&window).playing);

    // On a busy machine a step has been made meanwhile.
    let there = step(&window);
    window.get_by_label("Search parameters").focus();
    window.run();
    for key in [Key::Space, Key::R, Key::S, Key::ArrowRight] {
        window.key_press(key);
    }
    window.run();
    assert!(!app(&window).playing && step(&window) == there);
    window.key_press(Key::Escape);
    window.key_press(Key::F1);
    window.run();
    assert!(window.query_by_label("Find a parameter").is_some());
    click(&mut window, Role::Button, "Close");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Equals);
    window.run();
    assert!((app(&window).settings.zoom - 1.1).abs() < 1e-6);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num0);
    window.run();
    assert!((window.ctx.zoom_factor() - 1.0).abs() < 1e-6);
}

#[test]
fn a_seed_is_typed_and_drawn() {
    let mut window = open();
    window.key_press(Key::ArrowRight);
    window.run();
    window.get_by_role_and_label(Role::TextInput, "Seed").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window
        .get_by_role_and_label(Role::TextInput, "Seed")
        .type_text("18446744073709551615");
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!((app(&window).present.scenario.seed, step(&window)), (u64::MAX, 0));
    click(&mut window, Role::Button, "New seed (N)");
    assert!(app(&window).present.scenario.seed < 1_000_000);
}

#[test]
fn a_pause_of_the_scenario_pauses_the_window_and_shows_its_note() {
    let mut scenario = preset::find("quiet-market").unwrap();
    scenario.events = vec![
        Event {
            step: 3,
            action: Action::Note("What happens next?".to_owned()),
        },
        Event {
            step: 3,
            action: Action::Pause,
        },
    ];
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.update(PlaybackCommand::SetSpeed(1000.0));
    window.state_mut().app.update(PlaybackCommand::Play);
    let shell = window.state_mut();
    shell.app.advance(0.1, || true);
    assert_eq!((shell.app.present.simulation.steps(), shell.app.playing), (3, false));
    window.run();
    assert!(
        window.query_all_by_label_contains("What happens next?").count() >= 2,
        "in the log and above the plots"
    );
}

#[test]
fn side_panels_give_way_in_a_narrow_window() {
    let scenario = preset::find("first-cascade").unwrap();
    for (width, height, parameters, figures) in [
        (1280.0, 800.0, true, true),
        (1024.0, 640.0, true, true),
        (683.0, 427.0, true, false),
        (540.0, 400.0, false, false),
    ] {
        let mut window = open_with(scenario.clone(), None, (width, height));
        assert_eq!(
            window.query_by_label("Search parameters").is_some(),
            parameters,
            "{width}"
        );
        assert_eq!(window.query_by_label("Key figures").is_some(), figures, "{width}");
        if !figures {
            click(&mut window, Role::Button, "Key figures panel");
            assert!(window.query_by_label("Key figures").is_some(), "{width}");
            assert!(window.query_by_label("Search parameters").is_none(), "{width}");
        }
    }
}

#[test]
fn settings_survive_and_damaged_ones_do_no_harm() {
    let mut settings = Settings::default();
    settings.set_zoom(1.5);
    settings.theme = Theme::Light;
    settings.plots.set(PlotId("Insurance fund"), true);
    let written = ron::to_string(&settings).unwrap();
    assert_eq!(ron::from_str::<Settings>(&written).unwrap().sound(), settings);
    let odd: Settings = ron::from_str("(zoom: 1e30, theme: dark)").unwrap();
    assert_eq!(odd.sound().zoom, 3.0);
    assert!(ron::from_str::<Settings>("(zoom: \"much\")").is_err());
}

#[test]
fn keys_do_not_reach_through_an_open_sheet() {
    let mut window = open();
    window.key_press(Key::F1);
    window.run();
    for key in [Key::ArrowRight, Key::Space, Key::S] {
        window.key_press(key);
        window.run_steps(2);
    }
    assert!(!app(&window).playing && step(&window) == 0 && app(&window).present.simulation.log().is_empty());
    window.key_press(Key::Escape);
    window.run();
    window.key_press(Key::ArrowRight);
    window.run();
    assert_eq!(step(&window), 1);
}

#[test]
fn a_search_inside_a_group_keeps_its_switch() {
    let mut window = open();
    search(&mut window, "quiet time");
    assert!(window.query_by_role_and_label(Role::Switch, "Re-opening").is_some());
    let slider = window.get_by_role_and_label(Role::Slider, "Quiet time");
    assert!(slider.accesskit_node().is_disabled(), "what is switched off is grey");
}

/// Clicks, double clicks and legend clicks leave the run as it is; an aimed shock is one click, and one undo.
#[test]
fn only_an_aimed_click_shocks_the_price_and_undo_takes_it_back() {
    let mut scenario = preset::find("quiet-market").unwrap();
    scenario.events.clear();
    scenario.set("market.volatility", 0.0).unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.run(20);
    window.run();
    let before = app(&window).present.simulation.digest();
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let place = plot.left_center() + vec2(plot.width() * 0.6, plot.height() * 0.35);
    let click_at = |window: &mut Window, place| {
        window.drag_at(place);
        window.run();
        window.drop_at(place);
        window.run();
    };
    for _ in 0..2 {
        click_at(&mut window, place);
    }
    click(&mut window, Role::CheckBox, "Spot price: spot");
    click(&mut window, Role::CheckBox, "Spot price: spot");
    assert_eq!(app(&window).present.newest().digest(), before);
    assert!(app(&window).present.newest().events().is_empty() && app(&window).undo.done().is_empty());
    window.key_press(Key::End);
    window.run();
    window.key_press(Key::X);
    window.run();
    window.get_by_label("Click a price");
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Click a price").is_none());
    click(&mut window, Role::Button, "Aim shock");
    click_at(&mut window, place);
    assert!(window.query_by_label("Click a price").is_none());
    window.state_mut().app.run(10);
    window.run();
    let seen = app(&window).present.simulation.assets()[0].observation();
    let start = app(&window).present.scenario.parameters.market.start_price;
    assert!(seen.exogenous < start * 0.999, "{} after a shock", seen.exogenous);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    let seen = app(&window).present.simulation.assets()[0].observation();
    assert_eq!((seen.exogenous, step(&window)), (start, 30));
}

/// One switch; while it is on, the fan follows.
#[test]
fn the_fan_is_one_key_apart() {
    let mut window = open();
    window.state_mut().app.run(150);
    let settle = |window: &mut Window| {
        for _ in 0..20_000 {
            window.step();
            if app(window).fan().is_some_and(|fan| fan.runs == FAN_SEEDS) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        panic!("no fan")
    };
    settle(&mut window);
    let before = app(&window).fan().unwrap().clone();
    // What it says stands in the legend, in the menu it is a part of the price plot.
    window.key_press(Key::E);
    window.run();
    assert!(app(&window).fan().is_none());
    assert!(!app(&window).settings.plots.shows(PlotId("Ensemble fan"), true));
    window.key_press(Key::E);
    window.run();
    settle(&mut window);
    assert_eq!(app(&window).fan(), Some(&before));
    // It is not computed where it is not seen.
    click(&mut window, Role::Button, "Delta map");
    assert!(app(&window).fan().is_none());
}
