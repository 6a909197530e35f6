//! Tables looked at in the dialog, used, and taken back.

use std::path::PathBuf;

use cascade_lab::app::{Command, EditCommand, FileCommand, PlaybackCommand};
use cascade_lab::scenario::{ImportKind, Imported, find, format};
use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::{Window, app, click, open, open_with, settle};

const LIST: &str = "id,Exchange,direction,px,Notional (USD),Leverage,kind\n1,Bybit,long,\"99,000\",\"1,000,000\",20x,usdt\n\
    2,OKX,short,101000,500000,10x,coin-m\n3,OKX,long,100000,250000,5,usdt\n";

/// A file in a folder that lives as long as the test.
fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Waits until the table has been read.
fn wait(window: &mut Window) {
    for _ in 0..1_000 {
        window.step();
        if app(window).import.as_ref().is_none_or(|import| !import.reading()) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    // Scroll bars come and go by an animation; until it is over the buttons below them move.
    window.run_steps(40);
    window.run();
}

fn look(window: &mut Window, path: PathBuf) {
    window.state_mut().carry_out(Command::Import(path));
    wait(window);
}

/// Chooses a column for a field.
fn assign(window: &mut Window, field: &str, column: &str) {
    window.get_by_role_and_label(Role::ComboBox, field).click();
    window.run();
    window.get_by_role_and_label(Role::Button, column).click();
    wait(window);
}

#[test]
fn a_list_is_mapped_used_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    click(&mut window, Role::Button, "Ten steps (Shift+→)");
    let (before, digest) = (
        app(&window).present.scenario.clone(),
        app(&window).present.simulation.digest(),
    );
    look(&mut window, file(&folder, "book.csv", LIST));
    // `px` is not known as a name of the entry price.
    assert!(
        window
            .query_by_label("Assign a column: nothing holds the entry price.")
            .is_some()
    );
    assert!(
        window
            .query_by_label_contains("no column holds the entry price")
            .is_some()
    );
    click(&mut window, Role::Button, "Use");
    assert!(app(&window).import.is_some(), "what has a mistake cannot be used");
    assign(&mut window, "Entry price", "px");
    assert!(window.query_by_label("2 longs, 1.25 M USD").is_some());
    assert!(window.query_by_label("1 short, 500 k USD").is_some());
    assert!(window.query_by_label("1 Bybit, 2 OKX").is_some());
    assert_eq!(
        (&app(&window).present.scenario, app(&window).present.simulation.digest()),
        (&before, digest)
    );
    click(&mut window, Role::Button, "Use");
    assert!(app(&window).import.is_none());
    let positions = &app(&window).present.scenario.positions;
    assert_eq!(
        (positions.len(), positions[1].venue, positions[0].entry),
        (3, 2, 99_000.0)
    );
    let seen = app(&window).present.simulation.assets()[0].observation();
    assert_eq!(seen.step, 0);
    assert!(
        (seen.levered_longs - (1e6 * 100.0 / 99.0 + 250e3)).abs() < 1.0,
        "{}",
        seen.levered_longs
    );
    assert_eq!(app(&window).undo.done().last().unwrap().label, "Import “book.csv”");
    // Sliders that draw positions say that they wait.
    assert!(window.query_by_label("3 positions are listed").is_some());
    let leverage = find("leverage.mean").unwrap();
    assert!(app(&window).present.scenario.idle(leverage).is_some());
    let said = |window: &Window| window.query_by_label_contains("from book.csv").is_some();
    assert!(said(&window));
    // What the preset suggests is about its own positions.
    let suggested = |window: &Window| window.query_by_role_and_label(Role::Button, "Do it").is_some();
    assert!(!suggested(&window));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(
        (&app(&window).present.scenario, app(&window).present.simulation.digest()),
        (&before, digest)
    );
    assert!(suggested(&window));
    assert!(!said(&window), "what has been taken back is not told as done");
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.run();
    assert_eq!(app(&window).present.scenario.positions.len(), 3);
    click(&mut window, Role::Button, "Drop the listed positions");
    assert!(app(&window).present.scenario.positions.is_empty());
    assert!(window.query_by_label("3 positions are listed").is_none());
    assert_eq!(
        app(&window).undo.done().last().unwrap().label,
        "Drop the listed positions"
    );
}

#[test]
fn mistakes_are_shown_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let (before, digest) = (
        app(&window).present.scenario.clone(),
        app(&window).present.simulation.digest(),
    );
    look(
        &mut window,
        file(&folder, "bad.csv", "time,price\n0,100\n10,-5\n5,101\n"),
    );
    assert!(window.query_by_label("2 mistakes").is_some());
    assert!(
        window
            .query_by_label(
                "Line 3, column 2 (price), character 4: the price is `-5`; allowed is a number above 0, up to 1e9"
            )
            .is_some()
    );
    assert!(
        window
            .query_by_label_contains("Line 4, column 1 (time), character 1: the time goes back 5 s")
            .is_some()
    );
    click(&mut window, Role::Button, "Use");
    click(&mut window, Role::Button, "Cancel");
    assert!(app(&window).import.is_none());
    look(&mut window, folder.path().join("missing.csv"));
    assert!(window.query_by_label_contains("there is no such file").is_some());
    window.key_press(Key::Escape);
    window.run();
    assert!(app(&window).import.is_none());
    assert_eq!(
        (&app(&window).present.scenario, app(&window).present.simulation.digest()),
        (&before, digest)
    );
    assert!(app(&window).undo.done().is_empty());
}

#[test]
fn a_path_is_chosen_in_the_menu_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        &folder,
        "path.csv",
        "time,price\n0,50000\n60,51000\n600,49000\n4000,48000\n",
    );
    let mut window = open_with(
        cascade_lab::files::preset::find("quiet-market").unwrap(),
        Some(path),
        (1400.0, 900.0),
    );
    click(&mut window, Role::Button, "File");
    window.get_by_label_contains("Import…").click();
    window.run_steps(3);
    settle(&mut window);
    wait(&mut window);
    assert!(window.query_by_label("1 remark").is_some());
    assert!(
        window
            .query_by_label_contains("a gap of 56.7 min before this row")
            .is_some()
    );
    assert!(window.query_by_label("400").is_some(), "steps it takes");
    click(&mut window, Role::Button, "Use");
    assert!(app(&window).import.is_none(), "{:?}", app(&window).import);
    window.state_mut().app.update(PlaybackCommand::Pause);
    assert_eq!(app(&window).present.scenario.parameters.market.start_price, 50_000.0);
    window.state_mut().app.run(6);
    let spot = app(&window).present.simulation.assets()[0].observation().exogenous;
    assert!((spot - 51_000.0).abs() < 1e-6, "{spot}");
    window.run();
    assert!(window.query_by_label("The price follows a path of 4 points").is_some());
    window
        .state_mut()
        .carry_out(Command::DropImported(ImportKind::PricePath));
    assert!(app(&window).present.scenario.path.is_empty());
    window
        .state_mut()
        .carry_out(Command::DropImported(ImportKind::OptionChain));
    window.run();
    assert!(
        window
            .query_by_label("This run has none of the listed options.")
            .is_some()
    );
}

#[test]
fn a_chain_shows_its_gamma_by_a_convention_that_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let text = "spot,strike,type,expiry,oi,iv,gamma\n100,110,call,2024-06-21,300,0.6,0.02\n100,90,put,2024-06-21,100,0.6,0.03\n";
    let mut window = open();
    look(&mut window, file(&folder, "chain.csv", text));
    assert!(
        window
            .query_by_label_contains("the day of the quotes is missing")
            .is_some()
    );
    let field = window.get_by_role_and_label(Role::TextInput, "Day of the quotes");
    field.focus();
    window.run();
    window
        .get_by_role_and_label(Role::TextInput, "Day of the quotes")
        .type_text("2024-06-01");
    wait(&mut window);
    // 300·.02·100·100²·1 % = 60,000 and 100·.03·100·100²·1 % = 30,000.
    for figure in ["60,000 USD per 1 %", "30,000 USD per 1 %"] {
        let figures: Vec<_> = window.query_all_by_label_contains(figure).collect();
        assert!(!figures.is_empty(), "{figure}");
    }
    let preview = app(&window).import.as_ref().and_then(|import| import.preview.as_ref());
    let offer = &preview.unwrap().found.as_ref().unwrap().offer;
    let (Imported::OptionChain(chain), Some(exposure)) = (&offer.data, offer.exposure()) else {
        panic!("it is a chain");
    };
    assert!((exposure.net - 30_000.0).abs() < 1e-6 && chain.spot == 100.0);
    super::enter(&mut window, Role::SpinButton, "Dealers' share of calls", "-1");
    wait(&mut window);
    assert!(window.query_by_label_contains("−90,000 USD per 1 %").is_some());
    click(&mut window, Role::Button, "Use");
    let scenario = &app(&window).present.scenario;
    assert_eq!(
        (
            scenario.options.len(),
            scenario.options[0].open_interest,
            scenario.options[0].days
        ),
        (2, 30_000.0, 20.0)
    );
    assert_eq!(
        (
            scenario.parameters.dealers.call_sign,
            scenario.parameters.dealers.put_sign
        ),
        (-1.0, -1.0)
    );
    assert!(app(&window).present.simulation.assets()[0].observation().gamma_exposure < 0.0);
}

#[test]
fn a_table_opens_like_a_preset_and_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.ron");
    let mut window = open();
    window.state_mut().carry_out(Command::File(FileCommand::SaveAs(own)));
    let id = find("margin.maintenance").unwrap().id;
    window
        .state_mut()
        .carry_out(Command::Edit(EditCommand::SetParameter { id, value: 0.02 }));
    window.state_mut().carry_out(Command::File(FileCommand::Open(file(
        &folder,
        "path.csv",
        "0,100\n10,101\n",
    ))));
    wait(&mut window);
    // It adds to the scenario, so that no changes are lost.
    assert!(window.query_by_label("Save the changes?").is_none());
    assert!(window.query_by_label("Import path.csv").is_some());
    // A time and a price are no positions, and that can be said.
    click(&mut window, Role::ComboBox, "Read it as a");
    window.get_by_role_and_label(Role::Button, "Position list").click();
    wait(&mut window);
    assert!(window.query_by_label_contains("nothing holds the size").is_some());
}

#[test]
fn what_use_changes_is_said_before_and_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let list = "side,entry,size,leverage\nlong,20000,10,20\nlong,20100,40,25\nshort,21000,3,5\n";
    look(&mut window, file(&folder, "book.csv", list));
    assert!(
        window
            .query_by_label_contains("3 positions take the place of the 20,000 drawn ones")
            .is_some()
    );
    click(&mut window, Role::Button, "Use");
    let start = app(&window).present.scenario.parameters.market.start_price;
    let shocks = app(&window).present.scenario.events.len();
    look(
        &mut window,
        file(&folder, "path.csv", "time,price\n0,17000\n600,16900\n"),
    );
    // The list keeps its price, and what the path's own would do stands there in figures.
    assert!(
        window
            .query_by_label_contains("At 17,000 2 of 3 listed positions would be past their liquidation price")
            .is_some()
    );
    assert!(window.query_by_label_contains("Caution").is_none());
    assert!(
        window
            .query_by_label_contains("1 timed shock of the scenario is dropped")
            .is_some()
    );
    click(
        &mut window,
        Role::RadioButton,
        "17,000, the table's (2 listed positions past liquidation, 1.004 M USD)",
    );
    click(&mut window, Role::CheckBox, "Timed shocks on top of the path (1)");
    wait(&mut window);
    for caution in [
        "Caution: At the start price of 17,000 USD 2 of 2 longs",
        "Caution: 1 timed shock",
    ] {
        assert!(window.query_by_label_contains(caution).is_some(), "{caution}");
    }
    let present = format!("{}, the present one; the path's changes count", format::price(start));
    click(&mut window, Role::RadioButton, &present);
    click(&mut window, Role::CheckBox, "Timed shocks on top of the path (1)");
    wait(&mut window);
    click(&mut window, Role::Button, "Use");
    let scenario = &app(&window).present.scenario;
    assert_eq!(
        (scenario.parameters.market.start_price, scenario.events.len()),
        (start, shocks - 1)
    );
}

#[test]
fn numbers_that_may_be_two_things_are_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let text = "side;entry;size;leverage\nlong;99,000;1;50\n";
    look(&mut window, file(&folder, "book.csv", text));
    assert!(
        window
            .query_by_label_contains("`99,000` is 99000 with a decimal point and 99 with")
            .is_some()
    );
    assign(&mut window, "Numbers", "1,234.5");
    assert!(window.query_by_label("1 long, 99,000 USD").is_some());
    assign(&mut window, "Numbers", "1.234,5");
    assert!(window.query_by_label("1 long, 99 USD").is_some());
    assert!(
        window
            .query_by_label_contains("separated by semicolons; numbers have a decimal comma")
            .is_some()
    );
}

/// More venues than the scenario has: each can be given a number, or left out, and then the list can be used.
#[test]
fn venues_and_assets_of_a_list_are_given_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let text =
        "venue,asset,side,entry,size,leverage\nA,BTC,long,60000,1,10\nB,ETH,short,60000,2,10\nB,BTC,long,60000,3,10\n";
    look(&mut window, file(&folder, "venues.csv", text));
    assert!(window.query_by_label_contains("say which count as which").is_some());
    for (heading, name, number) in [
        ("Assets of the table: 2", "ETH", "left out"),
        ("Venues of the table: 2", "B", "Venue 1"),
    ] {
        window.get_by_label(heading).click();
        window.run();
        assign(&mut window, name, number);
    }
    let app = app(&window);
    let preview = app.import.as_ref().unwrap().ready().unwrap();
    let found = preview.found.as_ref().unwrap();
    assert_eq!(found.names, [vec!["A + B".to_owned()], vec!["BTC".to_owned()]]);
    assert_eq!(found.totals.count, [2, 0]);
    assert!(
        window
            .query_by_label_contains("left out: 1 row of other symbols (of 3)")
            .is_some()
    );
}

#[test]
fn what_was_guessed_is_said_and_can_be_overruled() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let text = "date,ticker,open,close\n2024-08-05,AAA,101,100\n2024-08-05,BBB,6,5\n2024-08-06,AAA,99,90\n2024-08-06,BBB,5,6\n";
    look(&mut window, file(&folder, "two.csv", text));
    assert!(
        window
            .query_by_label_contains("several symbols (AAA in 2 rows, BBB in 2 rows)")
            .is_some()
    );
    let field = window.get_by_role_and_label(Role::TextInput, "Symbol");
    field.focus();
    window.run();
    window.get_by_role_and_label(Role::TextInput, "Symbol").type_text("aaa");
    wait(&mut window);
    for said in [
        "header in line 1, 4 rows",
        "price from column 4 (close)",
        "times are dates, usually 24 h apart, 2024-08-05 00:00 to 2024-08-06 00:00 UTC",
        "left out: 2 rows of other symbols (of 4)",
    ] {
        assert!(window.query_by_label_contains(said).is_some(), "{said}");
    }
    let first = |window: &Window| {
        app(window)
            .import
            .as_ref()
            .unwrap()
            .ready()
            .unwrap()
            .found
            .as_ref()
            .unwrap()
            .offer
            .own_price()
    };
    assert_eq!(first(&window), Some(100.0));
    assign(&mut window, "Price", "open");
    assert_eq!(first(&window), Some(101.0));
    assert!(window.query_by_label_contains("price from column 3 (open)").is_some());
    look(
        &mut window,
        file(
            &folder,
            "months.csv",
            "Date,Price\n01/03/2024,3\n01/02/2024,2\n01/01/2024,1\n",
        ),
    );
    assert!(
        window
            .query_by_label_contains("may have the day or the month first")
            .is_some()
    );
    assign(&mut window, "Dates", "day/month");
    assert!(
        window
            .query_by_label_contains("dates read as day/month (as was said)")
            .is_some()
    );
    assert_eq!(first(&window), Some(1.0));
}

#[test]
fn rows_that_cannot_be_read_are_skipped_by_choice_counted_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let mut text = "time,price\n".to_owned();
    for row in 0..30 {
        let price = if [4, 9, 20].contains(&row) {
            "n.q.".to_owned()
        } else {
            format!("{}", 100 + row)
        };
        text += &format!("{},{price}\n", 60 * row);
    }
    look(&mut window, file(&folder, "gaps.csv", &text));
    assert!(window.query_by_label("3 mistakes").is_some() && app(&window).import.as_ref().unwrap().ready().is_none());
    click(&mut window, Role::CheckBox, "Skip 3 rows that cannot be read");
    wait(&mut window);
    let preview = app(&window).import.as_ref().unwrap().ready().unwrap();
    assert_eq!(preview.skipped(), Some(3));
    assert!(
        window
            .query_by_label_contains("left out: 3 rows that cannot be read (of ")
            .is_some()
    );
    click(&mut window, Role::Button, "Use");
    assert_eq!(app(&window).present.scenario.path.points.len(), 27);
    assert!(
        window
            .query_by_label_contains("3 rows that cannot be read were left out")
            .is_some()
    );
    // The run pauses where the path ends.
    let end = app(&window)
        .present
        .scenario
        .path
        .steps(app(&window).present.history.step_seconds());
    window.state_mut().app.update(PlaybackCommand::Play);
    window.state_mut().app.run(end - 1);
    assert!(app(&window).playing);
    window.state_mut().app.run(1);
    window.run();
    assert!(!app(&window).playing && window.query_by_label_contains("The price path ends here").is_some());
    window.state_mut().app.update(PlaybackCommand::Play);
    window.state_mut().app.run(1);
    assert!(app(&window).playing, "it goes on when it is told to");
}

#[test]
fn a_table_of_which_most_cannot_be_read_offers_no_skipping() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let text = "time,price\n0,100\n60,none\n120,none at all\n180,101\n240,?!\n";
    look(&mut window, file(&folder, "other.csv", text));
    assert!(window.query_by_label_contains("that cannot be read").is_none());
}
