//! The pages beside the plots: delta map and distributions.

use super::*;

/// The text of the label that begins with these words and goes on.
fn text(window: &Window, start: &str) -> String {
    let begins = |text: &str| text.starts_with(start) && text.len() > start.len();
    let node = window.get_by(|node| {
        node.role() == Role::Label
            && (node.label().is_some_and(|l| begins(&l)) || node.value().is_some_and(|v| begins(&v)))
    });
    let node = node.accesskit_node();
    node.label().or_else(|| node.value()).unwrap()
}

fn set_leverage(window: &mut Window, leverage: f64) {
    let mut sliders = window.get_all_by_role_and_label(Role::Slider, "Mean leverage");
    sliders.next().unwrap().set_value_accesskit(leverage);
    drop(sliders);
    window.run();
}

#[test]
fn distributions_are_text_and_follow_the_leverage() {
    let mut window = open();
    click(&mut window, Role::Button, "Distributions");
    let figures = |window: &Window| {
        [
            "Longs, median leverage",
            "Shorts, median distance",
            "Both, within 5 %",
            "Longs, within 2 %",
        ]
        .map(|start| text(window, start))
    };
    let before = figures(&window);
    let number = |text: &str| -> f64 {
        let value = text.rsplit(": ").next().unwrap();
        value.trim_end_matches(['×', '%', ' ']).parse().unwrap()
    };
    set_leverage(&mut window, 30.0);
    let after = figures(&window);
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before, after);
    }
    assert!(number(&after[0]) > 2.0 * number(&before[0]), "{before:?} {after:?}");
    assert!(number(&after[2]) > number(&before[2]), "{before:?} {after:?}");
    // Whoever cannot see the pictures hears what they show.
    for picture in [
        "Effective leverage, notional: most",
        "Distance to liquidation, notional: most",
        "Open interest by entry price, notional: most",
        "Open interest by liquidation price, notional: most",
        "Funding rate by venue, bp per 8 h: ",
    ] {
        assert!(window.query_by_label_contains(picture).is_some(), "{picture}");
    }
    text(&window, "Funding by venue");
}

#[test]
fn the_delta_map_is_text_and_follows_leverage_and_pointer() {
    let mut window = open();
    click(&mut window, Role::Button, "View");
    click(&mut window, Role::Button, "Pages");
    click(
        &mut window,
        Role::CheckBox,
        "Delta map: what is forced on the way to a price",
    );
    let before = text(&window, "Falls run away");
    assert!(before.contains(" to "), "{before}");
    // Without a pointer the read-out is of the shock of the sliders.
    window.hover_at(egui::pos2(2.0, 2.0));
    window.run();
    let readout = text(&window, "To ");
    assert!(readout.contains("(−2.0 %): forced"), "{readout}");
    let curve = window.get_by(|node| {
        node.label()
            .is_some_and(|label| label.starts_with("Forced flow by price level"))
    });
    let rect = curve.rect();
    window.hover_at(rect.center() + vec2(0.0, 0.3 * rect.height()));
    window.run();
    let pointed = text(&window, "To ");
    assert!(pointed != readout && pointed.contains("(−"), "{pointed}");
    window.hover_at(rect.center() - vec2(0.0, 0.2 * rect.height()));
    window.run();
    assert!(text(&window, "To ").contains("(+"));
    window.get_by_label("Delta map over time");
    click(&mut window, Role::Button, "±20 %");
    set_leverage(&mut window, 5.0);
    let after = text(&window, "Falls run away");
    assert_ne!(before, after);
    // What the map says of the shock is what the panel beside says.
    let predicted = app(&window).forecast.predicted_move.unwrap();
    let ends = text(&window, "The sliders' shock ends at");
    let percent = cascade_lab::scenario::format::percent(predicted, 1);
    assert!(ends.ends_with(&percent), "{ends}, {percent}");
}

/// With options in the market the page tells of the dealers, by both conventions.
#[test]
fn dealers_are_on_the_delta_map() {
    let mut window = open_with(preset::find("gamma-squeeze").unwrap(), None, (1280.0, 800.0));
    click(&mut window, Role::Button, "Delta map");
    for start in ["GEX per 1 %", "Gamma flip", "Hedge flow per 1 %"] {
        let words = text(&window, start);
        assert!(words.contains("index convention") || words.contains("up, "), "{words}");
    }
    assert!(window.query_by_label_contains("Gamma exposure by price").is_some());
    let mut plain = open();
    click(&mut plain, Role::Button, "Delta map");
    assert!(plain.query_by_label_contains("Gamma exposure by price").is_none());
}
