//! The waterfall, the size of the default fund and the members' sums, by hand.

use crate::positions::clearing::membership;
use crate::positions::netting::Pairs;
use crate::random::RandomStreams;
use crate::{ContractKind, Placement, Position, Side, Simulation};
use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

/// One venue without noise whose book hardly moves.
fn quiet(settings: &[(&str, f64)]) -> Scenario {
    let mut scenario = Scenario::default();
    let still = [
        ("market.volatility", 0.0),
        ("venues.count", 1.0),
        ("funding.enabled", 0.0),
        ("liquidity.depth", 1e12),
    ];
    for (path, value) in still.iter().chain(settings) {
        scenario.set(path, *value).unwrap();
    }
    scenario
}

/// Ten coins long at 100,000.
fn long(id: u32, margin: f64) -> Placement {
    Placement {
        venue: VenueId::FIRST,
        kind: ContractKind::Linear,
        side: Side::Long,
        tier: 0,
        position: Position {
            id,
            quantity: 10.0,
            entry: 100_000.0,
            margin,
        },
    }
}

fn news(simulation: &mut Simulation, size: f64) {
    simulation.shock(&Shock {
        size: Some(size),
        over_steps: Some(1),
        ..Shock::default()
    });
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1.0, "{found}, expected {expected}");
}

/// The position is bankrupt at 89,000 and sold at 85,000: 40,000 are missing. The insurance fund has 10,000; of the two
/// members, whose margins are equal, each has paid in half of the default fund.
#[test]
fn losses_go_down_the_waterfall() {
    for (scheme, default_fund, used, mutualised, unpaid) in [
        (0.0, 24_000.0, 0.0, 0.0, 30_000.0),
        (1.0, 24_000.0, 12_000.0, 0.0, 18_000.0),
        (2.0, 24_000.0, 24_000.0, 12_000.0, 6_000.0),
        (2.0, 40_000.0, 30_000.0, 10_000.0, 0.0),
        (2.0, 80_000.0, 30_000.0, 0.0, 0.0),
    ] {
        let scenario = quiet(&[
            ("clearing.scheme", scheme),
            ("clearing.members", 2.0),
            ("clearing.default_fund", default_fund),
            ("fund.insurance", 10_000.0),
            ("fund.auto_deleveraging", 0.0),
        ]);
        let mut simulation = Simulation::with_positions(&scenario, &[long(0, 110_000.0)]).unwrap();
        news(&mut simulation, -0.15);
        simulation.step();
        let run = simulation.summary_of(AssetId::FIRST);
        near(run.shortfall_usd, 40_000.0);
        near(run.clearing.default_fund_used_usd, used);
        near(run.clearing.mutualised_usd, mutualised);
        near(run.bad_debt_usd, unpaid);
        near(run.insurance_fund_usd, 0.0);
        if scheme > 0.0 {
            near(run.clearing.default_fund_usd, default_fund - used);
        }
        assert!(run.halted.is_none() && run.ledger_max_relative_error < 1e-12, "{run:?}");
    }
}

/// Three members with one client each lose 10,000 more than their margin a coin of price, less the margin, in a fall of
/// 10 %: the fund covers the two largest. A change of its size is paid in or out.
#[test]
fn the_fund_covers_the_two_largest_losses() {
    let scenario = quiet(&[
        ("clearing.scheme", 2.0),
        ("clearing.members", 3.0),
        ("clearing.sizing", 2.0),
        ("clearing.stress_move", 0.1),
    ]);
    let streams = RandomStreams::new(scenario.seed, AssetId::FIRST);
    let membership = membership(&scenario.parameters, streams);
    let of_member = |member| (0..1_000).find(|id| membership.of(*id).0 == member).unwrap();
    let positions = [
        long(of_member(0), 70_000.0),
        long(of_member(1), 50_000.0),
        long(of_member(2), 20_000.0),
    ];
    let mut simulation = Simulation::with_positions(&scenario, &positions).unwrap();
    let fund = |simulation: &Simulation| simulation.assets[0].observation().clearing.default_fund_usd;
    near(fund(&simulation), 50_000.0 + 80_000.0);
    let row = cascade_scenario::find("clearing.stress_move").unwrap();
    simulation.set(row.id, 0.06).unwrap();
    simulation.step();
    near(fund(&simulation), 10_000.0 + 40_000.0);
    assert!(simulation.halted().is_none() && simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-12);
}

/// Triggered in the first step, closed three steps later; the price has fallen further meanwhile.
#[test]
fn execution_waits_for_its_latency() {
    let scenario = quiet(&[("execution.latency", 30.0), ("market.step_seconds", 10.0)]);
    let mut simulation = Simulation::with_positions(&scenario, &[long(0, 110_000.0)]).unwrap();
    news(&mut simulation, -0.106);
    simulation.step();
    for _ in 1..3 {
        news(&mut simulation, -0.01);
        simulation.step();
        let waiting = simulation.assets[0].observation();
        near(waiting.queued, 10.0 * waiting.marks[0]);
        assert_eq!(simulation.summary_of(AssetId::FIRST).liquidated_notional_usd, 0.0);
        assert_eq!(simulation.assets[0].standing().count(), 0);
    }
    simulation.step();
    let price = simulation.assets[0].observation().marks[0];
    assert_eq!(simulation.assets[0].observation().queued, 0.0);
    let loss = 10.0 * (89_000.0 - price);
    assert!(loss > 10_000.0 && (simulation.summary_of(AssetId::FIRST).shortfall_usd / loss - 1.0).abs() < 1e-3);
    assert!(simulation.halted().is_none());
}

/// Positions are called, topped up, sold in parts, liquidated in tranches, deleveraged and opened anew: the members' sums
/// are those of the positions that are left.
#[test]
fn members_sums_are_those_of_their_clients() {
    let mut scenario = Scenario::default();
    for (path, value) in [
        ("clearing.scheme", 2.0),
        ("clearing.members", 7.0),
        ("clearing.default_fund", 1e6),
        ("positions.count", 4_000.0),
        ("positions.open_interest", 9e9),
        ("positions.coin_margin_share", 0.4),
        ("fund.insurance", 1e6),
        ("margin_calls.enabled", 1.0),
        ("staggered.enabled", 1.0),
        ("execution.latency", 20.0),
        ("reopening.enabled", 1.0),
        ("reopening.quiet_time", 60.0),
    ] {
        scenario.set(path, value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    simulation.step();
    news(&mut simulation, -0.05);
    (0..1_000).for_each(|_| simulation.step());
    let run = simulation.summary_of(AssetId::FIRST);
    assert!(
        run.adl_count > 0 && run.sold_on_call_usd > 0.0 && run.halted.is_none(),
        "{run:?}"
    );
    assert_eq!(simulation.assets[0].observation().queued, 0.0);
    let membership = simulation.assets[0].world.clearing.membership;
    for (id, venue) in VenueId::each(simulation.assets[0].world.venues.iter()) {
        for contract in &venue.contracts {
            for book in &contract.sides {
                let mut counted = Pairs::new(7);
                let here = |p: &Placement| p.venue == id && p.kind == contract.kind && p.side == book.side;
                for placement in simulation.assets[0].standing().filter(here) {
                    counted.add(membership.of(placement.position.id), placement.position.quantity);
                }
                let scale = 1e-9 * book.flows.opened.max(1.0);
                for member in 0..7 {
                    for (kept, counted) in book.clients.pairs().of(member).iter().zip(counted.of(member)) {
                        assert!((kept - counted).abs() < scale, "{kept} kept, {counted} counted");
                    }
                }
            }
        }
    }
}

/// One contract among N members: a house asks for 1/√(N − 1) of the margin that pairs ask for (Duffie and Zhu 2011, K = 1). Who
/// belongs to whom is drawn anew with every seed, so that the mean over seeds is the closed form, within three standard errors.
#[test]
fn netting_averages_out_over_seeds() {
    const SEEDS: u64 = 64;
    for members in [3.0, 6.0, 10.0] {
        let share = 1.0 / f64::sqrt(members - 1.0);
        let mut scenario = quiet(&[
            ("clearing.scheme", 2.0),
            ("clearing.members", members),
            ("positions.count", 2_000.0),
            ("positions.size_dispersion", 0.0),
        ]);
        let margins: Vec<[f64; 2]> = (1..=SEEDS)
            .map(|seed| {
                scenario.seed = seed;
                let clearing = Simulation::new(&scenario).unwrap().assets[0].observation().clearing;
                [clearing.margin_central_usd, clearing.margin_bilateral_usd]
            })
            .collect();
        // Means are compared, not the seeds' quotients, which are biased.
        let scale = margins.iter().map(|[_, pairs]| pairs).sum::<f64>() / SEEDS as f64;
        let gaps: Vec<f64> = margins
            .iter()
            .map(|[house, pairs]| (house - share * pairs) / scale)
            .collect();
        let mean = gaps.iter().sum::<f64>() / SEEDS as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / SEEDS as f64;
        let error = (variance / SEEDS as f64).sqrt();
        assert!(
            mean.abs() < 3.0 * error && error < 0.03,
            "{members} members: {mean} ± {error}"
        );
    }
}
