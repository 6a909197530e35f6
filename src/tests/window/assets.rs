//! Several assets and several venues in the window: which asset is shown, who hits whom, and the venues beside one another.

use cascade_lab::app::history::Figure;
use cascade_lab::app::{EditCommand, Explanation, PinCommand, PlaybackCommand, SelectionCommand, WorkspaceCommand};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, AssetId, Shock};
use cascade_lab::ui::page::PageId;
use eframe::egui::{Key, Modifiers, Role, vec2};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, open, open_with, step};

fn contagion(steps: u64) -> Window {
    let scenario = preset::find("cross-collateral-contagion").unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.run(steps);
    window.run();
    window
}

/// The text beside a key figure.
fn tells(window: &Window, text: &str) -> bool {
    window.query_all_by_label(text).next().is_some()
}

#[test]
fn plots_and_figures_follow_the_asset_that_is_chosen() {
    let mut window = contagion(200);
    assert!(window.query_by_label("Key figures, asset 1").is_some());
    window.get_by_role_and_label(Role::Image, "Price plot, asset 1");
    click(&mut window, Role::Button, "Show asset 2");
    assert_eq!(app(&window).asset_id(), AssetId::new(1));
    for name in [
        "Price plot, asset 2",
        "Open interest plot, asset 2",
        "Attribution plot, asset 2",
    ] {
        window.get_by_role_and_label(Role::Image, name);
    }
    assert!(window.query_by_label("Key figures, asset 2").is_some());
    let seen = *app(&window).present.simulation.assets()[1].observation();
    assert!(seen.spot < 5_000.0 && tells(&window, &cascade_lab::scenario::format::price(seen.spot)));
    // By the keyboard too, and round again.
    window.key_press(Key::A);
    window.run();
    assert_eq!(app(&window).asset_id(), AssetId::FIRST);
    // A run of one asset has nothing to choose.
    let mut alone = open();
    assert!(alone.query_by_label("Show asset 1").is_none());
    assert!(alone.query_by_label("Key figures").is_some());
    alone.key_press(Key::A);
    alone.run();
    assert_eq!(app(&alone).asset_id(), AssetId::FIRST);
}

#[test]
fn an_aimed_click_on_the_price_shocks_the_asset_that_is_shown() {
    let mut window = contagion(20);
    click(&mut window, Role::Button, "Show asset 2");
    click(&mut window, Role::Button, "Aim shock");
    let plot = window.get_by_role_and_label(Role::Image, "Price plot, asset 2").rect();
    let before: Vec<f64> = app(&window)
        .present
        .simulation
        .assets()
        .iter()
        .map(|a| a.observation().exogenous)
        .collect();
    window.hover_at(plot.center() + vec2(20.0, 30.0));
    window.run();
    window.drag_at(plot.center() + vec2(20.0, 30.0));
    window.drop_at(plot.center() + vec2(20.0, 30.0));
    window.run();
    let played = app(&window)
        .present
        .simulation
        .played()
        .last()
        .unwrap()
        .event
        .action
        .clone();
    let Action::Shock(Shock { asset, size, .. }) = played else {
        panic!("{played:?}");
    };
    assert!(
        asset == Some(2) && size.is_some_and(|size| size < 0.0),
        "{asset:?} {size:?}"
    );
    click(&mut window, Role::Button, "Ten steps (Shift+→)");
    let moved = |index: usize| {
        let now = app(&window).present.simulation.assets()[index].observation().exogenous;
        (now / before[index]).ln()
    };
    // News of ten steps against a shock of some per cent.
    assert!(
        moved(1) < 0.8 * size.unwrap().ln_1p() && moved(0).abs() < 0.01,
        "{} {}",
        moved(0),
        moved(1)
    );
}

#[test]
fn the_explanation_adds_up_for_every_asset() {
    let mut window = contagion(300);
    for asset in AssetId::first(2) {
        window.state_mut().app.update(WorkspaceCommand::ShowAsset(asset));
        for (from, to) in [(0, 300), (119, 150), (10, 11)] {
            window.state_mut().app.update(SelectionCommand::Begin(from));
            window.state_mut().app.update(SelectionCommand::End(to));
            let told: Explanation = app(&window).explanation().unwrap();
            let moved = 100.0 * (told.prices.1 / told.prices.0).ln();
            assert!((told.total - moved).abs() < 1e-9, "{asset}: {} {moved}", told.total);
        }
    }
    // Only causes that moved the price are listed.
    window.run();
    assert!(window.query_by_label("exogenous").is_some() && window.query_by_label("contagion").is_none());
    window.state_mut().app.update(SelectionCommand::Begin(0));
    window.state_mut().app.update(SelectionCommand::End(300));
    window.run();
    assert!(window.query_by_label("contagion").is_some());
}

#[test]
fn the_pinned_run_is_compared_asset_by_asset() {
    let mut window = contagion(110);
    window.state_mut().app.update(PinCommand::Pin);
    let id = cascade_lab::scenario::find("cross.enabled").unwrap().id;
    window
        .state_mut()
        .app
        .update(EditCommand::SetParameter { id, value: 0.0 });
    window.run();
    window.state_mut().app.run(60);
    window
        .state_mut()
        .app
        .update(WorkspaceCommand::ShowAsset(AssetId::new(1)));
    window.run();
    let spot = app(&window)
        .compared()
        .into_iter()
        .find(|one| one.label == "Spot")
        .unwrap();
    let shown = app(&window).shown_asset().observation().spot;
    let pinned = app(&window).pinned().next().unwrap().1.simulation.assets()[1]
        .observation()
        .spot;
    assert_eq!((spot.present, spot.pinned[0].1), (shown, pinned));
    // Without the accounts nothing is carried over.
    assert!(spot.present > 1.02 * spot.pinned[0].1, "{spot:?}");
}

#[test]
fn the_contagion_page_tells_who_hit_whom() {
    let mut window = contagion(124);
    click(&mut window, Role::Button, "Contagion");
    assert_eq!(window.state().pages.shown(), PageId("Contagion"));
    assert!(window.query_by_label_contains("Contagion graph: asset 1 ").is_some());
    let radius = app(&window).present.simulation.contagion().spectral_radius();
    assert!(
        tells(&window, &format!("Spectral radius {radius:.2}, critical at 1")),
        "{radius}"
    );
    window.get_by_role_and_label(Role::Image, "Spectral radius over time");
    let lines = |window: &Window| window.query_all_by_label_contains(" % → ").count();
    let early = lines(&window);
    window.state_mut().app.run(60);
    window.run();
    let late = lines(&window);
    assert!(late > early, "{early} {late}");
    // A click on the first line goes there.
    window
        .query_all_by_label_contains(" % → ")
        .next()
        .unwrap()
        .click_accesskit();
    window.run();
    assert!(step(&window) < 140, "{}", step(&window));
    // What comes later is not told there.
    assert!(
        lines(&window) < late && lines(&window) > 0,
        "{} of {late}",
        lines(&window)
    );
    // The shock of the sliders, tried on a copy: the model stays where it is.
    let digest = app(&window).present.simulation.digest();
    window.get_by_role_and_label(Role::Button, "Try it on a copy").click();
    window.step();
    for _ in 0..5_000 {
        std::thread::sleep(std::time::Duration::from_millis(2));
        window.step();
        if !app(&window).what_if.running() {
            break;
        }
    }
    window.run();
    assert!(window.query_by_label_contains("Tried from step").is_some());
    assert_eq!(app(&window).present.simulation.digest(), digest);
    // It says nothing of another run.
    window.state_mut().app.update(EditCommand::NewSeed);
    window.run();
    assert!(window.query_by_label_contains("Tried from step").is_none());
}

#[test]
fn contagion_and_loans_open_at_their_peak_and_leaving_goes_back() {
    let mut window = contagion(300);
    let radius = app(&window).present.history.contagion().unwrap().radius();
    let peak = (0..=300)
        .max_by(|a, b| radius.at(*a).unwrap().total_cmp(&radius.at(*b).unwrap()).then(b.cmp(a)))
        .unwrap();
    assert!(peak > 50 && peak < 290, "{peak}");
    click(&mut window, Role::Button, "Contagion");
    assert_eq!(step(&window), peak as u64);
    let told = window
        .query_all_by_label_contains("where contagion was strongest")
        .count();
    assert!(told > 0);
    click(&mut window, Role::Button, "Plots");
    assert_eq!(step(&window), 300);
    // Who goes elsewhere stays there.
    click(&mut window, Role::Button, "Contagion");
    window.state_mut().app.update(PlaybackCommand::Seek(100));
    window.run();
    click(&mut window, Role::Button, "Plots");
    assert_eq!(step(&window), 100);
    // A run that goes on is not turned back; a button does.
    let mut window = open_with(preset::find("lending-spiral").unwrap(), None, (1400.0, 900.0));
    window.state_mut().app.run(300);
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    let repaid = app(&window).shown_history().figure(Figure::LoansRepaid);
    let most = (1..=300)
        .max_by(|a, b| repaid.at(*a).unwrap().total_cmp(&repaid.at(*b).unwrap()).then(b.cmp(a)))
        .unwrap();
    assert_eq!(step(&window), most as u64 - 1);
    assert!(
        app(&window)
            .shown_asset()
            .health_distribution()
            .unwrap()
            .iter()
            .sum::<f64>()
            > 0.0
    );
    click(&mut window, Role::Button, "Plots");
    window.state_mut().app.update(PlaybackCommand::Play);
    let before = step(&window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(2);
    assert!(step(&window) >= before);
    let told = window
        .query_all_by_label_contains("before most loans were liquidated")
        .count();
    assert!(told > 0);
}

#[test]
fn the_contagion_page_of_one_asset_offers_a_run_of_two() {
    let mut window = open();
    click(&mut window, Role::Button, "Contagion");
    window
        .get_by_role_and_label(Role::Button, "Open “Cross-collateral contagion”")
        .click();
    // It runs from then on.
    window.run_steps(3);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert_eq!(app(&window).present.simulation.assets().len(), 2);
    assert!(window.query_by_label_contains("Contagion graph").is_some());
}

#[test]
fn the_venues_page_shows_every_venue_and_goes_to_moments() {
    let scenario = preset::find("venue-synchronisation").unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.run(200);
    window.run();
    click(&mut window, Role::Button, "Venues");
    let venues = app(&window).shown_asset().venue_figures();
    assert!(venues.len() > 1);
    for (index, venue) in venues.iter().enumerate() {
        window.get_by_role_and_label(Role::Image, &format!("Venue {} over time", index + 1));
        let liquidated = cascade_lab::scenario::format::amount(venue.liquidated_usd, 3);
        assert!(tells(&window, &liquidated), "{liquidated}");
    }
    assert!(window.query_by_label("one event since").is_some());
    let plot = window.get_by_role_and_label(Role::Image, "Venue 1 over time").rect();
    let at = plot.center() + vec2(29.0, 0.0);
    window.hover_at(at);
    window.run();
    window.drag_at(at);
    window.drop_at(at);
    window.run();
    // The middle of the plot beside its axis is the middle of the run.
    assert!((90..=110).contains(&step(&window)), "{}", step(&window));
}
