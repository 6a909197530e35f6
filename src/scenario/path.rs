//! A recorded price that drives the efficient price instead of noise.

use super::{ErrorPlace, ListName, ParameterError, Scenario, Shared};

/// Most points a path may have.
pub const PATH_POINTS_MAX: usize = 100_000;

/// Prices over time. The model takes the path's relative changes: at the first step it stands at its own start price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PricePath {
    /// Seconds since the first point, increasing from 0, and the price then. None: there is no path.
    pub points: Shared<(f64, f64)>,
    /// Whether the noise of the efficient price goes on beside it.
    pub noise: bool,
}

impl PricePath {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Seconds from the first point to the last.
    pub fn span_seconds(&self) -> f64 {
        self.points.last().map_or(0.0, |(seconds, _)| *seconds)
    }

    /// Number of steps of so many seconds until its last point; 0 where there is no path.
    pub fn steps(&self, step_seconds: f64) -> u64 {
        (self.span_seconds() / step_seconds).ceil() as u64
    }

    /// Log price after so many seconds relative to the first point: linear in the logarithm between two points, and the last
    /// one's after it.
    pub fn log_price(&self, seconds: f64) -> f64 {
        let Some((_, first)) = self.points.first() else {
            return 0.0;
        };
        let relative = |price: f64| libm::log(price / first);
        let after = self.points.partition_point(|(at, _)| *at <= seconds);
        let (before, next) = (self.points.get(after.saturating_sub(1)), self.points.get(after));
        match (before, next) {
            (Some((from, start)), Some((to, end))) if after > 0 => {
                let share = (seconds - from) / (to - from);
                (1.0 - share) * relative(*start) + share * relative(*end)
            }
            (Some((_, last)), None) => relative(*last),
            _ => 0.0,
        }
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// The first point that is not allowed, named by its place (`path: point 3: price`, counted from 1).
    pub fn validate(&self) -> Result<(), ParameterError> {
        if self.points.len() == 1 || self.points.len() > PATH_POINTS_MAX {
            return Err(ParameterError::Value {
                place: ErrorPlace::Scenario,
                field: "path".to_owned(),
                value: format!("a list of {}", self.points.len()),
                allowed: format!("2 to {PATH_POINTS_MAX} points"),
            });
        }
        let mut before = None;
        for (number, (seconds, price)) in (1..).zip(self.points.iter()) {
            let place = ErrorPlace::Entry {
                list: ListName::Path,
                number,
            };
            check_price(place, "price", *price)?;
            check_seconds(place, *seconds, before)?;
            before = Some(*seconds);
        }
        Ok(())
    }
}

/// Whether a price may be one, USD per coin.
pub(super) fn check_price(place: ErrorPlace, field: &str, price: f64) -> Result<(), ParameterError> {
    if (1e-9..=1e9).contains(&price) {
        return Ok(());
    }
    Err(ParameterError::Value {
        place,
        field: field.to_owned(),
        value: price.to_string(),
        allowed: "a number from 1e-9 to 1e9".to_owned(),
    })
}

/// Whether a time may follow the one before, or be the first one, in seconds.
pub(super) fn check_seconds(place: ErrorPlace, seconds: f64, before: Option<f64>) -> Result<(), ParameterError> {
    let allowed = match before {
        None if seconds != 0.0 => "0 seconds",
        Some(before) if !(seconds > before && seconds <= 1e10) => {
            "a number of seconds after the point before, at most 1e10"
        }
        _ => return Ok(()),
    };
    Err(ParameterError::Value {
        place,
        field: "time".to_owned(),
        value: seconds.to_string(),
        allowed: allowed.to_owned(),
    })
}

impl Scenario {
    /// Follows a path's relative changes from a start price on, USD per coin.
    ///
    /// # Errors
    /// The path or the start price is not allowed; the scenario stays as it was.
    pub fn adopt_path(&mut self, path: PricePath, start_price: f64) -> Result<(), ParameterError> {
        let mut changed = self.clone();
        changed.set("market.start_price", start_price)?;
        changed.path = path;
        changed.validate()?;
        *self = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[(f64, f64)]) -> PricePath {
        PricePath {
            points: points.to_vec().into(),
            noise: false,
        }
    }

    #[test]
    fn the_logarithm_is_linear_between_two_points() {
        let path = path(&[(0.0, 100.0), (10.0, 200.0), (30.0, 50.0)]);
        path.validate().unwrap();
        let doubling = 2.0_f64.ln();
        for (seconds, expected) in [
            (-1.0, 0.0),
            (0.0, 0.0),
            (5.0, doubling / 2.0),
            (10.0, doubling),
            (20.0, 0.0),
            (30.0, -doubling),
            (1e9, -doubling),
        ] {
            let found = path.log_price(seconds);
            assert!((found - expected).abs() < 1e-15, "{seconds}: {found}");
        }
        assert_eq!(PricePath::default().log_price(5.0), 0.0);
    }

    #[test]
    fn a_path_goes_forward_in_time_from_zero_at_positive_prices() {
        for (points, message) in [
            (&[(0.0, 1.0)][..], "`path` is a list of 1"),
            (&[(1.0, 1.0), (2.0, 1.0)], "`path: point 1: time` is 1"),
            (&[(0.0, 1.0), (0.0, 1.0)], "`path: point 2: time` is 0"),
            (&[(0.0, 1.0), (f64::NAN, 1.0)], "`path: point 2: time` is NaN"),
            (&[(0.0, 1.0), (1.0, 0.0)], "`path: point 2: price` is 0"),
            (&[(0.0, 1.0), (1.0, f64::INFINITY)], "`path: point 2: price` is inf"),
        ] {
            let error = path(points).validate().unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
