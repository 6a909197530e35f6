//! What a leveraged position is: contract kinds, sides, margin, bankruptcy and liquidation prices.
//!
//! Linear contracts (profit in dollars, one unit is one coin) and inverse contracts (profit in coins, one unit is one
//! dollar) share all formulas once a unit's *value* is written in the settlement currency: v = P for linear, v = −1/P for
//! inverse. Then profit is s·q·(v − e) with e the value at entry, and the requirement is m·q·|v|.

use cascade_scenario::VenueId;

use crate::units::{Price, Usd};

/// Direction of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Long, Self::Short];

    /// +1 for long, −1 for short: s in the formulas.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Long => 1.0,
            Self::Short => -1.0,
        }
    }

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

/// One side of a venue's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractSide {
    /// The venue.
    pub venue: VenueId,
    /// Linear or inverse.
    pub kind: ContractKind,
    /// Long or short.
    pub side: Side,
}

/// In what a contract is counted and settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractKind {
    /// A unit is one coin, profit and margin are dollars.
    Linear,
    /// A unit is one dollar, profit and margin are coins.
    Inverse,
}

impl ContractKind {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Linear, Self::Inverse];

    /// Value v of one unit, in the settlement currency, at a price of the coin.
    pub const fn value(self, price: Price) -> f64 {
        match self {
            Self::Linear => price.get(),
            Self::Inverse => -1.0 / price.get(),
        }
    }

    /// The price of the coin at which a unit has this value; infinite for an inverse contract's value ≥ 0.
    pub const fn price(self, value: f64) -> Price {
        match self {
            Self::Linear => Price::new(value),
            Self::Inverse if value < 0.0 => Price::new(-1.0 / value),
            Self::Inverse => Price::INFINITY,
        }
    }

    /// Notional of a quantity at a price.
    pub const fn notional(self, quantity: f64, price: Price) -> Usd {
        Usd::new(match self {
            Self::Linear => quantity * price.get(),
            Self::Inverse => quantity,
        })
    }

    /// Quantity with this notional at a price.
    pub const fn quantity(self, notional: Usd, price: Price) -> f64 {
        match self {
            Self::Linear => notional.get() / price.get(),
            Self::Inverse => notional.get(),
        }
    }

    /// Dollars per unit of the settlement currency at a price.
    pub const fn usd_per_settlement(self, price: Price) -> f64 {
        match self {
            Self::Linear => 1.0,
            Self::Inverse => price.get(),
        }
    }

    /// What an amount of the settlement currency is worth at a price.
    pub const fn usd(self, amount: f64, price: Price) -> Usd {
        Usd::new(amount * self.usd_per_settlement(price))
    }

    /// The amount of the settlement currency that is worth as much at a price.
    pub const fn settlement(self, usd: Usd, price: Price) -> f64 {
        usd.get() / self.usd_per_settlement(price)
    }
}

/// An isolated leveraged position; its side, contract and tier are those of the ladder it stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Number of the position, unique within a run.
    pub id: u32,
    /// Units: coins for linear, dollars for inverse contracts.
    pub quantity: f64,
    /// Value of a unit at entry.
    pub entry: f64,
    /// Margin in the settlement currency, funding up to the opening folded in.
    pub margin: f64,
}

impl crate::positions::ladder::Item for Position {
    fn number(&self) -> u32 {
        self.id
    }

    fn weight(&self) -> f64 {
        self.quantity
    }
}

impl Position {
    /// Value of a unit at which the margin is used up: e − s·W/q.
    pub fn bankruptcy_value(&self, side: Side) -> f64 {
        self.entry - side.sign() * self.margin / self.quantity
    }

    /// Equity when a unit is worth `value`, with `funding` paid per unit since the contract began.
    pub fn equity(&self, side: Side, value: f64, funding: f64) -> f64 {
        self.margin + side.sign() * self.quantity * (value - self.entry - funding)
    }

    /// Splits off a share between 0 and 1 of the position; what is left keeps its ladder key.
    #[must_use]
    pub fn split(&mut self, share: f64) -> Self {
        let part = Self {
            quantity: self.quantity * share,
            margin: self.margin * share,
            ..*self
        };
        self.quantity -= part.quantity;
        self.margin -= part.margin;
        part
    }
}

/// What a ladder requires of its positions: the maintenance rate m and the deduction c of the tier (settlement currency), and the
/// haircut h. A position is liquidated when (1 − h)·W + s·q·(v − e) ≤ m·q·|v| − c: the collateral counts for less, gains and
/// losses count in full.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Requirement {
    /// Share of the notional.
    pub rate: f64,
    /// Deducted from the requirement.
    pub deduction: f64,
    /// Whether the rate applies to the notional at entry instead of at the mark.
    pub on_entry: bool,
    /// Comes on top of the rate, always on the notional at the mark: what a volatility margin adds.
    pub add_on: f64,
    /// Share of the posted collateral that does not count; 0 for dollars.
    pub haircut: f64,
}

impl Requirement {
    /// The ladder key: ((1 − h)·W + c)/q − s·e, less m·|e| if the rate is taken at entry. It does not change with the price,
    /// with funding or with a rate taken at the mark.
    pub fn key(&self, position: &Position, side: Side) -> f64 {
        let at_entry = if self.on_entry {
            self.rate * position.entry.abs()
        } else {
            0.0
        };
        let counted = (1.0 - self.haircut) * position.margin;
        (counted + self.deduction) / position.quantity - side.sign() * position.entry - at_entry
    }

    /// What an equity counts for: less by the haircut on the collateral.
    pub fn counted(&self, position: &Position, equity: f64) -> f64 {
        equity - self.haircut * position.margin
    }

    /// The requirement for a multiple of the maintenance margin.
    #[must_use]
    pub fn times(&self, multiple: f64) -> Self {
        Self {
            rate: multiple * self.rate,
            deduction: multiple * self.deduction,
            on_entry: self.on_entry,
            add_on: multiple * self.add_on,
            haircut: self.haircut,
        }
    }

    /// What a unit of a position adds to its maintenance margin when it is worth `value`, in the settlement currency.
    pub fn unit_rate(&self, position: &Position, value: f64) -> f64 {
        let base = if self.on_entry { position.entry } else { value };
        self.rate * base.abs() + self.add_on * value.abs()
    }

    /// The units that may be kept if, after the rest is sold at `value` for a fee of this share of its notional, the equity
    /// that counts, E − h·W, is to be `target` times the maintenance margin. What is sold turns profit or loss d a unit and the fee
    /// into collateral, of which the haircut counts: with g = (1 − h)·φ·|v| + h·d, E − h·W − g·(q − y) = t·(u·y − c), so that
    /// y = ((E − h·W)/t + c − g·q/t)/(u − g/t). Below 0 if nothing may; none if selling does not help.
    pub fn restorable(&self, position: &Position, equity: f64, value: f64, target: f64, fee: f64) -> Option<f64> {
        let gain = (equity - position.margin) / position.quantity;
        let charge = ((1.0 - self.haircut) * fee * value.abs() + self.haircut * gain) / target;
        let per_unit = self.unit_rate(position, value) - charge;
        let counted = self.counted(position, equity);
        (per_unit > 0.0).then(|| (counted / target + self.deduction - charge * position.quantity) / per_unit)
    }

    /// Share of the notional at the mark.
    pub fn rate_at_mark(&self) -> f64 {
        self.add_on + if self.on_entry { 0.0 } else { self.rate }
    }

    /// Collateral to be posted so that the equity counts for a multiple of the maintenance margin; 0 if it does already.
    pub fn top_up(&self, position: &Position, equity: f64, value: f64, target: f64) -> f64 {
        let required = self.unit_rate(position, value) * position.quantity - self.deduction;
        ((target * required - self.counted(position, equity)) / (1.0 - self.haircut)).max(0.0)
    }

    /// Share of the notional that a new position must post for the maintenance margin alone, the haircut included.
    pub fn posted_share(&self) -> f64 {
        self.unit_share() / (1.0 - self.haircut)
    }

    /// Share of the notional that is required in all, a rate taken at entry counted as if that were the mark.
    pub const fn unit_share(&self) -> f64 {
        self.rate + self.add_on
    }

    /// The threshold that a unit's value sets: positions with key ≤ m·|v| − s·(v − A) are liquidated, A being the funding
    /// paid per unit so far.
    pub fn threshold(&self, value: f64, side: Side, funding: f64) -> f64 {
        self.rate_at_mark() * value.abs() - side.sign() * (value - funding)
    }

    /// The mark price at which a key is reached; 0 or infinite for keys that never are.
    pub fn liquidation_price(&self, key: f64, kind: ContractKind, side: Side, funding: f64) -> Price {
        let sign = side.sign();
        let rate = self.rate_at_mark();
        let per_value = match kind {
            ContractKind::Linear => rate - sign,
            ContractKind::Inverse => -rate - sign,
        };
        kind.price((key - sign * funding) / per_value).max(Price::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn liquidation_price(
        kind: ContractKind,
        side: Side,
        notional: f64,
        price: f64,
        leverage: f64,
        on_entry: bool,
    ) -> f64 {
        let price = Price::new(price);
        let quantity = kind.quantity(Usd::new(notional), price);
        let entry = kind.value(price);
        let position = Position {
            id: 0,
            quantity,
            entry,
            margin: quantity * entry.abs() / leverage,
        };
        let rule = Requirement {
            rate: 0.005,
            deduction: 0.0,
            on_entry,
            ..Requirement::default()
        };
        rule.liquidation_price(rule.key(&position, side), kind, side, 0.0).get()
    }

    #[test]
    fn t1_linear_liquidation_prices() {
        let exact = liquidation_price(ContractKind::Linear, Side::Long, 20_000.0, 20_000.0, 50.0, false);
        assert!((exact - 19_698.492_5).abs() < 0.01, "{exact}");
        let at_entry = liquidation_price(ContractKind::Linear, Side::Long, 20_000.0, 20_000.0, 50.0, true);
        assert!((at_entry - 19_700.0).abs() < 0.01, "{at_entry}");
    }

    #[test]
    fn t2_inverse_liquidation_prices() {
        let long = liquidation_price(ContractKind::Inverse, Side::Long, 60_000.0, 50_000.0, 10.0, false);
        assert!((long - 45_681.818_2).abs() < 0.01, "{long}");
        let short = liquidation_price(ContractKind::Inverse, Side::Short, 60_000.0, 50_000.0, 10.0, false);
        assert!((short - 55_277.777_8).abs() < 0.01, "{short}");
    }

    #[test]
    fn threshold_and_liquidation_price_agree() {
        for kind in ContractKind::BOTH {
            for side in Side::BOTH {
                for on_entry in [false, true] {
                    let rule = Requirement {
                        rate: 0.02,
                        deduction: 3.0e-4,
                        on_entry,
                        haircut: 0.3,
                        ..Requirement::default()
                    };
                    let position = Position {
                        id: 1,
                        quantity: 2.0,
                        entry: kind.value(Price::new(100.0)),
                        margin: 0.2 * kind.value(Price::new(100.0)).abs(),
                    };
                    let funding = 0.01 * kind.value(Price::new(100.0));
                    let key = rule.key(&position, side);
                    let price = rule.liquidation_price(key, kind, side, funding);
                    let (before, after) = (price * (1.0 + 1e-9 * side.sign()), price * (1.0 - 1e-9 * side.sign()));
                    assert!(
                        key > rule.threshold(kind.value(before), side, funding),
                        "{kind:?} {side:?}"
                    );
                    assert!(
                        key <= rule.threshold(kind.value(after), side, funding),
                        "{kind:?} {side:?}"
                    );
                }
            }
        }
    }
}
