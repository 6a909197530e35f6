//! What stop orders do to a fall.

use cascade_lab::engine::{Source, Summary};
use cascade_lab::scenario::AssetId;

use super::{SEEDS, median, middle, pairs_that_rise, run, simulate};

const STOPS: [(&str, f64); 2] = [("stops.enabled", 1.0), ("stops.notional", 5e8)];
/// A step of ten seconds is one of thirty.
const STEPS: usize = 240;

fn runs(settings: &[&[(&str, f64)]]) -> Vec<Summary> {
    let settings = settings.concat();
    (1..=SEEDS).map(|seed| run(&settings, seed, STEPS)).collect()
}

fn trough(summary: &Summary) -> f64 {
    (summary.lowest_price / 1e5).ln()
}

/// Stop orders deepen the fall that given news makes, with leverage and alone. Without leverage they are all that deepens it: the
/// rest of the price is the news, to rounding. With leverage they push prices to where positions are liquidated, and these touch more of
/// them: together they do more than each by itself. Where all of them lie so far away that the fall does not get there they do
/// nothing, so that it is not their being there.
#[test]
fn stop_orders_deepen_a_fall_alone_and_more_so_with_leverage() {
    let unlevered = [("positions.open_interest", 0.0)];
    let far = [
        ("stops.distance", 0.5),
        ("stops.distance_dispersion", 0.0),
        ("stops.round_share", 0.0),
    ];
    // So little leverage that the news alone hardly reaches anybody.
    let moderate = [("leverage.mean", 8.0)];
    let (neither, levered) = (runs(&[&unlevered]), runs(&[&moderate]));
    let (alone, both) = (runs(&[&unlevered, &STOPS]), runs(&[&moderate, &STOPS]));
    let out_of_reach = runs(&[&moderate, &STOPS, &far]);
    let deeper = |with: &[Summary], without: &[Summary]| -> Vec<f64> {
        let pairs = with.iter().zip(without);
        pairs.map(|(with, without)| trough(without) - trough(with)).collect()
    };
    let (by_stops, by_leverage) = (deeper(&alone, &neither), deeper(&levered, &neither));
    let (with_leverage, together) = (deeper(&both, &levered), deeper(&both, &neither));
    println!(
        "deeper by stops alone {:.2} pp, by leverage alone {:.2} pp, by both {:.2} pp; touched {:.2e} USD alone, {:.2e} USD with leverage",
        100.0 * middle(&by_stops),
        100.0 * middle(&by_leverage),
        100.0 * middle(&together),
        median(&alone, |s| s.stops_sold_usd),
        median(&both, |s| s.stops_sold_usd),
    );
    assert!(
        by_stops.iter().all(|gap| *gap > 0.001) && middle(&by_stops) > 0.004,
        "{by_stops:?}"
    );
    assert!(with_leverage.iter().all(|gap| *gap > 0.001), "{with_leverage:?}");
    let more = together
        .iter()
        .zip(by_stops.iter().zip(&by_leverage))
        .filter(|(both, (stops, leverage))| **both > **stops + **leverage)
        .count();
    assert!(more >= 30, "{more} of {SEEDS}");
    for summary in &alone {
        let others = summary.largest_attribution.iter();
        let mut others = others.filter(|(source, _)| !matches!(source, Source::Exogenous | Source::Stops));
        assert!(
            others.all(|(_, part)| *part == 0.0),
            "{:?}",
            summary.largest_attribution
        );
        assert!(summary.liquidation_count == 0 && summary.largest_attribution[Source::Stops] < -0.001);
    }
    for (far, levered) in out_of_reach.iter().zip(&levered) {
        assert_eq!((far.lowest_price, far.stops_sold_usd), (levered.lowest_price, 0.0));
    }
}

/// The same orders, gathered beyond round numbers instead of spread, go together when the price passes one: the busiest step has a
/// larger part of them, and the largest fall within a step is larger. Over the whole fall they need not be worse.
#[test]
fn round_numbers_make_a_fall_jump() {
    let busiest = |round_share: f64| -> Vec<(f64, f64)> {
        let settings = [
            STOPS[0],
            STOPS[1],
            ("positions.open_interest", 0.0),
            ("stops.round_share", round_share),
            // News that lasts ten minutes, in which the price passes one round number after the other.
            ("shock.size", -0.04),
            ("shock.over_steps", 60.0),
        ];
        let of_seed = |seed| {
            let mut simulation = simulate(&settings, seed, 30);
            let (mut share, mut fall) = (0.0_f64, 0.0_f64);
            for _ in 0..90 {
                let before = simulation.assets()[0].observation().spot;
                simulation.step();
                let seen = simulation.assets()[0].observation();
                share = share.max(seen.stops_sold);
                fall = fall.max((before / seen.spot).ln());
            }
            let sold = simulation.summary_of(AssetId::FIRST).stops_sold_usd;
            (share / sold, fall)
        };
        (1..=SEEDS).map(of_seed).collect()
    };
    let (spread, gathered) = (busiest(0.0), busiest(1.0));
    let part = |of: fn(&(f64, f64)) -> f64| {
        let figures = [&spread, &gathered].map(|runs| runs.iter().map(of).collect::<Vec<_>>());
        let larger = figures[0]
            .iter()
            .zip(&figures[1])
            .filter(|(spread, gathered)| gathered > spread);
        (larger.count(), middle(&figures[0]), middle(&figures[1]))
    };
    let (share, fall) = (part(|run| run.0), part(|run| run.1));
    println!(
        "share of the busiest step {share:.3?}, largest fall within a step {fall:.4?}: gathered larger, spread, gathered"
    );
    assert!(share.0 == SEEDS as usize && share.2 > 2.0 * share.1, "{share:?}");
    assert!(fall.0 == SEEDS as usize && fall.2 > 1.5 * fall.1, "{fall:?}");
}

/// The same news upwards is carried further by the purchases of those who are short.
#[test]
fn stop_purchases_lift_a_rise() {
    let rise = [("shock.size", 0.02), ("positions.open_interest", 0.0)];
    let (plain, bought) = (runs(&[&rise]), runs(&[&rise, &STOPS]));
    let highest = |summary: &Summary| summary.highest_price;
    let higher = median(&bought, highest) / median(&plain, highest) - 1.0;
    println!("higher by {:.2} pp", 100.0 * higher);
    assert_eq!(pairs_that_rise(&plain, &bought, highest), SEEDS as usize);
    assert!(higher > 0.004 && bought.iter().all(|s| s.stops_bought_usd > 1e8));
}
