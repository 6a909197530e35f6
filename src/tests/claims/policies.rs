//! What the lesser sliders do, and by what: fees, tranches, haircuts, buffers, floors and loss limits, on paired seeds.

use super::*;

fn runs(settings: &[(&str, f64)], steps: usize) -> Vec<Summary> {
    (1..=SEEDS).map(|seed| run(settings, seed, steps)).collect()
}

fn show(name: &str, runs: &[Summary]) {
    println!(
        "{name}: drawdown {:.4} futures {:.4} liq {:.4e} adl {:.4e} rate {:.4e} fund {:.3e} tight {:.4e} below0 {:.3} bad {:.3e}, pred {:.3e}",
        median(runs, |s| s.max_drawdown),
        median(runs, |s| s.futures_max_drawdown),
        median(runs, |s| s.liquidated_notional_usd),
        median(runs, |s| s.adl_notional_usd),
        median(runs, |s| s.peak_liquidation_rate_usd_per_second),
        median(runs, |s| s.insurance_fund_usd),
        median(runs, |s| s.liquidated_by_tightening_usd),
        median(runs, |s| s.negative_equity_share.unwrap_or(f64::NAN)),
        median(runs, |s| s.bad_debt_usd),
        median(runs, |s| s.predators_profit_usd),
    );
}

#[test]
fn measure() {
    for penalty in [0.0, 0.005, 0.02] {
        show(&format!("penalty {penalty} default"), &runs(&[("fund.penalty", penalty)], 240));
        show(&format!("penalty {penalty} adl"), &runs(&[("fund.penalty", penalty), ("fund.insurance", 1e7), ("fund.keeps_margin", 0.0)], 240));
        show(&format!("penalty {penalty} adl keeps"), &runs(&[("fund.penalty", penalty), ("fund.insurance", 1e7)], 240));
    }
    for (tranche, fee) in [(0.02, 0.0005), (0.2, 0.0005), (0.99, 0.0005), (0.2, 0.0), (0.2, 0.02)] {
        let s = [("staggered.enabled", 1.0), ("staggered.tranche", tranche), ("staggered.fee", fee)];
        show(&format!("tranche {tranche} fee {fee}"), &runs(&s, 240));
    }
    for haircut in [0.0, 0.1, 0.3] {
        let s = [("haircut.enabled", 1.0), ("haircut.base", haircut), ("positions.coin_margin_share", 0.9)];
        show(&format!("haircut {haircut}"), &runs(&s, 240));
    }
    for (buffer, floor) in [(0.0, 0.0), (0.25, 0.0), (0.0, 0.8), (0.0, 1.5)] {
        let s = [("volatility_margin.enabled", 1.0), ("volatility_margin.buffer", buffer), ("volatility_margin.floor_volatility", floor)];
        show(&format!("buffer {buffer} floor {floor}"), &runs(&s, 240));
    }
}

#[test]
fn measure_loss() {
    for limit in [0.005, 0.02, 0.1, 1.0] {
        let all: Vec<Summary> = (1..=SEEDS).map(|seed| caught(limit, seed)).collect();
        show(&format!("limit {limit}"), &all);
        println!("least {:.4e}, high {:.1}", all.iter().map(|s| s.predators_profit_usd).fold(0.0, f64::min), median(&all, |s| s.highest_price));
    }
}

fn caught(limit: f64, seed: u64) -> Summary {
    let shock = |step, size| Event { step, action: Action::Shock(Shock { size: Some(size), ..Shock::default() }) };
    let scenario = Scenario {
        seed,
        events: vec![shock(30, -0.015), shock(40, 0.06)],
        ..common::scenario(&[("predators.enabled", 1.0), ("predators.loss_limit", limit), ("predators.density", 0.1), ("leverage.mean", 8.0)])
    };
    let mut simulation = Simulation::new(&scenario).unwrap();
    (0..240).for_each(|_| simulation.step());
    simulation.summary_of(AssetId::FIRST)
}
