//! Closed forms of traders with capital of their own: predators and makers.

use cascade_lab::engine::{ContractKind, Placement, Position, Side, Simulation};

use super::common::bare;

/// Brunnermeier and Pedersen's example: 40 sold ahead of a victim of 100 at λ = .001 and P = 100, and bought back. Trough
/// 99.86, end 99.90; the predator gains 4.00, which is what the victim loses more than without it.
#[test]
fn t18_predator_and_victim() {
    // h = V/D in log price: λ = P²/D per coin, D = 10⁷ in the venue's book.
    let scenario = |capital: f64| {
        bare(&[
            ("market.start_price", 100.0),
            ("liquidity.depth", 1e8),
            ("liquidity.spot_share", 0.9),
            ("fund.insurance", 1e4),
            ("positions.coin_margin_share", 0.0),
            ("predators.enabled", 1.0),
            ("predators.competitors", 1.0),
            ("predators.capital", capital),
            ("predators.aggressiveness", 1.0),
            ("predators.trigger", 0.0),
            ("predators.reach", 0.001),
            ("predators.density", 0.0),
            ("predators.error", 0.0),
            ("predators.selling_time", 0.0),
            ("predators.covering_time", 0.0),
        ])
    };
    let run = |capital: f64, level: f64| {
        let position = Position {
            id: 0,
            quantity: 100.0,
            entry: 100.0,
            margin: 100.0 * (100.0 - level * 0.995),
        };
        let victim = Placement {
            venue: 0,
            kind: ContractKind::Linear,
            side: Side::Long,
            tier: 0,
            position,
        };
        let mut simulation = Simulation::with_positions(&scenario(capital), &[victim]).unwrap();
        let mut prices = Vec::new();
        for _ in 0..3 {
            simulation.step();
            prices.push(simulation.observation().futures[0]);
        }
        assert!(simulation.halted().is_none());
        // What the victim's margin and the fund have together is the margin less the loss of the sale.
        (prices, simulation.observation().insurance_fund, simulation.summary())
    };
    // Without a predator the victim is liquidated at 100 itself: its level is just above the price.
    let (alone, fund_alone, _) = run(0.0, 100.000_001);
    let (hunted, fund_hunted, summary) = run(4_000.0, 99.97);
    // The log law bends prices by at most P·(Σh)²/2 = 10⁻⁴, and profits by Σh·(Q + X)·… ≤ 0.2 %.
    let near = |found: f64, expected: f64, tolerance: f64| {
        assert!((found - expected).abs() < tolerance, "{found}, expected {expected}");
    };
    near(alone[0], 99.90, 2e-4);
    near(hunted[0], 99.86, 2e-4);
    near(hunted[1], 99.90, 2e-4);
    near(hunted[2], hunted[1], 1e-9);
    near(summary.predators_profit_usd, 4.0, 0.01);
    // Margins differ by level; the fund has margin + loss of the sale.
    let margin = |level: f64| 100.0 * (100.0 - level * 0.995);
    let extra = (fund_alone - margin(100.000_001)) - (fund_hunted - margin(99.97));
    near(extra, 4.0, 0.01);
}
