//! Position lists as tables, in the conventions of venues and programs: one levered position a row.
//!
//! Rows are taken apart first, one by one; what sizes and margins count is then decided by all of them together, because no
//! single row shows it.

mod columns;
pub(crate) mod instrument;
mod raw;
mod units;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::plan::Plan;
use super::problem::Problem;
use super::read_as::Omitted;
use super::reading::{Places, ReadOptions, Reading};
use super::table::{Decimal, Diagnostics, Row, Table, is_missing, plain};
use cascade_scenario::{Imported, ListedPosition, POSITIONS_MAX, PositionKind, PositionSide, format};

use columns::Column;
pub(crate) use columns::{FIELDS, header, is_of_orders, mapping, missing};
use instrument::Instrument;
use raw::{Margin, Raw, bound, range};
use words::{Kinded, Sided};

/// Reads a table by a plan. Without a column for the side, the sign of the size is the side.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub(super) fn read(table: &Table, plan: &Plan, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
    let mut diagnostics = Diagnostics::of(&plan.header, plan.problems_max);
    let line = diagnostics.header_line();
    for lacking in missing(&plan.mapping) {
        diagnostics.add(line, 1, format!("no column holds {lacking}"));
    }
    let several = (0..plan.fields.len()).filter_map(|place| plan.several_columns(table, place));
    diagnostics.problems.extend(several);
    if !diagnostics.problems.is_empty() {
        return Err(diagnostics.problems);
    }
    let (rows, mut read_as) = plan.data(table, options, &mut diagnostics);
    let mut reader = Reader {
        plan,
        places: options.places,
        assigned: [&options.venues, &options.assets],
        names: [Vec::new(), Vec::new()],
        numbered: PLACES.map(|column| are_numbers(&rows, plan, column, diagnostics.decimal)),
        diagnostics,
        omitted: Vec::new(),
    };
    let of = rows.len();
    let rows = reader.chosen(rows, options);
    let rows = reader.assigned(rows);
    let mut raws = Vec::with_capacity(rows.len());
    for row in rows {
        if raws.len() == POSITIONS_MAX {
            let message = format!("this is one position too many; allowed are at most {POSITIONS_MAX}");
            reader.diagnostics.add(row.line(), 1, message);
        }
        if reader.diagnostics.enough() || raws.len() == POSITIONS_MAX {
            break;
        }
        raws.extend(reader.row(row));
    }
    if raws.is_empty() && reader.diagnostics.problems.is_empty() {
        let what = if of == 0 {
            "the table has no rows"
        } else {
            "no row of the table is an open position"
        };
        reader.diagnostics.add(table.lines().max(1), 1, what);
    }
    let mut remarks = Vec::new();
    let (positions, sizes) = units::listed(&raws, plan, options, &mut reader.diagnostics, &mut remarks);
    if !reader.diagnostics.problems.is_empty() {
        return Err(reader.diagnostics.in_order());
    }
    remarks.extend(reader.unused_liquidation_prices(&raws, &positions));
    read_as.sizes = Some(sizes);
    for what in [
        Omitted::OtherSymbols,
        Omitted::Flat,
        Omitted::Closed,
        Omitted::OtherInstruments,
    ] {
        let count = reader.omitted.iter().filter(|other| **other == what).count();
        let share = (what == Omitted::Flat).then_some(0.0);
        read_as.leave_out(what, count, of, share);
    }
    read_as.remarks = remarks;
    let [venues, assets] = reader.names;
    Ok(Reading {
        data: Imported::Positions(positions),
        read_as,
        venues,
        assets,
        gaps: (0, 0.0),
    })
}

/// The venues, or the assets, that the rows of a table name, in the order in which they appear, and in how many rows.
pub(super) fn places(table: &Table, plan: &Plan) -> [Vec<(String, usize)>; 2] {
    let rows: Vec<Row<'_>> = table.rows(plan.header.first_data).collect();
    PLACES.map(|column| {
        let mut named: Vec<(String, usize)> = Vec::new();
        let mut index = HashMap::new();
        for name in rows.iter().filter_map(|row| name_of(*row, plan, column)) {
            let at = *index.entry(plain(&name)).or_insert_with(|| {
                named.push((name, 0));
                named.len() - 1
            });
            named[at].1 += 1;
        }
        named
    })
}

/// Where venues and assets are named.
const PLACES: [Column; 2] = [Column::Venue, Column::Asset];

/// What a row calls its venue or asset, if it does.
fn name_of(row: Row<'_>, plan: &Plan, column: Column) -> Option<String> {
    let text = row
        .get(plan.column(column as usize)?)
        .filter(|text| !is_missing(text))?;
    Some(match column {
        Column::Asset => instrument::read(text).asset,
        _ => text.to_owned(),
    })
}

/// Whether all that a column holds are numbers.
fn are_numbers(rows: &[Row<'_>], plan: &Plan, column: Column, decimal: Decimal) -> bool {
    let place = plan.column(column as usize);
    let mut texts = rows.iter().filter_map(|row| row.get(place?));
    texts.all(|text| text.is_empty() || decimal.read(text).is_some())
}

struct Reader<'p> {
    plan: &'p Plan,
    places: Places,
    /// The numbers that were said of venues and assets by their names.
    assigned: [&'p BTreeMap<String, u32>; 2],
    diagnostics: Diagnostics,
    /// What venues and assets are called, in the order of their numbers.
    names: [Vec<String>; 2],
    /// Whether venues and assets are numbers.
    numbered: [bool; 2],
    omitted: Vec<Omitted>,
}

impl Reader<'_> {
    fn text<'t>(&self, row: Row<'t>, column: Column) -> Option<(usize, &'t str)> {
        let place = self.plan.column(column as usize)?;
        Some((place, row.get(place).unwrap_or_default()))
    }

    /// The rows of the symbols that were chosen, by asset or venue.
    fn chosen<'t>(&mut self, rows: Vec<Row<'t>>, options: &ReadOptions) -> Vec<Row<'t>> {
        let mut rows = rows;
        for column in PLACES {
            let Some(place) = self.plan.column(column as usize) else {
                continue;
            };
            let wanted = |row: &Row<'_>| {
                let text = row.get(place).unwrap_or_default();
                let asset = instrument::read(text).asset;
                options.symbols.iter().any(|symbol| {
                    plain(symbol) == plain(text) || column == Column::Asset && plain(symbol) == plain(&asset)
                })
            };
            if rows.iter().any(wanted) {
                let before = rows.len();
                rows.retain(wanted);
                self.omitted.extend(vec![Omitted::OtherSymbols; before - rows.len()]);
            }
        }
        rows
    }

    /// The rows of venues and assets that have been given a number, where any have. A name of no row is a mistake.
    fn assigned<'t>(&mut self, rows: Vec<Row<'t>>) -> Vec<Row<'t>> {
        let mut rows = rows;
        for (assigned, column) in self.assigned.into_iter().zip(PLACES) {
            if assigned.is_empty() {
                continue;
            }
            let plan = self.plan;
            let names = |row: &Row<'_>| name_of(*row, plan, column).map(|name| plain(&name));
            let found: HashSet<String> = rows.iter().filter_map(names).collect();
            if let Some(stray) = assigned.keys().find(|name| !found.contains(&plain(name))) {
                let message = format!("no row is of the {} `{stray}`", place_word(column));
                let line = self.diagnostics.header_line();
                self.diagnostics.add(line, 1, message);
            }
            let before = rows.len();
            let wanted: HashSet<String> = assigned.keys().map(|name| plain(name)).collect();
            rows.retain(|row| names(row).is_some_and(|name| wanted.contains(&name)));
            self.omitted.extend(vec![Omitted::OtherSymbols; before - rows.len()]);
        }
        rows
    }

    fn row<'t>(&mut self, row: Row<'t>) -> Option<Raw<'t>> {
        let closed = self.text(row, Column::Status).is_some_and(|(_, text)| {
            matches!(
                plain(text).as_str(),
                "closed" | "liquidated" | "settled" | "cancelled" | "canceled"
            )
        });
        if closed {
            self.omitted.push(Omitted::Closed);
            return None;
        }
        if self.is_flat(row) {
            self.omitted.push(Omitted::Flat);
            return None;
        }
        let (kind, named_kind, instrument) = self.kind(row)?;
        let side = self.side(row);
        let entry = self.amount(row, Column::Entry, "entry price", range("entry"));
        let size = self.size(row, side);
        let (leverage, margin) = self.leverage(row)?;
        let venue = self.place(row, Column::Venue, None);
        let asset = self.place(row, Column::Asset, Some(&instrument));
        let notional = self.optional_number(row, Column::Notional).map(f64::abs);
        let contract_size = self
            .optional_number(row, Column::ContractSize)
            .filter(|size| *size > 0.0);
        let (side, column, size) = size?;
        Some(Raw {
            row,
            side,
            entry: entry?,
            size: (column, size),
            notional,
            contract_size,
            leverage,
            margin,
            kind,
            named_kind,
            instrument,
            venue: venue?,
            asset: asset?,
        })
    }

    /// The column that counts sizes.
    fn size_column(&self) -> Column {
        [Column::Size, Column::Contracts]
            .into_iter()
            .find(|column| self.plan.column(*column as usize).is_some())
            .unwrap_or(Column::Notional)
    }

    /// Accounts list every market they may trade; most of these rows hold nothing.
    fn is_flat(&self, row: Row<'_>) -> bool {
        let decimal = self.diagnostics.decimal;
        let size = self.text(row, self.size_column());
        size.is_some_and(|(_, text)| decimal.read(text) == Some(0.0))
            || size.is_some_and(|(_, text)| is_missing(text))
                && self
                    .optional_number(row, Column::Notional)
                    .is_none_or(|size| size == 0.0)
    }

    fn optional_number(&self, row: Row<'_>, column: Column) -> Option<f64> {
        let (_, text) = self.text(row, column)?;
        self.diagnostics.decimal.read(text)
    }

    fn amount(&mut self, row: Row<'_>, column: Column, what: &str, (low, high): (f64, f64)) -> Option<f64> {
        let place = self.plan.column(column as usize)?;
        let allowed = format!("a number from {} to {}", bound(low), bound(high));
        self.diagnostics
            .number(row, place, what, |value| (low..=high).contains(&value), &allowed)
    }

    /// The kind, whether the name of the contract says it, and what else that name says.
    fn kind(&mut self, row: Row<'_>) -> Option<(PositionKind, bool, Instrument)> {
        let instrument = instrument::read(self.text(row, Column::Asset).map_or("", |(_, text)| text));
        let said = self
            .text(row, Column::Kind)
            .map_or(Some(Kinded::Unsaid), |(_, text)| words::kinded(text));
        match said {
            Some(Kinded::Is(kind)) => Some((kind, false, instrument)),
            Some(Kinded::Unsaid) => {
                let kind = match instrument.inverse {
                    Some(true) => PositionKind::Inverse,
                    _ => PositionKind::Linear,
                };
                Some((kind, instrument.inverse.is_some(), instrument))
            }
            Some(Kinded::Other) => {
                self.omitted.push(Omitted::OtherInstruments);
                None
            }
            None => {
                let place = self.plan.column(Column::Kind as usize)?;
                self.diagnostics
                    .refuse(row, place, "contract kind", "linear or inverse");
                // The rest of the row may have mistakes too.
                Some((PositionKind::Linear, false, instrument))
            }
        }
    }

    /// None where the sign of the size tells.
    fn side(&mut self, row: Row<'_>) -> Option<Result<PositionSide, ()>> {
        let (place, text) = self.text(row, Column::Side)?;
        let name: String = self.plan.header.names(place).collect();
        match words::sided(text, &name) {
            Some(Sided::Is(side)) => Some(Ok(side)),
            Some(Sided::Net) => None,
            _ => {
                self.diagnostics
                    .refuse(row, place, "side", "long or short (also buy or sell)");
                Some(Err(()))
            }
        }
    }

    /// Side, what counts the size, and the size.
    fn size(&mut self, row: Row<'_>, side: Option<Result<PositionSide, ()>>) -> Option<(PositionSide, Column, f64)> {
        let mut column = self.size_column();
        if self.text(row, column).is_some_and(|(_, text)| is_missing(text)) {
            column = Column::Notional;
        }
        let place = self.plan.column(column as usize)?;
        let (low, high) = range("size");
        let allowed = match side {
            None => format!("a number from {} to {}, below 0 for a short", bound(low), bound(high)),
            Some(_) => format!("a number from {} to {}", bound(low), bound(high)),
        };
        // Some lists give shorts a sign as well as a name; a long of a negative size contradicts itself.
        let signed = |value: f64| value > 0.0 || matches!(side, None | Some(Ok(PositionSide::Short)));
        let sound = |value: f64| (low..=high).contains(&value.abs()) && signed(value);
        let value = self.diagnostics.number(row, place, "size", sound, &allowed)?;
        let side = match side {
            None if value > 0.0 => PositionSide::Long,
            None => PositionSide::Short,
            Some(side) => side.ok()?,
        };
        Some((side, column, value.abs()))
    }

    /// What the leverage and the margin say; a margin of 0 is how cross margin is written, and says nothing.
    fn leverage(&mut self, row: Row<'_>) -> Option<(Option<f64>, Option<Margin>)> {
        let mut margin = None;
        for column in [Column::Margin, Column::MarginCoins] {
            let Some((place, text)) = self.text(row, column).filter(|(_, text)| !is_missing(text)) else {
                continue;
            };
            if margin.is_none() && self.diagnostics.decimal.read(text) != Some(0.0) {
                let amount = self
                    .diagnostics
                    .number(row, place, "margin", |value| value > 0.0, "a number above 0")?;
                margin = Some((column, amount));
            }
        }
        let Some((place, text)) = self.text(row, Column::Leverage) else {
            if margin.is_none() {
                let column = [Column::Margin, Column::MarginCoins]
                    .into_iter()
                    .find_map(|column| self.plan.column(column as usize))?;
                self.diagnostics.at(row, column, "the margin is missing");
                return None;
            }
            return Some((None, margin));
        };
        let (low, high) = range("leverage");
        let stated = words::leverage(text, self.diagnostics.decimal).filter(|value| (low..=high).contains(value));
        if stated.is_none() && (margin.is_none() || !is_missing(text)) {
            let allowed = format!("a number from {} to {}", bound(low), bound(high));
            self.diagnostics.refuse(row, place, "leverage", &allowed);
        }
        Some((stated, margin))
    }

    /// The number that was said of the venue or asset of a row.
    fn assigned_number(&mut self, row: Row<'_>, column: Column, most: u32) -> Option<u32> {
        let index = usize::from(column != Column::Venue);
        let name = name_of(row, self.plan, column)?;
        let (_, number) = self.assigned[index]
            .iter()
            .find(|(said, _)| plain(said) == plain(&name))?;
        if !(1..=most).contains(number) {
            let message = format!(
                "`{name}` is to be {} {number}; allowed is 1 to {most}, as many as the scenario has",
                place_word(column)
            );
            let place = self.plan.column(column as usize)?;
            self.diagnostics.at(row, place, message);
            return None;
        }
        let names = &mut self.names[index];
        names.resize(names.len().max(*number as usize), String::new());
        let called = &mut names[*number as usize - 1];
        if called.is_empty() {
            *called = name;
        } else if !called.split(" + ").any(|known| plain(known) == plain(&name)) {
            called.push_str(" + ");
            called.push_str(&name);
        }
        Some(*number)
    }

    /// The number of a venue or asset. Where they have names, the names count in the order in which they appear.
    fn place(&mut self, row: Row<'_>, column: Column, instrument: Option<&Instrument>) -> Option<u32> {
        let what = place_word(column);
        let (most, index) = if column == Column::Venue {
            (self.places.venues, 0)
        } else {
            (self.places.assets, 1)
        };
        if !self.assigned[index].is_empty() {
            return self.assigned_number(row, column, most);
        }
        let Some((place, text)) = self.text(row, column).filter(|(_, text)| !text.is_empty()) else {
            return Some(1);
        };
        if self.numbered[index] {
            let whole = |value: f64| value.fract() == 0.0 && (1.0..=f64::from(most)).contains(&value);
            let allowed = format!("a whole number from 1 to {most}, as many as the scenario has");
            let value = self.diagnostics.number(row, place, what, whole, &allowed)?;
            return Some(value as u32);
        }
        let name = instrument.map_or(text, |instrument| &instrument.asset);
        let names = &mut self.names[index];
        let known = names.iter().position(|known| known.eq_ignore_ascii_case(name));
        if known.is_none() && names.len() >= most as usize {
            let allowed = format!(
                "one of the first {most} ({}), as many as the scenario has; say which count as which ({}s of the table in the \
                 window, --map-{what} NAME=1 on the command line), or whose rows count (--symbol)",
                names.join(", "),
                if what == "venue" { "Venue" } else { "Asset" },
            );
            self.diagnostics.refuse(row, place, what, &allowed);
            return None;
        }
        let index = known.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        Some(index as u32 + 1)
    }

    /// The model liquidates by margin and maintenance, so that what a list says about it is not used, and that is said.
    fn unused_liquidation_prices(&self, raws: &[Raw<'_>], positions: &[ListedPosition]) -> Option<Problem> {
        let place = self.plan.column(Column::Liquidation as usize)?;
        let stated: Vec<(&Raw<'_>, f64, f64)> = raws
            .iter()
            .zip(positions)
            .filter_map(|(raw, position)| {
                let price = self
                    .diagnostics
                    .decimal
                    .read(raw.row.get(place)?)
                    .filter(|price| *price > 0.0)?;
                let sign = if position.side == PositionSide::Long { -1.0 } else { 1.0 };
                Some((raw, price, position.entry * (1.0 + sign / position.leverage).max(0.0)))
            })
            .collect();
        let (raw, price, gone) = *stated.iter().max_by(|a, b| {
            let off = |(raw, price, gone): &(&Raw<'_>, f64, f64)| (price - gone).abs() / raw.entry;
            off(a).total_cmp(&off(b))
        })?;
        let message = format!(
            "the liquidation prices of {} are not used: the model liquidates by margin and maintenance. The one here \
             is furthest from that: {}, and the margin alone lasts until {}",
            format::counted(stated.len(), "row"),
            format::price(price),
            format::price(gone)
        );
        Some(self.diagnostics.problem(raw.row, place, message))
    }
}

/// What a column of places names.
const fn place_word(column: Column) -> &'static str {
    match column {
        Column::Venue => "venue",
        _ => "asset",
    }
}
