//! Cross-margin accounts by the closed form, across assets, and by their ledger.

use super::*;
use crate::Simulation;
use crate::positions::account::Account;
use crate::units::{Coins, Usd};
use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

/// Assets without noise, arbitrage or isolated positions of weight, at these start prices.
fn quiet(prices: &[f64], settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = Scenario::default();
    let base = [
        ("market.volatility", 0.0),
        ("market.start_price", prices[0]),
        ("venues.count", 1.0),
        ("funding.enabled", 0.0),
        ("positions.open_interest", 0.0),
        ("liquidity.max_move_per_round", 1.0),
        ("assets.count", prices.len() as f64),
    ];
    for (path, value) in base.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    for (index, price) in prices.iter().enumerate().skip(1) {
        scenario
            .set(&format!("asset_{}.start_price", index + 1), *price)
            .unwrap();
        scenario.set(&format!("asset_{}.depth", index + 1), 1.0).unwrap();
    }
    scenario
}

/// A run in which these accounts stand; a leg is signed coins at the present mark.
fn run(scenario: &Scenario, accounts: &[(f64, f64, [f64; ASSETS_MAX])]) -> Simulation {
    let mut simulation = Simulation::new(scenario).unwrap();
    let placed = accounts
        .iter()
        .map(|(usd, coins, quantities)| {
            let mut account = CrossAccount {
                venue: VenueId::FIRST,
                usd: Usd::new(*usd),
                coins: Coins::new(*coins),
                legs: [Account::default(); ASSETS_MAX],
            };
            for ((leg, asset), quantity) in account.legs.iter_mut().zip(&simulation.assets).zip(quantities) {
                leg.buy_coins(Coins::new(*quantity), asset.world.venues[0].mark);
            }
            account
        })
        .collect();
    let parameters = *simulation.parameters();
    simulation.cross.open(&parameters, placed, &mut simulation.assets);
    simulation
}

fn news(simulation: &mut Simulation, asset: u32, size: f64) {
    simulation.shock(&Shock {
        size: Some(size),
        over_steps: Some(1),
        asset: Some(asset),
        ..Shock::default()
    });
    simulation.step();
}

fn units(simulation: &Simulation, account: usize, asset: usize) -> f64 {
    simulation.cross.accounts[account].legs[asset].quantity
}

#[test]
fn t4_a_short_of_three_is_liquidated_at_3174_60() {
    let scenario = quiet(&[3_000.0], &[("margin.maintenance", 0.05)]);
    let limit = 10_000.0 / 3.15;
    for (price, stands) in [(limit - 0.005, true), (limit + 0.005, false)] {
        let mut simulation = run(&scenario, &[(1_000.0, 0.0, [-3.0, 0.0, 0.0, 0.0])]);
        news(&mut simulation, 1, price / 3_000.0 - 1.0);
        assert_eq!(units(&simulation, 0, 0) == -3.0, stands, "at {price}");
    }
    assert!((limit - 3_174.603_2).abs() < 1e-4);
}

/// 1,000 USD and one coin of A at 1,000 with a haircut of 10 % behind 3 coins of B at 1,000: equity 1,900 at a requirement
/// of 300. A fall of A by 40 % leaves 1,540, a loss of 50 % of B takes 1,500 of it.
#[test]
fn collateral_in_one_asset_sells_another() {
    let scenario = quiet(
        &[1_000.0, 1_000.0],
        &[
            ("margin.maintenance", 0.1),
            ("cross.haircut", 0.1),
            ("liquidity.depth", 1e8),
        ],
    );
    let account = (1_000.0, 1.0, [0.0, 3.0, 0.0, 0.0]);
    let mut simulation = run(&scenario, &[account]);
    news(&mut simulation, 1, -0.4);
    assert_eq!(units(&simulation, 0, 1), 3.0);
    news(&mut simulation, 2, -0.5);
    // 1,000 + 540 − 1,500 = 40 against 10 % of 1,500.
    assert_eq!(units(&simulation, 0, 1), 0.0);
    let printed = simulation.assets()[1].observation().attribution[Source::Contagion];
    assert!(printed < 0.0, "{printed}");
    // It owes 500 USD then and sells coins for them.
    let sold = simulation.assets()[0].observation().collateral_sold;
    assert!(sold > 499.0 && sold < 510.0, "{sold}");
    assert!(simulation.halted().is_none());
}

/// One coin of 1,000 behind 3 coins of B of 1,000 each, at two venues: with twice the common haircut of 20 % the coin counts for
/// 600, otherwise for 800. A loss of 700 on B is borne by the second only; a clearing house has one haircut for both.
#[test]
fn haircuts_differ_by_venue_but_not_under_a_clearing_house() {
    for (scheme, stand) in [(0.0, [false, true]), (1.0, [false, true]), (2.0, [true, true])] {
        let settings = [
            ("venues.count", 2.0),
            ("cross.haircut", 0.2),
            ("venue_1.haircut_multiple", 2.0),
            ("margin.maintenance", 0.001),
            ("clearing.scheme", scheme),
        ];
        let scenario = quiet(&[1_000.0, 1_000.0], &settings);
        let account = (0.0, 1.0, [0.0, 3.0, 0.0, 0.0]);
        let mut simulation = run(&scenario, &[account, account]);
        simulation.cross.accounts[1].venue = VenueId::new(1);
        let accounts = simulation.cross.accounts.clone();
        let parameters = *simulation.parameters();
        for asset in &mut simulation.assets {
            asset.world.venues[0].contracts[LINEAR].cross = Account::default();
            asset.world.venues[0].contracts[LINEAR].counterparty = Account::default();
        }
        simulation.cross.open(&parameters, accounts, &mut simulation.assets);
        news(&mut simulation, 2, -0.7 / 3.0);
        let stands = [0, 1].map(|account| units(&simulation, account, 1) == 3.0);
        assert_eq!(stands, stand, "scheme {scheme}");
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    }
}

/// What is still owed after the positions are closed is raised by selling coins; then the fund pays.
#[test]
fn debts_are_paid_by_coins_then_by_the_fund_then_by_nobody() {
    let settings = [
        ("margin.maintenance", 0.01),
        ("cross.haircut", 0.0),
        ("fund.insurance", 400.0),
    ];
    let scenario = quiet(&[1_000.0, 1_000.0], &settings);
    // One owes 1,500 less its 100 USD and sells 1.4 of 2 coins; the other owes 900 and has a coin of 500 at the end.
    let mut simulation = run(
        &scenario,
        &[(100.0, 2.0, [0.0, 3.0, 0.0, 0.0]), (100.0, 1.0, [0.0, 2.0, 0.0, 0.0])],
    );
    news(&mut simulation, 1, -0.5);
    news(&mut simulation, 2, -0.5);
    (0..20).for_each(|_| simulation.step());
    let coins: Vec<Coins> = simulation.cross.accounts.iter().map(|account| account.coins).collect();
    assert_eq!(coins, [Coins::ZERO; 2]);
    assert!(simulation.cross.closing.is_empty());
    let shortfall: f64 = simulation
        .assets()
        .iter()
        .map(|asset| asset.summary().cross_shortfall_usd)
        .sum();
    // 1,500 − 100 − 2·500 = 400 and 1,000 − 100 − 500 = 400, and a little for the impact.
    assert!((shortfall - 800.0).abs() < 1.0, "{shortfall}");
    let second = simulation.assets()[1].summary();
    // The second asset's fund is .4 of the first's, and pays all it has.
    assert!(
        second.insurance_fund_usd < 1e-9 && (second.bad_debt_usd - 640.0).abs() < 1.0,
        "{second:?}"
    );
    assert!(simulation.halted().is_none());
}

/// The bound on how far prices may move before an account is looked at again never lets one fail unnoticed.
#[test]
fn accounts_are_found_as_a_scan_of_all_would_find_them() {
    let settings = [
        ("cross.enabled", 1.0),
        ("cross.count", 400.0),
        ("cross.leverage", 20.0),
        ("assets.count", 3.0),
        ("market.volatility", 3.0),
        ("market.step_seconds", 600.0),
        ("funding.enabled", 1.0),
        ("volatility_margin.enabled", 1.0),
        ("volatility_margin.half_life", 1_200.0),
        ("venue_1.haircut_multiple", 2.0),
    ];
    let mut scenario = Scenario::default();
    for (path, value) in settings {
        scenario.set(path, value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    let haircut = cascade_scenario::find("cross.haircut").unwrap().id;
    for step in 0..200 {
        if step % 50 == 25 {
            simulation.set(haircut, 0.1 + 0.001 * f64::from(step)).unwrap();
        }
        simulation.step();
        let cross = &simulation.cross;
        for (index, account) in cross.accounts.iter().enumerate() {
            let open = account.legs.iter().any(|leg| leg.quantity != 0.0);
            if open && cross.terms.slack(account).0 <= Usd::ZERO {
                assert!(
                    cross.closing.iter().any(|failing| failing.at == index),
                    "{index}: {account:?}"
                );
            }
        }
    }
    let failed: u64 = simulation
        .assets()
        .iter()
        .map(|asset| asset.summary().cross_liquidation_count)
        .sum();
    assert!(failed > 20, "{failed}");
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
}

/// The estimated matrix says what a small fall of one asset does to the other, without recovery and arbitrage.
#[test]
fn the_matrix_predicts_a_small_contagion() {
    let settings = [
        ("margin.maintenance", 0.01),
        ("cross.haircut", 0.0),
        ("arbitrage.enabled", 0.0),
        ("liquidity.resilience", 0.0),
        ("liquidity.depth", 1e9),
        ("liquidity.spot_share", 0.01),
        ("execution.rounds_per_step", 1.0),
    ];
    let scenario = quiet(&[1_000.0, 1_000.0], &settings);
    // Thresholds of A evenly between 0 and 10 %: each holds 1,000 coins of B on collateral of 100,000 A-coins' worth…
    let accounts: Vec<_> = (0..1_000)
        .map(|n| {
            let threshold = 0.1 * (f64::from(n) + 0.5) / 1_000.0;
            // Equity = coins·P_A − debt must equal the requirement 1 % of the position at the threshold.
            let (coins, held) = (1_000.0, 50.0);
            let usd = 0.01 * held * 1_000.0 - coins * 1_000.0 * (1.0 - threshold);
            (usd, coins, [0.0, held, 0.0, 0.0])
        })
        .collect();
    let mut simulation = run(&scenario, &accounts);
    // A fall of A by 4 % sets off 2e8 USD of B, and B's own fall x takes 50,000·x from 1e6 of coins: x = .5·(.04 + .05·x).
    let ends = simulation.predicted_moves(AssetId::FIRST, -0.04).unwrap();
    assert!((ends[0] - libm::log(0.96)).abs() < 1e-9, "{ends:?}");
    let end = 0.5 * 0.04 / (1.0 - 0.5 * 0.05);
    assert!((ends[1] + end).abs() < 6e-4, "{ends:?}");
    let gain = simulation.contagion().gain[1][0];
    // 1,000 accounts of 50,000 USD over .1: 5e8 USD per unit of price change, on a depth of 1e9.
    assert!((gain - 0.5).abs() < 0.01, "{gain}");
    news(&mut simulation, 1, libm::expm1(-0.004));
    let fall = -simulation.assets()[1].observation().attribution[Source::Contagion];
    let first_round = -libm::log(simulation.assets()[1].observation().futures[0] / 1_000.0);
    // The venue's book has 99 % of the depth.
    assert!(
        (first_round - 0.004 * 0.5 / 0.99).abs() < 0.05 * 0.002,
        "{first_round}, spot {fall}"
    );
}

/// 100 USD and 2 coins of A behind 3 coins of B, all at 1,000, at a haircut of 10 %: A falls 40 % and takes 720, then B falls
/// 50 % and takes 1,500 less the 150 by which its requirement of 10 % has become smaller.
#[test]
fn the_blame_is_shared_by_what_each_asset_took() {
    let scenario = quiet(
        &[1_000.0, 1_000.0],
        &[
            ("margin.maintenance", 0.1),
            ("cross.haircut", 0.1),
            ("liquidity.depth", 1e8),
        ],
    );
    let mut simulation = run(&scenario, &[(100.0, 2.0, [0.0, 3.0, 0.0, 0.0])]);
    news(&mut simulation, 1, -0.4);
    assert_eq!(simulation.spillover(), &Spillover::default());
    news(&mut simulation, 2, -0.5);
    let spillover = *simulation.spillover();
    let (from_a, from_b) = (spillover.closed[1][0], spillover.closed[1][1]);
    // Its own sale has moved neither price yet.
    let share = 720.0 / (720.0 + 1_350.0);
    assert!((from_a / (from_a + from_b) - share).abs() < 1e-9, "{spillover:?}");
    assert!((from_a + from_b - 1_500.0).abs() < 1e-6, "{spillover:?}");
    assert_eq!(spillover.closed[0], [0.0; ASSETS_MAX]);
    // It owes 1,400 then: coins are sold, and the same two are to blame.
    let coins = spillover.collateral_sold;
    assert!((coins[0] / (coins[0] + coins[1]) - share).abs() < 1e-9, "{spillover:?}");
    assert_eq!(spillover.from_others(AssetId::new(1)), from_a);
}

/// Rows add up to what was closed in each asset, whatever happened on the way.
#[test]
fn what_is_shared_out_adds_up_to_what_was_sold() {
    let settings = [
        ("cross.enabled", 1.0),
        ("cross.count", 2_000.0),
        ("cross.leverage", 20.0),
        ("cross.coin_share", 1.0),
        ("cross.collateral_asset", 2.0),
        ("assets.count", 3.0),
        ("assets.correlation", 0.3),
        ("market.volatility", 2.0),
        ("market.step_seconds", 60.0),
        ("funding.enabled", 1.0),
    ];
    let mut scenario = Scenario::default();
    for (path, value) in settings {
        scenario.set(path, value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    for step in 0..400 {
        if step == 200 {
            // Drawn anew: what was sold before stays told.
            let id = cascade_scenario::find("cross.leverage").unwrap().id;
            simulation.set(id, 25.0).unwrap();
        }
        simulation.step();
    }
    let spillover = simulation.spillover();
    let mut across = 0.0;
    for (id, asset) in AssetId::each(simulation.assets()) {
        let told: f64 = spillover.closed[id.index()].iter().sum();
        let closed = asset.summary().cross_liquidated_usd;
        assert!(closed > 1e6, "{closed}");
        assert!((told / closed - 1.0).abs() < 1e-9, "{told} {closed}");
        across += spillover.from_others(id) / closed;
    }
    assert!(across > 0.1, "{spillover:?}");
    let coins: f64 = spillover.collateral_sold.iter().sum();
    let sold: f64 = simulation
        .assets()
        .iter()
        .map(|one| one.summary().collateral_sold_usd)
        .sum();
    assert!(coins > 0.0 && (coins / sold - 1.0).abs() < 1e-9, "{coins} {sold}");
    assert!(simulation.halted().is_none());
}

/// Without accounts that tie the assets, each ends where it would end as the only one.
#[test]
fn without_ties_the_prediction_is_that_of_the_asset_alone() {
    let mut scenario = Scenario::default();
    scenario.set("assets.count", 2.0).unwrap();
    let simulation = Simulation::new(&scenario).unwrap();
    for size in [-0.003, -0.02, -0.04, 0.01] {
        for asset in AssetId::first(2) {
            let alone = simulation.assets()[asset].predicted_move(size);
            let together = simulation.predicted_moves(asset, size);
            let (Some(alone), Some(together)) = (alone, together) else {
                assert!(alone.is_none() && together.is_none(), "{size}: {alone:?} {together:?}");
                continue;
            };
            let gap = (libm::log1p(alone) - together[asset.index()]).abs();
            assert!(gap < 1e-12, "{size}: {alone} {together:?}");
            assert_eq!(together[1 - asset.index()], 0.0);
        }
    }
}
