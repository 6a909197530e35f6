//! A run that leaves every number halts where everybody can see it: in the model, on the command line and in the window.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "common/window.rs"]
mod driven;

use std::path::Path;
use std::process::Command as Program;
use std::sync::Arc;

use cascade_lab::app::{App, EditCommand, PlaybackCommand, Settings};
use cascade_lab::files::preset;
use cascade_lab::scenario::Scenario;
use cascade_lab::ui::shell::Shell;
use egui_kittest::kittest::Queryable as _;

/// News that multiplies and divides the price of a second coin from hour to hour: nothing that trades can hold it.
const NO_END: [(&str, &str); 4] = [
    ("assets.count", "2"),
    ("asset_2.volatility", "10"),
    ("market.volatility", "3"),
    ("market.step_seconds", "3600"),
];

fn runaway() -> Scenario {
    let mut scenario = preset::find("quiet-market").unwrap();
    for (path, value) in NO_END {
        scenario.set(path, value.parse().unwrap()).unwrap();
    }
    scenario
}

#[test]
fn the_command_line_reports_a_halt_and_exits_with_3() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_cascade-lab"));
    program.args(["run", "quiet-market", "--json"]);
    for (path, value) in NO_END {
        program.args(["--set", &format!("{path}={value}")]);
    }
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("halted in step") && message.contains("every price"),
        "{message}"
    );
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(object["halted"].as_str().unwrap().contains("every price"), "{object}");
}

#[test]
fn the_window_says_why_it_halted_and_starts_again() {
    let mut app = App::new(runaway(), None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    let shell = Shell::new(app, Arc::new(|_, _: &Path| None));
    let mut window = driven::drive(shell, (1400.0, 900.0));
    window.state_mut().app.update(PlaybackCommand::Play);
    window.state_mut().app.update(PlaybackCommand::Step(1_000));
    window.run();
    assert!(window.state().app.present.simulation.halted().is_some() && !window.state().app.playing);
    window.get_by_label_contains("The model halted at step");
    // Playing on is refused; starting again works.
    window.state_mut().app.update(PlaybackCommand::Play);
    assert!(!window.state().app.playing);
    window.state_mut().app.update(EditCommand::Reset);
    window.state_mut().app.update(PlaybackCommand::Pause);
    window.run();
    assert!(window.query_by_label_contains("The model halted").is_none());
}
