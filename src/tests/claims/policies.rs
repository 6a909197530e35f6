//! What the lesser sliders do, and by what: fees, tranches, haircuts, buffers, loss limits, carry capital; on paired seeds.

use super::*;
use cascade_lab::files::preset;
use cascade_lab::scenario::find;

fn runs(settings: &[(&str, f64)]) -> Vec<Summary> {
    (1..=SEEDS).map(|seed| run(settings, seed, 240)).collect()
}

/// The runs with some settings and those with one more parameter at each of two values.
fn pair(base: &[(&str, f64)], path: &str, values: [f64; 2]) -> [Vec<Summary>; 2] {
    values.map(|value| runs(&[base, &[(path, value)]].concat()))
}

/// Says a figure's medians, and in how many pairs it rises and falls.
fn compare(name: &str, [low, high]: &[Vec<Summary>; 2], of: impl Fn(&Summary) -> f64) -> (f64, f64, usize, usize) {
    let medians = (median(low, &of), median(high, &of));
    let counts = (pairs_that_rise(low, high, &of), pairs_that_rise(high, low, &of));
    println!(
        "{name}: {:.4e} → {:.4e}, higher in {} and lower in {} of {SEEDS}",
        medians.0, medians.1, counts.0, counts.1
    );
    (medians.0, medians.1, counts.0, counts.1)
}

/// In so many of 32 pairs a sign that means nothing comes about with a probability of 1 %.
const NO_CHANCE: usize = 23;

/// Positions that still have margin when they are taken over pay a penalty into the fund, which then cancels fewer winners. What
/// is not cancelled is sold: it costs the price what it saves them. So it is in three quarters of the pairs, and the other way
/// round in the rest. Where nobody is cancelled the price does not feel the penalty at all, and
/// it is bad debt that becomes less.
#[test]
fn a_liquidation_penalty_spares_winners_at_the_price_of_the_price() {
    let base = [
        ("margin.maintenance", 0.03),
        ("leverage.mean", 8.0),
        ("fund.keeps_margin", 0.0),
        ("fund.insurance", 1e6),
    ];
    let both = pair(&base, "fund.penalty", [0.0, 0.02]);
    let (without, with, _, fewer) = compare("cancelled", &both, |s| s.adl_notional_usd);
    let (.., deeper, _) = compare("drawdown", &both, drawdown);
    assert!(fewer >= NO_CHANCE && with < 0.95 * without, "{fewer}");
    assert!(deeper >= NO_CHANCE, "{deeper}");
    let alone = [&base[..], &[("fund.auto_deleveraging", 0.0)]].concat();
    let both = pair(&alone, "fund.penalty", [0.0, 0.02]);
    let (.., deeper, shallower) = compare("drawdown without deleveraging", &both, drawdown);
    let (without, with, _, less) = compare("bad debt", &both, |s| s.bad_debt_usd);
    assert_eq!((deeper, shallower), (0, 0));
    assert!(less >= NO_CHANCE && with < 0.95 * without, "{less}");
}

/// The larger the tranche, the faster a position is gone, and the more of them end below zero; the fall hardly changes.
#[test]
fn larger_tranches_sell_faster() {
    let both = pair(&[("staggered.enabled", 1.0)], "staggered.tranche", [0.02, 0.99]);
    let (slow, fast, faster, _) = compare("peak rate", &both, |s| s.peak_liquidation_rate_usd_per_second);
    let (few, many, more, _) = compare("share below zero", &both, below_zero);
    assert!(faster >= 30 && fast > 1.15 * slow, "{faster}");
    assert!(more >= 30 && many > few + 0.1, "{more}");
}

/// Where as much is sold as restores the margin, the fee takes from what is left, and more has to be sold to restore it: at 2 %,
/// which is more than there is, whole positions go, and end below zero.
#[test]
fn a_tranche_fee_eats_the_margin_that_it_is_to_restore() {
    let restoring = [("staggered.enabled", 1.0), ("staggered.size", 1.0)];
    let both = pair(&restoring, "staggered.fee", [0.0, 0.02]);
    let (few, many, more, _) = compare("share below zero", &both, below_zero);
    let (.., faster, _) = compare("peak rate", &both, |s| s.peak_liquidation_rate_usd_per_second);
    assert!(more >= 30 && many > few + 0.15, "{more}");
    assert!(faster >= 28, "{faster}");
}

/// A haircut on coins that are collateral themselves widens in the fall, and takes positions that the price would have left.
#[test]
fn a_haircut_on_coin_margin_deepens_a_fall() {
    let base = [("haircut.enabled", 1.0), ("positions.coin_margin_share", 0.9)];
    let both = pair(&base, "haircut.base", [0.0, 0.1]);
    let (shallow, deep, deeper, _) = compare("drawdown", &both, drawdown);
    let (none, some, ..) = compare("liquidated by tightening", &both, tightened);
    assert!(deeper >= 30 && deep > shallow + 0.03, "{deeper}");
    assert!(none == 0.0 && some > 1e9);
}

/// A buffer that is held and a floor under the estimate leave less to tighten: less is liquidated by the rise of the requirement.
/// The fall hardly changes with the buffer, and is deeper with the floor, as more margin is asked for from the start: what goes,
/// goes by the price instead.
#[test]
fn buffer_and_floor_leave_less_to_tighten() {
    let base = [("volatility_margin.enabled", 1.0)];
    for (path, value, least) in [
        ("volatility_margin.buffer", 0.25, 0.03),
        ("volatility_margin.floor_volatility", 1.5, 0.15),
    ] {
        let both = pair(&base, path, [0.0, value]);
        let (more, less, _, fewer) = compare("liquidated by tightening", &both, tightened);
        let (without, with, ..) = compare("drawdown", &both, drawdown);
        assert!(fewer >= 24 && less < (1.0 - least) * more, "{path}: {fewer}");
        assert!(with > without - 0.005, "{path}: {without} {with}");
    }
}

/// Predators who have sold ahead of a fall are caught by good news: a tight loss limit bounds what they lose. It also makes them
/// buy into the rise. The more patient they are otherwise, the more that lifts the price, and liquidates shorts.
#[test]
fn a_loss_limit_bounds_a_loss_and_makes_buyers_of_predators() {
    let caught = |limit: f64, patience: f64| -> Vec<Summary> {
        let shock = |step, size, over| Event {
            step,
            action: Action::Shock(Shock {
                size: Some(size),
                over_steps: Some(over),
                ..Shock::default()
            }),
        };
        let one = |seed| {
            let scenario = Scenario {
                seed,
                events: vec![shock(30, -0.012, 6), shock(50, 0.06, 60)],
                ..common::scenario(&[
                    ("predators.enabled", 1.0),
                    ("predators.loss_limit", limit),
                    ("predators.patience", patience),
                    ("predators.density", 0.0),
                    ("predators.reach", 0.1),
                    ("leverage.mean", 6.0),
                ])
            };
            let mut simulation = Simulation::new(&scenario).unwrap();
            (0..240).for_each(|_| simulation.step());
            simulation.summary_of(AssetId::FIRST)
        };
        (1..=SEEDS).map(one).collect()
    };
    let both = [caught(0.005, 1_800.0), caught(1.0, 1_800.0)];
    let (bounded, free, _, worse) = compare("predators' profit", &both, |s| s.predators_profit_usd);
    assert!(worse >= 30 && free < 2.0 * bounded && bounded < 0.0, "{worse}");
    let both = [caught(0.02, 86_400.0), caught(1.0, 86_400.0)];
    let (bought, waited, _, lower) = compare("highest price", &both, |s| s.highest_price);
    let (squeezed, spared, ..) = compare("liquidated", &both, |s| s.liquidated_notional_usd);
    assert!(lower >= 30 && bought > 1.03 * waited, "{lower}");
    assert!(squeezed > 3.0 * spared);
}

fn below_zero(summary: &Summary) -> f64 {
    summary.negative_equity_share.unwrap_or(0.0)
}

fn tightened(summary: &Summary) -> f64 {
    summary.liquidated_by_tightening_usd
}

/// Variance of the funding rates over venues and steps on the first day and on the second, at whose beginning the carry traders'
/// capital becomes `then`.
fn funding_variance(seed: u64, at_first: f64, then: f64) -> [f64; 2] {
    let mut scenario = preset::find("funding-and-carry").unwrap();
    scenario.seed = seed;
    scenario.set("carry.capital", at_first).unwrap();
    let venues = scenario.parameters.venues.count as usize;
    let mut simulation = Simulation::new(&scenario).unwrap();
    let days = [at_first, then].map(|capital| {
        simulation.set(find("carry.capital").unwrap().id, capital).unwrap();
        let mut rates = Vec::new();
        for _ in 0..1_440 {
            simulation.step();
            let seen = simulation.assets()[0].observation();
            rates.extend_from_slice(&seen.funding_rates[..venues]);
        }
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / rates.len() as f64
    });
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    days
}

/// Capital that comes for funding trades away the premium that sets the rate; when it is withdrawn the rates spread again.
#[test]
fn carry_capital_narrows_funding_and_its_withdrawal_widens_it() {
    let all =
        |at_first, then| -> Vec<[f64; 2]> { (1..=SEEDS).map(|seed| funding_variance(seed, at_first, then)).collect() };
    let (none, kept, withdrawn) = (all(0.0, 0.0), all(1e9, 1e9), all(1e9, 0.0));
    let medians = |all: &[[f64; 2]]| [0, 1].map(|day| middle(&all.iter().map(|days| days[day]).collect::<Vec<_>>()));
    let higher =
        |one: &[[f64; 2]], other: &[[f64; 2]]| one.iter().zip(other).filter(|(one, other)| one[1] > other[1]).count();
    println!(
        "variance by day: none {:?}, kept {:?}, withdrawn {:?}; higher without in {}, once withdrawn in {} of {SEEDS}",
        medians(&none),
        medians(&kept),
        medians(&withdrawn),
        higher(&none, &kept),
        higher(&withdrawn, &kept)
    );
    assert!(medians(&kept)[0] < 0.7 * medians(&none)[0] && medians(&kept)[1] < 0.7 * medians(&none)[1]);
    assert!(medians(&withdrawn)[1] > 1.4 * medians(&kept)[1]);
    assert!(higher(&none, &kept) >= 28 && higher(&withdrawn, &kept) >= 28);
}
