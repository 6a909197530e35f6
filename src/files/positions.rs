//! Position lists as tables, in the conventions of venues and programs: one levered position a row.
//!
//! Rows are taken apart first, one by one; what sizes and margins count is then decided by all of them together, because no
//! single row shows it.

mod columns;
mod instrument;
mod units;
mod words;

use super::import::{Places, Plan, ReadOptions, Reading};
use super::preset::Problem;
use super::read_as::Omitted;
use super::table::{Diagnostics, Row, Table, is_missing, plain};
use cascade_scenario::{Imported, ListedPosition, POSITIONS_MAX, PositionKind, PositionSide, format};

use columns::Column;
pub use columns::{FIELDS, header, is_of_orders, mapping, missing};
use instrument::Instrument;
use words::{Kinded, Sided};

/// Which column a margin is in, and how much it is.
type Margin = (Column, f64);

/// A row taken apart: numbers as they stand there.
#[derive(Clone, Debug)]
struct Raw<'t> {
    row: Row<'t>,
    side: PositionSide,
    entry: f64,
    /// What counts it, and how many, without a sign.
    size: (Column, f64),
    notional: Option<f64>,
    contract_size: Option<f64>,
    leverage: Option<f64>,
    /// Where it stands, and how much.
    margin: Option<Margin>,
    kind: PositionKind,
    /// Whether its name says the kind, and not a column of kinds.
    named_kind: bool,
    instrument: Instrument,
    venue: u32,
    asset: u32,
}

/// Reads a table by a plan. Without a column for the side, the sign of the size is the side.
///
/// # Errors
/// Every mistake in it, up to a bound.
pub(super) fn read(table: &Table, plan: &Plan, options: &ReadOptions) -> Result<Reading, Vec<Problem>> {
    let mut diagnostics = Diagnostics::of(&plan.header);
    let line = diagnostics.header_line();
    for lacking in missing(&plan.mapping) {
        diagnostics.add(line, 1, format!("no column holds {lacking}"));
    }
    if !diagnostics.problems.is_empty() {
        return Err(diagnostics.problems);
    }
    let (rows, left_out) = plan.rows(table, options, &mut diagnostics);
    let mut read_as = plan.read_as(table, diagnostics.decimal, rows.len());
    for (what, count) in left_out {
        read_as.leave_out(what, count, table.len(), None);
    }
    let mut reader = Reader {
        plan,
        places: options.places,
        diagnostics,
        names: [Vec::new(), Vec::new()],
        numbered: [true; 2],
        omitted: Vec::new(),
    };
    let of = rows.len();
    let rows = reader.chosen(rows, options);
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

struct Reader<'p> {
    plan: &'p Plan,
    places: Places,
    diagnostics: Diagnostics,
    /// What venues and assets are called, in the order in which they appear.
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
        for (index, column) in [Column::Venue, Column::Asset].into_iter().enumerate() {
            let decimal = self.diagnostics.decimal;
            let Some(place) = self.plan.column(column as usize) else {
                continue;
            };
            let mut texts = rows.iter().filter_map(|row| row.get(place));
            self.numbered[index] = texts.all(|text| text.is_empty() || decimal.read(text).is_some());
        }
        let mut rows = rows;
        for column in [Column::Venue, Column::Asset] {
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

    /// The number of a venue or asset. Where they have names, the names count in the order in which they appear.
    fn place(&mut self, row: Row<'_>, column: Column, instrument: Option<&Instrument>) -> Option<u32> {
        let (what, most, index) = if column == Column::Venue {
            ("venue", self.places.venues, 0)
        } else {
            ("asset", self.places.assets, 1)
        };
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
                "one of the first {most} ({}), as many as the scenario has; choose whose rows count (Symbol in the window, --symbol \
                 on the command line)",
                names.join(", ")
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
            "the liquidation prices that {} rows state are not used: the model liquidates by margin and maintenance. The one here \
             is furthest from that: {}, and the margin alone lasts until {}",
            stated.len(),
            format::price(price),
            format::price(gone)
        );
        Some(self.diagnostics.problem(raw.row, place, message))
    }
}

/// A bound as people write it: `1e15` and not fifteen zeros.
fn bound(value: f64) -> String {
    if (1e-3..1e6).contains(&value) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Smallest and largest value of a field of a position.
fn range(name: &str) -> (f64, f64) {
    ListedPosition::RANGES
        .into_iter()
        .find(|(field, _, _)| *field == name)
        .map_or((0.0, f64::INFINITY), |(_, low, high)| (low, high))
}
