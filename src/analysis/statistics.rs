//! How a figure is distributed over seeds.

/// Location, spread and uncertainty of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Number of values.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Standard error of the mean, s/√n; 0 for a single value.
    pub standard_error: f64,
    /// Quantiles at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// Ends of the 95 % confidence interval of the median ([`quantile_interval`]), where there are enough values for them.
    pub median_interval: (Option<f64>, Option<f64>),
}

/// The shares of [`Statistics::quantiles`].
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Confidence of the intervals.
pub const CONFIDENCE: f64 = 0.95;

impl Statistics {
    /// Of finite values, summed in their order; none of nothing.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        values.sort_unstable_by(f64::total_cmp);
        Some(Self {
            count: values.len(),
            mean,
            standard_error: if count > 1.0 {
                (squares / (count - 1.0) / count).sqrt()
            } else {
                0.0
            },
            quantiles: SHARES.map(|share| quantile(&values, share)),
            median_interval: quantile_interval(&values, 0.5, CONFIDENCE),
        })
    }

    /// The middle value.
    pub const fn median(&self) -> f64 {
        self.quantiles[2]
    }
}

/// A quantile of sorted values, linear between neighbours (Hyndman and Fan 1996, type 7). Not a number of nothing.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = last as f64 * share.clamp(0.0, 1.0);
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// Values with weights, from the lowest on.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// Values, and the weight of all before each; weights sum to 1.
    values: Vec<(f64, f64)>,
}

impl Weighted {
    /// Of values and their weights, at least 0 and together above 0.
    pub fn new(mut values: Vec<(f64, f64)>) -> Self {
        values.retain(|(_, weight)| *weight > 0.0);
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let mut before = 0.0;
        for (_, weight) in &mut values {
            let own = *weight / total;
            *weight = before;
            before += own;
        }
        Self { values }
    }

    /// Of equally likely values.
    pub fn equal(values: &[f64]) -> Self {
        Self::new(values.iter().map(|value| (*value, 1.0)).collect())
    }

    /// Values with the weights before and after each.
    fn steps(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let next = self.values.iter().skip(1).map(|(_, before)| *before).chain([1.0]);
        self.values
            .iter()
            .zip(next)
            .map(|((value, before), after)| (*value, *before, after))
    }

    /// The lowest value with at least a share of the weight at or below it. Not a number of nothing.
    pub fn quantile(&self, share: f64) -> f64 {
        let found = self.values.partition_point(|(_, before)| *before < share);
        self.values.get(found.max(1) - 1).map_or(f64::NAN, |(value, _)| *value)
    }

    /// Share of the weight below a value, that of values equal to it by half.
    pub fn below(&self, value: f64) -> f64 {
        let weight = |(x, before, after): (f64, f64, f64)| match x.total_cmp(&value) {
            std::cmp::Ordering::Less => after - before,
            std::cmp::Ordering::Equal => (after - before) / 2.0,
            std::cmp::Ordering::Greater => 0.0,
        };
        self.steps().map(weight).sum()
    }

    /// The continuous ranked probability score of the distribution for a value that came: E|X − y| − E|X − X′|/2 (Gneiting and Raftery
    /// 2007, equation 21). Lower is better.
    pub fn crps(&self, came: f64) -> f64 {
        let part = |(x, before, after): (f64, f64, f64)| {
            let weight = after - before;
            weight * ((x - came).abs() - x * (before + after - 1.0))
        };
        self.steps().map(part).sum()
    }
}

/// A confidence interval of a quantile from order statistics, whatever the distribution: the number of values below the
/// quantile is binomial, so [X₍ₗ₎, X₍ᵤ₎] covers it with probability P(l ≤ B < u) (David and Nagaraja 2003, section 7.1).
/// An end is none where there are too few values for it.
pub fn quantile_interval(sorted: &[f64], share: f64, confidence: f64) -> (Option<f64>, Option<f64>) {
    let tail = (1.0 - confidence) / 2.0;
    let n = sorted.len();
    // P(B ≤ k), and ranks count from 1.
    let mut below = 0.0;
    let (mut lower, mut upper) = (None, None);
    for (k, value) in sorted.iter().enumerate() {
        below += binomial(n, k, share);
        if below <= tail {
            lower = Some(*value);
        }
        if upper.is_none() && below >= 1.0 - tail {
            upper = Some(*value);
        }
    }
    (lower, upper)
}

/// The mean of the values beyond a quantile, and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shortfall {
    /// The mean beyond the quantile.
    pub mean: f64,
    /// Standard error of that.
    pub standard_error: f64,
}

/// The expected shortfall of sorted values at a share: the mean of the largest 1 − share of them, or, below one half, of the
/// smallest `share` of them. A value that lies on the border counts in part, so that the tail weighs what it should (Acerbi and
/// Tasche 2002, definition 2.6); the variance is that of Manistre and Hancock (2005), [Var(tail) + α (mean − quantile)²] / n(1 − α).
/// None of nothing.
pub fn expected_shortfall(sorted: &[f64], share: f64) -> Option<Shortfall> {
    if sorted.is_empty() {
        return None;
    }
    let upper = share >= 0.5;
    let (n, alpha) = (sorted.len() as f64, if upper { share } else { 1.0 - share });
    let tail = n * (1.0 - alpha);
    // From the outermost value inwards, each with the weight that is left for it.
    let from_outside = |index: usize| sorted[if upper { sorted.len() - 1 - index } else { index }];
    let weighted = |of: &dyn Fn(f64) -> f64| {
        let weight = |index: usize| (tail - index as f64).clamp(0.0, 1.0);
        let sum: f64 = (0..sorted.len())
            .map(|index| weight(index) * of(from_outside(index)))
            .sum();
        sum / tail
    };
    if tail <= 0.0 {
        return None;
    }
    let mean = weighted(&|value| value);
    let variance = weighted(&|value| (value - mean).powi(2));
    let edge = quantile(sorted, share);
    Some(Shortfall {
        mean,
        standard_error: ((variance + alpha * (mean - edge).powi(2)) / tail).sqrt(),
    })
}

/// P(B = k) for B binomial.
fn binomial(n: usize, k: usize, p: f64) -> f64 {
    let (n, k) = (n as f64, k as f64);
    let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    libm::exp(ways + k * libm::log(p) + (n - k) * libm::log1p(-p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_known_forecasts() {
        let one = Weighted::equal(&[-0.02]);
        assert!((one.crps(-0.05) - 0.03).abs() < 1e-15, "one value: the distance");
        // Equally likely values over [0, 1], y = 1/2: E|X − y| = 1/4, E|X − X′| = 1/3.
        let level: Vec<f64> = (0..2_000).map(|k| (f64::from(k) + 0.5) / 2_000.0).collect();
        assert!((Weighted::equal(&level).crps(0.5) - (0.25 - 1.0 / 6.0)).abs() < 1e-6);
        assert!((Weighted::equal(&[1.0, 2.0, 2.0, 3.0]).below(2.0) - 0.5).abs() < 1e-15);
    }

    /// A value of weight 3 is three values.
    #[test]
    fn weights_are_repetitions() {
        let (weighted, repeated) = (
            Weighted::new(vec![(5.0, 1.0), (1.0, 3.0), (2.0, 0.0), (4.0, 2.0)]),
            Weighted::equal(&[1.0, 1.0, 1.0, 4.0, 4.0, 5.0]),
        );
        for share in [0.01, 0.3, 0.51, 0.8, 0.9, 1.0] {
            assert_eq!(weighted.quantile(share), repeated.quantile(share), "{share}");
        }
        for came in [0.0, 1.0, 3.7, 9.0] {
            assert!((weighted.crps(came) - repeated.crps(came)).abs() < 1e-15);
            assert!((weighted.below(came) - repeated.below(came)).abs() < 1e-15);
        }
        assert!(Weighted::equal(&[]).quantile(0.5).is_nan());
    }

    #[test]
    fn of_a_known_sample() {
        let sample = Statistics::of([4.0, 1.0, 3.0, 2.0, 5.0].into_iter()).unwrap();
        assert_eq!((sample.count, sample.mean, sample.median()), (5, 3.0, 3.0));
        assert!((sample.standard_error - (2.5_f64 / 5.0).sqrt()).abs() < 1e-15);
        let expected = [1.2, 2.0, 3.0, 4.0, 4.8];
        assert!(
            sample
                .quantiles
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
        assert_eq!(Statistics::of(std::iter::empty()), None);
        assert_eq!(Statistics::of(std::iter::once(7.0)).unwrap().standard_error, 0.0);
    }

    /// The textbook case: 95 % for the median of 20 values is [X(6), X(15)], covering it with probability .9586; the 95 %
    /// quantile of 32 values has no upper end, because .95³² = .19 of all samples lie below it.
    #[test]
    fn intervals_of_quantiles() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(quantile_interval(&values, 0.5, 0.95), (Some(6.0), Some(15.0)));
        let values: Vec<f64> = (1..=32).map(f64::from).collect();
        let (lower, upper) = quantile_interval(&values, 0.95, 0.95);
        assert_eq!((lower, upper), (Some(28.0), None));
        assert!((binomial(10, 3, 0.5) - 120.0 / 1024.0).abs() < 1e-12);
    }

    /// Of 1 to 20: the largest tenth is 19 and 20; of the largest 12 % the value 18 counts to two fifths. From the other side it is
    /// the mirror image.
    #[test]
    fn the_mean_of_the_tail() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        let of = |share| expected_shortfall(&values, share).unwrap();
        assert!((of(0.9).mean - 19.5).abs() < 1e-12);
        assert!((of(0.88).mean - (20.0 + 19.0 + 0.4 * 18.0) / 2.4).abs() < 1e-12);
        assert!((of(0.1).mean - 1.5).abs() < 1e-12);
        assert!((of(0.1).standard_error - of(0.9).standard_error).abs() < 1e-12);
        assert_eq!(expected_shortfall(&[], 0.9), None);
        assert!((expected_shortfall(&[3.0], 0.9).unwrap().mean - 3.0).abs() < 1e-12);
    }

    /// Of an exponential distribution the mean beyond every quantile is that quantile plus one; the error is as large as it says:
    /// over 400 samples the mean of (estimate − truth)² is its mean square.
    #[test]
    fn the_error_of_the_tail_is_as_large_as_it_says() {
        use rand::{RngExt as _, SeedableRng as _};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let truth = 1.0 - libm::log(0.1);
        let (mut squares, mut said) = (0.0, 0.0);
        for _ in 0..400 {
            let mut values: Vec<f64> = (0..500).map(|_| -libm::log1p(-rng.random::<f64>())).collect();
            values.sort_unstable_by(f64::total_cmp);
            let found = expected_shortfall(&values, 0.9).unwrap();
            squares += (found.mean - truth).powi(2);
            said += found.standard_error.powi(2);
        }
        // A sum of 400 squares has a relative error of √(2/400) = 7 %; three of them.
        assert!((squares / said - 1.0).abs() < 0.21, "{squares} {said}");
    }

    /// The interval covers the true quantile as often as it says: 2,000 samples of 100 uniform values.
    #[test]
    fn an_interval_covers_as_often_as_it_says() {
        use rand::{RngExt as _, SeedableRng as _};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let covered = (0..2_000)
            .filter(|_| {
                let mut values: Vec<f64> = (0..100).map(|_| rng.random()).collect();
                values.sort_unstable_by(f64::total_cmp);
                let (lower, upper) = quantile_interval(&values, 0.9, 0.95);
                lower.unwrap() <= 0.9 && 0.9 <= upper.unwrap()
            })
            .count();
        // At least what is said, within three standard errors (.0049), and not more than ranks being whole makes it.
        assert!((1_871..=1_960).contains(&covered), "{covered}");
    }
}
