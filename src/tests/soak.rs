//! Hours of market time with a cascade every few minutes: the ledger holds, no frame becomes slower, and memory does not run away.
//!
//! `SOAK_HOURS=200 cargo test --test soak -- --nocapture` goes beyond the point from which the history forgets.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "common/window.rs"]
mod driven;
#[path = "common/random.rs"]
mod random;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cascade_lab::app::{App, PlaybackCommand, Settings};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock};
use cascade_lab::ui::shell::Shell;

use driven::{Window, drive};

/// Hours of market time, unless `SOAK_HOURS` asks for another number.
const HOURS: usize = 8;
/// Steps of an hour: one a second.
const HOUR: u64 = 3_600;
/// Steps between two shocks, which go up and down in turn.
const SHOCK_EVERY: u64 = 300;
/// Frames that are timed after every hour; the fastest counts, so that other programs on the machine do not.
const FRAMES: usize = 30;
/// Most memory that the window and a run of one asset may take, however long it lasts, in bytes.
const MEMORY: usize = 900 << 20;

/// Cascades for ever: what was liquidated comes back as fast as it may.
fn restless(hours: u64) -> Scenario {
    let mut scenario = preset::find("first-cascade").unwrap();
    for (path, value) in [
        ("market.step_seconds", 1.0),
        ("reopening.enabled", 1.0),
        ("reopening.time_constant", 600.0),
        ("reopening.quiet_time", 60.0),
    ] {
        scenario.set(path, value).unwrap();
    }
    scenario.events = (1..hours * HOUR / SHOCK_EVERY)
        .map(|number| Event {
            step: number * SHOCK_EVERY,
            action: Action::Shock(Shock {
                size: Some(if number % 2 == 0 { 0.04 } else { -0.04 }),
                over_steps: Some(5),
                ..Shock::default()
            }),
        })
        .collect();
    scenario
}

/// The fastest of some frames.
fn frame(window: &mut Window) -> Duration {
    let timed = (0..FRAMES).map(|_| {
        let begun = Instant::now();
        window.step();
        begun.elapsed()
    });
    timed.min().unwrap()
}

/// Memory of this process, in bytes, where the system says it.
fn memory() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let resident: usize = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(resident * 4096)
}

#[test]
fn hours_of_cascades_leave_the_program_as_it_was() {
    let hours = random::cases("SOAK_HOURS", HOURS) as u64;
    let mut app = App::new(restless(hours), None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    let mut window = drive(Shell::new(app, Arc::new(|_, _: &Path| None)), (1400.0, 900.0));
    let (mut frames, mut liquidated) = (Vec::new(), 0.0);
    for hour in 1..=hours {
        window.state_mut().app.run(HOUR);
        frames.push(frame(&mut window));
        let simulation = &window.state().app.present.simulation;
        let summary = simulation.summary_of(AssetId::FIRST);
        assert_eq!((simulation.steps(), &summary.halted), (hour * HOUR, &None));
        assert!(summary.ledger_max_relative_error <= 1e-9, "hour {hour}: {summary:?}");
        assert!(
            summary.liquidated_notional_usd > liquidated,
            "hour {hour}: nobody was liquidated"
        );
        liquidated = summary.liquidated_notional_usd;
        let held = memory();
        assert!(held.is_none_or(|bytes| bytes < MEMORY), "hour {hour}: {held:?} bytes");
        eprintln!(
            "hour {hour}: frame {:?}, memory {} MB, liquidated {liquidated:.3e} USD",
            frames.last().unwrap(),
            held.unwrap_or(0) >> 20
        );
    }
    let half = frames.len() / 2;
    let fastest = |frames: &[Duration]| frames.iter().min().unwrap().as_secs_f64();
    let ratio = fastest(&frames[half..]) / fastest(&frames[..half]);
    assert!(
        ratio < 2.0,
        "frames of the second half take {ratio:.2} times as long: {frames:?}"
    );
}

/// What is kept of a day, of ten days and of a hundred days of market time, for rewinding over it and drawing all of it.
#[test]
fn the_history_of_days_stays_small() {
    let mut app = App::new(preset::find("first-cascade").unwrap(), None, Settings::default()).unwrap();
    app.update(PlaybackCommand::Pause);
    let day = 86_400 / app.present.scenario.parameters.market.step_seconds as u64;
    let mut held = Vec::new();
    for days in [1, 10, 40] {
        app.run(days * day - app.present.simulation.steps());
        held.push(app.shown_history().bytes());
        eprintln!("{days} days: {} kB", held[held.len() - 1] >> 10);
    }
    assert!(held[0] <= 8 << 20 && held[1] <= 40 << 20, "{held:?}");
    assert!(held[2] < held[1] * 4, "it goes on growing with time: {held:?}");
}
