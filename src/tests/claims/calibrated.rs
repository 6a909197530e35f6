//! What it would take for the fitted market to run away.

use cascade_lab::engine::{Simulation, Summary};
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

use crate::{SEEDS, middle};

fn run(depth: Option<f64>, levered: bool, seed: u64) -> Summary {
    let mut scenario = preset::find("calibrated-market").unwrap();
    scenario.seed = seed;
    if let Some(depth) = depth {
        scenario.set("liquidity.depth", depth).unwrap();
    }
    if !levered {
        scenario.positions = scenario.positions.iter().take(1).cloned().collect::<Vec<_>>().into();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    for _ in 0..360 {
        simulation.step();
    }
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none() && summary.ledger_max_relative_error < 1e-9);
    summary
}

/// As it was fitted hardly anything is forced; where orders meet only the book that is shown it is critical, with a quarter of that book
/// it runs away: in every run, and because of its positions.
#[test]
fn the_fitted_market_runs_away_only_where_its_book_is_gone() {
    let of =
        |depth: Option<f64>, levered| -> Vec<Summary> { (1..=SEEDS).map(|seed| run(depth, levered, seed)).collect() };
    let (fitted, shown, gone) = (of(None, true), of(Some(7.69e9), true), of(Some(2e9), true));
    let without = of(Some(2e9), false);
    let figure = |runs: &[Summary], of: fn(&Summary) -> f64| middle(&runs.iter().map(of).collect::<Vec<_>>());
    let drawdown = |runs: &[Summary]| figure(runs, |run| run.max_drawdown);
    println!(
        "fall {:.2} {:.2} {:.2} %, without positions {:.2} %; R {:.2} {:.2}",
        100.0 * drawdown(&fitted),
        100.0 * drawdown(&shown),
        100.0 * drawdown(&gone),
        100.0 * drawdown(&without),
        figure(&fitted, |run| run.reproduction_ratio),
        figure(&shown, |run| run.reproduction_ratio)
    );
    assert!(figure(&fitted, |run| run.excess_move_log) < 0.002 && figure(&fitted, |run| run.reproduction_ratio) < 0.3);
    assert!(figure(&shown, |run| run.reproduction_ratio) > 0.9);
    for (((fitted, shown), gone), without) in fitted.iter().zip(&shown).zip(&gone).zip(&without) {
        assert!(fitted.max_drawdown < shown.max_drawdown && shown.max_drawdown < gone.max_drawdown);
        assert!(gone.max_drawdown > 0.3 && without.max_drawdown < 0.1);
    }
}
