//! Listed positions: a book that a scenario brings along instead of one drawn from distributions.

use serde::{Deserialize, Serialize};

use super::{ASSETS_MAX, ErrorPlace, ListName, ParameterError, Parameters, Scenario, Shared, VENUES_MAX, find};

/// Most positions a scenario may list.
pub const POSITIONS_MAX: usize = 50_000;

/// Direction of a listed position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PositionSide {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

/// What a listed position is margined and settled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PositionKind {
    /// Dollars; the size counts coins.
    #[default]
    Linear,
    /// Coins; the size counts dollars.
    Inverse,
}

/// An isolated levered position as it stands at the first step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedPosition {
    /// Long or short.
    pub side: PositionSide,
    /// Price at which it was entered, USD per coin.
    pub entry: f64,
    /// Coins of a linear contract, dollars of an inverse one.
    pub size: f64,
    /// Notional at entry over margin.
    pub leverage: f64,
    /// Venue, from 1.
    #[serde(default = "first")]
    pub venue: u32,
    /// Asset, from 1.
    #[serde(default = "first")]
    pub asset: u32,
    /// Contract kind.
    #[serde(default)]
    pub kind: PositionKind,
}

const fn first() -> u32 {
    1
}

impl ListedPosition {
    /// The fields with the smallest and largest allowed value.
    pub const RANGES: [(&'static str, f64, f64); 5] = [
        ("entry", 1e-9, 1e9),
        ("size", 1e-9, 1e15),
        ("leverage", 1e-3, 1e3),
        ("venue", 1.0, VENUES_MAX as f64),
        ("asset", 1.0, ASSETS_MAX as f64),
    ];

    /// Notional at entry, USD.
    pub fn notional_usd(&self) -> f64 {
        match self.kind {
            PositionKind::Linear => self.size * self.entry,
            PositionKind::Inverse => self.size,
        }
    }

    /// Margin at entry, USD.
    pub fn margin_usd(&self) -> f64 {
        self.notional_usd() / self.leverage
    }

    /// Equity over notional at a price, USD per coin: the position is liquidated once this is the maintenance rate. For
    /// inverse contracts both are counted in coins.
    pub fn margin_share(&self, price: f64) -> f64 {
        let sign = match self.side {
            PositionSide::Long => 1.0,
            PositionSide::Short => -1.0,
        };
        let (entry, now) = match self.kind {
            PositionKind::Linear => (self.entry, price),
            PositionKind::Inverse => (-1.0 / self.entry, -1.0 / price),
        };
        (entry.abs() / self.leverage + sign * (now - entry)) / now.abs()
    }

    /// Checks what the types do not. There must be so many venues and assets.
    ///
    /// # Errors
    /// The first value that is not allowed, named by its place (`positions: position 3: entry`, counted from 1).
    pub fn validate(&self, number: usize, venues: u32, assets: u32) -> Result<(), ParameterError> {
        let values = [
            self.entry,
            self.size,
            self.leverage,
            f64::from(self.venue),
            f64::from(self.asset),
        ];
        for ((name, low, high), value) in Self::RANGES.into_iter().zip(values) {
            let high = match name {
                "venue" => f64::from(venues),
                "asset" => f64::from(assets),
                _ => high,
            };
            if !(low..=high).contains(&value) {
                return Err(ParameterError::Value {
                    place: ErrorPlace::Entry {
                        list: ListName::Positions,
                        number,
                    },
                    field: name.to_owned(),
                    value: value.to_string(),
                    allowed: format!("a number from {low} to {high}"),
                });
            }
        }
        Ok(())
    }
}

/// A list in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PositionTotals {
    /// Number of longs and shorts.
    pub count: [usize; 2],
    /// Notional at entry of longs and shorts, USD.
    pub notional: [f64; 2],
    /// Of it, in inverse contracts.
    pub inverse: f64,
    /// Margin, USD at entry.
    pub margin: f64,
    /// Notional at entry by venue, USD.
    pub by_venue: [f64; VENUES_MAX],
    /// Entry price, weighted by notional.
    pub mean_entry: f64,
    /// Lowest and highest entry price.
    pub entries: (f64, f64),
}

impl PositionTotals {
    /// Adds a list up.
    pub fn of<'a>(positions: impl IntoIterator<Item = &'a ListedPosition>) -> Self {
        let mut totals = Self {
            entries: (f64::INFINITY, 0.0),
            ..Self::default()
        };
        let mut entries = 0.0;
        for position in positions {
            let (side, notional) = (position.side as usize, position.notional_usd());
            totals.count[side] += 1;
            totals.notional[side] += notional;
            totals.margin += position.margin_usd();
            totals.by_venue[(position.venue as usize - 1).min(VENUES_MAX - 1)] += notional;
            if position.kind == PositionKind::Inverse {
                totals.inverse += notional;
            }
            entries += notional * position.entry;
            let (low, high) = totals.entries;
            totals.entries = (low.min(position.entry), high.max(position.entry));
        }
        totals.mean_entry = entries / totals.all();
        totals
    }

    /// Notional of both sides.
    pub fn all(&self) -> f64 {
        self.notional[0] + self.notional[1]
    }

    /// The parameters that would draw such a list, and what they are for it; there must be a position.
    pub fn described(&self) -> [(&'static str, f64); 5] {
        [
            ("positions.count", (self.count[0] + self.count[1]) as f64),
            ("positions.open_interest", self.all()),
            ("positions.long_share", self.notional[0] / self.all()),
            ("positions.coin_margin_share", self.inverse / self.all()),
            ("leverage.mean", self.mean_leverage()),
        ]
    }

    /// Notional over margin.
    pub fn mean_leverage(&self) -> f64 {
        self.all() / self.margin
    }
}

impl Scenario {
    /// Starts from listed positions instead of drawn ones. The parameters that would draw them take the list's own figures:
    /// number, open interest, long share, coin-margined share, mean leverage and the venues' weights, the last of which also
    /// share out the insurance fund.
    ///
    /// # Errors
    /// A position is not allowed here; the scenario stays as it was.
    pub fn adopt_positions(&mut self, positions: Vec<ListedPosition>) -> Result<(), ParameterError> {
        let mut changed = self.clone();
        changed.positions = Shared::from(positions);
        check(&changed.positions, &changed.parameters)?;
        let firsts = || changed.positions.iter().filter(|position| position.asset == 1);
        let totals = PositionTotals::of(firsts());
        if totals.all() > 0.0 {
            let parameters = &mut changed.parameters;
            let mut describe = |path: &str, value: f64| {
                let row = find(path)?;
                row.set(parameters, value.clamp(row.range.0, row.range.1))
            };
            for (path, value) in totals.described() {
                describe(path, value)?;
            }
            let largest = totals.by_venue.iter().copied().fold(0.0, f64::max);
            for (number, notional) in (1..=self.parameters.venues.count).zip(totals.by_venue) {
                describe(&format!("venue_{number}.interest_weight"), notional / largest)?;
            }
        }
        changed.validate()?;
        *self = changed;
        Ok(())
    }
}

/// Checks a list against the venues and assets of a scenario.
pub(super) fn check(positions: &[ListedPosition], parameters: &Parameters) -> Result<(), ParameterError> {
    if positions.len() > POSITIONS_MAX {
        return Err(ParameterError::Value {
            place: ErrorPlace::Scenario,
            field: "positions".to_owned(),
            value: format!("a list of {}", positions.len()),
            allowed: format!("at most {POSITIONS_MAX} positions"),
        });
    }
    let (venues, assets) = (parameters.venues.count, parameters.assets.count);
    (1..)
        .zip(positions)
        .try_for_each(|(number, position)| position.validate(number, venues, assets))
}
