//! The digest and key figures of every shipped preset, compared with the ones on record: a change of the model that moves
//! them must be meant.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

use cascade_lab::scenario::AssetId;
use std::fmt::Write;

use cascade_lab::engine::Simulation;
use cascade_lab::files::preset;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures/golden.txt");
const REGENERATE: &str = "CASCADE_LAB_REGENERATE";
const STEPS: u64 = 1440;

fn figures() -> String {
    let mut text = String::new();
    for shipped in preset::shipped() {
        let mut simulation = Simulation::new(&preset::find(shipped.name).unwrap()).unwrap();
        (0..STEPS).for_each(|_| simulation.step());
        let run = simulation.summary_of(AssetId::FIRST);
        assert_eq!(run.halted, None, "{}", shipped.name);
        let (liquidated, count) = (run.liquidated_notional_usd, run.liquidation_count);
        writeln!(
            text,
            "{}: digest {}, lowest {:.2}, highest {:.2}, end {:.2}, amplification {}, excess {:.4}, liquidated {liquidated:.0} USD in \
             {count} positions, auto-deleveraged {}",
            shipped.name,
            run.digest,
            run.lowest_price,
            run.highest_price,
            simulation.assets()[0].observation().spot,
            run.amplification_factor.map_or_else(|| "none".to_owned(), |ratio| format!("{ratio:.4}")),
            run.excess_move_log,
            run.adl_count,
        )
        .unwrap();
    }
    text
}

#[test]
fn shipped_presets_run_as_on_record() {
    let now = figures();
    if std::env::var_os(REGENERATE).is_some() {
        std::fs::write(PATH, now).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(PATH).unwrap();
    assert_eq!(
        now.lines().collect::<Vec<_>>(),
        recorded.lines().collect::<Vec<_>>(),
        "\nif the model was meant to change: {REGENERATE}=1 cargo test --test golden --test presets\n"
    );
}
