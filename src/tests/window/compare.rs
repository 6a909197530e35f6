//! Pinned runs beside the present one, and the explanation of an interval, by their labels.

use cascade_lab::app::{Command, EditCommand, SelectionCommand};
use cascade_lab::files::preset;
use cascade_lab::scenario::{find, format};
use cascade_lab::ui::command::WindowCommand;
use eframe::egui::{Key, Rect, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::presenter::texts;
use super::{Window, app, click, open, open_with, wait_for_run};

/// Changes a parameter of the whole run.
fn set(window: &mut Window, path: &str, value: f64) {
    let id = find(path).unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value }));
    window.run();
    wait_for_run(window);
}

fn run(window: &mut Window, steps: u64) {
    window.state_mut().app.run(steps);
    window.run();
}

/// The labels of ticks of the price plot's axis.
fn ticks(window: &Window) -> Vec<String> {
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let on_axis = |place: &Rect| place.right() < plot.left() + 1.0 && plot.y_range().contains(place.center().y);
    let beside = texts(window)
        .into_iter()
        .filter(|(_, _, place)| on_axis(place) && place.left() > plot.left() - 60.0);
    let mut ticks: Vec<String> = beside.map(|(text, _, _)| text).collect();
    ticks.retain(|text| text.chars().any(|c| c.is_ascii_digit()));
    ticks
}

#[test]
fn several_runs_are_pinned_each_saying_what_differs() {
    let mut window = open();
    run(&mut window, 60);
    for leverage in [10.0, 8.0, 6.0] {
        window.key_press(Key::P);
        window.run();
        set(&mut window, "leverage.mean", leverage);
    }
    run(&mut window, 120);
    assert_eq!(app(&window).pinned().count(), 3);
    for (name, told) in [
        ("pinned 1", "Mean leverage 12 ×, now 6 ×"),
        ("pinned 2", "Mean leverage 10 ×, now 6 ×"),
        ("pinned 3", "Mean leverage 8 ×, now 6 ×"),
    ] {
        assert!(window.query_all_by_label(told).next().is_some(), "{told}");
        assert!(window.query_all_by_label(name).next().is_some(), "a column of {name}");
    }
    let new_seed = app(&window).present.scenario.seed + 1;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetSeed(new_seed)));
    window.run();
    let told = format!("seed {}, now {new_seed}; Mean leverage 8 ×, now 6 ×", new_seed - 1);
    assert!(window.query_all_by_label(&told).next().is_some(), "{told}");
    click(&mut window, Role::Button, "Unpin 2");
    let left: Vec<String> = app(&window).pinned().map(|(id, _)| id.to_string()).collect();
    assert_eq!(left, ["1", "3"]);
    assert!(
        window
            .query_all_by_label("Mean leverage 10 ×, now 6 ×")
            .next()
            .is_none()
    );
    // The figures that matter most stand above the comparison.
    let top = |label: &str| window.query_all_by_label(label).next().unwrap().rect().top();
    assert!(top("Liquidated") < top("Against pinned runs"));
}

#[test]
fn a_pinned_run_of_another_price_level_does_not_flatten_the_present_one() {
    let mut window = open();
    run(&mut window, 100);
    assert!(
        ticks(&window).iter().all(|tick| !tick.contains('%')),
        "{:?}",
        ticks(&window)
    );
    window.key_press(Key::P);
    window.run();
    set(&mut window, "market.start_price", 5_000.0);
    run(&mut window, 10);
    window.run_steps(200);
    let percent: Vec<f64> = ticks(&window)
        .iter()
        .filter_map(|tick| tick.strip_suffix(" %"))
        .map(|tick| tick.replace('−', "-").replace('+', "").parse().unwrap())
        .collect();
    assert!(
        percent.len() >= 3 && percent.iter().all(|value| value.abs() < 20.0),
        "{percent:?}"
    );
    // By choice the axis tells prices; then both levels must be on it.
    window.state_mut().ask(WindowCommand::TogglePercent);
    window.run();
    window.run_steps(40);
    let prices: Vec<f64> = ticks(&window)
        .iter()
        .map(|tick| tick.replace(',', "").parse().unwrap())
        .collect();
    let (least, most) = (
        prices.iter().copied().fold(f64::MAX, f64::min),
        prices.iter().copied().fold(0.0, f64::max),
    );
    assert!(least <= 20_000.0 && most > 80_000.0, "{prices:?}");
}

#[test]
fn the_explanation_stands_below_the_plots_and_covers_nothing() {
    for size in [(1280.0, 800.0), (1024.0, 640.0), (853.0, 533.0)] {
        let preset = cascade_lab::files::preset::find("first-cascade").unwrap();
        let mut window = super::open_with(preset, None, size);
        run(&mut window, 200);
        let free = window.get_by_role_and_label(Role::Image, "Price plot").rect().height();
        for command in [SelectionCommand::Begin(119), SelectionCommand::End(160)] {
            window.state_mut().carry_out(Command::Selection(command));
        }
        window.run();
        let title = window.get_by_label("What moved the price").rect();
        let plots = window.query_all_by_role(Role::Image);
        let lowest = plots.map(|plot| plot.rect().bottom()).fold(0.0, f32::max);
        assert!(title.top() >= lowest - 1.0, "{size:?}: {title:?} below {lowest}");
        // Neither does a message stand over it.
        window.state_mut().app.messages.error("a message that stays");
        window.run();
        let dismiss = window.get_by_label("Dismiss the message").rect();
        assert!(dismiss.bottom() <= title.top(), "{size:?}: {dismiss:?} over {title:?}");
        click(&mut window, Role::Button, "Dismiss the message");
        let left = window.get_by_role_and_label(Role::Image, "Price plot").rect().height();
        assert!(left > 0.35 * free, "{size:?}: {left} of {free}");
        click(&mut window, Role::Button, "Close the explanation");
        assert!(window.query_by_label("What moved the price").is_none());
    }
}

#[test]
fn the_bands_have_a_colour_bar_with_values_and_name_themselves_at_the_pointer() {
    let mut window = open();
    run(&mut window, 100);
    let bar = window.get_by_label_contains("Colours of the levels, USD per 0.1 %");
    let words = bar.accesskit_node().value().unwrap();
    assert!(words.contains(" M") && words.matches(',').count() >= 3, "{words}");
    // The level with most longs, as the model itself has it.
    let asset = &app(&window).present.simulation.assets()[0];
    let longs = &app(&window).shown_history().resting().longs;
    let (level, _) = longs.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    let prefix = format!("{} to ", format::price(asset.grid().lower_bound(level)));
    let plot = window.get_by_role_and_label(Role::Image, "Price plot").rect();
    let mut told = Vec::new();
    for y in (plot.top() as i32 + 30..plot.bottom() as i32 - 8).step_by(1) {
        window.hover_at(eframe::egui::pos2(plot.left() + 0.2 * plot.width(), y as f32));
        window.run();
        told.extend(
            texts(&window)
                .into_iter()
                .map(|(text, _, _)| text)
                .filter(|text| text.contains("longs: ")),
        );
    }
    assert!(told.iter().any(|text| text.starts_with(&prefix)), "{prefix}: {told:?}");
    assert!(told.iter().all(|text| text.ends_with(" USD")), "{told:?}");
}

/// What a change did is told beside the line of the run before, and the rounds of the cascade at the lower left: neither hides the other.
#[test]
fn words_about_a_change_keep_off_the_rounds_of_the_cascade() {
    let mut met = 0;
    for height in [700.0, 1080.0] {
        let mut window = open_with(preset::find("first-cascade").unwrap(), None, (1920.0, height));
        run(&mut window, 131);
        set(&mut window, "leverage.mean", 6.1);
        wait_for_run(&mut window);
        for _ in 0..4 {
            let told = window
                .query_by(|node| {
                    node.role() == Role::Button && node.label().is_some_and(|l| l.starts_with("Mean leverage 12"))
                })
                .unwrap()
                .rect();
            let rounds = window.query_by(|node| {
                let said = node.label().or_else(|| node.value());
                said.is_some_and(|words| words.contains("sold → −"))
            });
            if let Some(rounds) = rounds {
                assert!(!told.intersects(rounds.rect()), "{told:?} {:?}", rounds.rect());
                met += 1;
            }
            run(&mut window, 1);
        }
    }
    assert!(met > 2, "the rounds were told {met} times");
}
