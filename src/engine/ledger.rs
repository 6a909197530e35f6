//! What must hold after every step. A violation halts the run in a state that names rule, step and figures.

use super::contract::Side;
use super::observation::Halt;
use super::venue::Contract;
use super::world::World;

/// Largest relative error a rule may show.
pub const TOLERANCE: f64 = 1e-9;

/// The largest relative error of any rule so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ledger {
    /// Over all steps and rules.
    pub max_relative_error: f64,
}

/// One rule's outcome.
struct Finding {
    rule: &'static str,
    error: f64,
    figures: String,
}

impl Ledger {
    /// Checks every rule.
    pub fn check(&mut self, world: &World) -> Option<Halt> {
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
        for (venue, book) in world.market.books.iter().enumerate() {
            let bad = !(book.price.is_finite() && book.price > 0.0 && book.depth.is_finite());
            report(
                "every price is a positive number",
                if bad { f64::INFINITY } else { 0.0 },
                &|| format!("book {venue}: price {}, depth {}", book.price, book.depth),
            );
        }
        report(
            "the price change is the sum of its sources",
            world.market.attribution_error(),
            &|| format!("{:?}", world.market.level(0)),
        );
        report(
            "no position is cancelled while the insurance fund has money",
            f64::from(u8::from(world.tally.deleveraged_too_early)),
            &|| "auto-deleveraging with a fund above 0".to_owned(),
        );
        for (index, venue) in world.venues.iter().enumerate() {
            for contract in &venue.contracts {
                let place = format_args!("venue {}, {:?} contract", index + 1, contract.kind).to_string();
                check_contract(contract, venue.mark, &place, &mut report);
            }
        }
        worst.map(|finding| Halt {
            rule: finding.rule,
            step: world.step,
            figures: format!("relative error {:.3e}; {}", finding.error, finding.figures),
        })
    }
}

fn check_contract(
    contract: &Contract,
    mark: f64,
    place: &str,
    report: &mut impl FnMut(&'static str, f64, &dyn Fn() -> String),
) {
    let value = contract.kind.value(mark);
    let (long, short) = (contract.side(Side::Long), contract.side(Side::Short));
    let (cp, arb) = (contract.counterparty, contract.arbitrageur);
    let net = long.open.quantity - short.open.quantity + cp.quantity + arb.quantity;
    let gross = long.flows.opened + short.flows.opened + cp.quantity.abs() + arb.quantity.abs();
    report("longs equal shorts in every contract", relative(net, gross), &|| {
        format!("{place}: net {net}, gross {gross}")
    });

    let equity: f64 = contract
        .sides
        .iter()
        .map(|book| book.open.equity(book.side, value, contract.funding))
        .sum();
    let worth = equity + cp.worth(value) + arb.worth(value) + contract.fund + contract.paid_out - contract.deficit;
    let scale = gross * value.abs() + contract.net_deposits.abs() + contract.fund + contract.paid_out.abs();
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
        let gap = flows.opened - flows.liquidated - flows.deleveraged - flows.closed - book.open.quantity;
        report(
            "what was opened is closed or still stands",
            relative(gap, flows.opened),
            &|| format!("{place}, {:?}: {flows:?}, open {}", book.side, book.open.quantity),
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
