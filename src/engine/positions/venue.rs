//! A venue, its two contracts and everybody's accounts: levered positions on ladders, the unlevered counterparty, the
//! arbitrageurs and the insurance fund.

use enum_map::EnumMap;
use std::collections::{BTreeSet, VecDeque};

use cascade_scenario::{IndexedBy, Margin, Parameters, VenueId};

use crate::positions::account::{Account, BackstopBuyer, Trader};
use crate::positions::charge::Charge;
use crate::positions::contract::{ContractKind, Position, Requirement, Side};
use crate::positions::ladder::Ladder;
use crate::positions::netting::{Clients, Membership};
use crate::positions::taken_over::{Lot, Settling, Staggered};
use crate::positions::tiers;
use crate::positions::totals::{Flows, Totals};
use crate::positions::watch::{Levels, Watch};
use crate::units::{Price, Usd};

/// The least that a tier's requirement has been.
#[derive(Clone, Copy, Debug, Default)]
struct Calmest {
    /// Share of the notional at the mark.
    rate: f64,
    /// Share of the collateral that did not count.
    haircut: f64,
}

/// The positions of one tier.
#[derive(Clone, Debug)]
pub struct TierLadder {
    /// What they must keep.
    pub requirement: Requirement,
    /// The least that was required so far.
    calmest: Calmest,
    /// The positions by liquidation key.
    pub ladder: Ladder<Position>,
    /// Who is to be called.
    pub watch: Watch,
}

impl TierLadder {
    fn new(low: f64, high: f64, expected: usize) -> Self {
        Self {
            requirement: Requirement::default(),
            calmest: Calmest::default(),
            ladder: Ladder::new(low, high, expected),
            watch: Watch::new(low, high, expected),
        }
    }

    /// Share of a position without profit that a holder who has just what is required must cut because more is required than at
    /// the least so far.
    pub fn forced_cut(&self) -> f64 {
        let rule = &self.requirement;
        let least = rule.unit_share() - rule.rate_at_mark() + self.calmest.rate;
        1.0 - least / (1.0 - self.calmest.haircut) / rule.posted_share()
    }

    /// Whether a position whose key the threshold has reached would not have been reached by the least that was required so far.
    pub fn is_due_to_tightening(&self, key: f64, position: &Position, threshold: f64, value: f64) -> bool {
        let counted = (self.requirement.haircut - self.calmest.haircut) * position.margin / position.quantity;
        key + counted > threshold - (self.requirement.rate_at_mark() - self.calmest.rate) * value.abs()
    }

    /// What is required now is the least so far, if it is less.
    fn note_calm(&mut self) {
        self.calmest.rate = self.calmest.rate.min(self.requirement.rate_at_mark());
        self.calmest.haircut = self.calmest.haircut.min(self.requirement.haircut);
    }

    /// From now on, what is required now counts as calm.
    fn begin_calm(&mut self) {
        self.calmest = Calmest {
            rate: self.requirement.rate_at_mark(),
            haircut: self.requirement.haircut,
        };
    }

    /// Every position's key is another.
    fn rekey(&mut self, side: Side) {
        let rule = self.requirement;
        self.ladder.rekey(|_, position| rule.key(position, side));
        self.watch.outdate();
    }

    /// Changes every position that `change` says it has changed: it stands by its new key and can be called from now on.
    pub fn change(&mut self, side: Side, mut change: impl FnMut(&mut Position) -> bool) {
        let Self {
            ladder,
            watch,
            requirement,
            ..
        } = self;
        ladder.rekey(|key, position| {
            if !change(position) {
                return key;
            }
            let key = requirement.key(position, side);
            watch.arm(requirement, side, key, position);
            key
        });
    }

    /// Puts many positions on the ladder at once, as [`Self::place`] does one after the other.
    pub fn place_all(&mut self, positions: &[Position], side: Side) {
        let rule = &self.requirement;
        let by_key: Vec<_> = positions.iter().map(|p| (rule.key(p, side), *p)).collect();
        self.ladder.extend(&by_key);
        self.watch.arm_all(rule, side, &by_key);
    }

    /// Puts a position on the ladder; it can be called from now on.
    pub fn place(&mut self, position: Position, side: Side) {
        let key = self.requirement.key(&position, side);
        self.ladder.push(key, position);
        self.watch.arm(&self.requirement, side, key, &position);
    }

    /// Puts a position on the ladder that has moved here from another tier. Calls have to be configured afterwards.
    fn put_back(&mut self, position: Position, side: Side, waits: bool) {
        self.ladder.push(self.requirement.key(&position, side), position);
        self.watch.outdate();
        if waits {
            self.watch.carry_over(position.id);
        }
    }
}

/// All levered positions of one side of a contract.
#[derive(Clone, Debug)]
pub struct SideBook {
    /// Long or short.
    pub side: Side,
    /// One ladder a tier.
    pub tiers: Vec<TierLadder>,
    /// Taken over, but not to be closed before the execution latency is over.
    pub settling: VecDeque<Settling>,
    /// Taken over by the liquidation engine, not yet closed.
    pub queue: VecDeque<Position>,
    /// On auction, the oldest lot first.
    pub lots: VecDeque<Lot>,
    /// Units settling, in the queue and on auction.
    pub queued: f64,
    /// Liquidated in tranches.
    pub staggered: Staggered,
    /// Whose clients they are.
    pub clients: Clients,
    /// Sums over ladders, queue, lots and tranches.
    pub open: Totals,
    /// Units by fate.
    pub flows: Flows,
    /// Whether positions stand in line for auto-deleveraging instead of on their ladders.
    pub in_line: bool,
}

impl SideBook {
    fn new(kind: ContractKind, side: Side, parameters: &Parameters, expected: usize, membership: Membership) -> Self {
        let (low, high) = key_range(kind, side, Price::new(parameters.market.start_price));
        let tiers = (0..tiers::count(&parameters.margin))
            .map(|_| TierLadder::new(low, high, expected))
            .collect();
        Self {
            side,
            tiers,
            settling: VecDeque::new(),
            queue: VecDeque::new(),
            lots: VecDeque::new(),
            queued: 0.0,
            staggered: Staggered::default(),
            clients: Clients::new(membership),
            open: Totals::default(),
            flows: Flows::default(),
            in_line: false,
        }
    }

    /// Makes as many tiers as a margin policy has. If that is another number, all standing positions come off their ladders,
    /// each with whether it waits after a margin call.
    fn resize_tiers(&mut self, margin: &Margin, (low, high): (f64, f64)) -> Vec<(Position, bool)> {
        let count = tiers::count(margin);
        if count == self.tiers.len() {
            return Vec::new();
        }
        let mut lifted = Vec::new();
        for tier in &mut self.tiers {
            let waiting: BTreeSet<u32> = tier.watch.take_waiting().collect();
            let standing = tier.ladder.drain().into_iter();
            lifted.extend(standing.map(|position| (position, waiting.contains(&position.id))));
            tier.watch.clear();
        }
        let expected = lifted.len();
        self.tiers.resize_with(count, || TierLadder::new(low, high, expected));
        lifted
    }

    /// Whether whom to call has to be found out anew for margin calls at these multiples, because keys have changed or the
    /// multiples have.
    pub fn needs_watching_anew(&self, levels: Option<Levels>) -> bool {
        self.tiers.iter().any(|tier| tier.watch.needs_rebuilding(levels))
    }

    /// Memory of its positions, in bytes.
    pub fn bytes(&self) -> usize {
        let waiting = self.queue.len() * size_of::<Position>() + self.lots.len() * size_of::<Lot>();
        let tiers = self.tiers.iter().map(|tier| tier.ladder.bytes() + tier.watch.bytes());
        size_of::<Self>() + waiting + self.staggered.bytes() + tiers.sum::<usize>()
    }

    /// Takes closed positions out of the sums; a side without positions has exactly nothing, whatever was rounded before.
    pub fn take_away(&mut self, closed: &Totals) {
        self.open.quantity -= closed.quantity;
        self.open.entry -= closed.entry;
        self.open.margin -= closed.margin;
        let nothing_waits = self.nothing_queued() && self.staggered.is_empty() && !self.in_line;
        if nothing_waits && self.tiers.iter().all(|tier| tier.ladder.is_empty()) {
            self.open = Totals::default();
            self.clients.clear();
        }
    }

    /// The liquidation engine takes a position over, to close so many units of it first, or all of it. It may be closed
    /// at once where there is no execution latency.
    pub fn take_over(&mut self, position: Position, tranche: Option<f64>) {
        if let Some(units) = tranche {
            self.staggered.push(position, units);
        } else {
            self.queued += position.quantity;
            self.enqueue(position);
        }
    }

    /// The same, at the end of the execution latency.
    pub fn settle_later(&mut self, position: Position, tranche: Option<f64>, step: u64) {
        self.queued += position.quantity;
        self.settling.push_back(Settling {
            position,
            tranche,
            since: step,
        });
    }

    /// Positions taken over in step `latest` or before may be closed now.
    pub fn settle_until(&mut self, latest: u64) {
        while let Some(next) = self.settling.pop_front_if(|next| next.since <= latest) {
            match next.tranche {
                Some(units) => {
                    self.queued -= next.position.quantity;
                    self.staggered.push(next.position, units);
                }
                None => self.enqueue(next.position),
            }
        }
        if self.nothing_queued() {
            self.queued = 0.0;
        }
    }

    fn enqueue(&mut self, position: Position) {
        self.clients.enqueue(position.id, position.quantity);
        self.queue.push_back(position);
    }

    /// Whether nothing is settling, queued or on auction.
    pub fn nothing_queued(&self) -> bool {
        self.settling.is_empty() && self.queue.is_empty() && self.lots.is_empty()
    }

    /// Units that the liquidation engine has taken over and not yet sold.
    pub const fn waiting_units(&self) -> f64 {
        self.queued + self.staggered.due
    }

    /// Notional that is liquidated at mark price `near` or between it and `far`, which is further from safety.
    pub fn resting_between(&self, kind: ContractKind, funding: f64, near: Price, far: Price) -> Usd {
        self.resting(kind, near.geometric_mean(far), |rule| {
            let key = |price| rule.threshold(kind.value(price), self.side, funding);
            (key(near), key(far))
        })
    }

    /// Notional that is liquidated once the mark price has reached `far`.
    pub fn resting_until(&self, kind: ContractKind, funding: f64, far: Price) -> Usd {
        self.resting(kind, far, |rule| {
            (f64::NEG_INFINITY, rule.threshold(kind.value(far), self.side, funding))
        })
    }

    /// The part of [`Self::resting_until`] `far` that the mark price has not reached: what a further move to there sets off.
    pub fn resting_beyond(&self, kind: ContractKind, funding: f64, mark: Price, far: Price) -> Usd {
        let reached = kind.notional(self.units_reached(kind, funding, mark), far);
        // What counts as evenly spread inside a bucket on one side only may round below nothing.
        (self.resting_until(kind, funding, far) - reached).max(Usd::ZERO)
    }

    /// Units of positions on the ladders whose liquidation price the mark has passed: no engine has looked at them since.
    pub fn units_reached(&self, kind: ContractKind, funding: f64, mark: Price) -> f64 {
        let tiers = self.tiers.iter().map(|tier| {
            let threshold = tier.requirement.threshold(kind.value(mark), self.side, funding);
            tier.ladder.weight_reached(threshold)
        });
        tiers.sum()
    }

    /// Notional, at a price, of the positions whose keys lie between the two that each tier's requirement gives.
    pub fn resting(&self, kind: ContractKind, price: Price, keys: impl Fn(&Requirement) -> (f64, f64)) -> Usd {
        let units = self.tiers.iter().map(|tier| {
            let (low, high) = keys(&tier.requirement);
            tier.ladder.weight_between(low, high)
        });
        kind.notional(units.sum(), price)
    }
}

/// Keys that positions of a contract and side usually have.
fn key_range(kind: ContractKind, side: Side, start_price: Price) -> (f64, f64) {
    let unit = kind.value(start_price).abs();
    match (kind, side) {
        (ContractKind::Linear, Side::Long) | (ContractKind::Inverse, Side::Short) => (-2.0 * unit, 2.0 * unit),
        (ContractKind::Linear, Side::Short) | (ContractKind::Inverse, Side::Long) => (0.0, 4.0 * unit),
    }
}

/// One contract of a venue: everything that is settled in one currency.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Linear or inverse.
    pub kind: ContractKind,
    /// Longs and shorts.
    pub sides: [SideBook; 2],
    /// The unlevered other side of every contract.
    pub counterparty: Account,
    /// Basis traders.
    pub arbitrageur: Account,
    /// Options dealers: the part of their hedge that stands here.
    pub dealer: Account,
    /// Cross-margin accounts, all together.
    pub cross: Account,
    /// Those who take liquidated positions over off the book.
    pub takers: EnumMap<BackstopBuyer, Account>,
    /// Predators, liquidity providers and the like; they hold linear contracts.
    pub traders: EnumMap<Trader, Account>,
    /// Insurance fund, settlement currency.
    pub fund: f64,
    /// Losses nobody has paid, settlement currency.
    pub deficit: f64,
    /// Losses that profitable holders have shared, settlement currency.
    pub socialised: f64,
    /// Paid out to holders, settlement currency: whose profitable positions were cancelled, and whose liquidation left
    /// something.
    pub paid_out: f64,
    /// Margins and funds brought in, less what redrawn holders took away.
    pub net_deposits: f64,
    /// Funding paid by one long unit since the start, settlement currency: A in the key formulas.
    pub funding: f64,
}

impl Contract {
    /// Levered positions of a side.
    pub const fn side(&self, side: Side) -> &SideBook {
        &self.sides[side as usize]
    }

    /// Levered positions of a side.
    pub const fn side_mut(&mut self, side: Side) -> &mut SideBook {
        &mut self.sides[side as usize]
    }

    /// Adds a levered position against the counterparty at its entry value; its margin is a deposit. Funding paid by the
    /// contract so far is folded into the stored margin.
    pub fn open(&mut self, side: Side, tier: usize, position: Position) {
        let position = self.enter(side, position);
        self.sides[side as usize].tiers[tier].place(position, side);
    }

    /// Counts a position that [`TierLadder::place`] or [`TierLadder::place_all`] has yet to put on its ladder, and returns it as
    /// it stands there.
    pub fn enter(&mut self, side: Side, mut position: Position) -> Position {
        self.net_deposits += position.margin;
        let book = &mut self.sides[side as usize];
        position.margin += side.sign() * position.quantity * self.funding;
        book.open.add(&position);
        book.clients.shift(position.id, position.quantity);
        book.flows.opened += position.quantity;
        self.counterparty.buy(-side.sign() * position.quantity, position.entry);
        position
    }

    /// Closes every levered position at a value against the counterparty, without force or impact.
    pub fn close_all(&mut self, value: f64) {
        for book in &mut self.sides {
            let sign = book.side.sign();
            self.net_deposits -= book.open.equity(book.side, value, self.funding);
            self.counterparty.buy(sign * book.open.quantity, value);
            book.flows.closed += book.open.quantity;
            book.open = Totals::default();
            book.settling.clear();
            book.clients.clear();
            book.queue.clear();
            book.lots.clear();
            book.queued = 0.0;
            book.staggered.clear();
            for tier in &mut book.tiers {
                tier.ladder.clear();
                tier.watch.clear();
            }
        }
    }

    /// Every long unit pays `amount` of the settlement currency, every short unit receives it.
    pub fn pay_funding(&mut self, amount: f64) {
        self.funding += amount;
        let others = [
            &mut self.counterparty,
            &mut self.arbitrageur,
            &mut self.dealer,
            &mut self.cross,
        ];
        for account in others
            .into_iter()
            .chain(self.takers.values_mut())
            .chain(self.traders.values_mut())
        {
            account.cash -= account.quantity * amount;
        }
    }

    /// Every account without a ladder.
    pub fn unlevered(&self) -> impl Iterator<Item = &Account> {
        [&self.counterparty, &self.arbitrageur, &self.dealer, &self.cross]
            .into_iter()
            .chain(self.takers.values())
            .chain(self.traders.values())
    }

    /// Open interest in units: all positive positions, the unlevered ones included.
    pub fn open_interest_units(&self) -> f64 {
        self.side(Side::Long).open.quantity + self.unlevered().map(|account| account.quantity.max(0.0)).sum::<f64>()
    }
}

/// A venue with its mark price and contracts.
#[derive(Clone, Debug)]
pub struct Venue {
    /// The price its liquidation engine looks at.
    pub mark: Price,
    /// Whether the venue is gone: its mark stands and its liquidation engine sleeps.
    pub is_out: bool,
    /// Linear, then inverse.
    pub contracts: [Contract; 2],
}

impl IndexedBy<VenueId> for Venue {}

impl Venue {
    /// An empty venue with a margin policy; `expected` levered positions a ladder, the insurance fund shared over its contracts.
    pub fn new(parameters: &Parameters, margin: &Margin, expected: usize, fund: Usd, membership: Membership) -> Self {
        let price = Price::new(parameters.market.start_price);
        let coin_share = parameters.positions.coin_margin_share;
        let contracts = ContractKind::BOTH.map(|kind| {
            let share = if kind == ContractKind::Inverse {
                coin_share
            } else {
                1.0 - coin_share
            };
            let fund = kind.settlement(fund * share, price);
            let expected = if share > 0.0 { expected } else { 0 };
            Contract {
                kind,
                sides: Side::BOTH.map(|side| SideBook::new(kind, side, parameters, expected, membership)),
                counterparty: Account::default(),
                arbitrageur: Account::default(),
                dealer: Account::default(),
                cross: Account::default(),
                takers: EnumMap::default(),
                traders: EnumMap::default(),
                fund,
                deficit: 0.0,
                socialised: 0.0,
                paid_out: 0.0,
                net_deposits: fund,
                funding: 0.0,
            }
        });
        let mut venue = Self {
            mark: price,
            is_out: false,
            contracts,
        };
        venue.configure(margin, price);
        venue.begin_calm();
        venue
    }

    /// What volatility makes the venue ask for. By the rate only thresholds move. By the haircut keys move too: then calls have to
    /// be configured afterwards. Returns whether they do.
    pub fn set_charge(&mut self, charge: Charge) -> bool {
        let mut rekeyed = false;
        for contract in &mut self.contracts {
            for book in &mut contract.sides {
                for tier in &mut book.tiers {
                    let before = tier.requirement.haircut;
                    tier.requirement = charge.on(contract.kind, tier.requirement);
                    tier.note_calm();
                    if tier.requirement.haircut != before {
                        tier.rekey(book.side);
                        rekeyed = true;
                    }
                }
            }
        }
        rekeyed
    }

    /// From now on, what is required now counts as calm.
    pub fn begin_calm(&mut self) {
        let books = self.contracts.iter_mut().flat_map(|contract| &mut contract.sides);
        for tier in books.flat_map(|book| &mut book.tiers) {
            tier.begin_calm();
        }
    }

    /// Takes over a margin policy. Where a rate is folded into the keys they are computed anew; where there are other tiers,
    /// standing positions move to theirs. What waits in a queue stays there.
    pub fn configure(&mut self, margin: &Margin, start_price: Price) {
        for contract in &mut self.contracts {
            let unit = contract.kind.usd_per_settlement(start_price);
            for book in &mut contract.sides {
                let side = book.side;
                let lifted = book.resize_tiers(margin, key_range(contract.kind, side, start_price));
                for (index, tier) in book.tiers.iter_mut().enumerate() {
                    let wanted = Requirement {
                        add_on: tier.requirement.add_on,
                        haircut: tier.requirement.haircut,
                        ..tiers::requirement(margin, index, unit)
                    };
                    let folded = wanted.deduction != tier.requirement.deduction
                        || wanted.on_entry != tier.requirement.on_entry
                        || wanted.on_entry && wanted.rate != tier.requirement.rate;
                    tier.requirement = wanted;
                    if folded {
                        tier.begin_calm();
                        tier.rekey(side);
                    } else {
                        tier.note_calm();
                    }
                }
                for (position, waits) in lifted {
                    let number = tiers::tier_of_position(margin, contract.kind, &position);
                    book.tiers[number].put_back(position, side, waits);
                }
            }
        }
    }
}
