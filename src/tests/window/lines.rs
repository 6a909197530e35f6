//! Lines of words, fields and buttons: what a slider belongs to, words at the middle of what stands beside them, and pages that use the
//! height of a large window.

use cascade_lab::app::{PlaybackCommand, Theme, WorkspaceCommand};
use cascade_lab::files::preset;
use cascade_lab::ui::palette::contrast;
use eframe::egui::{Color32, Key, Rect, Role, Shape};
use egui_kittest::kittest::{NodeT, Queryable};

use super::presenter::texts;
use super::{Window, app, click, open, open_with};

/// Where these words stand, the first time.
fn words(window: &Window, text: &str) -> Rect {
    let found = texts(window).into_iter().find(|(own, ..)| own == text);
    found.unwrap_or_else(|| panic!("nothing says {text}")).2
}

#[test]
fn a_slider_away_from_its_group_says_what_it_belongs_to() {
    let mut window = open_with(preset::find("everything-on").unwrap(), None, (1400.0, 900.0));
    window.run();
    let levers = &app(&window).present.scenario.hints.levers;
    assert!(levers.iter().any(|path| path == "providers.capital"), "{levers:?}");
    let capital = words(&window, "Capital");
    let group = texts(&window).into_iter().any(|(text, _, place)| {
        text == "Liquidity providers" && place.y_range().intersects(capital.y_range()) && place.left() > capital.right()
    });
    assert!(group, "whose capital it is");
    // “Liquidity depth” says it by itself.
    let depth = words(&window, "Liquidity depth");
    let beside = |place: &Rect| place.y_range().intersects(depth.y_range()) && place.left() > depth.right();
    let told = texts(&window)
        .into_iter()
        .any(|(text, _, place)| text == "Liquidity" && beside(&place));
    assert!(!told);
}

#[test]
fn words_stand_at_the_middle_of_what_stands_beside_them() {
    let mut window = open();
    window.state_mut().app.run(150);
    // The words that stand in the line of a field, as far as they begin left of it.
    let off = |window: &Window, text: &str, role: Role, field: &str| {
        let field = window.get_all_by_role_and_label(role, field).next().unwrap().rect();
        let label = window
            .query_all_by_role(Role::Label)
            .find(|label| {
                let node = label.accesskit_node();
                let says = node.label().or_else(|| node.value()).is_some_and(|said| said == text);
                says && label.rect().y_range().intersects(field.y_range())
            })
            .unwrap_or_else(|| panic!("nothing says {text} in the line of {field:?}"));
        label.rect().center().y - field.center().y
    };
    let masters = off(&window, "Mean leverage", Role::SpinButton, "Mean leverage");
    assert!(masters.abs() < 1.0, "{masters}");
    click(&mut window, Role::Button, "Fragility");
    window.run_steps(2);
    for (text, role, field) in [
        ("x axis", Role::SpinButton, "x from"),
        ("Seeds", Role::SpinButton, "Seeds"),
        ("Figure", Role::ComboBox, "Figure"),
    ] {
        let off = off(&window, text, role, field);
        assert!(off.abs() < 1.0, "“{text}” stands {off} points off");
    }
}

#[test]
fn the_page_of_contagion_uses_a_large_window() {
    let page = |size| {
        let mut window = open_with(preset::find("everything-on").unwrap(), None, size);
        window.state_mut().app.run(100);
        click(&mut window, Role::Button, "Contagion");
        window.run_steps(3);
        let graph = window
            .query_all_by_role(Role::Image)
            .find(|image| {
                image
                    .accesskit_node()
                    .label()
                    .is_some_and(|name| name.starts_with("Contagion graph"))
            })
            .unwrap()
            .rect();
        let radius = window
            .get_by_role_and_label(Role::Image, "Spectral radius over time")
            .rect();
        (graph, radius)
    };
    let (small, large) = (page((1280.0, 800.0)), page((1920.0, 1080.0)));
    assert!(large.0.height() > small.0.height() + 60.0, "{small:?} {large:?}");
    assert!(large.1.height() > small.1.height() + 40.0, "{small:?} {large:?}");
    assert!(
        large.1.bottom() < 1080.0 - 200.0,
        "what was closed is in view too: {large:?}"
    );
}

/// What is said while a sheet is open covers none of its lines.
#[test]
fn messages_stand_beside_sheets() {
    let mut window = open();
    window.state_mut().app.update(PlaybackCommand::Replay);
    window.run_steps(2);
    let said = |window: &Window| {
        window
            .get_by_label_contains("There is no cascade in this run yet")
            .rect()
    };
    let alone = said(&window);
    assert!(alone.top() > 400.0, "{alone:?}");
    window.key_press(Key::F1);
    window.run_steps(3);
    let beside = said(&window);
    let headings = window.query_all_by_label("Keyboard shortcuts").map(|node| node.rect());
    let heading = headings
        .max_by(|one, other| one.height().total_cmp(&other.height()))
        .unwrap();
    assert!(beside.bottom() < heading.top(), "{beside:?} {heading:?}");
    window.get_by_role_and_label(Role::Button, "Close").click();
    window.run_steps(3);
    assert_eq!(said(&window), alone);
}

/// Sizes of text: there are no others.
const TYPE_SCALE: [f32; 7] = [11.5, 12.5, 13.0, 14.0, 16.0, 18.0, 30.0];

/// All text that is drawn, with its colours and sizes; not what is grey because it cannot be used.
fn written(shape: &Shape, found: &mut Vec<(String, Color32, f32)>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| written(shape, found)),
        Shape::Text(text) if text.opacity_factor > 0.99 => {
            for section in &text.galley.job.sections {
                let own = match section.format.color {
                    Color32::PLACEHOLDER => text.fallback_color,
                    color => color,
                };
                let color = text.override_text_color.unwrap_or(own);
                let words = text.galley.text()[section.byte_range.start.0..section.byte_range.end.0].to_owned();
                found.push((words, color, section.format.font_id.size));
            }
        }
        _ => {}
    }
}

/// On light grounds, of which the darkest that words stand on is that of every second row of a table.
#[test]
fn what_is_written_on_the_pages_can_be_read() {
    let mut window = open_with(preset::find("everything-on").unwrap(), None, (1400.0, 900.0));
    window.state_mut().app.update(WorkspaceCommand::SetTheme(Theme::Light));
    window.state_mut().app.run(60);
    window.run_steps(3);
    let row = Color32::from_rgb(228, 232, 238);
    for page in [
        "Plots",
        "Delta map",
        "Distributions",
        "Contagion",
        "Lending",
        "Venues",
        "Market",
        "Fragility",
        "Sensitivity",
        "Interventions",
        "At risk",
    ] {
        click(&mut window, Role::Button, page);
        for _ in 0..40 {
            window.step();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let mut found = Vec::new();
        for clipped in &window.output().shapes {
            written(&clipped.shape, &mut found);
        }
        assert!(found.len() > 30, "{page}");
        for (text, color, size) in found {
            assert!(TYPE_SCALE.contains(&size), "{page}: “{text}” of {size} points");
            // What is light stands on a coloured ground.
            let dark = contrast(color, Color32::WHITE) > 2.0;
            let ratio = contrast(color, row);
            assert!(
                !dark || color.a() < 255 || ratio >= 4.5,
                "{page}: “{text}” {color:?} {ratio:.2}"
            );
        }
    }
}
