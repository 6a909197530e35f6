//! An option chain as a market publishes it: quotes by strike and expiry on a day, with the price of the underlying.

use super::{ErrorPlace, OptionKind, OptionSeries, ParameterError, Scenario};

pub use jiff::civil::Date;

/// Days of a year that are neither Saturdays nor Sundays, as the usual convention rounds them.
pub const BUSINESS_DAYS_A_YEAR: f64 = 262.0;

/// Days from one to another; negative if that is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    (to.duration_since(from).as_secs()) / 86_400
}

/// Days other than Saturdays and Sundays from one, this day included, to another, that day excluded; negative if that is
/// earlier. Holidays count.
pub fn business_days_between(from: Date, to: Date) -> i64 {
    // Counted from a Monday.
    let weekdays = |date: Date| {
        let since_monday = days_between(Date::constant(1900, 1, 1), date);
        since_monday.div_euclid(7) * 5 + since_monday.rem_euclid(7).min(5)
    };
    weekdays(to) - weekdays(from)
}

/// When an option expires.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expiry {
    /// On a day.
    On(Date),
    /// After so many calendar days from the quote.
    InDays(f64),
    /// After so many days as the convention of the gamma exposure counts them, which are business days if it says no more.
    InCountedDays(f64),
}

/// What an implied volatility comes from, and with it the calendar that it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// It was published.
    #[default]
    Published,
    /// It was found from a price with calendar days. What a price fixes is σ√T, which is the same by any calendar.
    Price,
}

/// One option of a chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// Call or put.
    pub kind: OptionKind,
    /// Strike, in the underlying's currency.
    pub strike: f64,
    /// Expiry.
    pub expiry: Expiry,
    /// Open contracts.
    pub open_interest: f64,
    /// Implied volatility per √year; 0 where there is no quote.
    pub volatility: f64,
    /// What the volatility comes from.
    pub basis: Basis,
    /// The publisher's gamma, per unit of price, if there is one.
    pub gamma: Option<f64>,
}

/// A chain.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionChain {
    /// Price of the underlying.
    pub spot: f64,
    /// Day of the quotes; none where expiries are given in days.
    pub date: Option<Date>,
    /// Rows of the table it was read from.
    pub rows: usize,
    /// Units of the underlying a contract.
    pub multiplier: f64,
    /// The options.
    pub quotes: Vec<Quote>,
}

impl OptionChain {
    /// Calendar days from the quotes to an expiry; none if the chain has no day. Options of the day itself have one.
    pub fn days_to(&self, expiry: Expiry) -> Option<f64> {
        match expiry {
            Expiry::InDays(days) => Some(days),
            Expiry::InCountedDays(days) => Some(days * 365.0 / BUSINESS_DAYS_A_YEAR),
            Expiry::On(date) => match days_between(self.date?, date) {
                0 => Some(1.0),
                days => Some(days as f64),
            },
        }
    }

    /// Number of strikes, and of expiries.
    pub fn extent(&self) -> (usize, usize) {
        let count = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.dedup();
            values.len()
        };
        let expiries = self.quotes.iter().filter_map(|quote| self.days_to(quote.expiry));
        (
            count(&mut self.quotes.iter().map(|quote| quote.strike).collect()),
            count(&mut expiries.collect()),
        )
    }

    /// The same chain on an underlying that is this many times as dear: strikes keep their ratio to the price, and open
    /// interest its notional, so that the exposure per 1 % stays as it is.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let quotes = self.quotes.iter().map(|quote| Quote {
            strike: quote.strike * factor,
            open_interest: quote.open_interest / factor,
            gamma: quote.gamma.map(|gamma| gamma / factor),
            ..*quote
        });
        Self {
            spot: self.spot * factor,
            quotes: quotes.collect(),
            ..*self
        }
    }

    /// The chain as options of a scenario, this share of its open interest. What has expired, has no open interest or no
    /// volatility is left out.
    pub fn series(&self, share: f64) -> Vec<OptionSeries> {
        self.quotes
            .iter()
            .filter(|quote| quote.open_interest > 0.0 && quote.volatility > 0.0)
            .filter_map(|quote| {
                let days = self.days_to(quote.expiry).filter(|days| *days > 0.0)?;
                Some(OptionSeries {
                    kind: quote.kind,
                    strike: quote.strike,
                    days,
                    open_interest: quote.open_interest * self.multiplier * share,
                    volatility: quote.volatility,
                })
            })
            .collect()
    }
}

impl Scenario {
    /// Starts at a chain's spot price, with this share of its options in place of those that the parameters describe.
    ///
    /// # Errors
    /// The chain's prices or sizes are outside what a scenario may hold, or none of its options counts, and those that the
    /// parameters describe would; the scenario stays as it was.
    pub fn adopt_chain(&mut self, chain: &OptionChain, share: f64) -> Result<(), ParameterError> {
        let mut changed = self.clone();
        changed.set("market.start_price", chain.spot)?;
        changed.set("options.enabled", 1.0)?;
        changed.options = chain.series(share).into();
        if changed.options.is_empty() {
            return Err(ParameterError::Value {
                place: ErrorPlace::Scenario,
                field: "options".to_owned(),
                value: "a list of 0".to_owned(),
                allowed: "at least one option with open interest, a volatility and time left".to_owned(),
            });
        }
        changed.validate()?;
        *self = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_business_days_are_counted() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        // A Saturday: the Friday before counts −1, the Monday after 0.
        let saturday = date("2022-06-11");
        for (other, days, business) in [
            ("2022-06-10", -1, -1),
            ("2022-06-11", 0, 0),
            ("2022-06-13", 2, 0),
            ("2022-06-14", 3, 1),
            ("2022-06-20", 9, 5),
            ("2024-03-01", 629, 449),
        ] {
            assert_eq!(days_between(saturday, date(other)), days, "{other}");
            assert_eq!(business_days_between(saturday, date(other)), business, "{other}");
        }
    }
}
