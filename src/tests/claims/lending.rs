//! Claims about the lending pool, on paired seeds: the same loans and the same noise on both sides.

use cascade_lab::engine::LendingSummary;
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

use super::{SEEDS, Simulation};

/// The spiral's preset with some settings, for a seed, over an hour after its shock.
fn spiral(settings: &[(&str, f64)], seed: u64) -> (LendingSummary, f64) {
    let mut scenario = preset::find("lending-spiral").unwrap();
    scenario.seed = seed;
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..480).for_each(|_| simulation.step());
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none(), "{:?}", summary.halted);
    (summary.lending.unwrap(), summary.max_drawdown)
}

fn both(low: &[(&str, f64)], high: &[(&str, f64)]) -> Vec<[(LendingSummary, f64); 2]> {
    (1..=SEEDS)
        .map(|seed| [spiral(low, seed), spiral(high, seed)])
        .collect()
}

/// How often the second run of a pair has more of something, and the median of the differences.
fn more(pairs: &[[(LendingSummary, f64); 2]], of: impl Fn(&(LendingSummary, f64)) -> f64) -> (usize, f64) {
    let mut differences: Vec<f64> = pairs.iter().map(|[low, high]| of(high) - of(low)).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let count = differences.iter().filter(|difference| **difference > 0.0).count();
    (count, differences[differences.len() / 2])
}

fn bad_debt((lending, _): &(LendingSummary, f64)) -> f64 {
    lending.bad_debt_usd
}

#[test]
fn thinner_books_leave_more_bad_debt() {
    for pair in [[4e9, 2e9], [2e9, 1e9]] {
        let [deep, thin] = pair.map(|depth| [("liquidity.depth", depth)]);
        let pairs = both(&deep, &thin);
        let (rises, median) = more(&pairs, bad_debt);
        println!("depth {pair:?}: bad debt rises in {rises}, median by {median:.3e}");
        assert_eq!(rises, SEEDS as usize);
    }
}

/// A larger bonus draws the threshold below which a liquidation makes a loan worse, LT·(1 + β), towards 1, and lets
/// liquidators sell further below the oracle's price: the same news is more often the beginning of a spiral, and it is a deeper one.
#[test]
fn a_larger_bonus_lets_the_spiral_begin_earlier() {
    let spirals = |bonus: f64, shock: f64| {
        let settings = [("lending.bonus", bonus), ("shock.size", shock)];
        (1..=SEEDS).filter(|seed| spiral(&settings, *seed).1 > 0.3).count()
    };
    let news = [-0.07, -0.08, -0.09, -0.1, -0.12];
    let counts = [0.02, 0.05, 0.1].map(|bonus| news.map(|size| spirals(bonus, size)));
    println!("spirals of {SEEDS} by news {news:?}, bonus 2, 5 and 10 %: {counts:?}");
    for (small, large) in counts[1].iter().zip(counts[2]) {
        assert!(*small <= large, "{counts:?}");
    }
    let first = |counts: [usize; 5]| counts.iter().position(|count| *count >= 16);
    assert!(
        first(counts[2]).is_some() && first(counts[2]) < first(counts[1]).or(Some(news.len())),
        "{counts:?}"
    );
    let pairs = both(&[("lending.bonus", 0.02)], &[("lending.bonus", 0.1)]);
    let (rises, median) = more(&pairs, |(_, drawdown)| *drawdown);
    println!("bonus 2 to 10 %: deeper in {rises}, median by {median:.3}");
    assert!(rises == SEEDS as usize && median > 0.1);
}

/// What a table of loans at shocked prices does not see: the selling itself.
#[test]
fn feedback_makes_the_bad_debt() {
    let mut hidden = 0;
    for seed in 1..=SEEDS {
        let mut scenario = preset::find("lending-spiral").unwrap();
        scenario.seed = seed;
        let simulation = Simulation::new(&scenario).unwrap();
        let size = scenario.parameters.shock.size;
        let instant = simulation.assets()[0]
            .loans_without_feedback(size)
            .unwrap()
            .bad_debt_usd;
        let (lending, _) = spiral(&[], seed);
        assert!(lending.bad_debt_usd >= instant, "{seed}: {instant} {lending:?}");
        hidden += usize::from(instant < 0.01 * lending.bad_debt_usd);
    }
    println!("bad debt that is all feedback: {hidden} of {SEEDS}");
    assert!(hidden >= 30, "{hidden}");
}
