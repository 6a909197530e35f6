//! An option chain as a market publishes it: quotes by strike and expiry on a day, with the price of the underlying.

use super::{OptionKind, OptionSeries, ParameterError, Scenario};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i32,
    month: u32,
    day: u32,
}

impl Date {
    /// A day, if there is such a day.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=length)
            .contains(&day)
            .then_some(Self { year, month, day })
            .filter(|date| (1900..=2200).contains(&date.year))
    }

    /// Reads the ways chains write a day: `Fri Jun 10 2022`, `June 11, 2022, 8:47 PM EDT`, `06/15/2018` (month first),
    /// `15.06.2018` (day first), `2026-08-21`. What follows the day is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        const MONTHS: [&str; 12] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ];
        let words: Vec<&str> = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for (index, word) in words.iter().enumerate() {
            let month = word
                .get(..3)
                .and_then(|start| MONTHS.iter().position(|month| start.eq_ignore_ascii_case(month)));
            if let (Some(month), Some([day, year])) = (month, words.get(index + 1..index + 3)) {
                return Self::new(year.parse().ok()?, month as u32 + 1, day.parse().ok()?);
            }
        }
        let number = |index: usize| words.get(index)?.parse::<u32>().ok();
        let (a, b, c) = (number(0)?, number(1)?, number(2)?);
        if a >= 1900 {
            Self::new(i32::try_from(a).ok()?, b, c)
        } else {
            let day_first = text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('.');
            let (month, day) = if day_first { (b, a) } else { (a, b) };
            Self::new(i32::try_from(c).ok()?, month, day)
        }
    }

    /// Days since 1 March of the year 0, by counting years from March so that leap days come last.
    fn number(self) -> i64 {
        let (year, month) = if self.month > 2 {
            (i64::from(self.year), i64::from(self.month) - 3)
        } else {
            (i64::from(self.year) - 1, i64::from(self.month) + 9)
        };
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i64::from(self.day)
    }

    /// Days from here to another day; negative if that is earlier.
    pub fn days_to(self, other: Self) -> i64 {
        other.number() - self.number()
    }

    /// Days other than Saturdays and Sundays from here, this day included, to another day, that day excluded; negative if
    /// that is earlier. Holidays count.
    pub fn business_days_to(self, other: Self) -> i64 {
        let (from, to) = (self.number(), other.number());
        // 1 March 0000 was a Wednesday and has the number 1: Monday is 6.
        let weekdays = |number: i64| {
            let since_monday = number - 6;
            since_monday.div_euclid(7) * 5 + since_monday.rem_euclid(7).min(5)
        };
        weekdays(to) - weekdays(from)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// When an option expires.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expiry {
    /// On a day.
    On(Date),
    /// After so many days from the quote.
    InDays(f64),
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
    /// The options.
    pub quotes: Vec<Quote>,
}

impl OptionChain {
    /// Calendar days from the quotes to an expiry; none if the chain has no day. Options of the day itself have one.
    pub fn days_to(&self, expiry: Expiry) -> Option<f64> {
        match expiry {
            Expiry::InDays(days) => Some(days),
            Expiry::On(date) => match self.date?.days_to(date) {
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

    /// The chain as options of a scenario, `multiplier` coins a contract. What has expired, has no open interest or no
    /// volatility is left out.
    pub fn series(&self, multiplier: f64) -> Vec<OptionSeries> {
        self.quotes
            .iter()
            .filter(|quote| quote.open_interest > 0.0 && quote.volatility > 0.0)
            .filter_map(|quote| {
                let days = self.days_to(quote.expiry).filter(|days| *days > 0.0)?;
                Some(OptionSeries {
                    kind: quote.kind,
                    strike: quote.strike,
                    days,
                    open_interest: quote.open_interest * multiplier,
                    volatility: quote.volatility,
                })
            })
            .collect()
    }
}

impl Scenario {
    /// Starts at a chain's spot price, with its options in place of those that the parameters describe.
    ///
    /// # Errors
    /// The chain's prices or sizes are outside what a scenario may hold, or none of its options counts, and those that the
    /// parameters describe would; the scenario stays as it was.
    pub fn adopt_chain(&mut self, chain: &OptionChain, multiplier: f64) -> Result<(), ParameterError> {
        let mut changed = self.clone();
        changed.set("market.start_price", chain.spot)?;
        changed.set("options.enabled", 1.0)?;
        changed.options = chain.series(multiplier).into();
        if changed.options.is_empty() {
            return Err(ParameterError::Value {
                path: "options".to_owned(),
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
    fn days_are_read_in_every_way_chains_write_them() {
        let day = Date::new(2022, 6, 10);
        for text in [
            "Fri Jun 10 2022",
            "Date: June 10, 2022, 8:47 PM EDT",
            "Date: June 10, 2022 at 9:15 AM EDT",
            "Jun 10 2022 @ 13:20 ET",
            "06/10/2022",
            "10.06.2022",
            "2022-06-10",
        ] {
            assert_eq!(Date::parse(text), day, "{text}");
        }
        for text in ["", "Fri Feb 30 2022", "13/01/2022", "soon", "2022"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(day.unwrap().to_string(), "2022-06-10");
    }

    #[test]
    fn days_and_business_days_are_counted() {
        let date = |text| Date::parse(text).unwrap();
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
            assert_eq!(saturday.days_to(date(other)), days, "{other}");
            assert_eq!(saturday.business_days_to(date(other)), business, "{other}");
        }
    }
}
