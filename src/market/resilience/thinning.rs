//! The fit of level, hours, thinning and recovery to the logarithm of depth.

use super::least_squares::Normal;
use super::{Estimate, hour_of_day};
use crate::record::Bars;

/// Half-life of the standard deviation of the bars' moves, in minutes.
const VOLATILITY_MINUTES: f64 = 46.0;
/// Standard deviations that take nothing.
const CALM: f64 = 2.0;
/// More than this is missing of ln D nowhere: what is left are the bands' own limits.
const MISSING_MAX: f64 = 4.0;
/// Half-lives among which the first guess is, in minutes.
const HALF_LIVES: [f64; 10] = [3.0, 6.0, 10.0, 15.0, 22.0, 32.0, 46.0, 68.0, 100.0, 200.0];
/// So many samples, or somewhat more, tell which of them it is; a longer record is looked at in even steps.
pub(super) const SEARCHED: usize = 200_000;
/// Most steps of Gauss and Newton.
const STEPS_MAX: usize = 40;
/// Places of the unknowns after the 24 hours: θ, θ·(1 + q), and the half-life.
const THINNING: usize = 24;
const HIT: usize = 25;
const HALF_LIFE: usize = 26;
const UNKNOWNS: usize = 27;

/// ln D₁ of a side at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// The moment.
    pub time_ms: i64,
    /// Bids; else asks.
    pub bids: bool,
    /// Log USD within 1 %.
    pub level: f64,
}

/// What was found.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub level: Estimate,
    pub thinning: Option<Estimate>,
    pub hit_side: Option<Estimate>,
    pub half_life_seconds: Option<Estimate>,
    pub hours: [f64; 24],
}

/// A bar: by how many standard deviations its move exceeds two, and which side it hits.
#[derive(Clone, Copy, Debug)]
struct Push {
    time_ms: i64,
    excess: f64,
    hits_bids: bool,
}

fn pushes(bars: &Bars) -> Vec<Push> {
    let rows = bars.rows();
    let minutes = bars.interval_ms() as f64 / crate::MINUTE_MS as f64;
    let kept = libm::exp2(-minutes / VOLATILITY_MINUTES);
    let squares = rows.iter().take(120).map(|bar| bar.log_return().powi(2));
    let begun = squares.clone().sum::<f64>() / squares.count().max(1) as f64;
    let mut variance = begun.max(1e-12);
    rows.iter()
        .map(|bar| {
            let made = bar.log_return();
            let push = Push {
                time_ms: bar.time_ms,
                excess: (made.abs() / libm::sqrt(variance) - CALM).max(0.0),
                hits_bids: made < 0.0,
            };
            variance = (kept * variance + (1.0 - kept) * made * made).max(1e-12);
            push
        })
        .collect()
}

/// What a thinning of 1 has taken by the end of each bar and is not back, Σ excess·2^(−age/half-life), and its derivative by the
/// logarithm of the half-life.
fn missing(pushes: &[Push], half_life_minutes: f64) -> Vec<(f64, f64)> {
    let mut state = (0.0, 0.0);
    let mut before = pushes.first().map_or(0, |push| push.time_ms);
    // Nearly all bars are as long after the one before.
    let (mut passed, mut age, mut kept) = (0, 0.0, 1.0);
    pushes
        .iter()
        .map(|push| {
            if push.time_ms - before != passed {
                passed = push.time_ms - before;
                age = passed as f64 / crate::MINUTE_MS as f64 / half_life_minutes;
                kept = libm::exp2(-age);
            }
            before = push.time_ms;
            state = (
                kept * state.0 + push.excess,
                kept * (state.1 + std::f64::consts::LN_2 * age * state.0),
            );
            state
        })
        .collect()
}

/// A sample beside the bar that it is in. The fit goes through them some twenty times.
struct Placed {
    time_ms: i64,
    level: f64,
    /// By how much of an hour it is off the nearest knot.
    off: f64,
    bar: u32,
    /// The hour of the nearest knot and of those beside it.
    hours: [u8; 3],
    hit: bool,
}

impl Placed {
    fn new(sample: &Sample, bar: usize, hit: bool) -> Self {
        let place = hour_of_day(sample.time_ms) + 23.5;
        let nearest = libm::round(place);
        Self {
            time_ms: sample.time_ms,
            level: sample.level,
            off: place - nearest,
            bar: bar as u32,
            hours: [-1.0, 0.0, 1.0].map(|beside| ((nearest + beside) as u32 % 24) as u8),
            hit,
        }
    }

    /// What the figures of three hours count for: a quadratic spline round the day with a knot in the middle of each hour.
    fn hour_weights(&self) -> [(usize, f64); 3] {
        let [before, nearest, after] = self.hours.map(usize::from);
        [
            (before, 0.5 * (0.5 - self.off).powi(2)),
            (nearest, 0.75 - self.off * self.off),
            (after, 0.5 * (0.5 + self.off).powi(2)),
        ]
    }

    fn missing(&self, missing: &[(f64, f64)]) -> (f64, f64) {
        missing[self.bar as usize]
    }
}

/// What each unknown counts for in a sample: a row of the fit.
struct Row {
    entries: [(usize, f64); 5],
    count: usize,
}

impl Row {
    /// `with_half_life` says whether the half-life is an unknown.
    fn new(placed: &Placed, missing: &[(f64, f64)], guess: &Guess, with_half_life: bool) -> Self {
        let [before, nearest, after] = placed.hour_weights();
        let (lost, faster) = placed.missing(missing);
        let (place, thinning) = if placed.hit {
            (HIT, guess.hit)
        } else {
            (THINNING, guess.thinning)
        };
        Self {
            entries: [before, nearest, after, (place, -lost), (HALF_LIFE, -thinning * faster)],
            count: match (lost > 0.0, with_half_life) {
                (false, _) => 3,
                (true, false) => 4,
                (true, true) => 5,
            },
        }
    }

    fn entries(&self) -> &[(usize, f64)] {
        &self.entries[..self.count]
    }
}

/// The spline in the middle of each hour.
fn middles(knots: &[f64; 24]) -> [f64; 24] {
    std::array::from_fn(|hour| {
        let beside = knots[(hour + 23) % 24] + knots[(hour + 1) % 24];
        0.75 * knots[hour] + 0.125 * beside
    })
}

#[derive(Clone, Copy, Debug)]
struct Guess {
    thinning: f64,
    hit: f64,
    half_life: f64,
}

/// Fits; none where the hours of the day are not all seen.
pub(super) fn fit(bars: &Bars, samples: Vec<Sample>, block_ms: i64) -> Option<Fit> {
    let pushes = pushes(bars);
    let placed = placed(bars, &pushes, samples);
    let first = |half_life| Guess {
        thinning: 0.0,
        hit: 0.0,
        half_life,
    };
    // An odd step, because bids and asks take turns.
    let every = (placed.len() / SEARCHED) | 1;
    let searched = HALF_LIVES.map(|half_life| {
        let missing = missing(&pushes, half_life);
        let solved = solve(placed.iter().step_by(every), &missing, first(half_life), false);
        let squares = |one| residual(one, &missing, &solved.hours, &solved.guess).powi(2);
        (placed.iter().step_by(every).map(squares).sum::<f64>(), solved)
    });
    let (_, mut best) = searched.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    if every > 1 {
        let half_life = best.guess.half_life;
        best = solve(placed.iter(), &missing(&pushes, half_life), first(half_life), false);
    }
    let moved = best.guess.thinning > 0.0 && best.guess.hit > 0.0;
    let found = if moved { refined(&placed, &pushes, best) } else { best };
    report(&placed, &pushes, &found, block_ms)
}

/// A solution with the half-life as given, or moved by one step.
struct Solved {
    hours: [f64; 24],
    guess: Guess,
    normal: Normal,
}

/// Which samples count: where nearly all is missing the bands show their own limits.
fn counts(placed: &Placed, missing: &[(f64, f64)], guess: &Guess) -> bool {
    placed.missing(missing).0 * guess.thinning.max(guess.hit) < MISSING_MAX
}

fn solve<'p>(
    placed: impl Iterator<Item = &'p Placed>,
    missing: &[(f64, f64)],
    guess: Guess,
    with_half_life: bool,
) -> Solved {
    let mut normal = Normal::new(UNKNOWNS);
    for one in placed.filter(|one| counts(one, missing, &guess)) {
        let row = Row::new(one, missing, &guess, with_half_life);
        normal.add(row.entries(), one.level);
    }
    let unknowns = normal.solve();
    let mut hours = [0.0; 24];
    hours.copy_from_slice(&unknowns[..24]);
    let solved = Guess {
        thinning: unknowns[THINNING],
        hit: unknowns[HIT],
        half_life: guess.half_life * libm::exp(unknowns[HALF_LIFE].clamp(-0.5, 0.5)),
    };
    Solved {
        hours,
        guess: solved,
        normal,
    }
}

fn residual(placed: &Placed, missing: &[(f64, f64)], hours: &[f64; 24], guess: &Guess) -> f64 {
    let usual: f64 = placed
        .hour_weights()
        .into_iter()
        .map(|(hour, weight)| weight * hours[hour])
        .sum();
    let thinning = if placed.hit { guess.hit } else { guess.thinning };
    placed.level - usual + (thinning * placed.missing(missing).0).min(MISSING_MAX)
}

/// Gauss–Newton from a first guess.
fn refined(placed: &[Placed], pushes: &[Push], first: Solved) -> Solved {
    let mut found = first;
    for _ in 0..STEPS_MAX {
        let half_life = found.guess.half_life;
        found = solve(placed.iter(), &missing(pushes, half_life), found.guess, true);
        if (found.guess.half_life / half_life - 1.0).abs() < 1e-7 {
            break;
        }
    }
    found
}

fn placed(bars: &Bars, pushes: &[Push], samples: Vec<Sample>) -> Vec<Placed> {
    let within = |sample: &Sample| sample.time_ms < bars.rows()[bars.rows().len() - 1].time_ms + bars.interval_ms();
    samples
        .into_iter()
        .filter(within)
        .filter_map(|sample| {
            let bar = bars.place_at(sample.time_ms)?;
            Some(Placed::new(&sample, bar, pushes[bar].hits_bids == sample.bids))
        })
        .collect()
}

fn report(placed: &[Placed], pushes: &[Push], found: &Solved, block_ms: i64) -> Option<Fit> {
    let Solved { hours, guess, .. } = found;
    let missing = missing(pushes, guess.half_life);
    let mut blocks: Vec<(i64, Vec<f64>)> = Vec::new();
    for one in placed.iter().filter(|one| counts(one, &missing, guess)) {
        let block = one.time_ms.div_euclid(block_ms);
        if blocks.last().is_none_or(|(last, _)| *last != block) {
            blocks.push((block, vec![0.0; UNKNOWNS]));
        }
        let off = residual(one, &missing, hours, guess);
        if let Some((_, sums)) = blocks.last_mut() {
            for (place, x) in Row::new(one, &missing, guess, true).entries() {
                sums[*place] += x * off;
            }
        }
    }
    let blocks: Vec<Vec<f64>> = blocks.into_iter().map(|(_, sums)| sums).collect();
    let covariance = found.normal.covariance(&blocks);
    let seen = |hour: usize| covariance[hour * UNKNOWNS + hour] > 0.0;
    if !(0..24).all(seen) {
        return None;
    }
    let depths = middles(hours).map(libm::exp);
    let level = depths.iter().sum::<f64>() / 24.0;
    // The level is the mean of the hours' depths; by how much each knot moves it.
    let by_knot = middles(&depths).map(|moved| moved / 24.0);
    let mut variance = 0.0;
    for (i, one) in by_knot.iter().enumerate() {
        for (j, other) in by_knot.iter().enumerate() {
            variance += one * other * covariance[i * UNKNOWNS + j];
        }
    }
    let error = |place: usize| libm::sqrt(covariance[place * UNKNOWNS + place]);
    let thinning = Estimate::new(guess.thinning, error(THINNING));
    let shown = guess.thinning > thinning.error && guess.hit > 0.0;
    let ratio = guess.hit / guess.thinning;
    let of_ratio = || {
        let at = |i: usize, j: usize| covariance[i * UNKNOWNS + j];
        let squares = at(HIT, HIT) - 2.0 * ratio * at(HIT, THINNING) + ratio * ratio * at(THINNING, THINNING);
        libm::sqrt(squares.max(0.0)) / guess.thinning
    };
    let seconds = 60.0 * guess.half_life;
    Some(Fit {
        level: Estimate::new(level, libm::sqrt(variance.max(0.0))),
        thinning: (thinning.error > 0.0).then_some(thinning),
        hit_side: shown.then(|| Estimate::new(ratio - 1.0, of_ratio())),
        half_life_seconds: shown.then(|| Estimate::new(seconds, seconds * error(HALF_LIFE))),
        hours: depths.map(|depth| depth / level),
    })
}
