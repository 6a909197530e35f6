//! When options expire: days, or days from now.

use super::columns::Column;
use super::quoted::Quoted;
use crate::number::Decimal;
use crate::plan::Plan;
use crate::reading::ReadOptions;
use crate::table::{Diagnostics, Row, is_missing, plain};
use crate::time::{
    Clock, DAY, DateOrder, Form, OrderReason, day_of, days_since_1970, order_of_expiries, read, recognise,
};
use cascade_scenario::{Date, Expiry};

/// Most days an expiry may be away.
const DAYS_MAX: f64 = 36_500.0;

/// How a table writes expiries.
#[derive(Debug)]
pub(super) struct Expiries {
    /// The column; none: the names tell.
    pub column: Option<usize>,
    /// One day for all.
    pub said: Option<Date>,
    /// Whether the day or the month is first, and why, where that matters.
    pub order: Option<(DateOrder, OrderReason)>,
    /// Whether numbers of days count all days, by the name of their column.
    calendar: bool,
    clock: Option<Clock>,
    decimal: Decimal,
}

impl Expiries {
    /// Finds out how the rows of a table write them.
    pub(super) fn of(
        rows: &[Row<'_>],
        plan: &Plan,
        options: &ReadOptions,
        quoted: Option<Quoted>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let decimal = diagnostics.decimal;
        let column = plan.column(Column::Expiry as usize);
        let mut expiries = Self {
            column,
            said: options.expiry,
            order: None,
            calendar: false,
            clock: None,
            decimal,
        };
        let Some(column) = column.filter(|_| options.expiry.is_none()) else {
            return expiries;
        };
        let texts = || {
            rows.iter()
                .filter_map(|row| row.get(column))
                .filter(|text| !is_missing(text))
        };
        let name = plan.header.titles(column).last().map(plain).unwrap_or_default();
        expiries.calendar = matches!(
            name.as_str(),
            "dte" | "daystoexpiry" | "daystoexpiration" | "calendardays" | "daystomaturity"
        );
        let counts_days = expiries.calendar || name.ends_with("days");
        let dated = |clock: &Clock| {
            let far = texts()
                .filter_map(|text| decimal.read(text))
                .all(|number| number > 20_000.0);
            clock.form.is_absolute() && (clock.form != Form::SpreadsheetDays || far)
        };
        expiries.clock = recognise(texts(), &name, decimal).filter(|clock| !counts_days && dated(clock));
        if let Some(clock) = expiries.clock.filter(|clock| clock.ambiguous) {
            let days: Vec<_> = texts().filter_map(|text| Some(read(text)?.day)).collect();
            let since = quoted.map(|quoted| days_since_1970(quoted.date) * DAY);
            expiries.order = options
                .dates
                .map(|order| (order, OrderReason::Said))
                .or_else(|| clock.order.map(|order| (order, OrderReason::ANumber)))
                .or_else(|| order_of_expiries(&days, since));
            if expiries.order.is_none()
                && let Some(row) = rows.first()
            {
                let message = format!(
                    "the expiry `{}` may have the day or the month first, and no row of the table shows which: choose it (Dates in \
                     the window, --dates on the command line)",
                    row.get(column).unwrap_or_default()
                );
                diagnostics.at(*row, column, message);
            }
        }
        expiries
    }

    /// How they are written, in words.
    pub(super) const fn words(&self) -> &'static str {
        match (self.said, self.column, self.clock, self.calendar) {
            (Some(_), ..) => "as was said",
            (None, None, ..) => "from the names",
            (None, Some(_), Some(clock), _) => clock.form.words(),
            (None, Some(_), None, true) => "in calendar days, 365 a year",
            (None, Some(_), None, false) => {
                "in days as the convention counts them, business days unless it is said otherwise"
            }
        }
    }

    /// Reads a field.
    pub(super) fn read(&self, text: &str) -> Option<Expiry> {
        let Some(clock) = self.clock else {
            let days = self.decimal.read(text)?;
            let expiry = if self.calendar {
                Expiry::InDays(days)
            } else {
                Expiry::InCountedDays(days)
            };
            return (0.0..=DAYS_MAX).contains(&days).then_some(expiry);
        };
        let order = self.order.map_or(DateOrder::MonthFirst, |(order, _)| order);
        // The day it says, by whatever clock it says it.
        let day = match read(text) {
            Some(written) if self.decimal.read(text).is_none() => written.day.by(order)?,
            _ => day_of(clock.seconds(text, self.decimal, order)?)?,
        };
        Some(Expiry::On(day))
    }
}
