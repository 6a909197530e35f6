//! The map: what the draws agree and disagree on.

use serde::Serialize;

use cascade_scenario::PositionSide;

use super::run::{Estimate, Reconstruction};

/// Weights of the draws are tempered until they count like at least so many equal ones.
const EFFECTIVE: f64 = 24.0;
/// The band of the map.
const BAND: [f64; 2] = [0.1, 0.9];
/// A map is called reliable when at least this share of the open interest was opened during the record.
const SEEN: f64 = 0.5;

/// Estimated coins that are liquidated between two prices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// Lower price.
    pub price_from: f64,
    /// Higher price.
    pub price_to: f64,
    /// Mean.
    pub coins: f64,
    /// The 10 % quantile over the draws.
    pub coins_p10: f64,
    /// The 90 % quantile.
    pub coins_p90: f64,
}

/// How much a map is worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Hours of open interest before the moment.
    pub hours: f64,
    /// Share of the open interest that was opened during them; the rest stood at the beginning, at entries nobody saw.
    pub seen: f64,
    /// Isolated share of what is opened, learned from falls of open interest.
    pub isolated: f64,
    /// Its standard deviation.
    pub isolated_error: f64,
    /// Share of the open interest that rests at no level of its own.
    pub reservoir: f64,
}

impl Quality {
    /// Whether most of what stands was seen to be opened.
    pub fn is_reliable(&self) -> bool {
        self.seen >= SEEN
    }
}

/// Where liquidations rest at a moment, estimated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// The moment.
    pub time_ms: i64,
    /// The price then.
    pub price: f64,
    /// Open interest then, coins.
    pub open_interest: f64,
    /// Longs: cells below the price, from the nearest down.
    pub long: Vec<Cell>,
    /// Shorts: cells above it, from the nearest up.
    pub short: Vec<Cell>,
    /// How much it is worth.
    pub quality: Quality,
}

impl Map {
    /// The cells of a side, from the nearest to the price on.
    pub fn side(&self, side: PositionSide) -> &[Cell] {
        match side {
            PositionSide::Long => &self.long,
            PositionSide::Short => &self.short,
        }
    }

    /// Mean coins of a side between the price and a log distance from it.
    pub fn within(&self, side: PositionSide, distance: f64) -> f64 {
        let near = |cell: &&Cell| {
            libm::fabs(libm::log(cell.price_from * cell.price_to) / 2.0 - libm::log(self.price)) < distance
        };
        self.side(side).iter().filter(near).map(|cell| cell.coins).sum()
    }
}

/// Collects the estimates of draws, in the order of the draws, into maps. Draws may be made anywhere and on any number of threads:
/// what counts is the order in which they are added.
#[derive(Clone, Debug)]
pub struct Maps {
    moments_ms: Vec<i64>,
    cell: f64,
    draws: Vec<Vec<Option<Estimate>>>,
}

impl Maps {
    /// Maps at moments in ascending order, by cells of a log width.
    pub const fn new(moments_ms: Vec<i64>, cell: f64) -> Self {
        Self {
            moments_ms,
            cell,
            draws: Vec::new(),
        }
    }

    /// Adds what [`Reconstruction::estimates`] made of the same moments and width with the next draw.
    pub fn add(&mut self, estimates: Vec<Option<Estimate>>) {
        self.draws.push(estimates);
    }

    /// The maps; none at moments before open interest begins.
    pub fn finish(&self, of: &Reconstruction) -> Vec<Option<Map>> {
        (0..self.moments_ms.len()).map(|place| self.at(place, of)).collect()
    }

    fn at(&self, place: usize, of: &Reconstruction) -> Option<Map> {
        let estimates: Option<Vec<&Estimate>> = self.draws.iter().map(|draw| draw[place].as_ref()).collect();
        let estimates = estimates.filter(|estimates| !estimates.is_empty())?;
        let weights = weights(estimates.iter().map(|estimate| estimate.log_likelihood));
        let mean = |figure: &dyn Fn(&Estimate) -> f64| -> f64 {
            estimates
                .iter()
                .zip(&weights)
                .map(|(estimate, weight)| figure(estimate) * weight)
                .sum()
        };
        let time_ms = self.moments_ms[place];
        let price = of.record().bars().price_at(time_ms);
        let open_interest = of.record().open_interest_at(time_ms)?;
        let cells = |sign: f64, coins: &dyn Fn(&Estimate) -> &[f64]| -> Vec<Cell> {
            (0..coins(estimates[0]).len())
                .map(|k| {
                    let edge = |k: usize| price * libm::exp(sign * k as f64 * self.cell);
                    let values = estimates.iter().map(|estimate| coins(estimate)[k]);
                    let (low, high) = weighted(values, &weights);
                    Cell {
                        price_from: edge(k).min(edge(k + 1)),
                        price_to: edge(k).max(edge(k + 1)),
                        coins: mean(&|estimate| coins(estimate)[k]),
                        coins_p10: low,
                        coins_p90: high,
                    }
                })
                .collect()
        };
        let (long, short) = (cells(-1.0, &|e| &e.long), cells(1.0, &|e| &e.short));
        let resting: f64 = long.iter().chain(&short).map(|cell| cell.coins).sum();
        let isolated = mean(&|estimate| estimate.isolated);
        let spread = mean(&|e| (e.isolated - isolated) * (e.isolated - isolated) + e.isolated_error * e.isolated_error);
        Some(Map {
            time_ms,
            price,
            open_interest,
            quality: Quality {
                hours: (time_ms - of.begins_ms()) as f64 / crate::HOUR_MS as f64,
                seen: mean(&|estimate| estimate.seen),
                isolated,
                isolated_error: spread.sqrt(),
                reservoir: 1.0 - resting / (2.0 * open_interest),
            },
            long,
            short,
        })
    }
}

/// Weights in proportion to a power of the likelihoods: 1, or the largest with which the weights still count like
/// `EFFECTIVE` equal ones (1/Σw²).
pub fn weights(log_likelihoods: impl Iterator<Item = f64>) -> Vec<f64> {
    let logs: Vec<f64> = log_likelihoods.collect();
    let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let tempered = |power: f64| -> Vec<f64> {
        let raw: Vec<f64> = logs.iter().map(|log| libm::exp(power * (log - best))).collect();
        let total: f64 = raw.iter().sum();
        raw.iter().map(|weight| weight / total).collect()
    };
    let effective = |weights: &[f64]| 1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>();
    let wanted = EFFECTIVE.min(logs.len() as f64);
    let (mut low, mut high) = (0.0, 1.0);
    if effective(&tempered(high)) >= wanted {
        return tempered(high);
    }
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if effective(&tempered(middle)) >= wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    tempered(low)
}

/// The quantiles of the band: the values at which the weight of all that is not larger passes them.
fn weighted(values: impl Iterator<Item = f64>, weights: &[f64]) -> (f64, f64) {
    let mut pairs: Vec<(f64, f64)> = values.zip(weights.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| {
        let mut sum = 0.0;
        let passed = pairs.iter().find(|(_, weight)| {
            sum += weight;
            sum >= share
        });
        passed.or(pairs.last()).map_or(0.0, |pair| pair.0)
    };
    (at(BAND[0]), at(BAND[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_the_likelihood_as_far_as_enough_draws_count() {
        assert_eq!(weights([0.0; 64].into_iter()), vec![1.0 / 64.0; 64]);
        let steep = weights((0..64).map(|k| -f64::from(k) * 10.0));
        let effective = 1.0 / steep.iter().map(|weight| weight * weight).sum::<f64>();
        assert!((effective - EFFECTIVE).abs() < 0.1, "{effective}");
        assert!(steep.is_sorted_by(|a, b| a >= b));
        let (low, high) = weighted([5.0, 1.0, 3.0].into_iter(), &[0.05, 0.15, 0.8]);
        assert_eq!((low, high), (1.0, 3.0));
    }
}
