//! What dealers ask for and what they get.

use cascade_scenario::Scenario;

use super::*;
use crate::{Asset, Simulation};

/// Dealers hedged at the start price, without news; then the three books they trade in are moved apart.
fn apart(settings: &[(&str, f64)]) -> Simulation {
    let mut scenario = Scenario::default();
    let base = [
        ("market.volatility", 0.0),
        ("venues.count", 2.0),
        ("arbitrage.enabled", 0.0),
        ("positions.open_interest", 0.0),
        ("liquidity.depth_elasticity", 0.0),
        ("liquidity.max_move_per_round", 1.0),
        ("options.enabled", 1.0),
        ("dealers.enabled", 1.0),
        ("dealers.spot_share", 0.5),
    ];
    for (path, value) in base.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    let asset = &mut simulation.assets[0];
    // They look in every round.
    asset.dealers.pace.begin_step(10.0, 0.0);
    asset.dealers.gain_seen = Some(LogPrice::START);
    let market = &mut asset.world.market;
    for (book, log_move) in market.book_ids().zip([0.02, -0.03, 0.05]) {
        let order = market.order_for_move(book, log_move);
        market.execute(book, order, Source::Exogenous);
    }
    simulation
}

fn hedge(asset: &mut Asset) -> bool {
    let world = &mut asset.world;
    asset.dealers.hedge(
        &world.moment,
        &mut world.market,
        &mut world.venues,
        &mut world.tally,
        &asset.breakers,
    )
}

fn held(asset: &Asset) -> Coins {
    asset.dealers.held(&asset.world.venues)
}

#[track_caller]
fn assert_same(found: Coins, expected: Coins) {
    assert!(
        (found - expected).abs() <= 1e-12 * expected.abs(),
        "{found:?}, not {expected:?}"
    );
}

/// Coins asked for are coins got, wherever the books stand and however far the order moves them. Dealers who are long gamma stop
/// where their own order has made the rest unnecessary: nothing is missing after one round.
#[test]
fn coins_wanted_are_coins_held() {
    for sign in [-1.0, 1.0] {
        let mut simulation = apart(&[("dealers.call_sign", sign), ("dealers.put_sign", sign)]);
        let asset = &mut simulation.assets[0];
        let (before, world) = (held(asset), &asset.world);
        let order = asset.dealers.worthwhile(&world.moment, &world.market, &world.venues);
        assert!(order.get().abs() > 10.0, "nothing to trade: {order:?}");
        assert!(hedge(asset));
        assert_same(held(asset), before + order);
        if sign > 0.0 {
            let left = asset.dealers.wanted(&asset.world.moment, &asset.world.market) - held(asset);
            assert!(left.abs() < 1e-5 * order.abs(), "{left:?} of {order:?}");
        }
    }
}

/// A hedging gain buys what its formula says, a·D·Δx/P coins, and the next round has nothing to correct but the move that the
/// order made itself.
#[test]
fn a_gain_buys_what_its_formula_says() {
    let gain = 0.4;
    let mut simulation = apart(&[("options.enabled", 0.0), ("dealers.gain", gain)]);
    let asset = &mut simulation.assets[0];
    let (mut seen, mut total) = (LogPrice::START, Coins::ZERO);
    for _ in 0..4 {
        let (moment, market) = (&asset.world.moment, &asset.world.market);
        let at = Dealers::reference(moment, market);
        total += gain * hedging_depth(moment, market) * (at - seen) / market.price_at(at);
        seen = at;
        assert!(hedge(asset));
        assert_same(held(asset), total);
    }
}

/// What limits take is missing, and nothing else: books that are not at their limit give their whole share.
#[test]
fn limits_take_what_is_missing() {
    let limit = 0.001;
    let mut simulation = apart(&[
        ("liquidity.max_move_per_round", limit),
        ("options.open_interest", 100_000.0),
        ("dealers.spot_share", 0.95),
    ]);
    let asset = &mut simulation.assets[0];
    let (before, world) = (held(asset), &asset.world);
    let order = asset.dealers.worthwhile(&world.moment, &world.market, &world.venues);
    let shared = shares(&world.moment, &world.market);
    let allowed = world.market.book_ids().zip(shared).map(|(book, share)| {
        let book = &world.market.books[book];
        (order * share).abs().min(limit * book.depth / book.price)
    });
    let expected = allowed.sum::<Coins>().copysign(order.get());
    assert!(
        expected.abs() < 0.9 * order.abs(),
        "no limit was reached: {expected:?} of {order:?}"
    );
    assert!(hedge(asset));
    assert_same(held(asset), before + expected);
}
