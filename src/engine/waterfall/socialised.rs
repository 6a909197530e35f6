//! Socialised losses: what neither margin, fund nor auto-deleveraging has covered is charged to the winning side of the
//! contract, as early BitMEX and OKX clawed profits back.
//!
//! Every account on that side pays in proportion to its profit: the unlevered ones each by theirs, the levered positions
//! together by their sum. Among these the charge is the same per unit, which moves the side's threshold and touches no
//! position. Nobody pays more than all of the profit; what is beyond it remains bad debt.

use crate::engine::contract::Side;
use crate::engine::venue::Contract;

/// Charges a loss to a side at a unit's value. Returns what was charged, in the settlement currency.
pub fn share_out(contract: &mut Contract, winners: Side, loss: f64, value: f64) -> f64 {
    let sign = winners.sign();
    let book = contract.side(winners);
    let units = book.open.quantity;
    let carry = book.carry(contract.funding);
    let levered = (sign * (units * (value - carry) - book.open.entry)).max(0.0);
    let profit = |quantity: f64, worth: f64| if sign * quantity > 0.0 { worth.max(0.0) } else { 0.0 };
    let unlevered: f64 = contract
        .unlevered()
        .map(|account| profit(account.quantity, account.worth(value)))
        .sum();
    let total = levered + unlevered;
    if total <= 0.0 {
        return 0.0;
    }
    let share = (loss / total).min(1.0);
    for account in contract.unlevered_mut() {
        account.cash -= share * profit(account.quantity, account.worth(value));
    }
    if levered > 0.0 {
        contract.side_mut(winners).levy += share * levered / units;
    }
    let charged = share * total;
    contract.deficit = (contract.deficit - charged).max(0.0);
    contract.socialised += charged;
    charged
}
