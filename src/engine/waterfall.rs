//! Who pays for a liquidation: the position's margin, then the insurance fund, then profitable positions of the other side
//! (auto-deleveraging), and what is left is bad debt.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::contract::{ContractKind, Side};
use super::route::{Outlet, Taker};
use super::source::Source;
use super::venue::{Contract, Totals};
use super::world::World;

/// Of the sums that are added up when a batch is settled: what is smaller is their rounding.
const ROUNDING: f64 = 1e-13;

/// Positions of one venue, contract and side that are closed together.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// Venue, from 0.
    pub venue: usize,
    /// Contract.
    pub kind: ContractKind,
    /// Side that is closed.
    pub side: Side,
    /// Sums over the positions.
    pub totals: Totals,
    /// Notional in USD at the book's price.
    pub notional: f64,
}

/// A profitable position in line for auto-deleveraging; the greatest is next, ties go by number.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    score: f64,
    tier: usize,
    key: f64,
    id: u32,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.id.cmp(&self.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

/// The auto-deleveraging lines of a step; made when first needed, kept for the rest of the step.
#[derive(Clone, Debug, Default)]
pub struct Deleveraging {
    lines: Vec<((usize, ContractKind, Side), BinaryHeap<Ranked>)>,
}

impl Deleveraging {
    /// Ranks are made anew in the next step.
    pub fn forget(&mut self) {
        self.lines.clear();
    }
}

/// Closes a batch through an outlet. As much is sold there as leaves the fund at or above zero; the rest is cancelled against
/// profitable positions at the bankruptcy price, without a print; what finds no such position is sold too, at a loss that
/// becomes bad debt.
pub fn settle(world: &mut World, ranking: &mut Deleveraging, batch: &Batch, outlet: Outlet) {
    let Batch {
        venue,
        kind,
        side,
        totals,
        notional,
    } = *batch;
    let book = venue + 1;
    let sign = side.sign();
    let contract = &world.venues[venue].contracts[kind as usize];
    let bankruptcy = totals.bankruptcy(side, contract.funding);
    let market = &world.market;
    let (pool, fee) = (world.pool, world.parameters.amm.fee);
    let gain = |share: f64| {
        let value = match outlet {
            Outlet::Book => kind.value(market.quote(book, -sign * share * notional).price),
            Outlet::Pool => pool.map_or(0.0, |pool| pool.quote(kind, sign * share * totals.quantity, fee)),
            Outlet::Taker(_, value) => value,
        };
        share * sign * (totals.quantity * value - bankruptcy)
    };
    let mut sold = 1.0;
    if world.parameters.fund.auto_deleveraging && contract.fund + gain(1.0) < 0.0 {
        sold = affordable_share(contract.fund, gain);
        let cancelled = cancel(
            world,
            ranking,
            batch,
            (1.0 - sold) * totals.quantity,
            bankruptcy / totals.quantity,
        );
        sold = 1.0 - cancelled / totals.quantity;
    }
    let value = match outlet {
        Outlet::Book => {
            let order = -sign * sold * notional;
            kind.value(world.market.execute(book, order, Source::Liquidations).price)
        }
        Outlet::Pool => world.pool.as_mut().map_or(0.0, |pool| {
            pool.take(kind, sign * sold * totals.quantity, fee, Source::Liquidations)
        }),
        Outlet::Taker(_, value) => value,
    };
    world.tally.routes.add(outlet, sold * notional);
    let contract = &mut world.venues[venue].contracts[kind as usize];
    let buyer = match outlet {
        Outlet::Book => &mut contract.counterparty,
        Outlet::Pool => &mut contract.takers[Taker::Pool as usize],
        Outlet::Taker(taker, _) => &mut contract.takers[taker as usize],
    };
    buyer.buy(sign * sold * totals.quantity, value);
    let moved = contract.fund + bankruptcy.abs() + totals.quantity * value.abs();
    contract.fund += sold * sign * (totals.quantity * value - bankruptcy);
    if contract.fund < 0.0 {
        // The share that empties the fund is found to the last digit; what rounding leaves of it is no debt.
        if contract.fund < -ROUNDING * moved {
            contract.deficit -= contract.fund;
        }
        contract.fund = 0.0;
    }
    let early = sold < 1.0 && contract.fund > 1e-9 * moved;
    contract.side_mut(side).take_away(&totals);
    let flows = &mut contract.side_mut(side).flows;
    flows.liquidated += sold * totals.quantity;
    flows.deleveraged += (1.0 - sold) * totals.quantity;
    world.tally.deleveraged_too_early |= early;
}

/// Largest share of the batch whose sale leaves the fund at or above zero. The fund's gain is concave in the share and 0 at
/// 0, so the shares it can afford are an interval from 0.
fn affordable_share(fund: f64, gain: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while high - low > f64::EPSILON * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if fund + gain(middle) >= 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Cancels up to `quantity` units of a bankrupt side at a value each: first against levered positions by profit × effective
/// leverage, then against the unlevered counterparty as far as it stands on the other side with a profit. Returns the
/// units cancelled.
fn cancel(world: &mut World, ranking: &mut Deleveraging, batch: &Batch, quantity: f64, value: f64) -> f64 {
    let winners = batch.side.opposite();
    let line = line_of(world, ranking, (batch.venue, batch.kind, winners));
    let mark = world.venues[batch.venue].mark;
    let contract = &mut world.venues[batch.venue].contracts[batch.kind as usize];
    let mut left = quantity;
    let mut count = 0;
    while left > 0.0
        && let Some(next) = line.peek().copied()
    {
        let Some(closed) = reduce(contract, winners, next, left, value) else {
            line.pop();
            continue;
        };
        count += 1;
        if !closed.whole {
            // A position closed in part was larger than what was left.
            left = 0.0;
            break;
        }
        left = (left - closed.quantity).max(0.0);
        line.pop();
    }
    if left > 0.0 {
        let stands = -batch.side.sign() * contract.counterparty.quantity;
        if stands > 0.0 && contract.counterparty.worth(value) > 0.0 {
            let taken = left.min(stands);
            contract.counterparty.buy(batch.side.sign() * taken, value);
            left -= taken;
            count += 1;
        }
    }
    let cancelled = quantity - left;
    world.tally.deleverage_count += count;
    world.tally.deleveraged += batch.kind.notional_usd(cancelled, mark);
    world.book_version += u64::from(cancelled > 0.0);
    cancelled
}

struct Closed {
    quantity: f64,
    whole: bool,
}

/// Closes a ranked position, or the part of it that is needed, and pays its holder; none if it is gone or would close at a
/// loss.
fn reduce(contract: &mut Contract, side: Side, ranked: Ranked, quantity: f64, value: f64) -> Option<Closed> {
    let funding = contract.funding;
    let book = contract.side_mut(side);
    let ladder = &mut book.tiers[ranked.tier].ladder;
    let mut position = ladder.remove(ranked.key, |candidate| candidate.id == ranked.id)?;
    if side.sign() * (value - position.entry - funding) <= 0.0 {
        ladder.push(ranked.key, position);
        return None;
    }
    let whole = position.quantity <= quantity;
    let part = if whole {
        position
    } else {
        position.split(quantity / position.quantity)
    };
    if !whole {
        ladder.push(ranked.key, position);
    }
    book.take_away(&Totals::of(&part));
    book.flows.deleveraged += part.quantity;
    contract.paid_out += part.equity(side, value, funding);
    Some(Closed {
        quantity: part.quantity,
        whole,
    })
}

/// The line of a contract's profitable positions on a side.
fn line_of<'a>(
    world: &World,
    ranking: &'a mut Deleveraging,
    place: (usize, ContractKind, Side),
) -> &'a mut BinaryHeap<Ranked> {
    let index = ranking
        .lines
        .iter()
        .position(|(key, _)| *key == place)
        .unwrap_or_else(|| {
            ranking.lines.push((place, rank(world, place)));
            ranking.lines.len() - 1
        });
    &mut ranking.lines[index].1
}

/// Ranks by profit in per cent of the entry notional × effective leverage (BitMEX, Bybit).
fn rank(world: &World, (venue, kind, side): (usize, ContractKind, Side)) -> BinaryHeap<Ranked> {
    let contract = &world.venues[venue].contracts[kind as usize];
    let value = kind.value(world.venues[venue].mark);
    let mut line = Vec::new();
    for (tier, ladder) in contract.side(side).tiers.iter().enumerate() {
        for (key, position) in ladder.ladder.iter() {
            let profit = side.sign() * (value - position.entry - contract.funding) / position.entry.abs();
            let equity = position.equity(side, value, contract.funding);
            if profit > 0.0 && equity > 0.0 {
                let score = profit * position.quantity * value.abs() / equity;
                line.push(Ranked {
                    score,
                    tier,
                    key,
                    id: position.id,
                });
            }
        }
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use crate::engine::population::Placement;
    use crate::engine::{ContractKind, Position, Side, Simulation};
    use crate::scenario::{Scenario, Shock};

    /// 500 units at 1 with margin 100 on each side; the price doubles.
    #[test]
    fn t5_auto_deleveraging_closes_at_the_bankruptcy_price() {
        let mut scenario = Scenario::default();
        for (path, value) in [
            ("market.start_price", 1.0),
            ("market.volatility", 0.0),
            ("venues.count", 1.0),
            ("fund.insurance", 0.0),
        ] {
            scenario.set(path, value).unwrap();
        }
        let place = |side, id| Placement {
            venue: 0,
            kind: ContractKind::Linear,
            side,
            tier: 0,
            position: Position {
                id,
                quantity: 500.0,
                entry: 1.0,
                margin: 100.0,
            },
        };
        let short = place(Side::Short, 1);
        assert!((short.position.bankruptcy_value(Side::Short) - 1.2).abs() < 1e-12);
        let mut simulation = Simulation::with_positions(&scenario, &[place(Side::Long, 0), short]).unwrap();
        simulation.shock(&Shock {
            size: Some(1.0),
            over_steps: Some(1),
            ..Shock::default()
        });
        simulation.step();

        let contract = &simulation.assets[0].world.venues[0].contracts[ContractKind::Linear as usize];
        // The winner takes home its 100 and a profit of 100, which is the loser's margin; nobody else is touched.
        assert!((contract.paid_out - 200.0).abs() < 1e-9, "{}", contract.paid_out);
        assert_eq!((contract.fund, contract.deficit), (0.0, 0.0));
        assert_eq!(simulation.standing().count(), 0);
        let seen = simulation.observation();
        assert!(
            (seen.spot - 2.0).abs() < 1e-9 && (seen.futures[0] - 2.0).abs() < 1e-9,
            "cancelling printed on the book"
        );
        assert_eq!(seen.open_interest, 0.0);
        assert_eq!(simulation.summary().adl_count, 1);
        assert!(simulation.halted().is_none());
    }

    /// With money in the fund nobody is deleveraged, and without auto-deleveraging the loss is bad debt.
    #[test]
    fn the_fund_pays_first_and_bad_debt_is_last() {
        for (fund, deleverage) in [(1e9, true), (0.0, false), (0.0, true)] {
            let mut scenario = Scenario::default();
            scenario.set("fund.insurance", fund).unwrap();
            scenario
                .set("fund.auto_deleveraging", f64::from(u8::from(deleverage)))
                .unwrap();
            let mut simulation = Simulation::new(&scenario).unwrap();
            simulation.shock(&Shock {
                size: Some(-0.4),
                over_steps: Some(1),
                ..Shock::default()
            });
            for _ in 0..200 {
                simulation.step();
            }
            let summary = simulation.summary();
            assert!(summary.halted.is_none(), "{:?}", summary.halted);
            assert!(summary.insurance_fund_usd >= 0.0 && summary.liquidation_count > 1000);
            if fund == 0.0 {
                assert_eq!(summary.adl_count > 0, deleverage);
                assert!(deleverage || summary.bad_debt_usd > 0.0);
            }
        }
    }
}
