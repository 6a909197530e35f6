//! The window while numbers change: nothing moves because one of them becomes wider.

use std::collections::BTreeMap;

use eframe::egui::{self, Rect, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, open};

/// Digits are not part of a name here: they are what changes.
#[test]
fn nothing_moves_while_numbers_change() {
    let mut window = open();
    let places = |window: &Window| -> BTreeMap<String, Rect> {
        let of = |role| {
            window.query_all_by_role(role).map(move |node| {
                let name = node.accesskit_node().label().unwrap_or_default();
                let name: String = name.chars().filter(|letter| letter.is_alphabetic()).collect();
                (format!("{role:?} {name}"), node.rect())
            })
        };
        let fixed = [
            Role::Button,
            Role::Slider,
            Role::SpinButton,
            Role::TextInput,
            Role::Image,
            Role::Meter,
        ];
        fixed.into_iter().flat_map(of).collect()
    };
    window.state_mut().app.run(100);
    window.run();
    let before = places(&window);
    assert!(before.len() > 30, "{before:?}");
    for _ in 0..12 {
        window.state_mut().app.run(10);
        window.run();
        let now = places(&window);
        for (name, place) in &before {
            // The tag is where the price is.
            let Some(moved) = now.get(name).filter(|_| !name.ends_with("Pricetag")) else {
                continue;
            };
            let by = (moved.left_top() - place.left_top()).length();
            assert!(
                by < 1.0,
                "{name} moved by {by} to step {}",
                app(&window).present.position()
            );
        }
    }
}

/// Words of the same kind in the headline of a narrow window, where key figures stand in the bar.
#[test]
fn the_bar_of_a_narrow_window_stands_still_too() {
    let mut window = open();
    window.set_size(egui::vec2(853.0, 533.0));
    window.state_mut().app.run(20);
    window.run();
    let place = |window: &Window| window.get_by_role_and_label(Role::Button, "File").rect();
    let info = |window: &Window| window.get_by_label_contains("About this preset").rect();
    let before = (place(&window), info(&window));
    window.state_mut().app.run(130);
    window.run();
    assert_eq!((place(&window), info(&window)), before);
}
