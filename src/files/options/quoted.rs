//! What stands above and below a chain: when it was quoted, and the price of the underlying.

use crate::plan::Plan;
use crate::table::{Row, Table, number_of};
use crate::time::{self, Written};
use cascade_scenario::Date;

/// What stands above and below a table: the price of the underlying and when it was quoted.
pub(super) struct Around {
    pub spot: Option<f64>,
    pub written: Option<Written>,
}

impl Around {
    pub(super) fn of(table: &Table, plan: &Plan) -> Self {
        let before = || table.rows(0).take_while(|row| row.index() < plan.header.rows.start);
        let after = table
            .rows(plan.header.first_data)
            .rev()
            .take(3)
            .filter(|row| row.len() == 1 || row.iter().skip(1).all(str::is_empty));
        Self {
            spot: before().find_map(spot_of),
            written: before().chain(after).find_map(|row| time::find(row.raw())),
        }
    }
}

/// When a chain was quoted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quoted {
    pub date: Date,
    /// Seconds since 1970 UTC, where there is a time of day with a zone.
    pub moment: Option<f64>,
}

impl Quoted {
    pub(super) fn of(written: Written, date: Date) -> Self {
        let days = time::days_since_1970(date) * time::DAY;
        let zoned = written.seconds.zip(written.offset);
        Self {
            date,
            moment: zoned.map(|(seconds, offset)| days + seconds - offset),
        }
    }

    pub(super) const fn on(date: Date) -> Self {
        Self { date, moment: None }
    }
}

/// What a price is, and what it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub price: f64,
    pub from: &'static str,
    /// What the file says, where another price was said.
    pub files: Option<f64>,
}

impl Default for Spot {
    fn default() -> Self {
        Self {
            price: 0.0,
            from: "",
            files: None,
        }
    }
}

/// The price a line above the table names: after `Last:`, or as the second field of a name, price and change.
fn spot_of(row: Row<'_>) -> Option<f64> {
    let labelled = row
        .iter()
        .find_map(|text| number_of(text.strip_prefix("Last:")?.trim()));
    let price = labelled.or_else(|| {
        let (name, price, _) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let named = !name.is_empty() && time::find(name).is_none();
        number_of(price).filter(|_| named)
    });
    price.filter(|price| *price > 0.0)
}
