//! The glossary and the sheet of shortcuts.

use cascade_lab::scenario::find;
use eframe::egui::{Key, Role};
use egui_kittest::kittest::Queryable;

use super::{Window, click, open};

fn searched(window: &mut Window, words: &str) {
    window.get_by_label("Search the glossary").type_text(words);
    window.run();
}

#[test]
fn the_glossary_explains_figures_by_name_with_formula() {
    let mut window = open();
    click(&mut window, Role::Button, "Help");
    click(&mut window, Role::Button, "Glossary");
    assert!(window.query_by_label("Glossary").is_some());
    searched(&mut window, "netting benefit");
    assert!(window.query_by_label("1 − central / each venue").is_some());
    assert!(window.query_by_label_contains("one house saves").is_some());
    // The keys go through what was found; what is chosen is explained.
    window.key_press(Key::Escape);
    window.run();
    assert!(window.query_by_label("Search the glossary").is_none());
}

#[test]
fn the_glossary_links_the_sources_of_a_parameter_and_leads_to_its_slider() {
    let mut window = open();
    window.key_press_modifiers(eframe::egui::Modifiers::COMMAND, Key::P);
    window.run();
    window.get_by_label("Command palette").type_text("glossary");
    window.run();
    window.key_press(Key::Enter);
    window.run();
    searched(&mut window, "impact half-life");
    assert!(
        window.query_by_label_contains("Optimal Trading Strategy").is_some(),
        "its source is linked"
    );
    let row = find("liquidity.resilience_half_life").unwrap();
    assert!(window.query_by_label(&row.path).is_some());
    window.key_press(Key::Enter);
    window.run();
    assert!(window.query_by_label("Search the glossary").is_none());
    assert!(window.get_by_role_and_label(Role::Slider, row.label).is_focused());
}

/// A heading without keys below it says nothing.
#[test]
fn every_heading_of_the_shortcuts_has_some() {
    let mut window = open();
    window.key_press(Key::F1);
    window.run();
    let count = |label: &str| window.query_all_by_label(label).count();
    assert!(count("Keyboard shortcuts") >= 1 && count("Export") == 1 && count("Pages") == 0);
    assert_eq!(count("a shock to that level (or X, then a click)"), 1);
}
