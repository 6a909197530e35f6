//! The digest and key figures of every shipped preset, compared with the ones on record: a change of the model that moves
//! them must be meant.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

use std::fmt::Write;

use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/golden.txt");
const REGENERATE: &str = "CASCADE_LAB_REGENERATE";
const STEPS: u64 = 1440;

fn figures() -> String {
    let mut text = String::new();
    for shipped in preset::shipped() {
        let mut simulation = Simulation::new(&preset::find(shipped.name).unwrap()).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        let run = simulation.summary();
        assert_eq!(run.halted, None, "{}", shipped.name);
        let (liquidated, count) = (run.liquidated_notional_usd, run.liquidation_count);
        writeln!(
            text,
            "{}: digest {}, lowest {:.2}, highest {:.2}, end {:.2}, amplification {:.4}, liquidated {liquidated:.0} USD in \
             {count} positions, auto-deleveraged {}",
            shipped.name,
            run.digest,
            run.lowest_price,
            run.highest_price,
            simulation.observation().spot,
            run.amplification_factor,
            run.adl_count,
        )
        .unwrap();
    }
    text
}

#[test]
fn shipped_presets_run_as_on_record() {
    let now = figures();
    if std::env::var_os(REGENERATE).is_some() {
        std::fs::write(PATH, now).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(PATH).unwrap();
    assert_eq!(
        now.lines().collect::<Vec<_>>(),
        recorded.lines().collect::<Vec<_>>(),
        "\nif the model was meant to change: {REGENERATE}=1 cargo test --test golden --test presets\n"
    );
}

/// What the descriptions promise, with room for changes of the model that do not change the story.
#[test]
fn shipped_presets_do_what_they_say() {
    let extremes = |name: &str| {
        let scenario = preset::find(name).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        let (run, start) = (simulation.summary(), scenario.parameters.market.start_price);
        let change = |price: f64| price / start - 1.0;
        (
            change(run.lowest_price),
            change(run.highest_price),
            change(simulation.observation().spot),
            run.liquidation_count,
        )
    };
    let (low, _, end, _) = extremes("first-cascade");
    assert!(
        (-0.10..-0.07).contains(&low) && (-0.055..-0.03).contains(&end),
        "{low} {end}"
    );
    assert_eq!(extremes("quiet-market").3, 0);
    let (low, _, end, _) = extremes("circuit-breaker");
    assert!(
        (-0.075..-0.055).contains(&low) && (-0.055..-0.03).contains(&end),
        "{low} {end}"
    );
    let (low, ..) = extremes("long-squeeze");
    assert!((-0.085..-0.055).contains(&low), "{low}");
    let (slow, .., liquidations) = extremes("bridge-latency");
    let mut fast = preset::find("bridge-latency").unwrap();
    fast.set("margin_calls.collateral_latency", 120.0).unwrap();
    let mut simulation = Simulation::new(&fast).unwrap();
    (0..STEPS).for_each(|_| simulation.step());
    let run = simulation.summary();
    let fast = run.lowest_price / fast.parameters.market.start_price - 1.0;
    assert!(
        (-0.065..-0.05).contains(&slow) && (-0.045..-0.035).contains(&fast),
        "{slow} {fast}"
    );
    assert!(run.top_ups_late_usd < 0.05 * run.topped_up_usd && run.liquidation_count * 5 < liquidations);
    let mut collateral = preset::find("cross-collateral-contagion").unwrap();
    let [coins, dollars, none] = [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)].map(|(share, enabled)| {
        collateral.set("cross.coin_share", share).unwrap();
        collateral.set("cross.enabled", enabled).unwrap();
        let mut simulation = Simulation::new(&collateral).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        simulation.assets()[1].summary().max_drawdown
    });
    assert!(
        (0.14..0.22).contains(&coins) && dollars < none + 0.01,
        "{coins} {dollars} {none}"
    );
    let (_, high, ..) = extremes("short-squeeze");
    assert!((0.09..0.13).contains(&high), "{high}");
    // One index carries a sale on spot to every venue; at w = 0 the same sale liquidates hardly anybody and nothing is synchronised.
    let venues = preset::find("venue-synchronisation").unwrap();
    let [one, own] = [1.0, 0.0].map(|weight| {
        let mut scenario = venues.clone();
        scenario.set("marks.synchronisation", weight).unwrap();
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        simulation.summary()
    });
    assert!(own.reproduction_ratio < 1.0, "supercritical by themselves: {own:?}");
    assert!(
        one.liquidated_notional_usd > 5.0 * own.liquidated_notional_usd,
        "{one:?} {own:?}"
    );
    assert!(
        one.systemic
            .synchronised_step
            .is_some_and(|step| (121..130).contains(&step)),
        "{:?}",
        one.systemic
    );
    assert_eq!(own.systemic.synchronised_step, None);
    // The same throttle deepens a fall that news goes on driving.
    let mut trend = preset::find("circuit-breaker").unwrap();
    trend.set("shock.size", -0.06).unwrap();
    trend.set("shock.over_steps", 240.0).unwrap();
    let [throttled, free] = [1.0, 0.0].map(|throttle| {
        trend.set("throttle.enabled", throttle).unwrap();
        let mut simulation = Simulation::new(&trend).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        simulation.summary().max_drawdown
    });
    assert!(throttled > free + 0.005, "{throttled} {free}");
    let mut spread = preset::find("clustered-versus-spread").unwrap();
    let (clustered, ..) = extremes("clustered-versus-spread");
    spread.set("concentration.width", 8.0).unwrap();
    let mut simulation = Simulation::new(&spread).unwrap();
    (0..STEPS).for_each(|_| simulation.step());
    let spread = simulation.summary().lowest_price / spread.parameters.market.start_price - 1.0;
    assert!(
        (-0.09..-0.07).contains(&clustered) && (-0.04..-0.03).contains(&spread),
        "{clustered} {spread}"
    );
    let spared = preset::find("auction-versus-book").unwrap();
    let lowest = |settings: &[(&str, f64)]| {
        let mut scenario = spared.clone();
        for (path, value) in settings {
            scenario.set(path, *value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        simulation.summary().lowest_price / scenario.parameters.market.start_price - 1.0
    };
    assert!(lowest(&[]) > -0.035, "{}", lowest(&[]));
    for printed in [
        ("routes.route", 0.0),
        ("auction.capacity", 5e7),
        ("auction.unwind", 600.0),
    ] {
        assert!(lowest(&[printed]) < -0.05, "{printed:?}: {}", lowest(&[printed]));
    }
}
