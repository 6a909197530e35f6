//! Partial liquidation: a tranche of a position is sold first, and the rest is looked at again after a cooldown. A tranche is
//! a fixed share of the position, or as much as brings its equity back to a multiple of the maintenance margin, given the fee
//! and a fill at the mark (`Requirement::restorable`).
//!
//! What a tranche loses comes out of the position's margin, and so does its fee, which goes to the insurance fund. The rest
//! then stands with less leverage: if that is enough it returns to its ladder, otherwise the next tranche is due. Until the
//! cooldown is over nobody looks at it: its losses may grow beyond its margin, and then it is liquidated whole and the
//! waterfall decides who pays; nor is it in line for auto-deleveraging.

use cascade_scenario::{BookId, Parameters, TrancheSize};

use crate::clock::Moment;
use crate::market::books::Market;
use crate::market::source::Source;
use crate::positions::contract::{ContractKind, ContractSide, Position, Side};
use crate::positions::taken_over::Cooling;
use crate::positions::tiers;
use crate::positions::totals::Totals;
use crate::positions::venue::{Contract, SideBook, TierLadder};
use crate::positions::venues::Venues;
use crate::units::{Price, Usd};

/// The units of a position of a side that are sold first; none if it is liquidated whole, because tranches are not in use,
/// its margin is used up at the mark, or too little would be left.
pub(crate) fn first_tranche(
    parameters: &Parameters,
    kind: ContractKind,
    book: &SideBook,
    position: &Position,
    mark: Price,
    funding: f64,
) -> Option<f64> {
    let settings = &parameters.staggered;
    if !settings.enabled {
        return None;
    }
    let value = kind.value(mark);
    let equity = position.equity(book.side, value, funding);
    let units = match settings.size {
        TrancheSize::Share => position.quantity * settings.tranche,
        TrancheSize::Restore => {
            // What is kept may stand in a lower tier; as the requirement is convex, it is the largest of all tiers'.
            let kept = |tier: &TierLadder| {
                tier.requirement
                    .restorable(position, equity, value, settings.target, fee_rate(parameters))
            };
            let kept = book
                .tiers
                .iter()
                .map(kept)
                .try_fold(f64::INFINITY, |least, kept| Some(least.min(kept?)));
            position.quantity - kept?.clamp(0.0, position.quantity)
        }
    };
    let rest = kind.notional(position.quantity - units, mark);
    (equity > 0.0 && units > 0.0 && rest >= Usd::new(settings.smallest_rest)).then_some(units)
}

/// What a tranche pays to the insurance fund, a share of its notional.
fn fee_rate(parameters: &Parameters) -> f64 {
    parameters.staggered.fee + parameters.fund.penalty
}

/// Puts the positions whose cooldown is over back on the ladders, with the keys they have now.
pub(crate) fn return_cooled(moment: &Moment, venues: &mut Venues) {
    let cooldown = moment.parameters.staggered.cooldown;
    let (step, dt) = (moment.step, moment.dt());
    let mut returned = false;
    for venue in venues.iter_mut() {
        for contract in &mut venue.contracts {
            let kind = contract.kind;
            for book in &mut contract.sides {
                while let Some(next) = book.staggered.cooling.front()
                    && (step - next.since) as f64 * dt >= cooldown
                {
                    let position = next.position;
                    book.staggered.cooling.pop_front();
                    let tier = &mut book.tiers[tiers::tier_of_position(&moment.parameters.margin, kind, &position)];
                    tier.place(position, book.side);
                    returned = true;
                }
            }
        }
    }
    venues.version += u64::from(returned);
}

/// Sells waiting tranches worth at most `limit` as one order, the last one in part if need be. Returns their notional.
pub(crate) fn sell(moment: &Moment, market: &mut Market, venues: &mut Venues, place: ContractSide, limit: Usd) -> Usd {
    let ContractSide { venue, kind, side } = place;
    let book = BookId::of(venue);
    let price = market.books[book].price;
    let waiting = &venues[venue].contracts[kind as usize].side(side).staggered;
    let (mut notional, mut whole, mut share) = (Usd::ZERO, 0, 0.0);
    for tranche in &waiting.tranches {
        let size = kind.notional(tranche.due, price);
        if notional + size > limit {
            share = (limit - notional) / size;
            notional = limit;
            break;
        }
        notional += size;
        whole += 1;
    }
    if notional <= Usd::ZERO {
        return Usd::ZERO;
    }
    let fill = market.execute(book, -side.sign() * notional, Source::Liquidations);
    let sale = Sale {
        side,
        value: kind.value(fill.price),
        fee: fee_rate(&moment.parameters),
        step: moment.step,
    };
    sale.settle(&mut venues[venue].contracts[kind as usize], whole, share);
    notional
}

/// An order that closed tranches.
struct Sale {
    side: Side,
    /// Value of a unit at the fill.
    value: f64,
    /// Share of the notional.
    fee: f64,
    step: u64,
}

impl Sale {
    /// Books the sale of the first `whole` tranches and of a share of the next.
    fn settle(&self, contract: &mut Contract, whole: usize, share: f64) {
        let (mut sold, mut fees) = (0.0, 0.0);
        let funding = contract.funding;
        let book = contract.side_mut(self.side);
        for _ in 0..whole {
            let Some(mut tranche) = book.staggered.tranches.pop_front() else {
                break;
            };
            let units = tranche.due;
            fees += self.close(units, &mut tranche.position, &mut book.open, funding);
            book.clients.shift(tranche.position.id, -units);
            sold += units;
            book.staggered.cooling.push_back(Cooling {
                position: tranche.position,
                since: self.step,
            });
        }
        if share > 0.0
            && let Some(tranche) = book.staggered.tranches.front_mut()
        {
            let units = share * tranche.due;
            tranche.due -= units;
            fees += self.close(units, &mut tranche.position, &mut book.open, funding);
            book.clients.shift(tranche.position.id, -units);
            sold += units;
        }
        let staggered = &mut book.staggered;
        staggered.due = if staggered.tranches.is_empty() {
            0.0
        } else {
            staggered.due - sold
        };
        book.flows.liquidated += sold;
        contract.fund += fees;
        contract.counterparty.buy(self.side.sign() * sold, self.value);
    }

    /// Takes units out of a position and out of its side's sums: their profit or loss and the fee change the margin that
    /// is left. Returns the fee, no more than the position is worth.
    fn close(&self, units: f64, position: &mut Position, open: &mut Totals, funding: f64) -> f64 {
        let equity = position.equity(self.side, self.value, funding);
        let fee = (self.fee * units * self.value.abs()).min(equity.max(0.0));
        let change = self.side.sign() * units * (self.value - position.entry - funding) - fee;
        position.quantity -= units;
        position.margin += change;
        open.quantity -= units;
        open.entry -= units * position.entry;
        open.margin += change;
        fee
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Placement, Simulation};
    use cascade_scenario::{AssetId, Scenario, Shock, VenueId};

    /// One long of 20 coins at 100,000 with leverage 20, in a book so deep that its sale moves nothing.
    fn single(settings: &[(&str, f64)]) -> (Simulation, Position) {
        let mut scenario = Scenario::default();
        let still = [
            ("market.volatility", 0.0),
            ("venues.count", 1.0),
            ("funding.enabled", 0.0),
            ("liquidity.depth", 1e12),
            ("staggered.enabled", 1.0),
        ];
        for (path, value) in still.iter().chain(settings) {
            scenario.set(path, *value).unwrap();
        }
        let position = Position {
            id: 0,
            quantity: 20.0,
            entry: 1e5,
            margin: 1e5,
        };
        let placement = Placement {
            venue: VenueId::FIRST,
            kind: ContractKind::Linear,
            side: Side::Long,
            tier: tiers::tier_of_position(&scenario.parameters.margin, ContractKind::Linear, &position),
            position,
        };
        (Simulation::with_positions(&scenario, &[placement]).unwrap(), position)
    }

    fn fall(simulation: &mut Simulation, price: f64) {
        let size = price / simulation.assets[0].observation().index - 1.0;
        simulation.shock(&Shock {
            size: Some(size),
            over_steps: Some(1),
            ..Shock::default()
        });
        simulation.step();
    }

    fn the_position(simulation: &Simulation) -> Position {
        let standing: Vec<_> = simulation.assets[0].standing().collect();
        assert_eq!(standing.len(), 1);
        standing[0].position
    }

    /// A tranche is sold, its loss and fee come out of the margin, and what is left stands safely after the cooldown.
    #[test]
    fn a_tranche_restores_the_position() {
        let (mut simulation, before) = single(&[("fund.insurance", 0.0), ("staggered.fee", 0.001)]);
        let price = 95_470.0;
        fall(&mut simulation, price);
        // Equity 9,400 is 0.492 % of 1.9094 M.
        let after = the_position(&simulation);
        let fee = 0.001 * 4.0 * price;
        assert!((after.quantity - 16.0).abs() < 1e-12);
        assert!(
            (after.margin - (before.margin - 4.0 * 4_530.0 - fee)).abs() < 0.5,
            "{after:?}"
        );
        assert!((simulation.assets[0].observation().insurance_fund - fee).abs() < 1e-2);
        assert_eq!(
            simulation.assets[0].world.venues[0].contracts[0].sides[0]
                .staggered
                .cooling
                .len(),
            1
        );
        // Sold in step 0, looked at again 30 s later.
        let on_ladder = |simulation: &Simulation| {
            simulation.assets[0].world.venues[0].contracts[0].sides[0].tiers[0]
                .ladder
                .len()
        };
        for _ in 1..3 {
            simulation.step();
            assert_eq!(on_ladder(&simulation), 0);
        }
        simulation.step();
        assert_eq!(on_ladder(&simulation), 1);
        // Equity 9,400 less the fee, on 1.5275 M: above maintenance, so nothing more happens.
        (0..100).for_each(|_| simulation.step());
        assert_eq!(the_position(&simulation), after);
        // Its liquidation price is that of its new margin: (W − q·E)/(q·(m − 1)).
        let liquidation = (after.margin - after.quantity * 1e5) / (after.quantity * (0.005 - 1.0));
        fall(&mut simulation, liquidation + 1.0);
        assert_eq!(the_position(&simulation).quantity, after.quantity);
        fall(&mut simulation, liquidation - 1.0);
        assert!((the_position(&simulation).quantity - 0.8 * after.quantity).abs() < 1e-9);
        assert!(
            simulation.halted().is_none() && simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-12
        );
    }

    /// While the price goes on falling, tranche follows tranche until the margin is used up and the rest goes whole.
    #[test]
    fn a_fall_that_goes_on_liquidates_tranche_by_tranche() {
        let (mut simulation, before) = single(&[("staggered.cooldown", 30.0)]);
        let mut quantities = vec![before.quantity];
        for step in 0..100 {
            fall(&mut simulation, 95_470.0 - 60.0 * f64::from(step));
            let left = simulation.assets[0].standing().map(|p| p.position.quantity).sum();
            if quantities.last() != Some(&left) {
                quantities.push(left);
            }
        }
        let last = quantities.pop();
        assert_eq!(last, Some(0.0));
        assert!(quantities.len() > 3, "{quantities:?}");
        assert!(quantities.windows(2).all(|pair| (pair[1] / pair[0] - 0.8).abs() < 1e-9));
        assert!(
            simulation.halted().is_none() && simulation.summary_of(AssetId::FIRST).ledger_max_relative_error < 1e-12
        );
    }

    /// A position whose margin is used up at the mark gets no second look.
    #[test]
    fn the_bankrupt_are_liquidated_whole() {
        let (mut simulation, _) = single(&[]);
        fall(&mut simulation, 94_000.0);
        assert_eq!(simulation.assets[0].standing().count(), 0);
        assert!((simulation.assets[0].observation().insurance_fund - (100e6 - 20_000.0)).abs() < 5.0);
    }

    /// The cut that restores the margin: y = (E/t + c − φ·|v|·q/t)/(u − φ·|v|/t) is kept, after which the equity less the fee
    /// is t times the maintenance margin.
    #[test]
    fn a_cut_restores_the_margin() {
        let fee = 0.001;
        let settings = [
            ("staggered.size", 1.0),
            ("staggered.target", 2.0),
            ("staggered.fee", 0.4 * fee),
            ("fund.penalty", 0.6 * fee),
        ];
        let (mut simulation, before) = single(&settings);
        let price = 95_470.0;
        fall(&mut simulation, price);
        // Equity 9,400 on 20 coins, u = 477.35, φ·v = 95.47: (4,700 − 954.7)/(477.35 − 47.735) = 8.7178 coins are kept.
        let after = the_position(&simulation);
        assert!((after.quantity - 8.717_820_5).abs() < 1e-4, "{after:?}");
        let equity = after.equity(Side::Long, price, 0.0);
        let maintenance = 0.005 * after.quantity * price;
        assert!((equity / maintenance - 2.0).abs() < 1e-3, "{equity} {maintenance}");
        let paid = fee * price * (before.quantity - after.quantity);
        assert!((simulation.assets[0].observation().insurance_fund - 1e8 - paid).abs() < 1e-2);

        // In tiers the notional decides which rate counts; what is kept satisfies all of them.
        let (mut simulation, _) = single(&[&settings[..], &[("margin.tiers", 1.0)]].concat());
        fall(&mut simulation, 96_000.0);
        let kept = the_position(&simulation);
        let equity = kept.equity(Side::Long, 96_000.0, 0.0);
        let tier = tiers::tier_of_position(&simulation.parameters().margin, ContractKind::Linear, &kept);
        let rule = tiers::requirement(&simulation.parameters().margin, tier, 1.0);
        let required = rule.unit_rate(&kept, 96_000.0) * kept.quantity - rule.deduction;
        assert!(
            kept.quantity < 20.0 && equity / required > 2.0 - 1e-3,
            "{kept:?} {equity} {required}"
        );
    }

    /// Where too little would be left, where selling does not help, and below bankruptcy, the whole position goes.
    #[test]
    fn no_cut_without_a_rest_worth_keeping() {
        let restore = [("staggered.size", 1.0), ("staggered.target", 2.0)];
        let left = |more: &[(&str, f64)], price: f64| {
            let (mut simulation, _) = single(&[&restore[..], more].concat());
            fall(&mut simulation, price);
            simulation.assets[0]
                .standing()
                .map(|p| p.position.quantity)
                .sum::<f64>()
        };
        // With the tranche fee of 0.05 %: (4,700 − 477.35)/(477.35 − 23.87) coins.
        assert!((left(&[], 95_470.0) - 9.311_6).abs() < 1e-3);
        assert_eq!(left(&[("staggered.smallest_rest", 9.3e5)], 95_470.0), 0.0);
        assert_eq!(left(&[("fund.penalty", 0.01)], 95_470.0), 0.0);
        assert_eq!(left(&[], 94_990.0), 0.0);
    }
}
