//! One expiry's deltas at one time to expiry, tabulated over log price, so that a step reads them off instead of summing over
//! strikes.

use crate::traders::black76;
use crate::units::LogPrice;

/// Points a deviation σ√T of the log price. Cubic interpolation through values and slopes is then wrong by at most 1.4e-5 of
/// the open interest: spacing⁴/384 times the largest fourth derivative of Φ.
const POINTS: f64 = 4.0;
/// Beyond so many deviations delta is 0 or 1 to twelve digits.
const REACH: f64 = 7.0;
/// Least deviation: the last seconds of an option are smeared over this distance of log price. A strike's delta would
/// otherwise be a step that no interpolation follows and no dealer hedges.
pub(super) const LEAST_DEVIATION: f64 = 4e-4;
/// Most points of a table; a chain of extreme strikes gets a coarser one.
const POINTS_MAX: f64 = 65_536.0;

/// Open interest at a strike, in coins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StrikeInterest {
    /// The strike.
    pub log_strike: LogPrice,
    /// Implied volatility per √year.
    pub volatility: f64,
    /// Calls and puts.
    pub interest: [f64; 2],
}

/// Calls first, puts second: what holders of one coin of every option would have. Coins as plain numbers, because a table holds
/// many of them and they are interpolated together with their slopes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposure {
    /// Σ OI·Δ, coins.
    pub delta: [f64; 2],
    /// Σ OI·∂Δ/∂x, coins per unit of log price: P·Γ.
    pub slope: [f64; 2],
}

impl Exposure {
    /// Adds another times a factor.
    pub fn add_scaled(&mut self, other: &Self, factor: f64) {
        for kind in 0..2 {
            self.delta[kind] += factor * other.delta[kind];
            self.slope[kind] += factor * other.slope[kind];
        }
    }
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    start: LogPrice,
    spacing: f64,
    points: Vec<Exposure>,
    /// All calls and all puts.
    totals: [f64; 2],
}

impl Slice {
    /// Tabulates strikes, of which there is at least one, at a time to expiry.
    pub(super) fn new(strikes: &[StrikeInterest], years: f64) -> Self {
        let deviation = |strike: &StrikeInterest| (strike.volatility * libm::sqrt(years)).max(LEAST_DEVIATION);
        // d₁ is 0 at the centre.
        let centre = |strike: &StrikeInterest, deviation: f64| strike.log_strike - 0.5 * deviation * deviation;
        let (mut low, mut high, mut narrowest) = (LogPrice::HIGHEST, LogPrice::LOWEST, f64::INFINITY);
        for strike in strikes {
            let w = deviation(strike);
            low = low.min(centre(strike, w) - REACH * w);
            high = high.max(centre(strike, w) + REACH * w);
            narrowest = narrowest.min(w);
        }
        let spacing = (narrowest / POINTS).max((high - low) / POINTS_MAX);
        let mut slice = Self {
            start: low,
            spacing,
            points: vec![Exposure::default(); ((high - low) / spacing).ceil() as usize + 2],
            totals: [0.0; 2],
        };
        // What is certain to be exercised from a point on.
        let mut certain = vec![[0.0; 2]; slice.points.len() + 1];
        for strike in strikes {
            let w = deviation(strike);
            let place = |x: LogPrice| (((x - low) / spacing).ceil().max(0.0) as usize).min(slice.points.len());
            let (from, to) = (
                place(centre(strike, w) - REACH * w),
                place(centre(strike, w) + REACH * w),
            );
            for (offset, point) in slice.points[from..to].iter_mut().enumerate() {
                let moneyness = low + (from + offset) as f64 * spacing - strike.log_strike;
                let (delta, slope) = (black76::call_delta(moneyness, w), black76::delta_slope(moneyness, w));
                for kind in 0..2 {
                    point.delta[kind] += strike.interest[kind] * delta;
                    point.slope[kind] += strike.interest[kind] * slope;
                }
            }
            for (kind, interest) in strike.interest.iter().enumerate() {
                certain[to][kind] += interest;
                slice.totals[kind] += interest;
            }
        }
        let mut exercised = [0.0; 2];
        for (point, more) in slice.points.iter_mut().zip(&certain) {
            for kind in 0..2 {
                exercised[kind] += more[kind];
                point.delta[kind] += exercised[kind];
            }
            point.delta[1] -= slice.totals[1];
        }
        slice
    }

    /// Deltas and slopes at a log price: Hermite's cubic through values and slopes of the two points beside it, and that
    /// cubic's own derivative.
    pub(super) fn at(&self, log_price: LogPrice) -> Exposure {
        let place = (log_price - self.start) / self.spacing;
        if place < 0.0 {
            return Exposure {
                delta: [0.0, -self.totals[1]],
                slope: [0.0; 2],
            };
        }
        let index = place as usize;
        let Some([left, right]) = self.points.get(index..).and_then(|rest| rest.first_chunk::<2>()) else {
            return Exposure {
                delta: [self.totals[0], 0.0],
                slope: [0.0; 2],
            };
        };
        let t = place - index as f64;
        let mut found = Exposure::default();
        for kind in 0..2 {
            let (a, b) = (left.delta[kind], right.delta[kind]);
            let (rise_a, rise_b) = (left.slope[kind] * self.spacing, right.slope[kind] * self.spacing);
            let bend = 3.0 * (b - a) - 2.0 * rise_a - rise_b;
            let twist = rise_a + rise_b - 2.0 * (b - a);
            found.delta[kind] = a + t * (rise_a + t * (bend + t * twist));
            found.slope[kind] = (rise_a + t * (2.0 * bend + 3.0 * t * twist)) / self.spacing;
        }
        found
    }
}
