//! What must hold after every step. A violation halts the run in a state that names rule, step and figures.

use cascade_scenario::{BookId, RegionId, VenueId};

use std::fmt;

use crate::lending::pool::LendingPool;
use crate::log::Halt;
use crate::market::books::Book;
use crate::positions::account::{Account, Trader};
use crate::positions::clearing::Clearing;
use crate::positions::contract::Side;
use crate::positions::venue::Contract;
use crate::positions::venues::Venues;
use crate::traders::accounts;
use crate::traders::stops::StopOrders;
use crate::units::{Coins, Price, Usd};
use crate::world::World;

/// Largest relative error a rule may show.
pub const TOLERANCE: f64 = 1e-9;

/// A price this many times above or below the start has left every market the model describes.
const PRICE_RANGE: f64 = 1e12;
/// The rule that a runaway without end violates.
const PRICE_RULE: &str = "every price is a number within a factor of 1e12 of the start";

/// The books are audited relative to the largest gross holdings a contract has ever had: what was rounded when the sums
/// were large stays in them when they are small again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// Largest gross holdings of each contract so far.
    gross: Vec<Gross>,
    /// Over all steps and rules.
    pub max_relative_error: f64,
}

/// Largest gross holdings of a contract so far.
#[derive(Clone, Copy, Debug, Default)]
struct Gross {
    /// Units of every account, and all that were ever opened.
    units: f64,
    /// What accounts and funds hold, settlement currency.
    money: f64,
}

/// One rule's outcome.
struct Finding {
    rule: &'static str,
    error: f64,
    figures: String,
}

impl Ledger {
    /// Checks every rule.
    pub(crate) fn check(&mut self, world: &World) -> Option<Halt> {
        let mut worst: Option<Finding> = None;
        let mut report = |rule: &'static str, error: f64, figures: &dyn Fn() -> String| {
            let error = if error.is_finite() { error } else { f64::INFINITY };
            self.max_relative_error = self.max_relative_error.max(error);
            if error > TOLERANCE && worst.is_none() {
                worst = Some(Finding {
                    rule,
                    error,
                    figures: figures(),
                });
            }
        };
        self.gross.resize(2 * world.venues.len(), Gross::default());
        let mut check_book = |name: &dyn fmt::Display, book: &Book| {
            let relative = book.price / world.market.start_price();
            let bad = !(relative > 1.0 / PRICE_RANGE && relative < PRICE_RANGE && book.depth.get().is_finite());
            report(PRICE_RULE, if bad { f64::INFINITY } else { 0.0 }, &|| {
                format!("{name}: price {}, depth {}", book.price.get(), book.depth.get())
            });
        };
        for (id, book) in BookId::each(&world.market.books) {
            check_book(&id, book);
        }
        for (id, book) in RegionId::each(world.market.abroad()) {
            check_book(&id, book);
        }
        report(
            "the price change is the sum of its sources",
            world.market.attribution_error(),
            &|| format!("{:?}", world.market.level(BookId::SPOT)),
        );
        report(
            "the price of a halted book stands still",
            world.market.halt_error(),
            &|| format!("{:?}", world.market.books),
        );
        report(
            "no position is cancelled while the insurance fund has money",
            f64::from(u8::from(world.tally.deleveraged_too_early)),
            &|| "auto-deleveraging with a fund above 0".to_owned(),
        );
        if let Some(pool) = &world.pool {
            let figures = || format!("{pool:?}");
            let lost = 1.0 - pool.coins.get() * pool.usd.get() / pool.founded;
            report(
                "the pool's k never falls",
                if lost < 0.0 { 0.0 } else { lost },
                &figures,
            );
            report(
                "the pool's price change is the sum of its sources",
                (pool.level.by_source.values().sum::<f64>() - pool.log_price().get()).abs(),
                &figures,
            );
        }
        check_clearing(&world.clearing, &mut report);
        if let Some(pool) = &world.lending {
            check_loans(pool, &mut report);
        }
        check_stops(&world.stops, &world.venues, &mut report);
        for (id, venue) in VenueId::each(world.venues.iter()) {
            for (contract, gross) in venue.contracts.iter().zip(&mut self.gross[2 * id.index()..]) {
                let place = format_args!("{id}, {:?} contract", contract.kind);
                check_contract(contract, venue.mark, gross, place, &mut report);
            }
        }
        worst.map(|finding| Halt {
            rule: finding.rule,
            step: world.moment.step,
            figures: format!("relative error {:.3e}; {}", finding.error, finding.figures),
        })
    }
}

fn check_clearing(clearing: &Clearing, report: &mut impl FnMut(&'static str, f64, &dyn Fn() -> String)) {
    let figures = || format!("{clearing:?}");
    let holdings = clearing.fund + clearing.default_fund();
    report(
        "clearing house and members hold what was paid in",
        relative((holdings - clearing.net_deposits).get(), clearing.gross.get()),
        &figures,
    );
    let least = clearing.contributions.iter().copied().fold(clearing.fund, Usd::min);
    let overdrawn = if least >= Usd::ZERO { 0.0 } else { f64::INFINITY };
    report("no contribution to the default fund is below 0", overdrawn, &figures);
}

fn check_contract(
    contract: &Contract,
    mark: Price,
    largest: &mut Gross,
    place: fmt::Arguments<'_>,
    report: &mut impl FnMut(&'static str, f64, &dyn Fn() -> String),
) {
    let value = contract.kind.value(mark);
    let (long, short) = (contract.side(Side::Long), contract.side(Side::Short));
    let over_accounts =
        |of: fn(&Account, f64) -> f64| contract.unlevered().map(|account| of(account, value)).sum::<f64>();
    let net = long.open.quantity - short.open.quantity + over_accounts(|account, _| account.quantity);
    let gross = long.flows.opened + short.flows.opened + over_accounts(|account, _| account.largest().0);
    largest.units = largest.units.max(gross);
    report(
        "longs equal shorts in every contract",
        relative(net, largest.units),
        &|| format!("{place}: net {net}, gross {gross}"),
    );

    let equity: f64 = contract
        .sides
        .iter()
        .map(|book| book.open.equity(book.side, value, contract.funding))
        .sum();
    let worth = equity + over_accounts(Account::worth) + contract.fund + contract.paid_out - contract.deficit;
    let holdings: f64 = contract
        .sides
        .iter()
        .map(|book| book.open.entry.abs() + book.open.margin.abs())
        .sum::<f64>()
        + gross * value.abs()
        + over_accounts(|account, _| account.largest().1)
        + contract.fund
        + contract.paid_out.abs()
        + contract.deficit
        + contract.net_deposits.abs();
    largest.money = largest.money.max(holdings);
    let scale = largest.money;
    report(
        "what all accounts hold is what was paid in",
        relative(worth - contract.net_deposits, scale),
        &|| format!("{place}: holdings {worth}, net deposits {}", contract.net_deposits),
    );

    let fund_error = if contract.fund >= 0.0 { 0.0 } else { f64::INFINITY };
    report("the insurance fund is never below 0", fund_error, &|| {
        format!("{place}: fund {}", contract.fund)
    });

    for book in [long, short] {
        let flows = &book.flows;
        let gap = flows.opened - flows.liquidated - flows.deleveraged - flows.sold - flows.closed - book.open.quantity;
        report(
            "what was opened is closed or still stands",
            relative(gap, flows.opened),
            &|| format!("{place}, {:?}: {flows:?}, open {}", book.side, book.open.quantity),
        );
    }
}

fn check_loans(pool: &LendingPool, report: &mut impl FnMut(&'static str, f64, &dyn Fn() -> String)) {
    let flows = &pool.flows;
    let figures = || format!("{flows:?}, debt {}, collateral {}", pool.outstanding(), pool.collateral);
    let owed = flows.lent + flows.interest;
    let accounted = pool.outstanding() + flows.repaid + flows.written_off + flows.closed;
    report(
        "what was lent is owed, repaid or written off",
        relative(owed - accounted, owed),
        &figures,
    );
    let kept = pool.collateral + flows.seized + flows.withdrawn;
    report(
        "collateral is held, seized or back with its holder",
        relative(flows.deposited - kept, flows.deposited),
        &figures,
    );
    report(
        "liquidators of loans trade every coin they have to",
        relative((flows.coins_traded - flows.coins_due).get(), flows.coins_due.get()),
        &figures,
    );
}

fn check_stops(stops: &StopOrders, venues: &Venues, report: &mut impl FnMut(&'static str, f64, &dyn Fn() -> String)) {
    for (book, side, queue) in stops.queues() {
        let accounted = queue.resting() + queue.waiting + queue.traded + queue.withdrawn;
        report(
            "a stop order that was placed rests, waits, or was traded or withdrawn",
            relative((queue.placed - accounted).get(), queue.placed.get()),
            &|| format!("{book}, {side:?}: {queue:?}"),
        );
    }
    for book in BookId::first(venues.len() + 1) {
        let of_book = || stops.queues().filter(move |(of, ..)| *of == book);
        let out: Coins = of_book().map(|(_, side, queue)| side.sign() * queue.out).sum();
        let traded: Coins = of_book().map(|(.., queue)| queue.traded).sum();
        let held = accounts::coins(venues, Trader::StopHolders, book);
        report(
            "holders of stop orders lack what was traded for them",
            relative((held + out).get(), traded.get()),
            &|| format!("{book}: hold {}, out {}", held.get(), out.get()),
        );
    }
}

fn relative(error: f64, scale: f64) -> f64 {
    if error == 0.0 {
        0.0
    } else {
        error.abs() / scale.max(f64::MIN_POSITIVE)
    }
}
