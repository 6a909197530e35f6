//! What happened in the run: its log and its tape.

use cascade_lab::app::WorkspaceCommand;
use cascade_lab::app::history::Figure;
use cascade_lab::engine::Source;
use cascade_lab::files::preset;
use cascade_lab::scenario::{AssetId, format};
use egui_kittest::kittest::Queryable;

use super::{Window, app, open, open_with, step};

/// A click on an entry of the log goes to its moment.
#[test]
fn a_row_of_the_log_leads_to_its_moment() {
    let mut window = open();
    window.state_mut().app.run(400);
    window.run();
    let entry = app(&window).present.simulation.log()[0].clone();
    assert!(entry.step < 400);
    window.get_by_label(&entry.to_string()).click();
    window.run();
    assert_eq!(step(&window), entry.step);
}

/// The tape lists the orders of the asset that is shown as far as the moment that is shown; a click on one goes to its moment.
#[test]
fn a_line_of_the_tape_leads_to_its_moment() {
    let preset = preset::find("cross-collateral-contagion").unwrap();
    for asset in [AssetId::FIRST, AssetId::numbered(2)] {
        let mut window = open_with(preset.clone(), None, (1400.0, 900.0));
        window.state_mut().carry_out(WorkspaceCommand::ShowAsset(asset).into());
        window.state_mut().app.run(150);
        window.run();
        window.get_by_label("Tape").click();
        window.run();
        let sold = &app(&window).shown_history().parts(Figure::Ordered)[Source::Liquidations as usize];
        let last = (0..=150)
            .rfind(|step| sold.at(*step).is_some_and(|usd| usd != 0.0))
            .unwrap();
        let last = format!("liquidations · {}", format::price(price_at(&window, last as u64)));
        assert!(window.query_all_by_label_contains(&last).next().is_some(), "{last}");
        let lines: Vec<_> = window.get_all_by_label_contains("liquidations · ").collect();
        lines[lines.len() / 2].click();
        window.run();
        assert!(step(&window) < 150, "{}", step(&window));
        let written = format::price(price_at(&window, step(&window)));
        let now = format!("liquidations · {written}");
        assert!(window.query_all_by_label_contains(&now).next().is_some(), "{now}");
    }
}

fn price_at(window: &Window, step: u64) -> f64 {
    let prices = app(window).shown_history().figure(Figure::Spot);
    prices.at(step as usize).unwrap()
}
