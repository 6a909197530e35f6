//! What really came, beside a run: where it is told, where it is not, and what is said of it.

use std::time::{Duration, Instant};

use cascade_lab::scenario::{AssetId, Observed, ObservedBar};

use super::*;

/// A preset with a market that really fell by a per cent a minute for a quarter of an hour.
fn scenario(name: &str) -> Scenario {
    let mut scenario = preset::find(name).unwrap();
    let start = scenario.parameters.market.start_price;
    let bar = |minute: i32| {
        let close = start * 0.99_f64.powi(minute);
        ObservedBar {
            seconds: 60.0 * f64::from(minute),
            low: close,
            high: close,
            close,
        }
    };
    scenario.observed = Observed {
        interval_seconds: 60.0,
        bars: (0..=15).map(bar).collect::<Vec<_>>().into(),
    };
    scenario
}

fn tells(window: &Window, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

const ENTRY: &str = "Spot price: what really came";

/// The fan of all seeds beside the run as it stands.
fn wait_for_fan(window: &mut Window) {
    let begun = Instant::now();
    loop {
        window.step();
        if app(window).fan().is_some_and(|fan| fan.runs == FAN_SEEDS) {
            window.run();
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "there is never a fan");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// In ten minutes a quiet market leaves no seed eight per cent lower, and what is told follows the run.
#[test]
fn it_is_held_against_the_seeds_as_far_as_the_run_has_come() {
    let mut window = open_with(scenario("quiet-market"), None, (1400.0, 900.0));
    let start = app(&window).present.scenario.parameters.market.start_price;
    let price = |minute| cascade_lab::scenario::format::price(start * 0.99_f64.powi(minute));
    assert!(tells(&window, &format!("{ENTRY} {}", price(0))));
    click(&mut window, Role::Button, "About this preset");
    assert!(tells(
        &window,
        "How it lies among other seeds is told here once the run"
    ));
    // A step before the end of the first minute, and at the end of the tenth.
    window.state_mut().app.run(5);
    wait_for_fan(&mut window);
    assert!(!tells(&window, "the price really was"));
    window.state_mut().app.run(55);
    wait_for_fan(&mut window);
    assert!(tells(&window, &format!("{ENTRY} {}", price(10))));
    let said = "10 min after the beginning the price really was below all 64 seeds. Of 10 bars until then,";
    assert!(tells(&window, said), "{:?}", app(&window).observed_among_seeds());
    // After the last bar nothing more is known, and what was told stays.
    window.state_mut().app.run(100);
    wait_for_fan(&mut window);
    assert!(tells(&window, &format!("{ENTRY} –")) && tells(&window, "15 min after the beginning"));
    // Without a fan there is nothing to hold it against.
    window
        .state_mut()
        .app
        .update(WorkspaceCommand::ShowPlot(PlotId("Ensemble fan"), false));
    window.run();
    assert!(tells(&window, ENTRY) && !tells(&window, "the price really was"));
}

#[test]
fn it_is_of_the_first_asset_and_can_be_hidden() {
    let mut window = open_with(scenario("cross-collateral-contagion"), None, (1400.0, 900.0));
    let entry = "what really came";
    assert!(tells(&window, entry));
    for (asset, shown) in [(1, false), (0, true)] {
        window
            .state_mut()
            .app
            .update(WorkspaceCommand::ShowAsset(AssetId::new(asset)));
        window.run();
        assert_eq!(tells(&window, entry), shown, "asset {asset}");
    }
    for shown in [false, true] {
        window
            .state_mut()
            .app
            .update(WorkspaceCommand::ShowPlot(PlotId("What really came"), shown));
        window.run();
        assert_eq!(tells(&window, entry), shown);
    }
}

/// Whoever is to guess does not see it, and sees it once the run goes on.
#[test]
fn it_is_concealed_while_a_question_waits() {
    let mut scenario = scenario("quiet-market");
    let ask = |step| Event {
        step,
        action: Action::Pause,
    };
    scenario.events = vec![ask(20)];
    let mut window = open_with(scenario, None, (1400.0, 900.0));
    click(&mut window, Role::Button, "About this preset");
    assert!(tells(&window, ENTRY) && tells(&window, "How it lies among other seeds"));
    window.state_mut().app.update(PlaybackCommand::Play);
    let begun = Instant::now();
    while app(&window).playing {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the run does not come to the question"
        );
        window.step();
    }
    window.run();
    assert!(app(&window).question().is_some());
    assert!(!tells(&window, ENTRY) && !tells(&window, "What really came"));
    window.state_mut().app.run(1);
    window.run();
    assert!(app(&window).question().is_none() && tells(&window, ENTRY));
}

/// It is kept with the run: in a saved file, and not in a link, which holds no lists.
#[test]
fn it_is_saved_with_the_preset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.ron");
    let scenario = scenario("first-cascade");
    preset::save(&path, &scenario).unwrap();
    let window = open_with(preset::load(&path).unwrap(), None, (1400.0, 900.0));
    assert_eq!(app(&window).present.scenario.observed, scenario.observed);
    assert!(tells(&window, ENTRY));
    let refused = cascade_lab::files::link::write(&scenario, 1).unwrap_err().to_string();
    assert!(refused.contains("a link holds no prices that really came"), "{refused}");
}
