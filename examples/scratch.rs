use cascade_lab::{engine::*, scenario::*};
fn main() {
    for seed in 1..=6 {
        let mut s = Scenario {
            seed,
            ..Scenario::default()
        };
        s.events.push(Event {
            step: 120,
            action: Action::Shock(Shock::default()),
        });
        for a in std::env::args().skip(1) {
            let (k, v) = a.split_once('=').unwrap();
            let r = find(k).unwrap();
            let v = r.read(&Setting::parse(v)).unwrap();
            s.set(k, v).unwrap();
        }
        let t = std::time::Instant::now();
        let mut sim = Simulation::new(&s).unwrap();
        let t1 = t.elapsed();
        let o0 = *sim.observation();
        let mut low = (f64::MAX, 0);
        for _ in 0..1440 {
            sim.step();
            let o = sim.observation();
            if o.spot < low.0 {
                low = (o.spot, o.step)
            }
        }
        let m = sim.summary();
        println!(
            "seed {seed} trough {:.4} at {} end {:.4} A {:.2} R {:.2} br {:.2} liq {:.3e} OI {:.3e}->{:.3e} lev {:.3e} fund {:.3e} adl {} bd {:.1e} sync {:?} led {:.1e} pred {:?} halt {:?} {:?} {:?}",
            low.0 / 1e5 - 1.,
            low.1,
            sim.observation().spot / 1e5 - 1.,
            m.amplification_factor,
            m.reproduction_ratio,
            m.branching_ratio,
            m.liquidated_notional_usd,
            m.open_interest_start_usd,
            m.open_interest_end_usd,
            o0.levered_longs + o0.levered_shorts,
            m.insurance_fund_usd,
            m.adl_count,
            m.bad_debt_usd,
            m.synchronisation,
            m.ledger_max_relative_error,
            sim.predicted_move(-0.02),
            m.halted,
            t1,
            t.elapsed()
        );
        if seed == 1 {
            for l in sim.log().iter().take(12) {
                println!("  {:?}", l);
            }
            println!("{}", sim.log().len());
        }
    }
}
