//! Whether the map knows more than its placebos: its levels against the liquidations that were printed when the price came there.
//!
//! Only bands that the price reached within the hour after a map count, because what is not reached cannot be liquidated. All of
//! them are ranked by the coins that the map has there, and the **capture** is the share of the printed dollars in its top tenth. A map that
//! knows only how far levels usually lie from the price captures a lot as well, so that its capture is held against four placebos:
//! the map of another day (same side, same distance), the mean over all maps by side and distance, no map at all, and a map made with
//! the changes of open interest in reverse order. Intervals are from resampled days (what happens within a day belongs
//! together), 5 to 95 %.

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use strum::IntoEnumIterator as _;

use cascade_scenario::{PositionSide, format};

use crate::book::Map;
use crate::record::Record;
use crate::{DAY_MS, HOUR_MS};

/// Log width of the bands.
pub const WIDTH: f64 = 0.0025;
/// How long a map is held against what is printed.
const AFTER_MS: i64 = HOUR_MS;
/// The top of the ranking that is looked at.
const TOP: f64 = 0.1;
/// Days are resampled so many times.
const SAMPLES: usize = 200;
const SIDES: [PositionSide; 2] = [PositionSide::Long, PositionSide::Short];

/// What the map is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum Placebo {
    /// The map of another day.
    OtherDay,
    /// The mean of all maps by side and distance from the price.
    Distance,
    /// No map: all bands alike.
    Uniform,
    /// A map made with the changes of open interest in reverse order.
    ReversedInterest,
}

impl Placebo {
    const fn words(self) -> &'static str {
        match self {
            Self::OtherDay => "the map of another day",
            Self::Distance => "the mean map by distance",
            Self::Uniform => "no map",
            Self::ReversedInterest => "a map from open interest in reverse order",
        }
    }
}

/// How the map did against a placebo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Against {
    /// The placebo.
    pub placebo: Placebo,
    /// Its capture.
    pub capture: f64,
    /// The map's capture less that of the placebo.
    pub gain: f64,
    /// The 5 % quantile of the gain over resampled days.
    pub gain_p05: f64,
    /// The 95 % quantile.
    pub gain_p95: f64,
}

/// The map held against printed liquidations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// Maps that were held against the hour after them.
    pub maps: usize,
    /// Bands that the price reached.
    pub bands: usize,
    /// Days they are of.
    pub days: usize,
    /// Dollars printed in them.
    pub printed_usd: f64,
    /// Share of them in the tenth of the bands where the map has most.
    pub capture: f64,
    /// The placebos.
    pub against: Vec<Against>,
}

/// A band that was reached: the day, the dollars printed, and what the map and the placebos had there.
#[derive(Clone, Debug)]
struct Reached {
    day: i64,
    usd: f64,
    predicted: [f64; 5],
}

/// The record with the changes of its open interest in reverse order: it begins and ends with the same.
pub fn reversed_interest(record: &Record) -> Record {
    let mut interest = record.open_interest().to_vec();
    let mirrored: Vec<f64> = interest.iter().rev().map(|point| point.coins).collect();
    if let (Some(last), Some(first)) = (mirrored.first(), mirrored.last()) {
        for (point, mirrored) in interest.iter_mut().zip(&mirrored) {
            // O₀ + Σ of the changes from the end on; at least a hundredth, as no open interest is below 0.
            point.coins = (first + last - mirrored).max(0.01 * first);
            point.usd = None;
        }
    }
    record.with_open_interest(interest)
}

/// Holds maps at moments against what was printed in the hour after each; `reversed` are those of [`reversed_interest`]. None where
/// nothing was printed in bands that were reached.
pub fn validate(record: &Record, maps: &[Option<Map>], reversed: &[Option<Map>]) -> Option<Validation> {
    let mean = mean_by_distance(maps);
    let other = |place: usize| other_day(maps, place);
    let mut all = Vec::new();
    let mut used = 0;
    for (place, map) in maps.iter().enumerate() {
        let (Some(map), Some(other), Some(reversed)) = (map, other(place), &reversed[place]) else {
            continue;
        };
        used += 1;
        for side in SIDES {
            reached(record, side, [map, other, reversed], &mean, &mut all);
        }
    }
    let printed_usd: f64 = all.iter().map(|band| band.usd).sum();
    if printed_usd <= 0.0 {
        return None;
    }
    let mut days: BTreeMap<i64, Vec<&Reached>> = BTreeMap::new();
    for band in &all {
        days.entry(band.day).or_default().push(band);
    }
    let days: Vec<Vec<&Reached>> = days.into_values().collect();
    let captures = captures(&all.iter().collect::<Vec<_>>());
    let samples = resampled(&days);
    let against = Placebo::iter().zip(1..).map(|(placebo, place): (Placebo, usize)| {
        let mut gains: Vec<f64> = samples.iter().map(|sample| sample[0] - sample[place]).collect();
        gains.sort_unstable_by(f64::total_cmp);
        Against {
            placebo,
            capture: captures[place],
            gain: captures[0] - captures[place],
            gain_p05: gains[SAMPLES / 20],
            gain_p95: gains[SAMPLES - 1 - SAMPLES / 20],
        }
    });
    Some(Validation {
        maps: used,
        bands: all.len(),
        days: days.len(),
        printed_usd,
        capture: captures[0],
        against: against.collect(),
    })
}

/// The map at the same hour of the day about half of the record away.
fn other_day(maps: &[Option<Map>], place: usize) -> Option<&Map> {
    let at = maps[place].as_ref()?.time_ms;
    let known = || maps.iter().flatten();
    let (first, last) = (known().next()?.time_ms, known().last()?.time_ms);
    let days = ((last - first) / DAY_MS / 2).max(1);
    let wanted = if at + days * DAY_MS <= last {
        at + days * DAY_MS
    } else {
        at - days * DAY_MS
    };
    let nearest = known().min_by_key(|map| (map.time_ms - wanted).abs())?;
    (nearest.time_ms != at).then_some(nearest)
}

/// Mean coins by side and band.
fn mean_by_distance(maps: &[Option<Map>]) -> [Vec<f64>; 2] {
    SIDES.map(|side| {
        let mut sums: Vec<f64> = Vec::new();
        for map in maps.iter().flatten() {
            sums.resize(map.side(side).len(), 0.0);
            for (sum, cell) in sums.iter_mut().zip(map.side(side)) {
                *sum += cell.coins;
            }
        }
        sums
    })
}

/// Adds the bands of a side that the price reached in the hour after a map.
fn reached(record: &Record, side: PositionSide, maps: [&Map; 3], mean: &[Vec<f64>; 2], all: &mut Vec<Reached>) {
    let [map, other, reversed] = maps;
    let is_short = side == PositionSide::Short;
    let bars = record.bars().between(map.time_ms, map.time_ms + AFTER_MS);
    let low = bars.iter().map(|bar| bar.low).fold(map.price, f64::min);
    let high = bars.iter().map(|bar| bar.high).fold(map.price, f64::max);
    let prints = record.liquidations_between(map.time_ms, map.time_ms + AFTER_MS);
    let coins = |map: &Map, place: usize| map.side(side).get(place).map_or(0.0, |cell| cell.coins);
    for (place, cell) in map.side(side).iter().enumerate() {
        if if is_short {
            cell.price_from >= high
        } else {
            cell.price_to <= low
        } {
            break;
        }
        let printed = prints
            .iter()
            .filter(|print| print.side == side && (cell.price_from..cell.price_to).contains(&print.price));
        all.push(Reached {
            day: map.time_ms.div_euclid(DAY_MS),
            usd: printed.map(|print| print.coins * print.price).sum(),
            predicted: [
                cell.coins,
                coins(other, place),
                mean[usize::from(is_short)][place],
                1.0,
                coins(reversed, place),
            ],
        });
    }
}

/// The captures of the map and the placebos.
fn captures(bands: &[&Reached]) -> [f64; 5] {
    std::array::from_fn(|place| capture(bands, place))
}

/// Share of the dollars in the top tenth of bands; of bands that are ranked alike each counts by the share of them that belongs to it.
fn capture(bands: &[&Reached], place: usize) -> f64 {
    let mut ranked: Vec<(f64, f64)> = bands.iter().map(|band| (band.predicted[place], band.usd)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = ranked.iter().map(|band| band.1).sum();
    let (mut room, mut held) = (TOP * ranked.len() as f64, 0.0);
    for alike in ranked.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let count = alike.len() as f64;
        let part = (room / count).min(1.0);
        held += part * alike.iter().map(|band| band.1).sum::<f64>();
        room -= part * count;
        if room <= 0.0 {
            break;
        }
    }
    if all > 0.0 { held / all } else { TOP }
}

/// The captures over days drawn with repetition, always the same.
fn resampled(days: &[Vec<&Reached>]) -> Vec<[f64; 5]> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    (0..SAMPLES)
        .map(|_| {
            let drawn = (0..days.len()).flat_map(|_| {
                let day = (random.random::<f64>() * days.len() as f64) as usize;
                days[day].iter().copied()
            });
            captures(&drawn.collect::<Vec<_>>())
        })
        .collect()
}

impl Validation {
    /// Whether the map is better than every placebo, whatever the days.
    pub fn is_better(&self) -> bool {
        self.against.iter().all(|against| against.gain_p05 > 0.0)
    }

    /// What came of it, in sentences; it says where the map is no better than a placebo.
    pub fn words(&self) -> String {
        let share = |share: f64| format::share(share, 2);
        let verdict = if self.is_better() {
            "It is better than each of them".to_owned()
        } else {
            let not: Vec<&str> = self
                .against
                .iter()
                .filter(|against| against.gain_p05 <= 0.0)
                .map(|against| against.placebo.words())
                .collect();
            format!("It is no better than {}", not.join(" and "))
        };
        let placebos: Vec<String> = self
            .against
            .iter()
            .map(|against| format!("{} {}", against.placebo.words(), share(against.capture)))
            .collect();
        format!(
            "Of {} USD printed in {} that the price reached on {}, {} lay in the tenth where the map has most. Placebos: {}. {verdict} \
             (5 % quantile of the gain over resampled days).",
            format::short(self.printed_usd),
            format::counted(self.bands, "band"),
            format::counted(self.days, "day"),
            share(self.capture),
            placebos.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Cell, Quality};
    use crate::{Bar, Liquidation, MINUTE_MS, OpenInterestPoint, Rows};

    const DAYS: i64 = 8;

    /// A map at an hour whose coins lie at one band of longs.
    fn map(hour: i64, price: f64, band: usize) -> Map {
        let cells = |sign: f64, full: Option<usize>| -> Vec<Cell> {
            (0..40)
                .map(|k: usize| {
                    let edge = |k: usize| price * libm::exp(sign * k as f64 * WIDTH);
                    let coins = if full == Some(k) { 50.0 } else { 1.0 };
                    Cell {
                        price_from: edge(k).min(edge(k + 1)),
                        price_to: edge(k).max(edge(k + 1)),
                        coins,
                        coins_p10: coins,
                        coins_p90: coins,
                    }
                })
                .collect()
        };
        Map {
            time_ms: hour * HOUR_MS,
            price,
            open_interest: 1e4,
            long: cells(-1.0, Some(band)),
            short: cells(1.0, None),
            quality: Quality {
                hours: 100.0,
                seen: 1.0,
                isolated: 0.1,
                isolated_error: 0.01,
                reservoir: 0.9,
            },
        }
    }

    /// In every hour the price falls by 3 %, comes back, and is liquidated in one band, another every hour.
    fn record() -> (Record, Vec<usize>) {
        let mut rows = Rows::default();
        let mut bands = Vec::new();
        for hour in 0..24 * DAYS {
            let band = ((hour * 7 + hour / 24 * 5) % 11) as usize;
            bands.push(band);
            for minute in 0..60 {
                let low = if minute == 30 { 97.0 } else { 100.0 };
                rows.bars.push(Bar {
                    time_ms: hour * HOUR_MS + minute * MINUTE_MS,
                    open: 100.0,
                    high: 100.0,
                    low,
                    close: 100.0,
                    volume_coins: 1.0,
                    taker_buy_coins: None,
                });
            }
            rows.liquidations.push(Liquidation {
                time_ms: hour * HOUR_MS + 30 * MINUTE_MS,
                side: PositionSide::Long,
                coins: 10.0,
                price: 100.0 * libm::exp(-(band as f64 + 0.5) * WIDTH),
            });
            rows.open_interest.push(OpenInterestPoint {
                time_ms: hour * HOUR_MS,
                coins: 100.0 + hour as f64 * hour as f64,
                usd: None,
            });
        }
        (rows.into_record().unwrap(), bands)
    }

    fn maps(bands: impl Iterator<Item = usize>) -> Vec<Option<Map>> {
        (0..)
            .zip(bands)
            .map(|(hour, band)| Some(map(hour, 100.0, band)))
            .collect()
    }

    #[test]
    fn a_map_that_knows_is_better_than_every_placebo() {
        let (record, bands) = record();
        let wrong = maps(bands.iter().map(|band| (band + 4) % 11));
        let found = validate(&record, &maps(bands.iter().copied()), &wrong).unwrap();
        // Of the 13 bands that are reached in an hour on the side of longs one is right: all of it lies in the top tenth.
        assert!((found.capture - 1.0).abs() < 1e-12, "{found:?}");
        assert!(
            (found.against[2].capture - 0.1).abs() < 1e-12,
            "no map captures its share of the bands"
        );
        assert!(found.against[3].capture < 0.1);
        assert!(
            found.is_better() && found.words().contains("better than each of them"),
            "{}",
            found.words()
        );
        assert_eq!((found.days, found.maps), (DAYS as usize, 24 * DAYS as usize));
    }

    #[test]
    fn a_map_that_knows_nothing_is_told_to() {
        let (record, bands) = record();
        let wrong = maps(bands.iter().map(|band| (band + 4) % 11));
        let found = validate(&record, &wrong, &maps(bands.iter().copied())).unwrap();
        assert!(
            !found.is_better() && found.words().contains("It is no better than"),
            "{}",
            found.words()
        );
        let mut rows = record.into_rows();
        rows.liquidations.clear();
        assert_eq!(validate(&rows.into_record().unwrap(), &wrong, &wrong), None);
    }

    /// Its changes are those of the record, from the end on.
    #[test]
    fn open_interest_is_reversed() {
        let (record, _) = record();
        let reversed = reversed_interest(&record);
        let coins = |record: &Record, place: usize| record.open_interest()[place].coins;
        let last = record.open_interest().len() - 1;
        assert_eq!(coins(&reversed, 0), coins(&record, 0));
        assert_eq!(coins(&reversed, last), coins(&record, last));
        let change = |record: &Record, place: usize| coins(record, place) - coins(record, place - 1);
        assert!((change(&reversed, 1) - change(&record, last)).abs() < 1e-9);
        assert_eq!(reversed.bars(), record.bars());
    }
}
