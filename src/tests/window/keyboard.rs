//! The window without a mouse and while numbers change: the Tab key reaches everything that can be used, it is named and seen to have the
//! focus, and nothing moves because a number becomes wider.

use std::collections::{BTreeMap, BTreeSet};

use eframe::egui::{self, Key, Rect, Role, Shape};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, open};

/// What can be used by hand.
const USED: [Role; 9] = [
    Role::Button,
    Role::Slider,
    Role::SpinButton,
    Role::TextInput,
    Role::CheckBox,
    Role::Switch,
    Role::ComboBox,
    Role::DisclosureTriangle,
    Role::Link,
];

/// Role, name and place of everything that can be used and is in view.
fn usable(window: &Window) -> Vec<(Role, String, Rect)> {
    let screen = window.ctx.content_rect();
    let all = USED.into_iter().flat_map(|role| {
        window.query_all_by_role(role).map(move |node| {
            let name = node.accesskit_node().label().unwrap_or_default();
            (role, name, node.rect(), node.accesskit_node().is_disabled())
        })
    });
    all.filter(|(.., place, disabled)| !disabled && screen.intersects(*place) && place.is_positive())
        .map(|(role, name, place, _)| (role, name, place))
        .collect()
}

/// What is drawn around a place.
fn drawn(window: &Window, place: Rect) -> String {
    let near =
        |shape: &Shape| shape.visual_bounding_rect().intersects(place) && shape.visual_bounding_rect().height() < 60.0;
    let shapes = window.output().shapes.iter().filter(|clipped| near(&clipped.shape));
    shapes.map(|clipped| format!("{:?}", clipped.shape)).collect()
}

#[test]
fn everything_is_named_and_reached_by_the_tab_key_and_the_focus_is_seen() {
    let mut window = open();
    window.state_mut().app.run(150);
    window.run();
    let all = usable(&window);
    for (role, name, place) in &all {
        assert!(!name.trim().is_empty(), "a {role:?} at {place:?} has no name");
    }
    let before: BTreeMap<(String, String), String> = all
        .iter()
        .map(|(role, name, place)| ((format!("{role:?}"), name.clone()), drawn(&window, *place)))
        .collect();
    let (mut reached, mut unseen) = (BTreeSet::new(), Vec::new());
    for _ in 0..3 * all.len() {
        window.key_press(Key::Tab);
        window.run();
        let focused = window.query_all_by(|node| node.is_focused()).next();
        let Some(focused) = focused else { continue };
        let key = (
            format!("{:?}", focused.accesskit_node().role()),
            focused.accesskit_node().label().unwrap_or_default(),
        );
        let now = drawn(&window, focused.rect());
        assert!(!now.is_empty(), "{key:?} has the focus and is out of view");
        if before.get(&key) == Some(&now) {
            unseen.push(key.clone());
        }
        reached.insert(key);
    }
    assert!(unseen.is_empty(), "these look as they do without the focus: {unseen:?}");
    let missed: Vec<_> = all
        .iter()
        .filter(|(role, name, _)| !reached.contains(&(format!("{role:?}"), name.clone())))
        .collect();
    assert!(missed.is_empty(), "the Tab key does not come to {missed:?}");
}

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
