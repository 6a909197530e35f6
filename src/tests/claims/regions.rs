//! What bridges between regions do to a fall that begins in one of them.

use cascade_lab::engine::{Simulation, Source};
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

use crate::{SEEDS, middle};

/// What a run of the preset with these settings comes to.
struct Run {
    /// The furthest fall of each region's spot price, log.
    troughs: Vec<f64>,
    /// What liquidations did to home's largest move.
    liquidations: f64,
}

fn run(settings: &[(&str, f64)], seed: u64) -> Run {
    let mut scenario = preset::find("regional-bridges").unwrap();
    scenario.seed = seed;
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let start = scenario.parameters.market.start_price;
    let mut simulation = Simulation::new(&scenario).unwrap();
    let mut troughs = vec![0.0_f64; scenario.parameters.regions.count as usize];
    for _ in 0..720 {
        simulation.step();
        for (trough, price) in troughs.iter_mut().zip(simulation.assets()[0].spot_prices()) {
            *trough = trough.min((price / start).ln());
        }
    }
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none() && summary.ledger_max_relative_error < 1e-9);
    Run {
        troughs,
        liquidations: summary.largest_attribution[Source::Liquidations],
    }
}

/// A bridge shares a fall out: home, where all are liquidated, falls less far, by what liquidations do there, and the region at its
/// other end falls further although nobody is liquidated there. A bridge with little capital does little of either.
#[test]
fn bridges_share_a_fall_out() {
    let failed = [("region_2.failed", 1.0), ("region_3.failed", 1.0)];
    let pairs: Vec<[Run; 2]> = (1..=SEEDS).map(|seed| [run(&[], seed), run(&failed, seed)]).collect();
    let change =
        |of: fn(&Run) -> f64| -> Vec<f64> { pairs.iter().map(|[open, failed]| of(open) - of(failed)).collect() };
    let home = change(|run| run.troughs[0]);
    let liquidations = change(|run| run.liquidations);
    let [second, third] = [change(|run| run.troughs[1]), change(|run| run.troughs[2])];
    println!(
        "with bridges: home {:+.2} pp, of it liquidations {:+.2} pp, region 2 {:+.2} pp, region 3 {:+.2} pp",
        100.0 * middle(&home),
        100.0 * middle(&liquidations),
        100.0 * middle(&second),
        100.0 * middle(&third)
    );
    let all = |values: &[f64], sign: f64| values.iter().all(|value| value * sign > 0.0);
    assert!(all(&home, 1.0) && all(&liquidations, 1.0) && middle(&home) > 0.01);
    assert!(all(&second, -1.0) && middle(&second) < -0.01);
    assert!(all(&third, -1.0) && middle(&third) > 0.5 * middle(&second));
}
