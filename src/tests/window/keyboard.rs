//! The window without a mouse: the Tab key comes to everything that can be used, in the order in which it stands, and what has the
//! focus is seen; borders are moved by the arrow keys.

use std::collections::BTreeSet;

use eframe::egui::{Key, Rect, Role, Shape};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Window, app, open};

/// What can be used by hand.
const USED: [Role; 11] = [
    Role::Button,
    Role::Slider,
    Role::SpinButton,
    Role::TextInput,
    Role::CheckBox,
    Role::Switch,
    Role::ComboBox,
    Role::DisclosureTriangle,
    Role::Link,
    Role::Tab,
    Role::Splitter,
];

/// Role and name of a widget.
type Named = (String, String);

/// Names and places of everything that can be used and is in view.
fn usable(window: &Window) -> Vec<(Named, Rect)> {
    let screen = window.ctx.content_rect();
    let all = USED.into_iter().flat_map(|role| {
        window.query_all_by_role(role).filter_map(move |node| {
            let name = node.accesskit_node().label().unwrap_or_default();
            // The tag is dragged; by keyboard a shock has its slider and its key.
            let used = !node.accesskit_node().is_disabled() && name != "Price tag";
            used.then(|| ((format!("{role:?}"), name), node.rect()))
        })
    });
    all.filter(|(_, place)| screen.intersects(*place) && place.is_positive())
        .collect()
}

/// What has the focus, and where it is.
fn focused(window: &Window) -> Option<(Named, Rect)> {
    let node = window.query_all_by(|node| node.is_focused()).next()?;
    let named = node.accesskit_node();
    Some((
        (format!("{:?}", named.role()), named.label().unwrap_or_default()),
        node.rect(),
    ))
}

/// What is drawn around a place.
fn drawn(window: &Window, place: Rect) -> String {
    let near = |shape: &Shape| {
        let own = shape.visual_bounding_rect();
        own.intersects(place.expand(4.0)) && !matches!(shape, Shape::Mesh(_))
    };
    let shapes = window.output().shapes.iter().filter(|clipped| near(&clipped.shape));
    shapes.map(|clipped| format!("{:?}", clipped.shape)).collect()
}

fn tab(window: &mut Window) {
    window.key_press(Key::Tab);
    window.run();
}

/// Comes to a widget by the Tab key.
fn tab_to(window: &mut Window, role: Role, name: &str) {
    for _ in 0..400 {
        tab(window);
        if focused(window).is_some_and(|(named, _)| named == (format!("{role:?}"), name.to_owned())) {
            return;
        }
    }
    panic!("the Tab key does not come to {name}");
}

#[test]
fn the_tab_key_comes_to_everything_in_order_and_the_focus_is_seen() {
    let mut window = open();
    window.state_mut().app.run(150);
    window.run();
    let all = usable(&window);
    for (named, place) in &all {
        assert!(!named.1.trim().is_empty(), "a {} at {place:?} has no name", named.0);
    }
    let screen = window.ctx.content_rect();
    let (mut stops, mut unseen): (Vec<Named>, Vec<Named>) = (Vec::new(), Vec::new());
    for _ in 0..2 * all.len() {
        tab(&mut window);
        let Some((named, place)) = focused(&window) else {
            continue;
        };
        if stops.first() == Some(&named) {
            break;
        }
        let in_view = screen.intersects(place);
        let with = drawn(&window, place);
        let id = window.ctx.memory(|memory| memory.focused()).unwrap();
        window.ctx.memory_mut(|memory| memory.surrender_focus(id));
        window.run();
        if !in_view || drawn(&window, place) == with {
            unseen.push(named.clone());
        }
        window.ctx.memory_mut(|memory| memory.request_focus(id));
        window.run();
        stops.push(named);
    }
    assert!(unseen.is_empty(), "the focus is not seen on {unseen:?} of {stops:?}");
    let reached: BTreeSet<_> = stops.iter().collect();
    let missed: Vec<_> = all.iter().filter(|(named, _)| !reached.contains(named)).collect();
    assert!(missed.is_empty(), "the Tab key does not come to {missed:?}");
    // From the menu through the panels at the sides and the plots to the bar at the bottom.
    let at = |name: &str| stops.iter().position(|(_, own)| own == name);
    let order = [
        "File",
        "Help",
        "Mean leverage",
        "Search parameters",
        "Width of the parameters",
        "Events",
        "Width of the key figures",
        "Plots",
        "Spot price: spot",
        "Aim shock",
        "Border above Why it moved",
        "Time line",
        "Seed",
    ];
    let places: Vec<_> = order.map(|name| (name, at(name))).to_vec();
    assert!(
        places.iter().all(|(_, at)| at.is_some()) && places.is_sorted_by_key(|(_, at)| *at),
        "{places:?} of {stops:?}"
    );
}

/// What the Tab key comes to, with its place, from the first thing on until it comes to that again.
fn stops(window: &mut Window) -> Vec<(String, Rect)> {
    let mut stops: Vec<(String, Rect)> = Vec::new();
    for _ in 0..400 {
        tab(window);
        let Some(((_, name), place)) = focused(window) else {
            continue;
        };
        if stops.first().is_some_and(|(first, at)| *first == name && *at == place) {
            break;
        }
        stops.push((name, place));
    }
    stops
}

#[test]
fn the_tab_key_goes_from_left_to_right_in_a_line() {
    let mut window = open();
    window.state_mut().app.run(150);
    window.key_press(Key::ArrowLeft);
    window.run();
    let screen = window.ctx.content_rect();
    let in_a_bar = |place: &Rect| place.center().y < screen.top() + 36.0 || place.center().y > screen.bottom() - 48.0;
    let stops_of = stops(&mut window);
    let bars: Vec<_> = stops_of.iter().filter(|(_, place)| in_a_bar(place)).collect();
    for name in [
        "Undo (Ctrl+Z)",
        "Parameters panel",
        "→ 150",
        "New seed (N)",
        "Outage 1",
        "Shock −2 %",
    ] {
        let known = bars.iter().any(|(own, _)| own == name) || name.starts_with("Undo");
        assert!(known, "{name} is not among {bars:?}");
    }
    for pair in bars.windows(2) {
        let [(from, left), (to, right)] = pair else { continue };
        let same = (left.center().y - right.center().y).abs() < 20.0;
        assert!(!same || left.right() <= right.left() + 1.0, "from {from} back to {to}");
    }
    // The last button ends as far from the edge as the first one of the bar begins.
    let place = |name: &str| bars.iter().find(|(own, _)| own == name).unwrap().1;
    let (first, last) = (place("Start again (R)"), place("Shock −2 %"));
    let free = [first.left() - screen.left(), screen.right() - last.right()];
    assert!((free[0] - free[1]).abs() < 1.5, "{bars:?}");

    window.key_press_modifiers(eframe::egui::Modifiers::COMMAND, Key::E);
    window.run_steps(3);
    let sheet = stops(&mut window);
    let place = |name: &str| sheet.iter().position(|(own, _)| own == name).unwrap();
    for line in ["Picture of the window", "Picture of the price plot"] {
        let [save, copy] = ["Save…", "Copy"].map(|button| place(&format!("{button} {line}")));
        assert_eq!(save + 1, copy);
        assert!(sheet[save].1.right() < sheet[copy].1.left(), "{sheet:?}");
    }
}

#[test]
fn the_arrow_keys_move_the_border_that_has_the_focus() {
    let mut window = open();
    window.state_mut().app.run(150);
    window.run();
    let price = |window: &Window| window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let press = |window: &mut Window, key: Key| {
        window.key_press(key);
        window.run();
    };

    tab_to(&mut window, Role::Splitter, "Width of the parameters");
    let before = price(&window);
    press(&mut window, Key::ArrowRight);
    assert!(
        price(&window).left() > before.left() + 5.0,
        "{before:?} {:?}",
        price(&window)
    );
    press(&mut window, Key::ArrowLeft);
    assert_eq!(price(&window), before);

    tab_to(&mut window, Role::Splitter, "Width of the key figures");
    press(&mut window, Key::ArrowLeft);
    assert!(
        price(&window).right() < before.right() - 5.0,
        "{before:?} {:?}",
        price(&window)
    );
    press(&mut window, Key::ArrowRight);
    assert_eq!(price(&window), before);

    tab_to(&mut window, Role::Splitter, "Border above Why it moved");
    let step = app(&window).present.position();
    press(&mut window, Key::ArrowUp);
    press(&mut window, Key::ArrowUp);
    assert!(
        price(&window).bottom() < before.bottom() - 20.0,
        "{before:?} {:?}",
        price(&window)
    );
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    assert!(
        (price(&window).bottom() - before.bottom()).abs() < 1.0,
        "{before:?} {:?}",
        price(&window)
    );
    assert_eq!(
        app(&window).present.position(),
        step,
        "no arrow steps the run meanwhile"
    );
}

/// What a right click offers on a plot.
#[test]
fn enter_opens_the_menu_of_the_plot_that_has_the_focus() {
    let mut window = open();
    window.state_mut().app.run(150);
    window.run();
    tab_to(&mut window, Role::Image, "Open interest plot");
    window.key_press(Key::Enter);
    window.run();
    assert!(focused(&window).is_some_and(|((_, name), _)| name == "Copy the picture"));
    tab_to(&mut window, Role::Button, "Hide");
    window.key_press(Key::Enter);
    window.run();
    assert!(
        window
            .query_by_role_and_label(Role::Image, "Open interest plot")
            .is_none()
    );
}
