//! When collateral in one asset's coins takes another asset down: both sides of it, on paired seeds. Two assets without common
//! news; all of the shock is the first one's.

use cascade_lab::engine::FALLS;
use cascade_lab::files::preset;
use cascade_lab::scenario::find;

use super::{SEEDS, Simulation, common, middle};
use cascade_lab::scenario::{Action, Event, Scenario, Shock};

/// A fall of the second asset from which on it is a crash: its own noise and its own positions make 1 %, on a few seeds 5 to 8.
const CRASH: f64 = 0.1;

/// Largest falls of the second asset over the seeds; the haircut on the coins is changed in step 40 if one is given.
fn falls(settings: &[(&str, f64)], haircut: Option<f64>) -> Vec<f64> {
    let base = [
        ("assets.count", 2.0),
        ("assets.correlation", 0.0),
        ("cross.enabled", 1.0),
        ("cross.open_interest", 3e9),
        ("positions.count", 4_000.0),
    ];
    let fall = |seed| {
        let scenario = Scenario {
            seed,
            events: vec![Event {
                step: 30,
                action: Action::Shock(Shock::default()),
            }],
            ..common::scenario(&[&base[..], settings].concat())
        };
        let mut simulation = Simulation::new(&scenario).unwrap();
        for step in 0..240 {
            if let Some(haircut) = haircut.filter(|_| step == 40) {
                simulation.set(find("cross.haircut").unwrap().id, haircut).unwrap();
            }
            simulation.step();
        }
        assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
        simulation.assets()[1].summary().max_drawdown
    };
    (1..=SEEDS).map(fall).collect()
}

fn crashes(falls: &[f64]) -> usize {
    falls.iter().filter(|fall| **fall > CRASH).count()
}

fn tell(name: &str, falls: &[f64]) {
    println!(
        "{name}: median {:.4}, {} of {SEEDS} crash",
        middle(falls),
        crashes(falls)
    );
}

/// Accounts that hold both assets. At low leverage neither dollars nor coins carry the fall over, at high leverage the
/// positions alone do and coins add nothing; in between it is the coins that decide.
#[test]
fn coins_decide_at_the_edge_and_not_beyond_it() {
    let at = |leverage, coins| falls(&[("cross.leverage", leverage), ("cross.coin_share", coins)], None);
    let [low, edge, high] = [4.0, 7.0, 15.0].map(|leverage| (at(leverage, 0.0), at(leverage, 1.0)));
    for (leverage, (dollars, coins)) in [(4, &low), (7, &edge), (15, &high)] {
        tell(&format!("{leverage}× on dollars"), dollars);
        tell(&format!("{leverage}× on coins"), coins);
    }
    assert!(crashes(&low.0) == 0 && crashes(&low.1) <= 2, "calm at low leverage");
    assert!(crashes(&edge.1) >= crashes(&edge.0) + 8, "coins decide at the edge");
    let deeper = |pair: &(Vec<f64>, Vec<f64>)| pair.0.iter().zip(&pair.1).filter(|(d, c)| **c > 1.3 * **d).count();
    assert!(deeper(&edge) >= 10, "{} of {SEEDS}", deeper(&edge));
    assert!(
        crashes(&high.0) >= 30 && crashes(&high.1) >= 30,
        "positions carry the fall over"
    );
    assert!(deeper(&high) <= 2, "{} of {SEEDS}", deeper(&high));
    assert!((middle(&high.1) - middle(&high.0)).abs() < 0.01);
}

/// Accounts that hold one asset each, so that nothing but collateral ties the two. With a haircut that stays, a fall of the
/// coins by a tenth leaves those who hold the other asset standing; when the haircut widens from 10 to 50 %, they are sold.
#[test]
fn a_widening_haircut_carries_a_fall_over_by_itself() {
    let apart = |coins, haircut| {
        let settings = [
            ("cross.leverage", 20.0),
            ("cross.spread", 0.0),
            ("cross.coin_share", coins),
        ];
        falls(&settings, haircut)
    };
    let (dollars, dollars_widened) = (apart(0.0, None), apart(0.0, Some(0.5)));
    let (coins, widened) = (apart(1.0, None), apart(1.0, Some(0.5)));
    tell("apart, on dollars", &dollars);
    tell("apart, on coins", &coins);
    tell("apart, on coins, haircut 50 %", &widened);
    // Dollars have no haircut: it can change who is closed first of those who fail in the same round, and nothing else.
    let gap = |(one, other): (&f64, &f64)| (one / other - 1.0).abs();
    let gap = dollars.iter().zip(&dollars_widened).map(gap).fold(0.0, f64::max);
    assert!(gap < 0.01, "{gap}");
    assert!(crashes(&widened) >= crashes(&coins) + 6, "widening");
    assert!(crashes(&widened) >= crashes(&dollars) + 10, "coins against dollars");
    let deeper = dollars.iter().zip(&widened).filter(|(d, c)| **c > 1.3 * **d).count();
    assert!(deeper >= 16, "{deeper} of {SEEDS}");
}

/// What one asset's fall would do to the other shows only from some size of the fall on: before the crash, a fall of 1 % seems to
/// set off next to nothing of the other asset, one of 10 % several times as much a per cent.
#[test]
fn dependencies_are_hidden_from_small_falls() {
    let (mut larger, mut critical) = (0, 0);
    let mut of_falls = [const { Vec::new() }; FALLS.len()];
    for seed in 1..=SEEDS {
        let scenario = Scenario {
            seed,
            ..preset::find("cross-collateral-contagion").unwrap()
        };
        let mut simulation = Simulation::new(&scenario).unwrap();
        (0..110).for_each(|_| simulation.step());
        let found = FALLS.map(|fall| simulation.contagion_of_fall(fall).gain[1][0]);
        let radius = |fall| simulation.contagion_of_fall(fall).spectral_radius();
        // By the last fall most of what there is lies behind.
        critical += u64::from(radius(FALLS[0]) < 1.0 && radius(FALLS[2]) >= 1.0);
        for (all, one) in of_falls.iter_mut().zip(found) {
            all.push(one);
        }
        larger += u64::from(found[3] > found[0]);
    }
    let medians = of_falls.map(|all| middle(&all));
    println!(
        "gain of asset 2 on asset 1 by fall: {medians:.3?}, larger in {larger}, critical at 5 % only in {critical}"
    );
    assert!(larger == SEEDS && critical >= 30, "{larger} {critical}");
    assert!(medians[3] > 10.0 * medians[0].max(1e-3), "{medians:?}");
}
