//! Day first or month first, where every date of a column may be read both ways.

use super::{DAY, DateOrder, Day, Written, days_since_1970};

/// Why dates are read with the day or with the month first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderReason {
    /// It was said.
    Said,
    /// A number of some row is no month.
    ANumber,
    /// Only so rows are days or weeks apart, or all on the first of a month.
    EvenRows,
    /// Only so no option has expired before it was quoted.
    NothingExpired,
    /// Only so all days on which options expire are working days.
    WorkingDays,
}

impl OrderReason {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Said => "as was said",
            Self::ANumber => "a number above 12 shows it",
            Self::EvenRows => "only so rows are some days apart",
            Self::NothingExpired => "only so nothing has expired before it was quoted",
            Self::WorkingDays => "only so all of them are working days",
        }
    }
}

/// The order in which a series of moments makes sense, if it does in one only: rows of one day to one week apart, or all on the
/// first of a month. None if both do or neither.
pub fn order_of(moments: &[Written]) -> Option<(DateOrder, OrderReason)> {
    let makes_sense = |order: DateOrder| {
        let read: Option<Vec<_>> = moments.iter().map(|moment| moment.day.by(order)).collect();
        let Some(dates) = read else { return false };
        let numbers: Vec<f64> = dates
            .iter()
            .zip(moments)
            .map(|(date, moment)| {
                let seconds = moment.seconds.unwrap_or(0.0) - moment.offset.unwrap_or(0.0);
                days_since_1970(*date) + seconds / DAY
            })
            .collect();
        let rising = numbers.windows(2).all(|pair| pair[0] <= pair[1]);
        let falling = numbers.windows(2).all(|pair| pair[0] >= pair[1]);
        let mut steps: Vec<f64> = numbers.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        steps.sort_by(f64::total_cmp);
        let usual = steps.get(steps.len() / 2).copied().unwrap_or(0.0);
        let firsts = dates.iter().all(|date| date.day() == 1);
        (rising || falling) && (usual <= 7.0 || firsts)
    };
    match [DateOrder::DayFirst, DateOrder::MonthFirst].map(makes_sense) {
        [true, false] => Some((DateOrder::DayFirst, OrderReason::EvenRows)),
        [false, true] => Some((DateOrder::MonthFirst, OrderReason::EvenRows)),
        _ => None,
    }
}

/// The same for days on which options expire, which were quoted so many seconds after 1970.
pub fn order_of_expiries(days: &[Day], quoted: Option<f64>) -> Option<(DateOrder, OrderReason)> {
    let both = [DateOrder::DayFirst, DateOrder::MonthFirst];
    let only = |passes: [bool; 2], reason| match passes {
        [true, false] => Some((both[0], reason)),
        [false, true] => Some((both[1], reason)),
        _ => None,
    };
    let all = |test: &dyn Fn(jiff::civil::Date) -> bool| {
        both.map(|order| days.iter().all(|day| day.by(order).is_some_and(test)))
    };
    let alive = quoted.and_then(|quoted| {
        let today = (quoted / DAY).floor();
        only(all(&|date| days_since_1970(date) >= today), OrderReason::NothingExpired)
    });
    alive.or_else(|| {
        let works = |date: jiff::civil::Date| date.weekday().to_monday_one_offset() < 6;
        only(all(&works), OrderReason::WorkingDays)
    })
}
