//! A record as series over time: one value for every interval of its bars, so that plots of any length cost what they show.

use cascade_market::{Band, Bar, Record};
use cascade_scenario::PositionSide;

use crate::history::Series;

/// One value a bar of everything that is drawn over time. Where nothing is known of a time, the value before stays; what is
/// missing is said by the defects.
#[derive(Clone, Debug, Default)]
pub struct Charts {
    /// When the first value is of.
    pub begins_ms: i64,
    /// Distance of two values, seconds.
    pub step_seconds: f64,
    /// Last prices.
    pub close: Series,
    /// Lowest and highest prices.
    pub range: [Series; 2],
    /// Open interest, coins; empty where the record has none.
    pub open_interest: Series,
    /// Dollars within 1 % below and above the price; empty where the record has none.
    pub depth: [Series; 2],
    /// What takers bought less what they sold, of all that was traded; empty where that is not known.
    pub imbalance: Series,
    /// Funding rate; empty where the record has none.
    pub funding: Series,
    /// Dollars of longs and of shorts that were liquidated, as printed; empty where none were.
    pub liquidated: [Series; 2],
}

impl Charts {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        let bars = record.bars();
        let step = bars.interval_ms().max(1);
        let begins_ms = record.begins_ms();
        // One more than there are values: where the last one ends.
        let mut ends: Vec<i64> = (begins_ms..record.ends_ms()).step_by(step as usize).collect();
        ends.push(record.ends_ms());
        let count = ends.len() - 1;
        let time = |place: usize| ends[place];
        let mut charts = Self {
            begins_ms,
            step_seconds: step as f64 / 1e3,
            ..Self::default()
        };
        let has_flow = bars.rows().iter().any(|bar| bar.taker_buy_coins.is_some());
        let has_interest = !record.open_interest().is_empty();
        let mut imbalance = 0.0;
        for place in 0..count {
            let at = bars.place_at(time(place)).unwrap_or(0);
            let bar = bars.rows()[at];
            // What a gap repeats is its last price.
            let now = bar.time_ms + step > time(place);
            let [low, high] = if now { [bar.low, bar.high] } else { [bar.close; 2] };
            charts.close.push(bar.close);
            charts.range[0].push(low);
            charts.range[1].push(high);
            if has_flow {
                imbalance = imbalance_of(&bar).unwrap_or(imbalance);
                charts.imbalance.push(imbalance);
            }
            if has_interest {
                charts
                    .open_interest
                    .push(record.open_interest_at(time(place)).unwrap_or(0.0));
            }
        }
        charts.add_depth(record, count, &time);
        charts.add_payments(record, count, &time);
        charts
    }

    fn add_depth(&mut self, record: &Record, count: usize, time: &impl Fn(usize) -> i64) {
        for (series, percentage) in self.depth.iter_mut().zip([-1.0, 1.0]) {
            let Some(band) = Band::of_percentage(percentage) else {
                continue;
            };
            let known = |place: usize| {
                let within = record.depth().between(time(place), time(place + 1));
                let values = within.iter().filter_map(|snapshot| snapshot.usd(band));
                values.fold(None, |mean: Option<(f64, f64)>, usd| {
                    let (sum, count) = mean.unwrap_or_default();
                    Some((sum + usd, count + 1.0))
                })
            };
            let Some(mut last) = (0..count).find_map(known).map(|(sum, count)| sum / count) else {
                continue;
            };
            for place in 0..count {
                last = known(place).map_or(last, |(sum, count)| sum / count);
                series.push(last);
            }
        }
    }

    fn add_payments(&mut self, record: &Record, count: usize, time: &impl Fn(usize) -> i64) {
        if let Some(first) = record.funding().first() {
            let mut rate = first.rate;
            let mut next = 0;
            for place in 0..count {
                while record
                    .funding()
                    .get(next)
                    .is_some_and(|point| point.time_ms < time(place + 1))
                {
                    rate = record.funding()[next].rate;
                    next += 1;
                }
                self.funding.push(rate);
            }
        }
        if record.liquidations().is_empty() {
            return;
        }
        for place in 0..count {
            let within = record.liquidations_between(time(place), time(place + 1));
            for (series, side) in self
                .liquidated
                .iter_mut()
                .zip([PositionSide::Long, PositionSide::Short])
            {
                let of_side = within.iter().filter(|one| one.side == side);
                series.push(of_side.map(|one| one.coins * one.price).sum());
            }
        }
    }

    /// Number of values.
    pub const fn len(&self) -> usize {
        self.close.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.close.is_empty()
    }

    /// The value that a moment belongs to.
    pub fn place_of(&self, time_ms: i64) -> usize {
        let place = (time_ms - self.begins_ms) as f64 / (self.step_seconds * 1e3);
        (place.max(0.0) as usize).min(self.len().saturating_sub(1))
    }
}

fn imbalance_of(bar: &Bar) -> Option<f64> {
    let bought = bar.taker_buy_coins.filter(|_| bar.volume_coins > 0.0)?;
    Some(2.0 * bought / bar.volume_coins - 1.0)
}
