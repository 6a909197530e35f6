//! Which way a slider moves what it is there for: each force at two settings, everything else the same, in a preset in which it acts.
//! Where two effects oppose each other (a slow arbitrage keeps a fall out of spot, and futures apart) there is no row.

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

/// Every one of them has to go the same way.
const PAIRS: std::ops::RangeInclusive<u64> = 1..=4;
/// Long enough for the news and the cascade after it.
const STEPS: usize = 420;

/// A figure of a run.
type OfRun = fn(&Summary) -> f64;

const FALL: OfRun = |run| run.max_drawdown;
const FUTURES_FALL: OfRun = |run| run.futures_max_drawdown;
const RATE: OfRun = |run| run.peak_liquidation_rate_usd_per_second;

/// A run's figure with a slider at a value.
fn found(preset_name: &str, settings: &[(&str, f64)], slider: (&str, f64), figure: OfRun, seed: u64) -> f64 {
    let mut scenario = preset::find(preset_name).unwrap();
    scenario.seed = seed;
    for (path, value) in settings.iter().chain([&slider]) {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..STEPS).for_each(|_| simulation.step());
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    figure(&simulation.summary_of(AssetId::FIRST))
}

/// The figure is larger at the second of two values of a slider than at the first, on every pair of runs.
#[track_caller]
fn rises(preset_name: &str, settings: &[(&str, f64)], slider: &str, [low, high]: [f64; 2], figure: OfRun) {
    for seed in PAIRS {
        let [low, high] = [low, high].map(|value| found(preset_name, settings, (slider, value), figure, seed));
        assert!(low < high, "{preset_name}, {slider}, seed {seed}: {low} and {high}");
    }
}

#[test]
fn what_deepens_a_fall_is_leverage_size_and_thin_books() {
    let rises = |slider, ends, figure| rises("first-cascade", &[], slider, ends, figure);
    rises("leverage.mean", [8.0, 16.0], FALL);
    rises("positions.open_interest", [2e9, 5e9], FALL);
    rises("positions.long_share", [0.4, 0.8], FALL);
    rises("positions.coin_margin_share", [0.0, 1.0], FALL);
    rises("margin.maintenance", [0.005, 0.03], FALL);
    rises("concentration.width", [5.0, 0.1], FALL);
    rises("liquidity.depth", [3e10, 1.2e10], FALL);
    rises("liquidity.permanent_share", [0.0, 1.0], FALL);
    rises("liquidity.resilience_half_life", [60.0, 7_200.0], FALL);
    rises("liquidity.impact_exponent", [2.0, 1.0], FALL);
    rises("shock.size", [-0.01, -0.04], FALL);
    rises("shock.over_steps", [120.0, 1.0], RATE);
}

#[test]
fn makers_and_stop_orders_deepen_a_fall() {
    rises("maker-failure", &[], "makers.share", [0.2, 0.95], FALL);
    rises("maker-failure", &[], "makers.withdrawal", [0.0, 2.0], FALL);
    rises("maker-failure", &[], "makers.capacity", [1e12, 5e8], FALL);
    rises("stop-orders", &[], "stops.notional", [1e8, 1e9], FALL);
    rises("stop-orders", &[], "stops.sell_share", [0.2, 0.9], FALL);
    rises("stop-orders", &[], "stops.distance", [0.3, 0.02], FALL);
}

#[test]
fn predators_deepen_a_fall_and_providers_stop_it() {
    rises("predators", &[], "predators.capital", [1e7, 1e9], FALL);
    rises("liquidity-defence", &[], "providers.capital", [2e9, 1e7], FALL);
    rises("liquidity-defence", &[], "providers.first_discount", [0.005, 0.1], FALL);
}

#[test]
fn where_liquidated_positions_go_decides_how_far_the_price_falls() {
    let (auction, vault) = ([("routes.route", 2.0)], [("routes.route", 3.0)]);
    rises("auction-versus-book", &auction, "auction.capacity", [1e9, 1e6], FALL);
    rises("auction-versus-book", &vault, "vault.capital", [2e9, 1e6], FALL);
    rises(
        "first-cascade",
        &[("routes.route", 1.0)],
        "amm.reserves_usd",
        [5e9, 1e7],
        FALL,
    );
    rises("auto-deleveraging", &[], "fund.insurance", [0.0, 5e8], FALL);
}

#[test]
fn breakers_and_margin_rules() {
    rises(
        "circuit-breaker",
        &[("throttle.enabled", 1.0)],
        "throttle.cap",
        [1e6, 1e9],
        RATE,
    );
    let halts = [("throttle.enabled", 0.0), ("halt.enabled", 1.0)];
    rises("circuit-breaker", &halts, "halt.trigger", [0.02, 0.2], RATE);
    let band = [("throttle.enabled", 0.0), ("price_band.enabled", 1.0)];
    rises("circuit-breaker", &band, "price_band.width", [0.01, 0.2], FUTURES_FALL);
    rises(
        "margin-procyclicality",
        &[],
        "volatility_margin.confidence",
        [0.9, 0.999],
        FALL,
    );
    // Who sells on call is not liquidated.
    rises(
        "bridge-latency",
        &[],
        "margin_calls.deleverage_share",
        [0.0, 1.0],
        |run| run.sold_on_call_usd,
    );
}

#[test]
fn options_that_dealers_are_short_deepen_a_fall() {
    rises("gamma-squeeze", &[], "options.open_interest", [1e3, 4e4], FALL);
    rises("gamma-squeeze", &[], "dealers.call_sign", [1.0, -1.0], FALL);
    rises("gamma-squeeze", &[], "options.volatility", [1.5, 0.3], |run| {
        run.hedged_notional_usd
    });
    rises("options-clearing", &[], "writers.capital", [4e8, 6e7], FALL);
    rises("options-clearing", &[], "writers.share", [0.2, 1.0], FALL);
    rises("options-clearing", &[], "writers.stress_move", [0.05, 0.2], FALL);
}

#[test]
fn loans_and_cross_margin_deepen_a_fall() {
    rises("lending-spiral", &[], "lending.debt", [5e7, 8e8], FALL);
    rises("lending-spiral", &[], "lending.bonus", [0.01, 0.15], |run| {
        run.lending.map_or(f64::NAN, |lending| lending.bad_debt_usd)
    });
    rises("cross-collateral-contagion", &[], "cross.leverage", [4.0, 20.0], FALL);
    rises(
        "cross-collateral-contagion",
        &[],
        "cross.open_interest",
        [5e8, 6e9],
        FALL,
    );
    rises(
        "cross-collateral-contagion",
        &[],
        "cross.coin_share",
        [0.0, 1.0],
        |run| run.collateral_sold_usd,
    );
}
