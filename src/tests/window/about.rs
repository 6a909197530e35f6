//! The window about the preset, and the presets in the menu.

use cascade_lab::scenario::{Topic, find};

use super::*;

fn shows(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

#[test]
fn a_historical_preset_tells_what_it_is_about() {
    let mut window = open();
    click(&mut window, Role::Button, "File");
    assert!(shows(&window, "Teaching presets"));
    window.get_by_label_contains("Historical presets").click();
    window.run();
    let name = preset::find("october-2025").unwrap().name;
    window.get_by_role_and_label(Role::Button, &name).click();
    window.run_steps(3);
    assert_eq!(app(&window).present.scenario.name, name);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert!(!shows(&window, Topic::Disputed.label()));
    click(&mut window, Role::Button, "About this preset");
    for topic in Topic::ALL {
        assert!(shows(&window, topic.label()), "{topic:?}");
    }
    for text in [
        "34,983 fills",
        "Seed 1.",
        "News of −6.2 %, over 4.5 min.",
        "00:10:00",
        "Estimated liquidation levels are drawn from the model's own assumptions",
    ] {
        assert!(shows(&window, text), "{text}");
    }
    // It blocks nothing: the run goes on and a slider moves beside it, and it says that the text is of another state.
    let before = step(&window);
    click(&mut window, Role::Button, "One step (→)");
    assert_eq!(step(&window), before + 1);
    let id = find("leverage.mean").unwrap().id;
    window
        .state_mut()
        .app
        .update(EditCommand::SetParameter { id, value: 20.0 });
    window.run();
    assert!(shows(&window, "You have changed it since it was opened"));
    click(&mut window, Role::Button, "Close");
    assert!(!shows(&window, "34,983 fills"));
    click(&mut window, Role::Button, "About this preset");
    assert!(shows(&window, "34,983 fills"));
    click(&mut window, Role::Button, "About this preset");
    assert!(!shows(&window, "34,983 fills"));
}

#[test]
fn a_preset_with_nothing_to_read_tells_its_description_and_events() {
    let mut window = open();
    window.key_press_modifiers(Modifiers::SHIFT, Key::F1);
    window.run();
    assert!(shows(&window, "News takes 2 % off the price twenty minutes in"));
    assert!(shows(&window, "News of −2.0 %, over 60 s.") && shows(&window, "00:20:00"));
    assert!(!shows(&window, Topic::Record.label()));
    let empty = Scenario::default();
    window.state_mut().app = App::new(empty, None, Settings::default()).unwrap();
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert!(shows(&window, "No timed events"));
}
