//! Time from the question to an answer of every study, for every shipped preset, on as many cores as there are: until the first
//! picture, and until every run is made. Milliseconds; a first picture may be coarse.
//!
//! `cargo bench --bench studies -- [SEEDS] [SAMPLE] [PRESET …]`; without a name, every preset.

use std::thread;
use std::time::{Duration, Instant};

use cascade_lab::analysis::cores;
use cascade_lab::app::studies::{Studies, StudyKind};
use cascade_lab::files::preset;
use cascade_lab::scenario::Scenario;

/// How often it is looked whether there is something to show.
const LOOK: Duration = Duration::from_micros(200);

/// What one study took: until the first picture, its runs, until the last one, and all runs.
struct Taken {
    first: Duration,
    runs: usize,
    whole: Duration,
    all: usize,
}

fn time(studies: &mut Studies, kind: StudyKind, scenario: &Scenario) -> Taken {
    let scenario = scenario.clone();
    let began = Instant::now();
    studies.want(kind, scenario);
    let (mut first, mut runs) = (None, 0);
    while studies.poll() {
        if first.is_none()
            && studies.is_current(kind)
            && let Some((_, results)) = studies.runs(kind)
        {
            (first, runs) = (Some(began.elapsed()), results.progress().0);
        }
        thread::sleep(LOOK);
    }
    let whole = began.elapsed();
    let all = studies.runs(kind).map_or(0, |(_, results)| results.progress().0);
    Taken {
        first: first.unwrap_or(whole),
        runs: if first.is_some() { runs } else { all },
        whole,
        all,
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn main() {
    // `cargo bench` adds arguments of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse().ok());
    let is_name = |argument: &&String| argument.parse::<usize>().is_err();
    let names: Vec<&String> = arguments.iter().filter(is_name).collect();
    let mut studies = Studies::new().unwrap_or_else(|error| panic!("{error}"));
    studies.plan.seeds = numbers.next().unwrap_or(studies.plan.seeds);
    studies.plan.sample = numbers.next().unwrap_or(studies.plan.sample);
    println!("{} cores, one of them left to the window", cores());
    for shipped in preset::shipped() {
        if !names.is_empty() && !names.iter().any(|name| *name == shipped.name) {
            continue;
        }
        let scenario = preset::find(shipped.name).unwrap_or_else(|error| panic!("{error}"));
        studies.fit(&scenario);
        for kind in StudyKind::ALL.iter().copied() {
            let taken = time(&mut studies, kind, &scenario);
            println!(
                "{:<28} {:<14} first {:7.1} ({:4} runs)   whole {:9.1} ({:5} runs)",
                shipped.name,
                kind.label(),
                1e3 * taken.first.as_secs_f64(),
                taken.runs,
                1e3 * taken.whole.as_secs_f64(),
                taken.all
            );
        }
    }
}
