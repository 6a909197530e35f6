//! The times of a path: one column, or one of days and one of times of day.

use super::columns::Column;
use crate::number::Decimal;
use crate::plan::Plan;
use crate::read_as::TimeRead;
use crate::reading::ReadOptions;
use crate::table::{Diagnostics, Row, plain};
use crate::time::{ANY_DATE, Clock, DateOrder, Form, OrderReason, minute_of, order_of, read, recognise};

/// How the times of a table are read.
#[derive(Debug)]
pub(super) struct Times {
    /// The column of the time, or of the day.
    pub column: usize,
    clock: Option<Clock>,
    time_of_day: Option<(usize, Clock)>,
    decimal: Decimal,
    order: Option<(DateOrder, OrderReason)>,
}

impl Times {
    /// Finds out how the rows of a table write their times.
    pub(super) fn of(
        rows: &[Row<'_>],
        column: usize,
        plan: &Plan,
        options: &ReadOptions,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let decimal = diagnostics.decimal;
        let look = |column: usize| {
            let name = plan.header.titles(column).last().map(plain).unwrap_or_default();
            recognise(rows.iter().filter_map(|row| row.get(column)), &name, decimal)
        };
        let clock = look(column);
        let time_of_day = plan
            .column(Column::Clock as usize)
            .filter(|_| clock.is_some_and(|clock| clock.form.is_day()));
        let time_of_day = time_of_day.and_then(|column| {
            let clock = look(column)?;
            // Beside a day, numbers that are times of day are nothing else.
            let texts = || rows.iter().filter_map(|row| row.get(column));
            let compact = Clock {
                form: Form::CompactTimesOfDay,
                ..clock
            };
            let fits = texts().all(|text| compact.seconds(text, decimal, DateOrder::DayFirst).is_some());
            Some((
                column,
                if clock.form == Form::Seconds && fits {
                    compact
                } else {
                    clock
                },
            ))
        });
        let mut times = Self {
            column,
            clock,
            time_of_day,
            decimal,
            order: None,
        };
        times.find_order(rows, options, diagnostics);
        times
    }

    fn find_order(&mut self, rows: &[Row<'_>], options: &ReadOptions, diagnostics: &mut Diagnostics) {
        let Some(clock) = self.clock.filter(|clock| clock.ambiguous) else {
            return;
        };
        let column = self.column;
        self.order = options
            .dates
            .map(|order| (order, OrderReason::Said))
            .or_else(|| clock.order.map(|order| (order, OrderReason::ANumber)))
            .or_else(|| {
                let days: Vec<_> = rows.iter().filter_map(|row| read(row.get(column)?)).collect();
                order_of(&days)
            });
        if self.order.is_none()
            && let Some(row) = rows.first()
        {
            let message = format!(
                "`{}` may have the day or the month first, and no row of the table shows which: choose it (Dates in the window, \
                 --dates on the command line)",
                row.get(column).unwrap_or_default()
            );
            diagnostics.at(*row, column, message);
        }
    }

    /// Whether they say when something was.
    pub(super) fn is_dated(&self) -> bool {
        self.clock.is_some_and(|clock| clock.form.is_absolute())
    }

    /// Seconds of a row; a field that cannot be read is a mistake.
    pub(super) fn seconds(&self, row: Row<'_>, diagnostics: &mut Diagnostics) -> Option<f64> {
        let order = self.order.map_or(DateOrder::MonthFirst, |(order, _)| order);
        let mut part = |column: usize, clock: Option<Clock>| {
            let seconds = clock.and_then(|clock| clock.seconds(row.get(column)?, self.decimal, order));
            if seconds.is_none() {
                let allowed = clock.map_or(ANY_DATE, |clock| clock.allowed());
                diagnostics.refuse(row, column, "time", allowed);
            }
            seconds
        };
        let day = part(self.column, self.clock)?;
        match self.time_of_day {
            Some((column, clock)) => Some(day + part(column, Some(clock))?),
            None => Some(day),
        }
    }

    /// In data.
    pub(super) fn read_as(&self, usual_seconds: f64, start: f64, end: f64) -> TimeRead {
        let span = self.is_dated().then(|| minute_of(start).zip(minute_of(end))).flatten();
        let form = self.clock.map_or(Form::Seconds, |clock| clock.form);
        TimeRead {
            form: if self.time_of_day.is_some() {
                Form::DatesAndTimes
            } else {
                form
            },
            zoned: self.clock.is_some_and(|clock| clock.zoned),
            order: self.order,
            usual_seconds,
            span: span.map(|(first, last)| [first, last]),
        }
    }
}
