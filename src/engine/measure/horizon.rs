//! What is measured over a stretch of market time, so that it does not depend on how many steps that is.

use std::collections::VecDeque;

use crate::clock::Moment;
use crate::market::source::BySource;
use crate::units::Usd;

/// Stretch over which the rate of liquidations is measured, in seconds.
const RATE_SECONDS: f64 = 60.0;
/// Stretch over which moves count for who sets the price, in seconds.
const MOVE_SECONDS: f64 = 900.0;
/// Stretch over which orders count for their imbalance, in seconds.
const ORDER_SECONDS: f64 = 300.0;
/// Distance of the times at which levels and flows are taken for measures that compare them, in seconds.
pub(crate) const BIN_SECONDS: f64 = 10.0;

/// Sums of the newest values, N side by side. Nothing is ever subtracted, so that what has left leaves no rounding behind; a value
/// costs two additions, however many count.
#[derive(Clone, Debug)]
struct NewestSum<const N: usize> {
    /// Of the older values the sums from each of them on, the oldest one's last.
    older: Vec<[f64; N]>,
    newer: Vec<[f64; N]>,
    newer_sum: [f64; N],
}

impl<const N: usize> Default for NewestSum<N> {
    fn default() -> Self {
        Self {
            older: Vec::new(),
            newer: Vec::new(),
            newer_sum: [0.0; N],
        }
    }
}

impl<const N: usize> NewestSum<N> {
    /// Adds a value; so many count from now on, at least one.
    fn add(&mut self, value: [f64; N], count: u64) {
        self.newer.push(value);
        self.newer_sum = plus(self.newer_sum, value);
        while (self.older.len() + self.newer.len()) as u64 > count.max(1) {
            if self.older.is_empty() {
                let mut sum = [0.0; N];
                while let Some(value) = self.newer.pop() {
                    sum = plus(sum, value);
                    self.older.push(sum);
                }
                self.newer_sum = [0.0; N];
            }
            self.older.pop();
        }
    }

    fn sums(&self) -> [f64; N] {
        self.older
            .last()
            .map_or(self.newer_sum, |older| plus(*older, self.newer_sum))
    }
}

fn plus<const N: usize>(one: [f64; N], other: [f64; N]) -> [f64; N] {
    std::array::from_fn(|place| one[place] + other[place])
}

/// What was liquidated within the last minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastMinute {
    flows: NewestSum<1>,
    seconds: f64,
}

impl LastMinute {
    /// Adds a step's notional.
    pub(crate) fn add(&mut self, moment: &Moment, notional: Usd) {
        let steps = moment.steps_in(RATE_SECONDS);
        self.seconds = steps as f64 * moment.dt();
        self.flows.add([notional.get()], steps);
    }

    /// USD per second; what lies before the first step is none.
    pub(crate) fn rate(&self) -> f64 {
        let [flow] = self.flows.sums();
        if flow > 0.0 { flow / self.seconds } else { 0.0 }
    }
}

/// The orders of the last five minutes: what was bought and sold at market in all books.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastOrders(NewestSum<2>);

impl LastOrders {
    /// Adds a step's orders, signed USD by cause. What causes buy and what others sell does not cancel.
    pub(crate) fn add(&mut self, moment: &Moment, ordered: &BySource) {
        let bought = ordered.values().map(|order| order.max(0.0)).sum();
        let sold = ordered.values().map(|order| (-order).max(0.0)).sum();
        self.0.add([bought, sold], moment.steps_in(ORDER_SECONDS));
    }

    /// Bought less sold, USD.
    pub(crate) fn net(&self) -> f64 {
        let [bought, sold] = self.0.sums();
        bought - sold
    }

    /// (bought − sold)/(bought + sold), from −1 to 1; none where nobody has traded.
    pub(crate) fn imbalance(&self) -> Option<f64> {
        let [bought, sold] = self.0.sums();
        (bought + sold > 0.0).then(|| (bought - sold) / (bought + sold))
    }
}

/// Log price of spot: all of it, and the part of it that forced flow has made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SpotLevel {
    /// All of it.
    pub total: f64,
    /// Of it, what is not exogenous.
    pub forced: f64,
}

/// The last quarter of an hour of the spot price.
#[derive(Clone, Debug)]
pub(crate) struct LastMoves(VecDeque<SpotLevel>);

impl LastMoves {
    /// From the start price on.
    pub(crate) fn new() -> Self {
        Self(VecDeque::from([SpotLevel::default()]))
    }

    /// Takes the level at the end of a bin. Returns the move over the last quarter of an hour, or since the start.
    pub(crate) fn add(&mut self, moment: &Moment, now: SpotLevel) -> SpotLevel {
        let bin = moment.steps_in(BIN_SECONDS) as f64 * moment.dt();
        let bins = libm::round(MOVE_SECONDS / bin).max(1.0) as usize;
        while self.0.len() > bins {
            self.0.pop_front();
        }
        let before = self.0.front().copied().unwrap_or_default();
        self.0.push_back(now);
        SpotLevel {
            total: now.total - before.total,
            forced: now.forced - before.forced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cascade_scenario::Parameters;

    fn moment(dt: f64) -> Moment {
        let mut parameters = Parameters::default();
        parameters.market.step_seconds = dt;
        Moment { parameters, step: 0 }
    }

    /// One liquidation of 6 M USD is 100,000 USD a second over a minute, in one step or in many; it is over after a minute.
    #[test]
    fn the_rate_is_that_of_a_minute() {
        for dt in [0.5, 2.0, 10.0, 60.0] {
            let (moment, mut minute) = (moment(dt), LastMinute::default());
            minute.add(&moment, Usd::new(6e6));
            let steps = (60.0 / dt) as usize;
            for _ in 1..steps {
                assert!((minute.rate() - 1e5).abs() < 1e-6);
                minute.add(&moment, Usd::ZERO);
            }
            minute.add(&moment, Usd::ZERO);
            assert_eq!(minute.rate(), 0.0, "{dt}");
        }
    }

    /// Against the sum over the window itself, of values that come and go, and of windows that change.
    #[test]
    fn the_newest_values_are_summed_whatever_has_left() {
        let (mut kept, mut all) = (NewestSum::<2>::default(), Vec::new());
        for step in 0_u32..500 {
            let value = f64::from(step * step % 97) * 1e6 + 0.1;
            all.push([value, 1.0]);
            let count = [7_usize, 1, 30][step as usize / 200];
            kept.add([value, 1.0], count as u64);
            let expected = all
                .iter()
                .rev()
                .take(count)
                .fold([0.0; 2], |sum, value| plus(sum, *value));
            let found = kept.sums();
            // A window that grows has lost what it did not count before.
            if !(400..430).contains(&step) {
                assert!(
                    (found[0] - expected[0]).abs() <= 1e-9 * expected[0] && found[1] == expected[1],
                    "{step}"
                );
            }
        }
    }

    /// A sale weighs against a purchase for five minutes, however long a step is, and what offsets it leaves no imbalance.
    #[test]
    fn orders_count_for_five_minutes() {
        use crate::market::source::Source;
        for dt in [1.0, 10.0, 60.0] {
            let (moment, mut last) = (moment(dt), LastOrders::default());
            assert_eq!(last.imbalance(), None);
            let mut ordered = BySource::default();
            ordered[Source::Liquidations] = -3e6;
            ordered[Source::Providers] = 1e6;
            last.add(&moment, &ordered);
            let steps = (300.0 / dt) as usize;
            for _ in 1..steps {
                assert_eq!((last.net(), last.imbalance()), (-2e6, Some(-0.5)));
                last.add(&moment, &BySource::default());
            }
            last.add(&moment, &BySource::default());
            assert_eq!((last.net(), last.imbalance()), (0.0, None), "{dt}");
        }
    }

    /// A move counts for a quarter of an hour, however long a step is.
    #[test]
    fn moves_are_those_of_a_quarter_of_an_hour() {
        for dt in [10.0, 30.0, 900.0, 3_600.0] {
            let (moment, mut last) = (moment(dt), LastMoves::new());
            let fallen = SpotLevel {
                total: -0.02,
                forced: -0.01,
            };
            let counted = std::iter::repeat_with(|| last.add(&moment, fallen)).take_while(|moved| moved.total < 0.0);
            assert_eq!(counted.count(), (900.0 / dt).ceil() as usize);
        }
    }
}
