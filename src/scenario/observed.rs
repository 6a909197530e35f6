//! What the price really did after the moment that a run begins with, to be drawn beside the run. The model never reads it.

use super::path::{check_price, check_seconds};
use super::{ErrorPlace, ListName, ParameterError, Shared};

/// Most bars of a list: the moment itself and the minutes of a day.
pub const OBSERVED_BARS_MAX: usize = 1 + 24 * 60;
/// Two bars whose ends are further apart than this multiple of the interval have others missing between them.
const GAP: f64 = 1.5;
/// The longest interval, seconds: a year.
const INTERVAL_MAX: f64 = 366.0 * 86_400.0;

/// Prices of an interval that really came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObservedBar {
    /// When it ended, seconds after the beginning of the run.
    pub seconds: f64,
    /// Lowest price, USD per coin.
    pub low: f64,
    /// Highest price.
    pub high: f64,
    /// Last price.
    pub close: f64,
}

/// Prices of the first asset that really came. The first bar is the beginning itself, and its last price the one then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Length of a bar, seconds.
    pub interval_seconds: f64,
    /// The bars, in order of time; none: nothing is known. What is missing between them stays missing.
    pub bars: Shared<ObservedBar>,
}

impl Observed {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }

    /// The bars, those together between which none is missing.
    pub fn stretches(&self) -> impl Iterator<Item = &[ObservedBar]> {
        self.bars.chunk_by(|one, next| self.follows(one, next))
    }

    fn follows(&self, one: &ObservedBar, next: &ObservedBar) -> bool {
        next.seconds - one.seconds <= GAP * self.interval_seconds
    }

    /// The last price known so many seconds after the beginning; none where bars are missing, and after the last one.
    pub fn at(&self, seconds: f64) -> Option<f64> {
        let after = self.bars.partition_point(|bar| bar.seconds <= seconds);
        let last = self.bars.get(after.checked_sub(1)?)?;
        let goes_on = self.bars.get(after).is_some_and(|next| self.follows(last, next));
        (goes_on || last.seconds == seconds).then_some(last.close)
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// The first thing that is not allowed; a bar is named by its place (`observed: bar 3: low`, counted from 1).
    pub fn validate(&self) -> Result<(), ParameterError> {
        if self.is_empty() {
            return Ok(());
        }
        let refuse = |place: ErrorPlace, field: &str, value: String, allowed: String| {
            Err(ParameterError::Value {
                place,
                field: field.to_owned(),
                value,
                allowed,
            })
        };
        if self.bars.len() == 1 || self.bars.len() > OBSERVED_BARS_MAX {
            let value = format!("a list of {}", self.bars.len());
            let allowed = format!("2 to {OBSERVED_BARS_MAX} bars");
            return refuse(ErrorPlace::Scenario, "observed", value, allowed);
        }
        if !(self.interval_seconds > 0.0 && self.interval_seconds <= INTERVAL_MAX) {
            let value = self.interval_seconds.to_string();
            let allowed = format!("a number of seconds above 0, at most {INTERVAL_MAX}");
            return refuse(ErrorPlace::Scenario, "observed: interval", value, allowed);
        }
        let mut before = None;
        for (number, bar) in (1..).zip(self.bars.iter()) {
            let list = ListName::Observed;
            let place = ErrorPlace::Entry { list, number };
            check_seconds(place, bar.seconds, before)?;
            for (field, price) in [("low", bar.low), ("high", bar.high), ("close", bar.close)] {
                check_price(place, field, price)?;
            }
            if !(bar.low..=bar.high).contains(&bar.close) {
                let allowed = format!("a price from its low {} to its high {}", bar.low, bar.high);
                return refuse(place, "close", bar.close.to_string(), allowed);
            }
            before = Some(bar.seconds);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(bars: &[(f64, f64, f64, f64)]) -> Observed {
        let bar = |&(seconds, low, high, close): &(f64, f64, f64, f64)| ObservedBar {
            seconds,
            low,
            high,
            close,
        };
        Observed {
            interval_seconds: 60.0,
            bars: bars.iter().map(bar).collect::<Vec<_>>().into(),
        }
    }

    /// Minutes 1, 2 and 5 of which the third and fourth are missing.
    #[test]
    fn nothing_is_known_of_what_is_missing() {
        let known = observed(&[
            (0.0, 100.0, 100.0, 100.0),
            (60.0, 90.0, 101.0, 95.0),
            (120.0, 94.0, 99.0, 98.0),
            (300.0, 97.0, 97.5, 97.0),
        ]);
        known.validate().unwrap();
        let lengths: Vec<usize> = known.stretches().map(<[_]>::len).collect();
        assert_eq!(lengths, [3, 1]);
        for (seconds, price) in [
            (-1.0, None),
            (0.0, Some(100.0)),
            (59.0, Some(100.0)),
            (60.0, Some(95.0)),
            (120.0, Some(98.0)),
            (121.0, None),
            (299.0, None),
            (300.0, Some(97.0)),
            (301.0, None),
        ] {
            assert_eq!(known.at(seconds), price, "{seconds}");
        }
        let nothing = Observed::default();
        nothing.validate().unwrap();
        assert!(nothing.at(0.0).is_none() && nothing.stretches().next().is_none());
    }

    #[test]
    fn what_cannot_have_been_is_refused_by_its_place() {
        let begin = (0.0, 100.0, 100.0, 100.0);
        for (bars, message) in [
            (&[begin][..], "`observed` is a list of 1; allowed is 2 to 1441 bars"),
            (&[(1.0, 1.0, 1.0, 1.0), begin], "`observed: bar 1: time` is 1"),
            (&[begin, begin], "`observed: bar 2: time` is 0"),
            (&[begin, (f64::NAN, 1.0, 1.0, 1.0)], "`observed: bar 2: time` is NaN"),
            (&[begin, (60.0, -1.0, 1.0, 1.0)], "`observed: bar 2: low` is -1"),
            (
                &[begin, (60.0, 1.0, f64::INFINITY, 1.0)],
                "`observed: bar 2: high` is inf",
            ),
            (&[begin, (60.0, 1.0, 2.0, f64::NAN)], "`observed: bar 2: close` is NaN"),
            (
                &[begin, (60.0, 2.0, 3.0, 1.0)],
                "`observed: bar 2: close` is 1; allowed is a price from its low 2",
            ),
            (&vec![begin; OBSERVED_BARS_MAX + 1], "`observed` is a list of 1442"),
        ] {
            let error = observed(bars).validate().unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let mut endless = observed(&[begin, (60.0, 1.0, 1.0, 1.0)]);
        for interval in [0.0, -60.0, f64::NAN, f64::INFINITY] {
            endless.interval_seconds = interval;
            let error = endless.validate().unwrap_err().to_string();
            assert!(error.starts_with("`observed: interval` is"), "{error}");
        }
    }
}
