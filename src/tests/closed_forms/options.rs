//! Closed forms of options and their hedgers.

use cascade_lab::analysis::gex::{Convention, gamma_exposure};
use cascade_lab::engine::Simulation;
use cascade_lab::files::import::{self, ReadOptions};
use cascade_lab::scenario::{Action, Event, Imported, Shock};

use super::assert_close;
use super::common::bare;

/// Deviation of the moves per step that a market makes of news of deviation 1, when hedgers trade the book they follow.
fn deviation_with_hedging(settings: &[(&str, f64)], steps: usize) -> f64 {
    let mut base = vec![
        ("market.volatility", 0.5),
        ("dealers.hedging_interval", 0.0),
        ("dealers.spot_share", 1.0),
    ];
    base.extend_from_slice(settings);
    let scenario = bare(&base);
    let mut simulation = Simulation::with_positions(&scenario, &[]).unwrap();
    let (mut before, mut news_before) = (0.0, 0.0);
    let (mut made, mut caused) = (0.0, 0.0);
    for _ in 0..steps {
        simulation.step();
        let seen = simulation.assets()[0].observation();
        let (now, news) = ((seen.spot / 1e5).ln(), (seen.exogenous / 1e5).ln());
        made += (now - before) * (now - before);
        caused += (news - news_before) * (news - news_before);
        (before, news_before) = (now, news);
    }
    assert!(simulation.halted().is_none(), "{:?}", simulation.halted());
    f64::sqrt(made / caused)
}

/// Hedgers of gain a, many rounds a step: σ/(1 − a). One round a step, sampled at its end: the order follows the last step's
/// too, σ·√((1 + a)² + a⁴/(1 − a²)).
#[test]
fn t13_hedging_gain() {
    for (gain, settled, sampled) in [(0.3, 1.428_6, 1.303), (-0.3, 0.769_2, 0.706)] {
        let rounds =
            |count| deviation_with_hedging(&[("dealers.gain", gain), ("execution.rounds_per_step", count)], 20_000);
        let formula = f64::sqrt((1.0 + gain) * (1.0 + gain) + gain.powi(4) / (1.0 - gain * gain));
        assert_close(formula, sampled, 1e-3, "formula");
        let (many, one) = (rounds(1_000.0), rounds(1.0));
        assert_close(many, settled, 0.02, &format!("gain {gain}, many rounds"));
        assert_close(one, sampled, 0.02, &format!("gain {gain}, one round"));
        println!("gain {gain}: {many:.4} and {one:.4}");
    }
}

/// The same from options: a book of options whose gamma is a share a of the depth amplifies by 1/(1 − a) and dampens by
/// 1/(1 + a), and adds a to R.
#[test]
fn t13_with_options() {
    for sign in [-1.0, 1.0] {
        // Strikes so far apart in time that gamma is even over the moves: a year to expiry.
        let options = [
            ("options.enabled", 1.0),
            ("options.expiry", 365.0),
            ("options.call_share", 1.0),
            ("options.lowest_strike", 0.0),
            ("options.highest_strike", 0.0),
            ("dealers.call_sign", sign),
            ("market.volatility", 0.05),
            ("execution.rounds_per_step", 1_000.0),
        ];
        // Slope of delta: φ(d₁)/(σ√T) = φ(.3)/.6 coins per unit of log price, at 1e5 USD a coin, over the spot depth 5e8.
        let slope = (-0.5_f64 * 0.3 * 0.3).exp() / (2.0 * std::f64::consts::PI).sqrt() / 0.6;
        let interest = 0.3 * 0.5e9 / 1e5 / slope;
        let mut settings = options.to_vec();
        settings.push(("options.open_interest", interest));
        let found = deviation_with_hedging(&settings, 4_000);
        assert_close(found, 1.0 / (1.0 + 0.3 * sign), 0.02, &format!("sign {sign}"));
        settings.extend([("dealers.hedging_interval", 0.0), ("dealers.spot_share", 1.0)]);
        let start = Simulation::with_positions(&bare(&settings), &[]).unwrap();
        assert!((start.assets()[0].observation().reproduction_down + 0.3 * sign).abs() < 1e-3);
    }
}

/// Options settled in coins, 14 USD in the money: dealers who hold them exercise until their own order has taken the price to the
/// strike, and no further; where they have sold them, holders exercise all, and the order takes the price away from it.
#[test]
fn exercise_stops_at_the_strike() {
    for (sign, size) in [(1.0, -1.4e-4), (1.0, 1.4e-4), (-1.0, -1.4e-4), (-1.0, 1.4e-4)] {
        let mut scenario = bare(&[
            ("options.enabled", 1.0),
            ("options.expiry", 0.01),
            ("options.open_interest", 2_000.0),
            ("options.lowest_strike", 0.0),
            ("options.highest_strike", 0.0),
            ("options.settlement", 1.0),
            ("dealers.spot_share", 1.0),
            ("dealers.call_sign", sign),
            ("dealers.put_sign", sign),
        ]);
        let expiry = (864.0 / scenario.parameters.market.step_seconds).ceil() as u64;
        // After the dealers' last hedge.
        scenario.set("shock.over_steps", 1.0).unwrap();
        scenario.set("shock.size", size).unwrap();
        let seconds = (expiry + 1) as f64 * scenario.parameters.market.step_seconds;
        scenario.set("dealers.hedging_interval", seconds).unwrap();
        scenario.events.push(Event {
            step: expiry - 1,
            action: Action::Shock(Shock::default()),
        });
        let mut simulation = Simulation::with_positions(&scenario, &[]).unwrap();
        (0..expiry).for_each(|_| simulation.step());
        let before = simulation.assets()[0].observation().spot / 1e5 - 1.0;
        assert!((before - size).abs() < 1e-9, "{before}");
        simulation.step();
        let after = simulation.assets()[0].observation().spot / 1e5 - 1.0;
        if sign > 0.0 {
            // To a hundredth of the way; full exercise would take the price a thousand times as far.
            assert!(after.abs() < 0.01 * size.abs(), "{after}");
        } else {
            assert!(after / size > 100.0, "{after}");
        }
    }
}

/// Names a file of CBOE's delayed quotes of the S&P 500's options on 11 June 2022, which may not be passed on.
const CHAIN: &str = "CASCADE_LAB_SPX_CHAIN";

/// A published chain: 9,835 rows, spot 3,900.8601. Runs where the environment says where the file is.
#[test]
fn t27_gamma_exposure_of_a_real_chain() {
    let Some(path) = std::env::var_os(CHAIN) else {
        println!("skipped: {CHAIN} names no file");
        return;
    };
    let Imported::OptionChain(chain) = import::load(path.as_ref(), &ReadOptions::default()).unwrap().data else {
        panic!("it is a chain");
    };
    assert_eq!((chain.rows, chain.spot), (9_835, 3_900.860_1));
    let found = gamma_exposure(&chain, &Convention::default());
    println!("{} {} {} {:?}", found.calls, found.puts, found.net, found.flip);
    for (value, expected) in [
        (found.calls, 41.215_7e9),
        (found.puts, 82.941_1e9),
        (found.net, -41.725_4e9),
    ] {
        assert!((value - expected).abs() < 5e4, "{value}, expected {expected}");
    }
    assert!((found.flip.unwrap() - 4_199.26).abs() < 0.005, "{:?}", found.flip);
}
