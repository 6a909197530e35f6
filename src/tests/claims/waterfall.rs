//! Claims about where liquidated positions go and who pays for them.

use cascade_lab::engine::{Simulation, Source, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Action, Event, Scenario, Shock};

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
        (simulation.observation().spot, simulation.summary().lowest_price)
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
    let taken =
        [&shallow, &deep].map(|runs| median(runs, |s| s.liquidated_by_route_usd.amm / s.liquidated_notional_usd));
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

/// Selling only as much of a position as restores its margin liquidates less than closing it whole, and the fall is
/// shallower.
#[test]
fn partial_liquidation_sells_less_and_softens_the_fall() {
    let restore = [
        ("staggered.enabled", 1.0),
        ("staggered.size", 1.0),
        ("staggered.cooldown", 0.0),
        ("staggered.fee", 0.0),
    ];
    let notional = |s: &Summary| s.liquidated_notional_usd;
    for (depth, size, oi, adl) in [(1.5e10, -0.06, 6e9, 0.0), (1.5e10, -0.06, 6e9, 1.0), (1.5e10, -0.02, 3e9, 1.0)] {
        let settings = [("liquidity.depth", depth), ("shock.size", size), ("positions.open_interest", oi), ("fund.auto_deleveraging", adl)];
        let more = [&restore[..], &[("staggered.target", 1.5)]].concat();
        let [whole, part] = without_and_with(&settings, &more, 480);
        println!(
            "depth {depth:e} {size} {oi:e}, adl {adl}: liquidated × {:.3}, less in {}; drawdown {:.4} → {:.4}, shallower in {}; adl {:.3e}",
            median(&part, notional) / median(&whole, notional),
            pairs_that_rise(&part, &whole, notional),
            median(&whole, drawdown),
            median(&part, drawdown),
            pairs_that_rise(&part, &whole, drawdown),
            median(&whole, |s| s.adl_notional_usd),
        );
    }
}
