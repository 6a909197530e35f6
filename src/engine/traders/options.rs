//! The options that are open: by strike and expiry, with the deltas and gammas that their holders have at a price and time.
//!
//! Deltas are Black's (1976) on the reference price. Each expiry keeps two tables over log price, at a time to expiry not
//! shorter and at one 6 % shorter than the present; what lies between is interpolated in the logarithm of time. Together
//! with the tables' own error a delta is wrong by less than 1e-4 of the open interest, and a step costs two look-ups an
//! expiry, however many strikes there are. The second table is made when something lies between: not where steps are so long
//! that each of them needs a table of its own.

mod slice;

use std::sync::{Arc, OnceLock};

use cascade_scenario::{OptionKind, OptionSeries, Options};

use crate::clock::YEAR_SECONDS;
use crate::units::{Coins, LogPrice, Price};
pub(crate) use slice::Exposure;
use slice::{Slice, StrikeInterest};

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// A table's time to expiry over the next one's.
const SHORTER: f64 = 0.94;
/// Time to expiry below which the tables no longer change, seconds.
const LEAST_TIME: f64 = 1.0;
/// Log prices, relative to the present one, within which flips are looked for, and their distance.
const FLIP_REACH: f64 = 0.5;
const FLIP_STEP: f64 = 0.005;

/// All options of one expiry.
#[derive(Clone, Debug)]
struct Expiry {
    /// When, seconds of market time.
    at: f64,
    strikes: Arc<[StrikeInterest]>,
    /// Time to expiry in seconds of the first table.
    tabulated: f64,
    /// The table at `tabulated`.
    table: Arc<Slice>,
    /// The one at 94 % of it, once it has been needed.
    next: OnceLock<Arc<Slice>>,
}

/// What expired.
#[derive(Clone, Debug)]
pub struct Expired {
    strikes: Vec<StrikeInterest>,
}

impl Expired {
    /// Coins of calls and puts that expired.
    pub fn interest(&self) -> [Coins; 2] {
        interest(&self.strikes)
    }

    /// Coins of calls and puts that are exercised at a log price, their deltas at expiry.
    pub fn delta(&self, log_price: LogPrice) -> [Coins; 2] {
        let mut delta = [Coins::ZERO; 2];
        for strike in &self.strikes {
            let [calls, puts] = strike.interest.map(Coins::new);
            if log_price > strike.log_strike {
                delta[0] += calls;
            } else {
                delta[1] -= puts;
            }
        }
        delta
    }

    /// The strike nearest a price.
    pub fn nearest_strike(&self, log_price: LogPrice) -> LogPrice {
        let strikes = self.strikes.iter().map(|strike| strike.log_strike);
        let distance = |strike: LogPrice| (strike - log_price).abs();
        strikes.fold(LogPrice::LOWEST, |nearest, strike| {
            if distance(strike) < distance(nearest) {
                strike
            } else {
                nearest
            }
        })
    }
}

/// Open interest of strikes in coins, calls and puts.
fn interest<'a>(strikes: impl IntoIterator<Item = &'a StrikeInterest>) -> [Coins; 2] {
    let mut total = [0.0; 2];
    for strike in strikes {
        total[0] += strike.interest[0];
        total[1] += strike.interest[1];
    }
    total.map(Coins::new)
}

/// The open options.
#[derive(Clone, Debug, Default)]
pub struct OptionBook {
    expiries: Vec<Expiry>,
}

impl Expiry {
    fn new(at: f64, strikes: Vec<StrikeInterest>, now: f64) -> Self {
        let strikes: Arc<[StrikeInterest]> = strikes.into();
        let tabulated = (at - now).max(LEAST_TIME);
        Self::tabulated(at, strikes, tabulated)
    }

    /// With a table at a time to expiry in seconds.
    fn tabulated(at: f64, strikes: Arc<[StrikeInterest]>, seconds: f64) -> Self {
        Self {
            at,
            table: tabulate(&strikes, seconds),
            strikes,
            tabulated: seconds,
            next: OnceLock::new(),
        }
    }

    /// The table at 94 % of the time of the first one.
    fn next(&self) -> &Arc<Slice> {
        self.next
            .get_or_init(|| tabulate(&self.strikes, SHORTER * self.tabulated))
    }

    /// Moves the tables on to the present time to expiry.
    fn refresh(&mut self, now: f64) {
        let left = (self.at - now).max(LEAST_TIME);
        while left < SHORTER * self.tabulated {
            if left < SHORTER * SHORTER * self.tabulated {
                // A step as long as that leaves nothing to reuse.
                *self = Self::tabulated(self.at, Arc::clone(&self.strikes), left);
                return;
            }
            self.table = Arc::clone(self.next());
            self.tabulated *= SHORTER;
            self.next = OnceLock::new();
        }
    }

    fn exposure(&self, log_price: LogPrice, now: f64) -> Exposure {
        let left = (self.at - now).clamp(SHORTER * self.tabulated, self.tabulated);
        let towards_next = libm::log(left / self.tabulated) / libm::log(SHORTER);
        let mut found = Exposure::default();
        found.add_scaled(&self.table.at(log_price), 1.0 - towards_next);
        if towards_next > 0.0 {
            found.add_scaled(&self.next().at(log_price), towards_next);
        }
        found
    }
}

fn tabulate(strikes: &[StrikeInterest], seconds: f64) -> Arc<Slice> {
    Arc::new(Slice::new(strikes, seconds / YEAR_SECONDS))
}

impl OptionBook {
    /// Lists series at a time; strikes become log prices relative to the start price. What has no open interest, or has
    /// expired by `now`, is left out.
    pub fn new(series: &[OptionSeries], start_price: Price, listed: f64, now: f64) -> Self {
        let mut sorted: Vec<(f64, StrikeInterest)> = series
            .iter()
            .filter(|series| series.open_interest > 0.0)
            .map(|series| {
                let mut interest = [0.0; 2];
                interest[series.kind as usize] = series.open_interest;
                let strike = StrikeInterest {
                    log_strike: LogPrice::of(Price::new(series.strike), start_price),
                    volatility: series.volatility,
                    interest,
                };
                (listed + series.days * DAY, strike)
            })
            .filter(|(at, _)| *at > now)
            .collect();
        sorted.sort_by(|(at, a), (other, b)| {
            at.total_cmp(other)
                .then(a.log_strike.get().total_cmp(&b.log_strike.get()))
        });
        let expiries = sorted
            .chunk_by(|(at, _), (other, _)| at == other)
            .map(|group| {
                let mut strikes: Vec<StrikeInterest> = Vec::with_capacity(group.len());
                for (_, strike) in group {
                    match strikes.last_mut() {
                        Some(last) if last.log_strike == strike.log_strike && last.volatility == strike.volatility => {
                            last.interest[0] += strike.interest[0];
                            last.interest[1] += strike.interest[1];
                        }
                        _ => strikes.push(*strike),
                    }
                }
                Expiry::new(group[0].0, strikes, now)
            })
            .collect();
        Self { expiries }
    }

    /// Whether nothing is listed.
    pub const fn is_empty(&self) -> bool {
        self.expiries.is_empty()
    }

    /// Open interest in coins, calls and puts.
    pub fn interest(&self) -> [Coins; 2] {
        interest(self.expiries.iter().flat_map(|expiry| expiry.strikes.iter()))
    }

    /// Seconds of market time at which the next options expire.
    pub fn next_expiry(&self) -> Option<f64> {
        self.expiries.first().map(|expiry| expiry.at)
    }

    /// Moves the tables on to the present time.
    pub fn refresh(&mut self, now: f64) {
        for expiry in &mut self.expiries {
            expiry.refresh(now);
        }
    }

    /// Deltas and slopes of all options at a log price.
    pub fn exposure(&self, log_price: LogPrice, now: f64) -> Exposure {
        let mut found = Exposure::default();
        for expiry in &self.expiries {
            found.add_scaled(&expiry.exposure(log_price, now), 1.0);
        }
        found
    }

    /// Takes the options off the list whose time has come.
    pub fn expire(&mut self, now: f64) -> Option<Expired> {
        let gone = self.expiries.iter().take_while(|expiry| expiry.at <= now).count();
        let strikes = |expiry: Expiry| expiry.strikes.to_vec();
        let strikes: Vec<_> = self.expiries.drain(..gone).flat_map(strikes).collect();
        (!strikes.is_empty()).then_some(Expired { strikes })
    }

    /// Log prices at which the gamma of the signed options changes its sign, lowest first.
    pub fn flips(&self, around: LogPrice, signs: [f64; 2], now: f64) -> Vec<LogPrice> {
        let gamma = |log_price: LogPrice| {
            let slope = self.exposure(log_price, now).slope;
            signs[0] * slope[0] + signs[1] * slope[1]
        };
        let steps = (2.0 * FLIP_REACH / FLIP_STEP) as usize;
        let levels: Vec<(LogPrice, f64)> = (0..=steps)
            .map(|step| around - FLIP_REACH + step as f64 * FLIP_STEP)
            .map(|log_price| (log_price, gamma(log_price)))
            .collect();
        // Far from all strikes gamma is rounding, and its sign says nothing.
        let noise = 1e-6 * levels.iter().fold(0.0_f64, |most, (_, gamma)| most.max(gamma.abs()));
        let mut felt = levels.iter().filter(|(_, gamma)| gamma.abs() > noise);
        let mut flips = Vec::new();
        let Some(mut before) = felt.next() else { return flips };
        for level in felt {
            if (level.1 > 0.0) != (before.1 > 0.0) {
                flips.push(crossing(before.0, level.0, gamma));
            }
            before = level;
        }
        flips
    }
}

/// Where a function changes its sign between two places at which it has different ones.
fn crossing(mut low: LogPrice, mut high: LogPrice, function: impl Fn(LogPrice) -> f64) -> LogPrice {
    let positive_at_low = function(low) > 0.0;
    for _ in 0..30 {
        let middle = low.midpoint(high);
        if (function(middle) > 0.0) == positive_at_low {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.midpoint(high)
}

/// The book that the sliders describe, with strikes around a reference price and expiries counted from its listing.
pub(crate) fn generate(options: &Options, reference: Price) -> Vec<OptionSeries> {
    let strikes = options.strike_numbers();
    let strikes: Vec<f64> = strikes.map(|number| number as f64 * options.strike_spacing).collect();
    let expiries = (1..=options.expiries).map(|number| options.expiry * f64::from(number));
    let mut series = Vec::new();
    for (kind, share) in [
        (OptionKind::Call, options.call_share),
        (OptionKind::Put, 1.0 - options.call_share),
    ] {
        let offered: Vec<f64> = strikes
            .iter()
            .copied()
            .filter(|strike| {
                !options.out_of_the_money
                    || match kind {
                        OptionKind::Call => *strike >= -1e-9,
                        OptionKind::Put => *strike <= 1e-9,
                    }
            })
            .collect();
        let total = options.open_interest * share / f64::from(options.expiries);
        let peak = nearest(&offered, options.peak_strike);
        for days in expiries.clone() {
            for (index, strike) in offered.iter().enumerate() {
                let massed = if Some(index) == peak {
                    options.concentration
                } else {
                    0.0
                };
                let spread = (1.0 - options.concentration) / offered.len() as f64;
                series.push(OptionSeries {
                    kind,
                    strike: (reference * (1.0 + strike)).get(),
                    days,
                    open_interest: total * (massed + spread),
                    volatility: (options.volatility + options.skew * libm::log1p(*strike)).max(0.05),
                });
            }
        }
    }
    series
}

/// The index of the value nearest to one.
fn nearest(values: &[f64], to: f64) -> Option<usize> {
    let distance = |index: &usize| (values[*index] - to).abs();
    (0..values.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traders::black76;

    fn sample() -> Vec<OptionSeries> {
        let options = Options {
            expiries: 3,
            skew: -0.5,
            concentration: 0.3,
            peak_strike: 0.04,
            out_of_the_money: false,
            ..Options::default()
        };
        generate(&options, Price::new(100.0))
    }

    /// Against the sum over all series, at any price and any time to expiry.
    #[test]
    fn tables_agree_with_the_sum_over_strikes() {
        let series = sample();
        let mut book = OptionBook::new(&series, Price::new(100.0), 0.0, 0.0);
        let total: f64 = series.iter().map(|one| one.open_interest).sum();
        let mut worst = [0.0_f64; 2];
        for step in 0..600 {
            let now = f64::from(step) * 0.999 * 2.0 * DAY / 600.0;
            book.refresh(now);
            for place in -40..=40 {
                let log_price = f64::from(place) * 0.004_1;
                let (mut delta, mut slope, mut peak) = (0.0, 0.0, 0.0);
                for one in &series {
                    let deviation = (one.volatility * libm::sqrt((one.days * DAY - now) / YEAR_SECONDS)).max(4e-4);
                    let moneyness = log_price - libm::log(one.strike / 100.0);
                    delta += one.open_interest * black76::call_delta(moneyness, deviation);
                    slope += one.open_interest * black76::delta_slope(moneyness, deviation);
                    peak += one.open_interest * black76::delta_slope(0.0, deviation);
                    if one.kind == OptionKind::Put {
                        delta -= one.open_interest;
                    }
                }
                let found = book.exposure(LogPrice::new(log_price), now);
                worst[0] = worst[0].max((found.delta[0] + found.delta[1] - delta).abs() / total);
                worst[1] = worst[1].max((found.slope[0] + found.slope[1] - slope).abs() / peak);
            }
        }
        assert!(worst[0] < 1e-4 && worst[1] < 1e-3, "{worst:?}");
    }

    /// The sliders' totals are kept, whatever the strikes.
    #[test]
    fn open_interest_is_what_the_sliders_say() {
        let series = sample();
        let of = |kind| {
            series
                .iter()
                .filter(|one| one.kind == kind)
                .map(|one| one.open_interest)
                .sum::<f64>()
        };
        assert!((of(OptionKind::Call) - 12_500.0).abs() < 1e-6 && (of(OptionKind::Put) - 12_500.0).abs() < 1e-6);
        let massed = series
            .iter()
            .filter(|one| (one.strike - 104.0).abs() < 1e-9)
            .map(|one| one.open_interest)
            .sum::<f64>();
        assert!((massed - 25_000.0 * (0.3 + 0.7 / 11.0)).abs() < 1e-6, "{massed}");
        assert!(series.iter().any(|one| (one.strike - 100.0).abs() < 1e-9));
    }

    /// Calls above, puts below, dealers long the one and short the other: gamma flips between them.
    #[test]
    fn gamma_flips_between_puts_and_calls() {
        let mut book = OptionBook::new(
            &generate(&Options::default(), Price::new(100.0)),
            Price::new(100.0),
            0.0,
            0.0,
        );
        let flips = book.flips(LogPrice::START, [1.0, -1.0], 0.0);
        assert_eq!(flips.len(), 1);
        let slope = book.exposure(flips[0], 0.0).slope;
        assert!((slope[0] - slope[1]).abs() < 1e-6 * slope[0] && flips[0].get().abs() < 0.01);
        assert!(book.flips(LogPrice::START, [-1.0, -1.0], 0.0).is_empty());
        // The strike at the money counts as below; calls above 100 are never exercised there.
        let delta = book.expire(2.0 * DAY).unwrap().delta(LogPrice::new(1e-6));
        assert!(delta[1] == Coins::ZERO && delta[0] > Coins::ZERO && book.is_empty());
    }
}
