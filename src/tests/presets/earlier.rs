//! Files of before the parameters that have taken over from others: they load as what they meant.

use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, IndexSource, ParameterChange, find, parameter};

/// The laws of impact of before say what they said: an order of ADV·(1 %/(Y·σ))² moved the price by 1 %.
#[test]
fn square_root_impact_of_before_still_loads() {
    let parameters = "\"liquidity.depth\": 15e9, \"liquidity.impact\": \"square-root\", \
        \"liquidity.square_root_coefficient\": 2.0, \"liquidity.daily_volatility\": 0.02, \"liquidity.daily_volume\": 32e8";
    let change =
        |parameter: &str, value: &str| format!("(step: 5, action: Set(parameter: {parameter:?}, value: {value})),");
    let events = change("liquidity.daily_volume", "16e8") + &change("liquidity.impact", "\"linear\"");
    let text = format!("(format: 1, parameters: {{{parameters}}}, events: [{events}])");
    let scenario = preset::parse("a.ron", &text).unwrap();
    let liquidity = scenario.parameters.liquidity;
    assert_eq!(liquidity.impact_exponent, 2.0);
    assert!((liquidity.depth / 2e10 - 1.0).abs() < 1e-12, "{}", liquidity.depth);
    let changes: Vec<_> = scenario
        .events
        .iter()
        .map(|event| match event.action {
            Action::Set(change) => (parameter(change.parameter()).path.as_str(), change.value().round()),
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(changes, [("liquidity.depth", 1e10), ("liquidity.impact_exponent", 1.0)]);
    let linear = parameters.replace("square-root\"", "linear\"");
    let scenario = preset::parse("a.ron", &format!("(format: 1, parameters: {{{linear}}})")).unwrap();
    let liquidity = scenario.parameters.liquidity;
    assert_eq!((liquidity.impact_exponent, liquidity.depth), (1.0, 15e9));
}

/// A law of before whose depth no book may have now is refused with the numbers that come to it, where they stand.
#[test]
fn square_root_impact_of_before_out_of_all_bounds_is_refused_with_the_reason() {
    let law = "\"liquidity.impact\": \"square-root\",\n\"liquidity.square_root_coefficient\": 2.0, \"liquidity.daily_volatility\": \
        0.2,\n\"liquidity.daily_volume\": 1e8,\n\"market.volatility\": 0.5";
    let error = preset::parse("a.ron", &format!("(format: 1, parameters: {{{law}}})")).unwrap_err();
    let report = error.report(10);
    for words in [
        "line 3",
        "`liquidity.daily_volume` is 100000000",
        "100·ADV·(1 %/(Y·σ))²",
        "from 100 M to 1 tn USD",
        "this one gives 6.25 M",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
    // The same in a change on the way.
    let set = "events: [(step: 5, action: Set(parameter: \"liquidity.daily_volume\", value: 1e8))]";
    let law = law.replace("\"liquidity.daily_volume\": 1e8", "\"liquidity.daily_volume\": 1e12");
    let error = preset::parse("a.ron", &format!("(format: 1, parameters: {{{law}}}, {set})")).unwrap_err();
    assert!(
        error.report(10).contains("this one gives 6.25 M"),
        "{}",
        error.report(10)
    );
}

/// Who reacted once a round and hedged every so many steps does so in seconds now: the same ones.
#[test]
fn files_that_count_reactions_in_steps_mean_what_they_meant() {
    let text = r#"(
        format: 1,
        parameters: {"dealers.interval": 6, "market.step_seconds": 20, "execution.rounds_per_step": 4},
        events: [(step: 3, action: Set(parameter: "dealers.interval", value: 2))],
    )"#;
    let scenario = preset::parse("a.ron", text).unwrap();
    let parameters = &scenario.parameters;
    assert_eq!(parameters.dealers.hedging_interval, 120.0);
    assert_eq!((parameters.execution.interval, parameters.lending.interval), (5.0, 5.0));
    assert_eq!(parameters.market.sampling_seconds, 20.0);
    let set = ParameterChange::new(find("dealers.hedging_interval").unwrap().id, 40.0).unwrap();
    assert_eq!(scenario.events[0].action, Action::Set(set));
}

/// Where venues marked to an index, it was of all books; a file that says nothing of either gets what is usual now.
#[test]
fn the_index_of_before_is_of_all_books() {
    let source = |parameters: &str| {
        let text = format!("(format: 1, parameters: {{{parameters}}})");
        preset::parse("a.ron", &text).unwrap().parameters.index.source
    };
    assert_eq!(source("\"marks.synchronisation\": 0.5"), IndexSource::AllBooks);
    assert_eq!(source("\"market.volatility\": 0.5"), IndexSource::Spot);
    let both = "\"marks.synchronisation\": 0.5, \"index.source\": \"spot\"";
    assert_eq!(source(both), IndexSource::Spot);
}

/// Makers looked in every round before they had an interval.
#[test]
fn makers_of_before_look_in_every_round() {
    let interval = |parameters: &str| {
        let text = format!("(format: 1, parameters: {{{parameters}}})");
        preset::parse("a.ron", &text).unwrap().parameters.makers.interval
    };
    assert_eq!(interval("\"makers.enabled\": true"), 0.0);
    assert_eq!(interval("\"makers.enabled\": true, \"makers.interval\": 5.0"), 5.0);
    assert_eq!(interval("\"market.volatility\": 0.5"), 10.0);
}
