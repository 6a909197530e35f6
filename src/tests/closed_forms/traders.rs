//! Closed forms of traders with capital of their own: predators and makers.

use cascade_lab::engine::{ContractKind, Placement, Position, Side, Simulation};
use cascade_lab::scenario::{AssetId, VenueId};

use super::common::{bare, inverse_long, shock};

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
            venue: VenueId::FIRST,
            kind: ContractKind::Linear,
            side: Side::Long,
            tier: 0,
            position,
        };
        let mut simulation = Simulation::with_positions(&scenario(capital), &[victim]).unwrap();
        let mut prices = Vec::new();
        for _ in 0..3 {
            simulation.step();
            prices.push(simulation.assets()[0].observation().futures[0]);
        }
        assert!(simulation.halted().is_none());
        // What the victim's margin and the fund have together is the margin less the loss of the sale.
        (
            prices,
            simulation.assets()[0].observation().insurance_fund,
            simulation.summary_of(AssetId::FIRST),
        )
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

/// Share of a venue's makers that stands after one forced order of the load f, in units of all makers' largest limits.
fn survivors(load: f64, settings: &[(&str, f64)]) -> f64 {
    // Half of the capacity is the venue's, and the largest even limit is twice the median: M·x_max is the capacity.
    let capacity = 1e9;
    let mut all = vec![
        ("liquidity.depth", 1e12),
        ("makers.enabled", 1.0),
        ("makers.count", 1_000.0),
        ("makers.capacity", capacity),
        ("makers.withdrawal", 0.0),
    ];
    all.extend_from_slice(settings);
    let scenario = bare(&all);
    let victim = inverse_long(0, 0, load * capacity, 0.01, &scenario);
    let mut simulation = Simulation::with_positions(&scenario, &[victim]).unwrap();
    shock(&mut simulation, -0.02);
    simulation.step();
    assert!(simulation.halted().is_none());
    // The spot book has the other half of the makers, and they carry nothing.
    2.0 * simulation.assets()[0].observation().makers_standing - 1.0
}

/// Makers as an equal-load fibre bundle with limits spread evenly: (1 + √(1 − 4f))/2 survive up to f = 1/4, none beyond.
#[test]
fn t22_makers_are_a_fibre_bundle() {
    for (load, expected) in [(0.16, 0.8), (0.24, 0.6), (0.2475, 0.55), (0.2525, 0.0)] {
        let found = survivors(load, &[]);
        // A thousand makers resolve a thousandth. The order moves its own price by 2·10⁻³·f, and the load with it: the
        // share then shifts by as much over √(1 − 4f).
        assert!(
            (found - expected).abs() < 2e-3 + 0.003 * load / 0.1,
            "f {load}: {found}, expected {expected}"
        );
    }
}

/// Depth collapses abruptly where x·P(limit > x) has an interior maximum, and wears away where it has none.
#[test]
fn limits_decide_whether_makers_collapse_or_wear_away() {
    let largest_drop = |settings: &[(&str, f64)]| {
        let shares: Vec<f64> = (0..=60).map(|i| survivors(0.01 * f64::from(i), settings)).collect();
        assert!(shares[0] == 1.0 && shares[60] < 0.5, "{shares:?}");
        shares.windows(2).map(|pair| pair[0] - pair[1]).fold(0.0, f64::max)
    };
    let heavy = |exponent| largest_drop(&[("makers.limits", 1.0), ("makers.tail_exponent", exponent)]);
    let (even, thin, one, heaviest) = (largest_drop(&[]), heavy(2.0), heavy(1.0), heavy(0.6));
    // The share that stands at the maximum is lost at once: a half with even limits, (1 + 1/(α − 1))^(−α) = 1/4 at α = 2.
    assert!(even > 0.49 && thin > 0.24, "{even} {thin}");
    assert!(one < 0.05 && heaviest < 0.05, "{one} {heaviest}");
    // With exponent 1, P(limit > x) = 1/(1 + x/x₀): a share 1 − load/(M·x₀) survives, and x₀ is the median.
    let found = survivors(0.2, &[("makers.limits", 1.0), ("makers.tail_exponent", 1.0)]);
    assert!((found - 0.6).abs() < 2e-3, "{found}");
}

/// What failed makers held goes to the book instead: they print, and the others carry no more than before.
#[test]
fn failed_makers_may_sell_on_the_book() {
    // No redistribution: those with limits below the load fail, and no more.
    let found = survivors(0.16, &[("makers.failure", 1.0)]);
    assert!((found - 0.84).abs() < 2e-3, "{found}");
}
