//! The presets about traders show what their descriptions say: with them and without, on the same seed.

use cascade_lab::engine::{LogKind, Simulation, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

/// Two hours of a preset with some parameters changed.
fn run(name: &str, settings: &[(&str, f64)]) -> (Summary, f64) {
    let mut scenario = preset::find(name).unwrap();
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..720).for_each(|_| simulation.step());
    let summary = simulation.summary_of(AssetId::FIRST);
    assert_eq!(summary.halted, None);
    (summary, simulation.assets()[0].observation().spot / 1e5 - 1.0)
}

fn trough(summary: &Summary) -> f64 {
    summary.lowest_price / 1e5 - 1.0
}

/// The step in which the first of so many predators attacks.
fn first_attack(competitors: f64) -> u64 {
    let mut scenario = preset::find("predators").unwrap();
    scenario.set("predators.competitors", competitors).unwrap();
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..240).for_each(|_| simulation.step());
    let attacks = simulation
        .log()
        .iter()
        .filter(|entry| entry.kind() == LogKind::Predators);
    attacks.map(|entry| entry.step).min().unwrap()
}

#[test]
fn predators_shows_a_deeper_trough_that_recovers() {
    let (hunted, hunted_end) = run("predators", &[]);
    let (calm, calm_end) = run("predators", &[("predators.enabled", 0.0)]);
    let deeper = trough(&calm) - trough(&hunted);
    println!(
        "trough {:.4}, without {:.4}, end {hunted_end:.4}, without {calm_end:.4}, profit {:.3e}",
        trough(&hunted),
        trough(&calm),
        hunted.predators_profit_usd,
    );
    assert!(
        (-0.095..-0.085).contains(&trough(&hunted)) && deeper > 0.005,
        "{deeper}"
    );
    assert!((calm_end - hunted_end).abs() < 0.3 * deeper);
    let quick = [0.0, 1.0].map(|enabled| {
        let settings = [("arbitrage.time_constant", 30.0), ("predators.enabled", enabled)];
        trough(&run("predators", &settings).0)
    });
    assert!(quick[1] < quick[0] - 0.02, "{quick:?}");
    assert!(hunted.predators_profit_usd > 1e7);
    // A dozen attack earlier.
    assert!(first_attack(12.0) < first_attack(3.0));
}

/// Failure alone: nobody withdraws, so that what the fall is deeper by than with makers who can carry anything is what failing
/// and passing on the load adds.
#[test]
fn maker_failure_shows_a_grid_that_collapses() {
    let with = |settings: &[(&str, f64)]| run("maker-failure", settings).0;
    let shipped = with(&[]);
    let (heavy, roomy) = (with(&[("makers.limits", 1.0)]), with(&[("makers.capacity", 4e9)]));
    let (ample, sound) = (with(&[("makers.capacity", 1e12)]), with(&[("makers.enabled", 0.0)]));
    println!(
        "failed: even {}, heavy-tailed {}, roomy {}; depth {:.3e}; trough {:.4}, heavy-tailed {:.4}, roomy {:.4}, ample {:.4}, sound {:.4}",
        shipped.makers_failed_count,
        heavy.makers_failed_count,
        roomy.makers_failed_count,
        shipped.lowest_depth_usd,
        trough(&shipped),
        trough(&heavy),
        trough(&roomy),
        trough(&ample),
        trough(&sound)
    );
    // Makers who neither fail nor withdraw are the depth that stands by itself.
    assert_eq!((ample.makers_failed_count, trough(&ample)), (0, trough(&sound)));
    assert!(shipped.makers_standing_min < 0.02 && shipped.makers_failed_count >= 400);
    assert!(shipped.lowest_depth_usd < 0.45 * 15e9 && trough(&shipped) < 2.0 * trough(&ample));
    // The same grid with room for twice as much holds.
    assert!(roomy.makers_standing_min > 0.75 && trough(&roomy) > trough(&ample) - 0.01);
    // It wears away where a few can carry very much.
    assert!(heavy.makers_standing_min > 0.2 && trough(&heavy) > trough(&shipped) + 0.03);
}

#[test]
fn liquidity_defence_shows_gain_and_cost() {
    let (defended, _) = run("liquidity-defence", &[]);
    let (alone, _) = run("liquidity-defence", &[("providers.enabled", 0.0)]);
    let trend = [
        ("providers.anchor", 1.0),
        ("shock.size", -0.08),
        ("shock.over_steps", 240.0),
    ];
    let (trapped, _) = run("liquidity-defence", &trend);
    let (fallen, _) = run(
        "liquidity-defence",
        &[&trend[..], &[("providers.enabled", 0.0)]].concat(),
    );
    println!(
        "trough {:.4}, alone {:.4}, profit {:.3e}; in a trend {:.4}, alone {:.4}, profit {:.3e}",
        trough(&defended),
        trough(&alone),
        defended.providers_profit_usd,
        trough(&trapped),
        trough(&fallen),
        trapped.providers_profit_usd
    );
    let gain = trough(&defended) - trough(&alone);
    // More than half a billion moves the books of 15 billion.
    assert!(gain > 0.02 && defended.providers_profit_usd > 1e5, "{gain}");
    assert!(trough(&trapped) > trough(&fallen) && trapped.providers_profit_usd < -1e7);
}

#[test]
fn basis_and_funding_shows_what_a_split_does() {
    let (crossed, _) = run("basis-and-funding", &[]);
    let alike = [
        ("venue_1.interest_weight", 0.4),
        ("venue_2.interest_weight", 0.3),
        ("venue_3.interest_weight", 0.2),
        ("venue_4.interest_weight", 0.1),
    ];
    let (proportional, _) = run("basis-and-funding", &alike);
    println!(
        "basis variance {:.3e}, in proportion {:.3e}; funding {:.3e}, {:.3e}",
        crossed.basis_variance, proportional.basis_variance, crossed.funding_variance, proportional.funding_variance
    );
    assert_eq!(crossed.liquidation_count + proportional.liquidation_count, 0);
    assert!(crossed.basis_variance > 2.0 * proportional.basis_variance);
    assert!(crossed.funding_variance > 10.0 * proportional.funding_variance);
}
