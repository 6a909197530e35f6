//! The studies in a window without a screen, by their labels.

#[path = "../../../tests/common/window.rs"]
mod driven;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Role, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::shell::Shell;
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

/// Waits until a study is done.
fn finish(window: &mut Window, question: StudyKind) {
    for _ in 0..6_000 {
        window.step();
        if window
            .state()
            .app
            .studies
            .task(question)
            .is_some_and(cascade_analysis::Task::is_over)
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let (done, runs) = window.state().app.studies.task(question).unwrap().progress();
    assert_eq!(done, runs);
    window.run_steps(3);
}

#[test]
fn a_map_is_computed_and_a_click_takes_a_cell_into_the_model() {
    let mut window = open();
    click(&mut window, Role::Button, "Fragility");
    plan(&mut window, true, 3);
    click(&mut window, Role::Button, "Run the study");
    finish(&mut window, StudyKind::Fragility);
    window.get_by_label_contains("half of 3 seeds");
    assert!(window.query_by_label_contains("has changed since").is_none());
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
    assert!(
        window.query_by_label_contains("has changed since").is_none(),
        "the cell is part of the study"
    );
    // Running the cell gives the figure the map shows.
    let study = app.studies.fragility.as_ref().unwrap();
    let cell = study.subject.grid.cell(1, 1);
    let figure = study.task.results.figure(cell, 0, app.studies.plan.metric).unwrap();
    window.state_mut().app.update(PlaybackCommand::Step(200));
    let app = &window.state().app;
    assert_eq!(
        app.present.simulation.summary_of(AssetId::FIRST).amplification_factor,
        figure
    );
    let maintenance = id("margin.maintenance");
    let change = Command::Edit(EditCommand::SetParameter {
        id: maintenance,
        value: 0.02,
    });
    window.state_mut().app.update(change);
    wait(&mut window);
    window.run_steps(2);
    window.get_by_label_contains("has changed since");
}

#[test]
fn a_curve_needs_one_axis_only_and_a_study_can_be_stopped() {
    let mut window = open();
    click(&mut window, Role::Button, "Fragility");
    plan(&mut window, false, 1_000);
    click(&mut window, Role::Button, "Run the study");
    let first = |window: &Window| {
        window
            .state()
            .app
            .studies
            .task(StudyKind::Fragility)
            .unwrap()
            .progress()
            .0
    };
    for _ in 0..6_000 {
        window.step();
        if first(&window) > 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    window.get_by_label_contains("of 2000 runs");
    click(&mut window, Role::Button, "Cancel");
    window.get_by_label_contains("stopped after");
    window.get_by_label_contains("Fragility curve of amplification factor");
    // Nothing asks for another frame any more.
    window.run();
    let stopped = first(&window);
    assert!(stopped > 1 && stopped < 2_000);
    click(&mut window, Role::Button, "Plots");
    window.get_by_role_and_label(Role::Image, "Price plot");
}

#[test]
fn the_most_effective_change_is_named_and_made() {
    let mut window = open();
    click(&mut window, Role::Button, "Sensitivity");
    plan(&mut window, false, 2);
    click(&mut window, Role::Button, "Run the study");
    finish(&mut window, StudyKind::Sensitivity);
    window.get_by_label_contains("largest first");
    let best = window.state().app.studies.sensitivity.as_ref().unwrap().subject.effects[0];
    assert!(best.difference.abs() > 0.1 && best.pairs == 2, "{best:?}");
    let row = cascade_scenario::parameter(best.change.0);
    let name = super::controls::title(row);
    window
        .get_all_by_role_and_label(Role::Button, &name)
        .next()
        .unwrap()
        .click();
    window.run_steps(3);
    wait(&mut window);
    assert_eq!(window.state().app.present.value(best.change.0), best.change.1);
    window.get_by_label_contains("has changed since");
}

#[test]
fn a_quantile_comes_with_its_interval() {
    let mut window = open();
    click(&mut window, Role::Button, "At risk");
    plan(&mut window, false, 20);
    let plan = Plan {
        share: 0.5,
        sample: 20,
        ..window.state().app.studies.plan
    };
    window.state_mut().app.update(Command::Study(StudyCommand::Plan(plan)));
    click(&mut window, Role::Button, "Run the study");
    finish(&mut window, StudyKind::AtRisk);
    window.get_by_label_contains("50 % of the runs: liquidated notional USD at most");
    window.get_by_label_contains("50 % of the runs: max drawdown at most");
    window.get_by_label_contains("Histogram of max drawdown");
    let metric = cascade_analysis::Metric::find("max_drawdown").unwrap();
    let found = window.state().app.studies.quantile(metric).unwrap();
    assert_eq!(found.interval, (Some(found.sorted[5]), Some(found.sorted[14])));
}

/// What leverage does to the other asset: the tabs turn every study to it without new runs.
#[test]
fn studies_turn_to_another_asset() {
    let mut scenario = preset::find("cross-collateral-contagion").unwrap();
    scenario.set("positions.count", 400.0).unwrap();
    let mut window = open_on(scenario);
    click(&mut window, Role::Button, "Fragility");
    window.get_by_label_contains("Figures are of asset 1 of 2");
    plan(&mut window, false, 2);
    click(&mut window, Role::Button, "Run the study");
    finish(&mut window, StudyKind::Fragility);
    let shown = |window: &Window| {
        let studies = &window.state().app.studies;
        let study = studies.fragility.as_ref().unwrap();
        (study.task.progress(), study.subject.statistics[1].unwrap().mean)
    };
    let first = shown(&window);
    click(&mut window, Role::Button, "Show asset 2");
    let second = shown(&window);
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
    window.get_by_label_contains("Fragility curve of amplification factor of asset 2");
    click(&mut window, Role::Button, "Interventions");
    click(&mut window, Role::Button, "Run the study");
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
    click(&mut window, Role::Button, "Interventions");
    plan(&mut window, false, 2);
    click(&mut window, Role::Button, "Run the study");
    finish(&mut window, StudyKind::Interventions);
    window.get_by_label("Excess move");
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
    click(&mut window, Role::Button, "Liquidation throttle");
    wait(&mut window);
    assert_eq!(window.state().app.present.value(id("throttle.enabled")), 1.0);
    window.get_by_label_contains("has changed since");
}
