//! Times the engine's ladder on a reference workload that other implementations run too.
//!
//! `cargo bench --bench reference_workload -- SLOTS STEPS SIGMA TAPE [REPETITIONS]` prints one JSON line: the median run,
//! without set-up, and the figures by which implementations are compared bit for bit.

use std::error::Error;
use std::io::Write;
use std::str::FromStr;
use std::time::Instant;

use cascade_lab::engine::ladder::Ladder;
use serde_json::json;

mod workload;

use workload::{Outcome, Slot, Tape, Workload};

const USAGE: &str = "usage: reference_workload SLOTS STEPS SIGMA TAPE [REPETITIONS]";
const MAX_STEPS: u32 = u16::MAX as u32;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let mut out = std::io::stdout().lock();
    if arguments.is_empty() {
        return Ok(writeln!(out, "{USAGE}")?);
    }
    let [slots, steps, sigma, tape, repetitions @ ..] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let slots: u32 = number(slots)?;
    let steps: u32 = number(steps)?;
    let sigma: f64 = number(sigma)?;
    let repetitions: usize = repetitions.first().map_or(Ok(9), |text| number(text))?;
    if steps == 0 || steps > MAX_STEPS || repetitions == 0 {
        return Err(format!("STEPS must be 1 to {MAX_STEPS}, REPETITIONS at least 1").into());
    }
    let bytes = std::fs::read(tape).map_err(|error| format!("{tape}: {error}"))?;
    let tape = Tape::parse(&bytes).ok_or_else(|| format!("{tape}: not a tape of {} rows", workload::ROWS))?;

    let start: Workload<Ladder<Slot>> = Workload::new(slots, &tape);
    let mut runs: Vec<(f64, Outcome)> = (0..repetitions)
        .map(|_| timed(start.clone(), steps, sigma, &tape))
        .collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (seconds, outcome) = runs[runs.len() / 2];
    let line = json!({
        "peer": "cascade-lab",
        "n": slots,
        "t": steps,
        "sigma": sigma,
        "secs": seconds,
        "steps_per_s": f64::from(steps) / seconds,
        "hits": outcome.hits,
        "scans": outcome.scans,
        "max_rounds": outcome.max_rounds,
        "price": outcome.price,
        "price_bits": format!("{:016x}", outcome.price.to_bits()),
        "rss_mb": peak_memory_mb(),
    });
    Ok(writeln!(out, "{line}")?)
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a number of the kind wanted; {USAGE}"))
}

fn timed(mut workload: Workload<Ladder<Slot>>, steps: u32, sigma: f64, tape: &Tape) -> (f64, Outcome) {
    let begin = Instant::now();
    let outcome = workload.run(steps, sigma, tape);
    let seconds = begin.elapsed().as_secs_f64();
    std::hint::black_box(&workload);
    (seconds, outcome)
}

/// Largest resident memory so far, where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
