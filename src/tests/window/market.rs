//! The page of a market's own record: reading a folder, what it says, and a run that begins with the market of a moment.

use std::fmt::Write as _;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use super::*;
use cascade_lab::app::market::MarketCommand;
use cascade_lab::scenario::PositionSide;

/// 4 March 2024, midnight, UTC.
const MIDNIGHT: i64 = 1_709_510_400_000;

/// A day of bars, open interest and depth; the price swings by 3 %.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let price = |minute: i64| 40_000.0 + 1_200.0 * (minute as f64 / 150.0).sin();
    let mut bars = "time,open,high,low,close,volume\n".to_owned();
    let mut interest = "create_time,symbol,sum_open_interest,sum_open_interest_value\n".to_owned();
    let mut depth = "timestamp,percentage,depth,notional\n".to_owned();
    for minute in 0..1_440 {
        let (open, close) = (price(minute), price(minute + 1));
        let (high, low, time) = (open.max(close) + 5.0, open.min(close) - 5.0, MIDNIGHT + 60_000 * minute);
        writeln!(bars, "{time},{open:.1},{high:.1},{low:.1},{close:.1},20").unwrap();
        if minute % 5 == 0 {
            let coins = 80_000.0 + 900.0 * (minute as f64 / 77.0).cos();
            writeln!(interest, "{time},BTCUSDT,{coins:.3},{:.3}", coins * open).unwrap();
            for percent in [-5, -1, 1, 5] {
                let coins = 2_000.0 * f64::from(percent).abs() + minute as f64;
                writeln!(depth, "{time},{percent},{coins:.3},{:.3}", coins * close).unwrap();
            }
        }
    }
    for (name, text) in [
        ("bars.csv", bars),
        ("interest.csv", interest),
        ("depth.csv", depth),
        ("readme.txt", "hello\n".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn wait(window: &mut Window) {
    for _ in 0..3_000 {
        window.step();
        if app(window).market.progress().is_none() {
            window.run();
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("the record is never there");
}

#[test]
fn a_record_is_read_shown_and_begun_from() {
    let folder = folder();
    let mut window = open_with(
        preset::find("first-cascade").unwrap(),
        Some(folder.path().to_owned()),
        (1400.0, 900.0),
    );
    click(&mut window, Role::Button, "Market");
    assert!(window.query_by_label_contains("No record is open").is_some());
    window
        .state_mut()
        .app
        .update(MarketCommand::Read(vec![folder.path().to_owned()]));
    wait(&mut window);
    // The names beside the strip of defects have room beside the axis, in few letters where they are long.
    let drawn = presenter::texts(&window);
    let end = drawn.iter().find(|(own, ..)| own == "Prices").unwrap().2.right();
    for name in ["Prices", "OI", "Depth", "Funding", "Liq."] {
        let mut places = drawn.iter().filter(|(own, ..)| own == name).map(|(.., rect)| rect);
        let beside = places.any(|rect| (rect.right() - end).abs() < 2.0 && rect.width() <= 50.0);
        assert!(beside, "{name} beside the strip, which ends at {end}");
    }
    for text in [
        "Known: 1,440 bars of 60 s",
        "Not known: entries, leverage",
        "4 files, 3 used",
        "within 5 % of the price",
        "Measured: The book holds",
    ] {
        assert!(window.query_by_label_contains(text).is_some(), "{text}");
    }
    for plot in [
        "Price of the record",
        "Open interest of the record",
        "Depth of the record",
    ] {
        assert!(window.query_by_role_and_label(Role::Image, plot).is_some(), "{plot}");
    }
    // All of the record is in view; there are no printed liquidations, so what was forced is estimated.
    click(&mut window, Role::Button, "Explain this move");
    wait(&mut window);
    for text in [
        "to 2024-03-05 00:00: The price moved by",
        "estimated from prices and open interest",
    ] {
        assert!(window.query_by_label_contains(text).is_some(), "{text}");
    }
    // A day without a sharp move fits nothing, and that is said.
    click(&mut window, Role::Button, "Fit the model");
    wait(&mut window);
    assert!(
        window
            .query_by_label_contains("Nothing was fitted: the model can begin at 0 sharp moves")
            .is_some()
    );
    // A click chooses a moment.
    let plot = window.get_by_role_and_label(Role::Image, "Price of the record").rect();
    window.hover_at(plot.center());
    window.run();
    window.drag_at(plot.center());
    window.drop_at(plot.center());
    window.run();
    let chosen = app(&window).market.chosen_ms();
    assert!(
        (MIDNIGHT + 3_600_000..MIDNIGHT + 23 * 3_600_000).contains(&chosen),
        "{chosen}"
    );
    let shown = app(&window).market.shown().unwrap().clone();
    let price = shown.record.bars().price_at(chosen);
    click(&mut window, Role::Button, "Start the model here");
    // The model that was begun is what is shown, and what the scenario before suggested is not.
    assert!(window.query_by_label_contains("Lower the mean leverage").is_none());
    assert!(app(&window).present.scenario.description.contains("The run begins at"));
    assert!(window.query_by_role_and_label(Role::Image, "Price plot").is_some());
    let scenario = app(&window).present.scenario.clone();
    assert_eq!(scenario.parameters.market.start_price, price);
    assert!(scenario.parameters.liquidity.depth > 100.0 * 2_000.0 * 39_000.0);
    let book = shown.book.as_ref().unwrap();
    assert_eq!(
        scenario.parameters.liquidity.impact_exponent,
        book.shape.value.clamp(1.0, 4.0)
    );
    // Every level of the map rests where the map has it.
    let maintenance = scenario.parameters.margin.maintenance;
    let (map, mut coins) = (shown.map_at(chosen).unwrap(), [0.0; 2]);
    for position in scenario.positions.iter() {
        let sign = if position.side == PositionSide::Long { 1.0 } else { -1.0 };
        let level = position.entry * (1.0 - sign / position.leverage) / (1.0 - sign * maintenance);
        assert!((position.margin_share(level) - maintenance).abs() < 1e-9);
        let cell = map
            .side(position.side)
            .iter()
            .find(|cell| (cell.price_from..cell.price_to).contains(&level));
        assert!(cell.is_some_and(|cell| cell.coins >= position.size), "{level}");
        coins[usize::from(sign < 0.0)] += position.size;
    }
    for (sum, side) in coins.into_iter().zip([PositionSide::Long, PositionSide::Short]) {
        let all: f64 = map.side(side).iter().map(|cell| cell.coins).sum();
        assert!(sum > 0.9 * all && sum <= all * (1.0 + 1e-12), "{sum} of {all}");
    }
    // The preset holds all it needs, and the run before comes back.
    let text = preset::write(&scenario);
    let saved = preset::parse("saved", &text).unwrap();
    assert_eq!(saved.positions, scenario.positions);
    // What really came stands beside it, and goes with it.
    let came = |window: &Window| window.query_by_label_contains("Spot price: what really came").is_some();
    assert!(came(&window) && !saved.observed.is_empty());
    assert_eq!(saved.observed, scenario.observed);
    for bar in &scenario.observed.bars[1..] {
        let begin = chosen + (1e3 * bar.seconds).round() as i64 - 60_000;
        let bars = shown.record.bars();
        assert_eq!(bar.close, bars.rows()[bars.place_at(begin).unwrap()].close, "{bar:?}");
    }
    window.state_mut().app.update(EditCommand::Undo);
    window.run();
    assert!(app(&window).present.scenario.positions.is_empty());
    assert!(!came(&window) && app(&window).present.scenario.observed.is_empty());
    window.state_mut().app.update(EditCommand::Redo);
    window.run();
    assert!(came(&window));
    window.state_mut().app.update(EditCommand::Undo);
    // What is written while it is followed is read.
    click(&mut window, Role::Button, "Market");
    click(&mut window, Role::CheckBox, "Follow");
    let bars = folder.path().join("bars.csv");
    let more = "1709596800000,40000,40010,39990,40005,20\n1709596860000,40005,40010,39990,40000,20\n";
    fs::write(&bars, fs::read_to_string(&bars).unwrap() + more).unwrap();
    let begun = std::time::Instant::now();
    while app(&window).market.shown().unwrap().record.bars().rows().len() == 1_440 {
        assert!(begun.elapsed() < Duration::from_secs(60), "what is new is never read");
        sleep(Duration::from_millis(50));
        window.step();
    }
    wait(&mut window);
    assert!(window.query_by_label_contains("Known: 1,442 bars of 60 s").is_some());
    assert_eq!(
        app(&window).market.chosen_ms(),
        chosen,
        "a moment that is not the last one stays chosen"
    );
    click(&mut window, Role::Button, "Close");
    assert!(window.query_by_label_contains("No record is open").is_some());
}

#[test]
fn a_folder_is_asked_for_and_what_is_no_record_is_said() {
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("notes.txt"), "nothing of a market\n").unwrap();
    let mut window = open_with(
        preset::find("first-cascade").unwrap(),
        Some(empty.path().to_owned()),
        (1280.0, 800.0),
    );
    click(&mut window, Role::Button, "Market");
    click(&mut window, Role::Button, "Open a folder…");
    for _ in 0..300 {
        window.step();
        if app(&window).market.failed().is_some() {
            break;
        }
        sleep(Duration::from_millis(10));
    }
    window.run();
    assert!(window.query_by_label_contains("none of the files has prices").is_some());
    // One that is given up leaves everything as it was.
    let folder = folder();
    window
        .state_mut()
        .app
        .update(MarketCommand::Read(vec![folder.path().to_owned()]));
    window.state_mut().app.update(MarketCommand::Cancel);
    window.run();
    assert!(app(&window).market.progress().is_none() && app(&window).market.shown().is_none());
}
