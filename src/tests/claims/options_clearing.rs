//! What margin for option writers and dealers does to a fall.

use cascade_lab::engine::{Simulation, Source};
use cascade_lab::files::preset;
use cascade_lab::scenario::AssetId;

use crate::{SEEDS, middle};

/// The lowest price, log, what hedging did to the largest move, and what was closed out before the news and in all.
struct Run {
    trough: f64,
    hedging: f64,
    before: f64,
    closed: f64,
    /// Share of their options that dealers gave up, before the news and in all.
    cut_before: f64,
    cut: f64,
    digest: String,
}

fn run(settings: &[(&str, f64)], seed: u64) -> Run {
    let mut scenario = preset::find("options-clearing").unwrap();
    scenario.seed = seed;
    for (path, value) in settings {
        scenario.set(path, *value).unwrap();
    }
    let start = scenario.parameters.market.start_price;
    let mut simulation = Simulation::new(&scenario).unwrap();
    let (mut before, mut cut_before) = (0.0, 0.0);
    for step in 0..720 {
        simulation.step();
        if step == 118 {
            let seen = simulation.assets()[0].observation();
            (before, cut_before) = (seen.writers_closed, seen.dealers_cut);
        }
    }
    let summary = simulation.summary_of(AssetId::FIRST);
    assert!(summary.halted.is_none() && summary.ledger_max_relative_error < 1e-9);
    Run {
        trough: (summary.lowest_price / start).ln(),
        hedging: summary.largest_attribution[Source::Hedging],
        before,
        closed: simulation.assets()[0].observation().writers_closed,
        cut_before,
        cut: simulation.assets()[0].observation().dealers_cut,
        digest: summary.digest,
    }
}

/// A clearing house that sees calls and puts asks for less than two that see one of them each: with the same collateral less goes to
/// dealers, who would hedge it with the move, and the fall is shallower by what hedging does. Where nobody is called it is shallower
/// still.
#[test]
fn one_schedule_for_option_writers_sets_off_less_hedging_than_several() {
    let of = |settings: &[(&str, f64)]| -> Vec<Run> { (1..=SEEDS).map(|seed| run(settings, seed)).collect() };
    let several = of(&[]);
    let one = of(&[("writers.schedule", 0.0)]);
    let ample = of(&[("writers.capital", 1e12)]);
    let figure = |runs: &[Run], of: fn(&Run) -> f64| middle(&runs.iter().map(of).collect::<Vec<_>>());
    let gap = |of: fn(&Run) -> f64| -> Vec<f64> {
        one.iter()
            .zip(&several)
            .map(|(one, several)| of(one) - of(several))
            .collect()
    };
    let (shallower, less_hedging) = (gap(|run| run.trough), gap(|run| run.hedging));
    println!(
        "one schedule: trough shallower by {:.2} pp, of it hedging {:.2} pp; closed out before the news and in all, one {:.2} {:.2}, \
         several {:.2} {:.2}; ample collateral against one {:+.2} pp",
        100.0 * middle(&shallower),
        100.0 * middle(&less_hedging),
        figure(&one, |run| run.before),
        figure(&one, |run| run.closed),
        figure(&several, |run| run.before),
        figure(&several, |run| run.closed),
        100.0 * (figure(&ample, |run| run.trough) - figure(&one, |run| run.trough)),
    );
    assert!(
        one.iter()
            .zip(&several)
            .all(|(one, several)| one.closed < several.closed && one.before == 0.0)
    );
    assert!(shallower.iter().all(|gap| *gap > 0.0) && less_hedging.iter().all(|gap| *gap > 0.0));
    assert!(middle(&shallower) > 0.005);
    assert!(
        ample
            .iter()
            .zip(&one)
            .all(|(ample, one)| ample.trough >= one.trough && ample.closed == 0.0)
    );
}

/// Dealers who have sold everything there is, and their margin: with one house that nets options and hedge they keep them and sell into
/// the fall; several houses ask for more than they have before there is any news, they give up a part, and the fall is shallower by
/// what hedging does less: clients bear the loss who do not hedge.
#[test]
fn several_schedules_for_dealers_make_them_give_up_options_and_the_fall_shallower() {
    let short = [
        ("writers.share", 0.0),
        ("dealers.call_sign", -1.0),
        ("dealers.put_sign", -1.0),
        ("writers.dealers", 1.0),
        ("writers.dealers_capital", 1.5e8),
    ];
    let of = |settings: &[(&str, f64)]| -> Vec<Run> {
        let all: Vec<_> = short.iter().chain(settings).copied().collect();
        (1..=SEEDS).map(|seed| run(&all, seed)).collect()
    };
    let several = of(&[]);
    let one = of(&[("writers.schedule", 0.0)]);
    let not_margined = of(&[("writers.dealers", 0.0)]);
    let ample = of(&[("writers.dealers_capital", 1e12)]);
    let figure = |runs: &[Run], of: fn(&Run) -> f64| middle(&runs.iter().map(of).collect::<Vec<_>>());
    for (name, runs) in [("several", &several), ("one", &one), ("not on margin", &not_margined)] {
        println!(
            "dealers, {name}: trough {:.2} %, hedging {:.2}, cut before the news {:.2}, in all {:.2}",
            100.0 * figure(runs, |run| run.trough),
            100.0 * figure(runs, |run| run.hedging),
            figure(runs, |run| run.cut_before),
            figure(runs, |run| run.cut),
        );
    }
    for ((several, one), (not_margined, ample)) in several.iter().zip(&one).zip(not_margined.iter().zip(&ample)) {
        assert!(one.cut_before == 0.0 && several.cut_before > 0.1);
        assert!(several.trough > one.trough && several.hedging > one.hedging);
        // Margin that everybody can meet does nothing.
        assert_eq!(ample.digest, not_margined.digest);
        assert!(one.trough >= not_margined.trough);
    }
}
