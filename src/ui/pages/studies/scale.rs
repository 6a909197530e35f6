//! Scales of numbers that a few outliers would own if they were even: which one shows most, where its round numbers lie, and its
//! name for the reader.

use cascade_analysis::statistics::quantile;
use cascade_scenario::format;

/// The largest number is so many times the smallest where a scale by powers shows more than an even one.
const DECADES: f64 = 12.0;
/// The middle nine tenths fill at least this share of an even scale.
const FILLED: f64 = 0.35;

/// How numbers become places from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    /// Evenly.
    Even,
    /// Evenly in the logarithm.
    Logarithmic,
    /// By their rank among these, sorted.
    Rank(Vec<f64>),
}

/// Numbers on a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumberScale {
    low: f64,
    high: f64,
    way: Way,
}

impl NumberScale {
    /// For marks of colour: even where that shows the differences, by powers of ten where all is positive and spans much, by rank
    /// where a few outliers would leave one colour to all others. None of nothing.
    pub(super) fn of_colours(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        let way = if low > 0.0 && high / low >= DECADES {
            Way::Logarithmic
        } else if quantile(&sorted, 0.95) - quantile(&sorted, 0.05) < FILLED * (high - low) {
            Way::Rank(sorted)
        } else {
            Way::Even
        };
        Some(Self { low, high, way })
    }

    /// For an axis from one number to another, with some room beyond them.
    pub(super) fn of_axis(low: f64, high: f64) -> Self {
        if low > 0.0 && high / low >= DECADES {
            let room = 1.06;
            return Self {
                low: low / room,
                high: high * room,
                way: Way::Logarithmic,
            };
        }
        let room = ((high - low) * 0.06).max(high.abs() * 1e-6).max(1e-9);
        Self {
            low: low - room,
            high: high + room,
            way: Way::Even,
        }
    }

    /// Where a number lies, from 0 to 1.
    pub(super) fn place(&self, value: f64) -> f64 {
        let between = |low: f64, value: f64, high: f64| {
            if high > low {
                ((value - low) / (high - low)).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        match &self.way {
            Way::Even => between(self.low, value, self.high),
            Way::Logarithmic => between(self.low.ln(), value.max(f64::MIN_POSITIVE).ln(), self.high.ln()),
            Way::Rank(sorted) => {
                // The middle of those that are equal.
                let (below, up_to) = (
                    sorted.partition_point(|one| *one < value),
                    sorted.partition_point(|one| *one <= value),
                );
                let last = sorted.len().saturating_sub(1).max(1) as f64;
                (((below + up_to).saturating_sub(1)) as f64 / 2.0 / last).clamp(0.0, 1.0)
            }
        }
    }

    /// Numbers to write beside it, about so many: round ones, or those at even shares of the ranks.
    pub(super) fn ticks(&self, count: usize) -> Vec<f64> {
        match &self.way {
            Way::Even => round_even(self.low, self.high, count),
            Way::Logarithmic => round_powers(self.low, self.high, count),
            Way::Rank(sorted) => {
                let mut ticks: Vec<f64> = (0..=4).map(|part| quantile(sorted, f64::from(part) / 4.0)).collect();
                ticks.dedup();
                ticks
            }
        }
    }

    /// What the reader has to know of it; nothing of an even one.
    pub(super) const fn name(&self) -> &'static str {
        match self.way {
            Way::Even => "",
            Way::Logarithmic => "log scale",
            Way::Rank(_) => "colours by rank",
        }
    }
}

/// Round numbers at even distances within a range, about so many.
pub(super) fn round_even(low: f64, high: f64, count: usize) -> Vec<f64> {
    if high <= low {
        return vec![low];
    }
    let step = format::nice_step((high - low) / count.max(1) as f64);
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last).map(|tick| tick as f64 * step).collect()
}

/// Round numbers within a range of positive ones, about so many: powers of ten, and between them what there is room for.
pub(super) fn round_powers(low: f64, high: f64, count: usize) -> Vec<f64> {
    const BETWEEN: [&[f64]; 4] = [
        &[1.0],
        &[1.0, 3.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
    ];
    let powers = (low.log10().floor() as i32)..=(high.log10().floor() as i32);
    let of = |digits: &[f64]| -> Vec<f64> {
        let all = powers
            .clone()
            .flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)));
        all.filter(|tick| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(tick))
            .collect()
    };
    let fitting = BETWEEN
        .iter()
        .map(|digits| of(digits))
        .filter(|ticks| ticks.len() <= count.max(2));
    let most = fitting.max_by_key(Vec::len).unwrap_or_default();
    if most.len() >= 2 {
        most
    } else {
        round_even(low, high, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_own_the_colours() {
        let even = NumberScale::of_colours((0..50).map(f64::from)).unwrap();
        assert_eq!((even.name(), even.place(0.0), even.place(49.0)), ("", 0.0, 1.0));
        let spans = NumberScale::of_colours([1.0, 2.0, 10.0, 100.0].into_iter()).unwrap();
        assert!(spans.name() == "log scale" && (spans.place(10.0) - 0.5).abs() < 1e-12);
        let outlier = NumberScale::of_colours((0..40).map(f64::from).chain([5_000.0])).unwrap();
        assert_eq!(outlier.name(), "colours by rank");
        assert!(outlier.place(20.0) == 0.5 && outlier.place(5_000.0) == 1.0);
        // Half of all are equal: they have the colour of the middle of them.
        let ties = NumberScale::of_colours(
            [
                0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 9.0,
            ]
            .into_iter(),
        );
        let ties = ties.unwrap();
        assert!(ties.place(0.0) > 0.3 && ties.place(0.1) > ties.place(0.0));
        assert_eq!(NumberScale::of_colours(std::iter::empty()), None);
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(round_even(0.3, 9.7, 5), [2.0, 4.0, 6.0, 8.0]);
        assert_eq!(round_powers(3.0, 48.0, 6), [5.0, 10.0, 20.0]);
        assert_eq!(round_powers(1.0, 1000.0, 4), [1.0, 10.0, 100.0, 1000.0]);
        let axis = NumberScale::of_axis(5e9, 45e9);
        assert!(
            axis.ticks(5).iter().all(|tick| tick % 1e9 == 0.0),
            "{:?}",
            axis.ticks(5)
        );
    }
}
