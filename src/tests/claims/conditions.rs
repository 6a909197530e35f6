//! The other sides of the claims: where a mechanism stops working, works the other way round, or more than its size says.

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::scenario::{Action, AssetId, Event, Scenario, Shock};

use super::{SEEDS, common, drawdown, median, medians, pairs_that_rise, run, sweep, with_calls};

/// The scenario of the other claims, the shock included.
fn shocked(settings: &[(&str, f64)], seed: u64) -> Simulation {
    let scenario = Scenario {
        seed,
        events: vec![Event {
            step: 30,
            action: Action::Shock(Shock::default()),
        }],
        ..common::scenario(settings)
    };
    Simulation::new(&scenario).unwrap()
}

fn runs(settings: &[(&str, f64)], steps: usize) -> Vec<Summary> {
    (1..=SEEDS).map(|seed| run(settings, seed, steps)).collect()
}

/// Beyond about 25× fragility saturates: all that is within reach is liquidated anyway, and higher leverage leaves the price
/// hardly anything to add.
#[test]
fn leverage_saturates() {
    let runs = sweep("leverage.mean", &[8.0, 15.0, 25.0, 80.0]);
    let excess = medians(&runs, |s| s.excess_move_log);
    let liquidated = medians(&runs, |s| s.liquidated_notional_usd);
    println!("excess {excess:.4?}, liquidated {liquidated:.0?}");
    assert!(excess[1] > 3.0 * excess[0] && liquidated[1] > 10.0 * liquidated[0]);
    assert!((excess[3] / excess[2] - 1.0).abs() < 0.25, "{excess:?}");
    assert!(liquidated[3] < 1.3 * liquidated[2], "{liquidated:?}");
}

/// Noise and news are kept apart from forced flow step by step. What they come to is the run without forced flow itself, to the
/// last digits where the news is news, and to a tenth where it is an order that trades against depths of its own.
#[test]
fn excess_is_what_the_run_without_forced_flow_lacks() {
    for (route, tolerance) in [(0.0, 1e-12), (1.0, 0.1)] {
        for seed in 1..=SEEDS {
            let mut runs = [1.0, 0.0].map(|share| {
                let interest = ("positions.open_interest", share * 2.5e9);
                shocked(&[interest, ("leverage.mean", 20.0), ("shock.route", route)], seed)
            });
            let start = runs[0].parameters().market.start_price;
            let (mut furthest, mut alone, mut expected) = (0.0_f64, 0.0_f64, 0.0);
            for _ in 0..240 {
                runs.iter_mut().for_each(Simulation::step);
                let [with, without] = [0, 1].map(|run| (runs[run].assets()[0].observation().spot / start).ln().abs());
                alone = alone.max(without);
                if with > furthest {
                    (furthest, expected) = (with, with - alone);
                }
            }
            let found = runs[0].summary_of(AssetId::FIRST).excess_move_log;
            assert!(
                (found - expected).abs() <= tolerance * furthest,
                "route {route}, seed {seed}: {found} {expected}"
            );
        }
    }
}

/// News that hits all books at once needs no index to reach them, and the index holds the marks up that a venue's own sales
/// push down: less is liquidated and the fall is shallower. (A shock that starts on spot is the other case.)
#[test]
fn a_common_index_damps_a_common_shock() {
    let at = |synchronisation| {
        let settings = [
            ("marks.synchronisation", synchronisation),
            ("arbitrage.time_constant", 600.0),
            ("positions.open_interest", 2e9),
        ];
        runs(&settings, 240)
    };
    let (own, common) = (at(0.0), at(1.0));
    let liquidated = |s: &Summary| s.liquidated_notional_usd;
    let ratio = median(&common, liquidated) / median(&own, liquidated);
    let shallower = median(&own, drawdown) - median(&common, drawdown);
    println!("liquidated × {ratio:.2}, drawdown less by {:.2} pp", 100.0 * shallower);
    assert!(
        pairs_that_rise(&common, &own, liquidated) >= 30 && ratio < 0.6,
        "{ratio}"
    );
    assert!(
        pairs_that_rise(&common, &own, drawdown) >= 30 && shallower > 0.005,
        "{shallower}"
    );
}

/// The coins of a short's collateral gain when the price rises: a squeeze upwards is smaller.
#[test]
fn coin_margin_softens_a_squeeze_upwards() {
    let at = |share| {
        let settings = [
            ("shock.size", 0.02),
            ("positions.long_share", 0.4),
            ("positions.coin_margin_share", share),
        ];
        runs(&settings, 240)
    };
    let rise = |s: &Summary| s.highest_price / 1e5 - 1.0;
    let (dollars, coins) = (at(0.0), at(1.0));
    let smaller = median(&dollars, rise) - median(&coins, rise);
    println!("highest less by {:.2} pp", 100.0 * smaller);
    assert!(
        pairs_that_rise(&coins, &dollars, rise) >= 30 && smaller > 0.02,
        "{smaller}"
    );
}

/// A margin that follows a very fast estimate over a long margin period liquidates shorts with the longs, within a minute of
/// the news: more than twice as much is liquidated as with an estimate of ten minutes that takes the longs one by one, and yet
/// the fall is far shallower, because what is bought back meets what is sold.
#[test]
fn a_very_fast_margin_liquidates_both_sides() {
    let at = |half_life, risk_period| -> Vec<(Summary, f64)> {
        let settings = [
            ("volatility_margin.enabled", 1.0),
            ("volatility_margin.half_life", half_life),
            ("volatility_margin.risk_period", risk_period),
        ];
        let run = |seed| {
            let mut simulation = shocked(&settings, seed);
            let (mut longs, mut shorts) = (0.0, 0.0);
            for _ in 0..480 {
                simulation.step();
                longs += simulation.assets()[0].observation().liquidated_longs;
                shorts += simulation.assets()[0].observation().liquidated_shorts;
            }
            (simulation.summary_of(AssetId::FIRST), shorts / (longs + shorts))
        };
        (1..=SEEDS).map(run).collect()
    };
    let ((slow, slow_shorts), (fast, fast_shorts)): ((Vec<_>, Vec<_>), (Vec<_>, Vec<_>)) = (
        at(600.0, 900.0).into_iter().unzip(),
        at(60.0, 3_600.0).into_iter().unzip(),
    );
    let most = |shares: &[f64]| shares.iter().copied().fold(0.0, f64::max);
    let least = |shares: &[f64]| shares.iter().copied().fold(1.0, f64::min);
    let shallower = median(&slow, drawdown) - median(&fast, drawdown);
    let liquidated = |s: &Summary| s.liquidated_notional_usd;
    println!(
        "shorts at most {:.3} and at least {:.3} of what is liquidated; drawdown less by {:.2} pp",
        most(&slow_shorts),
        least(&fast_shorts),
        100.0 * shallower
    );
    assert!(least(&fast_shorts) > most(&slow_shorts) && least(&fast_shorts) > 0.25);
    assert!(pairs_that_rise(&slow, &fast, liquidated) == SEEDS as usize);
    assert!(
        pairs_that_rise(&fast, &slow, drawdown) >= 30 && shallower > 0.05,
        "{shallower}"
    );
}

/// A volatility margin that rises r-fold from its lowest cuts 1 − 1/r of a position that just meets it; one that holds a buffer of
/// 25 % cuts max(0, 1 − 1.25/r): nothing at all in quiet times.
#[test]
fn a_buffer_is_used_up_before_it_cuts() {
    let mut untouched = 0;
    for seed in 1..=SEEDS {
        for shock in [0.0, -0.02] {
            let [free, buffered] = [0.0, 0.25].map(|buffer| {
                let settings = [
                    ("volatility_margin.enabled", 1.0),
                    ("volatility_margin.confidence", 4.0),
                    ("volatility_margin.risk_period", 3_600.0),
                    ("volatility_margin.half_life", 1_800.0),
                    ("volatility_margin.buffer", buffer),
                    ("leverage.mean", 1.0),
                    ("shock.size", shock),
                ];
                let mut simulation = shocked(&settings, seed);
                let cut = (0..120).map(|_| {
                    simulation.step();
                    simulation.assets()[0].observation().forced_cut
                });
                let most = cut.fold(0.0, f64::max);
                assert_eq!(simulation.summary_of(AssetId::FIRST).liquidation_count, 0);
                most
            });
            let rise = 1.0 / (1.0 - free);
            let expected = (1.0 - 1.25 / rise).max(0.0);
            assert!(
                (buffered - expected).abs() < 1e-9,
                "seed {seed}, r {rise}: {buffered}, not {expected}"
            );
            assert_eq!(shock < 0.0, expected > 0.0, "seed {seed}: r {rise}");
            untouched += usize::from(buffered == 0.0 && free > 0.0);
        }
    }
    println!("the buffer took all of the cut in {untouched} of {SEEDS} quiet runs");
    assert_eq!(untouched, SEEDS as usize);
}

/// Long dealers who hedge once a minute sell what the price has gained and buy what it has lost, in one order: over ten minutes
/// the price varies less than half as much, but from one step to the next it varies more than without them.
#[test]
fn slow_hedging_by_long_dealers_raises_short_horizon_volatility() {
    let spots = |hedging, seed| -> Vec<f64> {
        let settings = [
            ("positions.open_interest", 0.0),
            ("shock.size", 0.0),
            ("options.enabled", 1.0),
            ("options.open_interest", 60_000.0),
            ("options.out_of_the_money", 0.0),
            ("options.lowest_strike", -0.06),
            ("options.highest_strike", 0.06),
            ("dealers.enabled", hedging),
            ("dealers.call_sign", 1.0),
            ("dealers.put_sign", 1.0),
            ("dealers.spot_share", 1.0),
        ];
        let mut simulation = shocked(&settings, seed);
        let log_price = |_| {
            simulation.step();
            simulation.assets()[0].observation().spot.ln()
        };
        (0..600).map(log_price).collect()
    };
    let deviation = |prices: &[f64], lag: usize| {
        let moves: Vec<f64> = prices.iter().zip(&prices[lag..]).map(|(from, to)| to - from).collect();
        let mean = moves.iter().sum::<f64>() / moves.len() as f64;
        (moves.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / moves.len() as f64).sqrt()
    };
    let pairs: Vec<_> = (1..=SEEDS).map(|seed| (spots(0.0, seed), spots(1.0, seed))).collect();
    for (lag, low, high) in [(1, 1.1, 1.5), (60, 0.2, 0.5)] {
        let mut ratios: Vec<f64> = pairs
            .iter()
            .map(|(free, hedged)| deviation(hedged, lag) / deviation(free, lag))
            .collect();
        ratios.sort_unstable_by(f64::total_cmp);
        println!(
            "over {lag} steps: {:.2} to {:.2} times the volatility",
            ratios[0], ratios[31]
        );
        assert!((low..high).contains(&ratios[16]), "{ratios:?}");
        assert!(if lag == 1 { ratios[2] > 1.0 } else { ratios[29] < 1.0 }, "{ratios:?}");
    }
}

/// What providers hold at most, over the depth of all books, is what their buying lifts the price by itself. Near the edge of
/// a cascade the trough is lifted by more: the liquidations that do not happen are their doing too.
#[test]
fn providers_gain_more_than_they_buy() {
    let settings = [("positions.open_interest", 3e9)];
    let alone = runs(&settings, 240);
    let mut ratios: Vec<f64> = (1..=SEEDS)
        .zip(&alone)
        .map(|(seed, alone)| {
            let mut simulation = shocked(&[settings[0], ("providers.enabled", 1.0)], seed);
            let held = (0..240).map(|_| {
                simulation.step();
                simulation.assets()[0].observation().providers_delta
            });
            let most = held.fold(0.0, f64::max);
            let gain = (simulation.summary_of(AssetId::FIRST).lowest_price - alone.lowest_price) / 1e5;
            gain / (most / simulation.parameters().liquidity.depth)
        })
        .collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let amplified = ratios.iter().filter(|ratio| **ratio > 1.0).count();
    println!(
        "gain over inventory/depth {:.2} (median), above 1 in {amplified} of {SEEDS}",
        ratios[16]
    );
    assert!(amplified >= 28 && ratios[16] > 1.5, "{ratios:?}");
}

/// Collateral that takes an hour instead of ten seconds leaves positions whose margin does not cover what they are sold for.
#[test]
fn late_collateral_leaves_a_shortfall() {
    let at = |latency| {
        with_calls(&[
            ("positions.open_interest", 3e9),
            ("margin_calls.top_up_share", 0.6),
            ("margin_calls.collateral_latency", latency),
        ])
    };
    let shortfall = |s: &Summary| s.shortfall_usd;
    let (fast, slow) = (at(10.0), at(3_600.0));
    let medians = [&fast, &slow].map(|runs| median(runs, shortfall));
    println!("shortfall {medians:.0?} USD");
    assert_eq!(pairs_that_rise(&fast, &slow, shortfall), SEEDS as usize);
    assert!(medians[1] > 5e5 && medians[1] > 10.0 * medians[0], "{medians:?}");
}
