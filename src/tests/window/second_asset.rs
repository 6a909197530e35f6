//! A run of two assets with the window turned to the second one: every page, figure, copy and table tells of that one, and
//! says so where it could be taken for the other's.

use std::path::Path;

use cascade_lab::app::{Export, WorkspaceCommand};
use cascade_lab::engine::Asset;
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, AssetId, Shock, format};
use cascade_lab::ui::command::WindowCommand;
use cascade_lab::ui::pages::PAGES;
use eframe::egui::{self, Key, Modifiers, OutputCommand, Role};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, open_with};

const SECOND: AssetId = AssetId::new(1);

/// Both assets have a lending pool; the second one's is half as large.
fn second(steps: u64) -> Window {
    let mut scenario = preset::find("cross-collateral-contagion").unwrap();
    for (path, value) in [
        ("lending.enabled", 1.0),
        ("lending.debt", 3e9),
        ("lending.loans", 300.0),
        ("positions.count", 500.0),
        ("asset_2.open_interest", 0.5),
    ] {
        scenario.set(path, value).unwrap();
    }
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.state_mut().app.run(steps);
    window.state_mut().app.update(WorkspaceCommand::ShowAsset(SECOND));
    window.run();
    window
}

fn asset(window: &Window) -> &Asset {
    &app(window).present.simulation.assets()[SECOND]
}

fn tells(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

/// What the window says of the second one's loans.
fn debt(window: &Window) -> String {
    let bins = asset(window).health_distribution().unwrap();
    let total = format::short(bins.iter().sum::<f64>().round());
    format!("Debt of asset 2 of {total} USD by health factor")
}

#[test]
fn every_page_tells_of_it() {
    let mut window = second(200);
    for page in PAGES {
        window.state_mut().ask(WindowCommand::Show(page.id));
        window.run();
        let told = match page.id.0 {
            "Plots" => vec!["Price plot, asset 2".to_owned()],
            "Delta map" => {
                let size = app(&window).present.simulation.parameters().shock.size;
                let end = asset(&window).predicted_move(size);
                let end = end.map_or_else(|| "beyond the map".to_owned(), |end| format::percent(end, 1));
                vec![format!("{} → {end}", format::percent(size, 1))]
            }
            "Distributions" | "Lending" => vec![debt(&window)],
            // It is of another market than the model's.
            "Market" => vec!["Open a folder…".to_owned()],
            // It is of all assets.
            "Contagion" => vec!["Contagion graph: asset 1".to_owned()],
            "Venues" => {
                let venues = asset(&window).venue_figures();
                assert!(venues.iter().any(|venue| venue.liquidated_usd > 0.0));
                let liquidated = venues.iter().map(|venue| format::amount(venue.liquidated_usd, 3));
                liquidated.collect()
            }
            _ => vec!["Figures are of asset 2 of 2".to_owned()],
        };
        for text in told {
            assert!(tells(&window, &text), "{}: no “{text}”", page.id.0);
        }
    }
}

/// All lines of what is copied are of the asset whose figures the panel shows.
#[test]
fn the_copied_figures_are_its_own() {
    let mut window = second(200);
    window.event(egui::Event::Copy);
    window.step();
    let commands = &window.output().platform_output.commands;
    let text = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let text = text.unwrap();
    let summary = app(&window).present.simulation.summary_of(SECOND);
    let seen = asset(&window).observation();
    for line in [
        "Asset\t2".to_owned(),
        format!("Step\t{}", seen.step),
        format!("Digest\t{}", summary.digest),
        // It has no news of its own.
        "Amplification\t–".to_owned(),
        format!("Reproduction ratio R\t{:.2}", seen.reproduction()),
        format!("Largest R\t{:.2}", summary.reproduction_ratio),
    ] {
        assert!(text.lines().any(|copied| copied == line), "no “{line}” in {text}");
    }
    let first = app(&window).present.simulation.summary_of(AssetId::FIRST);
    assert!((first.excess_move_log - summary.excess_move_log).abs() > 0.001);
}

/// The lending window shows its loans, shocks its price, and says both.
#[test]
fn the_stress_table_is_of_its_loans() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stress.csv");
    let mut window = second(20);
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    assert!(tells(&window, &debt(&window)), "no “{}”", debt(&window));
    click(&mut window, Role::Button, "Compute");
    for _ in 0..6_000 {
        window.step();
        if !app(&window).stress.running() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    window.run();
    assert!(tells(&window, "from step 20 of asset 2"));
    let table = app(&window).stress.table().unwrap().clone();
    assert_eq!((table.asset, table.progress()), (SECOND, (30, 30)));
    let export = WorkspaceCommand::Export(Export::Stress, path.clone());
    window.state_mut().carry_out(export.into());
    for _ in 0..2_000 {
        window.step();
        if !app(&window).exports.running() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.run();
    assert!(tells(&window, "one a shock and depth of asset 2"));
    assert_eq!(lines(&path), 31);
    let cell = "Shock −20 % at 1 times the depth";
    window
        .get_by(|node| node.label().is_some_and(|label| label.starts_with(cell)))
        .click();
    window.run();
    let last = app(&window)
        .present
        .simulation
        .played()
        .last()
        .unwrap()
        .event
        .action
        .clone();
    assert!(matches!(last, Action::Shock(Shock { asset: Some(2), .. })), "{last:?}");
    let before = asset(&window).observation().lending;
    window.state_mut().app.run(360);
    let (now, expected) = (asset(&window).observation().lending, table.cells[2][2].unwrap());
    let repaid = now.total.repaid_usd - before.total.repaid_usd;
    assert!(expected.liquidated_usd > 0.0 && (repaid / expected.liquidated_usd - 1.0).abs() < 1e-12);
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

/// The sheet says whose time series it would save.
#[test]
fn the_sheet_of_exports_names_it() {
    let mut window = second(20);
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.run();
    assert!(tells(&window, " of asset 2"));
}
