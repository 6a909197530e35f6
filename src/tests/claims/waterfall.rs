//! Claims about where liquidated positions go and who pays for them.

use cascade_lab::engine::{Simulation, Source, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, AssetId, Event, Route, Scenario, Shock};

use super::{SEEDS, common, drawdown, median, pairs_that_rise, run, without_and_with};

/// A route off the book spares the book while its capital lasts and what it took over is unwound slowly. Unwound at once,
/// the same notional prints all the same and the trough is no better.
#[test]
fn a_route_off_the_book_spares_it_while_it_unwinds_slowly() {
    let at = |settings: &[(&str, f64)]| -> Vec<Summary> { (1..=SEEDS).map(|seed| run(settings, seed, 480)).collect() };
    let trough = |s: &Summary| s.lowest_price / 100_000.0 - 1.0;
    let (book, alone) = (at(&[]), at(&[("positions.open_interest", 0.0)]));
    for (name, route, capacity, unwind) in [
        ("auction", 2.0, "auction.capacity", "auction.unwind"),
        ("vault", 3.0, "vault.capital", "vault.unwind"),
    ] {
        let by = |capital, seconds| {
            let settings = [("routes.route", route), (capacity, capital), (unwind, seconds)];
            at(&settings)
        };
        let (slow, at_once, small) = (by(5e9, 14_400.0), by(5e9, 1.0), by(5e7, 14_400.0));
        let troughs = [&book, &slow, &at_once, &small].map(|runs| median(runs, trough));
        let taken = [&slow, &small].map(|runs| {
            median(runs, |s| {
                s.liquidated_by_route_usd.off_book() / s.liquidated_notional_usd
            })
        });
        println!("{name}: troughs book, slow, at once, small {troughs:.4?}; share taken slow, small {taken:.3?}");
        assert!(troughs[1] > troughs[0] + 0.0045, "{troughs:?}");
        assert_eq!(pairs_that_rise(&book, &slow, trough), SEEDS as usize);
        assert!(taken[0] > 0.999 && taken[1] < 0.2, "{taken:?}");
        assert!(troughs[2] < troughs[0] + 0.001, "unwound at once it gains: {troughs:?}");
        assert!(
            troughs[3] < troughs[1] - 0.0045,
            "small capital spares as much: {troughs:?}"
        );
        // Fall of the spot beyond the news', per liquidated notional.
        let impact = |runs: &[Summary]| -> Vec<f64> {
            let falls = runs
                .iter()
                .zip(&alone)
                .map(|(run, alone)| (trough(alone) - trough(run)) / run.liquidated_notional_usd);
            falls.collect()
        };
        let spared = impact(&slow)
            .iter()
            .zip(impact(&book))
            .filter(|(slow, book)| *slow < book)
            .count();
        println!("{name}: less impact per liquidated notional in {spared} of {SEEDS}");
        assert!(spared >= 30, "{spared}");
    }
}

/// What a route has put off comes later: with ten minutes to unwind, the trough is shallower, but most of an hour after the
/// shock, when the book's own fall has largely recovered, the price stands lower. (Hours later it stands higher again.)
#[test]
fn what_is_unwound_in_minutes_ends_lower() {
    let end = |route, seed| {
        let events = vec![Event {
            step: 30,
            action: Action::Shock(Shock::default()),
        }];
        let settings = [
            ("routes.route", route),
            ("vault.capital", 1e10),
            ("vault.unwind", 600.0),
        ];
        let scenario = Scenario {
            seed,
            events,
            ..common::scenario(&settings)
        };
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..360).for_each(|_| simulation.step());
        (
            simulation.assets()[0].observation().spot,
            simulation.summary_of(AssetId::FIRST).lowest_price,
        )
    };
    let pairs: Vec<_> = (1..=SEEDS).map(|seed| (end(0.0, seed), end(3.0, seed))).collect();
    let lower_end = pairs.iter().filter(|(book, vault)| vault.0 < book.0).count();
    let higher_trough = pairs.iter().filter(|(book, vault)| vault.1 > book.1).count();
    println!("ends lower in {lower_end}, trough higher in {higher_trough} of {SEEDS}");
    assert!(lower_end >= 28 && higher_trough >= 30);
}

/// A pool takes the liquidations, but arbitrage carries its price to the books: it spares them only as far as its own depth
/// goes.
#[test]
fn a_pool_spares_the_book_by_its_own_depth() {
    let at = |reserves| -> Vec<Summary> {
        let settings = [
            ("routes.route", 1.0),
            ("amm.reserves_usd", reserves),
            ("amm.slippage_limit", 0.2),
        ];
        (1..=SEEDS).map(|seed| run(&settings, seed, 240)).collect()
    };
    let trough = |s: &Summary| s.lowest_price / 100_000.0 - 1.0;
    let book: Vec<Summary> = (1..=SEEDS).map(|seed| run(&[], seed, 240)).collect();
    let (shallow, deep) = (at(1e9), at(1e11));
    let troughs = [&book, &shallow, &deep].map(|runs| median(runs, trough));
    let taken = [&shallow, &deep].map(|runs| {
        median(runs, |s| {
            s.liquidated_by_route_usd[Route::Amm] / s.liquidated_notional_usd
        })
    });
    println!("pool: troughs book, shallow, deep {troughs:.4?}, share taken {taken:.3?}");
    assert!(
        pairs_that_rise(&shallow, &deep, trough) >= 30 && troughs[2] > troughs[0] + 0.0045,
        "{troughs:?}"
    );
    assert!((troughs[1] - troughs[0]).abs() < 0.02, "{troughs:?}");
}

/// A venue whose fund is empty spares the book: what is deleveraged is not sold, so a bigger fund can mean a deeper fall.
#[test]
fn a_bigger_fund_can_mean_a_deeper_fall() {
    let at = |fund, seed| run(&[("positions.open_interest", 9e9), ("fund.insurance", fund)], seed, 240);
    let small: Vec<Summary> = (1..=SEEDS).map(|seed| at(2e7, seed)).collect();
    let large: Vec<Summary> = (1..=SEEDS).map(|seed| at(1e9, seed)).collect();
    println!(
        "drawdown {:.2} and {:.2}",
        median(&small, |s| s.max_drawdown),
        median(&large, |s| s.max_drawdown)
    );
    assert!(small.iter().all(|s| s.adl_count > 0) && large.iter().all(|s| s.adl_count == 0));
    assert!(pairs_that_rise(&small, &large, |s| s.max_drawdown) == SEEDS as usize);
    assert!(median(&large, |s| s.max_drawdown) > median(&small, |s| s.max_drawdown) + 0.05);
}

/// Selling only as much of a position as restores its margin liquidates less than closing it whole, and the fall is shallower:
/// by much where the fall ends among the positions it reaches, by little in a rout. It needs a fund that lasts, or no
/// auto-deleveraging: where the fund is empty, whole positions are cancelled without a print, but tranches are sold on the
/// book, and then the fall is deeper.
#[test]
fn partial_liquidation_sells_less_and_softens_the_fall() {
    let restore = [
        ("staggered.enabled", 1.0),
        ("staggered.size", 1.0),
        ("staggered.target", 1.5),
        ("staggered.cooldown", 0.0),
        ("staggered.fee", 0.0),
    ];
    let notional = |s: &Summary| s.liquidated_notional_usd;
    let compare = |interest, size, deleveraging| {
        let settings = [
            ("positions.open_interest", interest),
            ("shock.size", size),
            ("fund.auto_deleveraging", deleveraging),
        ];
        let [whole, part] = without_and_with(&settings, &restore, 480);
        let ratio = median(&part, notional) / median(&whole, notional);
        let gain = median(&whole, drawdown) - median(&part, drawdown);
        let counts = [
            pairs_that_rise(&part, &whole, notional),
            pairs_that_rise(&part, &whole, drawdown),
        ];
        println!(
            "{interest:e} USD, news {size}, auto-deleveraging {deleveraging}: liquidated × {ratio:.3}, drawdown less by \
             {:.2} pp; less and shallower in {counts:?}; cancelled {:.3e}",
            100.0 * gain,
            median(&whole, |s| s.adl_notional_usd)
        );
        (ratio, gain, counts)
    };
    let (ratio, gain, counts) = compare(2e9, -0.02, 1.0);
    assert!(ratio < 0.85 && gain > 0.0015 && counts.iter().all(|count| *count >= 30));
    let (ratio, gain, counts) = compare(6e9, -0.06, 0.0);
    assert!(ratio < 0.98 && gain > 0.001 && counts.iter().all(|count| *count >= 30));
    let (ratio, gain, counts) = compare(6e9, -0.06, 1.0);
    assert!(ratio > 1.02 && gain < -0.003 && counts.iter().all(|count| *count <= 2));
}

/// What each route prints on spot has a source of its own: a taker's capital leaves the books to it, and spread over hours it
/// prints a small part of what the books would have printed for the same notional; unwound at once it prints as much.
/// Whatever goes to the pool is printed by arbitrage, unless the pool is deep.
#[test]
fn every_route_prints_under_its_own_name() {
    let at = |settings: &[(&str, f64)]| -> Vec<Summary> { (1..=SEEDS).map(|seed| run(settings, seed, 480)).collect() };
    let print = |runs: &[Summary], source: Source| median(runs, |s| -s.largest_attribution[source]);
    let book = at(&[]);
    let printed = print(&book, Source::Liquidations);
    assert!(printed > 0.05 && print(&book, Source::Unwinding) == 0.0 && print(&book, Source::Pool) == 0.0);
    for (name, route, capacity, unwind) in [
        ("auction", 2.0, "auction.capacity", "auction.unwind"),
        ("vault", 3.0, "vault.capital", "vault.unwind"),
    ] {
        let by = |seconds| at(&[("routes.route", route), (capacity, 5e9), (unwind, seconds)]);
        let (slow, fast) = (by(14_400.0), by(1.0));
        let prints = [&slow, &fast].map(|runs| (print(runs, Source::Liquidations), print(runs, Source::Unwinding)));
        let per_usd = |runs: &[Summary]| median(runs, |s| s.spot_impact_by_route.taken_over.unwrap().abs());
        let alike = per_usd(&slow) / median(&book, |s| s.spot_impact_by_route.order_book.unwrap().abs());
        println!(
            "{name}: book prints {printed:.4}; slow, fast (liquidations, unwinding) {prints:.4?}; per USD × {alike:.3}"
        );
        assert!(prints[0].0 < 1e-3 && prints[1].0 < 1e-3, "{prints:?}");
        assert!(prints[0].1 < 0.3 * printed && prints[1].1 > 0.8 * printed, "{prints:?}");
        assert!(alike < 0.75, "{alike}");
    }
    let pool = |reserves| {
        at(&[
            ("routes.route", 1.0),
            ("amm.reserves_usd", reserves),
            ("amm.slippage_limit", 0.5),
        ])
    };
    let (shallow, deep) = (pool(1e10), pool(1e11));
    let prints = [&shallow, &deep].map(|runs| (print(runs, Source::Liquidations), print(runs, Source::Pool)));
    println!("pool of 10 and 100 bn (liquidations, pool): {prints:.4?}");
    assert!(prints.iter().all(|(on_book, _)| *on_book == 0.0));
    assert!(prints[0].1 > 2.0 * prints[1].1 && prints[1].1 > 0.0, "{prints:?}");
}

/// The preset shows what 10 October 2025 showed, whoever stands first in line: liquidations for a minute before the first
/// auto-deleveraging, then most of it within another; and where the engines look every second it comes in bursts with pauses.
#[test]
fn auto_deleveraging_comes_in_bursts() {
    let bursts = |ranking: f64, settings: &[(&str, f64)]| {
        let mut scenario = preset::find("auto-deleveraging").unwrap();
        for (path, value) in settings.iter().chain(&[("fund.adl_ranking", ranking)]) {
            scenario.set(path, *value).unwrap();
        }
        let mut simulation = Simulation::new(&scenario).unwrap();
        let (mut liquidated, mut bursts): (Option<u64>, Vec<(u64, u64, f64)>) = (None, Vec::new());
        let (dt, mut first_minute) = (scenario.parameters.market.step_seconds, 0.0);
        for step in 0..(3_600.0 / dt) as u64 {
            simulation.step();
            let seen = simulation.assets()[0].observation();
            if seen.liquidated_longs > 0.0 {
                liquidated = liquidated.or(Some(step));
            }
            if seen.deleveraged > 1e6 {
                match bursts.last_mut() {
                    Some((_, end, sum)) if *end + 1 == step => (*end, *sum) = (step, *sum + seen.deleveraged),
                    _ => bursts.push((step, step, seen.deleveraged)),
                }
            }
            if bursts
                .first()
                .is_some_and(|(from, ..)| ((step - from) as f64) * dt < 60.0)
            {
                first_minute += seen.deleveraged;
            }
        }
        assert!(simulation.halted().is_none());
        println!("ranking {ranking}: first liquidation {liquidated:?}, bursts {bursts:?}");
        let summary = simulation.summary_of(AssetId::FIRST);
        assert!(first_minute > 0.6 * summary.adl_notional_usd, "{first_minute:e}");
        (liquidated.unwrap(), bursts, summary)
    };
    for ranking in [0.0, 1.0, 2.0] {
        let (liquidated, found, summary) = bursts(ranking, &[]);
        assert!(found[0].0 >= liquidated + 6 && summary.bad_debt_usd == 0.0);
        let (_, found, summary) = bursts(ranking, &[("market.step_seconds", 1.0), ("execution.interval", 1.0)]);
        assert!(found.len() >= 5, "{found:?}");
        assert!(found[0].2 > 0.5 * summary.adl_notional_usd && summary.bad_debt_usd == 0.0);
    }
}
