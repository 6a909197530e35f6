//! What a scenario becomes when it takes something over: one rule for window and command line, told in words, and sound
//! start prices for listed positions.

use cascade_lab::analysis::adoption::{Adoption, Choices, Offer};
use cascade_lab::analysis::gex::Convention;
use cascade_lab::app::import::ImportCommand;
use cascade_lab::app::{App, Command, FileCommand, PlaybackCommand, Settings};
use cascade_lab::engine::{Simulation, past_liquidation};
use cascade_lab::files::import::ReadOptions;
use cascade_lab::scenario::{
    Action, AssetId, ImportKind, Imported, ListedPosition, OptionChain, PricePath, Scenario, find, parameter,
};

use super::common::{bare, scenario};
use super::{book, list, read_as};

/// Three longs and two shorts around 20,000.
const LIST: &str = "side,entry,size,leverage\nlong,20000,10,20\nlong,20500,5,10\nshort,19800,20,8\nlong,20100,40,25\n\
    short,21000,3,5\n";

fn positions() -> Vec<ListedPosition> {
    list(LIST).positions
}

fn path(points: &[(f64, f64)]) -> PricePath {
    PricePath {
        points: points.to_vec().into(),
        noise: false,
    }
}

fn take(scenario: &Scenario, offer: &Offer) -> Adoption {
    offer.adopt(scenario, &offer.suggest(scenario, &[])).unwrap()
}

fn offered(data: Imported) -> Offer {
    Offer::new(data, &Convention::default())
}

fn offered_path(path: &PricePath, usual_seconds: f64) -> Offer {
    offered(Imported::PricePath {
        path: path.clone(),
        usual_seconds,
    })
}

fn take_path(scenario: &Scenario, path: &PricePath) -> Adoption {
    take(scenario, &offered_path(path, 60.0))
}

fn take_list(scenario: &Scenario, positions: Vec<ListedPosition>) -> Adoption {
    take(scenario, &offered(Imported::Positions(positions)))
}

fn take_chain(scenario: &Scenario, chain: &OptionChain) -> Adoption {
    take(scenario, &offered(Imported::OptionChain(chain.clone())))
}

fn preset() -> Scenario {
    cascade_lab::files::preset::find("first-cascade").unwrap()
}

#[track_caller]
fn says(sentences: &[String], words: &str) {
    assert!(
        sentences.iter().any(|one| one.contains(words)),
        "{words}: {sentences:#?}"
    );
}

/// What is said to be past liquidation is what the engine takes over in its first step, tiers and volatility margin included.
#[test]
fn what_is_past_liquidation_is_what_the_first_step_takes_over() {
    for (settings, start) in [
        (&[][..], 100_000.0),
        (&[], 97_000.0),
        (&[("margin.tiers", 1.0)], 98_500.0),
        (&[("volatility_margin.enabled", 1.0), ("margin.tiers", 1.0)], 103_000.0),
    ] {
        let mut still = scenario(settings);
        still.set("market.volatility", 0.0).unwrap();
        still.set("market.start_price", start).unwrap();
        // Nothing is sold, so that no price moves.
        still.set("execution.latency", 600.0).unwrap();
        still.adopt_positions(list(&book()).positions).unwrap();
        let past = past_liquidation(&still.parameters, &still.positions);
        let mut simulation = Simulation::new(&still).unwrap();
        let before = simulation.assets()[0].standing().count();
        simulation.step();
        let gone = before - simulation.assets()[0].standing().count();
        assert_eq!(gone, past.all(), "{settings:?} at {start}");
        if start < 98_000.0 {
            assert!(gone > 20 && past.count[0] == gone, "{past:?}");
        }
    }
}

#[test]
fn a_path_begins_where_listed_positions_stand() {
    let listed = take_list(&preset(), positions());
    assert_eq!(listed.what, "3 longs and 2 shorts");
    let start = listed.scenario.parameters.market.start_price;
    assert!(
        (19_800.0..=21_000.0).contains(&start),
        "all entries are far from the preset's price: {start}"
    );
    assert_eq!(listed.scenario.parameters.positions.count, 5);
    assert!(listed.cautions.is_empty(), "{:?}", listed.cautions);
    says(&listed.changes, "5 positions take the place of the 20,000 drawn ones");
    // 17,000 would be past the liquidation price of two longs, 100,000 is no price of this list at all.
    for first in [17_000.0, 100_000.0] {
        let adopted = take_path(&listed.scenario, &path(&[(0.0, first), (600.0, 0.99 * first)]));
        assert_eq!(adopted.scenario.parameters.market.start_price, start);
        assert!(adopted.cautions.is_empty(), "{:?}", adopted.cautions);
        let spared = if first < start {
            "3 of 5 listed positions"
        } else {
            "2 of 5 listed positions"
        };
        says(&adopted.changes, spared);
    }
    let nearby = take_path(&listed.scenario, &path(&[(0.0, 20_200.0), (600.0, 20_000.0)]));
    assert_eq!(nearby.scenario.parameters.market.start_price, 20_200.0);
    says(&nearby.changes, "→ 20,200 USD: the first price of the path");
    // Whoever insists is told what it costs, in figures.
    let points = path(&[(0.0, 17_000.0), (600.0, 16_900.0)]);
    let offer = offered_path(&points, 600.0);
    let [own, present] = offer.starts(&listed.scenario).unwrap();
    assert_eq!((own.past.count, present.past.all()), ([3, 0], 0));
    let choices = Choices {
        start_price: own.price,
        ..offer.suggest(&listed.scenario, &[])
    };
    let insisted = offer.adopt(&listed.scenario, &choices).unwrap();
    says(
        &insisted.cautions,
        "At the start price of 17,000 USD 3 of 3 longs (1.107 M USD of 1.107 M USD) and 0 of 2 shorts",
    );
    says(&insisted.cautions, "it is none");
}

#[test]
fn shocks_give_way_to_a_path_unless_they_are_kept() {
    let mut before = preset();
    before.set("assets.count", 2.0).unwrap();
    let shocks = |scenario: &Scenario| {
        let of = |event: &&cascade_lab::scenario::Event| matches!(event.action, Action::Shock(_));
        scenario.events.iter().filter(of).count()
    };
    let others = before.events.len() - 1;
    assert_eq!(shocks(&before), 1);
    let mut second = before
        .events
        .iter()
        .find(|event| matches!(event.action, Action::Shock(_)))
        .unwrap()
        .clone();
    if let Action::Shock(shock) = &mut second.action {
        shock.asset = Some(2);
    }
    before.events.push(second);
    let points = path(&[(0.0, 100_000.0), (600.0, 97_000.0)]);
    let offer = offered_path(&points, 60.0);
    let mut choices = offer.suggest(&before, &[]);
    let dropped = offer.adopt(&before, &choices).unwrap();
    // The one of the second asset, which follows no path, stays, and so does everything that is no shock.
    assert_eq!(
        (shocks(&dropped.scenario), dropped.scenario.events.len()),
        (1, others + 1)
    );
    says(
        &dropped.changes,
        "1 timed shock of the scenario is dropped: the path is the news",
    );
    choices.keep_shocks = true;
    let kept = offer.adopt(&before, &choices).unwrap();
    assert_eq!(kept.scenario.events, before.events);
    says(&kept.cautions, "1 timed shock of the scenario comes on top of the path");
}

#[test]
fn a_chain_of_another_price_is_scaled_to_listed_positions() {
    let text = "spot,strike,type,days,oi,iv\n4000,4000,call,7,1000,0.2\n4000,3800,put,7,1000,0.2\n";
    let reading = read_as("c.csv", text, ImportKind::OptionChain, ReadOptions::default()).unwrap();
    let Imported::OptionChain(chain) = reading.data else {
        panic!("it is a chain");
    };
    let alone = take_chain(&preset(), &chain);
    assert_eq!(alone.scenario.parameters.market.start_price, 4_000.0);
    assert_eq!(alone.scenario.options[1].strike, 3_800.0);
    says(&alone.changes, "the price of the underlying in the chain");
    let listed = take_list(&preset(), positions()).scenario;
    let start = listed.parameters.market.start_price;
    let both = take_chain(&listed, &chain);
    assert_eq!(both.scenario.parameters.market.start_price, start);
    assert!((both.scenario.options[1].strike / start - 0.95).abs() < 1e-12);
    says(&both.changes, "All strikes are multiplied by");
    // The exposure stays as it was, in USD per 1 %.
    let exposure = |scenario: &Scenario| {
        Simulation::new(scenario).unwrap().assets()[0]
            .observation()
            .gamma_exposure
    };
    let ratio = exposure(&both.scenario) / exposure(&alone.scenario);
    assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
    // A list that comes later leaves the strikes behind, and that is said.
    let later = take_list(&alone.scenario, positions());
    says(&later.cautions, "The 2 option series keep their strikes");
}

#[test]
fn what_was_set_on_purpose_stays() {
    let points = path(&[(0.0, 50_000.0), (1e7, 49_000.0)]);
    let offer = offered_path(&points, 1_800.0);
    let free = offer.suggest(&preset(), &[]);
    assert_eq!((free.start_price, free.step_seconds), (50_000.0, 1_800.0));
    let fixed = offer.suggest(&preset(), &["market.start_price", "market.step_seconds"]);
    assert_eq!((fixed.start_price, fixed.step_seconds), (100_000.0, 10.0));
}

/// The window, which is told nothing but the file, and the command line come to the same run.
#[test]
fn window_and_command_line_adopt_alike() {
    let folder = tempfile::tempdir().unwrap();
    let chain = "spot,strike,type,days,oi,iv\n17000,17000,call,7,900000,0.6\n17000,16000,put,7,10000,0.6\n";
    for (option, name, text) in [
        ("--positions", "book.csv", LIST),
        (
            "--path",
            "days.csv",
            "time,price\n2024-01-01,17000\n2024-02-01,16800\n2024-03-01,16500\n",
        ),
        ("--options", "chain.csv", chain),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let run = ["run", "first-cascade", "--steps", "150", "--json", option, name];
        let output = super::program::program(folder.path(), &run);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();

        let mut app = App::new(preset(), None, Settings::default()).unwrap();
        app.update(PlaybackCommand::Pause);
        app.update(Command::Import(file));
        while app.poll_import() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let preview = app.import.as_ref().unwrap().ready().unwrap();
        let adoption = preview.adoption.clone().unwrap().unwrap();
        app.update(Command::EditImport(ImportCommand::Use));
        assert_eq!(app.present.scenario, adoption.scenario);
        assert!(adoption.changes.len() > 1, "{:?}", adoption.changes);
        for sentence in adoption.changes.iter().chain(&adoption.cautions) {
            assert!(said.contains(sentence), "{sentence}: {said}");
        }
        app.run(150);
        assert_eq!(
            format!("{:016x}", app.present.simulation.digest()),
            report["digest"],
            "{name}"
        );
    }
}

/// The axes of a fragility study act: a list lets leverage rest, and gives it back when it is dropped.
#[test]
fn the_axes_of_a_study_act_on_a_listed_book() {
    let mut app = App::new(preset(), None, Settings::default()).unwrap();
    let leverage = app.studies.plan;
    let mut listed = preset();
    listed.adopt_positions(list(&book()).positions).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("listed.ron");
    cascade_lab::files::preset::save(&saved, &listed).unwrap();
    app.update(FileCommand::Open(saved));
    let axes = |app: &App| {
        let plan = app.studies.plan;
        [plan.x, plan.y.unwrap()].map(|axis| parameter(axis.parameter))
    };
    for row in axes(&app) {
        assert_eq!(app.present.scenario.idle(row), None, "{}", row.path);
        let (low, high) = (0.5 * row.get(&listed.parameters), 2.0 * row.get(&listed.parameters));
        let digest = |value: f64| {
            let mut scenario = listed.clone();
            row.set(&mut scenario.parameters, value).unwrap();
            let mut simulation = Simulation::new(&scenario).unwrap();
            (0..200).for_each(|_| simulation.step());
            simulation.digest()
        };
        assert_ne!(digest(low), digest(high), "{} changes nothing", row.path);
    }
    app.update(Command::DropImported(ImportKind::Positions));
    assert_eq!((app.studies.plan.x, app.studies.plan.y), (leverage.x, leverage.y));
}

/// A list whose figures its sliders cannot show is not shown wrongly without a word.
#[test]
fn figures_beyond_their_sliders_are_told() {
    let adopted = take_list(
        &scenario(&[]),
        list("side,entry,size,leverage\nlong,100000,1,250\n").positions,
    );
    assert_eq!(adopted.scenario.parameters.positions.count, 1);
    assert_eq!(adopted.scenario.parameters.leverage.mean, 100.0);
    says(&adopted.cautions, "The list's mean leverage is 250");
}

/// A book that the depth of the market would not feel, or would not survive, is most probably of another market or unit.
#[test]
fn a_list_out_of_proportion_to_the_books_is_told() {
    for (size, words) in [
        (
            "1",
            Some("The list is very small for these books: closing all of it, 100 k USD"),
        ),
        ("10000", None),
        (
            "1000000",
            Some("The list is very large for these books: closing all of it, 100 bn USD"),
        ),
    ] {
        let adopted = take_list(
            &scenario(&[]),
            list(&format!("side,entry,size,leverage\nlong,100000,{size},5\n")).positions,
        );
        match words {
            Some(words) => says(&adopted.cautions, words),
            None => assert!(adopted.cautions.is_empty(), "{:?}", adopted.cautions),
        }
    }
}

/// Tiers come while a liquidation queue stands, and go again: positions, queue, tranches and calls stay what they are.
#[test]
fn other_tiers_leave_the_queue_of_a_listed_book_alone() {
    let mut start = bare(&[
        ("throttle.enabled", 1.0),
        ("staggered.enabled", 1.0),
        ("margin_calls.enabled", 1.0),
        ("venues.count", 4.0),
        ("execution.latency", 40.0),
        ("execution.rounds_per_step", 3.0),
    ]);
    start.set("liquidity.depth", 2e11).unwrap();
    start.adopt_positions(list(&book()).positions).unwrap();
    let mut simulation = Simulation::new(&start).unwrap();
    super::common::shock(&mut simulation, -0.03);
    (0..6).for_each(|_| simulation.step());
    let tiers = find("margin.tiers").unwrap().id;
    let ids = |simulation: &Simulation| {
        let mut all: Vec<_> = simulation.assets()[0]
            .standing()
            .map(|one| (one.position.id, one.position))
            .collect();
        all.sort_by_key(|(id, _)| *id);
        all
    };
    let totals = |simulation: &Simulation| {
        let seen = simulation.assets()[0].observation();
        (seen.levered_longs, seen.levered_shorts, seen.queued)
    };
    for value in [1.0, 0.0, 1.0] {
        let (standing, before) = (ids(&simulation), totals(&simulation));
        assert!(before.2 > 0.0, "a queue stands");
        let mut unswitched = simulation.clone();
        simulation.set(tiers, value).unwrap();
        assert_eq!((ids(&simulation), totals(&simulation)), (standing, before));
        (0..2).for_each(|_| simulation.step());
        (0..2).for_each(|_| unswitched.step());
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
        assert!(simulation.assets()[0].observation().queued > 0.5 * unswitched.assets()[0].observation().queued);
    }
    (0..400).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    assert!(simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-9);
}

/// Every asset starts where its own entries are, not only the first.
#[test]
fn every_asset_starts_near_its_own_entries() {
    let text = "symbol,side,size,entryPrice,leverage\nBTCUSDT,long,100,60000,10\nETHUSDT,long,10,2500,10\nETHUSDT,short,5,2560,10\n";
    let two = scenario(&[("assets.count", 2.0)]);
    let adopted = take_list(&two, list(text).positions);
    let parameters = adopted.scenario.parameters;
    assert_eq!(parameters.market.start_price, 60_000.0);
    let mean = (25_000.0 * 2_500.0 + 12_800.0 * 2_560.0) / 37_800.0;
    let start = parameters.of_asset(AssetId::numbered(2)).market.start_price;
    assert!((start / mean - 1.0).abs() < 1e-12, "{start}");
    says(&adopted.changes, "the mean entry of the list");
    assert!(adopted.cautions.is_empty(), "{:?}", adopted.cautions);
    let fixed = offered(Imported::Positions(list(text).positions)).suggest(&two, &["asset_2.start_price"]);
    assert_eq!(fixed.other_start_prices[0], two.parameters.other_assets[0].start_price);
}
