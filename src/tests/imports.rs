//! Tables that become part of a scenario: what the readers accept, repair and refuse, and what the engine makes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking"
)]

#[path = "imports/adoption.rs"]
mod adoption;
#[path = "imports/chains.rs"]
mod chains;
mod common;
#[path = "imports/kinds.rs"]
mod kinds;
#[path = "imports/nonsense.rs"]
mod nonsense;
#[path = "imports/numbers.rs"]
mod numbers;
#[path = "imports/paths.rs"]
mod paths;
#[path = "imports/people.rs"]
mod people;
#[path = "imports/program.rs"]
mod program;
#[path = "imports/stored.rs"]
mod stored;

use std::fmt::Write as _;

use cascade_lab::analysis::Metric;
use cascade_lab::app::studies::{Studies, StudyKind};
use cascade_lab::engine::units::Price;
use cascade_lab::engine::{ContractKind, Side, Simulation};
use cascade_lab::files::import::{self, Places, Plan, ReadOptions, Reading, fields};
use cascade_lab::files::problem::{FileError, Problem};
use cascade_lab::files::table::{ColumnChoice, Table};
use cascade_lab::scenario::{
    Action, AssetId, ImportKind, Imported, ListedPosition, ParameterChange, PositionKind, PositionSide, PricePath,
    Scenario, find,
};
use proptest::prelude::*;

use common::{bare, scenario};

/// Reads a text as what it is said to be.
fn read_as(origin: &str, text: &str, kind: ImportKind, options: ReadOptions) -> Result<Reading, FileError> {
    let kind = Some(kind);
    import::parse(origin, text, &ReadOptions { kind, ..options })
}

/// A position list that was read.
#[derive(Debug)]
struct List {
    positions: Vec<ListedPosition>,
    venues: Vec<String>,
    assets: Vec<String>,
    remarks: Vec<Problem>,
}

fn read_list(origin: &str, text: &str, places: Places) -> Result<List, FileError> {
    let options = ReadOptions {
        places,
        ..ReadOptions::default()
    };
    read_as(origin, text, ImportKind::Positions, options).map(|reading| {
        let Imported::Positions(positions) = reading.data else {
            panic!("it is a list");
        };
        List {
            positions,
            venues: reading.venues,
            assets: reading.assets,
            remarks: reading.read_as.remarks,
        }
    })
}

fn list(text: &str) -> List {
    read_list("book.csv", text, Places::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused<T: std::fmt::Debug, E: std::fmt::Display>(outcome: Result<T, E>, messages: &[&str]) {
    let error = outcome.expect_err("this text has a mistake").to_string();
    assert_eq!(error.lines().collect::<Vec<_>>(), messages);
}

/// A scenario that only follows a path, with these positions.
fn along(positions: Vec<ListedPosition>, points: &[(f64, f64)], settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = bare(settings);
    let path = PricePath {
        points: points.to_vec().into(),
        noise: false,
    };
    scenario.adopt_path(path, points[0].1).unwrap();
    scenario.adopt_positions(positions).unwrap();
    scenario
}

fn liquidated(scenario: &Scenario, steps: usize) -> f64 {
    let mut simulation = Simulation::new(scenario).unwrap();
    (0..steps).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    simulation.summary_of(AssetId::FIRST).liquidated_notional_usd
}

#[test]
fn the_same_list_in_many_words() {
    let expected = list("side,entry,size,leverage\nlong,20000,1,50\nshort,50000,2,10\n").positions;
    assert_eq!(expected[0].side, PositionSide::Long);
    assert_eq!(
        (expected[1].entry, expected[1].size, expected[1].leverage),
        (50_000.0, 2.0, 10.0)
    );
    assert_eq!(
        (expected[0].venue, expected[0].asset, expected[0].kind),
        (1, 1, PositionKind::Linear)
    );
    for text in [
        // Case, order, units and columns nobody needs.
        "ID,LEVERAGE,Notional (USD),Entry Price,Direction,note\n7,50x,\"20,000\",\"20,000\",Buy,\"a, b\"\n8,10,100000,50000,SELL,\n",
        // Margin instead of leverage.
        "side;avgEntryPrice;qty;margin\nlong;20000;1;400\nshort;50000;2;10000\n",
        // Margin in coins, tabs, Windows line ends, a byte order mark.
        "\u{feff}Side\tentry_price\tQuantity\tmargin_coins\r\nL\t20000\t1\t0.02\r\nS\t50000\t2\t0.2\r\n",
        // The sign of the size is the side.
        "entryPrice,positionAmt,leverage\n20000,1,50\n50000,-2,10\n",
        // A comment, a blank line, a true minus.
        "# my book\nside,entry,size,leverage\n\nlong,20000,1,50\nshort,50000,\u{2212}2,10\n",
    ] {
        assert_eq!(list(text).positions, expected, "{text}");
    }
}

#[test]
fn venues_and_assets_are_numbers_or_names_in_order() {
    let numbered = list("side,entry,size,leverage,venue,asset,kind\nlong,1,1,2,3,2,inverse\nlong,1,1,2,,,\n");
    assert_eq!((numbered.positions[0].venue, numbered.positions[0].asset), (3, 2));
    assert_eq!(
        (numbered.positions[1].venue, numbered.positions[1].kind),
        (1, PositionKind::Linear)
    );
    let named = list(
        "side,entry,size,leverage,exchange,coin\nlong,1,1,2,Bybit,ETH\nlong,1,1,2,OKX,btc\nlong,1,1,2,bybit,BTC\n",
    );
    assert_eq!(
        named.positions.iter().map(|p| (p.venue, p.asset)).collect::<Vec<_>>(),
        [(1, 1), (2, 2), (1, 2)]
    );
    assert_eq!(
        (named.venues, named.assets),
        (vec!["Bybit".into(), "OKX".into()], vec!["ETH".into(), "btc".into()])
    );
    let two = Places { venues: 2, assets: 1 };
    refused(
        read_list(
            "b.csv",
            "side,entry,size,leverage,venue\nlong,1,1,2,A\nlong,1,1,2,B\nlong,1,1,2,C\n",
            two,
        ),
        &[
            "b.csv, line 4, column 5 (venue), character 12: the venue is `C`; allowed is one of the first 2 (A, B), as many as the scenario has; say which count as which (Venues of the table in the window, --map-venue NAME=1 on the command line), or whose rows count (--symbol)",
        ],
    );
}

#[test]
fn mistakes_in_lists_are_named_by_line_column_value_and_what_is_allowed() {
    let read = |text: &str| read_list("b.csv", text, Places { venues: 4, assets: 1 });
    refused(
        read(
            "side,entry,quantity,leverage,venue,kind\nlang,99000,2,10,1,linear\nshort,-5,2,10,1,\nlong,101000,much,10,2,\n\
             long,101000,1,5000,9,quanto\nshort,100500,1.2\nlong,1e999,1,1,1,\nlong,100,-1,2,1,\n",
        ),
        &[
            "b.csv, line 2, column 1 (side), character 1: the side is `lang`; allowed is long or short (also buy or sell)",
            "b.csv, line 3, column 2 (entry), character 7: the entry price is `-5`; allowed is a number from 1e-9 to 1e9",
            "b.csv, line 4, column 3 (quantity), character 13: the size is `much`; allowed is a number from 1e-9 to 1e15",
            "b.csv, line 5, column 4 (leverage), character 15: the leverage is `5000`; allowed is a number from 0.001 to 1000",
            "b.csv, line 5, column 5 (venue), character 20: the venue is `9`; allowed is a whole number from 1 to 4, as many as the scenario has",
            "b.csv, line 5, column 6 (kind), character 22: the contract kind is `quanto`; allowed is linear or inverse",
            "b.csv, line 6, column 4 (leverage), character 17: the line ends too early: it has 3 fields, and 6 are needed",
            "b.csv, line 7, column 2 (entry), character 6: the entry price is `1e999`; allowed is a number from 1e-9 to 1e9",
            "b.csv, line 8, column 3 (quantity), character 10: the size is `-1`; allowed is a number from 1e-9 to 1e15",
        ],
    );
    refused(
        read("side,px,size\nlong,1,1\n"),
        &[
            "b.csv, line 1, column 1: no column holds the entry price",
            "b.csv, line 1, column 1: no column holds the leverage or the margin",
        ],
    );
    refused(
        read("side,entry,size,leverage\n"),
        &["b.csv, line 1, column 1: the table has no rows"],
    );
    refused(
        read("side,entry,size,margin\nlong,1,1,\n"),
        &["b.csv, line 2, column 4 (margin), character 10: the margin is missing"],
    );
    let error = read(&format!("side,entry,size,leverage\n{}", "long,1,1,1\n".repeat(50_001)))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "b.csv, line 50002, column 1: this is one position too many; allowed are at most 50000"
    );
}

#[test]
fn where_margin_and_leverage_disagree_the_margin_counts_and_that_is_said() {
    let read = list("side,entry,size,leverage,margin\nlong,100,10,20,100\nlong,100,10,10,100\n");
    assert_eq!(read.positions[0].leverage, 10.0);
    assert_eq!(read.remarks.len(), 1);
    assert!(
        read.remarks[0].line == 2 && read.remarks[0].message.contains("10×"),
        "{:?}",
        read.remarks
    );
}

/// The liquidation prices of a linear and an inverse position, by a price that goes just short of the closed form's liquidation price, and just beyond it.
#[test]
fn imported_positions_are_liquidated_at_the_closed_forms_prices() {
    for (text, start, level) in [
        ("side,entry,size,leverage\nlong,20000,1,50\n", 20_000.0, 19_698.492_5),
        (
            "side,entry,notional,leverage,kind\nlong,50000,60000,10,inverse\n",
            50_000.0,
            45_681.818_2,
        ),
        (
            "side,entry,notional,margin,kind\nshort,50000,60000,6000,coin-m\n",
            50_000.0,
            55_277.777_8,
        ),
    ] {
        let positions = list(text).positions;
        let toward = f64::signum(level - start);
        for (price, goes) in [(level - 0.01 * toward, false), (level + 0.01 * toward, true)] {
            let points = [(0.0, start), (100.0, price), (200.0, price)];
            let found = liquidated(&along(positions.clone(), &points, &[("liquidity.depth", 1e12)]), 20);
            assert_eq!(found > 0.0, goes, "{text} at {price}: {found}");
        }
    }
}

#[test]
fn positions_stand_as_listed_in_their_tiers_with_a_counterparty() {
    let text = "side,entry,notional,leverage,venue,kind\nlong,101000,300000,20,2,linear\nshort,99000,20000,5,1,inverse\n\
                long,100000,2000000,8,1,linear\n";
    let positions = list(text).positions;
    let mut start = scenario(&[("venues.count", 2.0), ("margin.tiers", 1.0)]);
    start.adopt_positions(positions.clone()).unwrap();
    let mut simulation = Simulation::new(&start).unwrap();
    let mut placed: Vec<_> = simulation.assets()[0].standing().collect();
    placed.sort_by_key(|placement| placement.position.id);
    for (placement, listed) in placed.iter().zip(&positions) {
        let kind = [ContractKind::Linear, ContractKind::Inverse][listed.kind as usize];
        assert_eq!((placement.venue.number(), placement.kind), (listed.venue, kind));
        assert_eq!(placement.side as usize, listed.side as usize);
        assert_eq!(placement.position.quantity, listed.size);
        assert!((placement.kind.price(placement.position.entry).get() / listed.entry - 1.0).abs() < 1e-14);
        let margin = placement.position.margin * placement.kind.usd_per_settlement(Price::new(listed.entry));
        assert!((margin / listed.margin_usd() - 1.0).abs() < 1e-14);
    }
    assert_eq!(
        placed.iter().map(|placement| placement.tier).collect::<Vec<_>>(),
        [2, 0, 3]
    );
    // Tiers come and go under way, and the positions stay the same.
    (0..50).for_each(|_| simulation.step());
    let tiers = find("margin.tiers").unwrap().id;
    for (value, expected) in [(0.0, vec![0, 0, 0]), (1.0, vec![2, 0, 3])] {
        simulation.set(tiers, value).unwrap();
        let mut now: Vec<_> = simulation.assets()[0].standing().collect();
        now.sort_by_key(|placement| placement.position.id);
        assert_eq!(now.iter().map(|placement| placement.tier).collect::<Vec<_>>(), expected);
        for (now, before) in now.iter().zip(&placed) {
            assert_eq!(
                (now.position.quantity, now.position.entry),
                (before.position.quantity, before.position.entry)
            );
            assert!(
                (now.position.margin / before.position.margin - 1.0).abs() < 1e-9,
                "{now:?}"
            );
        }
        (0..50).for_each(|_| simulation.step());
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    }
    assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-9);
}

/// A book of two assets is the whole book: what it does not name has no levered positions.
#[test]
fn positions_go_to_the_assets_they_name() {
    let mut two = scenario(&[("assets.count", 2.0)]);
    two.adopt_positions(list("side,entry,size,leverage,asset\nshort,4000,3,5,2\n").positions)
        .unwrap();
    let mut simulation = Simulation::new(&two).unwrap();
    let of = |simulation: &Simulation, asset: usize| simulation.assets()[asset].standing().collect::<Vec<_>>();
    assert!(of(&simulation, 0).is_empty());
    let second = of(&simulation, 1);
    assert_eq!(
        (second.len(), second[0].side, second[0].position.quantity),
        (1, Side::Short, 3.0)
    );
    (0..200).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none());
    let alone = scenario(&[]).adopt_positions(list("side,entry,size,leverage,asset\nlong,1,1,1,2\n").positions);
    let message = alone.unwrap_err().to_string();
    assert_eq!(
        message,
        "`positions: position 1: asset` is 2; allowed is a number from 1 to 1"
    );
}

/// A book near the start price that a shock liquidates in part.
fn book() -> String {
    let mut text = "side,entry,notional,leverage,venue,kind\n".to_owned();
    for index in 0..400 {
        let side = if index % 3 == 0 { "short" } else { "long" };
        let (entry, leverage) = (99_000 + 5 * index, 5 + index % 40);
        let kind = if index % 7 == 0 { "inverse" } else { "linear" };
        let (notional, venue) = (1_000_000 + 40_000 * index, 1 + index % 4);
        writeln!(text, "{side},{entry},{notional},{leverage},{venue},{kind}").unwrap();
    }
    text
}

fn with_book() -> Scenario {
    let mut scenario = cascade_lab::files::preset::find("first-cascade").unwrap();
    scenario.adopt_positions(list(&book()).positions).unwrap();
    scenario
}

#[test]
fn the_same_file_gives_the_same_run_and_seeds_change_only_the_luck() {
    let run = |scenario: &Scenario| {
        let mut simulation = Simulation::new(scenario).unwrap();
        (0..300).for_each(|_| simulation.step());
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
        simulation
    };
    let (first, again) = (run(&with_book()), run(&with_book()));
    assert_eq!(first.digest(), again.digest());
    assert!(first.summary_of(AssetId::FIRST).liquidated_notional_usd > 0.0);
    let mut other = with_book();
    other.seed += 1;
    assert_ne!(run(&other).digest(), first.digest());
    let standing = |scenario: &Scenario| {
        Simulation::new(scenario).unwrap().assets()[0]
            .standing()
            .collect::<Vec<_>>()
    };
    assert_eq!(standing(&other), standing(&with_book()));
}

/// Parameters that draw positions change nothing in an imported book, those of the market do, and the run replays.
#[test]
fn what_draws_positions_leaves_an_imported_book_alone() {
    let start = with_book();
    let mut simulation = Simulation::new(&start).unwrap();
    (0..20).for_each(|_| simulation.step());
    let mut left_alone = 0;
    for row in cascade_lab::scenario::table()
        .iter()
        .filter(|row| start.idle(row).is_some())
    {
        let mut moved = simulation.clone();
        let (low, high) = row.range;
        let value = if row.get(simulation.parameters()) == high {
            low
        } else {
            high
        };
        moved.set(row.id, value).unwrap();
        assert_eq!(
            moved.assets()[0].standing().collect::<Vec<_>>(),
            simulation.assets()[0].standing().collect::<Vec<_>>(),
            "{}",
            row.path
        );
        let (mut moved, mut unmoved) = (moved, simulation.clone());
        for _ in 0..3 {
            moved.step();
            unmoved.step();
        }
        assert_eq!(moved.digest(), unmoved.digest(), "{} says it changes nothing", row.path);
        left_alone += 1;
    }
    assert!(left_alone > 20, "{left_alone}");
    let depth = find("liquidity.depth").unwrap();
    simulation
        .act(Action::Set(ParameterChange::new(depth.id, 3e9).unwrap()))
        .unwrap();
    (0..200).for_each(|_| simulation.step());
    let mut replayed = Simulation::new(&simulation.scenario_with_acts()).unwrap();
    (0..220).for_each(|_| replayed.step());
    assert_eq!(replayed.digest(), simulation.digest());
}

/// Waits until a study of a scenario is done.
fn study(studies: &mut Studies, kind: StudyKind, scenario: &Scenario) {
    studies.want(kind, scenario.clone());
    while studies.poll() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!(studies.complaint, None);
}

/// A study of all parameters leaves out those that rest, and venues that would be missing.
#[test]
fn the_sensitivity_of_an_imported_book_can_be_studied() {
    let scenario = with_book();
    assert!(scenario.positions.iter().any(|position| position.venue == 4));
    let mut studies = Studies::new().unwrap();
    (studies.plan.steps, studies.plan.seeds) = (1, 1);
    studies.plan.metric = Metric::find("max_drawdown").unwrap();
    study(&mut studies, StudyKind::Sensitivity, &scenario);
    let effects = &studies.sensitivity.as_ref().unwrap().subject.effects;
    let varied = |path: &str| {
        let id = find(path).unwrap().id;
        let changes = effects
            .iter()
            .filter(|effect| effect.parameter == id)
            .flat_map(|effect| &effect.changes);
        changes.map(|change| change.trial.change.1).collect::<Vec<_>>()
    };
    assert!(varied("leverage.mean").is_empty());
    assert_eq!(varied("liquidity.depth").len(), 2);
    assert!(varied("venues.count").iter().all(|count| *count > 4.0));
}

/// Interventions that an imported book lets rest are none, and a study of one book does not hold for another.
#[test]
fn a_study_is_of_the_book_it_was_made_of() {
    let scenario = with_book();
    let mut studies = Studies::new().unwrap();
    studies.plan.steps = 1;
    studies.plan.sample = 1;
    studies.plan.seeds = 1;
    study(&mut studies, StudyKind::AtRisk, &scenario);
    let begins_anew = |studies: &mut Studies, scenario: &Scenario| {
        studies.want(StudyKind::AtRisk, scenario.clone());
        let anew = !studies.is_current(StudyKind::AtRisk);
        study(studies, StudyKind::AtRisk, scenario);
        anew
    };
    assert!(!begins_anew(&mut studies, &scenario));
    let mut other = scenario.clone();
    other.positions = scenario.positions[1..].to_vec().into();
    assert!(begins_anew(&mut studies, &other));
    let mut other = scenario.clone();
    other.path.points = vec![(0.0, 1.0), (60.0, 2.0)].into();
    assert!(begins_anew(&mut studies, &other));

    let offered = |studies: &mut Studies, scenario: &Scenario| {
        study(studies, StudyKind::Interventions, scenario);
        let subject = &studies.interventions.as_ref().unwrap().subject;
        let mut names: Vec<&str> = subject
            .effects
            .iter()
            .map(|effect| effect.candidate.intervention.name)
            .collect();
        names.sort_unstable();
        let missing = subject.candidates.inapplicable.iter();
        let missing: Vec<&str> = missing.map(|(one, _)| one.name).collect();
        (names, missing)
    };
    let mut drawn = scenario.clone();
    drawn.positions = Vec::new().into();
    let rests = "A quarter less leverage";
    let (mut of_drawn, _) = offered(&mut studies, &drawn);
    assert!(of_drawn.contains(&rests));
    of_drawn.retain(|name| *name != rests);
    let (of_listed, inapplicable) = offered(&mut studies, &scenario);
    assert_eq!(of_listed, of_drawn);
    assert!(inapplicable.contains(&rests), "{inapplicable:?}");
}

/// New positions come back to the interest of the start, whatever is redrawn meanwhile.
#[test]
fn redrawing_leaves_the_aim_of_an_imported_book() {
    let mut start = with_book();
    for (path, value) in [
        ("reopening.enabled", 1.0),
        ("reopening.quiet_time", 60.0),
        ("reopening.time_constant", 3_600.0),
    ] {
        start.set(path, value).unwrap();
    }
    let run = |redraw: bool| {
        let mut simulation = Simulation::new(&start).unwrap();
        (0..200).for_each(|_| simulation.step());
        let interest =
            simulation.assets()[0].observation().levered_longs + simulation.assets()[0].observation().levered_shorts;
        if redraw {
            let id = find("positions.open_interest").unwrap().id;
            simulation.set(id, 1e9).unwrap();
        }
        (0..2_000).for_each(|_| simulation.step());
        let now =
            simulation.assets()[0].observation().levered_longs + simulation.assets()[0].observation().levered_shorts;
        now / interest
    };
    let (left, redrawn) = (run(false), run(true));
    assert!(left > 1.05 && (redrawn / left - 1.0).abs() < 0.05, "{left} {redrawn}");
}

/// The drawing parameters take the list's figures, which also place the insurance fund where the positions are.
#[test]
fn the_parameters_say_what_the_list_holds() {
    let parameters = with_book().parameters;
    let start = Simulation::new(&with_book()).unwrap();
    assert_eq!(parameters.positions.count, 400);
    let linear_and_inverse =
        start.assets()[0].observation().levered_longs + start.assets()[0].observation().levered_shorts;
    // Entries lie within 2 % of the start price.
    assert!((parameters.positions.open_interest / linear_and_inverse - 1.0).abs() < 0.02);
    assert!((0.6..0.7).contains(&parameters.positions.long_share));
    assert!((0.1..0.2).contains(&parameters.positions.coin_margin_share));
}

#[test]
fn kinds_are_guessed_by_their_headers() {
    for (text, kind) in [
        ("side,entry,size,leverage\n", ImportKind::Positions),
        ("direction,price,qty,margin\n", ImportKind::Positions),
        ("side,px,size,leverage\n", ImportKind::Positions),
        ("time,price\n", ImportKind::PricePath),
        ("timestamp,open,high,low,close,volume\n", ImportKind::PricePath),
        ("time,price,size\n", ImportKind::PricePath),
        ("1,2\n2,3\n", ImportKind::PricePath),
        ("strike,type,expiry,oi,iv\n", ImportKind::OptionChain),
        ("a\nb\nCalls,Last Sale,Puts,Last Sale\n", ImportKind::OptionChain),
        ("", ImportKind::PricePath),
    ] {
        assert_eq!(Plan::of(&Table::of(text), &ReadOptions::default()).kind, kind, "{text}");
    }
}

/// Text that looks like a table now and then.
fn tables() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("side".to_owned()),
        Just("entry".to_owned()),
        Just("size".to_owned()),
        Just("leverage".to_owned()),
        Just("time".to_owned()),
        Just("price".to_owned()),
        Just("strike".to_owned()),
        Just("calls".to_owned()),
        Just("puts".to_owned()),
        Just("type".to_owned()),
        Just("oi".to_owned()),
        Just("iv".to_owned()),
        Just("expiry".to_owned()),
        Just("long".to_owned()),
        Just("2024-01-05T10:00:00+01".to_owned()),
        Just("18 Dec 100.00 (SPX1821L100)".to_owned()),
        Just("Last: 5".to_owned()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i16>().prop_map(|number| number.to_string()),
        "\\PC{0,6}",
        "[\"é,;\t−+:.%$Tx-]{0,4}",
    ];
    let line = prop::collection::vec(word, 0..8).prop_map(|words| words.join(","));
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    /// Whatever is in a file and whichever columns it is read by, reading it ends in data that a scenario may hold, or in a
    /// message.
    #[test]
    fn no_table_panics(text in prop_oneof![tables(), any::<String>()], columns in prop::collection::vec(prop::option::of(0_usize..9), 20)) {
        let table = Table::of(&text);
        for kind in ImportKind::ALL.iter().copied() {
            let mut options = ReadOptions { kind: Some(kind), ..ReadOptions::default() };
            for said in [false, true] {
                if said {
                    let choices = columns.iter().map(|column| column.map_or(ColumnChoice::None, ColumnChoice::At));
                    options.columns = fields(kind).iter().map(|field| field.key.to_owned()).zip(choices).collect();
                }
                let plan = Plan::of(&table, &options);
                prop_assert_eq!(plan.mapping.len(), fields(kind).len());
                if let Err(problems) = plan.read(&table, &options) {
                    prop_assert!(!problems.is_empty());
                    prop_assert!(problems.iter().all(|problem| problem.line > 0 && problem.column > 0));
                }
            }
        }
    }
}
