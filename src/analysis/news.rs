//! What the price may do from a moment on if nothing is forced, drawn from what it did before: filtered historical simulation
//! (Barone-Adesi, Giannopoulos and Vosper 1999). The moves of the bars before, each divided by the volatility that was expected of
//! it, are drawn again in runs of a quarter of an hour, because a fall goes on for a while, and scaled by the volatility that is
//! expected along the way; with them comes how far each bar went either way.
//!
//! The volatility expected of a bar follows from the bars before it, σ²′ = (1 − φ)·u + α·r² + (φ − α)·σ² (Bollerslev 1986), where u
//! is the mean square of the day before the moment, and φ is such that half of what is unusual is gone after 46 minutes.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use cascade_market::{DAY_MS, MINUTE_MS, Record};
use cascade_scenario::PricePath;

/// Half-life of what is unusual of the variance, minutes.
const HALF_LIFE_MINUTES: f64 = 46.0;
/// Weight of a minute's square in the variance.
const RATE: f64 = 0.06;
/// The variance stays below this multiple of the usual one.
const MOST: f64 = 400.0;
/// Bars of so long before the moment are drawn from.
const BEFORE_MS: i64 = 7 * DAY_MS;
/// They are drawn in runs of this length.
const RUN_MS: i64 = 15 * MINUTE_MS;
/// Fewest bars that show what moves are like.
const BARS_MIN: usize = 60;

/// A bar's move by the volatility that was expected of it.
#[derive(Clone, Copy, Debug)]
struct Move {
    low: f64,
    high: f64,
    close: f64,
}

impl Move {
    /// How far a bar goes, in the usual order: against its close first.
    fn ends(self) -> [f64; 2] {
        if self.close < 0.0 {
            [self.high, self.low]
        } else {
            [self.low, self.high]
        }
    }
}

/// What the price may do from a moment on.
#[derive(Clone, Debug)]
pub struct News {
    moves: Vec<Move>,
    /// Mean variance of the log price in a bar.
    usual: f64,
    /// That of the bar to come.
    now: f64,
    bar_ms: i64,
}

impl News {
    /// From the bars that ended by a moment. None where there are too few.
    pub fn before(record: &Record, time_ms: i64) -> Option<Self> {
        let bars = record.bars();
        let bar_ms = bars.interval_ms();
        let ended = time_ms - bar_ms + 1;
        let seen = bars.between(time_ms - BEFORE_MS, ended);
        let day = bars.between(time_ms - DAY_MS, ended);
        if day.len() < BARS_MIN {
            return None;
        }
        let usual = day.iter().map(|bar| bar.log_return().powi(2)).sum::<f64>() / day.len() as f64;
        if usual <= 0.0 {
            return None;
        }
        let mut news = Self {
            moves: Vec::with_capacity(seen.len()),
            usual,
            now: usual,
            bar_ms,
        };
        for bar in seen {
            let deviation = news.now.sqrt();
            let close = bar.log_return();
            news.moves.push(Move {
                low: libm::log(bar.low / bar.open) / deviation,
                high: libm::log(bar.high / bar.open) / deviation,
                close: close / deviation,
            });
            news.now = news.after(news.now, close);
        }
        // So that the variance expected is the one that comes.
        let squares = news.moves.iter().map(|one| one.close * one.close).sum::<f64>() / news.moves.len() as f64;
        let scale = 1.0 / squares.sqrt();
        for one in &mut news.moves {
            one.low *= scale;
            one.high *= scale;
            one.close *= scale;
        }
        Some(news)
    }

    /// The variance of the bar after one of a variance and a log move.
    fn after(&self, variance: f64, log_move: f64) -> f64 {
        let minutes = self.bar_ms as f64 / MINUTE_MS as f64;
        let kept = libm::exp2(-minutes / HALF_LIFE_MINUTES);
        let rate = (RATE * minutes).min(0.5 * kept);
        let next = (1.0 - kept) * self.usual + rate * log_move * log_move + (kept - rate) * variance;
        next.min(MOST * self.usual)
    }

    /// A path from a price on, of three points a bar: how far it goes either way, and where it ends. `scale` multiplies every move.
    /// The same seed draws the same moves.
    pub fn path(&self, seed: u64, price: f64, seconds: f64, scale: f64) -> PricePath {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let bar = self.bar_ms as f64 / 1e3;
        let bars = (seconds / bar).ceil() as usize;
        let run = (RUN_MS / self.bar_ms).max(1) as usize;
        let mut points = Vec::with_capacity(3 * bars + 1);
        points.push((0.0, price));
        let (mut log, mut variance, mut place) = (0.0, self.now, 0);
        for number in 0..bars {
            if number % run == 0 {
                place = random.random_range(0..self.moves.len());
            }
            let one = self.moves[place % self.moves.len()];
            place += 1;
            let deviation = variance.sqrt();
            let begins = number as f64 * bar;
            let at = |log: f64| price * libm::exp(log);
            for (third, end) in (1..).zip(one.ends()) {
                points.push((begins + f64::from(third) * bar / 3.0, at(log + scale * deviation * end)));
            }
            log += scale * deviation * one.close;
            points.push((begins + bar, at(log)));
            variance = self.after(variance, deviation * one.close);
        }
        PricePath {
            points: points.into(),
            noise: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindcast::tests::record;

    const HOUR: f64 = 3_600.0;

    /// What is drawn is as large as what was seen: the mean square of a bar over many paths, in the long run.
    #[test]
    fn news_is_as_large_as_what_came_before() {
        let record = record();
        let news = News::before(&record, 2 * DAY_MS).unwrap();
        let squares = |scale: f64| {
            let mut sum = 0.0;
            for seed in 0..400 {
                let path = news.path(seed, 40_000.0, HOUR, scale);
                let closes: Vec<f64> = path.points.iter().step_by(3).map(|(_, price)| price.ln()).collect();
                assert_eq!((path.points.len(), closes.len()), (181, 61));
                sum += closes.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>() / 60.0;
            }
            sum / 400.0
        };
        let one = squares(1.0);
        // Each path has the weight of few runs: the mean of 400 hours is good to about a fifth.
        assert!((one / news.usual - 1.0).abs() < 0.2, "{one} {}", news.usual);
        assert!((squares(2.0) / one - 4.0).abs() < 1e-9);
        // A bar begins and ends between how low and how high it goes, and turns where it ends the other way.
        let path = news.path(3, 40_000.0, HOUR, 1.0);
        for bar in path.points.windows(4).step_by(3) {
            let [begin, first, second, end] = [bar[0].1, bar[1].1, bar[2].1, bar[3].1];
            let (low, high) = (first.min(second), first.max(second));
            assert!(low <= begin.min(end) * (1.0 + 1e-12) && high >= begin.max(end) * (1.0 - 1e-12));
            assert!(first == second || (first < second) == (end >= begin), "{bar:?}");
        }
    }

    #[test]
    fn nothing_after_the_moment_counts_and_a_seed_draws_the_same() {
        let record = record();
        let moment = 2 * DAY_MS;
        let of = |record: &Record| News::before(record, moment).unwrap().path(7, 100.0, HOUR, 1.0);
        assert_eq!(of(&record), of(&record.until(moment).unwrap()));
        assert_ne!(
            of(&record),
            News::before(&record, moment).unwrap().path(8, 100.0, HOUR, 1.0)
        );
        assert!(News::before(&record, 30 * MINUTE_MS).is_none());
    }
}
