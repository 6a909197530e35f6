//! The map against sums over every position, against Black-76, and against the reproduction ratio.

use crate::positions::contract::Side;
use crate::traders::black76;
use crate::{Asset, DeltaMap, Outward, Simulation, SurveyPlace};
use cascade_scenario::{BookId, OptionKind, OptionSeries, Scenario, VenueId};

use super::{LEVEL_STEP, MAP_REACH};

fn scenario(settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = Scenario::default();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

fn started(settings: &[(&str, f64)], steps: u64) -> Simulation {
    let mut simulation = Simulation::new(&scenario(settings)).unwrap();
    for _ in 0..steps {
        simulation.step();
    }
    assert!(simulation.halted().is_none());
    simulation
}

fn map(simulation: &Simulation) -> DeltaMap {
    simulation.assets()[0].delta_map(MAP_REACH)
}

/// Σ over all standing positions of a side that go within a log distance of their venue's mark, each at its own
/// liquidation price.
fn brute_force(asset: &Asset, side: Side, distance: f64) -> f64 {
    let of_side = asset.standing().filter(|placement| placement.side == side);
    of_side
        .map(|placement| {
            let venue = &asset.world.venues[placement.venue];
            let contract = &venue.contracts[placement.kind as usize];
            let rule = contract.side(side).tiers[placement.tier].requirement;
            let key = rule.key(&placement.position, side);
            let price = rule.liquidation_price(key, placement.kind, side, contract.funding);
            let reached = side.sign() * libm::log(venue.mark / price) <= distance;
            if reached {
                placement.kind.notional(placement.position.quantity, price).get()
            } else {
                0.0
            }
        })
        .sum()
}

/// Inside a bucket of a ladder positions count as evenly spread, and those of one level at the level's middle price: the map
/// lies between the sums a bucket nearer and a bucket further, to half a level.
#[test]
fn liquidations_are_the_sum_over_all_positions() {
    for (settings, steps) in [
        (&[][..], 0),
        (&[("positions.coin_margin_share", 0.4), ("margin.tiers", 1.0)][..], 40),
        (
            &[
                ("positions.long_share", 0.3),
                ("margin.rule", 1.0),
                ("leverage.mean", 30.0),
            ][..],
            40,
        ),
        (
            &[("volatility_margin.enabled", 1.0), ("funding.interval", 600.0)][..],
            200,
        ),
    ] {
        let simulation = started(settings, steps);
        let (asset, map) = (&simulation.assets()[0], map(&simulation));
        // The widest bucket of a ladder is 4/8192 of the start price wide, at half of it twice as much in log price.
        let (bucket, level) = (4.0 / 8192.0 * 2.0, LEVEL_STEP / 2.0);
        for (side, outward) in [(Side::Long, &map.down), (Side::Short, &map.up)] {
            for distance in [0.005, 0.02, 0.04, 0.1, 0.3, 0.6] {
                let found = outward.at(distance).unwrap();
                let (low, high) = (
                    brute_force(asset, side, distance - bucket) * (1.0 - level),
                    brute_force(asset, side, distance + bucket) * (1.0 + level),
                );
                let flow = found.flow.liquidations;
                assert!(
                    (low..=high).contains(&flow),
                    "{settings:?} {side:?} {distance}: {low:e} ≤ {flow:e} ≤ {high:e}"
                );
                let venues: f64 = found.by_venue.iter().sum();
                assert!((venues - flow).abs() <= 1e-9 * flow);
            }
            assert!(outward.at(0.6).unwrap().flow.liquidations > 1e8, "nothing was compared");
        }
    }
}

/// Coins by Black-76, at the price of every level: the table of deltas that the dealers read is wrong by at most 1.4e-5 of
/// the open interest, at both ends of the way.
#[test]
fn hedging_is_the_change_of_the_dealers_delta() {
    let series = |kind, strike, days, open_interest| OptionSeries {
        kind,
        strike,
        days,
        open_interest,
        volatility: 0.7,
    };
    let chain = vec![
        series(OptionKind::Call, 98_000.0, 2.0, 3_000.0),
        series(OptionKind::Put, 98_000.0, 2.0, 5_000.0),
        series(OptionKind::Call, 103_000.0, 2.0, 9_000.0),
        series(OptionKind::Put, 110_000.0, 20.0, 4_000.0),
    ];
    let signs = [-1.0, 0.5];
    let scenario = Scenario {
        options: chain.clone().into(),
        ..scenario(&[
            ("options.enabled", 1.0),
            ("dealers.enabled", 1.0),
            ("dealers.gain", 0.0),
            ("dealers.call_sign", signs[0]),
            ("dealers.put_sign", signs[1]),
        ])
    };
    let simulation = Simulation::new(&scenario).unwrap();
    let map = map(&simulation);
    let interest: f64 = chain.iter().map(|one| one.open_interest).sum();
    let delta = |price: f64| -> f64 {
        let of = |one: &OptionSeries| {
            let deviation = one.volatility * (one.days / 365.0).sqrt();
            let call = black76::call_delta((price / one.strike).ln(), deviation);
            one.open_interest
                * match one.kind {
                    OptionKind::Call => signs[0] * call,
                    OptionKind::Put => signs[1] * (call - 1.0),
                }
        };
        chain.iter().map(of).sum()
    };
    for outward in [&map.down, &map.up] {
        let at = |distance: f64| map.price * (outward.sign * distance).exp();
        let mut expected = 0.0;
        for (index, pair) in outward.levels.windows(2).enumerate() {
            let middle = at((index as f64 + 0.5) * LEVEL_STEP);
            let bought = delta(at(pair[0].distance)) - delta(at(pair[1].distance));
            expected += outward.sign * bought * middle;
            let found = pair[1].flow.hedging;
            let tolerance = 2.0 * 1.4e-5 * interest * middle.max(map.price);
            assert!(
                (found - expected).abs() <= tolerance,
                "{} at {}: {found:e}, by Black-76 {expected:e}",
                outward.sign,
                pair[1].distance
            );
        }
        assert!(outward.levels[100].flow.hedging.abs() > 1e7, "nothing was compared");
    }
}

/// Nothing is due, marks and books stand together: the first half per cent of the map is R. R takes the present depth and the
/// dealers' slope, the map what they are on the way, half a per cent of it and the change of gamma over it.
#[test]
fn the_beginning_of_the_map_is_the_reproduction_ratio() {
    for settings in [
        &[][..],
        &[("leverage.mean", 30.0)][..],
        &[("dealers.enabled", 1.0), ("dealers.gain", 0.4), ("leverage.mean", 25.0)][..],
    ] {
        let simulation = started(settings, 0);
        let (map, seen) = (map(&simulation), simulation.assets[0].observation());
        for (outward, expected) in [(&map.down, seen.reproduction_down), (&map.up, seen.reproduction_up)] {
            let found = outward.ratio_at(0.0).unwrap();
            assert!(
                (found - expected).abs() <= 0.005 * expected.abs() + 1e-9,
                "{settings:?}: {found}, R = {expected}"
            );
        }
    }
}

fn first_liquidations(outward: &Outward) -> f64 {
    let found = outward.levels.iter().find(|level| level.flow.liquidations > 1e8);
    found.map_or(f64::INFINITY, |level| level.distance)
}

/// Holders who sell on a call sell before others are liquidated, and are not liquidated; who tops up in time is not either.
#[test]
fn margin_calls_bring_flow_forward() {
    let calls = |deleverage, top_up, latency| {
        started(
            &[
                // Low enough that nobody is called at the start.
                ("leverage.mean", 6.0),
                ("margin_calls.enabled", 1.0),
                ("margin_calls.level", 3.0),
                ("margin_calls.target", 6.0),
                ("margin_calls.deleverage_share", deleverage),
                ("margin_calls.top_up_share", top_up),
                ("margin_calls.collateral_latency", latency),
            ],
            0,
        )
    };
    let (none, selling) = (map(&calls(0.0, 0.0, 0.0)), map(&calls(1.0, 0.0, 0.0)));
    let far = |map: &DeltaMap| map.down.at(0.3).unwrap().flow;
    assert_eq!(far(&none).deleveraging, 0.0);
    // Only who stands within three times the margin of half a per cent from the start counts as called before and waiting:
    // to the resolution of a bucket, at liquidation prices up to three times that away from the mark.
    let within = |share: f64| {
        let mut sum = 0.0;
        calls(0.0, 0.0, 0.0).assets()[0].survey(&mut SurveyPlace::default(), usize::MAX, |one| {
            if one.side == Side::Long && 1.0 / one.leverage < share {
                sum += one.notional_usd;
            }
        });
        sum
    };
    let (bucket, waiting) = (4.0 / 8192.0, far(&selling).liquidations);
    let (low, high) = (0.985 * within(0.015 - bucket), within(0.015 + bucket) + 1.0);
    assert!((low..=high).contains(&waiting), "{low:e} ≤ {waiting:e} ≤ {high:e}");
    // Everybody sells half at the call and half of the rest again and again: in the end about all, at better prices.
    let ratio = far(&selling).deleveraging / far(&none).liquidations;
    assert!((1.0..1.03).contains(&ratio), "{ratio}");
    let begun = selling.down.levels.iter().find(|level| level.flow.deleveraging > 1e8);
    assert!(begun.unwrap().distance < first_liquidations(&none.down));
    // Collateral that arrives at once saves its positions, on its way it does not.
    let (saved, late) = (map(&calls(0.0, 0.5, 0.0)), map(&calls(0.0, 0.5, 600.0)));
    let expected = 0.5 * (far(&none).liquidations + waiting);
    assert!((far(&saved).liquidations / expected - 1.0).abs() < 1e-9);
    assert_eq!(far(&late).liquidations, far(&none).liquidations);
}

/// The way of the map is additive: what is due counts at the present price, and the depth is the integral of the books'.
#[test]
fn what_is_due_counts_at_the_present_price() {
    let mut simulation = started(&[("throttle.enabled", 1.0), ("throttle.cap", 1e4)], 30);
    simulation.shock(&cascade_scenario::Shock {
        size: Some(-0.06),
        over_steps: Some(2),
        ..Default::default()
    });
    for _ in 0..6 {
        simulation.step();
    }
    let (map, seen) = (map(&simulation), simulation.assets[0].observation());
    assert!(seen.queued > 1e8, "{:e}", seen.queued);
    let due = map.down.levels[0].flow.due;
    assert!((due / seen.queued - 1.0).abs() < 1e-9, "{due:e} of {:e}", seen.queued);
    assert_eq!(map.up.levels[0].flow.due, -due);
    // It takes the price with it, until the books have taken everything.
    let runaway = map.down.runaway().unwrap();
    assert_eq!((runaway.from, runaway.push, runaway.shock), (0.0, 0.0, 0.0));
    let end = (runaway.to.unwrap() / LEVEL_STEP).round() as usize;
    assert!(map.down.levels[end].push() >= 0.0 && map.down.levels[end - 1].push() < 0.0);
    // θ = 1: D·(1 − e^−y), no floor on the way.
    let (depth, taken) = (seen.depth, map.down.at(0.2).unwrap().absorbed);
    assert!((taken / (depth * (1.0 - (-0.2_f64).exp())) - 1.0).abs() < 1e-9);
}

/// The integral of the depth over a way against a sum of what the books would have on it, floor and elasticity included.
#[test]
fn depth_is_integrated_down_to_its_floor() {
    for (elasticity, floor) in [(0.0, 0.3), (1.0, 0.0), (1.0, 0.8), (2.0, 0.6), (0.5, 1.0)] {
        let simulation = started(
            &[
                ("liquidity.depth_elasticity", elasticity),
                ("liquidity.depth_floor", floor),
            ],
            0,
        );
        let market = &simulation.assets()[0].world.market;
        let at_start = market.books[1].depth.get();
        for (from, to) in [(0.0, -0.5), (0.1, 0.4), (-0.3, 0.2), (-0.7, -0.1)] {
            let cells = 20_000;
            let width: f64 = (to - from) / f64::from(cells);
            let depth = |at: f64| at_start * (elasticity * at).exp().max(floor);
            let sum: f64 = (0..cells)
                .map(|cell| depth(from + (f64::from(cell) + 0.5) * width) * width)
                .sum();
            let found = market.depth_over(BookId::of(VenueId::FIRST), from, to).get();
            assert!(
                (found / sum - 1.0).abs() < 1e-6,
                "θ {elasticity}, floor {floor}, {from} to {to}: {found:e}, by cells {sum:e}"
            );
        }
    }
}
