//! What the shipped presets' descriptions promise, with room for changes of the model that do not change the story.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use cascade_lab::engine::{Simulation, Source, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::{AssetId, Route};

const STEPS: usize = 1_440;

/// A run of a preset with some sliders moved.
fn run(name: &str, settings: &[(&str, f64)]) -> Simulation {
    let mut scenario = preset::find(name).unwrap();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..STEPS).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none(), "{name}: {:?}", simulation.halted());
    simulation
}

/// A price relative to the start.
fn change(simulation: &Simulation, price: f64) -> f64 {
    price / simulation.scenario().parameters.market.start_price - 1.0
}

/// The lowest price of a run, relative to the start.
fn lowest(name: &str, settings: &[(&str, f64)]) -> f64 {
    let simulation = run(name, settings);
    change(&simulation, simulation.summary_of(AssetId::FIRST).lowest_price)
}

fn end(simulation: &Simulation) -> f64 {
    change(simulation, simulation.assets()[0].observation().spot)
}

#[track_caller]
fn within(value: f64, low: f64, high: f64) {
    assert!((low..high).contains(&value), "{value}, not from {low} to {high}");
}

/// Share of the liquidations that were closed below zero equity.
fn below_zero(summary: &Summary) -> f64 {
    summary.negative_equity_count as f64 / summary.liquidation_count as f64
}

/// Most of those who are liquidated keep something, and the fund gains; on the preset's own seed and on others.
#[test]
fn first_cascade_falls_three_times_as_far_as_the_news() {
    let simulation = run("first-cascade", &[]);
    let summary = simulation.summary_of(AssetId::FIRST);
    within(change(&simulation, summary.lowest_price), -0.065, -0.05);
    within(end(&simulation), -0.035, -0.02);
    for seed in [7, 11, 12, 13, 14] {
        let mut scenario = preset::find("first-cascade").unwrap();
        let fund = scenario.parameters.fund.insurance;
        scenario.seed = seed;
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        let summary = simulation.summary_of(AssetId::FIRST);
        within(below_zero(&summary), 0.0, 0.3);
        assert!(
            summary.insurance_fund_usd > fund && summary.adl_count == 0,
            "{summary:?}"
        );
    }
}

/// The extreme: nearly all are closed below zero, at prices that the sales before them have made.
#[test]
fn runaway_goes_through_the_ladder() {
    let simulation = run("runaway", &[]);
    let summary = simulation.summary_of(AssetId::FIRST);
    within(change(&simulation, summary.lowest_price), -0.10, -0.07);
    within(end(&simulation), -0.055, -0.03);
    within(below_zero(&summary), 0.9, 1.0);
    within(summary.insurance_fund_usd, 0.6e8, 0.75e8);
    assert!(summary.reproduction_ratio > 1.5, "{summary:?}");
}

#[test]
fn quiet_market_liquidates_nobody() {
    assert_eq!(run("quiet-market", &[]).summary_of(AssetId::FIRST).liquidation_count, 0);
}

#[test]
fn squeezes_go_both_ways() {
    within(lowest("long-squeeze", &[]), -0.085, -0.055);
    let simulation = run("short-squeeze", &[]);
    within(
        change(&simulation, simulation.summary_of(AssetId::FIRST).highest_price),
        0.09,
        0.13,
    );
}

/// The throttle helps where impact recovers, and deepens a fall that news goes on driving.
#[test]
fn a_throttle_helps_and_hurts() {
    let simulation = run("circuit-breaker", &[]);
    within(
        change(&simulation, simulation.summary_of(AssetId::FIRST).lowest_price),
        -0.075,
        -0.055,
    );
    within(end(&simulation), -0.055, -0.03);
    let trend = |throttle| {
        let settings = [
            ("shock.size", -0.06),
            ("shock.over_steps", 240.0),
            ("throttle.enabled", throttle),
        ];
        run("circuit-breaker", &settings)
            .summary_of(AssetId::FIRST)
            .max_drawdown
    };
    let (throttled, free) = (trend(1.0), trend(0.0));
    assert!(throttled > free + 0.005, "{throttled} {free}");
}

/// Margin that follows volatility against a fixed one, on 32 pairs of seeds: out of the calm it deepens the fall, where it has been
/// volatile for long and entries were capped by it there is hardly any; where it caps no entry there is only the cost.
#[test]
fn dynamic_margin_costs_out_of_the_calm_and_pays_in_the_storm() {
    let pairs = |volatility, multiple| {
        let fall = |enabled, seed| {
            let mut scenario = preset::find("dynamic-margin").unwrap();
            scenario.seed = seed;
            for (path, value) in [
                ("market.volatility", volatility),
                ("margin.initial_multiple", multiple),
                ("volatility_margin.enabled", enabled),
            ] {
                scenario.set(path, value).unwrap();
            }
            let mut simulation = Simulation::new(&scenario).unwrap();
            (0..STEPS).for_each(|_| simulation.step());
            simulation.summary_of(AssetId::FIRST).max_drawdown
        };
        let mut gaps: Vec<f64> = (1..=32).map(|seed| fall(1.0, seed) - fall(0.0, seed)).collect();
        gaps.sort_unstable_by(f64::total_cmp);
        (gaps[16], gaps.iter().filter(|gap| **gap > 0.0).count())
    };
    let (calm, deeper) = pairs(0.5, 5.0);
    assert!(calm > 0.03 && deeper >= 31, "{calm} {deeper}");
    let (edge, deeper) = pairs(0.7, 5.0);
    assert!(edge > 0.01 && deeper >= 24, "{edge} {deeper}");
    let (storm, deeper) = pairs(1.0, 5.0);
    assert!(storm < -0.04 && deeper <= 2, "{storm} {deeper}");
    let (uncapped, deeper) = pairs(1.0, 1.3);
    assert!(uncapped > 0.03 && deeper >= 28, "{uncapped} {deeper}");
}

#[test]
fn massed_levels_fall_further_than_spread_ones() {
    within(lowest("clustered-versus-spread", &[]), -0.09, -0.07);
    within(
        lowest("clustered-versus-spread", &[("concentration.width", 8.0)]),
        -0.04,
        -0.03,
    );
}

#[test]
fn an_auction_spares_the_book_while_it_has_capital_and_time() {
    let name = "auction-versus-book";
    assert!(lowest(name, &[]) > -0.035, "{}", lowest(name, &[]));
    for printed in [
        ("routes.route", 0.0),
        ("auction.capacity", 5e7),
        ("auction.unwind", 600.0),
    ] {
        assert!(
            lowest(name, &[printed]) < -0.05,
            "{printed:?}: {}",
            lowest(name, &[printed])
        );
    }
}

#[test]
fn collateral_comes_too_late_over_a_slow_bridge() {
    let slow = run("bridge-latency", &[]);
    let fast = run("bridge-latency", &[("margin_calls.collateral_latency", 120.0)]);
    within(
        change(&slow, slow.summary_of(AssetId::FIRST).lowest_price),
        -0.065,
        -0.05,
    );
    let run = fast.summary_of(AssetId::FIRST);
    within(change(&fast, run.lowest_price), -0.045, -0.035);
    assert!(run.top_ups_late_usd < 0.05 * run.topped_up_usd);
    assert!(run.liquidation_count * 5 < slow.summary_of(AssetId::FIRST).liquidation_count);
}

/// The second asset falls only where the collateral is the first one's coins.
#[test]
fn coins_as_collateral_carry_a_fall_over() {
    let second = |share, enabled| {
        let settings = [("cross.coin_share", share), ("cross.enabled", enabled)];
        let simulation = run("cross-collateral-contagion", &settings);
        simulation.assets()[1].summary().max_drawdown
    };
    let (coins, dollars, none) = (second(1.0, 1.0), second(0.0, 1.0), second(0.0, 0.0));
    within(coins, 0.14, 0.22);
    assert!(dollars < none + 0.01, "{dollars} {none}");
}

/// One index carries a sale on spot to every venue; at w = 0 the same sale liquidates hardly anybody and nothing is
/// synchronised.
#[test]
fn one_index_makes_venues_one_event() {
    let [one, own] = [1.0, 0.0].map(|weight| {
        let settings = [("marks.synchronisation", weight)];
        run("venue-synchronisation", &settings).summary_of(AssetId::FIRST)
    });
    assert!(own.reproduction_ratio < 1.0, "supercritical by themselves: {own:?}");
    assert!(
        one.liquidated_notional_usd > 5.0 * own.liquidated_notional_usd,
        "{one:?} {own:?}"
    );
    let step = one.systemic.synchronised_step;
    assert!(step.is_some_and(|step| (121..130).contains(&step)), "{step:?}");
    assert_eq!(own.systemic.synchronised_step, None);
}

/// Separate funds deleverage although they have money elsewhere, members who pay for their own clients only do so too, a
/// clearing house does not, and its fall is deeper for it.
#[test]
fn central_clearing_goes_further() {
    let name = "central-clearing";
    assert_eq!(preset::find(name).unwrap().parameters.clearing.scheme as u8, 2);
    let [none, bilateral, central] =
        [0.0, 1.0, 2.0].map(|scheme| run(name, &[("clearing.scheme", scheme)]).summary_of(AssetId::FIRST));
    assert!(none.adl_count > 300 && none.insurance_fund_usd > 5e6, "{none:?}");
    assert!(
        bilateral.adl_count > 100 && bilateral.adl_count < none.adl_count,
        "{bilateral:?}"
    );
    assert!(central.adl_count == 0 && central.bad_debt_usd == 0.0, "{central:?}");
    assert!(central.clearing.mutualised_usd > 1e6, "{central:?}");
    assert!(central.max_drawdown > none.max_drawdown + 0.005, "{none:?} {central:?}");
    assert!((0.3..0.8).contains(&central.clearing.netting_benefit()), "{central:?}");
}

/// A squeeze of several times the news, which is not there without hedging.
#[test]
fn dealers_drive_a_gamma_squeeze() {
    let [hedged, free] = [1.0, 0.0].map(|hedging| {
        let simulation = run("gamma-squeeze", &[("dealers.enabled", hedging)]);
        change(&simulation, simulation.summary_of(AssetId::FIRST).highest_price)
    });
    assert!((0.055..0.085).contains(&hedged) && free < 0.03, "{hedged} {free}");
}

/// The price comes back to its strike until the options expire, and falls further than without them when they have.
#[test]
fn dealers_pin_the_price_until_expiry() {
    let [pinned, free] = [1.0, 0.0].map(|hedging| {
        let mut scenario = preset::find("gamma-pinning").unwrap();
        scenario.set("dealers.enabled", hedging).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..1_075).for_each(|_| simulation.step());
        let at_expiry = change(&simulation, simulation.assets()[0].observation().spot);
        (at_expiry, lowest("gamma-pinning", &[("dealers.enabled", hedging)]))
    });
    assert!(pinned.0.abs() < 0.001 && free.0 < -0.007, "{pinned:?} {free:?}");
    assert!(pinned.1 < free.1 - 0.005, "{pinned:?} {free:?}");
}

/// Settled in coins, the pinned price stays where it was: dealers exercise no more than the strike can bear. The bound is four
/// deviations of the news in ten minutes.
#[test]
fn physical_settlement_does_not_move_a_pinned_price() {
    let mut scenario = preset::find("gamma-pinning").unwrap();
    scenario.set("options.settlement", 1.0).unwrap();
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..1_079).for_each(|_| simulation.step());
    let bound = 4.0 * 0.4 * f64::sqrt(600.0 / cascade_lab::engine::YEAR_SECONDS);
    for _ in 0..60 {
        simulation.step();
        let spot = change(&simulation, simulation.assets()[0].observation().spot);
        assert!(spot.abs() < bound, "{spot}, bound {bound}");
    }
}

/// The largest fall of spot within a step.
fn largest_step(name: &str, settings: &[(&str, f64)]) -> f64 {
    let mut scenario = preset::find(name).unwrap();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    let mut spot = || {
        let before = simulation.assets()[0].observation().spot;
        simulation.step();
        1.0 - simulation.assets()[0].observation().spot / before
    };
    (0..STEPS).map(|_| spot()).fold(0.0, f64::max)
}

/// A third more than the news, in jumps at the round numbers; with leverage neither news nor stops alone go as far as both.
#[test]
fn stop_orders_make_a_fall_jump_at_round_numbers() {
    let name = "stop-orders";
    let off = ("stops.enabled", 0.0);
    let spread = ("stops.round_share", 0.0);
    let levered = ("leverage.mean", 10.0);
    within(lowest(name, &[]), -0.0405, -0.037);
    within(lowest(name, &[spread]), -0.0405, -0.037);
    within(lowest(name, &[off]), -0.031, -0.027);
    within(lowest(name, &[levered]), -0.066, -0.056);
    within(lowest(name, &[levered, off]), -0.038, -0.032);
    within(largest_step(name, &[]), 0.005, 0.008);
    within(largest_step(name, &[("stops.round_spacing", 0.02)]), 0.009, 0.013);
    for smooth in [spread, off] {
        within(largest_step(name, &[smooth]), 0.0005, 0.003);
    }
    let summary = run(name, &[]).summary_of(AssetId::FIRST);
    assert!(
        summary.liquidated_notional_usd < 1e7 && summary.stops_sold_usd > 2e8,
        "{summary:?}"
    );
    assert!(summary.largest_attribution[Source::Stops] < -0.01, "{summary:?}");
}

/// No single force owns the fall: most push, the providers hold against them, and taking one away changes the run by far more
/// than its own part.
#[test]
fn everything_on_has_many_owners() {
    let name = "everything-on";
    let simulation = run(name, &[]);
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.ledger_max_relative_error <= 1e-9, "{summary:?}");
    let fall = summary.max_drawdown;
    within(fall, 0.085, 0.115);
    within(end(&simulation), -0.07, -0.045);
    let parts = summary.largest_attribution;
    let pushing = parts.values().filter(|part| **part < -0.000_3).count();
    assert!(pushing >= 8, "{parts:?}");
    assert!(parts.values().all(|part| *part > -0.07), "{parts:?}");
    // Every mechanism has something to do.
    let by_route = &summary.liquidated_by_route_usd;
    for busy in [
        by_route[Route::OrderBook],
        by_route[Route::Amm],
        by_route[Route::Auction],
        by_route[Route::Vault],
        summary.adl_notional_usd,
        summary.topped_up_usd,
        summary.top_ups_late_usd,
        summary.sold_on_call_usd,
        summary.liquidated_by_tightening_usd,
        summary.hedged_notional_usd,
        summary.predators_traded_usd,
        summary.providers_traded_usd,
        summary.unwound_notional_usd,
        summary.socialised_loss_usd,
        summary.clearing.default_fund_used_usd,
        summary.cross_liquidated_usd,
        summary
            .lending
            .as_ref()
            .map_or(0.0, |lending| lending.liquidated_debt_usd),
        1.0 - summary.makers_standing_min,
    ] {
        assert!(busy > 0.0, "{summary:?}");
    }
    // The news is of the first asset; what it sets off weighs on the others.
    assert!(simulation.assets()[0].summary().max_drawdown > 0.02);
    for other in &simulation.assets()[1..] {
        let summary = other.summary();
        assert!(summary.cross_liquidated_usd > 5e7 && summary.largest_attribution[Source::Contagion] < -0.005);
    }

    let without = |path| run(name, &[(path, 0.0)]).summary_of(AssetId::FIRST);
    let undefended = without("providers.enabled");
    assert!(undefended.max_drawdown > 1.4 * fall && undefended.adl_count > 2 * summary.adl_count);
    for (path, left) in [
        ("makers.enabled", 0.87),
        ("dealers.enabled", 0.75),
        ("volatility_margin.enabled", 0.87),
    ] {
        assert!(without(path).max_drawdown < left * fall, "{path}");
    }
    assert_eq!(
        run(name, &[("leverage.mean", 6.0)])
            .summary_of(AssetId::FIRST)
            .adl_count,
        0
    );
    let alone = without("clearing.scheme");
    assert!(
        alone.adl_count > summary.adl_count && alone.max_drawdown < fall - 0.008,
        "{alone:?}"
    );
}
