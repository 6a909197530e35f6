//! Price paths as tables: a time and a price a row.
//!
//! Refused are prices that are not above 0, times that cannot be read, several series in one table, and times without a date
//! that go back. Repaired, with a remark, are a file that begins with the newest row (it is turned round), rows out of order
//! (they are sorted), several rows of one time (the last one counts) and gaps (the price is interpolated, as between any two
//! rows).

mod columns;
mod series;
mod times;

use super::plan::Plan;
use super::problem::Problem;
use super::read_as::{Omitted, ReadAs};
use super::reading::{ReadOptions, Reading};
use super::table::{Diagnostics, Row, Table, is_missing};
use cascade_scenario::format::{counted, duration};
use cascade_scenario::{Imported, PATH_POINTS_MAX, PricePath};

use columns::Column;
pub(crate) use columns::{FIELDS, header, mapping, missing};

/// A distance between two rows of more than this multiple of the usual one is a gap.
pub(crate) const GAP: f64 = 5.0;

/// A row: where it stands, seconds and price.
#[derive(Clone, Copy, Debug)]
struct Point<'t> {
    row: Row<'t>,
    seconds: f64,
    price: f64,
}

/// Reads a table by a plan.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub(super) fn read(table: &Table, plan: &Plan, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
    let mut diagnostics = Diagnostics::of(&plan.header, plan.problems_max);
    for lacking in missing(&plan.mapping) {
        let line = diagnostics.header_line();
        let hint = columns::hint(table, plan, &lacking);
        diagnostics.add(line, 1, format!("no column holds {lacking}{hint}"));
    }
    let (Some(time), Some(price)) = (plan.column(Column::Time as usize), plan.column(Column::Price as usize)) else {
        return Err(diagnostics.problems);
    };
    if let Some(problem) = plan
        .several_columns(table, Column::Price as usize)
        .or_else(|| columns::of_orders(plan))
    {
        return Err(vec![problem]);
    }
    let (rows, mut read_as) = plan.data(table, options, &mut diagnostics);
    let of = rows.len();
    let (rows, others) = series::one(rows, plan, options, &mut diagnostics);
    if !diagnostics.problems.is_empty() && rows.is_empty() {
        return Err(diagnostics.in_order());
    }
    read_as.leave_out(Omitted::OtherSymbols, others, of, None);
    let times = times::Times::of(&rows, time, plan, options, &mut diagnostics);
    let mut points = Vec::with_capacity(rows.len());
    let mut without = 0;
    for row in &rows {
        if points.len() == PATH_POINTS_MAX {
            let message = format!("this is one row too many; allowed are at most {PATH_POINTS_MAX}");
            diagnostics.add(row.line(), 1, message);
        }
        if diagnostics.enough() || points.len() == PATH_POINTS_MAX {
            break;
        }
        if row.get(price).is_some_and(is_missing) {
            without += 1;
            continue;
        }
        let seconds = times.seconds(*row, &mut diagnostics);
        let positive = |value: f64| (1e-9..=1e9).contains(&value);
        let price = diagnostics.number(*row, price, "price", positive, "a number above 0, up to 1e9");
        // A row without a price has a place in time all the same, which may be wrong too.
        if let Some(seconds) = seconds {
            points.push(Point {
                row: *row,
                seconds,
                price: price.unwrap_or(f64::NAN),
            });
        }
    }
    read_as.leave_out(Omitted::WithoutPrice, without, rows.len(), None);
    if points.len() < 2 && diagnostics.problems.is_empty() {
        let message = format!("a path has at least two rows; here is {}", counted(points.len(), "row"));
        diagnostics.add(table.lines().max(1), 1, message);
    }
    let points = in_order(points, &times, &mut read_as.remarks, &mut diagnostics);
    if !diagnostics.problems.is_empty() {
        return Err(diagnostics.in_order());
    }
    finished(&points, &times, read_as, &diagnostics)
}

/// Turns round what begins with the newest row, sorts what is dated, and drops all but the last row of one time.
fn in_order<'t>(
    mut points: Vec<Point<'t>>,
    times: &times::Times,
    remarks: &mut Vec<Problem>,
    diagnostics: &mut Diagnostics,
) -> Vec<Point<'t>> {
    let newest_first = points.windows(2).all(|pair| pair[1].seconds <= pair[0].seconds)
        && points.first().map(|point| point.seconds) > points.last().map(|point| point.seconds);
    if newest_first {
        // Its line comes first in the file, and last in time.
        let first = points.first().map_or(1, |point| point.row.line());
        points.reverse();
        remarks.push(Problem::new(
            first,
            1,
            "the newest row comes first: the table is read from its end",
        ));
    }
    let early: Vec<usize> = (1..points.len())
        .filter(|index| points[*index].seconds < points[index - 1].seconds)
        .collect();
    if let Some(first) = early.first().filter(|_| times.is_dated()) {
        let line = points[*first].row.line();
        let message = format!(
            "the time goes back in {}, the first one here: the table is sorted by time",
            counted(early.len(), "row")
        );
        remarks.push(Problem::new(line, 1, message));
        // Rows of one time stay in the order of the file.
        points.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    }
    let mut kept: Vec<Point<'t>> = Vec::with_capacity(points.len());
    for point in points {
        match kept.last_mut() {
            Some(last) if point.seconds < last.seconds => {
                if !diagnostics.enough() {
                    let message = format!(
                        "the time goes back {} from line {}; allowed are times that increase (or all that decrease)",
                        duration(last.seconds - point.seconds),
                        last.row.line()
                    );
                    diagnostics.at(point.row, times.column, message);
                }
                // What comes after it is compared with it, or one early row would make all later ones wrong.
                *last = point;
            }
            Some(last) if point.seconds == last.seconds => {
                let (before, line) = (last.row.line(), point.row.line());
                let message = format!("the same time as in line {before}: the price of line {line} counts");
                remarks.push(diagnostics.problem(point.row, times.column, message));
                *last = point;
            }
            _ => kept.push(point),
        }
    }
    if kept.len() < 2 && diagnostics.problems.is_empty() {
        let line = kept.first().map_or(1, |point| point.row.line());
        diagnostics.add(line, 1, "all rows have the same time; a path has at least two");
    }
    kept
}

fn finished(
    points: &[Point<'_>],
    times: &times::Times,
    mut read_as: ReadAs,
    diagnostics: &Diagnostics,
) -> Result<Reading, Vec<Problem>> {
    let start = points.first().map_or(0.0, |point| point.seconds);
    let steps: Vec<f64> = points
        .windows(2)
        .map(|pair| pair[1].seconds - pair[0].seconds)
        .collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let longest = sorted.last().copied().unwrap_or_default();
    let usual_seconds = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let mut gaps = 0;
    for (step, point) in steps.iter().zip(&points[1..]) {
        if *step > GAP * usual_seconds {
            gaps += 1;
            let message = format!(
                "a gap of {} before this row, where rows are usually {} apart: interpolated",
                duration(*step),
                duration(usual_seconds)
            );
            read_as
                .remarks
                .push(diagnostics.problem(point.row, times.column, message));
        }
    }
    read_as.remarks.sort_by_key(|remark| remark.line);
    let end = points.last().map_or(start, |point| point.seconds);
    read_as.time = Some(times.read_as(usual_seconds, start, end));
    let path = PricePath {
        points: points
            .iter()
            .map(|point| (point.seconds - start, point.price))
            .collect::<Vec<_>>()
            .into(),
        noise: false,
    };
    path.validate()
        .map_err(|error| vec![Problem::new(1, 1, error.to_string())])?;
    Ok(Reading {
        data: Imported::PricePath { path, usual_seconds },
        read_as,
        venues: Vec::new(),
        assets: Vec::new(),
        gaps: (gaps, longest),
    })
}
