//! What failed accounts were sold for: every forced sale is shared out over the assets whose moves made the account fail.
//!
//! What an account exceeds its requirement by is a sum of one term an asset, S = U + Σ_b s_b with U its dollars and
//! s_b = cash_b + q_b·P_b − m_b·|q_b|·P_b, for the collateral asset plus (1 − h)·coins·P_b. Since it was opened, when the
//! positions were worth what was paid for them, S has fallen by Σ_b d_b, d_b = s_b(then) − s_b(now): exactly, with funding,
//! rates and haircut included. The assets that lost share the blame: w_b = max(d_b, 0)/Σ max(d, 0). This is the linear
//! decomposition of a sum (an Euler allocation; Tasche, "Capital allocation to business units", 2007, eq. 1.2) cut off at 0,
//! because what gained did not make the account fail.

use cascade_scenario::{ASSETS_MAX, AssetId};

use super::account::{CrossAccount, Terms};
use crate::units::Usd;

/// Share of the blame from which on the log names another asset.
const LEAST_TOLD: f64 = 0.05;

/// What an asset was to blame for: shares of 1.
pub(super) type Shares = [f64; ASSETS_MAX];

/// Forced sales of cross-margin accounts so far, by cause, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spillover {
    /// Notional of positions closed: row, the asset they were in; column, the asset because of which.
    pub closed: [[f64; ASSETS_MAX]; ASSETS_MAX],
    /// Collateral coins sold for what was still owed, by the asset because of which.
    pub collateral_sold: [f64; ASSETS_MAX],
}

impl Spillover {
    /// Closed in an asset because of others than itself.
    pub fn from_others(&self, asset: AssetId) -> f64 {
        let row = AssetId::each(self.closed[asset.index()]);
        row.filter(|(cause, _)| *cause != asset).map(|(_, usd)| usd).sum()
    }

    /// Which other asset was to blame most for what was closed in an asset since `before`, and for which share of it; nothing
    /// if none was.
    pub(super) fn because_of(&self, asset: AssetId, before: &Self) -> Option<(AssetId, f64)> {
        let of = |spillover: &Self, cause: AssetId| spillover.closed[asset.index()][cause.index()];
        let since = |cause: AssetId| of(self, cause) - of(before, cause);
        let all: f64 = AssetId::first(ASSETS_MAX).map(since).sum();
        let others = AssetId::first(ASSETS_MAX).filter(|cause| *cause != asset);
        let most = others.max_by(|a, b| since(*a).total_cmp(&since(*b))).unwrap_or(asset);
        let share = since(most) / all;
        (share >= LEAST_TOLD).then_some((most, share))
    }

    pub(super) fn close(&mut self, asset: AssetId, notional: Usd, causes: &Shares) {
        for (sum, share) in self.closed[asset.index()].iter_mut().zip(causes) {
            *sum += (*share * notional).get();
        }
    }

    pub(super) fn sell_collateral(&mut self, notional: Usd, causes: &Shares) {
        for (sum, share) in self.collateral_sold.iter_mut().zip(causes) {
            *sum += (*share * notional).get();
        }
    }
}

/// Shares of the assets in the fall of an account's slack between the terms at which it was opened and those at which it
/// failed. An account that never had any slack failed by itself: its largest position is to blame.
pub(super) fn causes(account: &CrossAccount, then: &Terms, now: &Terms) -> Shares {
    let assets = now.marks.len();
    let mut lost = [Usd::ZERO; ASSETS_MAX];
    for (asset, lost) in AssetId::each(&mut lost).take(assets) {
        let leg = &account.legs[asset.index()];
        let short = usize::from(leg.quantity < 0.0);
        let required = |terms: &Terms| {
            let rate = terms.rates(asset, account.venue)[short];
            rate * leg.coins().abs() * terms.mark(asset, account.venue)
        };
        let gained = leg.worth_at(now.mark(asset, account.venue));
        *lost = required(now) - required(then) - gained;
        if asset == now.collateral {
            *lost += account.collateral(then) - account.collateral(now);
        }
    }
    let lost = lost.map(|lost| lost.max(Usd::ZERO));
    let all: Usd = lost.into_iter().sum();
    if all > Usd::ZERO {
        return lost.map(|lost| lost / all);
    }
    let mut alone = [0.0; ASSETS_MAX];
    alone[account.largest_leg(now).index()] = 1.0;
    alone
}
