//! The studies in a window without a screen, by their labels.

#[path = "../../../tests/common/window.rs"]
mod driven;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Role, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::shell::Shell;
use cascade_analysis::interventions::Loss;
use cascade_app::studies::{AxisPlan, Plan, StudyCommand, StudyKind};
use cascade_app::{App, Command, EditCommand, PlaybackCommand, Settings};
use cascade_files::preset;
use cascade_scenario::{AssetId, ParameterId, Scenario, find};

use driven::{Window, drive};

fn open() -> Window {
    let mut scenario = preset::find("first-cascade").unwrap();
    scenario.set("positions.count", 400.0).unwrap();
    open_on(scenario)
}

fn open_on(scenario: Scenario) -> Window {
    let mut app = App::new(scenario, None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    let shell = Shell::new(app, Arc::new(|_, _: &Path| None));
    drive(shell, (1400.0, 900.0))
}

/// Lets the run be made that follows a change.
fn wait(window: &mut Window) {
    while window.state().app.remaking() {
        window.step();
    }
    window.run_steps(2);
}

fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_steps(3);
}

fn id(path: &str) -> ParameterId {
    find(path).unwrap().id
}

/// Two leverages over two depths, or over nothing.
fn plan(window: &mut Window, with_y: bool, seeds: usize) {
    let axis = |path, low, high| AxisPlan {
        parameter: id(path),
        low,
        high,
        count: 2,
    };
    let plan = Plan {
        x: axis("leverage.mean", 5.0, 25.0),
        y: with_y.then(|| axis("liquidity.depth", 10e9, 40e9)),
        seeds,
        steps: 200,
        ..window.state().app.studies.plan
    };
    window.state_mut().app.update(Command::Study(StudyCommand::Plan(plan)));
    window.run_steps(2);
}

/// Waits until the study that is shown is done.
fn finish(window: &mut Window, question: StudyKind) {
    for _ in 0..6_000 {
        window.step();
        let studies = &window.state().app.studies;
        if studies.is_current(question) && !studies.is_busy() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let (done, runs) = progress(window, question);
    assert_eq!(done, runs);
    window.run_steps(3);
}

fn progress(window: &Window, question: StudyKind) -> (usize, usize) {
    let runs = window.state().app.studies.runs(question);
    runs.map_or((0, 0), |(_, results)| results.progress())
}

/// Nobody presses a button: the map is there, follows a slider, and a click takes a cell into the model.
#[test]
fn a_map_comes_by_itself_follows_the_sliders_and_a_click_takes_a_cell_into_the_model() {
    let mut window = open();
    plan(&mut window, true, 3);
    click(&mut window, Role::Button, "Fragility");
    finish(&mut window, StudyKind::Fragility);
    window.get_by_label_contains("the median of 3 seeds");
    let map = window
        .get_by_label_contains("Fragility map of amplification factor")
        .rect();
    // The right half, above the middle: the higher leverage over the greater depth.
    let at = map.left_top() + vec2(map.width() * 0.7, map.height() * 0.2);
    window.drag_at(at);
    window.run_steps(2);
    window.drop_at(at);
    window.run_steps(2);
    wait(&mut window);
    let app = &window.state().app;
    assert_eq!(
        (app.value(id("leverage.mean")), app.value(id("liquidity.depth"))),
        (25.0, 40e9)
    );
    assert_eq!(
        app.present.simulation.steps(),
        0,
        "the run has begun anew with the cell"
    );
    assert!(!app.studies.is_busy(), "the cell is part of the study");
    // Running the cell gives the figure the map shows.
    let study = app.studies.fragility.as_ref().unwrap();
    let cell = study.subject.grid().cell(1, 1);
    let figure = study.results.figure(cell, 0, app.studies.plan.metric).unwrap();
    let critical = study.subject.grid().cell(1, 0);
    let before = study.results.figure(critical, 2, app.studies.plan.metric).unwrap();
    window.state_mut().app.update(PlaybackCommand::Step(200));
    let app = &window.state().app;
    assert_eq!(
        app.present.simulation.summary_of(AssetId::FIRST).amplification_factor,
        Some(figure)
    );
    let maintenance = id("margin.maintenance");
    let change = Command::Edit(EditCommand::SetParameter {
        id: maintenance,
        value: 0.03,
    });
    window.state_mut().app.update(change);
    window.step();
    assert!(!window.state().app.studies.is_current(StudyKind::Fragility));
    finish(&mut window, StudyKind::Fragility);
    let study = window.state().app.studies.fragility.as_ref().unwrap();
    assert_eq!(study.asked.scenario.parameters.margin.maintenance, 0.03);
    let metric = window.state().app.studies.plan.metric;
    assert_ne!(study.results.figure(critical, 2, metric).unwrap(), before);
}

/// It rests while another page is shown, and goes on from what is known.
#[test]
fn a_study_rests_when_it_is_left_and_can_be_stopped() {
    let mut window = open();
    plan(&mut window, false, 1_000);
    click(&mut window, Role::Button, "Fragility");
    let first = |window: &Window| progress(window, StudyKind::Fragility).0;
    for _ in 0..6_000 {
        window.step();
        if first(&window) > 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    window.get_by_label_contains("Fragility curve of amplification factor");
    click(&mut window, Role::Button, "Plots");
    window.get_by_role_and_label(Role::Image, "Price plot");
    assert!(!window.state().app.studies.is_busy());
    let left = first(&window);
    assert!(left > 1 && left < 2_000);
    click(&mut window, Role::Button, "Fragility");
    assert!(window.state().app.studies.is_busy() && first(&window) >= left);
    window.get_by_label_contains("of 2,000 runs");
    click(&mut window, Role::Button, "Stop");
    window.get_by_label_contains("stopped after");
    // Nothing asks for another frame any more.
    window.run();
    click(&mut window, Role::Button, "Go on");
    assert!(window.state().app.studies.is_busy());
}

#[test]
fn the_changes_stand_in_rows_and_one_is_made_by_its_button_only() {
    let mut window = open();
    plan(&mut window, false, 2);
    click(&mut window, Role::Button, "Sensitivity");
    finish(&mut window, StudyKind::Sensitivity);
    window.get_by_label_contains("Nothing changes without Apply");
    let effects = &window.state().app.studies.sensitivity.as_ref().unwrap().subject.effects;
    let best = effects.iter().find(|effect| effect.is_comparable()).unwrap();
    let change = best.changes[0];
    assert!(change.difference.abs() > 0.01 && change.pairs == 2, "{best:?}");
    let sizes: Vec<f64> = effects
        .iter()
        .map(cascade_analysis::sensitivity::ParameterEffect::size)
        .collect();
    assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{sizes:?}");
    let (row, to) = (
        cascade_scenario::parameter(change.trial.change.0),
        change.trial.change.1,
    );
    let before = window.state().app.value(row.id);
    assert!(
        (to / before - 1.0).abs() > 0.099 && (to / before - 1.0).abs() < 0.101,
        "{before} {to}"
    );
    let group = &cascade_scenario::groups()[row.group].label;
    let line = format!("{} · {group}", row.label);
    window.get_all_by_label(&line).next().unwrap().click();
    window.run_steps(3);
    assert_eq!(window.state().app.value(row.id), before);
    let name = super::controls::title(row);
    click(&mut window, Role::Button, &format!("Apply {name} {}", row.show(to)));
    wait(&mut window);
    assert_eq!(window.state().app.present.value(row.id), to);
    finish(&mut window, StudyKind::Sensitivity);
}

#[test]
fn a_quantile_of_any_figure_comes_with_its_interval_and_the_mean_beyond_it() {
    let mut window = open();
    let metric = cascade_analysis::Metric::find("max_drawdown").unwrap();
    let plan = Plan {
        share: 0.5,
        sample: 20,
        steps: 200,
        metric,
        ..window.state().app.studies.plan
    };
    window.state_mut().app.update(Command::Study(StudyCommand::Plan(plan)));
    click(&mut window, Role::Button, "At risk");
    finish(&mut window, StudyKind::AtRisk);
    window.get_by_label_contains("50 % of the runs: max drawdown at most");
    window.get_by_label_contains("Expected shortfall, the mean of the largest 50 %");
    window.get_by_label_contains("Histogram of max drawdown");
    window.get_by_label("liquidated notional USD");
    let study = window.state().app.studies.at_risk.as_ref().unwrap();
    let found = &study.subject.risks[0];
    assert_eq!(
        (found.metric, found.interval),
        (metric, (Some(found.sorted[5]), Some(found.sorted[14])))
    );
    let tail = found.sorted[10..].iter().sum::<f64>() / 10.0;
    assert!((found.shortfall.unwrap().mean / tail - 1.0).abs() < 1e-12);
    // The table that goes out tells the same, with what it is of.
    let rows = window.state().app.studies.table(StudyKind::AtRisk).unwrap();
    assert_eq!(rows[1][0], "max_drawdown");
    assert_eq!(rows[1][4], found.value.to_string());
    let link = rows[1].last().unwrap();
    let linked = cascade_files::link::read(link).unwrap();
    assert_eq!(
        (linked.steps, linked.scenario),
        (Some(200), study.asked.scenario.clone())
    );
}

/// Every study goes out as a table whose rows all have the same columns.
#[test]
fn every_study_has_a_table() {
    let mut window = open();
    plan(&mut window, true, 2);
    for (kind, rows) in [
        (StudyKind::Fragility, 5),
        (StudyKind::Sensitivity, 60),
        (StudyKind::Interventions, 19),
        (StudyKind::AtRisk, 6),
    ] {
        click(&mut window, Role::Button, kind.label());
        finish(&mut window, kind);
        let table = window.state().app.studies.table(kind).unwrap();
        assert!(table.len() >= rows, "{kind:?} {}", table.len());
        assert!(table.iter().all(|row| row.len() == table[0].len()), "{kind:?}");
    }
}

/// What leverage does to the other asset: the tabs turn every study to it without new runs.
#[test]
fn studies_turn_to_another_asset() {
    let mut scenario = preset::find("cross-collateral-contagion").unwrap();
    scenario.set("positions.count", 400.0).unwrap();
    let mut window = open_on(scenario);
    click(&mut window, Role::Button, "Fragility");
    window.get_by_label_contains("Figures are of asset 1 of 2");
    // The second asset has no news of its own, and so no amplification factor.
    let metric = cascade_analysis::Metric::find("excess_move_log").unwrap();
    let of = Plan {
        metric,
        ..window.state().app.studies.plan
    };
    window.state_mut().app.update(Command::Study(StudyCommand::Plan(of)));
    plan(&mut window, false, 2);
    finish(&mut window, StudyKind::Fragility);
    let shown = |window: &Window| {
        let studies = &window.state().app.studies;
        let study = studies.fragility.as_ref().unwrap();
        (study.results.progress(), study.subject.statistics[1].unwrap().mean)
    };
    let first = shown(&window);
    click(&mut window, Role::Button, "Show asset 2");
    let second = shown(&window);
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
    window.get_by_label_contains("Fragility curve of excess move log of asset 2");
    click(&mut window, Role::Button, "Interventions");
    finish(&mut window, StudyKind::Interventions);
    let benefits = |window: &Window| {
        let effects = &window
            .state()
            .app
            .studies
            .interventions
            .as_ref()
            .unwrap()
            .subject
            .effects;
        effects.iter().map(|effect| effect.benefits).collect::<Vec<_>>()
    };
    let of_second = benefits(&window);
    click(&mut window, Role::Button, "Show asset 1");
    assert!(!of_second.is_empty() && benefits(&window) != of_second);
}

#[test]
fn interventions_are_compared_and_made() {
    let mut window = open();
    plan(&mut window, false, 2);
    click(&mut window, Role::Button, "Interventions");
    finish(&mut window, StudyKind::Interventions);
    window.get_by_role_and_label(Role::Button, "Excess move");
    let studies = &window.state().app.studies;
    let effects = &studies.interventions.as_ref().unwrap().subject.effects;
    let throttle = effects
        .iter()
        .find(|effect| effect.candidate.intervention.name == "Liquidation throttle")
        .unwrap();
    assert!(
        throttle
            .benefits
            .iter()
            .flatten()
            .any(|benefit| benefit.pairs == 2 && benefit.saved > 0.5)
    );
    // The one first that saves most of the loss that they are sorted by.
    let first_saves_most = |window: &Window, loss: Loss| {
        let effects = &window
            .state()
            .app
            .studies
            .interventions
            .as_ref()
            .unwrap()
            .subject
            .effects;
        let saved: Vec<f64> = effects
            .iter()
            .filter_map(|effect| Some(effect.benefits[loss as usize]?.saved))
            .collect();
        assert!(saved.windows(2).all(|pair| pair[0] >= pair[1]), "{saved:?}");
    };
    first_saves_most(&window, Loss::ExcessMove);
    click(&mut window, Role::Button, "Peak rate");
    first_saves_most(&window, Loss::PeakRate);
    click(&mut window, Role::Button, "Apply Liquidation throttle");
    wait(&mut window);
    assert_eq!(window.state().app.present.value(id("throttle.enabled")), 1.0);
    finish(&mut window, StudyKind::Interventions);
    window.get_by_role_and_label(Role::Button, "Undo Liquidation throttle");
}
