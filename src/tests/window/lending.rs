//! The view of the lending pool.

use cascade_lab::analysis::stress::DEPTHS;
use cascade_lab::scenario::find;

use super::*;

fn value(window: &Window, path: &str) -> f64 {
    app(window).present.value(find(path).unwrap().id)
}

/// Computes the table while the model stands, and applies a cell of it to the running model.
#[test]
fn the_stress_table_is_computed_beside_the_window_and_applied() {
    let mut scenario = preset::find("lending-spiral").unwrap();
    scenario.events.clear();
    scenario.set("lending.loans", 500.0).unwrap();
    scenario.set("positions.count", 500.0).unwrap();
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    window.get_by_role_and_label(Role::Button, "Compute").click();
    window.step();
    window.step();
    assert!(app(&window).stress.running());
    for _ in 0..6_000 {
        window.step();
        if !app(&window).stress.running() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    window.run();
    let table = app(&window).stress.table().unwrap().clone();
    assert_eq!(table.progress(), (30, 30));
    assert_eq!(table.from_step, step(&window));
    let (row, column) = (2, 3);
    let depth = value(&window, "liquidity.depth");
    let start = format!("Shock −20 % at {} times the depth", DEPTHS[column]);
    window
        .get_by(|node| node.label().is_some_and(|label| label.starts_with(&start)))
        .click();
    window.run();
    assert_eq!(value(&window, "liquidity.depth"), DEPTHS[column] * depth);
    for _ in 0..360 {
        window.state_mut().app.update(PlaybackCommand::Step(1));
    }
    // The running model does what its copy did.
    let seen = app(&window).present.simulation.assets()[0].observation().lending;
    let expected = table.cells[row][column].unwrap();
    assert!((seen.total.repaid_usd / expected.liquidated_usd - 1.0).abs() < 1e-12);
    assert!((seen.bad_debt_usd() / expected.bad_debt_usd - 1.0).abs() < 1e-12);
}

#[test]
fn without_a_pool_the_view_offers_one() {
    let mut window = open();
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    click(&mut window, Role::Button, "Switch one on");
    assert_eq!(value(&window, "lending.enabled"), 1.0);
    window.state_mut().app.update(PlaybackCommand::Step(1));
    window.run();
    window.get_by_role_and_label(Role::Button, "Compute");
}
