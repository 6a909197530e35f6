//! Time from the move of a slider to the new curve, for every shipped preset and for a book of a million positions: until the
//! first one is shown, which may be a preview, and until the exact one is; the longest time that this took of the window's own
//! thread; then the time to the first ensemble fan and to the whole one. Medians over moves, in milliseconds.
//!
//! `cargo bench --bench curve -- [STEPS] [MOVES]`

use std::thread;
use std::time::{Duration, Instant};

use cascade_lab::app::{App, EditCommand, PlaybackCommand, Settings};
use cascade_lab::files::preset;
use cascade_lab::scenario::{Scenario, find};

/// Steps of the run that is shown: six of them a minute, two hours.
const STEPS: u64 = 720;
/// Moves of the slider.
const MOVES: u64 = 9;
/// How often it is looked whether there is something to show.
const LOOK: Duration = Duration::from_micros(100);

/// What one move took.
#[derive(Clone, Copy)]
struct Move {
    first: Duration,
    exact: Duration,
    of_window: Duration,
}

fn open(scenario: Scenario, steps: u64) -> App {
    let opened = App::new(scenario, None, Settings::default());
    let mut app = opened.unwrap_or_else(|error| panic!("{error}"));
    app.update(PlaybackCommand::Pause);
    app.run(steps);
    app
}

/// Moves a slider and waits for the run.
fn time(app: &mut App, factor: f64) -> Move {
    let row = find("leverage.mean").unwrap_or_else(|error| panic!("{error}"));
    let value = factor * row.get(&app.present.document.saved.parameters);
    let shown = app.present.history.version();
    let began = Instant::now();
    app.update(EditCommand::SetParameter { id: row.id, value });
    let mut of_window = began.elapsed();
    let mut first = None;
    while app.remaking() {
        thread::sleep(LOOK);
        let frame = Instant::now();
        app.advance(0.0, || false);
        of_window = of_window.max(frame.elapsed());
        if first.is_none() && app.present.history.version() != shown {
            first = Some(began.elapsed());
        }
    }
    let exact = began.elapsed();
    Move {
        first: first.unwrap_or(exact),
        exact,
        of_window,
    }
}

/// How long the fan takes from nothing: until the first one, and until that of all seeds.
fn time_fan(app: &mut App) -> [Duration; 2] {
    app.follow_with_fan(false);
    let began = Instant::now();
    let mut first = None;
    while app.follow_with_fan(true) {
        if first.is_none() && app.fan().is_some() {
            first = Some(began.elapsed());
        }
        thread::sleep(LOOK);
    }
    let whole = began.elapsed();
    [first.unwrap_or(whole), whole]
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(f64::NAN, |time| 1e3 * time.as_secs_f64())
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn report(name: &str, scenario: Scenario, steps: u64, moves: u64) {
    let mut app = open(scenario, steps);
    let all: Vec<Move> = (1..=moves)
        .map(|index| time(&mut app, 1.0 - 0.02 * index as f64))
        .collect();
    let of = |part: fn(&Move) -> Duration| median(all.iter().map(part).collect());
    let longest = all.iter().map(|one| one.of_window).max().unwrap_or_default();
    let fan = time_fan(&mut app).map(|time| 1e3 * time.as_secs_f64());
    println!(
        "{name:<28} first {:8.1}   exact {:8.1}   window {:6.2}   fan first {:8.1}   whole {:9.1}",
        of(|one| one.first),
        of(|one| one.exact),
        1e3 * longest.as_secs_f64(),
        fan[0],
        fan[1]
    );
}

fn main() {
    // `cargo bench` adds arguments of its own.
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let steps = numbers.next().unwrap_or(STEPS);
    let moves = numbers.next().unwrap_or(MOVES);
    for shipped in preset::shipped() {
        let scenario = preset::find(shipped.name).unwrap_or_else(|error| panic!("{error}"));
        report(shipped.name, scenario, steps, moves);
    }
    let mut large = Scenario::default();
    large.parameters.positions.count = 1_000_000;
    report("a million positions", large, steps, 3);
}
