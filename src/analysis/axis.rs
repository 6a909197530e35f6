//! The values a parameter takes in a sweep, and distances along a slider.

use cascade_scenario::{Kind, Parameter, ParameterError, ParameterId, Scale, Setting, find, parameter};

/// Most values of one axis.
pub const VALUES_MAX: usize = 1_000;
/// Significant digits of the values between the ends.
const DIGITS: usize = 9;

/// A parameter and the values it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Which one.
    pub parameter: ParameterId,
    /// Its stored numbers, in the order of the sweep.
    pub values: Vec<f64>,
}

/// Why something is no axis.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AxisError {
    /// No such parameter, or a value it cannot have.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// Not written as an axis.
    #[error("write it as group.name=low..high:count or group.name=value,value,…")]
    Syntax,
    /// Too few or too many values.
    #[error("{count} values; allowed are {low} to {VALUES_MAX}")]
    Count {
        /// How many were asked for.
        count: String,
        /// How many it takes at least.
        low: usize,
    },
}

impl Axis {
    /// Reads `group.name=low..high:count`, spaced as the parameter's slider is, `group.name=value,value,…`, or the name alone of a
    /// switch or a choice, which stands for all of its values.
    ///
    /// # Errors
    /// It is written differently, or the parameter, a value or the count is not allowed.
    pub fn parse(text: &str) -> Result<Self, AxisError> {
        let (path, values) = match text.split_once('=') {
            Some((path, values)) => (path, Some(values)),
            None => (text, None),
        };
        let row = find(path.trim())?;
        match values {
            None if matches!(row.kind, Kind::Toggle | Kind::Choice(_)) => Ok(Self::whole(row, 2)),
            None => Err(AxisError::Syntax),
            Some(values) => match values.split_once("..") {
                Some((low, rest)) => {
                    let (high, count) = rest.rsplit_once(':').ok_or(AxisError::Syntax)?;
                    let end = |text: &str| Ok::<_, AxisError>(row.read(&Setting::parse(text))?);
                    let too_odd = || AxisError::Count {
                        count: count.trim().to_owned(),
                        low: 2,
                    };
                    let count = count.trim().parse().map_err(|_| too_odd())?;
                    Self::spaced(row, end(low)?, end(high)?, count)
                }
                None => Self::listed(row, values),
            },
        }
    }

    fn listed(row: &'static Parameter, values: &str) -> Result<Self, AxisError> {
        let values: Vec<f64> = values
            .split(',')
            .map(|value| checked(row, row.read(&Setting::parse(value))?))
            .collect::<Result<_, ParameterError>>()?;
        if values.len() > VALUES_MAX {
            return Err(AxisError::Count {
                count: values.len().to_string(),
                low: 1,
            });
        }
        Ok(Self {
            parameter: row.id,
            values,
        })
    }

    /// So many values from one end to the other, spaced as the slider is: evenly, or evenly in the logarithm. Whole numbers
    /// are rounded, and what occurs twice then is left out.
    ///
    /// # Errors
    /// An end that the parameter cannot have, or a count below 2 or above [`VALUES_MAX`].
    pub fn spaced(row: &'static Parameter, low: f64, high: f64, count: usize) -> Result<Self, AxisError> {
        if !(2..=VALUES_MAX).contains(&count) {
            return Err(AxisError::Count {
                count: count.to_string(),
                low: 2,
            });
        }
        if matches!(row.kind, Kind::Toggle | Kind::Choice(_)) {
            return Err(AxisError::Syntax);
        }
        checked(row, low)?;
        checked(row, high)?;
        let mut values: Vec<f64> = if low <= high {
            rising(row, low, high, count)
        } else {
            let mut values = rising(row, high, low, count);
            values.reverse();
            values
        };
        if row.kind == Kind::Whole {
            for value in &mut values {
                *value = value.round();
            }
        }
        values.dedup();
        Ok(Self {
            parameter: row.id,
            values,
        })
    }

    /// The whole range of a parameter; all alternatives of a switch or a choice.
    pub fn whole(row: &'static Parameter, count: usize) -> Self {
        let (low, high) = row.range;
        let values = match row.kind {
            Kind::Toggle | Kind::Choice(_) => (low as usize..=high as usize).map(|index| index as f64).collect(),
            Kind::Real | Kind::Whole => {
                let spaced = Self::spaced(row, low, high, count.clamp(2, VALUES_MAX));
                spaced.map_or_else(|_| vec![low, high], |axis| axis.values)
            }
        };
        Self {
            parameter: row.id,
            values,
        }
    }

    /// The row of the table.
    pub fn row(&self) -> &'static Parameter {
        parameter(self.parameter)
    }
}

fn checked(row: &Parameter, value: f64) -> Result<f64, ParameterError> {
    row.check(value).map(|()| value)
}

fn rising(row: &Parameter, low: f64, high: f64, count: usize) -> Vec<f64> {
    // Zero has no logarithm: it is the first value, and the others begin with the smallest of the slider.
    let (zero, from) = match row.scale {
        Scale::LogFromZero(smallest) if low == 0.0 => (1, smallest.min(high)),
        _ => (0, low),
    };
    let steps = (count - zero - 1).max(1) as f64;
    let spaced = (0..count - zero).map(|index| match index {
        0 if count - zero > 1 => from,
        _ if index + zero + 1 == count => high,
        _ => rounded(between(row.scale, from, high, index as f64 / steps)),
    });
    std::iter::repeat_n(0.0, zero).chain(spaced).collect()
}

fn between(scale: Scale, low: f64, high: f64, share: f64) -> f64 {
    match scale {
        Scale::Linear => low + (high - low) * share,
        Scale::Log | Scale::LogFromZero(_) if low > 0.0 => {
            let (low, high) = (libm::log(low), libm::log(high));
            libm::exp(low + (high - low) * share)
        }
        Scale::Log | Scale::LogFromZero(_) => low,
    }
}

/// A number with so few digits that a table of it can be read.
pub fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

/// The value a share of the slider's whole length away, held within the range, whole where it must be and then at least one
/// further.
pub fn moved(row: &Parameter, value: f64, share: f64) -> f64 {
    let (low, high) = row.range;
    let target = match row.scale {
        Scale::Linear => value + share * (high - low),
        Scale::Log => value * libm::pow(high / low, share),
        // The left end is zero; the way to it is as long as the way up from the smallest value.
        Scale::LogFromZero(smallest) => {
            let start = value.max(smallest);
            let target = start * libm::pow(high / smallest, share);
            if target < smallest { low } else { target }
        }
    };
    let target = target.clamp(low, high);
    if row.kind == Kind::Real {
        return rounded(target).clamp(low, high);
    }
    let whole = target.round();
    let further = if whole == value { value + share.signum() } else { whole };
    further.clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        Axis::parse(text).unwrap().values
    }

    #[test]
    fn values_are_spaced_as_the_slider_is() {
        assert_eq!(values("leverage.mean=1..100:3"), [1.0, 10.0, 100.0]);
        assert_eq!(values("positions.long_share=0..1:5"), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(values("positions.long_share=80%..20%:3"), [0.8, 0.5, 0.2]);
        assert_eq!(values("positions.open_interest=0..1e12:3"), [0.0, 1e6, 1e12]);
        assert_eq!(values("vault.capital=0..1e8:2"), [0.0, 1e8]);
        assert_eq!(values("venues.count=1..4:7"), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(values("shock.size=-5%,-0.02"), [-0.05, -0.02]);
        assert_eq!(values("arbitrage.enabled"), [0.0, 1.0]);
        assert_eq!(values("makers.limits=heavy-tailed,even"), [1.0, 0.0]);
        let depth = values("liquidity.depth=1e9..1e11:21");
        assert_eq!((depth[0], depth[10], depth[20]), (1e9, 1e10, 1e11));
    }

    #[test]
    fn what_is_no_axis_says_why() {
        for (text, words) in [
            ("leverage.maen=1..2:3", "did you mean `leverage.mean`"),
            ("leverage.mean=0.5..20:3", "a number from 1 to 100"),
            ("leverage.mean=5..200:3", "`leverage.mean` is 200"),
            ("leverage.mean=5..20:0", "0 values"),
            ("leverage.mean=5..20:1", "1 values; allowed are 2 to"),
            ("leverage.mean=5..20:x", "x values"),
            ("leverage.mean=5..20", "low..high:count"),
            ("leverage.mean", "low..high:count"),
            ("leverage.mean=NaN..20:4", "NaN"),
            ("makers.limits=even..heavy-tailed:2", "value,value"),
            ("makers.limits=cubic", "\"even\" or \"heavy-tailed\""),
            ("arbitrage.enabled=2", "true or false"),
        ] {
            let error = Axis::parse(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn every_slider_has_a_whole_range_and_moves_both_ways() {
        for row in cascade_scenario::table() {
            let whole = Axis::whole(row, 9);
            assert_eq!(whole.values.first().copied(), Some(row.range.0), "{}", row.path);
            assert_eq!(whole.values.last().copied(), Some(row.range.1), "{}", row.path);
            for value in whole.values {
                assert!(checked(row, value).is_ok(), "{}: {value}", row.path);
                let (down, up) = (moved(row, value, -0.1), moved(row, value, 0.1));
                assert!(checked(row, down).is_ok() && checked(row, up).is_ok(), "{}", row.path);
                assert!(
                    down <= value && up >= value && down < up,
                    "{}: {down} {value} {up}",
                    row.path
                );
            }
        }
        assert_eq!(moved(find("leverage.mean").unwrap(), 10.0, 0.5), 100.0);
        assert_eq!(moved(find("vault.capital").unwrap(), 2e6, -0.1), 0.0);
    }
}
