//! How a run sums up the figures of its steps, as the rows of the table declare it.

use super::{Figure, Observation};

/// How a run sums up the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reduction {
    /// The value the run began with.
    First,
    /// The present value.
    Last,
    /// The sum over all steps.
    Total,
    /// The sum of the sizes over all steps.
    Turnover,
    /// The largest value so far, the start included.
    Largest,
    /// The smallest value so far, the start included.
    Smallest,
}

#[expect(non_upper_case_globals, reason = "as the rows of the table write them")]
impl Reduction {
    pub(super) const first: Self = Self::First;
    pub(super) const last: Self = Self::Last;
    pub(super) const total: Self = Self::Total;
    pub(super) const turnover: Self = Self::Turnover;
    pub(super) const largest: Self = Self::Largest;
    pub(super) const smallest: Self = Self::Smallest;

    fn begin(self, value: f64) -> f64 {
        match self {
            Self::Total | Self::Turnover => 0.0,
            Self::First | Self::Last | Self::Largest | Self::Smallest => value,
        }
    }

    fn add(self, sum: f64, value: f64) -> f64 {
        match self {
            Self::First => sum,
            Self::Last => value,
            Self::Total => sum + value,
            Self::Turnover => sum + value.abs(),
            Self::Largest => sum.max(value),
            Self::Smallest => sum.min(value),
        }
    }
}

/// The sums over the steps of a run, as the rows declare them.
#[derive(Clone, Debug)]
pub(crate) struct Sums(pub(super) [f64; Figure::SUMS.len()]);

impl Sums {
    /// Nothing has happened yet.
    pub(crate) fn new(start: &Observation) -> Self {
        Self(Figure::SUMS.map(|(figure, reduction)| reduction.begin(figure.of(start))))
    }

    /// Adds a step.
    pub(crate) fn add(&mut self, seen: &Observation) {
        for (sum, (figure, reduction)) in self.0.iter_mut().zip(Figure::SUMS) {
            *sum = reduction.add(*sum, figure.of(seen));
        }
    }

    /// Takes what the state may have become since the last step.
    pub(super) fn at(&self, seen: &Observation) -> Self {
        let mut now = self.clone();
        for (sum, (figure, reduction)) in now.0.iter_mut().zip(Figure::SUMS) {
            if reduction == Reduction::Last {
                *sum = figure.of(seen);
            }
        }
        now
    }
}
