//! Cross-margin accounts: one collateral of dollars and coins stands behind positions in several assets, so that a fall of
//! one asset forces sales in another.
//!
//! Equity = USD + Σ_a (cash_a + q_a·P_a) + (1 − h)·coins·P_c, with P the marks of the account's venue and h its haircut; the
//! account is liquidated when equity ≤ Σ_a m_a·|q_a|·P_a. Its positions are closed on its venue's books; what is still owed
//! then is raised by selling collateral coins in the spot book; what is owed after that falls to the insurance fund, and
//! beyond it is bad debt.

mod account;
mod causes;
mod prospect;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::RngExt as _;
use rand_distr::{Distribution, StandardNormal};

use cascade_scenario::{self, ASSETS_MAX, AssetId, BookId, Parameters, VENUES_MAX, VenueId};

use crate::asset::Asset;
use crate::forced::clearing;
use crate::forced::outlet::Outlet;
use crate::log::{Halt, LogEvent};
use crate::market::source::Source;
use crate::pace::Pace;
use crate::positions::account::Account;
use crate::positions::contract::{ContractKind, Side};
use crate::positions::population::{pick, venue_shares};
use crate::random::{Purpose, RandomStreams};
use crate::units::{Coins, Usd};

use account::{CrossAccount, Terms};
pub use causes::Spillover;

const LINEAR: usize = ContractKind::Linear as usize;

/// Coins are sold for this much more than what is owed, so that the sale's own impact does not leave a remainder.
const SALE_SLACK: f64 = 1.01;

/// A number of the order in which accounts must be looked at again.
#[derive(Clone, Copy, Debug)]
struct Variation(f64);

impl PartialEq for Variation {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Variation {}

impl PartialOrd for Variation {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Variation {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// An account that has failed.
#[derive(Clone, Copy, Debug)]
struct Failing {
    /// Its place among the accounts.
    at: usize,
    /// By how much each asset made it fail.
    causes: causes::Shares,
}

/// All cross-margin accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct CrossAccounts {
    accounts: Vec<CrossAccount>,
    /// Accounts that stand, by the variation of prices at which they may be in trouble.
    due: BinaryHeap<Reverse<(Variation, usize)>>,
    /// Σ of the largest change of any log mark, round by round.
    variation: f64,
    terms: Terms,
    /// Funding per coin already charged, by asset and venue.
    funding: Vec<Vec<f64>>,
    /// The terms at which the accounts were opened.
    opened: Terms,
    /// Accounts being closed, in the order in which they failed.
    closing: Vec<Failing>,
    /// What they have sold, by what made them fail.
    spillover: Spillover,
    /// The same as of the end of the step before.
    told: Spillover,
    /// Collateral coins paid in and sold.
    coins: Coins,
    sold: Coins,
    /// What was traded up to now and the largest holdings of a contract, for the scale of the ledger's errors.
    turnover: Usd,
    gross: Usd,
    touched: bool,
    /// When the engines look at them.
    pace: Pace,
}

impl CrossAccounts {
    /// Memory of the accounts, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.accounts.len() * size_of::<CrossAccount>() + self.due.len() * size_of::<Reverse<(Variation, usize)>>()
    }

    /// Draws the accounts of a scenario at the present marks.
    pub(crate) fn new(parameters: &Parameters, seed: u64, assets: &mut [Asset]) -> Self {
        let mut all = Self::default();
        all.redraw(parameters, seed, assets);
        all
    }

    /// Closes all accounts at the marks, without impact, and draws them anew. The same draws every time.
    pub(crate) fn redraw(&mut self, parameters: &Parameters, seed: u64, assets: &mut [Asset]) {
        for asset in assets.iter_mut() {
            for venue in asset.world.venues.iter_mut() {
                let contract = &mut venue.contracts[LINEAR];
                let held = std::mem::take(&mut contract.cross);
                contract.counterparty.buy_coins(held.coins(), venue.mark);
                contract.net_deposits -= held.worth_at(venue.mark).get();
            }
        }
        let drawn = if parameters.cross.enabled {
            draw(parameters, seed, assets)
        } else {
            Vec::new()
        };
        self.open(parameters, drawn, assets);
    }

    /// Takes accounts over at the present marks, against the counterparties.
    pub(crate) fn open(&mut self, parameters: &Parameters, accounts: Vec<CrossAccount>, assets: &mut [Asset]) {
        let terms = Terms::now(assets, parameters);
        *self = Self {
            opened: terms.clone(),
            spillover: self.spillover,
            told: self.told,
            pace: self.pace,
            coins: accounts.iter().map(|account| account.coins).sum(),
            funding: assets
                .iter()
                .map(|asset| {
                    asset
                        .world
                        .venues
                        .iter()
                        .map(|venue| venue.contracts[LINEAR].funding)
                        .collect()
                })
                .collect(),
            accounts,
            touched: true,
            ..Self::default()
        };
        for account in &self.accounts {
            for (asset, leg) in assets.iter_mut().zip(&account.legs) {
                let contract = &mut asset.world.venues[account.venue].contracts[LINEAR];
                contract.cross.take(leg.quantity, leg.cash);
                contract.counterparty.take(-leg.quantity, -leg.cash);
                self.turnover += leg.usd().abs();
            }
        }
        self.look_at_all(terms);
    }

    /// A step begins.
    pub(crate) fn begin_step(&mut self, parameters: &Parameters) {
        self.pace
            .begin_step(parameters.market.step_seconds, parameters.execution.interval);
    }

    /// One round: charges funding, finds the accounts whose collateral no longer suffices, and closes them as far as the
    /// books permit. Returns whether anything happened.
    pub(crate) fn react(&mut self, parameters: &Parameters, assets: &mut [Asset]) -> bool {
        if self.accounts.is_empty() {
            return false;
        }
        self.charge_funding(assets);
        if !self.pace.look() {
            return false;
        }
        let found = self.scan(Terms::now(assets, parameters), assets);
        let mut executed = false;
        for (id, asset) in AssetId::each(&mut *assets) {
            for venue in asset.world.venues.ids() {
                for side in Side::BOTH {
                    executed |= self.close_positions(asset, (id, venue), side);
                }
            }
        }
        executed |= self.sell_collateral(assets);
        self.settle(assets);
        found || executed
    }

    fn charge_funding(&mut self, assets: &[Asset]) {
        for (index, asset) in assets.iter().enumerate() {
            for (venue, state) in VenueId::each(asset.world.venues.iter()) {
                let charged = &mut self.funding[index][venue.index()];
                let paid = state.contracts[LINEAR].funding - *charged;
                if paid != 0.0 {
                    *charged += paid;
                    for account in self.accounts.iter_mut().filter(|account| account.venue == venue) {
                        let leg = &mut account.legs[index];
                        leg.cash -= leg.quantity * paid;
                    }
                    // Funding moves every account's equity: all are due.
                    self.terms = Terms::default();
                }
            }
        }
    }

    /// Moves the accounts that have failed to those being closed. An account whose equity exceeds its requirement by S cannot
    /// fail before prices, rates and haircuts have moved by S/reach together, so only those are looked at that might.
    fn scan(&mut self, terms: Terms, assets: &mut [Asset]) -> bool {
        let before = self.closing.len();
        if self.terms.marks.is_empty() {
            self.look_at_all(terms);
        } else {
            self.variation += terms.variation(&self.terms);
            self.terms = terms;
        }
        // Each once: where the variation is so large that the way still to go is lost in it, an account is due at once again.
        let mut due = Vec::new();
        while self.due.peek().is_some_and(|Reverse((at, _))| at.0 <= self.variation) {
            due.extend(self.due.pop().map(|Reverse((_, index))| index));
        }
        for index in due {
            self.look_at(index);
        }
        for failing in &self.closing[before..] {
            let largest = self.accounts[failing.at].largest_leg(&self.terms);
            assets[largest].world.tally.cross_liquidations += 1;
        }
        self.closing.len() > before
    }

    fn look_at_all(&mut self, terms: Terms) {
        self.terms = terms;
        self.due.clear();
        self.variation = 0.0;
        let mut closing = vec![false; self.accounts.len()];
        for failing in &self.closing {
            closing[failing.at] = true;
        }
        for index in (0..self.accounts.len()).filter(|index| !closing[*index]) {
            self.look_at(index);
        }
    }

    fn look_at(&mut self, index: usize) {
        let account = &self.accounts[index];
        if account.legs.iter().all(|leg| leg.quantity == 0.0) {
            return;
        }
        let (slack, reach) = self.terms.slack(account);
        if slack <= Usd::ZERO {
            let causes = causes::causes(account, &self.opened, &self.terms);
            self.closing.push(Failing { at: index, causes });
        } else {
            // No part moves by more than e^V − 1 of its reach, V the variation on the way.
            let at = self.variation + libm::log1p(slack / reach);
            self.due.push(Reverse((Variation(at), index)));
        }
    }

    /// Closes what failing accounts hold of one side at one venue by one order, first come, first served.
    fn close_positions(&mut self, asset: &mut Asset, (id, venue): (AssetId, VenueId), side: Side) -> bool {
        let held = |account: &CrossAccount| (side.sign() * account.legs[id.index()].coins()).max(Coins::ZERO);
        let at_venue = |account: &&CrossAccount| account.venue == venue;
        let of_closing = self.closing.iter().map(|failing| &self.accounts[failing.at]);
        let coins: Coins = of_closing.filter(at_venue).map(held).sum();
        if coins <= Coins::ZERO {
            return false;
        }
        let price = asset.world.market.books[BookId::of(venue)].price;
        let limit = asset.forced_order_limit(venue, -side.sign());
        let share = (limit / (coins * price)).min(1.0);
        if share <= 0.0 {
            return false;
        }
        let notional = share * coins * price;
        let fill = asset
            .world
            .market
            .execute(BookId::of(venue), -side.sign() * notional, Source::Contagion);
        asset.use_allowance(venue, notional);
        let mut left = share * coins;
        for failing in &self.closing {
            let account = &mut self.accounts[failing.at];
            if account.venue == venue {
                let closed = held(account).min(left);
                left -= closed;
                self.spillover.close(id, closed * price, &failing.causes);
                account.legs[id.index()].buy_coins(-side.sign() * closed, fill.price);
                if share == 1.0 && closed > Coins::ZERO {
                    account.legs[id.index()].quantity = 0.0;
                }
            }
        }
        let world = &mut asset.world;
        let contract = &mut world.venues[venue].contracts[LINEAR];
        contract.cross.buy_coins(-side.sign() * share * coins, fill.price);
        contract.counterparty.buy_coins(side.sign() * share * coins, fill.price);
        world.tally.cross_closed += notional;
        world.tally.liquidated[venue.index()][side as usize] += notional;
        world.tally.routes.add(Outlet::Book, notional);
        self.turnover += notional;
        self.touched = true;
        true
    }

    /// Sells collateral coins of accounts without positions that still owe money.
    fn sell_collateral(&mut self, assets: &mut [Asset]) -> bool {
        let collateral = self.terms.collateral;
        let world = &mut assets[collateral].world;
        let price = world.market.books[BookId::SPOT].price;
        let wanted = |account: &CrossAccount| {
            let flat = account.legs.iter().all(|leg| leg.quantity == 0.0);
            let owed = -account.cash();
            if flat && owed > Usd::ZERO {
                account.coins.min(owed * SALE_SLACK / price)
            } else {
                Coins::ZERO
            }
        };
        let failing = self.closing.iter();
        let coins: Coins = failing.map(|failing| wanted(&self.accounts[failing.at])).sum();
        if coins <= Coins::ZERO {
            return false;
        }
        let share = (world.market.order_limit(BookId::SPOT, -1.0) / (coins * price)).min(1.0);
        if share <= 0.0 {
            return false;
        }
        let fill = world
            .market
            .execute(BookId::SPOT, -share * coins * price, Source::Contagion);
        for failing in &self.closing {
            let account = &mut self.accounts[failing.at];
            let all = wanted(account);
            let sold = share * all;
            self.spillover.sell_collateral(sold * price, &failing.causes);
            account.coins = if sold == account.coins {
                Coins::ZERO
            } else {
                account.coins - sold
            };
            account.usd += sold * fill.price;
        }
        self.sold += share * coins;
        world.tally.collateral_sold += share * coins * price;
        true
    }

    /// Lets accounts go that owe nothing, and those that have nothing left: their debts fall to what stands behind the
    /// contract that lost most, and beyond it stay unpaid.
    fn settle(&mut self, assets: &mut [Asset]) {
        let accounts = &mut self.accounts;
        self.closing.retain(|failing| {
            let account = &mut accounts[failing.at];
            let flat = account.legs.iter().all(|leg| leg.quantity == 0.0);
            let owed = -account.cash();
            if !flat || owed > Usd::ZERO && account.coins > Coins::ZERO {
                return true;
            }
            if owed > Usd::ZERO {
                let worst = (0..assets.len()).min_by(|a, b| account.legs[*a].cash.total_cmp(&account.legs[*b].cash));
                let index = worst.unwrap_or(0);
                let world = &mut assets[index].world;
                clearing::lose(
                    &world.moment,
                    &mut world.venues,
                    &mut world.clearing,
                    account.venue,
                    ContractKind::Linear,
                    failing.at as u32,
                    owed.get(),
                );
                world.venues[account.venue].contracts[LINEAR].cross.cash += owed.get();
                account.legs[index].cash += owed.get();
                world.tally.cross_shortfall += owed;
            }
            false
        });
    }

    /// What failed accounts have sold so far, by the asset that made them fail.
    pub(crate) const fn spillover(&self) -> &Spillover {
        &self.spillover
    }

    /// Number of accounts.
    pub(crate) const fn count(&self) -> usize {
        self.accounts.len()
    }

    /// Logs what a step brought.
    pub(crate) fn report(&mut self, assets: &mut [Asset]) {
        for (id, asset) in AssetId::each(assets) {
            let world = &asset.world;
            if world.tally.cross_liquidations > 0 {
                asset.log.note(
                    &world.moment,
                    LogEvent::CrossLiquidated {
                        accounts: world.tally.cross_liquidations,
                        usd: world.tally.cross_closed.get(),
                        because_of: self.spillover.because_of(id, &self.told),
                    },
                );
            }
        }
        self.told = self.spillover;
    }

    /// The contracts hold what the accounts hold, and collateral coins are held or sold. Errors count relative to the largest
    /// holdings and turnover so far, as in the ledger of the contracts.
    pub(crate) fn check(&mut self, assets: &[Asset]) -> Option<Halt> {
        if !std::mem::take(&mut self.touched) {
            return None;
        }
        let mut gaps = Vec::new();
        for (id, asset) in AssetId::each(assets) {
            let venues = &asset.world.venues;
            let mut sums = [(Account::default(), Usd::ZERO); VENUES_MAX];
            for account in &self.accounts {
                let (leg, (sum, gross)) = (&account.legs[id.index()], &mut sums[account.venue.index()]);
                sum.quantity += leg.quantity;
                sum.cash += leg.cash;
                *gross += leg.coins().abs() * venues[account.venue].mark + leg.usd().abs();
            }
            for (venue, state) in VenueId::each(venues.iter()) {
                let (sum, gross) = sums[venue.index()];
                self.gross = self.gross.max(gross);
                let held = &state.contracts[LINEAR].cross;
                let gap = (sum.coins() - held.coins()).abs() * state.mark + (sum.usd() - held.usd()).abs();
                gaps.push((gap, id, venue, sum, *held));
            }
        }
        let scale = self.gross.max(self.turnover).max(Usd::new(f64::MIN_POSITIVE));
        let coins: Coins = self.accounts.iter().map(|account| account.coins).sum();
        let lost = (coins + self.sold - self.coins).abs() / self.coins.max(Coins::new(f64::MIN_POSITIVE));
        let bad = |error: f64| error.is_nan() || error > crate::measure::ledger::TOLERANCE;
        let halt = |figures: String| Halt {
            rule: "cross accounts hold what their contracts hold",
            step: assets[0].world.moment.step,
            figures,
        };
        if bad(lost) {
            return Some(halt(format!(
                "{} coins held, {} sold of {}",
                coins.get(),
                self.sold.get(),
                self.coins.get()
            )));
        }
        let (gap, asset, venue, sum, held) = gaps.into_iter().find(|(gap, ..)| bad(*gap / scale))?;
        Some(halt(format!(
            "relative error {:.3e}; {asset}, {venue}: {sum:?}, {held:?}",
            gap / scale
        )))
    }
}

/// The accounts of a scenario: sizes log-normal, leverage log-normal about its mean, each with a main asset.
fn draw(parameters: &Parameters, seed: u64, assets: &[Asset]) -> Vec<CrossAccount> {
    let settings = &parameters.cross;
    let mut rng = RandomStreams::new(seed, AssetId::FIRST).stream(Purpose::CrossAccounts);
    let shares = venue_shares(parameters);
    let collateral = (settings.collateral_asset as usize).min(assets.len()) - 1;
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let draws: Vec<[f64; 2]> = (0..settings.count).map(|_| [normal(), normal()]).collect();
    let sizes: Vec<f64> = draws
        .iter()
        .map(|[size, _]| libm::exp(parameters.positions.size_dispersion * size))
        .collect();
    let total: f64 = sizes.iter().sum();
    sizes
        .iter()
        .zip(&draws)
        .map(|(size, [_, draw])| {
            let venue = VenueId::new(pick(&shares, rng.random()));
            let sign = if rng.random::<f64>() < settings.long_share {
                1.0
            } else {
                -1.0
            };
            let main = (rng.random::<f64>() * assets.len() as f64) as usize;
            let notional = Usd::new(settings.open_interest) * *size / total;
            let leverage = (settings.leverage * libm::exp(settings.leverage_dispersion * draw)).max(1.0);
            let equity = notional / leverage;
            let mut legs = [Account::default(); ASSETS_MAX];
            for (index, (leg, asset)) in legs.iter_mut().zip(assets).enumerate() {
                let even = settings.spread / assets.len() as f64;
                let weight = if index == main {
                    1.0 - settings.spread + even
                } else {
                    even
                };
                let mark = asset.world.venues[venue].mark;
                leg.buy_coins(sign * notional * weight / mark, mark);
            }
            let in_coins = settings.coin_share * equity / (1.0 - parameters.cross_haircut_at(venue));
            CrossAccount {
                venue,
                usd: (1.0 - settings.coin_share) * equity,
                coins: in_coins / assets[collateral].world.venues[venue].mark,
                legs,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
